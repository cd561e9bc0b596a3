"""O que as oficinas escrevem em cada célula de cliente e de veículo."""

from pathlib import Path
from typing import Any

import pytest

from oficina_cli.colunas import CLIENTES, VEICULOS, Colunas
from oficina_cli.importacao import DE_CLIENTES, DE_VEICULOS, Especie, Leitura, ler
from oficina_core.dominio.erros import DadoInvalido


def planilha(tmp_path: Path, especie: Especie[Any], texto: str) -> Leitura[Any]:
    arquivo = tmp_path / "planilha.csv"
    arquivo.write_text(texto, "utf-8")
    return ler(arquivo, especie)


def celula(colunas: Colunas, campo: str, texto: str) -> Any:
    return colunas[campo].ler(texto, campo)


@pytest.mark.parametrize(
    ("texto", "documento"),
    [
        ("529.982.247-25", "52998224725"),
        ("52998224725", "52998224725"),
        ("52998224725,00", "52998224725"),
        ("52998224725.0", "52998224725"),
        ("7148823056", "07148823056"),
        ("00.000.000/0001-91", "00000000000191"),
        ("12.abc.345/01de-35", "12ABC34501DE35"),
        ("191", None),
        ("   .   .   -  ", None),
        ("000.000.000-00", None),
        ("0", None),
    ],
)
def test_documento(texto: str, documento: str | None) -> None:
    if texto == "191":  # curto demais para se saber que é o CNPJ sem os zeros
        with pytest.raises(DadoInvalido):
            celula(CLIENTES, "documento", texto)
    else:
        assert celula(CLIENTES, "documento", texto) == documento


@pytest.mark.parametrize("texto", ["5299822472", "1234567890123", "111.111.111-11", "ISENTO"])
def test_documento_que_nao_fecha_nao_se_adivinha(texto: str) -> None:
    with pytest.raises(DadoInvalido):
        celula(CLIENTES, "documento", texto)


@pytest.mark.parametrize("texto", ["5,29982E+10", "5.3e10", "1E+13"])
def test_documento_arredondado_pela_planilha_se_recusa(texto: str) -> None:
    with pytest.raises(DadoInvalido, match="ponha a coluna como texto"):
        celula(CLIENTES, "documento", texto)


@pytest.mark.parametrize(
    ("texto", "telefone"),
    [
        ("11 98765-4321", "+5511987654321"),
        ("(011) 3456-7890", "+551134567890"),
        ("11987654321,0", "+5511987654321"),
        ("(11) 3456-7890 / (11) 98765-4321", "+551134567890"),
        ("recado; 11 98765-4321", "+5511987654321"),
        ("3456-7890 ou 11 98765-4321", "+5511987654321"),
        ("(  )     -    ", None),
    ],
)
def test_telefone(texto: str, telefone: str | None) -> None:
    assert celula(CLIENTES, "telefone", texto) == telefone


@pytest.mark.parametrize("texto", ["98765-4321", "(11) 8765-432", "1", "recado com a Ana 5"])
def test_telefone_sem_ddd_ou_curto_se_recusa(texto: str) -> None:
    with pytest.raises(DadoInvalido, match="DDD"):
        celula(CLIENTES, "telefone", texto)


def test_email_de_varios_e_o_primeiro() -> None:
    assert celula(CLIENTES, "email", "Ana@X.com.br; outra@x.com.br") == "ana@x.com.br"
    with pytest.raises(DadoInvalido, match="O e-mail é como"):
        celula(CLIENTES, "email", "não tem")


@pytest.mark.parametrize(
    ("texto", "ano"), [("2016", 2016), ("2015/2016", 2016), ("2015 - 2016", 2016), ("0", None)]
)
def test_ano_e_o_do_modelo(texto: str, ano: int | None) -> None:
    assert celula(VEICULOS, "ano", texto) == ano


@pytest.mark.parametrize("texto", ["16", "15/16", "2016.5", "novo", "٢٠١٦"])
def test_ano_que_nao_se_entende(texto: str) -> None:
    with pytest.raises(DadoInvalido, match="quatro números"):
        celula(VEICULOS, "ano", texto)


@pytest.mark.parametrize(
    ("texto", "km"), [("98500", 98_500), ("98.500", 98_500), ("98.500 km", 98_500), ("0", 0)]
)
def test_km(texto: str, km: int) -> None:
    assert celula(VEICULOS, "km", texto) == km


@pytest.mark.parametrize("texto", ["98,5", "mil", "-1", "1.2.3"])
def test_km_que_nao_se_entende(texto: str) -> None:
    with pytest.raises(DadoInvalido, match="Escreva o km"):
        celula(VEICULOS, "km", texto)


def test_dono_por_documento_ou_numero() -> None:
    assert celula(VEICULOS, "documento", "id:12") == 12
    assert celula(VEICULOS, "documento", "529.982.247-25") == "52998224725"


def test_a_planilha_de_clientes_de_um_sistema_antigo(tmp_path: Path) -> None:
    lida = planilha(
        tmp_path,
        DE_CLIENTES,
        "Cód;Nome/Razão Social;CPF/CNPJ;Telefone 1;Celular;E-mail;Cidade\n"
        "1;ANA SOUZA;7148823056;(11) 3456-7890;;ana@x.com.br / b@x.com.br;Santos\n"
        "2;Zé;;;11 98765-4321;;\n"
        "3;Firma Ltda.;11222333000181;;;;\n",
    )
    lida.exigir_inteira()
    ana, ze, firma = lida.linhas
    assert (ana.documento, ana.telefone, ana.email) == (
        "07148823056",
        "+551134567890",
        "ana@x.com.br",
    )
    assert (ze.documento, ze.telefone) == (None, "+5511987654321")
    assert firma.documento == "11222333000181"
    sem_uso, *avisos = lida.avisos
    assert sem_uso.startswith("Aviso: não se leram as colunas Cód e Cidade; se serve, diga")
    assert avisos == [
        "Aviso: na linha 2, o documento veio sem os zeros da frente, que voltaram.",
        "Aviso: na linha 2, há mais de um contato na mesma célula, e ficou o primeiro.",
    ]


def test_de_duas_colunas_vale_a_que_diz_algo(tmp_path: Path) -> None:
    """A máscara sem números de um campo não esconde o que está no outro."""
    lida = planilha(
        tmp_path,
        DE_CLIENTES,
        "Nome;CPF;CNPJ;Telefone;Celular\n"
        "Firma;   .   .   -  ;11.222.333/0001-81;(  )    -    ;11 98765-4321\n",
    )
    (firma,) = lida.linhas
    assert (firma.documento, firma.telefone) == ("11222333000181", "+5511987654321")


def test_a_planilha_de_veiculos_de_um_sistema_antigo(tmp_path: Path) -> None:
    lida = planilha(
        tmp_path,
        DE_VEICULOS,
        "PLACA;Marca/Modelo;Ano Fab/Mod;Cor;KM;Proprietário;CPF/CNPJ;Celular\n"
        "abc 1234;VW/GOL 1.0;2015/2016;Prata;98.500;Ana;529.982.247-25;\n"
        "DEF-4G56;FIAT/UNO;;;;Zé;;11 98765-4321\n",
    )
    lida.exigir_inteira()
    gol, uno = lida.linhas
    assert (gol.placa, gol.marca, gol.modelo, gol.ano, gol.km) == (
        "ABC1234",
        "VW",
        "GOL 1.0",
        2016,
        98_500,
    )
    assert (gol.dono, uno.dono) == ("52998224725", ("ze", "+5511987654321"))


def test_veiculo_sem_marca_diz_onde_a_por(tmp_path: Path) -> None:
    lida = planilha(tmp_path, DE_VEICULOS, "placa;modelo;cpf\nABC1234;GOL;529.982.247-25\n")
    (recusada,) = lida.recusadas
    assert recusada.motivo == "Falta a marca: em coluna sua, ou antes da barra: VW/GOL."


def test_avisos_de_muitas_linhas_se_resumem(tmp_path: Path) -> None:
    linhas = "".join(f"Cliente {n};7148823056\n" for n in range(13))
    lida = planilha(tmp_path, DE_CLIENTES, f"nome;cpf\n{linhas}")
    (aviso,) = lida.avisos
    assert "nas linhas 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 e mais 3, o documento" in aviso
