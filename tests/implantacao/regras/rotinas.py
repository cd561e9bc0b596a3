"""A migração, o correio, a conferência e a cópia."""

from collections.abc import Iterator

from tests.implantacao.regras.nucleo import regra, tirar, trocar
from tests.implantacao.regras.pods import CONTEINER, DA_ROTINA, MENSAGENS, MIGRACAO, POD
from tests.manifestos import Manifestos, sem_resumo

COPIA, CONFERENCIA = "CronJob/oficina-backup", "CronJob/oficina-verificar"
MANUTENCAO = "CronJob/oficina-manutencao"


@regra(
    trocar(MIGRACAO, f"{POD}.initContainers", []),
    trocar(MIGRACAO, f"{CONTEINER}.args", ["banco", "status"]),
    tirar(MIGRACAO, f"{CONTEINER}.env"),
)
def a_migracao_migra_e_depois_da_direitos_ao_programa(manifestos: Manifestos) -> Iterator[str]:
    pod = manifestos.pod("oficina-migracao")
    passos = [["banco", "migrar"], ["banco", "conta", "oficina_app"]]
    if [conteiner["args"] for conteiner in pod.conteineres] != passos:
        yield "a migração não é migrar e depois dar direitos"
    ditas = pod.spec["containers"][0].get("env", [])
    chaves = [dita["valueFrom"]["secretKeyRef"] for dita in ditas]
    senhas = [(sem_resumo(chave["name"]), chave["key"]) for chave in chaves]
    if senhas != [("db-credentials", "DB_PASSWORD")]:
        yield "a senha da conta do programa não é a que o programa usa"


@regra(
    tirar(MIGRACAO, "spec.ttlSecondsAfterFinished"),
    trocar(MIGRACAO, f"{POD}.restartPolicy", "OnFailure"),
    tirar(CONFERENCIA, "spec.jobTemplate.spec.activeDeadlineSeconds"),
)
def todo_trabalho_tem_prazo_e_deixa_o_que_disse(manifestos: Manifestos) -> Iterator[str]:
    trabalhos = [(dito, dito["spec"]) for dito in manifestos.de("Job")]
    trabalhos += [(dito, dito["spec"]["jobTemplate"]["spec"]) for dito in manifestos.de("CronJob")]
    for dito, spec in trabalhos:
        nome = dito["metadata"]["name"]
        if not {"backoffLimit", "activeDeadlineSeconds"} <= spec.keys():
            yield f"{nome} pode não terminar nunca"
        if spec["template"]["spec"]["restartPolicy"] != "Never":
            yield f"{nome} apaga o que disse ao tentar de novo"
        if dito["kind"] == "Job" and "ttlSecondsAfterFinished" not in spec:
            yield f"{nome} fica para sempre"


@regra(
    trocar(COPIA, "spec.concurrencyPolicy", "Allow"),
    tirar(CONFERENCIA, "spec.timeZone"),
    tirar(COPIA, "spec.startingDeadlineSeconds"),
)
def cada_rotina_roda_uma_de_cada_vez_e_na_hora_daqui(manifestos: Manifestos) -> Iterator[str]:
    for dito in manifestos.de("CronJob"):
        spec, nome = dito["spec"], dito["metadata"]["name"]
        if spec.get("concurrencyPolicy") != "Forbid":
            yield f"{nome} roda duas ao mesmo tempo"
        if spec.get("timeZone") != "America/Sao_Paulo" or "startingDeadlineSeconds" not in spec:
            yield f"{nome} não diz a hora de quem, ou até quando vale começar"
        if not spec.get("failedJobsHistoryLimit"):
            yield f"{nome} esquece o que falhou"


@regra(
    tirar(MANUTENCAO, "spec.suspend"),
    trocar(MANUTENCAO, f"{DA_ROTINA}.containers.0.command.1", "86400"),
    tirar(MANUTENCAO, "spec.jobTemplate.spec.ttlSecondsAfterFinished"),
)
def a_manutencao_so_abre_quando_se_manda_e_fecha_sozinha(manifestos: Manifestos) -> Iterator[str]:
    spec = manifestos.um("CronJob", "oficina-manutencao")["spec"]
    trabalho = spec["jobTemplate"]["spec"]
    if not spec.get("suspend"):
        yield "a conta que migra entra no ar sem ninguém pedir"
    if "ttlSecondsAfterFinished" not in trabalho:
        yield "a sala fechada segura o nome e o volume"
    comando, quanto = manifestos.pod("oficina-manutencao").spec["containers"][0]["command"]
    if comando != "sleep" or int(quanto) >= trabalho["activeDeadlineSeconds"]:
        yield "a sala não se fecha antes do prazo"


@regra(
    tirar(COPIA, f"{DA_ROTINA}.initContainers.1"),
    trocar(COPIA, f"{DA_ROTINA}.initContainers.1.args.4", "/copias/outra.gz"),
    trocar(COPIA, f"{DA_ROTINA}.initContainers.1.volumeMounts.0.readOnly", valor=False),
)
def a_copia_so_ganha_nome_depois_de_conferida(manifestos: Manifestos) -> Iterator[str]:
    pod = manifestos.pod("oficina-backup")
    passos = {conteiner["name"]: conteiner for conteiner in pod.conteineres}
    if list(passos) != ["copiar", "conferir", "guardar"]:
        yield "a cópia não se faz, se confere e se guarda, nesta ordem"
        return
    if passos["copiar"]["args"] != ["banco", "backup", "/copias/nova.gz", "--sobrescrever"]:
        yield "a cópia não vai para nova.gz"
    conferir = passos["conferir"]
    if conferir["args"][2:] != ["banco", "restaurar", "/copias/nova.gz", "--simular"]:
        yield "não se confere a cópia que se fez"
    montagem = next(dita for dita in conferir["volumeMounts"] if dita["name"] == "copias")
    if not montagem.get("readOnly"):
        yield "quem confere pode mudar a cópia"


@regra(
    trocar(MENSAGENS, "spec.replicas", 2),
    trocar(MENSAGENS, "spec.strategy.type", "RollingUpdate"),
)
def as_mensagens_saem_de_um_lugar_so(manifestos: Manifestos) -> Iterator[str]:
    spec = manifestos.um("Deployment", "oficina-mensagens")["spec"]
    if spec["replicas"] > 1 or spec["strategy"]["type"] != "Recreate":
        yield "há duas a mandar ao mesmo tempo"
    if spec["template"]["spec"]["containers"][0]["args"] != ["mensagem", "enviar", "--continuo"]:
        yield "as mensagens não ficam à espera de outras"


def _sem_correio(manifestos: Manifestos) -> None:
    pod = manifestos.pod("oficina-mensagens")
    pod.dono["spec"]["replicas"] = 1
    for dito in manifestos.de("ConfigMap"):
        dito["data"].pop("SMTP_HOST", None)


@regra(_sem_correio)
def sem_correio_as_mensagens_nao_vao_para_o_registro(manifestos: Manifestos) -> Iterator[str]:
    pod = manifestos.pod("oficina-mensagens")
    visto = manifestos.ambiente(pod.spec["containers"][0])
    tem = visto.get("OFICINA_URL_PUBLICA") and (visto.get("SMTP_HOST") or visto.get("WEBHOOK_URL"))
    if pod.dono["spec"]["replicas"] and not tem:
        yield "sem SMTP_HOST nem WEBHOOK_URL, as mensagens se escreveriam no registro"
