"""O link: até quando vale, o que mostra e a prova que a decisão deixa."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from oficina_core.dominio.codigo import resumir
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.erros import Conflito, NaoEncontrado
from oficina_core.dominio.link import VALIDADE, LinkAprovacao, por_extenso
from oficina_core.dominio.orcamento import ItemOrcamento, Orcamento, TipoItem

AGORA = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEXTO = "Orçamento 7, revisão 1"


def link() -> LinkAprovacao:
    return LinkAprovacao(
        orcamento_id=7,
        resumo="a" * 64,
        conteudo=resumir(TEXTO),
        vale_ate=AGORA + VALIDADE,
        criado_em=AGORA,
    )


def orcamento() -> Orcamento:
    oleo = ItemOrcamento(
        id=11,
        tipo=TipoItem.PECA,
        peca_id=5,
        descricao="Óleo 5W30",
        unidade=Unidade.L,
        preco_unitario=Decimal("39.90"),
        quantidade=3500,
        desconto=Decimal("5.00"),
        total=Decimal("134.65"),
    )
    return Orcamento(
        id=7,
        loja_id=1,
        veiculo_id=2,
        cliente_id=3,
        descricao="Troca de óleo",
        valor_total=Decimal("134.65"),
        validade=date(2026, 12, 3),
        criado_em=AGORA,
        itens=[oleo],
    )


def test_o_link_vale_noventa_dias_inclusive() -> None:
    assert timedelta(days=90) == VALIDADE
    link().exigir_valido(AGORA + VALIDADE)
    with pytest.raises(NaoEncontrado, match="venceu; peça outro"):
        link().exigir_valido(AGORA + VALIDADE + timedelta(microseconds=1))


def test_decidir_guarda_quando_de_onde_e_o_que_se_mostrou() -> None:
    decidido = link()
    decidido.decidir(resumir(TEXTO), TEXTO, "203.0.113.9", AGORA)
    assert (decidido.decidido_em, decidido.decidido_de) == (AGORA, "203.0.113.9")
    assert resumir(decidido.mostrado or "") == decidido.conteudo


@pytest.mark.parametrize(
    ("conteudo", "mostrado"),
    [
        pytest.param(resumir("outro"), TEXTO, id="leu outro texto"),
        pytest.param(resumir(TEXTO), "outro", id="o orçamento é outro"),
        pytest.param(resumir("outro"), "outro", id="os dois são outro"),
        pytest.param("", TEXTO, id="não disse o que leu"),
    ],
)
def test_o_que_se_leu_tem_de_ser_o_que_o_link_prendeu(conteudo: str, mostrado: str) -> None:
    aberto = link()
    with pytest.raises(Conflito, match="mudou depois deste link"):
        aberto.decidir(conteudo, mostrado, "203.0.113.9", AGORA)
    assert (aberto.decidido_em, aberto.decidido_de, aberto.mostrado) == (None, None, None)


def test_o_texto_diz_tudo_o_que_o_cliente_aceita() -> None:
    assert por_extenso(orcamento(), "ABC1D23").splitlines() == [
        "Orçamento 7, revisão 1, veículo ABC1D23",
        "Troca de óleo",
        "11. Óleo 5W30: 3,5 l × R$ 39,90 − R$ 5,00 = R$ 134,65",
        "Total R$ 134,65",
        "Válido até 03/12/2026",
    ]


def test_sem_validade_o_texto_nao_a_inventa() -> None:
    assert por_extenso(replace(orcamento(), validade=None), "ABC1D23").endswith("R$ 134,65\n")


@pytest.mark.parametrize(
    "mudanca",
    [
        {"revisao": 2},
        {"descricao": "Outra"},
        {"valor_total": Decimal("134.66")},
        {"validade": date(2026, 12, 4)},
        {"itens": []},
    ],
    ids=lambda mudanca: next(iter(mudanca)),
)
def test_qualquer_mudanca_no_orcamento_muda_o_texto(mudanca: dict[str, object]) -> None:
    mudado = replace(orcamento(), **mudanca)  # type: ignore[arg-type]
    assert por_extenso(mudado, "ABC1D23") != por_extenso(orcamento(), "ABC1D23")


def test_o_resumo_do_segredo_nao_se_escreve() -> None:
    assert "a" * 64 not in repr(link())
