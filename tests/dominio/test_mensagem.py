"""A mensagem que não se entregou: quando se tenta de novo, e quando se desiste."""

from datetime import UTC, datetime, timedelta

from oficina_core.dominio.mensagem import FALHAS_MAXIMO, Mensagem, SituacaoMensagem, TipoMensagem

AGORA = datetime(2026, 11, 23, 12, tzinfo=UTC)


def mensagem() -> Mensagem:
    return Mensagem(tipo=TipoMensagem.CODIGO, cliente_id=3, proxima_em=AGORA, criado_em=AGORA)


def tomada() -> Mensagem:
    dita = mensagem()
    dita.tomar(AGORA)
    return dita


def test_a_espera_dobra_a_cada_falha_e_na_oitava_se_desiste() -> None:
    dita, agora, esperas = mensagem(), AGORA, []
    while dita.situacao is SituacaoMensagem.PENDENTE:
        dita.tomar(agora)
        dita.falhar(agora)
        esperas.append((dita.proxima_em - agora).total_seconds())
        agora = dita.proxima_em
    assert esperas == [30, 60, 120, 240, 480, 960, 1920, 3840]
    assert (dita.falhas, dita.situacao) == (FALHAS_MAXIMO, SituacaoMensagem.FALHOU)


def test_quem_desiste_nao_tenta_mais() -> None:
    dita = tomada()
    dita.falhar(AGORA, desistir=True)
    assert (dita.falhas, dita.situacao) == (1, SituacaoMensagem.FALHOU)


def test_a_primeira_falha_espera_meio_minuto_e_continua_pendente() -> None:
    dita = tomada()
    dita.falhar(AGORA)
    assert dita.proxima_em == AGORA + timedelta(seconds=30)
    assert (dita.situacao, dita.criado_em) == (SituacaoMensagem.PENDENTE, AGORA)
