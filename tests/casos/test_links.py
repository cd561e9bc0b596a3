"""O link de aprovação: quem o tem vê, responde uma vez, e deixa a prova."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import bindparam, select, update

from oficina_core.banco import tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import gravando
from oficina_core.banco.repositorios import links as links_sql
from oficina_core.casos import traducao
from oficina_core.casos.clientes import DesativarCliente
from oficina_core.casos.links import (
    CriarLink,
    DecidirPeloLink,
    FichaLink,
    PaginaDoLink,
    VerPeloLink,
)
from oficina_core.casos.mensagens import TomarMensagem
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EnviarOrcamento,
    FichaOrcamento,
    RevisarOrcamento,
    VerOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens import AnotarOrdem, AtribuirMecanico, VerHistoricoOrdem, VerOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, FinalizarOrdem
from oficina_core.casos.pecas import ListarPecas
from oficina_core.casos.portas import Oficina, Pedido
from oficina_core.casos.veiculos import EditarVeiculo, ListarVeiculos
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito, TipoAtor
from oficina_core.dominio.codigo import resumir
from oficina_core.dominio.erros import (
    AcessoNegado,
    Conflito,
    DadoInvalido,
    ErroOficina,
    NaoEncontrado,
    NaoIdentificado,
    RegraViolada,
)
from oficina_core.dominio.link import POR_HORA, SituacaoLink
from oficina_core.dominio.orcamento import Meio, StatusItem, StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario, juntos
from tests.conftest import Relogio
from tests.vestigios import onde_esta

AbrirPara = Callable[[Sujeito], Oficina]

ENDERECO = "203.0.113.9"
RODADAS = 4


@pytest.fixture
def casa(local: OficinaLocal) -> OficinaLocal:
    cenario.catalogo(local)
    return local


@pytest.fixture
def enviado(casa: OficinaLocal) -> FichaOrcamento:
    return cenario.enviado(casa)


def criar(oficina: Oficina, orcamento: FichaOrcamento) -> FichaLink:
    return oficina.executar(CriarLink(orcamento_id=orcamento.id))


def pelo(casa: OficinaLocal, link: FichaLink) -> OficinaLocal:
    """A oficina de quem chega com o segredo do endereço."""
    return casa.como(casa.link(resumir(link.segredo)))


def responder(
    pagina: PaginaDoLink, *linhas: int, endereco: str = ENDERECO, motivo: str | None = None
) -> DecidirPeloLink:
    """A resposta de quem leu esta página."""
    return DecidirPeloLink(
        linhas=linhas, conteudo=pagina.conteudo, endereco=endereco, motivo=motivo
    )


def todas(orcamento: FichaOrcamento) -> tuple[int, ...]:
    return tuple(item.id for item in orcamento.itens)


def linha_do_link(casa: OficinaLocal, link: FichaLink) -> Any:
    with casa._motor.connect() as conexao:
        este = tabelas.links.c.id == link.id
        return conexao.execute(select(tabelas.links).where(este)).one()


def reservados(casa: OficinaLocal) -> dict[str, Decimal]:
    itens = casa.executar(ListarPecas()).itens
    return {linha.codigo: linha.estoque - linha.disponivel for linha in itens}


NADA_RESERVADO = {"FILTRO": 0, "OLEO-5W30": 0, "PASTILHA": 0}


def continua_esperando(casa: OficinaLocal, orcamento: FichaOrcamento) -> bool:
    visto = casa.executar(VerOrcamento(orcamento_id=orcamento.id))
    nada = {item.status for item in visto.itens} == {StatusItem.PENDENTE}
    return nada and visto.decidido_em is None and reservados(casa) == NADA_RESERVADO


# --- Fazer o link


def test_o_link_se_faz_do_orcamento_que_espera_e_diz_a_quem_mandar(
    em_nome_de: AbrirPara, relogio: Relogio
) -> None:
    sistema = em_nome_de(SISTEMA)
    cenario.catalogo(sistema)
    cenario.cliente(sistema)
    orcamento = cenario.enviado(sistema)
    link = criar(sistema, orcamento)
    assert (link.orcamento_id, link.cliente) == (orcamento.id, "Ana Conceição")
    assert link.telefone == "+5511987654321"
    assert timedelta(days=89) < link.vale_ate - relogio.agora < timedelta(days=91)
    assert len(link.segredo) >= 43, "256 bits, em base64"
    assert criar(sistema, orcamento).segredo != link.segredo


def test_o_segredo_nao_se_escreve_sem_querer(casa: OficinaLocal, enviado: FichaOrcamento) -> None:
    link = criar(casa, enviado)
    assert link.segredo not in repr(link)
    assert link.segredo not in str(link)


def test_quem_chega_se_acha_pelo_resumo_do_segredo_e_nunca_pelo_guardado(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    link = criar(casa, enviado)
    guardado = linha_do_link(casa, link).resumo
    assert casa.link(resumir(link.segredo)) == Sujeito(tipo=TipoAtor.LINK, id=link.id)
    for outro in (link.segredo, resumir(guardado), resumir(""), "", "x" * 64, guardado[:-1]):
        with pytest.raises(NaoEncontrado, match="não existe; confira o endereço"):
            casa.link(outro)


def test_a_mesma_chave_nao_mostra_o_segredo_de_novo_e_manda_fazer_outro(
    em_nome_de: AbrirPara,
) -> None:
    sistema = em_nome_de(SISTEMA)
    cenario.catalogo(sistema)
    caso = CriarLink(orcamento_id=cenario.enviado(sistema).id)
    pedido = Pedido(chave="chave-do-link")
    sistema.executar(caso, pedido)
    with pytest.raises(Conflito, match="só se mostra uma vez; faça outro, com outra chave"):
        sistema.executar(caso, pedido)


def test_do_segredo_so_se_guarda_o_resumo(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    """Nem a resposta guardada, nem a auditoria, nem a caixa de saída o têm."""
    link = casa.executar(CriarLink(orcamento_id=enviado.id), Pedido(chave="chave-do-link"))
    carta = casa.executar(TomarMensagem())
    assert carta
    dele = pelo(casa, link)
    dele.executar(responder(dele.executar(VerPeloLink()), *todas(enviado)))
    for segredo in (link.segredo, carta.segredo):
        assert onde_esta(casa._motor, segredo) == []
        assert onde_esta(casa._motor, resumir(segredo)) != []


@pytest.mark.parametrize(
    "levar",
    [
        lambda o, n: o.executar(RecusarOrcamento(orcamento_id=n, motivo="caro")),
        lambda o, n: o.executar(AprovarOrcamento(orcamento_id=n)),
        lambda o, n: o.executar(CancelarOrcamento(orcamento_id=n, motivo="engano")),
        lambda o, n: o.executar(RevisarOrcamento(orcamento_id=n, enviar=True)),
    ],
    ids=["recusado", "aprovado", "cancelado", "substituído"],
)
def test_so_se_faz_link_do_que_espera_resposta(
    casa: OficinaLocal, enviado: FichaOrcamento, levar: Callable[[Oficina, int], Any]
) -> None:
    levar(casa, enviado.id)
    with pytest.raises(Conflito, match="só tem link o que espera resposta"):
        criar(casa, enviado)


def test_nao_se_faz_link_de_rascunho_nem_de_vencido_nem_do_que_nao_existe(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    rascunho = cenario.abrir(casa, kits=("TROCA-OLEO",)).orcamentos[0].id
    with pytest.raises(Conflito, match="ainda é rascunho"):
        casa.executar(CriarLink(orcamento_id=rascunho))
    relogio.passar(days=11)
    with pytest.raises(Conflito, match="venceu; para o renovar"):
        criar(casa, enviado)
    with pytest.raises(NaoEncontrado):
        casa.executar(CriarLink(orcamento_id=999_999))


def test_sao_tres_links_por_hora_de_cada_orcamento(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    outro = cenario.enviado(casa)
    for _ in range(POR_HORA):
        relogio.passar(minutes=10)
        criar(casa, enviado)
    with pytest.raises(RegraViolada, match="já se fizeram 3 links"):
        criar(casa, enviado)
    criar(casa, outro)
    relogio.passar(minutes=39)
    with pytest.raises(RegraViolada):
        criar(casa, enviado)
    relogio.passar(minutes=1)
    criar(casa, enviado)


def test_quem_faz_link_ao_mesmo_tempo_nao_passa_dos_tres(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    fazer = partial(criar, casa, enviado)
    feitos = juntos.largar([fazer] * 8)
    assert sum(isinstance(feito, FichaLink) for feito in feitos) == 3
    assert {type(feito) for feito in feitos} == {FichaLink, RegraViolada}


def test_sem_a_trava_quem_faz_link_ao_mesmo_tempo_passa_dos_tres(
    casa: OficinaLocal, enviado: FichaOrcamento, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O controle: todos contam antes que alguém grave o seu; no SQLite a corrida não há."""
    if casa._motor.dialect.name == "sqlite":
        pytest.skip("no SQLite a vez de gravar já é a trava")
    for _ in range(2):
        criar(casa, enviado)
    o = tabelas.orcamentos.c
    monkeypatch.setattr(links_sql, "TRAVA", select(o.id).where(o.id == bindparam("este")))
    pessoas = juntos.CONEXOES
    with juntos.encontro(casa._motor, pessoas, "INSERT INTO links_aprovacao"):
        feitos = juntos.largar([partial(criar, casa, enviado)] * pessoas)
    assert sum(isinstance(feito, FichaLink) for feito in feitos) == pessoas > 1


def test_o_mecanico_nao_faz_link(em_nome_de: AbrirPara) -> None:
    """Com o segredo na mão, responderia ele mesmo, como se fosse o cliente."""
    sistema = em_nome_de(SISTEMA)
    cenario.catalogo(sistema)
    ze = cenario.funcionario(sistema, Papel.MECANICO)
    meu = cenario.enviado(sistema)
    sistema.executar(AtribuirMecanico(ordem_id=meu.ordem_id or 0, mecanico_id=ze.id))
    with pytest.raises(AcessoNegado):
        criar(em_nome_de(cenario.sujeito(ze)), meu)


def no_balcao(oficina: Oficina) -> FichaOrcamento:
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    pedido = CriarOrcamento(veiculo_id=cenario.PLACA, kits=("TROCA-OLEO",), enviar=True)
    return oficina.executar(pedido)


# --- Ver


def test_o_link_mostra_o_orcamento_e_o_andamento_e_mais_nada(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    casa.executar(AnotarOrdem(ordem_id=enviado.ordem_id or 0, texto="cliente difícil"))
    pagina = pelo(casa, criar(casa, enviado)).executar(VerPeloLink())
    assert (pagina.situacao, pagina.loja, pagina.fuso) == (
        SituacaoLink.ABERTO,
        "Matriz",
        "America/Sao_Paulo",
    )
    visto = casa.executar(VerOrcamento(orcamento_id=enviado.id))
    itens = tuple(replace(item, disponivel=None) for item in visto.itens)
    assert pagina.orcamento == replace(visto, itens=itens)
    assert pagina.ordem
    assert pagina.ordem.status is StatusOrdem.AGUARDANDO_APROVACAO
    texto = traducao.canonico(pagina)
    for da_casa in ("cliente difícil", "custo", "telefone", "98765"):
        assert da_casa not in texto


def test_ver_nao_responde_nada_por_mais_que_se_veja(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    """O filtro de e-mail que abre os endereços não aprova por ninguém."""
    link = criar(casa, enviado)
    antes = linha_do_link(casa, link)
    for _ in range(3):
        pelo(casa, link).executar(VerPeloLink())
    assert linha_do_link(casa, link) == antes
    assert continua_esperando(casa, enviado)


# --- Decidir


def test_aprovar_pelo_link_move_a_ordem_e_separa_as_pecas(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    dele = pelo(casa, criar(casa, enviado))
    pagina = dele.executar(responder(dele.executar(VerPeloLink()), *todas(enviado)))
    assert pagina.situacao is SituacaoLink.DECIDIDO
    assert pagina.orcamento
    assert (pagina.orcamento.status, pagina.orcamento.decidido_por) == (
        StatusOrcamento.APROVADO,
        "Ana Conceição",
    )
    assert pagina.orcamento.decidido_meio is Meio.LINK
    assert pagina.ordem
    assert pagina.ordem.status is StatusOrdem.EM_EXECUCAO
    assert reservados(casa) == {"FILTRO": 1, "OLEO-5W30": Decimal("3.5"), "PASTILHA": 0}
    assert casa.executar(VerOrdem(ordem_id=pagina.ordem.id)).status is StatusOrdem.EM_EXECUCAO


def test_aprovar_por_linha_fecha_as_outras_com_o_motivo(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    dele = pelo(casa, criar(casa, enviado))
    filtro = next(item for item in enviado.itens if item.descricao == "Filtro")
    pagina = dele.executar(
        responder(dele.executar(VerPeloLink()), filtro.id, filtro.id, motivo="  só o filtro ")
    )
    assert pagina.orcamento
    assert pagina.orcamento.valor_aprovado == filtro.total
    assert {
        (item.id == filtro.id, item.status, item.motivo) for item in pagina.orcamento.itens
    } == {
        (True, StatusItem.APROVADO, None),
        (False, StatusItem.RECUSADO, "só o filtro"),
    }
    assert reservados(casa) == NADA_RESERVADO | {"FILTRO": 1}


def test_o_que_o_cliente_escreve_ao_aprovar_tudo_fica_na_ordem(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    dele = pelo(casa, criar(casa, enviado))
    pagina = dele.executar(
        responder(dele.executar(VerPeloLink()), *todas(enviado), motivo="guarde as peças velhas")
    )
    assert pagina.ordem
    (nota,) = casa.executar(VerOrdem(ordem_id=pagina.ordem.id)).anotacoes
    assert (nota.texto, nota.ator) == ("guarde as peças velhas", "Ana Conceição")


@pytest.mark.parametrize(
    ("motivo", "guardado"),
    [(None, "recusado pelo cliente, pelo link"), ("está caro", "está caro")],
)
def test_nenhuma_linha_e_recusar_tudo(
    casa: OficinaLocal, enviado: FichaOrcamento, motivo: str | None, guardado: str
) -> None:
    dele = pelo(casa, criar(casa, enviado))
    pagina = dele.executar(responder(dele.executar(VerPeloLink()), motivo=motivo))
    assert (pagina.situacao, pagina.orcamento and pagina.orcamento.motivo) == (
        SituacaoLink.DECIDIDO,
        guardado,
    )
    assert pagina.ordem
    assert pagina.ordem.status is StatusOrdem.EM_DIAGNOSTICO
    assert reservados(casa) == NADA_RESERVADO


def test_a_decisao_deixa_a_prova_do_que_se_leu(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    """CDC art. 39 VI: quando, de que endereço, o texto que o link prendia, e quem o fez."""
    balcao = cenario.funcionario(casa, Papel.ATENDENTE)
    link = criar(casa.como(cenario.sujeito(balcao)), enviado)
    dele = pelo(casa, link)
    relogio.agora = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    dele.executar(responder(dele.executar(VerPeloLink()), *todas(enviado)))
    prova = linha_do_link(casa, link)
    assert prova.decidido_em.replace(microsecond=0) == datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    assert prova.decidido_de == ENDERECO
    assert resumir(prova.mostrado) == prova.conteudo
    for dito in (f"Orçamento {enviado.id}", cenario.PLACA, "Filtro", "3,5 l", "Total R$ 249,65"):
        assert dito in prova.mostrado
    linhas = casa.executar(VerHistoricoOrdem(ordem_id=enviado.ordem_id or 0))
    (decisao, *_) = [linha for linha in linhas if linha.acao == "DecidirPeloLink"]
    historia = [(x.acao, x.entidade, x.entidade_id, x.ator) for x in linhas]
    assert decisao.ator == "Ana Conceição"
    assert ("CriarLink", "links_aprovacao", link.id, balcao.nome) in historia
    with casa._motor.connect() as conexao:
        eventos = tabelas.eventos.c
        quem = select(eventos.ator_tipo, eventos.ator_id).where(eventos.acao == "DecidirPeloLink")
        assert set(map(tuple, conexao.execute(quem))) == {(TipoAtor.LINK, link.id)}


def test_o_endereco_mais_longo_cabe_na_prova(casa: OficinaLocal, enviado: FichaOrcamento) -> None:
    longo = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255"
    link = criar(casa, enviado)
    dele = pelo(casa, link)
    dele.executar(responder(dele.executar(VerPeloLink()), *todas(enviado), endereco=longo))
    assert linha_do_link(casa, link).decidido_de == longo


def test_o_link_responde_uma_vez(casa: OficinaLocal, enviado: FichaOrcamento) -> None:
    link = criar(casa, enviado)
    dele = pelo(casa, link)
    pagina = dele.executar(VerPeloLink())
    dele.executar(responder(pagina, *todas(enviado)))
    prova = linha_do_link(casa, link)
    for outra in (responder(pagina, *todas(enviado)), responder(pagina)):
        with pytest.raises(Conflito, match="já foi respondido; fale com a oficina"):
            dele.executar(outra)
    assert linha_do_link(casa, link) == prova
    visto = casa.executar(VerOrcamento(orcamento_id=enviado.id))
    assert visto.status is StatusOrcamento.APROVADO


def test_dois_links_do_mesmo_orcamento_dao_uma_resposta_so(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    um, outro = criar(casa, enviado), criar(casa, enviado)
    pagina = pelo(casa, outro).executar(VerPeloLink())
    pelo(casa, um).executar(responder(pagina))
    assert pelo(casa, outro).executar(VerPeloLink()).situacao is SituacaoLink.DECIDIDO
    with pytest.raises(Conflito, match="já foi respondido"):
        pelo(casa, outro).executar(responder(pagina, *todas(enviado)))
    assert linha_do_link(casa, outro).decidido_em is None


def test_o_que_o_balcao_respondeu_o_link_so_mostra(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    dele = pelo(casa, criar(casa, enviado))
    pagina = dele.executar(VerPeloLink())
    ordem = casa.executar(AprovarOrcamento(orcamento_id=enviado.id, meio=Meio.WHATSAPP))
    with pytest.raises(Conflito, match="já foi respondido"):
        dele.executar(responder(pagina))
    casa.executar(FinalizarOrdem(ordem_id=ordem.id))
    depois = dele.executar(VerPeloLink())
    assert depois.situacao is SituacaoLink.DECIDIDO
    assert depois.ordem
    assert depois.ordem.status is StatusOrdem.FINALIZADA
    assert depois.ordem.data_fim


def test_depois_da_validade_o_link_nao_mostra_nem_responde(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    """A validade é um dia, inclusive, no fuso da loja."""
    dele = pelo(casa, criar(casa, enviado))
    pagina = dele.executar(VerPeloLink())
    assert enviado.validade
    meia_noite = datetime.combine(
        enviado.validade + timedelta(days=1), datetime.min.time(), tzinfo=UTC
    ) + timedelta(hours=3)
    relogio.agora = meia_noite - timedelta(minutes=1)
    assert dele.executar(VerPeloLink()).situacao is SituacaoLink.ABERTO
    relogio.agora = meia_noite
    vencida = dele.executar(VerPeloLink())
    assert (vencida.situacao, vencida.orcamento, vencida.ordem) == (
        SituacaoLink.VENCIDO,
        None,
        None,
    )
    for resposta in (responder(pagina, *todas(enviado)), responder(pagina)):
        with pytest.raises(Conflito, match="venceu; fale com a oficina"):
            dele.executar(resposta)
    assert continua_esperando(casa, enviado)


def test_no_ultimo_minuto_da_validade_ainda_se_responde(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    dele = pelo(casa, criar(casa, enviado))
    assert enviado.validade
    relogio.agora = datetime.combine(
        enviado.validade + timedelta(days=1), datetime.min.time(), tzinfo=UTC
    ) + timedelta(hours=2, minutes=59)
    pagina = dele.executar(responder(dele.executar(VerPeloLink()), *todas(enviado)))
    assert pagina.situacao is SituacaoLink.DECIDIDO


def test_depois_de_noventa_dias_o_link_nao_mostra_nem_o_andamento(
    casa: OficinaLocal, enviado: FichaOrcamento, relogio: Relogio
) -> None:
    dele = pelo(casa, criar(casa, enviado))
    pagina = dele.executar(responder(dele.executar(VerPeloLink()), *todas(enviado)))
    relogio.passar(days=89)
    assert dele.executar(VerPeloLink()).situacao is SituacaoLink.DECIDIDO
    relogio.passar(days=1, seconds=1)
    for caso in (VerPeloLink(), responder(pagina)):
        with pytest.raises(NaoEncontrado, match="venceu; peça outro"):
            dele.executar(caso)


def test_trocado_por_uma_revisao_o_link_diz_que_ha_outro(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    dele = pelo(casa, criar(casa, enviado))
    pagina = dele.executar(VerPeloLink())
    revisao = casa.executar(RevisarOrcamento(orcamento_id=enviado.id))
    assert dele.executar(VerPeloLink()).situacao is SituacaoLink.ABERTO, "só em rascunho"
    casa.executar(EnviarOrcamento(orcamento_id=revisao.id))
    nada_mostra(dele, pagina, enviado, SituacaoLink.TROCADO)
    ficou = casa.executar(VerOrcamento(orcamento_id=enviado.id))
    assert ficou.status is StatusOrcamento.SUBSTITUIDO


def nada_mostra(
    dele: OficinaLocal, pagina: PaginaDoLink, enviado: FichaOrcamento, situacao: SituacaoLink
) -> None:
    depois = dele.executar(VerPeloLink())
    assert (depois.situacao, depois.orcamento, depois.ordem) == (situacao, None, None)
    for resposta in (responder(pagina, *todas(enviado)), responder(pagina)):
        with pytest.raises(Conflito, match=f"{situacao.rotulo}; fale com a oficina"):
            dele.executar(resposta)


def test_cancelado_o_orcamento_ou_a_ordem_o_link_fica_sem_efeito(casa: OficinaLocal) -> None:
    um, outro = cenario.enviado(casa), cenario.enviado(casa)
    for orcamento, cancelar in (
        (um, CancelarOrcamento(orcamento_id=um.id, motivo="engano")),
        (outro, CancelarOrdem(ordem_id=outro.ordem_id or 0, motivo="desistiu")),
    ):
        dele = pelo(casa, criar(casa, orcamento))
        pagina = dele.executar(VerPeloLink())
        casa.executar(cancelar)
        nada_mostra(dele, pagina, orcamento, SituacaoLink.SEM_EFEITO)


def test_com_a_revisao_em_rascunho_ainda_se_responde_ao_que_se_mandou(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    dele = pelo(casa, criar(casa, enviado))
    revisao = casa.executar(RevisarOrcamento(orcamento_id=enviado.id))
    pagina = dele.executar(responder(dele.executar(VerPeloLink()), *todas(enviado)))
    assert pagina.situacao is SituacaoLink.DECIDIDO
    ficou = casa.executar(VerOrcamento(orcamento_id=revisao.id))
    assert ficou.status is StatusOrcamento.CANCELADO


# --- A prova só vale se o que se leu é o que está lá


def test_o_que_se_leu_tem_de_ser_o_que_o_link_prendeu(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    link = criar(casa, enviado)
    dele = pelo(casa, link)
    pagina = replace(dele.executar(VerPeloLink()), conteudo=resumir("outro texto"))
    for resposta in (responder(pagina, *todas(enviado)), responder(pagina)):
        with pytest.raises(Conflito, match="mudou depois deste link"):
            dele.executar(resposta)
    assert continua_esperando(casa, enviado)
    assert linha_do_link(casa, link).mostrado is None


def corrigir_a_placa(casa: OficinaLocal) -> None:
    (carro,) = casa.executar(ListarVeiculos()).itens
    casa.executar(
        EditarVeiculo(
            veiculo_id=carro.id,
            versao=1,
            placa="ABC1D24",
            marca=carro.marca,
            modelo=carro.modelo,
            cliente_id=cenario.CPF_ANA,
        )
    )


def mexer_por_fora(casa: OficinaLocal) -> None:
    """Quem grava direto no banco não muda o que o cliente leu."""
    itens = tabelas.orcamento_itens
    with gravando(casa._motor) as conexao:
        conexao.execute(update(itens).values(descricao="Óleo mais barato"))


@pytest.mark.parametrize("mudar", [corrigir_a_placa, mexer_por_fora])
def test_mudado_depois_do_link_o_que_se_mostra_a_resposta_nao_vale(
    casa: OficinaLocal, enviado: FichaOrcamento, mudar: Callable[[OficinaLocal], None]
) -> None:
    """A página nova, com o resumo antigo, guardaria uma prova que não confere."""
    link = criar(casa, enviado)
    dele = pelo(casa, link)
    mudar(casa)
    pagina = dele.executar(VerPeloLink())
    with pytest.raises(Conflito, match="peça outro à oficina"):
        dele.executar(responder(pagina, *todas(enviado)))
    assert continua_esperando(casa, enviado)
    novo = pelo(casa, criar(casa, enviado))
    novo.executar(responder(novo.executar(VerPeloLink()), *todas(enviado)))


def test_linha_de_outro_orcamento_nao_se_aprova(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    outro = cenario.enviado(casa)
    dele = pelo(casa, criar(casa, enviado))
    pagina = dele.executar(VerPeloLink())
    for linhas in ((outro.itens[0].id,), (*todas(enviado), outro.itens[0].id), (999_999,)):
        with pytest.raises(NaoEncontrado, match="não é do orçamento"):
            dele.executar(responder(pagina, *linhas))
    assert continua_esperando(casa, enviado)
    assert continua_esperando(casa, outro)


def test_o_motivo_e_as_linhas_tem_tamanho() -> None:
    with pytest.raises(DadoInvalido, match=r"1\.?000"):
        DecidirPeloLink(linhas=(), conteudo="x", endereco=ENDERECO, motivo="x" * 1001)
    with pytest.raises(DadoInvalido) as recusa:
        DecidirPeloLink(linhas=tuple(range(1001)), conteudo="x", endereco=ENDERECO)
    assert recusa.value.campo == "linhas"


# --- De quem é o link


def test_desativado_o_cliente_o_link_nao_identifica_ninguem(
    casa: OficinaLocal, enviado: FichaOrcamento
) -> None:
    dele = pelo(casa, criar(casa, enviado))
    pagina = dele.executar(VerPeloLink())
    ordem = casa.executar(VerOrdem(ordem_id=enviado.ordem_id or 0))
    casa.executar(DesativarCliente(cliente_id=ordem.cliente_id))
    for caso in (VerPeloLink(), responder(pagina, *todas(enviado))):
        with pytest.raises(NaoIdentificado):
            dele.executar(caso)
    assert continua_esperando(casa, enviado)


def test_o_link_que_nao_existe_nao_e_ninguem(casa: OficinaLocal) -> None:
    for id in (999_999, None):
        with pytest.raises(NaoIdentificado):
            casa.como(Sujeito(tipo=TipoAtor.LINK, id=id)).executar(VerPeloLink())


def test_so_o_link_ve_e_decide_pelo_link(casa: OficinaLocal, enviado: FichaOrcamento) -> None:
    pagina = pelo(casa, criar(casa, enviado)).executar(VerPeloLink())
    for papel, cpf in ((Papel.GERENTE, cenario.CPF_ZE), (Papel.ATENDENTE, cenario.CPF_BIA)):
        quem = casa.como(cenario.sujeito(cenario.funcionario(casa, papel, cpf)))
        for caso in (VerPeloLink(), responder(pagina)):
            with pytest.raises(AcessoNegado):
                quem.executar(caso)


def test_pelo_link_o_orcamento_de_balcao_abre_a_ordem(casa: OficinaLocal) -> None:
    orcamento = no_balcao(casa)
    dele = pelo(casa, criar(casa, orcamento))
    aberta = dele.executar(VerPeloLink())
    assert aberta.ordem is None
    pagina = dele.executar(responder(aberta, *todas(orcamento)))
    assert pagina.ordem
    assert pagina.ordem.status is StatusOrdem.EM_EXECUCAO
    assert dele.executar(VerPeloLink()) == pagina


def test_a_falta_de_peca_nao_perde_a_resposta_dada_pelo_link(casa: OficinaLocal) -> None:
    for _ in range(2):
        orcamento = cenario.enviado(casa, pecas=("PASTILHA",))
        dele = pelo(casa, criar(casa, orcamento))
        pagina = dele.executar(responder(dele.executar(VerPeloLink()), *todas(orcamento)))
    assert pagina.orcamento
    assert (pagina.orcamento.status, pagina.orcamento.itens[0].falta) == (
        StatusOrcamento.APROVADO,
        1,
    )


# --- Ao mesmo tempo


def erros(chegadas: list[Any]) -> list[type | None]:
    return [type(chegada) if isinstance(chegada, ErroOficina) else None for chegada in chegadas]


def rodadas(casa: OficinaLocal) -> Iterator[tuple[FichaOrcamento, FichaLink, PaginaDoLink]]:
    for _ in range(RODADAS):
        orcamento = cenario.enviado(casa)
        link = criar(casa, orcamento)
        yield orcamento, link, pelo(casa, link).executar(VerPeloLink())


def test_duas_respostas_ao_mesmo_tempo_tem_um_vencedor(casa: OficinaLocal) -> None:
    for orcamento, link, pagina in rodadas(casa):
        dele = pelo(casa, link)
        aprovar = responder(pagina, *todas(orcamento))
        respostas = (aprovar, responder(pagina), aprovar)
        with juntos.encontro(casa._motor, len(respostas), "UPDATE ordens_servico"):
            chegadas = juntos.largar([partial(dele.executar, r) for r in respostas])
        assert Counter(erros(chegadas)) == {Conflito: 2, None: 1}
        venceu = next(c for c in chegadas if not isinstance(c, ErroOficina))
        visto = casa.executar(VerOrcamento(orcamento_id=orcamento.id))
        assert venceu.orcamento == visto
        assert visto.decidido_meio is Meio.LINK
        assert linha_do_link(casa, link).decidido_em == visto.decidido_em


@pytest.mark.parametrize("cliente_aprova", [True, False], ids=["aprovar", "recusar"])
def test_pelo_link_contra_o_balcao_fica_uma_resposta(
    casa: OficinaLocal, *, cliente_aprova: bool
) -> None:
    for orcamento, link, pagina in rodadas(casa):
        dele = pelo(casa, link)
        linhas = todas(orcamento) if cliente_aprova else ()
        resposta, balcao = responder(pagina, *linhas), AprovarOrcamento(orcamento_id=orcamento.id)
        with juntos.encontro(casa._motor, 2, "UPDATE ordens_servico"):
            do_link, do_balcao = erros(
                juntos.largar([partial(dele.executar, resposta), partial(casa.executar, balcao)])
            )
        visto = casa.executar(VerOrcamento(orcamento_id=orcamento.id))
        pelo_link = visto.decidido_meio is Meio.LINK
        assert do_link is (None if pelo_link else Conflito)
        assert (linha_do_link(casa, link).decidido_em is not None) == pelo_link
        if cliente_aprova:
            assert do_balcao is None, "aprovar de novo é a mesma resposta"
        else:
            assert do_balcao is (Conflito if pelo_link else None)
