"""O que comprar: o que passou do mínimo e o que falta às ordens."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from oficina_core.casos.paginas import Lista, Pagina
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.dinheiro import Quantidade, Reais, Unidade


@dataclass(frozen=True, kw_only=True)
class LinhaReposicao:
    """Uma peça a comprar; `custo` é o da última compra, só para o gerente.

    `falta` é o que as `ordens` aprovadas ainda esperam, e `sugestao`, quanto comprar.
    """

    peca_id: int
    codigo: str
    nome: str
    unidade: Unidade
    sugestao: Quantidade
    falta: Quantidade
    ordens: tuple[int, ...]
    disponivel: Quantidade
    minimo: Quantidade
    custo: Reais | None
    localizacao: str | None


@dataclass(frozen=True, kw_only=True)
class ListarReposicao(Lista):
    """Lista o que comprar para a loja: as peças abaixo do mínimo e as que faltam às ordens.

    Sugere o que atende as ordens e ainda deixa o mínimo: o que falta mais o mínimo, menos o que
    está disponível.
    """

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaReposicao]:
        esperas = uow.reposicao.esperas()
        linhas = uow.reposicao.listar(
            esperadas={espera["peca_id"] for espera in esperas},
            depois=self.depois(str, int),
            limite=self.limite + 1,
        )
        ve_custo = uow.ator.papel is Papel.GERENTE
        return self.paginar(
            linhas,
            lambda linha: (linha["codigo"], linha["id"]),
            lambda linha: _linha(linha, esperas, ve_custo=ve_custo),
        )


def _linha(linha: Linha, esperas: Sequence[Linha], *, ve_custo: bool) -> LinhaReposicao:
    desta = [espera for espera in esperas if espera["peca_id"] == linha["id"]]
    falta = sum(espera["falta"] for espera in desta)
    disponivel = linha["estoque"] - linha["reservado"]

    def comercial(base: int) -> Decimal:
        quanto: Decimal = linha["unidade"].comercial(base)
        return quanto

    return LinhaReposicao(
        peca_id=linha["id"],
        codigo=linha["codigo"],
        nome=linha["nome"],
        unidade=linha["unidade"],
        sugestao=comercial(max(0, falta + linha["minimo"] - disponivel)),
        falta=comercial(falta),
        ordens=tuple(sorted({espera["ordem_id"] for espera in desta})),
        disponivel=comercial(disponivel),
        minimo=comercial(linha["minimo"]),
        custo=linha["custo"] if ve_custo else None,
        localizacao=linha["localizacao"],
    )
