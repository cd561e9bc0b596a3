from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.periodo import Passo, Periodo, conferir_dias, conferir_mes

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


def test_dias_que_nao_fazem_um_periodo_se_recusam() -> None:
    conferir_dias(None, None)
    conferir_dias(HOJE, None)
    conferir_dias(HOJE, HOJE)
    for de, ate, frase, campo in (
        (None, HOJE, "o dia em que o período começa", "de"),
        (HOJE, date(2026, 11, 1), "acaba em 01/11/2026, antes de começar, em 23/11/2026", "ate"),
        (date(1999, 12, 31), None, "de 2000 a 2099", "de"),
        (HOJE, date(2100, 1, 1), "de 2000 a 2099", "ate"),
    ):
        with pytest.raises(DadoInvalido, match=frase) as recusa:
            conferir_dias(de, ate)
        assert recusa.value.campo == campo


def test_o_periodo_vai_ate_hoje_e_tem_no_maximo_um_ano() -> None:
    assert Periodo.entre(date(2026, 11, 1), None, HOJE).ate == HOJE
    assert Periodo.entre(date(2026, 11, 1), date(2026, 12, 31), HOJE).ate == HOJE
    assert Periodo.entre(date(2026, 11, 1), date(2026, 11, 2), HOJE).ate == date(2026, 11, 2)
    assert Periodo.entre(date(2025, 11, 23), None, HOJE).de == date(2025, 11, 23)
    with pytest.raises(DadoInvalido, match="22/11/2025 a 23/11/2026 é mais que 366 dias"):
        Periodo.entre(date(2025, 11, 22), None, HOJE)
    with pytest.raises(DadoInvalido, match="24/11/2026 ainda não chegou; peça até 23/11/2026"):
        Periodo.entre(date(2026, 11, 24), None, HOJE)


def test_cada_fuso_tem_a_sua_meia_noite() -> None:
    manaus = ZoneInfo("America/Manaus")
    dia = Periodo(de=HOJE, ate=HOJE)
    sul, norte = dia.recortes({1: SAO_PAULO, 2: manaus, 3: SAO_PAULO})
    assert (sul.lojas, norte.lojas) == ((1, 3), (2,))
    assert (sul.de, norte.de) == (
        datetime(2026, 11, 23, 3, tzinfo=UTC),
        datetime(2026, 11, 23, 4, tzinfo=UTC),
    )
    virada = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
    assert (sul.dia(virada).day, norte.dia(virada).day) == (24, 23)
    assert sul.ate <= virada < norte.ate


@pytest.mark.parametrize("fuso", ["America/Santiago", "Europe/Lisbon", "America/New_York"])
def test_com_horario_de_verao_nenhum_instante_fica_em_dois_dias_nem_em_nenhum(fuso: str) -> None:
    """Um ano inteiro, com as duas viradas: os dias se emendam, e um tem 23 horas e outro, 25."""
    zona = ZoneInfo(fuso)
    dias = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    (ano,) = Periodo(de=dias[0], ate=dias[-1]).recortes({1: zona})
    horas, fim = set(), ano.de
    for dia in dias:
        (recorte,) = Periodo(de=dia, ate=dia).recortes({1: zona})
        assert recorte.de == fim
        assert recorte.dia(recorte.de) == recorte.dia(recorte.ate - timedelta(seconds=1)) == dia
        horas.add((recorte.ate.astimezone(UTC) - recorte.de.astimezone(UTC)).seconds // 3600)
        fim = recorte.ate
    assert fim == ano.ate
    assert horas == {23, 0, 1}  # 23, 24 e 25 horas


@pytest.mark.parametrize(
    ("dias", "passo"), [(1, "DIA"), (14, "DIA"), (15, "SEMANA"), (92, "SEMANA"), (93, "MES")]
)
def test_o_passo_e_o_que_da_poucas_linhas(dias: int, passo: str) -> None:
    assert Periodo(de=HOJE - timedelta(days=dias - 1), ate=HOJE).passo == passo


def test_o_primeiro_passo_comeca_com_o_periodo_e_a_semana_na_segunda() -> None:
    periodo = Periodo(de=date(2026, 10, 28), ate=date(2026, 11, 10))
    assert [f"{dia:%d/%m}" for dia in periodo.comecos(Passo.SEMANA)] == [
        *("28/10", "02/11", "09/11")
    ]
    assert [f"{dia:%d/%m}" for dia in periodo.comecos(Passo.MES)] == ["28/10", "01/11"]
    assert len(periodo.comecos(Passo.DIA)) == 14
