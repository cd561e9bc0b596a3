"""Estoque: o saldo de cada peça em cada loja, e o livro que o explica.

O saldo só muda por UPDATE condicional no banco; aqui estão as contas.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from oficina_core.dominio.dinheiro import centavos, de_centavos, dividir
from oficina_core.dominio.entidade import Registro
from oficina_core.dominio.loja import Loja
from oficina_core.dominio.valores import Opcao


class CausaMovimento(Opcao):
    ENTRADA = "ENTRADA", "entrada"
    SAIDA_OS = "SAIDA_OS", "saída para ordem"
    AJUSTE = "AJUSTE", "ajuste"
    ESTORNO = "ESTORNO", "estorno"


@dataclass(frozen=True, kw_only=True, slots=True)
class Saldo:
    """Fotografia do estoque de uma peça em uma loja; quantidades na unidade de base.

    `custo` é a média móvel por unidade comercial; None enquanto nunca houve entrada com custo.
    `prateleira` é a versão do mínimo e do lugar.
    """

    loja_id: int
    peca_id: int
    estoque: int
    reservado: int
    custo: Decimal | None
    minimo: int
    localizacao: str | None
    prateleira: int
    seq: int

    @property
    def disponivel(self) -> int:
        return self.estoque - self.reservado

    def custo_medio(self, entrada: int, custo: Decimal | None) -> Decimal | None:
        """O custo médio depois da entrada, de que este saldo já faz parte.

        A entrada negativa é um estorno: tira da média o que tinha posto, se ainda há o que medir.
        """
        anterior = self.estoque - entrada
        if custo is None or self.estoque == 0:
            return self.custo
        if self.custo is None or anterior <= 0:
            return custo
        soma = anterior * centavos(self.custo) + entrada * centavos(custo)
        return self.custo if soma < 0 else de_centavos(dividir(soma, self.estoque))


@dataclass(kw_only=True, slots=True)
class Movimento(Registro):
    """Uma linha do livro: nunca muda; `delta` e `saldo_apos` na unidade de base.

    `par_id`, na chegada de uma transferência, é o movimento em que a peça saiu da outra loja.
    """

    loja_id: int
    peca_id: int
    seq: int
    delta: int
    saldo_apos: int
    custo_unitario: Decimal | None
    causa: CausaMovimento
    motivo: str | None = None
    ordem_id: int | None = None
    estorno_de: int | None = None
    par_id: int | None = None
    ator: str
    em: datetime


def foi_para(loja: Loja, seq: int, motivo: str | None) -> str:
    """O motivo, na loja de onde a peça sai; `seq` é o do movimento em que ela chega à outra."""
    return _transferencia("para a loja", loja, seq, motivo)


def chegou_de(loja: Loja, seq: int, motivo: str | None) -> str:
    """O motivo, na loja aonde a peça chega; `seq` é o do movimento em que ela saiu da outra."""
    return _transferencia("da loja", loja, seq, motivo)


def _transferencia(sentido: str, loja: Loja, seq: int, motivo: str | None) -> str:
    la = f"transferência {sentido} {loja.id} ({loja.nome}), {seq}º movimento da peça lá"
    return f"{la}: {motivo}" if motivo else la
