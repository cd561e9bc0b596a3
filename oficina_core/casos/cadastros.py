"""O que os cadastros têm em comum: buscar, não repetir, desativar e reativar."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from oficina_core.casos import campos
from oficina_core.casos.paginas import Lista, Pagina
from oficina_core.casos.portas import Cadastros, Linha
from oficina_core.dominio.entidade import Cadastro
from oficina_core.dominio.erros import Conflito, RegraViolada
from oficina_core.dominio.valores import Opcao

C = TypeVar("C", bound=Cadastro)
L = TypeVar("L")


class Recurso(Opcao):
    """O que se cadastra: a palavra do comando e a das pessoas."""

    CLIENTE = "cliente", "cliente"
    FUNCIONARIO = "funcionario", "funcionário"
    VEICULO = "veiculo", "veículo"
    PECA = "peca", "peça"
    SERVICO = "servico", "serviço"
    KIT = "kit", "kit"


@dataclass(frozen=True, kw_only=True)
class Busca(Lista):
    """Uma lista por nome; `busca` é um pedaço, sem ligar para acento."""

    busca: str | None = None
    inativos: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        campos.fixar(self, busca=campos.nome_opcional(self.busca, "busca"))

    def pagina(self, colecao: Cadastros[C], de: Callable[[Linha], L]) -> Pagina[L]:
        return self.paginar(self.linhas(colecao), por_nome, de)

    def linhas(self, colecao: Cadastros[C]) -> Sequence[Linha]:
        """As desta página, e mais uma se há outra."""
        return colecao.listar(
            busca=self.busca,
            inativos=self.inativos,
            depois=self.depois(str, int),
            limite=self.limite + 1,
        )


def por_nome(linha: Linha) -> tuple[str, int]:
    return linha["ordem"], linha["id"]


def recusar_repetido(
    colecao: Cadastros[C], nome: str | None, recurso: Recurso, id: int = 0
) -> None:
    """Levanta Conflito se outro registro já tem esse nome natural, mesmo desativado."""
    existente = colecao.procurar(nome) if nome else None
    if existente is None or existente.id == id:
        return
    if existente.ativo:
        raise Conflito(
            f"Já existe: {recurso.rotulo} {existente.id}.",
            comando=f"{recurso.value} ver id:{existente.id}",
        )
    raise Conflito(
        f"Já existe, mas está desativado: {recurso.rotulo} {existente.id}. Reative-o.",
        comando=_reativar(recurso, existente.id),
    )


def exigir_ativo(cadastro: C, recurso: Recurso) -> C:
    """O mesmo registro; RegraViolada se está desativado."""
    if not cadastro.ativo:
        raise RegraViolada(
            f"Está desativado: {recurso.rotulo} {cadastro.id}. Reative-o antes.",
            comando=_reativar(recurso, cadastro.id),
        )
    return cadastro


def _reativar(recurso: Recurso, id: int) -> str:
    return f"{recurso.value} reativar id:{id}"


def ativar(colecao: Cadastros[C], id: int, *, ativo: bool) -> C:
    """Desativa ou reativa; repetir não muda nada."""
    cadastro = colecao.obter(id)
    if cadastro.ativo is not ativo:
        cadastro.ativo = ativo
        colecao.salvar(cadastro)
    return cadastro
