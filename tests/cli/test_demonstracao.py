"""A oficina de mentira: a mesma para a mesma semente, e com tudo o que se quer mostrar."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from oficina_cli.demonstracao import preparar
from oficina_core.banco.local import OficinaLocal, relogio
from oficina_core.banco.verificacao import verificar
from oficina_core.casos import traducao
from oficina_core.casos.clientes import ListarClientes, VerCliente
from oficina_core.casos.estoque import ListarMovimentos
from oficina_core.casos.funcionarios import ListarFuncionarios
from oficina_core.casos.orcamentos import LinhaOrcamento, ListarOrcamentos
from oficina_core.casos.ordens import FichaOrdem, ListarOrdens, VerHistoricoOrdem, VerOrdem
from oficina_core.casos.pecas import ListarPecas
from oficina_core.casos.portas import CasoDeUso
from oficina_core.casos.veiculos import ListarVeiculos, VerHistoricoVeiculo
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import Conflito
from oficina_core.dominio.orcamento import StatusItem, StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.texto import sem_acento

AGORA = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
HOJE = date(2026, 11, 23)
TUDO = 100
LISTAS: tuple[CasoDeUso[Any], ...] = (
    *(lista(limite=TUDO) for lista in (ListarClientes, ListarVeiculos, ListarFuncionarios)),
    *(lista(limite=TUDO) for lista in (ListarPecas, ListarOrcamentos, ListarMovimentos)),
    *(ListarOrdens(status=status, limite=TUDO) for status in StatusOrdem),
)


@pytest.fixture(scope="module")
def pasta(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demonstracao")


@pytest.fixture(scope="module")
def oficina(pasta: Path) -> Iterator[OficinaLocal]:
    demonstracao = preparar(pasta / "demo.db", agora=lambda: AGORA)
    yield demonstracao
    demonstracao.fechar()


@pytest.fixture(scope="module")
def ordens(oficina: OficinaLocal) -> list[FichaOrdem]:
    linhas = [
        linha
        for status in StatusOrdem
        for linha in oficina.executar(ListarOrdens(status=status, limite=TUDO)).itens
    ]
    return [oficina.executar(VerOrdem(ordem_id=linha.id)) for linha in linhas]


@pytest.fixture(scope="module")
def orcamentos(oficina: OficinaLocal) -> tuple[LinhaOrcamento, ...]:
    return oficina.executar(ListarOrcamentos(limite=TUDO)).itens


def fotografar(oficina: OficinaLocal) -> list[str]:
    return [traducao.canonico(oficina.executar(lista)) for lista in LISTAS]


def test_a_mesma_semente_da_os_mesmos_dados(oficina: OficinaLocal, pasta: Path) -> None:
    igual = preparar(pasta / "igual.db", 1, lambda: AGORA)
    assert fotografar(igual) == fotografar(oficina)
    igual.fechar()


def test_tudo_fecha(oficina: OficinaLocal, pasta: Path) -> None:
    assert verificar(f"sqlite:///{pasta / 'demo.db'}") == ()


def test_ha_ordem_e_orcamento_em_cada_estado(
    ordens: list[FichaOrdem], orcamentos: tuple[LinhaOrcamento, ...]
) -> None:
    assert {ordem.status for ordem in ordens} == set(StatusOrdem)
    assert {orcamento.status for orcamento in orcamentos} == set(StatusOrcamento)
    assert len(ordens) > 40


def test_um_orcamento_vence_amanha(orcamentos: tuple[LinhaOrcamento, ...]) -> None:
    esperando = [o for o in orcamentos if o.status is StatusOrcamento.AGUARDANDO_APROVACAO]
    assert [o.validade for o in esperando].count(HOJE + timedelta(days=1)) == 1


def test_ha_o_que_foge_do_caminho_comum(ordens: list[FichaOrdem]) -> None:
    assert any(ordem.falta_peca for ordem in ordens)
    assert any(ordem.aguarda_complementar for ordem in ordens)
    assert any(ordem.aviso and ordem.aviso.startswith("Falta receber") for ordem in ordens)
    assert any(ordem.pagamentos and ordem.status is StatusOrdem.EM_EXECUCAO for ordem in ordens)
    recusadas = [
        item.motivo
        for ordem in ordens
        for orcamento in ordem.orcamentos
        for item in orcamento.itens
        if orcamento.status is StatusOrcamento.APROVADO and item.status is StatusItem.RECUSADO
    ]
    assert recusadas
    assert all(recusadas)


def test_o_recusado_volta_como_sugestao_na_ordem_de_hoje(
    oficina: OficinaLocal, ordens: list[FichaOrdem]
) -> None:
    placas = {o.placa for o in ordens if o.status is StatusOrdem.AGUARDANDO_APROVACAO}
    veiculos = oficina.executar(ListarVeiculos(limite=TUDO)).itens
    historicos = [
        oficina.executar(VerHistoricoVeiculo(veiculo_id=v.id))
        for v in veiculos
        if v.placa in placas
    ]
    assert any(historico.recusados for historico in historicos)


def test_nada_acontece_depois_de_agora_nem_fora_de_ordem(
    oficina: OficinaLocal, ordens: list[FichaOrdem]
) -> None:
    for ordem in ordens:
        momentos = [linha.em for linha in oficina.executar(VerHistoricoOrdem(ordem_id=ordem.id))]
        assert momentos == sorted(momentos)
        assert momentos[-1] <= AGORA
    assert [o.id for o in sorted(ordens, key=lambda o: o.criado_em)] == sorted(o.id for o in ordens)


def test_quem_faz_e_gente_da_oficina(oficina: OficinaLocal, ordens: list[FichaOrdem]) -> None:
    equipe = oficina.executar(ListarFuncionarios()).itens
    papeis = Counter(pessoa.papel for pessoa in equipe)
    assert papeis == {Papel.GERENTE: 1, Papel.ATENDENTE: 1, Papel.MECANICO: 3}
    nomes = {pessoa.nome for pessoa in equipe}
    assert {
        linha.ator
        for ordem in ordens
        for linha in oficina.executar(VerHistoricoOrdem(ordem_id=ordem.id))
    } <= nomes


def test_ha_peca_abaixo_do_minimo(oficina: OficinaLocal) -> None:
    assert oficina.executar(ListarPecas(abaixo_do_minimo=True)).itens


def test_clientes_de_todo_tipo(oficina: OficinaLocal) -> None:
    linhas = oficina.executar(ListarClientes(limite=TUDO)).itens
    clientes = [oficina.executar(VerCliente(cliente_id=linha.id)) for linha in linhas]
    documentos = [cliente.documento for cliente in clientes]
    assert len(clientes) == 40
    assert None in documentos
    assert any(d for d in documentos if d and len(d) == 14 and not d.isdigit())
    assert any("[Frota]" in cliente.nome for cliente in clientes)
    assert any(sem_acento(cliente.nome) != cliente.nome.lower() for cliente in clientes)


def test_placas_nas_duas_grafias(oficina: OficinaLocal) -> None:
    placas = [v.placa for v in oficina.executar(ListarVeiculos(limite=TUDO)).itens]
    antigas = sum(placa[4].isdigit() for placa in placas)
    assert len(placas) == 60
    assert 15 <= antigas <= 45


def test_o_ticket_e_plausivel(ordens: list[FichaOrdem]) -> None:
    entregues = [ordem.total for ordem in ordens if ordem.status is StatusOrdem.ENTREGUE]
    assert 300 < sum(entregues, Decimal(0)) / len(entregues) < 1200


@pytest.mark.parametrize(
    ("semente", "agora"),
    [
        (2, datetime(2026, 1, 1, 3, 30, tzinfo=UTC)),  # meia-noite e meia em São Paulo, ano novo
        (3, datetime(2024, 3, 1, 2, 59, tzinfo=UTC)),  # ainda é 29 de fevereiro em São Paulo
    ],
)
def test_com_outra_semente_e_a_qualquer_hora(
    oficina: OficinaLocal, tmp_path: Path, semente: int, agora: datetime
) -> None:
    outra = preparar(tmp_path / "demo.db", semente, lambda: agora)
    orcamentos = outra.executar(ListarOrcamentos(limite=TUDO)).itens
    assert {orcamento.status for orcamento in orcamentos} == set(StatusOrcamento)
    assert all(orcamento.criado_em <= agora for orcamento in orcamentos)
    assert outra.executar(LISTAS[0]) != oficina.executar(LISTAS[0])
    assert verificar(f"sqlite:///{tmp_path / 'demo.db'}") == ()
    outra.fechar()


def test_depois_de_pronta_a_hora_e_a_de_verdade(tmp_path: Path) -> None:
    demonstracao = preparar(tmp_path / "demo.db")
    recebidas = demonstracao.executar(ListarOrdens(status=StatusOrdem.RECEBIDA)).itens
    assert demonstracao._agora is relogio
    assert relogio() - recebidas[-1].criado_em < timedelta(minutes=10)
    demonstracao.fechar()


def test_nao_escreve_por_cima(tmp_path: Path) -> None:
    arquivo = tmp_path / "meu.db"
    arquivo.write_text("importante")
    with pytest.raises(Conflito, match="Já existe"):
        preparar(arquivo)
    assert arquivo.read_text() == "importante"


@pytest.mark.parametrize("ordens", [3, 700])
def test_anos_de_movimento_fecham_como_as_ordens_feitas_uma_a_uma(
    ordens: int, tmp_path: Path
) -> None:
    arquivo = tmp_path / "anos.db"
    oficina = preparar(arquivo, agora=lambda: AGORA, ordens=ordens)
    oficina.fechar()
    assert verificar(f"sqlite:///{arquivo}") == ()
    with sqlite3.connect(arquivo) as banco:
        assert banco.execute("PRAGMA foreign_key_check").fetchall() == []
        (entregues,) = banco.execute(
            "SELECT COUNT(*) FROM ordens_servico WHERE status = 'ENTREGUE'"
        ).fetchone()
        (sem_evento,) = banco.execute(
            "SELECT COUNT(*) FROM movimentos_estoque m WHERE NOT EXISTS (SELECT 1 FROM eventos e "
            "WHERE e.entidade = 'movimentos_estoque' AND e.entidade_id = m.id)"
        ).fetchone()
    assert ordens <= entregues < ordens + 40
    assert sem_evento == 0
