"""O que todo registro tem, e o que cada cadastro simples promete."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from oficina_core.dominio.acesso import Papel, TipoAtor
from oficina_core.dominio.cliente import Cliente, TipoCliente
from oficina_core.dominio.entidade import Cadastro, Registro
from oficina_core.dominio.erros import DadoInvalido, RegraViolada, VersaoAntiga
from oficina_core.dominio.estoque import CausaMovimento, Movimento
from oficina_core.dominio.evento import Evento
from oficina_core.dominio.funcionario import Funcionario
from oficina_core.dominio.kit import ItemKit, Kit
from oficina_core.dominio.loja import Loja
from oficina_core.dominio.ordem import Anotacao
from oficina_core.dominio.pagamento import FormaPagamento, Pagamento
from oficina_core.dominio.parametros import Parametros
from oficina_core.dominio.peca import Peca
from oficina_core.dominio.servico import Servico
from oficina_core.dominio.valores import Placa
from oficina_core.dominio.veiculo import Veiculo

AGORA = datetime(2026, 11, 23, 12, tzinfo=UTC)


def carro(km: int | None = None) -> Veiculo:
    return Veiculo(placa="ABC1234", marca="Fiat", modelo="Uno", km=km, cliente_id=1)


CADASTROS: list[Cadastro] = [
    Cliente(nome="Ana", telefone="+5511987654321", criado_em=AGORA),
    Funcionario(cpf="12345678909", nome="Bia", papel=Papel.MECANICO),
    Kit(codigo="TROCA-OLEO", nome="Troca de óleo"),
    Peca(codigo="FILTRO", nome="Filtro", preco=Decimal(30)),
    Servico(codigo="ALINHAR", nome="Alinhamento", preco=Decimal(80), tempo_estimado=40),
    carro(),
]
SO_SE_ACRESCENTAM: list[Registro] = [
    Anotacao(ordem_id=1, texto="pronto", ator="Ana", em=AGORA),
    Evento(
        loja_id=1,
        entidade="ordem",
        entidade_id=1,
        seq=1,
        acao="AbrirOrdem",
        diferenca="{}",
        ator_tipo=TipoAtor.SISTEMA,
        ator_id=None,
        ator_nome="sistema",
        requisicao=None,
        em=AGORA,
    ),
    Movimento(
        loja_id=1,
        peca_id=1,
        seq=1,
        delta=5,
        saldo_apos=5,
        custo_unitario=None,
        causa=CausaMovimento.ENTRADA,
        ator="Ana",
        em=AGORA,
    ),
    Pagamento(ordem_id=1, forma=FormaPagamento.PIX, valor=Decimal(10), em=AGORA, ator="Ana"),
]


@pytest.mark.parametrize("cadastro", CADASTROS, ids=lambda cadastro: type(cadastro).__name__)
def test_cadastro_nasce_ativo_sem_numero_na_primeira_versao(cadastro: Cadastro) -> None:
    assert (cadastro.id, cadastro.versao, cadastro.ativo) == (0, 1, True)


@pytest.mark.parametrize("registro", SO_SE_ACRESCENTAM, ids=lambda x: type(x).__name__)
def test_o_que_so_se_acrescenta_nao_tem_versao(registro: Registro) -> None:
    """I13."""
    assert registro.id == 0
    assert not hasattr(registro, "versao")


def test_versao_que_outro_ja_mudou_se_recusa() -> None:
    peca = Peca(codigo="FILTRO", nome="Filtro", preco=Decimal(30), versao=3)
    peca.conferir_versao(3)
    peca.conferir_versao(None)
    with pytest.raises(VersaoAntiga, match="mudou depois"):
        peca.conferir_versao(2)


@pytest.mark.parametrize(
    ("documento", "tipo"),
    [("12345678909", TipoCliente.PF), ("12ABC34501DE35", TipoCliente.PJ)],
)
def test_documento_diz_o_tipo_do_cliente(documento: str, tipo: TipoCliente) -> None:
    assert Cliente(nome="Ana", documento=documento, criado_em=AGORA).tipo is tipo


def test_cliente_sem_documento_precisa_de_telefone() -> None:
    with pytest.raises(DadoInvalido, match="ao menos o telefone") as recusa:
        Cliente(nome="Ana", criado_em=AGORA)
    assert recusa.value.campo == "telefone"


def test_veiculo_se_acha_pela_placa_em_qualquer_grafia() -> None:
    """I12."""
    veiculo = carro()
    assert (veiculo.placa, veiculo.placa_canonica) == ("ABC1234", "ABC1C34")
    veiculo.emplacar(Placa("XYZ-9876"))
    assert (veiculo.placa, veiculo.placa_canonica) == ("XYZ9876", "XYZ9I76")


@pytest.mark.parametrize(("antes", "dito", "depois"), [(None, 5, 5), (5, 5, 5), (5, None, 5)])
def test_hodometro_anda_para_a_frente(antes: int | None, dito: int | None, depois: int) -> None:
    veiculo = carro(antes)
    veiculo.rodar(dito)
    assert veiculo.km == depois


def test_hodometro_nao_volta() -> None:
    veiculo = carro(50_000)
    with pytest.raises(DadoInvalido, match=r"já tinha 50\.000 km"):
        veiculo.rodar(49_999)
    assert veiculo.km == 50_000


def test_kit_junta_servicos_e_pecas() -> None:
    kit = Kit(codigo="TROCA-OLEO", nome="Troca de óleo")
    itens = [ItemKit(servico_id=1, quantidade=1), ItemKit(peca_id=1, quantidade=4000)]
    kit.compor(itens)
    assert kit.itens == itens


@pytest.mark.parametrize(
    ("itens", "explica"),
    [
        ([], "ao menos um"),
        ([ItemKit(peca_id=1, quantidade=1), ItemKit(peca_id=1, quantidade=2)], "repete"),
    ],
)
def test_kit_vazio_ou_repetido_se_recusa(itens: list[ItemKit], explica: str) -> None:
    kit = Kit(codigo="TROCA-OLEO", nome="Troca de óleo")
    with pytest.raises(RegraViolada, match=explica):
        kit.compor(itens)
    assert kit.itens == []


def test_dia_da_loja_e_o_do_fuso_dela() -> None:
    """I19: em 2018-11-04 não houve meia-noite em São Paulo."""
    zona = Loja(nome="Matriz").zona
    assert datetime(2018, 11, 4, 2, 59, tzinfo=UTC).astimezone(zona).day == 3
    assert datetime(2018, 11, 4, 3, 0, tzinfo=UTC).astimezone(zona).hour == 1


def test_orcamento_vale_dez_dias_se_ninguem_disser_outra_coisa() -> None:
    assert Parametros().validade_dias == 10


@pytest.mark.parametrize(
    ("nome", "maximo"), [("validade_dias", 365), ("desconto_atendente", 100), ("atraso_dias", 365)]
)
def test_parametro_tem_limites(nome: str, maximo: int) -> None:
    assert nome in Parametros.nomes()
    for valor in (0, maximo):
        assert getattr(Parametros(**{nome: valor}), nome) == valor
    for valor in (-1, maximo + 1):
        with pytest.raises(DadoInvalido, match=f"{nome} vai de 0 a {maximo}"):
            Parametros(**{nome: valor})
