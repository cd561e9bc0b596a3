"""O que se diz de cada conferência, e como ela se faz sem que uma atrapalhe as outras."""

from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import NamedTuple

from oficina_cli.erros import estranhar, por_extenso
from oficina_core.dominio.erros import ErroOficina
from oficina_core.dominio.valores import Opcao

PRAZO = 5.0  # segundos
REPITA = "Corrija isso e repita: oficina doutor"


class Situacao(Opcao):
    BOM = "BOM", "bom"
    AVISO = "AVISO", "aviso"
    FALHA = "FALHA", "falha"


@dataclass(frozen=True, kw_only=True)
class Achado:
    """Uma conferência: o que se achou e, se não está bom, como se conserta.

    O conserto que é um comando começa por minúscula, e se mostra em uma linha só, para copiar.
    """

    nome: str
    situacao: Situacao
    achado: str
    conserto: str | None


class Parecer(NamedTuple):
    situacao: Situacao
    achado: str
    conserto: str | None = None


def bom(achado: str) -> Parecer:
    return Parecer(Situacao.BOM, achado)


def aviso(achado: str, conserto: str) -> Parecer:
    return Parecer(Situacao.AVISO, achado, conserto)


def falha(achado: str, conserto: str) -> Parecer:
    return Parecer(Situacao.FALHA, achado, conserto)


def conferir(nome: str, fazer: Callable[[], Parecer]) -> Achado:
    """Faz a conferência em outro fio: a que não acaba no prazo se deixa para trás."""
    respostas: SimpleQueue[Parecer] = SimpleQueue()
    Thread(target=lambda: respostas.put(_sem_levantar(fazer)), daemon=True).start()
    try:
        parecer = respostas.get(timeout=PRAZO)
    except Empty:
        parecer = falha(
            f"Não respondeu em {PRAZO:.0f} segundos.",
            "Confira o endereço, a rede e se o servidor está ligado; depois, repita.",
        )
    return Achado(nome=nome, **parecer._asdict())


def _sem_levantar(fazer: Callable[[], Parecer]) -> Parecer:
    """O que deu errado, dito: as frases da oficina trazem o conserto depois do ponto e vírgula."""
    try:
        return fazer()
    except ErroOficina as erro:
        achado, _, conserto = por_extenso(erro).partition("; ")
        return falha(_frase(achado), _frase(conserto) if conserto else REPITA)
    except OSError as erro:
        lugar = f" em {erro.filename}" if erro.filename else ""
        return falha(f"O sistema não deixou olhar{lugar}.", "Confira a permissão desse lugar.")
    except Exception as erro:  # noqa: BLE001 — o exame sempre chega ao fim
        return falha(_frase(estranhar(erro)), "Mande o arquivo a quem cuida do programa.")


def _frase(dito: str) -> str:
    return dito[:1].upper() + dito[1:].removesuffix(".") + "."
