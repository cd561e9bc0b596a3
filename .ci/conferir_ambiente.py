"""Confere o que é só desta instalação: ambiente.env, nuvem.env e rds-ca.pem, antes de aplicar.

    python3 .ci/conferir_ambiente.py [OVERLAY]

O kustomize só vê o que falta; o que está escrito errado só se veria no cluster, com a troca no
meio. Nenhum valor se mostra: pode ser um segredo posto no lugar errado.
"""

import re
import ssl
import sys
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path

OVERLAY = Path(__file__).parents[1] / "k8s/overlays/eks"
DO_EXEMPLO = ("exemplo", "111122223333")
SEGREDO = re.compile(".*(PASSWORD|SECRET|SECRET_ANTERIOR|SEGREDO|SENHA|TOKEN)|OFICINA_BANCO")
NOME = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
DOMINIO = rf"{NOME}(\.{NOME})+"


def rede(valor: str) -> bool:
    """Uma só, com o tamanho dito, e que não seja a de todos."""
    try:
        return "/" in valor and ip_network(valor).prefixlen > 0
    except ValueError:
        return False


def forma(expressao: str) -> Callable[[str], bool]:
    return lambda valor: re.fullmatch(expressao, valor) is not None


# O que não se dispensa, como se confere e como se escreve.
AMBIENTE = {
    "DB_HOST": (forma(DOMINIO), "o nome do servidor, sem porta: é ele que o certificado traz"),
    "OFICINA_URL_PUBLICA": (
        forma(f"https://{DOMINIO}"),
        "https:// e o nome, sem mais nada",
    ),
    "CONFIA_EM": (rede, "uma rede só, como 10.0.0.0/20: a das sub-redes do ALB"),
}
NUVEM = {
    "REGIAO": (forma("[a-z]{2}(-[a-z]+)+-[0-9]"), "o código da região, como sa-east-1"),
    "CERTIFICADO_ARN": (
        forma(r"arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/\S+"),
        "o ARN de um certificado do ACM",
    ),
    "PAPEL_DOS_SEGREDOS_ARN": (
        forma(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/\S+"),
        "o ARN de um papel do IAM",
    ),
    "REDE_DO_BANCO": (rede, "uma rede só, como 10.0.32.0/20: a das sub-redes do banco"),
    "CLASSE_DE_DISCO": (forma(rf"{NOME}(\.{NOME})*"), "o nome de uma StorageClass que cifra"),
}


def ler(arquivo: Path) -> dict[str, str]:
    """Como o kustomize lê: uma linha, um valor, com as aspas que tiver."""
    linhas = arquivo.read_text(encoding="utf-8").splitlines()
    ditas = [linha.lstrip() for linha in linhas if linha.strip()]
    pares = [linha.partition("=") for linha in ditas if not linha.startswith("#")]
    return {nome: valor for nome, _, valor in pares}


def problemas(overlay: Path) -> Iterator[str]:
    for nome, regras in (("ambiente.env", AMBIENTE), ("nuvem.env", NUVEM)):
        arquivo = overlay / nome
        if not arquivo.is_file():
            yield f"{nome} falta; copie {nome}.exemplo e preencha"
            continue
        ditos = ler(arquivo)
        for chave, (serve, como) in regras.items():
            if not serve(ditos.get(chave, "")):
                yield f"{nome}: {chave} é {como}"
        yield from (f"{nome}: {dito}" for dito in _em_qualquer(ditos))
    if not _autoridade(overlay / "rds-ca.pem"):
        yield "rds-ca.pem não é um PEM de autoridade que se leia; é o que a AWS publica do RDS"


def _em_qualquer(ditos: dict[str, str]) -> Iterator[str]:
    for chave, valor in ditos.items():
        if SEGREDO.fullmatch(chave):
            yield f"{chave} é segredo, e aqui todos o leem; vai no Secrets Manager"
        elif valor != valor.strip(" \t\"'"):
            yield f"{chave} tem aspas ou espaço em volta, que fariam parte do valor; tire-os"
        elif any(pedaco in valor for pedaco in DO_EXEMPLO):
            yield f"{chave} ainda é o do exemplo"


def _autoridade(arquivo: Path) -> bool:
    try:
        return bool(ssl.create_default_context(cafile=str(arquivo)).get_ca_certs())
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit("\n".join(problemas(Path(sys.argv[1]) if sys.argv[1:] else OVERLAY)))
