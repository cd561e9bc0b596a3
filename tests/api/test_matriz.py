"""Cada operação × cada principal × cada espécie de id: quem entra, quem é barrado e com que cara.

A tabela de quem pode o quê é a de `tests/casos/test_acesso.py`, escrita à mão, e não o catálogo.
As gravações se simulam, que passam pela mesma porta e não mudam nada; menos as que mostram os
dados de alguém, que não se simulam.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oficina_api.contrato import amostras
from oficina_core.casos.traducao import passageira
from oficina_core.catalogo import PUBLICADAS, Rota
from oficina_core.dominio.acesso import Papel
from tests.api.elenco import FALTA, Elenco, Registros, no_ar
from tests.casos.test_acesso import DO_CLIENTE, RECUSADOS

SEM_ENTRADA = {"sem token", "vencido", "funcionário inativo", "cliente inativo"}
PAPEIS = {"mecânico": Papel.MECANICO, "atendente": Papel.ATENDENTE, "gerente": Papel.GERENTE}
# O que não é de loja nenhuma, e por isso a equipe toda vê; o cliente, não.
DA_REDE = {"cliente_id", "veiculo_id", "funcionario_id", "peca_id", "servico_id", "kit_id"}
TROCADOS: dict[str, dict[str, Any]] = {
    "AprovarOrcamento": {"linhas": ["linha"]},
    "FinalizarOrdem": {"usadas": [{"linha": "linha", "quantidade": 1}]},
}
DA_REDE_TODA = ("ExportarDadosCliente", "AnonimizarCliente")
# A equipe vê as lojas e os colegas todos; quem é de uma loja só é que não mexe nos das outras.
DA_LOJA: dict[str, set[str]] = {
    "proprio": {"DefinirParametro", "CriarLoja", "TransferirEstoque", *DA_REDE_TODA},
    "alheio": {
        *("EditarLoja", "EditarFuncionario", "DesativarFuncionario", "ReativarFuncionario"),
        *("DefinirSenha", "VerLoja", *DA_REDE_TODA),
    },
    "trocado": set(),
}
SEM_CORPO = {"IniciarDiagnostico", "FinalizarOrdem"}
ESPECIES = ("proprio", "alheio", "falta", "trocado")


@pytest.fixture(scope="module")
def elenco(modelo_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elenco]:
    caminho = tmp_path_factory.mktemp("matriz") / "oficina.db"
    caminho.write_bytes(modelo_sqlite.read_bytes())
    with no_ar(f"sqlite:///{caminho}") as pronto:
        yield pronto


@pytest.mark.parametrize("rota", PUBLICADAS, ids=lambda rota: rota.caso.__name__)
def test_cada_um_entra_onde_pode_e_o_alheio_responde_como_o_que_falta(
    elenco: Elenco, rota: Rota
) -> None:
    for principal in elenco.principais:
        for especie in _especies(rota):
            esperar(elenco, rota, principal, especie)


def esperar(elenco: Elenco, rota: Rota, principal: str, especie: str) -> None:
    status, corpo = pedir(elenco, rota, principal, especie)
    onde = (principal, especie, status, corpo)
    if principal in SEM_ENTRADA:
        assert (status, corpo["codigo"]) == (401, "nao_identificado"), onde
    elif not pode(principal, rota):
        assert (status, corpo["codigo"]) == (403, "acesso_negado"), onde
    elif especie == "falta":
        assert status == 404, onde
    elif especie == "trocado":
        assert status in (403, 404, 409, 422), onde
    elif rota.caso.__name__ in DA_LOJA[especie]:
        assert (status, corpo["codigo"]) == (403, "acesso_negado"), onde
    elif especie == "alheio" and barra(principal, rota):
        _, de_quem_falta = pedir(elenco, rota, principal, "falta")
        assert status == 404, onde
        assert _sem_numeros(corpo) == _sem_numeros(de_quem_falta)
    else:
        assert status not in (401, 403, 404, 405, 415), onde


def pode(principal: str, rota: Rota) -> bool:
    nome = rota.caso.__name__
    if principal == "só o CPF":
        return nome == "AcompanharOrdens"
    if principal in PAPEIS:
        return nome not in RECUSADOS[PAPEIS[principal]]
    return nome in DO_CLIENTE


def barra(principal: str, rota: Rota) -> bool:
    """Se o registro de Beto, na loja 2, não existe para este principal."""
    return principal not in PAPEIS or not rota.no_caminho <= DA_REDE


def pedir(elenco: Elenco, rota: Rota, principal: str, especie: str) -> tuple[int, Any]:
    cabecalhos = dict(elenco.principais[principal])
    proprio = elenco.alheio if principal == "outro cliente" else elenco.proprio
    outro = elenco.proprio if principal == "outro cliente" else elenco.alheio
    quem = outro if especie == "alheio" else proprio
    endereco = rota.caminho.format(**_numeros(rota, quem, falta=especie == "falta"))
    if rota.verbo == "GET":
        resposta = elenco.http.get(endereco, headers=cabecalhos)
        return resposta.status_code, resposta.json()
    if rota.verbo == "PUT":
        cabecalhos["If-Match"] = '"1-x"'
    corpo = _corpo(rota, quem)
    if especie == "trocado":
        corpo |= _do_outro(TROCADOS[rota.caso.__name__], outro)
    consulta = {"simular": "true"} if rota.escreve and not passageira(rota.resultado) else {}
    resposta = elenco.http.request(
        str(rota.verbo), endereco, json=corpo, params=consulta, headers=cabecalhos
    )
    return resposta.status_code, resposta.json()


def _corpo(rota: Rota, quem: Registros) -> dict[str, Any]:
    """Um corpo que serve, sobre o que é de quem se diz."""
    nome = rota.caso.__name__
    if nome == "CriarOrcamento":
        return {"ordem_id": quem.ordem_id, "servicos": ["TROCA-OLEO"]}
    if nome == "AprovarOrcamento":
        return {"linhas": [quem.linha]}
    return {} if nome in SEM_CORPO else {**amostras.pedido(rota.caso, rota.no_caminho | {"versao"})}


def _especies(rota: Rota) -> tuple[str, ...]:
    if rota.no_caminho in (set(), {"nome"}):
        return ("proprio",)
    return ESPECIES if rota.caso.__name__ in TROCADOS else ESPECIES[:3]


def _numeros(rota: Rota, quem: Registros, *, falta: bool) -> dict[str, Any]:
    return {nome: FALTA if falta else getattr(quem, nome) for nome in rota.no_caminho}


def _do_outro(valor: Any, outro: Registros) -> Any:
    match valor:
        case dict():
            return {nome: _do_outro(item, outro) for nome, item in valor.items()}
        case list():
            return [_do_outro(item, outro) for item in valor]
        case "linha":
            return outro.linha
    return valor


def _sem_numeros(corpo: dict[str, Any]) -> dict[str, Any]:
    texto = "".join("#" if c.isdecimal() else c for c in corpo["detail"])
    while "##" in texto:
        texto = texto.replace("##", "#")
    return {**corpo, "detail": texto, "request_id": ""}
