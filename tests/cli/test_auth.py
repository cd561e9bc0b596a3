"""Entrar em uma API, saber quem se é nela, e sair."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from oficina_cli import pergunta
from oficina_cli.app import app
from tests.cenario import CPF_ANA, CPF_BIA
from tests.cli.api_de_mentira import AVISO, CODIGO, CPF, PERFIL, SENHA, TOKEN, Api, problema

FICHA = {
    "id": 7,
    "cpf": CPF,
    "nome": "Ana Souza",
    "papel": "GERENTE",
    "email": None,
    "loja_id": 1,
    "ativo": True,
    "versao": 2,
}
DA_ENTRADA = ("auth", "entrar", "--cpf", CPF_ANA, "--senha-stdin")


def rodar(*argumentos: str, entrada: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, list(argumentos), prog_name="oficina", input=entrada)


@pytest.fixture(autouse=True)
def casa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFICINA_BANCO", str(tmp_path / "oficina.db"))
    monkeypatch.setattr("oficina_core.configuracao.user_config_path", lambda *_, **__: tmp_path)


@pytest.fixture
def na_api(api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    monkeypatch.setenv("OFICINA_API", api.url)
    return api


def digitar(
    monkeypatch: pytest.MonkeyPatch, *, a_vista: str = "", segredos: list[str]
) -> list[str]:
    """Alguém diante do terminal, que responde isto; o que se lhe perguntou em segredo."""
    perguntas: list[str] = []

    def responder(pergunta: str) -> str:
        perguntas.append(pergunta)
        return segredos.pop(0)

    monkeypatch.setattr(pergunta, "ha_alguem", lambda: True)
    monkeypatch.setattr(pergunta, "_ouvir", lambda: a_vista)
    monkeypatch.setattr(pergunta, "getpass", responder)
    return perguntas


def test_quem_entra_passa_a_ser_reconhecido_ate_sair(na_api: Api) -> None:
    antes = rodar("auth", "quem-sou")
    assert (antes.exit_code, antes.stderr) == (4, "Erro: Falta entrar: oficina auth entrar\n")
    entrou = rodar(*DA_ENTRADA, entrada=f"{SENHA}\n")
    assert (entrou.exit_code, entrou.stdout) == (0, "")
    assert f"Entrou em {na_api.url}; a entrada ficou no arquivo." in entrou.stderr
    sou = json.loads(rodar("auth", "quem-sou", "-o", "json").stdout)
    assert sou == {
        "nome": PERFIL["nome"],
        "papel": "GERENTE",
        "loja_id": 1,
        "api": na_api.url,
        "credencial": "arquivo",
        "vence_em": "2027-01-15T08:00:00+00:00",
    }
    assert "Ana [/] Souza" in rodar("auth", "quem-sou").stdout
    assert f"Saiu de {na_api.url}." in rodar("auth", "sair").stderr
    assert rodar("auth", "quem-sou").exit_code == 4
    assert "Não havia entrada guardada" in rodar("auth", "sair").stderr


def test_a_senha_e_o_cpf_vao_no_corpo_e_em_lugar_nenhum_mais(na_api: Api, guardadas: Path) -> None:
    resposta = rodar(*DA_ENTRADA, entrada=f"{SENHA}\r\n")
    assert resposta.exit_code == 0
    ((alvo, cabecalhos, corpo),) = na_api.pedidos
    assert (alvo, corpo) == ("POST /auth", {"cpf": CPF, "senha": SENHA})
    assert "Authorization" not in cabecalhos
    for lugar in (resposta.output, guardadas.read_text("utf-8"), str(cabecalhos)):
        assert SENHA not in lugar
        assert CPF not in lugar
    assert TOKEN not in resposta.output


def test_o_que_falta_se_pergunta(na_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    digitar(monkeypatch, a_vista=f"{CPF_ANA}\n", segredos=[SENHA])
    entrou = rodar("auth", "entrar")
    assert entrou.exit_code == 0, entrou.stderr
    assert na_api.pedidos[0][2] == {"cpf": CPF, "senha": SENHA}


@pytest.mark.parametrize(
    ("argumentos", "falta"),
    [
        (("auth", "entrar"), "--cpf"),
        (("auth", "entrar", "--cpf", CPF_ANA), "--senha-stdin"),
        (("--sem-perguntas", "auth", "entrar", "--cpf", CPF_ANA), "--senha-stdin"),
    ],
)
def test_sem_ninguem_a_perguntar_diz_o_que_falta(
    na_api: Api, argumentos: tuple[str, ...], falta: str
) -> None:
    resposta = rodar(*argumentos)
    assert resposta.exit_code == 2
    assert falta in resposta.stderr
    assert na_api.pedidos == []


def test_cliente_entra_pelo_codigo_que_recebe(na_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    digitar(monkeypatch, a_vista=f" {CODIGO}\n", segredos=[])
    entrou = rodar("auth", "entrar", "--cpf", CPF_ANA, "--codigo")
    assert entrou.exit_code == 0, entrou.stderr
    assert AVISO in entrou.stderr
    assert [corpo for _, _, corpo in na_api.pedidos] == [
        {"cpf": CPF},
        {"cpf": CPF, "codigo": CODIGO},
    ]
    assert rodar("auth", "quem-sou").exit_code == 0


@pytest.mark.parametrize("digitado", ["", "12a456", "á"])
def test_codigo_que_nao_e_numero_nao_se_gasta(
    na_api: Api, monkeypatch: pytest.MonkeyPatch, digitado: str
) -> None:
    digitar(monkeypatch, a_vista=digitado, segredos=[])
    resposta = rodar("auth", "entrar", "--cpf", CPF_ANA, "--codigo")
    assert resposta.exit_code == 2
    assert len(na_api.pedidos) == 1


def test_quem_entra_por_codigo_nao_manda_senha(na_api: Api) -> None:
    recusa = rodar(*DA_ENTRADA, "--codigo", entrada=f"{SENHA}\n")
    assert recusa.exit_code == 2
    assert "tire --senha-stdin" in recusa.stderr
    assert na_api.pedidos == []


def test_em_desenvolvimento_o_cpf_ja_basta(na_api: Api) -> None:
    na_api.resposta = 200, {}, {"access_token": TOKEN, "token_type": "bearer"}
    assert rodar("auth", "entrar", "--cpf", CPF_ANA, "--codigo").exit_code == 0
    na_api.resposta = None
    assert rodar("auth", "quem-sou").exit_code == 0


def test_senha_errada_diz_o_que_a_api_disse_e_nao_guarda_nada(na_api: Api, guardadas: Path) -> None:
    resposta = rodar(*DA_ENTRADA, entrada="outra frase\n")
    assert (resposta.exit_code, resposta.stderr) == (4, "Erro: O CPF ou a senha não conferem.\n")
    assert not guardadas.exists()


def test_tentativas_demais_nao_se_repetem_sozinhas(na_api: Api) -> None:
    na_api.resposta = problema(
        429, "muitas_tentativas", "Espere 40 segundos.", **{"Retry-After": "1"}
    )
    resposta = rodar(*DA_ENTRADA, entrada=f"{SENHA}\n")
    assert (resposta.exit_code, resposta.stderr) == (7, "Erro: Espere 40 segundos.\n")
    assert len(na_api.pedidos) == 1


@pytest.mark.parametrize(
    "resposta",
    [
        (200, {}, {"token": TOKEN}),
        (200, {}, {"access_token": None}),
        (200, {}, {"access_token": "a\nX-Outro: b"}),
        (200, {}, {"access_token": ""}),
        (200, {}, []),
        (202, {}, {}),
        (302, {"Location": "https://portal.test/"}, {}),
    ],
)
def test_o_que_nao_e_um_token_nao_se_guarda(
    na_api: Api, guardadas: Path, resposta: tuple[int, dict[str, str], object]
) -> None:
    na_api.resposta = resposta
    recusa = rodar(*DA_ENTRADA, entrada=f"{SENHA}\n")
    assert recusa.exit_code == 7
    assert "confira o endereço" in recusa.stderr
    assert not guardadas.exists()


def test_se_a_api_pede_mais_que_a_senha_a_entrada_nao_vale(na_api: Api, guardadas: Path) -> None:
    na_api.resposta = 202, {}, {"detail": "Falta o código."}
    recusa = rodar(*DA_ENTRADA, entrada=f"{SENHA}\n")
    assert (recusa.exit_code, recusa.stderr) == (4, "Erro: Falta o código.\n")
    assert not guardadas.exists()


def test_entrada_que_a_api_recusou_fica_guardada_e_se_diz_como_renovar(
    na_api: Api, guardadas: Path
) -> None:
    rodar(*DA_ENTRADA, entrada=f"{SENHA}\n")
    na_api.resposta = problema(401, "nao_identificado", "O token venceu.")
    recusa = rodar("auth", "quem-sou")
    assert recusa.exit_code == 4
    assert recusa.stderr == (
        "Erro: O token venceu.\n"
        "  A entrada guardada já não vale; entre de novo com: oficina auth entrar\n"
    )
    assert TOKEN in guardadas.read_text("utf-8")


def test_o_token_do_ambiente_vale_mais_que_a_entrada(
    na_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFICINA_TOKEN", "de-outra-pessoa")
    assert "vale mais que ela" in rodar(*DA_ENTRADA, entrada=f"{SENHA}\n").stderr
    recusa = rodar("auth", "quem-sou")
    assert recusa.exit_code == 4
    assert "OFICINA_TOKEN não serve a esta API" in recusa.stderr
    assert na_api.pedidos[-1][1]["Authorization"] == "Bearer de-outra-pessoa"
    assert "OFICINA_TOKEN continua" in rodar("auth", "sair").stderr
    monkeypatch.setenv("OFICINA_TOKEN", TOKEN)
    assert '"OFICINA_TOKEN"' in rodar("auth", "quem-sou", "-o", "json").stdout


def test_trocada_a_senha_a_entrada_guardada_se_esquece(
    na_api: Api, guardadas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rodar(*DA_ENTRADA, entrada=f"{SENHA}\n")
    na_api.resposta = 200, {}, FICHA
    perguntas = digitar(monkeypatch, segredos=[SENHA, "outra frase da Ana", "outra frase da Ana"])
    trocou = rodar("auth", "senha")
    assert (trocou.exit_code, trocou.stdout) == (0, "")
    assert trocou.stderr == (
        "Senha trocada.\nA entrada guardada já não vale; entre de novo com: oficina auth entrar\n"
    )
    assert perguntas == ["Senha atual: ", "Senha nova: ", "A mesma, de novo: "]
    assert TOKEN not in guardadas.read_text("utf-8")


def test_quem_troca_a_senha_com_um_token_do_ambiente_nao_perde_a_entrada_guardada(
    na_api: Api, guardadas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rodar(*DA_ENTRADA, entrada=f"{SENHA}\n")
    na_api.resposta = 200, {}, FICHA
    monkeypatch.setenv("OFICINA_TOKEN", "de-outra-pessoa")
    senhas = f"{SENHA}\noutra frase da Ana\n"
    trocou = rodar("auth", "senha", "--senha-stdin", "-o", "json", entrada=senhas)
    assert json.loads(trocou.stdout) == FICHA
    assert "O token de OFICINA_TOKEN não serve" in trocou.stderr
    assert TOKEN in guardadas.read_text("utf-8")


@pytest.mark.parametrize("token", ["com espaço", "maçã", "a\tb"])
def test_token_do_ambiente_que_nao_serve_se_diz_sem_rastro(
    na_api: Api, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("OFICINA_TOKEN", token)
    recusa = rodar("loja", "listar")
    assert recusa.exit_code == 2
    assert recusa.stderr.startswith("Erro: OFICINA_TOKEN tem espaço, acento ou quebra")
    assert token not in recusa.stderr
    assert na_api.pedidos == []


def test_a_entrada_de_uma_api_nao_vai_a_outra(api: Api, na_api: Api) -> None:
    rodar(*DA_ENTRADA, entrada=f"{SENHA}\n")
    mesma_maquina = na_api.url.replace("127.0.0.1", "localhost")
    recusa = rodar("--api", mesma_maquina, "auth", "quem-sou")
    assert recusa.exit_code == 4
    assert "Authorization" not in api.pedidos[-1][1]


def test_sem_tls_fora_da_maquina_nem_a_senha_nem_o_token_saem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entrar = rodar("--api", "http://oficina.test", *DA_ENTRADA, entrada=f"{SENHA}\n")
    assert entrar.exit_code == 2
    assert "https://" in entrar.stderr
    monkeypatch.setenv("OFICINA_TOKEN", TOKEN)
    pedir = rodar("--api", "http://oficina.test", "loja", "listar")
    assert pedir.exit_code == 2
    assert "às claras" in pedir.stderr


@pytest.mark.parametrize("comando", ["entrar", "sair"])
def test_direto_no_banco_nao_se_entra(comando: str) -> None:
    recusa = rodar("auth", comando)
    assert recusa.exit_code == 2
    assert "--api ou OFICINA_API" in recusa.stderr


def test_direto_no_banco_se_e_o_operador_ou_o_sistema(monkeypatch: pytest.MonkeyPatch) -> None:
    sou = json.loads(rodar("auth", "quem-sou", "-o", "json").stdout)
    assert (sou["nome"], sou["papel"], sou["api"]) == ("sistema", "GERENTE", None)
    assert sou["credencial"] == "nenhuma: age o sistema"
    rodar("funcionario", "criar", "--nome", "Bia", "--cpf", CPF_BIA, "--papel", "atendente")
    monkeypatch.setenv("OFICINA_OPERADOR", CPF_BIA)
    sou = json.loads(rodar("auth", "quem-sou", "-o", "json").stdout)
    assert (sou["nome"], sou["papel"]) == ("Bia", "ATENDENTE")
    assert sou["credencial"] == "OFICINA_OPERADOR"


def test_senha_que_nao_esta_em_utf8_se_recusa(na_api: Api) -> None:
    recusa = rodar(*DA_ENTRADA, entrada=b"\xff\xfe senha\n")
    assert recusa.exit_code == 2
    assert "UTF-8" in recusa.stderr
    assert na_api.pedidos == []


@pytest.mark.skipif(sys.platform == "win32", reason="o terminal do Unix")
def test_no_terminal_de_verdade_a_senha_nao_se_ve(na_api: Api, tmp_path: Path) -> None:
    import pty

    mestre, escravo = pty.openpty()
    programa = subprocess.Popen(
        [sys.executable, "-m", "oficina_cli", "auth", "entrar"],
        stdin=escravo,
        stdout=escravo,
        stderr=escravo,
        start_new_session=True,
        env={
            **os.environ,
            "XDG_DATA_HOME": str(tmp_path),
            "HOME": str(tmp_path),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        },
    )
    os.close(escravo)
    guarda = threading.Timer(30, programa.kill)
    guarda.start()
    visto = _conversar(mestre, {"CPF: ": CPF_ANA, "Senha: ": SENHA})
    guarda.cancel()
    assert programa.wait(30) == 0, visto
    assert CPF_ANA in visto, "o terminal ecoa o que se digita"
    assert SENHA not in visto
    assert na_api.pedidos[0][2] == {"cpf": CPF, "senha": SENHA}


def _conversar(terminal: int, respostas: dict[str, str]) -> str:
    """O que apareceu na tela, respondendo a cada pergunta quando ela vem."""
    visto = b""
    while True:
        try:
            lido = os.read(terminal, 1024)
        except OSError:  # o programa fechou o terminal
            break
        if not lido:
            break
        visto += lido
        for espera in [p for p in respostas if visto.endswith(p.encode())]:
            os.write(terminal, f"{respostas.pop(espera)}\n".encode())
    os.close(terminal)
    return visto.decode()
