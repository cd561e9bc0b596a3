"""As páginas do contrato, servidas inteiras do pacote: nenhum pedido sai para fora.

O que é de terceiros está em `estaticos/`, como os autores publicaram; veja o LEIAME.md de lá.
"""

import json
from functools import cache, partial
from pathlib import Path

from fastapi import FastAPI, Response

from oficina_core.dominio.erros import NaoEncontrado

PASTA = Path(__file__).parent / "estaticos"
TIPOS = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".png": "image/png",
}

# Só o próprio endereço; os ícones do Swagger UI são `data:` dentro do estilo dele.
POLITICA = (
    "default-src 'none'; script-src 'self'; style-src 'self'{estilos}; img-src 'self' data:; "
    "connect-src 'self'; worker-src {trabalho}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# O Redoc cria dois <style>, e só eles se liberam, pelo resumo: um vazio, que ele enche depois, e o
# da barra de rolagem. A busca dele roda em um Worker que nasce de um Blob.
ESTILOS = (
    " 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    " 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"
)
PAGINAS = {
    "docs": POLITICA.format(estilos="", trabalho="'none'"),
    "redoc": POLITICA.format(estilos=ESTILOS, trabalho="blob:"),
}

# O menu do Redoc busca a marca dele fora; sem endereço ela some, e o arquivo fica intacto.
MARCA_DE_FORA, MARCA_VAZIA = b"https://cdn.redoc.ly/redoc/logo-mini.svg", b"data:,"

GUARDE = "public, max-age=31536000, immutable"  # a versão está no endereço


def instalar(app: FastAPI, *, abertos: bool) -> None:
    """Publica /docs, /redoc e /openapi.json; fechados, são endereços que não existem."""
    if not abertos:
        return

    @cache
    def contrato() -> bytes:
        return json.dumps(app.openapi(), ensure_ascii=False, separators=(",", ":")).encode()

    def mostrar_contrato() -> Response:
        return Response(contrato(), media_type="application/json")

    publicar = partial(app.add_api_route, methods=["GET"], include_in_schema=False)
    publicar("/openapi.json", mostrar_contrato)
    for pagina in PAGINAS:
        publicar(f"/{pagina}", partial(_mostrar, pagina), name=pagina)
    publicar("/estaticos/{nome}", _do_programa)
    publicar("/estaticos/{pasta}/{nome}", _de_terceiros)


def _mostrar(pagina: str) -> Response:
    resposta = _ler(PASTA / f"{pagina}.html")
    resposta.headers["Content-Security-Policy"] = PAGINAS[pagina]
    return resposta


def _do_programa(nome: str) -> Response:
    return _ler(_publico(nome))


def _de_terceiros(pasta: str, nome: str) -> Response:
    resposta = _ler(_publico(f"{pasta}/{nome}"))
    resposta.headers["Cache-Control"] = GUARDE
    return resposta


def _publico(nome: str) -> Path:
    """O arquivo com esse nome, entre os que há: o endereço nunca vira caminho de disco."""
    caminho = _publicos().get(nome)
    if caminho is None:
        raise NaoEncontrado("Este endereço não existe; veja /docs.")
    return caminho


@cache
def _publicos() -> dict[str, Path]:
    arquivos = (arquivo for arquivo in PASTA.rglob("*") if arquivo.suffix in TIPOS)
    return {arquivo.relative_to(PASTA).as_posix(): arquivo for arquivo in arquivos}


def _ler(arquivo: Path) -> Response:
    conteudo = arquivo.read_bytes().replace(MARCA_DE_FORA, MARCA_VAZIA)
    return Response(conteudo, media_type=TIPOS[arquivo.suffix])
