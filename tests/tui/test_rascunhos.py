"""Os rascunhos em disco: o que não coube fica anotado, e vale sempre o último que se anotou."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from oficina_cli.tui.rascunhos import Rascunho, Rascunhos

ANA = Rascunho("cliente-novo", "Cliente · cadastro", {"nome": "Ana"})
BIA = Rascunho("cliente-novo", "Cliente · cadastro", {"nome": "Bia"})
QUEIXA = Rascunho("chegada-1", "Ordem", {"queixa": "barulho"})
INTEIRO = {"titulo": "Cliente · cadastro", "campos": {"nome": "Ana"}, "versao": None}


def test_o_que_nao_coube_se_grava_da_vez_seguinte(tmp_path: Path) -> None:
    pasta = tmp_path / "rascunhos"
    pasta.write_text("não é uma pasta")
    rascunhos = Rascunhos(lambda: pasta)
    rascunhos.anotar(ANA.nome, ANA)
    with pytest.raises(FileExistsError):
        rascunhos.gravar()
    pasta.unlink()
    assert rascunhos.ler(ANA.nome) == ANA


def test_o_que_se_anotou_depois_de_falhar_e_que_vale(tmp_path: Path) -> None:
    def sem_disco() -> Path:
        rascunhos.anotar(BIA.nome, BIA)
        raise PermissionError

    onde = [sem_disco]
    rascunhos = Rascunhos(lambda: onde[0]() if onde else tmp_path)
    rascunhos.anotar(ANA.nome, ANA)
    with pytest.raises(PermissionError):
        rascunhos.gravar()
    onde.clear()
    assert rascunhos.ler(ANA.nome) == BIA


def test_o_que_nao_se_apagou_tenta_se_da_vez_seguinte(tmp_path: Path) -> None:
    rascunhos = _com(tmp_path, ANA)
    (preso,) = tmp_path.glob("*.json")
    preso.unlink()
    preso.mkdir()
    rascunhos.anotar(ANA.nome, None)
    rascunhos.gravar()
    preso.rmdir()
    preso.write_text("{}")
    rascunhos.gravar()
    assert not preso.exists()


def test_o_que_nao_cabe_nao_segura_o_que_se_esqueceu(tmp_path: Path) -> None:
    rascunhos = _com(tmp_path, QUEIXA)
    (guardado,) = tmp_path.glob("*.json")
    (tmp_path / guardado.name.replace(QUEIXA.nome, ANA.nome)).with_suffix(".novo").mkdir()
    rascunhos.anotar(ANA.nome, ANA)
    rascunhos.anotar(QUEIXA.nome, None)
    with pytest.raises(IsADirectoryError):
        rascunhos.gravar()
    assert not guardado.exists()


@pytest.mark.parametrize(
    "estragar",
    [
        lambda onde: onde.write_text('{"titulo": "x", "campos": {}, "versao": 1e999}'),
        lambda onde: onde.write_text("[" * 100_000),
        lambda onde: onde.write_text(json.dumps({**INTEIRO, "titulo": "T" * 2_000_000})),
        lambda onde: onde.symlink_to(onde.with_name("inteiro")),
        lambda onde: onde.symlink_to("nada"),
        os.mkfifo,
        Path.mkdir,
    ],
    ids=["infinito", "fundo", "enorme", "atalho", "atalho para nada", "cano", "pasta"],
)
def test_o_que_nao_se_entende_e_como_se_nao_houvesse_e_nao_esconde_o_resto(
    tmp_path: Path, estragar: Callable[[Path], object]
) -> None:
    rascunhos = _com(tmp_path, QUEIXA)
    (tmp_path / "inteiro").write_text(json.dumps(INTEIRO))
    estragar(tmp_path / f"{ANA.nome}.json")
    assert rascunhos.todos() == [QUEIXA]
    assert rascunhos.ler(ANA.nome) is None
    rascunhos.anotar(ANA.nome, ANA)
    assert rascunhos.ler(ANA.nome) == ANA


def test_o_que_outro_balcao_guarda_nao_se_oferece_nem_se_troca_nem_se_apaga(tmp_path: Path) -> None:
    um, outro = _com(tmp_path, ANA), Rascunhos(lambda: tmp_path)
    assert outro.todos() == []
    assert outro.ler(ANA.nome) is None
    for rascunho in (BIA, None):
        outro.anotar(ANA.nome, rascunho)
        outro.gravar()
    assert um.ler(ANA.nome) == ANA


def test_o_que_ficou_de_um_balcao_que_acabou_e_de_quem_primeiro_o_retoma(tmp_path: Path) -> None:
    _com(tmp_path, ANA).fechar()
    um, outro = Rascunhos(lambda: tmp_path), Rascunhos(lambda: tmp_path)
    assert um.todos() == outro.todos() == [ANA]
    assert um.ler(ANA.nome) == ANA
    assert outro.todos() == []
    um.fechar()
    assert outro.todos() == [ANA]
    assert list(tmp_path.glob("*.dono")) == []


def test_de_dois_que_ficaram_com_o_mesmo_nome_nenhum_se_perde(tmp_path: Path) -> None:
    um, outro = _com(tmp_path, ANA), _com(tmp_path, BIA)
    um.fechar()
    outro.fechar()
    depois = Rascunhos(lambda: tmp_path)
    primeiro = depois.ler(ANA.nome)
    depois.anotar(ANA.nome, None)
    ficou = depois.ler(ANA.nome)
    assert [primeiro, ficou] in ([ANA, BIA], [BIA, ANA])


def test_as_pastas_e_o_arquivo_sao_so_de_quem_os_escreve(tmp_path: Path) -> None:
    antes = os.umask(0o022)
    try:
        _com(tmp_path / "oficina" / "rascunhos", ANA)
    finally:
        os.umask(antes)
    (arquivo,) = tmp_path.rglob("*.json")
    modos = [onde.stat().st_mode & 0o777 for onde in (arquivo, *arquivo.parents[:2])]
    assert modos == [0o600, 0o700, 0o700]


def test_o_atalho_posto_onde_se_escreve_nao_se_segue(tmp_path: Path) -> None:
    rascunhos = _com(tmp_path, ANA)
    (guardado,) = tmp_path.glob("*.json")
    alheio = tmp_path / "alheio"
    alheio.write_text("de outro")
    guardado.with_suffix(".novo").symlink_to(alheio)
    rascunhos.anotar(BIA.nome, BIA)
    assert rascunhos.ler(BIA.nome) == BIA
    assert alheio.read_text() == "de outro"


def _com(pasta: Path, rascunho: Rascunho) -> Rascunhos:
    """Um balcão que já guardou isso."""
    rascunhos = Rascunhos(lambda: pasta)
    rascunhos.anotar(rascunho.nome, rascunho)
    rascunhos.gravar()
    return rascunhos
