"""O NDJSON, com os nomes de campo do que a oficina exporta."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from oficina_cli.importacao import DE_CLIENTES, DE_KITS, DE_PECAS, DE_VEICULOS, Especie, ler
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.erros import DadoInvalido

PECA = '{"id": 7, "codigo": "OLEO", "nome": "Óleo", "unidade": "l", "preco": "34.90"'


@pytest.fixture
def arquivo(tmp_path: Path) -> Path:
    return tmp_path / "registros"


def linhas(arquivo: Path, texto: str, especie: Especie[Any] = DE_PECAS) -> Any:
    arquivo.write_text(texto, "utf-8")
    lida = ler(arquivo, especie)
    lida.exigir_inteira()
    return lida.linhas


def recusa(arquivo: Path, texto: str, especie: Especie[Any] = DE_PECAS) -> str:
    with pytest.raises(DadoInvalido) as erro:
        linhas(arquivo, texto, especie)
    return "\n".join((str(erro.value), *erro.value.detalhes))


@pytest.mark.parametrize("comeco", ["", "\ufeff", "\n \n\t"], ids=["limpo", "bom", "branco"])
def test_pelo_conteudo_se_sabe_que_e_ndjson(arquivo: Path, comeco: str) -> None:
    resto = '"estoque": 3.5, "disponivel": 1, "minimo": "2", "localizacao": null, "ativo": true}'
    (peca,) = linhas(arquivo, f"{comeco}{PECA}, {resto}\n\n")
    assert (peca.codigo, peca.unidade, peca.preco) == ("OLEO", Unidade.L, Decimal("34.90"))
    assert (peca.estoque, peca.minimo, peca.localizacao) == (Decimal("3.5"), Decimal(2), None)
    assert peca.linha == comeco.count("\n") + 1


@pytest.mark.parametrize(
    ("linha", "queixa"),
    [
        ("{", "Não é um objeto JSON"),
        ("[]", "Não é um objeto JSON"),
        ("codigo;nome", "Não é um objeto JSON"),
        ('{"codigo": "A", "codigo": "B"}', "Não é um objeto JSON"),
        ('{"codigo": "A", "nome": "x", "preco": NaN}', "Não é um objeto JSON"),
        ('{"a":' * 100_000, "Não é um objeto JSON"),
        (f'{PECA}, "prateleira": "A1"}}', "Há campo desconhecido; os que existem: codigo, nome"),
        ('{"nome": "x", "preco": 1}', "o campo codigo: Falta preencher."),
        ('{"codigo": null, "nome": "x", "preco": 1}', "o campo codigo: Falta preencher."),
        ('{"codigo": "A", "nome": ["x"], "preco": 1}', "O campo nome é um texto."),
        ('{"codigo": "A", "nome": "x\\ud800", "preco": 1}', "caractere que não existe"),
        ('{"codigo": "A", "nome": "x", "preco": 1e999}', "O campo preco é um número"),
        ('{"codigo": "A", "nome": "x", "preco": "1,50"}', "O campo preco é um número"),
        ('{"codigo": "A", "nome": "x", "preco": true}', "O campo preco é um número"),
        ('{"codigo": "A", "nome": "x", "preco": 1.234}', "preco"),
        ('{"codigo": "A", "nome": "x", "preco": 1, "unidade": "CX"}', "O campo unidade é um de"),
    ],
)
def test_registro_ruim_diz_a_linha_e_por_que(arquivo: Path, linha: str, queixa: str) -> None:
    dito = recusa(arquivo, f"{PECA}}}\n{linha}\n")
    assert dito.startswith("1 linha com problema")
    assert dito.splitlines()[1].startswith("linha 2: ")
    assert queixa in dito


def test_mapa_nao_serve_a_ndjson(arquivo: Path) -> None:
    arquivo.write_text(f"{PECA}}}\n", "utf-8")
    with pytest.raises(DadoInvalido, match="--mapa é de planilha"):
        ler(arquivo, DE_PECAS, {"codigo": "codigo"})


def test_lista_em_json_diz_como_exportar(arquivo: Path) -> None:
    assert "exporte-o com -o ndjson" in recusa(arquivo, f"[\n  {PECA}}}\n]\n")


def test_so_se_le_em_utf8(arquivo: Path) -> None:
    arquivo.write_bytes(f"{PECA}}}\n".encode("cp1252"))
    with pytest.raises(DadoInvalido, match="UTF-8"):
        ler(arquivo, DE_PECAS)


def test_cliente_exportado_ou_ficha_se_importam(arquivo: Path) -> None:
    revelado = '{"id": 1, "nome": "Ana", "documento": "52998224725", "telefone": null, "email": ""}'
    ficha = (
        '{"id": 2, "tipo": "PF", "nome": "Zé", "documento": null, "telefone": "+551134567890", '
        '"email": null, "ativo": true, "veiculos": [], "criado_em": "x", "versao": 3}'
    )
    ana, ze = linhas(arquivo, f"{revelado}\n{ficha}\n", DE_CLIENTES)
    assert (ana.documento, ana.telefone, ana.email) == ("52998224725", None, None)
    assert (ze.nome, ze.telefone) == ("Zé", "+551134567890")


def test_dono_do_veiculo_e_documento_numero_ou_contato(arquivo: Path) -> None:
    carro = '"marca": "VW", "modelo": "Gol"'
    ditos = linhas(
        arquivo,
        f'{{"placa": "ABC1D23", {carro}, "documento": "52998224725"}}\n'
        f'{{"placa": "ABC1D24", {carro}, "documento": 12}}\n'
        f'{{"placa": "ABC1D25", {carro}, "cliente": "Zé", "telefone": "+551134567890"}}\n',
        DE_VEICULOS,
    )
    assert [v.dono for v in ditos] == ["52998224725", 12, ("ze", "+551134567890")]


def test_kit_tem_um_registro_por_item(arquivo: Path) -> None:
    item = '{"codigo": "K", "nome": "Kit", "tipo": "%s", "item": "%s", "quantidade": 3.5}\n'
    (kit,) = linhas(arquivo, item % ("PECA", "OLEO") + item % ("SERVICO", "TROCA"), DE_KITS)
    assert (kit.pecas[0].id, kit.pecas[0].quantidade) == ("OLEO", Decimal("3.5"))
    assert kit.servicos[0].id == "TROCA"


def test_dado_mascarado_diz_como_exportar(arquivo: Path) -> None:
    dito = recusa(arquivo, '{"nome": "Ana", "documento": "***.982.247-**"}', DE_CLIENTES)
    assert "o campo documento: O dado está mascarado; exporte de novo, com listar --revelar" in dito
