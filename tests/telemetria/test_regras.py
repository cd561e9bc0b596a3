"""As regras do Prometheus: são válidas, cada alerta se experimenta e cada um tem o que fazer."""

import re

import pytest

from tests.servidor_debian import SemPrograma
from tests.telemetria import datadog
from tests.telemetria.prometheus import LIVRO, PASTA, REGRAS, promtool

ALERTA = re.compile(r"^      - alert: (\w+)$", re.MULTILINE)
CADA = re.compile(r"\n(?=      - alert: )")
PARTES = ("**O que é.**", "**O que se sente.**", "**Veja.**", "**Faça.**", "**Acaba quando**")


def alertas() -> list[str]:
    return ALERTA.findall(REGRAS.read_text(encoding="utf-8"))


def conferir(*comando: str) -> None:
    try:
        feito = promtool(*comando)
    except SemPrograma as motivo:
        pytest.fail(str(motivo))
    assert feito.returncode == 0, feito.stdout + feito.stderr


def test_configuracao_e_regras_sao_validas() -> None:
    conferir("check", "config", "prometheus.yaml")


def test_cada_alerta_dispara_e_cala_quando_deve() -> None:
    conferir("test", "rules", "alertas_test.yaml")


def test_cada_alerta_tem_um_caso_em_que_dispara_e_outro_em_que_cala() -> None:
    casos = (PASTA / "prometheus" / "alertas_test.yaml").read_text(encoding="utf-8")
    for alerta in alertas():
        assert f"- name: {alerta} dispara" in casos
        assert f"- name: {alerta} cala" in casos


def test_cada_alerta_diz_o_que_e_e_aonde_ir() -> None:
    blocos = CADA.split(REGRAS.read_text(encoding="utf-8"))[1:]
    assert len(blocos) == len(alertas())
    for alerta, bloco in zip(alertas(), blocos, strict=True):
        assert re.search(r"severity: (critical|warning)\}", bloco), alerta
        for parte in ("summary: ", "description: "):
            assert parte in bloco, alerta
        assert f"runbook_url: docs/alertas.md#{alerta.lower()}\n" in bloco + "\n"


def test_o_que_fazer_tem_uma_secao_por_alerta_na_mesma_ordem() -> None:
    secoes = re.split(r"^## (\w+)$", LIVRO.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert secoes[1::2] == alertas()
    for alerta, secao in zip(secoes[1::2], secoes[2::2], strict=True):
        assert all(parte in secao for parte in PARTES), alerta


def test_cada_alerta_tem_um_monitor_do_datadog() -> None:
    monitores = datadog.ler("monitores.json")
    assert [monitor["name"].partition(":")[0] for monitor in monitores] == alertas()
    for monitor, alerta in zip(monitores, alertas(), strict=True):
        assert monitor["type"] in ("query alert", "service check")
        assert monitor["message"].endswith(f"docs/alertas.md#{alerta.lower()}")
        assert {"oficina", f"alerta:{alerta.lower()}"} <= set(monitor["tags"])


def test_limite_do_monitor_e_o_da_consulta() -> None:
    """O Datadog recusa o monitor em que um não é o outro."""
    for monitor in datadog.ler("monitores.json"):
        if monitor["type"] == "query alert":
            *_, dito = monitor["query"].split()
            assert float(dito) == monitor["options"]["thresholds"]["critical"], monitor["name"]


def test_fora_do_expediente_so_se_cala_quem_espera_ordens() -> None:
    calada = datadog.ler("silencio.json")["data"]["attributes"]["monitor_identifier"]
    (marca,) = calada["monitor_tags"]
    calados = [m["name"] for m in datadog.ler("monitores.json") if marca in m["tags"]]
    assert [nome.partition(":")[0] for nome in calados] == ["OficinaSemOrdens"]
