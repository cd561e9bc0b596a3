"""O código: serve uma vez, por dez minutos, e cai na quinta falha."""

from datetime import UTC, datetime, timedelta

from oficina_core.dominio.codigo import FALHAS_MAXIMO, VALIDADE, Codigo, resumir

AGORA = datetime(2026, 11, 23, 12, tzinfo=UTC)
CERTO, ERRADO = resumir("012345"), resumir("543210")


def codigo() -> Codigo:
    return Codigo(cliente_id=3, resumo=CERTO, vale_ate=AGORA + VALIDADE)


def test_o_codigo_certo_se_gasta_uma_vez() -> None:
    dado = codigo()
    assert dado.gastar(CERTO, AGORA)
    assert dado.usado_em == AGORA
    assert not dado.gastar(CERTO, AGORA)
    assert (dado.usado_em, dado.falhas) == (AGORA, 1)


def test_o_codigo_vale_dez_minutos_inclusive() -> None:
    assert timedelta(minutes=10) == VALIDADE
    assert codigo().gastar(CERTO, AGORA + VALIDADE)
    vencido = codigo()
    assert not vencido.gastar(CERTO, AGORA + VALIDADE + timedelta(microseconds=1))
    assert vencido.usado_em is None


def test_na_quinta_falha_o_codigo_cai() -> None:
    quase, caiu = codigo(), codigo()
    for _ in range(FALHAS_MAXIMO - 1):
        assert not quase.gastar(ERRADO, AGORA)
        caiu.gastar(ERRADO, AGORA)
    assert quase.gastar(CERTO, AGORA), "a quinta tentativa ainda pode acertar"
    assert not caiu.gastar(ERRADO, AGORA)
    assert not caiu.gastar(CERTO, AGORA)
    assert (caiu.falhas, caiu.usado_em) == (6, None)


def test_o_codigo_nao_se_escreve_nem_em_resumo() -> None:
    assert CERTO not in repr(codigo())
    assert CERTO == resumir("012345") != resumir("12345")
