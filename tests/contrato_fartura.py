"""Ordens de sobra, em todo estado: a que o Schemathesis cancela não serve a mais nada."""

from decimal import Decimal

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.estoque import EntradaEstoque
from oficina_core.casos.funcionarios import EditarFuncionario, VerFuncionario
from oficina_core.casos.orcamentos import EnviarOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import AtribuirMecanico, IniciarDiagnostico
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import FinalizarOrdem
from oficina_core.casos.portas import Pedido
from oficina_core.casos.servicos import CriarServico
from oficina_core.casos.veiculos import CriarVeiculo
from oficina_core.dominio.acesso import Papel
from tests.api.elenco import Gente

FARTURA = 42  # as de schemathesis.toml vão até aqui
AQUI = Pedido(loja=1)


def fartar(url: str, gente: Gente) -> None:
    """Ordens de Ana na loja 1, do recebido ao pronto; o gerente passa a ser o da rede."""
    oficina = OficinaLocal.em(url)
    preco = Decimal("80.00")
    oficina.executar(CriarServico(codigo="ALINHAMENTO", nome="Alinhamento", preco=preco))
    oficina.executar(EntradaEstoque(peca_id=1, quantidade=Decimal(500), custo=preco), AQUI)
    for numero in range(FARTURA):
        _atender(oficina, gente, numero)
    gerente = oficina.executar(VerFuncionario(funcionario_id=1))
    oficina.executar(
        EditarFuncionario(
            funcionario_id=gerente.id,
            versao=gerente.versao,
            cpf=gerente.cpf,
            nome=gerente.nome,
            papel=Papel.GERENTE,
            loja_id=None,
        )
    )
    oficina.fechar()


def _atender(oficina: OficinaLocal, gente: Gente, numero: int) -> None:
    placa = f"FAR{numero:04}"
    veiculo = CriarVeiculo(
        placa=placa, marca="Fiat", modelo="Uno", cliente_id=gente.proprio.cliente_id
    )
    oficina.executar(veiculo)
    abrir = AbrirOrdem(veiculo_id=placa, queixa="Barulho", servicos=(1, 2), pecas=(1,))
    ordem = oficina.executar(abrir, AQUI)
    orcamento_id = ordem.orcamentos[0].id
    mecanico = AtribuirMecanico(ordem_id=ordem.id, mecanico_id=gente.proprio.funcionario_id)
    passos = (
        mecanico,
        IniciarDiagnostico(ordem_id=ordem.id),
        EnviarOrcamento(orcamento_id=orcamento_id),
        AprovarOrcamento(orcamento_id=orcamento_id),
        FinalizarOrdem(ordem_id=ordem.id),
    )
    for passo in passos[: numero % (len(passos) + 1)]:
        oficina.executar(passo)
