"""Uma oficina de mentira, para experimentar: seis semanas de trabalho, até agora há pouco.

Os dados entram pelos mesmos casos de uso que todos usam, com o relógio atrasado para o dia de cada
acontecimento. A mesma semente e a mesma hora dão sempre os mesmos dados.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from operator import itemgetter
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from oficina_cli.demonstracao import elenco
from oficina_cli.demonstracao.passos import Passo, Trabalho, Visita
from oficina_cli.demonstracao.roteiro import DIAS, HOJE, NOITE, TRABALHOS, Passos
from oficina_cli.importacao import ler_inicial
from oficina_core.banco.local import OficinaLocal, relogio
from oficina_core.casos.kits_importacao import ImportarKits
from oficina_core.casos.pecas import ImportarPecas
from oficina_core.casos.servicos import ImportarServicos
from oficina_core.casos.veiculos import FichaVeiculo
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import Conflito

FUSO = ZoneInfo("America/Sao_Paulo")
INAUGURACAO = 45  # dias atrás
KM_POR_DIA = 33
FROTA_QUE_VEM = 40  # os carros mais frequentes; quem veio há mais tempo já voltou
ABRE = time(8)


@dataclass
class Relogio:
    """Anda quando mandam: é assim que o passado se escreve."""

    agora: datetime

    def __call__(self) -> datetime:
        return self.agora


def preparar(
    caminho: Path, semente: int = 1, agora: Callable[[], datetime] = relogio
) -> OficinaLocal:
    """A oficina de demonstração em um arquivo novo; Conflito se ele já existe."""
    if caminho.exists():
        raise Conflito(f"O arquivo {caminho} já existe; escolha outro nome.")
    url = f"sqlite:///{caminho}"
    hora = Relogio(agora())
    passado = OficinaLocal.em(url, hora)
    try:
        _encenar(passado, hora, Random(semente))  # noqa: S311 - dados de mentira, não segredos
    finally:
        passado.fechar()
    return OficinaLocal.em(url, agora)


def _encenar(oficina: OficinaLocal, hora: Relogio, sorte: Random) -> None:
    agora = hora.agora
    hora.agora = _manha(agora, INAUGURACAO)
    _abrir_as_portas(oficina)
    equipe = _contratar(oficina, sorte)
    carros = _cadastrar(oficina, sorte, agora)
    agenda = [
        (momento, passo, visita)
        for chegada, passos, visita in _visitas(oficina, sorte, equipe, carros, agora)
        for momento, passo in _marcar(sorte, chegada, passos)
    ]
    for momento, passo, visita in sorted(agenda, key=itemgetter(0)):
        hora.agora = momento
        passo(visita)


def _abrir_as_portas(oficina: OficinaLocal) -> None:
    """O catálogo de partida, que qualquer oficina nova também importa."""
    oficina.executar(ImportarServicos(linhas=ler_inicial("servicos")))
    oficina.executar(ImportarPecas(linhas=ler_inicial("pecas")))
    oficina.executar(ImportarKits(kits=ler_inicial("kits")))


def _contratar(oficina: OficinaLocal, sorte: Random) -> dict[Papel, list[int]]:
    """Os números dos funcionários, por papel."""
    equipe: dict[Papel, list[int]] = defaultdict(list)
    for caso in elenco.equipe(sorte):
        equipe[caso.papel].append(oficina.executar(caso).id)
    return equipe


def _cadastrar(oficina: OficinaLocal, sorte: Random, agora: datetime) -> list[FichaVeiculo]:
    clientes = [oficina.executar(caso) for caso in elenco.clientes(sorte)]
    carros = elenco.carros(sorte, clientes, agora.astimezone(FUSO).date())
    return [oficina.executar(caso) for caso in carros]


def _visitas(
    oficina: OficinaLocal,
    sorte: Random,
    equipe: dict[Papel, list[int]],
    carros: list[FichaVeiculo],
    agora: datetime,
) -> Iterator[tuple[datetime, Passos, Visita]]:
    """Cada chegada do roteiro, com o carro, quem o atende e até onde vai."""
    trabalhos = sorte.sample(TRABALHOS, len(TRABALHOS))
    for i, (chegada, passos, trabalho) in enumerate(_chegadas(sorte, agora)):
        carro = carros[i % FROTA_QUE_VEM]
        abertos = INAUGURACAO - (agora - chegada).days  # dias
        visita = Visita(
            oficina=oficina,
            sorte=sorte,
            gerente_id=equipe[Papel.GERENTE][0],
            balcao_id=equipe[Papel.ATENDENTE][0],
            mecanico_id=equipe[Papel.MECANICO][i % len(equipe[Papel.MECANICO])],
            placa=carro.placa,
            km=(carro.km or 0) + KM_POR_DIA * abertos,
            trabalho=trabalho or trabalhos[i % len(trabalhos)],
        )
        yield chegada, passos, visita


def _chegadas(sorte: Random, agora: datetime) -> Iterator[tuple[datetime, Passos, Trabalho | None]]:
    for dias, passos, trabalho in DIAS:
        yield _manha(agora, dias) + timedelta(minutes=sorte.randint(0, 150)), passos, trabalho
    for minutos, passos, trabalho in HOJE:
        yield agora - timedelta(minutes=minutos), passos, trabalho


def _marcar(sorte: Random, chegada: datetime, passos: Passos) -> Iterator[tuple[datetime, Passo]]:
    """Um passo a cada meia hora, mais ou menos, e os de depois da noite na manhã seguinte."""
    momento = chegada
    for passo in passos:
        if passo is NOITE:
            momento = _manha(momento, -1)
        else:
            yield momento, passo
        momento += timedelta(minutes=sorte.randint(15, 50))


def _manha(momento: datetime, dias: int) -> datetime:
    """A hora de abrir, na oficina, tantos dias antes."""
    dia = momento.astimezone(FUSO).date() - timedelta(days=dias)
    return datetime.combine(dia, ABRE, FUSO).astimezone(UTC)
