"""Mensagem: o que se tem a dizer ao cliente, guardado até que alguém o entregue.

O texto não se guarda: o link e o código só existem por extenso na hora de enviar. O aviso de que
o contato mudou vai ao antigo, que já não está em outro lugar: guarda-se até a mensagem acabar.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from oficina_core.dominio.entidade import Registro
from oficina_core.dominio.valores import Opcao

FALHAS_MAXIMO = 8
ESPERA = timedelta(seconds=30)  # dobra a cada falha: a oitava tentativa é uma hora depois


class TipoMensagem(Opcao):
    ORCAMENTO = "ORCAMENTO", "orçamento para aprovar"
    CODIGO = "CODIGO", "código de acesso"
    CONTATO = "CONTATO", "aviso ao contato antigo"


class SituacaoMensagem(Opcao):
    PENDENTE = "PENDENTE", "por enviar"
    ENVIADA = "ENVIADA", "enviada"
    DESCARTADA = "DESCARTADA", "já não era preciso"
    FALHOU = "FALHOU", "não se conseguiu enviar"


@dataclass(kw_only=True, slots=True)
class Mensagem(Registro):
    """`proxima_em` é quando se tenta de novo; quem a toma para enviar a empurra para a frente.

    Tomar já conta a falha, que só quem a conclui desconta: a de quem caiu no meio também é uma.
    """

    tipo: TipoMensagem
    cliente_id: int
    loja_id: int | None = None
    orcamento_id: int | None = None
    link_id: int | None = None
    email: str | None = field(default=None, repr=False)
    telefone: str | None = field(default=None, repr=False)
    situacao: SituacaoMensagem = SituacaoMensagem.PENDENTE
    falhas: int = 0
    proxima_em: datetime
    criado_em: datetime

    @property
    def esgotada(self) -> bool:
        """Se já se tomou todas as vezes, e ninguém disse como foi a última."""
        return self.falhas > FALHAS_MAXIMO

    def tomar(self, ate: datetime) -> None:
        self.falhas += 1
        self.proxima_em = ate

    def encerrar(self, situacao: SituacaoMensagem) -> None:
        """Não se envia mais, e esta vez não foi uma falha."""
        self.falhas -= 1
        self._acabar(situacao)

    def falhar(self, agora: datetime, *, desistir: bool = False) -> None:
        """A que se tomou não saiu: espera mais a cada vez e, na última, desiste."""
        self.proxima_em = agora + ESPERA * 2 ** (self.falhas - 1)
        if desistir or self.falhas >= FALHAS_MAXIMO:
            self._acabar(SituacaoMensagem.FALHOU)

    def _acabar(self, situacao: SituacaoMensagem) -> None:
        """O contato que se guardava para enviar se apaga."""
        self.situacao = situacao
        self.email = self.telefone = None
