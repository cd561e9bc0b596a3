"""Acompanhar o que acontece, sem perder o que se confirma fora da ordem dos números."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from oficina_core.banco import tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import gravando
from oficina_core.casos import traducao
from oficina_core.casos.clientes import CriarCliente, ListarClientes
from oficina_core.casos.eventos import (
    EVENTOS_MAXIMO,
    PRAZO_DA_TRANSACAO,
    TRANSACAO_MAXIMA,
    Aviso,
    ListarEventos,
    Novidades,
    avancar,
)
from oficina_core.casos.funcionarios import CriarFuncionario
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.portas import Pedido
from oficina_core.dominio.acesso import Papel, TipoAtor
from oficina_core.dominio.erros import AcessoNegado, DadoInvalido, Indisponivel
from oficina_core.dominio.evento import Evento
from tests import cenario
from tests.conftest import Relogio

SEQ = iter(range(1, 10**9))


def linha(em: datetime, loja: int | None = None) -> dict[str, Any]:
    """Um evento de um registro qualquer."""
    return {
        "loja_id": loja,
        "entidade": "clientes",
        "entidade_id": 10**9,
        "seq": next(SEQ),
        "acao": "EditarCliente",
        "diferenca": "{}",
        "ator_tipo": TipoAtor.SISTEMA,
        "ator_id": None,
        "ator_nome": "sistema",
        "requisicao": None,
        "em": em,
    }


def escrever(conexao: Connection, em: datetime, loja: int | None = None) -> int:
    return int(conexao.execute(insert(tabelas.eventos), linha(em, loja)).lastrowid)


def acontecer(local: OficinaLocal, em: datetime, *lojas: int | None) -> list[int]:
    """Eventos já confirmados, e os números deles."""
    with gravando(local._motor) as conexao:
        return [escrever(conexao, em, loja) for loja in lojas or (None,)]


def desfazer(local: OficinaLocal, em: datetime) -> None:
    """Uma transação que escreveu e não se confirmou."""
    with gravando(local._motor) as conexao:
        escrever(conexao, em)
        conexao.rollback()


def depois(local: OficinaLocal, marca: int) -> tuple[list[int], int]:
    novidades = local.executar(ListarEventos(marca=marca))
    return [aviso.id for aviso in novidades.avisos], novidades.marca


# --- Começar a acompanhar


def test_sem_nada_comeca_se_do_zero(local: OficinaLocal) -> None:
    assert local.executar(ListarEventos()) == Novidades(avisos=(), marca=0)
    assert depois(local, 0) == ([], 0)


def test_sem_marca_so_se_diz_de_onde_comecar(local: OficinaLocal, relogio: Relogio) -> None:
    antigos = acontecer(local, relogio(), None, None)
    relogio.passar(seconds=61)
    assert local.executar(ListarEventos()) == Novidades(avisos=(), marca=antigos[-1])
    recentes = acontecer(local, relogio(), None, None)
    assert local.executar(ListarEventos()).marca == antigos[-1], "o recente ainda pode ter vizinho"
    assert depois(local, antigos[-1]) == (recentes, recentes[-1])


def test_com_tudo_recente_comeca_se_antes_do_primeiro(
    local: OficinaLocal, relogio: Relogio
) -> None:
    recentes = acontecer(local, relogio(), None, None, None)
    assert local.executar(ListarEventos()).marca == recentes[0] - 1


def test_com_mais_de_uma_pagina_recente_comeca_se_na_ultima(
    local: OficinaLocal, relogio: Relogio
) -> None:
    recentes = acontecer(local, relogio(), *[None] * (EVENTOS_MAXIMO + 7))
    assert local.executar(ListarEventos()).marca == recentes[7] - 1


# --- Continuar


def test_o_aviso_diz_o_que_mudou_e_nao_o_que_esta_nele(local: OficinaLocal) -> None:
    inicio = local.executar(ListarEventos()).marca
    ana = cenario.cliente(local)
    (aviso,) = local.executar(ListarEventos(marca=inicio)).avisos
    assert aviso == Aviso(
        id=aviso.id, entidade="clientes", entidade_id=ana.id, acao="CriarCliente", em=aviso.em
    )
    assert aviso.em == ana.criado_em
    assert "Ana" not in traducao.canonico(aviso)


def test_as_paginas_sao_de_quinhentos_e_nada_se_perde_nem_se_repete(
    local: OficinaLocal, relogio: Relogio
) -> None:
    assert EVENTOS_MAXIMO == 500
    todos = acontecer(local, relogio(), *[None] * 1100)
    vistos: list[int] = []
    marca, tamanhos = todos[0] - 1, []
    while True:
        ids, marca = depois(local, marca)
        if not ids:
            break
        tamanhos.append(len(ids))
        vistos += ids
    assert (vistos, tamanhos, marca) == (todos, [500, 500, 100], todos[-1])


def test_a_marca_do_futuro_fica_onde_esta(local: OficinaLocal, relogio: Relogio) -> None:
    (ultimo,) = acontecer(local, relogio())
    assert depois(local, ultimo + 1000) == ([], ultimo + 1000)


@pytest.mark.parametrize("marca", [-1, 2**63])
def test_a_marca_tem_de_ser_um_numero_de_evento(marca: int) -> None:
    with pytest.raises(DadoInvalido) as recusa:
        ListarEventos(marca=marca)
    assert recusa.value.campo == "marca"


# --- Fora da ordem dos números


def test_o_que_se_confirma_depois_com_numero_menor_nao_se_perde(
    local: OficinaLocal, relogio: Relogio
) -> None:
    """O banco dá o número ao escrever e só mostra ao confirmar; o controle, pelo maior, perde."""
    if local._motor.dialect.name == "sqlite":
        pytest.skip("no SQLite quem grava está só, e confirma na ordem")
    (marca,) = acontecer(local, relogio())
    ingenuo, seguida = marca, marca
    vistos_ingenuo: list[int] = []
    vistos: set[int] = set()

    def olhar() -> None:
        nonlocal ingenuo, seguida
        novos, _ = depois(local, ingenuo)
        vistos_ingenuo.extend(novos)
        ingenuo = max([ingenuo, *novos])
        ids, seguida = depois(local, seguida)
        vistos.update(ids)

    with gravando(local._motor) as lenta:
        menor = escrever(lenta, relogio())
        (maior,) = acontecer(local, relogio())
        assert maior == menor + 1
        olhar()
        assert vistos == {maior}
        assert seguida == marca, "não passa do número que falta"
        lenta.commit()
    olhar()
    olhar()
    assert vistos == {menor, maior}
    assert seguida == maior
    assert vistos_ingenuo == [maior], "o controle: quem segue o maior número perde o menor"


def test_a_falta_que_ja_nao_se_preenche_se_salta_depois_de_um_minuto(
    local: OficinaLocal, relogio: Relogio
) -> None:
    if local._motor.dialect.name == "sqlite":
        pytest.skip("no SQLite a transação desfeita devolve o número")
    assert timedelta(seconds=60) == PRAZO_DA_TRANSACAO
    (marca,) = acontecer(local, relogio())
    desfazer(local, relogio())
    (novo,) = acontecer(local, relogio())
    assert novo == marca + 2
    relogio.passar(seconds=59)
    assert depois(local, marca) == ([novo], marca)
    relogio.passar(seconds=1)
    assert depois(local, marca) == ([novo], novo)
    assert depois(local, novo) == ([], novo)


AGORA = datetime(2026, 11, 23, 12)  # noqa: DTZ001 — só se comparam entre si
RECENTE, ANTIGO = AGORA, AGORA - timedelta(seconds=61)


@pytest.mark.parametrize(
    ("eventos", "esperada"),
    [
        ([], 10),
        ([(11, RECENTE), (12, RECENTE)], 12),
        ([(12, RECENTE)], 10),
        ([(12, ANTIGO)], 12),
        ([(11, RECENTE), (13, RECENTE), (14, RECENTE)], 11),
        ([(11, RECENTE), (13, ANTIGO), (14, RECENTE)], 14),
        ([(12, ANTIGO), (14, RECENTE), (15, ANTIGO)], 12),
        ([(12, AGORA - timedelta(seconds=60))], 10),
    ],
)
def test_a_marca_para_na_primeira_falta_recente(
    eventos: list[tuple[int, datetime]], esperada: int
) -> None:
    lidos = [
        Evento(
            id=id,
            loja_id=None,
            entidade="clientes",
            entidade_id=1,
            seq=id,
            acao="EditarCliente",
            diferenca="{}",
            ator_tipo=TipoAtor.SISTEMA,
            ator_id=None,
            ator_nome="sistema",
            requisicao=None,
            em=em,
        )
        for id, em in eventos
    ]
    assert avancar(10, lidos, AGORA - PRAZO_DA_TRANSACAO) == esperada


# --- De quem


@pytest.fixture
def lojas(local: OficinaLocal) -> tuple[int, int]:
    (matriz,) = local.executar(ListarLojas()).itens
    with gravando(local._motor) as conexao:
        nova = insert(tabelas.lojas).values(nome="Filial", fuso="America/Manaus", versao=1)
        return matriz.id, int(conexao.execute(nova).lastrowid)


def test_a_loja_ve_o_que_e_dela_e_o_que_e_de_todas(
    local: OficinaLocal, relogio: Relogio, lojas: tuple[int, int]
) -> None:
    matriz, filial = lojas
    equipe = [
        local.como(
            cenario.sujeito(
                local.executar(
                    CriarFuncionario(cpf=cpf, nome="Zé", papel=Papel.MECANICO, loja_id=loja)
                )
            )
        )
        for loja, cpf in ((matriz, cenario.CPF_ZE), (filial, cenario.CPF_BIA))
    ]
    relogio.passar(seconds=61)
    inicio = local.executar(ListarEventos()).marca
    da_matriz, da_filial, de_todas = acontecer(local, relogio(), matriz, filial, None)
    for oficina, esperados in (
        (local, [da_matriz, da_filial, de_todas]),
        (equipe[0], [da_matriz, de_todas]),
        (equipe[1], [da_filial, de_todas]),
    ):
        assert depois(oficina, inicio)[0] == esperados
    so_da_matriz = local.executar(ListarEventos(marca=inicio), Pedido(loja=matriz)).avisos
    assert [aviso.id for aviso in so_da_matriz] == [da_matriz, de_todas]


def test_o_que_e_de_outra_loja_nao_prende_a_marca_para_sempre(
    local: OficinaLocal, relogio: Relogio, lojas: tuple[int, int]
) -> None:
    """O número que é de outra loja parece uma falta; passado o minuto, já não segura ninguém."""
    matriz, filial = lojas
    (inicio,) = acontecer(local, relogio(), matriz)
    _, dela, _ = acontecer(local, relogio(), filial, matriz, filial)
    da_matriz = Pedido(loja=matriz)
    novidades = local.executar(ListarEventos(marca=inicio), da_matriz)
    assert ([aviso.id for aviso in novidades.avisos], novidades.marca) == ([dela], inicio)
    relogio.passar(seconds=61)
    assert local.executar(ListarEventos(marca=inicio), da_matriz).marca == dela
    assert local.executar(ListarEventos(), da_matriz).marca == dela


@pytest.mark.parametrize("papel", Papel)
def test_a_equipe_toda_acompanha(local: OficinaLocal, papel: Papel) -> None:
    quem = local.como(cenario.sujeito(cenario.funcionario(local, papel)))
    (matriz,) = local.executar(ListarLojas()).itens
    assert quem.executar(ListarEventos(marca=0), Pedido(loja=matriz.id)).avisos


def test_quem_e_de_fora_nao_acompanha(local: OficinaLocal) -> None:
    ana = cenario.cliente(local)
    for sujeito in (cenario.acesso(ana), cenario.identificado()):
        with pytest.raises(AcessoNegado):
            local.como(sujeito).executar(ListarEventos(marca=0))


def test_a_transacao_que_demorou_demais_nao_se_confirma(
    local: OficinaLocal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O aviso dela apareceria depois que a marca de quem ouve já passou por ele."""
    demora = TRANSACAO_MAXIMA.total_seconds() + 1
    ana = CriarCliente(nome="Ana", telefone="(11) 98765-4321")
    monkeypatch.setattr("oficina_core.banco.local.monotonic", iter([0.0, demora]).__next__)
    with pytest.raises(Indisponivel, match="demorou demais e nada se gravou"):
        local.executar(ana)
    assert local.executar(ListarClientes()).itens == ()
    monkeypatch.setattr("oficina_core.banco.local.monotonic", iter([0.0, demora - 2]).__next__)
    assert local.executar(ana).nome == "Ana"
