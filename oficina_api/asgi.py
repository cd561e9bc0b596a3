"""A API montada com a configuração do ambiente: `uvicorn oficina_api.asgi:app`."""

from pathlib import Path

from oficina_api.montagem import montar
from oficina_core.configuracao import Configuracao

ENV = Path(".env")

app = montar(Configuracao.ler(ENV if ENV.is_file() else None))
