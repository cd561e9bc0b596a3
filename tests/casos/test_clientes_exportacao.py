"""Exportar: o cliente recebe tudo o que se guarda dele, e fica escrito quem o pediu."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from oficina_core.banco import tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos import clientes_exportacao, traducao
from oficina_core.casos.clientes import CriarCliente, DesativarCliente, FichaCliente, VerCliente
from oficina_core.casos.clientes_exportacao import (
    FORMATO,
    SECOES,
    ExportarDadosCliente,
    FichaExportacao,
)
from oficina_core.casos.funcionarios import CriarFuncionario
from oficina_core.casos.links import CriarLink, DecidirPeloLink, VerPeloLink
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.casos.orcamentos_decisao import RecusarOrcamento
from oficina_core.casos.ordens import AnotarOrdem, VerOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, FinalizarOrdem
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.casos.portas import Oficina, Pedido
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito, TipoAtor
from oficina_core.dominio.codigo import resumir
from oficina_core.dominio.erros import AcessoNegado, Conflito, DadoInvalido, NaoEncontrado
from oficina_core.dominio.mensagem import SituacaoMensagem, TipoMensagem
from oficina_core.dominio.orcamento import Meio, StatusItem, StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from tests import cenario
from tests.conftest import Relogio
from tests.vestigios import eventos

AbrirPara = Callable[[Sujeito], Oficina]


def exportar(oficina: Oficina, cliente_id: int, cursor: str | None = None) -> FichaExportacao:
    return oficina.executar(ExportarDadosCliente(cliente_id=cliente_id, cursor=cursor))


def partes(oficina: Oficina, cliente_id: int) -> list[FichaExportacao]:
    """Todas, uma depois da outra."""
    lidas = [exportar(oficina, cliente_id)]
    while lidas[-1].proximo:
        lidas.append(exportar(oficina, cliente_id, lidas[-1].proximo))
    return lidas


@pytest.fixture
def ana(oficina: Oficina) -> FichaCliente:
    cenario.catalogo(oficina)
    return cenario.cliente(oficina)


def test_vem_o_cadastro_com_os_carros_e_o_que_se_fez_dele(
    oficina: Oficina, ana: FichaCliente
) -> None:
    carro = cenario.veiculo(oficina)
    dados = exportar(oficina, ana.id)
    assert (dados.formato, dados.proximo) == (FORMATO, None)
    cliente = dados.cliente
    assert (cliente.nome, cliente.documento, cliente.telefone, cliente.email) == (
        ana.nome,
        ana.documento,
        ana.telefone,
        None,
    )
    assert [(x.acao, x.quem) for x in cliente.historico] == [("CriarCliente", TipoAtor.SISTEMA)]
    assert [(v.id, v.placa, v.ativo) for v in dados.veiculos] == [(carro.id, carro.placa, True)]
    assert (dados.ordens, dados.orcamentos, dados.mensagens) == ((), (), ())


def test_a_ordem_vem_inteira_e_sem_o_nome_de_quem_trabalhou(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    cenario.catalogo(sistema)
    gerente = cenario.funcionario(sistema, Papel.GERENTE)
    oficina = em_nome_de(cenario.sujeito(gerente))
    ordem = cenario.em_execucao(oficina, kits=("TROCA-OLEO",), queixa="Freio chia")
    oficina.executar(AnotarOrdem(ordem_id=ordem.id, texto="Cliente espera"))
    pronta = oficina.executar(FinalizarOrdem(ordem_id=ordem.id))
    pagar = RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=pronta.saldo)
    oficina.executar(pagar)
    dados = exportar(oficina, ordem.cliente_id)
    (dela,) = dados.ordens
    assert (dela.id, dela.placa, dela.status, dela.queixa) == (
        ordem.id,
        cenario.PLACA,
        StatusOrdem.FINALIZADA,
        "Freio chia",
    )
    (orcamento,) = dela.orcamentos
    assert (orcamento.status, orcamento.decidido_por, orcamento.decidido_meio) == (
        StatusOrcamento.APROVADO,
        "Ana Conceição",
        Meio.BALCAO,
    )
    assert orcamento.valor_total == pronta.total
    oleo = next(item for item in orcamento.itens if item.descricao == "Oleo-5w30")
    assert (oleo.quantidade, oleo.unidade, oleo.status) == (
        cenario.reais("3.5"),
        "l",
        StatusItem.APROVADO,
    )
    assert [nota.texto for nota in dela.anotacoes] == ["Cliente espera"]
    assert [(p.forma, p.valor) for p in dela.pagamentos] == [(FormaPagamento.PIX, pronta.saldo)]
    assert [x.acao for x in dela.historico] == ["AbrirOrdem", "AprovarOrcamento", "FinalizarOrdem"]
    assert {x.quem for x in dela.historico} == {TipoAtor.FUNCIONARIO}
    assert gerente.nome not in traducao.canonico(dados)


def test_vem_o_orcamento_de_balcao_e_as_mensagens(oficina: Oficina, ana: FichaCliente) -> None:
    cenario.veiculo(oficina)
    avulso = oficina.executar(
        CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",), enviar=True)
    )
    oficina.executar(RecusarOrcamento(orcamento_id=avulso.id, motivo="caro"))
    dados = exportar(oficina, ana.id)
    (recusado,) = dados.orcamentos
    assert (recusado.id, recusado.placa, recusado.motivo) == (avulso.id, cenario.PLACA, "caro")
    (mensagem,) = dados.mensagens
    assert (mensagem.tipo, mensagem.situacao, mensagem.orcamento_id) == (
        TipoMensagem.ORCAMENTO,
        SituacaoMensagem.PENDENTE,
        avulso.id,
    )


def test_o_que_e_de_outro_nao_vem(oficina: Oficina, ana: FichaCliente) -> None:
    """O carro que se vendeu leva com o dono novo só o que veio depois."""
    carro = cenario.veiculo(oficina)
    ordem = cenario.abrir(oficina, queixa="de Ana")
    oficina.executar(CancelarOrdem(ordem_id=ordem.id, motivo="vendeu"))
    bia = cenario.cliente(oficina, "Bia", cenario.CPF_BIA)
    cenario.transferir(oficina, carro, cenario.CPF_BIA)
    dela = exportar(oficina, bia.id)
    assert ([v.id for v in dela.veiculos], dela.ordens) == ([carro.id], ())
    de_ana = exportar(oficina, ana.id)
    assert (de_ana.veiculos, [o.queixa for o in de_ana.ordens]) == ((), ["de Ana"])


def test_em_partes_da_o_mesmo_que_de_uma_vez(
    oficina: Oficina, ana: FichaCliente, monkeypatch: pytest.MonkeyPatch
) -> None:
    for placa in ("AAA1A11", "BBB2B22", "CCC3C33"):
        cenario.veiculo(oficina, placa)
        oficina.executar(CriarOrcamento(veiculo_id=placa, servicos=("OLEO",), enviar=True))
        cenario.abrir(oficina, placa=placa, cliente=None, veiculo=None)
    (inteiro,) = partes(oficina, ana.id)
    assert [len(getattr(inteiro, secao)) for secao in SECOES] == [3, 3, 3, 3]
    for tamanho in (1, 2, 3, 4, 5, 12):
        monkeypatch.setattr(clientes_exportacao, "PARTE", tamanho)
        lidas = partes(oficina, ana.id)
        assert all(sum(len(getattr(p, s)) for s in SECOES) <= tamanho for p in lidas)
        for secao in SECOES:
            juntos = tuple(item for parte in lidas for item in getattr(parte, secao))
            assert juntos == getattr(inteiro, secao)


def test_a_parte_seguinte_so_vale_por_uma_hora(
    oficina: Oficina, ana: FichaCliente, relogio: Relogio
) -> None:
    """Sem a primeira não há evento, e sem evento não se leva nada."""
    with pytest.raises(Conflito, match="comece outra"):
        exportar(oficina, ana.id, "ordens-0")
    exportar(oficina, ana.id)
    assert exportar(oficina, ana.id, "ordens-0").ordens == ()
    relogio.passar(hours=1)
    with pytest.raises(Conflito, match="comece outra"):
        exportar(oficina, ana.id, "ordens-0")


@pytest.mark.parametrize(
    "cursor", ["", "ordens", "ordens-x", "funcionarios-0", "ordens-" + "9" * 19]
)
def test_cursor_que_nao_e_da_exportacao_se_recusa(cursor: str) -> None:
    with pytest.raises(DadoInvalido, match="cursor") as recusa:
        ExportarDadosCliente(cliente_id=1, cursor=cursor)
    assert recusa.value.campo == "cursor"


def test_o_desativado_tambem_tem_direito(oficina: Oficina, ana: FichaCliente) -> None:
    oficina.executar(DesativarCliente(cliente_id=ana.id))
    assert exportar(oficina, ana.id).cliente.nome == ana.nome
    with pytest.raises(NaoEncontrado):
        exportar(oficina, 999_999)


def test_so_o_gerente_da_rede_exporta(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    ana = cenario.cliente(sistema)
    da_loja = sistema.executar(
        CriarFuncionario(cpf=cenario.CPF_ZE, nome="Zé", papel=Papel.GERENTE, loja_id=1)
    )
    with pytest.raises(AcessoNegado, match="fale com a rede"):
        exportar(em_nome_de(cenario.sujeito(da_loja)), ana.id)
    assert sistema.executar(VerCliente(cliente_id=ana.id)).versao == 1


def test_fica_um_evento_com_quem_pediu_e_sem_os_dados(
    local: OficinaLocal, monkeypatch: pytest.MonkeyPatch
) -> None:
    cenario.catalogo(local)
    ana = cenario.cliente(local)
    cenario.veiculo(local)
    cenario.abrir(local)
    ze = cenario.funcionario(local, Papel.GERENTE)
    monkeypatch.setattr(clientes_exportacao, "PARTE", 1)
    assert len(partes(local.como(cenario.sujeito(ze)), ana.id)) == 2
    (evento,) = eventos(local, "ExportarDadosCliente")
    assert (evento.entidade, evento.entidade_id, evento.ator_id) == ("clientes", ana.id, ze.id)
    assert json.loads(evento.diferenca).keys() == {"exportado_em"}


def test_a_resposta_nao_se_guarda_com_a_chave(local: OficinaLocal) -> None:
    ana = local.executar(CriarCliente(nome="Ana", telefone="(11) 98765-4321"))
    chave = Pedido(chave="chave-0001")
    local.executar(ExportarDadosCliente(cliente_id=ana.id), chave)
    with local._motor.connect() as conexao:
        guardadas = dict(
            conexao.execute(
                select(tabelas.idempotencia.c.caso, tabelas.idempotencia.c.resposta)
            ).all()
        )
    assert guardadas["ExportarDadosCliente"] == "{}"
    with pytest.raises(Conflito, match="só se mostra uma vez"):
        local.executar(ExportarDadosCliente(cliente_id=ana.id), chave)
    assert len(eventos(local, "ExportarDadosCliente")) == 1


def test_a_resposta_pelo_link_vem_com_a_prova_e_sem_o_segredo(local: OficinaLocal) -> None:
    cenario.catalogo(local)
    enviado = cenario.enviado(local)
    link = local.executar(CriarLink(orcamento_id=enviado.id))
    dele = local.como(local.link(resumir(link.segredo)))
    pagina = dele.executar(VerPeloLink())
    linhas = tuple(item.id for item in enviado.itens)
    dele.executar(DecidirPeloLink(linhas=linhas, conteudo=pagina.conteudo, endereco="203.0.113.9"))
    ordem = local.executar(VerOrdem(ordem_id=enviado.ordem_id or 0))
    dados = exportar(local, ordem.cliente_id)
    (exportado,) = dados.ordens[0].orcamentos[0].links
    assert (exportado.decidido_de, exportado.conteudo) == ("203.0.113.9", pagina.conteudo)
    assert resumir(exportado.mostrado or "") == exportado.conteudo
    assert {x.quem for x in dados.ordens[0].historico} == {TipoAtor.SISTEMA, TipoAtor.LINK}
    assert resumir(link.segredo) not in traducao.canonico(dados)


def test_quantos_comandos_sao_nao_depende_de_quantas_ordens_ha(local: OficinaLocal) -> None:
    cenario.catalogo(local)
    ana = cenario.cliente(local)
    contas = []
    for placa in ("AAA1A11", "BBB2B22", "CCC3C33"):
        cenario.abrir(local, placa=placa, kits=("TROCA-OLEO",))
        comandos: list[str] = []

        def contar(*dito: Any, comandos: list[str] = comandos) -> None:
            comandos.append(dito[2])

        event.listen(local._motor, "before_cursor_execute", contar)
        exportar(local, ana.id)
        event.remove(local._motor, "before_cursor_execute", contar)
        contas.append(len([comando for comando in comandos if comando.startswith("SELECT")]))
    assert contas[0] == contas[1] == contas[2]
