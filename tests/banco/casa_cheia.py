"""Uma casa em que há de tudo: para conferir, copiar e estragar."""

from decimal import Decimal

from oficina_core.casos.estoque import (
    AjustarEstoque,
    EntradaEstoque,
    EstornarMovimento,
    ListarMovimentos,
)
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos import CriarOrcamento, EnviarOrcamento, RevisarOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens_encerramento import (
    CancelarOrdem,
    EntregarOrdem,
    FinalizarOrdem,
    PecaUsada,
)
from oficina_core.casos.pagamentos import EstornarPagamento, RegistrarPagamento
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.pagamento import FormaPagamento
from tests import cenario


def povoar(oficina: Oficina) -> None:
    """Uma ordem em cada estado, orçamentos de todo tipo, pagamentos e o livro do estoque."""
    cenario.catalogo(oficina)
    cenario.peca(oficina, "SEM-USO")
    _entregar(oficina)
    _esperar_peca(oficina)
    cancelada = cenario.em_execucao(oficina)
    oficina.executar(CancelarOrdem(ordem_id=cancelada.id, motivo="desistiu"))
    _propor_de_novo(oficina)
    cenario.abrir(oficina, queixa="só olhar")
    balcao = oficina.executar(CriarOrcamento(veiculo_id=cenario.PLACA, pecas=("FILTRO",)))
    oficina.executar(EnviarOrcamento(orcamento_id=balcao.id))
    oficina.executar(RevisarOrcamento(orcamento_id=balcao.id, enviar=True))
    oficina.executar(AjustarEstoque(peca_id="FILTRO", delta=Decimal(-1), motivo="quebrou"))
    movimento = oficina.executar(ListarMovimentos(limite=1)).itens[0]
    oficina.executar(EstornarMovimento(movimento_id=movimento.id, motivo="não quebrou"))


def _entregar(oficina: Oficina) -> None:
    """Aprovada em parte, com menos óleo usado que aprovado; um pagamento estornado."""
    enviado = cenario.enviado(oficina)
    (servico,) = (item.id for item in enviado.itens if item.servico_id)
    (oleo,) = (item.id for item in enviado.itens if item.unidade is Unidade.L)
    oficina.executar(AprovarOrcamento(orcamento_id=enviado.id, linhas=(servico, oleo)))
    ordem = enviado.ordem_id or 0
    usada = PecaUsada(linha=oleo, quantidade=Decimal(3))
    oficina.executar(FinalizarOrdem(ordem_id=ordem, usadas=(usada,)))
    pago = oficina.executar(
        RegistrarPagamento(ordem_id=ordem, forma=FormaPagamento.PIX, valor=Decimal(100))
    )
    oficina.executar(EstornarPagamento(pagamento_id=pago.pagamentos[0].id))
    oficina.executar(EntregarOrdem(ordem_id=ordem))


def _esperar_peca(oficina: Oficina) -> None:
    """Em execução, com um complementar que espera peça e depois a recebe em parte."""
    ordem = cenario.em_execucao(oficina)
    pastilhas = ItemPedido(id="PASTILHA", quantidade=Decimal(5))
    complementar = cenario.complementar(oficina, ordem.id, pastilhas)
    oficina.executar(AprovarOrcamento(orcamento_id=complementar.id, permitir_falta=True))
    oficina.executar(
        EntradaEstoque(peca_id="PASTILHA", quantidade=Decimal(2), custo=Decimal("99.90"))
    )


def _propor_de_novo(oficina: Oficina) -> None:
    """Recusado o primeiro orçamento, a ordem espera pelo segundo, com desconto."""
    recusado = cenario.enviado(oficina)
    oficina.executar(RecusarOrcamento(orcamento_id=recusado.id, motivo="caro"))
    oficina.executar(
        CriarOrcamento(
            ordem_id=recusado.ordem_id, kits=("TROCA-OLEO",), desconto=Decimal(10), enviar=True
        )
    )
