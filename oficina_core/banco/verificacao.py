"""`oficina verificar`: cada saldo, reserva, total e sequência refeito em SQL, de uma fotografia só.

Só direto no banco, sem prazo e sem trazer as tabelas à memória.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection, TextClause, text

from oficina_core.banco import manutencao
from oficina_core.banco.falhas import insistir
from oficina_core.banco.motor import aberto, lendo
from oficina_core.banco.regras import REGRAS
from oficina_core.dominio.dinheiro import Unidade, centavos, de_centavos, total_da_linha
from oficina_core.texto import milhar

LIMITE = 100  # divergências de cada regra que se dizem uma a uma
LOTE = 1000


@dataclass(frozen=True, kw_only=True)
class Divergencia:
    """Um registro que não fecha, e com o quê; de número 0, o que não é de um registro só."""

    invariante: str
    entidade: str
    id: int
    detalhe: str


CONSULTAS = {regra: text(regra.consulta) for regra in REGRAS}
INTEGRIDADE = text("PRAGMA quick_check")
LINHAS = text(
    "SELECT id, preco_unitario, quantidade, unidade, desconto, total FROM orcamento_itens"
)


def verificar(url: str) -> tuple[Divergencia, ...]:
    """Tudo o que não fecha; vazio quando o banco está são.

    Não cria nem migra nada: levanta Indisponivel se o banco não existe, não serve a este programa
    ou não se lê.
    """
    manutencao.exigir_arquivo(url)
    with aberto(url) as comum:  # com prazo: servidor mudo não segura a verificação
        manutencao.exigir_que_sirva(comum)
    with aberto(url, para_migrar=True) as motor:

        def ler() -> tuple[Divergencia, ...]:
            with lendo(motor) as conexao:
                return examinar(conexao)

        return insistir(ler, versao_dita=False)


def examinar(conexao: Connection) -> tuple[Divergencia, ...]:
    """O mesmo, na transação que já se tem, no banco da revisão do programa."""
    return (*_do_arquivo(conexao), *_das_regras(conexao), *_das_linhas(conexao))


def _do_arquivo(conexao: Connection) -> list[Divergencia]:
    """O que o SQLite acha de errado no próprio arquivo; o servidor cuida dos dele."""
    if conexao.dialect.name != "sqlite":
        return []
    return [
        Divergencia(invariante="arquivo", entidade="banco", id=0, detalhe=achado)
        for achado in conexao.execute(INTEGRIDADE).scalars()
        if achado != "ok"
    ]


def _das_regras(conexao: Connection) -> list[Divergencia]:
    return [
        divergencia
        for regra, consulta in CONSULTAS.items()
        for divergencia in _ate_o_limite(
            Divergencia(
                invariante=regra.invariante,
                entidade=regra.entidade,
                id=id,
                detalhe=f"{regra.o_que} ({achado}, e não {esperado})",
            )
            for id, achado, esperado in _aos_poucos(conexao, consulta)
        )
    ]


def _das_linhas(conexao: Connection) -> list[Divergencia]:
    """O total de cada linha, pela única função que arredonda (I6, I7)."""
    return list(_ate_o_limite(_linhas_tortas(conexao)))


def _linhas_tortas(conexao: Connection) -> Iterator[Divergencia]:
    for linha in _aos_poucos(conexao, LINHAS):
        fator = Unidade(linha.unidade).fator
        certo = total_da_linha(
            de_centavos(linha.preco_unitario), linha.quantidade, fator, de_centavos(linha.desconto)
        )
        if linha.total != centavos(certo):
            detalhe = f"total da linha ({linha.total}, e não {centavos(certo)})"
            yield Divergencia(invariante="I6", entidade="item", id=linha.id, detalhe=detalhe)


def _aos_poucos(conexao: Connection, consulta: TextClause) -> Iterator[Any]:
    """Os registros, um tanto por vez: o driver do MySQL os traria todos à memória."""
    return iter(conexao.execute(consulta, execution_options={"yield_per": LOTE}))


def _ate_o_limite(todas: Iterator[Divergencia]) -> Iterator[Divergencia]:
    """As primeiras, e quantas mais há como elas."""
    ultima = None
    for ultima in islice(todas, LIMITE):
        yield ultima
    if ultima and (demais := sum(1 for _ in todas)):
        o_que = ultima.detalhe.rpartition(" (")[0]
        yield replace(ultima, id=0, detalhe=f"{o_que}: mais {milhar(demais)} além dessas")
