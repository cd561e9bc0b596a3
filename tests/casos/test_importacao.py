"""Importações: uma planilha é um pedido, e entra inteira ou não entra."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.casos.busca import Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.estoque import ListarMovimentos
from oficina_core.casos.importacao import LINHAS_MAXIMO, Importacao
from oficina_core.casos.kits import (
    ITENS_MAXIMO,
    CriarKit,
    DesativarKit,
    ItemPedido,
    ListarKits,
    VerKit,
)
from oficina_core.casos.kits_importacao import (
    ImportarKits,
    LinhaImportadaKit,
    ListarItensDeKits,
)
from oficina_core.casos.pecas import (
    DesativarPeca,
    EditarPeca,
    FichaPeca,
    ListarPecas,
    VerPeca,
)
from oficina_core.casos.pecas_importacao import ImportarPecas, LinhaImportadaPeca
from oficina_core.casos.portas import CasoDeUso, Oficina
from oficina_core.casos.servicos import (
    DesativarServico,
    FichaServico,
    ImportarServicos,
    LinhaImportadaServico,
    ListarServicos,
    VerServico,
)
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.erros import Conflito, DadoInvalido, NaoEncontrado, RegraViolada
from oficina_core.dominio.estoque import CausaMovimento
from tests import cenario


def servico(linha: int, codigo: str, preco: str = "75.00", **campos: Any) -> LinhaImportadaServico:
    dados: dict[str, Any] = {"nome": codigo.capitalize(), "tempo_estimado": 30} | campos
    return LinhaImportadaServico(linha=linha, codigo=codigo, preco=Decimal(preco), **dados)


def peca(linha: int, codigo: str, preco: str = "10.00", **campos: Any) -> LinhaImportadaPeca:
    dados: dict[str, Any] = {"nome": codigo.capitalize()} | campos
    return LinhaImportadaPeca(linha=linha, codigo=codigo, preco=Decimal(preco), **dados)


def kit(linha: int, codigo: str, **itens: Any) -> LinhaImportadaKit:
    return LinhaImportadaKit(linha=linha, codigo=codigo, nome=codigo.capitalize(), **itens)


FILTRO = peca(2, "FILTRO", "35.00", custo=Decimal("20.00"), estoque=Decimal(10))
OLEO = peca(
    3,
    "OLEO",
    "39.90",
    unidade=Unidade.L,
    custo=Decimal("25.00"),
    estoque=Decimal("40.5"),
    minimo=Decimal("2.5"),
    localizacao="A1",
)
VELA = peca(4, "VELA")


def ver_servico(oficina: Oficina, codigo: str) -> FichaServico:
    achado = oficina.executar(Localizar(recurso=Recurso.SERVICO, nome=codigo))
    return oficina.executar(VerServico(servico_id=achado.id))


def ver_peca(oficina: Oficina, codigo: str) -> FichaPeca:
    achado = oficina.executar(Localizar(recurso=Recurso.PECA, nome=codigo))
    return oficina.executar(VerPeca(peca_id=achado.id))


def codigos(oficina: Oficina, lista: Any) -> list[str]:
    return [linha.codigo for linha in oficina.executar(lista).itens]


def test_servicos_novos_entram(oficina: Oficina) -> None:
    planilha = ImportarServicos(linhas=(servico(2, "oleo"), servico(3, "FREIO", "9.90")))
    assert oficina.executar(planilha) == Importacao(novos=2, atualizados=0, iguais=0)
    assert codigos(oficina, ListarServicos()) == ["FREIO", "OLEO"]
    freio = ver_servico(oficina, "FREIO")
    assert (freio.nome, freio.preco, freio.tempo_estimado) == ("Freio", Decimal("9.90"), 30)
    assert [x.codigo for x in oficina.executar(ListarServicos(busca="fre")).itens] == ["FREIO"]


def test_a_mesma_planilha_de_novo_nao_muda_nada(oficina: Oficina) -> None:
    de_servicos = ImportarServicos(linhas=(servico(2, "OLEO"), servico(3, "FREIO")))
    de_pecas = ImportarPecas(linhas=(FILTRO, OLEO, VELA))
    oficina.executar(de_servicos)
    oficina.executar(de_pecas)
    antes = (oficina.executar(ListarServicos()), oficina.executar(ListarPecas()))
    filtro, livro = ver_peca(oficina, "FILTRO"), oficina.executar(ListarMovimentos())
    for atualizar in (False, True):
        repetida = oficina.executar(replace(de_servicos, atualizar=atualizar))
        assert repetida == Importacao(novos=0, atualizados=0, iguais=2)
        repetida = oficina.executar(replace(de_pecas, atualizar=atualizar))
        assert repetida == Importacao(novos=0, atualizados=0, iguais=3)
    assert (oficina.executar(ListarServicos()), oficina.executar(ListarPecas())) == antes
    assert ver_peca(oficina, "FILTRO") == filtro
    assert oficina.executar(ListarMovimentos()) == livro


def test_linha_diferente_recusa_a_planilha_inteira_e_diz_o_que_muda(oficina: Oficina) -> None:
    oficina.executar(ImportarServicos(linhas=(servico(2, "OLEO"), servico(3, "FREIO"))))
    antes = oficina.executar(ListarServicos())
    nova = ImportarServicos(
        linhas=(
            servico(2, "NOVO"),
            servico(3, "OLEO", "80.00", tempo_estimado=45),
            servico(4, "FREIO"),
        )
    )
    with pytest.raises(Conflito, match="1 linha difere ") as recusa:
        oficina.executar(nova)
    assert recusa.value.comando == "--atualizar"
    (detalhe,) = recusa.value.detalhes
    assert detalhe.startswith("linha 3: o código OLEO: ")
    assert "preço R$ 75,00 → R$ 80,00" in detalhe
    assert "tempo estimado 30 → 45" in detalhe
    assert oficina.executar(ListarServicos()) == antes


def test_atualizar_fica_com_a_planilha(oficina: Oficina) -> None:
    oficina.executar(ImportarServicos(linhas=(servico(2, "OLEO"), servico(3, "FREIO"))))
    resumo = oficina.executar(
        ImportarServicos(
            linhas=(servico(2, "NOVO"), servico(3, "OLEO", "80.00"), servico(4, "FREIO")),
            atualizar=True,
        )
    )
    assert resumo == Importacao(novos=1, atualizados=1, iguais=1)
    assert ver_servico(oficina, "OLEO").preco == Decimal("80.00")
    assert [ver_servico(oficina, codigo).versao for codigo in ("OLEO", "FREIO")] == [2, 1]


def test_varias_linhas_ruins_se_contam_no_plural(oficina: Oficina) -> None:
    oficina.executar(ImportarServicos(linhas=(servico(2, "OLEO"), servico(3, "FREIO"))))
    outras = (servico(2, "OLEO", "1.00"), servico(3, "FREIO", "1.00"))
    with pytest.raises(Conflito, match=r"^2 linhas diferem"):
        oficina.executar(ImportarServicos(linhas=outras))
    for codigo in ("OLEO", "FREIO"):
        oficina.executar(DesativarServico(servico_id=ver_servico(oficina, codigo).id))
    with pytest.raises(Conflito, match=r"^2 linhas são de registros desativados"):
        oficina.executar(ImportarServicos(linhas=outras))


def test_atualizar_peca_muda_a_prateleira_e_nao_mexe_no_estoque_nem_no_custo(
    oficina: Oficina,
) -> None:
    oficina.executar(ImportarPecas(linhas=(FILTRO,)))
    antes = ver_peca(oficina, "FILTRO")
    outra = replace(
        FILTRO,
        nome="Filtro de óleo",
        preco=Decimal("40.00"),
        estoque=Decimal(999),
        custo=Decimal("1.00"),
        minimo=Decimal(5),
        localizacao="Z9",
    )
    resumo = oficina.executar(ImportarPecas(linhas=(outra,), atualizar=True))
    assert resumo == Importacao(novos=0, atualizados=1, iguais=0)
    depois = ver_peca(oficina, "FILTRO")
    mudou: dict[str, Any] = {"nome": "Filtro de óleo", "preco": Decimal("40.00"), "versao": 2}
    assert depois == replace(antes, **mudou, minimo=Decimal(5), localizacao="Z9")
    assert oficina.executar(ImportarPecas(linhas=(outra,))).iguais == 1


def test_peca_nova_sem_unidade_se_conta_inteira(oficina: Oficina) -> None:
    with pytest.raises(DadoInvalido, match="1 linha não serve") as recusa:
        oficina.executar(ImportarPecas(linhas=(FILTRO, replace(OLEO, unidade=None))))
    assert recusa.value.detalhes == (
        "linha 3: o código OLEO: A quantidade em un deve ser inteira.",
    )


def test_so_a_prateleira_tambem_e_diferenca_e_o_que_nao_se_diz_fica(oficina: Oficina) -> None:
    oficina.executar(ImportarPecas(linhas=(OLEO,)))
    em_litros = replace(OLEO, unidade=None, minimo=None, localizacao=None)
    assert oficina.executar(ImportarPecas(linhas=(em_litros,))).iguais == 1
    outra = replace(em_litros, minimo=Decimal(4), localizacao="B2")
    with pytest.raises(Conflito) as recusa:
        oficina.executar(ImportarPecas(linhas=(outra,)))
    assert recusa.value.detalhes == ("linha 3: o código OLEO: mínimo 2,5 → 4, lugar A1 → B2",)
    oficina.executar(ImportarPecas(linhas=(outra,), atualizar=True))
    oleo = ver_peca(oficina, "OLEO")
    assert (oleo.minimo, oleo.localizacao, oleo.preco) == (Decimal(4), "B2", OLEO.preco)


def test_peca_nova_entra_com_estoque_custo_e_prateleira(oficina: Oficina) -> None:
    resumo = oficina.executar(ImportarPecas(linhas=(FILTRO, OLEO, VELA)))
    assert resumo == Importacao(novos=3, atualizados=0, iguais=0)
    oleo = ver_peca(oficina, "OLEO")
    assert (oleo.unidade, oleo.estoque, oleo.disponivel) == (
        Unidade.L,
        Decimal("40.5"),
        Decimal("40.5"),
    )
    assert (oleo.custo, oleo.minimo, oleo.localizacao) == (Decimal("25.00"), Decimal("2.5"), "A1")
    vela = ver_peca(oficina, "VELA")
    assert (int(vela.estoque), int(vela.minimo)) == (0, 0)
    assert (vela.custo, vela.localizacao) == (None, None)
    livro = oficina.executar(ListarMovimentos()).itens
    assert {(m.codigo, m.causa, m.delta, m.saldo_apos, m.custo_unitario) for m in livro} == {
        ("FILTRO", CausaMovimento.ENTRADA, 10, 10, Decimal("20.00")),
        ("OLEO", CausaMovimento.ENTRADA, Decimal("40.5"), Decimal("40.5"), Decimal("25.00")),
    }


@pytest.mark.parametrize("atualizar", [False, True])
def test_a_unidade_da_peca_nao_muda(
    oficina: Oficina,
    atualizar: bool,  # noqa: FBT001
) -> None:
    oficina.executar(ImportarPecas(linhas=(FILTRO,)))
    antes = ver_peca(oficina, "FILTRO")
    em_litros = replace(FILTRO, unidade=Unidade.L, preco=Decimal("1.00"))
    with pytest.raises((Conflito, DadoInvalido)) as recusa:
        oficina.executar(ImportarPecas(linhas=(VELA, em_litros), atualizar=atualizar))
    assert "linha 2" in " ".join((str(recusa.value), *recusa.value.detalhes))
    assert codigos(oficina, ListarPecas()) == ["FILTRO"]
    assert ver_peca(oficina, "FILTRO") == antes


@pytest.mark.parametrize("atualizar", [False, True])
def test_linha_de_registro_desativado_e_recusada(
    oficina: Oficina,
    atualizar: bool,  # noqa: FBT001
) -> None:
    oficina.executar(ImportarPecas(linhas=(FILTRO,)))
    oficina.executar(ImportarServicos(linhas=(servico(2, "OLEO"),)))
    filtro, oleo = ver_peca(oficina, "FILTRO"), ver_servico(oficina, "OLEO")
    filtro = oficina.executar(DesativarPeca(peca_id=filtro.id))
    oleo = oficina.executar(DesativarServico(servico_id=oleo.id))
    planilhas: tuple[CasoDeUso[Importacao], ...] = (
        ImportarPecas(linhas=(VELA, FILTRO), atualizar=atualizar),
        ImportarServicos(linhas=(servico(2, "NOVO"), servico(3, "OLEO")), atualizar=atualizar),
    )
    for planilha in planilhas:
        with pytest.raises(Conflito) as recusa:
            oficina.executar(planilha)
        assert "desativado; reative" in " ".join((str(recusa.value), *recusa.value.detalhes))
    assert codigos(oficina, ListarPecas()) == codigos(oficina, ListarServicos()) == []
    assert (ver_peca(oficina, "FILTRO"), ver_servico(oficina, "OLEO")) == (filtro, oleo)


@pytest.mark.parametrize("linhas", [(2, 3), (0, 0)], ids=["numeradas", "sem-numero"])
def test_codigo_repetido_na_planilha_e_recusado(oficina: Oficina, linhas: tuple[int, int]) -> None:
    """Quem chama a API pode não numerar as linhas; a planilha está errada do mesmo jeito."""
    uma, outra = linhas
    with pytest.raises(DadoInvalido, match="1 linha repete") as recusa:
        oficina.executar(
            ImportarServicos(linhas=(servico(uma, "OLEO"), servico(outra, "oleo", "80.00")))
        )
    (detalhe,) = recusa.value.detalhes
    assert detalhe == f"linha {outra}: o código OLEO já está na linha {uma}"
    assert codigos(oficina, ListarServicos()) == []


def test_linha_de_numero_negativo_e_recusada(oficina: Oficina) -> None:
    with pytest.raises(DadoInvalido, match="a partir de 1") as recusa:
        oficina.executar(ImportarServicos(linhas=(servico(-1, "OLEO"),)))
    assert recusa.value.campo == "linha"
    assert codigos(oficina, ListarServicos()) == []


def test_planilha_vazia_e_recusada(oficina: Oficina) -> None:
    vazias: tuple[CasoDeUso[Importacao], ...] = (
        ImportarPecas(linhas=()),
        ImportarServicos(linhas=()),
        ImportarKits(kits=()),
    )
    for vazia in vazias:
        with pytest.raises(DadoInvalido, match="nenhuma linha"):
            oficina.executar(vazia)


@pytest.mark.parametrize(
    "planilha",
    [
        lambda n: ImportarServicos(linhas=tuple(servico(i, f"S-{i}") for i in range(n))),
        lambda n: ImportarPecas(linhas=tuple(peca(i, f"P-{i}") for i in range(n))),
        lambda n: ImportarKits(kits=tuple(kit(i, f"K-{i}", servicos=("OLEO",)) for i in range(n))),
    ],
    ids=["servicos", "pecas", "kits"],
)
def test_planilha_de_mais_de_20_mil_linhas_e_recusada(
    oficina: Oficina, planilha: Callable[[int], CasoDeUso[Importacao]]
) -> None:
    with pytest.raises(DadoInvalido, match="20000 linhas"):
        oficina.executar(planilha(LINHAS_MAXIMO + 1))


def test_planilha_grande_entra_inteira_e_na_ordem_dos_codigos(oficina: Oficina) -> None:
    """Mais de um lote de gravação: nenhuma linha se perde nem se troca."""
    linhas = tuple(peca(i, f"P-{i:04}", f"{i}.00", estoque=Decimal(i % 3)) for i in range(1, 2_502))
    assert oficina.executar(ImportarPecas(linhas=linhas)).novos == 2_501
    for numero in (1, 1_000, 1_001, 2_000, 2_501):
        ficha = ver_peca(oficina, f"P-{numero:04}")
        assert (ficha.preco, int(ficha.estoque)) == (Decimal(numero), numero % 3)
    assert oficina.executar(ImportarPecas(linhas=linhas)).iguais == 2_501


def test_importar_conversa_com_o_que_se_cadastrou_a_mao(oficina: Oficina) -> None:
    id = cenario.peca(oficina, "FILTRO", "35.00", estoque="3")
    resumo = oficina.executar(ImportarPecas(linhas=(FILTRO, VELA)))
    assert resumo == Importacao(novos=1, atualizados=0, iguais=1)
    assert ver_peca(oficina, "FILTRO").estoque == 3
    oficina.executar(
        EditarPeca(
            peca_id=ver_peca(oficina, "VELA").id,
            versao=1,
            codigo="VELA-NGK",
            nome="Vela",
            preco=Decimal("12.00"),
        )
    )
    assert oficina.executar(ImportarPecas(linhas=(VELA,))).novos == 1
    assert ver_peca(oficina, "FILTRO").id == id


KIT = LinhaImportadaKit(
    linha=2,
    codigo="TROCA-2",
    nome="Troca dupla",
    servicos=("OLEO",),
    pecas=(ItemPedido(id="OLEO-5W30", quantidade=Decimal("3.5")), "FILTRO"),
)


def test_kits_novos_entram_e_os_iguais_ficam_como_estao(oficina: Oficina) -> None:
    cenario.catalogo(oficina)
    antes = ver_kit(oficina, "TROCA-OLEO")
    existente = replace(KIT, codigo="troca-oleo", nome="Troca de óleo 1.0")
    resumo = oficina.executar(ImportarKits(kits=(KIT, existente)))
    assert resumo == Importacao(novos=1, atualizados=0, iguais=1)
    assert ver_kit(oficina, "TROCA-OLEO") == antes
    novo = ver_kit(oficina, "TROCA-2")
    assert (novo.nome, novo.total, len(novo.itens)) == ("Troca dupla", Decimal("249.65"), 3)
    assert oficina.executar(ImportarKits(kits=(KIT,))).iguais == 1
    oficina.executar(DesativarKit(kit_id=novo.id))
    with pytest.raises(Conflito, match="desativado"):
        oficina.executar(ImportarKits(kits=(KIT,)))


@pytest.mark.parametrize("mudanca", [{"nome": "Outro nome"}, {"servicos": ("PAST",)}], ids=str)
def test_kit_que_difere_do_cadastrado_recusa_a_planilha(
    oficina: Oficina, mudanca: dict[str, Any]
) -> None:
    cenario.catalogo(oficina)
    oficina.executar(ImportarKits(kits=(KIT,)))
    novo = replace(KIT, linha=5, codigo="NOVO")
    outra = replace(KIT, **mudanca)
    with pytest.raises(Conflito, match="1 linha difere") as recusa:
        oficina.executar(ImportarKits(kits=(novo, outra)))
    assert "TROCA-2" in recusa.value.detalhes[0]
    assert recusa.value.comando == "--atualizar"
    assert codigos(oficina, ListarKits()) == ["TROCA-2", "TROCA-OLEO"]
    resumo = oficina.executar(ImportarKits(kits=(novo, outra), atualizar=True))
    assert resumo == Importacao(novos=1, atualizados=1, iguais=0)
    ficha = ver_kit(oficina, "TROCA-2")
    assert (ficha.nome, ficha.versao) == (outra.nome, 2)
    assert oficina.executar(ImportarKits(kits=(outra,))).iguais == 1


@pytest.mark.parametrize(
    ("ruim", "erro"),
    [
        (replace(KIT, codigo="RUIM", pecas=("NADA",)), NaoEncontrado),
        (replace(KIT, codigo="RUIM", servicos=("NADA",)), NaoEncontrado),
        (replace(KIT, codigo="RUIM", servicos=(), pecas=()), RegraViolada),
        (replace(KIT, nome="De novo"), (Conflito, DadoInvalido)),
    ],
    ids=["peca", "servico", "vazio", "repetido"],
)
def test_kit_errado_nao_deixa_entrar_nenhum(
    oficina: Oficina, ruim: LinhaImportadaKit, erro: type[Exception] | tuple[type[Exception], ...]
) -> None:
    cenario.catalogo(oficina)
    with pytest.raises(erro):
        oficina.executar(ImportarKits(kits=(KIT, ruim)))
    assert codigos(oficina, ListarKits()) == ["TROCA-OLEO"]


@pytest.mark.parametrize(
    ("itens", "diz"),
    [
        ({}, "ao menos um"),
        ({"pecas": ("FILTRO", "filtro")}, "repete um item"),
        ({"pecas": (ItemPedido(id="FILTRO", quantidade=Decimal("0.5")),)}, "inteira"),
    ],
)
def test_o_erro_de_um_kit_diz_a_linha_e_o_codigo(
    oficina: Oficina, itens: dict[str, Any], diz: str
) -> None:
    cenario.catalogo(oficina)
    with pytest.raises((DadoInvalido, RegraViolada), match=r"^1 linha ") as recusa:
        oficina.executar(ImportarKits(kits=(KIT, kit(7, "RUIM", **itens))))
    (detalhe,) = recusa.value.detalhes
    assert detalhe.startswith("linha 7: kit RUIM: ")
    assert diz in detalhe


def test_item_desativado_se_diz_com_a_linha_do_kit(oficina: Oficina) -> None:
    cenario.catalogo(oficina)
    existente = replace(KIT, codigo="IGUAL")
    oficina.executar(ImportarKits(kits=(existente,)))
    oficina.executar(DesativarPeca(peca_id=ver_peca(oficina, "FILTRO").id))
    with pytest.raises(RegraViolada, match="1 linha contraria") as recusa:
        oficina.executar(ImportarKits(kits=(KIT, existente)))
    (detalhe,) = recusa.value.detalhes
    assert detalhe.startswith("linha 2: kit TROCA-2: Está desativado")
    assert oficina.executar(ImportarKits(kits=(existente,))).iguais == 1


def test_kits_importados_aos_milhares_ficam_cada_um_com_os_seus_itens(oficina: Oficina) -> None:
    cenario.catalogo(oficina)
    linhas = tuple(
        kit(n, f"K-{n:04}", pecas=("FILTRO",) if n % 2 else ("PASTILHA", "OLEO-5W30"))
        for n in range(1, 1_203)
    )
    assert oficina.executar(ImportarKits(kits=linhas)).novos == 1_202
    for numero, esperados in ((1, ["FILTRO"]), (1_202, ["OLEO-5W30", "PASTILHA"])):
        ficha = ver_kit(oficina, f"K-{numero:04}")
        assert [item.codigo for item in ficha.itens] == esperados
    assert oficina.executar(ImportarKits(kits=linhas)).iguais == 1_202


def test_kit_de_mais_de_cem_itens_se_recusa() -> None:
    itens = tuple(f"P-{n}" for n in range(ITENS_MAXIMO))
    assert CriarKit(codigo="GRANDE", nome="x", pecas=itens).tamanho == ITENS_MAXIMO
    with pytest.raises(DadoInvalido, match="GRANDE tem mais de 100 itens"):
        CriarKit(codigo="GRANDE", nome="x", pecas=itens, servicos=("OLEO",))


def test_os_itens_dos_kits_contam_como_linhas_da_planilha(oficina: Oficina) -> None:
    itens = tuple(f"P-{n}" for n in range(ITENS_MAXIMO))
    linhas = tuple(kit(n, f"K-{n}", pecas=itens) for n in range(LINHAS_MAXIMO // ITENS_MAXIMO + 1))
    with pytest.raises(DadoInvalido, match="20000 linhas"):
        oficina.executar(ImportarKits(kits=linhas))


def ver_kit(oficina: Oficina, codigo: str) -> Any:
    achado = oficina.executar(Localizar(recurso=Recurso.KIT, nome=codigo))
    return oficina.executar(VerKit(kit_id=achado.id))


def test_parcial_deixa_de_fora_so_o_que_nao_serve(oficina: Oficina) -> None:
    """Um pedido, uma transação: o que serve entra, e de cada uma das outras se diz por quê."""
    oficina.executar(ImportarServicos(linhas=(servico(2, "OLEO"), servico(3, "FREIO"))))
    oficina.executar(DesativarServico(servico_id=ver_servico(oficina, "FREIO").id))
    linhas = (
        servico(2, "NOVO"),
        servico(3, "OLEO", "80.00"),
        servico(4, "FREIO"),
        servico(5, "NOVO", "1.00"),
        servico(6, "OUTRO"),
    )
    resumo = oficina.executar(ImportarServicos(linhas=linhas, parcial=True))
    assert (resumo.novos, resumo.atualizados, resumo.iguais) == (2, 0, 0)
    assert [(x.linha, x.motivo) for x in resumo.recusadas] == [
        (3, "o código OLEO: preço R$ 75,00 → R$ 80,00"),
        (4, "o código FREIO está desativado; reative-o antes"),
        (5, "o código NOVO já está na linha 2"),
    ]
    assert codigos(oficina, ListarServicos()) == ["NOVO", "OLEO", "OUTRO"]
    assert ver_servico(oficina, "NOVO").preco == Decimal("75.00")
    resumo = oficina.executar(ImportarServicos(linhas=linhas, parcial=True, atualizar=True))
    assert (resumo.novos, resumo.atualizados, resumo.iguais) == (0, 1, 2)
    assert [x.linha for x in resumo.recusadas] == [4, 5]


def test_parcial_so_com_linhas_ruins_nao_muda_nada(oficina: Oficina) -> None:
    oficina.executar(ImportarServicos(linhas=(servico(2, "OLEO"),)))
    antes = oficina.executar(ListarServicos())
    resumo = oficina.executar(ImportarServicos(linhas=(servico(2, "OLEO", "1.00"),), parcial=True))
    assert (resumo.novos, resumo.atualizados, resumo.iguais) == (0, 0, 0)
    assert len(resumo.recusadas) == 1
    assert oficina.executar(ListarServicos()) == antes


def test_parcial_deixa_de_fora_a_peca_de_outra_unidade_e_o_kit_sem_item(oficina: Oficina) -> None:
    cenario.catalogo(oficina)
    em_litros = peca(3, "FILTRO", "1.00", unidade=Unidade.L)
    resumo = oficina.executar(ImportarPecas(linhas=(VELA, em_litros), parcial=True, atualizar=True))
    assert resumo.novos == 1
    (recusada,) = resumo.recusadas
    assert recusada.motivo == "o código FILTRO: a peça se conta em un; a unidade não muda."
    ruim = replace(KIT, linha=9, codigo="RUIM", pecas=("NADA",), servicos=("NADA",))
    resumo = oficina.executar(ImportarKits(kits=(KIT, ruim), parcial=True))
    assert resumo.novos == 1
    (recusada,) = resumo.recusadas
    assert recusada.linha == 9
    assert recusada.motivo.startswith("kit RUIM: não há o serviço NADA")
    assert "TROCA-2" in codigos(oficina, ListarKits())


def test_os_itens_de_todos_os_kits_sao_a_planilha_que_se_importa(oficina: Oficina) -> None:
    cenario.catalogo(oficina)
    oficina.executar(ImportarKits(kits=(KIT,)))
    primeira = oficina.executar(ListarItensDeKits(limite=4))
    resto = oficina.executar(ListarItensDeKits(limite=4, cursor=primeira.proximo))
    itens = (*primeira.itens, *resto.itens)
    assert resto.proximo is None
    assert [(i.codigo, i.item, str(i.quantidade)) for i in itens if i.codigo == "TROCA-2"] == [
        ("TROCA-2", "OLEO", "1"),
        ("TROCA-2", "FILTRO", "1"),
        ("TROCA-2", "OLEO-5W30", "3.5"),
    ]
    achados = oficina.executar(ListarItensDeKits(busca="dupla"))
    assert {item.codigo for item in achados.itens} == {"TROCA-2"}
    oficina.executar(DesativarKit(kit_id=ver_kit(oficina, "TROCA-2").id))
    assert {i.codigo for i in oficina.executar(ListarItensDeKits()).itens} == {"TROCA-OLEO"}
