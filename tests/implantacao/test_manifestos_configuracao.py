"""O que os manifestos dizem ao programa, dito ao próprio programa."""

import base64
import binascii
import re
import secrets
from pathlib import Path

import pytest
import yaml

from oficina_api import partida
from oficina_core.configuracao import Configuracao
from oficina_core.dominio.erros import DadoInvalido
from tests.certificado import certificado
from tests.implantacao.regras.nomes import AJUSTES
from tests.manifestos import K8S, OVERLAYS, lidos

MODELO = list(yaml.safe_load_all((K8S / "base/secret.yaml").read_text(encoding="utf-8")))


def partir(monkeypatch: pytest.MonkeyPatch, overlay: str, pasta: Path, **trocas: str) -> None:
    """A configuração que a API veria, com segredos sorteados e uma autoridade de verdade."""
    manifestos = lidos(overlay)
    visto = manifestos.ambiente(manifestos.pod("oficina-api").spec["containers"][0])
    for nome in AJUSTES:
        monkeypatch.delenv(nome, raising=False)
    for nome, valor in visto.items():
        monkeypatch.setenv(nome, secrets.token_urlsafe(48) if valor is None else valor)
    monkeypatch.setenv("JWT_SECRET", secrets.token_urlsafe(48))
    monkeypatch.setenv("DB_USER", "oficina_app")
    monkeypatch.setenv("DB_SSL_CA", str(certificado(pasta)))
    for nome, valor in trocas.items():
        monkeypatch.setenv(nome, valor)
    configuracao = Configuracao.ler()
    assert configuracao.producao
    partida.conferir(configuracao, visto["CONFIA_EM"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_api_parte_em_producao(
    overlay: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    partir(monkeypatch, overlay, tmp_path)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_api_nao_parte_com_o_segredo_do_modelo(
    overlay: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    segredo = next(dito["data"]["JWT_SECRET"] for dito in MODELO if "JWT_SECRET" in dito["data"])
    with pytest.raises(DadoInvalido) as recusa:
        partir(monkeypatch, overlay, tmp_path, JWT_SECRET=segredo)
    assert ["JWT_SECRET se adivinha" in dito for dito in recusa.value.detalhes] == [True]


def test_o_modelo_dos_segredos_nao_entra_em_servidor_nenhum() -> None:
    for dito in MODELO:
        for valor in dito["data"].values():
            with pytest.raises(binascii.Error):
                base64.b64decode(valor, validate=True)


def test_o_modelo_tem_os_segredos_que_os_pods_citam_e_nada_o_aplica() -> None:
    citados = {dito["metadata"]["name"] for dito in lidos("eks").de("ExternalSecret")}
    assert {dito["metadata"]["name"] for dito in MODELO} == citados
    for arquivo in K8S.rglob("kustomization.yaml"):
        assert "secret.yaml" not in re.split(r"[\s/]", arquivo.read_text(encoding="utf-8"))
