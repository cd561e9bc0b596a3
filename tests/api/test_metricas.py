"""O que se mede das ordens e da API, e só isso."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from socket import create_connection, socket
from time import monotonic, sleep
from typing import Any
from urllib.request import urlopen

import pytest
from fastapi.testclient import TestClient

from oficina_api.app import criar_app
from oficina_api.metricas import Metricas, Porta
from oficina_api.montagem import montar
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.ordens import FichaOrdem, LinhaHistorico, VerHistoricoOrdem
from oficina_core.dominio import erros
from oficina_core.dominio.acesso import SISTEMA
from tests.api.elenco import configuracao
from tests.api.emissor import ficha
from tests.api.servico import aguardar
from tests.api.test_erros import Recusante
from tests.conftest import Relogio
from tests.exemplos import exemplo
from tests.servidor_programa import porta_livre

PLACA = "ABC1D23"
CHEGADA = {
    "veiculo_id": PLACA,
    "veiculo": {"marca": "Fiat", "modelo": "Uno"},
    "cliente": {"nome": "Ana", "telefone": "(11) 98765-4321"},
    "queixa": "Barulho",
}


@pytest.fixture
def metricas(relogio: Relogio) -> Metricas:
    return Metricas(relogio)


@pytest.fixture
def http(url: str, relogio: Relogio, metricas: Metricas) -> Iterator[TestClient]:
    oficina = OficinaLocal.em(url, relogio)
    with TestClient(criar_app(oficina, lambda: SISTEMA, metricas=metricas)) as cliente:
        yield cliente
    oficina.fechar()


def test_o_que_os_alertas_contam_comeca_em_zero(metricas: Metricas) -> None:
    """Sem isso, a primeira falha depois de ligar não se vê subir."""
    for caso in ("AbrirOrdem", "DecidirPeloLink", "EntregarOrdem"):
        for codigo in ("erro", "indisponivel"):
            assert _valor(metricas, "oficina_os_falhas_total", caso=caso, codigo=codigo) == 0
    for fase in ("RECEBIDA", "FINALIZADA"):
        assert _valor(metricas, "oficina_os_fase_duracao_seconds_count", fase=fase) == 0
    fim = _valor(metricas, "oficina_os_fase_duracao_seconds_count", fase="ENTREGUE")
    assert fim is None, "dela não se sai"


def test_ordem_aberta_conta_uma_vez_mesmo_repetida(http: TestClient, metricas: Metricas) -> None:
    assert _valor(metricas, "oficina_os_abertas_total") == 0
    for _ in range(3):
        _fazer(http, "/ordens", CHEGADA, "chegada-do-uno")
    assert _valor(metricas, "oficina_os_abertas_total") == 1


def test_simular_nao_conta(http: TestClient, metricas: Metricas) -> None:
    assert http.post("/ordens?simular=true", json=CHEGADA).status_code == 200
    assert _valor(metricas, "oficina_os_abertas_total") == 0


def test_orcamento_aprovado_no_balcao_abre_a_ordem(http: TestClient, metricas: Metricas) -> None:
    _fazer(http, "/ordens", CHEGADA)
    _fazer(http, "/servicos", {"codigo": "OLEO", "nome": "Troca de óleo", "preco": 80})
    orcamento = {"veiculo_id": PLACA, "servicos": ["OLEO"], "descricao": "Troca"}
    numero = _fazer(http, "/orcamentos", orcamento)["id"]
    _fazer(http, f"/orcamentos/{numero}/aprovacao")
    assert _valor(metricas, "oficina_os_abertas_total") == 2


def test_cada_fase_se_mede_ao_sair_dela(
    http: TestClient, metricas: Metricas, relogio: Relogio
) -> None:
    _fazer(http, "/servicos", {"codigo": "OLEO", "nome": "Troca de óleo", "preco": 80})
    ordem = _fazer(http, "/ordens", CHEGADA)["id"]
    passos = {
        "RECEBIDA": (1, f"/ordens/{ordem}/diagnostico"),
        "EM_DIAGNOSTICO": (2, "/orcamentos/{orcamento}/envio"),
        "AGUARDANDO_APROVACAO": (3, "/orcamentos/{orcamento}/aprovacao"),
        "EM_EXECUCAO": (4, f"/ordens/{ordem}/finalizacao"),
        "FINALIZADA": (5, f"/ordens/{ordem}/entrega"),
    }
    orcamento = {"ordem_id": ordem, "servicos": ["OLEO"], "descricao": "Troca"}
    numero = _fazer(http, "/orcamentos", orcamento)["id"]
    for horas, caminho in passos.values():
        relogio.passar(hours=horas)
        _fazer(http, caminho.format(orcamento=numero), chave=f"passo-{horas:04}")
        _fazer(http, f"/ordens/{ordem}/anotacoes", {"texto": "Andou."})
        _fazer(http, caminho.format(orcamento=numero), chave=f"passo-{horas:04}")
    for fase, (horas, _) in passos.items():
        assert _valor(metricas, "oficina_os_fase_duracao_seconds_count", fase=fase) == 1, fase
        soma = _valor(metricas, "oficina_os_fase_duracao_seconds_sum", fase=fase)
        assert soma == pytest.approx(horas * 3600, abs=60), fase


def test_o_que_outro_pedido_moveu_e_do_outro(metricas: Metricas, relogio: Relogio) -> None:
    """Enquanto este anotava, alguém finalizou a ordem: quem mede a fase é só quem finalizou."""
    passos = (("RECEBIDA", "AbrirOrdem"), ("FINALIZADA", "FinalizarOrdem"))
    relogio.passar(days=30)
    historico = tuple(
        replace(
            exemplo(LinhaHistorico),
            entidade="ordens_servico",
            diferenca=f'{{"status":"{status}"}}',
            acao=acao,
            em=relogio.agora + timedelta(days=1),
        )
        for status, acao in passos
    )

    class Corrida(Recusante):
        def executar(self, caso: Any, *_: object) -> Any:
            return historico if isinstance(caso, VerHistoricoOrdem) else exemplo(FichaOrdem)

    with TestClient(criar_app(Corrida(), lambda: SISTEMA, metricas=metricas)) as http:
        medidas = "oficina_os_fase_duracao_seconds_count"
        _fazer(http, "/ordens/7/anotacoes", {"texto": "Andou."})
        assert _valor(metricas, medidas, fase="RECEBIDA") == 0
        _fazer(http, "/ordens/7/finalizacao")
        assert _valor(metricas, medidas, fase="RECEBIDA") == 1


def test_falha_conta_pelo_caso_e_pelo_codigo(http: TestClient, metricas: Metricas) -> None:
    ordem = _fazer(http, "/ordens", CHEGADA)["id"]
    assert http.post(f"/ordens/{ordem}/entrega").status_code == 409
    assert http.get("/clientes/4242").status_code == 404
    falhas = "oficina_os_falhas_total"
    assert _valor(metricas, falhas, caso="EntregarOrdem", codigo="conflito") == 1
    assert _valor(metricas, falhas, caso="VerCliente", codigo="nao_encontrado") is None
    assert _valor(metricas, "oficina_integracao_falhas_total", integracao="banco") == 0


@pytest.mark.parametrize(
    ("erro", "codigo", "do_banco"),
    [
        (erros.Indisponivel("x"), "indisponivel", 1),
        (erros.MuitasTentativas("x"), "muitas_tentativas", 0),
        (ZeroDivisionError("x"), "erro", 0),
    ],
)
def test_falta_de_banco_e_falha_de_integracao(
    metricas: Metricas, erro: Exception, codigo: str, do_banco: int
) -> None:
    recusante = Recusante()
    recusante.erro = erro
    with TestClient(criar_app(recusante, lambda: SISTEMA, metricas=metricas)) as http:
        http.get("/ordens/7")
    assert _valor(metricas, "oficina_os_falhas_total", caso="VerOrdem", codigo=codigo) == 1
    banco = _valor(metricas, "oficina_integracao_falhas_total", integracao="banco")
    assert banco == do_banco


def test_falta_do_emissor_de_tokens_conta_a_parte(url_sqlite: str) -> None:
    sem_emissor = {"jwt_modo": "rs256", "jwt_jwks_url": "http://127.0.0.1:1/jwks.json"}
    porta = porta_livre()
    with TestClient(montar(configuracao(url_sqlite, metrics_port=porta, **sem_emissor))) as http:
        eu = {"Authorization": f"Bearer {ficha('a')}"}
        assert http.get("/clientes", headers=eu).status_code == 401
        with urlopen(f"http://127.0.0.1:{porta}/metrics") as resposta:
            ditas = resposta.read().decode()
    total = "oficina_integracao_falhas_total"
    assert f'{total}{{integracao="jwks"}} 1.0' in ditas
    assert f'{total}{{integracao="banco"}} 0.0' in ditas


def test_pedidos_se_medem_pelo_modelo_da_rota(http: TestClient, metricas: Metricas) -> None:
    for caminho in ("/clientes/4242", "/clientes/4243", "/4242/52998224725"):
        http.get(caminho)
    http.request("PROPFIND", "/clientes/4242")
    duracao = "oficina_http_duracao_seconds_count"
    modelo = "/clientes/{cliente_id}"
    assert _valor(metricas, duracao, metodo="GET", rota=modelo, status="404") == 2
    assert _valor(metricas, duracao, metodo="GET", rota="outro", status="404") == 1
    assert _valor(metricas, duracao, metodo="outro", rota=modelo, status="405") == 1
    rotulos = {
        valor
        for familia in metricas.registro.collect()
        for amostra in familia.samples
        for valor in amostra.labels.values()
    }
    assert not any("424" in valor or "529" in valor or "PROPFIND" in valor for valor in rotulos)
    assert _valor(metricas, "oficina_http_em_curso") == 0


def test_metricas_so_na_porta_delas(http: TestClient, metricas: Metricas) -> None:
    assert http.get("/metrics").status_code == 404
    with metricas.publicadas(0) as porta:
        with urlopen(f"http://127.0.0.1:{porta}/metrics") as resposta:
            texto = resposta.read().decode()
        assert "oficina_os_abertas_total 0.0" in texto
        assert "python_info" not in texto
    with pytest.raises(OSError, match="refused"):
        urlopen(f"http://127.0.0.1:{porta}/metrics")


@pytest.fixture
def colheita(metricas: Metricas, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(Porta, "prazo", 0.3)
    with metricas.publicadas(0) as porta:
        yield porta


@pytest.mark.parametrize("inicio", [b"", b"GET /metrics HTTP/1.1\r\nX-Resto: "])
def test_quem_segura_a_porta_das_metricas_e_cortado(colheita: int, inicio: bytes) -> None:
    with _segurar(colheita, inicio) as conexao:
        fim = monotonic() + 5
        with suppress(OSError):  # já cortada
            while monotonic() < fim:
                conexao.sendall(b"x")
                sleep(0.05)
            pytest.fail("quem pinga não foi cortado")
    with urlopen(f"http://127.0.0.1:{colheita}/metrics") as resposta:
        assert resposta.status == 200


def test_porta_das_metricas_tem_teto(metricas: Metricas, monkeypatch: pytest.MonkeyPatch) -> None:
    """O prazo é longo, para que só o teto possa fechar a que sobra."""
    monkeypatch.setattr(Porta, "prazo", 60.0)
    with metricas.publicadas(0) as porta, ExitStack() as abertas:
        for _ in range(Porta.conexoes_maximo):
            abertas.enter_context(_segurar(porta, b"GET /metrics"))
        with _segurar(porta) as demais:
            assert demais.recv(1) == b""
        abertas.close()
        aguardar(lambda: _colhe(porta))


def _segurar(porta: int, inicio: bytes = b"") -> socket:
    conexao = create_connection(("127.0.0.1", porta), timeout=10)
    conexao.sendall(inicio)
    return conexao


def _colhe(porta: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{porta}/metrics") as resposta:
            return bool(resposta.status == 200)
    except OSError:
        return False


def _fazer(
    http: TestClient, caminho: str, corpo: dict[str, Any] | None = None, chave: str | None = None
) -> Any:
    cabecalhos = {} if chave is None else {"Idempotency-Key": chave}
    resposta = http.post(caminho, json=corpo or {}, headers=cabecalhos)
    assert resposta.is_success, resposta.text
    return resposta.json()


def _valor(metricas: Metricas, nome: str, **rotulos: str) -> float | None:
    return metricas.registro.get_sample_value(nome, rotulos)
