"""Quantas conexões um motor empresta."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import Engine, QueuePool


@dataclass(frozen=True, kw_only=True)
class Conexoes:
    """As que se usam agora, e quantas se podem usar ao mesmo tempo."""

    em_uso: int
    limite: int


def conexoes(motor: Engine) -> Conexoes:
    pool = cast("QueuePool", motor.pool)  # o de todos os nossos motores
    return Conexoes(em_uso=pool.checkedout(), limite=pool.size() + pool._max_overflow)  # noqa: SLF001
