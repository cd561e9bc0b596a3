"""O que toda lista faz: páginas, ordem, busca; e Localizar, do nome ao número."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.casos.busca import Buscar, Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.clientes import CriarCliente, DesativarCliente, ListarClientes
from oficina_core.casos.estoque import ListarMovimentos
from oficina_core.casos.funcionarios import (
    CriarFuncionario,
    DesativarFuncionario,
    ListarFuncionarios,
)
from oficina_core.casos.kits import CriarKit, DesativarKit, ListarKits
from oficina_core.casos.orcamentos import ListarOrcamentos
from oficina_core.casos.ordens import ListarOrdens
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem
from oficina_core.casos.paginas import LIMITE_MAXIMO, Chave, Pagina
from oficina_core.casos.pecas import CriarPeca, DesativarPeca, ListarPecas
from oficina_core.casos.portas import CasoDeUso, Oficina
from oficina_core.casos.servicos import CriarServico, DesativarServico, ListarServicos
from oficina_core.casos.veiculos import CriarVeiculo, DesativarVeiculo, ListarVeiculos
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import DadoInvalido, NaoEncontrado
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.valores import CPF
from tests import cenario

UM = Decimal(1)


@dataclass(frozen=True)
class Cadastro:
    """Como se cria o i-ésimo registro, em ordem de lista, e como se lista e se desativa."""

    criar: Callable[[int], CasoDeUso[Any]]
    listar: Callable[..., CasoDeUso[Pagina[Any]]]
    desativar: Callable[[int], CasoDeUso[Any]]


CADASTROS = {
    "clientes": Cadastro(
        lambda i: CriarCliente(nome=f"Ana {i // 2}", telefone="(11) 98765-4321"),
        ListarClientes,
        lambda n: DesativarCliente(cliente_id=n),
    ),
    "funcionarios": Cadastro(
        lambda i: CriarFuncionario(cpf=cpf(i), nome="Zé", papel=Papel.MECANICO),
        ListarFuncionarios,
        lambda n: DesativarFuncionario(funcionario_id=n),
    ),
    "veiculos": Cadastro(
        lambda i: CriarVeiculo(
            placa=f"ABC{i}D23", marca="VW", modelo="Gol", cliente_id=cenario.CPF_ANA
        ),
        ListarVeiculos,
        lambda n: DesativarVeiculo(veiculo_id=n),
    ),
    "servicos": Cadastro(
        lambda i: CriarServico(codigo=f"S-{i}", nome="Óleo", preco=UM),
        ListarServicos,
        lambda n: DesativarServico(servico_id=n),
    ),
    "pecas": Cadastro(
        lambda i: CriarPeca(codigo=f"P-{i}", nome="Óleo", preco=UM),
        ListarPecas,
        lambda n: DesativarPeca(peca_id=n),
    ),
    "kits": Cadastro(
        lambda i: CriarKit(codigo=f"K-{i}", nome="Óleo", servicos=("BASE",)),
        ListarKits,
        lambda n: DesativarKit(kit_id=n),
    ),
}


def cpf(n: int) -> str:
    base = f"{n:09d}1"[-9:]
    return base + CPF._verificadores(base)


@pytest.fixture(params=CADASTROS)
def cadastro(request: pytest.FixtureRequest) -> Cadastro:
    return CADASTROS[request.param]


@pytest.fixture
def base(oficina: Oficina) -> Oficina:
    """O que veículos e kits pedem para existir."""
    cenario.cliente(oficina, "Zzz")
    oficina.executar(CriarServico(codigo="BASE", nome="zzz", preco=UM))
    return oficina


def paginas(oficina: Oficina, lista: Any) -> list[Pagina[Any]]:
    """Todas as páginas, seguindo o cursor."""
    vistas = [oficina.executar(lista)]
    while vistas[-1].proximo is not None:
        vistas.append(oficina.executar(replace(lista, cursor=vistas[-1].proximo)))
    return vistas


def nomes(oficina: Oficina, busca: str) -> list[str]:
    return [linha.nome for linha in oficina.executar(ListarClientes(busca=busca)).itens]


def com_nomes(oficina: Oficina, *todos: str) -> None:
    for nome in todos:
        oficina.executar(CriarCliente(nome=nome, telefone="(11) 98765-4321"))


def test_paginas_nao_perdem_nem_repetem(base: Oficina, cadastro: Cadastro) -> None:
    inteira = base.executar(cadastro.listar())
    ids = {base.executar(cadastro.criar(i)).id for i in (5, 2, 7, 0, 3, 6, 1)}
    esperada = base.executar(cadastro.listar())
    assert {x.id for x in esperada.itens} == ids | {x.id for x in inteira.itens}
    for limite in (1, 3, len(esperada.itens)):
        vistas = paginas(base, cadastro.listar(limite=limite))
        assert [x for pagina in vistas for x in pagina.itens] == [*esperada.itens]
        assert all(len(pagina.itens) == limite for pagina in vistas[:-1])
    assert esperada.proximo is None


def test_o_que_muda_entre_as_paginas_nao_repete_nem_some(base: Oficina, cadastro: Cadastro) -> None:
    ids = [base.executar(cadastro.criar(i)).id for i in range(2, 8)]
    primeira = base.executar(cadastro.listar(limite=3))
    base.executar(cadastro.criar(0))
    base.executar(cadastro.desativar(primeira.itens[0].id))
    resto = base.executar(cadastro.listar(cursor=primeira.proximo))
    vistos = [x.id for x in (*primeira.itens, *resto.itens)]
    assert len(set(vistos)) == len(vistos)
    assert set(ids) <= set(vistos)


def test_desativados_ficam_a_parte(base: Oficina, cadastro: Cadastro) -> None:
    fica, sai = (base.executar(cadastro.criar(i)).id for i in (1, 2))
    base.executar(cadastro.desativar(sai))
    ativos = {linha.id for linha in base.executar(cadastro.listar()).itens}
    inativos = [linha.id for linha in base.executar(cadastro.listar(inativos=True)).itens]
    assert (fica in ativos, sai in ativos, inativos) == (True, False, [sai])


def test_lista_vazia_e_uma_pagina_sem_itens(oficina: Oficina, cadastro: Cadastro) -> None:
    assert oficina.executar(cadastro.listar()) == Pagina(itens=())
    assert oficina.executar(cadastro.listar(busca="nada", inativos=True)) == Pagina(itens=())


def test_ordem_e_a_do_alfabeto_sem_acento_nem_maiuscula(oficina: Oficina) -> None:
    com_nomes(oficina, "zé", "Érica", "ana", "Álvaro", "Bia", "Çelik", "eva", "2M Peças")
    achados = [linha.nome for linha in oficina.executar(ListarClientes()).itens]
    assert achados == ["2M Peças", "Álvaro", "ana", "Bia", "Çelik", "Érica", "eva", "zé"]


@pytest.mark.parametrize(
    ("busca", "achados"),
    [
        ("conceicao", ["Ana Conceição"]),
        ("CONCEIÇÃO", ["Ana Conceição"]),
        ("joao d'á", ["João D'Ávila"]),
        ("ÇÃ", ["Ana Conceição"]),
        ("%", ["100% Algodão"]),
        ("_", ["sub_linha"]),
        ("\\", ["barra\\invertida"]),
        ("b_l", ["sub_linha"]),
        ("u_l", []),
        ("a%i", []),
        ("' OR 1=1 --", []),
        ("", ["100% Algodão", "Ana Conceição", "barra\\invertida", "João D'Ávila", "sub_linha"]),
    ],
)
def test_busca_e_um_pedaco_literal_do_nome_sem_acento(
    oficina: Oficina, busca: str, achados: list[str]
) -> None:
    com_nomes(
        oficina, "João D'Ávila", "Ana Conceição", "100% Algodão", "sub_linha", "barra\\invertida"
    )
    assert nomes(oficina, busca) == achados


def test_busca_vale_em_todas_as_paginas(oficina: Oficina) -> None:
    com_nomes(oficina, *(f"{nome} {i}" for i in range(4) for nome in ("Ana", "Zé")))
    vistas = paginas(oficina, ListarClientes(busca="zé", limite=2))
    assert [[x.nome for x in pagina.itens] for pagina in vistas] == [
        ["Zé 0", "Zé 1"],
        ["Zé 2", "Zé 3"],
    ]


def test_codigo_e_nome_se_buscam_juntos(oficina: Oficina) -> None:
    cenario.catalogo(oficina)
    buscas: tuple[tuple[CasoDeUso[Pagina[Any]], list[str]], ...] = (
        (ListarServicos(busca="past"), ["PAST"]),
        (ListarServicos(busca="troca de oleo"), ["OLEO"]),
        (ListarPecas(busca="5w"), ["OLEO-5W30"]),
        (ListarKits(busca="oleo 1.0"), ["TROCA-OLEO"]),
    )
    for lista, achados in buscas:
        assert [linha.codigo for linha in oficina.executar(lista).itens] == achados


@pytest.mark.parametrize(
    "busca",
    ["\x1b[2J", "\x00", "\u202e", "\ud800", "x" * 60_000],
    ids=["escape", "nulo", "bidi", "meio-caractere", "longa"],
)
def test_busca_hostil_nao_derruba_a_lista(oficina: Oficina, busca: str) -> None:
    com_nomes(oficina, "Ana")
    achados: list[str] = []
    with suppress(DadoInvalido):
        achados = nomes(oficina, busca)
    assert achados == []


@pytest.mark.parametrize(
    "lista",
    [
        *(cadastro.listar for cadastro in CADASTROS.values()),
        ListarOrcamentos,
        ListarOrdens,
        ListarMovimentos,
    ],
)
def test_limite_tem_faixa(lista: type[Any]) -> None:
    assert lista(limite=1).limite == 1
    assert lista(limite=LIMITE_MAXIMO).limite == LIMITE_MAXIMO
    for limite in (0, -1, LIMITE_MAXIMO + 1, 2**63):
        with pytest.raises(DadoInvalido) as recusa:
            lista(limite=limite)
        assert recusa.value.campo == "limite"


def test_limite_maximo_cabe_em_uma_pagina(oficina: Oficina) -> None:
    com_nomes(oficina, *(f"Ana {i}" for i in range(LIMITE_MAXIMO + 1)))
    cheia, resto = paginas(oficina, ListarClientes(limite=LIMITE_MAXIMO))
    assert (len(cheia.itens), len(resto.itens)) == (LIMITE_MAXIMO, 1)


@pytest.mark.parametrize(
    "outra",
    [
        ListarClientes(inativos=True),
        ListarClientes(busca="ana"),
        ListarVeiculos(),
        ListarFuncionarios(),
        ListarServicos(),
        ListarPecas(),
        ListarKits(),
        ListarOrdens(),
        ListarOrcamentos(),
        ListarMovimentos(),
    ],
    ids=lambda lista: f"{type(lista).__name__}-{getattr(lista, 'busca', None)}",
)
def test_cursor_de_outra_lista_se_recusa(oficina: Oficina, outra: Any) -> None:
    com_nomes(oficina, "Ana", "Bia")
    cursor = oficina.executar(ListarClientes(limite=1)).proximo
    with pytest.raises(DadoInvalido, match="não é desta lista") as recusa:
        oficina.executar(replace(outra, cursor=cursor))
    assert recusa.value.campo == "cursor"


@pytest.mark.parametrize(
    ("lista", "chaves"),
    [
        (
            ListarClientes(),
            [("a", 2**63), ("a", []), ("a", {"x": 1}), ({}, 1), ("\ud800", 1), ("a", "b")],
        ),
        (ListarPecas(), [("a", 2**63), ("a", []), (["a"], 1)]),
        (ListarOrcamentos(), [(2**63,), ([],), ({},)]),
        (ListarMovimentos(), [(2**63,), ([],), ("x",)]),
        (
            ListarOrdens(),
            [
                ("NADA", "2026-11-23T12:00:00+00:00", 1),
                ("ENTREGUE", "2026-11-23T12:00:00+00:00", 1),
                ("RECEBIDA", "ontem", 1),
                ("RECEBIDA", "2026-11-23T12:00:00", 1),
                ("RECEBIDA", "2026-11-23T12:00:00+00:00", 2**63),
                ([], [], []),
            ],
        ),
    ],
    ids=["clientes", "pecas", "orcamentos", "movimentos", "ordens"],
)
def test_cursor_forjado_nao_derruba_a_lista(
    oficina: Oficina, lista: Any, chaves: list[Chave]
) -> None:
    """A marca do cursor não é segredo: quem a refaz é recusado, ou lê o que já podia ler."""
    for chave in chaves:
        with suppress(DadoInvalido):
            assert oficina.executar(replace(lista, cursor=lista.cursor_em(chave))).itens == ()


@pytest.mark.parametrize(
    ("recurso", "nomes"),
    [
        (Recurso.CLIENTE, ["529.982.247-25", "52998224725"]),
        (Recurso.FUNCIONARIO, ["111.444.777-35", "11144477735"]),
        (Recurso.VEICULO, ["ABC1D23", "abc-1323"]),
        (Recurso.PECA, ["FILTRO", " filtro "]),
        (Recurso.SERVICO, ["PAST", "past"]),
        (Recurso.KIT, ["TROCA-OLEO", "troca-oleo"]),
    ],
)
def test_localiza_pelo_nome_natural(oficina: Oficina, recurso: Recurso, nomes: list[str]) -> None:
    cenario.catalogo(oficina)
    ids = {
        Recurso.CLIENTE: cenario.cliente(oficina).id,
        Recurso.VEICULO: cenario.veiculo(oficina).id,
        Recurso.FUNCIONARIO: cenario.funcionario(oficina, Papel.MECANICO).id,
        Recurso.PECA: codigos(oficina, ListarPecas())["FILTRO"],
        Recurso.SERVICO: codigos(oficina, ListarServicos())["PAST"],
        Recurso.KIT: codigos(oficina, ListarKits())["TROCA-OLEO"],
    }
    for nome in nomes:
        assert oficina.executar(Localizar(recurso=recurso, nome=nome)).id == ids[recurso]


def codigos(oficina: Oficina, lista: Any) -> dict[str, int]:
    return {linha.codigo: linha.id for linha in oficina.executar(lista).itens}


@pytest.mark.parametrize(
    ("recurso", "nome", "diz"),
    [
        (Recurso.CLIENTE, "123.456.789-09", "cliente tem esse documento"),
        (Recurso.CLIENTE, "12ABC34501DE35", "cliente tem esse documento"),
        (Recurso.FUNCIONARIO, "123.456.789-09", "funcionário tem esse CPF"),
        (Recurso.VEICULO, "ABC1D23", "veículo tem essa placa"),
        (Recurso.PECA, "filtro", "peça com esse código"),
        (Recurso.SERVICO, "oleo", "serviço com esse código"),
        (Recurso.KIT, "troca", "kit com esse código"),
    ],
)
def test_nome_que_ninguem_tem_nao_se_acha_nem_se_repete(
    oficina: Oficina, recurso: Recurso, nome: str, diz: str
) -> None:
    with pytest.raises(NaoEncontrado, match=diz) as recusa:
        oficina.executar(Localizar(recurso=recurso, nome=nome))
    assert nome.upper() not in str(recusa.value).upper()


@pytest.mark.parametrize("recurso", Recurso)
@pytest.mark.parametrize("nome", ["", " ", "x y", "\x1b[2J", "\ud800", "1" * 500, "id:1"])
def test_nome_que_nao_tem_forma_de_nome_se_recusa(
    oficina: Oficina, recurso: Recurso, nome: str
) -> None:
    with pytest.raises(DadoInvalido):
        oficina.executar(Localizar(recurso=recurso, nome=nome))


# --- Buscar: qualquer coisa que o cliente diga


@pytest.fixture
def patio(oficina: Oficina) -> Oficina:
    """A Ana, com um carro na casa e outro que já saiu; a Bia, sem carro nenhum."""
    oficina.executar(CriarServico(codigo="OLEO", nome="Troca de óleo", preco=UM))
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    cenario.veiculo(oficina, "XYZ9A87")
    oficina.executar(AbrirOrdem(veiculo_id="ABC1D23", queixa="Barulho"))
    saiu = oficina.executar(AbrirOrdem(veiculo_id="XYZ9A87", queixa="Freio"))
    oficina.executar(CancelarOrdem(ordem_id=saiu.id, motivo="desistiu"))
    oficina.executar(CriarCliente(nome="Bia Muñoz", documento="12ABC34501DE35"))
    return oficina


@pytest.mark.parametrize(
    ("texto", "ordens", "placas", "nomes"),
    [
        ("abc-1323", ["ABC1D23"], ["ABC1D23"], []),
        ("abc1d", ["ABC1D23"], ["ABC1D23"], []),
        ("ABC-1D", ["ABC1D23"], ["ABC1D23"], []),
        ("conceição", ["ABC1D23"], ["ABC1D23", "XYZ9A87"], ["Ana Conceição"]),
        ("ANA CONC", ["ABC1D23"], ["ABC1D23", "XYZ9A87"], ["Ana Conceição"]),
        ("98765-4321", ["ABC1D23"], ["ABC1D23", "XYZ9A87"], ["Ana Conceição"]),
        ("(11) 98765", ["ABC1D23"], ["ABC1D23", "XYZ9A87"], ["Ana Conceição"]),
        ("529.982.247-25", ["ABC1D23"], ["ABC1D23", "XYZ9A87"], ["Ana Conceição"]),
        ("529982", ["ABC1D23"], ["ABC1D23", "XYZ9A87"], ["Ana Conceição"]),
        ("982.247", ["ABC1D23"], ["ABC1D23", "XYZ9A87"], ["Ana Conceição"]),
        ("12.abc.345/01de-35", [], [], ["Bia Muñoz"]),
        ("munoz", [], [], ["Bia Muñoz"]),
        ("gol", ["ABC1D23"], ["ABC1D23", "XYZ9A87"], []),
        ("nada disso", [], [], []),
        ("%", [], [], []),
        ("9" * 30, [], [], []),
    ],
)
def test_buscar_acha_pelo_que_se_lembra(
    patio: Oficina, texto: str, ordens: list[str], placas: list[str], nomes: list[str]
) -> None:
    achados = patio.executar(Buscar(texto=texto))
    assert [ordem.placa for ordem in achados.ordens] == ordens
    assert [veiculo.placa for veiculo in achados.veiculos] == placas
    assert [cliente.nome for cliente in achados.clientes] == nomes


def test_duas_palavras_acham_o_nome_que_as_tem_com_outra_no_meio(oficina: Oficina) -> None:
    cenario.cliente(oficina, "João da Conceição")
    (achado,) = oficina.executar(Buscar(texto="joao conceicao")).clientes
    assert achado.nome == "João da Conceição"
    assert oficina.executar(Buscar(texto="conceicao joaquim")).clientes == ()


@pytest.mark.parametrize("texto", ["abc1d24", "abe1d23", "ABC-D123", "abc7323", "a8c1d23"])
def test_a_placa_com_um_erro_de_digitacao_diz_a_parecida(patio: Oficina, texto: str) -> None:
    achados = patio.executar(Buscar(texto=texto))
    assert (achados.ordens, achados.veiculos, achados.clientes) == ((), (), ())
    assert [veiculo.placa for veiculo in achados.parecidos] == ["ABC1D23"]


@pytest.mark.parametrize("texto", ["abc1d23", "abc1d", "xbc1d24", "bia", "nada disso", "1234567"])
def test_so_se_diz_parecida_a_que_falta_por_um_erro(patio: Oficina, texto: str) -> None:
    assert patio.executar(Buscar(texto=texto)).parecidos == ()


def test_buscar_pelo_numero_acha_a_ordem_mesmo_encerrada(patio: Oficina) -> None:
    (cancelada,) = patio.executar(ListarOrdens(status=StatusOrdem.CANCELADA)).itens
    for dito in (str(cancelada.id), f"OS {cancelada.id}", f"#{cancelada.id}"):
        assert patio.executar(Buscar(texto=dito)).ordens[0] == cancelada
    assert patio.executar(Buscar(texto=str(2**63))).ordens == ()


def test_buscar_mascara_os_dados_pessoais(patio: Oficina) -> None:
    (ana,) = patio.executar(Buscar(texto="ana")).clientes
    assert (ana.documento, ana.telefone) == ("***.982.247-**", "(**) *****-4321")


def test_buscar_nao_mostra_o_que_se_desativou(patio: Oficina) -> None:
    achados = patio.executar(Buscar(texto="conceição"))
    patio.executar(DesativarVeiculo(veiculo_id=achados.veiculos[1].id))
    patio.executar(DesativarCliente(cliente_id=achados.clientes[0].id))
    assert patio.executar(Buscar(texto="conceição")).clientes == ()
    assert [v.placa for v in patio.executar(Buscar(texto="gol")).veiculos] == ["ABC1D23"]


@pytest.mark.parametrize("texto", ["", "  ", "\u3164", "x" * 121])
def test_busca_sem_nada_que_se_veja_se_recusa(texto: str) -> None:
    with pytest.raises(DadoInvalido):
        Buscar(texto=texto)


@pytest.mark.parametrize("dito", ["filtro-ole", "FILTRO-OLEOO", "FILTOR-OLEO", "FILTRO_OLEO"])
def test_o_codigo_com_um_erro_de_digitacao_diz_o_parecido(oficina: Oficina, dito: str) -> None:
    oficina.executar(CriarPeca(codigo="FILTRO-OLEO", nome="Filtro", preco=Decimal("1.00")))
    with pytest.raises(NaoEncontrado, match=r"seria FILTRO-OLEO\?"):
        oficina.executar(Localizar(recurso=Recurso.PECA, nome=dito))


def test_o_desativado_e_o_que_nem_se_parece_nao_se_sugerem(oficina: Oficina) -> None:
    peca = oficina.executar(CriarPeca(codigo="FILTRO-OLEO", nome="Filtro", preco=Decimal("1.00")))
    with pytest.raises(NaoEncontrado, match="confira na lista"):
        oficina.executar(Localizar(recurso=Recurso.PECA, nome="PASTILHA"))
    oficina.executar(DesativarPeca(peca_id=peca.id))
    with pytest.raises(NaoEncontrado, match="confira na lista"):
        oficina.executar(Localizar(recurso=Recurso.PECA, nome="FILTRO-OLE"))


def test_a_placa_de_outro_carro_se_sugere_como_se_le_nele(patio: Oficina) -> None:
    with pytest.raises(NaoEncontrado, match=r"seria ABC1D23\?"):
        patio.executar(Localizar(recurso=Recurso.VEICULO, nome="ABC1D24"))
    with pytest.raises(NaoEncontrado, match=r"seria ABC1D23\? Para cadastrar junto") as erro:
        patio.executar(AbrirOrdem(veiculo_id="ABC1D24", queixa="barulho"))
    assert erro.value.comando.startswith("--marca")


def test_documento_parecido_nunca_se_sugere(patio: Oficina) -> None:
    """O de outra pessoa é dado dela."""
    with pytest.raises(NaoEncontrado) as erro:
        patio.executar(Localizar(recurso=Recurso.CLIENTE, nome="111.444.777-35"))
    assert "seria" not in str(erro.value)
