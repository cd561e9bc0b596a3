"""GET /eventos: o que muda se ouve na hora, seja quem for que mudou, e nada se perde na queda."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Any

import pytest
from fastapi import FastAPI

from oficina_api import acesso, eventos, mural
from oficina_api.app import criar_app
from oficina_api.mural import Mural, Quadro
from oficina_api.tokens import Tokens
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.unidade import UnidadeSQL
from oficina_core.casos import eventos as casos
from oficina_core.casos.clientes import CriarCliente
from oficina_core.casos.funcionarios import DesativarFuncionario, EditarFuncionario, VerFuncionario
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.portas import Pedido
from oficina_core.dominio.acesso import Papel, Sujeito
from oficina_core.dominio.erros import Indisponivel
from tests.api.elenco import abrir_filial, configuracao
from tests.api.escuta import Escuta
from tests.api.programa import Programa, contratar, identificar, no_ar, pedir, token
from tests.api.servico import NoAr, aguardar
from tests.api.servico import no_ar as no_ar_aqui

CPFS = ("111.444.777-35", "390.533.447-05")


@pytest.fixture(scope="module")
def dupla(banco_mysql: str) -> Iterator[tuple[Programa, ...]]:
    with no_ar(banco_mysql, 2, opcoes=("--espera", "30")) as programas:
        yield programas


@pytest.fixture
def eu(url_mysql: str) -> dict[str, str]:
    return identificar(url_mysql)


@pytest.fixture
def direta(url_mysql: str) -> Iterator[OficinaLocal]:
    """Quem muda sem passar por API nenhuma, como a linha de comando."""
    oficina = OficinaLocal.em(url_mysql)
    yield oficina
    oficina.fechar()


def cadastrar(oficina: OficinaLocal, nome: str = "Ana", loja: int | None = None) -> int:
    caso = CriarCliente(nome=nome, telefone="(11) 98765-4321")
    return oficina.executar(caso, Pedido(loja=loja)).id


def cadastrar_por(api: Programa, eu: dict[str, str], nome: str = "Ana") -> int:
    corpo = {"nome": nome, "telefone": "(11) 98765-4321"}
    return int(api.pedir("POST", "/clientes", corpo, **eu).json["id"])


def test_os_dois_processos_avisam_do_que_muda_por_qualquer_caminho(
    dupla: tuple[Programa, ...], eu: dict[str, str], direta: OficinaLocal
) -> None:
    with Escuta(dupla[0].porta, **eu) as uma, Escuta(dupla[1].porta, **eu) as outra:
        for escuta in (uma, outra):
            assert escuta.resposta.status == 200
            assert escuta.resposta.headers["Content-Type"].startswith("text/event-stream")
            inicio = escuta.proximo()
            assert inicio
            assert (inicio.tipo, inicio.dados) == ("inicio", {})
        mudancas = (
            cadastrar_por(dupla[0], eu),
            cadastrar_por(dupla[1], eu),
            cadastrar(direta),
        )
        for numero in mudancas:
            for escuta in (uma, outra):
                aviso = escuta.ate(numero)[-1]
                assert aviso.tipo == "mudou"
                assert aviso.dados.keys() == {"id", "entidade", "entidade_id", "acao", "em"}
                assert aviso.dados["acao"] == "CriarCliente"


def test_quem_caiu_continua_de_onde_parou(
    dupla: tuple[Programa, ...], eu: dict[str, str], direta: OficinaLocal
) -> None:
    with Escuta(dupla[0].porta, **eu) as escuta:
        marca = escuta.ate(cadastrar(direta))[-1].id
    perdidos = [cadastrar(direta, f"Cliente {numero}") for numero in range(3)]
    with Escuta(dupla[1].porta, **eu, Last_Event_ID=marca) as escuta:
        ouvidos = [escuta.ate(numero)[-1].dados["id"] for numero in perdidos]
    assert ouvidos == sorted(ouvidos)


@pytest.mark.parametrize("marca", ["", "-1", "1.5", "abc", "9" * 19, "١"])
def test_marca_que_nao_e_de_aviso_se_recusa(
    dupla: tuple[Programa, ...], eu: dict[str, str], marca: str
) -> None:
    escrita = marca.encode().decode("latin-1")
    recusa = dupla[0].pedir("GET", "/eventos", **eu, Last_Event_ID=escrita)
    assert (recusa.status, recusa.json["codigo"]) == (422, "dado_invalido")


def test_so_a_equipe_ouve(
    dupla: tuple[Programa, ...], url_mysql: str, direta: OficinaLocal
) -> None:
    sem_token = dupla[0].pedir("GET", "/eventos")
    assert (sem_token.status, sem_token.cabecalhos["www-authenticate"]) == (401, "Bearer")
    cliente = token(url_mysql, f"cliente:{cadastrar(direta)}", "otp")
    assert dupla[0].pedir("GET", "/eventos", Authorization=f"Bearer {cliente}").status == 403


def test_cada_loja_ouve_o_que_e_dela(
    dupla: tuple[Programa, ...], url_mysql: str, direta: OficinaLocal
) -> None:
    abrir_filial(url_mysql)
    matriz, filial = (loja.id for loja in direta.executar(ListarLojas()).itens)
    quem = {
        loja: identificar(url_mysql, papel=Papel.MECANICO, cpf=cpf, loja=loja)
        for cpf, loja in zip(CPFS, (matriz, filial), strict=True)
    }
    da_rede = identificar(url_mysql)
    porta = dupla[0].porta
    with (
        Escuta(porta, **quem[matriz]) as na_matriz,
        Escuta(porta, **quem[filial]) as na_filial,
        Escuta(porta, **da_rede) as na_rede,
        Escuta(porta, **da_rede, X_Loja=str(filial)) as na_escolhida,
    ):
        numeros = [cadastrar(direta, loja=loja) for loja in (filial, matriz, filial)]
        esperados = (
            (na_matriz, [numeros[1]]),
            (na_filial, [numeros[0], numeros[2]]),
            (na_rede, numeros),
            (na_escolhida, [numeros[0], numeros[2]]),
        )
        for escuta, esperado in esperados:
            ouvidos = [ouvido.dados["entidade_id"] for ouvido in escuta.ate(esperado[-1])]
            assert ouvidos == esperado
    assert dupla[0].pedir("GET", "/eventos", **quem[matriz], X_Loja=str(filial)).status == 404


def test_a_despedida_encerra_a_transmissao(url_mysql: str, eu: dict[str, str]) -> None:
    """Já no começo da espera, e em ordem: quem ouve vai logo a outro processo."""
    with no_ar(url_mysql, opcoes=("--espera", "1")) as (api,), Escuta(api.porta, **eu) as escuta:
        assert escuta.proximo()
        api.despedir()
        while escuta.proximo():
            pass
        assert api.processo.wait(timeout=10) == 0


@dataclass
class Aqui:
    """A API neste processo, que confere depressa quem ouve."""

    api: NoAr
    mural: Mural
    url: str

    @property
    def ouvintes(self) -> int:
        return sum(len(quadro._ouvintes) for quadro in self.mural._quadros.values())


@pytest.fixture
def aqui(url_mysql: str) -> Iterator[Aqui]:
    oficina = OficinaLocal.em(url_mysql)
    identificar = acesso.identificador(Tokens.de(configuracao(url_mysql)))
    app: FastAPI = criar_app(oficina, identificar)
    mural = Mural(oficina, 0.05)
    eventos.instalar(app, oficina, mural, identificar, conferencia=0.2)
    with no_ar_aqui(app) as api:
        yield Aqui(api, mural, url_mysql)
    oficina.fechar()


def test_quem_se_desativa_para_de_ouvir(aqui: Aqui, direta: OficinaLocal) -> None:
    numero = contratar(aqui.url)
    autorizado = {"Authorization": f"Bearer {token(aqui.url, f'funcionario:{numero}')}"}
    with Escuta(aqui.api.porta, **autorizado) as escuta:
        escuta.ate(cadastrar(direta))
        direta.executar(DesativarFuncionario(funcionario_id=numero))
        while escuta.proximo():
            pass
    aguardar(lambda: aqui.ouvintes == 0)
    assert pedir(aqui.api.porta, "GET", "/eventos", **autorizado).status == 401


def test_quem_muda_de_loja_para_de_ouvir_a_que_deixou(aqui: Aqui, direta: OficinaLocal) -> None:
    abrir_filial(aqui.url)
    matriz, filial = (loja.id for loja in direta.executar(ListarLojas()).itens)
    numero = contratar(aqui.url, Papel.MECANICO, loja=matriz)
    autorizado = {"Authorization": f"Bearer {token(aqui.url, f'funcionario:{numero}')}"}
    with Escuta(aqui.api.porta, **autorizado) as escuta:
        escuta.ate(cadastrar(direta, loja=matriz))
        ficha = direta.executar(VerFuncionario(funcionario_id=numero))
        direta.executar(
            EditarFuncionario(
                funcionario_id=numero,
                versao=ficha.versao,
                cpf=ficha.cpf,
                nome=ficha.nome,
                papel=ficha.papel,
                loja_id=filial,
            )
        )
        while escuta.proximo():
            pass


def test_quem_ficou_para_tras_demais_le_tudo_de_novo(
    aqui: Aqui, eu: dict[str, str], direta: OficinaLocal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mural, "EVENTOS_MAXIMO", 2)
    monkeypatch.setattr(casos, "EVENTOS_MAXIMO", 2)
    with Escuta(aqui.api.porta, **eu) as escuta:
        marca = escuta.ate(cadastrar(direta))[-1].id
    aguardar(lambda: all(q._tarefa.done() for q in aqui.mural._quadros.values() if q._tarefa))
    for numero in range(2 * mural.PAGINAS_MAXIMO):
        cadastrar(direta, f"Cliente {numero}")
    with Escuta(aqui.api.porta, **eu, Last_Event_ID=marca) as escuta:
        inicio, aviso = escuta.proximo(), escuta.proximo()
        assert inicio
        assert aviso
        assert (inicio.tipo, aviso.tipo) == ("inicio", "recarregar")
        assert escuta.ate(cadastrar(direta, "Depois"))[-1].tipo == "mudou"


def test_head_nao_fica_ouvindo(aqui: Aqui, eu: dict[str, str]) -> None:
    resposta = pedir(aqui.api.porta, "HEAD", "/eventos", **eu)
    assert (resposta.status, resposta.corpo) == (200, b"")
    aguardar(lambda: aqui.ouvintes == 0)


def test_quem_vai_embora_nao_deixa_nada(
    aqui: Aqui, eu: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eventos, "POR_PESSOA", 20)
    escutas = [Escuta(aqui.api.porta, **eu) for _ in range(20)]
    assert all(escuta.proximo() for escuta in escutas)
    assert aqui.ouvintes == 20
    for escuta in escutas:
        escuta.__exit__()
    aguardar(lambda: aqui.ouvintes == 0)
    aguardar(lambda: not aqui.api.servidor.server_state.tasks)
    aguardar(lambda: all(q._tarefa.done() for q in aqui.mural._quadros.values() if q._tarefa))


def test_com_gente_demais_ouvindo_ainda_se_atende(
    aqui: Aqui, eu: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eventos, "OUVINTES_MAXIMO", 2)
    with Escuta(aqui.api.porta, **eu) as uma, Escuta(aqui.api.porta, **eu) as outra:
        assert uma.proximo()
        assert outra.proximo()
        recusa = pedir(aqui.api.porta, "GET", "/eventos", **eu)
        assert (recusa.status, recusa.cabecalhos["retry-after"]) == (503, "1")
        assert pedir(aqui.api.porta, "GET", "/clientes", **eu).status == 200


def ouvir_ao_mesmo_tempo(aqui: Aqui, eu: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> int:
    """Quantas se aceitam, de muitas que chegam antes de qualquer uma começar."""
    soltas, comecar = Event(), OficinaLocal.como

    def devagar(oficina: OficinaLocal, sujeito: Sujeito) -> Any:
        soltas.wait(10)
        return comecar(oficina, sujeito)

    monkeypatch.setattr(OficinaLocal, "como", devagar)
    with ThreadPoolExecutor(20) as gente:
        chegam = [gente.submit(Escuta, aqui.api.porta, **eu) for _ in range(20)]
        aguardar(lambda: len(aqui.api.servidor.server_state.connections) == 20)
        soltas.set()
        escutas = [escuta.result() for escuta in chegam]
    aceitas = sum(escuta.resposta.status == 200 for escuta in escutas)
    for escuta in escutas:
        escuta.__exit__()
    return aceitas


def test_uma_pessoa_so_nao_toma_os_lugares_das_outras(
    aqui: Aqui, eu: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nem chegando tudo ao mesmo tempo; e quem sai devolve o lugar."""
    outra = identificar(aqui.url, cpf=CPFS[1])
    assert ouvir_ao_mesmo_tempo(aqui, eu, monkeypatch) == eventos.POR_PESSOA
    aguardar(lambda: not aqui.api.servidor.server_state.tasks)
    escutas = [Escuta(aqui.api.porta, **eu) for _ in range(eventos.POR_PESSOA)]
    assert {escuta.resposta.status for escuta in escutas} == {200}
    assert pedir(aqui.api.porta, "GET", "/eventos", **eu).status == 503
    with Escuta(aqui.api.porta, **outra) as escuta:
        assert escuta.resposta.status == 200
    for escuta in escutas:
        escuta.__exit__()


def test_banco_que_some_logo_no_comeco_encerra_em_ordem(
    aqui: Aqui, eu: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def falhar(*_: object) -> None:
        raise Indisponivel("O banco não respondeu.")

    monkeypatch.setattr(Quadro, "novos", falhar)
    with Escuta(aqui.api.porta, **eu) as escuta:
        inicio = escuta.proximo()
        assert inicio
        assert inicio.tipo == "inicio"
        assert escuta.proximo() is None


class Demorada(OficinaLocal):
    """A que escreve os eventos, toma os números deles, e só confirma quando se deixa."""

    escreveu, pode = Event(), Event()

    def _conferir_esquecidos(self, uow: UnidadeSQL) -> None:
        self.escreveu.set()
        self.pode.wait(10)


def confirmar_ao_contrario(aqui: Aqui, direta: OficinaLocal, escuta: Escuta) -> tuple[Any, ...]:
    """Duas transações, e a primeira confirma depois: o aviso da segunda, e os da primeira."""
    Demorada.escreveu.clear()
    Demorada.pode.clear()
    demorada = Demorada.em(aqui.url)
    with ThreadPoolExecutor(1) as fio:
        primeira = fio.submit(cadastrar, demorada, "Primeira")
        assert Demorada.escreveu.wait(10)
        segunda = cadastrar(direta, "Segunda")
        (*_, ouvida) = escuta.ate(segunda)
        Demorada.pode.set()
        atrasada = primeira.result()
    demorada.fechar()
    (*resto, _) = escuta.ate(cadastrar(direta, "Terceira"))
    return ouvida, [aviso for aviso in resto if aviso.dados["entidade_id"] == atrasada]


def test_o_que_se_confirma_fora_de_ordem_tambem_se_ouve(
    aqui: Aqui, eu: dict[str, str], direta: OficinaLocal
) -> None:
    with Escuta(aqui.api.porta, **eu) as escuta:
        ouvida, (atrasada,) = confirmar_ao_contrario(aqui, direta, escuta)
    assert atrasada.dados["id"] < ouvida.dados["id"]


def test_quem_so_lembra_o_ultimo_numero_perde_o_que_se_confirma_depois(
    aqui: Aqui, eu: dict[str, str], direta: OficinaLocal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O controle: a marca que não espera por quem falta."""

    def ingenua(marca: int, avisos: list[Any], _: object) -> int:
        return avisos[-1].id if avisos else marca

    monkeypatch.setattr(casos, "avancar", ingenua)
    with Escuta(aqui.api.porta, **eu) as escuta:
        _, atrasados = confirmar_ao_contrario(aqui, direta, escuta)
    assert atrasados == []
