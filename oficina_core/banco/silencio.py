"""O servidor do banco que emudeceu: quem chega não espera para saber o que já se sabe.

Sem isto, cada pedido gastaria um fio e um prazo inteiro, e a fila dos outros não teria fim.
"""

from threading import Lock
from time import monotonic

from oficina_core.banco.falhas import SEM_RESPOSTA
from oficina_core.dominio.erros import Indisponivel

SONDA = 20.0  # segundos: mais do que uma conexão leva para se fazer, ou para se desistir dela
PAUSA = 0.5  # entre uma sonda que não teve resposta e a seguinte


class Silencio:
    """Depois de um prazo vencido, um só de cada vez tenta conectar, até que alguém consiga."""

    def __init__(self) -> None:
        self._trava = Lock()
        self._calado = False
        self._sonda = 0.0  # quando se pode tentar de novo

    def exigir(self) -> None:
        """Levanta Indisponivel se o servidor está calado, e outro já foi ver se ele voltou."""
        with self._trava:
            if not self._calado:
                return
            if monotonic() < self._sonda:
                raise Indisponivel(SEM_RESPOSTA)
            self._sonda = monotonic() + SONDA

    def calou(self) -> None:
        with self._trava:
            self._sonda = monotonic() + (PAUSA if self._calado else 0)
            self._calado = True

    def falou(self) -> None:
        """Também a recusa é resposta."""
        with self._trava:
            self._calado = False
