"""A entrada contra a API de verdade: o que a de mentira responde é o que ela responde."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from oficina_api.montagem import montar
from oficina_cli.remota import OficinaRemota
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.instalacao import CriarPrimeiroFuncionario
from oficina_core.casos.perfil import VerMeuPerfil
from oficina_core.dominio.erros import MuitasTentativas, NaoIdentificado
from oficina_core.dominio.tentativa import CONTA
from tests.api.elenco import configuracao
from tests.cenario import CPF_ANA, CPF_BIA, cliente

SENHA = "uma frase que só a Bia sabe"
CERTA, ERRADA = {"cpf": CPF_BIA, "senha": SENHA}, {"cpf": CPF_BIA, "senha": "outra frase"}


@pytest.fixture
def http(url_sqlite: str) -> Iterator[TestClient]:
    """Uma oficina com a gerente Bia e a cliente Ana."""
    oficina = OficinaLocal.em(url_sqlite)
    oficina.executar(CriarPrimeiroFuncionario(cpf=CPF_BIA, nome="Bia", senha=SENHA))
    cliente(oficina)
    oficina.fechar()
    with TestClient(montar(configuracao(url_sqlite)), client=("127.0.0.1", 5000)) as atendendo:
        yield atendendo


def test_o_token_da_senha_certa_serve_a_quem_o_tem(http: TestClient) -> None:
    entrada = OficinaRemota(http).entrar(CERTA)
    with pytest.raises(NaoIdentificado) as recusa:
        OficinaRemota(http, "Entre assim.").executar(VerMeuPerfil())
    assert recusa.value.detalhes == ("Entre assim.",)
    http.headers["Authorization"] = f"Bearer {entrada.token}"
    assert OficinaRemota(http).executar(VerMeuPerfil()).nome == "Bia"


def test_o_cpf_so_pede_o_codigo(http: TestClient) -> None:
    entrada = OficinaRemota(http).entrar({"cpf": CPF_ANA})
    assert entrada.token is None
    assert entrada.aviso
    with pytest.raises(NaoIdentificado):
        OficinaRemota(http).entrar({"cpf": CPF_ANA, "codigo": "000000"})


def test_quem_erra_demais_ouve_quanto_esperar(http: TestClient) -> None:
    oficina = OficinaRemota(http)
    for _ in range(CONTA.limite):
        with pytest.raises(NaoIdentificado):
            oficina.entrar(ERRADA)
    with pytest.raises(MuitasTentativas, match="espere") as recusa:
        oficina.entrar(CERTA)
    assert recusa.value.espera > 1
