"""I13 no MySQL: o usuário do programa não muda nem apaga o que só se acrescenta."""

import os
import secrets
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from oficina_core.banco import contas
from oficina_core.banco.contas import Feito
from oficina_core.banco.exame import Exame
from oficina_core.banco.falhas import codigo
from oficina_core.banco.motor import abrir
from oficina_core.banco.tabelas import metadata
from oficina_core.banco.verificacao import verificar
from oficina_core.casos.clientes_anonimizacao import AnonimizarCliente
from oficina_core.casos.estoque import EntradaEstoque
from oficina_core.casos.orcamentos import EditarOrcamento, EnviarOrcamento, VerOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import AnotarOrdem, VerOrdem
from oficina_core.casos.ordens_encerramento import EntregarOrdem, FinalizarOrdem
from oficina_core.casos.pagamentos import EstornarPagamento, RegistrarPagamento
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from tests import cenario
from tests.conftest import OficinaVigiada
from tests.servidor_mysql import Servidor

SO_SE_ACRESCENTA = ("anotacoes", "eventos", "movimentos_estoque", "pagamentos")
DIREITOS = text(
    "SELECT table_name, privilege_type FROM information_schema.table_privileges "
    "WHERE table_schema = :banco"
)
DO_BANCO_INTEIRO = text("SELECT privilege_type FROM information_schema.schema_privileges")
POR_COLUNA = text(
    "SELECT table_name, column_name, privilege_type FROM information_schema.column_privileges "
    "WHERE table_schema = :banco"
)
SEM_DIREITO = {1142, 1143}  # à tabela, ou à coluna


@pytest.fixture(scope="module")
def usuario(mysql: Servidor, banco_mysql: str) -> Iterator[str]:
    """O endereço do banco já migrado, com a conta que o programa se prepara."""
    nome, senha = f"oficina_{os.getpid()}", secrets.token_hex(16)
    assert contas.preparar(banco_mysql, nome, senha=senha).feito is Feito.CRIADA
    yield (
        make_url(banco_mysql)
        .set(username=nome, password=senha)
        .render_as_string(hide_password=False)
    )
    with mysql.conectar() as conexao, conexao.cursor() as cursor:
        cursor.execute(f"DROP USER '{nome}'@'%'")


@pytest.fixture
def restrito(usuario: str, url_mysql: str) -> str:
    """O mesmo endereço, com o banco esvaziado."""
    return usuario


def test_o_usuario_pode_em_cada_tabela_o_que_o_programa_faz_nela(restrito: str) -> None:
    """Tabela nova pede a sua linha no arquivo, e direito ao banco inteiro desfaria as outras."""
    motor = abrir(restrito)
    pode = defaultdict(set)
    with motor.connect() as conexao:
        for tabela, direito in conexao.execute(DIREITOS, {"banco": motor.url.database}):
            pode[tabela].add(direito)
        assert conexao.execute(DO_BANCO_INTEIRO).all() == []
        da_coluna = set(map(tuple, conexao.execute(POR_COLUNA, {"banco": motor.url.database})))
    motor.dispose()
    esperado = {nome: {"SELECT", "INSERT", "UPDATE", "DELETE"} for nome in metadata.tables}
    esperado |= {nome: {"SELECT", "INSERT"} for nome in SO_SE_ACRESCENTA}
    assert pode == esperado | {"alembic_version": {"SELECT"}}
    assert da_coluna == {("anotacoes", coluna, "UPDATE") for coluna in ("texto", "ator")}


def test_um_dia_de_oficina_cabe_no_que_o_usuario_pode(restrito: str) -> None:
    oficina = OficinaVigiada.em(restrito)
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, kits=("TROCA-OLEO",))
    oficina.executar(AnotarOrdem(ordem_id=ordem.id, texto="A Conceição espera no balcão"))
    rascunho = oficina.executar(VerOrcamento(orcamento_id=ordem.orcamentos[0].id))
    editar = EditarOrcamento(
        orcamento_id=rascunho.id,
        versao=rascunho.versao,
        descricao="Óleo e pastilhas",
        servicos=("OLEO",),
        pecas=("FILTRO", "PASTILHA"),
    )
    oficina.executar(editar)
    oficina.executar(EnviarOrcamento(orcamento_id=rascunho.id))
    oficina.executar(AprovarOrcamento(orcamento_id=rascunho.id))
    oficina.executar(EntradaEstoque(peca_id="PASTILHA", quantidade=Decimal(4)))
    pronta = oficina.executar(FinalizarOrdem(ordem_id=ordem.id))
    pagar = RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=pronta.saldo)
    paga = oficina.executar(pagar)
    oficina.executar(EstornarPagamento(pagamento_id=paga.pagamentos[0].id))
    oficina.executar(EntregarOrdem(ordem_id=ordem.id, km=50_000))
    entregue = oficina.executar(VerOrdem(ordem_id=ordem.id))
    assert entregue.status is StatusOrdem.ENTREGUE
    assert entregue.saldo == pronta.saldo
    resto = RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=entregue.saldo)
    oficina.executar(resto)
    feita = oficina.executar(AnonimizarCliente(cliente_id=ordem.cliente_id, motivo="pediu"))
    assert feita.textos == 2
    oficina.fechar()
    assert verificar(restrito) == ()


def test_o_exame_diz_que_este_usuario_nao_apaga(restrito: str) -> None:
    with Exame(restrito) as exame:
        assert exame.apagaveis() == ()


@pytest.mark.parametrize("tabela", SO_SE_ACRESCENTA)
@pytest.mark.parametrize("comando", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_o_servidor_recusa_mudar_e_apagar_o_que_so_se_acrescenta(
    restrito: str, tabela: str, comando: str
) -> None:
    motor = abrir(restrito)
    with motor.connect() as conexao, pytest.raises(DBAPIError) as recusa:
        conexao.execute(text(comando.format(tabela)))
    assert codigo(recusa.value) in SEM_DIREITO
    motor.dispose()
