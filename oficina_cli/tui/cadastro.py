"""O que os cadastros têm em comum: as colunas de cada lista, e o formulário de um registro."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from textual.content import Content

from oficina_cli.tui.formulario import Gravado, TelaFormulario
from oficina_cli.tui.reativacao import nome_de, reativado
from oficina_cli.tui.widgets.campos import Campo
from oficina_cli.tui.widgets.desenho import (
    FORTE,
    NADA,
    SUAVE,
    Celula,
    dir_,
    esq,
    linha,
    solta,
)
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.erros import Conflito, VersaoAntiga

FLEXIVEL = 48  # colunas; o que sobra além disso fica vazio
DESATIVADO = "desativado · "


@dataclass(frozen=True)
class Coluna:
    """Uma coluna de uma lista; sem largura, reparte o que sobra com as outras que não a têm."""

    titulo: str
    dizer: Callable[[Any], str]
    largura: int = 0
    a_direita: bool = False
    suave: bool = False


class Cadastro(TelaFormulario):
    """Um registro: novo, ou o da ficha dada. Devolve a ficha de como ficou."""

    ABA = "cadastros"
    RECURSO: ClassVar[Recurso]

    def __init__(self, ficha: Any = None) -> None:
        super().__init__()
        self.ficha = ficha
        self.versao = ficha.versao if ficha else None
        self.nome_do_rascunho = f"{self.RECURSO.value}-{ficha.id if ficha else 'novo'}"

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
            if self.ficha:  # o que se edita não toma o lugar de outro
                raise
            id = await reativado(
                self, recusa, "Volta às listas; o que difere, confere-se a seguir."
            )
            if id is None:
                raise
            await self._ler(id)
            raise VersaoAntiga(str(recusa)) from recusa

    def contar(self, resultado: Any) -> str:
        return f"Gravado: {nome_de(resultado)}"

    async def agora(self) -> Gravado:
        return await self._ler(self.ficha.id)

    async def _ler(self, id: int) -> Gravado:
        self.ficha = await self.pedir(self.ver(id))
        valores: Mapping[str, Any] = self.valores_de(self.ficha)
        return Gravado(valores, self.ficha.versao)


@dataclass(frozen=True, kw_only=True)
class Fichario:
    """Uma das listas; `linha` é o tipo do que ela mostra, `efeito` o que desativar muda."""

    nome: str
    linha: type
    colunas: tuple[Coluna, ...]
    formulario: type[Cadastro]
    listar: type[Any]
    criar: type[CasoDeUso[Any]]
    editar: type[CasoDeUso[Any]]
    desativar: type[Any]
    dica: str
    efeito: str

    @property
    def recurso(self) -> Recurso:
        return self.formulario.RECURSO

    def cabecalho(self, largura: int) -> Content:
        """O título de cada coluna."""
        return linha(
            *(
                (dir_ if coluna.a_direita else esq)(coluna.titulo, n, SUAVE)
                for coluna, n in self._medir(largura)
            )
        )

    def desenhar(self, item: Any, largura: int, *, foco: bool) -> Content:
        """A linha de um registro; o desativado se diz na coluna que mais cabe."""
        celulas: list[Celula] = []
        for coluna, n in self._medir(largura):
            marca = "" if item.ativo or coluna is not self._larga else DESATIVADO
            estilo = SUAVE if coluna.suave or not item.ativo else ""
            celula = dir_ if coluna.a_direita else esq
            celulas.append(celula(marca + coluna.dizer(item), n, estilo))
        return linha(*celulas, foco=foco)

    @property
    def _larga(self) -> Coluna:
        return next(coluna for coluna in self.colunas if not coluna.largura)

    def _medir(self, largura: int) -> list[tuple[Coluna, int]]:
        """As fixas como são; as outras repartem o que sobra."""
        sobra = largura - sum(c.largura for c in self.colunas) - 2 * (len(self.colunas) - 1)
        cada = max(8, min(FLEXIVEL, sobra // sum(not c.largura for c in self.colunas)))
        return [(coluna, coluna.largura or cada) for coluna in self.colunas]
