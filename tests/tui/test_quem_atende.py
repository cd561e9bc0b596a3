"""Quem atende, em que loja, e o que se faz quando a oficina não conhece quem chegou."""

import pytest
from sqlalchemy import text

from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir as abrir_motor
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.ordens import ListarOrdens, VerHistoricoOrdem
from oficina_core.casos.portas import Pedido
from oficina_core.dominio.acesso import Papel
from tests import cenario
from tests.tui.conftest import Abrir, na_tela, teclar

pytestmark = pytest.mark.anyio

SENHA = "cavalo bateria grampo"


async def test_trocar_de_operador_pede_cpf_e_senha_e_o_que_se_faz_e_dele(
    local: OficinaLocal, abrir: Abrir
) -> None:
    cenario.catalogo(local)
    ordem = cenario.em_execucao(local)
    ze = cenario.funcionario(local, Papel.GERENTE)
    local.executar(DefinirSenha(funcionario_id=ze.id, senha=SENHA))
    async with abrir(local) as piloto:
        await teclar(piloto, "ctrl+p", "!operador", "enter", f"!{cenario.CPF_ZE}", "enter")
        await teclar(piloto, "!senha errada", "enter")
        assert "O CPF ou a senha não conferem" in na_tela(piloto)
        assert cenario.CPF_ZE in na_tela(piloto)
        await teclar(piloto, f"!{SENHA}", "enter")
        assert "Zé" in na_tela(piloto).splitlines()[0]
        assert SENHA not in na_tela(piloto)
        await teclar(piloto, f"!{ordem.id}", "enter", "f", "ctrl+s")
    historico = local.executar(VerHistoricoOrdem(ordem_id=ordem.id))
    assert next(linha.ator for linha in historico if linha.acao == "FinalizarOrdem") == ze.nome


async def test_na_rede_de_lojas_pergunta_em_qual_se_esta(url_sqlite: str, abrir: Abrir) -> None:
    motor = abrir_motor(url_sqlite)
    with motor.begin() as conexao:
        conexao.execute(
            text("INSERT INTO lojas (id, nome, fuso, versao) VALUES (7, 'Filial', :fuso, 1)"),
            {"fuso": "America/Manaus"},
        )
    motor.dispose()
    oficina = OficinaLocal.em(url_sqlite)
    async with abrir(oficina, (120, 40)) as piloto:
        assert "Em que loja você está?" in na_tela(piloto)
        await teclar(piloto, "f", "enter")
        assert "Filial" in na_tela(piloto).splitlines()[0]
        assert "08:00" in na_tela(piloto).splitlines()[0]  # Manaus é uma hora antes
    assert oficina.executar(ListarOrdens(), Pedido(loja=7)).itens == ()
    oficina.fechar()
