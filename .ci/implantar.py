r"""Migra, troca o programa no cluster, confere pela porta da frente e, se não der, volta.

    IMAGEM=repositório@sha256:… OFICINA_URL_PUBLICA=https://… SEGREDO_FUMACA=nome \
        python3 .ci/implantar.py
    python3 .ci/implantar.py voltar     desfaz só a troca que ficou no meio
    python3 .ci/implantar.py primeira   instala onde ainda não há oficina: sem conferir, que ninguém
                                        pode entrar, e sem voltar, que não há a quê

O kubectl fala com o cluster em que já se entrou, e o namespace já existe. As migrações só
acrescentam, e a versão anterior roda no esquema novo: por isso voltar é só trocar o programa.
OVERLAY diz a pasta de outra instalação, no lugar de k8s/overlays/eks.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import conferir_ambiente
from fumaca import Falhou, conferir, quem_confere

OVERLAY = Path(os.environ.get("OVERLAY", conferir_ambiente.OVERLAY))
MIGRACAO = "job/oficina-migracao"
PROGRAMAS = ("deployment/oficina-api", "deployment/oficina-mensagens")
PRAZO_DA_MIGRACAO = 2760  # segundos: mais que o do Job, que é quem desiste
PRAZO_DA_TROCA = 900

# Do que a migração precisa para rodar; e o que só troca quando a versão nova já provou que serve.
ANTES = (
    *("ServiceAccount", "ConfigMap", "Secret"),
    *("ExternalSecret", "SecretStore", "NetworkPolicy"),
)
PARTES = dict.fromkeys(ANTES, "antes") | {"Job": "migracao", "CronJob": "depois"}
# O namespace é de quem cuida do cluster: quem implanta só pode o que há dentro dele.
DE_OUTROS = {"Namespace"}
FALTA = "No ar, e ainda ninguém entra: siga em docs/operacao.md, “No EKS”, do passo 5 em diante."

# A revisão em que cada programa estava; só existe enquanto há troca no meio, e só nós a escrevemos.
REVISOES = Path(os.environ.get("RUNNER_TEMP", Path.home())) / ".oficina-revisoes.json"


def mandar(*argumentos: str, entrada: str | None = None, saida: int | None = None) -> str:
    print("$ kubectl", *argumentos, flush=True)
    comando = ("kubectl", "--namespace=oficina", *argumentos)
    feito = subprocess.run(comando, input=entrada, stdout=saida, text=True, check=False)
    if feito.returncode:
        raise Falhou(f"kubectl {argumentos[0]} não deu certo; o motivo está acima.")
    return feito.stdout or ""


def perguntar(*argumentos: str) -> str:
    return mandar(*argumentos, saida=subprocess.PIPE)


def com_imagem(manifestos: str, imagem: str) -> str:
    """Os manifestos com esta imagem, e nenhuma outra, no lugar da que o overlay nomeia."""
    if not re.fullmatch(r"[^\s@]+@sha256:[0-9a-f]{64}", imagem):
        raise Falhou(f"IMAGEM diz-se pelo resumo, repositório@sha256:…, e não {imagem!r}.")
    nossa = re.compile(r'^(\s+(?:- )?image: )"?(?:\S+/)?oficina(?:[:@]\S+?)?"?$', re.MULTILINE)
    prontos = nossa.sub(lambda achada: achada[1] + imagem, manifestos)
    usadas = set(re.findall(r"^\s+(?:- )?image: (.*)$", prontos, re.MULTILINE))
    if usadas != {imagem}:
        raise Falhou(f"O overlay devia usar só a imagem oficina, e usa {usadas - {imagem}}.")
    return prontos


def separar(manifestos: str) -> dict[str, str]:
    """O mesmo, em quatro partes: antes, a migração, o programa e depois."""
    partes: dict[str, list[str]] = {nome: [] for nome in (*PARTES.values(), "programa")}
    for documento in re.split(r"^---$", manifestos, flags=re.MULTILINE):
        achado = re.search(r"^kind: (\w+)$", documento, re.MULTILINE)
        especie = achado[1] if achado else ""
        if especie in DE_OUTROS:
            continue
        partes[PARTES.get(especie, "programa")].append(documento)
    return {nome: "---".join(documentos) for nome, documentos in partes.items()}


def aplicar(parte: str) -> None:
    if parte.strip():
        mandar("apply", "--filename=-", entrada=parte)


def migrar(parte: str) -> None:
    """Um Job não se altera: o da vez anterior sai antes."""
    mandar("delete", MIGRACAO, "--ignore-not-found", "--wait")
    aplicar(parte)
    fim = time.monotonic() + PRAZO_DA_MIGRACAO
    como_esta = 'jsonpath={.status.conditions[?(@.status=="True")].type}'
    while time.monotonic() < fim:
        situacao = perguntar("get", MIGRACAO, f"--output={como_esta}").split()
        if "Complete" in situacao:
            return
        if "Failed" in situacao:
            break
        time.sleep(3)
    with contextlib.suppress(Falhou):
        mandar("logs", MIGRACAO, "--all-containers", "--tail=100")
    raise Falhou("A migração não terminou bem, e nada se trocou. O que ela disse está acima.")


def revisao(programa: str) -> str:
    """A de agora; vazia, se o programa ainda não está no cluster."""
    qual = r"jsonpath={.metadata.annotations.deployment\.kubernetes\.io/revision}"
    return perguntar("get", programa, "--ignore-not-found", f"--output={qual}").strip()


def esperar_troca() -> None:
    for programa in PROGRAMAS:
        mandar("rollout", "status", programa, f"--timeout={PRAZO_DA_TROCA}s")


def voltar() -> None:
    """Cada programa à revisão em que estava; à penúltima não, que pode ser de outra troca."""
    if not REVISOES.exists():
        print("Não há troca no meio: nada a voltar.")
        return
    faltam = json.loads(REVISOES.read_text(encoding="utf-8"))
    for programa, antes in list(faltam.items()):
        try:
            if antes:
                mandar("rollout", "undo", programa, f"--to-revision={antes}")
            else:
                print(f"{programa} não tem versão anterior: fica como está.")
        except Falhou:
            continue
        del faltam[programa]  # a revisão de quem voltou tem agora outro número
        REVISOES.write_text(json.dumps(faltam), encoding="utf-8")
    if faltam:
        raise Falhou(f"Não voltou à revisão de antes, e é preciso desfazer à mão: {faltam}.")
    REVISOES.unlink()
    esperar_troca()
    print("O que estava no ar antes está no ar outra vez.")


def preparar(imagem: str) -> dict[str, str]:
    """As partes, prontas para aplicar; nada se aplica com o que se sabe errado."""
    if problemas := list(conferir_ambiente.problemas(OVERLAY)):
        raise Falhou("Nada se aplicou; corrija o que segue e repita.\n" + "\n".join(problemas))
    return separar(com_imagem(perguntar("kustomize", str(OVERLAY)), imagem))


def exigir_a_porta_dela(url: str) -> None:
    """Levanta Falhou se o que se conferiria é outra oficina.

    A própria máquina serve: é por onde se confere, com `port-forward`, se a porta está fechada.
    """
    dela = conferir_ambiente.ler(OVERLAY / "ambiente.env")["OFICINA_URL_PUBLICA"]
    if url.rstrip("/") != dela and urlsplit(url).hostname != "127.0.0.1":
        raise Falhou("OFICINA_URL_PUBLICA não é a de ambiente.env, que é a que se vai trocar.")


def instalar(imagem: str) -> None:
    partes = preparar(imagem)
    no_ar = "jsonpath={.status.availableReplicas}"
    if perguntar("get", PROGRAMAS[0], "--ignore-not-found", f"--output={no_ar}").strip():
        raise Falhou("Já há uma oficina no ar neste cluster; rode: python3 .ci/implantar.py")
    aplicar(partes["antes"])
    migrar(partes["migracao"])
    aplicar(partes["programa"])
    esperar_troca()
    aplicar(partes["depois"])
    print(FALTA)


def implantar(imagem: str, url: str, segredo: str) -> None:
    partes = preparar(imagem)
    agora = {programa: revisao(programa) for programa in PROGRAMAS}
    if not any(agora.values()):
        raise Falhou("Ainda não há oficina neste cluster; rode: python3 .ci/implantar.py primeira")
    if REVISOES.exists():
        raise Falhou(
            "Uma troca ficou no meio; rode antes: python3 .ci/implantar.py voltar\n"
            f"(se ela já não importa, ou era em outro cluster, apague {REVISOES})"
        )
    exigir_a_porta_dela(url)
    quem = quem_confere(segredo)
    aplicar(partes["antes"])
    migrar(partes["migracao"])
    REVISOES.write_text(json.dumps(agora), encoding="utf-8")
    try:
        aplicar(partes["programa"])
        esperar_troca()
        conferir(url, quem)
    except BaseException as motivo:
        print(f"A troca não serviu: {motivo}", flush=True)
        voltar()
        raise
    REVISOES.unlink()
    try:
        aplicar(partes["depois"])
    except Falhou as motivo:
        raise Falhou(
            f"A versão nova atende; só as rotinas ficaram na anterior. {motivo}"
        ) from motivo


if __name__ == "__main__":
    try:
        nomes = ("IMAGEM", "OFICINA_URL_PUBLICA", "SEGREDO_FUMACA")
        imagem, url, segredo = (os.environ.get(nome, "") for nome in nomes)
        match sys.argv[1:]:
            case ["voltar"]:
                voltar()
            case ["primeira"]:
                instalar(imagem)
            case []:
                implantar(imagem, url, segredo)
            case _:
                sys.exit(__doc__)
    except Falhou as motivo:
        sys.exit(str(motivo))
