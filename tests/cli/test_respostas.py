"""O que um comando responde a quem o digitou: o bastante, e o que fazer depois."""

import sys
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner

from oficina_cli import atendimento, erros
from oficina_cli.app import app
from oficina_cli.proximo import passos
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import FichaOrdem, VerOrdem
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.ordem import StatusOrdem
from tests.cenario import abrir, catalogo, complementar, em_execucao
from tests.cli.conftest import Rodar
from tests.conftest import Relogio


@dataclass
class Contada:
    """Uma oficina que conta os pedidos que lhe fazem."""

    oficina: Oficina
    pedidos: Counter[str] = field(default_factory=Counter)

    def executar(self, caso: Any, *pedido: Any) -> Any:
        self.pedidos[type(caso).__name__] += 1
        return self.oficina.executar(caso, *pedido)


@pytest.fixture(autouse=True)
def pecas(oficina: Oficina) -> None:
    catalogo(oficina)


def test_acao_responde_o_cabecalho_e_ver_responde_tudo(oficina: Oficina, rodar: Rodar) -> None:
    numero = str(abrir(oficina, kits=("TROCA-OLEO",)).id)
    acao, vista = rodar("ordem", "diagnosticar", numero), rodar("ordem", "ver", numero)
    assert acao.stdout.splitlines() == [
        f"Nº        {numero}",
        "Status    em diagnóstico",
        "Placa     ABC1D23",
        "Veículo   VW Gol 1.0",
        "Cliente   Ana Conceição",
        "Queixa    Barulho no freio",
        "Proposto  R$ 249,65",
    ]
    assert "Troca de óleo" in vista.stdout
    assert "Criado em" in vista.stdout


def test_pagar_e_anotar_mostram_o_que_se_acrescentou(oficina: Oficina, rodar: Rodar) -> None:
    numero = str(em_execucao(oficina).id)
    pago = rodar("ordem", "pagar", numero, "--pix", "100,00").stdout
    assert "Pagamentos" in pago
    assert "Anotações" not in pago
    assert "Anotações" in rodar("ordem", "anotar", numero, "guardar as peças").stdout


def test_o_json_da_acao_e_a_ficha_inteira(oficina: Oficina, rodar: Rodar) -> None:
    numero = str(abrir(oficina, kits=("TROCA-OLEO",)).id)
    resposta = rodar("ordem", "diagnosticar", numero, "-o", "json").stdout
    assert '"itens"' in resposta
    assert '"versao": 2' in resposta


def test_o_aviso_se_diz_uma_vez(oficina: Oficina, rodar: Rodar) -> None:
    numero = str(em_execucao(oficina).id)
    rodar("ordem", "finalizar", numero)
    entrega = rodar("ordem", "entregar", numero)
    assert entrega.output.count("Falta receber R$ 249,65.") == 1


def ver(oficina: Oficina, ordem: FichaOrdem) -> FichaOrdem:
    return oficina.executar(VerOrdem(ordem_id=ordem.id))


def test_seguir_o_que_se_sugere_leva_a_ordem_ate_a_entrega(oficina: Oficina, rodar: Rodar) -> None:
    ordem = abrir(oficina)
    seguidos = []
    while ditos := [p for p in passos(ver(oficina, ordem)) if "link" not in p]:
        passo = ditos[0]
        feito = rodar(*passo.replace("KIT", "TROCA-OLEO").split())
        assert feito.exit_code == 0, feito.stderr
        seguidos.append(" ".join(passo.split()[:2]))
    assert seguidos == [
        "ordem diagnosticar",
        "orcamento criar",
        "orcamento enviar",
        "orcamento aprovar",
        "ordem finalizar",
        "ordem pagar",
        "ordem entregar",
    ]
    assert ver(oficina, ordem).status is StatusOrdem.ENTREGUE
    assert ver(oficina, ordem).saldo == 0


def test_quem_deve_tambem_pode_levar_o_carro(oficina: Oficina, rodar: Rodar) -> None:
    ordem = em_execucao(oficina)
    rodar("ordem", "finalizar", str(ordem.id))
    assert list(passos(ver(oficina, ordem))) == [
        f"ordem pagar {ordem.id} --pix 249,65",
        f"ordem entregar {ordem.id}",
    ]


def test_orcamento_em_aberto_vem_antes_da_ordem(oficina: Oficina, relogio: Relogio) -> None:
    ordem = em_execucao(oficina)
    orcamento = complementar(oficina, ordem.id, "FILTRO")
    espera = [f"orcamento link {orcamento.id}", f"orcamento aprovar {orcamento.id}"]
    assert list(passos(orcamento)) == espera
    assert list(passos(ver(oficina, ordem))) == espera
    relogio.passar(days=11)
    assert list(passos(ver(oficina, ordem))) == [f"orcamento revisar {orcamento.id} --enviar"]


def test_falta_de_peca_pede_entrada(oficina: Oficina) -> None:
    aberta = abrir(oficina, pecas=(ItemPedido(id="PASTILHA", quantidade=Decimal(2)),))
    aprovar = AprovarOrcamento(orcamento_id=aberta.orcamentos[0].id, permitir_falta=True)
    espera = oficina.executar(aprovar)
    peca = espera.orcamentos[0].itens[0].peca_id
    assert list(passos(espera)) == [f"estoque entrada id:{peca} 1"]


@pytest.mark.parametrize(
    ("mais", "sugere"),
    [([], True), (["-o", "json"], False), (["--simular"], False)],
    ids=["tabela", "json", "simulado"],
)
def test_so_a_pessoa_que_gravou_ouve_o_proximo_passo(
    oficina: Oficina,
    rodar: Rodar,
    monkeypatch: pytest.MonkeyPatch,
    mais: list[str],
    *,
    sugere: bool,
) -> None:
    ditos: list[str] = []
    monkeypatch.setattr(atendimento, "sugerir", ditos.extend)
    numero = str(abrir(oficina).id)
    rodar("ordem", "ver", numero)
    assert ditos == []
    rodar("ordem", "diagnosticar", numero, *mais)
    assert bool(ditos) is sugere


@pytest.mark.parametrize("ha_terminal", [True, False])
def test_sugestao_so_se_faz_diante_do_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, ha_terminal: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: ha_terminal)
    erros.sugerir(["ordem pagar 1", "ordem entregar 1"])
    dito = "Próximo passo: oficina ordem pagar 1\nOu: oficina ordem entregar 1\n"
    assert capsys.readouterr().err == (dito if ha_terminal else "")


def test_o_fuso_da_loja_so_se_pergunta_ao_mostrar_uma_hora(oficina: Oficina) -> None:
    ordem = abrir(oficina)

    def lojas_pedidas(*argumentos: str) -> int:
        contada = Contada(oficina)
        resposta = CliRunner().invoke(app, list(argumentos), obj=contada)
        assert resposta.exit_code == 0, resposta.stderr
        return contada.pedidos["ListarLojas"]

    numero = str(ordem.id)
    assert lojas_pedidas("ordem", "fila") == 0
    assert lojas_pedidas("ordem", "diagnosticar", numero) == 0
    assert lojas_pedidas("ordem", "ver", numero, "-o", "json") == 0
    assert lojas_pedidas("ordem", "ver", numero) == 1
    assert lojas_pedidas("ordem", "historico", numero) == 1
