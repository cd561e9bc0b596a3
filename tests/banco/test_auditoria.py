"""Cada evento é da loja do que mudou, e não da loja de quem pediu."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from oficina_core.banco import tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes import CriarCliente, DadosCliente
from oficina_core.casos.estoque import EntradaEstoque
from oficina_core.casos.funcionarios import CriarFuncionario
from oficina_core.casos.lojas import EditarLoja
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import AnotarOrdem, AtribuirMecanico
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import FinalizarOrdem
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.casos.portas import CasoDeUso, Pedido
from oficina_core.casos.veiculos import DadosVeiculo
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.pagamento import FormaPagamento
from tests import cenario

Eventos = set[tuple[str, int | None]]


@pytest.fixture
def matriz(local: OficinaLocal) -> int:
    cenario.catalogo(local)
    with local._motor.connect() as conexao:
        return int(conexao.execute(select(tabelas.lojas.c.id)).scalar_one())


@pytest.fixture
def filial(local: OficinaLocal, matriz: int) -> int:
    return cenario.filial(local)


def escritos(oficina: OficinaLocal, caso: CasoDeUso[Any], loja: int | None = None) -> Eventos:
    """Entidade e loja dos eventos que um pedido escreve."""
    eventos = tabelas.eventos.c
    with oficina._motor.connect() as conexao:
        antes = conexao.execute(select(eventos.id)).scalars().all()
    oficina.executar(caso, Pedido(loja=loja))
    novos = select(eventos.entidade, eventos.loja_id).where(eventos.id.not_in(antes))
    with oficina._motor.connect() as conexao:
        return {(linha.entidade, linha.loja_id) for linha in conexao.execute(novos)}


def test_quem_e_da_rede_deixa_na_filial_os_eventos_da_ordem_dela(
    local: OficinaLocal, matriz: int, filial: int
) -> None:
    """Também os do que não diz a loja em si: anotação, pagamento, linha, veículo."""
    entrada = EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(5), custo=Decimal(20))
    assert escritos(local, entrada, filial) == {("movimentos_estoque", filial)}
    receber = AbrirOrdem(
        veiculo_id=cenario.PLACA,
        veiculo=DadosVeiculo(marca="VW", modelo="Gol"),
        cliente=DadosCliente(nome="Ana", documento=cenario.CPF_ANA),
        pecas=("FILTRO",),
        queixa="Filtro",
    )
    ordem = local.executar(receber, Pedido(loja=filial))
    aprovar = AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id)
    assert escritos(local, aprovar) == {("ordens_servico", filial), ("orcamentos", filial)}
    anotar = AnotarOrdem(ordem_id=ordem.id, texto="ligar antes")
    assert escritos(local, anotar, matriz) == {("anotacoes", filial)}
    ze = cenario.funcionario(local, Papel.MECANICO)
    atribuir = AtribuirMecanico(ordem_id=ordem.id, mecanico_id=ze.id)
    assert escritos(local, atribuir) == {("ordens_servico", filial)}
    finalizar = FinalizarOrdem(ordem_id=ordem.id)
    assert {loja for _, loja in escritos(local, finalizar, matriz)} == {filial}
    pagar = RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=Decimal(1))
    assert {loja for _, loja in escritos(local, pagar)} == {filial}


def test_o_que_e_de_uma_loja_so_se_conta_nela(
    local: OficinaLocal, matriz: int, filial: int
) -> None:
    editar = EditarLoja(loja_id=filial, versao=1, nome="Filial Sul", fuso="America/Manaus")
    assert escritos(local, editar) == {("lojas", filial)}
    contratar = CriarFuncionario(
        cpf=cenario.CPF_ZE, nome="Zé", papel=Papel.MECANICO, loja_id=filial
    )
    assert escritos(local, contratar, matriz) == {("funcionarios", filial)}


def test_o_que_nao_e_de_loja_nenhuma_fica_na_de_quem_pediu(
    local: OficinaLocal, matriz: int, filial: int
) -> None:
    criar = CriarCliente(nome="Ana", telefone="11987654321")
    assert escritos(local, criar, matriz) == {("clientes", matriz)}
    assert escritos(local, criar) == {("clientes", None)}
