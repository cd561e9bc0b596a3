"""O que se propõe ao cliente: serviços, peças, kits e o desconto sobre eles."""

from dataclasses import dataclass
from decimal import Decimal

from oficina_core.casos import campos
from oficina_core.casos.cadastros import Recurso, exigir_ativo
from oficina_core.casos.campos import Referencia
from oficina_core.casos.kits import ItemPedido, pedidos
from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.dinheiro import (
    ZERO,
    Quantidade,
    Reais,
    Unidade,
    conferir_percentual,
    percentual,
)
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.orcamento import Orcamento
from oficina_core.dominio.valores import Codigo

ITENS_MAXIMO, KITS_MAXIMO = 200, 50


@dataclass(frozen=True, kw_only=True)
class Proposta:
    """Serviços, peças e kits, cada um por id, código ou pedido inteiro.

    O desconto se diz de um jeito só, e se reparte pelas linhas na proporção delas: `desconto` em
    reais, `desconto_percentual` de 0 a 100, ou `valor_final`, o preço por que se fecha.
    """

    servicos: tuple[Referencia | ItemPedido, ...] = ()
    pecas: tuple[Referencia | ItemPedido, ...] = ()
    kits: tuple[Referencia, ...] = ()
    desconto: Reais = ZERO
    desconto_percentual: Quantidade = ZERO
    valor_final: Reais | None = None

    def __post_init__(self) -> None:
        campos.lista(self.servicos, "servicos", ITENS_MAXIMO)
        campos.lista(self.pecas, "pecas", ITENS_MAXIMO)
        campos.lista(self.kits, "kits", KITS_MAXIMO)
        campos.fixar(
            self,
            servicos=campos.referencias(self.servicos, Codigo),
            pecas=campos.referencias(self.pecas, Codigo),
            kits=campos.referencias(self.kits, Codigo),
            desconto=campos.reais(self.desconto, "desconto"),
            desconto_percentual=conferir_percentual(self.desconto_percentual),
            valor_final=campos.reais_opcional(self.valor_final, "valor_final"),
        )
        formas = (self.desconto, self.desconto_percentual, self.valor_final is not None)
        if sum(map(bool, formas)) > 1:
            raise DadoInvalido(
                "Diga o desconto em reais, em porcentagem ou o valor final: um só.", "desconto"
            )

    @property
    def vazia(self) -> bool:
        return not (self.servicos or self.pecas or self.kits)

    def compor(self, uow: UnidadeDeTrabalho, orcamento: Orcamento) -> list[str]:
        """Põe as linhas no orçamento, a que ele já tinha com o preço de então, e o desconto.

        Devolve os nomes dos kits. Levanta RegraViolada ou AcessoNegado se o desconto passa do que
        quem pede pode dar.
        """
        nomes = self._compor_kits(uow, orcamento)
        servicos, pecas = pedidos(self.servicos), pedidos(self.pecas)
        achados = uow.servicos.achar_varios([item.id for item in servicos])
        for item in servicos:
            servico = exigir_ativo(achados[item.id], Recurso.SERVICO)
            orcamento.incluir(servico, Unidade.UN.base(item.quantidade), item.desconto)
        achadas = uow.pecas.achar_varios([item.id for item in pecas])
        for item in pecas:
            peca = exigir_ativo(achadas[item.id], Recurso.PECA)
            orcamento.incluir(peca, peca.unidade.base(item.quantidade), item.desconto)
        orcamento.descontar(self._desconto_sobre(orcamento.valor_total))
        if orcamento.desconto:
            orcamento.exigir_desconto(uow.ator.papel, uow.parametros.desconto_atendente)
        return nomes

    def _compor_kits(self, uow: UnidadeDeTrabalho, orcamento: Orcamento) -> list[str]:
        achados = uow.kits.achar_varios(self.kits)
        kits = [exigir_ativo(achados[referencia], Recurso.KIT) for referencia in self.kits]
        itens = [item for kit in kits for item in kit.itens]
        servicos = uow.servicos.achar_varios([i.servico_id for i in itens if i.servico_id])
        pecas = uow.pecas.achar_varios([i.peca_id for i in itens if i.peca_id])
        for item in itens:
            if item.servico_id:
                servico = exigir_ativo(servicos[item.servico_id], Recurso.SERVICO)
                orcamento.incluir(servico, item.quantidade)
            else:
                peca = exigir_ativo(pecas[item.peca_id or 0], Recurso.PECA)
                orcamento.incluir(peca, item.quantidade)
        return [kit.nome for kit in kits]

    def _desconto_sobre(self, total: Decimal) -> Decimal:
        """Em reais, além do que cada linha já tem; negativo se o valor final passa do total."""
        if self.valor_final is not None:
            return total - self.valor_final
        return self.desconto or percentual(total, self.desconto_percentual)
