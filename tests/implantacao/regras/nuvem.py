"""O que é só do EKS, ou só do orçamento de conexões; os objetos que não são do Kubernetes também.

ExternalSecret e SecretStore não têm esquema no kubernetes-validate: confere-se aqui a forma que a
documentação do External Secrets dá à versão v1, e só a parte dela que se usa.
"""

import json
from collections.abc import Iterator

from oficina_api.saude import Prontidao
from oficina_api.servidor import OCIOSA
from oficina_core.banco.motor import abrir
from tests.implantacao.regras.disponibilidade import ESCALA, api
from tests.implantacao.regras.nucleo import regra, tirar, trocar
from tests.manifestos import Manifestos

ENTRADA, ALB = "Ingress/oficina-api", "alb.ingress.kubernetes.io"
ANOTACOES = f"metadata.annotations.{ALB.replace('.', '·')}"
CONEXOES = "oficina/conexoes-do-banco"
PESSOAS, USO = 10, 0.8  # conexões que se guardam a quem entra à mão; e quanto se usa do servidor
PROCESSOS = 1  # por pod: `api servir` é um só


@regra(
    trocar(ENTRADA, f"{ANOTACOES}/listen-ports", '[{"HTTP": 80}, {"HTTPS": 443}]'),
    trocar(ENTRADA, f"{ANOTACOES}/certificate-arn", ""),
    trocar(ENTRADA, "spec.tls", []),
    em=("eks",),
)
def de_fora_so_se_entra_por_https(manifestos: Manifestos) -> Iterator[str]:
    entrada = manifestos.um("Ingress", "oficina-api")
    anotacoes = entrada["metadata"]["annotations"]
    if json.loads(anotacoes[f"{ALB}/listen-ports"]) != [{"HTTPS": 443}]:
        yield "o ALB escuta sem TLS"
    if not anotacoes.get(f"{ALB}/certificate-arn", "").startswith("arn:"):
        yield "o ALB não tem certificado"
    if "TLS13" not in anotacoes.get(f"{ALB}/ssl-policy", ""):
        yield "o ALB aceita TLS velho"
    if [dita["host"] for dita in entrada["spec"]["rules"]] != [
        nome for tls in entrada["spec"]["tls"] for nome in tls["hosts"]
    ]:
        yield "o nome que se serve não é o do certificado"


@regra(
    trocar(ENTRADA, "spec.rules.0.http.paths.0.backend.service.name", "oficina"),
    trocar(ENTRADA, "spec.rules.0.http.paths.0.backend.service.port.name", "web"),
    em=("eks",),
)
def a_entrada_leva_a_um_servico_que_existe(manifestos: Manifestos) -> Iterator[str]:
    existem = {
        (servico["metadata"]["name"], porta["name"])
        for servico in manifestos.de("Service")
        for porta in servico["spec"]["ports"]
    }
    for caminho in manifestos.um("Ingress", "oficina-api")["spec"]["rules"][0]["http"]["paths"]:
        alvo = caminho["backend"]["service"]
        if (alvo["name"], alvo["port"]["name"]) not in existem:
            yield f"a entrada leva a {alvo}, que não há"


@regra(
    trocar(ENTRADA, f"{ANOTACOES}/target-type", "instance"),
    trocar(ENTRADA, f"{ANOTACOES}/healthcheck-path", "/health"),
    trocar(ENTRADA, f"{ANOTACOES}/load-balancer-attributes", "idle_timeout.timeout_seconds=120"),
    tirar("Namespace/oficina", "metadata.labels.elbv2·k8s·aws/pod-readiness-gate-inject"),
    em=("eks",),
)
def o_alb_sabe_quem_atende_e_larga_antes_da_api(manifestos: Manifestos) -> Iterator[str]:
    anotacoes = manifestos.um("Ingress", "oficina-api")["metadata"]["annotations"]
    if anotacoes.get(f"{ALB}/target-type") != "ip":
        yield "o ALB fala com a máquina, e não com o pod"
    if anotacoes.get(f"{ALB}/healthcheck-path") != "/health/ready":
        yield "o ALB não pergunta pela prontidão"
    ditos = anotacoes[f"{ALB}/load-balancer-attributes"].split(",")
    atributos = dict(dito.split("=") for dito in ditos)
    if int(atributos["idle_timeout.timeout_seconds"]) >= OCIOSA:
        yield "a API fecha a conexão parada antes do ALB"
    rotulos = manifestos.um("Namespace", "oficina")["metadata"]["labels"]
    if rotulos.get("elbv2.k8s.aws/pod-readiness-gate-inject") != "enabled":
        yield "o pod fica pronto antes de o ALB o saber"


@regra(
    trocar("NetworkPolicy/oficina-api", "spec.ingress.0.from.0.ipBlock.cidr", "10.9.0.0/16"),
    em=("eks",),
)
def acredita_se_em_quem_pode_entrar(manifestos: Manifestos) -> Iterator[str]:
    entrada = manifestos.um("NetworkPolicy", "oficina-api")["spec"]["ingress"][0]["from"]
    visto = manifestos.ambiente(manifestos.pod("oficina-api").spec["containers"][0])
    if entrada != [{"ipBlock": {"cidr": visto["CONFIA_EM"]}}]:
        yield "a rede de quem se acredita não é a de quem pode entrar"


@regra(
    trocar("ExternalSecret/db-credentials", "apiVersion", "external-secrets.io/v1beta1"),
    trocar("ExternalSecret/jwt-secret", "spec.secretStoreRef.name", "outro"),
    trocar("ExternalSecret/db-migracao", "spec.target.name", "db"),
    trocar("ExternalSecret/db-migracao", "spec.data.0.remoteRef.key", "outro/db-migracao"),
    tirar("SecretStore/oficina", "spec.provider.aws.auth"),
    tirar("ServiceAccount/oficina-segredos", "metadata.annotations"),
    em=("eks",),
)
def os_segredos_vem_de_fora_e_so_os_da_oficina(manifestos: Manifestos) -> Iterator[str]:
    cofre = manifestos.um("SecretStore", "oficina")
    aws = cofre["spec"]["provider"]["aws"]
    conta = aws.get("auth", {}).get("jwt", {}).get("serviceAccountRef", {}).get("name")
    if aws["service"] != "SecretsManager" or not aws["region"] or conta != "oficina-segredos":
        yield "o cofre não diz que segredos, de que região, com que conta"
    anotacoes = manifestos.um("ServiceAccount", "oficina-segredos")["metadata"].get(
        "annotations", {}
    )
    if not anotacoes.get("eks.amazonaws.com/role-arn", "").startswith("arn:"):
        yield "a conta que lê os segredos não tem papel"
    for dito in (cofre, *manifestos.de("ExternalSecret")):
        if dito["apiVersion"] != "external-secrets.io/v1":
            yield f"{dito['metadata']['name']} não é da v1"
    for dito in manifestos.de("ExternalSecret"):
        nome, spec = dito["metadata"]["name"], dito["spec"]
        if spec["secretStoreRef"] != {"kind": "SecretStore", "name": "oficina"}:
            yield f"{nome} vem de outro cofre"
        if spec["target"] != {"name": nome}:
            yield f"{nome} vai para outro segredo"
        origens = [dado["remoteRef"]["key"] for dado in spec.get("data", [])]
        origens += [dado["extract"]["key"] for dado in spec.get("dataFrom", [])]
        if set(origens) != {f"oficina/{nome}"}:
            yield f"{nome} lê o que não é dele"
    if manifestos.de("Secret"):
        yield "há Secret escrito, fora do External Secrets"


@regra(
    trocar("ConfigMap/oficina-config", f"metadata.annotations.{CONEXOES}", "40"),
    trocar(ESCALA, "spec.maxReplicas", 40),
)
def as_conexoes_cabem_no_servidor_do_banco(manifestos: Manifestos) -> Iterator[str]:
    """Tudo o que pode rodar junto, com a réplica a mais da troca, e ainda as pessoas."""
    config = manifestos.um("ConfigMap", "oficina-config")
    teto = USO * int(config["metadata"]["annotations"][CONEXOES])
    pedidas = conexoes(manifestos)
    if pedidas > teto:
        yield f"podem ser {pedidas} conexões, e o servidor dá {teto:.0f}"


def conexoes(manifestos: Manifestos) -> int:
    """O que o programa abre lê-se dele: o pool de cada motor, e a pergunta da prontidão."""
    motor = abrir("mysql+pymysql://conta@127.0.0.1/oficina")
    por_motor = motor.pool.size() + motor.pool._max_overflow  # type: ignore[attr-defined]
    motor.dispose()
    perguntas = int(Prontidao(lambda: None)._fio.total_tokens)
    escala = manifestos.um("HorizontalPodAutoscaler", "oficina-api")["spec"]
    sobra = api(manifestos)["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
    da_api = (escala["maxReplicas"] + sobra) * PROCESSOS * (por_motor + perguntas)
    outros = [pod for pod in manifestos.pods() if pod.nossos and pod.nome != "oficina-api"]
    return int(da_api + len(outros) * por_motor + PESSOAS)
