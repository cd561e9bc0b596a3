from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from oficina_core.casos.clientes import DadosCliente, DesativarCliente, ListarClientes
from oficina_core.casos.kits import CriarKit, ItemPedido
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EnviarOrcamento,
    RevisarOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens import (
    AnotarOrdem,
    AtribuirMecanico,
    FichaOrdem,
    IniciarDiagnostico,
    ListarOrdens,
    VerHistoricoOrdem,
    VerOrdem,
)
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import (
    CancelarOrdem,
    EntregarOrdem,
    FinalizarOrdem,
    PecaUsada,
)
from oficina_core.casos.pagamentos import EstornarPagamento, RegistrarPagamento
from oficina_core.casos.portas import CasoDeUso, Oficina
from oficina_core.casos.veiculos import DadosVeiculo, ListarVeiculos, VerVeiculo
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito
from oficina_core.dominio.erros import (
    AcessoNegado,
    Conflito,
    DadoInvalido,
    NaoEncontrado,
    RegraViolada,
    VersaoAntiga,
)
from oficina_core.dominio.orcamento import Meio, StatusItem, StatusOrcamento
from oficina_core.dominio.ordem import FILA, StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from tests import cenario
from tests.conftest import Relogio

AbrirPara = Callable[[Sujeito], Oficina]
S = StatusOrdem


@pytest.fixture
def balcao(oficina: Oficina) -> Oficina:
    """A oficina com o catálogo; cliente e veículo nascem com a primeira ordem."""
    cenario.catalogo(oficina)
    return oficina


def test_um_pedido_abre_ordem_cliente_veiculo_e_rascunho(balcao: Oficina) -> None:
    ordem = cenario.abrir(balcao, queixa=None, km=52_000, kits=("TROCA-OLEO",))
    assert (ordem.status, ordem.queixa) == (S.RECEBIDA, "Troca de óleo 1.0")
    (orcamento,) = ordem.orcamentos
    assert (orcamento.status, orcamento.valor_total) == (
        StatusOrcamento.RASCUNHO,
        Decimal("249.65"),
    )
    assert (ordem.a_aprovar, ordem.total) == (Decimal("249.65"), 0)
    assert balcao.executar(VerOrdem(ordem_id=ordem.id)) == ordem
    assert balcao.executar(ListarClientes()).itens[0].nome == "Ana Conceição"
    carro = balcao.executar(ListarVeiculos()).itens[0]
    assert balcao.executar(VerVeiculo(veiculo_id=carro.id)).km == 52_000


def test_segunda_visita_acha_o_mesmo_carro_pela_placa_antiga(balcao: Oficina) -> None:
    cenario.abrir(balcao, placa="ABC1D23")
    outra = balcao.executar(AbrirOrdem(veiculo_id="abc-1323", queixa="Revisão"))
    assert (outra.placa, outra.cliente) == ("ABC1D23", "Ana Conceição")
    assert len(balcao.executar(ListarVeiculos()).itens) == 1


def test_placa_desconhecida_sem_dados_diz_o_que_falta(balcao: Oficina) -> None:
    with pytest.raises(NaoEncontrado, match="diga a marca, o modelo e o cliente"):
        balcao.executar(AbrirOrdem(veiculo_id="XYZ9A99", queixa="Barulho"))
    with pytest.raises(DadoInvalido, match="placa"):
        balcao.executar(AbrirOrdem(veiculo_id="XYZ", queixa="Barulho"))
    with pytest.raises(NaoEncontrado, match="Não há veículo 99"):
        balcao.executar(AbrirOrdem(veiculo_id=99, queixa="Barulho"))


def test_placa_com_outro_dono_e_conflito_ate_transferir(balcao: Oficina) -> None:
    cenario.abrir(balcao)
    cenario.cliente(balcao, "Bia Araújo", cenario.CPF_BIA)
    pedido = AbrirOrdem(veiculo_id="ABC1D23", cliente_id=cenario.CPF_BIA, queixa="Revisão")
    with pytest.raises(Conflito, match="mudou de dono") as recusa:
        balcao.executar(pedido)
    assert recusa.value.comando == "--transferir"
    transferida = balcao.executar(
        AbrirOrdem(
            veiculo_id="ABC1D23", cliente_id=cenario.CPF_BIA, queixa="Revisão", transferir=True
        )
    )
    assert transferida.cliente == "Bia Araújo"


def test_dono_antigo_continua_dono_da_ordem_que_abriu(balcao: Oficina) -> None:
    primeira = cenario.abrir(balcao)
    cenario.abrir(
        balcao,
        cliente=DadosCliente(nome="Bia Araújo", documento=cenario.CPF_BIA),
        transferir=True,
    )
    assert balcao.executar(VerOrdem(ordem_id=primeira.id)).cliente == "Ana Conceição"


def test_sem_documento_nome_e_telefone_bastam(balcao: Oficina) -> None:
    dados = DadosCliente(nome="Seu Manoel", telefone="11 3456-7890")
    assert cenario.abrir(balcao, cliente=dados).cliente == "Seu Manoel"


def test_cliente_desativado_se_oferece_reativar(balcao: Oficina) -> None:
    ordem = cenario.abrir(balcao)
    balcao.executar(DesativarCliente(cliente_id=ordem.cliente_id))
    reativar = f"cliente reativar id:{ordem.cliente_id}"
    with cenario.recusa(Conflito, conserta=reativar):
        cenario.abrir(balcao)
    with cenario.recusa(RegraViolada, conserta=reativar):
        cenario.abrir(balcao, cliente=None, cliente_id=cenario.CPF_ANA)
    with cenario.recusa(RegraViolada, conserta=reativar):
        balcao.executar(AbrirOrdem(veiculo_id="ABC1D23", queixa="Barulho"))


@pytest.mark.parametrize(
    ("campos", "diz"),
    [
        ({"queixa": None}, "queixa"),
        ({"queixa": None, "servicos": ("OLEO",)}, "queixa"),
        ({"km": 3_000_001}, "km"),
        ({"enviar": True}, "inclua"),
        ({"cliente_id": 1}, "não os dois"),
        ({"veiculo_id": "XYZ9A99", "veiculo": None}, "Nenhum veículo"),
    ],
)
def test_abertura_errada_nao_deixa_nada_pela_metade(
    balcao: Oficina, campos: dict[str, Any], diz: str
) -> None:
    with pytest.raises((DadoInvalido, NaoEncontrado), match=diz):
        cenario.abrir(balcao, **campos)
    assert balcao.executar(ListarOrdens()).itens == ()
    assert balcao.executar(ListarClientes()).itens == ()
    assert balcao.executar(ListarVeiculos()).itens == ()


def test_abrir_ja_enviando_espera_a_aprovacao(balcao: Oficina) -> None:
    ordem = cenario.abrir(balcao, kits=("TROCA-OLEO",), enviar=True)
    assert ordem.status is S.AGUARDANDO_APROVACAO
    assert ordem.orcamentos[0].status is StatusOrcamento.AGUARDANDO_APROVACAO


def test_hodometro_nao_anda_para_tras(balcao: Oficina) -> None:
    cenario.abrir(balcao, km=52_000)
    with pytest.raises(DadoInvalido, match=r"já tinha 52\.000 km; confira o hodômetro"):
        balcao.executar(AbrirOrdem(veiculo_id="ABC1D23", queixa="Revisão", km=51_999))


def test_dia_inteiro_da_queixa_a_entrega(balcao: Oficina, relogio: Relogio) -> None:
    ordem = cenario.abrir(balcao, kits=("TROCA-OLEO",), km=52_000)
    balcao.executar(IniciarDiagnostico(ordem_id=ordem.id))
    enviado = balcao.executar(EnviarOrcamento(orcamento_id=ordem.orcamentos[0].id))
    linhas = tuple(i.id for i in enviado.itens if i.descricao != "Filtro")
    executa = balcao.executar(
        AprovarOrcamento(orcamento_id=enviado.id, linhas=linhas, motivo="filtro está novo")
    )
    assert (executa.status, executa.total) == (S.EM_EXECUCAO, Decimal("214.65"))
    assert executa.data_inicio is not None
    extra = cenario.complementar(balcao, ordem.id, "PASTILHA")
    assert extra.complementar_de == enviado.id
    espera = balcao.executar(VerOrdem(ordem_id=ordem.id))
    assert (espera.status, espera.aguarda_complementar) == (S.EM_EXECUCAO, True)
    balcao.executar(AprovarOrcamento(orcamento_id=extra.id))
    oleo = next(i.id for i in enviado.itens if i.peca_id and i.descricao != "Filtro")
    relogio.passar(hours=3)
    pronta = balcao.executar(
        FinalizarOrdem(
            ordem_id=ordem.id, usadas=(PecaUsada(linha=oleo, quantidade=Decimal("3.2")),)
        )
    )
    # 75,00 + 3,2 l × 39,90 + 180,00
    assert (pronta.status, pronta.total) == (S.FINALIZADA, Decimal("382.68"))
    assert pronta.orcamentos[0].valor_aprovado == Decimal("214.65")
    cobrado = sum(item.cobrado or 0 for o in pronta.orcamentos for item in o.itens)
    assert cobrado == pronta.total
    paga = balcao.executar(
        RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=pronta.saldo)
    )
    assert paga.saldo == 0
    entregue = balcao.executar(EntregarOrdem(ordem_id=ordem.id, km=52_010))
    assert (entregue.status, entregue.aviso) == (S.ENTREGUE, None)
    assert balcao.executar(VerOrdem(ordem_id=ordem.id)) == entregue
    acoes = [e.acao for e in balcao.executar(VerHistoricoOrdem(ordem_id=ordem.id))]
    esperadas = [
        "AbrirOrdem",
        "IniciarDiagnostico",
        "EnviarOrcamento",
        "AprovarOrcamento",
        "CriarOrcamento",
        "FinalizarOrdem",
        "RegistrarPagamento",
        "EntregarOrdem",
    ]
    assert list(dict.fromkeys(acoes)) == esperadas


def test_aprovar_de_novo_responde_a_mesma_ordem(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    primeira = balcao.executar(AprovarOrcamento(orcamento_id=enviado.id, versao=enviado.versao))
    segunda = balcao.executar(AprovarOrcamento(orcamento_id=enviado.id, versao=enviado.versao))
    assert segunda == primeira


def test_aprovar_de_novo_com_outras_linhas_nao_se_cala(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    primeira, segunda, _ = (item.id for item in enviado.itens)
    so_uma = AprovarOrcamento(orcamento_id=enviado.id, linhas=(primeira,))
    assert balcao.executar(so_uma) == balcao.executar(so_uma)
    with pytest.raises(Conflito, match="vai em um complementar"):
        balcao.executar(AprovarOrcamento(orcamento_id=enviado.id, linhas=(segunda,)))


def test_documento_conhecido_com_outro_nome_e_conflito(balcao: Oficina) -> None:
    cenario.abrir(balcao)
    outro = DadosCliente(nome="Carlos Souza", documento=cenario.CPF_ANA)
    with pytest.raises(Conflito, match="já é de Ana Conceição"):
        cenario.abrir(balcao, placa="XYZ9A99", cliente=outro)
    parte = DadosCliente(nome="ana", documento=cenario.CPF_ANA)
    assert cenario.abrir(balcao, placa="XYZ9A99", cliente=parte).cliente == "Ana Conceição"


def test_revisao_em_rascunho_nao_dobra_o_que_se_propoe(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    balcao.executar(RevisarOrcamento(orcamento_id=enviado.id))
    ordem = balcao.executar(VerOrdem(ordem_id=enviado.ordem_id or 0))
    assert ordem.a_aprovar == Decimal("249.65")
    assert balcao.executar(ListarOrdens()).itens[0].a_aprovar == Decimal("249.65")


def test_linha_usada_dita_duas_vezes_e_recusada(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao, pecas=("FILTRO",))
    usada = PecaUsada(linha=ordem.orcamentos[0].itens[0].id, quantidade=Decimal(1))
    with pytest.raises(DadoInvalido, match="duas vezes"):
        balcao.executar(FinalizarOrdem(ordem_id=ordem.id, usadas=(usada, usada)))


def test_mecanico_nao_assume_ordem_encerrada(em_nome_de: AbrirPara) -> None:
    gerencia = em_nome_de(SISTEMA)
    mecanico = em_nome_de(cenario.sujeito(cenario.funcionario(gerencia, Papel.MECANICO)))
    ordem = cenario.abrir(gerencia)
    gerencia.executar(CancelarOrdem(ordem_id=ordem.id, motivo="desistiu"))
    with pytest.raises(Conflito, match="não muda de mecânico"):
        mecanico.executar(AnotarOrdem(ordem_id=ordem.id, texto="vazamento"))


def test_aprovar_versao_antiga_e_recusado(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    with pytest.raises(VersaoAntiga):
        balcao.executar(AprovarOrcamento(orcamento_id=enviado.id, versao=enviado.versao - 1))


def test_aprovar_por_linha_fecha_todas(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    ordem = balcao.executar(
        AprovarOrcamento(
            orcamento_id=enviado.id,
            linhas=(enviado.itens[0].id,),
            motivo="sem dinheiro",
            meio=Meio.WHATSAPP,
            por="Carlos",
        )
    )
    itens = ordem.orcamentos[0].itens
    assert [i.status for i in itens].count(StatusItem.APROVADO) == 1
    assert {i.motivo for i in itens if i.status is StatusItem.RECUSADO} == {"sem dinheiro"}


def test_aprovar_nenhuma_linha_ou_linha_alheia_e_erro(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    with pytest.raises(RegraViolada, match="ao menos uma linha"):
        balcao.executar(AprovarOrcamento(orcamento_id=enviado.id, linhas=()))
    with pytest.raises(NaoEncontrado, match="não é do orçamento"):
        balcao.executar(AprovarOrcamento(orcamento_id=enviado.id, linhas=(999_999,)))


def test_rascunho_se_envia_e_aprova_de_uma_vez(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    assert ordem.status is S.EM_EXECUCAO
    assert ordem.orcamentos[0].status is StatusOrcamento.APROVADO


def test_orcamento_de_balcao_aprovado_abre_a_ordem_dele(balcao: Oficina) -> None:
    cenario.cliente(balcao)
    cenario.veiculo(balcao)
    feito = balcao.executar(
        CriarOrcamento(veiculo_id="ABC1D23", kits=("TROCA-OLEO",), descricao="Óleo e filtro")
    )
    ordem = balcao.executar(AprovarOrcamento(orcamento_id=feito.id))
    assert (ordem.status, ordem.queixa) == (S.EM_EXECUCAO, "Óleo e filtro")
    assert balcao.executar(AprovarOrcamento(orcamento_id=feito.id)) == ordem


def test_complementar_recusado_nao_move_a_ordem(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    extra = cenario.complementar(balcao, ordem.id, "PASTILHA")
    balcao.executar(RecusarOrcamento(orcamento_id=extra.id, motivo="fica para depois"))
    depois = balcao.executar(VerOrdem(ordem_id=ordem.id))
    assert (depois.status, depois.total) == (S.EM_EXECUCAO, ordem.total)


def test_complementar_se_revisa_e_cancela_sem_mover_a_ordem(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    extra = cenario.complementar(balcao, ordem.id, "PASTILHA")
    revisao = balcao.executar(RevisarOrcamento(orcamento_id=extra.id, enviar=True))
    balcao.executar(CancelarOrcamento(orcamento_id=revisao.id, motivo="desistiu"))
    depois = balcao.executar(VerOrdem(ordem_id=ordem.id))
    assert (depois.status, depois.aguarda_complementar) == (S.EM_EXECUCAO, False)


def test_revisao_de_complementar_cancelada_nao_move_a_ordem(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    extra = cenario.complementar(balcao, ordem.id, "PASTILHA")
    revisao = balcao.executar(RevisarOrcamento(orcamento_id=extra.id))
    balcao.executar(CancelarOrcamento(orcamento_id=revisao.id, motivo="engano"))
    depois = balcao.executar(VerOrdem(ordem_id=ordem.id))
    assert (depois.status, depois.aguarda_complementar) == (S.EM_EXECUCAO, True)


def test_finalizar_espera_o_complementar_e_descarta_o_rascunho(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    extra = cenario.complementar(balcao, ordem.id, "PASTILHA")
    rascunho = balcao.executar(CriarOrcamento(ordem_id=ordem.id, servicos=("PAST",)))
    with pytest.raises(RegraViolada, match=f"à espera de resposta: {extra.id}"):
        balcao.executar(FinalizarOrdem(ordem_id=ordem.id))
    balcao.executar(RecusarOrcamento(orcamento_id=extra.id, motivo="não quis"))
    pronta = balcao.executar(FinalizarOrdem(ordem_id=ordem.id))
    status = {o.id: o.status for o in pronta.orcamentos}
    assert status[rascunho.id] is StatusOrcamento.CANCELADO


@pytest.mark.parametrize(
    ("usada", "erro", "diz"),
    [
        ("3.501", RegraViolada, "3,5 l aprovados"),
        ("3.5001", DadoInvalido, "três decimais"),
    ],
)
def test_usar_mais_que_o_aprovado_e_recusado(
    balcao: Oficina, usada: str, erro: type[Exception], diz: str
) -> None:
    ordem = cenario.em_execucao(balcao)
    oleo = next(i for i in ordem.orcamentos[0].itens if i.quantidade == Decimal("3.5"))
    with pytest.raises(erro, match=diz):
        balcao.executar(
            FinalizarOrdem(
                ordem_id=ordem.id, usadas=(PecaUsada(linha=oleo.id, quantidade=Decimal(usada)),)
            )
        )
    assert balcao.executar(VerOrdem(ordem_id=ordem.id)).status is S.EM_EXECUCAO


def test_so_linha_de_peca_tem_quantidade_usada(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    servico = next(i for i in ordem.orcamentos[0].itens if i.servico_id)
    with pytest.raises(NaoEncontrado, match="não é de peça"):
        balcao.executar(
            FinalizarOrdem(
                ordem_id=ordem.id, usadas=(PecaUsada(linha=servico.id, quantidade=Decimal(1)),)
            )
        )
    with pytest.raises(DadoInvalido, match="negativo"):
        PecaUsada(linha=1, quantidade=Decimal(-1))


def test_desconto_acompanha_o_que_se_usou(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(
        balcao,
        pecas=(ItemPedido(id="FILTRO", quantidade=Decimal(4), desconto=Decimal("10.00")),),
    )
    (item,) = ordem.orcamentos[0].itens
    pronta = balcao.executar(
        FinalizarOrdem(ordem_id=ordem.id, usadas=(PecaUsada(linha=item.id, quantidade=Decimal(3)),))
    )
    assert pronta.total == Decimal("97.50")  # 3 × 35,00 − 3/4 × 10,00


def test_entrega_com_saldo_avisa_e_nao_impede(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    balcao.executar(FinalizarOrdem(ordem_id=ordem.id))
    entregue = balcao.executar(EntregarOrdem(ordem_id=ordem.id))
    assert (entregue.status, entregue.aviso) == (S.ENTREGUE, "Falta receber R$ 249,65.")


def test_sinal_e_sinal_ate_a_ordem_acabar_e_entao_se_devolve(balcao: Oficina) -> None:
    ordem = cenario.abrir(balcao)
    com_sinal = balcao.executar(
        RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.DINHEIRO, valor=Decimal("50.00"))
    )
    assert com_sinal.aviso == "Há um sinal de R$ 50,00."
    desistiu = balcao.executar(CancelarOrdem(ordem_id=ordem.id, motivo="desistiu"))
    assert desistiu.aviso == "Há R$ 50,00 a devolver ao cliente."


def test_o_mesmo_pagamento_em_seguida_pede_que_se_confirme(
    balcao: Oficina, relogio: Relogio
) -> None:
    ordem = cenario.abrir(balcao)
    pix = RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=Decimal(50))
    primeiro = balcao.executar(pix).pagamentos[0]
    with pytest.raises(Conflito, match=rf"\(nº {primeiro.id}\); confira") as recusa:
        balcao.executar(pix)
    assert recusa.value.comando == "--outro-igual"
    assert balcao.executar(replace(pix, outro_igual=True)).pago == Decimal(100)
    balcao.executar(replace(pix, valor=Decimal(10)))
    balcao.executar(replace(pix, forma=FormaPagamento.DINHEIRO))
    relogio.passar(minutes=2)
    assert balcao.executar(pix).pago == Decimal(210)


def test_pagamento_estornado_se_refaz_na_hora(balcao: Oficina) -> None:
    ordem = cenario.abrir(balcao)
    pix = RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=Decimal(50))
    engano = balcao.executar(pix).pagamentos[0]
    balcao.executar(EstornarPagamento(pagamento_id=engano.id))
    assert balcao.executar(pix).pago == Decimal(50)


def test_cliente_sem_documento_que_volta_e_o_mesmo(balcao: Oficina) -> None:
    """Quem deixou só nome e telefone não vira outro cliente a cada visita."""
    ze = DadosCliente(nome="José Lima", telefone="(11) 91234-5678")
    primeira = cenario.abrir(balcao, placa="GHI9J88", cliente=ze)
    volta = cenario.abrir(balcao, placa="GHI9J88", cliente=replace(ze, nome="jose lima"))
    outro_carro = cenario.abrir(balcao, placa="KLM2N34", cliente=replace(ze, nome="José"))
    assert primeira.cliente_id == volta.cliente_id == outro_carro.cliente_id
    vizinha = cenario.abrir(balcao, placa="PQR5S67", cliente=replace(ze, nome="Rita"))
    assert vizinha.cliente_id != primeira.cliente_id


def test_carro_de_outro_se_diz_pelo_nome_do_dono(balcao: Oficina) -> None:
    cenario.abrir(balcao)
    bia = DadosCliente(nome="Bia", telefone="(11) 91234-5678")
    with pytest.raises(Conflito, match=r"é de Ana Conceição .* e não de Bia; .*mudou de dono"):
        cenario.abrir(balcao, cliente=bia)


@pytest.mark.parametrize(
    "outro", [{"marca": "Fiat", "modelo": "Uno"}, {"ano": 1999}, {"cor": "azul"}], ids=str
)
def test_placa_de_um_carro_que_nao_e_o_dito_se_recusa(
    balcao: Oficina, outro: dict[str, Any]
) -> None:
    """Senão o serviço, e o link do orçamento, iriam ao dono do outro."""
    certo: dict[str, Any] = {"marca": "Volks", "modelo": "gol", "ano": 2015}
    cenario.abrir(balcao)
    cenario.abrir(balcao, veiculo=DadosVeiculo(**certo, cor="Preto"))
    (linha,) = balcao.executar(ListarVeiculos(busca=cenario.PLACA)).itens
    carro = balcao.executar(VerVeiculo(veiculo_id=linha.id))
    assert (carro.modelo, carro.cor) == ("Gol 1.0", "Preto"), "o que faltava se completa"
    with pytest.raises(Conflito, match=r"é VW Gol 1.0 Preto 2015; confira-a"):
        cenario.abrir(balcao, veiculo=DadosVeiculo(**(certo | outro)))


def test_carro_que_ja_esta_na_casa_abre_outra_ordem_com_aviso(balcao: Oficina) -> None:
    primeira = cenario.abrir(balcao)
    assert primeira.aviso is None
    outra = cenario.abrir(balcao)
    assert outra.aviso == f"Este veículo já tem a ordem {primeira.id}, recebida."


def test_orcamento_de_balcao_de_carro_que_ja_esta_na_casa_abre_outra_ordem_com_aviso(
    balcao: Oficina,
) -> None:
    primeira = cenario.abrir(balcao)
    orcamento = balcao.executar(CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("PAST",)))
    outra = balcao.executar(AprovarOrcamento(orcamento_id=orcamento.id))
    assert outra.id != primeira.id
    assert outra.aviso == f"Este veículo já tem a ordem {primeira.id}, recebida."


def test_aprovar_o_enviado_avisa_da_revisao_que_ficou_para_tras(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    revisao = balcao.executar(RevisarOrcamento(orcamento_id=enviado.id))
    ordem = balcao.executar(AprovarOrcamento(orcamento_id=enviado.id))
    assert ordem.aviso == f"A revisão {revisao.id}, que estava em rascunho, foi cancelada."


def test_fila_mostra_o_orcamento_que_venceu(balcao: Oficina, relogio: Relogio) -> None:
    enviado = cenario.enviado(balcao)
    assert not balcao.executar(ListarOrdens()).itens[0].orcamento_vencido
    relogio.passar(days=11)
    assert balcao.executar(ListarOrdens()).itens[0].orcamento_vencido
    balcao.executar(RevisarOrcamento(orcamento_id=enviado.id, enviar=True))
    assert not balcao.executar(ListarOrdens()).itens[0].orcamento_vencido


def test_linhas_se_veem_na_ordem_dos_numeros_delas(balcao: Oficina) -> None:
    feito = balcao.executar(
        CriarOrcamento(ordem_id=cenario.abrir(balcao).id, pecas=("PASTILHA", "OLEO-5W30", "FILTRO"))
    )
    numeros = [item.id for item in feito.itens]
    assert numeros == sorted(numeros)


def test_mecanico_ve_o_telefone_mascarado_na_ordem(em_nome_de: AbrirPara) -> None:
    gerencia = em_nome_de(SISTEMA)
    mecanico = em_nome_de(cenario.sujeito(cenario.funcionario(gerencia, Papel.MECANICO)))
    ze = DadosCliente(nome="José", telefone="(11) 91234-5678")
    ordem = cenario.abrir(gerencia, cliente=ze)
    assert ordem.telefone == "+5511912345678"
    assert mecanico.executar(VerOrdem(ordem_id=ordem.id)).telefone == "(**) *****-5678"


def test_pagamento_de_ordem_pronta_nao_passa_do_saldo(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    balcao.executar(FinalizarOrdem(ordem_id=ordem.id))
    with pytest.raises(RegraViolada, match="R\\$ 249,65"):
        balcao.executar(
            RegistrarPagamento(
                ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=Decimal("2496.50")
            )
        )
    with pytest.raises(DadoInvalido, match="maior que zero"):
        RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=Decimal(0))


def test_pagamento_se_estorna_uma_vez(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    paga = balcao.executar(
        RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=Decimal("100.00"))
    )
    numero = paga.pagamentos[0].id
    estornada = balcao.executar(EstornarPagamento(pagamento_id=numero))
    assert (estornada.pago, len(estornada.pagamentos)) == (0, 2)
    with pytest.raises(Conflito, match="já foi estornado"):
        balcao.executar(EstornarPagamento(pagamento_id=numero))
    with pytest.raises(Conflito, match="já é um estorno"):
        balcao.executar(EstornarPagamento(pagamento_id=estornada.pagamentos[1].id))
    with pytest.raises(NaoEncontrado, match="Não há pagamento"):
        balcao.executar(EstornarPagamento(pagamento_id=9_999))


def test_cancelar_solta_as_pecas_e_os_orcamentos_abertos(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    extra = cenario.complementar(balcao, ordem.id, "PASTILHA")
    cancelada = balcao.executar(CancelarOrdem(ordem_id=ordem.id, motivo="bateu o carro"))
    assert (cancelada.status, cancelada.motivo_cancelamento) == (S.CANCELADA, "bateu o carro")
    assert (cancelada.total, cancelada.saldo, cancelada.falta_peca) == (0, 0, False)
    assert {o.id: o.status for o in cancelada.orcamentos}[extra.id] is StatusOrcamento.CANCELADO
    outra = cenario.abrir(balcao, kits=("TROCA-OLEO",))
    assert balcao.executar(AprovarOrcamento(orcamento_id=outra.orcamentos[0].id)).total > 0


ACOES: dict[str, Callable[[FichaOrdem], CasoDeUso[object]]] = {
    "diagnosticar": lambda o: IniciarDiagnostico(ordem_id=o.id),
    "finalizar": lambda o: FinalizarOrdem(ordem_id=o.id),
    "entregar": lambda o: EntregarOrdem(ordem_id=o.id),
    "cancelar": lambda o: CancelarOrdem(ordem_id=o.id, motivo="desistiu"),
}
PERMITIDAS = {
    ("diagnosticar", S.RECEBIDA),
    ("finalizar", S.EM_EXECUCAO),
    ("entregar", S.FINALIZADA),
    ("cancelar", S.RECEBIDA),
    ("cancelar", S.EM_DIAGNOSTICO),
    ("cancelar", S.AGUARDANDO_APROVACAO),
    ("cancelar", S.EM_EXECUCAO),
}


def _ate(oficina: Oficina, status: StatusOrdem) -> FichaOrdem:
    """Uma ordem levada por ações até o status."""
    ordem = cenario.abrir(oficina, kits=("TROCA-OLEO",))
    numero = ordem.orcamentos[0].id
    aprovar = AprovarOrcamento(orcamento_id=numero)
    finalizar = FinalizarOrdem(ordem_id=ordem.id)
    caminho: dict[StatusOrdem, tuple[CasoDeUso[object], ...]] = {
        S.RECEBIDA: (),
        S.EM_DIAGNOSTICO: (IniciarDiagnostico(ordem_id=ordem.id),),
        S.AGUARDANDO_APROVACAO: (EnviarOrcamento(orcamento_id=numero),),
        S.EM_EXECUCAO: (aprovar,),
        S.FINALIZADA: (aprovar, finalizar),
        S.ENTREGUE: (aprovar, finalizar, EntregarOrdem(ordem_id=ordem.id)),
        S.CANCELADA: (CancelarOrdem(ordem_id=ordem.id, motivo="desistiu"),),
    }
    for caso in caminho[status]:
        oficina.executar(caso)
    return oficina.executar(VerOrdem(ordem_id=ordem.id))


@pytest.mark.parametrize(("acao", "status"), list(product(ACOES, S)))
def test_status_so_muda_pelo_caminho(balcao: Oficina, acao: str, status: StatusOrdem) -> None:
    ordem = _ate(balcao, status)
    assert ordem.status is status
    if (acao, status) in PERMITIDAS:
        balcao.executar(ACOES[acao](ordem))
        return
    with pytest.raises(Conflito, match=f"A ordem {ordem.id} está {status.rotulo}"):
        balcao.executar(ACOES[acao](ordem))
    assert balcao.executar(VerOrdem(ordem_id=ordem.id)) == ordem


def test_fila_mostra_a_execucao_antes_e_a_mais_antiga_antes(balcao: Oficina) -> None:
    numeros = {status: [_ate(balcao, status).id for _ in range(2)] for status in reversed(FILA)}
    _ate(balcao, S.ENTREGUE)
    _ate(balcao, S.CANCELADA)
    esperada = [numero for status in FILA for numero in numeros[status]]
    vistos: list[int] = []
    cursor = None
    for _ in range(3):
        pagina = balcao.executar(ListarOrdens(limite=3, cursor=cursor))
        vistos += [linha.id for linha in pagina.itens]
        cursor = pagina.proximo
    assert (vistos, cursor) == (esperada, None)


def test_encerradas_se_pedem_e_vem_da_mais_nova(balcao: Oficina) -> None:
    numeros = [_ate(balcao, S.FINALIZADA).id for _ in range(3)]
    primeira = balcao.executar(ListarOrdens(status=S.FINALIZADA, limite=2))
    segunda = balcao.executar(ListarOrdens(status=S.FINALIZADA, limite=2, cursor=primeira.proximo))
    vistos = [linha.id for linha in (*primeira.itens, *segunda.itens)]
    assert vistos == numeros[::-1]
    assert balcao.executar(ListarOrdens(todas_lojas=True)).itens == ()


def test_fila_marca_a_atrasada_e_a_que_espera_complementar(
    balcao: Oficina, relogio: Relogio
) -> None:
    ordem = cenario.em_execucao(balcao)
    cenario.complementar(balcao, ordem.id, "PASTILHA")
    relogio.agora += timedelta(days=3, seconds=1)
    nova = balcao.executar(AbrirOrdem(veiculo_id="ABC1D23", queixa="Barulho"))
    linhas = {linha.id: linha for linha in balcao.executar(ListarOrdens()).itens}
    velha = linhas[ordem.id]
    assert (velha.atrasada, velha.aguarda_complementar) == (True, True)
    assert (velha.total, velha.mecanico) == (ordem.total, None)
    assert velha.a_aprovar == Decimal("180.00")
    assert (linhas[nova.id].atrasada, linhas[nova.id].total) == (False, 0)


def test_mecanico_assume_anota_e_termina_a_sua_ordem(em_nome_de: AbrirPara) -> None:
    gerencia = em_nome_de(SISTEMA)
    cenario.catalogo(gerencia)
    mecanico = em_nome_de(cenario.sujeito(cenario.funcionario(gerencia, Papel.MECANICO)))
    outro = em_nome_de(
        cenario.sujeito(cenario.funcionario(gerencia, Papel.MECANICO, cenario.CPF_BIA))
    )
    ordem = cenario.abrir(gerencia, kits=("TROCA-OLEO",))
    with pytest.raises(AcessoNegado, match="assuma-a"):
        mecanico.executar(CriarOrcamento(ordem_id=ordem.id, servicos=("OLEO",)))
    assumida = mecanico.executar(IniciarDiagnostico(ordem_id=ordem.id))
    assert assumida.mecanico == "Zé mecânico"
    anotada = mecanico.executar(AnotarOrdem(ordem_id=ordem.id, texto="vazamento\nno cárter"))
    assert [a.texto for a in anotada.anotacoes] == ["vazamento\nno cárter"]
    gerencia.executar(AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id))
    with pytest.raises(NaoEncontrado):
        outro.executar(FinalizarOrdem(ordem_id=ordem.id))
    pronta = mecanico.executar(FinalizarOrdem(ordem_id=ordem.id))
    assert pronta.status is S.FINALIZADA


def test_atribuir_diz_de_quem_e_a_ordem(em_nome_de: AbrirPara) -> None:
    gerencia = em_nome_de(SISTEMA)
    ficha = cenario.funcionario(gerencia, Papel.MECANICO)
    gerente = cenario.funcionario(gerencia, Papel.GERENTE, cenario.CPF_BIA)
    ordem = cenario.abrir(gerencia)
    dada = gerencia.executar(AtribuirMecanico(ordem_id=ordem.id, mecanico_id=ficha.cpf))
    assert dada.mecanico == "Zé mecânico"
    dono = em_nome_de(cenario.sujeito(ficha))
    diagnosticada = dono.executar(IniciarDiagnostico(ordem_id=ordem.id))
    assert diagnosticada.mecanico == "Zé mecânico"
    solta = gerencia.executar(AtribuirMecanico(ordem_id=ordem.id, mecanico_id=None))
    assert solta.mecanico is None
    with pytest.raises(RegraViolada, match="não é mecânico"):
        gerencia.executar(AtribuirMecanico(ordem_id=ordem.id, mecanico_id=gerente.id))
    gerencia.executar(CancelarOrdem(ordem_id=ordem.id, motivo="desistiu"))
    with pytest.raises(Conflito, match="não muda de mecânico"):
        gerencia.executar(AtribuirMecanico(ordem_id=ordem.id, mecanico_id=ficha.id))


def test_balcao_diagnostica_em_nome_de_um_mecanico(oficina: Oficina) -> None:
    ficha = cenario.funcionario(oficina, Papel.MECANICO)
    ordem = cenario.abrir(oficina)
    assert (
        oficina.executar(IniciarDiagnostico(ordem_id=ordem.id, mecanico_id=ficha.id)).mecanico
        == "Zé mecânico"
    )


def test_so_o_gerente_cancela_o_que_ja_se_executa(em_nome_de: AbrirPara) -> None:
    gerencia = em_nome_de(SISTEMA)
    cenario.catalogo(gerencia)
    atendente = em_nome_de(cenario.sujeito(cenario.funcionario(gerencia, Papel.ATENDENTE)))
    ordem = cenario.em_execucao(gerencia)
    with pytest.raises(AcessoNegado, match="em execução"):
        atendente.executar(CancelarOrdem(ordem_id=ordem.id, motivo="desistiu"))
    with pytest.raises(AcessoNegado, match="todas as lojas"):
        atendente.executar(ListarOrdens(todas_lojas=True))
    gerencia.executar(CancelarOrdem(ordem_id=ordem.id, motivo="desistiu"))


def test_mecanico_assume_ao_anotar_ou_finalizar_o_que_nao_e_de_ninguem(
    em_nome_de: AbrirPara,
) -> None:
    gerencia = em_nome_de(SISTEMA)
    cenario.catalogo(gerencia)
    mecanico = em_nome_de(cenario.sujeito(cenario.funcionario(gerencia, Papel.MECANICO)))
    anotada = cenario.abrir(gerencia)
    assert mecanico.executar(AnotarOrdem(ordem_id=anotada.id, texto="vazamento")).mecanico
    executada = cenario.em_execucao(gerencia)
    pronta = mecanico.executar(FinalizarOrdem(ordem_id=executada.id))
    assert (pronta.status, pronta.mecanico) == (S.FINALIZADA, "Zé mecânico")


def test_queixa_feita_de_muitos_kits_cabe_nos_dois_bancos(balcao: Oficina) -> None:
    for i in range(10):
        nome = f"{i} {'x' * 110}"
        balcao.executar(CriarKit(codigo=f"K{i}", nome=nome, servicos=("OLEO",)))
    ordem = cenario.abrir(balcao, queixa=None, kits=tuple(f"K{i}" for i in range(10)))
    assert len(ordem.queixa) == 1000
