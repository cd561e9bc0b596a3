"""O primeiro gerente: só enquanto a oficina não tem ninguém, e já com a senha dele."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.funcionarios import (
    CriarFuncionario,
    DesativarFuncionario,
    FichaFuncionario,
    ListarFuncionarios,
    VerFuncionario,
)
from oficina_core.casos.instalacao import CriarPrimeiroFuncionario
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import AcessoNegado, Conflito, DadoInvalido, NaoIdentificado
from oficina_core.senhas import entrar
from tests import cenario

SENHA = "uma frase de abrir a oficina"
BIA = CriarPrimeiroFuncionario(
    cpf=cenario.CPF_BIA, nome="Bia", senha=SENHA, email="bia@oficina.com.br"
)


def test_o_primeiro_e_gerente_da_rede_e_entra_com_a_senha_que_disse(local: OficinaLocal) -> None:
    ficha = local.executar(BIA)
    assert (ficha.papel, ficha.loja_id, ficha.email) == (Papel.GERENTE, None, "bia@oficina.com.br")
    assert entrar(local, cenario.CPF_BIA, SENHA, "127.0.0.1") == cenario.sujeito(ficha)
    with pytest.raises(NaoIdentificado):
        entrar(local, cenario.CPF_BIA, SENHA.upper(), "127.0.0.1")


def test_a_senha_nao_se_guarda_nem_se_mostra(local: OficinaLocal) -> None:
    assert SENHA not in repr(BIA)
    efeitos = local.simular(BIA).efeitos
    assert {(efeito.entidade, efeito.acao) for efeito in efeitos} == {
        ("funcionarios", "CriarPrimeiroFuncionario")
    }
    assert not any(SENHA in efeito.diferenca or "argon2" in efeito.diferenca for efeito in efeitos)


def test_havendo_alguem_mesmo_desativado_quem_cadastra_e_o_gerente(local: OficinaLocal) -> None:
    ze = cenario.funcionario(local, Papel.MECANICO)
    with pytest.raises(Conflito, match="peça a um gerente"):
        local.executar(BIA)
    local.executar(DesativarFuncionario(funcionario_id=ze.id))
    with pytest.raises(Conflito, match="peça a um gerente"):
        local.executar(BIA)
    assert local.executar(ListarFuncionarios()).itens == ()


def test_repetir_nao_troca_a_senha_do_primeiro(local: OficinaLocal) -> None:
    ficha = local.executar(BIA)
    with pytest.raises(Conflito):
        local.executar(
            CriarPrimeiroFuncionario(cpf=cenario.CPF_BIA, nome="Bia", senha="outra frase qualquer")
        )
    assert local.executar(VerFuncionario(funcionario_id=ficha.id)) == ficha
    assert entrar(local, cenario.CPF_BIA, SENHA, "127.0.0.1").id == ficha.id


def test_so_o_gerente_e_o_sistema_podem_pedir(local: OficinaLocal) -> None:
    mecanico = local.como(cenario.sujeito(cenario.funcionario(local, Papel.MECANICO)))
    with pytest.raises(AcessoNegado):
        mecanico.executar(BIA)


def test_a_loja_nao_muda_por_se_tomar_a_vez_nela(local: OficinaLocal) -> None:
    (antes,) = local.executar(ListarLojas()).itens
    local.executar(BIA)
    (depois,) = local.executar(ListarLojas()).itens
    assert (depois.nome, depois.fuso) == (antes.nome, antes.fuso)


@pytest.mark.parametrize("senha", ["curta", "12345678", "aaaaaaaa", "mecanico123"])
def test_senha_que_se_adivinha_nao_serve_nem_ao_primeiro(senha: str) -> None:
    with pytest.raises(DadoInvalido, match="senha"):
        CriarPrimeiroFuncionario(cpf=cenario.CPF_BIA, nome="Bia", senha=senha)


@pytest.mark.parametrize(("cpf", "nome"), [("111", "Bia"), (cenario.CPF_BIA, " ")])
def test_o_que_nao_serve_se_recusa_antes_de_gravar(cpf: str, nome: str) -> None:
    with pytest.raises(DadoInvalido):
        CriarPrimeiroFuncionario(cpf=cpf, nome=nome, senha=SENHA)


def test_dois_ao_mesmo_tempo_deixam_um(
    local: OficinaLocal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quem já viu a oficina vazia espera o outro ver também; se a vez se toma, ele não vem."""
    encontro = threading.Barrier(2, timeout=1)
    cadastrar = CriarFuncionario.executar

    def esperar_o_outro(caso: CriarFuncionario, uow: UnidadeDeTrabalho) -> FichaFuncionario:
        with suppress(threading.BrokenBarrierError):
            encontro.wait()
        return cadastrar(caso, uow)

    monkeypatch.setattr(CriarFuncionario, "executar", esperar_o_outro)

    def tentar(cpf: str) -> bool:
        try:
            local.executar(CriarPrimeiroFuncionario(cpf=cpf, nome="Bia", senha=SENHA))
        except Conflito:
            return False
        return True

    with ThreadPoolExecutor(2) as dois:
        assert sorted(dois.map(tentar, (cenario.CPF_BIA, cenario.CPF_ZE))) == [False, True]
    assert len(local.executar(ListarFuncionarios()).itens) == 1
