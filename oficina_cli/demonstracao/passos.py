"""O que acontece com um carro na oficina, um passo de cada vez, feito por quem o faria.

Cada passo é uma função de Visita; os passos só pedem casos de uso, como qualquer superfície.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import TypeAlias

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.campos import Referencia
from oficina_core.casos.estoque import EntradaEstoque
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EnviarOrcamento,
    FichaOrcamento,
    RevisarOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens import (
    AnotarOrdem,
    AtribuirMecanico,
    FichaOrdem,
    IniciarDiagnostico,
    VerOrdem,
)
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, EntregarOrdem, FinalizarOrdem
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.dominio.acesso import Sujeito, TipoAtor
from oficina_core.dominio.orcamento import Meio
from oficina_core.dominio.pagamento import FormaPagamento

MEIOS = (Meio.WHATSAPP, Meio.BALCAO, Meio.TELEFONE, Meio.EMAIL)
PESO_DOS_MEIOS = (60, 20, 15, 5)
FORMAS = {
    FormaPagamento.PIX: 45,
    FormaPagamento.CARTAO_CREDITO: 35,
    FormaPagamento.CARTAO_DEBITO: 12,
    FormaPagamento.DINHEIRO: 5,
    FormaPagamento.BOLETO: 3,
}
MOTIVOS = (
    "Achou caro; vai esperar o décimo terceiro.",
    "Vai fazer no mês que vem.",
    "Pediu para trocar só o que é urgente.",
)
NOTAS = (
    "Cliente avisado; prefere mensagem depois das 18 h.",
    "Parafuso da roda espanado: trocar na próxima visita.",
    "Carro ficou com o estepe no porta-malas.\nChave reserva no quadro.",
)


@dataclass(frozen=True, kw_only=True)
class Trabalho:
    """Uma queixa e o que se costuma propor para ela."""

    queixa: str
    servicos: tuple[Referencia, ...] = ()
    pecas: tuple[Referencia | ItemPedido, ...] = ()
    kits: tuple[Referencia, ...] = ()


@dataclass(kw_only=True)
class Visita:
    """Um carro na oficina: quem o atende (por número), o que ele tem e onde está no caminho."""

    oficina: OficinaLocal
    sorte: Random
    gerente_id: int
    balcao_id: int
    mecanico_id: int
    placa: str
    km: int
    trabalho: Trabalho
    ordem: int = 0
    orcamentos: list[FichaOrcamento] = field(default_factory=list)

    @property
    def gerente(self) -> OficinaLocal:
        return self._como(self.gerente_id)

    @property
    def balcao(self) -> OficinaLocal:
        return self._como(self.balcao_id)

    @property
    def mecanico(self) -> OficinaLocal:
        return self._como(self.mecanico_id)

    @property
    def orcamento(self) -> FichaOrcamento:
        """O de que se fala agora: o último feito."""
        return self.orcamentos[-1]

    def _como(self, funcionario: int) -> OficinaLocal:
        return self.oficina.como(Sujeito(tipo=TipoAtor.FUNCIONARIO, id=funcionario))


Passo: TypeAlias = Callable[[Visita], None]


def receber(v: Visita) -> None:
    caso = AbrirOrdem(veiculo_id=v.placa, queixa=v.trabalho.queixa, km=v.km)
    v.ordem = v.balcao.executar(caso).id


def diagnosticar(v: Visita) -> None:
    v.mecanico.executar(IniciarDiagnostico(ordem_id=v.ordem))


def atribuir(v: Visita) -> None:
    v.balcao.executar(AtribuirMecanico(ordem_id=v.ordem, mecanico_id=v.mecanico_id))


def anotar(v: Visita) -> None:
    v.mecanico.executar(AnotarOrdem(ordem_id=v.ordem, texto=v.sorte.choice(NOTAS)))


def rascunhar(v: Visita) -> None:
    """O mecânico monta a proposta da ordem; o balcão ainda não a mandou."""
    t = v.trabalho
    caso = CriarOrcamento(ordem_id=v.ordem, servicos=t.servicos, pecas=t.pecas, kits=t.kits)
    v.orcamentos.append(v.mecanico.executar(caso))


def orcar_no_balcao(v: Visita) -> None:
    """O cliente só quer saber o preço: não há ordem, e o balcão dá um desconto pequeno."""
    t = v.trabalho
    caso = CriarOrcamento(
        veiculo_id=v.placa,
        servicos=t.servicos,
        pecas=t.pecas,
        kits=t.kits,
        descricao=t.queixa,
        desconto=Decimal(10),
    )
    v.orcamentos.append(v.balcao.executar(caso))


def enviar(v: Visita) -> None:
    v.balcao.executar(EnviarOrcamento(orcamento_id=v.orcamento.id))


def revisar(v: Visita) -> None:
    caso = RevisarOrcamento(orcamento_id=v.orcamento.id, enviar=True)
    v.orcamentos.append(v.balcao.executar(caso))


def complementar(v: Visita) -> None:
    """Com o carro aberto, o mecânico acha mais o que fazer."""
    fluido = ItemPedido(id="FLUIDO-DOT4", quantidade=Decimal("0.5"))
    caso = CriarOrcamento(ordem_id=v.ordem, servicos=("FLUIDO",), pecas=(fluido,), enviar=True)
    v.orcamentos.append(v.mecanico.executar(caso))


def aprovar(v: Visita) -> None:
    _aprovar(v, None)


def aprovar_parte(v: Visita) -> None:
    """Deixa a última linha para depois: ela volta como sugestão na próxima visita."""
    _aprovar(v, tuple(item.id for item in v.orcamento.itens[:-1]))


def _aprovar(v: Visita, linhas: tuple[int, ...] | None) -> None:
    caso = AprovarOrcamento(
        orcamento_id=v.orcamento.id,
        linhas=linhas,
        meio=v.sorte.choices(MEIOS, PESO_DOS_MEIOS)[0],
        motivo=v.sorte.choice(MOTIVOS) if linhas else None,
        permitir_falta=True,
    )
    v.ordem = v.balcao.executar(caso).id


def recusar(v: Visita) -> None:
    motivo = v.sorte.choice(MOTIVOS)
    v.balcao.executar(RecusarOrcamento(orcamento_id=v.orcamento.id, motivo=motivo))


def recusar_e_levar(v: Visita) -> None:
    """Recusa e leva o carro embora."""
    caso = RecusarOrcamento(
        orcamento_id=v.orcamento.id, motivo=v.sorte.choice(MOTIVOS), cancelar_ordem=True
    )
    v.balcao.executar(caso)


def desistir(v: Visita) -> None:
    caso = CancelarOrcamento(orcamento_id=v.orcamento.id, motivo="Lançado no carro errado.")
    v.balcao.executar(caso)


def cancelar(v: Visita) -> None:
    v.gerente.executar(CancelarOrdem(ordem_id=v.ordem, motivo="O cliente vendeu o carro."))


def comprar(v: Visita) -> None:
    """Compra o que falta à ordem, com sobra: quem esperava antes recebe primeiro."""
    while faltas := [i for o in _ver(v).orcamentos for i in o.itens if i.falta]:
        for item in faltas:
            caso = EntradaEstoque(
                peca_id=item.peca_id or 0,
                quantidade=item.falta + 4,
                custo=round(item.preco_unitario * Decimal("0.66"), 2),
                motivo="Compra no distribuidor.",
            )
            v.balcao.executar(caso)


def finalizar(v: Visita) -> None:
    v.mecanico.executar(FinalizarOrdem(ordem_id=v.ordem))


def pagar_sinal(v: Visita) -> None:
    _pagar(v, round(_ver(v).saldo / 2))


def pagar(v: Visita) -> None:
    _pagar(v, _ver(v).saldo)


def _pagar(v: Visita, valor: Decimal | int) -> None:
    forma = v.sorte.choices(list(FORMAS), list(FORMAS.values()))[0]
    v.balcao.executar(RegistrarPagamento(ordem_id=v.ordem, forma=forma, valor=Decimal(valor)))


def entregar(v: Visita) -> None:
    v.balcao.executar(EntregarOrdem(ordem_id=v.ordem, km=v.km + v.sorte.randint(1, 9)))


def _ver(v: Visita) -> FichaOrdem:
    return v.balcao.executar(VerOrdem(ordem_id=v.ordem))
