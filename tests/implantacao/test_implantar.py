"""A troca em produção, com a API de verdade na porta da frente.

O `kubectl` e a `aws` são de mentira, porque não há EKS aqui: anotam o que se lhes pede, e falham no
que se manda. Os manifestos são os que se geram para o EKS.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.funcionarios import CriarFuncionario
from oficina_core.dominio.acesso import Papel
from tests.api.programa import RAIZ, Programa
from tests.implantacao.ferramentas import ferramenta, preenchido

CPF, SENHA = "11144477735", "uma senha bem comprida"
IMAGEM = f"conta.exemplo/oficina@sha256:{'a' * 64}"
MANIFESTOS = (RAIZ / "k8s/renderizado/eks.yaml").read_text(encoding="utf-8")

KUBECTL = """\
import json, os, sys
feito = sys.argv[2:]
entrada = sys.stdin.read() if "--filename=-" in feito else ""
with open(os.environ["ANOTADO"], "a") as anotado:
    print(json.dumps([feito, entrada]), file=anotado)
frase = " ".join(feito)
if any(pedaco in frase + entrada for pedaco in json.loads(os.environ["FALHAM"])):
    sys.exit(1)
if feito[0] == "kustomize":
    print(open(os.environ["MANIFESTOS"]).read())
elif feito[:2] == ["get", "job/oficina-migracao"]:
    print(os.environ["MIGRACAO"])
elif feito[0] == "get":
    qual = feito[1].split("-")[1]
    print("" if qual in os.environ["NOVOS"].split() else {"api": 7, "mensagens": 4}[qual])
"""


@dataclass
class Cluster:
    """O que se responde a quem pergunta, e o que se ouviu."""

    pasta: Path
    url: str
    senha: str = SENHA
    migracao: str = "SuccessCriteriaMet Complete"
    falham: tuple[str, ...] = ()
    primeira: bool = False
    novos: tuple[str, ...] = ()
    segredo: str = ""
    imagem: str = IMAGEM
    manifestos: str = MANIFESTOS
    estragar: Callable[[Path], object] | None = None
    ditos: list[tuple[list[str], str]] = field(default_factory=list)

    def rodar(self, programa: str = "implantar.py", *argumentos: str) -> Any:
        overlay = preenchido(self.pasta)
        if self.estragar:
            self.estragar(overlay)
        self._fingir("kubectl", KUBECTL)
        segredo = self.segredo or json.dumps({"cpf": CPF, "senha": self.senha})
        self._fingir("aws", f"print({segredo!r})")
        manifestos = self.pasta / "manifestos"
        manifestos.write_text(self.manifestos, encoding="utf-8")
        anotado = self.pasta / "anotado"
        anotado.touch()
        feito = subprocess.run(
            [sys.executable, str(RAIZ / ".ci" / programa), *argumentos],
            env={
                "PATH": f"{self.pasta}{os.pathsep}{os.environ['PATH']}",
                "RUNNER_TEMP": str(self.pasta),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONUTF8": "1",
                "OVERLAY": str(overlay),
                "IMAGEM": self.imagem,
                "OFICINA_URL_PUBLICA": self.url,
                "SEGREDO_FUMACA": "oficina/fumaca",
                "ANOTADO": str(anotado),
                "MANIFESTOS": str(manifestos),
                "MIGRACAO": self.migracao,
                "FALHAM": json.dumps(self.falham),
                "NOVOS": "api mensagens" if self.primeira else " ".join(self.novos),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        self.ditos = [json.loads(linha) for linha in anotado.read_text().splitlines()]
        anotado.unlink()
        return feito

    def _fingir(self, nome: str, texto: str) -> None:
        arquivo = self.pasta / nome
        arquivo.write_text(f"#!{sys.executable}\n{texto}", encoding="utf-8")
        arquivo.chmod(0o755)

    @property
    def aplicados(self) -> list[list[str]]:
        """As espécies de cada `apply`, em ordem."""
        return [
            re.findall(r"^kind: (\w+)$", entrada, re.MULTILINE)
            for feito, entrada in self.ditos
            if feito[0] == "apply"
        ]

    @property
    def trocas(self) -> list[list[str]]:
        return [feito[1:] for feito, _ in self.ditos if feito[0] == "rollout"]


ESPERAS = [
    ["status", f"deployment/oficina-{nome}", "--timeout=900s"] for nome in ("api", "mensagens")
]
VOLTAS = [
    ["undo", "deployment/oficina-api", "--to-revision=7"],
    ["undo", "deployment/oficina-mensagens", "--to-revision=4"],
]


@pytest.fixture(scope="module")
def endereco(modelo_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A API no ar, com o mecânico que confere."""
    arquivo = tmp_path_factory.mktemp("banco") / "oficina.db"
    arquivo.write_bytes(modelo_sqlite.read_bytes())
    oficina = OficinaLocal.em(f"sqlite:///{arquivo}")
    novo = oficina.executar(CriarFuncionario(cpf=CPF, nome="Fumaça", papel=Papel.MECANICO))
    oficina.executar(DefinirSenha(funcionario_id=novo.id, senha=SENHA))
    oficina.fechar()
    with Programa(f"sqlite:///{arquivo}") as api:
        yield api.aguardar().endereco


@pytest.fixture
def cluster(tmp_path: Path, endereco: str) -> Cluster:
    return Cluster(tmp_path, endereco)


def test_migra_troca_confere_e_so_entao_troca_as_tarefas(cluster: Cluster) -> None:
    feito = cluster.rodar()
    assert feito.returncode == 0, feito.stderr
    antes, migracao, programa, depois = cluster.aplicados
    assert {"ServiceAccount", "ConfigMap", "ExternalSecret"} <= set(antes)
    assert not {"Job", "Deployment", "CronJob"} & set(antes)
    assert migracao == ["Job"]
    assert {"Deployment", "Service", "Ingress"} <= set(programa)
    assert set(depois) == {"CronJob"}
    assert [dito[0] for dito, _ in cluster.ditos if dito[0] != "get"][:4] == [
        *("kustomize", "apply", "delete", "apply"),
    ]
    assert cluster.trocas == ESPERAS
    assert "A casa responde, o banco atende, e quem entra lê." in feito.stdout
    aplicado = "".join(entrada for _, entrada in cluster.ditos)
    assert set(re.findall(r"^\s+(?:- )?image: (.*)$", aplicado, re.MULTILINE)) == {IMAGEM}
    tudo = re.findall("^kind: .*$", MANIFESTOS, re.MULTILINE)
    tudo.remove("kind: Namespace")
    assert sorted(re.findall("^kind: .*$", aplicado, re.MULTILINE)) == sorted(tudo)


def test_os_nomes_sao_os_dos_manifestos() -> None:
    """Um Deployment a mais teria de se esperar, e de voltar."""
    implantar = ferramenta("implantar")
    nomes = [
        f"{especie.lower()}/{nome}"
        for documento in MANIFESTOS.split("\n---\n")
        for especie in re.findall("^kind: (Job|Deployment)$", documento, re.MULTILINE)
        for nome in re.findall("^  name: (.*)$", documento, re.MULTILINE)[:1]
    ]
    assert sorted(nomes) == sorted([implantar.MIGRACAO, *implantar.PROGRAMAS])


def test_quem_desiste_da_migracao_e_o_job() -> None:
    """Antes disso, diria que ela não terminou bem, com ela ainda a mudar o banco."""
    (prazo,) = (
        documento["spec"]["activeDeadlineSeconds"]
        for documento in yaml.safe_load_all(MANIFESTOS)
        if documento["kind"] == "Job"
    )
    assert prazo < ferramenta("implantar").PRAZO_DA_MIGRACAO


def test_sem_migracao_nada_se_troca(cluster: Cluster) -> None:
    cluster.migracao = "FailureTarget Failed"
    feito = cluster.rodar()
    assert feito.returncode == 1
    assert "nada se trocou" in feito.stderr
    assert cluster.aplicados[1:] == [["Job"]]
    assert cluster.trocas == []
    assert "logs" in [dito[0] for dito, _ in cluster.ditos]


@pytest.mark.parametrize(
    "falha", ["rollout status deployment/oficina-mensagens", "kind: Deployment"]
)
def test_a_troca_que_nao_termina_volta_a_revisao_de_antes(cluster: Cluster, falha: str) -> None:
    cluster.falham = (falha,)
    feito = cluster.rodar()
    assert feito.returncode == 1
    assert [troca for troca in cluster.trocas if troca[0] == "undo"] == VOLTAS
    assert "CronJob" not in str(cluster.aplicados)


def test_a_fumaca_que_nao_passa_volta_e_diz(cluster: Cluster) -> None:
    cluster.senha = "a senha de outra oficina"
    feito = cluster.rodar()
    assert feito.returncode == 1
    assert cluster.trocas == [*ESPERAS, *VOLTAS, *ESPERAS]
    assert "CronJob" not in str(cluster.aplicados)
    assert "/auth não respondeu bem: HTTP Error 401" in feito.stderr
    assert "O que estava no ar antes está no ar outra vez." in feito.stdout
    assert cluster.senha not in feito.stdout + feito.stderr


def test_a_primeira_vez_nao_se_confere_e_diz_o_que_falta(cluster: Cluster) -> None:
    """Ninguém ainda pode entrar: nem o mecânico da conferência existe."""
    cluster.primeira, cluster.senha, cluster.url = True, "", "https://ainda.sem.dns"
    feito = cluster.rodar("implantar.py", "primeira")
    assert feito.returncode == 0, feito.stderr
    assert [set(parte) for parte in cluster.aplicados][1::2] == [{"Job"}, {"CronJob"}]
    assert cluster.trocas == ESPERAS
    assert "do passo 5 em diante" in feito.stdout


def test_a_primeira_vez_que_nao_termina_nao_diz_que_voltou(cluster: Cluster) -> None:
    cluster.primeira, cluster.falham = True, ("rollout status",)
    feito = cluster.rodar("implantar.py", "primeira")
    assert feito.returncode == 1
    assert "outra vez" not in feito.stdout
    assert cluster.trocas == ESPERAS[:1]


def test_onde_ja_ha_oficina_a_primeira_vez_se_recusa(cluster: Cluster) -> None:
    """Seria uma troca sem conferência, e sem volta."""
    assert "Já há uma oficina no ar" in cluster.rodar("implantar.py", "primeira").stderr
    assert cluster.aplicados == []


def test_a_troca_que_ficou_no_meio_se_desfaz_antes_de_outra(cluster: Cluster) -> None:
    """A revisão de agora é a da versão que não serviu: voltar a ela não seria voltar."""
    (cluster.pasta / ".oficina-revisoes.json").write_text('{"deployment/oficina-api": "7"}')
    assert "implantar.py voltar" in cluster.rodar().stderr
    assert cluster.aplicados == []
    assert cluster.rodar("implantar.py", "voltar").returncode == 0
    assert cluster.trocas == [VOLTAS[0], *ESPERAS]


def test_onde_ainda_nao_ha_oficina_a_troca_se_recusa(cluster: Cluster) -> None:
    cluster.primeira = True
    assert "implantar.py primeira" in cluster.rodar().stderr
    assert cluster.aplicados == []


def test_o_programa_que_so_esta_versao_tem_fica_quando_se_volta(cluster: Cluster) -> None:
    cluster.novos, cluster.senha = ("mensagens",), "a senha de outra oficina"
    feito = cluster.rodar()
    assert [troca for troca in cluster.trocas if troca[0] == "undo"] == VOLTAS[:1]
    assert "deployment/oficina-mensagens não tem versão anterior" in feito.stdout


@pytest.mark.parametrize("url", ["", "https://outra.loja.com.br", "https://oficina.loja.com"])
def test_nao_se_confere_outra_oficina(cluster: Cluster, url: str) -> None:
    cluster.url = url
    assert "não é a de ambiente.env" in cluster.rodar().stderr
    assert cluster.aplicados == []


def test_sem_o_segredo_de_quem_confere_nada_se_aplica(cluster: Cluster) -> None:
    cluster.senha = ""
    cluster.segredo = "isto não é JSON"
    assert "não se leu" in cluster.rodar().stderr
    assert cluster.aplicados == []


def test_com_o_ambiente_errado_nada_se_aplica(cluster: Cluster) -> None:
    cluster.estragar = lambda overlay: (overlay / "nuvem.env").unlink()
    for como in ((), ("primeira",)):
        assert "nuvem.env falta" in cluster.rodar("implantar.py", *como).stderr
        assert cluster.ditos == []


def test_o_que_nao_voltou_se_tenta_de_novo_e_o_que_voltou_nao(cluster: Cluster) -> None:
    """O último passo do fluxo insiste, e a revisão de quem já voltou tem agora outro número."""
    cluster.falham = ("undo deployment/oficina-api", "kind: Deployment")
    assert "desfazer à mão" in cluster.rodar().stderr
    cluster.falham = ()
    assert cluster.rodar("implantar.py", "voltar").returncode == 0
    assert cluster.trocas == [VOLTAS[0], *ESPERAS]
    assert "nada a voltar" in cluster.rodar("implantar.py", "voltar").stdout
    assert cluster.ditos == []


def test_terminada_a_troca_nao_ha_volta(cluster: Cluster) -> None:
    """A falha do que vem depois não desfaz o que já serve."""
    cluster.falham = ("kind: CronJob",)
    assert cluster.rodar().returncode == 1
    assert cluster.trocas == ESPERAS
    assert "nada a voltar" in cluster.rodar("implantar.py", "voltar").stdout


@pytest.mark.parametrize("imagem", ["", "@sha256:", "oficina:1.0", f"@sha256:{'a' * 64}"])
def test_a_imagem_diz_se_pelo_resumo(cluster: Cluster, imagem: str) -> None:
    cluster.imagem = imagem
    assert "pelo resumo" in cluster.rodar().stderr
    assert cluster.aplicados == []


def test_imagem_que_nao_e_nossa_nao_se_aplica(cluster: Cluster) -> None:
    cluster.manifestos += "---\nkind: Pod\nspec:\n  containers:\n  - image: de-fora/ajudante:1\n"
    assert "de-fora/ajudante:1" in cluster.rodar().stderr
    assert cluster.aplicados == []


@pytest.mark.parametrize("url", ["", "http://oficina.exemplo.com.br", "http://127.0.0.1.exemplo"])
def test_a_senha_nao_vai_por_onde_se_le(cluster: Cluster, url: str) -> None:
    cluster.url = url
    feito = cluster.rodar("fumaca.py")
    assert feito.returncode == 1
    assert "https://" in feito.stderr
