"""A planilha em CSV: decifra-a, acha o separador e as colunas, e lê cada linha.

Cada linha ruim aparece com o número que tem no programa de planilhas.
"""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, Self, TextIO

from oficina_cli.celulas import perdeu_zeros, recusar_mascarado, simples, tem_varios
from oficina_cli.colunas import NUMEROS, Coluna, Colunas
from oficina_cli.saida import FORMULA, NUMERO, guardar
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.texto import lista

SEPARADORES = ";,\t"
SALVE = "abra-o no programa de planilhas e salve como CSV UTF-8"
NOSSAS = (  # como começam as que a oficina exporta: têm ponto decimal
    ["id", "codigo"],
    ["codigo", "nome", "tipo", "item", "quantidade"],
)
MOTIVO = "motivo da recusa"
ZEROS = "o documento veio sem os zeros da frente, que voltaram"
PRIMEIRO = "há mais de um contato na mesma célula, e ficou o primeiro"


@dataclass(frozen=True, kw_only=True)
class LinhaLida:
    """Uma linha do arquivo: onde está, o que nela se escreveu e como se entende.

    `campos` levanta DadoInvalido se não se entende; `dito` é um campo dela, mesmo assim.
    """

    numero: int
    escrita: Any
    campos: Callable[[], dict[str, Any]]
    dito: Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Planilha:
    """Um CSV com cabeçalho."""

    cabecalho: list[str]
    separador: str
    colunas: Colunas
    lugares: Mapping[str, Sequence[int]]
    corpo: Iterator[tuple[int, list[str] | None]]
    avisos: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def de(cls, bruto: bytes, colunas: Colunas, mapa: Mapping[str, str]) -> Self:
        """`mapa` diz de que campo é uma coluna: vale mais que os nomes conhecidos."""
        texto = _decifrar(bruto)
        separador = _separador(texto)
        corpo = _linhas(texto, separador)
        _, cabecalho = next(corpo, (0, None))
        if cabecalho is None:
            raise DadoInvalido(
                "A planilha está vazia ou sem cabeçalho; comece pelos nomes das colunas."
            )
        return cls(
            cabecalho=cabecalho,
            separador=separador,
            colunas=colunas,
            lugares=_localizar(cabecalho, colunas, mapa),
            corpo=corpo,
        )

    @property
    def nossa(self) -> bool:
        return self.separador == "," and any(self.cabecalho[: len(n)] == n for n in NOSSAS)

    def sobram(self, alheios: Collection[str]) -> list[str]:
        """As colunas que não são de nenhum campo, a não ser as da nossa exportação."""
        usados = {lugar for lugares in self.lugares.values() for lugar in lugares}
        return [
            titulo
            for i, titulo in enumerate(self.cabecalho)
            if titulo and i not in usados and titulo not in (MOTIVO, *alheios)
        ]

    def linhas(self) -> Iterator[LinhaLida]:
        for numero, celulas in self.corpo:
            yield LinhaLida(
                numero=numero,
                escrita=celulas,
                campos=partial(self._campos, numero, celulas),
                dito=partial(self._dito, celulas),
            )

    def devolver(self, arquivo: TextIO, recusadas: Iterable[tuple[LinhaLida, str]]) -> None:
        """As linhas ditas, com as mesmas colunas e o motivo; nenhuma célula começa fórmula."""
        arquivo.write("\ufeff")  # sem isto, o Excel não lê os acentos
        escritor = csv.writer(arquivo, delimiter=self.separador)
        fica = [i for i, titulo in enumerate(self.cabecalho) if titulo != MOTIVO]
        escritor.writerow([*(guardar(self.cabecalho[i]) for i in fica), MOTIVO])
        for linha, motivo in recusadas:
            celulas: list[str] = linha.escrita or []
            restantes = [celulas[i] if i < len(celulas) else "" for i in fica]
            escritor.writerow(map(guardar, [*restantes, motivo]))

    def _campos(self, numero: int, celulas: list[str] | None) -> dict[str, Any]:
        """O que a linha diz; a célula vazia fica com o padrão do campo."""
        if celulas is None:
            raise DadoInvalido("As aspas não se fecham; dali em diante nada se leu.")
        if len(celulas) != len(self.cabecalho):
            raise DadoInvalido(
                f"Tem {len(celulas)} colunas e o cabeçalho tem {len(self.cabecalho)}; "
                "confira os separadores."
            )
        ditos = {}
        for campo, coluna in self.colunas.items():
            for celula in self._celulas(campo, coluna, celulas):
                lido = self._ler(campo, coluna, celula)
                if lido is not None:
                    ditos[campo] = lido
                    self._avisar(numero, campo, celula)
                    break
        return ditos

    def _celulas(self, campo: str, coluna: Coluna, celulas: list[str]) -> list[str]:
        """As que a linha preenche, da que vale mais à que vale menos."""
        escritas = [celulas[i] for i in self.lugares.get(campo, ()) if celulas[i]]
        if not escritas and coluna.obrigatoria:
            raise DadoInvalido("Falta preencher.", campo)
        return escritas

    def _ler(self, campo: str, coluna: Coluna, celula: str) -> Any:
        if self.nossa and coluna.ler in NUMEROS:
            celula = celula.replace(".", ",")
        if coluna.pessoal:
            recusar_mascarado(celula, campo)
        return coluna.ler(celula, campo)

    def _avisar(self, numero: int, campo: str, celula: str) -> None:
        if campo == "documento" and perdeu_zeros(celula):
            self.avisos.append((numero, ZEROS))
        elif campo in ("telefone", "email") and tem_varios(celula):
            self.avisos.append((numero, PRIMEIRO))

    def _dito(self, celulas: list[str] | None, campo: str) -> str:
        lugar = next(iter(self.lugares.get(campo, ())), None)
        return celulas[lugar] if celulas and lugar is not None and lugar < len(celulas) else ""


def _decifrar(bruto: bytes) -> str:
    """UTF-8 se é UTF-8 do começo ao fim; senão, a página do Windows em português."""
    if b"\0" not in bruto:
        for codificacao in ("utf-8-sig", "cp1252"):
            with suppress(UnicodeDecodeError):
                return bruto.decode(codificacao)
    raise DadoInvalido(f"O arquivo não é uma planilha em texto; {SALVE}.")


def _separador(texto: str) -> str:
    """O que mais aparece no cabeçalho, fora das aspas."""
    primeira = next((linha for linha in io.StringIO(texto, newline="") if linha.strip()), "")
    return max(SEPARADORES, key=re.sub('"[^"]*"', "", primeira).count)


def _linhas(texto: str, separador: str) -> Iterator[tuple[int, list[str] | None]]:
    """As linhas com algo escrito; None é a que não fecha as aspas, e depois dela não há outra."""
    csv.field_size_limit(len(texto))  # a célula comprida é de quem confere o campo, e não das aspas
    leitor = csv.reader(io.StringIO(texto, newline=""), delimiter=separador, strict=True)
    for numero in count(1):
        try:
            celulas = [_limpar(celula) for celula in next(leitor)]
        except StopIteration:
            return
        except csv.Error:
            yield numero, None
            return
        if any(celulas):
            yield numero, celulas


def _limpar(celula: str) -> str:
    aparada = celula.strip()
    guardada = aparada.startswith("'") and (FORMULA.match(aparada) or NUMERO.fullmatch(aparada))
    return aparada[1:] if guardada else aparada


def _localizar(
    cabecalho: list[str], colunas: Colunas, mapa: Mapping[str, str]
) -> dict[str, Sequence[int]]:
    """Em que posição está cada campo; o que o mapa diz vale mais que os nomes conhecidos."""
    titulos = [simples(titulo) for titulo in cabecalho]
    lugares: dict[str, Sequence[int]] = {
        campo: (lugar,) for campo, lugar in _mapear(titulos, cabecalho, colunas, mapa).items()
    }
    ocupados = {lugar for (lugar,) in lugares.values()}
    livres = [titulo for i, titulo in enumerate(titulos) if i not in ocupados]
    for campo, coluna in colunas.items():
        achados = [nome for nome in map(simples, coluna.nomes.split(",")) if nome in livres]
        if achados and campo not in lugares:
            escolhidos = achados if coluna.varias else achados[:1]
            lugares[campo] = [titulos.index(nome) for nome in escolhidos]
        elif coluna.obrigatoria and campo not in lugares:
            raise DadoInvalido(
                f"Não achei a coluna {campo}; a planilha tem {_nomes(cabecalho)}. "
                f'Dê esse nome a uma delas, ou diga qual é: --mapa "NOME={campo}"',
                campo,
            )
    for lugar in (lugar for ditos in lugares.values() for lugar in ditos):
        if titulos.count(titulos[lugar]) > 1:
            raise DadoInvalido(f"Há mais de uma coluna {cabecalho[lugar][:30]}; deixe uma só.")
    return lugares


def _mapear(
    titulos: list[str], cabecalho: list[str], colunas: Colunas, mapa: Mapping[str, str]
) -> dict[str, int]:
    lugares = {}
    for titulo, pedido in mapa.items():
        campo = simples(pedido).replace(" ", "_")
        if campo not in colunas:
            raise DadoInvalido(f"Em --mapa, o campo é {lista(list(colunas), 'ou')}.", "mapa")
        if simples(titulo) not in titulos:
            raise DadoInvalido(
                f"A planilha não tem a coluna {titulo}; tem {_nomes(cabecalho)}.", "mapa"
            )
        lugares[campo] = titulos.index(simples(titulo))
    return lugares


def _nomes(cabecalho: list[str]) -> str:
    return lista([titulo[:30] or "(sem nome)" for titulo in cabecalho[:30]])
