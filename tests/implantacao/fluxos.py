"""O que se exige dos fluxos do GitHub: cada regra os lê e devolve as suas queixas."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from ruamel.yaml import YAML

RAIZ = Path(__file__).parents[2]
PASTA = RAIZ / ".github/workflows"

ACAO = re.compile(r"([\w.-]+/[\w.-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)")
# O que cada tarefa pode além de ler o repositório.
ESCREVEM = {
    "entrega.imagem": {"id-token", "attestations"},
    "entrega.implantar": {"id-token"},
}


@dataclass(frozen=True)
class Fluxos:
    """O texto de cada fluxo, pelo nome, e o da página que fala deles."""

    textos: dict[str, str]
    pagina: str

    @classmethod
    def daqui(cls) -> "Fluxos":
        textos = {arquivo.stem: arquivo.read_text("utf-8") for arquivo in PASTA.iterdir()}
        return cls(textos, (RAIZ / "docs/fluxos.md").read_text("utf-8"))

    def com(self, onde: str, de: str, para: str) -> "Fluxos":
        """O mesmo, com isto no lugar daquilo em um dos arquivos."""
        trocado = self.pagina if onde == "pagina" else self.textos[onde]
        assert de in trocado, f"{onde} já não diz {de!r}"
        trocado = trocado.replace(de, para)
        if onde == "pagina":
            return Fluxos(self.textos, trocado)
        return Fluxos(self.textos | {onde: trocado}, self.pagina)

    @cached_property
    def lidos(self) -> dict[str, Any]:
        return {
            nome: YAML(typ="safe", pure=True).load(texto) for nome, texto in self.textos.items()
        }

    @cached_property
    def tarefas(self) -> dict[str, Any]:
        return {
            f"{nome}.{tarefa}": dados
            for nome, fluxo in self.lidos.items()
            for tarefa, dados in fluxo["jobs"].items()
        }

    @property
    def passos(self) -> Iterator[tuple[str, Any]]:
        for tarefa, dados in self.tarefas.items():
            for passo in dados.get("steps", ()):
                yield tarefa, passo


def e_um_fluxo(fluxos: Fluxos) -> Iterator[str]:
    """O schema dos fluxos é o que o check-jsonschema traz."""
    pasta = resources.files("check_jsonschema") / "builtin_schemas/vendor"
    schema = json.loads((pasta / "github-workflows.json").read_text("utf-8"))
    for nome, fluxo in fluxos.lidos.items():
        for erro in Draft7Validator(schema).iter_errors(fluxo):
            yield f"{nome}: {erro.json_path}: {erro.message[:80]}"


def so_partem_do_que_e_nosso(fluxos: Fluxos) -> Iterator[str]:
    """O pull_request_target e o workflow_run dão direitos nossos ao código de quem pede."""
    nossos = {"pull_request", "push", "schedule", "workflow_call", "workflow_dispatch"}
    for nome, fluxo in fluxos.lidos.items():
        yield from (f"{nome}: {gatilho}" for gatilho in fluxo["on"] if gatilho not in nossos)


def acoes_fixas(fluxos: Fluxos) -> Iterator[str]:
    """Pelo commit inteiro, com a versão ao lado, e na tabela da página."""
    for nome, texto in fluxos.textos.items():
        for uso in re.findall(r"uses: (.*)$", texto, re.MULTILINE):
            achada = ACAO.fullmatch(uso)
            if achada:
                acao, resumo, versao = achada.groups()
                if f"| `{acao}` | {versao} | `{resumo}` |" not in fluxos.pagina:
                    yield f"{nome}: {acao} {versao} não está em docs/fluxos.md"
            elif not uso.startswith("./"):
                yield f"{nome}: {uso}"


def pagina_sem_acoes_velhas(fluxos: Fluxos) -> Iterator[str]:
    todos = "".join(fluxos.textos.values())
    for acao, versao, resumo in re.findall(
        r"\| `(.*?)` \| (v.*?) \| `([0-9a-f]{40})` \|", fluxos.pagina
    ):
        if f"{acao}@{resumo} # {versao}" not in todos:
            yield f"docs/fluxos.md: {acao} {versao} não se usa"


def direitos_minimos(fluxos: Fluxos) -> Iterator[str]:
    for nome, fluxo in fluxos.lidos.items():
        if fluxo.get("permissions") != {}:
            yield f"{nome}: quem não diz os seus direitos não devia ter nenhum"
    for tarefa, dados in fluxos.tarefas.items():
        esperados = {"contents": "read"} | dict.fromkeys(ESCREVEM.get(tarefa, ()), "write")
        if dados.get("permissions") != esperados:
            yield f"{tarefa}: {dados.get('permissions')}"


def sem_segredo_guardado(fluxos: Fluxos) -> Iterator[str]:
    """Entra-se na AWS e assina-se com o OIDC; nenhuma chave se guarda no GitHub."""
    chaves = (
        r"secrets\.|aws[-_]access[-_]key|aws[-_]secret|(?<!empty_)password:|token:\s*\$|inherit"
    )
    for nome, texto in fluxos.textos.items():
        yield from (f"{nome}: {achada}" for achada in re.findall(chaves, texto, re.IGNORECASE))


def credencial_nao_fica(fluxos: Fluxos) -> Iterator[str]:
    for tarefa, passo in fluxos.passos:
        traz = passo.get("uses", "").startswith("actions/checkout@")
        if traz and passo.get("with", {}).get("persist-credentials") is not False:
            yield f"{tarefa}: o checkout deixa a credencial no .git"


def prazo_e_maquina(fluxos: Fluxos) -> Iterator[str]:
    for tarefa, dados in fluxos.tarefas.items():
        if "uses" in dados:
            continue  # o fluxo chamado diz os dele
        if not 0 < dados.get("timeout-minutes", 0) <= 90:
            yield f"{tarefa}: sem prazo"
        if dados.get("runs-on") != "ubuntu-24.04":
            yield f"{tarefa}: {dados.get('runs-on')}"


def um_de_cada_vez(fluxos: Fluxos) -> Iterator[str]:
    for nome, fluxo in fluxos.lidos.items():
        if "group" not in fluxo.get("concurrency", {}):
            yield f"{nome}: dois iguais correm juntos"
    if fluxos.lidos["entrega"].get("concurrency", {}).get("cancel-in-progress") is not False:
        yield "entrega: uma interrompe a outra"


def espera_por_quem_existe(fluxos: Fluxos) -> Iterator[str]:
    for nome, fluxo in fluxos.lidos.items():
        for tarefa, dados in fluxo["jobs"].items():
            antes = dados.get("needs", [])
            for outra in [antes] if isinstance(antes, str) else antes:
                if outra not in fluxo["jobs"]:
                    yield f"{nome}.{tarefa}: espera por {outra}"


def sessoes_existem(fluxos: Fluxos) -> Iterator[str]:
    modulo = ast.parse((RAIZ / "noxfile.py").read_text("utf-8"))
    existem = {no.name for no in modulo.body if isinstance(no, ast.FunctionDef)}
    for tarefa, dados in fluxos.tarefas.items():
        pedidas = dados.get("strategy", {}).get("matrix", {}).get("sessao", [])
        for passo in dados.get("steps", ()):
            for achado in re.findall(r"\bnox -s ([\w ]+)", passo.get("run", "")):
                pedidas = [*pedidas, *achado.split()]
        yield from (f"{tarefa}: nox -s {nome}" for nome in pedidas if nome not in existem)


def programas_existem(fluxos: Fluxos) -> Iterator[str]:
    for tarefa, passo in fluxos.passos:
        for programa in re.findall(r"\.ci/[\w.]+", passo.get("run", "")):
            if not (RAIZ / programa).is_file():
                yield f"{tarefa}: {programa}"


def variaveis_na_pagina(fluxos: Fluxos) -> Iterator[str]:
    usadas = set(re.findall(r"\bvars\.(\w+)", "".join(fluxos.textos.values())))
    linhas = re.findall(r"^\| (`[A-Z_]+`.*?) \|", fluxos.pagina, re.MULTILINE)
    ditas = set(re.findall(r"`(\w+)`", " ".join(linhas)))
    yield from (f"docs/fluxos.md: {nome}" for nome in usadas ^ ditas)


def nada_se_cola_no_comando(fluxos: Fluxos) -> Iterator[str]:
    """O que vem de fora entra por variável de ambiente, e nunca como texto do comando."""
    for tarefa, passo in fluxos.passos:
        if "${{" in passo.get("run", ""):
            yield f"{tarefa}: {passo['run']}"


def comandos_se_leem(fluxos: Fluxos) -> Iterator[str]:
    for nome, fluxo in fluxos.lidos.items():
        if fluxo.get("defaults", {}).get("run", {}).get("shell") != "bash":
            yield f"{nome}: sem o pipefail, o meio de um | falha calado"
    for tarefa, passo in fluxos.passos:
        lido = ("bash", "-n", "-c", passo.get("run", ""))
        if subprocess.run(lido, capture_output=True, check=False).returncode:
            yield f"{tarefa}: {passo['run']}"


def sem_endereco_de_repositorio(fluxos: Fluxos) -> Iterator[str]:
    hospedeiros = r"amazonaws\.com|ghcr\.io|docker\.io|quay\.io|gcr\.io"
    for nome, texto in fluxos.textos.items():
        yield from (f"{nome}: {achado}" for achado in re.findall(hospedeiros, texto))


def so_se_publica_o_que_se_provou(fluxos: Fluxos) -> Iterator[str]:
    """Da main, com as provas e o exame, e só então; assina-se o que se publicou, pelo resumo."""
    entrega = fluxos.lidos["entrega"]["jobs"]
    if entrega["imagem"].get("needs") != "provas":
        yield "entrega.imagem não espera as provas"
    if entrega["implantar"].get("needs") != "imagem":
        yield "entrega.implantar não espera a imagem"
    if "@${{ needs.imagem.outputs.resumo }}" not in entrega["implantar"]["env"]["IMAGEM"]:
        yield "entrega.implantar não usa o resumo"
    passos = [json.dumps(passo) for passo in entrega["imagem"]["steps"]]
    ordem = (
        "--is-ancestor",
        "docker build",
        "sbom-action",
        "scan-action",
        "docker push",
        "cosign sign",
        "attest-b",
    )
    onde = [next((i for i, texto in enumerate(passos) if o in texto), -1) for o in ordem]
    if -1 in onde or onde != sorted(onde):
        yield f"entrega.imagem: {onde}"
    exame = passos[onde[ordem.index("scan-action")]]
    if '"fail-build": true' not in exame or '"high"' not in exame:
        yield "entrega.imagem: o exame não reprova"


def so_se_troca_com_licenca(fluxos: Fluxos) -> Iterator[str]:
    """Cada papel da AWS só se dá ao ambiente que o protege."""
    for tarefa, ambiente in (("imagem", "registro"), ("implantar", "producao")):
        dito = fluxos.tarefas[f"entrega.{tarefa}"].get("environment", {})
        if ambiente not in (dito, dito.get("name") if isinstance(dito, dict) else None):
            yield f"entrega.{tarefa}: {dito}"


def interrompida_volta(fluxos: Fluxos) -> Iterator[str]:
    *_, troca, volta = fluxos.tarefas["entrega.implantar"]["steps"]
    if troca.get("run") != "python3 .ci/implantar.py":
        yield "entrega.implantar: a troca não é o penúltimo passo"
    if volta.get("run") != "python3 .ci/implantar.py voltar":
        yield "entrega.implantar: a volta não é o último passo"
    if volta.get("if") != "failure() || cancelled()":
        yield f"entrega.implantar: a volta só roda se {volta.get('if')}"


def os_bancos_que_se_prometem(fluxos: Fluxos) -> Iterator[str]:
    """O Python de pyproject.toml em diante, e o MySQL 8.0 e o 8.4."""
    pares = fluxos.tarefas["ci.testes"]["strategy"]["matrix"]["include"]
    for qual, versoes in (("python", {"3.11", "3.12", "3.13"}), ("mysql", {"8.0", "8.4"})):
        if {par[qual] for par in pares} != versoes:
            yield f"ci.testes: falta um {qual}"
