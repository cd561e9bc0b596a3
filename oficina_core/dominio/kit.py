"""Kit: serviços e peças que se orçam juntos, como a troca de óleo."""

from dataclasses import dataclass, field

from oficina_core.dominio.entidade import Cadastro
from oficina_core.dominio.erros import RegraViolada


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemKit:
    """Um serviço ou uma peça do kit; `quantidade` na unidade de base."""

    servico_id: int | None = None
    peca_id: int | None = None
    quantidade: int


@dataclass(kw_only=True, slots=True)
class Kit(Cadastro):
    """Não tem preço próprio: vale a soma dos preços do dia em que se orça."""

    codigo: str
    nome: str
    itens: list[ItemKit] = field(default_factory=list)

    def compor(self, itens: list[ItemKit]) -> None:
        """Troca o conteúdo, em ordem de peça; RegraViolada se fica vazio ou repete um item."""
        if not itens:
            raise RegraViolada("Um kit precisa de ao menos um serviço ou peça.")
        if len({(i.servico_id, i.peca_id) for i in itens}) < len(itens):
            raise RegraViolada("O kit repete um item; some as quantidades.")
        self.itens = sorted(itens, key=lambda item: item.peca_id or 0)
