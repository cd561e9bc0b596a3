"""Os dados pessoais à mostra: fica no registro quem os viu, e de quem; só do que se mostrou."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from oficina_core.banco import tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes import CriarCliente
from oficina_core.casos.clientes_exportacao import ExportarDadosCliente
from oficina_core.casos.clientes_importacao import RevelarClientes
from oficina_core.casos.portas import Oficina, Pedido
from oficina_core.casos.veiculos import CriarVeiculo
from oficina_core.casos.veiculos_importacao import RevelarVeiculos
from oficina_core.dominio.acesso import TipoAtor
from oficina_core.dominio.erros import DadoInvalido
from tests import cenario
from tests.vestigios import eventos


def povoar(oficina: Oficina) -> tuple[int, int]:
    """Ana, com CPF e um Gol, e Zé, com telefone e um Uno; os números deles."""
    ana = oficina.executar(CriarCliente(nome="Ana Souza", documento=cenario.CPF_ANA)).id
    ze = oficina.executar(CriarCliente(nome="Zé da Borracharia", telefone="(11) 3456-7890")).id
    gol = CriarVeiculo(
        placa="ABC1234", marca="VW", modelo="Gol", cor="prata", km=98_500, cliente_id=ana
    )
    oficina.executar(gol)
    oficina.executar(CriarVeiculo(placa="DEF4G56", marca="Fiat", modelo="Uno", cliente_id=ze))
    return ana, ze


def vistos(oficina: OficinaLocal, acao: str) -> list[Any]:
    return [json.loads(evento.diferenca)["clientes"] for evento in eventos(oficina, acao)]


def test_os_clientes_se_revelam_por_paginas(oficina: Oficina) -> None:
    povoar(oficina)
    primeira = oficina.executar(RevelarClientes(limite=1))
    assert [(x.nome, x.documento) for x in primeira.itens] == [("Ana Souza", "52998224725")]
    seguinte = oficina.executar(RevelarClientes(limite=1, cursor=primeira.proximo))
    assert [(x.nome, x.telefone) for x in seguinte.itens] == [
        ("Zé da Borracharia", "+551134567890")
    ]
    assert seguinte.proximo is None


def test_os_veiculos_se_revelam_com_o_dono(oficina: Oficina) -> None:
    povoar(oficina)
    itens = oficina.executar(RevelarVeiculos()).itens
    assert [(x.placa, x.cor, x.km, x.cliente, x.documento, x.telefone) for x in itens] == [
        ("ABC1234", "prata", 98_500, "Ana Souza", "52998224725", None),
        ("DEF4G56", None, None, "Zé da Borracharia", None, "+551134567890"),
    ]


@pytest.mark.parametrize("caso", [RevelarClientes, RevelarVeiculos])
def test_so_fica_no_registro_quem_se_mostrou_nesta_pagina(local: OficinaLocal, caso: Any) -> None:
    ana, ze = povoar(local)
    local.executar(caso(limite=1))
    local.executar(caso())
    local.executar(caso(busca="ninguém"))
    assert vistos(local, caso.__name__) == [f"{ana}", f"{ana}, {ze}"]
    (primeiro, _) = eventos(local, caso.__name__)
    assert (primeiro.entidade, primeiro.ator_tipo) == ("revelacoes", TipoAtor.SISTEMA)


@pytest.mark.parametrize("caso", [RevelarClientes, RevelarVeiculos, ExportarDadosCliente])
def test_nao_se_simula_o_que_mostraria_sem_deixar_registro(oficina: Oficina, caso: Any) -> None:
    ana, _ = povoar(oficina)
    pedido = caso(cliente_id=ana) if caso is ExportarDadosCliente else caso()
    with pytest.raises(DadoInvalido, match="não se simula") as erro:
        oficina.simular(pedido)
    assert "529" not in str(erro.value)


def test_o_que_se_revela_nao_se_guarda_com_a_chave(local: OficinaLocal) -> None:
    local.executar(CriarCliente(nome="Ana", documento=cenario.CPF_ANA))
    for caso in (RevelarClientes(), RevelarVeiculos()):
        local.executar(caso, Pedido(chave=f"chave-{type(caso).__name__}"))
    with local._motor.connect() as conexao:
        guardadas = dict(
            conexao.execute(
                select(tabelas.idempotencia.c.caso, tabelas.idempotencia.c.resposta)
            ).all()
        )
    assert (guardadas["RevelarClientes"], guardadas["RevelarVeiculos"]) == ("{}", "{}")
