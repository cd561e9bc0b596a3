"""Mensagem: o que se tem a dizer ao cliente, guardado até que alguém o entregue.

O texto não se guarda: o link e o código só existem por extenso na hora de enviar.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from oficina_core.dominio.entidade import Registro
from oficina_core.dominio.valores import Opcao

FALHAS_MAXIMO = 8
ESPERA = timedelta(seconds=30)  # dobra a cada falha: a oitava tentativa é uma hora depois


class TipoMensagem(Opcao):
    ORCAMENTO = "ORCAMENTO", "orçamento para aprovar"
    CODIGO = "CODIGO", "código de acesso"


class SituacaoMensagem(Opcao):
    PENDENTE = "PENDENTE", "por enviar"
    ENVIADA = "ENVIADA", "enviada"
    DESCARTADA = "DESCARTADA", "já não era preciso"
    FALHOU = "FALHOU", "não se conseguiu enviar"


@dataclass(kw_only=True, slots=True)
class Mensagem(Registro):
    """`proxima_em` é quando se tenta de novo; quem a toma para enviar a empurra para a frente."""

    tipo: TipoMensagem
    cliente_id: int
    orcamento_id: int | None = None
    situacao: SituacaoMensagem = SituacaoMensagem.PENDENTE
    falhas: int = 0
    proxima_em: datetime
    criado_em: datetime

    def falhar(self, agora: datetime, *, desistir: bool = False) -> None:
        """Conta uma falha: espera mais a cada uma e, na última, desiste."""
        self.falhas += 1
        self.proxima_em = agora + ESPERA * 2 ** (self.falhas - 1)
        if desistir or self.falhas >= FALHAS_MAXIMO:
            self.situacao = SituacaoMensagem.FALHOU
