"""Veículos: um por carro, em qualquer das duas grafias da placa."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from oficina_core.casos.busca import Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.clientes import DesativarCliente
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.portas import Oficina
from oficina_core.casos.veiculos import (
    CriarVeiculo,
    DesativarVeiculo,
    EditarVeiculo,
    FichaVeiculo,
    LinhaVeiculo,
    ListarVeiculos,
    ReativarVeiculo,
    VerHistoricoVeiculo,
    VerVeiculo,
)
from oficina_core.dominio.erros import (
    Conflito,
    DadoInvalido,
    NaoEncontrado,
    RegraViolada,
    VersaoAntiga,
)
from tests import cenario

GOL: dict[str, Any] = {"marca": "VW", "modelo": "Gol 1.0", "cliente_id": cenario.CPF_ANA}


@pytest.fixture
def gol(oficina: Oficina) -> FichaVeiculo:
    cenario.cliente(oficina)
    return oficina.executar(
        CriarVeiculo(
            placa="abc-1323",
            marca="VW",
            modelo="Gol 1.0",
            ano=2015,
            cor="prata",
            km=80_000,
            cliente_id="529.982.247-25",
        )
    )


def ver(oficina: Oficina, ficha: FichaVeiculo) -> FichaVeiculo:
    return oficina.executar(VerVeiculo(veiculo_id=ficha.id))


def editar(ficha: FichaVeiculo, **campos: Any) -> EditarVeiculo:
    dados: dict[str, Any] = {
        "veiculo_id": ficha.id,
        "versao": ficha.versao,
        "placa": ficha.placa,
        "marca": ficha.marca,
        "modelo": ficha.modelo,
        "ano": ficha.ano,
        "cor": ficha.cor,
        "km": ficha.km,
        "cliente_id": ficha.cliente_id,
    }
    return EditarVeiculo(**(dados | campos))


def test_veiculo_criado_se_ve_inteiro_com_a_placa_como_se_digitou(
    oficina: Oficina, gol: FichaVeiculo
) -> None:
    assert gol == FichaVeiculo(
        id=gol.id,
        placa="ABC1323",
        marca="VW",
        modelo="Gol 1.0",
        ano=2015,
        cor="prata",
        km=80_000,
        cliente_id=gol.cliente_id,
        cliente="Ana Conceição",
        ativo=True,
        versao=1,
    )
    assert ver(oficina, gol) == gol
    assert oficina.executar(ListarVeiculos()).itens == (
        LinhaVeiculo(
            id=gol.id,
            placa="ABC1323",
            marca="VW",
            modelo="Gol 1.0",
            ano=2015,
            cliente="Ana Conceição",
            ativo=True,
        ),
    )


@pytest.mark.parametrize("grafia", ["ABC1D23", "abc-1d23", "ABC 1323"])
def test_as_duas_grafias_da_placa_sao_um_carro_so(
    oficina: Oficina, gol: FichaVeiculo, grafia: str
) -> None:
    achado = oficina.executar(Localizar(recurso=Recurso.VEICULO, nome=grafia))
    assert achado.id == gol.id
    with pytest.raises(Conflito, match=f"{gol.id}"):
        cenario.veiculo(oficina, grafia)
    assert len(oficina.executar(ListarVeiculos()).itens) == 1


def test_busca_acha_o_carro_pelas_duas_grafias(oficina: Oficina, gol: FichaVeiculo) -> None:
    cenario.veiculo(oficina, "XYZ9A87")
    for pedaco in ("1323", "c1d2", "gol", "vw gol"):
        achados = oficina.executar(ListarVeiculos(busca=pedaco)).itens
        assert gol.id in {linha.id for linha in achados}, pedaco
    assert [x.id for x in oficina.executar(ListarVeiculos(busca="1D23")).itens] == [gol.id]


def test_placa_de_veiculo_desativado_oferece_reativar(oficina: Oficina, gol: FichaVeiculo) -> None:
    oficina.executar(DesativarVeiculo(veiculo_id=gol.id))
    with cenario.recusa(Conflito, conserta=f"veiculo reativar id:{gol.id}"):
        cenario.veiculo(oficina, "ABC1D23")
    oficina.executar(ReativarVeiculo(veiculo_id=gol.id))
    assert ver(oficina, gol).ativo


def test_o_texto_do_repetido_tem_acento(oficina: Oficina, gol: FichaVeiculo) -> None:
    with pytest.raises(Conflito, match=f"veículo {gol.id}"):
        cenario.veiculo(oficina, gol.placa)


@pytest.mark.parametrize("placa", ["ABC123", "AB11234", "ABC1DD3", "ABCD123", "", "ÁBC1234"])
def test_placa_que_nao_existe_e_recusada(placa: str) -> None:
    with pytest.raises(DadoInvalido, match="placa"):
        CriarVeiculo(**GOL, placa=placa)


@pytest.mark.parametrize("grafia", ["ABC1K23", "ABC1Z23"])
def test_letra_fora_da_troca_e_outra_placa(
    oficina: Oficina, gol: FichaVeiculo, grafia: str
) -> None:
    outro = cenario.veiculo(oficina, grafia)
    assert (outro.placa, outro.id != gol.id) == (grafia, True)


@pytest.mark.parametrize("campos", [{"ano": 1884}, {"ano": 2101}, {"km": -1}, {"km": 3_000_001}])
def test_ano_e_km_tem_faixa(campos: dict[str, int]) -> None:
    (campo,) = campos
    casos: tuple[Callable[..., object], ...] = (
        CriarVeiculo,
        partial(EditarVeiculo, veiculo_id=1, versao=1),
    )
    for caso in casos:
        with pytest.raises(DadoInvalido) as recusa:
            caso(**GOL, placa="ABC1D23", **campos)
        assert recusa.value.campo == campo


def test_modelo_e_no_maximo_do_ano_que_vem(oficina: Oficina, gol: FichaVeiculo) -> None:
    with pytest.raises(DadoInvalido, match="1885 a 2027"):
        oficina.executar(CriarVeiculo(**(GOL | {"ano": 2028}), placa="XYZ9A99"))


def test_dono_que_nao_existe_e_recusado(oficina: Oficina, gol: FichaVeiculo) -> None:
    for dono in (999_999, cenario.CPF_BIA):
        with pytest.raises(NaoEncontrado, match="cliente"):
            cenario.veiculo(oficina, "XYZ9A87", dono)
        with pytest.raises(NaoEncontrado, match="cliente"):
            oficina.executar(editar(gol, cliente_id=dono))
    with pytest.raises(DadoInvalido, match="grande demais"):
        cenario.veiculo(oficina, "XYZ9A87", 2**63)
    assert oficina.executar(ListarVeiculos()).itens[0].id == gol.id
    assert ver(oficina, gol) == gol


def test_editar_troca_placa_e_dono(oficina: Oficina, gol: FichaVeiculo) -> None:
    ze = cenario.cliente(oficina, "Zé", cenario.CPF_ZE)
    editado = oficina.executar(
        editar(gol, placa="XYZ9A87", modelo="Golf", km=10, cliente_id=cenario.CPF_ZE)
    )
    assert editado == replace(
        gol, placa="XYZ9A87", modelo="Golf", km=10, cliente_id=ze.id, cliente="Zé", versao=2
    )
    assert ver(oficina, gol) == editado
    assert cenario.veiculo(oficina, "ABC1D23").id != gol.id, "a placa antiga ficou livre"


def test_trocar_a_grafia_da_placa_nao_e_conflito(oficina: Oficina, gol: FichaVeiculo) -> None:
    editado = oficina.executar(editar(gol, placa="ABC1D23"))
    assert editado == replace(gol, placa="ABC1D23", versao=2)
    assert ver(oficina, gol) == editado


def test_campo_nao_dito_na_edicao_fica_vazio(oficina: Oficina, gol: FichaVeiculo) -> None:
    limpo = oficina.executar(editar(gol, ano=None, cor=None, km=None))
    assert limpo == replace(gol, ano=None, cor=None, km=None, versao=2)
    assert ver(oficina, gol) == limpo


def test_editar_com_a_placa_de_outro_e_conflito(oficina: Oficina, gol: FichaVeiculo) -> None:
    outro = cenario.veiculo(oficina, "XYZ9A87")
    with pytest.raises(Conflito, match=f"{outro.id}"):
        oficina.executar(editar(gol, placa="XYZ9087"))
    assert ver(oficina, gol) == gol


def test_quem_viu_a_versao_antiga_nao_grava_por_cima(oficina: Oficina, gol: FichaVeiculo) -> None:
    azul = oficina.executar(editar(gol, cor="azul"))
    with pytest.raises(VersaoAntiga):
        oficina.executar(editar(gol, cor="verde"))
    assert ver(oficina, gol) == azul


def test_desativado_sai_da_lista_e_nao_entra_na_oficina(
    oficina: Oficina, gol: FichaVeiculo
) -> None:
    desativado = oficina.executar(DesativarVeiculo(veiculo_id=gol.id))
    assert desativado == replace(gol, ativo=False, versao=2)
    assert oficina.executar(ListarVeiculos()).itens == ()
    assert [x.id for x in oficina.executar(ListarVeiculos(inativos=True)).itens] == [gol.id]
    with cenario.recusa(RegraViolada, conserta=f"veiculo reativar id:{gol.id}"):
        oficina.executar(AbrirOrdem(veiculo_id="ABC1D23", queixa="freio"))
    assert oficina.executar(ReativarVeiculo(veiculo_id=gol.id)) == replace(gol, versao=3)
    assert oficina.executar(AbrirOrdem(veiculo_id="ABC1D23", queixa="freio")).placa == gol.placa


def test_desativar_o_dono_nao_desativa_o_carro(oficina: Oficina, gol: FichaVeiculo) -> None:
    oficina.executar(DesativarCliente(cliente_id=gol.cliente_id))
    assert ver(oficina, gol) == gol


def test_historico_de_carro_novo_e_vazio(oficina: Oficina, gol: FichaVeiculo) -> None:
    historico = oficina.executar(VerHistoricoVeiculo(veiculo_id=gol.id))
    assert (historico.veiculo, historico.visitas, historico.recusados) == (gol, (), ())


@pytest.mark.parametrize(
    "caso", [VerVeiculo, DesativarVeiculo, ReativarVeiculo, VerHistoricoVeiculo]
)
def test_veiculo_que_nao_existe_nao_se_acha(
    oficina: Oficina,
    caso: type[VerVeiculo | DesativarVeiculo | ReativarVeiculo | VerHistoricoVeiculo],
) -> None:
    with pytest.raises(NaoEncontrado, match="veículo 7"):
        oficina.executar(caso(veiculo_id=7))


def test_carro_nao_passa_a_dono_desativado(oficina: Oficina) -> None:
    cenario.cliente(oficina)
    carro = cenario.veiculo(oficina)
    bia = cenario.cliente(oficina, "Bia", cenario.CPF_BIA)
    oficina.executar(DesativarCliente(cliente_id=bia.id))
    with pytest.raises(RegraViolada, match="desativado"):
        oficina.executar(
            EditarVeiculo(
                veiculo_id=carro.id,
                versao=carro.versao,
                placa=carro.placa,
                marca="VW",
                modelo="Gol",
                cliente_id=bia.id,
            )
        )
