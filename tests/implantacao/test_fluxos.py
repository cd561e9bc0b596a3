"""Os fluxos do GitHub como dados; cada regra tem uma cópia estragada, em que tem de se queixar."""

import inspect
from collections.abc import Callable, Iterator

import pytest

from tests.implantacao import fluxos as regras
from tests.implantacao.fluxos import Fluxos

CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"
ESCREVE = "      id-token: write # entra na AWS, sem chave guardada"

# A regra, o arquivo, e o que nele se troca para a quebrar.
ESTRAGOS = (
    ("e_um_fluxo", "ci", "runs-on: ubuntu-24.04", "roda-em: ubuntu-24.04"),
    ("e_um_fluxo", "noite", "timeout-minutes: 90", "timeout-minutes: muitos"),
    ("so_partem_do_que_e_nosso", "ci", "  pull_request:\n", "  pull_request_target:\n"),
    ("so_partem_do_que_e_nosso", "ci", "  workflow_call:\n", "  workflow_run:\n"),
    ("acoes_fixas", "ci", CHECKOUT, "actions/checkout@v6"),
    ("acoes_fixas", "ci", CHECKOUT, CHECKOUT.partition(" #")[0]),
    ("acoes_fixas", "ci", "de0fac2e4500", "000000000000"),
    ("acoes_fixas", "entrega", "uses: ./.github/workflows/ci.yml", "uses: de/fora/ci.yml@main"),
    ("acoes_fixas", "pagina", "de0fac2e4500", "000000000000"),
    ("pagina_sem_acoes_velhas", "pagina", "| v6.0.2 |", "| v6.0.1 |"),
    ("direitos_minimos", "ci", "permissions: {}", "permissions: read-all"),
    ("direitos_minimos", "noite", "      contents: read", "      contents: write"),
    ("direitos_minimos", "entrega", ESCREVE, f"{ESCREVE}\n      packages: write"),
    ("direitos_minimos", "entrega", ESCREVE, ""),
    ("sem_segredo_guardado", "entrega", "vars.AWS_PAPEL_REGISTRO", "secrets.AWS_PAPEL"),
    ("sem_segredo_guardado", "entrega", "role-to-assume", "aws-access-key-id"),
    ("credencial_nao_fica", "ci", "persist-credentials: false", "persist-credentials: true"),
    ("credencial_nao_fica", "ci", "persist-credentials: false", "fetch-depth: 1"),
    ("prazo_e_maquina", "ci", "    timeout-minutes: 60\n", ""),
    ("prazo_e_maquina", "noite", "timeout-minutes: 90", "timeout-minutes: 360"),
    ("prazo_e_maquina", "noite", "ubuntu-24.04", "ubuntu-latest"),
    ("um_de_cada_vez", "noite", "concurrency:\n  group", "concurrency:\n  grupo"),
    ("um_de_cada_vez", "entrega", "cancel-in-progress: false", "cancel-in-progress: true"),
    ("espera_por_quem_existe", "entrega", "needs: imagem", "needs: construir"),
    ("sessoes_existem", "ci", "nox -s testes", "nox -s ensaios"),
    ("sessoes_existem", "ci", "nox -s estilo tipos camadas", "nox -s estilo tipos muros"),
    ("sessoes_existem", "noite", "quedas, ", "tombos, "),
    ("programas_existem", "ci", ".ci/conferir_acoes.py", ".ci/conferir.py"),
    ("variaveis_na_pagina", "entrega", "vars.EKS_CLUSTER", "vars.CLUSTER"),
    ("variaveis_na_pagina", "pagina", "| `AWS_REGIAO` |", "| `REGIAO` |"),
    ("nada_se_cola_no_comando", "noite", '"$SESSAO"', "${{ github.event.inputs.sessao }}"),
    ("comandos_se_leem", "ci", "nox -s testes", 'nox -s "testes'),
    ("comandos_se_leem", "entrega", "    shell: bash", "    shell: sh"),
    ("sem_endereco_de_repositorio", "ci", "image: mysql", "image: docker.io/library/mysql"),
    ("so_se_publica_o_que_se_provou", "entrega", "needs: provas", "needs: []"),
    ("so_se_publica_o_que_se_provou", "entrega", "needs: imagem\n", "needs: provas\n"),
    ("so_se_publica_o_que_se_provou", "entrega", "anchore/scan-action", "de-fora/nada"),
    ("so_se_publica_o_que_se_provou", "entrega", "fail-build: true", "fail-build: false"),
    ("so_se_publica_o_que_se_provou", "entrega", "merge-base --is-ancestor", "log"),
    ("so_se_publica_o_que_se_provou", "entrega", "docker build", "docker push; docker build"),
    (
        "so_se_publica_o_que_se_provou",
        "entrega",
        "@${{ needs.imagem.outputs.resumo",
        ":${{ github.sha",
    ),
    ("so_se_troca_com_licenca", "entrega", "name: producao", "name: teste"),
    ("so_se_troca_com_licenca", "entrega", "    environment: registro\n", ""),
    ("interrompida_volta", "entrega", "if: failure() || cancelled()", "if: success()"),
    ("interrompida_volta", "entrega", "implantar.py voltar", "implantar.py"),
    (
        "interrompida_volta",
        "entrega",
        "run: python3 .ci/implantar.py\n",
        "run: kubectl apply -k .\n",
    ),
    ("os_bancos_que_se_prometem", "ci", 'mysql: "8.0"', 'mysql: "8.4"'),
    ("os_bancos_que_se_prometem", "ci", 'python: "3.13"', 'python: "3.12"'),
)

REGRAS: dict[str, Callable[[Fluxos], Iterator[str]]] = {
    nome: funcao
    for nome, funcao in inspect.getmembers(regras, inspect.isfunction)
    if list(inspect.signature(funcao).parameters) == ["fluxos"]
}


@pytest.fixture(scope="module")
def fluxos() -> Fluxos:
    return Fluxos.daqui()


@pytest.mark.parametrize("regra", REGRAS)
def test_os_fluxos_cumprem(fluxos: Fluxos, regra: str) -> None:
    assert list(REGRAS[regra](fluxos)) == []


@pytest.mark.parametrize(("regra", "onde", "de", "para"), ESTRAGOS)
def test_estragados_a_regra_se_queixa(
    fluxos: Fluxos, regra: str, onde: str, de: str, para: str
) -> None:
    estragados = fluxos.com(onde, de, para)
    assert set(REGRAS[regra](estragados)) - set(REGRAS[regra](fluxos))


def test_nenhuma_regra_fica_sem_estrago() -> None:
    assert REGRAS.keys() == {estrago[0] for estrago in ESTRAGOS}
