"""O PDF, lido de volta por outro programa: o que ele diz, e como cabe na página."""

from decimal import Decimal

import pypdfium2
import pytest

from oficina_core.documentos import a4
from oficina_core.documentos.composicao import da_entrada, da_ordem, do_orcamento
from oficina_core.documentos.folha import Folha
from oficina_core.documentos.pagina import ALTURA, MARGEM, PONTO
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.orcamento import Meio, StatusItem, StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from tests.documentos import fichas

HOSTIS = (
    "x" * 10_000,
    "palavra " * 1_300,
    "linha\n" * 300,
    "\x00\x1b[31m\x07\u202eoirártnoc\u202c",
    "**negrito** <b>{nb}</b> --",
    "محمد السوري שלום",
    "日本語😀👩‍🔧\ufe0f\u0301",
    "\ud800",
)


def paginas(folha: Folha) -> list[str]:
    """O texto de cada página."""
    with pypdfium2.PdfDocument(a4.desenhar(folha)) as pdf:
        return [pagina.get_textpage().get_text_range().replace("\r\n", "\n") for pagina in pdf]


def lido(folha: Folha) -> str:
    """O texto inteiro, em uma linha só."""
    return " ".join(" ".join(paginas(folha)).split())


def test_o_orcamento_diz_o_que_a_lei_manda() -> None:
    dito = lido(do_orcamento(fichas.do_orcamento()))
    for parte in (
        "Auto Mecânica São Jorge",
        "Orçamento nº 12 Aguardando aprovação",
        "Ana Conceição",
        "529.982.247-25",
        "(11) 98765-4321",
        "VW Gol 1.0, 2015, prata",
        "ABC1D23",
        "Válido por 10 dias, até 03/12/2026 (CDC, art. 40, § 1º).",
        "Troca das pastilhas",
        "Mão de obra R$ 150,00",
        "SERVICO-1 Serviço número 1 1 un 150,00 150,00",
        "Peças R$ 140,00",
        "Óleo – 5W30 “sintético”",
        "Total R$ 290,00",
        "Forma de pagamento Início Término",
        "obriga as duas partes",
        "As peças são novas e originais",
        "Garantia legal de 90 dias",
        "Cliente Pela oficina",
        "Não é documento fiscal. 1/1",
    ):
        assert parte in dito, parte


def test_a_mesma_ficha_da_os_mesmos_bytes() -> None:
    ficha = fichas.do_orcamento()
    assert a4.desenhar(do_orcamento(ficha)) == a4.desenhar(do_orcamento(ficha))


def test_o_desconto_se_ve_na_linha_e_fecha_a_conta() -> None:
    com_desconto = fichas.item(desconto=Decimal("10.00"), total=Decimal("60.00"))
    dito = lido(do_orcamento(fichas.do_orcamento(fichas.proposta(com_desconto))))
    assert "Desconto (R$)" in dito
    assert "2 un 35,00 -10,00 60,00" in dito
    assert "Sem desconto R$ 70,00 Desconto -R$ 10,00 Total R$ 60,00" in dito
    assert "Desconto" not in lido(do_orcamento(fichas.do_orcamento()))


def test_a_linha_recusada_fica_a_vista_e_nao_soma() -> None:
    recusada = fichas.item(3, status=StatusItem.RECUSADO, motivo="achou caro")
    aprovado = fichas.aprovada(fichas.servico(), fichas.item(2), recusada)
    dito = lido(do_orcamento(fichas.do_orcamento(aprovado)))
    assert "Recusado: achou caro" in dito
    assert "Peças R$ 70,00" in dito
    assert "Total aprovado R$ 220,00" in dito
    assert "Aprovado em 23/11/2026 09:00 por Ana Conceição (WhatsApp)." in dito
    assert "Forma de pagamento" not in dito


def test_o_rascunho_diz_que_nao_vale() -> None:
    rascunho = fichas.proposta(status=StatusOrcamento.RASCUNHO, validade=None)
    dito = lido(do_orcamento(fichas.do_orcamento(rascunho)))
    assert "Rascunho, ainda não vale como proposta" in dito
    assert "Válido até" not in dito


def test_o_cancelado_diz_por_que() -> None:
    cancelado = fichas.proposta(status=StatusOrcamento.CANCELADO, motivo="feito por engano")
    assert "Motivo feito por engano" in lido(do_orcamento(fichas.do_orcamento(cancelado)))


def test_a_validade_que_ja_vinha_de_antes_nao_conta_dias() -> None:
    antigo = fichas.proposta(validade=fichas.AGORA.date())
    assert "Válido até 23/11/2026 (CDC" in lido(do_orcamento(fichas.do_orcamento(antigo)))


def test_a_revisao_e_a_ordem_se_dizem_no_orcamento() -> None:
    revisao = fichas.proposta(revisao=2, complementar_de=3)
    dito = lido(do_orcamento(fichas.do_orcamento(revisao, ordem=fichas.ordem())))
    for parte in ("Orçamento complementar nº 12", "nº 7", "98.500", "Barulho no freio"):
        assert parte in dito


def test_a_ordem_cobra_o_que_se_usou_e_diz_o_que_falta_pagar() -> None:
    usada = fichas.item(usada=Decimal(1), cobrado=Decimal("35.00"))
    recusado = fichas.proposta(
        fichas.servico(8, status=StatusItem.RECUSADO),
        id=14,
        complementar_de=12,
        status=StatusOrcamento.RECUSADO,
        decidido_em=fichas.AGORA,
        decidido_meio=Meio.TELEFONE,
        motivo="vai pensar",
    )
    espera = fichas.proposta(fichas.servico(5), id=15, complementar_de=12)
    rascunho = fichas.proposta(id=16, status=StatusOrcamento.RASCUNHO)
    ordem = fichas.ordem(
        status=StatusOrdem.FINALIZADA,
        km_saida=98510,
        a_aprovar=Decimal("150.00"),
        total=Decimal("35.00"),
        pago=Decimal("20.00"),
        saldo=Decimal("15.00"),
        pagamentos=(
            fichas.pagamento(1, "50.00"),
            fichas.pagamento(2, "-50.00", estorno_de=1),
            fichas.pagamento(3, "20.00"),
        ),
    )
    dito = lido(
        da_ordem(fichas.da_ordem(fichas.aprovada(usada), recusado, espera, rascunho, ordem=ordem))
    )
    for parte in (
        "Ordem de serviço nº 7 Finalizada",
        "98.500 – 98.510",
        "1 un 35,00 35,00 Aprovado: 2 un; cobra-se o que se usou",
        "Orçamento complementar nº 14 Recusado em 23/11/2026 09:00 (telefone): vai pensar",
        "Total recusado R$ 150,00",
        "Orçamento complementar nº 15 Aguardando aprovação, válido até 03/12/2026.",
        "Estorno: Pix -R$ 50,00",
        "À espera de resposta R$ 150,00",
        "Falta pagar R$ 15,00",
    ):
        assert parte in dito, parte
    assert "nº 16" not in dito


def test_a_peca_que_nao_se_usou_fica_a_vista_e_nada_custa() -> None:
    """Com o desconto que tinha: do que não se gastou, nada se descontou."""
    poupada = fichas.item(
        desconto=Decimal("10.00"), total=Decimal("60.00"), usada=ZERO, cobrado=ZERO
    )
    dito = lido(do_orcamento(fichas.do_orcamento(fichas.aprovada(fichas.servico(), poupada))))
    assert "0 un 35,00 0,00 Aprovado: 2 un; cobra-se o que se usou" in dito
    assert "Total R$ 150,00" in dito
    assert "Desconto" not in dito


def test_o_que_se_pagou_a_mais_e_do_cliente() -> None:
    ordem = fichas.ordem(
        status=StatusOrdem.CANCELADA,
        motivo_cancelamento="desistiu",
        total=Decimal(0),
        pago=Decimal("50.00"),
        saldo=Decimal("-50.00"),
    )
    dito = lido(da_ordem(fichas.da_ordem(ordem=ordem)))
    assert "Cancelada porque desistiu" in dito
    assert "A favor do cliente R$ 50,00" in dito


def test_a_entrada_e_um_recibo_do_carro() -> None:
    dito = lido(da_entrada(fichas.da_ordem()))
    for parte in ("Entrada do veículo", "98.500", "Barulho no freio", "Avarias", "Cliente"):
        assert parte in dito
    assert "R$" not in dito


def test_o_que_ja_vem_mascarado_fica_como_esta() -> None:
    ficha = fichas.do_orcamento(documento="***.982.247-**", telefone="(**) *****-4321")
    dito = lido(do_orcamento(ficha))
    assert "***.982.247-**" in dito
    assert "(**) *****-4321" in dito


def test_a_tabela_que_passa_da_pagina_repete_os_titulos_e_a_conta_das_paginas() -> None:
    itens = [fichas.item(n, descricao=f"Peça {n}, de nome comprido " * 3) for n in range(1, 61)]
    folhas = paginas(do_orcamento(fichas.do_orcamento(fichas.proposta(*itens))))
    assert len(folhas) > 2
    for numero, pagina in enumerate(folhas, start=1):
        assert f"{numero}/{len(folhas)}" in pagina
        assert "Não é documento fiscal." in pagina
        assert ("Quantidade" in pagina) is ("PECA-" in pagina)
    for pagina in folhas[1:]:
        assert pagina.startswith("Orçamento nº 12 · Auto Mecânica São Jorge")


@pytest.mark.parametrize(("quantas", "folhas"), [(18, 1), (19, 2)])
def test_as_assinaturas_so_passam_a_outra_pagina_se_nao_cabem(quantas: int, folhas: int) -> None:
    itens = [fichas.item(n) for n in range(1, quantas + 1)]
    ordem = fichas.da_ordem(orcamentos=(fichas.aprovada(*itens),))
    assert len(paginas(da_ordem(ordem))) == folhas


@pytest.mark.parametrize("quantas", range(10, 34, 3))
def test_o_total_nunca_fica_longe_da_ultima_linha(quantas: int) -> None:
    itens = [fichas.item(n) for n in range(1, quantas + 1)]
    folhas = paginas(do_orcamento(fichas.do_orcamento(fichas.proposta(*itens))))
    do_total = next(pagina for pagina in folhas if "\nTotal" in pagina.replace("Total (R$)", ""))
    assert f"PECA-{quantas}" in do_total


@pytest.mark.parametrize("hostil", HOSTIS, ids=range(len(HOSTIS)))
def test_texto_hostil_nao_sai_da_pagina(hostil: str) -> None:
    item = fichas.item(
        descricao=hostil,
        codigo="W" * 30,
        quantidade=Decimal(10**6),
        preco_unitario=Decimal("99999999.99"),
        total=Decimal("99999999990000.00"),
    )
    folha = do_orcamento(
        fichas.do_orcamento(
            fichas.proposta(item, descricao=hostil), loja=hostil[:60], cliente=hostil[:120]
        )
    )
    with pypdfium2.PdfDocument(a4.desenhar(folha)) as pdf:
        for pagina in pdf:
            texto = pagina.get_textpage()
            for n in range(texto.count_rects()):
                esquerda, baixo, direita, alto = (medida * PONTO for medida in texto.get_rect(n))
                assert MARGEM - 1 <= esquerda <= direita <= 210 - MARGEM + 1
                assert 5 <= baixo <= alto <= ALTURA - 5


def test_o_que_a_letra_nao_tem_vira_um_sinal_so_e_marcacao_e_texto() -> None:
    ficha = fichas.do_orcamento(cliente="Ana 😀👩‍🔧 {nb} **x** Ñandú")
    assert "Ana \ufffd {nb} **x** Ñandú" in lido(do_orcamento(ficha))
