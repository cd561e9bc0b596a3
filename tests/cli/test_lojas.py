"""Mais de uma loja, pela linha de comando: dizer em qual, e ver só o que é dela."""

import pytest

from oficina_core.casos.portas import Oficina
from tests import cenario
from tests.cenario import PLACA
from tests.cli.conftest import Pedir, Rodar

COMO_ESCOLHER = "--loja NÚMERO, ou ponha-a em OFICINA_LOJA; as que há: oficina loja listar"
A_PRIMEIRA = "1"


@pytest.fixture
def filial(oficina: Oficina) -> str:
    """O número de outra loja; na matriz, dez filtros, 40 l de óleo e uma pastilha."""
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    return str(cenario.filial(oficina, "Filial Norte"))


def test_loja_se_cria_se_ve_e_se_edita(pedir: Pedir, rodar: Rodar) -> None:
    criada = pedir("loja", "criar", "--nome", "Filial Norte", "--fuso", "America/Manaus")
    numero = str(criada["id"])
    assert [loja["nome"] for loja in pedir("loja", "listar")] == ["Matriz", "Filial Norte"]
    vista = rodar("loja", "ver", numero).stdout
    for dito in ("Filial Norte", "America/Manaus", "Funcionários", "Ordens abertas"):
        assert dito in vista
    assert pedir("loja", "editar", numero, "--nome", "Norte")["fuso"] == "America/Manaus"
    repetida = rodar("loja", "criar", "--nome", "MATRIZ")
    assert repetida.exit_code == 5
    assert "já se chama assim" in repetida.stderr
    assert rodar("loja", "ver", "99").exit_code == 3


@pytest.mark.parametrize(
    "comando",
    [
        ("ordem", "abrir", "--placa", PLACA, "--queixa", "freio"),
        ("orcamento", "criar", "--placa", PLACA, "--peca", "FILTRO"),
        ("estoque", "entrada", "FILTRO", "1"),
        ("estoque", "ajustar", "FILTRO", "--menos", "1", "--motivo", "quebrou"),
        ("estoque", "conferir", "FILTRO", "3"),
        ("estoque", "prateleira", "FILTRO", "--minimo", "3"),
        ("estoque", "listar"),
        ("estoque", "movimentos"),
        ("estoque", "repor"),
        ("peca", "criar", "--codigo", "VELA", "--nome", "Vela", "--preco", "9,00"),
        ("peca", "listar"),
        ("item", "oleo"),
        ("relatorio", "painel"),
    ],
    ids=" ".join,
)
def test_quem_nao_diz_a_loja_ouve_como_a_dizer(
    rodar: Rodar, filial: str, comando: tuple[str, ...]
) -> None:
    recusado = rodar(*comando)
    assert (recusado.exit_code, recusado.stdout) == (2, "")
    assert "Há mais de uma loja; diga em qual." in recusado.stderr
    assert COMO_ESCOLHER in recusado.stderr
    assert rodar(*comando, "--loja", filial).exit_code == (6 if "--menos" in comando else 0)


def test_fila_e_orcamentos_sao_da_loja_dita_ou_de_todas_com_o_numero_dela(
    rodar: Rodar, pedir: Pedir, filial: str
) -> None:
    for loja in (A_PRIMEIRA, filial):
        pedir("ordem", "abrir", "--placa", PLACA, "--kit", "TROCA-OLEO", "--loja", loja)
    for lista in (("ordem", "fila"), ("orcamento", "listar")):
        dela = rodar(*lista, "--loja", filial).stdout
        assert "Loja" not in dela
        assert len(dela.splitlines()) == 2
        todas = rodar(*lista, "--todas-lojas", "--loja", filial).stdout
        assert "Loja" in todas.splitlines()[0]
        assert len(todas.splitlines()) == 3


def test_com_uma_loja_so_ela_nao_se_ve(rodar: Rodar, oficina: Oficina) -> None:
    cenario.catalogo(oficina)
    cenario.em_execucao(oficina)
    for lista in (("ordem", "fila"), ("orcamento", "listar"), ("ordem", "fila", "--todas-lojas")):
        assert "Loja" not in rodar(*lista).stdout


def test_as_lojas_se_listam_mesmo_de_uma_que_nao_existe(rodar: Rodar, filial: str) -> None:
    """É ela que diz as que há a quem se enganou, ou deixou outra em OFICINA_LOJA."""
    assert rodar("--loja", "99", "ordem", "fila").exit_code == 3
    assert "Filial Norte" in rodar("--loja", "99", "loja", "listar").stdout


def test_transferir_mostra_as_duas_lojas(rodar: Rodar, pedir: Pedir, filial: str) -> None:
    levar = ("estoque", "transferir", "OLEO-5W30", "3,5", "--de", A_PRIMEIRA, "--para", filial)
    simulada = rodar(*levar, "--simular")
    assert "Simulação: nada foi gravado." in simulada.stderr
    feita = rodar(*levar, "--motivo", "cliente à espera").stdout
    for dito in ("Matriz", "Filial Norte", "-3,5 l", "36,5 l"):
        assert dito in feita
    (chegada,) = pedir("estoque", "movimentos", "--loja", filial)
    assert chegada["motivo"].endswith(": cliente à espera")
    numero = str(chegada["id"])
    sozinho = rodar("estoque", "estornar", numero, "--motivo", "x", "--sim", "--loja", filial)
    assert sozinho.exit_code == 5
    assert f"estoque transferir OLEO-5W30 3,5 --de {filial} --para 1" in sozinho.stderr
    assert rodar(*levar[:3], "99", *levar[4:]).exit_code == 6
    assert rodar(*levar[:-1], A_PRIMEIRA).exit_code == 2


def test_repor_diz_quanto_comprar_e_para_que_ordens(
    rodar: Rodar, pedir: Pedir, oficina: Oficina
) -> None:
    cenario.catalogo(oficina)
    assert "Nada por aqui." in rodar("estoque", "repor").stderr
    pedir("estoque", "prateleira", "OLEO-5W30", "--minimo", "52,5", "--lugar", "A1")
    tabela = rodar("estoque", "repor").stdout
    assert "12,5 l" in tabela
    assert "Ordens" not in tabela, "nenhuma espera"
    cenario.peca(oficina, "RADIADOR")
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    espera = pedir("orcamento", "criar", "--placa", PLACA, "--peca", "RADIADOR", "--enviar")
    aprovada = pedir("orcamento", "aprovar", str(espera["id"]), "--permitir-falta")
    cabeca, oleo, radiador = rodar("estoque", "repor").stdout.splitlines()
    assert cabeca.split() == [
        *("Código", "Nome", "Comprar", "Falta", "Ordens", "Disponível", "Mínimo", "Custo", "Lugar")
    ]
    assert str(aprovada["id"]) in radiador
    assert "–" in oleo
    planilha = rodar("estoque", "repor", "-o", "csv").stdout.splitlines()
    assert planilha[0] == (
        "peca_id,codigo,nome,unidade,sugestao,falta,disponivel,minimo,custo,localizacao"
    )
    assert ",OLEO-5W30,Oleo-5w30,l,12.5,0,40,52.5,25.00,A1" in planilha[1]


@pytest.mark.parametrize("nome", ["parametro", "parametros", "parâmetros"])
def test_parametros_sozinho_mostra_o_que_cada_um_quer_dizer(rodar: Rodar, nome: str) -> None:
    vistos = rodar(nome)
    assert vistos.exit_code == 0
    cabeca, *linhas = vistos.stdout.splitlines()
    assert cabeca.split() == ["Nome", "Valor", "Unidade", "Mínimo", "Máximo", "Descrição"]
    assert [linha.split()[:5] for linha in linhas] == [
        ["validade_dias", "10", "dias", "0", "365"],
        ["desconto_atendente", "10", "%", "0", "100"],
        ["atraso_dias", "3", "dias", "0", "365"],
    ]


def test_parametros_em_json_sao_os_da_api(rodar: Rodar, pedir: Pedir) -> None:
    assert pedir("parametros") == pedir("parametro", "ver")
    assert pedir("parametros", "definir", "validade_dias", "15")["validade_dias"] == 15
    assert "definir" in rodar("parametros", "--help").stdout


def test_parametro_fora_do_limite_diz_o_limite(rodar: Rodar) -> None:
    fora = rodar("parametros", "definir", "validade_dias", "366")
    assert fora.exit_code == 2
    assert "vai de 0 a 365 dias" in fora.stderr
