"""Veículos de uma planilha: a placa os conhece em qualquer grafia, e o dono já é cliente."""

import json
from dataclasses import replace
from typing import Any

import pytest

from oficina_core.casos.busca import Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.clientes import CriarCliente, DesativarCliente, FichaCliente
from oficina_core.casos.importacao import Importacao
from oficina_core.casos.portas import Oficina
from oficina_core.casos.veiculos import (
    DesativarVeiculo,
    FichaVeiculo,
    ListarVeiculos,
    VerVeiculo,
)
from oficina_core.casos.veiculos_importacao import (
    ImportarVeiculos,
    LinhaImportadaVeiculo,
)
from oficina_core.dominio.erros import Conflito, DadoInvalido, NaoEncontrado, RegraViolada
from tests.cenario import CPF_ANA, CPF_BIA

FIXO = "(11) 3456-7890"


@pytest.fixture
def ana(oficina: Oficina) -> FichaCliente:
    return oficina.executar(CriarCliente(nome="Ana Souza", documento=CPF_ANA))


@pytest.fixture
def ze(oficina: Oficina) -> FichaCliente:
    return oficina.executar(CriarCliente(nome="Zé da Borracharia", telefone=FIXO))


def linha(numero: int, placa: str, **campos: Any) -> LinhaImportadaVeiculo:
    dados: dict[str, Any] = {"marca": "VW", "modelo": "Gol 1.0", "cliente_id": CPF_ANA} | campos
    return LinhaImportadaVeiculo(linha=numero, placa=placa, **dados)


GOL = linha(2, "abc-1234", ano=2016, cor="prata", km=98_500)
DO_ZE = linha(3, "DEF4G56", cliente_id=None, cliente="Zé da Borracharia", telefone=FIXO)


def importar(oficina: Oficina, *linhas: LinhaImportadaVeiculo, **como: bool) -> Importacao:
    return oficina.executar(ImportarVeiculos(linhas=linhas, **como))


def ver(oficina: Oficina, placa: str) -> FichaVeiculo:
    achado = oficina.executar(Localizar(recurso=Recurso.VEICULO, nome=placa))
    return oficina.executar(VerVeiculo(veiculo_id=achado.id))


def placas(oficina: Oficina) -> list[str]:
    return [veiculo.placa for veiculo in oficina.executar(ListarVeiculos()).itens]


def test_veiculos_novos_entram_com_o_dono_dito_de_cada_jeito(
    oficina: Oficina, ana: FichaCliente, ze: FichaCliente
) -> None:
    por_numero = linha(4, "GHI7J89", cliente_id=ze.id)
    assert importar(oficina, GOL, DO_ZE, por_numero).novos == 3
    ficha = ver(oficina, "ABC1C34")
    assert (ficha.placa, ficha.ano, ficha.cor, ficha.km) == ("ABC1234", 2016, "prata", 98_500)
    donos = [ver(oficina, placa).cliente_id for placa in ("ABC1234", "DEF4G56", "GHI7J89")]
    assert donos == [ana.id, ze.id, ze.id]


@pytest.mark.usefixtures("ana", "ze")
def test_a_mesma_planilha_de_novo_nao_muda_nada(oficina: Oficina) -> None:
    importar(oficina, GOL, DO_ZE)
    outra_grafia = replace(GOL, placa="ABC1C34")
    for atualizar in (False, True):
        assert importar(oficina, outra_grafia, DO_ZE, atualizar=atualizar).iguais == 2
    assert (ver(oficina, "ABC1234").placa, ver(oficina, "ABC1234").versao) == ("ABC1234", 1)


def test_trocar_o_dono_pede_que_se_diga(
    oficina: Oficina, ana: FichaCliente, ze: FichaCliente
) -> None:
    importar(oficina, GOL)
    vendido = replace(GOL, cliente_id=ze.id, km=99_000, ano=None, cor=None)
    with pytest.raises(Conflito, match="1 linha difere") as recusa:
        importar(oficina, vendido)
    assert recusa.value.detalhes == (
        f"linha 2: a placa ABC1234: km 98500 → 99000, dono, pelo número {ana.id} → {ze.id}",
    )
    simulada = oficina.simular(ImportarVeiculos(linhas=(vendido,), atualizar=True))
    (efeito,) = simulada.efeitos
    assert json.loads(efeito.diferenca) == {"km": [98_500, 99_000], "cliente_id": [ana.id, ze.id]}
    assert importar(oficina, vendido, atualizar=True).atualizados == 1
    ficha = ver(oficina, "ABC1234")
    assert (ficha.cliente_id, ficha.km, ficha.ano, ficha.cor) == (ze.id, 99_000, 2016, "prata")


@pytest.mark.usefixtures("ana")
def test_dono_que_nao_existe_se_recusa_e_diz_o_que_fazer(oficina: Oficina) -> None:
    sem_dono = linha(5, "GHI7J89", cliente_id=CPF_BIA)
    with pytest.raises(NaoEncontrado, match="2 linhas citam o que não existe") as recusa:
        importar(oficina, GOL, DO_ZE, sem_dono)
    assert recusa.value.detalhes[1] == (
        "linha 5: a placa GHI7J89: não há esse cliente; importe os clientes antes, ou confira o "
        "documento."
    )
    assert placas(oficina) == []
    resumo = importar(oficina, GOL, DO_ZE, sem_dono, parcial=True)
    assert (resumo.novos, [x.linha for x in resumo.recusadas]) == (1, [3, 5])


def test_dono_desativado_se_recusa_menos_no_carro_que_ja_e_dele(
    oficina: Oficina, ana: FichaCliente
) -> None:
    importar(oficina, GOL)
    oficina.executar(DesativarCliente(cliente_id=ana.id))
    assert importar(oficina, replace(GOL, km=99_000), atualizar=True).atualizados == 1
    with pytest.raises(RegraViolada, match="1 linha contraria") as recusa:
        importar(oficina, linha(7, "GHI7J89"))
    assert recusa.value.detalhes[0].startswith("linha 7: a placa GHI7J89: Está desativado")


@pytest.mark.usefixtures("ana")
def test_veiculo_desativado_e_placa_repetida_se_recusam(oficina: Oficina) -> None:
    with pytest.raises(DadoInvalido, match="1 linha repete") as repetida:
        importar(oficina, GOL, linha(9, "ABC1C34"))
    assert repetida.value.detalhes == ("linha 9: a placa ABC1C34 já está na linha 2",)
    importar(oficina, GOL)
    oficina.executar(DesativarVeiculo(veiculo_id=ver(oficina, "ABC1234").id))
    with pytest.raises(Conflito, match="desativado"):
        importar(oficina, GOL)


@pytest.mark.usefixtures("ana")
def test_carro_do_futuro_se_recusa(oficina: Oficina) -> None:
    with pytest.raises(DadoInvalido, match="1 linha não serve") as recusa:
        importar(oficina, linha(2, "ABC1234", ano=2028))
    assert "vai de 1885 a 2027" in recusa.value.detalhes[0]


def test_o_dono_sem_documento_se_conhece_como_quer_que_se_escreva(
    oficina: Oficina, ze: FichaCliente
) -> None:
    importar(oficina, replace(DO_ZE, cliente="ZE DA BORRACHARIA"))
    assert ver(oficina, "DEF4G56").cliente_id == ze.id


@pytest.mark.parametrize("dono", [{}, {"cliente": "Zé"}, {"telefone": FIXO}], ids=str)
def test_linha_sem_dono_se_recusa_ja_na_leitura(dono: dict[str, str]) -> None:
    with pytest.raises(DadoInvalido, match="Diga de quem é"):
        linha(2, "ABC1234", cliente_id=None, **dono)
