"""`python -m benchmarks.escala`: uma rede de lojas sobre três MySQL em grupo, nesta máquina.

Não há piso: o que se mede é quanto processador cada pedido custa em cada parte, que é o que diz
quantas réplicas uma rede pede. Os pedidos chegam na hora marcada, e não quando o anterior acaba: a
demora de cada um conta desde essa hora.
"""

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from statistics import quantiles
from time import perf_counter, sleep

import validate_docbr

from benchmarks.cenario import SEGREDO, Cenario, preparar
from benchmarks.cliente import pedido
from benchmarks.processo import NOSSO, Processo, no_ar
from oficina_api.tokens import Tokens
from oficina_core.configuracao import Configuracao
from oficina_core.dominio.acesso import Papel
from tests.api.programa import contratar
from tests.grupo_mysql import Grupo, grupo

BANCO = "oficina_teste_escala"
FIOS = 24
BALCOES = 40  # em tantas lojas há quem peça
LEITURAS = {"fila": 50, "ordem": 25, "orçamento": 15, "peças": 10}
GRAVACAO = "orçamento novo"
Balcao = tuple[int, str]  # a loja e o token de quem atende
SORTEIO = random.Random(6)  # noqa: S311 — o mesmo a cada vez


@dataclass
class Medidas:
    """O que se ouviu, por espécie de pedido."""

    demoras: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    status: Counter[int] = field(default_factory=Counter)


def main() -> None:
    ditos = _argumentos()
    with grupo() as formado, ExitStack() as pilha:
        cenario = preparar(
            formado.principal,
            BANCO,
            ditos.ordens,
            lojas=ditos.lojas,
            em_grupo=True,
        )
        tokens = _contratar(cenario, ditos.lojas)
        replicas = [
            pilha.enter_context(no_ar(NOSSO, cenario.ambiente)) for _ in range(ditos.replicas)
        ]
        pedidos = list(_sortear(tokens, ditos))
        _atender(replicas, pedidos[: ditos.por_segundo * 5], ditos.por_segundo)  # aquece
        gasto = _gasto(replicas, formado)
        inicio = perf_counter()
        medidas = _atender(replicas, pedidos, ditos.por_segundo)
        levou = perf_counter() - inicio
        depois = _gasto(replicas, formado)
    _dizer(ditos, medidas, levou, {parte: depois[parte] - gasto[parte] for parte in gasto})


def _argumentos() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.escala", description=__doc__)
    parser.add_argument("--lojas", type=int, default=500)
    parser.add_argument("--ordens", type=int, default=360_000, help="seis meses da rede")
    parser.add_argument("--por-segundo", type=int, default=150)
    parser.add_argument("--gravacoes", type=float, default=2, help="das que se pedem por segundo")
    parser.add_argument("--segundos", type=int, default=60)
    parser.add_argument("--replicas", type=int, default=2)
    return parser.parse_args()


def _contratar(cenario: Cenario, lojas: int) -> list[Balcao]:
    """Um atendente em cada uma de algumas lojas: o número dela e o token dele."""
    tokens = Tokens.de(Configuracao.ler(oficina_banco=cenario.url, jwt_secret=SEGREDO))
    feitos, cpf = [], validate_docbr.CPF()
    for numero in range(min(BALCOES, lojas)):
        loja = 1 + numero * lojas // min(BALCOES, lojas)
        quem = contratar(cenario.url, Papel.ATENDENTE, cpf.generate(), loja)
        feitos.append((loja, tokens.emitir(f"funcionario:{quem}", "pwd")[0]))
    return feitos


def _sortear(tokens: list[Balcao], ditos: argparse.Namespace) -> Iterator[tuple[str, bytes]]:
    especies, pesos = list(LEITURAS), list(LEITURAS.values())
    novo = b'{"veiculo_id": 1, "servicos": [1, 2], "pecas": [{"id": 1, "quantidade": 2}]}'
    for _ in range(ditos.por_segundo * ditos.segundos):
        loja, token = SORTEIO.choice(tokens)
        if SORTEIO.random() < ditos.gravacoes / ditos.por_segundo:
            yield GRAVACAO, pedido("POST", "/orcamentos", token, novo)
            continue
        (especie,) = SORTEIO.choices(especies, pesos)
        qual = SORTEIO.randrange(1, ditos.ordens // ditos.lojas) * ditos.lojas + loja - 1
        caminho = {
            "fila": "/ordens?limite=50",
            "ordem": f"/ordens/{qual}",
            "orçamento": f"/orcamentos/{qual}",
            "peças": "/pecas?limite=50",
        }[especie]
        yield especie, pedido("GET", caminho, token)


def _atender(
    replicas: list[Processo], pedidos: list[tuple[str, bytes]], por_segundo: int
) -> Medidas:
    medidas, vez, inicio = Medidas(), count(), perf_counter() + 0.2

    def pedir(fio: int) -> None:
        with replicas[fio % len(replicas)].conectar() as conexao:
            while (numero := next(vez)) < len(pedidos):
                hora = inicio + numero / por_segundo
                sleep(max(0.0, hora - perf_counter()))
                especie, dito = pedidos[numero]
                medidas.status[conexao.pedir(dito).status] += 1
                medidas.demoras[especie].append(perf_counter() - hora)

    with ThreadPoolExecutor(FIOS) as fios:
        list(fios.map(pedir, range(FIOS)))
    return medidas


def _gasto(replicas: list[Processo], formado: Grupo) -> dict[str, float]:
    """Os segundos de processador de cada parte, até agora."""
    principal = formado.principal
    outros = [membro for membro in formado.membros if membro is not principal]
    return {
        "API": sum(replica.cpu() for replica in replicas),
        "MySQL que grava": principal.cpu(),
        "MySQL que só acompanha": sum(membro.cpu() for membro in outros),
    }


def _dizer(
    ditos: argparse.Namespace, medidas: Medidas, levou: float, gasto: dict[str, float]
) -> None:
    total = medidas.status.total()
    sys.stdout.write(
        f"{ditos.lojas} lojas, {ditos.ordens} ordens, {ditos.replicas} réplicas da API: "
        f"{total} pedidos em {levou:.1f} s ({total / levou:.0f}/s); respostas "
        f"{dict(medidas.status)}\n"
        "| pedido | quantos | p50 ms | p95 ms | p99 ms |\n|---|---|---|---|---|\n"
    )
    for especie, demoras in sorted(medidas.demoras.items()):
        cortes = quantiles(demoras, n=100)
        p50, p95, p99 = (f"{cortes[corte - 1] * 1000:.1f}" for corte in (50, 95, 99))
        sys.stdout.write(f"| {especie} | {len(demoras)} | {p50} | {p95} | {p99} |\n")
    for parte, segundos in gasto.items():
        sys.stdout.write(
            f"{parte}: {segundos / total * 1000:.2f} ms de processador por pedido, "
            f"{segundos / levou:.2f} processador\n"
        )


if __name__ == "__main__":
    main()
