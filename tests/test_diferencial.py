"""O mesmo roteiro sorteado por três caminhos: as mesmas respostas, os mesmos erros, o mesmo fim.

Cada roteiro tem um número, a semente, que está no nome do teste. OFICINA_TESTE_ROTEIROS diz
quantos se tocam; OFICINA_TESTE_SEMENTE, de qual se começa; OFICINA_TESTE_PASSOS, de que tamanho.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from oficina_core.banco.motor import abrir, gravando
from oficina_core.banco.verificacao import verificar
from oficina_core.casos.ordens import FichaOrdem
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.pecas import LinhaPeca
from tests.api.elenco import abrir_filial
from tests.diferencial.mundos import Mundo, Recusa, direto, pela_api
from tests.diferencial.palco import Palco
from tests.diferencial.ponte import Diferenca
from tests.diferencial.roteiro import Roteiro

ROTEIROS = int(os.environ.get("OFICINA_TESTE_ROTEIROS", "20"))
PRIMEIRA = int(os.environ.get("OFICINA_TESTE_SEMENTE", "0"))
PASSOS = int(os.environ.get("OFICINA_TESTE_PASSOS", "25"))


def outro_arquivo(modelo: Path, destino: Path) -> str:
    shutil.copy(modelo, destino)
    return f"sqlite:///{destino}"


def inteiro(palco: Palco) -> None:
    palco.tocar(PASSOS)
    palco.conferir_fim()


@pytest.fixture
def urls(url_sqlite: str, url_mysql: str, modelo_sqlite: Path, tmp_path: Path) -> tuple[str, ...]:
    return url_sqlite, url_mysql, outro_arquivo(modelo_sqlite, tmp_path / "api.db")


@pytest.fixture
def palco(urls: tuple[str, ...], semente: int) -> Iterator[Palco]:
    """Os três mundos, às vezes com uma filial."""
    filial = semente % 4 == 3
    if filial:
        for url in urls:
            abrir_filial(url)
    de_sqlite, de_mysql, da_api = urls
    with ExitStack() as pilha:
        mundos = [
            pilha.enter_context(direto("SQLite", de_sqlite)),
            pilha.enter_context(direto("MySQL", de_mysql)),
            pilha.enter_context(pela_api(da_api)),
        ]
        yield Palco(Roteiro(semente), mundos, filial=filial)


@pytest.mark.parametrize("semente", range(PRIMEIRA, PRIMEIRA + ROTEIROS))
def test_roteiro_da_no_mesmo_por_qualquer_caminho(palco: Palco, urls: tuple[str, ...]) -> None:
    inteiro(palco)
    assert [verificar(url) for url in urls] == [()] * 3


@pytest.fixture
def par(url_sqlite: str, modelo_sqlite: Path, tmp_path: Path) -> Iterator[tuple[Palco, Mundo]]:
    """Dois mundos iguais, e o segundo, para o entortar."""
    outro = outro_arquivo(modelo_sqlite, tmp_path / "outro.db")
    with direto("um", url_sqlite) as um, direto("outro", outro) as torto:
        yield Palco(Roteiro(1), [um, torto]), torto


def test_o_mesmo_mundo_duas_vezes_nao_difere(par: tuple[Palco, Mundo]) -> None:
    palco, _ = par
    inteiro(palco)


def um_centavo(resposta: Any) -> Any:
    if not isinstance(resposta, FichaOrdem):
        return resposta
    return replace(resposta, total=resposta.total + Decimal("0.01"))


def outra_palavra(resposta: Any) -> Any:
    if not isinstance(resposta, Recusa):
        return resposta
    return replace(resposta, mensagem=f"{resposta.mensagem}!")


def outro_campo(resposta: Any) -> Any:
    return replace(resposta, campo="outro") if isinstance(resposta, Recusa) else resposta


def numeros_trocados(resposta: Any) -> Any:
    """Duas peças com o número uma da outra: cada número existe, e nenhum está no seu lugar."""
    if not isinstance(resposta, Pagina) or not isinstance(resposta.itens[0], LinhaPeca):
        return resposta
    um, outro, *resto = resposta.itens
    trocadas = (replace(um, id=outro.id), replace(outro, id=um.id), *resto)
    return replace(resposta, itens=trocadas)


def sem_continuacao(resposta: Any) -> Any:
    return replace(resposta, proximo=None) if isinstance(resposta, Pagina) else resposta


@pytest.mark.parametrize(
    "torcer", [um_centavo, outra_palavra, outro_campo, numeros_trocados, sem_continuacao]
)
def test_a_comparacao_ve_a_diferenca(
    par: tuple[Palco, Mundo],
    torcer: Callable[[Any], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    palco, torto = par
    certo = torto.responder
    monkeypatch.setattr(torto, "responder", lambda passo: torcer(certo(passo)))
    with pytest.raises(Diferenca):
        inteiro(palco)


@pytest.mark.parametrize(
    "estrago",
    [
        "UPDATE veiculos SET busca = busca || ' x'",
        "UPDATE eventos SET ator_nome = 'outro' WHERE id = (SELECT MAX(id) FROM eventos)",
    ],
)
def test_a_comparacao_ve_o_que_ficou_guardado(par: tuple[Palco, Mundo], estrago: str) -> None:
    palco, torto = par
    palco.tocar(PASSOS)
    motor = abrir(torto.url)
    with gravando(motor) as conexao:
        assert conexao.execute(text(estrago)).rowcount
    motor.dispose()
    with pytest.raises(Diferenca):
        palco.conferir_fim()
