"""O exame da instalação: conferências com nome, cada uma à parte, e o que fazer com o que se acha.

Funciona com a configuração torta, o banco fora do ar ou a pasta de quem usa fechada: o que não se
consegue conferir é um achado como os outros.
"""

from collections.abc import Iterator

from oficina_cli.conexao import Conexao
from oficina_cli.doutor import maquina
from oficina_cli.doutor.parecer import Achado, Situacao, conferir


def examinar(conexao: Conexao) -> Iterator[Achado]:
    """O que se acha, na ordem em que se confere; sem configuração, não se sabe de que banco."""
    yield conferir("programa", maquina.programa)
    yield conferir("terminal", maquina.terminal)
    configuracao = conferir("configuração", lambda: maquina.configuracao(conexao))
    yield configuracao
    yield conferir("pastas", lambda: maquina.pastas(conexao))
    yield conferir("disco", maquina.disco)
    if (shell := maquina.shell()) is not None:
        yield conferir("completamento", lambda: maquina.completamento(shell))
    if configuracao.situacao is not Situacao.FALHA:
        yield from _oficina(conexao)


def _oficina(conexao: Conexao) -> Iterator[Achado]:
    if conexao.configuracao.oficina_api:
        from oficina_cli.doutor.api import examinar as na_api

        return na_api(conexao)
    from oficina_cli.doutor.banco import examinar as no_banco

    return no_banco(conexao.configuracao)
