"""O piso só serve enquanto manda ao banco o que o caso de uso manda."""

import re
from typing import Any

from sqlalchemy import event

from benchmarks import pisos
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.casos.ordens import ListarOrdens
from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.acesso import Sujeito

COMANDO = re.compile(r"(?s)(SELECT|INSERT|UPDATE)\b.*?\b(?:FROM|INTO|(?<=UPDATE)) +(\w+)")
ENTRE_PARENTESES = re.compile(r"\([^()]*\)")
DO_ORCAMENTO = (
    *(pisos.ATOR, pisos.CHAVE, pisos.VEICULO, pisos.CLIENTE, pisos.SEGURA),
    *(pisos.SERVICOS, pisos.PECAS, pisos.ORCAMENTO, pisos.ITENS, pisos.GRAVADOS),
    *(pisos.SALDOS, pisos.EVENTO, pisos.RESPOSTA),
)
DA_FILA = (
    *(pisos.ATOR, *(pisos.DO_STATUS,) * len(pisos.FILA)),
    *(pisos.COBRADOS, pisos.ABERTOS, pisos.PAGOS, pisos.PARAMETROS),
)


def conferir(url: str, sujeito: Sujeito) -> None:
    """Levanta RuntimeError se os casos já mandam outra coisa: os pisos se refazem à mão."""
    motor = abrir(url)
    mandados: list[str] = []

    @event.listens_for(motor, "before_cursor_execute")
    def anotar(_conexao: Any, _cursor: Any, comando: str, *_: Any) -> None:
        mandados.append(comando)

    oficina = OficinaLocal(motor, sujeito)
    casos: tuple[tuple[CasoDeUso[Any], tuple[str, ...]], ...] = (
        (CriarOrcamento(veiculo_id=1, servicos=(1, 2), pecas=(1, 2)), DO_ORCAMENTO),
        (ListarOrdens(), DA_FILA),
    )
    oficina.executar(ListarOrdens())  # o primeiro pedido ainda confere a revisão do banco
    for caso, do_piso in casos:
        mandados.clear()
        oficina.executar(caso)
        if (nossos := _resumir(mandados)) != _resumir(do_piso):
            nome = type(caso).__name__
            raise RuntimeError(f"{nome} manda agora {nossos}; refaça o piso, {_resumir(do_piso)}")
    motor.dispose()


def _resumir(comandos: Any) -> list[str]:
    """De cada comando, o verbo e a primeira tabela de fora dos parênteses; os de sessão, não."""
    achados = [COMANDO.match(ENTRE_PARENTESES.sub("", comando)) for comando in comandos]
    return [f"{achado[1]} {achado[2]}" for achado in achados if achado]
