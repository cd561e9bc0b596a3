"""O que veio antes: anos de ordens entregues, que repetem algumas feitas de verdade."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from itertools import islice
from random import Random
from typing import Any

from oficina_cli.demonstracao import elenco
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.repeticao import Repeticao
from oficina_core.casos.clientes_importacao import ImportarClientes, LinhaImportadaCliente
from oficina_core.casos.importacao import LINHAS_MAXIMO
from oficina_core.casos.veiculos import FichaVeiculo
from oficina_core.casos.veiculos_importacao import ImportarVeiculos, LinhaImportadaVeiculo
from oficina_core.dominio.valores import Placa

POR_DIA = 60  # ordens
VISITAS = 12  # que cada carro faz, em média


def dias(ordens: int) -> int:
    """Quantos dias leva uma oficina grande para atender tantas ordens."""
    return -(-ordens // POR_DIA)


def cadastrar(
    oficina: OficinaLocal, sorte: Random, carros: Sequence[FichaVeiculo], ordens: int, hoje: date
) -> int:
    """Os donos e os carros que faltam para tantas ordens; quantos carros há ao todo."""
    pessoas = list(islice(elenco.pessoas(sorte), max(0, ordens // VISITAS - len(carros))))
    donos = [LinhaImportadaCliente(linha=n, **asdict(p)) for n, p in enumerate(pessoas, 1)]
    for lote in _lotes(donos):
        oficina.executar(ImportarClientes(linhas=lote, parcial=True))
    usadas = {Placa(carro.placa).canonica for carro in carros}
    documentos = [dono.documento for dono in donos if dono.documento]
    frota = elenco.frota(sorte, documentos, hoje, usadas)
    novos = [LinhaImportadaVeiculo(linha=n, **asdict(carro)) for n, carro in enumerate(frota, 1)]
    for lote in _lotes(novos):
        oficina.executar(ImportarVeiculos(linhas=lote, parcial=True))
    return len(carros) + len(novos)


def repeticoes(
    sorte: Random, modelos: Sequence[int], carros: int, ordens: int
) -> Iterator[Repeticao]:
    """Tantas ordens, dia a dia, desde o seguinte ao dos modelos."""
    for n in range(ordens):
        modelo, carro = sorte.choice(modelos), sorte.randint(1, carros)
        yield Repeticao(ordem=modelo, veiculo=carro, dias=1 + n // POR_DIA)


def _lotes(linhas: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    for inicio in range(0, len(linhas), LINHAS_MAXIMO):
        yield tuple(linhas[inicio : inicio + LINHAS_MAXIMO])
