"""O README não mente: cada exemplo dele é executado, e a saída é a que está escrita."""

import re

from tests import leiame


def test_exemplos_imprimem_o_que_o_leiame_diz() -> None:
    escritos = leiame.blocos()
    assert escritos
    assert list(map(leiame.normalizar, leiame.executar(escritos))) == list(
        map(leiame.normalizar, escritos)
    )


def test_comando_de_testes_esta_marcado_para_o_ci() -> None:
    texto = leiame.LEIAME.read_text(encoding="utf-8")
    assert re.search(r"<!-- comando: testes -->\n```sh\n.*nox\n```", texto)
