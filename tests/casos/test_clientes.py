"""Clientes: um por documento, com os dados pessoais guardados."""

from dataclasses import replace

import pytest

from oficina_core.casos.busca import Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.clientes import (
    CriarCliente,
    DesativarCliente,
    EditarCliente,
    FichaCliente,
    LinhaCliente,
    ListarClientes,
    ReativarCliente,
    VerCliente,
)
from oficina_core.casos.portas import Oficina
from oficina_core.casos.veiculos import DesativarVeiculo
from oficina_core.dominio.cliente import TipoCliente
from oficina_core.dominio.erros import Conflito, DadoInvalido, NaoEncontrado, VersaoAntiga
from tests import cenario
from tests.conftest import Relogio

TELEFONE = "(11) 98765-4321"


@pytest.fixture
def ana(oficina: Oficina) -> FichaCliente:
    return cenario.cliente(oficina)


def ver(oficina: Oficina, ficha: FichaCliente) -> FichaCliente:
    return oficina.executar(VerCliente(cliente_id=ficha.id))


def editar(ficha: FichaCliente, **campos: str | int | None) -> EditarCliente:
    """A ficha devolvida com alguns campos trocados, como faz um PUT."""
    dados: dict[str, str | int | None] = {
        "cliente_id": ficha.id,
        "versao": ficha.versao,
        "nome": ficha.nome,
        "documento": ficha.documento,
        "telefone": ficha.telefone,
        "email": ficha.email,
    }
    return EditarCliente(**(dados | campos))  # type: ignore[arg-type]


def test_cliente_criado_se_ve_inteiro_e_na_forma_canonica(
    oficina: Oficina, relogio: Relogio
) -> None:
    antes = relogio.agora
    criado = oficina.executar(
        CriarCliente(
            nome="  João   da Silva ",
            documento="529.982.247-25",
            telefone=TELEFONE,
            email="Joao@Exemplo.com.br",
        )
    )
    assert criado == FichaCliente(
        id=criado.id,
        tipo=TipoCliente.PF,
        nome="João da Silva",
        documento="52998224725",
        telefone="+5511987654321",
        email="joao@exemplo.com.br",
        ativo=True,
        veiculos=(),
        criado_em=criado.criado_em,
        versao=1,
    )
    assert antes < criado.criado_em <= relogio.agora
    assert ver(oficina, criado) == criado


def test_cnpj_com_letras_e_de_pessoa_juridica(oficina: Oficina) -> None:
    criado = oficina.executar(CriarCliente(nome="Auto Peças", documento="12.abc.345/01de-35"))
    assert (criado.tipo, criado.documento) == (TipoCliente.PJ, "12ABC34501DE35")
    assert ver(oficina, criado) == criado
    achado = oficina.executar(Localizar(recurso=Recurso.CLIENTE, nome="12ABC345/01DE-35"))
    assert achado.id == criado.id


@pytest.mark.parametrize(
    "documento",
    [
        "111.111.111-11",
        "529.982.247-26",
        "12.ABC.345/01DE-36",
        "00000000000000",
        "5299822472",
        "５２９９８２２４７２５",
        "٥٢٩٩٨٢٢٤٧٢٥",
        "529.982.247-25\x1b[2J",
    ],
)
def test_documento_que_nao_existe_e_recusado(documento: str) -> None:
    with pytest.raises(DadoInvalido):
        CriarCliente(nome="Ana", documento=documento, telefone=TELEFONE)


def test_sem_documento_precisa_de_telefone(oficina: Oficina) -> None:
    with pytest.raises(DadoInvalido, match="telefone") as recusa:
        oficina.executar(CriarCliente(nome="Ana", email="ana@exemplo.com.br"))
    assert recusa.value.campo == "telefone"
    assert oficina.executar(ListarClientes()).itens == ()
    ana = oficina.executar(CriarCliente(nome="Ana", telefone=TELEFONE))
    assert (ver(oficina, ana).documento, ana.tipo) == (None, TipoCliente.PF)


def test_homonimos_sem_documento_sao_dois_clientes(oficina: Oficina) -> None:
    duas = [oficina.executar(CriarCliente(nome="Ana", telefone=TELEFONE)).id for _ in range(2)]
    assert [linha.id for linha in oficina.executar(ListarClientes()).itens] == duas


def test_documento_repetido_e_conflito(oficina: Oficina, ana: FichaCliente) -> None:
    with pytest.raises(Conflito, match=f"cliente {ana.id}"):
        oficina.executar(CriarCliente(nome="Outra", documento="52998224725"))
    assert [linha.nome for linha in oficina.executar(ListarClientes()).itens] == [ana.nome]


def test_documento_de_cliente_desativado_oferece_reativar(
    oficina: Oficina, ana: FichaCliente
) -> None:
    oficina.executar(DesativarCliente(cliente_id=ana.id))
    with cenario.recusa(Conflito, conserta=f"cliente reativar id:{ana.id}"):
        oficina.executar(CriarCliente(nome="Ana", documento=cenario.CPF_ANA))
    oficina.executar(ReativarCliente(cliente_id=ana.id))
    assert ver(oficina, ana).ativo


def test_editar_troca_tudo_e_sobe_a_versao(oficina: Oficina, ana: FichaCliente) -> None:
    editada = oficina.executar(
        editar(
            ana,
            nome="Ana & Cia.",
            documento="12ABC34501DE35",
            telefone="1134567890",
            email="a@b.com",
        )
    )
    assert editada == replace(
        ana,
        tipo=TipoCliente.PJ,
        nome="Ana & Cia.",
        documento="12ABC34501DE35",
        telefone="+551134567890",
        email="a@b.com",
        versao=2,
    )
    assert ver(oficina, ana) == editada


def test_campo_nao_dito_na_edicao_fica_vazio(oficina: Oficina, ana: FichaCliente) -> None:
    com_email = oficina.executar(editar(ana, email="ana@exemplo.com.br"))
    limpa = oficina.executar(editar(com_email, documento=None, email=None))
    assert (limpa.documento, limpa.email, limpa.telefone) == (None, None, ana.telefone)
    assert ver(oficina, ana) == limpa
    outra = oficina.executar(CriarCliente(nome="Outra", documento=cenario.CPF_ANA))
    assert outra.id != ana.id, "o documento que se apagou ficou livre"


def test_editar_nao_deixa_o_cliente_sem_contato(oficina: Oficina, ana: FichaCliente) -> None:
    with pytest.raises(DadoInvalido, match="telefone"):
        oficina.executar(editar(ana, documento=None, telefone=None))
    assert ver(oficina, ana) == ana


@pytest.mark.parametrize("ativo", [True, False])
def test_editar_com_o_documento_de_outro_e_conflito(
    oficina: Oficina,
    ana: FichaCliente,
    ativo: bool,  # noqa: FBT001
) -> None:
    ze = oficina.executar(CriarCliente(nome="Zé", documento=cenario.CPF_ZE))
    if not ativo:
        oficina.executar(DesativarCliente(cliente_id=ze.id))
    with pytest.raises(Conflito, match=f"{ze.id}"):
        oficina.executar(editar(ana, documento=cenario.CPF_ZE))
    assert ver(oficina, ana) == ana


def test_quem_viu_a_versao_antiga_nao_grava_por_cima(oficina: Oficina, ana: FichaCliente) -> None:
    primeira = oficina.executar(editar(ana, nome="Ana Maria"))
    with pytest.raises(VersaoAntiga):
        oficina.executar(editar(ana, nome="Ana Paula"))
    assert ver(oficina, ana) == primeira


def test_desativar_tira_da_lista_e_reativar_devolve(oficina: Oficina, ana: FichaCliente) -> None:
    desativada = oficina.executar(DesativarCliente(cliente_id=ana.id))
    assert desativada == replace(ana, ativo=False, versao=2)
    assert ver(oficina, ana) == desativada
    assert oficina.executar(ListarClientes()).itens == ()
    (linha,) = oficina.executar(ListarClientes(inativos=True)).itens
    assert (linha.id, linha.ativo) == (ana.id, False)
    assert oficina.executar(ReativarCliente(cliente_id=ana.id)) == replace(ana, versao=3)
    assert oficina.executar(ListarClientes(inativos=True)).itens == ()
    assert [linha.id for linha in oficina.executar(ListarClientes()).itens] == [ana.id]


def test_desativar_de_novo_nao_muda_nada(oficina: Oficina, ana: FichaCliente) -> None:
    uma = oficina.executar(DesativarCliente(cliente_id=ana.id))
    assert oficina.executar(DesativarCliente(cliente_id=ana.id)) == uma
    assert ver(oficina, ana) == uma


def test_lista_nao_mostra_dado_pessoal(oficina: Oficina, ana: FichaCliente) -> None:
    assert oficina.executar(ListarClientes()).itens == (
        LinhaCliente(
            id=ana.id,
            nome=ana.nome,
            documento="***.982.247-**",
            telefone="(**) *****-4321",
            ativo=True,
        ),
    )


@pytest.mark.parametrize("caso", [VerCliente, DesativarCliente, ReativarCliente])
def test_cliente_que_nao_existe_nao_se_acha(
    oficina: Oficina, caso: type[VerCliente | DesativarCliente | ReativarCliente]
) -> None:
    for id in (0, -1, 7, 2**63 - 1):
        with pytest.raises(NaoEncontrado, match=f"cliente {id}"):
            oficina.executar(caso(cliente_id=id))
    for id in (2**63, -(2**63), 10**30):
        with pytest.raises(DadoInvalido, match="grande demais"):
            oficina.executar(caso(cliente_id=id))


@pytest.mark.parametrize(
    "nome", ["🚗" * 120, "ﷺ" * 120, "[/] x", "[@click=app.quit]x[/]", "%_\\'\""]
)
def test_nome_estranho_e_so_um_nome(oficina: Oficina, nome: str) -> None:
    criado = oficina.executar(CriarCliente(nome=nome, telefone=TELEFONE))
    assert ver(oficina, criado).nome == nome
    assert [linha.nome for linha in oficina.executar(ListarClientes()).itens] == [nome]


def test_cliente_se_ve_com_os_carros_que_tem(oficina: Oficina) -> None:
    ana = cenario.cliente(oficina)
    gol, uno = cenario.veiculo(oficina), cenario.veiculo(oficina, "XYZ9A87")
    vendido = cenario.veiculo(oficina, "QRS1T23")
    oficina.executar(DesativarVeiculo(veiculo_id=vendido.id))
    assert [carro.id for carro in ver(oficina, ana).veiculos] == [gol.id, uno.id]
