"""Onde o token fica guardado: preso à origem, longe dos outros, e nunca pela metade."""

import json
import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from oficina_cli.credenciais import Credencial, Fonte, em_vigor, esquecer, guardar
from oficina_core.dominio.erros import DadoInvalido, Indisponivel
from tests.cli.api_de_mentira import TOKEN, VENCE_EM, ficha

ORIGEM, OUTRA = "https://oficina.test", "https://oficina.test:8443"


class Chaveiro:
    """Um chaveiro do sistema: guarda na memória, ou falha como se mandar."""

    def __init__(self, priority: float = 5, *, defeito: Exception | None = None) -> None:
        self.priority, self.defeito = priority, defeito
        self.guardados: dict[tuple[str, str], str] = {}

    def get_keyring(self) -> "Chaveiro":
        return self

    def set_password(self, servico: str, origem: str, token: str) -> None:
        self._falhar()
        self.guardados[servico, origem] = token

    def get_password(self, servico: str, origem: str) -> str | None:
        self._falhar()
        return self.guardados.get((servico, origem))

    def delete_password(self, servico: str, origem: str) -> None:
        self._falhar()
        del self.guardados[servico, origem]

    def _falhar(self) -> None:
        if self.defeito:
            raise self.defeito


def usar(monkeypatch: pytest.MonkeyPatch, chaveiro: Any) -> None:
    monkeypatch.setitem(sys.modules, "keyring", chaveiro)


def test_sem_chaveiro_fica_em_um_arquivo_que_so_o_dono_le(guardadas: Path) -> None:
    assert guardar(ORIGEM, TOKEN) is Fonte.ARQUIVO
    assert em_vigor(None, ORIGEM) == Credencial(TOKEN, Fonte.ARQUIVO)
    if os.name == "posix":
        assert stat.S_IMODE(guardadas.stat().st_mode) == 0o600
        assert stat.S_IMODE(guardadas.parent.stat().st_mode) == 0o700
    assert [item.name for item in guardadas.parent.iterdir()] == ["credenciais.json"]


def test_o_token_e_de_uma_origem_e_de_nenhuma_outra() -> None:
    guardar(ORIGEM, TOKEN)
    assert em_vigor(None, OUTRA) == Credencial()
    guardar(OUTRA, "outro-token")
    assert em_vigor(None, ORIGEM).token == TOKEN
    assert esquecer(ORIGEM)
    assert em_vigor(None, ORIGEM) == Credencial()
    assert em_vigor(None, OUTRA) == Credencial("outro-token", Fonte.ARQUIVO)
    assert not esquecer(ORIGEM)


def test_com_chaveiro_o_token_nao_vai_para_o_disco(
    guardadas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chaveiro = Chaveiro()
    usar(monkeypatch, chaveiro)
    assert guardar(ORIGEM, TOKEN) is Fonte.CHAVEIRO
    assert chaveiro.guardados == {("oficina", ORIGEM): TOKEN}
    assert TOKEN not in guardadas.read_text("utf-8")
    assert em_vigor(None, ORIGEM) == Credencial(TOKEN, Fonte.CHAVEIRO)
    assert esquecer(ORIGEM)
    assert chaveiro.guardados == {}


class ChaveiroSurdo(Chaveiro):
    """Aceita, e não guarda: como o `null` do keyring."""

    def set_password(self, servico: str, origem: str, token: str) -> None: ...


@pytest.mark.parametrize(
    "chaveiro",
    [
        Chaveiro(0),
        Chaveiro(0.5),
        Chaveiro(defeito=RuntimeError("o D-Bus não responde")),
        ChaveiroSurdo(),
    ],
    ids=["nenhum", "em texto puro", "com defeito", "surdo"],
)
def test_chaveiro_que_nao_serve_cede_ao_arquivo(
    monkeypatch: pytest.MonkeyPatch, chaveiro: Chaveiro
) -> None:
    usar(monkeypatch, chaveiro)
    assert guardar(ORIGEM, TOKEN) is Fonte.ARQUIVO
    assert chaveiro.guardados == {}
    assert em_vigor(None, ORIGEM) == Credencial(TOKEN, Fonte.ARQUIVO)


def test_vale_o_ultimo_que_se_guardou_onde_quer_que_esteja(monkeypatch: pytest.MonkeyPatch) -> None:
    chaveiro = Chaveiro()
    usar(monkeypatch, chaveiro)
    guardar(ORIGEM, "no-chaveiro")
    chaveiro.defeito = RuntimeError("trancado")
    assert em_vigor(None, ORIGEM) == Credencial()
    guardar(ORIGEM, "no-arquivo")
    chaveiro.defeito = None
    assert em_vigor(None, ORIGEM) == Credencial("no-arquivo", Fonte.ARQUIVO)
    guardar(ORIGEM, "de-novo-no-chaveiro")
    assert em_vigor(None, ORIGEM) == Credencial("de-novo-no-chaveiro", Fonte.CHAVEIRO)


def test_o_chaveiro_de_verdade_tem_o_que_se_usa(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "keyring")
    keyring = pytest.importorskip("keyring")
    from keyring.backends.fail import Keyring

    monkeypatch.setattr(keyring, "get_keyring", Keyring)
    assert guardar(ORIGEM, TOKEN) is Fonte.ARQUIVO


@pytest.mark.skipif(os.name != "posix", reason="as permissões são do Unix")
@pytest.mark.parametrize("modo", [0o644, 0o640, 0o602])
def test_arquivo_que_outros_podem_ler_se_recusa_e_diz_como_fechar(
    guardadas: Path, modo: int
) -> None:
    guardar(ORIGEM, TOKEN)
    guardadas.chmod(modo)
    for fazer in (
        lambda: em_vigor(None, ORIGEM),
        lambda: guardar(ORIGEM, "x"),
        lambda: esquecer(""),
    ):
        with pytest.raises(DadoInvalido, match=f"chmod 600 {guardadas}"):
            fazer()
    guardadas.chmod(0o600)
    assert em_vigor(None, ORIGEM).token == TOKEN


@pytest.mark.parametrize(
    "dentro",
    ["", "{", "[]", '"x"', '{"https://oficina.test": 7}', '{"https://oficina.test": "a b"}'],
)
def test_arquivo_que_nao_se_entende_se_diz(guardadas: Path, dentro: str) -> None:
    guardar(ORIGEM, TOKEN)
    guardadas.write_text(dentro, "utf-8")
    with pytest.raises(DadoInvalido, match="apague-o"):
        em_vigor(None, ORIGEM)


@pytest.mark.skipif(os.name != "posix", reason="ligações do Unix")
def test_nao_se_segue_uma_ligacao_que_outro_pos_no_lugar(guardadas: Path, tmp_path: Path) -> None:
    alheio = tmp_path / "alheio.json"
    alheio.write_text(json.dumps({ORIGEM: "plantado"}), "utf-8")
    alheio.chmod(0o600)
    guardadas.parent.mkdir()
    guardadas.symlink_to(alheio)
    with pytest.raises(Indisponivel, match="OFICINA_TOKEN"):
        em_vigor(None, ORIGEM)


def test_gravar_pela_metade_nao_estraga_o_que_havia(
    guardadas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guardar(ORIGEM, TOKEN)

    def disco_cheio(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("oficina_cli.credenciais.os.fsync", disco_cheio)
    with pytest.raises(Indisponivel, match="confira a pasta"):
        guardar(ORIGEM, "novo")
    assert em_vigor(None, ORIGEM).token == TOKEN
    assert len(list(guardadas.parent.iterdir())) == 1


def test_pasta_que_nao_se_cria_se_diz(guardadas: Path) -> None:
    guardadas.parent.write_text("ocupado", "utf-8")
    with pytest.raises(Indisponivel, match="OFICINA_TOKEN"):
        guardar(ORIGEM, TOKEN)


def test_o_token_do_ambiente_vale_mais() -> None:
    guardar(ORIGEM, TOKEN)
    assert em_vigor("do-ambiente", ORIGEM) == Credencial("do-ambiente", Fonte.AMBIENTE)
    assert em_vigor("", ORIGEM).fonte is Fonte.ARQUIVO


@pytest.mark.parametrize("dito", ["a b", "á", "abc\n", "\x00", "a\u200bb", " "])
def test_token_que_nao_cabe_em_um_cabecalho_se_diz_sem_se_mostrar(dito: str) -> None:
    with pytest.raises(DadoInvalido, match="OFICINA_TOKEN") as recusa:
        em_vigor(dito, ORIGEM)
    assert dito.strip() == "" or dito not in str(recusa.value)


def test_o_token_nao_se_mostra() -> None:
    assert TOKEN not in repr(Credencial(TOKEN, Fonte.ARQUIVO))


@pytest.mark.parametrize(
    ("token", "vence"),
    [
        (TOKEN, datetime.fromtimestamp(VENCE_EM, UTC)),
        (None, None),
        ("opaco", None),
        (ficha(b"nada"), None),
        (ficha(b"[]"), None),
        (ficha(b'{"exp": "hoje"}'), None),
        (ficha(b'{"exp": 1e300}'), None),
        (ficha(b'{"exp": NaN}'), None),
        (ficha(b"\xff"), None),
        (ficha(b"[" * 100_000), None),
        ("a.á.b", None),
    ],
)
def test_quando_vence_so_se_o_token_diz(token: str | None, vence: datetime | None) -> None:
    assert Credencial(token).vence_em == vence
