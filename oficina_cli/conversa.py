"""O que faltou dizer se pergunta a quem está diante do terminal, e o que se respondeu não se perde.

O comando só começa quando tem tudo: até ali, repeti-lo com mais uma resposta não faz mal.
"""

import shlex
from typing import Any

import typer

from oficina_cli.erros import dizer, explicar
from oficina_cli.pergunta import ha_alguem, perguntar_de_novo
from oficina_cli.portugues import FaltaDizer, recusa
from oficina_core.dominio.erros import DadoInvalido

SEM_PERGUNTAS = "--sem-perguntas"
DALI_EM_DIANTE = "--"  # o que vem depois não é opção


class Conversa:
    """A linha que se digitou e o que se respondeu depois, por parâmetro."""

    def __init__(self, digitado: list[str]) -> None:
        self.linha = digitado
        self._respostas: dict[str, tuple[Any, str]] = {}

    def remendar(self, erro: DadoInvalido | typer.TyperException) -> bool:
        """Pergunta o que falta ou a resposta que não serviu; falso se o erro não é disso."""
        parametro, antes = self._de_que(erro)
        if parametro is None or SEM_PERGUNTAS in self.linha or not ha_alguem():
            return False
        explicar(str(erro) if isinstance(erro, DadoInvalido) else recusa(erro))
        resposta = perguntar_de_novo(_nome(parametro), antes)
        if resposta is None:
            return False
        self._trocar(parametro, antes, resposta)
        return True

    def como_repetir(self) -> None:
        """Se algo se respondeu, o comando inteiro: ninguém responde duas vezes a mesma coisa."""
        if self._respostas:
            dizer(f"Para repetir com o que respondeu:\n  oficina {shlex.join(self.linha)}")

    def _de_que(self, erro: Exception) -> tuple[Any, str]:
        """O parâmetro a perguntar, e o que se tinha respondido nele."""
        if isinstance(erro, FaltaDizer):
            return erro.parametro, ""
        if isinstance(erro, DadoInvalido):
            return self._respostas.get(erro.campo or "", (None, ""))
        parametro = getattr(erro, "param", None)
        falta = type(erro).__name__ == "MissingParameter"
        if parametro is None or parametro.nargs != 1 or parametro.multiple:
            return None, ""
        return self._respostas.get(parametro.name, (parametro if falta else None, ""))

    def _trocar(self, parametro: Any, antes: str, resposta: str) -> None:
        if parametro.name in self._respostas:
            ultima = len(self.linha) - 1 - self.linha[::-1].index(_dito(parametro, antes))
            del self.linha[ultima]
        self._respostas[parametro.name] = (parametro, resposta)
        fim = DALI_EM_DIANTE in self.linha
        if parametro.param_type_name == "argument":
            self.linha += [resposta] if fim else [DALI_EM_DIANTE, resposta]
        else:
            lugar = self.linha.index(DALI_EM_DIANTE) if fim else len(self.linha)
            self.linha.insert(lugar, _dito(parametro, resposta))


def _dito(parametro: Any, resposta: str) -> str:
    if parametro.param_type_name == "argument":
        return resposta
    return f"{parametro.opts[0]}={resposta}"


def _nome(parametro: Any) -> str:
    """`--preco` se pergunta como preco; o argumento, pelo nome dele."""
    if parametro.param_type_name == "argument":
        return str(parametro.metavar)
    return str(parametro.opts[0]).lstrip("-")
