"""Bancos vazios, um a cada vez que se pede, e o que cada um diz de si."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

from oficina_core.banco.motor import abrir

Novo = Callable[[], str]
COMANDOS = ("do_execute", "do_executemany", "do_execute_no_params")


def esquema(url: str) -> dict[str, str]:
    """O que o banco diz de si: o SQL de cada tabela."""
    motor = abrir(url)
    with motor.connect() as conexao:
        if motor.dialect.name == "sqlite":
            comando = "SELECT type || ' ' || name, COALESCE(sql, '') FROM sqlite_master"
            achado = dict(conexao.execute(text(comando)).all())
        else:
            achado = {
                nome: _sem_proximo(conexao.exec_driver_sql(f"SHOW CREATE TABLE {nome}").one()[1])
                for nome in inspect(conexao).get_table_names()
            }
    motor.dispose()
    return achado


def _sem_proximo(comando: str) -> str:
    """Sem o próximo número da tabela, que cada tentativa gasta."""
    return re.sub(r" AUTO_INCREMENT=\d+", "", comando)


def perguntar(url: str, consulta: str) -> list[tuple[Any, ...]]:
    motor = abrir(url)
    with motor.connect() as conexao:
        respostas = [tuple(linha) for linha in conexao.execute(text(consulta))]
    motor.dispose()
    return respostas


MIGRACAO = """
from oficina_core.banco.migracao import aplicar

revision = "{nova}"
down_revision = "{anterior}"


def upgrade() -> None:
    aplicar(__file__)
"""


def escrever_migracao(versoes: Path, anterior: str, *, sqlite: str, mysql: str) -> None:
    """Acrescenta à pasta a migração seguinte, só com a ida."""
    nova = f"{int(anterior) + 1:04}"
    (versoes / f"{nova}_teste.py").write_text(MIGRACAO.format(nova=nova, anterior=anterior))
    for banco, dito in (("sqlite", sqlite), ("mysql", mysql)):
        (versoes / f"{nova}_teste.{banco}.sql").write_text(f"{dito.strip()}\n")


class Queda(BaseException):
    """O processo morreu aqui."""


def cair_no(url: str, k: int, mudar: Callable[[Engine], None]) -> bool:
    """Muda até o comando k e cai, com a conexão fechada; verdadeiro se chegou ao fim antes."""
    motor = abrir(url, para_migrar=True)
    feitos = 0

    def passar(cursor: Any, *_: Any) -> None:
        nonlocal feitos
        feitos += 1
        if feitos > k:
            conexao = cursor.connection
            getattr(conexao, "_force_close", conexao.close)()
            raise Queda

    for nome in COMANDOS:
        event.listen(motor, nome, passar)
    try:
        mudar(motor)
    except (Queda, DBAPIError):
        return False
    finally:
        motor.dispose()
    return True
