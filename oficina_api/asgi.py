"""A API montada com a configuração do ambiente: `uvicorn oficina_api.asgi:app`.

Dos proxies sabe o próprio uvicorn, por FORWARDED_ALLOW_IPS.
"""

import os
from pathlib import Path

from oficina_api.montagem import montar
from oficina_core.configuracao import Configuracao

ENV = Path(".env")

app = montar(
    Configuracao.ler(ENV if ENV.is_file() else None),
    confia_em=os.environ.get("FORWARDED_ALLOW_IPS"),
)
