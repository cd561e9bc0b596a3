"""Os cadastros, com os mesmos verbos em todos."""

from pathlib import Path

import pytest

from oficina_core.casos.portas import Oficina
from tests.cenario import CPF_ANA, CPF_ZE, PLACA, catalogo
from tests.cli.conftest import Pedir, Rodar

ZE = ("funcionario", "criar", "--cpf", CPF_ZE, "--nome", "Zé", "--papel", "mecanico")
ANA = ("cliente", "criar", "--nome", "Ana Souza", "--documento", CPF_ANA)
UNO = ("veiculo", "criar", "--placa", PLACA, "--marca", "Fiat", "--modelo", "Uno")


@pytest.fixture(autouse=True)
def cadastros(oficina: Oficina, pedir: Pedir) -> None:
    catalogo(oficina)
    pedir(*ANA)
    pedir(*UNO, "--cliente", CPF_ANA)
    pedir(*ZE)


@pytest.mark.parametrize(
    ("recurso", "nome", "busca"),
    [
        ("cliente", CPF_ANA, "souza"),
        ("funcionario", CPF_ZE, "ze"),
        ("veiculo", PLACA, "abc1"),
        ("peca", "FILTRO", "filt"),
        ("servico", "OLEO", "troca"),
        ("kit", "TROCA-OLEO", "oleo"),
    ],
)
def test_desativar_tira_da_lista_e_reativar_devolve(
    pedir: Pedir, recurso: str, nome: str, busca: str
) -> None:
    numero = pedir(recurso, "ver", nome)["id"]
    assert [linha["id"] for linha in pedir(recurso, "listar", busca)] == [numero]
    assert pedir(recurso, "desativar", nome, "--sim")["ativo"] is False
    assert pedir(recurso, "listar", busca) == []
    assert len(pedir(recurso, "listar", busca, "--inativos")) == 1
    assert pedir(recurso, "reativar", f"id:{numero}")["ativo"] is True


@pytest.mark.parametrize(
    ("edicao", "campo", "valor"),
    [
        (("funcionario", "editar", CPF_ZE, "--papel", "GERENTE"), "papel", "GERENTE"),
        (("funcionario", "editar", CPF_ZE, "--da-loja", "1"), "loja_id", 1),
        (("funcionario", "editar", CPF_ZE, "--da-rede"), "loja_id", None),
        (("veiculo", "editar", PLACA, "--km", "45.200"), "km", 45200),
        (("peca", "editar", "FILTRO", "--preco", "1.234,56"), "preco", "1234.56"),
        (("servico", "editar", "OLEO", "--minutos", "45"), "tempo_estimado", 45),
        (("kit", "editar", "TROCA-OLEO", "--nome", "Troca"), "nome", "Troca"),
        (("loja", "editar", "1", "--nome", "Centro"), "nome", "Centro"),
        (("estoque", "prateleira", "FILTRO", "--minimo", "4"), "minimo", 4),
        (("parametro", "definir", "validade-dias", "15"), "validade_dias", 15),
    ],
)
def test_editar_muda_um_campo(
    pedir: Pedir, edicao: tuple[str, ...], campo: str, valor: object
) -> None:
    assert pedir(*edicao)[campo] == valor


def test_editar_o_kit_conserva_as_linhas_que_nao_se_disseram(pedir: Pedir) -> None:
    kit = pedir("kit", "editar", "TROCA-OLEO", "--peca", "OLEO-5W30:4")
    itens = {item["codigo"]: item["quantidade"] for item in kit["itens"]}
    assert itens == {"OLEO": 1, "OLEO-5W30": 4}


def test_estoque_conta_cada_movimento(pedir: Pedir) -> None:
    pedir("estoque", "entrada", "FILTRO", "5", "--custo", "22,00", "--motivo", "nota 12")
    pedir("estoque", "ajustar", "FILTRO", "--menos", "1", "--motivo", "quebrou")
    pedir("estoque", "ajustar", "FILTRO", "--mais", "1", "--motivo", "achado")
    pedir("estoque", "conferir", "FILTRO", "12")
    ultimo = pedir("estoque", "movimentos", "FILTRO", "--limite", "1")[0]
    assert (ultimo["delta"], ultimo["saldo_apos"]) == (-3, 12)
    estorno = pedir("estoque", "estornar", str(ultimo["id"]), "--motivo", "contei mal", "--sim")
    assert estorno["peca"]["estoque"] == 15
    pedir("estoque", "prateleira", "FILTRO", "--minimo", "20", "--lugar", "A3")
    assert [x["codigo"] for x in pedir("estoque", "listar", "--abaixo-do-minimo")] == ["FILTRO"]


def test_o_historico_do_veiculo_se_le(rodar: Rodar) -> None:
    resposta = rodar("veiculo", "historico", "abc-1d23")
    assert resposta.exit_code == 0
    assert "Ana Souza" in resposta.stdout


def test_item_acha_o_que_se_orca(pedir: Pedir, rodar: Rodar) -> None:
    achados = [(item["tipo"], item["codigo"]) for item in pedir("item", "oleo")]
    assert achados == [("SERVICO", "OLEO"), ("KIT", "TROCA-OLEO"), ("PECA", "OLEO-5W30")]
    tabela = rodar("item", "troca", "de", "oleo").stdout
    assert "TROCA-OLEO" in tabela
    assert "Completo" not in tabela
    pedir("estoque", "ajustar", "FILTRO", "--menos", "10", "--motivo", "quebrou")
    assert "Completo" in rodar("item", "troca").stdout
    assert "Disponível" in rodar("item", "filtro").stdout


def test_buscar_entende_varias_palavras_e_diz_quando_nada_acha(rodar: Rodar) -> None:
    achado = rodar("buscar", "ana", "souza")
    assert "Clientes" in achado.stdout
    assert "Ana Souza" in achado.stdout
    nada = rodar("buscar", "zebra")
    assert (nada.stdout, nada.stderr) == ("", "Nada por aqui.\n")


def test_importar_o_catalogo_de_partida(pedir: Pedir) -> None:
    assert pedir("servico", "importar", "--inicial", "--atualizar")["novos"] > 10
    assert pedir("peca", "importar", "--inicial", "--atualizar")["novos"] > 10
    pedir("kit", "editar", "TROCA-OLEO", "--codigo", "TROCA-NOSSA")
    assert pedir("kit", "importar", "--inicial")["novos"] > 3
    assert pedir("kit", "importar", "--inicial")["novos"] == 0


def test_importar_uma_planilha_com_nomes_proprios(
    tmp_path: Path, pedir: Pedir, rodar: Rodar
) -> None:
    planilha = tmp_path / "pecas.csv"
    planilha.write_text("Cód;Produto;Venda\nVELA;Vela de ignição;39,90\n", "utf-8")
    mapa = ("--mapa", "Cód=codigo", "--mapa", "Produto=nome", "--mapa", "Venda=preco")
    assert pedir("peca", "importar", str(planilha), *mapa)["novos"] == 1
    assert pedir("peca", "ver", "VELA")["preco"] == "39.90"
    assert rodar("peca", "importar").exit_code == 2
    assert rodar("peca", "importar", str(planilha), "--inicial").exit_code == 2


@pytest.mark.parametrize(
    ("argumentos", "codigo"),
    [
        (("peca", "ver", "NADA"), 3),
        (("cliente", "ver", "id:999999"), 3),
        (("loja", "editar", "99", "--nome", "X"), 3),
        (("parametro", "definir", "nada", "1"), 2),
        (("veiculo", "ver", "ABC"), 2),
        (ANA, 5),
        (("estoque", "ajustar", "FILTRO", "--menos", "99", "--motivo", "x"), 6),
    ],
)
def test_recusas(rodar: Rodar, argumentos: tuple[str, ...], codigo: int) -> None:
    assert rodar(*argumentos).exit_code == codigo
