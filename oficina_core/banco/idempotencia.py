"""A mesma chave, um efeito só: o registro entra na transação do próprio efeito."""

import json
from collections.abc import Collection
from dataclasses import MISSING, dataclass, fields
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios.base import LOTE
from oficina_core.casos import traducao
from oficina_core.casos.entrada import Resumo
from oficina_core.dominio.erros import Conflito, DadoInvalido

IDE = tabelas.idempotencia
VALIDADE = timedelta(hours=48)
DE_DENTRO = timedelta(hours=1)  # o que é interno só se repete na própria chamada

_esta = (
    (IDE.c.quem == bindparam("de_quem"))
    & (IDE.c.caso == bindparam("qual"))
    & (IDE.c.chave == bindparam("com"))
)
NOVA = insert(IDE)
LEITURA = select(IDE.c.resumo, IDE.c.resposta).where(_esta)
RESPOSTA = update(IDE).where(_esta).values(resposta=bindparam("dada"))
_vencida = IDE.c.criado_em < bindparam("antes", type_=IDE.c.criado_em.type)
_interna = IDE.c.caso.in_(bindparam("internos", expanding=True))
# Um tanto por vez: até a última das LOTE mais antigas.
ATE = select(IDE.c.criado_em).where(_vencida).order_by(IDE.c.criado_em).offset(LOTE - 1).limit(1)
VENCIDAS = delete(IDE).where(_vencida)


@dataclass(slots=True)
class Chave:
    """Quem pede, o caso e a chave; `resumo` é o hash do pedido.

    `dada` é a última resposta desta chamada, e o que se guardou dela: se a confirmação se perdeu e
    o guardado é aquilo, foi esta que valeu, e a resposta é a inteira.
    """

    quem: str
    caso: str
    chave: str
    resumo: str
    dada: tuple[str, Any] | None = None

    @classmethod
    def de(cls, quem: str, caso: Any, chave: str, loja: int | None) -> "Chave":
        """A loja faz parte do pedido: o mesmo, em outra, é outro.

        O que fica no padrão não conta: um campo que o programa ganhe não muda o pedido de ontem.
        Nem conta o que é segredo, que não se guarda nem em resumo; a não ser o da senha, que custa
        tanto a adivinhar como o que está no cadastro.
        """
        dito = json.dumps([loja, _sem_padroes(caso)], ensure_ascii=False)
        resumo = sha256(dito.encode()).hexdigest()
        return cls(quem, type(caso).__name__, chave, resumo)

    @property
    def _esta(self) -> dict[str, str]:
        return {"de_quem": self.quem, "qual": self.caso, "com": self.chave}

    def tomar(self, conexao: Connection, agora: datetime) -> None:
        """Ocupa a chave; quem a ocupou antes faz levantar IntegrityError."""
        conexao.execute(
            NOVA,
            {
                "quem": self.quem,
                "caso": self.caso,
                "chave": self.chave,
                "resumo": self.resumo,
                "criado_em": agora,
            },
        )

    def responder(self, conexao: Connection, resposta: Any) -> None:
        """Guarda a resposta, menos os segredos dela."""
        guardada = traducao.sem_segredos(resposta)
        self.dada = guardada, resposta
        conexao.execute(RESPOSTA, self._esta | {"dada": guardada})

    def lembrar(self, conexao: Connection, tipo: Any) -> tuple[Any] | None:
        """A resposta já dada a este pedido, em uma tupla.

        Levanta DadoInvalido se o pedido era outro, e Conflito se a resposta tinha um segredo, que
        não se guardou, ou é de outra versão do programa, que não se lê mais.
        """
        linha = conexao.execute(LEITURA, self._esta).first()
        if linha is None:
            return None
        if linha.resumo != self.resumo:
            raise DadoInvalido("Essa chave já serviu a outro pedido; use uma nova.", "chave")
        if self.dada and self.dada[0] == linha.resposta:
            return (self.dada[1],)
        if isinstance(tipo, type) and traducao.segredos(tipo):
            raise Conflito(
                "Esse pedido já foi atendido, e a resposta, que não se guarda, só se mostra uma "
                "vez; faça outro, com outra chave."
            )
        try:
            return (traducao.ler_texto(tipo, linha.resposta),)
        except DadoInvalido as erro:
            raise Conflito(
                "Esse pedido já foi atendido, por outra versão do programa; veja o registro."
            ) from erro


def _sem_padroes(caso: Any) -> dict[str, Any]:
    tipo: Any = type(caso)
    ditos: dict[str, Any] = traducao.escrever(caso)
    segredos = traducao.segredos(tipo)
    return {
        campo.name: ditos[campo.name]
        for campo in fields(caso)
        if (campo.name not in segredos or isinstance(getattr(caso, campo.name), Resumo))
        and (campo.default is MISSING or getattr(caso, campo.name) != campo.default)
    }


def limpar(conexao: Connection, agora: datetime, internos: Collection[str]) -> None:
    """Esquece as chaves de mais de 48 horas e, dos casos internos, as de mais de uma."""
    _esquecer(conexao, ATE, VENCIDAS, {"antes": agora - VALIDADE})
    dos_internos = {"antes": agora - DE_DENTRO, "internos": sorted(internos)}
    _esquecer(conexao, ATE.where(_interna), VENCIDAS.where(_interna), dos_internos)


def _esquecer(conexao: Connection, ate: Any, vencidas: Any, quais: dict[str, Any]) -> None:
    ultima = conexao.scalar(ate, quais)
    conexao.execute(vencidas, quais if ultima is None else quais | {"antes": ultima})
