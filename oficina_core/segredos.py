"""O que se exige de um segredo que assina: tamanho, e que não se adivinhe."""

import re
import zlib
from itertools import pairwise

BYTES_MINIMOS = 32  # RFC 7518 §3.2
DISTINTOS_MINIMOS = 12
# Pedaços dos segredos de exemplo que se publicam, sem o que os separa e em minúsculas.
DE_EXEMPLO = (
    "secret",  # sua_chave_secreta…, supersecret, your-256-bit-secret
    "changeme",
    "changethis",
    "exampl",
    "exempl",
    "minhachave",
    "password",
    "segredo",
    "suachave",
    "troque",
)


def adivinhavel(segredo: bytes) -> bool:
    """De exemplo, de poucos caracteres, ou que se encolhe: um bloco repetido, uma sequência."""
    letras = re.sub(rb"[^a-z0-9]", b"", segredo.lower()).decode()
    passos = bytes((depois - antes) % 256 for antes, depois in pairwise(segredo))
    return (
        len(set(segredo)) < DISTINTOS_MINIMOS
        or any(parte in letras for parte in DE_EXEMPLO)
        or min(len(zlib.compress(texto)) for texto in (segredo, passos)) < BYTES_MINIMOS
    )
