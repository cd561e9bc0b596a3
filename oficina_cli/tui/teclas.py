"""O mapa das teclas: o padrão está em cada tela, e o `config.toml` do usuário o muda.

[teclas]
atendimento = "f2,ctrl+n"
"""

import re
import tomllib
from contextlib import suppress
from typing import Any

TECLA = re.compile("[a-z0-9_+]{1,30}")
MESMO_A_DIGITAR = {"sair": re.compile("ctrl[+][a-z]|f[0-9]{1,2}")}  # uma letra não se digitaria


def do_usuario() -> dict[str, str]:
    """As teclas que o usuário trocou, pelo nome da ação; o que não se entende fica de fora."""
    from oficina_core.configuracao import arquivo_do_usuario

    with suppress(OSError, ValueError, RecursionError):  # TOML e UTF-8 tortos são ValueError
        ditas = tomllib.loads(arquivo_do_usuario().read_text("utf-8")).get("teclas")
        if isinstance(ditas, dict):
            return {acao: teclas for acao, dita in ditas.items() if (teclas := _lidas(acao, dita))}
    return {}


def _lidas(acao: str, dita: Any) -> str:
    """As teclas de uma ação, separadas por vírgula; vazio se alguma não se entende ou não serve."""
    partes = [parte.strip() for parte in dita.split(",")] if isinstance(dita, str) else [""]
    return ",".join(partes) if all(map(MESMO_A_DIGITAR.get(acao, TECLA).fullmatch, partes)) else ""
