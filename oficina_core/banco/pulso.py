"""O sinal barato de que alguém gravou, para quem olha o banco a cada segundo."""

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from oficina_core.banco.falhas import insistir
from oficina_core.banco.motor import sem_transacao, versao_dos_dados


class Pulso:
    """Em um só fio. A versão do SQLite é de cada conexão, e por isso esta fica aberta.

    O MySQL não tem sinal assim: lá, olhar a tabela é o que há.
    """

    def __init__(self, motor: Engine) -> None:
        self._motor = motor
        self._conexao: Connection | None = None
        self._versao: int | None = None

    def mudou(self) -> bool:
        """Se outra conexão gravou desde a última vez, ou se não há como saber.

        Levanta Indisponivel se o arquivo não se lê.
        """
        if self._motor.dialect.name != "sqlite":
            return True
        versao = insistir(self._ler, versao_dita=False)
        antes, self._versao = self._versao, versao  # a conexão que se trocou não tem antes
        return versao != antes

    def fechar(self) -> None:
        if self._conexao is not None:
            self._conexao.close()
        self._conexao = self._versao = None

    def _ler(self) -> int:
        if self._conexao is None:
            self._conexao = sem_transacao(self._motor)
        try:
            return versao_dos_dados(self._conexao)
        except DBAPIError:
            self.fechar()
            raise
