"""Quem não manda o pedido a tempo, ou manda demais, é cortado; e sabe por quê."""

import json
from asyncio import BaseTransport
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from select import select
from socket import AF_UNIX, socket
from threading import Event
from time import sleep

import pytest
from fastapi import FastAPI, Response
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from oficina_api.app import FIOS, criar_app
from oficina_api.origem import de_onde
from oficina_api.protocolo import KIB, Prazos
from oficina_core.catalogo import MIB
from oficina_core.dominio.acesso import SISTEMA, Sujeito
from tests.api.servico import NoAr, aguardar, ate_fechar, no_ar, pingar
from tests.api.test_erros import Recusante

CABECALHO = b"POST /pecas HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
PELA_METADE = [
    b"GET /health/live HTTP/1.1\r\nX-Resto: ",
    CABECALHO + b"Content-Length: 9999\r\n\r\n",
]
PRESA = b"GET /presa HTTP/1.1\r\nHost: x\r\n\r\n"
GRANDE = 16 * MIB
PEDE_GRANDE = b"GET /grande HTTP/1.1\r\nHost: x\r\n\r\n"
PEDE_GRANDE_E_SAI = b"GET /grande HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class Apressado(Prazos):
    prazo = 0.4


class Exigente(Apressado):
    ritmo = 64 * MIB


class Generoso(Apressado):
    ritmo = 1


class SemEmenda(Prazos):
    emendados_maximo = 10**6


class Repartido(Prazos):
    pedidos_por_endereco = 2


class Lotado(Prazos):
    pedidos_maximo = 2


class SemPausa(Exigente):
    """Manda tudo ao soquete de uma vez: a pausa não vem, e só o fechar tem prazo."""

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=1024 * MIB)


class Pequeno(Prazos):
    conexoes_maximo = 6
    por_endereco = 4


class PequenoSemPausa(SemPausa):
    prazo = 10.0
    por_endereco = 4


class SemDespejo(Pequeno):
    def _mais_devedora(self, quais: list[Prazos]) -> None:
        return None


class SemTeto(SemDespejo):
    por_endereco = 1000


@pytest.fixture
def apressado(app: FastAPI) -> Iterator[NoAr]:
    with no_ar(app, protocolo=Apressado) as servidor:
        yield servidor


def test_quem_pinga_e_cortado(apressado: NoAr) -> None:
    conexoes = [apressado.conectar(PELA_METADE[numero % 2]) for numero in range(50)]
    assert pingar(conexoes, intervalo=0.05, paciencia=5) == 50


def test_sem_os_prazos_quem_pinga_fica(app: FastAPI) -> None:
    """O controle: é a nossa classe que corta, e não o uvicorn."""
    with no_ar(app, protocolo=HttpToolsProtocol) as servidor:
        conexoes = [servidor.conectar(PELA_METADE[numero % 2]) for numero in range(10)]
        assert pingar(conexoes, intervalo=0.05, paciencia=1.5) == 0


@pytest.mark.parametrize("inicio", PELA_METADE, ids=["cabeçalhos", "corpo"])
def test_cortado_sabe_por_que(apressado: NoAr, inicio: bytes) -> None:
    cabecalhos, _, corpo = ate_fechar(apressado.conectar(inicio)).partition(b"\r\n\r\n")
    assert cabecalhos.startswith(b"HTTP/1.1 408 ")
    assert b"\r\ncontent-type: application/problem+json\r\n" in cabecalhos
    assert b"\r\nx-content-type-options: nosniff\r\n" in cabecalhos
    assert b"\r\nconnection: close" in cabecalhos
    assert json.loads(corpo)["request_id"].encode() in cabecalhos


def test_quem_nada_diz_e_cortado_calado(apressado: NoAr) -> None:
    assert ate_fechar(apressado.conectar()) == b""


def test_linhas_em_branco_nao_seguram_a_conexao(apressado: NoAr) -> None:
    conexao = apressado.conectar(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b" 200 " in conexao.recv(65536)
    conexao.sendall(b"\r\n")
    assert b" 200 " not in ate_fechar(conexao)


def test_corpo_devagar_mas_no_ritmo_chega_inteiro(apressado: NoAr) -> None:
    parte = b" " * (16 * KIB)
    conexao = apressado.conectar(CABECALHO + b"Content-Length: %d\r\n\r\n" % (6 * len(parte)))
    for _ in range(6):
        conexao.sendall(parte)
        sleep(0.15)
    assert conexao.recv(65536).startswith(b"HTTP/1.1 422 ")


def test_demora_nossa_nao_e_culpa_de_quem_pede(apressado: NoAr, solta: Event) -> None:
    conexao = apressado.conectar(PRESA + b"GET /presa HT")
    sleep(2 * Apressado.prazo)
    solta.set()
    recebido = ate_fechar(conexao)  # as duas respostas podem chegar juntas
    assert recebido.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in recebido


def test_quem_espera_o_sinal_para_mandar_nao_esta_atrasado(solta: Event) -> None:
    def depois() -> Sujeito:
        solta.wait()
        return SISTEMA

    with no_ar(criar_app(Recusante(), depois), protocolo=Apressado) as servidor:
        conexao = servidor.conectar(
            CABECALHO + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        )
        sleep(2 * Apressado.prazo)
        solta.set()
        assert conexao.recv(65536).startswith(b"HTTP/1.1 100 ")


def test_quem_paramos_de_ler_nao_esta_atrasado(solta: Event) -> None:
    def depois() -> Sujeito:
        solta.wait()
        return SISTEMA

    corpo = b" " * (512 * KIB)
    with no_ar(criar_app(Recusante(), depois), protocolo=Exigente) as servidor:
        conexao = servidor.conectar(CABECALHO + b"Content-Length: %d\r\n\r\n" % (2 * len(corpo)))
        conexao.sendall(corpo)
        sleep(2 * Exigente.prazo)
        solta.set()
        conexao.sendall(corpo)
        assert conexao.recv(65536).startswith(b"HTTP/1.1 422 ")


@pytest.mark.parametrize(
    ("sujeito", "papel"),
    [
        ("cliente:3", "cliente"),
        ("link:5", "link do orçamento"),
        ("cpf:52998224725", "cliente que só disse"),
    ],
)
def test_de_quem_e_de_fora_nao_se_espera_o_corpo_grande_do_que_nao_e_dele(
    sujeito: str, papel: str
) -> None:
    app = criar_app(Recusante(), lambda: Sujeito.de(sujeito))
    with no_ar(app) as servidor:
        resposta = servidor.conectar(CABECALHO + b"Content-Length: 65537\r\n\r\n").recv(65536)
    assert resposta.startswith(b"HTTP/1.1 403 ")
    assert f"O papel {papel}" in json.loads(resposta.partition(b"\r\n\r\n")[2])["detail"]


def test_64_mib_se_recusam_antes_de_chegar(app: FastAPI) -> None:
    with no_ar(app) as servidor:
        conexao = servidor.conectar(CABECALHO + b"Content-Length: %d\r\n\r\n" % (64 * MIB))
        assert conexao.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_quem_manda_64_mib_le_a_recusa(app: FastAPI) -> None:
    with no_ar(app) as servidor:
        resposta = servidor.pedir("POST", "/pecas", b" " * (64 * MIB))
        assert (resposta.status, json.load(resposta)["status"]) == (413, 413)


def test_depois_da_recusa_o_resto_tem_um_prazo_so(app: FastAPI) -> None:
    """Nem o que já se mandou compra mais tempo para jogar fora."""
    with no_ar(app, protocolo=Generoso) as servidor:
        conexao = servidor.conectar(
            CABECALHO + b"Content-Length: %d\r\n\r\n" % (64 * MIB) + b" " * KIB
        )
        assert pingar([conexao], intervalo=0.05, paciencia=5) == 1


@pytest.mark.parametrize("fim", [b"\r\n\r\n", b""], ids=["inteiros", "sem fim"])
def test_cabecalhos_tem_teto(app: FastAPI, fim: bytes) -> None:
    with no_ar(app) as servidor:
        conexao = servidor.conectar(b"GET / HTTP/1.1\r\nX-Longo: " + b"a" * 33 * KIB + fim)
        assert conexao.recv(65536).startswith(b"HTTP/1.1 431 ")


EM_PEDACOS = CABECALHO + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"


@pytest.mark.parametrize(
    "inundacao",
    [b"0\r\n" + b"x: y\r\n" * 400_000, b"0\r\n" + b"a" * 2 * MIB, b"2;" + b"a" * 2 * MIB],
    ids=["campos", "nome sem fim", "extensão sem fim"],
)
def test_o_que_vem_junto_do_corpo_sem_ser_corpo_tem_teto(app: FastAPI, inundacao: bytes) -> None:
    """Sem ele, quarenta megabytes de campos depois do corpo ocupavam setecentos de memória."""
    with no_ar(app) as servidor:
        conexao = servidor.conectar(EM_PEDACOS)
        with suppress(OSError):  # já cortada
            conexao.sendall(inundacao)
        assert ate_fechar(conexao)[:12] in (b"", b"HTTP/1.1 431")


def test_corpo_em_muitos_pedacos_nao_conta_no_teto(app: FastAPI) -> None:
    pedacos = b"".join(b"400\r\n" + b" " * 1024 + b"\r\n" for _ in range(200))
    with no_ar(app) as servidor:
        fim = b"2\r\n{}\r\n0\r\n\r\n"
        conexao = servidor.conectar(CABECALHO + b"Transfer-Encoding: chunked\r\n\r\n")
        conexao.sendall(pedacos + fim)
        assert conexao.recv(64).startswith(b"HTTP/1.1 422 ")


def test_o_campo_depois_do_corpo_nao_diz_nada_do_pedido(app: FastAPI) -> None:
    """Senão, quem o deixa passar deixaria dizer quem pede e de onde (RFC 9110, 6.5.1)."""
    numero = b"deadbeefdeadbeef"
    with no_ar(app) as servidor:
        conexao = servidor.conectar(EM_PEDACOS + b"0\r\nX-Request-ID: " + numero + b"\r\n\r\n")
        resposta = conexao.recv(64 * KIB)
    assert resposta.startswith(b"HTTP/1.1 4")
    assert numero not in resposta


@pytest.mark.parametrize("host", [b"", b"Host: x\r\nHost: y\r\n"], ids=["nenhum", "dois"])
def test_host_vem_uma_vez_so(app: FastAPI, host: bytes) -> None:
    with no_ar(app) as servidor:
        conexao = servidor.conectar(b"GET /clientes HTTP/1.1\r\n" + host + b"\r\n")
        assert conexao.recv(64).startswith(b"HTTP/1.1 400 ")


def test_head_nao_fecha_a_conexao(app: FastAPI) -> None:
    with no_ar(app) as servidor:
        conexao = servidor.conectar(b"HEAD /numero HTTP/1.1\r\nHost: x\r\n\r\n")
        assert conexao.recv(64 * KIB).startswith(b"HTTP/1.1 ")
        conexao.sendall(b"GET /numero HTTP/1.1\r\nHost: x\r\n\r\n")
        assert conexao.recv(64 * KIB).startswith(b"HTTP/1.1 ")


def test_o_que_nao_e_http(app: FastAPI) -> None:
    with no_ar(app) as servidor:
        cabecalhos, _, corpo = ate_fechar(servidor.conectar(b"oi\r\n\r\n")).partition(b"\r\n\r\n")
    assert cabecalhos.startswith(b"HTTP/1.1 400 ")
    assert json.loads(corpo)["title"] == "Pedido malfeito"


@pytest.fixture
def grande(app: FastAPI) -> FastAPI:
    """Com uma resposta, em /grande, que não cabe nos soquetes."""
    app.add_api_route("/grande", lambda: Response(b" " * GRANDE))
    return app


def test_quem_nao_le_a_resposta_e_cortado(grande: FastAPI) -> None:
    with no_ar(grande, protocolo=Exigente) as servidor:
        for _ in range(5):
            servidor.conectar(PEDE_GRANDE * 3)
        estado = servidor.servidor.server_state
        aguardar(lambda: estado.total_requests > 0)
        aguardar(lambda: not estado.connections and not estado.tasks)


@pytest.mark.parametrize(
    "pedido",
    [PEDE_GRANDE_E_SAI, PEDE_GRANDE + PELA_METADE[0]],
    ids=["saída pedida", "pedido pela metade"],
)
def test_conexao_que_se_fecha_nao_espera_para_sempre_quem_nao_le(
    grande: FastAPI, pedido: bytes
) -> None:
    with no_ar(grande, protocolo=SemPausa) as servidor:
        conexao = servidor.conectar(pedido)
        aguardar(lambda: select([conexao], [], [], 0)[0] == [conexao])
        aguardar(lambda: not servidor.servidor.server_state.connections)


def test_a_conexao_parada_de_quem_nao_leu_se_fecha(grande: FastAPI) -> None:
    with no_ar(grande, protocolo=SemPausa) as servidor:
        servidor.servidor.config.timeout_keep_alive = 0
        conexao = servidor.conectar(PEDE_GRANDE)
        aguardar(lambda: select([conexao], [], [], 0)[0] == [conexao])
        aguardar(lambda: not servidor.servidor.server_state.connections)


def test_quem_nao_le_a_resposta_nao_ocupa_ninguem(grande: FastAPI) -> None:
    with no_ar(grande, protocolo=Lotado) as servidor:
        for _ in range(2):
            servidor.conectar(PEDE_GRANDE * 3)
        estado = servidor.servidor.server_state
        aguardar(lambda: [c.flow.write_paused for c in estado.connections] == [True] * 2)  # type: ignore[union-attr]
        aguardar(lambda: len(estado.tasks) == 2)
        assert servidor.pedir("GET", "/clientes/7").status == 404


def test_sem_os_prazos_quem_nao_le_fica(grande: FastAPI) -> None:
    """O controle."""
    with no_ar(grande, protocolo=HttpToolsProtocol) as servidor:
        conexao = servidor.conectar(PEDE_GRANDE * 3)
        sleep(3 * Exigente.prazo)
        assert len(servidor.servidor.server_state.connections) == 1
        conexao.close()


def test_quem_le_no_ritmo_recebe_a_resposta_inteira(grande: FastAPI) -> None:
    with no_ar(grande, protocolo=Apressado) as servidor:
        conexao = servidor.conectar(PEDE_GRANDE_E_SAI)
        sleep(2 * Apressado.prazo)
        assert len(ate_fechar(conexao)) > GRANDE


def test_um_endereco_so_nao_toma_os_pedidos_dos_outros(app: FastAPI, solta: Event) -> None:
    with no_ar(app, protocolo=Repartido) as servidor:
        for _ in range(2):
            servidor.conectar(PRESA, de="127.0.0.2")
        aguardar(lambda: len(servidor.servidor.server_state.tasks) == 2)
        recusada = servidor.conectar(PRESA, de="127.0.0.2").recv(65536)
        assert recusada.startswith(b"HTTP/1.1 503 ")
        assert servidor.pedir("GET", "/clientes/7").status == 404
        vivo = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
        assert servidor.conectar(vivo, de="127.0.0.2").recv(65536).startswith(b"HTTP/1.1 200 ")
        solta.set()


def test_do_proxy_vem_pedidos_de_muitos(app: FastAPI, solta: Event) -> None:
    with no_ar(app, protocolo=Repartido, confia_em="127.0.0.2") as servidor:
        for _ in range(3):
            servidor.conectar(PRESA, de="127.0.0.2")
        aguardar(lambda: len(servidor.servidor.server_state.tasks) == 3)
        solta.set()


def test_lotada_recusa_mas_diz_que_vive(app: FastAPI, solta: Event) -> None:
    with no_ar(app, protocolo=Lotado) as servidor:
        for _ in range(2):
            servidor.conectar(PRESA)
        aguardar(lambda: len(servidor.servidor.server_state.tasks) == 2)
        recusa = servidor.pedir("GET", "/clientes/7")
        assert (recusa.status, recusa.headers["Retry-After"]) == (503, "1")
        assert json.load(recusa)["codigo"] == "indisponivel"
        assert servidor.pedir("GET", "/health/live").status == 200
        solta.set()
        aguardar(lambda: not servidor.servidor.server_state.tasks)
        assert servidor.pedir("GET", "/clientes/7").status == 404


@pytest.mark.parametrize("inicio", [b"", *PELA_METADE], ids=["calado", "cabeçalhos", "corpo"])
def test_um_endereco_so_nao_toma_o_lugar_dos_outros(app: FastAPI, inicio: bytes) -> None:
    with no_ar(app, protocolo=Pequeno) as servidor:
        for _ in range(20):
            servidor.conectar(inicio, de="127.0.0.2")
        assert servidor.pedir("GET", "/clientes/7").status == 404
        assert len(servidor.servidor.server_state.connections) <= Pequeno.por_endereco + 1


def test_quem_nao_le_tambem_cede_o_lugar(grande: FastAPI) -> None:
    with no_ar(grande, protocolo=PequenoSemPausa) as servidor:
        estado = servidor.servidor.server_state
        for pedidas in range(1, 21):
            servidor.conectar(PEDE_GRANDE, de="127.0.0.2")
            aguardar(lambda pedidas=pedidas: estado.total_requests == pedidas)  # type: ignore[misc]
        assert len(estado.connections) <= PequenoSemPausa.por_endereco


def test_sem_o_teto_por_endereco_um_so_toma_a_casa(app: FastAPI) -> None:
    """O controle."""
    with no_ar(app, protocolo=SemTeto) as servidor:
        for _ in range(20):
            servidor.conectar(PELA_METADE[0], de="127.0.0.2")
        assert servidor.pedir("GET", "/clientes/7").status == 503


def test_do_proxy_em_que_se_confia_vem_gente_de_muitos(app: FastAPI) -> None:
    with no_ar(app, protocolo=Pequeno, confia_em="127.0.0.2") as servidor:
        conexoes = [servidor.conectar(PELA_METADE[0], de="127.0.0.2") for _ in range(6)]
        aguardar(lambda: len(servidor.servidor.server_state.connections) == len(conexoes))


def test_com_a_casa_cheia_quem_esta_parado_ha_mais_tempo_cede_o_lugar(app: FastAPI) -> None:
    with no_ar(app, protocolo=Pequeno) as servidor:
        conexoes = [servidor.conectar(de="127.0.0.2")]
        aguardar(lambda: len(servidor.servidor.server_state.connections) == 1)
        sleep(0.01)  # o relógio do laço anda de milissegundo em milissegundo
        conexoes += [servidor.conectar(de=f"127.0.0.{3 + numero // 2}") for numero in range(5)]
        aguardar(lambda: len(servidor.servidor.server_state.connections) == len(conexoes))
        assert servidor.pedir("GET", "/clientes/7").status == 404
        assert select(conexoes, [], [], 0)[0] == conexoes[:1]
        assert ate_fechar(conexoes[0]) == b""


def deixar_pela_metade(servidor: NoAr) -> None:
    """De três endereços, e de dois deles mais que do outro."""
    for numero in range(7):
        servidor.conectar(PELA_METADE[numero % 2], de=f"127.0.0.{2 + numero // 3}")
    estado = servidor.servidor.server_state
    aguardar(lambda: sum(c.devendo for c in estado.connections) >= Pequeno.conexoes_maximo)  # type: ignore[union-attr]


def test_com_a_casa_cheia_quem_deixa_o_pedido_pela_metade_cede_o_lugar(app: FastAPI) -> None:
    with no_ar(app, protocolo=Pequeno) as servidor:
        deixar_pela_metade(servidor)
        assert servidor.pedir("GET", "/clientes/7").status == 404
        assert select(servidor.conexoes[6:7], [], [], 0)[0] == []


def test_sem_despejar_quem_deixa_pela_metade_ninguem_mais_entra(app: FastAPI) -> None:
    """O controle."""
    with no_ar(app, protocolo=SemDespejo) as servidor:
        deixar_pela_metade(servidor)
        assert servidor.pedir("GET", "/clientes/7").status == 503


def test_quem_tem_uma_rede_ipv6_inteira_nao_toma_o_lugar_dos_outros() -> None:
    assert de_onde("2001:db8::1") == de_onde("2001:db8:0:ff::2") != de_onde("2001:db8:0:100::1")


@pytest.mark.parametrize("escrito", ["::ffff:192.0.2.7", "::ffff:c000:207", "64:ff9b::192.0.2.7"])
def test_o_ipv4_escrito_em_ipv6_e_o_mesmo(escrito: str) -> None:
    assert de_onde(escrito) == "192.0.2.7"


def test_num_soquete_local_fala_gente_de_muitos(app: FastAPI, tmp_path: Path) -> None:
    """Um proxy na mesma máquina não tem endereço."""
    local = str(tmp_path / "api")
    with no_ar(app, local, protocolo=Pequeno, confia_em="127.0.0.2") as servidor:
        for _ in range(6):
            conexao = socket(AF_UNIX)
            servidor.conexoes.append(conexao)
            conexao.connect(local)
            conexao.sendall(PELA_METADE[0])
        aguardar(lambda: len(servidor.servidor.server_state.connections) == 6)


def test_o_corpo_do_pedido_seguinte_nao_esconde_o_que_se_atende(app: FastAPI, solta: Event) -> None:
    with no_ar(app, protocolo=Lotado) as servidor:
        for _ in range(2):
            servidor.conectar(PRESA + PELA_METADE[1])
        aguardar(lambda: len(servidor.servidor.server_state.tasks) == 2)
        assert servidor.pedir("GET", "/clientes/7").status == 503
        solta.set()


EMENDA = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"


def test_uns_poucos_pedidos_emendados_se_respondem_todos(app: FastAPI) -> None:
    quantos = Prazos.emendados_maximo
    with no_ar(app) as servidor:
        conexao = servidor.conectar(EMENDA * quantos)
        recebido = b""
        while recebido.count(b"HTTP/1.1 200 ") < quantos:
            recebido += conexao.recv(65536)


def test_quem_emenda_milhares_de_pedidos_e_cortado(app: FastAPI, solta: Event) -> None:
    with no_ar(app) as servidor:
        conexao = servidor.conectar(PRESA + EMENDA * 3000)
        assert ate_fechar(conexao) == b""
        assert servidor.pedir("GET", "/health/live").status == 200
        solta.set()


def test_sem_o_teto_os_emendados_se_guardam_todos(app: FastAPI, solta: Event) -> None:
    """O controle: o uvicorn lê tudo o que já chegou."""
    with no_ar(app, protocolo=SemEmenda) as servidor:
        servidor.conectar(PRESA + EMENDA * 3000)
        guardam = servidor.servidor.server_state.connections
        aguardar(lambda: any(len(uma.pipeline) > 1000 for uma in guardam))  # type: ignore[union-attr]
        solta.set()


def test_com_todos_os_fios_presos_ainda_se_recusa(app: FastAPI, solta: Event) -> None:
    with no_ar(app) as servidor:
        for _ in range(2 * FIOS):
            servidor.conectar(PRESA)
        aguardar(lambda: len(servidor.servidor.server_state.tasks) == 2 * FIOS)
        assert servidor.pedir("GET", "/nao-existe").status == 404
        assert servidor.pedir("PATCH", "/pecas").status == 405
        solta.set()


def test_o_corpo_que_nao_chegou_nao_ocupa_ninguem(app: FastAPI) -> None:
    with no_ar(app, protocolo=Lotado) as servidor:
        for _ in range(5):
            servidor.conectar(PELA_METADE[1])
        aguardar(lambda: len(servidor.servidor.server_state.tasks) == 5)
        assert servidor.pedir("GET", "/clientes/7").status == 404
