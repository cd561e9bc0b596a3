"""O que faz a oficina atender enquanto se troca, se mexe na máquina ou se cresce."""

from collections.abc import Iterator
from typing import Any

from oficina_api.servidor import CARENCIA, ESPERA
from tests.implantacao.regras.nucleo import apagar, regra, tirar, trocar
from tests.implantacao.regras.pods import API, CONTEINER, POD
from tests.implantacao.regras.rede import alcanca
from tests.manifestos import Manifestos

ESCALA, ORCAMENTO = "HorizontalPodAutoscaler/oficina-api", "PodDisruptionBudget/oficina-api"
AVISO, FOLGA, PRAZO_MINIMO = 10, 5, 45  # segundos
ZONA, MAQUINA = "topology.kubernetes.io/zone", "kubernetes.io/hostname"


def api(manifestos: Manifestos) -> dict[str, Any]:
    return manifestos.um("Deployment", "oficina-api")


@regra(
    trocar(API, "spec.strategy.rollingUpdate.maxUnavailable", 1),
    trocar(API, "spec.strategy", {"type": "Recreate"}),
)
def a_troca_nunca_tira_antes_de_por(manifestos: Manifestos) -> Iterator[str]:
    troca = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    if api(manifestos)["spec"]["strategy"] != troca:
        yield "a troca deixa menos réplicas do que havia"


@regra(
    tirar(API, "spec.minReadySeconds"),
    tirar(API, "spec.progressDeadlineSeconds"),
    trocar(API, "spec.revisionHistoryLimit", 0),
)
def a_troca_que_nao_anda_falha_e_tem_para_onde_voltar(manifestos: Manifestos) -> Iterator[str]:
    spec = api(manifestos)["spec"]
    if not spec.get("minReadySeconds") or not spec.get("progressDeadlineSeconds"):
        yield "a troca não diz quando um pod conta, ou quando ela falha"
    if spec.get("revisionHistoryLimit", 0) < 2:
        yield "não há versão anterior para onde voltar"


@regra(
    trocar(API, f"{POD}.terminationGracePeriodSeconds", 30),
    trocar(API, f"{CONTEINER}.lifecycle.preStop.sleep.seconds", 40),
    tirar(API, f"{CONTEINER}.lifecycle"),
)
def a_despedida_cabe_no_prazo(manifestos: Manifestos) -> Iterator[str]:
    """O aviso a quem distribui, a espera do programa, o que está em curso e uma folga."""
    spec = manifestos.pod("oficina-api").spec
    antes = spec["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {})
    aviso, prazo = antes.get("seconds", 0), spec["terminationGracePeriodSeconds"]
    if aviso < AVISO:
        yield f"quem distribui os pedidos tem {aviso} s para saber que o pod sai"
    if prazo < max(PRAZO_MINIMO, aviso + ESPERA + CARENCIA + FOLGA):
        yield f"{prazo} s não bastam para a despedida"


@regra(
    trocar(API, f"{CONTEINER}.livenessProbe.httpGet.path", "/health/ready"),
    trocar(API, f"{CONTEINER}.readinessProbe.httpGet.path", "/health/live"),
    tirar(API, f"{CONTEINER}.startupProbe"),
)
def cada_sonda_pergunta_uma_coisa(manifestos: Manifestos) -> Iterator[str]:
    """Se a vida perguntasse ao banco, a falta dele reiniciaria todas as réplicas de uma vez."""
    conteiner = manifestos.pod("oficina-api").spec["containers"][0]
    certas = {"startup": "live", "liveness": "live", "readiness": "ready"}
    for sonda, pergunta in certas.items():
        dita = conteiner.get(f"{sonda}Probe", {}).get("httpGet")
        if dita != {"path": f"/health/{pergunta}", "port": "http"}:
            yield f"a sonda {sonda} não pergunta /health/{pergunta}"


@regra(
    trocar(ORCAMENTO, "spec.selector.matchLabels", {"app": "api"}),
    trocar(ORCAMENTO, "spec.minAvailable", 0),
    apagar(ORCAMENTO),
)
def a_manutencao_deixa_sempre_uma_replica(manifestos: Manifestos) -> Iterator[str]:
    rotulos = manifestos.pod("oficina-api").rotulos
    if not any(
        dito["spec"].get("minAvailable") == 1 and alcanca(dito["spec"]["selector"], rotulos)
        for dito in manifestos.de("PodDisruptionBudget")
    ):
        yield "esvaziar uma máquina pode tirar todas as réplicas"


@regra(
    tirar(API, f"{POD}.topologySpreadConstraints.0"),
    trocar(API, f"{POD}.topologySpreadConstraints.1.labelSelector.matchLabels", {"app": "api"}),
)
def as_replicas_se_espalham_por_zonas_e_maquinas(manifestos: Manifestos) -> Iterator[str]:
    pod = manifestos.pod("oficina-api")
    espalhadas = {
        dita["topologyKey"]
        for dita in pod.spec.get("topologySpreadConstraints", [])
        if dita["maxSkew"] == 1 and alcanca(dita["labelSelector"], pod.rotulos)
    }
    yield from (
        f"as réplicas não se espalham por {chave}" for chave in {ZONA, MAQUINA} - espalhadas
    )


@regra(
    trocar(ESCALA, "spec.scaleTargetRef.name", "oficina"),
    trocar(API, "spec.replicas", 2),
    tirar(API, f"{CONTEINER}.resources.requests.cpu"),
)
def a_escala_alcanca_a_api_e_tem_de_que_fazer_a_conta(manifestos: Manifestos) -> Iterator[str]:
    alvo = manifestos.um("HorizontalPodAutoscaler", "oficina-api")["spec"]["scaleTargetRef"]
    if alvo != {"apiVersion": "apps/v1", "kind": "Deployment", "name": "oficina-api"}:
        yield f"a escala é de {alvo['name']}"
    if "replicas" in api(manifestos)["spec"]:
        yield "cada apply desfaria a escala, porque o Deployment diz quantas são"
    for recurso in ("cpu", "memory"):
        for conteiner in manifestos.pod("oficina-api").spec["containers"]:
            if recurso not in conteiner["resources"]["requests"]:
                yield f"a escala por {recurso} não tem de que fazer a conta"


@regra(
    trocar(ESCALA, "spec.minReplicas", 1),
    trocar(ESCALA, "spec.metrics.0.resource.target.averageUtilization", 95),
    tirar(ESCALA, "spec.metrics.1"),
    trocar(ESCALA, "spec.behavior.scaleDown.stabilizationWindowSeconds", 0),
)
def a_escala_parte_de_duas_e_desce_devagar(manifestos: Manifestos) -> Iterator[str]:
    spec = manifestos.um("HorizontalPodAutoscaler", "oficina-api")["spec"]
    if spec["minReplicas"] < 2 or spec["maxReplicas"] <= spec["minReplicas"]:
        yield "a escala não deixa duas réplicas, ou não cresce"
    metas = {
        dita["resource"]["name"]: dita["resource"]["target"]["averageUtilization"]
        for dita in spec["metrics"]
    }
    if metas.get("cpu") != 70 or "memory" not in metas:
        yield "a escala não é a 70 % da CPU e também pela memória"
    if spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] < 300:
        yield "a escala balança"


@regra(
    trocar("Service/oficina-api", "spec.selector", {"app": "api"}),
    trocar(API, f"{CONTEINER}.ports.0.name", "web"),
)
def o_servico_alcanca_pods_que_tem_a_porta(manifestos: Manifestos) -> Iterator[str]:
    for servico in manifestos.de("Service"):
        nome, seletor = servico["metadata"]["name"], servico["spec"]["selector"]
        alcancados = [pod for pod in manifestos.pods() if seletor.items() <= pod.rotulos.items()]
        if [pod.nome for pod in alcancados] != [nome]:
            yield f"o Service {nome} não alcança o que tem o nome dele"
        abertas = {
            porta["name"]
            for pod in alcancados
            for conteiner in pod.spec["containers"]
            for porta in conteiner.get("ports", [])
        }
        pedidas = {porta["targetPort"] for porta in servico["spec"]["ports"]}
        yield from (f"o Service {nome} pede a porta {porta}" for porta in pedidas - abertas)


@regra(
    trocar(API, "spec.selector.matchLabels", {"app·kubernetes·io/name": "oficina"}),
    trocar("Deployment/oficina-mensagens", "spec.template.metadata.labels", {}),
)
def cada_seletor_e_dos_seus_pods_e_de_mais_ninguem(manifestos: Manifestos) -> Iterator[str]:
    for pod in manifestos.pods():
        if (seletor := pod.dono["spec"].get("selector")) is None:
            continue
        alcancados = [outro.nome for outro in manifestos.pods() if alcanca(seletor, outro.rotulos)]
        if alcancados != [pod.nome]:
            yield f"o seletor de {pod.nome} alcança {alcancados}"


@regra(
    trocar(API, f"{CONTEINER}.args", ["api", "servir"]),
    trocar(API, f"{CONTEINER}.args.5", "*"),
)
def a_api_atende_na_rede_e_sabe_de_quem_acreditar(manifestos: Manifestos) -> Iterator[str]:
    esperados = ["api", "servir", "--host", "0.0.0.0", "--confia-em", "$(CONFIA_EM)"]  # noqa: S104
    conteiner = manifestos.pod("oficina-api").spec["containers"][0]
    if conteiner["args"] != esperados or not manifestos.ambiente(conteiner).get("CONFIA_EM"):
        yield "a API não sabe de quem aceitar de onde veio o pedido"
