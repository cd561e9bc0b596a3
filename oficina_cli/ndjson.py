"""O NDJSON, um registro por linha, com os nomes de campo do que a oficina exporta."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self, TextIO

from oficina_cli.celulas import recusar_mascarado
from oficina_cli.colunas import Colunas
from oficina_cli.planilha import LinhaLida
from oficina_core.casos import traducao
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.texto import inofensivo, lista

MOTIVO = "motivo"
ILEGIVEL = "linha"  # onde se devolve a que não é um objeto


@dataclass(frozen=True, kw_only=True)
class Registros:
    """Um arquivo NDJSON; `alheios` são os campos da exportação que não se importam."""

    texto: str
    colunas: Colunas
    alheios: frozenset[str]
    avisos: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def de(
        cls, bruto: bytes, colunas: Colunas, alheios: frozenset[str], mapa: Mapping[str, str]
    ) -> Self:
        if mapa:
            raise DadoInvalido("--mapa é de planilha; no NDJSON, troque o nome do campo.", "mapa")
        try:
            texto = bruto.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise DadoInvalido("O NDJSON se escreve em UTF-8; exporte-o de novo assim.") from None
        return cls(texto=texto, colunas=colunas, alheios=alheios | {MOTIVO})

    def linhas(self) -> Iterator[LinhaLida]:
        for numero, escrita in enumerate(self.texto.split("\n"), start=1):
            if escrita.strip():
                yield LinhaLida(
                    numero=numero,
                    escrita=escrita,
                    campos=partial(self._campos, escrita),
                    dito=partial(_dito, escrita),
                )

    def devolver(self, arquivo: TextIO, recusadas: Iterable[tuple[LinhaLida, str]]) -> None:
        """Os registros ditos, com o motivo; o que não era um objeto vai como texto."""
        for linha, motivo in recusadas:
            try:
                escrito = _escrever(_objeto(linha.escrita) | {MOTIVO: motivo})
            except (DadoInvalido, RecursionError):
                escrito = _escrever({ILEGIVEL: linha.escrita, MOTIVO: motivo})
            arquivo.write(f"{escrito}\n")

    def _campos(self, escrita: str) -> dict[str, Any]:
        """O que o registro diz; o que vem nulo ou vazio fica com o padrão do campo."""
        registro = _objeto(escrita)
        if registro.keys() - self.colunas.keys() - self.alheios:
            nomes = lista(list(self.colunas))
            raise DadoInvalido(f"Há campo desconhecido; os que existem: {nomes}.")
        ditos = {}
        for campo, coluna in self.colunas.items():
            valor = registro.get(campo)
            if valor in (None, ""):
                if coluna.obrigatoria:
                    raise DadoInvalido("Falta preencher.", campo)
                continue
            if coluna.pessoal:
                recusar_mascarado(valor, campo)
            ditos[campo] = traducao.ler(coluna.json, valor, campo)
        return ditos


def _objeto(escrita: str) -> dict[str, Any]:
    try:
        lido = traducao.carregar(escrita)
    except DadoInvalido:
        lido = None
    if not isinstance(lido, dict):
        raise DadoInvalido(
            "Não é um objeto JSON; confira as aspas, as vírgulas e se não repete um campo."
        )
    return lido


def _dito(escrita: str, campo: str) -> str:
    try:
        return str(_objeto(escrita).get(campo, ""))
    except DadoInvalido:
        return ""


def _escrever(registro: dict[str, Any]) -> str:
    texto = json.dumps(registro, ensure_ascii=False, default=str)
    return "".join(c if inofensivo(c) else f"\\u{ord(c):04x}" for c in texto)
