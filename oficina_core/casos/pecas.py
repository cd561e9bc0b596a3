"""Casos de uso da peça."""

from dataclasses import dataclass
from typing import Self

from oficina_core.casos import campos
from oficina_core.casos.cadastros import (
    Busca,
    Recurso,
    ativar,
    por_nome,
    recusar_repetido,
)
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Linha, NovoSaldo, UnidadeDeTrabalho
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.dinheiro import ZERO, Quantidade, Reais, Unidade, conferir_minimo
from oficina_core.dominio.peca import Peca
from oficina_core.dominio.valores import Codigo


@dataclass(frozen=True, kw_only=True)
class FichaPeca:
    """A peça e o estoque dela na loja; `custo` só para o gerente."""

    id: int
    codigo: str
    nome: str
    unidade: Unidade
    preco: Reais
    estoque: Quantidade
    reservado: Quantidade
    disponivel: Quantidade
    minimo: Quantidade
    localizacao: str | None
    custo: Reais | None
    ativo: bool
    versao: int


@dataclass(frozen=True, kw_only=True)
class LinhaPeca:
    """A peça em uma lista, com o que há dela na loja."""

    id: int
    codigo: str
    nome: str
    unidade: Unidade
    preco: Reais
    estoque: Quantidade
    disponivel: Quantidade
    minimo: Quantidade
    localizacao: str | None
    ativo: bool

    @classmethod
    def de(cls, linha: Linha) -> Self:
        comercial = linha["unidade"].comercial
        return cls(
            id=linha["id"],
            codigo=linha["codigo"],
            nome=linha["nome"],
            unidade=linha["unidade"],
            preco=linha["preco"],
            estoque=comercial(linha["estoque"]),
            disponivel=comercial(linha["estoque"] - linha["reservado"]),
            minimo=comercial(linha["minimo"]),
            localizacao=linha["localizacao"],
            ativo=linha["ativo"],
        )


@dataclass(frozen=True, kw_only=True)
class DadosPeca:
    """O que se diz de uma peça; o preço é por unidade comercial."""

    codigo: str
    nome: str
    preco: Reais

    def __post_init__(self) -> None:
        campos.fixar(
            self,
            codigo=Codigo(self.codigo),
            nome=campos.nome(self.nome),
            preco=campos.reais(self.preco, "preco"),
        )


@dataclass(frozen=True, kw_only=True)
class CriarPeca(DadosPeca):
    """Cadastra uma peça; o estoque dela entra depois, com o custo."""

    unidade: Unidade = Unidade.UN
    minimo: Quantidade = ZERO
    localizacao: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.unidade.base(conferir_minimo(self.minimo), "minimo")
        campos.fixar(self, localizacao=campos.nome_opcional(self.localizacao, "localizacao", 30))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaPeca:
        recusar_repetido(uow.pecas, self.codigo, Recurso.PECA)
        peca = Peca(codigo=self.codigo, nome=self.nome, unidade=self.unidade, preco=self.preco)
        uow.pecas.adicionar(peca)
        minimo = self.unidade.base(self.minimo, "minimo")
        uow.estoques.criar(
            [NovoSaldo(peca_id=peca.id, minimo=minimo, localizacao=self.localizacao)]
        )
        return ficha(uow, peca)


@dataclass(frozen=True, kw_only=True)
class EditarPeca(DadosPeca):
    """Troca código, nome e preço; a unidade não muda, porque o saldo se conta nela."""

    peca_id: int
    versao: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaPeca:
        peca = uow.pecas.obter(self.peca_id)
        peca.conferir_versao(self.versao)
        recusar_repetido(uow.pecas, self.codigo, Recurso.PECA, peca.id)
        peca.codigo, peca.nome, peca.preco = self.codigo, self.nome, self.preco
        uow.pecas.salvar(peca)
        return ficha(uow, peca)


@dataclass(frozen=True, kw_only=True)
class VerPeca:
    """Mostra uma peça e o estoque dela."""

    peca_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaPeca:
        return ficha(uow, uow.pecas.obter(self.peca_id))


@dataclass(frozen=True, kw_only=True)
class ListarPecas(Busca):
    """Lista as peças por código, com o estoque; ou só as que estão abaixo do mínimo.

    Busca-se por um pedaço do código, do nome ou do lugar na loja.
    """

    abaixo_do_minimo: bool = False

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaPeca]:
        linhas = uow.pecas.listar_com_saldo(
            busca=self.busca,
            inativos=self.inativos,
            abaixo_do_minimo=self.abaixo_do_minimo,
            depois=self.depois(str, int),
            limite=self.limite + 1,
        )
        return self.paginar(linhas, por_nome, LinhaPeca.de)


@dataclass(frozen=True, kw_only=True)
class DesativarPeca:
    """Tira a peça das listas; os orçamentos e movimentos que a citam ficam."""

    peca_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaPeca:
        return ficha(uow, ativar(uow.pecas, self.peca_id, ativo=False))


@dataclass(frozen=True, kw_only=True)
class ReativarPeca:
    """Devolve a peça às listas."""

    peca_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaPeca:
        return ficha(uow, ativar(uow.pecas, self.peca_id, ativo=True))


def ficha(uow: UnidadeDeTrabalho, peca: Peca) -> FichaPeca:
    saldo = uow.estoques.saldos(uow.ator.loja_certa, [peca.id])[peca.id]
    comercial = peca.unidade.comercial
    return FichaPeca(
        id=peca.id,
        codigo=peca.codigo,
        nome=peca.nome,
        unidade=peca.unidade,
        preco=peca.preco,
        estoque=comercial(saldo.estoque),
        reservado=comercial(saldo.reservado),
        disponivel=comercial(saldo.disponivel),
        minimo=comercial(saldo.minimo),
        localizacao=saldo.localizacao,
        custo=saldo.custo if uow.ator.papel is Papel.GERENTE else None,
        ativo=peca.ativo,
        versao=peca.versao,
    )
