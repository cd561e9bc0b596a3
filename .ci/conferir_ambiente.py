"""Confere o que é só desta instalação: ambiente.env, nuvem.env e rds-ca.pem, antes de aplicar.

    python3 .ci/conferir_ambiente.py [OVERLAY]

O kustomize só vê o que falta; o que está escrito errado só se veria no cluster, com a troca no
meio. Nenhum valor se mostra: pode ser um segredo posto no lugar errado.
"""

import re
import ssl
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import TypeAlias

Regras: TypeAlias = Mapping[str, tuple[Callable[[str], bool], str]]

RAIZ = Path(__file__).parents[1]
OVERLAY = RAIZ / "k8s/overlays/eks"
# Os nomes de todos os ajustes do programa; e o que se diz a ele por opção.
AJUSTES = {
    *re.findall(r"(?m)^#([A-Z_]+)=", (RAIZ / ".env.example").read_text(encoding="utf-8")),
    "CONFIA_EM",
}
REDE_MAIOR = 8  # bits
DO_EXEMPLO = re.compile(r"\bexemplo\b|111122223333")
SEGREDO = re.compile(".*(PASSWORD|SECRET|SECRET_ANTERIOR|SEGREDO|SENHA|TOKEN)|OFICINA_BANCO")
NOME = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
DOMINIO = rf"{NOME}(\.{NOME})+"


def rede(valor: str) -> bool:
    """Uma só, com o tamanho dito, e que não seja a de quase todos."""
    try:
        return "/" in valor and ip_network(valor).prefixlen >= REDE_MAIOR
    except ValueError:
        return False


def forma(expressao: str) -> Callable[[str], bool]:
    return lambda valor: re.fullmatch(expressao, valor) is not None


# O que não se dispensa, como se confere e como se escreve.
AMBIENTE: Regras = {
    "DB_HOST": (forma(DOMINIO), "o nome do servidor, sem porta: é ele que o certificado traz"),
    "DB_NAME": (forma("[A-Za-z0-9_$-]{1,64}"), "o nome do banco no servidor"),
    "OFICINA_URL_PUBLICA": (
        forma(f"https://{DOMINIO}"),
        "https:// e o nome, sem mais nada",
    ),
    "CONFIA_EM": (rede, "uma rede só, como 10.0.0.0/20: a das sub-redes do ALB"),
}
NUVEM: Regras = {
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
    """O que ele diz: uma linha, um valor, com as aspas que tiver."""
    linhas = arquivo.read_text(encoding="utf-8").splitlines()
    ditas = [linha.lstrip() for linha in linhas if linha.strip()]
    pares = [linha.partition("=") for linha in ditas if not linha.startswith("#")]
    return {nome: valor for nome, _, valor in pares}


def problemas(overlay: Path) -> Iterator[str]:
    ditos: dict[str, str] = {}
    for nome, regras, nomes in (
        ("ambiente.env", AMBIENTE, AJUSTES),
        ("nuvem.env", NUVEM, NUVEM.keys()),
    ):
        try:
            destes = ler(overlay / nome)
        except (OSError, ValueError):
            yield f"{nome} falta, ou não é texto em UTF-8; copie {nome}.exemplo e preencha"
            continue
        achados = (*_obrigatorios(destes, regras), *_em_qualquer(destes, nomes))
        yield from (f"{nome}: {achado}" for achado in achados)
        ditos |= destes
    if not ditos.keys() >= {"SMTP_HOST", "SMTP_DE"} and "WEBHOOK_URL" not in ditos:
        yield "ambiente.env: SMTP_HOST com SMTP_DE, ou WEBHOOK_URL, é por onde saem as mensagens"
    if f":{ditos.get('REGIAO', '')}:" not in ditos.get("CERTIFICADO_ARN", "::"):
        yield "nuvem.env: CERTIFICADO_ARN é de outra região que REGIAO, e o ALB não o acharia"
    if not _autoridade(overlay / "rds-ca.pem"):
        yield "rds-ca.pem não é um PEM de autoridade que se leia; é o que a AWS publica do RDS"


def _obrigatorios(ditos: dict[str, str], regras: Regras) -> Iterator[str]:
    for chave, (serve, como) in regras.items():
        if not serve(ditos.get(chave, "")):
            yield f"{chave} é {como}"


def _em_qualquer(ditos: dict[str, str], nomes: Collection[str]) -> Iterator[str]:
    for chave, valor in ditos.items():
        if chave not in nomes:
            yield f"{chave} não é um ajuste que se conheça; confira o nome"
        elif SEGREDO.fullmatch(chave):
            yield f"{chave} é segredo, e aqui todos o leem; vai no Secrets Manager"
        elif valor != valor.strip(" \t\"'"):
            yield f"{chave} tem aspas ou espaço em volta, que fariam parte do valor; tire-os"
        elif DO_EXEMPLO.search(valor):
            yield f"{chave} ainda é o do exemplo"


def _autoridade(arquivo: Path) -> bool:
    try:
        return bool(ssl.create_default_context(cafile=str(arquivo)).get_ca_certs())
    except OSError:
        return False


if __name__ == "__main__":
    if achados := list(problemas(Path(sys.argv[1]) if sys.argv[1:] else OVERLAY)):
        sys.exit("\n".join(achados))
    print("Tudo confere.")
