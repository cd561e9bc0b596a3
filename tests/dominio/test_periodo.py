from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.periodo import Periodo, conferir_mes

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
HOJE = date(2026, 11, 23)


@pytest.mark.parametrize(
    "torto",
    [
        *("", "2026", "2026-1", "2026-13", "2026-00", "26-11", "11/2026", "novembro"),
        *("2026-11-01", " 2026-11", "2026-11\n", "1999-12", "2100-01", "2026-1１"),
    ],
)
def test_mes_que_nao_tem_forma_de_mes_se_recusa(torto: str) -> None:
    with pytest.raises(DadoInvalido, match="como 2026-11") as recusa:
        conferir_mes(torto)
    assert recusa.value.campo == "mes"


def test_mes_que_nao_chegou_se_recusa_dizendo_ate_onde_ha() -> None:
    with pytest.raises(DadoInvalido, match="2026-12 ainda não chegou; peça até 2026-11") as recusa:
        Periodo.do_mes("2026-12", HOJE)
    assert recusa.value.campo == "mes"


@pytest.mark.parametrize(
    ("mes", "hoje", "ate", "antes"),
    [
        ("2026-11", HOJE, HOJE, (date(2026, 10, 1), date(2026, 10, 23))),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 1), (date(2026, 10, 1), date(2026, 10, 1))),
        ("2026-10", HOJE, date(2026, 10, 31), (date(2026, 9, 1), date(2026, 9, 30))),
        ("2026-01", HOJE, date(2026, 1, 31), (date(2025, 12, 1), date(2025, 12, 31))),
        ("2024-03", HOJE, date(2024, 3, 31), (date(2024, 2, 1), date(2024, 2, 29))),
        ("2026-02", HOJE, date(2026, 2, 28), (date(2026, 1, 1), date(2026, 1, 28))),
        ("2000-01", HOJE, date(2000, 1, 31), (date(1999, 12, 1), date(1999, 12, 31))),
    ],
)
def test_o_mes_vai_ate_hoje_e_se_compara_com_os_mesmos_dias_do_anterior(
    mes: str, hoje: date, ate: date, antes: tuple[date, date]
) -> None:
    periodo = Periodo.do_mes(mes, hoje)
    assert (periodo.mes, periodo.de.day, periodo.ate) == (mes, 1, ate)
    assert (periodo.anterior.de, periodo.anterior.ate) == antes


def test_o_dia_comeca_a_meia_noite_da_loja() -> None:
    de, ate = Periodo.do_mes("2026-11", HOJE).instantes(SAO_PAULO)
    assert (de, ate) == (
        datetime(2026, 11, 1, 3, tzinfo=UTC),
        datetime(2026, 11, 24, 3, tzinfo=UTC),
    )


def test_o_dia_que_nao_teve_meia_noite_comeca_quando_comecou() -> None:
    """No horário de verão, o 4 de novembro de 2018 começou à uma hora."""
    dia = Periodo(de=date(2018, 11, 4), ate=date(2018, 11, 4))
    de, ate = dia.instantes(SAO_PAULO)
    assert (de.astimezone(UTC).hour, ate.astimezone(UTC).hour) == (3, 2)


def test_cada_momento_conta_no_dia_em_que_a_loja_o_viveu() -> None:
    momentos = [
        datetime(2026, 11, 1, 3, tzinfo=UTC),
        datetime(2026, 11, 2, 2, 59, tzinfo=UTC),
        datetime(2026, 11, 3, 12, tzinfo=UTC),
    ]
    periodo = Periodo(de=date(2026, 11, 1), ate=date(2026, 11, 4))
    assert periodo.por_dia(momentos, SAO_PAULO) == (2, 0, 1, 0)
