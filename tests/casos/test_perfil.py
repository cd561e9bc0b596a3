"""O que cada um vê e muda de si, e o andamento de quem só disse o CPF."""

from collections.abc import Callable
from typing import Any

import pytest

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes import CriarCliente, DesativarCliente, FichaCliente, VerCliente
from oficina_core.casos.funcionarios import CriarFuncionario
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.ordens import ListarOrdens, VerOrdem
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, FinalizarOrdem
from oficina_core.casos.perfil import AcompanharOrdens, Andamento, EditarMeuContato, VerMeuPerfil
from oficina_core.casos.portas import CasoDeUso, Oficina, Pedido
from oficina_core.catalogo import CATALOGO, PUBLICADAS
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito, TipoAtor
from oficina_core.dominio.erros import (
    AcessoNegado,
    DadoInvalido,
    MuitasTentativas,
    NaoIdentificado,
    VersaoAntiga,
)
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario
from tests.conftest import Relogio
from tests.exemplos import exemplo

AbrirPara = Callable[[Sujeito], Oficina]


@pytest.fixture
def ana(em_nome_de: AbrirPara) -> FichaCliente:
    return em_nome_de(SISTEMA).executar(
        CriarCliente(
            nome="Ana Conceição",
            documento=cenario.CPF_ANA,
            telefone="(11) 98765-4321",
            email="ana@exemplo.com.br",
        )
    )


# --- Perfil


def test_o_cliente_ve_de_si_o_contato_inteiro_e_a_versao(
    em_nome_de: AbrirPara, ana: FichaCliente
) -> None:
    perfil = em_nome_de(cenario.acesso(ana)).executar(VerMeuPerfil())
    assert (perfil.tipo, perfil.id, perfil.nome) == (TipoAtor.CLIENTE, ana.id, "Ana Conceição")
    assert (perfil.papel, perfil.loja_id, perfil.versao) == ("CLIENTE", None, 1)
    assert (perfil.telefone, perfil.email) == ("+5511987654321", "ana@exemplo.com.br")


@pytest.mark.parametrize("papel", Papel)
def test_o_funcionario_ve_de_si_o_papel_e_a_loja(em_nome_de: AbrirPara, papel: Papel) -> None:
    sistema = em_nome_de(SISTEMA)
    (matriz,) = sistema.executar(ListarLojas()).itens
    ficha = sistema.executar(
        CriarFuncionario(
            cpf=cenario.CPF_ZE, nome="Zé", papel=papel, email="ze@oficina.com", loja_id=matriz.id
        )
    )
    perfil = em_nome_de(cenario.sujeito(ficha)).executar(VerMeuPerfil())
    assert (perfil.tipo, perfil.id, perfil.nome) == (TipoAtor.FUNCIONARIO, ficha.id, "Zé")
    assert (perfil.papel, perfil.loja_id) == (papel.value, matriz.id)
    assert (perfil.telefone, perfil.email, perfil.versao) == (None, "ze@oficina.com", 1)


def test_o_sistema_ve_que_e_o_sistema(oficina: Oficina) -> None:
    perfil = oficina.executar(VerMeuPerfil())
    assert (perfil.tipo, perfil.id, perfil.nome) == (TipoAtor.SISTEMA, None, "sistema")
    assert (perfil.papel, perfil.telefone, perfil.email) == ("GERENTE", None, None)


# --- Contato


def test_o_cliente_troca_o_seu_contato_e_so_ele(em_nome_de: AbrirPara, ana: FichaCliente) -> None:
    sistema, dela = em_nome_de(SISTEMA), em_nome_de(cenario.acesso(ana))
    bia = cenario.cliente(sistema, "Bia", cenario.CPF_BIA)
    novo = dela.executar(EditarMeuContato(versao=1, telefone="11 3456-7890", email="a@b.com"))
    assert (novo.telefone, novo.email, novo.versao) == ("+551134567890", "a@b.com", 2)
    assert dela.executar(VerMeuPerfil()) == novo
    visto = sistema.executar(VerCliente(cliente_id=ana.id))
    assert (visto.telefone, visto.email) == ("+551134567890", "a@b.com")
    assert (visto.nome, visto.documento) == (ana.nome, ana.documento)
    assert sistema.executar(VerCliente(cliente_id=bia.id)) == bia


def test_o_contato_se_troca_ate_tres_vezes_por_hora(
    em_nome_de: AbrirPara, ana: FichaCliente, relogio: Relogio
) -> None:
    dela = em_nome_de(cenario.acesso(ana))
    versao = dela.executar(VerMeuPerfil()).versao
    for vez in range(3):
        versao = dela.executar(EditarMeuContato(versao=versao, email=f"a{vez}@x.com")).versao
    demais = EditarMeuContato(versao=versao, email="mais@x.com")
    with pytest.raises(MuitasTentativas):
        dela.executar(demais)
    relogio.passar(hours=1)
    assert dela.executar(demais).email == "mais@x.com"


def test_o_contato_so_se_troca_sobre_a_versao_que_se_viu(
    em_nome_de: AbrirPara, ana: FichaCliente
) -> None:
    dela = em_nome_de(cenario.acesso(ana))
    dela.executar(EditarMeuContato(versao=1, telefone="11 3456-7890"))
    with pytest.raises(VersaoAntiga):
        dela.executar(EditarMeuContato(versao=1, telefone="11 98765-4321"))
    assert dela.executar(VerMeuPerfil()).telefone == "+551134567890"


def test_quem_tem_documento_pode_ficar_sem_contato(
    em_nome_de: AbrirPara, ana: FichaCliente
) -> None:
    perfil = em_nome_de(cenario.acesso(ana)).executar(EditarMeuContato(versao=1))
    assert (perfil.telefone, perfil.email, perfil.versao) == (None, None, 2)


def test_quem_nao_tem_documento_nao_fica_sem_telefone(em_nome_de: AbrirPara) -> None:
    sem = em_nome_de(SISTEMA).executar(CriarCliente(nome="Rui", telefone="11 98765-4321"))
    dele = em_nome_de(cenario.acesso(sem))
    with pytest.raises(DadoInvalido, match="ao menos o telefone"):
        dele.executar(EditarMeuContato(versao=1, email="rui@exemplo.com"))
    assert dele.executar(VerMeuPerfil()).telefone == "+5511987654321"


@pytest.mark.parametrize("errado", [{"telefone": "123"}, {"email": "sem-arroba"}])
def test_o_contato_tem_de_servir(errado: dict[str, str]) -> None:
    with pytest.raises(DadoInvalido) as recusa:
        EditarMeuContato(versao=1, **errado)
    assert recusa.value.campo in errado


@pytest.mark.parametrize("papel", [*Papel, None], ids=str)
def test_a_equipe_nao_tem_contato_de_cliente_para_trocar(
    em_nome_de: AbrirPara, ana: FichaCliente, papel: Papel | None
) -> None:
    sistema = em_nome_de(SISTEMA)
    quem = cenario.sujeito(cenario.funcionario(sistema, papel)) if papel else SISTEMA
    with pytest.raises(AcessoNegado, match="não pode fazer isso"):
        em_nome_de(quem).executar(EditarMeuContato(versao=1, telefone="11 3456-7890"))
    assert sistema.executar(VerCliente(cliente_id=ana.id)) == ana


# --- Andamento


def duas_ordens(sistema: Oficina) -> tuple[int, int]:
    cenario.catalogo(sistema)
    pronta = cenario.em_execucao(sistema)
    sistema.executar(FinalizarOrdem(ordem_id=pronta.id))
    return pronta.id, cenario.abrir(sistema, queixa="Ar gelado").id


@pytest.mark.parametrize("provou", [True, False], ids=["com acesso", "só o CPF"])
def test_acompanhar_diz_so_o_numero_o_status_e_a_abertura(
    em_nome_de: AbrirPara, ana: FichaCliente, *, provou: bool
) -> None:
    sistema = em_nome_de(SISTEMA)
    antiga, nova = duas_ordens(sistema)
    dela = em_nome_de(cenario.acesso(ana) if provou else cenario.identificado())
    pagina = dela.executar(AcompanharOrdens())
    aberta = sistema.executar(VerOrdem(ordem_id=nova)).criado_em
    assert pagina.itens[0] == Andamento(
        ordem_id=nova, status=StatusOrdem.RECEBIDA, criado_em=aberta
    )
    assert [(linha.ordem_id, linha.status.name) for linha in pagina.itens] == [
        (nova, "RECEBIDA"),
        (antiga, "FINALIZADA"),
    ]


def test_acompanhar_continua_na_pagina_seguinte_sem_repetir_nem_pular(
    em_nome_de: AbrirPara, ana: FichaCliente
) -> None:
    sistema = em_nome_de(SISTEMA)
    numeros = [cenario.abrir(sistema).id for _ in range(5)]
    dela = em_nome_de(cenario.identificado())
    vistos: list[int] = []
    pagina = dela.executar(AcompanharOrdens(limite=2))
    while True:
        vistos += [linha.ordem_id for linha in pagina.itens]
        if pagina.proximo is None:
            break
        pagina = dela.executar(AcompanharOrdens(limite=2, cursor=pagina.proximo))
    assert vistos == numeros[::-1]


def test_o_cursor_de_um_cliente_nao_mostra_nada_a_outro(
    em_nome_de: AbrirPara, ana: FichaCliente
) -> None:
    sistema = em_nome_de(SISTEMA)
    cenario.cliente(sistema, "Bia", cenario.CPF_BIA)
    for _ in range(3):
        cenario.abrir(sistema)
    da_ana = em_nome_de(cenario.acesso(ana)).executar(AcompanharOrdens(limite=1)).proximo
    assert da_ana
    bia = em_nome_de(cenario.identificado(cenario.CPF_BIA))
    pagina = bia.executar(AcompanharOrdens(limite=1, cursor=da_ana))
    assert (pagina.itens, pagina.proximo) == ((), None)


def test_a_ordem_fica_com_quem_era_dono_quando_ela_se_abriu(
    em_nome_de: AbrirPara, ana: FichaCliente
) -> None:
    """O `cliente_id` da ordem é o daquele dia: vender o carro não leva a história dele."""
    sistema = em_nome_de(SISTEMA)
    bia = cenario.cliente(sistema, "Bia", cenario.CPF_BIA)
    carro = cenario.veiculo(sistema)
    antiga = cenario.abrir(sistema).id
    sistema.executar(CancelarOrdem(ordem_id=antiga, motivo="vendeu o carro"))
    cenario.transferir(sistema, carro, bia.id)
    nova = sistema.executar(AbrirOrdem(veiculo_id=cenario.PLACA, queixa="Revisão do novo dono")).id
    for quem, cpf, esperado in ((ana, cenario.CPF_ANA, antiga), (bia, cenario.CPF_BIA, nova)):
        for sujeito in (cenario.acesso(quem), cenario.identificado(cpf)):
            itens = em_nome_de(sujeito).executar(AcompanharOrdens()).itens
            assert [linha.ordem_id for linha in itens] == [esperado]


@pytest.mark.parametrize("papel", [*Papel, None], ids=str)
def test_a_equipe_acompanha_pela_fila(em_nome_de: AbrirPara, papel: Papel | None) -> None:
    sistema = em_nome_de(SISTEMA)
    quem = cenario.sujeito(cenario.funcionario(sistema, papel)) if papel else SISTEMA
    with pytest.raises(AcessoNegado, match="não pode fazer isso; chame o gerente"):
        em_nome_de(quem).executar(AcompanharOrdens())


# --- Quem só disse o CPF


def test_quem_so_disse_o_cpf_so_acompanha(em_nome_de: AbrirPara, ana: FichaCliente) -> None:
    dela = em_nome_de(cenario.identificado())
    for rota in PUBLICADAS:
        if rota.caso is AcompanharOrdens:
            continue
        caso = exemplo(rota.caso, cheio=False)
        for fazer in (dela.executar, dela.simular) if rota.escreve else (dela.executar,):
            with pytest.raises(AcessoNegado, match="só disse o CPF não pode fazer isso; fale"):
                fazer(caso)


def test_quem_so_disse_o_cpf_nao_chega_aos_casos_internos(local: OficinaLocal) -> None:
    cenario.cliente(local)
    dela = local.como(cenario.identificado())
    for rota in CATALOGO:
        if not rota.verbo:
            with pytest.raises(AcessoNegado):
                dela.executar(exemplo(rota.caso))


@pytest.mark.parametrize("conhecido", [True, False], ids=["desativado", "desconhecido"])
def test_o_cpf_sem_cliente_ativo_responde_sempre_o_mesmo(
    em_nome_de: AbrirPara, ana: FichaCliente, *, conhecido: bool
) -> None:
    sistema = em_nome_de(SISTEMA)
    if conhecido:
        sistema.executar(DesativarCliente(cliente_id=ana.id))
    cpf = cenario.CPF_ANA if conhecido else cenario.CPF_BIA
    with pytest.raises(NaoIdentificado) as recusa:
        em_nome_de(cenario.identificado(cpf)).executar(AcompanharOrdens())
    assert str(recusa.value) == "Não se sabe quem pede; entre de novo, ou fale com a oficina."


@pytest.mark.parametrize("sujeito", ["cliente", "cpf"])
def test_desativado_o_cliente_para_de_entrar_na_hora(
    em_nome_de: AbrirPara, ana: FichaCliente, sujeito: str
) -> None:
    sistema = em_nome_de(SISTEMA)
    dela = em_nome_de(cenario.acesso(ana) if sujeito == "cliente" else cenario.identificado())
    casos: list[CasoDeUso[Any]] = [AcompanharOrdens()]
    if sujeito == "cliente":
        casos += [VerMeuPerfil(), ListarOrdens(), EditarMeuContato(versao=1, email="a@b.com")]
    for caso in casos[:3]:
        dela.executar(caso)
    sistema.executar(DesativarCliente(cliente_id=ana.id))
    for caso in casos:
        with pytest.raises(NaoIdentificado):
            dela.executar(caso)


@pytest.mark.parametrize("loja", [1, 999])
def test_a_loja_dita_por_quem_e_de_fora_nao_muda_nada(
    em_nome_de: AbrirPara, ana: FichaCliente, loja: int
) -> None:
    sistema = em_nome_de(SISTEMA)
    numero = cenario.abrir(sistema).id
    for sujeito in (cenario.acesso(ana), cenario.identificado()):
        itens = em_nome_de(sujeito).executar(AcompanharOrdens(), Pedido(loja=loja)).itens
        assert [linha.ordem_id for linha in itens] == [numero]
