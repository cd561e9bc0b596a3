"""Tudo o que a oficina guarda de um cliente, para lhe entregar (LGPD art. 18 II e V, e art. 19)."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeAlias, TypeVar

from oficina_core.casos.clientes_exportados import (
    Acontecimento,
    AnotacaoExportada,
    CadastroExportado,
    ItemExportado,
    LinkExportado,
    MensagemExportada,
    OrcamentoExportado,
    OrdemExportada,
    PagamentoExportado,
    VeiculoExportado,
)
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.casos.traducao import Passageira
from oficina_core.dominio.cliente import Cliente
from oficina_core.dominio.erros import Conflito, DadoInvalido

FORMATO = "oficina/cliente/1"
PARTE = 100  # registros, somadas as seções: 5.000 ordens são 50 pedidos
PRAZO = timedelta(hours=1)  # entre a primeira parte, que deixa o evento, e a última
SECOES = ("veiculos", "ordens", "orcamentos", "mensagens")
CURSOR = re.compile(f"({'|'.join(SECOES)})-(0|[1-9][0-9]{{0,17}})")

T = TypeVar("T")
PorId: TypeAlias = Mapping[int, list[Linha]]


@dataclass(frozen=True, kw_only=True)
class FichaExportacao(Passageira):
    """Os dados de um cliente, ou uma parte deles; `proximo` é o cursor da seguinte.

    `formato` muda quando muda a forma do documento. `orcamentos` são os que não têm ordem. A
    resposta não se guarda com a chave.
    """

    formato: str
    em: datetime
    cliente: CadastroExportado
    veiculos: tuple[VeiculoExportado, ...]
    ordens: tuple[OrdemExportada, ...]
    orcamentos: tuple[OrcamentoExportado, ...]
    mensagens: tuple[MensagemExportada, ...]
    proximo: str | None


@dataclass(frozen=True, kw_only=True)
class ExportarDadosCliente:
    """Entrega tudo o que a oficina guarda de um cliente (LGPD).

    Deixa um evento, com quem pediu e quando. Vem em partes de até 100 registros: o `cursor` de cada
    uma é o `proximo` da anterior, e vale por uma hora depois da primeira.
    """

    cliente_id: int
    cursor: str | None = None

    def __post_init__(self) -> None:
        if self.cursor is not None and not CURSOR.fullmatch(self.cursor):
            raise DadoInvalido("Esse cursor não é desta exportação; comece outra.", "cursor")

    def executar(self, uow: UnidadeDeTrabalho) -> FichaExportacao:
        cliente = uow.clientes.obter(self.cliente_id)
        uow.ator.exigir_loja(None, acao="exportar os dados de um cliente, que é da rede toda")
        self._registrar(uow, cliente)
        secoes, proximo = self._ler(uow)
        return FichaExportacao(
            formato=FORMATO,
            em=uow.agora(),
            cliente=CadastroExportado.de(cliente, uow.titulares.eventos("clientes", [cliente.id])),
            **{secao: tuple(secoes.get(secao, ())) for secao in SECOES},
            proximo=proximo,
        )

    def _registrar(self, uow: UnidadeDeTrabalho, cliente: Cliente) -> None:
        """Um evento por documento: as partes seguintes são as do que há pouco se começou."""
        if self.cursor is None:
            cliente.exportado_em = uow.agora()
            uow.clientes.salvar(cliente)
        elif cliente.exportado_em is None or uow.agora() - cliente.exportado_em > PRAZO:
            raise Conflito("Esta exportação começou há mais de uma hora; comece outra.")

    def _ler(self, uow: UnidadeDeTrabalho) -> tuple[dict[str, Sequence[Any]], str | None]:
        """Uma seção depois da outra, até encher a parte, e de onde continuar."""
        primeira, _, ultimo = (self.cursor or f"{SECOES[0]}-0").partition("-")
        depois, cabem = int(ultimo), PARTE
        secoes: dict[str, Sequence[Any]] = {}
        for secao in SECOES[SECOES.index(primeira) :]:
            linhas = uow.titulares.do_cliente(secao, self.cliente_id, depois, cabem + 1)
            secoes[secao] = MONTAR[secao](uow, linhas[:cabem])
            if len(linhas) > cabem:
                return secoes, f"{secao}-{linhas[cabem - 1]['id'] if cabem else depois}"
            depois, cabem = 0, cabem - len(linhas)
        return secoes, None


def _ordens(uow: UnidadeDeTrabalho, linhas: Sequence[Linha]) -> list[OrdemExportada]:
    """As ordens com tudo o que é delas, em uma consulta por espécie."""
    numeros = _numeros(linhas)
    placas = {linha["id"]: linha["placa"] for linha in linhas}
    citam = {que: uow.titulares.citam(que, numeros) for que in ("orcamentos", *DA_ORDEM)}
    lidos = [{**o, "placa": placas[o["ordem_id"]]} for o in citam["orcamentos"]]
    prontos = {orcamento.id: orcamento for orcamento in _orcamentos(uow, lidos)}
    orcamentos = _por(citam["orcamentos"], "ordem_id")
    anotacoes, pagamentos = (_por(citam[que], "ordem_id") for que in DA_ORDEM)
    eventos = _por(uow.titulares.eventos("ordens_servico", numeros), "entidade_id")
    return [
        _montar(
            OrdemExportada,
            ordem,
            orcamentos=tuple(prontos[o["id"]] for o in orcamentos[ordem["id"]]),
            anotacoes=_todos(AnotacaoExportada, anotacoes[ordem["id"]]),
            pagamentos=_todos(PagamentoExportado, pagamentos[ordem["id"]]),
            historico=tuple(map(Acontecimento.de, eventos[ordem["id"]])),
        )
        for ordem in linhas
    ]


DA_ORDEM = ("anotacoes", "pagamentos")


def _orcamentos(uow: UnidadeDeTrabalho, linhas: Sequence[Linha]) -> list[OrcamentoExportado]:
    numeros = _numeros(linhas)
    itens, links = (
        _por(uow.titulares.citam(q, numeros), "orcamento_id") for q in ("itens", "links")
    )
    return [
        _montar(
            OrcamentoExportado,
            orcamento,
            itens=tuple(map(_item, itens[orcamento["id"]])),
            links=_todos(LinkExportado, links[orcamento["id"]]),
        )
        for orcamento in linhas
    ]


def _item(linha: Linha) -> ItemExportado:
    comercial = linha["unidade"].comercial(linha["quantidade"])
    return _montar(ItemExportado, linha, quantidade=comercial)


def _montar(tipo: Callable[..., T], linha: Linha, **outros: Any) -> T:
    """O que se exporta de uma linha: as colunas com o nome dos campos, e os outros."""
    campos = {nome: linha[nome] for nome in _campos(tipo) if nome not in outros}
    return tipo(**campos, **outros)


@cache
def _campos(tipo: Any) -> tuple[str, ...]:
    return tuple(campo.name for campo in fields(tipo))


def _todos(tipo: Callable[..., T], linhas: Sequence[Linha]) -> tuple[T, ...]:
    return tuple(_montar(tipo, linha) for linha in linhas)


def _numeros(linhas: Sequence[Linha]) -> list[int]:
    return [linha["id"] for linha in linhas]


def _por(linhas: Sequence[Linha], campo: str) -> PorId:
    """As linhas de cada registro que citam."""
    juntas = defaultdict(list)
    for linha in linhas:
        juntas[linha[campo]].append(linha)
    return juntas


MONTAR: Mapping[str, Callable[[UnidadeDeTrabalho, Sequence[Linha]], Sequence[Any]]] = {
    "veiculos": lambda _, linhas: _todos(VeiculoExportado, linhas),
    "ordens": _ordens,
    "orcamentos": _orcamentos,
    "mensagens": lambda _, linhas: _todos(MensagemExportada, linhas),
}
