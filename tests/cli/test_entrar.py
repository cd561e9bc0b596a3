"""Entrar só para uma sessão, como as telas entram: direto no banco ou em uma API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from oficina_api.montagem import montar
from oficina_cli.conexao import Conexao
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.instalacao import CriarPrimeiroFuncionario
from oficina_core.casos.parametros import DefinirParametro
from oficina_core.casos.perfil import VerMeuPerfil
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import (
    AcessoNegado,
    DadoInvalido,
    MuitasTentativas,
    NaoIdentificado,
)
from oficina_core.dominio.tentativa import CONTA
from tests import cenario
from tests.api.elenco import configuracao
from tests.api.servico import no_ar
from tests.cenario import CPF_ANA, CPF_BIA, CPF_ZE
from tests.cli.api_de_mentira import AVISO, Api

SENHA_DA_BIA, SENHA_DO_ZE = "uma frase que só a Bia sabe", "uma frase que só o Zé sabe"
MUDAR_A_CASA = DefinirParametro(nome="validade_dias", valor=15)


@pytest.fixture(autouse=True)
def sem_configuracao(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oficina_core.configuracao.user_config_path", lambda *_, **__: tmp_path)


@pytest.fixture(params=["sqlite", "mysql", "api", "pronta"])
def conexao(request: pytest.FixtureRequest) -> Iterator[Conexao]:
    """Uma casa com a gerente Bia e o mecânico Zé, em cada lugar em que se entra."""
    nome = "mysql" if request.param == "mysql" else "sqlite"
    url: str = request.getfixturevalue(f"url_{nome}")
    povoar(url)
    if request.param != "api":
        casa = OficinaLocal.em(url)
        pronta = casa if request.param == "pronta" else None
        aberta = Conexao(pronta=pronta, banco=None if pronta else url)
        yield aberta
        aberta.fechar()
        casa.fechar()
        return
    with no_ar(montar(configuracao(url))) as servidor:
        aberta = Conexao(api=f"http://127.0.0.1:{servidor.porta}")
        yield aberta
        aberta.fechar()


def povoar(url: str) -> None:
    casa = OficinaLocal.em(url)
    casa.executar(CriarPrimeiroFuncionario(cpf=CPF_BIA, nome="Bia", senha=SENHA_DA_BIA))
    ze = cenario.funcionario(casa, Papel.MECANICO)
    casa.executar(DefinirSenha(funcionario_id=ze.id, senha=SENHA_DO_ZE))
    casa.fechar()


def quem(oficina: Oficina) -> str:
    return oficina.executar(VerMeuPerfil()).nome


def test_cada_um_age_em_seu_nome(conexao: Conexao, guardadas: Path) -> None:
    bia, ze = conexao.entrar(CPF_BIA, SENHA_DA_BIA), conexao.entrar(CPF_ZE, SENHA_DO_ZE)
    assert (quem(bia), quem(ze)) == ("Bia", "Zé mecânico")
    assert bia.executar(MUDAR_A_CASA).validade_dias == 15
    with pytest.raises(AcessoNegado):
        ze.executar(MUDAR_A_CASA)
    assert not guardadas.exists()


@pytest.mark.parametrize(("cpf", "senha"), [(CPF_BIA, SENHA_DO_ZE), (CPF_ANA, SENHA_DA_BIA)])
def test_senha_errada_e_cpf_de_ninguem_dao_na_mesma(conexao: Conexao, cpf: str, senha: str) -> None:
    with pytest.raises(NaoIdentificado, match="O CPF ou a senha não conferem"):
        conexao.entrar(cpf, senha)


def test_cpf_que_nao_e_um_se_diz(conexao: Conexao) -> None:
    with pytest.raises(DadoInvalido) as recusa:
        conexao.entrar("123", SENHA_DA_BIA)
    assert recusa.value.campo == "cpf"


def test_quem_erra_demais_espera(conexao: Conexao) -> None:
    for _ in range(CONTA.limite):
        with pytest.raises(NaoIdentificado):
            conexao.entrar(CPF_BIA, "outra frase")
    with pytest.raises(MuitasTentativas, match="espere"):
        conexao.entrar(CPF_BIA, SENHA_DA_BIA)


def test_o_operador_nao_decide_quem_entra(url_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    povoar(url_sqlite)
    monkeypatch.setenv("OFICINA_OPERADOR", CPF_ZE)
    conexao = Conexao(banco=url_sqlite)
    assert quem(conexao.oficina) == "Zé mecânico"
    assert quem(conexao.entrar(CPF_BIA, SENHA_DA_BIA)) == "Bia"
    conexao.fechar()


def test_a_senha_nao_vai_as_claras_pela_rede() -> None:
    with pytest.raises(DadoInvalido, match="https"):
        Conexao(api="http://oficina.exemplo.com.br").entrar(CPF_BIA, SENHA_DA_BIA)


def test_a_api_que_nao_da_o_token_diz_por_que(api: Api) -> None:
    api.resposta = (202, {}, {"detail": AVISO})
    with pytest.raises(NaoIdentificado, match=AVISO):
        Conexao(api=api.url).entrar(CPF_BIA, SENHA_DA_BIA)
