"""Os manifestos contra os esquemas publicados da mais velha e da mais nova versão que se atendem.

O que não é do Kubernetes (External Secrets) não tem esquema ali; a regra
`os_segredos_vem_de_fora_e_so_os_da_oficina` confere a forma dele.
"""

from collections.abc import Iterator
from functools import cache

import kubernetes_validate
import pytest
from kubernetes_validate import utils

from tests.manifestos import OVERLAYS, VERSOES, Documento, lidos

SEM_ESQUEMA = "external-secrets.io/"
DOCUMENTOS = [
    pytest.param(dito, id=f"{overlay}-{dito['kind']}-{dito['metadata']['name']}")
    for overlay in OVERLAYS
    for dito in lidos(overlay)
    if not dito["apiVersion"].startswith(SEM_ESQUEMA)
]


@pytest.fixture(scope="module", autouse=True)
def esquemas_lidos_uma_vez() -> Iterator[None]:
    """Cada conferência os leria de novo do disco, e são grandes."""
    with pytest.MonkeyPatch.context() as troca:
        troca.setattr(utils, "schema_contents", cache(utils.schema_contents))
        yield


@pytest.mark.parametrize("versao", VERSOES)
@pytest.mark.parametrize("documento", DOCUMENTOS)
def test_o_kubernetes_aceita(documento: Documento, versao: str) -> None:
    assert kubernetes_validate.validate(documento, versao, strict=True) == versao


@pytest.mark.parametrize("versao", VERSOES)
def test_o_campo_que_nao_existe_nao_passa(versao: str) -> None:
    implantacao = lidos("eks").um("Deployment", "oficina-api")
    implantacao["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(implantacao, versao, strict=True)


def test_a_mais_nova_e_a_ultima_que_se_conhece() -> None:
    assert kubernetes_validate.latest_version().startswith(VERSOES[1])
