"""As figuras: o que se mede, contra que piso, e a meta."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import anos, arquivo, cenario, livro, nu, nucleo, pisos, sequencia, tela
from benchmarks import comandos as linha
from benchmarks import importacao as planilha
from benchmarks.cenario import Cenario
from benchmarks.cliente import Resposta, pedido
from benchmarks.medida import Corrida, Figura, Tempos, intercalar
from benchmarks.processo import NOSSO, PISO, RAIZ, Processo, no_ar
from oficina_core.dominio.acesso import Sujeito
from tests.servidor_mysql import Servidor

NU = tuple(parte.replace("pisos", "nu") for parte in PISO)
PRONTO = "/health/ready"
MUDAM = ("id", "criado_em", "itens")  # de um orçamento para outro igual
PEDIDOS = 10_000
ENTRADAS = 50
PARTIDAS = 9
LISTAR_BIBLIOTECAS = """
from oficina_api.asgi import app
import uvicorn.protocols.http.httptools_impl, uvloop
from benchmarks.nu import carregadas
print(*carregadas())
"""


@dataclass(frozen=True, kw_only=True)
class Bancada:
    """O que as figuras usam: o servidor do banco, o cenário de mil ordens e quanto medir."""

    servidor: Servidor
    mil: Cenario
    pasta: Path
    rodadas: int
    pedidos: int

    def medir(self, *corridas: Corrida) -> list[dict[str, float]]:
        tempos: list[Tempos] = intercalar(corridas, self.rodadas, self.pedidos)
        return [tempo.resumo() for tempo in tempos]


def montar(servidor: Servidor, pasta: Path, rodadas: int, pedidos: int) -> Bancada:
    mil = cenario.preparar(servidor, "oficina_teste_medidas_mil", 1_000)
    sequencia.conferir(mil.url, Sujeito.de(mil.sujeito))
    return Bancada(servidor=servidor, mil=mil, pasta=pasta, rodadas=rodadas, pedidos=pedidos)


def orcamento(bancada: Bancada) -> Iterator[Figura]:
    """Criar um orçamento de balcão com dois serviços e duas peças."""
    mil = bancada.mil
    with no_ar(NOSSO, mil.ambiente) as nosso, no_ar(PISO, mil.ambiente) as piso:
        _exigir_iguais(*(_pedir(de, mil.novo_orcamento, 201) for de in (nosso, piso)))
        novos = (mil.novo_orcamento,)
        nossos, do_piso = bancada.medir(Corrida(nosso, novos, 201), Corrida(piso, novos, 201))
    yield Figura.de("POST /orcamentos, contra FastAPI + PyMySQL", "p50_us", 1.5, nossos, do_piso)


def fila(bancada: Bancada) -> Iterator[Figura]:
    """Uma página cheia da fila, contra os mesmos bytes prontos e contra a página feita à mão."""
    mil = bancada.mil
    with ExitStack() as no_ar_agora:
        nosso = no_ar_agora.enter_context(no_ar(NOSSO, mil.ambiente))
        resposta = _pedir(nosso, mil.fila, 200)
        pronta = bancada.pasta / "pagina.json"
        pronta.write_bytes(resposta.corpo)
        ambiente = {**mil.ambiente, pisos.PAGINA: str(pronta)}
        piso = no_ar_agora.enter_context(no_ar(PISO, ambiente))
        a_mao = no_ar_agora.enter_context(no_ar(PISO, ambiente))
        if _pedir(a_mao, mil.fila, 200).corpo != resposta.corpo:
            raise RuntimeError("a página feita à mão não é a nossa")
        nossos, dos_bytes, da_mao, fundas = bancada.medir(
            Corrida(nosso, (mil.fila,)),
            Corrida(piso, (pedido("GET", "/pagina"),)),
            Corrida(a_mao, (mil.fila,)),
            Corrida(no_ar_agora.enter_context(no_ar(NOSSO, mil.ambiente)), mil.fundas),
        )
    yield Figura.de("GET /ordens, contra os bytes prontos", "cpu_us", 2.5, nossos, dos_bytes)
    yield Figura.de("GET /ordens, contra FastAPI + PyMySQL", "cpu_us", None, nossos, da_mao)
    yield Figura.de("PyMySQL à mão, contra os bytes prontos", "cpu_us", None, da_mao, dos_bytes)
    nome = "GET /ordens das entregues, contra os bytes prontos"
    yield Figura.de(nome, "cpu_us", None, fundas, dos_bytes)


def milhao(bancada: Bancada) -> Iterator[Figura]:
    """A mesma página com um milhão de ordens e com mil: a primeira e as do fundo."""
    mil = bancada.mil
    # Só para a carga; a folga fica, e serve aos dois.
    with bancada.servidor.conectar() as conexao, conexao.cursor() as cursor:
        cursor.execute("SET GLOBAL innodb_buffer_pool_size = 1073741824")
    cheio = cenario.preparar(bancada.servidor, "oficina_teste_medidas_milhao", 1_000_000)
    with no_ar(NOSSO, cheio.ambiente) as muitas, no_ar(NOSSO, mil.ambiente) as poucas:
        for nome, nossos, do_piso in (
            ("fila", (cheio.fila,), (mil.fila,)),
            ("funda", cheio.fundas, mil.fundas),
            *((lista, pedidos, mil.listas[lista]) for lista, pedidos in cheio.listas.items()),
        ):
            medidos = bancada.medir(Corrida(muitas, nossos), Corrida(poucas, do_piso))
            yield Figura.de(f"1.000.000 de ordens, contra 1.000: {nome}", "p50_us", 1.3, *medidos)
    yield linha.exportar(cheio.url, mil.url, 1_000_000)


def memoria(bancada: Bancada) -> Iterator[Figura]:
    """A memória depois de dez mil pedidos, e depois de mais cinquenta entradas com senha."""
    mil = bancada.mil
    rodizio = (*[mil.fila] * 5, *[pedido("GET", "/orcamentos/1", mil.token)] * 4)
    with no_ar(NOSSO, mil.ambiente) as nosso, no_ar(NU, _nu(bancada)) as piso:
        with nosso.conectar() as conexao, piso.conectar() as nua:
            for _ in range(PEDIDOS // 10):
                for cada in rodizio:
                    conexao.exigir(cada)
                conexao.exigir(mil.novo_orcamento, 201)
                for _ in range(10):
                    nua.exigir(pedido("GET", "/"))
        do_piso = {"mib": round(piso.memoria(), 1)}
        nome = f"Memória depois de {PEDIDOS} pedidos, contra o trabalhador nu"
        yield Figura.de(nome, "mib", 1.3, {"mib": round(nosso.memoria(), 1)}, do_piso)
        _entrar(nosso)
        nome = f"… e de {ENTRADAS} entradas com senha, duas por vez"
        yield Figura.de(nome, "mib", None, {"mib": round(nosso.memoria(), 1)}, do_piso)


def partida(bancada: Bancada) -> Iterator[Figura]:
    """Do começo do processo à primeira resposta: a nossa, da prontidão, que vai ao banco."""
    nossas: list[Processo] = []
    do_piso: list[Processo] = []
    ambiente = _nu(bancada)
    for _ in range(PARTIDAS):
        with no_ar(NOSSO, bancada.mil.ambiente, pronto=PRONTO) as processo:
            nossas.append(processo)
        with no_ar(NU, ambiente) as processo:
            do_piso.append(processo)
    yield Figura.de(
        "Partida, contra o trabalhador nu", "p50_ms", 2, _partidas(nossas), _partidas(do_piso)
    )


def balcao(bancada: Bancada) -> Iterator[Figura]:
    """O balcão em tela cheia: abrir a fila, responder à tecla, e a memória."""
    yield from tela.medir(bancada.pasta, bancada.rodadas)


def comandos(bancada: Bancada) -> Iterator[Figura]:
    """Os comandos como se digitam: a ajuda, a fila e o Tab."""
    yield from linha.medir(bancada.pasta, bancada.rodadas)


def casos(bancada: Bancada) -> Iterator[Figura]:
    """Os casos de uso dentro do processo, em cada banco."""
    banco = bancada.pasta / "casos.db"
    arquivo.preparar(banco, 1_000, 10)
    yield from nucleo.medir(bancada.mil.url, banco)


def importacao(bancada: Bancada) -> Iterator[Figura]:
    """Uma planilha grande, direto em cada banco."""
    yield from planilha.medir(bancada.servidor, bancada.pasta)


def verificar(bancada: Bancada) -> Iterator[Figura]:
    """As contas de um milhão de movimentos do estoque, refeitas, em cada banco."""
    yield from livro.medir(bancada.servidor, bancada.pasta)


def demonstracao(bancada: Bancada) -> Iterator[Figura]:
    """Anos de movimento, em um arquivo."""
    yield from anos.medir(bancada.pasta)


FIGURAS: dict[str, Callable[[Bancada], Iterator[Figura]]] = {
    figura.__name__: figura
    for figura in (
        *(comandos, casos, importacao, demonstracao, verificar),
        *(orcamento, fila, memoria, partida, balcao, milhao),
    )
}


def _pedir(processo: Processo, pedido: bytes, status: int) -> Resposta:
    with processo.conectar() as conexao:
        return conexao.exigir(pedido, status)


def _exigir_iguais(nossa: Resposta, do_piso: Resposta) -> None:
    """As duas respostas, a menos do que muda de um orçamento para outro."""
    fixas = []
    for resposta in (nossa, do_piso):
        ficha = json.loads(resposta.corpo)
        linhas = [
            {campo: linha[campo] for campo in linha if campo != "id"} for linha in ficha["itens"]
        ]
        fixas.append((list(ficha), {c: v for c, v in ficha.items() if c not in MUDAM}, linhas))
    if fixas[0] != fixas[1]:
        raise RuntimeError(f"o piso responde {fixas[1]}, e nós, {fixas[0]}")


def _nu(bancada: Bancada) -> dict[str, str]:
    """O ambiente do trabalhador nu, com a lista do que a API importa."""
    arquivo = bancada.pasta / "bibliotecas.txt"
    if not arquivo.exists():
        comando = [sys.executable, "-c", LISTAR_BIBLIOTECAS]
        saida = subprocess.check_output(comando, cwd=RAIZ, env=bancada.mil.ambiente, text=True)
        arquivo.write_text(saida, encoding="utf-8")
    return {nu.BIBLIOTECAS: str(arquivo)}


def _entrar(processo: Processo) -> None:
    corpo = json.dumps({"cpf": cenario.CPF, "senha": cenario.SENHA}).encode()
    entrada = pedido("POST", "/auth", corpo=corpo)
    with ThreadPoolExecutor(2) as duas:
        for resposta in duas.map(lambda _: _pedir(processo, entrada, 200), range(ENTRADAS)):
            assert b"access_token" in resposta.corpo


def _partidas(processos: list[Processo]) -> dict[str, float]:
    segundos = [processo.partida for processo in processos]
    return {
        "p50_ms": round(1e3 * median(segundos), 1),
        "min_ms": round(1e3 * min(segundos), 1),
        "cpu_ms": round(1e3 * median(processo.cpu_da_partida for processo in processos), 1),
    }
