"""A entrada contra a API de verdade: o que a de mentira responde é o que ela responde."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from fastapi.testclient import TestClient

from oficina_api.montagem import montar
from oficina_api.tokens import Tokens
from oficina_cli.remota import OficinaRemota
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.entrada import DefinirSenha, TrocarMinhaSenha
from oficina_core.casos.instalacao import CriarPrimeiroFuncionario
from oficina_core.casos.perfil import VerMeuPerfil
from oficina_core.dominio.erros import DadoInvalido, MuitasTentativas, NaoIdentificado
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
    with pytest.raises(NaoIdentificado, match=r"^Entre assim\.$") as recusa:
        OficinaRemota(http, "Entre assim.").executar(VerMeuPerfil())
    assert recusa.value.detalhes == ()
    http.headers["Authorization"] = f"Bearer {entrada.token}"
    assert OficinaRemota(http).executar(VerMeuPerfil()).nome == "Bia"


def test_trocada_a_senha_o_token_de_antes_manda_entrar_de_novo(
    http: TestClient, url_sqlite: str
) -> None:
    ha_um_minuto = datetime.now(UTC) - timedelta(minutes=1)
    tokens = Tokens.de(configuracao(url_sqlite), lambda: ha_um_minuto)
    bia = OficinaLocal.em(url_sqlite).operador(CPF_BIA)
    OficinaLocal.em(url_sqlite).executar(DefinirSenha(funcionario_id=bia.id or 0, senha=SENHA))
    http.headers["Authorization"] = f"Bearer {tokens.emitir(str(bia), 'pwd')[0]}"
    with pytest.raises(NaoIdentificado, match="A senha mudou depois desta entrada") as recusa:
        OficinaRemota(http, "Entre assim.").executar(VerMeuPerfil())
    assert recusa.value.detalhes == ("Entre assim.",)
    http.headers["Authorization"] = f"Bearer {OficinaRemota(http).entrar(CERTA).token}"
    assert OficinaRemota(http).executar(VerMeuPerfil()).nome == "Bia"


def test_quem_troca_a_propria_senha_entra_com_a_nova(http: TestClient) -> None:
    http.headers["Authorization"] = f"Bearer {OficinaRemota(http).entrar(CERTA).token}"
    OficinaRemota(http).executar(TrocarMinhaSenha(atual=SENHA, nova="outra frase da Bia"))
    with pytest.raises(NaoIdentificado):
        OficinaRemota(http).entrar(CERTA)
    assert OficinaRemota(http).entrar({"cpf": CPF_BIA, "senha": "outra frase da Bia"}).token


def test_endereco_que_nao_e_da_api_se_diz(http: TestClient) -> None:
    http.base_url = http.base_url.join("/foo/")
    oficina = OficinaRemota(http)
    for pedir in (partial(oficina.executar, VerMeuPerfil()), partial(oficina.entrar, CERTA)):
        with pytest.raises(DadoInvalido, match="não é o de uma API da Oficina"):
            pedir()


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
