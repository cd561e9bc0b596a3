"""O que se manda a quem ajuda: diz o bastante, e nada pessoal nem secreto."""

import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from oficina_cli.app import app
from oficina_cli.doutor.relatorio import NAO_SE_MOSTRA, limpador
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.instalacao import CriarPrimeiroFuncionario
from oficina_core.configuracao import Camada, Configuracao
from tests.cenario import CPF_BIA
from tests.cli.api_de_mentira import TOKEN, Api

SEGREDO = "s3nh4"
TIPOS = Configuracao.model_fields
PARTES = {"exame.json", "programa.json", "configuracao.json", "registro.txt"}


@pytest.fixture(autouse=True)
def casa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    pasta = tmp_path / "casa"
    pasta.mkdir()
    monkeypatch.setenv("HOME", str(pasta))
    for nome in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{nome}_HOME", str(pasta / nome.lower()))
    return pasta


def rodar(arquivo: Path, *antes: str) -> Result:
    argumentos = [*antes, "doutor", "--relatorio", str(arquivo)]
    return CliRunner().invoke(app, argumentos, prog_name="oficina")


def relatar(tmp_path: Path, *antes: str) -> dict[str, str]:
    """Cada parte do zip, por extenso."""
    arquivo = tmp_path / "exame.zip"
    resposta = rodar(arquivo, *antes)
    assert "Traceback" not in resposta.output
    assert resposta.exit_code in (0, 6), resposta.output
    with zipfile.ZipFile(arquivo) as aberto:
        assert aberto.testzip() is None
        return {nome: aberto.read(nome).decode() for nome in aberto.namelist()}


def segredos() -> dict[str, str]:
    """Um diferente em cada ajuste, na forma que ele admite; e dentro dele, se é um endereço."""
    ditos = {}
    for nome, campo in TIPOS.items():
        if campo.annotation in (int, bool) or "Literal" in str(campo.annotation):
            continue
        if {int, bool} & set(getattr(campo.annotation, "__args__", ())):
            continue
        ditos[nome] = f"{SEGREDO}-{nome.replace('_', '-')}"
    for nome in ("oficina_api", "jwt_jwks_url", "oficina_url_publica", "webhook_url"):
        ditos[nome] = f"https://{SEGREDO}-{nome[:4]}.invalid/{SEGREDO}?x={SEGREDO}%20y"
    return ditos


def test_tem_o_exame_as_versoes_a_configuracao_e_o_registro(tmp_path: Path) -> None:
    partes = relatar(tmp_path)
    assert partes.keys() == PARTES
    assert "programa" in {achado["nome"] for achado in json.loads(partes["exame.json"])}
    programa = json.loads(partes["programa.json"])
    assert programa["python"]
    assert "sqlalchemy" in programa["pacotes"]
    ajustes = {a["nome"]: a for a in json.loads(partes["configuracao.json"])}
    assert ajustes["DB_PORT"] == {"nome": "DB_PORT", "valor": "3306", "origem": "padrão"}


def test_so_quem_o_faz_o_le_e_nao_se_escreve_por_cima(tmp_path: Path) -> None:
    arquivo = tmp_path / "exame.zip"
    rodar(arquivo)
    assert stat.S_IMODE(arquivo.stat().st_mode) == 0o600
    antes = arquivo.read_bytes()
    resposta = rodar(arquivo)
    assert resposta.exit_code == 5
    assert "Já existe" in resposta.stderr
    assert arquivo.read_bytes() == antes


def test_onde_nao_se_escreve_se_diz(tmp_path: Path) -> None:
    resposta = rodar(tmp_path / "nao" / "ha.zip")
    assert resposta.exit_code == 2
    assert "confira se a pasta existe" in resposta.stderr


@pytest.mark.parametrize("onde", ["ambiente", "config.toml", "--env"])
@pytest.mark.parametrize("sem", ["oficina_api", "oficina_banco db"], ids=["direto", "api"])
def test_segredo_em_todo_ajuste_e_nenhum_sai(
    onde: str, sem: str, tmp_path: Path, casa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ditos = {n: v for n, v in segredos().items() if not n.startswith(tuple(sem.split()))}
    if "db_host" in ditos:
        del ditos["oficina_banco"]
    env = tmp_path / "tudo.env"
    if onde == "ambiente":
        for nome, valor in ditos.items():
            monkeypatch.setenv(nome.upper(), valor)
    elif onde == "config.toml":
        (casa / "config" / "oficina").mkdir(parents=True)
        toml = "".join(f"{nome} = {json.dumps(valor)}\n" for nome, valor in ditos.items())
        (casa / "config" / "oficina" / "config.toml").write_text(toml)
    else:
        env.write_text("".join(f"{nome.upper()}={valor}\n" for nome, valor in ditos.items()))
    partes = relatar(tmp_path, *(["--env", str(env)] if onde == "--env" else []))
    assert SEGREDO not in "".join(partes.values())
    ajustes = {a["nome"]: a for a in json.loads(partes["configuracao.json"])}
    assert {ajustes[nome.upper()]["valor"] for nome in ditos} == {NAO_SE_MOSTRA}
    assert {ajustes[nome.upper()]["origem"] for nome in ditos} == {
        "arquivo (--env)" if onde == "--env" else onde
    }


def test_o_endereco_do_banco_com_senha_nao_sai(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"mysql://{SEGREDO}-u:{SEGREDO}%40p@{SEGREDO}.invalid:3307/{SEGREDO}_db"
    monkeypatch.setenv("OFICINA_BANCO", url)
    assert SEGREDO not in "".join(relatar(tmp_path).values())


def test_valor_que_nao_serve_tambem_nao_sai(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nome in TIPOS:
        monkeypatch.setenv(nome.upper(), f"{SEGREDO}-{nome}")
    assert SEGREDO not in "".join(relatar(tmp_path).values())


def test_o_registro_vai_sem_o_que_se_configurou(
    tmp_path: Path, casa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registro = casa / "state" / "oficina" / "oficina.log"
    registro.parent.mkdir(parents=True)
    registro.write_text("antigo\n" * 20_000 + f"File {casa}/x.py {SEGREDO}-do-log\nfim\n")
    monkeypatch.setenv("SMTP_PASSWORD", f"{SEGREDO}-do-log")
    dito = relatar(tmp_path)["registro.txt"]
    assert dito.endswith("File ~/x.py (SMTP_PASSWORD)\nfim\n")
    assert len(dito) < 70_000


def test_a_pasta_de_quem_usa_e_um_til(tmp_path: Path, casa: Path) -> None:
    partes = relatar(tmp_path)
    assert str(casa) not in "".join(partes.values())
    assert "~/data/oficina/oficina.db" in partes["exame.json"]


def test_quem_opera_ou_entrou_nao_se_diz(
    tmp_path: Path, url_sqlite: str, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    oficina = OficinaLocal.em(url_sqlite)
    oficina.executar(
        CriarPrimeiroFuncionario(cpf=CPF_BIA, nome="Bia Rocha", senha="uma frase só da Bia")
    )
    oficina.fechar()
    with monkeypatch.context() as direto:
        direto.setenv("OFICINA_BANCO", url_sqlite)
        direto.setenv("OFICINA_OPERADOR", CPF_BIA)
        tudo = "".join(relatar(tmp_path).values())
    assert "Bia" not in tudo
    assert CPF_BIA not in tudo
    (tmp_path / "exame.zip").unlink()
    api.em = {"GET /health/ready": {"status": "pronta"}}
    monkeypatch.setenv("OFICINA_API", api.url)
    monkeypatch.setenv("OFICINA_TOKEN", TOKEN)
    tudo = "".join(relatar(tmp_path).values())
    assert "Souza" not in tudo
    assert TOKEN not in tudo


def test_o_que_e_de_qualquer_instalacao_fica() -> None:
    """Um banco chamado oficina não apaga a palavra do relatório inteiro."""
    limpar = limpador({Camada.AMBIENTE: {"db_name": "oficina", "db_port": "3306", "db_user": "a"}})
    assert limpar("oficina banco migrar, porta 3306, a") == "oficina banco migrar, porta 3306, a"
    assert limpador({Camada.ENV: {"smtp_user": "ana@x.com"}})("de ana@x.com") == "de (SMTP_USER)"


def test_o_controle_sem_a_limpeza_o_segredo_sairia(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oficina_cli.doutor.relatorio.limpador", lambda _: str)
    monkeypatch.setenv("OFICINA_API", segredos()["oficina_api"])
    assert SEGREDO in "".join(relatar(tmp_path).values())


def test_todo_segredo_e_secretstr() -> None:
    """Controle: um ajuste novo que guarde segredo se declara como tal."""
    suspeitos = {n for n in TIPOS if any(p in n for p in ("senha", "secret", "segredo", "token"))}
    suspeitos |= {nome for nome in TIPOS if nome.endswith("password")}
    secretos = {nome for nome, campo in TIPOS.items() if _secreto(campo.annotation)}
    assert suspeitos <= secretos


def _secreto(tipo: Any) -> bool:
    return tipo is SecretStr or SecretStr in getattr(tipo, "__args__", ())
