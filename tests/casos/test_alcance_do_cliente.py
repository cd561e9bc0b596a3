"""O que o cliente alcança: o que é seu, em qualquer loja, e do resto nem que existe."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from oficina_core.banco import local as local_do_banco
from oficina_core.banco import tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import gravando
from oficina_core.casos import traducao
from oficina_core.casos.clientes import DadosCliente, DesativarCliente, VerCliente
from oficina_core.casos.estoque import EntradaEstoque
from oficina_core.casos.impressoes import ImprimirOrcamento, ImprimirOrdem
from oficina_core.casos.links import CriarLink, VerPeloLink
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EnviarOrcamento,
    FichaOrcamento,
    ListarOrcamentos,
    RevisarOrcamento,
    VerOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens import AnotarOrdem, ListarOrdens, VerOrdem
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, EntregarOrdem, FinalizarOrdem
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.casos.perfil import AcompanharOrdens, EditarMeuContato, VerMeuPerfil
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Oficina, Pedido, UnidadeDeTrabalho
from oficina_core.casos.veiculos import ListarVeiculos, VerHistoricoVeiculo, VerVeiculo
from oficina_core.catalogo import CATALOGO, PUBLICADAS, ROTAS, Rota
from oficina_core.dominio.acesso import SISTEMA, Alcance, Externo, Papel, Sujeito, TipoAtor
from oficina_core.dominio.erros import (
    AcessoNegado,
    Conflito,
    DadoInvalido,
    ErroOficina,
    NaoEncontrado,
    NaoIdentificado,
)
from oficina_core.dominio.orcamento import Meio, StatusItem, StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from tests import cenario
from tests.exemplos import exemplo

AbrirPara = Callable[[Sujeito], Oficina]

DA_BIA = "BRA2E19"
NINGUEM = 987654
MOTIVO = "está caro"
SEGREDO_DA_CASA = "cliente difícil, cobrar à vista"


@dataclass(frozen=True, kw_only=True)
class Alvo:
    """Um cliente e um registro de cada tipo que é dele."""

    cliente: int = NINGUEM
    veiculo: int = NINGUEM
    placa: str = "XXX9X99"
    orcamento: int = NINGUEM
    ordem: int = NINGUEM
    linha: int = NINGUEM

    @property
    def sujeito(self) -> Sujeito:
        return Sujeito(tipo=TipoAtor.CLIENTE, id=self.cliente)


def atender(sistema: Oficina, nome: str, documento: str, placa: str) -> Alvo:
    """Um cliente com um carro, uma ordem e um orçamento à espera da resposta dele."""
    dados = DadosCliente(nome=nome, documento=documento, telefone="11 98765-4321")
    ordem = cenario.abrir(sistema, placa=placa, cliente=dados, kits=("TROCA-OLEO",))
    enviado = sistema.executar(EnviarOrcamento(orcamento_id=ordem.orcamentos[0].id))
    carro = sistema.executar(ListarVeiculos(busca=placa)).itens[0]
    return Alvo(
        cliente=ordem.cliente_id,
        veiculo=carro.id,
        placa=placa,
        orcamento=enviado.id,
        ordem=ordem.id,
        linha=enviado.itens[0].id,
    )


@pytest.fixture
def sistema(em_nome_de: AbrirPara) -> Oficina:
    oficina = em_nome_de(SISTEMA)
    cenario.catalogo(oficina)
    return oficina


@pytest.fixture
def ana(sistema: Oficina) -> Alvo:
    return atender(sistema, "Ana Conceição", cenario.CPF_ANA, cenario.PLACA)


@pytest.fixture
def bia(sistema: Oficina) -> Alvo:
    return atender(sistema, "Bia", cenario.CPF_BIA, DA_BIA)


# --- O que é seu


def test_o_cliente_ve_o_que_e_seu_e_so(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo, bia: Alvo
) -> None:
    for dono in (ana, bia):
        dele = em_nome_de(dono.sujeito)
        assert dele.executar(VerCliente(cliente_id=dono.cliente)).veiculos[0].id == dono.veiculo
        assert dele.executar(VerVeiculo(veiculo_id=dono.veiculo)).placa == dono.placa
        assert dele.executar(VerOrcamento(orcamento_id=dono.orcamento)).placa == dono.placa
        assert dele.executar(VerOrdem(ordem_id=dono.ordem)).placa == dono.placa
        historico = dele.executar(VerHistoricoVeiculo(veiculo_id=dono.veiculo))
        assert [visita.ordem_id for visita in historico.visitas] == [dono.ordem]
        listas: list[tuple[CasoDeUso[Any], int]] = [
            (ListarVeiculos(), dono.veiculo),
            (ListarVeiculos(busca=dono.placa), dono.veiculo),
            (ListarOrcamentos(), dono.orcamento),
            (ListarOrcamentos(veiculo_id=dono.veiculo), dono.orcamento),
            (ListarOrcamentos(veiculo_id=dono.placa), dono.orcamento),
            (ListarOrcamentos(ordem_id=dono.ordem), dono.orcamento),
            (ListarOrcamentos(status=StatusOrcamento.AGUARDANDO_APROVACAO), dono.orcamento),
            (ListarOrdens(), dono.ordem),
            (ListarOrdens(status=StatusOrdem.AGUARDANDO_APROVACAO), dono.ordem),
        ]
        for lista, esperado in listas:
            assert [linha.id for linha in dele.executar(lista).itens] == [esperado], lista


def test_o_cliente_ve_o_seu_contato_inteiro_na_ordem(em_nome_de: AbrirPara, ana: Alvo) -> None:
    ordem = em_nome_de(ana.sujeito).executar(VerOrdem(ordem_id=ana.ordem))
    assert ordem.telefone == "+5511987654321"


# --- O que não é seu responde como o que não existe

MANEIRAS: dict[str, Callable[[Alvo], CasoDeUso[Any]]] = {
    "ver o cliente": lambda a: VerCliente(cliente_id=a.cliente),
    "ver o veículo": lambda a: VerVeiculo(veiculo_id=a.veiculo),
    "história do veículo": lambda a: VerHistoricoVeiculo(veiculo_id=a.veiculo),
    "buscar a placa": lambda a: ListarVeiculos(busca=a.placa),
    "buscar um pedaço da placa": lambda a: ListarVeiculos(busca=a.placa[:3]),
    "buscar a placa entre os inativos": lambda a: ListarVeiculos(busca=a.placa, inativos=True),
    "ver o orçamento": lambda a: VerOrcamento(orcamento_id=a.orcamento),
    "orçamentos do veículo": lambda a: ListarOrcamentos(veiculo_id=a.veiculo),
    "orçamentos da placa": lambda a: ListarOrcamentos(veiculo_id=a.placa),
    "orçamentos da placa e do status": lambda a: ListarOrcamentos(
        veiculo_id=a.placa, status=StatusOrcamento.AGUARDANDO_APROVACAO
    ),
    "orçamentos da ordem": lambda a: ListarOrcamentos(ordem_id=a.ordem),
    "orçamentos que esperam na ordem": lambda a: ListarOrcamentos(
        ordem_id=a.ordem, status=StatusOrcamento.AGUARDANDO_APROVACAO
    ),
    "orçamentos vencidos da ordem": lambda a: ListarOrcamentos(
        ordem_id=a.ordem, status=StatusOrcamento.EXPIRADO
    ),
    "aprovar": lambda a: AprovarOrcamento(orcamento_id=a.orcamento),
    "aprovar uma linha": lambda a: AprovarOrcamento(orcamento_id=a.orcamento, linhas=(a.linha,)),
    "aprovar com a versão": lambda a: AprovarOrcamento(orcamento_id=a.orcamento, versao=2),
    "aprovar com a versão errada": lambda a: AprovarOrcamento(orcamento_id=a.orcamento, versao=9),
    "aprovar com falta": lambda a: AprovarOrcamento(orcamento_id=a.orcamento, permitir_falta=True),
    "recusar": lambda a: RecusarOrcamento(orcamento_id=a.orcamento, motivo=MOTIVO),
    "recusar com a versão": lambda a: RecusarOrcamento(
        orcamento_id=a.orcamento, motivo=MOTIVO, versao=2
    ),
    "recusar e cancelar": lambda a: RecusarOrcamento(
        orcamento_id=a.orcamento, motivo=MOTIVO, cancelar_ordem=True
    ),
    "ver a ordem": lambda a: VerOrdem(ordem_id=a.ordem),
    "imprimir o orçamento": lambda a: ImprimirOrcamento(orcamento_id=a.orcamento),
    "imprimir a ordem": lambda a: ImprimirOrdem(ordem_id=a.ordem),
}
# Estes não citam registro: o que mostram ou mudam é só de quem pede, e têm os seus testes.
SEM_CITAR = {VerMeuPerfil, EditarMeuContato, AcompanharOrdens, ListarOrdens}


def test_toda_maneira_de_citar_esta_aqui() -> None:
    """Um caso novo aberto ao cliente entra na lista, ou este teste cai."""
    abertos = {rota.caso for rota in PUBLICADAS if Externo.CLIENTE in rota.papeis}
    assert {type(maneira(Alvo())) for maneira in MANEIRAS.values()} == abertos - SEM_CITAR
    assert {rota.papeis[Externo.CLIENTE] for rota in PUBLICADAS if rota.caso in abertos} == {
        Alcance.PROPRIOS
    }


def dito(oficina: Oficina, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO) -> tuple[Any, ...]:
    """O que se respondeu, sem os números que se citaram."""
    try:
        return ("resposta", oficina.executar(caso, pedido))
    except ErroOficina as erro:
        texto = re.sub(r"\d+", "N", str(erro))
        return (type(erro), texto, erro.codigo, getattr(erro, "campo", None), erro.detalhes)


@pytest.mark.parametrize("maneira", MANEIRAS)
def test_o_alheio_responde_exatamente_como_o_que_nao_existe(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo, bia: Alvo, maneira: str
) -> None:
    dela, citar = em_nome_de(ana.sujeito), MANEIRAS[maneira]
    (matriz,) = sistema.executar(ListarLojas()).itens
    antes = foto(sistema, bia)
    for pedido in (PEDIDO, Pedido(loja=matriz.id), Pedido(loja=NINGUEM)):
        alheio = dito(dela, citar(bia), pedido)
        assert alheio == dito(dela, citar(Alvo()), pedido)
        assert alheio[0] in (NaoEncontrado, AcessoNegado) or alheio[1].itens == ()
    assert foto(sistema, bia) == antes


def foto(sistema: Oficina, alvo: Alvo) -> tuple[Any, ...]:
    return (
        sistema.executar(VerOrcamento(orcamento_id=alvo.orcamento)),
        sistema.executar(VerOrdem(ordem_id=alvo.ordem)),
        sistema.executar(VerCliente(cliente_id=alvo.cliente)),
    )


@pytest.mark.parametrize("maneira", ["aprovar", "recusar"])
def test_simular_sobre_o_alheio_e_como_sobre_o_que_nao_existe(
    em_nome_de: AbrirPara, ana: Alvo, bia: Alvo, maneira: str
) -> None:
    dela = em_nome_de(ana.sujeito)
    ditos = []
    for alvo in (bia, Alvo()):
        with pytest.raises(NaoEncontrado) as recusa:
            dela.simular(MANEIRAS[maneira](alvo))
        ditos.append(re.sub(r"\d+", "N", str(recusa.value)))
    assert ditos[0] == ditos[1]


def test_a_chave_de_um_nao_da_a_resposta_a_outro(
    em_nome_de: AbrirPara, ana: Alvo, bia: Alvo
) -> None:
    caso, pedido = AprovarOrcamento(orcamento_id=bia.orcamento), Pedido(chave="chave-repetida")
    assert em_nome_de(bia.sujeito).executar(caso, pedido).id == bia.ordem
    with pytest.raises(NaoEncontrado):
        em_nome_de(ana.sujeito).executar(caso, pedido)


@pytest.mark.parametrize(
    "lista",
    [
        ListarVeiculos(limite=1),
        ListarOrcamentos(limite=1),
        ListarOrdens(limite=1),
        AcompanharOrdens(limite=1),
    ],
    ids=lambda lista: type(lista).__name__,
)
def test_o_cursor_de_um_cliente_so_leva_outro_ao_que_e_seu(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo, bia: Alvo, lista: Any
) -> None:
    """O cursor é o mesmo para qualquer um: quem o traz de fora não passa a ver mais."""
    dados = DadosCliente(nome="Bia", documento=cenario.CPF_BIA, telefone="11 98765-4321")
    cenario.abrir(sistema, placa="BRA2E20", cliente=dados, kits=("TROCA-OLEO",))
    ultimo = cenario.abrir(sistema, placa=DA_BIA, cliente=dados, kits=("TROCA-OLEO",))
    sistema.executar(EnviarOrcamento(orcamento_id=ultimo.orcamentos[0].id))
    cursor = em_nome_de(bia.sujeito).executar(lista).proximo
    assert cursor
    dela = em_nome_de(ana.sujeito)
    proprios = traducao.canonico(dela.executar(replace(lista, limite=100)).itens)
    for linha in dela.executar(replace(lista, cursor=cursor)).itens:
        assert traducao.canonico(linha) in proprios


def test_o_cliente_nao_pede_todas_as_lojas(em_nome_de: AbrirPara, ana: Alvo) -> None:
    dela = em_nome_de(ana.sujeito)
    for lista in (ListarOrdens(todas_lojas=True), ListarOrcamentos(todas_lojas=True)):
        with pytest.raises(AcessoNegado, match="todas as lojas; fale com a oficina"):
            dela.executar(lista)


def test_o_cliente_so_chega_ao_que_a_tabela_lhe_abre(em_nome_de: AbrirPara, ana: Alvo) -> None:
    dela = em_nome_de(ana.sujeito)
    for rota in PUBLICADAS:
        if Externo.CLIENTE in rota.papeis:
            continue
        caso = exemplo(rota.caso, cheio=False)
        for fazer in (dela.executar, dela.simular) if rota.escreve else (dela.executar,):
            with pytest.raises(AcessoNegado, match="cliente não pode fazer isso; fale com a ofic"):
                fazer(caso)


def test_o_cliente_nao_chega_aos_casos_internos(local: OficinaLocal) -> None:
    dela = local.como(cenario.acesso(cenario.cliente(local)))
    for rota in CATALOGO:
        if not rota.verbo:
            with pytest.raises(AcessoNegado):
                dela.executar(exemplo(rota.caso))


# --- O carro que mudou de dono


def test_o_novo_dono_nao_le_a_historia_do_antigo_que_continua_a_le_la(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo, bia: Alvo
) -> None:
    """O alcance é o cliente do dia (`cliente_id` congelado), e não o dono de hoje."""
    velho, novo = em_nome_de(ana.sujeito), em_nome_de(bia.sujeito)
    sistema.executar(RecusarOrcamento(orcamento_id=ana.orcamento, motivo=MOTIVO))
    sistema.executar(CancelarOrdem(ordem_id=ana.ordem, motivo="vendeu"))
    carro = sistema.executar(VerVeiculo(veiculo_id=ana.veiculo))
    cenario.transferir(sistema, carro, bia.cliente)
    do_novo = sistema.executar(AbrirOrdem(veiculo_id=ana.placa, queixa="Revisão")).id

    historico = novo.executar(VerHistoricoVeiculo(veiculo_id=ana.veiculo))
    assert [visita.ordem_id for visita in historico.visitas] == [do_novo]
    assert historico.recusados == ()
    assert novo.executar(VerOrdem(ordem_id=do_novo)).sugestoes == ()
    assert novo.executar(ListarOrcamentos(veiculo_id=ana.placa)).itens == ()
    for caso in (VerOrdem(ordem_id=ana.ordem), VerOrcamento(orcamento_id=ana.orcamento)):
        with pytest.raises(NaoEncontrado):
            novo.executar(caso)

    assert velho.executar(VerOrdem(ordem_id=ana.ordem)).placa == ana.placa
    assert velho.executar(VerOrcamento(orcamento_id=ana.orcamento)).motivo == MOTIVO
    assert [linha.id for linha in velho.executar(ListarOrcamentos()).itens] == [ana.orcamento]
    canceladas = ListarOrdens(status=StatusOrdem.CANCELADA)
    assert [linha.id for linha in velho.executar(canceladas).itens] == [ana.ordem]
    assert velho.executar(ListarVeiculos()).itens == ()
    for caso_do_carro in (
        VerVeiculo(veiculo_id=ana.veiculo),
        VerHistoricoVeiculo(veiculo_id=ana.veiculo),
        VerOrdem(ordem_id=do_novo),
    ):
        with pytest.raises(NaoEncontrado):
            velho.executar(caso_do_carro)


# --- O que é da casa: rascunhos, notas e custos


def rascunho(sistema: Oficina) -> tuple[int, FichaOrcamento]:
    """Uma ordem da Ana e o orçamento dela, com validade, que ainda não se mandou."""
    ordem = cenario.abrir(sistema)
    validade = sistema.executar(
        EnviarOrcamento(orcamento_id=cenario.abrir(sistema, kits=("TROCA-OLEO",)).orcamentos[0].id)
    ).validade
    criar = CriarOrcamento(ordem_id=ordem.id, pecas=("PASTILHA",), validade=validade)
    return ordem.id, sistema.executar(criar)


@pytest.mark.parametrize("cancelado", [False, True], ids=["rascunho", "rascunho cancelado"])
def test_o_que_nunca_se_enviou_nao_existe_para_o_cliente(
    em_nome_de: AbrirPara, sistema: Oficina, *, cancelado: bool
) -> None:
    ordem, orcamento = rascunho(sistema)
    if cancelado:
        sistema.executar(CancelarOrcamento(orcamento_id=orcamento.id, motivo="engano nosso"))
    ficha = sistema.executar(VerOrdem(ordem_id=ordem))
    dela = em_nome_de(Sujeito(tipo=TipoAtor.CLIENTE, id=ficha.cliente_id))
    alvo = Alvo(orcamento=orcamento.id)
    for maneira in ("ver o orçamento", "aprovar", "recusar"):
        assert dito(dela, MANEIRAS[maneira](alvo)) == dito(dela, MANEIRAS[maneira](Alvo()))
    vista = dela.executar(VerOrdem(ordem_id=ordem))
    assert (vista.orcamentos, vista.a_aprovar) == ((), 0)
    for filtro in ({}, {"ordem_id": ordem}, {"status": orcamento.status}):
        itens = dela.executar(ListarOrcamentos(**filtro)).itens
        assert orcamento.id not in {linha.id for linha in itens}
    fila = {linha.id: linha for linha in dela.executar(ListarOrdens()).itens}
    assert fila[ordem].a_aprovar == 0


def test_o_que_se_enviou_e_se_cancelou_o_cliente_continua_a_ver(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo
) -> None:
    sistema.executar(CancelarOrcamento(orcamento_id=ana.orcamento, motivo="engano"))
    visto = em_nome_de(ana.sujeito).executar(VerOrcamento(orcamento_id=ana.orcamento))
    assert visto.status is StatusOrcamento.CANCELADO


def test_a_revisao_em_rascunho_nao_muda_o_que_o_cliente_ve(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo
) -> None:
    dela = em_nome_de(ana.sujeito)
    antes = dela.executar(ListarOrdens()).itens[0].a_aprovar
    revisao = sistema.executar(RevisarOrcamento(orcamento_id=ana.orcamento))
    assert dela.executar(ListarOrdens()).itens[0].a_aprovar == antes > 0
    vista = dela.executar(VerOrdem(ordem_id=ana.ordem))
    assert [o.id for o in vista.orcamentos] == [ana.orcamento]
    assert vista.a_aprovar == antes
    simulada = dela.simular(AprovarOrcamento(orcamento_id=ana.orcamento))
    assert simulada.efeitos == (), "a auditoria é da casa"
    aprovada = dela.executar(AprovarOrcamento(orcamento_id=ana.orcamento))
    assert aprovada.aviso is None
    assert [o.id for o in aprovada.orcamentos] == [ana.orcamento]
    ficou = sistema.executar(VerOrcamento(orcamento_id=revisao.id))
    assert ficou.status is StatusOrcamento.CANCELADO
    with pytest.raises(NaoEncontrado):
        dela.executar(VerOrcamento(orcamento_id=revisao.id))


def test_as_notas_e_os_custos_da_casa_nunca_chegam_ao_cliente(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo
) -> None:
    dela = em_nome_de(ana.sujeito)
    sistema.executar(AnotarOrdem(ordem_id=ana.ordem, texto=SEGREDO_DA_CASA))
    respostas: list[Any] = [dela.executar(AprovarOrcamento(orcamento_id=ana.orcamento))]
    sistema.executar(FinalizarOrdem(ordem_id=ana.ordem))
    sistema.executar(
        RegistrarPagamento(ordem_id=ana.ordem, forma=FormaPagamento.PIX, valor=Decimal(10))
    )
    sistema.executar(EntregarOrdem(ordem_id=ana.ordem))
    respostas += [
        dela.executar(VerOrdem(ordem_id=ana.ordem)),
        dela.executar(VerOrcamento(orcamento_id=ana.orcamento)),
        dela.executar(VerHistoricoVeiculo(veiculo_id=ana.veiculo)),
        dela.executar(ListarOrdens(status=StatusOrdem.ENTREGUE)),
        dela.executar(AcompanharOrdens()),
        dela.executar(ImprimirOrdem(ordem_id=ana.ordem)),
        dela.executar(ImprimirOrcamento(orcamento_id=ana.orcamento)),
    ]
    assert respostas[1].anotacoes == ()
    assert [pago.valor for pago in respostas[1].pagamentos] == [10]
    for resposta in respostas:
        texto = traducao.canonico(resposta)
        assert SEGREDO_DA_CASA not in texto
        assert "custo" not in texto
    assert sistema.executar(VerOrdem(ordem_id=ana.ordem)).anotacoes != ()


# --- A resposta do próprio cliente


def test_o_cliente_aprova_em_seu_nome_diga_o_que_disser(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo
) -> None:
    dela = em_nome_de(ana.sujeito)
    pedido = AprovarOrcamento(orcamento_id=ana.orcamento, meio=Meio.TELEFONE, por="Outra Pessoa")
    assert dela.executar(pedido).status is StatusOrdem.EM_EXECUCAO
    decidido = sistema.executar(VerOrcamento(orcamento_id=ana.orcamento))
    assert (decidido.status, decidido.decidido_por, decidido.decidido_meio) == (
        StatusOrcamento.APROVADO,
        "Ana Conceição",
        Meio.ACESSO,
    )
    assert dela.executar(pedido).id == ana.ordem, "aprovar de novo é a mesma resposta"


def test_o_cliente_aprova_so_as_linhas_que_quer(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo, bia: Alvo
) -> None:
    dela = em_nome_de(ana.sujeito)
    with pytest.raises(NaoEncontrado, match="não é do orçamento"):
        dela.executar(AprovarOrcamento(orcamento_id=ana.orcamento, linhas=(ana.linha, bia.linha)))
    dela.executar(AprovarOrcamento(orcamento_id=ana.orcamento, linhas=(ana.linha,), motivo=MOTIVO))
    for item in sistema.executar(VerOrcamento(orcamento_id=ana.orcamento)).itens:
        aprovada = item.id == ana.linha
        assert item.status is (StatusItem.APROVADO if aprovada else StatusItem.RECUSADO)
        assert item.motivo == (None if aprovada else MOTIVO)


def test_o_cliente_recusa_em_seu_nome_e_a_ordem_volta_ao_diagnostico(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo
) -> None:
    pedido = RecusarOrcamento(
        orcamento_id=ana.orcamento, motivo=MOTIVO, meio=Meio.BALCAO, por="Outra Pessoa"
    )
    visto = em_nome_de(ana.sujeito).executar(pedido)
    assert (visto.status, visto.decidido_por, visto.decidido_meio, visto.motivo) == (
        StatusOrcamento.RECUSADO,
        "Ana Conceição",
        Meio.ACESSO,
        MOTIVO,
    )
    ordem = sistema.executar(VerOrdem(ordem_id=ana.ordem))
    assert ordem.status is StatusOrdem.EM_DIAGNOSTICO


def test_o_cliente_recusa_mas_nao_cancela_a_ordem(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo
) -> None:
    pedido = RecusarOrcamento(orcamento_id=ana.orcamento, motivo=MOTIVO, cancelar_ordem=True)
    with pytest.raises(AcessoNegado, match="não pode cancelar a ordem; fale com a oficina"):
        em_nome_de(ana.sujeito).executar(pedido)
    ficou = sistema.executar(VerOrdem(ordem_id=ana.ordem))
    assert ficou.status is StatusOrdem.AGUARDANDO_APROVACAO


def test_a_falta_de_peca_nao_perde_a_resposta_do_cliente(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo
) -> None:
    """No balcão recusa; ao cliente não se diz que volte depois: a linha espera a peça."""
    for _ in range(2):
        ordem = cenario.abrir(sistema, pecas=("PASTILHA",))
        orcamento = sistema.executar(EnviarOrcamento(orcamento_id=ordem.orcamentos[0].id))
        vista = em_nome_de(ana.sujeito).executar(AprovarOrcamento(orcamento_id=orcamento.id))
    assert (vista.status, vista.falta_peca) == (StatusOrdem.EM_EXECUCAO, True)
    assert vista.orcamentos[0].itens[0].falta == 1
    sistema.executar(EntradaEstoque(peca_id="PASTILHA", quantidade=Decimal(1)))
    assert not em_nome_de(ana.sujeito).executar(VerOrdem(ordem_id=ordem.id)).falta_peca


def test_o_cliente_aprova_o_orcamento_de_balcao_e_abre_a_sua_ordem(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo
) -> None:
    criado = sistema.executar(CriarOrcamento(veiculo_id=ana.placa, servicos=("OLEO",), enviar=True))
    dela = em_nome_de(ana.sujeito)
    ordem = dela.executar(AprovarOrcamento(orcamento_id=criado.id))
    assert (ordem.cliente_id, ordem.status) == (ana.cliente, StatusOrdem.EM_EXECUCAO)
    assert dela.executar(VerOrdem(ordem_id=ordem.id)).id == ordem.id


def test_o_cliente_nao_responde_duas_coisas(em_nome_de: AbrirPara, ana: Alvo) -> None:
    dela = em_nome_de(ana.sujeito)
    dela.executar(AprovarOrcamento(orcamento_id=ana.orcamento))
    with pytest.raises(Conflito):
        dela.executar(RecusarOrcamento(orcamento_id=ana.orcamento, motivo=MOTIVO))


@pytest.mark.parametrize("meio", [Meio.LINK, Meio.ACESSO])
@pytest.mark.parametrize("papel", [Papel.ATENDENTE, Papel.GERENTE, None], ids=str)
def test_a_equipe_nao_alega_o_meio_que_prova_o_cliente(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo, papel: Papel | None, meio: Meio
) -> None:
    quem = cenario.sujeito(cenario.funcionario(sistema, papel)) if papel else SISTEMA
    casos: tuple[CasoDeUso[Any], ...] = (
        AprovarOrcamento(orcamento_id=ana.orcamento, meio=meio),
        RecusarOrcamento(orcamento_id=ana.orcamento, motivo=MOTIVO, meio=meio),
    )
    for caso in casos:
        with pytest.raises(DadoInvalido, match="do próprio cliente") as recusa:
            em_nome_de(quem).executar(caso)
        assert recusa.value.campo == "meio"
    ficou = sistema.executar(VerOrcamento(orcamento_id=ana.orcamento))
    assert ficou.status is StatusOrcamento.AGUARDANDO_APROVACAO


def test_desativado_o_cliente_nao_e_ninguem_ja_no_pedido_seguinte(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo
) -> None:
    dela = em_nome_de(ana.sujeito)
    dela.executar(VerOrdem(ordem_id=ana.ordem))
    sistema.executar(DesativarCliente(cliente_id=ana.cliente))
    casos = [maneira(ana) for maneira in MANEIRAS.values()]
    for caso in (*casos, VerMeuPerfil(), ListarOrdens(), EditarMeuContato(versao=1)):
        with pytest.raises(NaoIdentificado, match="Não se sabe quem pede"):
            dela.executar(caso)
    ficou = sistema.executar(VerOrcamento(orcamento_id=ana.orcamento))
    assert ficou.status is StatusOrcamento.AGUARDANDO_APROVACAO


@pytest.mark.parametrize("sujeito", [Sujeito(tipo=TipoAtor.CLIENTE, id=NINGUEM)], ids=str)
def test_o_cliente_que_nao_existe_responde_como_o_desativado(
    em_nome_de: AbrirPara, ana: Alvo, sujeito: Sujeito
) -> None:
    with pytest.raises(NaoIdentificado, match="Não se sabe quem pede"):
        em_nome_de(sujeito).executar(VerOrdem(ordem_id=ana.ordem))


# --- O cliente em duas lojas: só direto no banco


def test_o_cliente_ve_o_que_e_seu_em_qualquer_loja(local: OficinaLocal) -> None:
    (matriz,) = local.executar(ListarLojas()).itens
    filial = cenario.filial(local)
    cenario.cliente(local)
    cenario.veiculo(local)
    bia = cenario.cliente(local, "Bia", cenario.CPF_BIA)
    cenario.veiculo(local, DA_BIA, bia.id)
    ordens = [
        local.executar(AbrirOrdem(veiculo_id=cenario.PLACA, queixa="Freio"), Pedido(loja=loja))
        for loja in (matriz.id, filial)
    ]
    local.executar(AbrirOrdem(veiculo_id=DA_BIA, queixa="Freio"), Pedido(loja=filial))
    dela = local.como(Sujeito(tipo=TipoAtor.CLIENTE, id=ordens[0].cliente_id))
    for pedido in (PEDIDO, Pedido(loja=matriz.id), Pedido(loja=filial), Pedido(loja=NINGUEM)):
        fila = dela.executar(ListarOrdens(), pedido).itens
        assert [linha.id for linha in fila] == [ordem.id for ordem in ordens]
        for ordem in ordens:
            assert dela.executar(VerOrdem(ordem_id=ordem.id), pedido).id == ordem.id


# --- O link


def test_o_link_nao_chega_a_nada_do_que_se_publica(
    em_nome_de: AbrirPara, sistema: Oficina, ana: Alvo
) -> None:
    link = sistema.executar(CriarLink(orcamento_id=ana.orcamento)).id
    dele = em_nome_de(Sujeito(tipo=TipoAtor.LINK, id=link))
    for rota in PUBLICADAS:
        caso = exemplo(rota.caso, cheio=False)
        for fazer in (dele.executar, dele.simular) if rota.escreve else (dele.executar,):
            with pytest.raises(AcessoNegado, match="link do orçamento não pode fazer isso; fale"):
                fazer(caso)


@dataclass(frozen=True, kw_only=True)
class Espiar:
    """Tenta ver tudo o que os repositórios mostram, e diz o que viu."""

    alvos: tuple[Alvo, ...]

    def executar(self, uow: UnidadeDeTrabalho) -> dict[str, set[int]]:
        listas: dict[str, Any] = {
            "andamento": uow.ordens.andamento(depois=None, limite=100),
            "clientes": uow.clientes.listar(busca=None, inativos=False, depois=None, limite=100),
            "veiculos": uow.veiculos.listar(busca=None, inativos=False, depois=None, limite=100),
            "funcionarios": uow.funcionarios.listar(
                busca=None, inativos=False, depois=None, limite=100
            ),
            "servicos": uow.servicos.listar(busca=None, inativos=False, depois=None, limite=100),
            "orcamentos": uow.orcamentos.listar(
                status=None,
                hoje=uow.hoje(),
                veiculo_id=None,
                ordem_id=None,
                todas_lojas=True,
                depois=None,
                limite=100,
            ),
            "ordens": [
                linha
                for status in StatusOrdem
                for linha in uow.ordens.do_status(status, todas_lojas=True, depois=None, limite=100)
            ],
            "visitas": [
                linha for alvo in self.alvos for linha in uow.ordens.do_veiculo(alvo.veiculo)
            ],
        }
        vistos = {nome: {linha["id"] for linha in linhas} for nome, linhas in listas.items()}
        for alvo in self.alvos:
            for nome, obter, id in (
                ("cliente", uow.clientes.obter, alvo.cliente),
                ("veiculo", uow.veiculos.obter, alvo.veiculo),
                ("orcamento", uow.orcamentos.obter, alvo.orcamento),
                ("ordem", uow.ordens.obter, alvo.ordem),
            ):
                vistos.setdefault(nome, set()).update(_se_ha(obter, id))
            vistos.setdefault("placa", set()).update(_se_ha(uow.veiculos.achar, alvo.placa))
        for documento in (cenario.CPF_ANA, cenario.CPF_BIA):
            vistos.setdefault("documento", set()).update(_se_ha(uow.clientes.achar, documento))
        return {nome: ids for nome, ids in vistos.items() if ids}


def _se_ha(obter: Callable[[Any], Any], qual: Any) -> set[int]:
    try:
        return {obter(qual).id}
    except NaoEncontrado:
        return set()


@pytest.fixture
def espiao(monkeypatch: pytest.MonkeyPatch) -> type[Espiar]:
    """O caso que espia, aberto a quem for de fora, com o alcance de cada um."""
    alcances: dict[Papel | Externo, Alcance] = {
        Externo.CLIENTE: Alcance.PROPRIOS,
        Externo.LINK: Alcance.LINK,
        Externo.IDENTIFICADO: Alcance.IDENTIFICADO,
    }
    rota = Rota("espiar.Espiar", "GET", "/espiar", alcances, escreve=False)
    monkeypatch.setattr(local_do_banco, "ROTAS", {**ROTAS, Espiar: rota})
    return Espiar


@pytest.fixture
def casa(local: OficinaLocal) -> OficinaLocal:
    cenario.catalogo(local)
    cenario.funcionario(local, Papel.MECANICO)
    return local


def do_cliente(alvo: Alvo, *ordens: int) -> dict[str, set[int]]:
    """Tudo o que se espia de um cliente, e nada mais."""
    todas = {alvo.ordem, *ordens}
    return {
        "andamento": todas,
        "clientes": {alvo.cliente},
        "veiculos": {alvo.veiculo},
        "orcamentos": {alvo.orcamento},
        "ordens": todas,
        "visitas": todas,
        "cliente": {alvo.cliente},
        "veiculo": {alvo.veiculo},
        "placa": {alvo.veiculo},
        "documento": {alvo.cliente},
        "orcamento": {alvo.orcamento},
        "ordem": {alvo.ordem},
    }


def test_o_alcance_de_quem_e_de_fora_esta_no_sql(casa: OficinaLocal, espiao: type[Espiar]) -> None:
    """Mesmo por um caso que esquecesse de conferir, o cliente só vê o que é seu."""
    ana = atender(casa, "Ana Conceição", cenario.CPF_ANA, cenario.PLACA)
    bia = atender(casa, "Bia", cenario.CPF_BIA, DA_BIA)
    espiar = espiao(alvos=(ana, bia))
    for alvo, cpf in ((ana, cenario.CPF_ANA), (bia, cenario.CPF_BIA)):
        assert casa.como(alvo.sujeito).executar(espiar) == do_cliente(alvo)
        assert casa.como(cenario.identificado(cpf)).executar(espiar) == do_cliente(alvo)


def test_o_link_de_mesmo_numero_que_um_cliente_nao_ve_nada_dele(
    casa: OficinaLocal, espiao: type[Espiar]
) -> None:
    ana = atender(casa, "Ana Conceição", cenario.CPF_ANA, cenario.PLACA)
    bia = atender(casa, "Bia", cenario.CPF_BIA, DA_BIA)
    outra = cenario.abrir(casa, queixa="Outra da Ana").id
    link = casa.executar(CriarLink(orcamento_id=ana.orcamento)).id
    with gravando(casa._motor) as conexao:
        este = tabelas.links.c.id == link
        conexao.execute(update(tabelas.links).where(este).values(id=bia.cliente))
    dele = casa.como(Sujeito(tipo=TipoAtor.LINK, id=bia.cliente))
    espiar = espiao(alvos=(ana, bia, Alvo(ordem=outra)))
    so_o_seu = {"orcamentos": {ana.orcamento}, "orcamento": {ana.orcamento}}
    so_a_sua = {"ordens": {ana.ordem}, "visitas": {ana.ordem}, "ordem": {ana.ordem}}
    assert dele.executar(espiar) == so_o_seu | so_a_sua
    pagina = dele.executar(VerPeloLink())
    assert pagina.orcamento
    assert (pagina.orcamento.id, pagina.orcamento.cliente) == (ana.orcamento, "Ana Conceição")
    for rota in CATALOGO:
        if Externo.LINK not in rota.papeis:
            with pytest.raises(AcessoNegado):
                dele.executar(exemplo(rota.caso, cheio=False))


def test_o_link_so_tem_dois_casos() -> None:
    do_link = {rota.caso.__name__: rota for rota in CATALOGO if Externo.LINK in rota.papeis}
    assert do_link.keys() == {"VerPeloLink", "DecidirPeloLink"}
    assert {rota.verbo for rota in do_link.values()} == {""}
