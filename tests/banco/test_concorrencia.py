"""O que só aparece quando várias pessoas mexem ao mesmo tempo.

Os concorrentes são processos, como no balcão; cada corrida termina com `verificar` limpo (a
fixture o chama). O controle, sem a guarda, tem de vender demais: é ele que prova a corrida.
"""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, event, text

from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir, gravando
from oficina_core.casos.clientes import CriarCliente, DadosCliente, ListarClientes
from oficina_core.casos.estoque import (
    AjustarEstoque,
    ConferirEstoque,
    EntradaEstoque,
    LinhaMovimento,
    ListarMovimentos,
)
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos import CriarOrcamento, ListarOrcamentos, RevisarOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens import ListarOrdens, VerOrdem
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, FinalizarOrdem
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.casos.parametros import DefinirParametro
from oficina_core.casos.pecas import CriarPeca, EditarPeca, VerPeca
from oficina_core.casos.portas import CasoDeUso
from oficina_core.casos.veiculos import CriarVeiculo, DadosVeiculo, ListarVeiculos
from oficina_core.dominio.erros import Conflito
from oficina_core.dominio.estoque import CausaMovimento
from oficina_core.dominio.orcamento import StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from tests import cenario
from tests.banco import corrida
from tests.banco.corrida import Chegada, Corredor, Pista

CORREDORES = int(os.environ.get("OFICINA_TESTE_CORREDORES", "8"))
RODADAS = int(os.environ.get("OFICINA_TESTE_RODADAS", "2"))


@pytest.fixture
def balcao(local: OficinaLocal) -> OficinaLocal:
    cenario.catalogo(local)
    return local


@pytest.fixture(scope="module")
def corredores() -> Iterator[list[Corredor]]:
    todos: list[Corredor] = []
    yield todos
    for corredor in todos:
        corredor.parar()


@pytest.fixture
def pista(url: str, corredores: list[Corredor]) -> Pista:
    return Pista(url, corredores)


def resultados(chegadas: list[Chegada]) -> Counter[str | None]:
    return Counter(chegada.erro for chegada in chegadas)


def esperando(oficina: OficinaLocal, quantos: int, *pecas: ItemPedido | str) -> list[int]:
    """Orçamentos de balcão enviados, todos com as mesmas peças."""
    return [
        oficina.executar(CriarOrcamento(veiculo_id=cenario.PLACA, pecas=pecas, enviar=True)).id
        for _ in range(quantos)
    ]


def test_ultima_unidade_se_vende_uma_vez(balcao: OficinaLocal, pista: Pista) -> None:
    cenario.abrir(balcao)
    for rodada in range(RODADAS):
        codigo = f"ULTIMA-{rodada}"
        cenario.peca(balcao, codigo, estoque="1")
        casos = [AprovarOrcamento(orcamento_id=n) for n in esperando(balcao, CORREDORES, codigo)]
        chegadas = pista.correr(casos)
        assert resultados(chegadas) == {None: 1, "falta_peca": CORREDORES - 1}
        assert {c.mensagem[:14] for c in chegadas if c.erro} == {"Falta estoque:"}


def test_quem_aprova_o_mesmo_orcamento_recebe_a_mesma_ordem_e_nunca_sem_estoque(
    balcao: OficinaLocal, pista: Pista
) -> None:
    cenario.abrir(balcao)
    for rodada in range(RODADAS):
        codigo = f"ULTIMA-{rodada}"
        cenario.peca(balcao, codigo, estoque="1")
        (numero,) = esperando(balcao, 1, codigo)
        chegadas = pista.correr([AprovarOrcamento(orcamento_id=numero)] * CORREDORES)
        assert resultados(chegadas) == {None: CORREDORES}
        assert len({chegada.resposta["id"] for chegada in chegadas}) == 1


def test_sem_a_guarda_a_ultima_unidade_se_vende_varias_vezes(
    balcao: OficinaLocal, url: str
) -> None:
    """O controle: lê e decide fora da transação, e grava o valor absoluto em outra.

    O CHECK do banco continua lá e não percebe nada: o saldo fica certo, e a peça, vendida demais.
    """
    motor = create_engine(abrir(url).url, poolclass=NullPool)
    for rodada in range(RODADAS):
        peca = {"peca": cenario.peca(balcao, f"ULTIMA-{rodada}", estoque="1")}
        largada = threading.Barrier(CORREDORES, timeout=corrida.PRAZO)

        def vender(_: int, peca: dict[str, int] = peca, largada: Any = largada) -> bool:
            with motor.connect() as conexao:
                disponivel = conexao.execute(LIVRE, peca).scalar_one()
            largada.wait()
            if disponivel < 1:
                return False
            with gravando(motor) as conexao:
                conexao.execute(SEPARA, peca)
            return True

        with ThreadPoolExecutor(CORREDORES) as pessoas:
            vendidas = sum(pessoas.map(vender, range(CORREDORES)))
        assert vendidas > 1
        with gravando(motor) as conexao:
            conexao.execute(DEVOLVE, peca)


LIVRE = text("SELECT estoque - reservado FROM estoques WHERE peca_id = :peca")
SEPARA = text("UPDATE estoques SET reservado = 1 WHERE peca_id = :peca")
DEVOLVE = text("UPDATE estoques SET reservado = 0 WHERE peca_id = :peca")


def duelo(
    oficina: OficinaLocal,
    pista: Pista,
    montar: Callable[[OficinaLocal], tuple[Any, Any]],
    rodadas: int = 4,
) -> list[tuple[str | None, str | None]]:
    """Dois casos que se atropelam, em várias rodadas; metade larga na ordem inversa."""
    finais = []
    for rodada in range(rodadas):
        um, outro = montar(oficina)
        casos = [um, outro] if rodada % 2 else [outro, um]
        chegadas = pista.correr(casos)
        erros = [chegada.erro for chegada in chegadas]
        finais.append((erros[0], erros[1]) if rodada % 2 else (erros[1], erros[0]))
    return finais


def test_aprovar_contra_recusar_tem_um_vencedor(balcao: OficinaLocal, pista: Pista) -> None:
    def montar(oficina: OficinaLocal) -> tuple[Any, Any]:
        enviado = cenario.enviado(oficina)
        return (
            AprovarOrcamento(orcamento_id=enviado.id),
            RecusarOrcamento(orcamento_id=enviado.id, motivo="caro"),
        )

    for final in duelo(balcao, pista, montar):
        assert set(final) == {None, "conflito"}


def test_aprovar_contra_cancelar_a_ordem_nao_deixa_reserva_solta(
    balcao: OficinaLocal, pista: Pista
) -> None:
    def montar(oficina: OficinaLocal) -> tuple[Any, Any]:
        enviado = cenario.enviado(oficina)
        return (
            AprovarOrcamento(orcamento_id=enviado.id),
            CancelarOrdem(ordem_id=enviado.ordem_id or 0, motivo="desistiu"),
        )

    for aprovou, cancelou in duelo(balcao, pista, montar):
        assert cancelou is None
        assert aprovou in (None, "conflito")


def test_complementar_aprovado_contra_finalizar(balcao: OficinaLocal, pista: Pista) -> None:
    cenario.peca(balcao, "CORREIA", estoque="100")

    def montar(oficina: OficinaLocal) -> tuple[Any, Any]:
        ordem = cenario.em_execucao(oficina, servicos=("OLEO",))
        extra = cenario.complementar(oficina, ordem.id, "CORREIA")
        return AprovarOrcamento(orcamento_id=extra.id), FinalizarOrdem(ordem_id=ordem.id)

    for aprovou, finalizou in duelo(balcao, pista, montar):
        assert aprovou is None
        assert finalizou in (None, "regra_violada")


def test_entrada_que_completa_contra_cancelar(balcao: OficinaLocal, pista: Pista) -> None:
    peca_id = cenario.peca(balcao, "CORREIA")

    def montar(oficina: OficinaLocal) -> tuple[Any, Any]:
        ordem = cenario.abrir(oficina, pecas=("CORREIA",))
        oficina.executar(AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id, permitir_falta=True))
        return (
            EntradaEstoque(peca_id=peca_id, quantidade=Decimal(1)),
            CancelarOrdem(ordem_id=ordem.id, motivo="desistiu"),
        )

    assert set(duelo(balcao, pista, montar)) == {(None, None)}
    ficha = balcao.executar(VerPeca(peca_id=peca_id))
    assert (ficha.estoque, ficha.reservado) == (4, 0)


def livro_de(oficina: OficinaLocal, peca_id: int) -> tuple[LinhaMovimento, ...]:
    """Do mais velho para o mais novo; o último tem de dizer o saldo."""
    livro = oficina.executar(ListarMovimentos(peca_id=peca_id)).itens[::-1]
    saldo = oficina.executar(VerPeca(peca_id=peca_id)).estoque
    assert saldo == livro[-1].saldo_apos == sum(linha.delta for linha in livro)
    return livro


def acertado(livro: tuple[LinhaMovimento, ...]) -> Decimal:
    """O saldo logo depois da contagem."""
    (ajuste,) = (linha for linha in livro if linha.causa is CausaMovimento.AJUSTE)
    return ajuste.saldo_apos


def test_contar_contra_dar_entrada_acerta_o_que_se_contou_e_nao_engole_a_entrada(
    balcao: OficinaLocal, pista: Pista
) -> None:
    pecas: list[int] = []

    def montar(oficina: OficinaLocal) -> tuple[Any, Any]:
        pecas.append(cenario.peca(oficina, f"CORREIA-{len(pecas)}", estoque="10"))
        return (
            ConferirEstoque(peca_id=pecas[-1], contado=Decimal(7)),
            EntradaEstoque(peca_id=pecas[-1], quantidade=Decimal(5)),
        )

    assert set(duelo(balcao, pista, montar)) == {(None, None)}
    for peca_id in pecas:
        livro = livro_de(balcao, peca_id)
        assert livro[-1].saldo_apos in (7, 12)
        assert acertado(livro) == 7


def test_contagens_juntas_da_mesma_prateleira_acertam_uma_vez(
    balcao: OficinaLocal, pista: Pista
) -> None:
    for rodada in range(RODADAS):
        peca_id = cenario.peca(balcao, f"CORREIA-{rodada}", estoque="100")
        contar = ConferirEstoque(peca_id=peca_id, contado=Decimal(97))
        assert resultados(pista.correr([contar] * CORREDORES)) == {None: CORREDORES}
        assert livro_de(balcao, peca_id)[-1].saldo_apos == 97


def test_sem_a_trava_a_contagem_acerta_o_que_ninguem_contou(balcao: OficinaLocal) -> None:
    """O controle: lê o saldo em uma transação e acerta em outra, com a entrada no meio."""
    peca_id = cenario.peca(balcao, "CORREIA", estoque="10")
    lido = balcao.executar(VerPeca(peca_id=peca_id)).estoque
    balcao.executar(EntradaEstoque(peca_id=peca_id, quantidade=Decimal(5)))
    balcao.executar(AjustarEstoque(peca_id=peca_id, delta=7 - lido, motivo="conferência"))
    assert acertado(livro_de(balcao, peca_id)) == 12


def test_sem_a_trava_contagens_juntas_descontam_a_falta_varias_vezes(balcao: OficinaLocal) -> None:
    """O controle: todos leem antes que alguém acerte."""
    peca_id = cenario.peca(balcao, "CORREIA", estoque="100")
    largada = threading.Barrier(CORREDORES, timeout=corrida.PRAZO)

    def contar(_: int) -> None:
        lido = balcao.executar(VerPeca(peca_id=peca_id)).estoque
        largada.wait()
        balcao.executar(AjustarEstoque(peca_id=peca_id, delta=97 - lido, motivo="conferência"))

    with ThreadPoolExecutor(CORREDORES) as pessoas:
        list(pessoas.map(contar, range(CORREDORES)))
    assert livro_de(balcao, peca_id)[-1].saldo_apos == 100 - 3 * CORREDORES


def test_mudar_o_preco_contra_orcar_congela_um_dos_dois(balcao: OficinaLocal, pista: Pista) -> None:
    peca_id = cenario.peca(balcao, "CORREIA", "10.00")
    cenario.abrir(balcao)

    def montar(oficina: OficinaLocal) -> tuple[Any, Any]:
        ficha = oficina.executar(VerPeca(peca_id=peca_id))
        return (
            EditarPeca(
                peca_id=peca_id,
                versao=ficha.versao,
                codigo=ficha.codigo,
                nome=ficha.nome,
                preco=ficha.preco + 1,
            ),
            CriarOrcamento(veiculo_id=cenario.PLACA, pecas=(peca_id,)),
        )

    assert set(duelo(balcao, pista, montar)) == {(None, None)}


def test_revisar_contra_aprovar_no_balcao_abre_uma_ordem_so(
    balcao: OficinaLocal, pista: Pista
) -> None:
    cenario.abrir(balcao)

    def montar(oficina: OficinaLocal) -> tuple[Any, Any]:
        pedido = CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",), enviar=True)
        criado = oficina.executar(pedido)
        return RevisarOrcamento(orcamento_id=criado.id), AprovarOrcamento(orcamento_id=criado.id)

    for revisou, aprovou in duelo(balcao, pista, montar):
        assert aprovou is None
        assert revisou in (None, "conflito")
    rascunhos = ListarOrcamentos(status=StatusOrcamento.RASCUNHO)
    assert balcao.executar(rascunhos).itens == ()


def test_duas_revisoes_do_mesmo_orcamento_deixam_uma(balcao: OficinaLocal, pista: Pista) -> None:
    enviado = cenario.enviado(balcao)
    chegadas = pista.correr([RevisarOrcamento(orcamento_id=enviado.id)] * 4)
    assert resultados(chegadas) == {None: 1, "conflito": 3}


def test_dois_orcamentos_principais_na_mesma_ordem_deixam_um(
    balcao: OficinaLocal, pista: Pista
) -> None:
    ordem = cenario.abrir(balcao)
    chegadas = pista.correr([CriarOrcamento(ordem_id=ordem.id, servicos=("OLEO",))] * 4)
    assert resultados(chegadas) == {None: 1, "conflito": 3}


def test_pagamentos_juntos_nao_passam_da_conta(balcao: OficinaLocal, pista: Pista) -> None:
    ordem = cenario.em_execucao(balcao)
    pronta = balcao.executar(FinalizarOrdem(ordem_id=ordem.id))
    pagar = RegistrarPagamento(
        ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=pronta.saldo, outro_igual=True
    )
    assert resultados(pista.correr([pagar] * 4)) == {None: 1, "regra_violada": 3}


def test_a_mesma_chave_junto_e_um_efeito_e_a_mesma_resposta(
    balcao: OficinaLocal, pista: Pista
) -> None:
    caso = CriarCliente(nome="Ana", telefone="11987654321")
    chegadas = pista.correr([caso] * CORREDORES, "chave-do-balcao")
    assert resultados(chegadas) == {None: CORREDORES}
    assert len({chegada.resposta["id"] for chegada in chegadas}) == 1


def test_o_mesmo_documento_junto_cadastra_um_cliente(balcao: OficinaLocal, pista: Pista) -> None:
    caso = CriarCliente(nome="Ana", documento=cenario.CPF_ANA)
    chegadas = pista.correr([caso] * 4)
    assert resultados(chegadas) == {None: 1, "conflito": 3}
    (ficha,) = (chegada.resposta for chegada in chegadas if not chegada.erro)
    dito = {chegada.mensagem for chegada in chegadas if chegada.erro}
    (frase,) = dito
    assert frase.startswith(f"Já existe: cliente {ficha['id']}.")


@contextmanager
def atropelado(oficina: OficinaLocal, url: str, rival: CasoDeUso[Any]) -> Iterator[None]:
    """O rival se cadastra depois que o outro viu que não havia e antes que ele grave.

    No SQLite, quem grava está só: o último instante é antes de pegar a vez.
    """
    outra = OficinaLocal.em(url)
    sqlite = oficina._motor.dialect.name == "sqlite"
    instante = "BEGIN IMMEDIATE" if sqlite else f"INSERT INTO {ALVO[type(rival)]}"
    vezes = iter([rival])

    @event.listens_for(oficina._motor, "before_cursor_execute")
    def atropelar(_: Any, __: Any, comando: str, *___: Any) -> None:
        if comando.startswith(instante) and (caso := next(vezes, None)):
            outra.executar(caso)

    yield
    assert next(vezes, None) is None
    event.remove(oficina._motor, "before_cursor_execute", atropelar)
    outra.fechar()


ALVO: dict[type, str] = {
    CriarCliente: "clientes",
    CriarVeiculo: "veiculos",
    CriarPeca: "pecas",
    AbrirOrdem: "clientes",
    DefinirParametro: "parametros",
}


@pytest.mark.parametrize(
    "caso",
    [
        CriarCliente(nome="Ana", documento=cenario.CPF_ANA),
        CriarVeiculo(placa="BRA2E19", marca="VW", modelo="Gol", cliente_id=cenario.CPF_BIA),
        CriarPeca(codigo="VELA", nome="Vela", preco=Decimal(10)),
    ],
    ids=lambda caso: type(caso).__name__,
)
def test_quem_perde_a_corrida_de_um_cadastro_ouve_o_que_ouviria_depois(
    local: OficinaLocal, url: str, caso: CasoDeUso[Any]
) -> None:
    cenario.cliente(local, "Bia", cenario.CPF_BIA)
    with atropelado(local, url, caso), pytest.raises(Conflito) as na_corrida:
        local.executar(caso)
    with pytest.raises(Conflito) as depois:
        local.executar(caso)
    assert str(na_corrida.value) == str(depois.value)


def test_duas_recepcoes_do_mesmo_carro_novo_acham_o_mesmo_cliente(
    local: OficinaLocal, url: str
) -> None:
    caso = AbrirOrdem(
        veiculo_id=cenario.PLACA,
        veiculo=DadosVeiculo(marca="VW", modelo="Gol"),
        cliente=DadosCliente(nome="Ana", documento=cenario.CPF_ANA),
        queixa="Barulho",
    )
    with atropelado(local, url, caso):
        segunda = local.executar(caso)
    fila = local.executar(ListarOrdens()).itens
    assert len(fila) == 2
    assert {ordem.cliente for ordem in fila} == {segunda.cliente}
    assert len(local.executar(ListarVeiculos()).itens) == 1
    assert len(local.executar(ListarClientes()).itens) == 1


def test_dois_que_definem_o_mesmo_parametro_ficam_com_o_ultimo(
    local: OficinaLocal, url: str
) -> None:
    with atropelado(local, url, DefinirParametro(nome="validade_dias", valor=5)):
        parametros = local.executar(DefinirParametro(nome="validade_dias", valor=9))
    assert parametros.validade_dias == 9


def test_pecas_em_ordem_trocada_nao_se_travam(balcao: OficinaLocal, pista: Pista) -> None:
    for codigo in ("DISCO", "CABO"):
        cenario.peca(balcao, codigo, estoque="99")
    cenario.abrir(balcao)
    pares = [("DISCO", "CABO"), ("CABO", "DISCO")]
    casos = [
        AprovarOrcamento(
            orcamento_id=balcao.executar(
                CriarOrcamento(veiculo_id=cenario.PLACA, pecas=pares[i % 2], enviar=True)
            ).id
        )
        for i in range(CORREDORES)
    ]
    chegadas = pista.correr(casos)
    assert resultados(chegadas) == {None: CORREDORES}
    ordem = balcao.executar(VerOrdem(ordem_id=chegadas[0].resposta["id"]))
    assert ordem.status is StatusOrdem.EM_EXECUCAO


@pytest.mark.parametrize("sinal", [signal.SIGKILL, signal.SIGSTOP])
def test_corredor_que_morre_ou_para_reprova_a_corrida_e_a_seguinte_tem_outro(
    url_sqlite: str, monkeypatch: pytest.MonkeyPatch, sinal: signal.Signals
) -> None:
    corredor = Corredor()
    pista = Pista(url_sqlite, [corredor])
    corredor._processo.send_signal(sinal)
    caso = CriarCliente(nome="Ana", telefone="11987654321")
    with monkeypatch.context() as apressado:
        apressado.setattr(corrida, "PRAZO", 1)
        with pytest.raises((AssertionError, BrokenPipeError)):
            pista.correr([caso])
    assert resultados(pista.correr([caso])) == {None: 1}
    pista._corredores[0].parar()
