"""O que é só de uma instalação se confere antes de qualquer coisa chegar ao cluster."""

import re
from pathlib import Path

import pytest

from tests.certificado import certificado
from tests.implantacao.ferramentas import ferramenta
from tests.implantacao.regras.nomes import SECRETOS
from tests.implantacao.test_implantar import preenchido
from tests.manifestos import K8S

conferir = ferramenta("conferir_ambiente")

ERRADOS = {
    "ambiente.env": {
        "DB_HOST": ["", "10.0.0.1:3306", "oficina", "banco.loja.com:3306", '"banco.loja.com"'],
        "OFICINA_URL_PUBLICA": [
            *("", "http://oficina.loja.com.br", "https://oficina.loja.com.br:8443", "oficina.loja"),
            *("https://oficina.loja.com.br/", "'https://oficina.loja.com.br'", "https://x"),
        ],
        "CONFIA_EM": ["", "10.0.0.0/20,10.0.16.0/20", "10.0.0.7", "0.0.0.0/0", "10.0.0.1/20", "*"],
        "SMTP_HOST": ['"smtp.loja.com"', "smtp.loja.com ", "smtp.exemplo.com.br"],
    },
    "nuvem.env": {
        "REGIAO": ["", "São Paulo", "sa-east-1a", "sa_east_1"],
        "CERTIFICADO_ARN": [
            *("", "arn:aws:iam::123456789012:role/x"),
            "arn:aws:acm:sa-east-1:111122223333:certificate/a",
        ],
        "PAPEL_DOS_SEGREDOS_ARN": ["", "oficina-segredos", "arn:aws:iam::123456789012:user/x"],
        "REDE_DO_BANCO": ["", "0.0.0.0/0", "::/0", "10.0.0.7"],
        "CLASSE_DE_DISCO": ["", "GP3", "gp3 cifrado"],
    },
}


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    return preenchido(tmp_path)


def test_o_preenchido_como_se_deve_passa(overlay: Path) -> None:
    assert list(conferir.problemas(overlay)) == []


def test_o_que_se_confere_e_o_que_o_exemplo_pede() -> None:
    """O que se junta a um e se esquece no outro apareceria só no cluster."""
    for nome, regras in (("ambiente.env", conferir.AMBIENTE), ("nuvem.env", conferir.NUVEM)):
        exemplo = (K8S / f"overlays/eks/{nome}.exemplo").read_text(encoding="utf-8")
        assert regras.keys() <= set(re.findall("^#([A-Z_]+)=", exemplo, re.MULTILINE))


@pytest.mark.parametrize(
    ("arquivo", "chave", "valor"),
    [
        pytest.param(arquivo, chave, valor, id=f"{chave}={valor}")
        for arquivo, chaves in ERRADOS.items()
        for chave, valores in chaves.items()
        for valor in valores
    ],
)
def test_o_valor_errado_se_diz_pelo_nome_e_nao_se_mostra(
    arquivo: str, chave: str, valor: str, overlay: Path
) -> None:
    escrito = (overlay / arquivo).read_text(encoding="utf-8")
    trocado = re.sub(rf"(?m)^{chave}=.*$", f"{chave}={valor}", escrito)
    (overlay / arquivo).write_text(trocado, encoding="utf-8")
    achados = list(conferir.problemas(overlay))
    assert achados
    assert {achado.split()[1] for achado in achados} == {chave}
    ditos = "".join(achados)
    assert all(pedaco not in ditos for pedaco in ("loja", "123456789012", "10.0.16.0", "10.0.0.7"))


@pytest.mark.parametrize("chave", sorted(SECRETOS))
def test_segredo_no_lugar_do_que_todos_leem_se_recusa(overlay: Path, chave: str) -> None:
    with (overlay / "ambiente.env").open("a", encoding="utf-8") as arquivo:
        arquivo.write(f"{chave}=um-valor-que-nao-se-mostra\n")
    (achado,) = conferir.problemas(overlay)
    assert f"{chave} é segredo" in achado
    assert "um-valor" not in achado


@pytest.mark.parametrize("nome", ["ambiente.env", "nuvem.env"])
def test_o_exemplo_so_descomentado_nao_passa(overlay: Path, nome: str) -> None:
    exemplo = (K8S / f"overlays/eks/{nome}.exemplo").read_text(encoding="utf-8")
    (overlay / nome).write_text(re.sub("(?m)^#(?=[A-Z_]+=)", "", exemplo), encoding="utf-8")
    assert all("ainda é o do exemplo" in achado for achado in conferir.problemas(overlay))
    assert list(conferir.problemas(overlay))


@pytest.mark.parametrize("texto", ["", "isto não é um certificado", None])
def test_a_autoridade_que_nao_se_le_se_recusa(overlay: Path, texto: str | None) -> None:
    (overlay / "rds-ca.pem").unlink()
    if texto is not None:
        (overlay / "rds-ca.pem").write_text(texto, encoding="utf-8")
    (achado,) = conferir.problemas(overlay)
    assert achado.startswith("rds-ca.pem")


def test_a_autoridade_pode_ter_duas(overlay: Path, tmp_path: Path) -> None:
    """Como quando o RDS troca a dele: a de agora e a que vem."""
    with (overlay / "rds-ca.pem").open("ab") as arquivo:
        arquivo.write(certificado(tmp_path).read_bytes())
    assert list(conferir.problemas(overlay)) == []
