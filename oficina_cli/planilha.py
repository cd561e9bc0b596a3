"""Lê a planilha que a oficina exporta em CSV: abre, decifra e diz o que há de errado nela.

O arquivo é lido até o fim e cada linha ruim aparece com o número que tem no programa de
planilhas. Nada aqui fala com o banco: o que sai são linhas já tipadas, para importar.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any, Self, TypeAlias, TypeVar

from oficina_cli.colunas import KITS, NUMEROS, PECAS, SERVICOS, Colunas, simples
from oficina_cli.saida import FORMULA
from oficina_core.casos.importacao import LINHAS_MAXIMO, repetidas
from oficina_core.casos.kits import ItemPedido, LinhaImportadaKit
from oficina_core.casos.pecas import LinhaImportadaPeca
from oficina_core.casos.servicos import LinhaImportadaServico
from oficina_core.dominio.erros import DadoInvalido, NaoEncontrado
from oficina_core.dominio.orcamento import TipoItem
from oficina_core.texto import lista, quantos

T = TypeVar("T")
Queixa: TypeAlias = tuple[int, str]  # o número da linha e o que há de errado nela

TAMANHO_MAXIMO = 10 * 1024 * 1024
SEPARADORES = ";,\t"
PASTAS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx e ods; xls
SALVE = "abra-o no programa de planilhas e salve como CSV UTF-8"
NOSSA = ["id", "codigo"]  # como começa o CSV que a oficina exporta
UM = Decimal(1)


def inicial(nome: str) -> Path:
    """O catálogo de partida que vem no programa: pecas, servicos ou kits."""
    return Path(str(files("oficina_core").joinpath("dados", f"{nome}.csv")))


def ler_pecas(caminho: Path, mapa: Mapping[str, str]) -> tuple[LinhaImportadaPeca, ...]:
    """`mapa` diz de que campo é uma coluna: vale mais que os nomes conhecidos."""
    return tuple(_ler(caminho, PECAS, mapa, LinhaImportadaPeca, repetidas))


def ler_servicos(caminho: Path, mapa: Mapping[str, str]) -> tuple[LinhaImportadaServico, ...]:
    """`mapa` diz de que campo é uma coluna: vale mais que os nomes conhecidos."""
    return tuple(_ler(caminho, SERVICOS, mapa, LinhaImportadaServico, repetidas))


def ler_kits(caminho: Path) -> tuple[LinhaImportadaKit, ...]:
    """Uma linha da planilha por item; o nome do kit é o da primeira linha dele."""
    kits: dict[str, LinhaImportadaKit] = {}
    for parte in _ler(caminho, KITS, {}, _kit_de_um_item):
        kit = kits.setdefault(parte.codigo, parte)
        if kit is not parte:
            servicos, pecas = kit.servicos + parte.servicos, kit.pecas + parte.pecas
            kits[kit.codigo] = replace(kit, servicos=servicos, pecas=pecas)
    return tuple(kits.values())


def _kit_de_um_item(
    *, linha: int, codigo: str, nome: str, tipo: TipoItem, item: str, quantidade: Decimal = UM
) -> LinhaImportadaKit:
    pedido = (ItemPedido(id=item, quantidade=quantidade),)
    servicos, pecas = (pedido, ()) if tipo is TipoItem.SERVICO else ((), pedido)
    return LinhaImportadaKit(linha=linha, codigo=codigo, nome=nome, servicos=servicos, pecas=pecas)


def _ler(
    caminho: Path,
    colunas: Colunas,
    mapa: Mapping[str, str],
    criar: Callable[..., T],
    que_repetem: Callable[[Sequence[T]], list[Queixa]] = lambda _: [],
) -> list[T]:
    """Todas as linhas, ou DadoInvalido com as que não se entendem e as que repetem outra."""
    texto = _decifrar(_abrir(caminho))
    separador = _separador(texto)
    linhas = _linhas(texto, separador)
    _, cabecalho = next(linhas, (0, None))
    if cabecalho is None:
        raise DadoInvalido(
            "A planilha está vazia ou sem cabeçalho; comece pelos nomes das colunas."
        )
    molde = Molde.de(cabecalho, separador, colunas, mapa)
    lidas: list[T] = []
    queixas: list[Queixa] = []
    for numero, celulas in linhas:
        try:
            lidas.append(criar(linha=numero, **molde.campos(celulas)))
        except DadoInvalido as erro:
            queixas.append((numero, _queixa(erro)))
        if len(lidas) + len(queixas) > LINHAS_MAXIMO:
            raise DadoInvalido(f"A planilha tem mais de {LINHAS_MAXIMO} linhas; divida-a.")
    return _conferir(lidas, sorted(queixas + que_repetem(lidas)))


def _conferir(lidas: list[T], queixas: list[Queixa]) -> list[T]:
    if queixas:
        quantas = quantos(len(queixas), "linha", "linhas")
        raise DadoInvalido(
            f"{quantas} com problema; nada foi importado. Corrija e importe de novo.",
            detalhes=tuple(f"linha {numero}: {queixa}" for numero, queixa in queixas),
        )
    if not lidas:
        raise DadoInvalido("A planilha só tem o cabeçalho; não há o que importar.")
    return lidas


@dataclass(frozen=True, kw_only=True)
class Molde:
    """O que o cabeçalho diz de cada linha; a que nós exportamos tem ponto decimal."""

    colunas: Colunas
    lugares: Mapping[str, int]
    largura: int
    nossa: bool

    @classmethod
    def de(
        cls, cabecalho: list[str], separador: str, colunas: Colunas, mapa: Mapping[str, str]
    ) -> Self:
        return cls(
            colunas=colunas,
            lugares=_localizar(cabecalho, colunas, mapa),
            largura=len(cabecalho),
            nossa=separador == "," and cabecalho[: len(NOSSA)] == NOSSA,
        )

    def campos(self, celulas: list[str] | None) -> dict[str, Any]:
        """O que a linha diz; a célula vazia fica com o padrão do campo."""
        if celulas is None:
            raise DadoInvalido("As aspas não se fecham; dali em diante nada se leu.")
        if len(celulas) != self.largura:
            raise DadoInvalido(
                f"Tem {len(celulas)} colunas e o cabeçalho tem {self.largura}; "
                "confira os separadores."
            )
        ditos = {campo: celulas[lugar] for campo, lugar in self.lugares.items()}
        return {
            campo: self._ler(campo, celula)
            for campo, celula in ditos.items()
            if celula or self.colunas[campo].obrigatoria
        }

    def _ler(self, campo: str, celula: str) -> Any:
        coluna = self.colunas[campo]
        if not celula:
            raise DadoInvalido("Falta preencher.", campo)
        if self.nossa and coluna.ler in NUMEROS:
            celula = celula.replace(".", ",")
        return coluna.ler(celula, campo)


def _abrir(caminho: Path) -> bytes:
    try:
        with caminho.open("rb") as arquivo:
            bruto = arquivo.read(TAMANHO_MAXIMO + 1)
    except OSError as erro:
        motivo = "não existe" if isinstance(erro, FileNotFoundError) else "não pode ser lido"
        raise NaoEncontrado(f"O arquivo {caminho} {motivo}; confira o caminho.") from erro
    if len(bruto) > TAMANHO_MAXIMO:
        raise DadoInvalido("A planilha passa de 10 MiB; divida-a.")
    if bruto.startswith(PASTAS):
        raise DadoInvalido(f"O arquivo é uma pasta de trabalho, e não um CSV; {SALVE}.")
    return bruto


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
    guardada = aparada.startswith("'") and FORMULA.match(aparada)
    return aparada[1:] if guardada else aparada


def _localizar(cabecalho: list[str], colunas: Colunas, mapa: Mapping[str, str]) -> dict[str, int]:
    """Em que posição está cada campo; o que o mapa diz vale mais que os nomes conhecidos."""
    titulos = [simples(titulo) for titulo in cabecalho]
    lugares = _mapear(titulos, cabecalho, colunas, mapa)
    livres = [titulo for i, titulo in enumerate(titulos) if i not in lugares.values()]
    for campo, coluna in colunas.items():
        achados = [nome for nome in map(simples, coluna.nomes.split(",")) if nome in livres]
        if achados and campo not in lugares:
            lugares[campo] = titulos.index(achados[0])
    for campo, coluna in colunas.items():
        if coluna.obrigatoria and campo not in lugares:
            raise DadoInvalido(
                f"Não achei a coluna {campo}; a planilha tem {_nomes(cabecalho)}. "
                f'Dê esse nome a uma delas, ou diga qual é: --mapa "NOME={campo}"',
                campo,
            )
    for lugar in lugares.values():
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


def _queixa(erro: DadoInvalido) -> str:
    if erro.campo and erro.campo not in str(erro):
        return f"o campo {erro.campo}: {erro}"
    return str(erro)
