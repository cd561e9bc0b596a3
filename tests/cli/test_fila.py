"""A fila de um terminal: o que se vê de cada ordem, e o que some primeiro."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from oficina_cli.fila import colunas, ha_quanto, situacao
from oficina_cli.tabela import desenhar
from oficina_core.casos.ordens import LinhaOrdem
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.ordem import StatusOrdem
from tests.cenario import abrir, catalogo
from tests.cli.conftest import Rodar

AGORA = datetime(2026, 11, 23, 12, tzinfo=UTC)
ORDEM = LinhaOrdem(
    id=123456,
    status=StatusOrdem.EM_EXECUCAO,
    placa="ABC1D23",
    veiculo="Volkswagen Gol 1.0",
    cliente="Transportadora Dois Irmãos",
    queixa="Barulho no freio dianteiro",
    mecanico="Rui Antônio Falcão",
    a_aprovar=Decimal("0.00"),
    total=Decimal("11414.00"),
    saldo=Decimal("11414.00"),
    aguarda_complementar=True,
    falta_peca=True,
    orcamento_vencido=False,
    atrasada=True,
    criado_em=AGORA - timedelta(days=15),
    loja_id=1,
)


def vistas(ordem: LinhaOrdem, largura: int | None = None) -> dict[str, str]:
    """As colunas que cabem nessa largura, com o que se lê nelas."""
    todas = colunas([ordem])
    tabela, fora, _ = desenhar(todas, largura)
    assert fora == []
    titulos = [str(coluna.header) for coluna in tabela.columns]
    return {coluna.titulo: coluna.celulas[0] for coluna in todas if coluna.titulo in titulos}


def test_em_80_colunas_cabe_o_que_importa_e_em_120_tudo() -> None:
    essenciais = ["Nº", "Situação", "Placa", "Veículo", "Cliente", "Há", "Valor R$"]
    assert list(vistas(ORDEM, 80)) == essenciais
    assert {*vistas(ORDEM, 120)} == {*essenciais, "Mecânico", "Queixa"}


def test_em_80_colunas_so_veiculo_e_cliente_se_cortam() -> None:
    tabela, *_ = desenhar(colunas([ORDEM]), 80)
    medidas = {str(coluna.header): coluna.width or 0 for coluna in tabela.columns}
    assert sum(medidas.values()) + 2 * (len(medidas) - 1) <= 80
    for titulo, inteira in vistas(ORDEM).items():
        if titulo in medidas and titulo not in ("Veículo", "Cliente"):
            assert medidas[titulo] >= len(inteira)


@pytest.mark.parametrize(
    ("falta", "espera", "dita"),
    [
        (True, True, "peça, compl."),
        (True, False, "falta peça"),
        (False, True, "complementar"),
        (False, False, "execução"),
    ],
)
def test_a_situacao_e_o_que_segura_a_ordem(*, falta: bool, espera: bool, dita: str) -> None:
    assert situacao(replace(ORDEM, falta_peca=falta, aguarda_complementar=espera)) == dita


@pytest.mark.parametrize("status", StatusOrdem)
def test_todo_status_tem_uma_palavra(status: StatusOrdem) -> None:
    livre = replace(ORDEM, status=status, falta_peca=False, aguarda_complementar=False)
    assert 0 < len(situacao(livre)) <= len("complementar")


@pytest.mark.parametrize(
    ("passado", "dito"),
    [
        (timedelta(seconds=-5), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(minutes=60), "1 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(hours=24), "1 d"),
        (timedelta(days=45), "45 d"),
    ],
)
def test_o_tempo_se_diz_na_maior_unidade(passado: timedelta, dito: str) -> None:
    ordem = replace(ORDEM, criado_em=AGORA - passado, atrasada=False)
    assert ha_quanto(ordem, AGORA) == dito
    assert ha_quanto(replace(ordem, atrasada=True), AGORA) == f"{dito} !"


def test_o_valor_e_o_aprovado_ou_o_proposto() -> None:
    proposta = replace(ORDEM, total=Decimal(0), saldo=Decimal(0), a_aprovar=Decimal("350.00"))
    assert vistas(ORDEM)["Valor R$"] == "11.414,00"
    assert vistas(proposta)["Valor R$"] == "350,00"
    assert "Valor R$" not in vistas(replace(proposta, a_aprovar=Decimal(0)))


def test_a_receber_so_se_diz_de_ordem_encerrada() -> None:
    assert "A receber" not in vistas(ORDEM)
    finalizada = replace(ORDEM, status=StatusOrdem.FINALIZADA, saldo=Decimal("58.90"))
    assert vistas(finalizada)["A receber"] == "58,90"


def test_o_atraso_se_explica_ao_pe(oficina: Oficina, rodar: Rodar) -> None:
    assert desenhar(colunas([ORDEM]), 80)[2] == ["! atrasada"]
    catalogo(oficina)
    abrir(oficina)
    fila = rodar("ordem", "fila")
    assert "recebida" in fila.stdout
    assert "atrasada" not in fila.stderr


def test_nome_alheio_nao_comanda_o_terminal() -> None:
    assert vistas(replace(ORDEM, queixa="não pega\nde manhã"))["Queixa"] == "não pega de manhã"
    assert "\x1b" not in vistas(replace(ORDEM, cliente="a\x1b]52;c;x\x07b"))["Cliente"]
