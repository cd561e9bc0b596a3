"""O mapa das teclas: o padrão está em cada tela, e o `config.toml` do usuário o muda.

[teclas]
atendimento = "f2,ctrl+n"
"""

import tomllib
from contextlib import suppress


def do_usuario() -> dict[str, str]:
    """As teclas que o usuário trocou, pelo nome da ação; o que não se entende fica de fora."""
    from oficina_core.configuracao import arquivo_do_usuario

    with suppress(OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        dito = tomllib.loads(arquivo_do_usuario().read_text("utf-8")).get("teclas", {})
        return {
            acao: tecla
            for acao, tecla in dito.items()
            if isinstance(acao, str) and isinstance(tecla, str)
        }
    return {}
