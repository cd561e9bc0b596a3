"""O MySQL que grava morre sob pedidos, e o grupo elege outro: nada se perde, nada se dobra.

OFICINA_TESTE_ELEICOES diz quantas vezes morre quem grava.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from time import sleep
from typing import Any

import pytest
from sqlalchemy import make_url

from oficina_core.banco import manutencao
from oficina_core.banco.local import OficinaLocal
from tests import cenario
from tests.api.balcoes import Balcoes
from tests.api.ponte import Ponte
from tests.api.programa import Programa, identificar, no_ar
from tests.banco.test_quedas import conferir, preparar
from tests.grupo_mysql import TAMANHO, Grupo, grupo
from tests.servidor_mysql import SemMySQL, Servidor

ELEICOES = int(os.environ.get("OFICINA_TESTE_ELEICOES", "1"))
CONFIRMADOS = 12  # pedidos que se esperam, ao menos, antes e depois de cada eleição


class Insistente:
    """Aprova um orçamento por número, cada pedido com a sua chave, e repete o que ouviu 503."""

    def __init__(self, api: Programa, eu: dict[str, str]) -> None:
        self._api, self._eu = api, eu
        self.ouvido: Counter[int] = Counter()
        self.sem_prazo = 0

    def aprovar(self, numero: int) -> None:
        pedido = {
            "veiculo_id": cenario.PLACA,
            "pecas": ["FILTRO"],
            "descricao": f"pedido {numero}",
            "enviar": True,
        }
        criado = self._insistir("/orcamentos", pedido, f"criar-{numero:08}")
        self._insistir(f"/orcamentos/{criado['id']}/aprovacao", {}, f"aprovar-{numero:08}")

    def _insistir(self, caminho: str, corpo: dict[str, Any], chave: str) -> Any:
        while True:
            resposta = self._api.pedir("POST", caminho, corpo, Idempotency_Key=chave, **self._eu)
            self.ouvido[resposta.status] += 1
            if resposta.status != 503:
                assert resposta.status in (200, 201), resposta.corpo
                return resposta.json
            self.sem_prazo += "retry-after" not in resposta.cabecalhos
            sleep(0.2)


@pytest.fixture
def eleitores(mysql: Servidor) -> Iterator[Grupo]:
    try:
        with grupo() as formado:
            yield formado
    except SemMySQL as motivo:
        pytest.fail(str(motivo))


def test_enquanto_se_elege_quem_grava_se_ouve_503_e_nada_se_perde(eleitores: Grupo) -> None:
    url = eleitores.principal.criar_banco("oficina_teste_eleicao")
    manutencao.migrar(url)
    preparar(url).fechar()
    eu = identificar(url)
    with Ponte(eleitores.quem_grava) as ponte:
        pela_ponte = make_url(url).set(port=ponte.porta).render_as_string(hide_password=False)
        with no_ar(pela_ponte) as (api,):
            insistente = Insistente(api, eu)
            with Balcoes(lambda: nullcontext(insistente.aprovar)) as balcoes:
                for _ in range(ELEICOES):
                    balcoes.mais(CONFIRMADOS)
                    caido = eleitores.principal
                    caido.matar()
                    balcoes.mais(CONFIRMADOS)
                    assert eleitores.principal is not caido
                    eleitores.voltar(caido)
                    eleitores.aguardar(TAMANHO)
        assert insistente.ouvido[503] > 0, "a eleição não se notou, e o teste nada provou"
        assert insistente.sem_prazo == 0
        oficina = OficinaLocal.em(pela_ponte)
        conferir(oficina, pela_ponte, len(balcoes.confirmados))
        oficina.fechar()
