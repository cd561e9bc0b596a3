"""Casos de uso do kit: trazer de uma planilha, e levar para ela."""

from dataclasses import dataclass
from typing import Self

from oficina_core.casos.cadastros import Busca
from oficina_core.casos.importacao import (
    Importacao,
    Importar,
    LinhaCompleta,
    Recusas,
    conferir_planilha,
    importar,
)
from oficina_core.casos.kits import Citados, DadosKit
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.dominio.dinheiro import Quantidade, Unidade
from oficina_core.dominio.erros import ErroOficina
from oficina_core.dominio.kit import Kit
from oficina_core.dominio.orcamento import TipoItem


@dataclass(frozen=True, kw_only=True)
class LinhaImportadaKit(DadosKit):
    """Um kit da planilha; `linha` é onde ele começa nela."""

    linha: int

    @property
    def chave(self) -> str:
        return self.codigo

    @property
    def rotulo(self) -> str:
        return f"kit {self.codigo}"


@dataclass(frozen=True, kw_only=True)
class KitComposto(LinhaCompleta[LinhaImportadaKit]):
    """Um kit da planilha, com os itens já achados."""

    kit: Kit

    @classmethod
    def de(cls, pedido: LinhaImportadaKit, citados: Citados) -> Self:
        kit = Kit(codigo=pedido.codigo, nome=pedido.nome)
        pedido.compor(kit, citados)
        return cls(pedido=pedido, kit=kit)

    def novo(self) -> Kit:
        return self.kit

    def trocas(self, atual: Kit) -> list[str]:
        """O nome e os itens, em qualquer ordem."""
        nome = [f"nome {atual.nome} → {self.kit.nome}"] if self.kit.nome != atual.nome else []
        return nome + (["outros itens"] if {*self.kit.itens} != {*atual.itens} else [])

    def vestir(self, atual: Kit) -> None:
        atual.nome, atual.itens = self.kit.nome, self.kit.itens


@dataclass(frozen=True, kw_only=True)
class ImportarKits(Importar):
    """Traz kits prontos, todos ou nenhum; o que já está igual não muda."""

    kits: tuple[LinhaImportadaKit, ...]

    def executar(self, uow: UnidadeDeTrabalho) -> Importacao:
        conferir_planilha(self.kits, sum(kit.tamanho for kit in self.kits))
        recusas = Recusas()
        citados = Citados.que_ha(uow, self.kits)
        return importar(
            self,
            uow.kits,
            _compor(self.kits, citados, recusas),
            uow.kits.por_nome([kit.codigo for kit in self.kits]),
            novo=KitComposto.novo,
            vestir=KitComposto.vestir,
            conferir=lambda linha, _atual: citados.exigir_ativos(linha.pedido),
            recusas=recusas,
        ).resumo


def _compor(
    kits: tuple[LinhaImportadaKit, ...], citados: Citados, recusas: Recusas
) -> list[KitComposto]:
    compostos = []
    for kit in kits:
        try:
            compostos.append(KitComposto.de(kit, citados))
        except ErroOficina as erro:
            recusas.anotar_erro(erro, kit)
    return compostos


@dataclass(frozen=True, kw_only=True)
class LinhaItemDeKit:
    """Um item de um kit, como na planilha que se importa."""

    codigo: str
    nome: str
    tipo: TipoItem
    item: str
    quantidade: Quantidade

    @classmethod
    def de(cls, linha: Linha) -> Self:
        unidade = linha["unidade"] or Unidade.UN
        return cls(
            codigo=linha["codigo"],
            nome=linha["nome"],
            tipo=TipoItem.PECA if linha["peca"] else TipoItem.SERVICO,
            item=linha["peca"] or linha["servico"],
            quantidade=unidade.comercial(linha["quantidade"]),
        )


@dataclass(frozen=True, kw_only=True)
class ListarItensDeKits(Busca):
    """Lista os itens de todos os kits, uma linha por item: é a planilha que se importa."""

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaItemDeKit]:
        linhas = uow.kits.listar_itens(
            busca=self.busca,
            inativos=self.inativos,
            depois=self.depois(str, int),
            limite=self.limite + 1,
        )
        return self.paginar(linhas, lambda x: (x["codigo"], x["id"]), LinhaItemDeKit.de)
