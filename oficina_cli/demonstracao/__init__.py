"""Uma oficina de mentira, para experimentar: seis semanas de trabalho, até agora há pouco.

Os dados entram pelos mesmos casos de uso que todos usam, com o relógio atrasado para o dia de cada
acontecimento. A mesma semente e a mesma hora dão sempre os mesmos dados.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from operator import itemgetter
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from oficina_cli.demonstracao import elenco, historico
from oficina_cli.demonstracao.passos import Passo, Trabalho, Visita
from oficina_cli.demonstracao.roteiro import DIAS, ENTREGUE, HOJE, NOITE, TRABALHOS, Passos
from oficina_cli.importacao import ler_inicial
from oficina_core.arquivos import exigir_livre
from oficina_core.banco.local import OficinaLocal, relogio
from oficina_core.banco.repeticao import repetir
from oficina_core.casos.kits_importacao import ImportarKits
from oficina_core.casos.pecas_importacao import ImportarPecas
from oficina_core.casos.servicos import ImportarServicos
from oficina_core.casos.veiculos import FichaVeiculo
from oficina_core.dominio.acesso import Papel
from oficina_core.enderecos import ARQUIVO

FUSO = ZoneInfo("America/Sao_Paulo")
INAUGURACAO = 45  # dias atrás
ORDENS_MAXIMO = 100_000  # de outros anos
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
    caminho: Path, semente: int = 1, agora: Callable[[], datetime] = relogio, *, ordens: int = 0
) -> OficinaLocal:
    """A oficina de demonstração em um arquivo novo; Conflito se ele já existe.

    `ordens` são as que já se entregaram antes das seis semanas, ao longo de anos.
    """
    exigir_livre(caminho)
    url = f"{ARQUIVO}{caminho}"
    hora = Relogio(agora())
    passado = OficinaLocal.em(url, hora)
    try:
        sorte = Random(semente)  # noqa: S311 - dados de mentira, não segredos
        _encenar(passado, hora, sorte, caminho, ordens)
    finally:
        passado.fechar()
    return OficinaLocal.em(url, agora)


@dataclass
class Palco:
    """A oficina que se encena: o relógio, a sorte, e quem trabalha nela (por número)."""

    oficina: OficinaLocal
    hora: Relogio
    sorte: Random
    equipe: dict[Papel, list[int]]

    def visita(self, i: int, carro: FichaVeiculo, dias: int, trabalho: Trabalho) -> Visita:
        """A i-ésima: o carro andou desde que se cadastrou, e o mecânico é o da vez."""
        mecanicos = self.equipe[Papel.MECANICO]
        return Visita(
            oficina=self.oficina,
            sorte=self.sorte,
            gerente_id=self.equipe[Papel.GERENTE][0],
            balcao_id=self.equipe[Papel.ATENDENTE][0],
            mecanico_id=mecanicos[i % len(mecanicos)],
            placa=carro.placa,
            km=(carro.km or 0) + KM_POR_DIA * dias,
            trabalho=trabalho,
        )

    def encenar(self, visitas: Iterable[tuple[datetime, Passos, Visita]]) -> None:
        """Cada passo de cada visita, na ordem em que aconteceram."""
        agenda = [
            (momento, passo, visita)
            for chegada, passos, visita in visitas
            for momento, passo in _marcar(self.sorte, chegada, passos)
        ]
        for momento, passo, visita in sorted(agenda, key=itemgetter(0)):
            self.hora.agora = momento
            passo(visita)


def _encenar(
    oficina: OficinaLocal, hora: Relogio, sorte: Random, caminho: Path, ordens: int
) -> None:
    agora = hora.agora
    abriu_ha = INAUGURACAO + historico.dias(ordens)
    hora.agora = _manha(agora, abriu_ha)
    _abrir_as_portas(oficina)
    palco = Palco(oficina, hora, sorte, _contratar(oficina, sorte))
    carros = _cadastrar(oficina, sorte, hora.agora if ordens else agora)
    if ordens:
        total = historico.cadastrar(oficina, sorte, carros, ordens, hora.agora.date())
        modelos = _modelos(palco, carros[:ordens])
        repetir(caminho, historico.repeticoes(sorte, modelos, total, ordens - len(modelos)))
    palco.encenar(_visitas(palco, carros, agora, abriu_ha))


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


def _modelos(palco: Palco, carros: list[FichaVeiculo]) -> list[int]:
    """Um trabalho de cada tipo, do começo ao fim, no dia em que a oficina abriu."""
    manha = palco.hora.agora
    visitas = [
        palco.visita(i, carro, 0, trabalho)
        for i, (carro, trabalho) in enumerate(zip(carros, TRABALHOS, strict=False))
    ]
    palco.encenar((manha, ENTREGUE, visita) for visita in visitas)
    return [visita.ordem for visita in visitas]


def _visitas(
    palco: Palco, carros: list[FichaVeiculo], agora: datetime, abriu_ha: int
) -> Iterator[tuple[datetime, Passos, Visita]]:
    """Cada chegada do roteiro, com o carro, quem o atende e até onde vai."""
    trabalhos = palco.sorte.sample(TRABALHOS, len(TRABALHOS))
    for i, (chegada, passos, trabalho) in enumerate(_chegadas(palco.sorte, agora)):
        dias = abriu_ha - (agora - chegada).days
        carro = carros[i % FROTA_QUE_VEM]
        visita = palco.visita(i, carro, dias, trabalho or trabalhos[i % len(trabalhos)])
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
