"""A ordem em que cada caso toma as linhas (`especificacao.md` §4), comando a comando.

Quem trava na mesma ordem nunca se trava; aqui se confere a ordem, que a sorte de uma corrida nem
sempre mostra. As peças se digitam da última para a primeira, e as linhas do orçamento nascem fora
da ordem delas, para que nada fique certo por acaso.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest
from sqlalchemy import event, select

from oficina_core.banco import tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes_anonimizacao import AnonimizarCliente
from oficina_core.casos.entrada import ExaminarEntrada, PedirCodigo, UsarCodigo
from oficina_core.casos.estoque import ConferirEstoque, DefinirPrateleira, EntradaEstoque
from oficina_core.casos.estoque_transferencia import TransferirEstoque
from oficina_core.casos.kits import CriarKit, EditarKit
from oficina_core.casos.kits_importacao import ImportarKits, LinhaImportadaKit
from oficina_core.casos.links import CriarLink, DecidirPeloLink, VerPeloLink
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.mensagens import TomarMensagem
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EditarOrcamento,
    EnviarOrcamento,
    FichaOrcamento,
    RevisarOrcamento,
    VerOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens import AnotarOrdem, VerOrdem
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, FinalizarOrdem, PecaUsada
from oficina_core.casos.pagamentos import EstornarPagamento, RegistrarPagamento
from oficina_core.casos.portas import CasoDeUso, Pedido
from oficina_core.casos.servicos import CriarServico
from oficina_core.dominio.acesso import SISTEMA, Sujeito, TipoAtor
from oficina_core.dominio.pagamento import FormaPagamento
from oficina_core.dominio.tentativa import CODIGOS, CODIGOS_TODOS, CONTA, CONTA_TODA, ORIGEM
from tests import cenario

CONTRATO = (
    "idempotencia",
    "clientes",  # ao anonimizar: a ordem nova, que o cita, espera
    "veiculos",
    "ordens_servico",
    "orcamentos",
    "ordem_nova",  # a do orçamento de balcão: nasce da decisão, e ninguém espera por ela
    "estoques",
    "movimentos_estoque",  # só se acrescenta, com o saldo já na mão
    "orcamento_itens",
    "kits",
    "kit_itens",
    "anotacoes",
    "pagamentos",
    "caixa_saida",
    "links_aprovacao",
    "codigos",
    "tentativas",
    "origens",
    "eventos",
)
DE_PECA = {"estoques", "orcamento_itens", "kit_itens"}
NOVO, SEM_PECA = 2**62, 0
P1, P2, P3, P4 = PECAS = ("P1", "P2", "P3", "P4")
AO_CONTRARIO = (P4, P3, P2)

Linha = tuple[int | str, ...]


@dataclass
class Registro:
    """As linhas que um caso tomou, cada uma na sua primeira vez; a já tomada não espera ninguém.

    O saldo que se lê sem a trava serve para mostrar, e não para decidir: depois dele, só se escreve
    o que aconteceu.
    """

    travas: dict[tuple[str, Linha], None] = field(default_factory=dict)
    lidos_sem_trava: list[int] = field(default_factory=list)
    mostrados: list[int] = field(default_factory=list)

    def tomou(self, tabela: str, linha: Linha) -> None:
        self.travas.setdefault((tabela, linha))
        if tabela not in ("idempotencia", "eventos"):
            self.lidos_sem_trava += self.mostrados

    def leu(self, pecas: list[int]) -> None:
        self.mostrados += [p for p in pecas if ("estoques", (p,)) not in self.travas]

    @property
    def tabelas(self) -> list[str]:
        """Na ordem em que se tomaram; a que volta depois de outra aparece de novo."""
        return [tabela for tabela, _ in groupby(tabela for tabela, _ in self.travas)]

    def linhas(self, tabela: str) -> list[Linha]:
        return [linha for de, linha in self.travas if de == tabela]


@contextmanager
def registrar(oficina: OficinaLocal) -> Iterator[Registro]:
    """Ouve depois de executar: o UPDATE que não achou a linha não a tomou."""
    registro = Registro()
    with oficina._motor.connect() as conexao:
        itens = {
            item.id: (item.orcamento_id, item.peca_id or SEM_PECA)
            for item in conexao.execute(select(tabelas.orcamento_itens))
        }

    @event.listens_for(oficina._motor, "after_cursor_execute")
    def ver(_: Any, cursor: Any, comando: str, ditos: Any, contexto: Any, __: Any) -> None:
        verbo = comando.partition(" ")[0]
        if "FROM estoques" in comando:
            (dito,) = contexto.compiled_parameters
            registro.leu([dito[nome] for nome in dito if nome.startswith("pecas_")])
        elif contexto.compiled is None and verbo == "INSERT":
            for tabela, dito in _em_lote(comando, ditos):
                registro.tomou(*_trava(tabela, verbo, dito, itens))
        elif verbo in ("INSERT", "UPDATE", "DELETE") and cursor.rowcount:
            tabela = contexto.compiled.statement.table.name
            for dito in contexto.compiled_parameters:
                registro.tomou(*_trava(tabela, verbo, dito, itens))

    yield registro
    event.remove(oficina._motor, "after_cursor_execute", ver)


def _em_lote(comando: str, ditos: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """A tabela e os valores de cada linha do que se insere em lote, por posição."""
    achado = re.match(r"INSERT INTO (\w+) \(([^)]*)\)", comando)
    assert achado, comando
    nomes = achado[2].split(", ")
    linhas = ditos if isinstance(ditos, list) else [ditos]
    yield from ((achado[1], dict(zip(nomes, linha, strict=True))) for linha in linhas)


def _trava(
    tabela: str, verbo: str, dito: dict[str, Any], itens: dict[int, tuple[int, int]]
) -> tuple[str, Linha]:
    """A tabela e a linha, escrita como o contrato a ordena."""
    if (tabela, verbo) == ("ordens_servico", "INSERT"):
        return "ordem_nova", ()
    match tabela:
        case "ordens_servico" | "orcamentos":
            linha: Linha = (dito.get("este", NOVO),)
        case "estoques":
            linha = (dito["peca"],)
        case "orcamento_itens" if verbo == "INSERT":
            linha = (verbo, dito["orcamento_id"], dito["peca_id"] or SEM_PECA)
        case "orcamento_itens":
            linha = (verbo, *itens[dito["este"]])
        case "movimentos_estoque" | "kit_itens":
            linha = (dito.get("peca_id") or SEM_PECA,)
        case _:
            linha = ()
    return tabela, linha


@dataclass(frozen=True)
class Prova:
    """Um caso pronto para executar, as tabelas que toma, e de que ordem e de que peças."""

    caso: CasoDeUso[Any]
    toma: str
    ordem: int | None = None
    pecas: tuple[str, ...] = ()
    quem: Sujeito = SISTEMA
    audita: bool = True

    @property
    def tomadas(self) -> set[str]:
        """Toda gravação tem chave; o que é da entrada não deixa evento."""
        return {"idempotencia", *self.toma.split(), *(["eventos"] if self.audita else [])}


def _baguncado(oficina: OficinaLocal, criado: FichaOrcamento) -> FichaOrcamento:
    """O rascunho de P4 ganha P3 e P2: a linha de P4 é mais velha que a de P2."""
    editar = EditarOrcamento(
        orcamento_id=criado.id, versao=criado.versao, descricao="Freios", pecas=AO_CONTRARIO
    )
    ficha = oficina.executar(editar)
    assert [item.descricao for item in ficha.itens] == [P4, P2, P3]
    return ficha


def _rascunho(oficina: OficinaLocal) -> FichaOrcamento:
    ordem = cenario.abrir(oficina, pecas=(P4,))
    criado = oficina.executar(VerOrcamento(orcamento_id=ordem.orcamentos[0].id))
    return _baguncado(oficina, criado)


def _enviado(oficina: OficinaLocal) -> FichaOrcamento:
    return oficina.executar(EnviarOrcamento(orcamento_id=_rascunho(oficina).id))


def _executando(oficina: OficinaLocal, *, permitir_falta: bool = False) -> int:
    """O número de uma ordem com o orçamento principal aprovado."""
    aprovar = AprovarOrcamento(orcamento_id=_enviado(oficina).id, permitir_falta=permitir_falta)
    return oficina.executar(aprovar).id


def _extra(oficina: OficinaLocal) -> FichaOrcamento:
    """Um complementar em rascunho."""
    ordem = cenario.em_execucao(oficina, servicos=("FREIO",))
    criado = oficina.executar(CriarOrcamento(ordem_id=ordem.id, pecas=(P4,)))
    return _baguncado(oficina, criado)


def _extra_enviado(oficina: OficinaLocal) -> FichaOrcamento:
    return oficina.executar(EnviarOrcamento(orcamento_id=_extra(oficina).id))


def _de_balcao(oficina: OficinaLocal) -> FichaOrcamento:
    cenario.abrir(oficina)
    criado = oficina.executar(CriarOrcamento(veiculo_id=cenario.PLACA, pecas=(P4,)))
    return oficina.executar(EnviarOrcamento(orcamento_id=_baguncado(oficina, criado).id))


def _com_revisao(oficina: OficinaLocal) -> tuple[FichaOrcamento, FichaOrcamento]:
    """O enviado e a revisão dele, em rascunho."""
    enviado = _enviado(oficina)
    return enviado, oficina.executar(RevisarOrcamento(orcamento_id=enviado.id))


MANDA = "ordens_servico orcamentos"
AVISA = f"{MANDA} caixa_saida"
ESCREVE = f"{MANDA} orcamento_itens"
SEPARA = f"{ESCREVE} estoques"
BAIXA = f"{SEPARA} movimentos_estoque"
ACERTA = "estoques movimentos_estoque"
COMPLETA = f"{ACERTA} orcamento_itens"
KIT = "kits kit_itens"


def enviar(oficina: OficinaLocal) -> Prova:
    rascunho = _rascunho(oficina)
    return Prova(EnviarOrcamento(orcamento_id=rascunho.id), AVISA, rascunho.ordem_id)


def enviar_o_complementar(oficina: OficinaLocal) -> Prova:
    extra = _extra(oficina)
    return Prova(EnviarOrcamento(orcamento_id=extra.id), AVISA, extra.ordem_id)


def enviar_a_revisao(oficina: OficinaLocal) -> Prova:
    _, revisao = _com_revisao(oficina)
    return Prova(EnviarOrcamento(orcamento_id=revisao.id), AVISA, revisao.ordem_id)


def criar_na_ordem(oficina: OficinaLocal) -> Prova:
    ordem = cenario.abrir(oficina)
    criar = CriarOrcamento(ordem_id=ordem.id, pecas=AO_CONTRARIO)
    return Prova(criar, ESCREVE, ordem.id, AO_CONTRARIO)


def criar_e_enviar(oficina: OficinaLocal) -> Prova:
    ordem = cenario.abrir(oficina)
    criar = CriarOrcamento(ordem_id=ordem.id, pecas=AO_CONTRARIO, enviar=True)
    return Prova(criar, f"{ESCREVE} caixa_saida", ordem.id, AO_CONTRARIO)


def criar_o_complementar(oficina: OficinaLocal) -> Prova:
    ordem = cenario.em_execucao(oficina, servicos=("FREIO",))
    criar = CriarOrcamento(ordem_id=ordem.id, pecas=AO_CONTRARIO)
    return Prova(criar, ESCREVE, ordem.id, AO_CONTRARIO)


def editar(oficina: OficinaLocal) -> Prova:
    """O rascunho não é de mais ninguém, e a ordem fica onde está."""
    rascunho = _rascunho(oficina)
    caso = EditarOrcamento(
        orcamento_id=rascunho.id,
        versao=rascunho.versao,
        descricao="Freios, pela metade",
        pecas=(P4, P3, P1),
        desconto=Decimal(3),
    )
    return Prova(caso, "orcamentos orcamento_itens", pecas=PECAS)


def aprovar(oficina: OficinaLocal) -> Prova:
    enviado = _enviado(oficina)
    caso = AprovarOrcamento(orcamento_id=enviado.id)
    return Prova(caso, SEPARA, enviado.ordem_id, AO_CONTRARIO)


def aprovar_o_rascunho(oficina: OficinaLocal) -> Prova:
    rascunho = _rascunho(oficina)
    caso = AprovarOrcamento(orcamento_id=rascunho.id)
    return Prova(caso, SEPARA, rascunho.ordem_id, AO_CONTRARIO)


def aprovar_com_revisao_em_rascunho(oficina: OficinaLocal) -> Prova:
    enviado, _ = _com_revisao(oficina)
    caso = AprovarOrcamento(orcamento_id=enviado.id)
    return Prova(caso, SEPARA, enviado.ordem_id, AO_CONTRARIO)


def aprovar_com_falta(oficina: OficinaLocal) -> Prova:
    _executando(oficina)
    enviado = _enviado(oficina)
    caso = AprovarOrcamento(orcamento_id=enviado.id, permitir_falta=True)
    return Prova(caso, SEPARA, enviado.ordem_id, AO_CONTRARIO)


def aprovar_o_complementar(oficina: OficinaLocal) -> Prova:
    extra = _extra_enviado(oficina)
    return Prova(AprovarOrcamento(orcamento_id=extra.id), SEPARA, extra.ordem_id, AO_CONTRARIO)


def aprovar_no_balcao(oficina: OficinaLocal) -> Prova:
    """Sem ordem de serviço, quem decide a corrida é a linha do orçamento."""
    toma = SEPARA.replace("ordens_servico", "ordem_nova")
    caso = AprovarOrcamento(orcamento_id=_de_balcao(oficina).id)
    return Prova(caso, toma, pecas=AO_CONTRARIO)


def recusar(oficina: OficinaLocal) -> Prova:
    enviado = _enviado(oficina)
    caso = RecusarOrcamento(orcamento_id=enviado.id, motivo="caro")
    return Prova(caso, ESCREVE, enviado.ordem_id, AO_CONTRARIO)


def recusar_e_cancelar_a_ordem(oficina: OficinaLocal) -> Prova:
    enviado = _enviado(oficina)
    caso = RecusarOrcamento(orcamento_id=enviado.id, motivo="caro", cancelar_ordem=True)
    return Prova(caso, ESCREVE, enviado.ordem_id, AO_CONTRARIO)


def recusar_com_revisao_e_cancelar_a_ordem(oficina: OficinaLocal) -> Prova:
    enviado, _ = _com_revisao(oficina)
    caso = RecusarOrcamento(orcamento_id=enviado.id, motivo="caro", cancelar_ordem=True)
    return Prova(caso, ESCREVE, enviado.ordem_id, AO_CONTRARIO)


def recusar_o_complementar(oficina: OficinaLocal) -> Prova:
    extra = _extra_enviado(oficina)
    caso = RecusarOrcamento(orcamento_id=extra.id, motivo="caro")
    return Prova(caso, ESCREVE, extra.ordem_id, AO_CONTRARIO)


def revisar(oficina: OficinaLocal) -> Prova:
    enviado = _enviado(oficina)
    caso = RevisarOrcamento(orcamento_id=enviado.id)
    return Prova(caso, ESCREVE, enviado.ordem_id, AO_CONTRARIO)


def revisar_e_enviar(oficina: OficinaLocal) -> Prova:
    enviado = _enviado(oficina)
    caso = RevisarOrcamento(orcamento_id=enviado.id, enviar=True)
    return Prova(caso, f"{ESCREVE} caixa_saida", enviado.ordem_id, AO_CONTRARIO)


def revisar_o_complementar(oficina: OficinaLocal) -> Prova:
    extra = _extra_enviado(oficina)
    caso = RevisarOrcamento(orcamento_id=extra.id)
    return Prova(caso, ESCREVE, extra.ordem_id, AO_CONTRARIO)


def cancelar_o_orcamento(oficina: OficinaLocal) -> Prova:
    enviado = _enviado(oficina)
    caso = CancelarOrcamento(orcamento_id=enviado.id, motivo="engano")
    return Prova(caso, MANDA, enviado.ordem_id)


def cancelar_o_complementar(oficina: OficinaLocal) -> Prova:
    extra = _extra_enviado(oficina)
    return Prova(CancelarOrcamento(orcamento_id=extra.id, motivo="engano"), MANDA, extra.ordem_id)


def _com_complementar_e_rascunho(oficina: OficinaLocal) -> int:
    """A peça do complementar vem antes das do principal."""
    ordem_id = _executando(oficina)
    extra = cenario.complementar(oficina, ordem_id, P1)
    oficina.executar(AprovarOrcamento(orcamento_id=extra.id))
    oficina.executar(CriarOrcamento(ordem_id=ordem_id, pecas=(P3,)))
    return ordem_id


def finalizar(oficina: OficinaLocal) -> Prova:
    ordem_id = _com_complementar_e_rascunho(oficina)
    return Prova(FinalizarOrdem(ordem_id=ordem_id), BAIXA, ordem_id, PECAS)


def finalizar_sem_usar_uma(oficina: OficinaLocal) -> Prova:
    rascunho = _rascunho(oficina)
    ordem = oficina.executar(AprovarOrcamento(orcamento_id=rascunho.id))
    sobrou = (PecaUsada(linha=rascunho.itens[1].id, quantidade=Decimal(0)),)
    return Prova(FinalizarOrdem(ordem_id=ordem.id, usadas=sobrou), BAIXA, ordem.id, AO_CONTRARIO)


def cancelar_a_ordem(oficina: OficinaLocal) -> Prova:
    ordem_id = _com_complementar_e_rascunho(oficina)
    return Prova(CancelarOrdem(ordem_id=ordem_id, motivo="desistiu"), SEPARA, ordem_id, PECAS)


def entrada_que_completa(oficina: OficinaLocal) -> Prova:
    """Duas ordens esperam por P2; a entrada não mexe nelas, só na reserva das linhas."""
    for _ in range(3):
        _executando(oficina, permitir_falta=True)
    return Prova(EntradaEstoque(peca_id=P2, quantidade=Decimal(5)), COMPLETA, pecas=(P2,))


def transferencia_que_completa(oficina: OficinaLocal) -> Prova:
    """Vem da filial a peça por que duas ordens da matriz esperam."""
    (matriz,) = oficina.executar(ListarLojas()).itens
    for _ in range(3):
        _executando(oficina, permitir_falta=True)
    filial = cenario.filial(oficina)
    oficina.executar(EntradaEstoque(peca_id=P2, quantidade=Decimal(5)), Pedido(loja=filial))
    caso = TransferirEstoque(peca_id=P2, quantidade=Decimal(5), de=filial, para=matriz.id)
    return Prova(caso, COMPLETA, pecas=(P2,))


def conferir(oficina: OficinaLocal) -> Prova:
    return Prova(ConferirEstoque(peca_id=P2, contado=Decimal(0)), ACERTA, pecas=(P2,))


def conferir_que_completa(oficina: OficinaLocal) -> Prova:
    for _ in range(2):
        _executando(oficina, permitir_falta=True)
    return Prova(ConferirEstoque(peca_id=P2, contado=Decimal(5)), COMPLETA, pecas=(P2,))


def definir_prateleira(oficina: OficinaLocal) -> Prova:
    caso = DefinirPrateleira(peca_id=P2, minimo=Decimal(1), localizacao="B3")
    return Prova(caso, "estoques", pecas=(P2,))


def criar_kit(_: OficinaLocal) -> Prova:
    caso = CriarKit(codigo="FREIOS", nome="Freios", pecas=AO_CONTRARIO)
    return Prova(caso, KIT, pecas=AO_CONTRARIO)


def editar_kit(oficina: OficinaLocal) -> Prova:
    kit = oficina.executar(CriarKit(codigo="FREIOS", nome="Freios", servicos=("FREIO",)))
    caso = EditarKit(
        kit_id=kit.id, versao=kit.versao, codigo="FREIOS", nome="Freios", pecas=AO_CONTRARIO
    )
    return Prova(caso, KIT, pecas=AO_CONTRARIO)


def importar_kits(_: OficinaLocal) -> Prova:
    kits = tuple(
        LinhaImportadaKit(linha=n, codigo=f"K{n}", nome="Kit", pecas=(peca,))
        for n, peca in enumerate(AO_CONTRARIO, 2)
    )
    return Prova(ImportarKits(kits=kits), KIT, pecas=AO_CONTRARIO)


def pagar(oficina: OficinaLocal) -> Prova:
    ordem_id = _executando(oficina)
    caso = RegistrarPagamento(ordem_id=ordem_id, forma=FormaPagamento.PIX, valor=Decimal(5))
    return Prova(caso, "ordens_servico pagamentos", ordem_id)


def estornar_pagamento(oficina: OficinaLocal) -> Prova:
    anterior = pagar(oficina)
    (pago,) = oficina.executar(anterior.caso).pagamentos
    caso = EstornarPagamento(pagamento_id=pago.id)
    return Prova(caso, anterior.toma, anterior.ordem)


def _com_link(oficina: OficinaLocal, enviado: FichaOrcamento) -> tuple[Sujeito, str]:
    """Quem chega pelo link, e o resumo do que ele mostra."""
    link = oficina.executar(CriarLink(orcamento_id=enviado.id))
    quem = Sujeito(tipo=TipoAtor.LINK, id=link.id)
    return quem, oficina.como(quem).executar(VerPeloLink()).conteudo


def aprovar_pelo_link(oficina: OficinaLocal) -> Prova:
    enviado = _enviado(oficina)
    quem, conteudo = _com_link(oficina, enviado)
    linhas = tuple(item.id for item in enviado.itens)
    caso = DecidirPeloLink(linhas=linhas, conteudo=conteudo, endereco="203.0.113.9")
    return Prova(caso, f"{SEPARA} links_aprovacao", enviado.ordem_id, AO_CONTRARIO, quem)


def recusar_pelo_link(oficina: OficinaLocal) -> Prova:
    enviado = _enviado(oficina)
    quem, conteudo = _com_link(oficina, enviado)
    caso = DecidirPeloLink(linhas=(), conteudo=conteudo, endereco="203.0.113.9")
    return Prova(caso, f"{ESCREVE} links_aprovacao", enviado.ordem_id, AO_CONTRARIO, quem)


def aprovar_pelo_acesso(oficina: OficinaLocal) -> Prova:
    enviado = _enviado(oficina)
    dono = oficina.executar(VerOrdem(ordem_id=enviado.ordem_id or 0)).cliente_id
    quem = Sujeito(tipo=TipoAtor.CLIENTE, id=dono)
    caso = AprovarOrcamento(orcamento_id=enviado.id)
    return Prova(caso, SEPARA, enviado.ordem_id, AO_CONTRARIO, quem)


def criar_link(oficina: OficinaLocal) -> Prova:
    return Prova(CriarLink(orcamento_id=_enviado(oficina).id), "orcamentos links_aprovacao")


def tomar_mensagem(oficina: OficinaLocal) -> Prova:
    """O link nasce com a mensagem já tomada."""
    _enviado(oficina)
    return Prova(TomarMensagem(), "caixa_saida links_aprovacao")


def abrir_ordem(oficina: OficinaLocal) -> Prova:
    """Segura o cliente antes de mexer no carro: quem anonimiza toma os dois nesta ordem."""
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    caso = AbrirOrdem(veiculo_id=cenario.PLACA, queixa="Freio", km=9000)
    return Prova(caso, "clientes veiculos ordem_nova")


def orcar_no_balcao(oficina: OficinaLocal) -> Prova:
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    caso = CriarOrcamento(veiculo_id=cenario.PLACA, pecas=AO_CONTRARIO)
    return Prova(caso, "clientes orcamentos orcamento_itens", pecas=AO_CONTRARIO)


def anonimizar(oficina: OficinaLocal) -> Prova:
    cenario.cliente(oficina)
    enviado = _enviado(oficina)
    ordem = oficina.executar(VerOrdem(ordem_id=enviado.ordem_id or 0))
    oficina.executar(AnotarOrdem(ordem_id=ordem.id, texto="a Conceição espera"))
    oficina.executar(PedirCodigo(cpf=cenario.CPF_ANA, origem="203.0.113.9"))
    while oficina.executar(TomarMensagem()):
        pass
    oficina.executar(CancelarOrdem(ordem_id=ordem.id, motivo="a Ana desistiu"))
    return Prova(
        AnonimizarCliente(cliente_id=ordem.cliente_id, motivo="pediu"),
        "clientes veiculos ordens_servico orcamentos anotacoes caixa_saida links_aprovacao codigos",
        ordem=ordem.id,
    )


def examinar_entrada(_: OficinaLocal) -> Prova:
    caso = ExaminarEntrada(cpf=cenario.CPF_ZE, origem="203.0.113.9")
    return Prova(caso, "tentativas", audita=False)


PROVAS: tuple[Any, ...] = (
    enviar,
    enviar_o_complementar,
    enviar_a_revisao,
    criar_na_ordem,
    criar_e_enviar,
    criar_o_complementar,
    editar,
    aprovar,
    aprovar_o_rascunho,
    aprovar_com_revisao_em_rascunho,
    aprovar_com_falta,
    aprovar_o_complementar,
    aprovar_no_balcao,
    recusar,
    recusar_e_cancelar_a_ordem,
    recusar_com_revisao_e_cancelar_a_ordem,
    recusar_o_complementar,
    revisar,
    revisar_e_enviar,
    revisar_o_complementar,
    cancelar_o_orcamento,
    cancelar_o_complementar,
    finalizar,
    finalizar_sem_usar_uma,
    cancelar_a_ordem,
    entrada_que_completa,
    transferencia_que_completa,
    conferir,
    conferir_que_completa,
    definir_prateleira,
    criar_kit,
    editar_kit,
    importar_kits,
    pagar,
    estornar_pagamento,
    aprovar_pelo_link,
    recusar_pelo_link,
    aprovar_pelo_acesso,
    criar_link,
    tomar_mensagem,
    abrir_ordem,
    orcar_no_balcao,
    anonimizar,
    examinar_entrada,
)


@pytest.fixture
def balcao(local: OficinaLocal) -> OficinaLocal:
    local.executar(
        CriarServico(codigo="FREIO", nome="Freios", preco=Decimal(90), tempo_estimado=60)
    )
    for codigo in PECAS:
        cenario.peca(local, codigo, estoque="1")
    return local


@pytest.mark.parametrize("montar", PROVAS, ids=lambda montar: montar.__name__)
def test_cada_caso_toma_as_linhas_na_ordem_do_contrato(
    balcao: OficinaLocal, montar: Callable[[OficinaLocal], Prova]
) -> None:
    prova = montar(balcao)
    tomadas = prova.tomadas
    with registrar(balcao) as registro:
        balcao.como(prova.quem).executar(prova.caso)
    assert registro.tabelas == [tabela for tabela in CONTRATO if tabela in tomadas]
    assert registro.linhas("ordens_servico") == ([(prova.ordem,)] if prova.ordem else [])
    for tabela in CONTRATO:
        assert registro.linhas(tabela) == sorted(registro.linhas(tabela)), tabela
    for tabela in tomadas & DE_PECA:
        pecas = {linha[-1] for linha in registro.linhas(tabela)} - {SEM_PECA}
        assert pecas == _ids(balcao, prova), tabela
    assert registro.lidos_sem_trava == []


def _ids(oficina: OficinaLocal, prova: Prova) -> set[int]:
    peca = tabelas.pecas.c
    with oficina._motor.connect() as conexao:
        return set(conexao.scalars(select(peca.id).where(peca.codigo.in_(prova.pecas))))


def test_as_contagens_se_tomam_sempre_da_origem_para_a_conta(balcao: OficinaLocal) -> None:
    """A origem é de muitos: em ordem trocada, dois que entram do mesmo lugar se travariam."""
    tomadas: list[str] = []

    @event.listens_for(balcao._motor, "after_cursor_execute")
    def ver(_: Any, cursor: Any, comando: str, ditos: Any, contexto: Any, __: Any) -> None:
        if comando.startswith("UPDATE tentativas") and cursor.rowcount:
            tomadas.extend(dito["esta"] for dito in contexto.compiled_parameters)

    agora = datetime(2026, 11, 23, 12, tzinfo=UTC)
    origem = ORIGEM.chave("203.0.113.9", agora)
    de = {"cpf": cenario.CPF_ZE, "origem": "203.0.113.9"}
    cpf = cenario.CPF_ZE.replace(".", "").replace("-", "")
    daqui = f"{cpf} 203.0.113.9"
    conta = [CONTA.chave(daqui, agora), CONTA_TODA.chave(cpf, agora)]
    codigos = [CODIGOS.chave(daqui, agora), CODIGOS_TODOS.chave(cpf, agora)]
    for caso, depois in (
        (ExaminarEntrada(**de), conta),
        (UsarCodigo(**de, codigo="123456"), conta),
        (PedirCodigo(**de), codigos),
    ):
        tomadas.clear()
        balcao.executar(caso)
        assert list(dict.fromkeys(tomadas)) == [origem, *depois]
    event.remove(balcao._motor, "after_cursor_execute", ver)
