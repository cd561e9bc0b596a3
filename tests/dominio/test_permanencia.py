from datetime import UTC, datetime, timedelta

import pytest

from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.permanencia import Mudanca, Permanencia, mediana, permanencias

S = StatusOrdem
INICIO = datetime(2026, 11, 1, tzinfo=UTC)


def horas(*valores: float) -> list[timedelta]:
    return [timedelta(hours=valor) for valor in valores]


def ordem(numero: int, *passos: tuple[StatusOrdem, float]) -> list[Mudanca]:
    return [
        Mudanca(ordem_id=numero, status=status, em=INICIO + timedelta(hours=hora))
        for status, hora in passos
    ]


@pytest.mark.parametrize(
    ("tempos", "meio"),
    [((3,), 3), ((5, 1, 3), 3), ((4, 1), 2.5), ((9, 1, 2, 4), 3)],
)
def test_a_mediana_e_o_do_meio(tempos: tuple[float, ...], meio: float) -> None:
    assert mediana(horas(*tempos)) == timedelta(hours=meio)


def test_conta_a_ordem_que_saiu_do_status_desde_entao() -> None:
    saiu_antes = ordem(1, (S.RECEBIDA, -9), (S.EM_DIAGNOSTICO, -1), (S.CANCELADA, 2))
    ainda_esta = ordem(2, (S.RECEBIDA, 1))
    saiu = ordem(3, (S.RECEBIDA, -1), (S.EM_EXECUCAO, 0), (S.FINALIZADA, 4))
    tempos = permanencias([*saiu_antes, *ainda_esta, *saiu], INICIO)
    assert tempos == {
        S.EM_DIAGNOSTICO: horas(3),
        S.RECEBIDA: horas(1),
        S.EM_EXECUCAO: horas(4),
    }


def test_a_ordem_que_voltou_ao_status_soma_as_vezes() -> None:
    voltou = ordem(
        1,
        (S.EM_DIAGNOSTICO, -5),
        (S.AGUARDANDO_APROVACAO, -3),
        (S.EM_DIAGNOSTICO, -2),
        (S.AGUARDANDO_APROVACAO, 1),
    )
    assert permanencias(voltou, INICIO)[S.EM_DIAGNOSTICO] == horas(5)


def test_sem_mudancas_nao_ha_tempos() -> None:
    assert permanencias([], INICIO) == {}
    nenhuma = Permanencia.de([])
    assert (nenhuma.ordens, nenhuma.media, nenhuma.mediana) == (0, timedelta(), timedelta())


def test_a_media_se_deixa_levar_pela_mais_demorada_e_a_mediana_nao() -> None:
    tempo = Permanencia.de(horas(1, 2, 30))
    assert (tempo.ordens, tempo.media, tempo.mediana) == (3, *horas(11, 2))
