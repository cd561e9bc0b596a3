"""Cada erro termina com o código dele, uma frase e nenhum rastro."""

import io
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from oficina_cli import __main__, erros
from oficina_cli.app import app
from oficina_core.dominio.erros import (
    AcessoNegado,
    Conflito,
    DadoInvalido,
    ErroOficina,
    Indisponivel,
    NaoEncontrado,
    NaoIdentificado,
    RegraViolada,
    VersaoAntiga,
)


class OficinaQueFalha:
    """Atende qualquer pedido com o mesmo erro."""

    def __init__(self, erro: BaseException) -> None:
        self._erro = erro

    def executar(self, *_: object) -> Any:
        raise self._erro

    simular = executar


@pytest.mark.parametrize(
    ("tipo", "codigo"),
    [
        (DadoInvalido, 2),
        (NaoEncontrado, 3),
        (NaoIdentificado, 4),
        (AcessoNegado, 4),
        (Conflito, 5),
        (VersaoAntiga, 5),
        (RegraViolada, 6),
        (Indisponivel, 7),
        (ErroOficina, 1),
    ],
)
def test_cada_erro_tem_o_codigo_do_ancestral(tipo: type[ErroOficina], codigo: int) -> None:
    falha = OficinaQueFalha(tipo("Não deu\x1b[31m.", detalhes=("linha 3: x",)))
    resposta = CliRunner().invoke(app, ["ordem", "fila"], obj=falha)
    assert resposta.exit_code == codigo
    assert resposta.stderr == "Erro: Não deu\ufffd.\n  linha 3: x\n"


def test_todo_erro_do_dominio_tem_codigo() -> None:
    assert set(ErroOficina.__subclasses__()) <= set(erros.CODIGOS)


def test_gravacao_em_duvida_diz_como_repetir() -> None:
    falha = OficinaQueFalha(Indisponivel("O banco não respondeu."))
    argumentos = ["ordem", "anotar", "1", "nota", "--chave", "nota-da-ana"]
    resposta = CliRunner().invoke(app, argumentos, obj=falha)
    assert resposta.exit_code == 7
    assert resposta.stderr == (
        "Erro: O banco não respondeu.\n"
        "  Para repetir sem risco de gravar duas vezes, use --chave nota-da-ana\n"
    )


def test_interromper_sai_com_130() -> None:
    resposta = CliRunner().invoke(app, ["ordem", "fila"], obj=OficinaQueFalha(KeyboardInterrupt()))
    assert resposta.exit_code == 130
    assert "Traceback" not in resposta.output
    assert "--chave" not in resposta.stderr


def test_gravacao_interrompida_diz_como_repetir() -> None:
    anotar = ["ordem", "anotar", "1", "nota", "--chave", "nota-da-ana"]
    resposta = CliRunner().invoke(app, anotar, obj=OficinaQueFalha(KeyboardInterrupt()))
    assert resposta.exit_code == 130
    assert "--chave nota-da-ana" in resposta.stderr


def _falhar() -> None:
    try:
        int("529.982.247-25")
    except ValueError as causa:
        raise KeyError("Ana Souza") from causa


def test_o_inesperado_fica_no_arquivo_sem_dados_pessoais(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("platformdirs.user_state_path", lambda *_, **__: tmp_path)
    with pytest.raises(KeyError) as levantado:
        _falhar()
    assert erros.registrar(levantado.value) == 1
    arquivo = tmp_path / "oficina.log"
    guardado, dito = arquivo.read_text("utf-8"), capsys.readouterr().err
    assert "Ana" not in guardado.replace('KeyError("Ana Souza")', "")
    assert stat.S_IMODE(arquivo.stat().st_mode) == 0o600
    assert "builtins.ValueError" in guardado
    assert guardado.index("builtins.ValueError") < guardado.index("builtins.KeyError")
    assert str(arquivo) in dito
    assert guardado.split()[1] in dito


def test_sem_onde_guardar_o_inesperado_ainda_se_diz(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def sem_pasta(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr("platformdirs.user_state_path", sem_pasta)
    assert erros.registrar(ValueError("x")) == 1
    assert "não deu para gravar os detalhes" in capsys.readouterr().err


def test_main_escreve_em_utf8_e_nao_mostra_rastro(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bytes_ = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(bytes_, encoding="ascii"))
    monkeypatch.setattr("platformdirs.user_state_path", lambda *_, **__: tmp_path)
    monkeypatch.setattr("oficina_cli.app.app", lambda **_: 1 / 0)
    monkeypatch.setattr(os, "_exit", sys.exit)
    monkeypatch.setattr(sys, "argv", ["oficina", "ordem", "fila"])
    with pytest.raises(SystemExit) as fim:
        __main__.main()
    sys.stderr.flush()
    assert fim.value.code == 1
    assert "não esperava" in bytes_.getvalue().decode()
    assert b"Traceback" not in bytes_.getvalue()


def oficina(tmp_path: Path, *argumentos: str | bytes, **ambiente: str) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "oficina_cli", *argumentos],
        capture_output=True,
        env={**os.environ, "OFICINA_BANCO": str(tmp_path / "x.db"), **ambiente},
        check=False,
        timeout=60,
    )


def test_maquina_sem_acentos_recebe_e_mostra_acentos(tmp_path: Path) -> None:
    sem_acento = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    criar = ("cliente", "criar", "--nome", "José Ação", "--telefone", "1133334444")
    resposta = oficina(tmp_path, *criar, **sem_acento)
    assert resposta.returncode == 0
    assert "José Ação" in resposta.stdout.decode()


def test_o_que_nao_e_utf8_se_recusa(tmp_path: Path) -> None:
    resposta = oficina(tmp_path, "cliente", "listar", b"\xff")
    assert resposta.returncode == 2
    assert "UTF-8" in resposta.stderr.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="só o Linux tem o disco sempre cheio")
@pytest.mark.parametrize("comando", [("--help",), ("loja", "listar"), ("loja", "listar", "-ojson")])
def test_o_disco_cheio_se_diz(comando: tuple[str, ...], tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as cheio:
        feito = subprocess.run(
            [sys.executable, "-m", "oficina_cli", *comando],
            stdout=cheio,
            stderr=subprocess.PIPE,
            env={**os.environ, "OFICINA_BANCO": str(tmp_path / "x.db")},
            check=False,
            timeout=60,
        )
    assert feito.returncode == 7
    assert "O disco encheu" in feito.stderr.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="canos do Unix")
def test_o_que_ja_vem_fechado_e_como_se_nao_houvesse_nada(tmp_path: Path) -> None:
    def pelo_shell(resto: str) -> Any:
        comando = f"exec {sys.executable} -m oficina_cli --banco {tmp_path}/x.db {resto}"
        return subprocess.run(["/bin/sh", "-c", comando], capture_output=True, check=False)

    assert pelo_shell("loja listar >&- 2>&-").returncode == 0
    assert pelo_shell("loja listar <&-").stdout.startswith("Nº".encode())
    sem_entrada = pelo_shell("cliente importar - <&-")
    assert sem_entrada.returncode == 2
    assert "vazi" in sem_entrada.stderr.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="canos do Unix")
@pytest.mark.parametrize("comando", [("--help",), ("loja", "listar"), ("peca", "--help")])
def test_quem_le_pode_parar_no_meio(comando: tuple[str, ...], tmp_path: Path) -> None:
    leitura, escrita = os.pipe()
    os.close(leitura)
    try:
        feito = subprocess.run(
            [sys.executable, "-m", "oficina_cli", *comando],
            stdout=escrita,
            stderr=subprocess.PIPE,
            env={**os.environ, "OFICINA_BANCO": str(tmp_path / "x.db")},
            check=False,
            timeout=60,
        )
    finally:
        os.close(escrita)
    assert (feito.returncode, feito.stderr) == (0, b"")
