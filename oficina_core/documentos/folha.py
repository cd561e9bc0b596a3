"""O que uma folha da oficina diz, já em textos: o mesmo em A4 e na bobina."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

Campo: TypeAlias = tuple[str, str]  # o rótulo e o valor


@dataclass(frozen=True, kw_only=True)
class Linha:
    """Uma linha da proposta; a que está `fora` não se cobra, e `nota` diz por quê."""

    codigo: str
    descricao: str
    quantidade: str
    preco: str
    desconto: str
    total: str
    nota: str = ""
    fora: bool = False


@dataclass(frozen=True, kw_only=True)
class Grupo:
    """A mão de obra ou as peças, cada uma com a sua soma (CDC art. 40)."""

    titulo: str
    linhas: tuple[Linha, ...]
    soma: str


@dataclass(frozen=True, kw_only=True)
class Conta:
    """Um valor do pé; o `forte` é o que o cliente procura."""

    rotulo: str
    valor: str
    forte: bool = False


@dataclass(frozen=True, kw_only=True)
class Parte:
    """Um orçamento: o que o cliente respondeu, as linhas e a conta."""

    titulo: str
    resposta: str
    grupos: tuple[Grupo, ...]
    contas: tuple[Conta, ...]


@dataclass(frozen=True, kw_only=True)
class Folha:
    """Tudo o que se imprime, de cima a baixo.

    `dados` são filas de campos curtos, e `textos`, os que correm por várias linhas; `pagamentos`
    diz quando, como e quanto; `a_preencher` é o que se combina à caneta, e `assinaturas`, quem
    assina.
    """

    loja: str
    titulo: str
    numero: int
    situacao: str
    feita_em: datetime
    dados: tuple[tuple[Campo, ...], ...]
    textos: tuple[Campo, ...] = ()
    partes: tuple[Parte, ...] = ()
    contas: tuple[Conta, ...] = ()
    pagamentos: tuple[tuple[str, str, str], ...] = ()
    clausulas: tuple[str, ...] = ()
    a_preencher: tuple[str, ...] = ()
    assinaturas: tuple[str, ...] = ()

    @property
    def nome(self) -> str:
        return f"{self.titulo} nº {self.numero}"
