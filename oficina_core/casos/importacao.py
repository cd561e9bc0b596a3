"""Importação de cadastros: linhas já tipadas, uma transação, tudo ou nada."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from oficina_core.casos.portas import CadastrosEmLote
from oficina_core.dominio.entidade import Cadastro
from oficina_core.dominio.erros import Conflito, DadoInvalido
from oficina_core.texto import quantos, reais

C = TypeVar("C", bound=Cadastro)

LINHAS_MAXIMO = 20_000
NOMES = {"preco": "preço", "tempo_estimado": "tempo estimado"}


@dataclass(frozen=True, kw_only=True)
class Importacao:
    """Quantos registros a planilha trouxe, e o que aconteceu com eles."""

    novos: int
    atualizados: int
    iguais: int


class LinhaDePlanilha(Protocol):
    """O que se lê de uma planilha: `linha` é onde está nela."""

    @property
    def codigo(self) -> str: ...
    @property
    def linha(self) -> int: ...


class LinhaImportada(LinhaDePlanilha, Protocol[C]):
    """Uma linha que sabe virar registro novo ou vestir um que existe."""

    def novo(self) -> C: ...
    def vestir(self, cadastro: C, /) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Resultado(Generic[C]):
    resumo: Importacao
    criados: list[C]


def importar(
    colecao: CadastrosEmLote[C],
    linhas: Sequence[LinhaImportada[C]],
    *,
    iguais: tuple[str, ...],
    atualizar: bool,
) -> Resultado[C]:
    """Cria o que falta; o que difere nos campos `iguais` é recusado, ou trocado se pedido."""
    conferir_planilha(linhas)
    existentes = colecao.por_nome([linha.codigo for linha in linhas])
    recusar_inativos(linhas, existentes)
    novas = [linha for linha in linhas if linha.codigo not in existentes]
    diferentes = [
        (linha, existentes[linha.codigo])
        for linha in linhas
        if linha.codigo in existentes and _difere(linha, existentes[linha.codigo], iguais)
    ]
    if diferentes and not atualizar:
        quantas = quantos(len(diferentes), "linha difere", "linhas diferem")
        raise Conflito(
            f"{quantas} do que está cadastrado e nada foi importado; "
            "confira, ou peça que fiquem as da planilha.",
            comando="--atualizar",
            detalhes=tuple(f"linha {x.linha}: {_porque(x, y, iguais)}" for x, y in diferentes),
        )
    for linha, cadastro in sorted(diferentes, key=lambda par: par[1].id):
        linha.vestir(cadastro)
        colecao.salvar(cadastro)
    criados = [linha.novo() for linha in novas]
    colecao.adicionar_varios(criados)
    resumo = Importacao(
        novos=len(criados),
        atualizados=len(diferentes),
        iguais=len(linhas) - len(criados) - len(diferentes),
    )
    return Resultado(resumo=resumo, criados=criados)


def conferir_planilha(linhas: Sequence[LinhaDePlanilha], ocupadas: int = 0) -> None:
    """Levanta DadoInvalido se a planilha vem vazia, grande demais ou repete um código.

    `ocupadas` são as linhas da planilha, quando um registro ocupa várias.
    """
    if not linhas:
        raise DadoInvalido("A planilha não tem nenhuma linha para importar.", "linhas")
    if max(len(linhas), ocupadas) > LINHAS_MAXIMO:
        raise DadoInvalido(f"A planilha tem mais de {LINHAS_MAXIMO} linhas; divida-a.", "linhas")
    if min(linha.linha for linha in linhas) < 0:
        raise DadoInvalido(
            "As linhas da planilha se contam a partir de 1; 0 é sem número.", "linha"
        )
    if queixas := repetidas(linhas):
        quantas = quantos(len(queixas), "linha repete", "linhas repetem")
        detalhes = tuple(f"linha {numero}: {queixa}" for numero, queixa in queixas)
        raise DadoInvalido(
            f"{quantas} um código e nada foi importado.", "linhas", detalhes=detalhes
        )


def repetidas(linhas: Sequence[LinhaDePlanilha]) -> list[tuple[int, str]]:
    """O número de cada linha que repete um código, e onde ele já estava."""
    vistas: dict[str, int] = {}
    queixas = []
    for linha in linhas:
        if linha.codigo in vistas:
            antes = vistas[linha.codigo]
            queixas.append((linha.linha, f"o código {linha.codigo} já está na linha {antes}"))
        vistas.setdefault(linha.codigo, linha.linha)
    return queixas


def recusar_inativos(linhas: Sequence[LinhaDePlanilha], existentes: Mapping[str, C]) -> None:
    """Levanta Conflito se alguma linha é de um registro desativado."""
    inativos = tuple(
        f"linha {linha.linha}: {linha.codigo} está desativado; reative-o antes"
        for linha in linhas
        if linha.codigo in existentes and not existentes[linha.codigo].ativo
    )
    if inativos:
        quantas = quantos(
            len(inativos), "linha é de registro desativado", "linhas são de registros desativados"
        )
        raise Conflito(f"{quantas} e nada foi importado.", detalhes=inativos)


def _difere(linha: Any, cadastro: Cadastro, campos: tuple[str, ...]) -> bool:
    return bool(_que_mudam(linha, cadastro, campos))


def _que_mudam(linha: Any, cadastro: Cadastro, campos: tuple[str, ...]) -> list[str]:
    """Os campos em que a linha diz outra coisa; o que ela não diz fica como está."""
    return [c for c in campos if getattr(linha, c) not in (None, getattr(cadastro, c))]


def _porque(linha: Any, cadastro: Cadastro, campos: tuple[str, ...]) -> str:
    trocas = [
        f"{NOMES.get(c, c)} {_dito(getattr(cadastro, c))} → {_dito(getattr(linha, c))}"
        for c in _que_mudam(linha, cadastro, campos)
    ]
    return f"{linha.codigo}: {', '.join(trocas)}"


def _dito(valor: object) -> str:
    return reais(valor) if isinstance(valor, Decimal) else str(valor)
