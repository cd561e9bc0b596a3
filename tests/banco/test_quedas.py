"""Morte súbita, do programa e do servidor: nada confirmado se perde, nada se dobra.

`kill -9` prova a queda do processo; falta de energia pede um disco que a simule, e não se afirma.
"""

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal

import pytest

from oficina_core.banco import manutencao
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.verificacao import verificar
from oficina_core.casos.busca import Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.estoque import EntradaEstoque
from oficina_core.casos.orcamentos import ListarOrcamentos
from oficina_core.casos.pecas import VerPeca
from oficina_core.dominio.orcamento import StatusOrcamento
from tests import cenario
from tests.servidor_mysql import SemMySQL, Servidor, ServidorProprio, iniciar

PEDIDOS = 40
QUEDAS = 4


def preparar(url: str) -> OficinaLocal:
    oficina = OficinaLocal.em(url)
    cenario.catalogo(oficina)
    oficina.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(100_000)))
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    return oficina


def teimar(url: str, de: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.banco.insistente", url, str(de), str(PEDIDOS)],
        stdout=subprocess.PIPE,
        text=True,
    )


def confirmados(balcao: subprocess.Popen[str], quantos: int) -> int:
    """Espera tantas confirmações e devolve a última."""
    assert balcao.stdout is not None
    return int([balcao.stdout.readline() for _ in range(quantos)][-1])


def conferir(oficina: OficinaLocal, url: str, pedidos: int = PEDIDOS) -> None:
    """Cada pedido virou uma ordem, e cada ordem reservou um filtro."""
    aprovados: list[str] = []
    cursor = None
    while True:
        pagina = oficina.executar(
            ListarOrcamentos(status=StatusOrcamento.APROVADO, limite=100, cursor=cursor)
        )
        aprovados += [linha.descricao for linha in pagina.itens]
        if (cursor := pagina.proximo) is None:
            break
    assert sorted(aprovados) == sorted(f"pedido {numero}" for numero in range(pedidos))
    numero = oficina.executar(Localizar(recurso=Recurso.PECA, nome="FILTRO")).id
    assert oficina.executar(VerPeca(peca_id=numero)).reservado == pedidos
    assert verificar(url) == ()


def test_programa_morto_no_meio_nao_perde_nem_dobra(url: str) -> None:
    oficina = preparar(url)
    feito = -1
    for queda in range(QUEDAS):
        balcao = teimar(url, feito + 1)
        feito = confirmados(balcao, 3 + 2 * queda)
        balcao.kill()
        balcao.communicate()
    balcao = teimar(url, feito + 1)
    balcao.communicate(timeout=120)
    assert balcao.returncode == 0
    conferir(oficina, url)
    oficina.fechar()


@pytest.fixture
def servidor_duravel(mysql: Servidor) -> Iterator[ServidorProprio]:
    """Um servidor só deste teste, que grava de verdade antes de confirmar."""
    try:
        with iniciar(duravel=True) as servidor:
            yield servidor
    except SemMySQL as motivo:
        pytest.fail(str(motivo))


def test_servidor_morto_no_meio_nao_perde_nem_dobra(servidor_duravel: ServidorProprio) -> None:
    url = servidor_duravel.criar_banco("oficina_teste_quedas")
    manutencao.migrar(url)
    oficina = preparar(url)
    oficina.fechar()
    balcao = teimar(url, 0)
    for _ in range(QUEDAS):
        confirmados(balcao, 3)
        servidor_duravel.matar()
        servidor_duravel.religar()
    balcao.communicate(timeout=180)
    assert balcao.returncode == 0
    oficina = OficinaLocal.em(url)
    conferir(oficina, url)
    oficina.fechar()
