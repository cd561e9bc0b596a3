"""O que se grava no estoque: a entrada, o ajuste e a prateleira de uma peça."""

import shlex
from dataclasses import replace
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.content import Content

from oficina_cli.tui.estoque_desenho import em_foco, quanto
from oficina_cli.tui.formulario import Gravado, TelaFormulario
from oficina_cli.tui.widgets.campos import DINHEIRO, NOME, QUANTIDADE, TEXTO, Campo
from oficina_core.casos.estoque import (
    AjustarEstoque,
    ConferirEstoque,
    DefinirPrateleira,
    EntradaEstoque,
    FichaMovimento,
)
from oficina_core.casos.pecas import FichaPeca, VerPeca
from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.dinheiro import conferir_quantidade
from oficina_core.dominio.erros import DadoInvalido, VersaoAntiga
from oficina_core.dominio.valores import Opcao
from oficina_core.texto import quantidade

LUGAR = replace(NOME, maximo=30)
ATENDIDAS_DITAS = 4
MUDOU = "A prateleira mudou depois que você a abriu."
DO_AJUSTE = ("delta", "contado")  # como o núcleo chama a quantidade deste formulário


class Ajuste(Opcao):
    """O que a quantidade de um ajuste quer dizer."""

    CONFERENCIA = "CONFERENCIA", "conferência: é o que há na prateleira"
    SOBRA = "SOBRA", "sobra: há a mais"
    FALTA = "FALTA", "falta: há a menos"


def feito(o_que: str, ficha: FichaMovimento) -> str:
    """O que mudou, e que ordens deixaram de esperar a peça."""
    peca = ficha.peca
    if ficha.movimento_id is None:
        return f"A conferência bateu: há {quanto(peca.estoque, peca)}. Nada mudou."
    sinal = "+" if ficha.delta > 0 else ""
    frase = (
        f"{o_que} de {peca.codigo}: {sinal}{quanto(ficha.delta, peca)}; "
        f"há {quanto(peca.estoque, peca)}"
    )
    if peca.reservado:
        frase += f", {quantidade(peca.disponivel)} sem reserva"
    if not ficha.atendidas:
        return f"{frase}."
    ditas = [
        f"OS {a.ordem_id} {a.placa} ({quanto(a.quantidade, peca)})"
        for a in ficha.atendidas[:ATENDIDAS_DITAS]
    ]
    resto = len(ficha.atendidas) - len(ditas)
    return f"{frase}. Quem esperava recebeu: {', '.join(ditas)}{f' e mais {resto}' * bool(resto)}."


class FormularioPeca(TelaFormulario):
    """Um formulário sobre uma peça; devolve a frase do que se fez."""

    ABA = "estoque"
    CASO: ClassVar[type[CasoDeUso[Any]]]
    RASCUNHO: ClassVar[str] = ""

    def __init__(self, peca: FichaPeca) -> None:
        super().__init__()
        self.peca = peca
        self.nome_do_rascunho = f"{self.RASCUNHO}-{peca.id}"

    def titulo(self) -> str:
        return f"{self.TITULO} · {self.peca.codigo}"

    def contexto(self) -> tuple[Content, Content]:
        return em_foco(self.peca, self.app.size.width)

    def contar(self, resultado: str) -> str:
        return resultado


class NovaEntrada(FormularioPeca):
    TITULO, RASCUNHO, CASO = "Entrada", "entrada", EntradaEstoque
    BINDINGS: ClassVar[list[BindingType]] = TelaFormulario.BINDINGS

    def campos(self) -> tuple[Campo, ...]:
        un = self.peca.unidade.value
        return (
            Campo(nome="quantidade", rotulo=f"Quanto, em {un}", tipo=QUANTIDADE, obrigatorio=True),
            Campo(
                nome="custo",
                rotulo=f"Custo de 1 {un}",
                tipo=DINHEIRO,
                dica="sem ele, o custo médio não muda",
            ),
            Campo(nome="motivo", rotulo="Nota ou motivo", tipo=TEXTO),
        )

    async def gravar(self, valores: dict[str, Any]) -> str:
        return feito("Entrada", await self.pedir(EntradaEstoque(peca_id=self.peca.id, **valores)))

    def comando(self) -> str:
        dito = self.formulario.digitado()
        custo = ["--custo", dito["custo"]] if dito["custo"] else []
        quanto = dito["quantidade"] or "QTD"
        return shlex.join(["oficina", "estoque", "entrada", self.peca.codigo, quanto, *custo])


class NovoAjuste(FormularioPeca):
    TITULO, RASCUNHO, CASO = "Ajuste", "ajuste", AjustarEstoque
    BINDINGS: ClassVar[list[BindingType]] = TelaFormulario.BINDINGS

    def campos(self) -> tuple[Campo, ...]:
        return (
            Campo(
                nome="quantidade",
                rotulo=f"Quanto, em {self.peca.unidade.value}",
                tipo=QUANTIDADE,
                obrigatorio=True,
                dica=f"no sistema há {quanto(self.peca.estoque, self.peca)}",
            ),
            Campo(nome="ajuste", rotulo="O que é", tipo=Ajuste, obrigatorio=True),
            Campo(nome="motivo", rotulo="Motivo", tipo=TEXTO, dica="a conferência pode não ter"),
        )

    async def gravar(self, valores: dict[str, Any]) -> str:
        try:
            return feito("Ajuste", await self.pedir(self._caso(**valores)))
        except DadoInvalido as erro:
            if erro.campo in DO_AJUSTE:
                raise DadoInvalido(str(erro), "quantidade") from erro
            raise

    def _caso(self, quantidade: Any, ajuste: Ajuste, motivo: str | None) -> CasoDeUso[Any]:
        peca = self.peca.id
        if ajuste is Ajuste.CONFERENCIA:
            return ConferirEstoque(peca_id=peca, contado=quantidade, motivo=motivo or "conferência")
        delta = conferir_quantidade(quantidade)
        return AjustarEstoque(
            peca_id=peca, delta=delta if ajuste is Ajuste.SOBRA else -delta, motivo=motivo or ""
        )

    def comando(self) -> str:
        return shlex.join(["oficina", "estoque", "conferir", self.peca.codigo, "CONTADO"])


class NovaPrateleira(FormularioPeca):
    TITULO, RASCUNHO, CASO = "Prateleira", "prateleira", DefinirPrateleira
    BINDINGS: ClassVar[list[BindingType]] = TelaFormulario.BINDINGS

    def __init__(self, peca: FichaPeca) -> None:
        super().__init__(peca)
        self.versao = peca.versao  # edita-se: no rascunho fica só o que mudou

    def campos(self) -> tuple[Campo, ...]:
        peca = self.peca
        return (
            Campo(
                nome="minimo",
                rotulo=f"Mínimo, em {peca.unidade.value}",
                tipo=QUANTIDADE,
                inicial=peca.minimo,
                obrigatorio=True,
            ),
            Campo(nome="localizacao", rotulo="Lugar", tipo=LUGAR, inicial=peca.localizacao),
        )

    async def gravar(self, valores: dict[str, Any]) -> str:
        """A prateleira não tem versão no pedido: o que se compara é o que ela diz."""
        if (await self.agora()).valores != self.formulario.iniciais():
            raise VersaoAntiga(MUDOU)
        ficha = await self.pedir(DefinirPrateleira(peca_id=self.peca.id, **valores))
        lugar = f", em {ficha.localizacao}" if ficha.localizacao else ", sem lugar"
        return f"Prateleira de {ficha.codigo}: mínimo de {quanto(ficha.minimo, ficha)}{lugar}."

    async def agora(self) -> Gravado:
        peca = await self.pedir(VerPeca(peca_id=self.peca.id))
        valores = {"minimo": peca.minimo, "localizacao": peca.localizacao}
        return Gravado(valores, peca.versao)

    def comando(self) -> str:
        fixo = ("--minimo", "QTD", "--lugar", "LUGAR")
        return shlex.join(["oficina", "estoque", "prateleira", self.peca.codigo, *fixo])
