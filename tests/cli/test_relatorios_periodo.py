"""Os relatórios de um período no terminal: o que se lê, as barras, e o que vai em CSV."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from oficina_cli import barras
from oficina_cli.terminal import Quadro
from oficina_core.casos.estoque import DefinirPrateleira
from oficina_core.casos.ordens import AtribuirMecanico
from oficina_core.casos.ordens_encerramento import FinalizarOrdem
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.casos.portas import Oficina
from oficina_core.casos.relatorios_estoque import VerGiroEstoque
from oficina_core.casos.relatorios_faturamento import LinhaFaturamento, VerFaturamento
from oficina_core.casos.relatorios_produtividade import LinhaMecanico, VerProdutividade
from oficina_core.casos.relatorios_tempos import VerTempos
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.pagamento import FormaPagamento
from tests import cenario
from tests.cli.conftest import Pedir, Rodar
from tests.conftest import Relogio

RELATORIOS = ("tempos", "faturamento", "estoque", "produtividade")
CASOS = (VerTempos, VerFaturamento, VerGiroEstoque, VerProdutividade)


@pytest.fixture
def movimento(oficina: Oficina, relogio: Relogio) -> Oficina:
    """Uma troca de óleo de alguém em 3 de novembro, e uma pastilha de ninguém no dia 17."""
    cenario.catalogo(oficina)
    cenario.funcionario(oficina, Papel.MECANICO)
    oficina.executar(DefinirPrateleira(peca_id="FILTRO", minimo=Decimal(20)))
    for dias, proposta in ((20, {"kits": ("TROCA-OLEO",)}), (6, {"servicos": ("PAST",)})):
        relogio.passar(days=-dias)
        ordem = cenario.em_execucao(oficina, **proposta).id
        if dias == 20:
            caso = AtribuirMecanico(ordem_id=ordem, mecanico_id=cenario.CPF_ZE)
            oficina.executar(caso)
        relogio.passar(minutes=90)
        oficina.executar(FinalizarOrdem(ordem_id=ordem))
        pago = RegistrarPagamento(ordem_id=ordem, forma=FormaPagamento.PIX, valor=Decimal(100))
        oficina.executar(pago)
        relogio.passar(days=dias, minutes=-90)
    return oficina


def desenhado(ficha: Any, largura: int) -> tuple[list[str], Quadro]:
    tela = Console(file=StringIO(), width=largura, markup=False, color_system=None)
    quadro = Quadro(largura)
    for bloco in quadro.blocos(ficha):
        tela.print(bloco)
    return tela.file.getvalue().splitlines(), quadro  # type: ignore[attr-defined]


def test_o_faturamento_se_le_de_uma_vez(movimento: Oficina, rodar: Rodar) -> None:
    assert rodar("relatorio", "faturamento").stdout.splitlines() == [
        "De                       01/11/2026",
        "Até                      23/11/2026",
        "Ordens                   2",
        "Faturado                 R$ 399,65",
        "Mão de obra              R$ 225,00",
        "Peças                    R$ 174,65",
        "Ticket médio             R$ 199,83",
        "Custo das peças          R$ 107,50",
        "Margem das peças         R$ 67,15",
        "Margem sobre o preço     38,4 %",
        "Recebido                 R$ 200,00",
        "A receber                R$ 199,65",
        "Respondido pelo cliente  R$ 399,65",
        "Recusado                 R$ 0,00",
        "Parte recusada           0,0 %",
        "Linhas respondidas       4",
        "Linhas recusadas         0",
        "",
        "Faturado por período",
        "De          Ordens  Mão de obra      Peças   Faturado",
        "01/11/2026       0      R$ 0,00    R$ 0,00    R$ 0,00",
        "02/11/2026       1     R$ 75,00  R$ 174,65  R$ 249,65  ████████████",
        "09/11/2026       0      R$ 0,00    R$ 0,00    R$ 0,00",
        "16/11/2026       1    R$ 150,00    R$ 0,00  R$ 150,00  ███████▎",
        "23/11/2026       0      R$ 0,00    R$ 0,00    R$ 0,00",
        "",
        "Recebido por forma",
        "Forma   Recebido",
        "Pix    R$ 200,00",
    ]


def test_a_produtividade_e_os_tempos_dizem_que_o_relogio_nao_para(
    movimento: Oficina, rodar: Rodar
) -> None:
    assert rodar("relatorio", "produtividade").stdout.splitlines()[-4:] == [
        "Por mecânico; a execução é de relógio",
        "Mecânico     Ordens  Mão de obra  Ticket médio  Vendido  Execução  Em média",
        "–                 1    R$ 150,00     R$ 150,00   1 h 00    1 h 30    1 h 30  ████████████",
        "Zé mecânico       1     R$ 75,00     R$ 249,65   0 h 30    1 h 30    1 h 30  ██████",
    ]
    tempos = rodar("relatorio", "tempos").stdout
    assert "Tempo em cada status, de relógio: com a noite e o fim de semana" in tempos
    assert "PAST    Pastilhas           1    1 h 00      1 h 00      1 h 30" in tempos


def test_o_estoque_diz_o_que_gira_o_que_falta_e_quanto_vale(
    movimento: Oficina, rodar: Rodar
) -> None:
    assert rodar("relatorio", "estoque", "--parada-ha", "1").stdout.splitlines() == [
        "De                  01/11/2026",
        "Até                 23/11/2026",
        "Peças em estoque    3",
        "Valor em estoque    R$ 1.192,50",
        "Consumido           R$ 107,50",
        "Sem sair há (dias)  1",
        "Peças paradas       0",
        "Valor parado        R$ 0,00",
        "Abaixo do mínimo    1",
        "",
        "Curva ABC",
        "Classe  Peças  Consumido   Parte",
        "A           1   R$ 87,50  81,4 %  ████████████",
        "B           1   R$ 20,00  18,6 %  ██▊",
        "C           0    R$ 0,00   0,0 %",
        "",
        "O que mais se consumiu",
        "Classe  Código     Nome         Qtd  Consumido  Acumulado",
        "A       OLEO-5W30  Oleo-5w30  3,5 l   R$ 87,50     81,4 %  ████████████",
        "B       FILTRO     Filtro      1 un   R$ 20,00    100,0 %  ██▊",
        "",
        "Em falta",
        "Código  Nome    Disponível  Mínimo",
        "FILTRO  Filtro        9 un   20 un",
    ]


@pytest.mark.parametrize("caso", CASOS)
@pytest.mark.parametrize("largura", [80, 120])
def test_em_80_colunas_cabe_tudo_com_as_barras(movimento: Oficina, caso: Any, largura: int) -> None:
    linhas, quadro = desenhado(movimento.executar(caso()), largura)
    assert max(map(len, linhas)) <= largura
    assert quadro.fora == {}
    assert any("█" in linha for linha in linhas)


@pytest.mark.parametrize("relatorio", RELATORIOS)
def test_periodo_sem_nada_diz_o_que_fazer(rodar: Rodar, relatorio: str) -> None:
    vazio = rodar("relatorio", relatorio, "--mes", "2026-09")
    assert vazio.exit_code == 0
    assert "█" not in vazio.stdout
    assert "peça outros dias, ou outro mês" in vazio.stderr


def test_o_aviso_tambem_se_diz_ao_lado_do_csv(rodar: Rodar) -> None:
    vazio = rodar("relatorio", "produtividade", "-o", "csv")
    assert vazio.stdout.startswith("mecanico,ordens,")
    assert vazio.stderr.startswith("Aviso: Nenhuma ordem foi finalizada")


def test_em_csv_vai_a_lista_que_se_quer_em_uma_planilha(movimento: Oficina, rodar: Rodar) -> None:
    def lido(*argumentos: str) -> list[dict[str, str]]:
        return list(csv.DictReader(StringIO(rodar("relatorio", *argumentos, "-o", "csv").stdout)))

    dias = lido("faturamento", "--de", "17/11/2026", "--ate", "18/11/2026", "--por", "dia")
    assert [(linha["de"], linha["faturado"]) for linha in dias] == [
        ("2026-11-17", "150.00"),
        ("2026-11-18", "0.00"),
    ]
    assert [linha["codigo"] for linha in lido("estoque")] == ["OLEO-5W30", "FILTRO"]
    assert [linha["mecanico"] for linha in lido("produtividade")] == ["", "Zé mecânico"]


def test_varias_listas_nao_cabem_em_csv(movimento: Oficina, rodar: Rodar) -> None:
    recusa = rodar("relatorio", "tempos", "-o", "csv")
    assert (recusa.exit_code, recusa.stdout) == (2, "")
    assert "são várias listas e não cabe em CSV; use -o json" in recusa.stderr


def test_em_json_vai_tudo(movimento: Oficina, pedir: Pedir) -> None:
    ficha = pedir("relatorio", "faturamento", "--mes", "2026-11", "--todas-lojas")
    assert (ficha["faturado"], ficha["margem_por_cento"], ficha["aviso"]) == ("399.65", 38.4, None)
    assert len(ficha["por_periodo"]) == 5
    tempos = pedir("relatorio", "tempos", "--de", "2026-11-01")
    assert [linha["minutos_medianos"] for linha in tempos["por_status"]] == [0, 0, 0, 90]


@pytest.mark.parametrize(
    ("opcoes", "frase"),
    [
        (("--de", "ontem"), "Escreva a data como 31/12/2026."),
        (("--de", "02/11/2026", "--ate", "01/11/2026"), "antes de começar, em 02/11/2026"),
        (("--mes", "2026-11", "--de", "01/11/2026"), "Diga o mês ou os dias, e não os dois."),
        (("--de", "01/01/2020"), "peça um ano por vez"),
        (("--mes", "11/2026"), "como 2026-11"),
    ],
)
def test_dias_que_nao_se_entendem_dizem_como_se_escrevem(
    rodar: Rodar, opcoes: tuple[str, ...], frase: str
) -> None:
    torto = rodar("relatorio", "faturamento", *opcoes)
    assert (torto.exit_code, torto.stdout) == (2, "")
    assert frase in torto.stderr


def linhas(*valores: str) -> list[LinhaFaturamento]:
    return [
        LinhaFaturamento(
            de=date(2026, 11, 1) + timedelta(days=n),
            ordens=1,
            mao_de_obra=Decimal(0),
            pecas=Decimal(valor),
            faturado=Decimal(valor),
        )
        for n, valor in enumerate(valores)
    ]


def test_a_barra_e_a_parte_do_maior() -> None:
    assert barras.partes(linhas("10", "5", "0", "-3")) == [1, 0.5, 0, 0]
    assert barras.partes(linhas("0", "0")) == []
    assert barras.partes(linhas("7")) == []
    assert barras.partes([date(2026, 11, 1)] * 2) == []
    assert [barras.desenhar(parte, 12) for parte in (1, 0.5, 1 / 3, 0.001, 0)] == [
        *("█" * 12, "█" * 6, "█" * 4, "▏", "")
    ]


def test_a_barra_encolhe_antes_de_faltar_lugar_e_some_antes_dos_numeros() -> None:
    grandes = [replace(linha, ordens=10**6) for linha in linhas("99999999.99", "99999999.99")]
    for largura, barra in ((82, 12), (74, 4), (73, 0)):
        escritas, quadro = desenhado(tuple(grandes), largura)
        assert max(map(len, escritas)) <= largura
        assert escritas[1].count("█") == barra
        assert quadro.fora == {}


def test_nome_de_mecanico_nao_comanda_o_terminal() -> None:
    linha = LinhaMecanico(
        mecanico="\x1b[31m[bold]Zé\n",
        ordens=1,
        mao_de_obra=Decimal(1),
        ticket_medio=Decimal(1),
        minutos_vendidos=1,
        minutos_execucao=1,
        minutos_medios=1,
    )
    escritas, _ = desenhado((linha, linha), 120)
    assert "\x1b" not in "".join(escritas)
    assert "[bold]Zé" in escritas[1]
