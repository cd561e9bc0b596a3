"""Quem fala com quem: nada, a não ser o que se diz."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from tests.implantacao.regras.nucleo import apagar, regra, tirar, trocar
from tests.implantacao.regras.pods import API, CONTEINER
from tests.manifestos import Manifestos, Pod

DA_API, DO_BANCO = "NetworkPolicy/oficina-api", "NetworkPolicy/oficina-banco"
HTTP, METRICAS = 8000, 9090
CORREIO = {587, 465}
# O que um endereço público nunca é: as redes de dentro e os metadados da máquina.
DE_DENTRO = (
    "10.0.0.0/8",
    "100.64.0.0/10",
    "169.254.169.254/32",
    "172.16.0.0/12",
    "192.168.0.0/16",
)


def alcanca(seletor: dict[str, Any], rotulos: dict[str, str]) -> bool:
    return set(seletor.get("matchLabels", {}).items()) <= set(rotulos.items())


def politicas(manifestos: Manifestos, pod: Pod, lado: str) -> Iterator[dict[str, Any]]:
    """O que se permite a este pod, de `ingress` ou de `egress`."""
    for politica in manifestos.de("NetworkPolicy"):
        if alcanca(politica["spec"]["podSelector"], pod.rotulos):
            yield from politica["spec"].get(lado, [])


def portas(permissao: dict[str, Any]) -> set[int]:
    return {dita["port"] for dita in permissao.get("ports", [])}


@regra(
    apagar("NetworkPolicy/negar-tudo"),
    trocar("NetworkPolicy/negar-tudo", "spec.policyTypes", ["Ingress"]),
)
def nada_se_permite_sem_se_dizer(manifestos: Manifestos) -> Iterator[str]:
    nega = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    if not any(politica["spec"] == nega for politica in manifestos.de("NetworkPolicy")):
        yield "falta a política que nega tudo"


@regra(
    tirar(DA_API, "spec.ingress.0.from"),
    trocar("NetworkPolicy/oficina-dns", "spec.egress.0.to", []),
    tirar(DO_BANCO, "spec.egress.0.ports"),
)
def toda_permissao_diz_com_quem_e_em_que_porta(manifestos: Manifestos) -> Iterator[str]:
    for politica in manifestos.de("NetworkPolicy"):
        for lado, quem in (("ingress", "from"), ("egress", "to")):
            for permissao in politica["spec"].get(lado, []):
                if not permissao.get(quem) or not portas(permissao):
                    yield f"{politica['metadata']['name']} permite {lado} de mais"


@regra(
    trocar(DA_API, "spec.ingress.0.from.0", {"podSelector": {}}),
    trocar(DA_API, "spec.ingress.0.from.0", {"ipBlock": {"cidr": "0.0.0.0/0"}}),
)
def na_api_so_entra_quem_recebe_de_fora(manifestos: Manifestos) -> Iterator[str]:
    for permissao in politicas(manifestos, manifestos.pod("oficina-api"), "ingress"):
        if portas(permissao) != {HTTP}:
            continue
        for origem in permissao["from"]:
            de_todos = (
                ip_network(origem.get("ipBlock", {}).get("cidr", "10.0.0.0/8")).prefixlen == 0
            )
            if "podSelector" in origem or de_todos:
                yield f"entra na API quem não a distribui: {origem}"


@regra(
    trocar(DA_API, "spec.ingress.1.from.0", {"namespaceSelector": {}}),
    trocar(DA_API, "spec.ingress.0.ports.0.port", METRICAS),
)
def as_medidas_so_se_mostram_a_quem_vigia(manifestos: Manifestos) -> Iterator[str]:
    vigias = {"monitoring", "datadog"}
    for permissao in politicas(manifestos, manifestos.pod("oficina-api"), "ingress"):
        if METRICAS not in portas(permissao):
            continue
        for origem in permissao["from"]:
            ditos = origem.get("namespaceSelector", {}).get("matchExpressions", [])
            nomes = {nome for dito in ditos for nome in dito["values"]}
            if not nomes or not nomes <= vigias:
                yield f"as medidas saem para {origem}"


@regra(
    trocar("Service/oficina-api", "spec.ports.0.targetPort", "metricas"),
    trocar("Service/oficina-api", "spec.type", "LoadBalancer"),
)
def o_servico_mostra_so_a_api_e_so_por_dentro(manifestos: Manifestos) -> Iterator[str]:
    spec = manifestos.um("Service", "oficina-api")["spec"]
    if [(porta["port"], porta["targetPort"]) for porta in spec["ports"]] != [(80, "http")]:
        yield "o Service não vai da 80 à porta http"
    if spec["type"] != "ClusterIP":
        yield "o Service se mostra fora do cluster"


@regra(
    tirar("NetworkPolicy/oficina-dns", "spec.podSelector.matchLabels"),
    apagar("NetworkPolicy/oficina-dns"),
)
def todos_perguntam_nomes_e_so_ao_dns_do_cluster(manifestos: Manifestos) -> Iterator[str]:
    dns = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    for pod in manifestos.pods():
        ditas = [dita for dita in politicas(manifestos, pod, "egress") if 53 in portas(dita)]
        if not ditas:
            yield f"{pod.nome} não acha nomes"
        yield from (f"{pod.nome} pergunta nomes a outro" for dita in ditas if dita["to"] != [dns])
    if any(not politica["spec"]["podSelector"] for politica in _que_permitem(manifestos)):
        yield "uma permissão vale para qualquer pod que apareça no namespace"


def _que_permitem(manifestos: Manifestos) -> Iterator[dict[str, Any]]:
    for politica in manifestos.de("NetworkPolicy"):
        if politica["spec"].keys() & {"ingress", "egress"}:
            yield politica


@regra(
    trocar(DO_BANCO, "spec.egress.0.to", [{"ipBlock": {"cidr": "0.0.0.0/0"}}]),
    trocar(DO_BANCO, "spec.egress.0.ports.0.port", 3307),
)
def todos_chegam_ao_banco_e_so_a_ele(manifestos: Manifestos) -> Iterator[str]:
    for pod in manifestos.pods():
        permissoes = [dita for dita in politicas(manifestos, pod, "egress") if 3306 in portas(dita)]
        if not permissoes:
            yield f"{pod.nome} não chega ao banco"
        for destino in (destino for dita in permissoes for destino in dita["to"]):
            rede = ip_network(destino.get("ipBlock", {}).get("cidr", "10.0.0.0/16"))
            if not rede.is_private or rede.prefixlen < 16:
                yield f"a 3306 sai para {rede}"


@regra(
    trocar("NetworkPolicy/oficina-mensagens", "spec.podSelector", {}),
    trocar(DA_API, "spec.egress.0.ports.0.port", 587),
)
def o_correio_so_sai_das_mensagens(manifestos: Manifestos) -> Iterator[str]:
    for pod in manifestos.pods():
        saidas = [portas(dita) for dita in politicas(manifestos, pod, "egress")]
        if pod.nome != "oficina-mensagens" and any(dita & CORREIO for dita in saidas):
            yield f"{pod.nome} manda correio"


@regra(
    tirar(DA_API, "spec.egress.0.to.0.ipBlock.except"),
    trocar("NetworkPolicy/oficina-mensagens", "spec.egress.0.to.0.ipBlock.except", DE_DENTRO[:3]),
)
def quem_sai_para_fora_nao_alcanca_a_rede_de_dentro(manifestos: Manifestos) -> Iterator[str]:
    for politica in manifestos.de("NetworkPolicy"):
        for permissao in politica["spec"].get("egress", []):
            for bloco in (dito["ipBlock"] for dito in permissao["to"] if "ipBlock" in dito):
                if bloco["cidr"] != "0.0.0.0/0":
                    continue
                fechadas = [ip_network(dita) for dita in bloco.get("except", [])]
                for rede in map(ip_network, DE_DENTRO):
                    if not any(rede.subnet_of(fechada) for fechada in fechadas):  # type: ignore[arg-type]
                        yield f"{politica['metadata']['name']} alcança {rede}"


@regra(
    trocar("NetworkPolicy/oficina-mensagens", "spec.podSelector.matchLabels", {"app": "mensagens"}),
    trocar(DA_API, "spec.ingress.0.ports.0.port", 80),
    tirar(API, f"{CONTEINER}.ports.1"),
)
def toda_politica_alcanca_um_pod_e_uma_porta_que_existem(manifestos: Manifestos) -> Iterator[str]:
    for politica in manifestos.de("NetworkPolicy"):
        nome, seletor = politica["metadata"]["name"], politica["spec"]["podSelector"]
        alcancados = [pod for pod in manifestos.pods() if alcanca(seletor, pod.rotulos)]
        if not alcancados:
            yield f"{nome} não alcança pod nenhum"
        abertas = {
            porta["containerPort"]
            for pod in alcancados
            for conteiner in pod.conteineres
            for porta in conteiner.get("ports", [])
        }
        for permissao in politica["spec"].get("ingress", []):
            yield from (f"{nome}: não há a porta {dita}" for dita in portas(permissao) - abertas)
