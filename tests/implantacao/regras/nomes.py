"""O que se cita existe, o que se diz o programa entende, e nenhum segredo se escreve."""

from collections.abc import Iterator
from typing import Any

from pydantic import SecretStr

from oficina_core.configuracao import Configuracao
from tests.implantacao.regras.nucleo import apagar, juntar, regra, tirar, trocar
from tests.implantacao.regras.pods import API, CONTEINER, MENSAGENS, POD
from tests.manifestos import Manifestos, sem_resumo

AJUSTES = {nome.upper() for nome in Configuracao.model_fields}
SECRETOS = {
    nome.upper()
    for nome, campo in Configuracao.model_fields.items()
    if SecretStr in (campo.annotation, *getattr(campo.annotation, "__args__", ()))
}
SEM_NAMESPACE = {"Namespace"}
OPCOES = {"CONFIA_EM"}  # não é ajuste: chega à API por --confia-em


@regra(
    trocar(API, f"{CONTEINER}.envFrom.0.configMapRef.name", "oficina"),
    trocar(API, f"{CONTEINER}.envFrom.2.secretRef.name", "banco"),
    trocar(MENSAGENS, f"{POD}.serviceAccountName", "oficina-mensagens"),
    trocar("Job/oficina-migracao", f"{CONTEINER}.env.0.valueFrom.secretKeyRef.key", "SENHA"),
    apagar("PersistentVolumeClaim/oficina-copias"),
)
def todo_nome_citado_existe(manifestos: Manifestos) -> Iterator[str]:
    existem = {(dito["kind"], dito["metadata"]["name"]) for dito in manifestos}
    existem |= {
        ("Secret", dito["spec"]["target"]["name"]) for dito in manifestos.de("ExternalSecret")
    }
    for pod in manifestos.pods():
        citados = {("ServiceAccount", pod.spec["serviceAccountName"]), *_citados(pod.spec)}
        faltam = citados - existem
        yield from (f"{pod.nome} cita {tipo} {nome}, que não há" for tipo, nome in sorted(faltam))
        for nome, chave in _chaves(pod.spec):
            if ("Secret", nome) in existem and chave not in manifestos.chaves_do_segredo(nome):
                yield f"{pod.nome} cita a chave {chave} de {nome}, que não há"


def _citados(lugar: Any) -> Iterator[tuple[str, str]]:
    """O que o pod cita, onde quer que o cite."""
    if isinstance(lugar, list):
        for item in lugar:
            yield from _citados(item)
    elif isinstance(lugar, dict):
        for chave, valor in lugar.items():
            if chave in ("configMapRef", "configMapKeyRef", "configMap"):
                yield "ConfigMap", valor["name"]
            elif chave in ("secretRef", "secretKeyRef"):
                yield "Secret", valor["name"]
            elif chave == "secret":
                yield "Secret", valor["secretName"]
            elif chave == "persistentVolumeClaim":
                yield "PersistentVolumeClaim", valor["claimName"]
            else:
                yield from _citados(valor)


def _chaves(spec: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for conteiner in [*spec.get("initContainers", []), *spec["containers"]]:
        for dita in conteiner.get("env", []):
            if (chave := dita.get("valueFrom", {}).get("secretKeyRef")) is not None:
                yield chave["name"], chave["key"]


@regra(
    trocar(MENSAGENS, f"{CONTEINER}.volumeMounts.0.name", "banco"),
    tirar("CronJob/oficina-backup", "spec.jobTemplate.spec.template.spec.volumes.1"),
)
def todo_volume_montado_existe_e_se_monta(manifestos: Manifestos) -> Iterator[str]:
    for pod in manifestos.pods():
        tem = {volume["name"] for volume in pod.spec["volumes"]}
        tem |= {
            dito["metadata"]["name"] for dito in pod.dono["spec"].get("volumeClaimTemplates", [])
        }
        usa = {dita["name"] for conteiner in pod.conteineres for dita in conteiner["volumeMounts"]}
        yield from (f"{pod.nome}: {nome} não se monta ou não existe" for nome in tem ^ usa)


@regra(
    trocar(API, f"{CONTEINER}.env", [{"name": "DB_HOSTNAME", "value": "mysql"}]),
    trocar("ConfigMap/oficina-config", "data.LOGLEVEL", "INFO"),
)
def toda_variavel_e_um_ajuste_do_programa(manifestos: Manifestos) -> Iterator[str]:
    for pod in manifestos.pods():
        for conteiner in pod.nossos:
            sobram = manifestos.ambiente(conteiner).keys() - AJUSTES - OPCOES
            yield from (f"{pod.nome}: {nome} não é ajuste" for nome in sobram)


@regra(
    trocar(API, f"{CONTEINER}.env", [{"name": "JWT_SECRET", "value": "x"}]),
    trocar("ConfigMap/oficina-config", "data.DB_PASSWORD", "x"),
    trocar("ConfigMap/oficina-config", "data.OFICINA_BANCO", "mysql://a:b@c/d"),
    juntar(
        {"kind": "Secret", "metadata": {"name": "s", "namespace": "oficina"}, "data": {"A": "eA=="}}
    ),
)
def nenhum_segredo_se_escreve(manifestos: Manifestos) -> Iterator[str]:
    for dito in manifestos.de("ConfigMap"):
        yield from (
            f"{nome} está em um ConfigMap" for nome in dito.get("data", {}).keys() & SECRETOS
        )
    for nome, conteiner in manifestos.conteineres():
        for dita in conteiner.get("env", []):
            if "value" in dita and dita["name"] in SECRETOS:
                yield f"{nome} traz {dita['name']} escrito"
    for dito in manifestos.de("Secret"):
        escritos = {chave: valor for chave, valor in (dito.get("data") or {}).items() if valor}
        publicos = {"DB_USER", "ca.pem", "servidor.pem"}
        yield from (
            f"{dito['metadata']['name']} traz {chave}" for chave in escritos.keys() - publicos
        )


@regra(
    trocar(API, f"{CONTEINER}.envFrom.2.secretRef.name", "db-migracao"),
    trocar(
        "CronJob/oficina-verificar",
        "spec.jobTemplate.spec.template.spec.containers.0.envFrom",
        [{"secretRef": {"name": "db-migracao"}}],
    ),
)
def so_a_migracao_e_a_manutencao_mudam_o_banco(
    manifestos: Manifestos,
) -> Iterator[str]:
    for pod in manifestos.pods():
        citados = {sem_resumo(nome) for _, nome in _citados(pod.spec)}
        podem = pod.nome in ("oficina-migracao", "oficina-manutencao")
        if "db-migracao" in citados and pod.nossos and not podem:
            yield f"{pod.nome} usa a conta da migração"


@regra(
    trocar(API, f"{CONTEINER}.envFrom", [{"configMapRef": {"name": "oficina-ambiente"}}]),
)
def mudar_a_configuracao_troca_os_pods(manifestos: Manifestos) -> Iterator[str]:
    """O nome leva o resumo do conteúdo: quem o cita muda junto, e volta junto."""
    for pod in manifestos.pods():
        if "oficina-ambiente" in {nome for _, nome in _citados(pod.spec)}:
            yield f"{pod.nome} não vê que a configuração mudou"


@regra(
    tirar("Service/oficina-api", "metadata.namespace"),
    trocar("ConfigMap/oficina-config", "metadata.namespace", "default"),
    tirar("Deployment/oficina-api", "spec.template.metadata.labels.app·kubernetes·io/component"),
    tirar("Job/oficina-migracao", "metadata.labels.app·kubernetes·io/part-of"),
)
def tudo_esta_no_namespace_e_diz_o_que_e(manifestos: Manifestos) -> Iterator[str]:
    for dito in manifestos:
        nome = f"{dito['kind']} {dito['metadata']['name']}"
        if dito["kind"] not in SEM_NAMESPACE and dito["metadata"].get("namespace") != "oficina":
            yield f"{nome} está fora do namespace oficina"
    for pod in manifestos.pods():
        for rotulos in (pod.dono["metadata"]["labels"], pod.rotulos):
            ditos = {
                parte: rotulos.get(f"app.kubernetes.io/{parte}")
                for parte in ("name", "part-of", "component")
            }
            if ditos["name"] != pod.nome or ditos["part-of"] != "oficina" or not ditos["component"]:
                yield f"{pod.nome} não diz o que é: {ditos}"
