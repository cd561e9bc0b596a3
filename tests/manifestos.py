"""Os manifestos como o kustomize os dá; `python -m tests.manifestos` refaz k8s/renderizado.

Renderiza-se uma cópia da pasta, com os exemplos preenchidos no lugar do que é de cada instalação:
o que está no repositório não tem segredo nenhum.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import yaml

from tests.servidor_debian import comando, desempacotado, rodar

Documento: TypeAlias = dict[str, Any]

K8S = Path(__file__).parents[1] / "k8s"
RENDERIZADO = K8S / "renderizado"
OVERLAYS = ("local", "eks")
# A mais velha é a primeira em que o preStop.sleep vem ligado; a mais nova, a última de que o
# kubernetes-validate que se usa tem os esquemas.
VERSOES = ("1.30", "1.37")
EXEMPLO = "-----BEGIN CERTIFICATE-----\nexemplo\n-----END CERTIFICATE-----\n"
# O que o preparar.sh sorteia, sem valor nenhum.
SEGREDOS = {
    "db-credentials.env": "DB_USER=oficina_app\nDB_PASSWORD=\n",
    "db-migracao.env": "DB_USER=oficina_migracao\nDB_PASSWORD=\n",
    "jwt-secret.env": "JWT_SECRET=\n",
    "mensagens-credentials.env": "",
    "mysql-root.env": "MYSQL_ROOT_PASSWORD=\n",
    "ca.pem": EXEMPLO,
    "servidor.pem": EXEMPLO,
    "servidor.key": "",
}
MODELOS = {"Deployment", "StatefulSet", "Job"}
RESUMO = re.compile(r"-[a-z0-9]{10}$")  # o que o kustomize junta ao nome do que ele gera


class Pod(NamedTuple):
    """O modelo de um pod, e o objeto que o cria."""

    dono: Documento
    modelo: Documento

    @property
    def nome(self) -> str:
        return str(self.dono["metadata"]["name"])

    @property
    def rotulos(self) -> dict[str, str]:
        return dict(self.modelo["metadata"]["labels"])

    @property
    def spec(self) -> Documento:
        return dict(self.modelo["spec"])

    @property
    def conteineres(self) -> list[Documento]:
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]

    @property
    def nossos(self) -> list[Documento]:
        """Os que rodam a imagem da oficina."""
        return [dito for dito in self.conteineres if _repositorio(dito["image"]) == "oficina"]


class Manifestos(list[Documento]):
    """Os documentos de um overlay, com as perguntas que as regras lhes fazem."""

    def de(self, tipo: str) -> list[Documento]:
        return [dito for dito in self if dito["kind"] == tipo]

    def um(self, tipo: str, nome: str) -> Documento:
        return next(dito for dito in self.de(tipo) if dito["metadata"]["name"] == nome)

    def pods(self) -> Iterator[Pod]:
        for dito in self:
            if dito["kind"] == "CronJob":
                yield Pod(dito, dito["spec"]["jobTemplate"]["spec"]["template"])
            elif dito["kind"] in MODELOS:
                yield Pod(dito, dito["spec"]["template"])

    def pod(self, nome: str) -> Pod:
        return next(pod for pod in self.pods() if pod.nome == nome)

    def conteineres(self) -> Iterator[tuple[str, Documento]]:
        """Cada um, com o nome por que se diz o que falta nele."""
        for pod in self.pods():
            for conteiner in pod.conteineres:
                yield f"{pod.nome}/{conteiner['name']}", conteiner

    def ambiente(self, conteiner: Documento) -> dict[str, str | None]:
        """As variáveis que ele vê; None é o valor que vem de um segredo."""
        visto: dict[str, str | None] = {}
        for origem in conteiner.get("envFrom", []):
            if "configMapRef" in origem:
                visto |= self.um("ConfigMap", origem["configMapRef"]["name"])["data"]
            else:
                visto |= dict.fromkeys(self.chaves_do_segredo(origem["secretRef"]["name"]))
        return visto | {dita["name"]: dita.get("value") for dita in conteiner.get("env", [])}

    def chaves_do_segredo(self, nome: str) -> set[str]:
        """As do Secret, ou as que o ExternalSecret promete; as do extract não se sabem."""
        for externo in self.de("ExternalSecret"):
            if externo["spec"]["target"]["name"] == nome:
                return {dado["secretKey"] for dado in externo["spec"].get("data", [])}
        return set(self.um("Secret", nome).get("data") or {})


def lidos(overlay: str) -> Manifestos:
    """Os que estão no repositório, em uma cópia que se pode estragar."""
    return Manifestos(deepcopy(_lidos(overlay)))


@cache
def _lidos(overlay: str) -> list[Documento]:
    return list(yaml.safe_load_all((RENDERIZADO / f"{overlay}.yaml").read_text(encoding="utf-8")))


def renderizar(overlay: str, kubectl: tuple[str, ...]) -> str:
    with tempfile.TemporaryDirectory() as rascunho:
        copia = Path(rascunho) / "k8s"
        shutil.copytree(
            K8S, copia, ignore=shutil.ignore_patterns("segredos*", "*.pem", "nuvem.env")
        )
        preencher(copia / "overlays")
        return rodar(*kubectl, "kustomize", str(copia / "overlays" / overlay))


def preencher(overlays: Path) -> None:
    """Põe os exemplos, já sem o comentário, onde cada instalação põe o que é seu."""
    (overlays / "local/segredos").mkdir()
    for nome, texto in SEGREDOS.items():
        (overlays / "local/segredos" / nome).write_text(texto, encoding="utf-8")
    for exemplo in (overlays / "eks").glob("*.exemplo"):
        exemplo.with_suffix("").write_text(descomentado(exemplo), encoding="utf-8")
    (overlays / "eks/rds-ca.pem").write_text(EXEMPLO, encoding="utf-8")


def descomentado(exemplo: Path) -> str:
    """O texto dele, com os valores em vez de comentários."""
    return re.sub(r"(?m)^#(?=[A-Z_]+=)", "", exemplo.read_text(encoding="utf-8"))


def sortear(pasta: Path) -> "subprocess.CompletedProcess[str]":
    """O que o preparar.sh do overlay local sorteia, nesta pasta."""
    comando = ("/bin/sh", str(shutil.copy(K8S / "overlays/local/preparar.sh", pasta)))
    return subprocess.run(comando, capture_output=True, text=True, check=False, timeout=60)


def do_sistema_ou_do_debian() -> tuple[str, ...]:
    if (instalado := shutil.which("kubectl")) is not None:
        return (instalado,)
    return comando(desempacotado("kubectl"), "usr/bin/kubectl")


def sem_resumo(nome: str) -> str:
    return RESUMO.sub("", nome)


def _repositorio(imagem: str) -> str:
    """`oficina`, seja qual for o registro, a etiqueta e o resumo."""
    return re.split("[:@]", imagem.rpartition("/")[2])[0]


if __name__ == "__main__":
    RENDERIZADO.mkdir(exist_ok=True)
    for _overlay in OVERLAYS:
        _texto = renderizar(_overlay, do_sistema_ou_do_debian())
        (RENDERIZADO / f"{_overlay}.yaml").write_text(_texto, encoding="utf-8")
