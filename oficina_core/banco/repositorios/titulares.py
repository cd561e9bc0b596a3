"""O que a oficina guarda de um cliente, em qualquer loja: para lhe entregar, ou para apagar (LGPD).

Quem limpa não deixa evento por linha: o do cliente diz o que se fez, e os textos, nem ele.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, delete, or_, select, update

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios.base import Sessao, lotes
from oficina_core.banco.repositorios.cadastros import sem_curingas
from oficina_core.casos.portas import Limpeza, Ocultar
from oficina_core.dominio.cliente import Cliente
from oficina_core.dominio.erros import VersaoAntiga
from oficina_core.dominio.mensagem import SituacaoMensagem
from oficina_core.dominio.orcamento import ABERTOS

OS, ORC, ITEM, V = tabelas.ordens, tabelas.orcamentos, tabelas.orcamento_itens, tabelas.veiculos
NOTA, PAG, LNK, EVT = tabelas.anotacoes, tabelas.pagamentos, tabelas.links, tabelas.eventos
MSG, COD, IDE = tabelas.mensagens, tabelas.codigos, tabelas.idempotencia

_cliente: Any = bindparam("cliente")


def _dele(tabela: Table, *colunas: Any, so: ColumnElement[bool] | None = None) -> Select[Any]:
    """Uma página do que é do cliente, pelo número; `so`, o que mais se exige."""
    consulta = select(tabela, *colunas).where(
        tabela.c.cliente_id == _cliente, tabela.c.id > bindparam("depois")
    )
    if so is not None:
        consulta = consulta.where(so)
    return consulta.order_by(tabela.c.id).limit(bindparam("limite"))


def _com_placa(tabela: Table, *, so: ColumnElement[bool] | None = None) -> Select[Any]:
    return _dele(tabela, V.c.placa, so=so).join(V, tabela.c.veiculo_id == V.c.id)


_sem_ordem = ORC.c.ordem_id.is_(None)
DELE = {
    "veiculos": _dele(V),
    "ordens": _com_placa(OS),
    "orcamentos": _com_placa(ORC, so=_sem_ordem),
    "orcamentos_abertos": _com_placa(ORC, so=and_(_sem_ordem, ORC.c.status.in_(ABERTOS))),
    "mensagens": _dele(MSG),
}


def _citam(coluna: Any) -> Select[Any]:
    tabela = coluna.table
    return select(tabela).where(coluna.in_(bindparam("ids", expanding=True))).order_by(tabela.c.id)


CITAM = {
    "orcamentos": _citam(ORC.c.ordem_id),
    "itens": _citam(ITEM.c.orcamento_id),
    "links": _citam(LNK.c.orcamento_id),
    "anotacoes": _citam(NOTA.c.ordem_id),
    "pagamentos": _citam(PAG.c.ordem_id),
}
EVENTOS = _citam(EVT.c.entidade_id).where(EVT.c.entidade == bindparam("entidade"))

_ordens = select(OS.c.id).where(OS.c.cliente_id == _cliente)
_orcamentos = select(ORC.c.id).where(ORC.c.cliente_id == _cliente)
_dos_orcamentos = LNK.c.orcamento_id.in_(_orcamentos)


class Textos:
    """Como se leem estes textos do que é dele, e como se trocam, linha a linha.

    O `vazio` é o que só diz quem é, e some inteiro. O que tem versão só se troca na que se leu.
    """

    def __init__(
        self,
        tabela: Table,
        nomes: tuple[str, ...],
        dele: ColumnElement[bool],
        vazio: str | None = None,
    ) -> None:
        self.nomes, self.vazio = (*nomes, vazio) if vazio else nomes, vazio
        self.leitura = select(tabela.c.id, *(tabela.c[nome] for nome in self.nomes)).where(dele)
        self.troca = update(tabela).where(tabela.c.id == bindparam("este"))
        if "versao" in tabela.c:
            versao = tabela.c.versao
            self.leitura = self.leitura.add_columns(versao.label("lida"))
            self.troca = self.troca.where(versao == bindparam("lida")).values(versao=versao + 1)


# Na ordem das travas.
TEXTOS = (
    Textos(OS, ("queixa", "motivo_cancelamento"), OS.c.cliente_id == _cliente),
    Textos(ORC, ("descricao", "motivo"), ORC.c.cliente_id == _cliente, "decidido_por"),
    Textos(ITEM, ("motivo",), ITEM.c.orcamento_id.in_(_orcamentos)),
    Textos(NOTA, ("texto", "ator"), NOTA.c.ordem_id.in_(_ordens)),
)
MOSTRADOS = Textos(LNK, ("mostrado",), _dos_orcamentos, "decidido_de")
CANCELA = (
    update(MSG)
    .where(MSG.c.cliente_id == _cliente, MSG.c.situacao == SituacaoMensagem.PENDENTE)
    .values(situacao=SituacaoMensagem.DESCARTADA)
)
SEM_CONTATO = update(MSG).where(MSG.c.cliente_id == _cliente).values(email=None, telefone=None)
_agora = bindparam("agora", type_=LNK.c.vale_ate.type)
REVOGA = (
    update(LNK)
    .where(_dos_orcamentos, LNK.c.vale_ate > _agora)
    .values(vale_ate=_agora, versao=LNK.c.versao + 1)
)
SEM_CODIGOS = delete(COD).where(COD.c.cliente_id == _cliente)

SINAIS = ("nome", "documento", "telefone", "email", "numero", "ficha")
GUARDADAS = select(IDE.c.quem, IDE.c.caso, IDE.c.chave).where(
    or_(*(IDE.c.resposta.like(bindparam(sinal), escape="\\") for sinal in SINAIS))
)
ESQUECIDA = "{}"
ESQUECE = (
    update(IDE)
    .where(
        IDE.c.quem == bindparam("de_quem"),
        IDE.c.caso == bindparam("qual"),
        IDE.c.chave == bindparam("com"),
    )
    .values(resposta=ESQUECIDA)
)


class TitularesSQL:
    def __init__(self, sessao: Sessao) -> None:
        self._sessao = sessao

    def do_cliente(self, que: str, cliente_id: int, depois: int, limite: int) -> Sequence[Any]:
        valores = {"cliente": cliente_id, "depois": depois, "limite": limite}
        return self._linhas(DELE[que], valores)

    def citam(self, que: str, ids: Collection[int]) -> Sequence[Any]:
        return self._linhas(CITAM[que], {"ids": list(ids)})

    def eventos(self, entidade: str, ids: Collection[int]) -> Sequence[Any]:
        return self._linhas(EVENTOS, {"ids": list(ids), "entidade": entidade})

    def limpar(self, cliente: Cliente, ocultar: Ocultar) -> Limpeza:
        dele = {"cliente": cliente.id}
        respostas = self._esquecer(cliente)
        limpos = sum(self._ocultar(textos, cliente.id, ocultar) for textos in TEXTOS)
        mensagens = self._executar(CANCELA, dele).rowcount
        self._executar(SEM_CONTATO, dele)
        limpos += self._ocultar(MOSTRADOS, cliente.id, ocultar)
        links = self._executar(REVOGA, dele | {"agora": self._sessao.agora}).rowcount
        self._executar(SEM_CODIGOS, dele)
        return Limpeza(textos=limpos, mensagens=mensagens, links=links, respostas=respostas)

    def _ocultar(self, textos: Textos, cliente_id: int, ocultar: Ocultar) -> int:
        """Quantas linhas diziam quem ele é; só essas se gravam."""
        trocas = []
        for linha in self._linhas(textos.leitura, {"cliente": cliente_id}):
            depois = {
                nome: None if nome == textos.vazio else ocultar(linha[nome])
                for nome in textos.nomes
            }
            if any(linha[nome] != depois[nome] for nome in textos.nomes):
                lida = {"lida": linha["lida"]} if "lida" in linha else {}
                trocas.append({"este": linha["id"], **lida, **depois})
        for lote in lotes(trocas):
            if self._executar(textos.troca, lote).rowcount != len(lote):
                raise VersaoAntiga("Outra pessoa mudou o que é deste cliente; repita o pedido.")
        return len(trocas)

    def _esquecer(self, cliente: Cliente) -> int:
        """As respostas guardadas que falam dele: a chave fica, e quem a repete não grava outra vez.

        Lê-se sem travar, que cada linha que outro grava agora é uma destas.
        """
        chaves = self._executar(GUARDADAS, _sinais(cliente)).all()
        esquecidas = [{"de_quem": c.quem, "qual": c.caso, "com": c.chave} for c in chaves]
        for lote in lotes(esquecidas):
            self._executar(ESQUECE, lote)
        return len(esquecidas)

    def _linhas(self, consulta: Any, valores: Any) -> Sequence[Any]:
        linhas: Sequence[Any] = self._executar(consulta, valores).mappings().all()
        return linhas

    def _executar(self, comando: Any, valores: Any) -> Any:
        return self._sessao.conexao.execute(comando, valores)


def _sinais(cliente: Cliente) -> dict[str, str | None]:
    """Os padrões de LIKE que acham uma resposta sobre ele; nulo não acha nenhuma."""
    ditos = (cliente.nome, cliente.documento, cliente.telefone, cliente.email)
    sinais: dict[str, str | None] = {
        nome: dito and f"%{sem_curingas(json.dumps(dito, ensure_ascii=False))}%"
        for nome, dito in zip(SINAIS, ditos, strict=False)
    }
    return sinais | {
        "numero": f'%"cliente\\_id":{cliente.id},%',
        "ficha": f'{{"id":{cliente.id},"tipo":"P_","nome":%',
    }
