"""Link: o endereço secreto por onde o cliente vê o orçamento e responde."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from oficina_core.dominio.codigo import resumir
from oficina_core.dominio.entidade import Entidade
from oficina_core.dominio.erros import Conflito, NaoEncontrado
from oficina_core.dominio.orcamento import Orcamento
from oficina_core.dominio.valores import Opcao
from oficina_core.texto import data, quantidade, reais

VALIDADE = timedelta(days=90)  # para acompanhar; para decidir, vale a validade do orçamento
POR_HORA = 3


class SituacaoLink(Opcao):
    """O que o link ainda pode; o rótulo completa “este orçamento…”."""

    ABERTO = "ABERTO", "espera a sua resposta"
    DECIDIDO = "DECIDIDO", "já foi respondido"
    VENCIDO = "VENCIDO", "venceu"
    TROCADO = "TROCADO", "foi trocado por um mais novo"
    SEM_EFEITO = "SEM_EFEITO", "foi cancelado pela oficina"


@dataclass(kw_only=True, slots=True)
class LinkAprovacao(Entidade):
    """Do segredo guarda-se só o resumo; `conteudo` é o resumo do texto que o cliente leu.

    A decisão deixa a prova (CDC art. 39 VI): quando, de que endereço, e o texto mostrado.
    """

    orcamento_id: int
    resumo: str = field(repr=False)
    conteudo: str
    vale_ate: datetime
    criado_em: datetime
    decidido_em: datetime | None = None
    decidido_de: str | None = None
    mostrado: str | None = None

    def exigir_valido(self, agora: datetime) -> None:
        if agora > self.vale_ate:
            raise NaoEncontrado("Este link venceu; peça outro à oficina.")

    def decidir(self, conteudo: str, mostrado: str, endereco: str, agora: datetime) -> None:
        """Guarda a prova; Conflito se o que se leu não é o que está no orçamento, nem no link."""
        if not conteudo == self.conteudo == resumir(mostrado):
            raise Conflito("O orçamento mudou depois deste link; peça outro à oficina.")
        self.decidido_em, self.decidido_de, self.mostrado = agora, endereco, mostrado


def por_extenso(orcamento: Orcamento, placa: str) -> str:
    """O orçamento como o cliente o lê; o resumo deste texto prende o link ao que se mostrou."""
    linhas = [
        f"Orçamento {orcamento.id}, revisão {orcamento.revisao}, veículo {placa}",
        orcamento.descricao,
        *(
            f"{item.id}. {item.descricao}: "
            f"{quantidade(item.unidade.comercial(item.quantidade), item.unidade)} × "
            f"{reais(item.preco_unitario)} − {reais(item.desconto)} = {reais(item.total)}"
            for item in orcamento.itens
        ),
        f"Total {reais(orcamento.valor_total)}",
        f"Válido até {data(orcamento.validade)}" if orcamento.validade else "",
    ]
    return "\n".join(linhas)
