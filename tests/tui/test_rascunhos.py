"""Os rascunhos em disco: o que não coube fica anotado, e vale sempre o último que se anotou."""

from pathlib import Path

import pytest

from oficina_cli.tui.rascunhos import Rascunho, Rascunhos

ANA = Rascunho("cliente-novo", "Cliente · cadastro", {"nome": "Ana"})
BIA = Rascunho("cliente-novo", "Cliente · cadastro", {"nome": "Bia"})


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
    rascunhos = Rascunhos(lambda: tmp_path)
    preso = tmp_path / f"{ANA.nome}.json"
    preso.mkdir()
    rascunhos.anotar(ANA.nome, None)
    rascunhos.gravar()
    preso.rmdir()
    preso.write_text("{}")
    rascunhos.gravar()
    assert not preso.exists()


def test_o_que_nao_cabe_nao_segura_o_que_se_esqueceu(tmp_path: Path) -> None:
    rascunhos = Rascunhos(lambda: tmp_path)
    rascunhos.anotar("esquecido", Rascunho("esquecido", "Ordem", {"queixa": "barulho"}))
    rascunhos.gravar()
    (tmp_path / f"{ANA.nome}.novo").mkdir()
    rascunhos.anotar(ANA.nome, ANA)
    rascunhos.anotar("esquecido", None)
    with pytest.raises(IsADirectoryError):
        rascunhos.gravar()
    assert not (tmp_path / "esquecido.json").exists()
