"""O que os cadastros têm em comum: as colunas de cada lista, e o formulário de um registro."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from textual.content import Content

from oficina_cli.tui.formulario import Gravado, TelaFormulario
from oficina_cli.tui.reativacao import reativado
from oficina_cli.tui.widgets.campos import Campo
from oficina_cli.tui.widgets.desenho import FORTE, NADA, solta, uma_linha
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.erros import Conflito, VersaoAntiga


@dataclass(frozen=True)
class Coluna:
    """Uma coluna de uma lista; sem largura, reparte o que sobra com as outras que não a têm."""

    titulo: str
    dizer: Callable[[Any], str]
    largura: int = 0
    a_direita: bool = False
    suave: bool = False


def nome_de(ficha: Any) -> str:
    """Como se chama o registro: o nome ou, do carro, a placa."""
    return uma_linha(ficha.nome if hasattr(ficha, "nome") else ficha.placa)


class Cadastro(TelaFormulario):
    """Um registro: novo, ou o da ficha dada. Devolve a ficha de como ficou."""

    ABA = "cadastros"
    RECURSO: ClassVar[Recurso]

    def __init__(self, ficha: Any = None) -> None:
        super().__init__()
        self.ficha = ficha
        self.versao = ficha.versao if ficha else None
        qual = f"{ficha.id}-{ficha.versao}" if ficha else "novo"
        self._rascunho = f"{self.RECURSO.value}-{qual}"

    def perguntas(self) -> tuple[Campo, ...]:
        """Os campos, vazios."""
        raise NotImplementedError

    def valores_de(self, ficha: Any) -> dict[str, Any]:
        """O que cada campo diz de uma ficha."""
        return {campo.nome: getattr(ficha, campo.nome) for campo in self.perguntas()}

    def caso(self, valores: dict[str, Any]) -> CasoDeUso[Any]:
        """O pedido que cria ou, se há ficha, edita."""
        raise NotImplementedError

    @staticmethod
    def ver(id: int) -> CasoDeUso[Any]:
        """O pedido que lê a ficha."""
        raise NotImplementedError

    @property
    def nome_do_rascunho(self) -> str:
        """A versão faz parte: o rascunho de antes de outro gravar desfaria o que ele gravou."""
        return self._rascunho

    def titulo(self) -> str:
        dito = f"{self.RECURSO.rotulo[0].upper()}{self.RECURSO.rotulo[1:]}"
        return f"{dito} {self.ficha.id}" if self.ficha else f"{dito} · cadastro"

    def contexto(self) -> tuple[Content, Content]:
        quem = nome_de(self.ficha) if self.ficha else "Cadastros"
        return solta((quem, FORTE)), NADA

    def comando(self) -> str:
        acao = f"editar id:{self.ficha.id}" if self.ficha else "criar"
        return f"oficina {self.RECURSO.value} {acao}"

    def campos(self) -> tuple[Campo, ...]:
        if not self.ficha:
            return self.perguntas()
        valores = self.valores_de(self.ficha)
        return tuple(replace(c, inicial=valores.get(c.nome)) for c in self.perguntas())

    async def gravar(self, valores: dict[str, Any]) -> Any:
        try:
            return await self.pedir(self.caso(valores))
        except VersaoAntiga:
            raise
        except Conflito as recusa:
            id = await reativado(self, recusa, "Ao confirmar, volta às listas com estes dados.")
            if id is None:
                raise
        gravado = await self._ler(id)
        self.versao = gravado.versao
        return await self.gravar(valores)

    async def agora(self) -> Gravado:
        return await self._ler(self.ficha.id)

    async def _ler(self, id: int) -> Gravado:
        self.ficha = await self.pedir(self.ver(id))
        valores: Mapping[str, Any] = self.valores_de(self.ficha)
        return Gravado(valores, self.ficha.versao)


@dataclass(frozen=True, kw_only=True)
class Prateleira:
    """Uma das listas; `linha` é o tipo do que ela mostra, `efeito` o que desativar muda."""

    nome: str
    linha: type
    colunas: tuple[Coluna, ...]
    formulario: type[Cadastro]
    listar: Callable[..., CasoDeUso[Any]]
    criar: type[CasoDeUso[Any]]
    editar: type[CasoDeUso[Any]]
    desativar: Callable[[int], CasoDeUso[Any]]
    dica: str
    efeito: str

    @property
    def recurso(self) -> Recurso:
        return self.formulario.RECURSO
