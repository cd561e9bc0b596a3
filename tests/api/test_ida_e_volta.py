"""Cada caso do catálogo atravessa a rede e volta: o que a API entende é o que o cliente disse."""

from collections.abc import Iterator
from typing import Self

import pytest
from fastapi.testclient import TestClient

from oficina_api.app import criar_app
from oficina_cli.remota import OficinaRemota
from oficina_core.casos.busca import Localizar
from oficina_core.casos.estoque import ListarMovimentos
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Efeito, Pedido, R, Simulacao
from oficina_core.catalogo import PUBLICADAS, ROTAS, Rota
from oficina_core.dominio.acesso import SISTEMA, Sujeito, TipoAtor
from tests.exemplos import exemplo

EFEITO = Efeito(entidade="cliente", id=7, acao="CriarCliente", diferenca="nome: Ana")
ZE = Sujeito(tipo=TipoAtor.FUNCIONARIO, id=7)


class Espelho:
    """Guarda o pedido que chegou e responde um exemplo do que o caso responde."""

    cheio = True
    sujeito = SISTEMA
    pedido = PEDIDO
    caso: object = None

    def como(self, sujeito: Sujeito, /) -> Self:
        self.sujeito = sujeito
        return self

    def executar(self, caso: CasoDeUso[R], pedido: Pedido = PEDIDO, /) -> R:
        self.caso, self.pedido = caso, pedido
        resultado: R = exemplo(ROTAS[type(caso)].resultado, cheio=self.cheio)
        return resultado

    def simular(self, caso: CasoDeUso[R], pedido: Pedido = PEDIDO, /) -> Simulacao[R]:
        return Simulacao(resultado=self.executar(caso, pedido), efeitos=(EFEITO,))


@pytest.fixture
def espelho() -> Espelho:
    return Espelho()


@pytest.fixture
def remota(espelho: Espelho) -> Iterator[OficinaRemota]:
    with TestClient(criar_app(espelho, lambda: ZE)) as http:
        yield OficinaRemota(http)


@pytest.fixture(params=PUBLICADAS, ids=lambda rota: rota.caso.__name__)
def rota(request: pytest.FixtureRequest) -> Rota:
    dada: Rota = request.param
    return dada


@pytest.mark.parametrize("cheio", [True, False], ids=["cheio", "enxuto"])
def test_executar(espelho: Espelho, remota: OficinaRemota, rota: Rota, cheio: bool) -> None:  # noqa: FBT001
    espelho.cheio = cheio
    caso = exemplo(rota.caso, cheio=cheio)
    assert remota.executar(caso) == exemplo(rota.resultado, cheio=cheio)
    assert espelho.caso == caso


def test_simular(espelho: Espelho, remota: OficinaRemota, rota: Rota) -> None:
    if rota.escreve:
        simulacao = remota.simular(exemplo(rota.caso))
        assert simulacao == Simulacao(resultado=exemplo(rota.resultado), efeitos=(EFEITO,))
        assert espelho.caso == exemplo(rota.caso)


def test_o_pedido_viaja_ao_lado(espelho: Espelho, remota: OficinaRemota) -> None:
    pedido = Pedido(chave="chave-do-teste", requisicao="0f8fad5bd9cb469f", loja=3)
    remota.executar(exemplo(Localizar), pedido)
    assert (espelho.pedido, espelho.sujeito) == (pedido, ZE)


@pytest.mark.parametrize("peca_id", [7, "7", "OLEO", "-7", '"7"', "a&b=c/d%20 é"])
def test_id_nao_se_confunde_com_nome(
    espelho: Espelho, remota: OficinaRemota, peca_id: int | str
) -> None:
    remota.executar(ListarMovimentos(peca_id=peca_id))
    assert espelho.caso == ListarMovimentos(peca_id=peca_id)
