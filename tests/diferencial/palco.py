"""Um roteiro tocado em vários mundos ao mesmo tempo, cada resposta contra a do primeiro."""

from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from sqlalchemy import Table, select

from oficina_core.banco.motor import abrir
from oficina_core.banco.tabelas import metadata
from oficina_core.casos import (
    estoque,
    lojas,
    mensagens,
    orcamentos,
    ordens,
    parametros,
    relatorios,
    relatorios_estoque,
    relatorios_faturamento,
    relatorios_produtividade,
    relatorios_tempos,
)
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.paginas import Pagina
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.periodo import Passo as PassoDoPeriodo
from tests.diferencial.dia import passos
from tests.diferencial.leituras import BUSCAVEIS, VER
from tests.diferencial.mundos import Dito, Mundo, Passo, Recusa
from tests.diferencial.ponte import CAMPOS, Comparacao, Diferenca, Ponte, tabela_de
from tests.diferencial.roteiro import Roteiro

ACHADOS: dict[Any, str] = {recurso: f"{recurso.value}s" for recurso in Recurso}
FIM = (
    Dito(lojas.ListarLojas, {}),
    Dito(parametros.VerParametros, {}),
    Dito(relatorios.VerPainel, {}),
    Dito(relatorios_estoque.VerGiroEstoque, {"todas_lojas": True, "parada_ha": 1}),
    Dito(relatorios_faturamento.VerFaturamento, {"todas_lojas": True, "passo": PassoDoPeriodo.DIA}),
    Dito(relatorios_produtividade.VerProdutividade, {"todas_lojas": True}),
    Dito(relatorios_tempos.VerTempos, {"todas_lojas": True}),
    *(Dito(c, {"inativos": i, "limite": 3}) for c in BUSCAVEIS for i in (False, True)),
    Dito(estoque.ListarMovimentos, {"limite": 9}),
    Dito(mensagens.ListarMensagens, {}),
    Dito(orcamentos.ListarOrcamentos, {"todas_lojas": True, "limite": 3}),
    *(Dito(ordens.ListarOrdens, {"todas_lojas": True, "status": s}) for s in (None, *StatusOrdem)),
)
SEM_PAR = ("idempotencia", "tentativas", "origens")  # a chave que não se disse é sorteada


@dataclass
class Palco:
    roteiro: Roteiro
    mundos: list[Mundo]
    filial: bool = False
    pontes: list[Ponte] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pontes = [Ponte() for _ in self.mundos]
        for ponte, mundo in zip(self.pontes, self.mundos, strict=True):
            Comparacao(ponte).iguais(self.mundos[0].equipe, mundo.equipe, "equipe")
        self.roteiro.aprender(self.mundos[0].equipe)

    def tocar(self, quantos: int) -> None:
        for passo in passos(self.roteiro, quantos, filial=self.filial):
            self.roteiro.lembrar(passo, self.pedir(passo))

    def pedir(self, passo: Passo) -> Any:
        """A resposta do primeiro mundo, que é também a dos outros; levanta Diferenca."""
        primeiro, *outros = self.mundos
        resposta = primeiro.responder(passo)
        for mundo, ponte in zip(outros, self.pontes[1:], strict=True):
            usada = ponte.provisoria() if passo.simular or isinstance(resposta, Recusa) else ponte
            outra = mundo.responder(passo.levar(ponte))
            comparacao = Comparacao(usada, ACHADOS.get(passo.dito.campos.get("recurso")))
            try:
                comparacao.iguais(resposta, outra, "resposta")
            except Diferenca as diferenca:
                raise Diferenca(self._relato(passo, mundo, diferenca)) from None
        return resposta

    def _relato(self, passo: Passo, mundo: Mundo, diferenca: Diferenca) -> str:
        antes = "\n".join(f"  {anterior}" for anterior in self.roteiro.passados)
        return (
            f"semente {self.roteiro.semente}, {self.mundos[0].nome} e {mundo.nome}, no passo\n"
            f"  {passo}\n{diferenca}\ndepois de\n{antes}"
        )

    def conferir_fim(self) -> None:
        """Todas as listas, todas as fichas e todas as tabelas."""
        for loja in [ficha.id for ficha in self.roteiro.das("lojas")] if self.filial else [None]:
            for dito in FIM:
                self._ate_o_fim(self._leitura(dito, loja))
            for caso, nome, especie in VER:
                for ficha in self.roteiro.das(especie):
                    self.pedir(self._leitura(Dito(caso, {nome: ficha.id}), loja))
        primeiras, *outras = [_tabelas(mundo.url) for mundo in self.mundos]
        for ponte, tabelas in zip(self.pontes[1:], outras, strict=True):
            for tabela, linhas in primeiras.items():
                _conferir_tabela(Comparacao(ponte), tabela, linhas, tabelas[tabela])

    def _leitura(self, dito: Dito, loja: int | None) -> Passo:
        return Passo(dito=dito, em=self.roteiro.agora, loja=loja)

    def _ate_o_fim(self, passo: Passo) -> None:
        pagina = self.pedir(passo)
        self.roteiro.aprender(pagina)
        while isinstance(pagina, Pagina) and pagina.proximo:
            campos = {**passo.dito.campos, "cursor": pagina.proximo}
            pagina = self.pedir(replace(passo, dito=Dito(passo.dito.tipo, campos)))
            self.roteiro.aprender(pagina)


Linhas: TypeAlias = list[dict[str, Any]]


def _tabelas(url: str) -> dict[Table, Linhas]:
    """Tudo o que um banco guarda, na ordem em que se guardou."""
    motor = abrir(url)
    try:
        with motor.connect() as conexao:
            return {
                tabela: [
                    dict(linha)
                    for linha in conexao.execute(
                        select(tabela).order_by(*tabela.primary_key)
                    ).mappings()
                ]
                for tabela in metadata.sorted_tables
                if tabela.name not in SEM_PAR
            }
    finally:
        motor.dispose()


def _conferir_tabela(comparacao: Comparacao, tabela: Table, umas: Linhas, outras: Linhas) -> None:
    if len(umas) != len(outras):
        raise Diferenca(f"{tabela.name}: {len(umas)} e {len(outras)} linhas")
    for uma, outra in zip(umas, outras, strict=True):
        _conferir_linha(comparacao, tabela, uma, outra)


def _conferir_linha(
    comparacao: Comparacao, tabela: Table, uma: dict[str, Any], outra: dict[str, Any]
) -> None:
    for coluna in tabela.c:
        onde = f"{tabela.name} {uma.get('id')}.{coluna.name}"
        par = uma[coluna.name], outra[coluna.name]
        if coluna.name == "diferenca":
            comparacao.jsons(*par, uma["entidade"], onde)
        else:
            comparacao.iguais(*par, onde, _especie(tabela, coluna.name, uma))


def _especie(tabela: Table, coluna: str, linha: dict[str, Any]) -> str | None:
    if coluna == "entidade_id":
        return tabela_de(linha["entidade"])
    if coluna == "ator_id":
        return "funcionarios"
    if coluna in ("id", "estorno_de"):
        return tabela.name
    return CAMPOS.get(coluna)
