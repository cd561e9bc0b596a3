"""Para onde vai o que se imprime: um arquivo PDF, ou a saída, em texto para a impressora."""

import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from oficina_cli.opcoes import PADRAO, Formato
from oficina_cli.saida import em_colunas
from oficina_core import arquivos
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import Opcao

if TYPE_CHECKING:
    from oficina_core.casos.impressoes import FichaImpressao, FichaImpressaoOrdem
    from oficina_core.documentos.folha import Folha


class Via(Opcao):
    """O que se imprime de uma ordem."""

    ORDEM = "ORDEM", "a ordem inteira"
    ENTRADA = "ENTRADA", "o recibo de quem deixa o carro"


@dataclass(frozen=True, kw_only=True)
class PdfGravado:
    """Onde o PDF ficou."""

    arquivo: str


def da_via(via: Via, ficha: "FichaImpressaoOrdem") -> "Folha":
    from oficina_core.documentos.composicao import da_entrada, da_ordem

    return da_entrada(ficha) if via is Via.ENTRADA else da_ordem(ficha)


def escolher(arquivo: Path, *, sobrescrever: bool) -> Path:
    """Onde o PDF vai ficar; recusa antes de o fazer se não se faz, ou se já há outro ali."""
    if find_spec("fpdf") is None:
        raise DadoInvalido("Esta instalação não faz PDF; instale com: pip install 'oficina[pdf]'")
    if arquivo == PADRAO:
        if sys.stdout.isatty():
            raise DadoInvalido(
                "O PDF não se lê no terminal; diga um arquivo, ou mande-o com > ou |."
            )
    else:
        arquivos.exigir_livre(arquivo, sobrescrever=sobrescrever)
    return arquivo


def gravar(folha: "Folha", arquivo: Path, *, sobrescrever: bool) -> PdfGravado | None:
    """Grava o PDF; se ele sai pela saída, não há mais o que dizer."""
    from oficina_core.documentos import a4

    conteudo = a4.desenhar(folha)
    if arquivo == PADRAO:
        sys.stdout.buffer.write(conteudo)
        return None
    with arquivos.novo(arquivo, sobrescrever=sobrescrever) as aberto:
        aberto.write(conteudo)
    return PdfGravado(arquivo=str(arquivo))


def escrever(folha: "Folha", ficha: "FichaImpressao", formato: Formato) -> "FichaImpressao | None":
    """O texto da bobina, na saída padrão; a um programa, a ficha de que ele se faz."""
    from oficina_core.documentos import bobina

    if em_colunas(formato):
        raise DadoInvalido("O que se imprime não cabe em CSV; use -o json.", "saida")
    if formato is not Formato.TABELA:
        return ficha
    sys.stdout.write(bobina.desenhar(folha))
    return None
