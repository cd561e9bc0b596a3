"""A caixa de saída: o que se deixa para dizer, quem o toma, e o que se faz quando não chega."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import bindparam, select, update

from oficina_core.banco import tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import lendo
from oficina_core.banco.repositorios import mensagens as mensagens_sql
from oficina_core.casos.clientes import (
    CriarCliente,
    DesativarCliente,
    EditarCliente,
    FichaCliente,
)
from oficina_core.casos.entrada import PedirCodigo, Veredito
from oficina_core.casos.funcionarios import CriarFuncionario
from oficina_core.casos.links import CriarLink, VerPeloLink
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.mensagens import (
    PRAZO_DE_ENVIO,
    Carta,
    ConcluirMensagem,
    LinhaMensagem,
    ListarMensagens,
    TomarMensagem,
)
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EnviarOrcamento,
    FichaOrcamento,
    RevisarOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens_encerramento import CancelarOrdem
from oficina_core.casos.perfil import EditarMeuContato
from oficina_core.casos.portas import CasoDeUso, Oficina, Pedido
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito, TipoAtor
from oficina_core.dominio.codigo import resumir
from oficina_core.dominio.erros import (
    AcessoNegado,
    Conflito,
    DadoInvalido,
    NaoEncontrado,
    RegraViolada,
)
from oficina_core.dominio.link import SituacaoLink
from oficina_core.dominio.mensagem import FALHAS_MAXIMO, SituacaoMensagem, TipoMensagem
from tests import cenario, juntos
from tests.conftest import Relogio
from tests.vestigios import onde_esta

AbrirPara = Callable[[Sujeito], Oficina]

S = SituacaoMensagem
AGORA = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def casa(local: OficinaLocal) -> OficinaLocal:
    cenario.catalogo(local)
    return local


@pytest.fixture
def enviado(casa: OficinaLocal) -> FichaOrcamento:
    return cenario.enviado(casa)


def caixa(oficina: Oficina) -> tuple[LinhaMensagem, ...]:
    """As mensagens, da mais antiga para a mais nova."""
    return oficina.executar(ListarMensagens()).itens[::-1]


def situacoes(oficina: Oficina) -> list[SituacaoMensagem]:
    return [linha.situacao for linha in caixa(oficina)]


def tomar(oficina: Oficina) -> Carta:
    carta = oficina.executar(TomarMensagem())
    assert carta
    return carta


def acabou(oficina: Oficina) -> bool:
    return oficina.executar(TomarMensagem()) is None


def concluir(oficina: Oficina, carta: Carta, *, entregue: bool, desistir: bool = False) -> None:
    oficina.executar(
        ConcluirMensagem(
            mensagem_id=carta.id, prazo=carta.prazo, entregue=entregue, desistir=desistir
        )
    )


# --- Nasce com o envio


def test_enviar_deixa_uma_mensagem_a_quem_e_o_cliente(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    cenario.catalogo(sistema)
    rascunho = cenario.abrir(sistema, kits=("TROCA-OLEO",)).orcamentos[0]
    assert caixa(sistema) == ()
    sistema.executar(EnviarOrcamento(orcamento_id=rascunho.id))
    (linha,) = caixa(sistema)
    assert (linha.tipo, linha.situacao, linha.cliente) == (
        TipoMensagem.ORCAMENTO,
        S.PENDENTE,
        "Ana Conceição",
    )
    assert (linha.orcamento_id, linha.falhas) == (rascunho.id, 0)


def test_quem_cria_ja_enviando_ou_renova_deixa_a_sua(casa: OficinaLocal) -> None:
    ordem = cenario.abrir(casa)
    criado = casa.executar(CriarOrcamento(ordem_id=ordem.id, servicos=("OLEO",), enviar=True))
    renovado = casa.executar(RevisarOrcamento(orcamento_id=criado.id, enviar=True))
    assert [linha.orcamento_id for linha in caixa(casa)] == [criado.id, renovado.id]


def test_o_rascunho_e_o_aprovado_na_hora_nao_deixam_mensagem(casa: OficinaLocal) -> None:
    ordem = cenario.em_execucao(casa)
    casa.executar(CriarOrcamento(ordem_id=ordem.id, servicos=("PAST",)))
    assert caixa(casa) == ()


def test_a_mesma_chave_deixa_uma_mensagem_so(casa: OficinaLocal) -> None:
    rascunho = cenario.abrir(casa, kits=("TROCA-OLEO",)).orcamentos[0]
    for _ in range(2):
        casa.executar(EnviarOrcamento(orcamento_id=rascunho.id), Pedido(chave="chave-envio"))
    assert len(caixa(casa)) == 1


def test_o_envio_que_nao_vale_nao_deixa_mensagem(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    antes = caixa(casa)
    with pytest.raises(Conflito):
        casa.executar(EnviarOrcamento(orcamento_id=enviado.id))
    casa.simular(RevisarOrcamento(orcamento_id=enviado.id, enviar=True))
    assert caixa(casa) == antes


def test_a_mensagem_e_o_envio_sao_da_mesma_transacao(
    casa: OficinaLocal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O que cai depois de a mensagem entrar na caixa leva a mensagem e o envio."""
    rascunho = cenario.abrir(casa, kits=("TROCA-OLEO",)).orcamentos[0]

    def cair(*_: object) -> None:
        assert caixa_crua(casa) == [], "ainda não se vê de fora"
        raise RuntimeError("caiu")

    with monkeypatch.context() as remendo:
        remendo.setattr("oficina_core.banco.unidade.UnidadeSQL.escrever_eventos", cair)
        with pytest.raises(RuntimeError):
            casa.executar(EnviarOrcamento(orcamento_id=rascunho.id))
    assert caixa_crua(casa) == []
    casa.executar(EnviarOrcamento(orcamento_id=rascunho.id))
    assert len(caixa_crua(casa)) == 1


def caixa_crua(casa: OficinaLocal) -> list[int]:
    with lendo(casa._motor) as conexao:
        return list(conexao.scalars(select(tabelas.mensagens.c.id)))


# --- Tomar


def test_tomar_da_o_que_entregar_e_um_link_que_serve(casa: OficinaLocal, relogio: Relogio) -> None:
    cenario.cliente(casa)
    enviado = cenario.enviado(casa)
    carta = tomar(casa)
    assert (carta.tipo, carta.nome, carta.telefone, carta.email) == (
        TipoMensagem.ORCAMENTO,
        "Ana Conceição",
        "+5511987654321",
        None,
    )
    assert (carta.orcamento_id, carta.descricao, carta.valor, carta.vale_ate) == (
        enviado.id,
        enviado.descricao,
        Decimal("249.65"),
        None,
    )
    assert carta.segredo not in repr(carta)
    pagina = casa.como(casa.link(resumir(carta.segredo))).executar(VerPeloLink())
    assert pagina.orcamento
    assert pagina.orcamento.id == enviado.id


def test_as_mais_antigas_saem_antes(casa: OficinaLocal, relogio: Relogio) -> None:
    numeros = []
    for _ in range(3):
        numeros.append(cenario.enviado(casa).id)
        relogio.passar(seconds=1)
    assert [tomar(casa).orcamento_id for _ in numeros] == numeros
    assert acabou(casa)


def test_a_que_ainda_espera_a_vez_nao_se_toma(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    carta = tomar(casa)
    concluir(casa, carta, entregue=False)
    assert acabou(casa)
    relogio.passar(seconds=29)
    assert acabou(casa)
    relogio.passar(seconds=1)
    assert tomar(casa).id == carta.id


@pytest.mark.parametrize(
    "responder",
    [
        lambda o: AprovarOrcamento(orcamento_id=o.id),
        lambda o: RecusarOrcamento(orcamento_id=o.id, motivo="caro"),
        lambda o: CancelarOrcamento(orcamento_id=o.id, motivo="engano"),
        lambda o: CancelarOrdem(ordem_id=o.ordem_id, motivo="desistiu"),
    ],
    ids=["aprovado", "recusado", "cancelado", "ordem cancelada"],
)
def test_a_que_ja_nao_faz_falta_se_descarta_e_a_seguinte_sai(
    casa: OficinaLocal, responder: Callable[[FichaOrcamento], CasoDeUso[Any]]
) -> None:
    respondido, seguinte = cenario.enviado(casa), cenario.enviado(casa)
    casa.executar(responder(respondido))
    assert tomar(casa).orcamento_id == seguinte.id
    assert situacoes(casa) == [S.DESCARTADA, S.PENDENTE]
    assert acabou(casa)


def test_trocado_por_uma_revisao_so_sai_a_mensagem_dela(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    revisao = casa.executar(RevisarOrcamento(orcamento_id=enviado.id, enviar=True))
    assert tomar(casa).orcamento_id == revisao.id
    assert situacoes(casa) == [S.DESCARTADA, S.PENDENTE]


def test_ao_cliente_desativado_nao_se_manda_nada(casa: OficinaLocal) -> None:
    ana = cenario.cliente(casa)
    cenario.enviado(casa)
    casa.executar(PedirCodigo(cpf=cenario.CPF_ANA, origem="203.0.113.9"))
    casa.executar(DesativarCliente(cliente_id=ana.id))
    assert acabou(casa)
    assert situacoes(casa) == [S.DESCARTADA, S.DESCARTADA]


def test_a_do_orcamento_vencido_se_descarta(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    relogio.passar(days=11)
    assert acabou(casa)
    assert situacoes(casa) == [S.DESCARTADA]


def test_o_codigo_pedido_ha_mais_de_dez_minutos_se_descarta(
    casa: OficinaLocal, relogio: Relogio
) -> None:
    cenario.cliente(casa)
    casa.executar(PedirCodigo(cpf=cenario.CPF_ANA, origem="203.0.113.9"))
    relogio.passar(minutes=10, seconds=1)
    assert acabou(casa)
    assert situacoes(casa) == [S.DESCARTADA]


def test_a_carta_do_codigo_diz_ate_quando_ele_vale(casa: OficinaLocal, relogio: Relogio) -> None:
    casa.executar(CriarCliente(nome="Ana", documento=cenario.CPF_ANA, email="ana@exemplo.com.br"))
    casa.executar(PedirCodigo(cpf=cenario.CPF_ANA, origem="203.0.113.9"))
    carta = tomar(casa)
    assert (carta.tipo, carta.email, carta.telefone) == (
        TipoMensagem.CODIGO,
        "ana@exemplo.com.br",
        None,
    )
    assert (carta.orcamento_id, carta.descricao, carta.valor) == (None, None, None)
    assert carta.vale_ate
    assert 590 < (carta.vale_ate - relogio.agora).total_seconds() <= 600


def test_os_links_das_mensagens_contam_nos_tres_por_hora(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    tomar(casa)
    for _ in range(2):
        casa.executar(CriarLink(orcamento_id=enviado.id))
    with pytest.raises(RegraViolada, match="já se fizeram 3 links"):
        casa.executar(CriarLink(orcamento_id=enviado.id))


def test_a_mensagem_de_outra_loja_sai_com_o_dia_da_loja_dela(casa: OficinaLocal) -> None:
    (matriz,) = casa.executar(ListarLojas()).itens
    filial = cenario.filial(casa)
    cenario.cliente(casa)
    cenario.veiculo(casa)
    caso = CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",), enviar=True)
    numeros = [casa.executar(caso, Pedido(loja=loja)).id for loja in (filial, matriz.id)]
    assert [tomar(casa).orcamento_id for _ in numeros] == numeros


# --- Ninguém toma a que outro tomou


def test_quem_toma_junto_nunca_toma_a_mesma(casa: OficinaLocal) -> None:
    numeros = {cenario.enviado(casa).id for _ in range(6)}

    def todas() -> list[int | None]:
        tomadas = []
        while (carta := casa.executar(TomarMensagem())) is not None:
            tomadas.append(carta.orcamento_id)
        return tomadas

    tomadas = [numero for parte in juntos.largar([todas] * juntos.CONEXOES) for numero in parte]
    assert sorted(map(str, tomadas)) == sorted(map(str, numeros))


def test_quem_ve_a_mesma_ao_mesmo_tempo_fica_com_outra_ou_sem_nenhuma(casa: OficinaLocal) -> None:
    for _ in range(2):
        cenario.enviado(casa)
    pessoas = juntos.CONEXOES
    with juntos.encontro(casa._motor, pessoas, "UPDATE caixa_saida"):
        cartas = juntos.largar([partial(casa.executar, TomarMensagem())] * pessoas)
    assert sorted(str(carta and carta.id) for carta in cartas) == sorted(
        [*map(str, caixa_crua(casa)), "None"]
    )


def test_sem_a_condicao_quem_toma_junto_toma_a_mesma(
    casa: OficinaLocal, enviado: FichaOrcamento, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O controle: a que se viu se empurra, sem conferir que ainda é como se viu.

    No SQLite, quem grava está só desde o começo da transação; a corrida não chega a haver.
    """
    if casa._motor.dialect.name == "sqlite":
        pytest.skip("no SQLite a vez de gravar já é a condição")
    m = tabelas.mensagens
    sem_condicao = update(m).where(m.c.id == bindparam("esta"))
    monkeypatch.setattr(mensagens_sql, "MUDA", sem_condicao)
    pessoas = juntos.CONEXOES
    with juntos.encontro(casa._motor, pessoas, "UPDATE caixa_saida"):
        cartas = juntos.largar([partial(casa.executar, TomarMensagem())] * pessoas)
    assert len({carta.id for carta in cartas}) == 1


def test_a_de_quem_caiu_volta_a_fila_depois_do_prazo(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    perdida = tomar(casa)
    relogio.passar(seconds=PRAZO_DE_ENVIO.total_seconds() - 1)
    assert acabou(casa)
    relogio.passar(seconds=1)
    de_novo = tomar(casa)
    assert de_novo.id == perdida.id
    assert de_novo.segredo != perdida.segredo
    concluir(casa, perdida, entregue=True)
    assert situacoes(casa) == [S.PENDENTE], "quem perdeu o prazo já não diz como acabou"
    concluir(casa, de_novo, entregue=False)
    concluir(casa, perdida, entregue=True)
    (linha,) = caixa(casa)
    assert (linha.situacao, linha.falhas) == (S.PENDENTE, 2), "cair no meio também é falhar"


def test_a_que_derruba_quem_a_toma_se_abandona(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    for _ in range(FALHAS_MAXIMO):
        tomar(casa)
        relogio.passar(seconds=PRAZO_DE_ENVIO.total_seconds())
    assert acabou(casa)
    assert [(linha.situacao, linha.falhas) for linha in caixa(casa)] == [(S.FALHOU, FALHAS_MAXIMO)]


def test_a_que_sai_de_novo_derruba_o_link_de_antes(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    perdida = tomar(casa)
    relogio.passar(seconds=PRAZO_DE_ENVIO.total_seconds())
    de_novo = tomar(casa)
    with pytest.raises(NaoEncontrado, match="peça outro à oficina"):
        casa.link(resumir(perdida.segredo))
    dele = casa.como(casa.link(resumir(de_novo.segredo)))
    assert dele.executar(VerPeloLink()).situacao is SituacaoLink.ABERTO


# --- Concluir


def test_a_entregue_nao_sai_mais(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    concluir(casa, tomar(casa), entregue=True)
    relogio.passar(days=1)
    assert acabou(casa)
    assert [(linha.situacao, linha.falhas) for linha in caixa(casa)] == [(S.ENVIADA, 0)]


def test_a_que_falha_espera_cada_vez_mais_e_na_oitava_se_desiste(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    esperas = [30 * 2**vez for vez in range(FALHAS_MAXIMO)]
    for vez, espera in enumerate(esperas, 1):
        concluir(casa, tomar(casa), entregue=False)
        assert caixa(casa)[0].falhas == vez
        relogio.passar(seconds=espera - 1)
        assert acabou(casa)
        relogio.passar(seconds=1)
    assert acabou(casa)
    assert situacoes(casa) == [S.FALHOU]


def test_a_que_nao_tem_por_onde_ir_se_desiste_na_hora(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    concluir(casa, tomar(casa), entregue=False, desistir=True)
    relogio.passar(days=1)
    assert acabou(casa)
    assert [(linha.situacao, linha.falhas) for linha in caixa(casa)] == [(S.FALHOU, 1)]


@pytest.mark.parametrize("entregue", [True, False])
def test_concluir_a_que_ja_acabou_nao_muda_nada(
    casa: OficinaLocal, enviado: FichaOrcamento, *, entregue: bool
) -> None:
    carta = tomar(casa)
    concluir(casa, carta, entregue=False, desistir=True)
    antes = caixa(casa)
    concluir(casa, carta, entregue=entregue)
    assert caixa(casa) == antes


def test_concluir_a_que_nao_existe_e_recusado(casa: OficinaLocal) -> None:
    with pytest.raises(NaoEncontrado, match="mensagem não existe"):
        casa.executar(ConcluirMensagem(mensagem_id=999_999, prazo=AGORA, entregue=True))


# --- Listar


def test_a_gerencia_lista_por_situacao_em_paginas(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    cenario.catalogo(sistema)
    numeros = [cenario.enviado(sistema).id for _ in range(3)]
    pedido = ListarMensagens(situacao=S.PENDENTE, limite=2)
    primeira = sistema.executar(pedido)
    assert [linha.orcamento_id for linha in primeira.itens] == numeros[:0:-1]
    segunda = sistema.executar(
        ListarMensagens(situacao=S.PENDENTE, limite=2, cursor=primeira.proximo)
    )
    assert [linha.orcamento_id for linha in segunda.itens] == numeros[:1]
    assert segunda.proximo is None
    assert sistema.executar(ListarMensagens(situacao=S.ENVIADA)).itens == ()
    with pytest.raises(DadoInvalido, match="cursor"):
        sistema.executar(ListarMensagens(cursor=primeira.proximo))


def test_quem_e_de_uma_loja_so_ve_as_mensagens_dela(casa: OficinaLocal) -> None:
    (matriz,) = casa.executar(ListarLojas()).itens
    cenario.enviado(casa)
    filial = cenario.filial(casa)
    da_filial = casa.executar(
        CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",), enviar=True),
        Pedido(loja=filial),
    )
    gerente = casa.executar(
        CriarFuncionario(cpf=cenario.CPF_BIA, nome="Bia", papel=Papel.GERENTE, loja_id=filial)
    )
    dela = casa.como(cenario.sujeito(gerente))
    for situacao in (None, S.PENDENTE):
        vistas = dela.executar(ListarMensagens(situacao=situacao)).itens
        assert [linha.orcamento_id for linha in vistas] == [da_filial.id]
    assert len(casa.executar(ListarMensagens()).itens) == 2
    (da_matriz,) = casa.executar(ListarMensagens(), Pedido(loja=matriz.id)).itens
    assert da_matriz.orcamento_id != da_filial.id


# --- O contato que mudou


NOVO = "bia@exemplo.com.br"
ANTIGOS = ("ana@exemplo.com.br", "+5511987654321")


def trocar(casa: OficinaLocal, ana: FichaCliente, email: str | None = NOVO) -> FichaCliente:
    return editar(casa, ana, email=email)


def editar(casa: OficinaLocal, ficha: FichaCliente, **mudam: str | None) -> FichaCliente:
    """A ficha de volta, com o que muda."""
    campos = ("versao", "nome", "documento", "telefone", "email")
    ditos: dict[str, Any] = {campo: getattr(ficha, campo) for campo in campos} | mudam
    return casa.executar(EditarCliente(cliente_id=ficha.id, **ditos))


@pytest.fixture
def ana(casa: OficinaLocal) -> FichaCliente:
    email, telefone = ANTIGOS
    return casa.executar(
        CriarCliente(nome="Ana", documento=cenario.CPF_ANA, email=email, telefone=telefone)
    )


def test_trocado_o_contato_o_antigo_fica_sabendo(casa: OficinaLocal, ana: FichaCliente) -> None:
    trocar(casa, ana)
    carta = tomar(casa)
    assert carta.tipo is TipoMensagem.CONTATO
    assert (carta.email, carta.telefone, carta.segredo) == (*ANTIGOS, "")
    assert acabou(casa)


def test_o_proprio_cliente_que_troca_tambem_avisa_o_antigo(
    casa: OficinaLocal, ana: FichaCliente
) -> None:
    dela = casa.como(Sujeito(tipo=TipoAtor.CLIENTE, id=ana.id))
    dela.executar(EditarMeuContato(versao=ana.versao, email=NOVO))
    assert tomar(casa).email == ANTIGOS[0]
    assert acabou(casa)


def test_desativar_o_cliente_nao_cala_o_aviso(casa: OficinaLocal, ana: FichaCliente) -> None:
    trocar(casa, ana)
    casa.executar(DesativarCliente(cliente_id=ana.id))
    assert tomar(casa).email == ANTIGOS[0]


def test_o_mesmo_contato_ou_nenhum_antes_nao_tem_a_quem_avisar(
    casa: OficinaLocal, ana: FichaCliente
) -> None:
    trocar(casa, ana, ANTIGOS[0])
    sem = casa.executar(CriarCliente(nome="Rui", documento="935.411.347-80"))
    trocar(casa, sem)
    assert caixa(casa) == ()


@pytest.mark.parametrize("fim", [{"entregue": True}, {"entregue": False, "desistir": True}])
def test_o_contato_antigo_se_apaga_quando_o_aviso_acaba(
    casa: OficinaLocal, ana: FichaCliente, fim: dict[str, bool]
) -> None:
    trocar(casa, ana)
    assert "caixa_saida" in onde_esta(casa._motor, ANTIGOS[0])
    concluir(casa, tomar(casa), **fim)
    assert "caixa_saida" not in onde_esta(casa._motor, ANTIGOS[0])


def test_ao_contato_trocado_ha_menos_de_um_dia_nao_vai_codigo(
    casa: OficinaLocal, ana: FichaCliente, relogio: Relogio
) -> None:
    trocar(casa, ana)
    concluir(casa, tomar(casa), entregue=True)
    pedir = PedirCodigo(cpf=cenario.CPF_ANA, origem="203.0.113.9")
    relogio.passar(hours=23, minutes=59)
    assert casa.executar(pedir) == Veredito(cliente_id=None, espera=0), "a resposta é a de sempre"
    assert acabou(casa)
    relogio.passar(minutes=1)
    casa.executar(pedir)
    assert tomar(casa).email == NOVO


def test_levar_o_documento_a_outro_cadastro_avisa_o_dono_e_nao_leva_a_prova(
    casa: OficinaLocal, ana: FichaCliente, relogio: Relogio
) -> None:
    outra = casa.executar(CriarCliente(nome="Ana", telefone="(11) 91234-5678", email=NOVO))
    for ficha, documento in ((ana, None), (outra, cenario.CPF_ANA)):
        editar(casa, ficha, documento=documento)
    casa.executar(PedirCodigo(cpf=cenario.CPF_ANA, origem="203.0.113.9"))
    for _ in range(2):
        aviso = tomar(casa)
        assert aviso.tipo is TipoMensagem.CONTATO
        concluir(casa, aviso, entregue=True)
    assert acabou(casa)
    relogio.passar(hours=24)
    casa.executar(PedirCodigo(cpf=cenario.CPF_ANA, origem="203.0.113.9"))
    assert tomar(casa).tipo is TipoMensagem.CODIGO


def test_o_contato_da_carta_nao_se_guarda_com_a_resposta(
    casa: OficinaLocal, ana: FichaCliente
) -> None:
    trocar(casa, ana)
    assert tomar(casa).email == ANTIGOS[0]
    tomadas = select(tabelas.idempotencia.c.resposta).where(
        tabelas.idempotencia.c.caso == "TomarMensagem"
    )
    with casa._motor.connect() as conexao:
        (guardada,) = conexao.scalars(tomadas)
    assert "CONTATO" in guardada
    assert ANTIGOS[0] not in guardada


def test_trocado_depois_do_pedido_o_codigo_nao_sai(casa: OficinaLocal, ana: FichaCliente) -> None:
    casa.executar(PedirCodigo(cpf=cenario.CPF_ANA, origem="203.0.113.9"))
    trocar(casa, ana)
    assert tomar(casa).tipo is TipoMensagem.CONTATO
    assert acabou(casa)
    assert situacoes(casa)[0] is S.DESCARTADA


def test_so_a_gerencia_toma_e_conclui(casa: OficinaLocal, enviado: FichaOrcamento) -> None:
    for papel, cpf in ((Papel.ATENDENTE, cenario.CPF_ZE), (Papel.MECANICO, cenario.CPF_BIA)):
        quem = casa.como(cenario.sujeito(cenario.funcionario(casa, papel, cpf)))
        for caso in (TomarMensagem(), ConcluirMensagem(mensagem_id=1, prazo=AGORA, entregue=True)):
            with pytest.raises(AcessoNegado):
                quem.executar(caso)
    assert situacoes(casa) == [S.PENDENTE]
