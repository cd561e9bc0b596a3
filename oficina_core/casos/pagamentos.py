"""O que o cliente paga por uma ordem, e o que se devolve."""

from dataclasses import dataclass
from datetime import timedelta

from oficina_core.casos import campos
from oficina_core.casos.ordens import FichaOrdem, anotar, ficha
from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.dinheiro import ZERO, Reais
from oficina_core.dominio.erros import (
    Conflito,
    DadoInvalido,
    NaoEncontrado,
    PagamentoRepetido,
    RegraViolada,
)
from oficina_core.dominio.ordem import ENCERRADAS, OrdemServico
from oficina_core.dominio.pagamento import FormaPagamento, Pagamento
from oficina_core.texto import reais

REPETICAO = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class RegistrarPagamento:
    """Registra o que o cliente pagou por uma ordem; antes de pronta, pode ser um sinal.

    O mesmo valor, da mesma forma, em dois minutos, costuma ser engano: `outro_igual` diz que não.
    """

    ordem_id: int
    forma: FormaPagamento
    valor: Reais
    outro_igual: bool = False

    def __post_init__(self) -> None:
        campos.fixar(self, valor=campos.reais(self.valor, "valor"))
        if not self.valor:
            raise DadoInvalido("O valor do pagamento deve ser maior que zero.", "valor")

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        uow.ordens.salvar(ordem)
        if not self.outro_igual:
            self._recusar_repetido(uow)
        saldo = uow.ordens.contas({ordem.id: ordem.status}, uow.hoje())[ordem.id].saldo
        if ordem.status in ENCERRADAS and self.valor > saldo:
            raise RegraViolada(f"O pagamento passa do que falta, {reais(max(saldo, ZERO))}.")
        uow.pagamentos.adicionar(
            Pagamento(
                ordem_id=ordem.id,
                forma=self.forma,
                valor=self.valor,
                em=uow.agora(),
                ator=uow.ator.nome,
            )
        )
        return ficha(uow, ordem)

    def _recusar_repetido(self, uow: UnidadeDeTrabalho) -> None:
        pagamentos = uow.pagamentos.da_ordem(self.ordem_id)
        estornados = {pagamento.estorno_de for pagamento in pagamentos}
        for p in pagamentos:
            igual = (p.forma, p.valor) == (self.forma, self.valor) and p.id not in estornados
            if igual and uow.agora() - p.em < REPETICAO:
                raise PagamentoRepetido(
                    f"Um pagamento igual acabou de ser registrado (nº {p.id}); confira se não é "
                    "o mesmo.",
                    comando="--outro-igual",
                )


@dataclass(frozen=True, kw_only=True)
class EstornarPagamento:
    """Devolve um pagamento, uma vez só; os dois ficam no registro, e o `motivo`, nas notas."""

    pagamento_id: int
    motivo: str | None = None

    def __post_init__(self) -> None:
        campos.fixar(self, motivo=campos.nota_opcional(self.motivo, "motivo"))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        pagamento = uow.pagamentos.obter(self.pagamento_id)
        ordem = self._ordem(uow, pagamento)
        estorno = pagamento.estornar(uow.agora(), uow.ator.nome)
        uow.ordens.salvar(ordem)
        if any(p.estorno_de == pagamento.id for p in uow.pagamentos.da_ordem(ordem.id)):
            raise Conflito(f"O pagamento {pagamento.id} já foi estornado.")
        uow.pagamentos.adicionar(estorno)
        if self.motivo:
            anotar(uow, ordem, self.motivo)
        return ficha(uow, ordem)

    def _ordem(self, uow: UnidadeDeTrabalho, pagamento: Pagamento) -> OrdemServico:
        """O pagamento de uma ordem que não se vê responde como o que não existe."""
        try:
            return uow.ordens.obter(pagamento.ordem_id)
        except NaoEncontrado:
            raise NaoEncontrado(f"Não há pagamento {pagamento.id}; confira o número.") from None
