"""A vida do orçamento (I8, I9): rascunho se muda, enviado se decide, decidido fica."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oficina_core.dominio.dinheiro import Unidade, de_centavos
from oficina_core.dominio.erros import Conflito, DadoInvalido, NaoEncontrado, RegraViolada
from oficina_core.dominio.orcamento import (
    Decisao,
    ItemOrcamento,
    Meio,
    Orcamento,
    StatusItem,
    StatusOrcamento,
    TipoItem,
)
from oficina_core.dominio.peca import Peca
from oficina_core.dominio.servico import Servico

ONTEM, HOJE, AMANHA = date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)
AGORA = datetime(2026, 2, 28, 15, tzinfo=UTC)
ANA = Decisao(por="Ana", em=AGORA, meio=Meio.WHATSAPP)

ALINHAR = Servico(id=1, codigo="ALINHAR", nome="Alinhamento", preco=Decimal(80), tempo_estimado=40)
PASTILHA = Peca(id=1, codigo="PASTILHA", nome="Pastilha", preco=Decimal("89.90"))
OLEO = Peca(id=2, codigo="OLEO", nome="Óleo 5W30", unidade=Unidade.L, preco=Decimal("42.99"))


def rascunho(*produtos: Peca | Servico) -> Orcamento:
    orcamento = Orcamento(
        id=7, loja_id=1, veiculo_id=2, cliente_id=3, descricao="Freios", criado_em=AGORA
    )
    for produto in produtos:
        orcamento.incluir(produto)
    for numero, item in enumerate(orcamento.itens, 1):
        item.id = numero
    return orcamento


def enviado(*produtos: Peca | Servico) -> Orcamento:
    orcamento = rascunho(*produtos or (ALINHAR, PASTILHA))
    orcamento.enviar(HOJE, 10)
    return orcamento


def cobrado(orcamento: Orcamento) -> Decimal:
    return sum((item.cobrado for item in orcamento.itens), Decimal(0))


ACOES: dict[str, Callable[[Orcamento], object]] = {
    "incluir": lambda orcamento: orcamento.incluir(OLEO, 500),
    "esvaziar": lambda orcamento: orcamento.esvaziar(),
    "descontar": lambda orcamento: orcamento.descontar(Decimal(1)),
    "enviar": lambda orcamento: orcamento.enviar(HOJE, 10),
    "aprovar": lambda orcamento: orcamento.aprovar(None, ANA, HOJE, None),
    "recusar": lambda orcamento: orcamento.recusar("caro", ANA),
    "cancelar": lambda orcamento: orcamento.cancelar("desistiu"),
    "substituir": lambda orcamento: orcamento.substituir(),
    "revisar": lambda orcamento: orcamento.revisar(AGORA),
}

LETRAS = {
    "R": StatusOrcamento.RASCUNHO,
    "E": StatusOrcamento.AGUARDANDO_APROVACAO,
    "A": StatusOrcamento.APROVADO,
    "N": StatusOrcamento.RECUSADO,
    "C": StatusOrcamento.CANCELADO,
    "S": StatusOrcamento.SUBSTITUIDO,
}
# Para onde a ação leva cada status; "=": a ação passa e o status fica; "x": recusada.
TABELA = """
de          R E A N C S
incluir     = x x x x x
esvaziar    = x x x x x
descontar   = x x x x x
enviar      E x x x x x
aprovar     x A x x x x
recusar     x N x x x x
cancelar    C C x x x x
substituir  = S = = = =
revisar     x = x x x x
"""
(_, *COLUNAS), *LINHAS = map(str.split, TABELA.strip().splitlines())
PASSOS = [
    (LETRAS[coluna], acao, LETRAS[coluna] if destino == "=" else LETRAS.get(destino))
    for acao, *destinos in LINHAS
    for coluna, destino in zip(COLUNAS, destinos, strict=True)
]


def test_a_tabela_fala_de_todas_as_acoes_e_dos_status_que_se_gravam() -> None:
    gravados = set(StatusOrcamento) - {StatusOrcamento.EXPIRADO}
    assert {(origem, acao) for origem, acao, _ in PASSOS} == set(product(gravados, ACOES))


@pytest.mark.parametrize(("origem", "acao", "destino"), PASSOS)
def test_orcamento_anda_so_pela_tabela(
    origem: StatusOrcamento, acao: str, destino: StatusOrcamento | None
) -> None:
    orcamento = rascunho(ALINHAR, PASTILHA)
    orcamento.status, orcamento.validade = origem, HOJE
    antes = deepcopy(orcamento)
    if destino is None:
        with pytest.raises(Conflito, match=f"O orçamento 7 está {origem.rotulo} e não pode"):
            ACOES[acao](orcamento)
        assert orcamento == antes
    else:
        ACOES[acao](orcamento)
        assert orcamento.status is destino


def test_preco_e_nome_ficam_congelados() -> None:
    """I8."""
    peca = Peca(id=1, codigo="PASTILHA", nome="Pastilha", preco=Decimal("89.90"))
    orcamento = rascunho(peca)
    peca.nome, peca.preco = "Outra", Decimal("99.90")
    assert orcamento.itens[0].descricao == "Pastilha"
    assert orcamento.valor_total == Decimal("89.90")


def test_linha_de_servico_e_de_peca_dizem_de_onde_vieram() -> None:
    servico, peca = rascunho(ALINHAR, OLEO).itens
    assert (servico.tipo, servico.servico_id, servico.peca_id) == (TipoItem.SERVICO, 1, None)
    assert (peca.tipo, peca.servico_id, peca.peca_id) == (TipoItem.PECA, None, 2)
    assert (servico.unidade, peca.unidade) == (Unidade.UN, Unidade.L)


def test_quantidade_de_uma_linha_tem_limite() -> None:
    """I3."""
    orcamento = rascunho(OLEO)
    with pytest.raises(DadoInvalido, match="grande demais"):
        orcamento.incluir(OLEO, 1_000_000)


def test_peca_repetida_soma_na_mesma_linha() -> None:
    """I3."""
    orcamento = rascunho()
    orcamento.incluir(PASTILHA, 2, Decimal(1))
    orcamento.incluir(PASTILHA, 1, Decimal("0.50"))
    (item,) = orcamento.itens
    assert (item.quantidade, item.desconto) == (3, Decimal("1.50"))
    assert orcamento.valor_total == item.total == Decimal("268.20")


def test_servico_e_peca_de_mesmo_numero_sao_linhas_diferentes() -> None:
    assert len(rascunho(ALINHAR, PASTILHA).itens) == 2


@pytest.mark.parametrize("desconto", ["-0.01", "89.91"])
def test_desconto_da_linha_nao_passa_dela(desconto: str) -> None:
    with pytest.raises(RegraViolada, match=r"Pastilha vai de R\$ 0,00 a R\$ 89,90"):
        rascunho().incluir(PASTILHA, 1, Decimal(desconto))


@pytest.mark.parametrize("desconto", ["-0.01", "169.91"])
def test_desconto_do_orcamento_nao_passa_do_total(desconto: str) -> None:
    with pytest.raises(RegraViolada, match=r"de R\$ 0,00 a R\$ 169,90"):
        rascunho(ALINHAR, PASTILHA).descontar(Decimal(desconto))


def test_desconto_se_reparte_alem_do_que_a_linha_ja_tem() -> None:
    orcamento = rascunho(ALINHAR)
    orcamento.incluir(PASTILHA, 1, Decimal("9.90"))
    orcamento.descontar(Decimal(16))
    assert [item.desconto for item in orcamento.itens] == [Decimal(8), Decimal("17.90")]
    assert (orcamento.bruto, orcamento.desconto) == (Decimal("169.90"), Decimal("25.90"))
    assert orcamento.valor_total == Decimal(144)


def test_desconto_zero_serve_ate_ao_orcamento_vazio() -> None:
    orcamento = rascunho()
    orcamento.descontar(Decimal(0))
    assert orcamento.valor_total == 0


def test_desconto_de_tudo_zera_mesmo_a_linha_de_meio_centavo() -> None:
    """Meio litro a R$ 42,99 são R$ 21,495, que se cobram R$ 21,50."""
    orcamento = rascunho()
    orcamento.incluir(OLEO, 500)
    orcamento.descontar(Decimal("21.50"))
    assert orcamento.valor_total == 0


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 10**5)), min_size=1, max_size=8),
    st.data(),
)
def test_total_e_a_soma_das_linhas_menos_o_desconto(
    linhas: list[tuple[int, int]], data: st.DataObject
) -> None:
    """I6."""
    orcamento = rascunho()
    for numero, (preco, quantidade) in enumerate(linhas, 1):
        produto = Peca(
            id=numero,
            codigo=f"P{numero}",
            nome="Peça",
            unidade=Unidade.KG,
            preco=de_centavos(preco),
        )
        orcamento.incluir(produto, quantidade)
    desconto = de_centavos(data.draw(st.integers(0, int(orcamento.bruto * 100))))
    orcamento.descontar(desconto)
    assert orcamento.valor_total == orcamento.bruto - desconto
    assert orcamento.desconto == desconto
    for item in orcamento.itens:
        assert 0 <= item.desconto <= item.bruto
        assert item.total == item.bruto - item.desconto


def test_linha_que_volta_a_proposta_guarda_o_numero_e_o_preco() -> None:
    orcamento = rascunho(PASTILHA, OLEO)
    mais_cara = Peca(id=1, codigo="PASTILHA", nome="Pastilha", preco=Decimal("99.90"))
    orcamento.esvaziar()
    orcamento.incluir(ALINHAR)
    orcamento.incluir(mais_cara, 2, Decimal("9.80"))
    alinhar, pastilha = orcamento.itens
    assert (pastilha.id, pastilha.quantidade) == (1, 2)
    assert (pastilha.preco_unitario, pastilha.total) == (Decimal("89.90"), Decimal(170))
    assert (alinhar.descricao, orcamento.valor_total) == ("Alinhamento", Decimal(250))


def test_envio_conta_dez_dias_a_partir_de_hoje() -> None:
    assert enviado().validade == date(2026, 3, 10)


def test_envio_respeita_a_validade_escolhida() -> None:
    orcamento = rascunho(ALINHAR)
    orcamento.validade = HOJE
    orcamento.enviar(HOJE, 10)
    assert orcamento.validade == HOJE


def test_envio_com_validade_passada_se_recusa() -> None:
    orcamento = rascunho(ALINHAR)
    orcamento.validade = ONTEM
    with pytest.raises(RegraViolada, match="27/02/2026 já passou"):
        orcamento.enviar(HOJE, 10)


def test_orcamento_vazio_nao_se_envia() -> None:
    with pytest.raises(RegraViolada, match="vazio"):
        rascunho().enviar(HOJE, 10)


@pytest.mark.parametrize(
    ("validade", "situacao"),
    [
        (ONTEM, StatusOrcamento.EXPIRADO),
        (HOJE, StatusOrcamento.AGUARDANDO_APROVACAO),
        (AMANHA, StatusOrcamento.AGUARDANDO_APROVACAO),
    ],
)
def test_validade_e_inclusive(validade: date, situacao: StatusOrcamento) -> None:
    orcamento = enviado()
    orcamento.validade = validade
    assert orcamento.situacao(HOJE) is situacao
    assert orcamento.status is StatusOrcamento.AGUARDANDO_APROVACAO


def test_so_o_que_espera_expira() -> None:
    orcamento = rascunho(ALINHAR)
    orcamento.validade = ONTEM
    assert orcamento.situacao(HOJE) is StatusOrcamento.RASCUNHO


def test_vencido_nao_se_aprova_e_diz_como_renovar() -> None:
    orcamento = enviado()
    orcamento.validade = ONTEM
    with pytest.raises(RegraViolada, match="venceu em 27/02/2026; para o renovar") as recusa:
        orcamento.aprovar(None, ANA, HOJE, None)
    assert recusa.value.comando == "orcamento revisar 7 --enviar"


def test_vencido_se_recusa_e_se_revisa() -> None:
    orcamento = enviado()
    orcamento.validade = ONTEM
    assert orcamento.revisar(AGORA).validade is None
    orcamento.recusar("caro", ANA)
    assert orcamento.status is StatusOrcamento.RECUSADO


def test_aprovado_inteiro_aprova_cada_linha() -> None:
    orcamento = enviado()
    orcamento.aprovar(None, ANA, HOJE, None)
    assert [item.status for item in orcamento.itens] == [StatusItem.APROVADO] * 2
    assert orcamento.valor_aprovado == orcamento.valor_total == cobrado(orcamento)


def test_aprovado_por_linha_fecha_as_outras_com_o_motivo() -> None:
    orcamento = enviado()
    orcamento.aprovar([2], ANA, HOJE, "depois")
    alinhar, pastilha = orcamento.itens
    assert (alinhar.status, alinhar.motivo) == (StatusItem.RECUSADO, "depois")
    assert (pastilha.status, pastilha.motivo) == (StatusItem.APROVADO, None)
    assert orcamento.aprovados == [pastilha]
    assert orcamento.valor_total == Decimal("169.90")
    assert orcamento.valor_aprovado == cobrado(orcamento) == Decimal("89.90")


def test_lista_vazia_de_linhas_e_erro() -> None:
    orcamento = enviado()
    with pytest.raises(RegraViolada, match="ao menos uma linha"):
        orcamento.aprovar([], ANA, HOJE, None)
    assert orcamento.status is StatusOrcamento.AGUARDANDO_APROVACAO


def test_linha_de_outro_orcamento_nao_existe() -> None:
    orcamento = enviado()
    with pytest.raises(NaoEncontrado, match="linha 8 não é do orçamento 7"):
        orcamento.aprovar([1, 9, 8], ANA, HOJE, None)
    assert {item.status for item in orcamento.itens} == {StatusItem.PENDENTE}


def test_recusado_fecha_todas_as_linhas_com_o_motivo() -> None:
    orcamento = enviado()
    orcamento.recusar("caro", ANA)
    assert {(item.status, item.motivo) for item in orcamento.itens} == {
        (StatusItem.RECUSADO, "caro")
    }
    assert orcamento.motivo == "caro"
    assert orcamento.valor_aprovado == cobrado(orcamento) == 0


@pytest.mark.parametrize("decidir", ["aprovar", "recusar"])
def test_decisao_guarda_quem_quando_e_por_que_meio(decidir: str) -> None:
    orcamento = enviado()
    ACOES[decidir](orcamento)
    decisao = (orcamento.decidido_por, orcamento.decidido_em, orcamento.decidido_meio)
    assert decisao == ("Ana", AGORA, Meio.WHATSAPP)


def test_revisao_copia_as_linhas_em_um_rascunho_novo() -> None:
    orcamento = enviado()
    orcamento.complementar_de, orcamento.versao = 4, 9
    revisao = orcamento.revisar(AGORA)
    assert (revisao.id, revisao.versao, revisao.revisao) == (0, 1, 2)
    assert (revisao.substitui_id, revisao.complementar_de) == (7, 4)
    assert (revisao.status, revisao.validade) == (StatusOrcamento.RASCUNHO, None)
    assert revisao.valor_total == orcamento.valor_total
    assert [item.id for item in revisao.itens] == [0, 0]


def test_mudar_a_revisao_nao_muda_o_enviado() -> None:
    orcamento = enviado()
    antes = deepcopy(orcamento)
    revisao = orcamento.revisar(AGORA)
    revisao.incluir(PASTILHA, 3)
    revisao.descontar(Decimal(10))
    assert orcamento == antes


def test_revisao_cancelada_libera_o_lugar_para_outra() -> None:
    revisao = enviado().revisar(AGORA)
    revisao.cancelar("desistiu")
    assert (revisao.substitui_id, revisao.motivo) == (None, "desistiu")


def test_complementar_nao_e_principal() -> None:
    orcamento = rascunho()
    assert orcamento.principal
    orcamento.complementar_de = 4
    assert not orcamento.principal


def item_aprovado(**campos: object) -> ItemOrcamento:
    """Quatro litros de óleo aprovados, com R$ 12,00 de desconto."""
    orcamento = rascunho()
    orcamento.incluir(OLEO, 4000, Decimal(12))
    (item,) = orcamento.itens
    item.status = StatusItem.APROVADO
    for campo, valor in campos.items():
        setattr(item, campo, valor)
    return item


@pytest.mark.parametrize(
    ("campos", "falta"),
    [
        ({}, 4000),
        ({"reservada": 1500}, 2500),
        ({"reservada": 4000}, 0),
        ({"usada": 0}, 0),
        ({"status": StatusItem.PENDENTE}, 0),
        ({"status": StatusItem.RECUSADO}, 0),
        ({"peca_id": None, "servico_id": 1, "tipo": TipoItem.SERVICO}, 0),
    ],
)
def test_falta_e_o_que_a_linha_aprovada_nao_separou(campos: dict[str, object], falta: int) -> None:
    assert item_aprovado(**campos).falta == falta


@pytest.mark.parametrize(("usada", "falta"), [(0, 0), (1500, 0), (2000, 500), (4000, 2500)])
def test_para_gastar_menos_que_o_aprovado_basta_o_que_ja_se_separou(usada: int, falta: int) -> None:
    assert item_aprovado(reservada=1500).falta_para(usada) == falta


@pytest.mark.parametrize(
    ("campos", "cobrado"),
    [
        ({}, "159.96"),
        ({"usada": 4000}, "159.96"),
        ({"usada": 2000}, "79.98"),
        ({"usada": 0}, "0"),
        ({"status": StatusItem.PENDENTE}, "0"),
        ({"status": StatusItem.RECUSADO}, "0"),
    ],
)
def test_cobra_se_o_aprovado_e_depois_o_usado(campos: dict[str, object], cobrado: str) -> None:
    assert item_aprovado(**campos).cobrado == Decimal(cobrado)


def test_servico_se_cobra_inteiro_depois_de_finalizado() -> None:
    orcamento = enviado(ALINHAR)
    orcamento.aprovar(None, ANA, HOJE, None)
    orcamento.itens[0].usada = 1
    assert cobrado(orcamento) == Decimal(80)
