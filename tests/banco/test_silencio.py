"""Depois de um prazo vencido, um de cada vez vai ver se o servidor voltou."""

from unittest.mock import Mock

import pytest

from oficina_core.banco import silencio
from oficina_core.banco.silencio import PAUSA, SONDA, Silencio
from oficina_core.dominio.erros import Indisponivel


@pytest.fixture
def relogio(monkeypatch: pytest.MonkeyPatch) -> Mock:
    relogio = Mock(return_value=100.0)
    monkeypatch.setattr(silencio, "monotonic", relogio)
    return relogio


@pytest.fixture
def calado(relogio: Mock) -> Silencio:
    servidor = Silencio()
    servidor.calou()
    return servidor


def test_quem_fala_nao_se_poupa() -> None:
    servidor = Silencio()
    servidor.exigir()
    servidor.exigir()


def test_um_so_vai_ver(calado: Silencio, relogio: Mock) -> None:
    calado.exigir()
    with pytest.raises(Indisponivel):
        calado.exigir()
    relogio.return_value += SONDA  # quem foi ver não voltou
    calado.exigir()


def test_se_nao_houve_resposta_outro_vai_ver_depois_da_pausa(
    calado: Silencio, relogio: Mock
) -> None:
    calado.exigir()
    calado.calou()
    with pytest.raises(Indisponivel):
        calado.exigir()
    relogio.return_value += PAUSA
    calado.exigir()


def test_se_houve_todos_podem(calado: Silencio) -> None:
    calado.exigir()
    calado.falou()
    calado.exigir()
    calado.exigir()
