"""O que é só de uma instalação se confere antes de qualquer coisa chegar ao cluster."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.programa import RAIZ
from tests.certificado import certificado
from tests.implantacao.ferramentas import ferramenta, preenchido
from tests.implantacao.regras.nomes import SECRETOS
from tests.manifestos import K8S, descomentado

conferir = ferramenta("conferir_ambiente")

# Quem muda um muda a conta que se faz com o outro.
DA_MESMA_CONTA = {"REGIAO": ("CERTIFICADO_ARN",)}
CORREIO = {"SMTP_HOST", "SMTP_PORT", "SMTP_DE"}
ERRADOS = {
    "ambiente.env": {
        "DB_HOST": ["", "10.0.0.1:3306", "oficina", "banco.loja.com:3306", '"banco.loja.com"'],
        "OFICINA_URL_PUBLICA": [
            *("", "http://oficina.loja.com.br", "https://oficina.loja.com.br:8443", "oficina.loja"),
            *("https://oficina.loja.com.br/", "'https://oficina.loja.com.br'", "https://x"),
        ],
        "DB_NAME": ["", "ofi cina", "oficina;"],
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


@pytest.mark.parametrize(
    ("nome", "regras", "dispensaveis"),
    [
        ("ambiente.env", conferir.AMBIENTE, {"CORS_ORIGINS", "LOG_LEVEL", *CORREIO}),
        ("nuvem.env", conferir.NUVEM, set()),
    ],
)
def test_o_que_se_exige_e_o_que_o_exemplo_pede(
    nome: str, regras: dict[str, object], dispensaveis: set[str]
) -> None:
    """O que se junta a um e se esquece no outro apareceria só no cluster."""
    exemplo = (K8S / f"overlays/eks/{nome}.exemplo").read_text(encoding="utf-8")
    pedidos = set(re.findall("^#([A-Z_]+)=", exemplo, re.MULTILINE))
    assert pedidos == regras.keys() | dispensaveis


@pytest.mark.parametrize("certo", [True, False])
def test_o_programa_diz_se_confere_e_sai_como_se_espera(overlay: Path, *, certo: bool) -> None:
    if not certo:
        (overlay / "nuvem.env").write_bytes(b"REGIAO=\xff")
    programa = (sys.executable, str(RAIZ / ".ci/conferir_ambiente.py"), str(overlay))
    feito = subprocess.run(programa, capture_output=True, text=True, check=False)
    assert (feito.returncode == 0) is certo
    assert (feito.stdout == "Tudo confere.\n") is certo
    assert "Traceback" not in feito.stderr
    assert ("nuvem.env falta, ou não é texto" in feito.stderr) is not certo


def test_sem_por_onde_mandar_mensagens_se_diz(overlay: Path) -> None:
    ambiente = overlay / "ambiente.env"
    sem = re.sub("(?m)^SMTP_.*\n", "", ambiente.read_text(encoding="utf-8"))
    ambiente.write_text(sem, encoding="utf-8")
    (achado,) = conferir.problemas(overlay)
    assert "WEBHOOK_URL" in achado
    ambiente.write_text(f"{sem}WEBHOOK_URL=https://loja.com.br/avisos\n", encoding="utf-8")
    assert list(conferir.problemas(overlay)) == []


def test_o_certificado_de_outra_regiao_se_recusa(overlay: Path) -> None:
    nuvem = overlay / "nuvem.env"
    trocada = nuvem.read_text(encoding="utf-8").replace("REGIAO=sa-east-1", "REGIAO=us-east-1")
    nuvem.write_text(trocada, encoding="utf-8")
    (achado,) = conferir.problemas(overlay)
    assert "outra região" in achado


@pytest.mark.parametrize("linha", ["CORS_ORIGIN=https://x.loja.com", "LOG_LEVELS", "db_host=x"])
def test_nome_que_ninguem_conhece_se_diz(overlay: Path, linha: str) -> None:
    with (overlay / "ambiente.env").open("a", encoding="utf-8") as arquivo:
        arquivo.write(f"{linha}\n")
    (achado,) = conferir.problemas(overlay)
    assert f"{linha.partition('=')[0]} não é um ajuste" in achado


def test_dominio_que_tem_exemplo_no_nome_serve(overlay: Path) -> None:
    ambiente = overlay / "ambiente.env"
    escrito = ambiente.read_text(encoding="utf-8").replace("oficina@loja", "oficina@exemplomais")
    ambiente.write_text(escrito, encoding="utf-8")
    assert list(conferir.problemas(overlay)) == []


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
    assert {achado.split()[1] for achado in achados} <= {chave, *DA_MESMA_CONTA.get(chave, ())}
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
    texto = descomentado(K8S / f"overlays/eks/{nome}.exemplo")
    (overlay / nome).write_text(texto, encoding="utf-8")
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
