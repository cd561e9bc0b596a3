"""Giro: o que sai da prateleira, o que para nela, e quanto dinheiro isso é, ao custo."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from oficina_core.dominio.dinheiro import Unidade, de_centavos, dividir
from oficina_core.dominio.faturamento import por_cento
from oficina_core.dominio.valores import Opcao


class ClasseABC(Opcao):
    """A peça na curva ABC: as poucas que pesam, as do meio, e as muitas que pouco pesam."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"


ATE = {ClasseABC.A: 80, ClasseABC.B: 95, ClasseABC.C: 100}  # por cento do consumo, acumulado


@dataclass(frozen=True, kw_only=True, slots=True)
class Porcao:
    """Um tanto de uma peça, e o que custou.

    `base` na unidade de base; `custo` é a soma exata de centavos por unidade comercial × base, que
    só se arredonda uma vez, em `valor`; `sem_custo` é o quanto dela ninguém sabe quanto custou.
    """

    peca_id: int
    codigo: str
    nome: str
    unidade: Unidade
    base: int
    custo: int
    sem_custo: int
    ultima: datetime | None = None  # quando saiu pela última vez

    @property
    def valor(self) -> Decimal:
        return de_centavos(dividir(self.custo, self.unidade.fator))

    @property
    def quantidade(self) -> Decimal:
        return self.unidade.comercial(self.base)

    def mais(self, outra: "Porcao") -> "Porcao":
        """As duas da mesma peça, em uma."""
        return Porcao(
            peca_id=self.peca_id,
            codigo=self.codigo,
            nome=self.nome,
            unidade=self.unidade,
            base=self.base + outra.base,
            custo=self.custo + outra.custo,
            sem_custo=self.sem_custo + outra.sem_custo,
            ultima=max(filter(None, (self.ultima, outra.ultima)), default=None),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Ponto:
    """Uma peça na curva: a classe, e quanto por cento do consumo há até ela, com ela."""

    porcao: Porcao
    classe: ClasseABC
    acumulado: Decimal


def juntar(porcoes: Iterable[Porcao]) -> list[Porcao]:
    """Uma por peça, da que mais vale à que menos vale; no empate, por código."""
    por_peca: dict[int, Porcao] = {}
    for porcao in porcoes:
        antes = por_peca.get(porcao.peca_id)
        por_peca[porcao.peca_id] = antes.mais(porcao) if antes else porcao
    return sorted(por_peca.values(), key=lambda porcao: (-porcao.valor, porcao.codigo))


def curva(consumo: Iterable[Porcao]) -> list[Ponto]:
    """A curva ABC do consumo: A enquanto as de antes não chegam a 80 %; B, a 95 %; C, o resto.

    A peça que cruza o limite fica na classe de cima; o que ninguém sabe quanto custou é C.
    """
    porcoes = juntar(consumo)
    total = sum((porcao.valor for porcao in porcoes), Decimal(0))
    pontos, acumulado = [], Decimal(0)
    for porcao in porcoes:
        pesa = porcao.valor > 0
        classe = _classe(acumulado, total) if pesa else ClasseABC.C
        acumulado += porcao.valor
        parte = por_cento(acumulado, total) or Decimal(0)
        pontos.append(Ponto(porcao=porcao, classe=classe, acumulado=parte))
    return pontos


def _classe(antes: Decimal, total: Decimal) -> ClasseABC:
    return next(classe for classe, ate in ATE.items() if antes * 100 < total * ate)
