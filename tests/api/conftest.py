"""A configuração dos testes da API é só a que eles dizem."""

from pathlib import Path

import pytest

from oficina_core import configuracao
from oficina_core.configuracao import Configuracao


@pytest.fixture(autouse=True)
def so_o_dito(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nada do ambiente nem dos arquivos de quem testa entra, e a pasta de dados é outra."""
    for nome in Configuracao.model_fields:
        monkeypatch.delenv(nome.upper(), raising=False)
    for pasta in ("user_config_path", "user_data_path"):
        monkeypatch.setattr(configuracao, pasta, lambda *_, **__: tmp_path / "sem nada")
