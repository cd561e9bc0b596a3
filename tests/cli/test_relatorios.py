"""O painel no terminal: o que se lê, o que vai em JSON e o que se recusa."""

from oficina_core.casos.portas import Oficina
from tests import cenario
from tests.cli.conftest import Pedir, Rodar


def test_o_painel_se_le_de_uma_vez(oficina: Oficina, rodar: Rodar) -> None:
    cenario.catalogo(oficina)
    cenario.em_execucao(oficina)
    assert rodar("relatorio", "painel").stdout.splitlines() == [
        "Mês                     2026-11",
        "Até                     23/11/2026",
        "Carros                  1",
        "Carros no mês anterior  0",
        "Ticket médio            R$ 0,00",
        "Ticket no mês anterior  R$ 0,00",
        "Faturado                R$ 0,00",
        "Faturado em peças       R$ 0,00",
        "Em aberto               R$ 249,65",
        "Ordens abertas          1",
        "Abaixo do mínimo        0",
        "Orçamentos vencendo     0",
        "",
        "Tempo em cada status",
        "Status                Metade leva até",
        "recebida                       0 h 00",
        "em diagnóstico                 0 h 00",
        "aguardando aprovação           0 h 00",
        "em execução                    0 h 00",
    ]


def test_o_painel_em_json_tem_os_carros_de_cada_dia(pedir: Pedir) -> None:
    ficha = pedir("relatorio", "painel", "--mes", "2026-10")
    assert (ficha["mes"], ficha["ate"], ficha["faturado"]) == ("2026-10", "2026-10-31", "0.00")
    assert ficha["por_dia"] == [0] * 31


def test_mes_que_nao_se_entende_diz_como_se_escreve(rodar: Rodar) -> None:
    torto = rodar("relatorio", "painel", "--mes", "11/2026")
    assert (torto.exit_code, torto.stdout) == (2, "")
    assert "como 2026-11" in torto.stderr
    futuro = rodar("relatorio", "painel", "--mes", "2026-12")
    assert futuro.exit_code == 2
    assert "ainda não chegou" in futuro.stderr
