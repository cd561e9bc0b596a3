"""O que um pod pode: pouco, e sempre dito."""

from collections.abc import Iterator
from decimal import Decimal

from tests.implantacao.regras.nucleo import juntar, regra, tirar, trocar
from tests.manifestos import Manifestos

API, MENSAGENS, MIGRACAO = (
    "Deployment/oficina-api",
    "Deployment/oficina-mensagens",
    "Job/oficina-migracao",
)
POD = "spec.template.spec"
CONTEINER = f"{POD}.containers.0"
DA_ROTINA = "spec.jobTemplate.spec.template.spec"
USUARIO = 10001
RECURSOS = ("cpu", "memory", "ephemeral-storage")
UNIDADES = {"m": Decimal("0.001"), "Mi": Decimal(2**20), "Gi": Decimal(2**30), "": Decimal(1)}
DA_MAQUINA = ("hostNetwork", "hostPID", "hostIPC", "hostUsers")


@regra(
    trocar(API, f"{POD}.securityContext.runAsUser", 0),
    trocar(MIGRACAO, f"{POD}.securityContext.runAsNonRoot", valor=False),
    trocar(MENSAGENS, f"{CONTEINER}.securityContext.runAsUser", 0),
)
def ninguem_roda_como_root(manifestos: Manifestos) -> Iterator[str]:
    for pod in manifestos.pods():
        contexto = pod.spec["securityContext"]
        if contexto.get("runAsNonRoot") is not True or not contexto.get("runAsUser"):
            yield f"{pod.nome} pode rodar como root"
        if pod.nossos and (contexto["runAsUser"], contexto["runAsGroup"]) != (USUARIO, USUARIO):
            yield f"{pod.nome} não roda como {USUARIO}"
        for conteiner in pod.conteineres:
            if conteiner["securityContext"].keys() & {"runAsUser", "runAsNonRoot", "runAsGroup"}:
                yield f"{pod.nome}/{conteiner['name']} troca o usuário do pod"


@regra(
    trocar(MIGRACAO, f"{POD}.initContainers.0.securityContext.readOnlyRootFilesystem", valor=False)
)
def a_raiz_de_todo_conteiner_e_so_de_leitura(manifestos: Manifestos) -> Iterator[str]:
    for nome, conteiner in manifestos.conteineres():
        if conteiner["securityContext"].get("readOnlyRootFilesystem") is not True:
            yield f"{nome} grava na raiz"


@regra(
    tirar(API, f"{CONTEINER}.volumeMounts.1"),
    tirar(MENSAGENS, f"{POD}.volumes.1.emptyDir.sizeLimit"),
)
def o_tmp_e_uma_pasta_vazia_com_teto(manifestos: Manifestos) -> Iterator[str]:
    for pod in manifestos.pods():
        vazias = {
            dito["name"]: dito["emptyDir"] for dito in pod.spec["volumes"] if "emptyDir" in dito
        }
        for conteiner in pod.conteineres:
            montadas = {dita["mountPath"]: dita["name"] for dita in conteiner["volumeMounts"]}
            if montadas.get("/tmp") not in vazias:  # noqa: S108  (é o nome no contêiner)
                yield f"{pod.nome}/{conteiner['name']} não tem /tmp"
        for nome, vazia in vazias.items():
            if "sizeLimit" not in vazia:
                yield f"{pod.nome}: {nome} enche o disco da máquina"


@regra(
    trocar(API, f"{CONTEINER}.securityContext.allowPrivilegeEscalation", valor=True),
    trocar(API, f"{CONTEINER}.securityContext.privileged", valor=True),
)
def ninguem_ganha_privilegio(manifestos: Manifestos) -> Iterator[str]:
    for nome, conteiner in manifestos.conteineres():
        contexto = conteiner["securityContext"]
        if contexto.get("allowPrivilegeEscalation") is not False or contexto.get("privileged"):
            yield f"{nome} pode ganhar privilégio"


@regra(
    tirar(API, f"{CONTEINER}.securityContext.capabilities"),
    trocar(API, f"{CONTEINER}.securityContext.capabilities.add", ["NET_ADMIN"]),
)
def toda_capacidade_se_larga(manifestos: Manifestos) -> Iterator[str]:
    for nome, conteiner in manifestos.conteineres():
        if conteiner["securityContext"].get("capabilities") != {"drop": ["ALL"]}:
            yield f"{nome} guarda capacidades"


@regra(
    trocar(
        "CronJob/oficina-backup", f"{DA_ROTINA}.securityContext.seccompProfile.type", "Unconfined"
    )
)
def as_chamadas_ao_sistema_passam_pelo_filtro(manifestos: Manifestos) -> Iterator[str]:
    for pod in manifestos.pods():
        if pod.spec["securityContext"].get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{pod.nome} não tem o seccomp do runtime"


@regra(
    tirar(API, f"{POD}.automountServiceAccountToken"),
    tirar("ServiceAccount/oficina", "automountServiceAccountToken"),
    trocar(MENSAGENS, f"{POD}.serviceAccountName", "default"),
    juntar({"kind": "RoleBinding", "metadata": {"name": "oficina", "namespace": "oficina"}}),
)
def ninguem_fala_com_o_kubernetes(manifestos: Manifestos) -> Iterator[str]:
    for pod in manifestos.pods():
        if pod.spec.get("automountServiceAccountToken") is not False:
            yield f"{pod.nome} recebe um token"
        if pod.spec.get("serviceAccountName") != "oficina":
            yield f"{pod.nome} não usa a conta oficina"
    for conta in manifestos.de("ServiceAccount"):
        if conta.get("automountServiceAccountToken") is not False:
            yield f"a conta {conta['metadata']['name']} dá tokens"
    for tipo in ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"):
        yield from (f"há um {tipo}" for _ in manifestos.de(tipo))


@regra(
    tirar(API, f"{CONTEINER}.resources.limits.memory"),
    tirar(MIGRACAO, f"{POD}.initContainers.0.resources.requests.cpu"),
)
def todo_conteiner_pede_e_se_limita(manifestos: Manifestos) -> Iterator[str]:
    for nome, conteiner in manifestos.conteineres():
        for lado in ("requests", "limits"):
            for recurso in RECURSOS:
                if recurso not in conteiner["resources"].get(lado, {}):
                    yield f"{nome} não diz {lado}.{recurso}"


@regra(trocar(API, f"{CONTEINER}.resources.requests.memory", "1Gi"))
def o_pedido_cabe_no_limite(manifestos: Manifestos) -> Iterator[str]:
    for nome, conteiner in manifestos.conteineres():
        pedidos, limites = conteiner["resources"]["requests"], conteiner["resources"]["limits"]
        for recurso in pedidos.keys() & limites.keys():
            if quantidade(pedidos[recurso]) > quantidade(limites[recurso]):
                yield f"{nome} pede mais {recurso} do que pode ter"


def quantidade(dita: str) -> Decimal:
    numero = dita.rstrip("mMiG")
    return Decimal(numero) * UNIDADES[dita.removeprefix(numero)]


@regra(
    trocar("Namespace/oficina", "metadata.labels.pod-security·kubernetes·io/enforce", "baseline"),
    tirar("Namespace/oficina", "metadata.labels.pod-security·kubernetes·io/warn"),
)
def o_namespace_recusa_pod_com_privilegio(manifestos: Manifestos) -> Iterator[str]:
    rotulos = manifestos.um("Namespace", "oficina")["metadata"]["labels"]
    for modo in ("enforce", "audit", "warn"):
        if rotulos.get(f"pod-security.kubernetes.io/{modo}") != "restricted":
            yield f"o namespace não tem {modo}: restricted"


@regra(tirar(API, f"{POD}.enableServiceLinks"))
def os_outros_servicos_nao_viram_variaveis(manifestos: Manifestos) -> Iterator[str]:
    for pod in manifestos.pods():
        if pod.spec.get("enableServiceLinks") is not False:
            yield f"{pod.nome} recebe variáveis dos Services do namespace"


@regra(
    trocar(API, f"{CONTEINER}.image", "oficina:latest"),
    trocar(MIGRACAO, f"{CONTEINER}.image", "oficina"),
    tirar(API, f"{CONTEINER}.imagePullPolicy"),
)
def toda_imagem_tem_versao(manifestos: Manifestos) -> Iterator[str]:
    for nome, conteiner in manifestos.conteineres():
        versao = conteiner["image"].rpartition("/")[2].partition(":")[2]
        if versao in ("", "latest"):
            yield f"{nome} usa a imagem que houver: {conteiner['image']}"
        if conteiner.get("imagePullPolicy") != "IfNotPresent":
            yield f"{nome} não parte sem o registro"


@regra(
    trocar(MENSAGENS, f"{CONTEINER}.image", "oficina:outra"),
)
def todos_rodam_a_mesma_imagem(manifestos: Manifestos) -> Iterator[str]:
    imagens = {conteiner["image"] for pod in manifestos.pods() for conteiner in pod.nossos}
    if len(imagens) != 1:
        yield f"há mais de uma imagem da oficina: {sorted(imagens)}"


@regra(
    trocar(API, f"{POD}.hostNetwork", valor=True),
    trocar(API, f"{CONTEINER}.ports.0.hostPort", 8000),
    trocar(API, f"{POD}.volumes.1", {"name": "tmp", "hostPath": {"path": "/tmp"}}),  # noqa: S108
)
def nenhum_pod_toca_na_maquina(manifestos: Manifestos) -> Iterator[str]:
    for pod in manifestos.pods():
        yield from (f"{pod.nome} tem {chave}" for chave in DA_MAQUINA if chave in pod.spec)
        if any("hostPath" in volume for volume in pod.spec["volumes"]):
            yield f"{pod.nome} monta pasta da máquina"
        for conteiner in pod.conteineres:
            if any("hostPort" in porta for porta in conteiner.get("ports", [])):
                yield f"{pod.nome} ocupa porta da máquina"
