"""O que os cadastros têm em comum: buscar, não repetir, desativar e reativar."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from oficina_core.casos.paginas import LIMITE_PADRAO, Pagina, abrir, conferir_limite, paginar
from oficina_core.casos.portas import Cadastros, Linha
from oficina_core.dominio.entidade import Cadastro
from oficina_core.dominio.erros import Conflito, RegraViolada

C = TypeVar("C", bound=Cadastro)
L = TypeVar("L")


@dataclass(frozen=True, kw_only=True)
class Busca:
    """Uma lista por nome, em páginas; `busca` é um pedaço, sem ligar para acento."""

    busca: str | None = None
    inativos: bool = False
    limite: int = LIMITE_PADRAO
    cursor: str | None = None

    def __post_init__(self) -> None:
        conferir_limite(self.limite)

    def pagina(self, colecao: Cadastros[C], de: Callable[[Linha], L]) -> Pagina[L]:
        filtro = (self.busca, self.inativos)
        linhas = colecao.listar(
            busca=self.busca,
            inativos=self.inativos,
            depois=abrir(self.cursor, (str, int), *filtro),
            limite=self.limite + 1,
        )
        return paginar(linhas, self.limite, por_nome, de, *filtro)


def por_nome(linha: Linha) -> tuple[str, int]:
    return linha["ordem"], linha["id"]


def recusar_repetido(colecao: Cadastros[C], nome: str | None, recurso: str, id: int = 0) -> None:
    """Levanta Conflito se outro registro já tem esse nome natural, mesmo desativado."""
    existente = colecao.procurar(nome) if nome else None
    if existente is None or existente.id == id:
        return
    if existente.ativo:
        raise Conflito(f"Já existe: é o {recurso} {existente.id}.")
    raise Conflito(
        f"Já existe, desativado: é o {recurso} {existente.id}; "
        f"traga-o de volta com: oficina {recurso} reativar id:{existente.id}"
    )


def exigir_ativo(cadastro: C, recurso: str) -> C:
    """O mesmo registro; RegraViolada se está desativado."""
    if not cadastro.ativo:
        raise RegraViolada(
            f"O registro de {recurso} {cadastro.id} está desativado; "
            f"reative com: oficina {recurso} reativar id:{cadastro.id}"
        )
    return cadastro


def ativar(colecao: Cadastros[C], id: int, *, ativo: bool) -> C:
    """Desativa ou reativa; repetir não muda nada."""
    cadastro = colecao.obter(id)
    cadastro.ativo = ativo
    colecao.salvar(cadastro)
    return cadastro
