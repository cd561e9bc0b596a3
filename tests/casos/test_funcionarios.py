"""Funcionários: quem trabalha na oficina e o papel que tem."""

from dataclasses import replace
from typing import Any

import pytest

from oficina_core.casos.funcionarios import (
    CriarFuncionario,
    DesativarFuncionario,
    EditarFuncionario,
    FichaFuncionario,
    LinhaFuncionario,
    ListarFuncionarios,
    ReativarFuncionario,
    VerFuncionario,
)
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import Conflito, DadoInvalido, NaoEncontrado, VersaoAntiga
from tests import cenario


@pytest.fixture
def ze(oficina: Oficina) -> FichaFuncionario:
    return oficina.executar(
        CriarFuncionario(
            cpf=cenario.CPF_ZE, nome="Zé", papel=Papel.MECANICO, email="Ze@Oficina.com.br"
        )
    )


def ver(oficina: Oficina, ficha: FichaFuncionario) -> FichaFuncionario:
    return oficina.executar(VerFuncionario(funcionario_id=ficha.id))


def editar(ficha: FichaFuncionario, **campos: Any) -> EditarFuncionario:
    dados: dict[str, Any] = {
        "funcionario_id": ficha.id,
        "versao": ficha.versao,
        "cpf": ficha.cpf,
        "nome": ficha.nome,
        "papel": ficha.papel,
        "email": ficha.email,
        "loja_id": ficha.loja_id,
    }
    return EditarFuncionario(**(dados | campos))


def test_funcionario_criado_se_ve_inteiro(oficina: Oficina, ze: FichaFuncionario) -> None:
    assert ze == FichaFuncionario(
        id=ze.id,
        nome="Zé",
        cpf="11144477735",
        papel=Papel.MECANICO,
        email="ze@oficina.com.br",
        loja_id=None,
        ativo=True,
        versao=1,
    )
    assert ver(oficina, ze) == ze


def test_lista_nao_mostra_o_cpf(oficina: Oficina, ze: FichaFuncionario) -> None:
    assert oficina.executar(ListarFuncionarios()).itens == (
        LinhaFuncionario(
            id=ze.id,
            nome="Zé",
            papel=Papel.MECANICO,
            cpf="***.444.777-**",
            loja_id=None,
            ativo=True,
        ),
    )


@pytest.mark.parametrize("cpf", ["111.111.111-11", "111.444.777-36", "12ABC34501DE35", ""])
def test_funcionario_precisa_de_um_cpf_que_exista(cpf: str) -> None:
    with pytest.raises(DadoInvalido, match="CPF"):
        CriarFuncionario(cpf=cpf, nome="Zé", papel=Papel.MECANICO)


def test_cpf_repetido_e_conflito_ativo_ou_nao(oficina: Oficina, ze: FichaFuncionario) -> None:
    outro = CriarFuncionario(cpf="11144477735", nome="Outro", papel=Papel.GERENTE)
    with pytest.raises(Conflito, match=f"{ze.id}"):
        oficina.executar(outro)
    oficina.executar(DesativarFuncionario(funcionario_id=ze.id))
    with cenario.recusa(Conflito, conserta=f"funcionario reativar id:{ze.id}"):
        oficina.executar(outro)
    assert oficina.executar(ListarFuncionarios()).itens == ()


def test_o_mesmo_cpf_pode_ser_cliente_e_funcionario(oficina: Oficina) -> None:
    cenario.cliente(oficina, documento=cenario.CPF_ZE)
    assert cenario.funcionario(oficina, Papel.ATENDENTE).cpf == "11144477735"


def test_loja_que_nao_existe_e_recusada(oficina: Oficina, ze: FichaFuncionario) -> None:
    with pytest.raises(NaoEncontrado, match="loja 999"):
        oficina.executar(editar(ze, loja_id=999_999))
    with pytest.raises(NaoEncontrado, match="loja 999"):
        oficina.executar(
            CriarFuncionario(cpf=cenario.CPF_BIA, nome="Bia", papel=Papel.GERENTE, loja_id=999_999)
        )
    assert [linha.id for linha in oficina.executar(ListarFuncionarios()).itens] == [ze.id]


def test_editar_troca_tudo_e_o_nao_dito_fica_vazio(oficina: Oficina, ze: FichaFuncionario) -> None:
    (matriz,) = oficina.executar(ListarLojas()).itens
    novos: dict[str, Any] = {
        "cpf": "12345678909",
        "nome": "Bia",
        "papel": Papel.GERENTE,
        "loja_id": matriz.id,
    }
    editado = oficina.executar(editar(ze, **novos))
    assert editado == replace(ze, versao=2, **novos)
    assert ver(oficina, ze) == editado
    limpo = oficina.executar(editar(editado, email=None, loja_id=None))
    assert (limpo.email, limpo.loja_id) == (None, None)
    assert ver(oficina, ze) == limpo


def test_editar_com_o_cpf_de_outro_e_conflito(oficina: Oficina, ze: FichaFuncionario) -> None:
    bia = cenario.funcionario(oficina, Papel.GERENTE, cenario.CPF_BIA)
    with pytest.raises(Conflito, match=f"{bia.id}"):
        oficina.executar(editar(ze, cpf=bia.cpf))
    assert ver(oficina, ze) == ze


def test_quem_viu_a_versao_antiga_nao_grava_por_cima(
    oficina: Oficina, ze: FichaFuncionario
) -> None:
    gerente = oficina.executar(editar(ze, papel=Papel.GERENTE))
    with pytest.raises(VersaoAntiga):
        oficina.executar(editar(ze, nome="José"))
    assert ver(oficina, ze) == gerente


def test_desativar_tira_da_lista_e_reativar_devolve(oficina: Oficina, ze: FichaFuncionario) -> None:
    desativado = oficina.executar(DesativarFuncionario(funcionario_id=ze.id))
    assert desativado == replace(ze, ativo=False, versao=2)
    assert oficina.executar(ListarFuncionarios()).itens == ()
    assert [x.id for x in oficina.executar(ListarFuncionarios(inativos=True)).itens] == [ze.id]
    assert oficina.executar(ReativarFuncionario(funcionario_id=ze.id)) == replace(ze, versao=3)
    assert [x.id for x in oficina.executar(ListarFuncionarios()).itens] == [ze.id]


@pytest.mark.parametrize("caso", [VerFuncionario, DesativarFuncionario, ReativarFuncionario])
def test_funcionario_que_nao_existe_nao_se_acha(
    oficina: Oficina, caso: type[VerFuncionario | DesativarFuncionario | ReativarFuncionario]
) -> None:
    with pytest.raises(NaoEncontrado, match="funcionário 7"):
        oficina.executar(caso(funcionario_id=7))
