"""O painel do Grafana se lê: nada se sobrepõe, e cada quadro diz o que é e em que unidade."""

from itertools import combinations
from typing import Any

from tests.telemetria import painel

LARGURA = 24


def quadros() -> list[dict[str, Any]]:
    return [quadro for quadro in painel.ler()["panels"] if quadro["type"] != "row"]


def lugares(quadro: dict[str, Any]) -> set[tuple[int, int]]:
    grade = quadro["gridPos"]
    colunas = range(grade["x"], grade["x"] + grade["w"])
    linhas = range(grade["y"], grade["y"] + grade["h"])
    return {(coluna, linha) for coluna in colunas for linha in linhas}


def test_nada_se_sobrepoe_nem_deixa_buraco() -> None:
    todos = painel.ler()["panels"]
    for um, outro in combinations(todos, 2):
        assert not lugares(um) & lugares(outro), (um["title"], outro["title"])
        assert um["id"] != outro["id"]
    ocupados = set().union(*map(lugares, todos))
    altura = max(linha for _, linha in ocupados) + 1
    assert len(ocupados) == LARGURA * altura


def test_cada_quadro_diz_o_que_e_e_em_que_unidade() -> None:
    for quadro in quadros():
        assert quadro["title"], quadro["id"]
        assert quadro["description"].endswith("."), quadro["title"]
        assert quadro["fieldConfig"]["defaults"]["unit"], quadro["title"]
        assert quadro["targets"], quadro["title"]


def test_a_fonte_dos_dados_e_de_quem_o_instala() -> None:
    """O nome da fonte de um Grafana não serve em outro: escolhe-se no alto do painel."""
    for quadro in quadros():
        for fonte in (quadro, *quadro["targets"]):
            assert fonte["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    variaveis = {variavel["name"] for variavel in painel.ler()["templating"]["list"]}
    assert variaveis == {"datasource", "copia"}
    assert not any("$" in consulta.expressao for consulta in painel.consultas())
