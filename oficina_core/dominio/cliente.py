"""Cliente: a pessoa ou empresa que traz o veículo."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from oficina_core.dominio.entidade import Cadastro
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import Opcao
from oficina_core.texto import TAMANHO_CPF

FIRMEZA = timedelta(hours=24)  # até lá, o contato trocado não prova quem é


class TipoCliente(Opcao):
    PF = "PF", "pessoa física"
    PJ = "PJ", "pessoa jurídica"


def exigir_contato(documento: str | None, telefone: str | None) -> None:
    """Levanta DadoInvalido se não há como saber quem é ou como falar com ele."""
    if not documento and not telefone:
        raise DadoInvalido("Sem CPF ou CNPJ, informe ao menos o telefone.", "telefone")


@dataclass(kw_only=True, slots=True)
class Cliente(Cadastro):
    """Sem documento, nome e telefone bastam; com ele, é único mesmo depois de desativado.

    `contato_em` é quando se trocou o documento, o telefone ou o e-mail, se um dia se trocou.
    """

    nome: str
    documento: str | None = None
    email: str | None = None
    telefone: str | None = None
    contato_em: datetime | None = None
    tipo: TipoCliente = TipoCliente.PF
    criado_em: datetime

    def __post_init__(self) -> None:
        self.conferir()

    def conferir(self) -> None:
        """Levanta DadoInvalido se não há como saber quem é ou como falar com ele."""
        exigir_contato(self.documento, self.telefone)
        if self.documento:
            self.tipo = TipoCliente.PF if len(self.documento) == TAMANHO_CPF else TipoCliente.PJ

    def trocar_contato(
        self, documento: str | None, telefone: str | None, email: str | None, agora: datetime
    ) -> bool:
        """Se algum era outro; levanta DadoInvalido se já não há como falar com o cliente.

        O documento vai junto: levado a outro cadastro, levaria a prova de quem é.
        """
        mudou = (self.documento, self.telefone, self.email) != (documento, telefone, email)
        if mudou:
            self.documento, self.telefone, self.email = documento, telefone, email
            self.contato_em = agora
        self.conferir()
        return mudou

    def prova_quem_e(self, agora: datetime) -> bool:
        """Se um código mandado ao contato prova que é o cliente: quem acaba de o trocar espera."""
        firme = self.contato_em is None or agora - self.contato_em >= FIRMEZA
        return self.ativo and firme and bool(self.email or self.telefone)
