"""O que se guarda dos comandos é o que eles são; se difere, `python -m tests.referencia`."""

import json

import pytest

from oficina_cli.atalhos import AJUDA
from oficina_cli.completamento import COMANDOS
from tests import referencia


def test_a_ajuda_geral_guardada_e_a_que_o_programa_monta() -> None:
    assert AJUDA.read_text(encoding="utf-8") == referencia.ajuda()


def test_a_arvore_que_o_tab_le_e_a_dos_comandos() -> None:
    assert COMANDOS.read_text(encoding="utf-8") == referencia.comandos()


def test_a_pagina_dos_comandos_e_a_ajuda_deles() -> None:
    assert referencia.DOCUMENTO.read_text(encoding="utf-8") == referencia.documento()


def test_a_forma_guardada_de_cada_resposta_e_a_de_agora() -> None:
    guardada = json.loads(referencia.FORMATOS.read_text(encoding="utf-8"))
    assert guardada == referencia.formatos()


@pytest.mark.parametrize(
    ("antes", "agora", "perdido"),
    [
        ({"a": "texto"}, {"a": "texto", "b": "texto"}, []),
        ({"a": "texto"}, {"b": "texto"}, ["a"]),
        ({"a": "inteiro"}, {"a": "texto"}, ["a"]),
        ([{"a": {"b": "data"}}], [{"a": {}}], ["[].a.b"]),
        ({"a": ["texto"]}, {"a": "texto"}, ["a"]),
    ],
)
def test_tirar_ou_trocar_um_campo_pede_outra_versao(
    antes: object, agora: object, perdido: list[str]
) -> None:
    assert referencia.perdidos(antes, agora) == perdido
