"""Um balcão teimoso: aprova orçamentos um a um, cada pedido com a sua chave, até conseguir.

Roda como `python -m tests.banco.insistente URL DE ATE`; escreve o número de cada pedido depois que
a oficina o confirmou. Quem o mata o chama de novo a partir do primeiro não confirmado.
"""

import sys
from time import sleep

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.portas import CasoDeUso, Oficina, Pedido, R
from oficina_core.dominio.erros import Indisponivel
from tests import cenario


def insistir(oficina: Oficina, caso: CasoDeUso[R], chave: str) -> R:
    while True:
        try:
            return oficina.executar(caso, Pedido(chave=chave))
        except Indisponivel:
            sleep(0.05)


def aprovar(oficina: Oficina, numero: int) -> None:
    pedido = CriarOrcamento(
        veiculo_id=cenario.PLACA, pecas=("FILTRO",), descricao=f"pedido {numero}", enviar=True
    )
    criado = insistir(oficina, pedido, f"criar-{numero:08}")
    insistir(oficina, AprovarOrcamento(orcamento_id=criado.id), f"aprovar-{numero:08}")


def main(url: str, de: int, ate: int) -> None:
    oficina = OficinaLocal.em(url)
    for numero in range(de, ate):
        aprovar(oficina, numero)
        print(numero, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
