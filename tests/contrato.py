"""O contrato guardado em docs/openapi.json: `python -m tests.contrato` o refaz.

Guardado, ele se lê sem subir nada, e toda mudança da API aparece na revisão.
"""

import json
import tomllib
from pathlib import Path
from typing import Any, cast

from oficina_api import acesso, eventos, saude
from oficina_api.app import criar_app
from oficina_api.mural import Mural
from oficina_api.tokens import Tokens
from oficina_core.casos.portas import Recepcao
from oficina_core.configuracao import Configuracao

RAIZ = Path(__file__).parents[1]
ARQUIVO = RAIZ / "docs" / "openapi.json"


def contrato() -> dict[str, Any]:
    """O de agora, com a versão do pyproject: a instalada em quem testa pode ser outra."""
    ninguem = cast("Recepcao", None)  # o contrato não atende pedidos
    tokens = Tokens.de(Configuracao.ler(jwt_secret="x" * 32))
    identificar = acesso.identificador(tokens)
    app = criar_app(ninguem, identificar)
    saude.instalar(app, lambda: None)
    acesso.instalar(app, ninguem, tokens)
    eventos.instalar(app, ninguem, Mural(ninguem), identificar)
    montado: dict[str, Any] = app.openapi()
    projeto = tomllib.loads((RAIZ / "pyproject.toml").read_text(encoding="utf-8"))
    informado = montado["info"] | {"version": projeto["project"]["version"]}
    return montado | {"info": informado}


def texto() -> str:
    return json.dumps(contrato(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    ARQUIVO.write_text(texto(), encoding="utf-8", newline="\n")
