"""Quem entra pela API: o token que não vale, a senha que se adivinha, o CPF que não basta."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from select import select as prontas
from socket import socket
from threading import Thread
from time import sleep
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from oficina_api import acesso
from oficina_api.acesso import FILA_DE_UM, FILA_MAXIMA
from oficina_api.montagem import montar
from oficina_api.tokens import Tokens
from oficina_core.banco import tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes import CriarCliente
from oficina_core.casos.entrada import DefinirSenha, Resumo
from oficina_core.casos.funcionarios import (
    CriarFuncionario,
    DesativarFuncionario,
    ListarFuncionarios,
)
from oficina_core.casos.mensagens import TomarMensagem
from oficina_core.dominio.acesso import Papel, Sujeito, TipoAtor
from oficina_core.dominio.erros import AcessoNegado, DadoInvalido
from oficina_core.senhas import JUNTOS, VEZ, SenhasArgon
from tests.api.elenco import SEGREDO, configuracao
from tests.api.fichas_ruins import Forja, fichas_ruins
from tests.api.servico import NoAr, aguardar
from tests.api.servico import no_ar as no_soquete

CPF_ZE, CPF_ANA, CPF_DE_NINGUEM = "111.444.777-35", "529.982.247-25", "168.995.350-09"
SENHA = "cavalo bateria grampo"
NAO_SE_MANDA = {"formato-nao-ascii", "formato-substituto"}  # nem chegam a ser um cabeçalho


@pytest.fixture
def oficina(url: str) -> Iterator[OficinaLocal]:
    """Zé, atendente com senha, e Ana, cliente com e-mail; em SQLite e em MySQL."""
    oficina = OficinaLocal.em(url)
    ze = oficina.executar(CriarFuncionario(cpf=CPF_ZE, nome="Zé", papel=Papel.ATENDENTE))
    oficina.executar(DefinirSenha(funcionario_id=ze.id, senha=SENHA))
    oficina.executar(CriarCliente(nome="Ana", documento=CPF_ANA, email="ana@exemplo.com"))
    yield oficina
    oficina.fechar()


@contextmanager
def no_ar(url: str, quem: tuple[str, int] = ("127.0.0.1", 5000), **ajustes: Any) -> Iterator[Any]:
    app = montar(configuracao(url, **ajustes))
    with TestClient(app, "http://localhost", client=quem, raise_server_exceptions=False) as http:
        yield http


@pytest.fixture
def http(oficina: OficinaLocal, url: str) -> Iterator[TestClient]:
    with no_ar(url) as cliente:
        yield cliente


def entrar(http: TestClient, **credenciais: str) -> Any:
    return http.post("/auth", json=credenciais)


def com(resposta: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {resposta.json()['access_token']}"}


def test_funcionario_entra_com_a_senha_e_o_papel_vem_do_banco(http: TestClient) -> None:
    resposta = entrar(http, cpf=CPF_ZE, senha=SENHA)
    assert (resposta.status_code, resposta.json()["token_type"]) == (200, "bearer")
    perfil = http.get("/usuarios/eu", headers=com(resposta)).json()
    assert (perfil["nome"], perfil["papel"]) == ("Zé", "ATENDENTE")


@pytest.mark.parametrize(
    "credenciais",
    [
        {"cpf": CPF_ZE, "senha": "outra frase qualquer"},
        {"cpf": CPF_DE_NINGUEM, "senha": SENHA},
        {"cpf": CPF_ANA, "senha": SENHA},
        {"cpf": CPF_ZE, "senha": "x" * 3000},
    ],
    ids=["senha errada", "CPF de ninguém", "CPF de cliente", "senha enorme"],
)
def test_quem_erra_ouve_sempre_a_mesma_frase(http: TestClient, credenciais: dict[str, str]) -> None:
    recusa = entrar(http, **credenciais)
    assert (recusa.status_code, recusa.json()["detail"]) == (
        401,
        "O CPF ou a senha não conferem; confira os dois e tente de novo.",
    )


def test_cinco_erros_em_dois_processos_fazem_esperar(oficina: OficinaLocal, url: str) -> None:
    with no_ar(url) as um, no_ar(url) as outro:
        for vez in range(5):
            processo = um if vez % 2 else outro
            assert entrar(processo, cpf=CPF_ZE, senha="errada mesmo").status_code == 401
        for processo in (um, outro):
            espera = entrar(processo, cpf=CPF_ZE, senha=SENHA)
            assert (espera.status_code, espera.json()["codigo"]) == (429, "muitas_tentativas")
            assert 0 < int(espera.headers["Retry-After"]) <= 30
        assert entrar(um, cpf=CPF_ANA, senha="outra conta").status_code == 401


def test_so_o_cpf_nao_da_token_e_a_resposta_nao_diz_se_e_de_alguem(http: TestClient) -> None:
    respostas = [entrar(http, cpf=cpf) for cpf in (CPF_ANA, CPF_ZE, CPF_DE_NINGUEM)]
    assert [resposta.status_code for resposta in respostas] == [202] * 3
    assert len({resposta.text for resposta in respostas}) == 1
    assert "access_token" not in respostas[0].text


def test_cliente_entra_com_o_codigo_que_recebeu(http: TestClient, oficina: OficinaLocal) -> None:
    entrar(http, cpf=CPF_ANA)
    carta = oficina.executar(TomarMensagem())
    assert carta is not None
    errado = "000000" if carta.segredo != "000000" else "111111"
    assert entrar(http, cpf=CPF_ANA, codigo=errado).status_code == 401
    dentro = entrar(http, cpf=CPF_ANA, codigo=carta.segredo)
    assert http.get("/usuarios/eu", headers=com(dentro)).json()["papel"] == "CLIENTE"
    assert entrar(http, cpf=CPF_ANA, codigo=carta.segredo).status_code == 401, "serve uma vez"


@pytest.mark.parametrize(
    "corpo",
    [
        {},
        {"cpf": "123"},
        {"cpf": CPF_ZE, "senha": SENHA, "codigo": "123456"},
        {"cpf": CPF_ZE, "senha": 1},
        {"cpf": CPF_ZE, "papel": "GERENTE"},
        [],
    ],
)
def test_credencial_malfeita_se_explica_sem_repetir_o_que_veio(
    http: TestClient, corpo: Any
) -> None:
    recusa = http.post("/auth", json=corpo)
    assert recusa.status_code == 422
    assert CPF_ZE not in recusa.text
    assert SENHA not in recusa.text


class TestSomenteCpf:
    """O que os exemplos publicados pedem, só quando se desenvolve e só da própria máquina."""

    def test_em_desenvolvimento_o_cpf_basta(self, oficina: OficinaLocal, url: str) -> None:
        with no_ar(url, auth_somente_cpf=True) as http:
            for cpf, papel in ((CPF_ZE, "ATENDENTE"), (CPF_ANA, "CLIENTE")):
                perfil = http.get("/usuarios/eu", headers=com(entrar(http, cpf=cpf))).json()
                assert perfil["papel"] == papel
            assert entrar(http, cpf=CPF_DE_NINGUEM).status_code == 401

    def test_quem_e_as_duas_coisas_entra_como_funcionario(
        self, oficina: OficinaLocal, url: str
    ) -> None:
        oficina.executar(CriarCliente(nome="Zé", documento=CPF_ZE, telefone="1134567890"))
        with no_ar(url, auth_somente_cpf=True) as http:
            perfil = http.get("/usuarios/eu", headers=com(entrar(http, cpf=CPF_ZE))).json()
        assert perfil["tipo"] == "FUNCIONARIO"

    @pytest.mark.parametrize(
        ("quem", "cabecalhos"),
        [
            (("203.0.113.9", 1), {}),
            (("127.0.0.1", 1), {"X-Forwarded-For": "203.0.113.9"}),
            (("127.0.0.1", 1), {"X-Real-IP": "203.0.113.9"}),
            (("127.0.0.1", 1), {"Host": "pagina.exemplo.com.br"}),
        ],
        ids=["de fora", "por um proxy", "por outro proxy", "por um nome que aponta para cá"],
    )
    def test_de_fora_da_maquina_nao_basta(
        self, oficina: OficinaLocal, url: str, quem: tuple[str, int], cabecalhos: dict[str, str]
    ) -> None:
        with no_ar(url, quem, auth_somente_cpf=True) as http:
            resposta = http.post("/auth", json={"cpf": CPF_ZE}, headers=cabecalhos)
        assert (resposta.status_code, "access_token" in resposta.text) == (202, False)

    def test_o_token_dado_assim_nao_vale_onde_o_cpf_nao_basta(
        self, oficina: OficinaLocal, url: str
    ) -> None:
        with no_ar(url, auth_somente_cpf=True) as http:
            do_cpf = com(entrar(http, cpf=CPF_ZE))
        with no_ar(url) as http:
            assert http.get("/usuarios/eu", headers=do_cpf).status_code == 401

    def test_em_producao_a_api_nem_parte(self, url: str) -> None:
        with pytest.raises(DadoInvalido) as recusa:
            montar(configuracao(url, app_env="production", auth_somente_cpf=True))
        assert any("AUTH_SOMENTE_CPF" in problema for problema in recusa.value.detalhes)


def test_nenhuma_ficha_ruim_passa(oficina: OficinaLocal, url: str) -> None:
    agora = int(datetime.now(UTC).timestamp())
    ruins = fichas_ruins(Forja(segredo=SEGREDO.encode(), agora=agora, sub="funcionario:1"))
    assert len(ruins) >= 32
    with no_ar(url) as http:
        aceitas = [
            nome
            for nome, token in ruins
            if nome not in NAO_SE_MANDA
            and http.get("/usuarios/eu", headers={"Authorization": f"Bearer {token}"}).status_code
            != 401
        ]
    assert aceitas == []


@pytest.mark.parametrize(
    "sub",
    [
        *("funcionario:99999", "cliente:99999", "link:99999", "sistema", "root", "cpf:123"),
        *("funcionario:0", "52998224724", "funcionario:1 ", "FUNCIONARIO:1"),
        f"funcionario:{2**63}",
    ],
)
def test_ficha_boa_de_quem_nao_existe_nao_passa(oficina: OficinaLocal, url: str, sub: str) -> None:
    token, _ = Tokens.de(configuracao(url)).emitir(sub, "pwd")
    with no_ar(url) as http:
        recusa = http.get("/usuarios/eu", headers={"Authorization": f"Bearer {token}"})
    assert (recusa.status_code, recusa.json()["codigo"]) == (401, "nao_identificado")


@pytest.mark.parametrize("sub", ["cliente:1", "funcionario:1"])
@pytest.mark.parametrize("prova", ["", "cpf", "email"])
def test_sem_prova_de_posse_ninguem_passa_por_quem_diz_ser(
    oficina: OficinaLocal, url: str, sub: str, prova: str
) -> None:
    token, _ = Tokens.de(configuracao(url)).emitir(sub, prova)
    with no_ar(url) as http:
        recusa = http.get("/usuarios/eu", headers={"Authorization": f"Bearer {token}"})
    assert recusa.status_code == 401


@pytest.mark.parametrize("sub", ["52998224725", "cpf:52998224725"])
def test_so_identificado_ve_o_andamento_e_mais_nada(
    oficina: OficinaLocal, url: str, sub: str
) -> None:
    token, _ = Tokens.de(configuracao(url)).emitir(sub, "otp")
    quem = {"Authorization": f"Bearer {token}"}
    with no_ar(url) as http:
        assert http.get("/usuarios/eu/ordens", headers=quem).json() == []
        assert http.get("/usuarios/eu", headers=quem).status_code == 403
        assert http.get("/veiculos", headers=quem).status_code == 403


def test_demissao_vale_no_pedido_seguinte(http: TestClient, oficina: OficinaLocal) -> None:
    dentro = com(entrar(http, cpf=CPF_ZE, senha=SENHA))
    assert http.get("/veiculos", headers=dentro).status_code == 200
    ze = http.get("/usuarios/eu", headers=dentro).json()["id"]
    oficina.executar(DesativarFuncionario(funcionario_id=ze))
    assert http.get("/veiculos", headers=dentro).status_code == 401
    assert entrar(http, cpf=CPF_ZE, senha=SENHA).status_code == 401


NOVO = "Outro segredo, que vem depois do-3Wq"
SO_O_ANTIGO = {"jwt_secret": SEGREDO}
O_NOVO_JA_SERVE = {"jwt_secret": SEGREDO, "jwt_secret_anterior": NOVO}
O_ANTIGO_AINDA_SERVE = {"jwt_secret": NOVO, "jwt_secret_anterior": SEGREDO}
SO_O_NOVO = {"jwt_secret": NOVO}


@pytest.mark.parametrize(
    ("antes", "depois"),
    [
        (SO_O_ANTIGO, O_NOVO_JA_SERVE),
        (O_NOVO_JA_SERVE, O_ANTIGO_AINDA_SERVE),
        (O_ANTIGO_AINDA_SERVE, SO_O_NOVO),
    ],
)
def test_enquanto_se_troca_o_segredo_quem_entra_em_uma_replica_vale_na_outra(
    oficina: OficinaLocal, url: str, antes: dict[str, str], depois: dict[str, str]
) -> None:
    """As réplicas se trocam uma a uma, e cada pedido cai em qualquer delas."""
    with _com_segredos(url, antes) as velha, _com_segredos(url, depois) as nova:
        for uma, outra in ((velha, nova), (nova, velha)):
            dentro = com(entrar(uma, cpf=CPF_ZE, senha=SENHA))
            assert outra.get("/usuarios/eu", headers=dentro).status_code == 200


@pytest.mark.parametrize("depois", [O_ANTIGO_AINDA_SERVE, SO_O_NOVO])
def test_trocar_o_segredo_de_uma_vez_so_manda_quem_entrou_entrar_de_novo(
    oficina: OficinaLocal, url: str, depois: dict[str, str]
) -> None:
    with _com_segredos(url, SO_O_ANTIGO) as velha, _com_segredos(url, depois) as nova:
        dentro = com(entrar(nova, cpf=CPF_ZE, senha=SENHA))
        assert velha.get("/usuarios/eu", headers=dentro).status_code == 401


def _com_segredos(url: str, segredos: dict[str, str]) -> TestClient:
    return TestClient(montar(configuracao(url, **segredos)))


def test_muitos_ao_mesmo_tempo_nao_passam_do_limite(
    oficina: OficinaLocal, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acesso, "FILA_DE_UM", FILA_MAXIMA)
    codigos: list[int] = []
    with no_ar(url) as http:

        def tentar() -> None:
            codigos.append(entrar(http, cpf=CPF_ZE, senha="errada mesmo").status_code)

        fios = [Thread(target=tentar) for _ in range(12)]
        for fio in fios:
            fio.start()
        for fio in fios:
            fio.join()
    assert (codigos.count(401), codigos.count(429)) == (5, 7)


def test_quem_confere_senha_nao_toma_o_lugar_de_quem_ja_entrou(
    oficina: OficinaLocal, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acesso, "FILA_DE_UM", 2 * FILA_MAXIMA)
    with no_ar(url) as http, ExitStack() as seguras, ThreadPoolExecutor(FILA_MAXIMA + 10) as gente:
        eu = com(entrar(http, cpf=CPF_ZE, senha=SENHA))
        for _ in range(JUNTOS):
            seguras.enter_context(VEZ)
        tentativas = [
            gente.submit(entrar, http, cpf=CPF_ANA, senha="outra frase qualquer")
            for _ in range(FILA_MAXIMA + 10)
        ]
        assert http.get("/usuarios/eu", headers=eu).status_code == 200
        recusada = next(as_completed(tentativas, timeout=10)).result()
        assert (recusada.status_code, recusada.headers["Retry-After"]) == (503, "1")
        seguras.close()
        assert {tentativa.result().status_code for tentativa in tentativas} == {401, 429, 503}


def pedido_de_entrar(**credenciais: str) -> bytes:
    corpo = json.dumps(credenciais).encode()
    linhas = "POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    return linhas.encode() + b"Content-Length: %d\r\n\r\n" % len(corpo) + corpo


def respondidas(conexoes: list[socket]) -> list[socket]:
    return prontas(conexoes, [], [], 0)[0]


def encher_a_fila(servidor: NoAr, esperam: int) -> bytes:
    """De um endereço, até que só `esperam` estejam sem resposta; e a de quem vem de outro."""
    errada = pedido_de_entrar(cpf=CPF_ANA, senha="outra frase qualquer")
    with ExitStack() as seguras:
        for _ in range(JUNTOS):
            seguras.enter_context(VEZ)
        muitas = [servidor.conectar(errada, de="127.0.0.2") for _ in range(FILA_MAXIMA + 5)]
        aguardar(lambda: len(respondidas(muitas)) == len(muitas) - esperam)
        for recusada in respondidas(muitas):
            assert recusada.recv(65536).startswith(b"HTTP/1.1 503 ")
        outra = servidor.conectar(pedido_de_entrar(cpf=CPF_ZE, senha=SENHA), de="127.0.0.3")
        sleep(0.2)  # para chegar à fila antes de ela andar
    return outra.recv(65536)


def test_quem_enche_a_fila_de_entrada_nao_fecha_a_porta_aos_outros(
    oficina: OficinaLocal, url: str
) -> None:
    with no_soquete(montar(configuracao(url))) as servidor:
        resposta = encher_a_fila(servidor, JUNTOS + FILA_DE_UM)
    assert resposta.startswith(b"HTTP/1.1 200 ")


def test_sem_a_fila_de_um_so_um_endereco_fecha_a_porta(
    oficina: OficinaLocal, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O controle."""
    monkeypatch.setattr(acesso, "FILA_DE_UM", 2 * FILA_MAXIMA)
    with no_soquete(montar(configuracao(url))) as servidor:
        resposta = encher_a_fila(servidor, JUNTOS + FILA_MAXIMA)
    assert resposta.startswith(b"HTTP/1.1 503 ")


def test_quem_tem_uma_rede_ipv6_inteira_conta_como_um_so(oficina: OficinaLocal, url: str) -> None:
    """Senão, cada tentativa viria de um endereço, e o freio da origem não seguraria ninguém."""
    app = montar(configuracao(url))
    chaves = set()
    for fim in (1, 2):
        with TestClient(app, client=(f"2001:db8:1:2::{fim}", 5000)) as http:
            entrar(http, cpf=CPF_DE_NINGUEM, senha="errada mesmo")
        with oficina._motor.connect() as conexao:
            chaves |= {linha.chave for linha in conexao.execute(select(tabelas.tentativas.c.chave))}
    assert len(chaves) == 3, "a rede, a conta a partir dela e a conta toda"


def test_senha_so_se_resume_para_quem_pode_trocar(oficina: OficinaLocal) -> None:
    """O resumo é caro de propósito: quem não pode nem o faz começar."""

    class Contadas(SenhasArgon):
        feitas = 0

        def resumir(self, senha: str, sal: bytes | None = None) -> Resumo:
            Contadas.feitas += 1
            return super().resumir(senha, sal)

    oficina._senhas = Contadas()
    ze = oficina.executar(ListarFuncionarios()).itens[0].id
    balcao = oficina.como(Sujeito(tipo=TipoAtor.FUNCIONARIO, id=ze))
    with pytest.raises(AcessoNegado):
        balcao.executar(DefinirSenha(funcionario_id=ze, senha=SENHA))
    assert Contadas.feitas == 0
    oficina.executar(DefinirSenha(funcionario_id=ze, senha=SENHA))
    assert Contadas.feitas == 1
