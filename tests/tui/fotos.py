"""As telas do balcão, fotografadas: `python -m tests.tui.fotos` refaz as imagens de `docs/telas`.

A hora é sempre a mesma, e os dados são os da demonstração: o mesmo programa dá os mesmos bytes.
Depois do comando, pedaços de nomes refazem só as que os têm.
"""

import asyncio
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias
from unittest.mock import AsyncMock, patch
from zoneinfo import ZoneInfo

from textual.pilot import Pilot
from textual.widgets import Input

from oficina_cli.conexao import Conexao
from oficina_cli.demonstracao import preparar
from oficina_cli.tui import temas
from oficina_cli.tui.app import Balcao
from oficina_cli.tui.rascunhos import Rascunhos
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos import EditarOrcamento, VerOrcamento
from oficina_core.casos.ordens import VerOrdem
from oficina_core.casos.perfil import VerMeuPerfil
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Oficina, Pedido
from oficina_core.dominio.acesso import Sujeito, TipoAtor
from oficina_core.dominio.erros import Indisponivel
from tests.tui.conftest import ate, na_tela, sossegar, teclar

PASTA = Path(__file__).parents[2] / "docs" / "telas"
AGORA = datetime(2026, 11, 26, 14, 44, tzinfo=ZoneInfo("America/Sao_Paulo"))
PEQUENA, GRANDE = (80, 24), (120, 40)
GERENTE = Sujeito(tipo=TipoAtor.FUNCIONARIO, id=1)
DEMORA = 0.2  # segundos: mais do que a busca espera por outra letra
LETRA = '"Fira Code", "DejaVu Sans Mono", Menlo, Consolas, monospace'

Tamanho: TypeAlias = tuple[int, int]
Passo: TypeAlias = "str | Callable[[Cena], Awaitable[None]]"


class QueCai:
    """A oficina da foto, que pode sumir no meio."""

    def __init__(self, oficina: Oficina) -> None:
        self._oficina, self.fora = oficina, False

    def executar(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Any:
        if self.fora:
            raise Indisponivel("O banco não respondeu.")
        return self._oficina.executar(caso, pedido)

    def __getattr__(self, nome: str) -> Any:
        return getattr(self._oficina, nome)


@dataclass(frozen=True)
class Cena:
    """O que um passo pode mexer: as teclas, e a oficina por trás delas."""

    piloto: Pilot[None]
    oficina: QueCai


@dataclass(frozen=True)
class Foto:
    """O nome da imagem, e o que se tecla, da abertura até ela."""

    nome: str
    passos: tuple[Passo, ...] = ()
    tema: str = temas.PADRAO
    sem_cor: bool = False
    vazia: bool = False  # uma oficina que acabou de nascer
    inicio: bool = False  # ainda se escolhe onde a oficina fica


async def _cair(cena: Cena) -> None:
    """A oficina deixa de atender, e a tela o descobre ao pedir algo."""
    cena.oficina.fora = True
    await cena.piloto.press("f5")
    await ate(cena.piloto, lambda: "sem conexão desde" in na_tela(cena.piloto))


async def _outro_balcao(cena: Cena) -> None:
    """O rascunho da OS 39 muda em outro balcão, sem que este ainda o saiba."""
    (rascunho,) = cena.oficina.executar(VerOrdem(ordem_id=39)).orcamentos
    ficha = cena.oficina.executar(VerOrcamento(orcamento_id=rascunho.id))
    cena.oficina.executar(
        EditarOrcamento(
            orcamento_id=ficha.id,
            versao=ficha.versao,
            descricao=ficha.descricao,
            validade=ficha.validade,
            servicos=("CORREIA",),
            pecas=(
                ItemPedido(id="KIT-CORREIA", quantidade=Decimal(2)),
                ItemPedido(id="ADITIVO-RAD", quantidade=Decimal(5)),
            ),
        )
    )


FILA = ("f3",)
ORDEM = ("!29", "enter")
MONTAGEM = ("!45", "enter", "o", "!troca-oleo", "enter", "!past-diant", "enter", "!oleo", "down")

FOTOS = (
    Foto("inicio", inicio=True),
    Foto("atendimento"),
    Foto("atendimento-busca", ("!agua branca", "down")),
    Foto("recepcao", ("!rqv4c58", "enter", "tab", "!Fiat", "tab", "!Argo 1.3")),
    Foto("fila", FILA),
    Foto("fila-claro", FILA, tema="oficina-claro"),
    Foto("fila-alto-contraste", FILA, tema="oficina-alto-contraste"),
    Foto("fila-sem-cor", FILA, sem_cor=True),
    Foto("orcamentos", ("f4",)),
    Foto("orcamento-chegada", ("!fvy4e02", "enter")),
    Foto("orcamento", MONTAGEM),
    Foto("orcamento-enviado", ("!36", "enter", "o")),
    Foto("aprovacao", ("!36", "enter", "a", "down", "space")),
    Foto("ordem", ORDEM),
    Foto("estoque", ("f6",)),
    Foto("estoque-movimentos", ("f6", "/", "!oleo", "down", "m")),
    Foto("estoque-entrada", ("f6", "/", "!oleo", "down", "e")),
    Foto("cadastros", ("f7",)),
    Foto("cadastro", ("f7", "enter")),
    Foto("painel", ("f3", "g", "p")),
    Foto("ajuda", ("f3", "f1")),
    Foto("paleta", ("f3", "ctrl+p")),
    Foto("ir", ("f3", "g")),
    Foto("salto", (*MONTAGEM[:-2], "tab", "ctrl+o")),
    Foto("cancelar", (*ORDEM, "ctrl+p", "!cancelar", "enter", "!vai levar a outra oficina", "tab")),
    Foto("conflito", ("!39", "enter", "o", _outro_balcao, "!aditivo", "enter")),
    Foto("vazio", FILA, vazia=True),
    Foto("sem-conexao", (*FILA, _cair)),
)


class Estudio:
    """Onde se fotografa: uma oficina de cada tipo, que cada foto encontra como era."""

    def __init__(self, pasta: Path) -> None:
        self._pasta = pasta
        self._cheia, self._vazia = pasta / "cheia.db", pasta / "vazia.db"
        preparar(self._cheia, agora=lambda: AGORA).fechar()
        vazia = OficinaLocal.em(f"sqlite:///{self._vazia}", lambda: AGORA)
        vazia.executar(VerMeuPerfil())  # é o que cria o arquivo
        vazia.fechar()

    async def fotografar(self, foto: Foto, tamanho: Tamanho) -> str:
        """O SVG da tela, depois dos passos."""
        with tempfile.TemporaryDirectory(dir=self._pasta) as pasta, _parado(foto):
            local = self._oficina(foto, Path(pasta))
            try:
                return await self._na_oficina(foto, tamanho, QueCai(local), Path(pasta))
            finally:
                local.fechar()

    def _oficina(self, foto: Foto, pasta: Path) -> OficinaLocal:
        arquivo = shutil.copy(self._vazia if foto.vazia else self._cheia, pasta / "oficina.db")
        oficina = OficinaLocal.em(f"sqlite:///{arquivo}", lambda: AGORA)
        return oficina if foto.vazia else oficina.como(GERENTE)

    async def _na_oficina(self, foto: Foto, tamanho: Tamanho, oficina: QueCai, pasta: Path) -> str:
        app = Balcao(
            Conexao(pronta=oficina),
            demonstracao=not (foto.inicio or foto.vazia),
            inicio=foto.inicio,
            agora=lambda: AGORA,
            rascunhos=Rascunhos(lambda: pasta / "rascunhos"),
        )
        async with app.run_test(size=tamanho) as piloto:
            await teclar(piloto)
            app.theme = foto.tema
            for passo in foto.passos:
                if isinstance(passo, str):
                    await teclar(piloto, passo)
                    await piloto.pause(DEMORA)
                    await sossegar(piloto)
                else:
                    await passo(Cena(piloto, oficina))
            await piloto.pause()
            svg = app.export_screenshot(title="oficina", simplify=True)
            oficina.fora = False
        for estranho in app.estranhos:
            raise estranho
        return limpo(svg)


@contextmanager
def _parado(foto: Foto) -> Iterator[None]:
    """Nada que ande com o tempo, nem o que é de quem roda: cor, teclas, outros balcões."""
    ambiente = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    if foto.sem_cor:
        ambiente["NO_COLOR"] = "1"
    with (
        patch.dict(os.environ, ambiente, clear=True),
        patch("oficina_cli.tui.teclas.do_usuario", dict),
        patch.object(Balcao, "_vigiar", AsyncMock()),
        patch("oficina_cli.tui.widgets.moldura.Aviso._calar", lambda *_: None),
        patch.object(Input, "_toggle_cursor", lambda _: None),
    ):
        yield


def limpo(svg: str) -> str:
    """Sem buscar letra na rede, e sem o que só o programa que o desenhou precisa."""
    for que in (
        r"<!--.*?-->",
        r"@font-face \{.*?\}",
        r'<clipPath id="[^"]*-line-\d+">.*?</clipPath>',
        r' clip-path="url\(#[^"]*-line-\d+\)"',
    ):
        svg = re.sub(que, "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+-", "", svg)
    svg = svg.replace("font-family: Fira Code, monospace;", f"font-family: {LETRA};")
    svg = svg.replace("font-variant-east-asian: full-width;", "font-variant-ligatures: none;")
    svg = svg.replace("font-family: arial;", "font-family: sans-serif;")
    return "\n".join(filter(None, map(str.strip, svg.splitlines()))) + "\n"


def arquivo(foto: Foto, tamanho: Tamanho) -> Path:
    return PASTA / f"{foto.nome}-{tamanho[0]}x{tamanho[1]}.svg"


def refazer(pedacos: Sequence[str]) -> None:
    escolhidas = [f for f in FOTOS if not pedacos or any(p in f.nome for p in pedacos)]
    PASTA.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as pasta:
        estudio = Estudio(Path(pasta))
        for foto in escolhidas:
            for tamanho in (PEQUENA, GRANDE):
                svg = asyncio.run(estudio.fotografar(foto, tamanho))
                arquivo(foto, tamanho).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    refazer(sys.argv[1:])
