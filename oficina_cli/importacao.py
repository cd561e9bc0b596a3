"""Do arquivo às linhas já tipadas: abre-o, vê se é CSV ou NDJSON e separa as que não servem.

O arquivo é lido até o fim. Nada aqui fala com o banco.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from importlib.resources import files
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

from oficina_cli import progresso
from oficina_cli.colunas import CLIENTES, KITS, PECAS, SERVICOS, VEICULOS, Colunas
from oficina_cli.ndjson import Registros
from oficina_cli.opcoes import PADRAO
from oficina_cli.planilha import SALVE, LinhaLida, Planilha
from oficina_core.casos.clientes import FichaCliente
from oficina_core.casos.clientes_importacao import LinhaClienteRevelado, LinhaImportadaCliente
from oficina_core.casos.importacao import (
    LINHAS_MAXIMO,
    LinhaRecusada,
    Recusas,
    sem_repetidas,
)
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.kits_importacao import LinhaImportadaKit
from oficina_core.casos.pecas import FichaPeca
from oficina_core.casos.pecas_importacao import LinhaImportadaPeca
from oficina_core.casos.servicos import FichaServico, LinhaImportadaServico
from oficina_core.casos.veiculos_importacao import LinhaImportadaVeiculo, LinhaVeiculoRevelado
from oficina_core.dominio.erros import DadoInvalido, NaoEncontrado
from oficina_core.dominio.orcamento import TipoItem
from oficina_core.texto import lista, quantos

T = TypeVar("T")

TAMANHO_MAXIMO = 10 * 1024 * 1024
PASTAS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx e ods; xls
LISTA = re.compile(rb"\s*\[\s*\{")  # o que se exporta com -o json
BOM = b"\xef\xbb\xbf"
UM = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Especie(Generic[T]):
    """Um cadastro que se importa: os campos, o que vira cada linha, e o que se ignora do nosso."""

    colunas: Colunas
    criar: Callable[..., T]
    exportada: tuple[type, ...] = ()
    em_grupo: bool = False

    @property
    def alheios(self) -> frozenset[str]:
        """Os campos da nossa exportação que não se importam."""
        nossos = (campo.name for tipo in self.exportada for campo in fields(tipo))
        return frozenset(nossos) - self.colunas.keys()


def _veiculo(
    *, marca: str | None = None, modelo: str, documento: Any = None, **campos: Any
) -> LinhaImportadaVeiculo:
    """Sem coluna de marca, ela vem antes da barra do modelo, como no documento do carro."""
    if marca is None:
        marca, barra, modelo = modelo.partition("/")
        if not barra:
            raise DadoInvalido("Falta a marca: em coluna sua, ou antes da barra: VW/GOL.", "marca")
    return LinhaImportadaVeiculo(marca=marca, modelo=modelo, cliente_id=documento, **campos)


def _kit_de_um_item(
    *, linha: int, codigo: str, nome: str, tipo: TipoItem, item: str, quantidade: Decimal = UM
) -> LinhaImportadaKit:
    pedido = (ItemPedido(id=item, quantidade=quantidade),)
    servicos, pecas = (pedido, ()) if tipo is TipoItem.SERVICO else ((), pedido)
    return LinhaImportadaKit(linha=linha, codigo=codigo, nome=nome, servicos=servicos, pecas=pecas)


DE_CLIENTES = Especie(
    colunas=CLIENTES,
    criar=LinhaImportadaCliente,
    exportada=(LinhaClienteRevelado, FichaCliente),
)
DE_VEICULOS = Especie(colunas=VEICULOS, criar=_veiculo, exportada=(LinhaVeiculoRevelado,))
DE_PECAS = Especie(colunas=PECAS, criar=LinhaImportadaPeca, exportada=(FichaPeca,))
DE_SERVICOS = Especie(colunas=SERVICOS, criar=LinhaImportadaServico, exportada=(FichaServico,))
DE_KITS = Especie(colunas=KITS, criar=_kit_de_um_item, em_grupo=True)
ESPECIES: Mapping[str, Especie[Any]] = {
    "clientes": DE_CLIENTES,
    "veiculos": DE_VEICULOS,
    "pecas": DE_PECAS,
    "servicos": DE_SERVICOS,
    "kits": DE_KITS,
}


@dataclass(frozen=True, kw_only=True)
class Leitura(Generic[T]):
    """O que o arquivo trouxe: o que serve, o que não serve e o que se entendeu com reserva."""

    fonte: Planilha | Registros
    linhas: tuple[T, ...]
    recusadas: tuple[LinhaRecusada, ...]
    lidas: Mapping[int, LinhaLida] = field(repr=False)
    do_grupo: Mapping[int, Sequence[int]] = field(repr=False)
    sobram: Sequence[str] = ()

    def exigir_inteira(self) -> None:
        """Levanta DadoInvalido com todas as linhas que não servem."""
        if self.recusadas:
            quantas = quantos(len(self.recusadas), "linha", "linhas")
            ou = ", ou traga só as que servem" if self.linhas else ""
            raise DadoInvalido(
                f"{quantas} com problema; nada foi importado. Corrija e importe de novo{ou}.",
                detalhes=tuple(f"linha {x.linha}: {x.motivo}" for x in self.recusadas),
                comando="--parcial" if ou else "",
            )

    @property
    def avisos(self) -> list[str]:
        """O que não se leu, e o que se entendeu com reserva, e em que linhas."""
        por_aviso: dict[str, list[str]] = {}
        for numero, aviso in self.fonte.avisos:
            por_aviso.setdefault(aviso, []).append(str(numero))
        sem_uso = [f"Aviso: {_colunas(self.sobram)}."] if self.sobram else []
        return sem_uso + [
            f"Aviso: {'na linha' if len(ns) == 1 else 'nas linhas'} {_algumas(ns)}, {aviso}."
            for aviso, ns in por_aviso.items()
        ]

    def devolver(self, arquivo: BinaryIO, recusadas: Iterable[LinhaRecusada]) -> None:
        """Escreve as linhas recusadas como vieram, com o motivo; de um kit, todas as dele."""
        texto = TextIOWrapper(arquivo, encoding="utf-8", newline="")
        self.fonte.devolver(
            texto,
            (
                (self.lidas[numero], recusada.motivo)
                for recusada in recusadas
                for numero in self.do_grupo.get(recusada.linha, (recusada.linha,))
            ),
        )
        texto.detach()


def _colunas(titulos: Sequence[str]) -> str:
    nomes = _algumas([titulo[:30] for titulo in titulos])
    uma = len(titulos) == 1
    quais = f"não se leu a coluna {nomes}" if uma else f"não se leram as colunas {nomes}"
    return f'{quais}; se serve, diga de que campo é: --mapa "NOME=campo"'


def _algumas(numeros: list[str], maximo: int = 10) -> str:
    if len(numeros) <= maximo:
        return lista(numeros)
    return f"{', '.join(numeros[:maximo])} e mais {len(numeros) - maximo}"


def inicial(nome: str) -> Path:
    """O catálogo de partida que vem no programa: pecas, servicos ou kits."""
    return Path(str(files("oficina_core").joinpath("dados", f"{nome}.csv")))


def ler_inicial(nome: str) -> tuple[Any, ...]:
    return ler(inicial(nome), ESPECIES[nome]).linhas


def ler(caminho: Path, especie: Especie[T], mapa: Mapping[str, str] | None = None) -> Leitura[T]:
    """Todas as linhas do arquivo; DadoInvalido se dele não se tira nenhuma."""
    bruto = abrir(caminho)
    fonte: Planilha | Registros
    sobram: list[str] = []
    if LISTA.match(bruto):
        raise DadoInvalido("O arquivo é uma lista em JSON; exporte-o com -o ndjson ou -o csv.")
    if bruto.removeprefix(BOM).lstrip().startswith(b"{"):
        fonte = Registros.de(bruto, especie.colunas, especie.alheios, mapa or {})
    else:
        fonte = planilha = Planilha.de(bruto, especie.colunas, mapa or {})
        sobram = planilha.sobram(especie.alheios)
    lidas: dict[int, LinhaLida] = {}
    criadas: list[T] = []
    ruins: list[tuple[LinhaLida, str]] = []
    for lida in progresso.contar(fonte.linhas(), "Lendo", bruto.count(b"\n")):
        lidas[lida.numero] = lida
        try:
            criadas.append(especie.criar(linha=lida.numero, **lida.campos()))
        except DadoInvalido as erro:
            ruins.append((lida, _queixa(erro)))
        if len(lidas) > LINHAS_MAXIMO:
            raise DadoInvalido(f"A planilha tem mais de {LINHAS_MAXIMO} linhas; divida-a.")
    if not lidas:
        raise DadoInvalido("A planilha só tem o cabeçalho; não há o que importar.")
    separar = _agrupar if especie.em_grupo else _sem_repetidas
    linhas, recusadas, do_grupo = separar(criadas, ruins)
    return Leitura(
        fonte=fonte,
        linhas=tuple(linhas),
        recusadas=recusadas,
        lidas=lidas,
        do_grupo=do_grupo,
        sobram=sobram,
    )


Separadas = tuple[Sequence[Any], tuple[LinhaRecusada, ...], dict[int, list[int]]]


def _sem_repetidas(criadas: Sequence[Any], ruins: Sequence[tuple[LinhaLida, str]]) -> Separadas:
    recusas = Recusas()
    linhas = sem_repetidas(criadas, recusas)
    repetidas = recusas.conferir(parcial=True)
    return linhas, _em_ordem([*repetidas, *(_recusada(*ruim) for ruim in ruins)]), {}


def _agrupar(partes: Sequence[Any], ruins: Sequence[tuple[LinhaLida, str]]) -> Separadas:
    """Uma linha do arquivo por item; o nome do kit é o da primeira linha dele.

    O kit a que falta um item, porque a linha dele não serve, fica inteiro de fora.
    """
    kits: dict[str, LinhaImportadaKit] = {}
    do_kit: dict[str, list[int]] = {}
    for parte in partes:
        do_kit.setdefault(parte.codigo, []).append(parte.linha)
        kit = kits.setdefault(parte.codigo, parte)
        if kit is not parte:
            servicos, pecas = kit.servicos + parte.servicos, kit.pecas + parte.pecas
            kits[kit.codigo] = replace(kit, servicos=servicos, pecas=pecas)
    recusadas = [_recusada(*ruim) for ruim in ruins]
    for lida, _ in ruins:
        codigo = lida.dito("codigo").strip().upper()
        if kits.pop(codigo, None):
            motivo = f"kit {codigo}: a linha {lida.numero}, dele também, não serve"
            recusadas += [LinhaRecusada(linha=n, motivo=motivo) for n in do_kit.pop(codigo)]
    return list(kits.values()), _em_ordem(recusadas), {n[0]: n for n in do_kit.values()}


def _recusada(lida: LinhaLida, motivo: str) -> LinhaRecusada:
    return LinhaRecusada(linha=lida.numero, motivo=motivo)


def _em_ordem(recusadas: Iterable[LinhaRecusada]) -> tuple[LinhaRecusada, ...]:
    return tuple(sorted(recusadas, key=lambda recusada: recusada.linha))


def abrir(caminho: Path) -> bytes:
    try:
        with _entrada(caminho) as arquivo:
            bruto = arquivo.read(TAMANHO_MAXIMO + 1)
    except OSError as erro:
        motivo = "não existe" if isinstance(erro, FileNotFoundError) else "não pode ser lido"
        raise NaoEncontrado(f"O arquivo {caminho} {motivo}; confira o caminho.") from erro
    if len(bruto) > TAMANHO_MAXIMO:
        raise DadoInvalido("A planilha passa de 10 MiB; divida-a.")
    if bruto.startswith(PASTAS):
        raise DadoInvalido(f"O arquivo é uma pasta de trabalho, e não um CSV; {SALVE}.")
    return bruto


def _entrada(caminho: Path) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if caminho == PADRAO else caminho.open("rb")


def _queixa(erro: DadoInvalido) -> str:
    if erro.campo and erro.campo not in str(erro):
        return f"o campo {erro.campo}: {erro}"
    return str(erro)
