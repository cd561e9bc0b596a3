"""Ordem de serviço: o caminho do veículo dentro da oficina.

O status muda só por ações; o que não está em CAMINHOS é recusado.
"""

from dataclasses import dataclass
from datetime import datetime

from oficina_core.dominio.acesso import Ator, Papel
from oficina_core.dominio.entidade import Entidade, Registro
from oficina_core.dominio.erros import AcessoNegado, Conflito, RegraViolada
from oficina_core.dominio.valores import Opcao
from oficina_core.texto import lista


class StatusOrdem(Opcao):
    RECEBIDA = "RECEBIDA", "recebida"
    EM_DIAGNOSTICO = "EM_DIAGNOSTICO", "em diagnóstico"
    AGUARDANDO_APROVACAO = "AGUARDANDO_APROVACAO", "aguardando aprovação"
    EM_EXECUCAO = "EM_EXECUCAO", "em execução"
    FINALIZADA = "FINALIZADA", "finalizada"
    ENTREGUE = "ENTREGUE", "entregue"
    CANCELADA = "CANCELADA", "cancelada"


S = StatusOrdem

SEM_RESPOSTA = (S.RECEBIDA, S.EM_DIAGNOSTICO, S.AGUARDANDO_APROVACAO)  # ainda se orça
FILA = (S.EM_EXECUCAO, S.AGUARDANDO_APROVACAO, S.EM_DIAGNOSTICO, S.RECEBIDA)
ENCERRADAS = (S.FINALIZADA, S.ENTREGUE, S.CANCELADA)


class AcaoOrdem(Opcao):
    DIAGNOSTICAR = "DIAGNOSTICAR", "entrar em diagnóstico"
    AGUARDAR = "AGUARDAR", "aguardar aprovação"
    RETOMAR = "RETOMAR", "voltar ao diagnóstico"
    EXECUTAR = "EXECUTAR", "ser executada"
    FINALIZAR = "FINALIZAR", "ser finalizada"
    ENTREGAR = "ENTREGAR", "ser entregue"
    CANCELAR = "CANCELAR", "ser cancelada"


CAMINHOS: dict[AcaoOrdem, tuple[frozenset[StatusOrdem], StatusOrdem]] = {
    AcaoOrdem.DIAGNOSTICAR: (frozenset({S.RECEBIDA}), S.EM_DIAGNOSTICO),
    AcaoOrdem.AGUARDAR: (frozenset({S.RECEBIDA, S.EM_DIAGNOSTICO}), S.AGUARDANDO_APROVACAO),
    AcaoOrdem.RETOMAR: (frozenset({S.AGUARDANDO_APROVACAO}), S.EM_DIAGNOSTICO),
    AcaoOrdem.EXECUTAR: (frozenset(SEM_RESPOSTA), S.EM_EXECUCAO),
    AcaoOrdem.FINALIZAR: (frozenset({S.EM_EXECUCAO}), S.FINALIZADA),
    AcaoOrdem.ENTREGAR: (frozenset({S.FINALIZADA}), S.ENTREGUE),
    AcaoOrdem.CANCELAR: (frozenset(FILA), S.CANCELADA),
}


# O que vem depois de cada status, e o comando que o faz.
PROXIMO_PASSO: dict[StatusOrdem, tuple[str, str]] = {
    S.RECEBIDA: ("falta começar o diagnóstico", "ordem diagnosticar {ordem}"),
    S.EM_DIAGNOSTICO: ("falta o orçamento", "orcamento criar --ordem {ordem}"),
    S.AGUARDANDO_APROVACAO: ("falta a resposta do cliente", "ordem ver {ordem}"),
    S.EM_EXECUCAO: ("falta finalizá-la", "ordem finalizar {ordem}"),
    S.FINALIZADA: ("falta entregar o carro", "ordem entregar {ordem}"),
    S.ENTREGUE: ("para outro serviço, abra outra ordem", ""),
    S.CANCELADA: ("se o carro voltou, abra outra ordem", ""),
}


@dataclass(kw_only=True, slots=True)
class OrdemServico(Entidade):
    """Um veículo entregue aos cuidados da oficina; o cliente é o do dia em que entrou."""

    loja_id: int
    veiculo_id: int
    cliente_id: int
    orcamento_id: int | None = None
    status: StatusOrdem = StatusOrdem.RECEBIDA
    queixa: str
    km_entrada: int | None = None
    km_saida: int | None = None
    mecanico_id: int | None = None
    motivo_cancelamento: str | None = None
    data_inicio: datetime | None = None
    data_fim: datetime | None = None
    criado_em: datetime

    def diagnosticar(self) -> None:
        self._mover(AcaoOrdem.DIAGNOSTICAR)

    def aguardar_aprovacao(self) -> None:
        self._mover(AcaoOrdem.AGUARDAR)

    def voltar_a_aguardar(self) -> None:
        """A revisão foi deixada de lado, e o que se enviou ainda espera resposta."""
        if self.status is StatusOrdem.EM_DIAGNOSTICO:
            self._mover(AcaoOrdem.AGUARDAR)

    def retomar_diagnostico(self) -> None:
        """A proposta caiu; se a ordem a esperava, volta ao diagnóstico."""
        if self.status is StatusOrdem.AGUARDANDO_APROVACAO:
            self._mover(AcaoOrdem.RETOMAR)

    def executar(self, orcamento_id: int, agora: datetime) -> None:
        """O orçamento principal foi aprovado; `data_inicio` se escreve uma vez."""
        self._mover(AcaoOrdem.EXECUTAR)
        self.orcamento_id = orcamento_id
        self.data_inicio = self.data_inicio or agora

    def finalizar(self, agora: datetime) -> None:
        self._mover(AcaoOrdem.FINALIZAR)
        self.data_fim = agora

    def entregar(self, km: int | None) -> None:
        """Nunca depende de pagamento (STJ REsp 1.628.385)."""
        self._mover(AcaoOrdem.ENTREGAR)
        self.km_saida = km

    def cancelar(self, motivo: str) -> None:
        self._mover(AcaoOrdem.CANCELAR)
        self.motivo_cancelamento = motivo

    def atribuir(self, mecanico_id: int | None) -> None:
        if self.status in ENCERRADAS:
            raise Conflito(f"A ordem {self.id} está {self.status.rotulo}; não muda de mecânico.")
        self.mecanico_id = mecanico_id

    def assumir(self, ator: Ator) -> bool:
        """O mecânico que age em ordem sem dono fica com ela; verdadeiro se ficou agora.

        Levanta AcessoNegado se ela é de outro mecânico.
        """
        sem_dono = ator.papel is Papel.MECANICO and self.mecanico_id is None
        if sem_dono:
            self.atribuir(ator.id)
        self.exigir_responsavel(ator)
        return sem_dono

    def exigir_responsavel(self, ator: Ator) -> None:
        """Levanta AcessoNegado se quem age é mecânico e a ordem não é dele."""
        if ator.papel is not Papel.MECANICO or self.mecanico_id == ator.id:
            return
        if self.mecanico_id is None:
            raise AcessoNegado(
                f"A ordem {self.id} ainda não é de ninguém; assuma-a diagnosticando ou anotando."
            )
        raise AcessoNegado(f"A ordem {self.id} é de outro mecânico.")

    def exigir_orcavel(self) -> None:
        """Levanta Conflito se a ordem já não recebe orçamento."""
        if self.status in ENCERRADAS:
            raise Conflito(f"A ordem {self.id} está {self.status.rotulo}; abra outra ordem.")

    def exigir_completa(self, esperando: list[int], faltas: list[str]) -> None:
        """Levanta RegraViolada se um orçamento espera resposta ou se gastou peça não separada."""
        if esperando:
            numeros = lista([str(numero) for numero in esperando])
            raise RegraViolada(
                f"Há orçamento à espera de resposta: {numeros}; aprove, recuse ou cancele antes."
            )
        if faltas:
            raise RegraViolada(
                f"Falta peça: {lista(faltas)}; dê entrada no estoque ou diga que se usou menos."
            )

    def _mover(self, acao: AcaoOrdem) -> None:
        origens, destino = CAMINHOS[acao]
        if self.status not in origens:
            falta, comando = PROXIMO_PASSO[self.status]
            raise Conflito(
                f"A ordem {self.id} está {self.status.rotulo} e não pode {acao.rotulo}; {falta}.",
                comando=comando.format(ordem=self.id),
            )
        self.status = destino


@dataclass(kw_only=True, slots=True)
class Anotacao(Registro):
    """O que se escreveu sobre uma ordem; só se acrescenta."""

    ordem_id: int
    texto: str
    ator: str
    em: datetime
