"""O tradutor é um só; o Pydantic, que lê as mesmas anotações, é a segunda opinião sobre ele."""

import json
from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from oficina_core.casos import traducao
from oficina_core.catalogo import CATALOGO
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import DadoInvalido
from tests.exemplos import exemplo

TIPOS = {f"{tipo}": tipo for rota in CATALOGO for tipo in (rota.caso, rota.resultado)}
TEXTOS = [
    *("null", "true", "0", "-1", "1.0", "1.5", "1e2", '""', '"a"', '"1"', '"MECANICO"', "[]"),
    *("[1]", '["a"]', "[null]", "{}", '"2026-11-23"', '"2026-13-01"', '"23/11/2026"'),
    *('"2026-11-23T12:30:00-03:00"', '"MECÂNICO"', '"12:30"'),
]


@pytest.fixture(params=TIPOS.values(), ids=list(TIPOS))
def tipo(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.mark.parametrize("cheio", [True, False], ids=["cheio", "enxuto"])
def test_um_le_o_que_o_outro_escreve(tipo: Any, cheio: bool) -> None:  # noqa: FBT001
    valor, outro = exemplo(tipo, cheio=cheio), TypeAdapter(tipo)
    assert outro.validate_json(traducao.canonico(valor)) == valor
    assert traducao.ler_texto(tipo, outro.dump_json(valor)) == valor


def test_os_dois_escrevem_o_mesmo(tipo: Any) -> None:
    valor = exemplo(tipo)
    nosso, deles = traducao.canonico(valor), TypeAdapter(tipo).dump_json(valor)
    assert _comparavel(json.loads(nosso)) == _comparavel(json.loads(deles))


@pytest.mark.parametrize(
    "simples",
    [int, str, bool, Papel, date, int | None, str | None, int | str, tuple[int, ...]],
    ids=str,
)
@pytest.mark.parametrize("texto", TEXTOS)
def test_os_dois_aceitam_e_recusam_o_mesmo(simples: Any, texto: str) -> None:
    try:
        lido = TypeAdapter(simples).validate_json(texto, strict=True)
    except ValidationError:
        with pytest.raises(DadoInvalido):
            traducao.ler_texto(simples, texto)
    else:
        assert traducao.ler_texto(simples, texto) == lido


def _comparavel(parte: Any) -> Any:
    """Sem as duas diferenças de grafia: quantidade é número aqui, e o fuso zero não é `Z`."""
    match parte:
        case dict():
            return {nome: _comparavel(valor) for nome, valor in parte.items()}
        case list():
            return [_comparavel(item) for item in parte]
        case bool() | None:
            return parte
        case int() | float():
            return str(parte)
    return parte.replace("+00:00", "Z")
