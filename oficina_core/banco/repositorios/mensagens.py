"""A caixa de saída: o que se tem a enviar. Não deixa evento: a própria linha diz o que houve."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios.base import Sessao
from oficina_core.casos.mensagens import CaixaDeSaida
from oficina_core.casos.paginas import Chave
from oficina_core.dominio.erros import NaoEncontrado
from oficina_core.dominio.mensagem import Mensagem, SituacaoMensagem

MSG, C = tabelas.mensagens, tabelas.clientes
CAMPOS = tabelas.nomes(MSG, menos=("id",))

NOVA = insert(MSG)
UMA = select(MSG).where(MSG.c.id == bindparam("esta"))
# Só de quem a tomou: `proxima_em` é o prazo dele, e quem a tomou depois tem outro.
MUDA = update(MSG).where(
    MSG.c.id == bindparam("esta"),
    MSG.c.situacao == SituacaoMensagem.PENDENTE,
    MSG.c.proxima_em == bindparam("vista", type_=MSG.c.proxima_em.type),
)
PROXIMAS = (
    select(MSG)
    .where(
        MSG.c.situacao == SituacaoMensagem.PENDENTE,
        MSG.c.proxima_em <= bindparam("agora", type_=MSG.c.proxima_em.type),
    )
    .order_by(MSG.c.proxima_em, MSG.c.id)
    .limit(20)
)
# Os grupos saem inteiros do índice, sem ler as linhas.
PARADAS = (
    select(MSG.c.situacao, func.count().label("quantas"), func.min(MSG.c.proxima_em).label("desde"))
    .where(MSG.c.situacao.in_((SituacaoMensagem.PENDENTE, SituacaoMensagem.FALHOU)))
    .group_by(MSG.c.situacao)
)


def ver_caixa(conexao: Connection, agora: datetime) -> CaixaDeSaida:
    por_situacao = {linha.situacao: linha for linha in conexao.execute(PARADAS)}
    pendentes = por_situacao.get(SituacaoMensagem.PENDENTE)
    falhas = por_situacao.get(SituacaoMensagem.FALHOU)
    return CaixaDeSaida(
        pendentes=pendentes.quantas if pendentes else 0,
        falhas=falhas.quantas if falhas else 0,
        atraso=max(agora - pendentes.desde, timedelta()) if pendentes else timedelta(),
    )


@cache
def _lista(*, loja: bool, situacao: bool, depois: bool) -> Select[Any]:
    consulta = select(MSG, C.c.nome.label("cliente")).join_from(MSG, C, MSG.c.cliente_id == C.c.id)
    if loja:
        consulta = consulta.where(MSG.c.loja_id == bindparam("loja"))
    if situacao:
        consulta = consulta.where(MSG.c.situacao == bindparam("situacao"))
    if depois:
        consulta = consulta.where(MSG.c.id < bindparam("ultima"))
    return consulta.order_by(MSG.c.id.desc()).limit(bindparam("limite"))


class MensagensSQL:
    def __init__(self, sessao: Sessao) -> None:
        self._sessao = sessao

    def obter(self, id: int) -> Mensagem:
        linha = self._executar(UMA, {"esta": id}).mappings().first()
        if linha is None:
            raise NaoEncontrado("Essa mensagem não existe.")
        return Mensagem(**linha)

    def adicionar(self, mensagem: Mensagem) -> None:
        mensagem.id = self._executar(NOVA, _campos(mensagem)).lastrowid

    def salvar(self, mensagem: Mensagem, tomada: datetime) -> bool:
        valores = _campos(mensagem) | {"esta": mensagem.id, "vista": tomada}
        return bool(self._executar(MUDA, valores).rowcount)

    def tomar(self, agora: datetime, ate: datetime) -> Mensagem | None:
        for linha in self._executar(PROXIMAS, {"agora": agora}).mappings().all():
            mensagem = Mensagem(**linha)
            mensagem.tomar(ate)
            if self.salvar(mensagem, linha["proxima_em"]):
                return mensagem
        return None

    def listar(
        self,
        *,
        loja: int | None,
        situacao: SituacaoMensagem | None,
        depois: Chave | None,
        limite: int,
    ) -> Sequence[Any]:
        valores: dict[str, Any] = {"limite": limite}
        if loja:
            valores["loja"] = loja
        if situacao:
            valores["situacao"] = situacao
        if depois:
            (valores["ultima"],) = depois
        consulta = _lista(
            loja=loja is not None, situacao=situacao is not None, depois=depois is not None
        )
        linhas: Sequence[Any] = self._executar(consulta, valores).mappings().all()
        return linhas

    def _executar(self, comando: Any, valores: dict[str, Any]) -> Any:
        return self._sessao.conexao.execute(comando, valores)


def _campos(mensagem: Mensagem) -> dict[str, Any]:
    return {campo: getattr(mensagem, campo) for campo in CAMPOS}
