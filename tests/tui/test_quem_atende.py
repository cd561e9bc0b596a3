"""Quem atende, em que loja, e o que se faz quando a oficina não conhece quem chegou."""

from typing import Any

import pytest
from sqlalchemy import text

from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir as abrir_motor
from oficina_core.banco.motor import gravando
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.ordens import ListarOrdens, VerHistoricoOrdem
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Pedido
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import NaoIdentificado
from tests import cenario
from tests.tui.conftest import Abrir, NoMeio, na_tela, teclar

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
    with gravando(motor) as conexao:
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


async def test_o_que_falta_ao_cpf_de_quem_entra_se_diz_so_do_cpf(
    local: OficinaLocal, abrir: Abrir
) -> None:
    async with abrir(local) as piloto:
        await teclar(piloto, "ctrl+p", "!operador", "enter", "!123", "enter", "!x", "enter")
        assert "O CPF tem 11 números" in na_tela(piloto)
        assert "CNPJ" not in na_tela(piloto)


class QueVence(NoMeio):
    """Uma oficina em que a entrada vence no meio do dia."""

    venceu = False

    def executar(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Any:
        if self.venceu:
            raise NaoIdentificado("O token venceu.", detalhes=("Entre com: oficina auth entrar",))
        return super().executar(caso, pedido)


async def test_a_quem_a_entrada_venceu_se_diz_como_entrar_dali_mesmo(
    local: OficinaLocal, abrir: Abrir
) -> None:
    oficina = QueVence(local)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f3")
        oficina.venceu = True
        await teclar(piloto, "f5")
        assert "O token venceu. Entre de novo: ctrl+p, Trocar de operador." in na_tela(piloto)
        assert "oficina auth" not in na_tela(piloto)
