"""A API montada com a configuração do ambiente: `uvicorn oficina_api.asgi:app`.

Dos proxies sabe o próprio uvicorn, por FORWARDED_ALLOW_IPS.
"""

import os

from oficina_api.montagem import montar
from oficina_core.configuracao import Configuracao, env_daqui

app = montar(
    Configuracao.ler(env_daqui()),
    confia_em=os.environ.get("FORWARDED_ALLOW_IPS"),
)
