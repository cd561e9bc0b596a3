from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.casos.busca import Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EditarOrcamento,
    EnviarOrcamento,
    FichaOrcamento,
    ListarOrcamentos,
    RevisarOrcamento,
    VerOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens import AtribuirMecanico, IniciarDiagnostico, ListarOrdens, VerOrdem
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem
from oficina_core.casos.parametros import DefinirParametro
from oficina_core.casos.pecas import DesativarPeca, EditarPeca, VerPeca
from oficina_core.casos.portas import CasoDeUso, Oficina
from oficina_core.casos.servicos import VerServico
from oficina_core.casos.veiculos import VerHistoricoVeiculo
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
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario
from tests.conftest import Relogio

AbrirPara = Callable[[Sujeito], Oficina]


@pytest.fixture
def balcao(oficina: Oficina) -> Oficina:
    """A oficina com catálogo, cliente e veículo."""
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    return oficina


def _veiculo(oficina: Oficina) -> int:
    return oficina.executar(Localizar(recurso=Recurso.VEICULO, nome="ABC1D23")).id


def test_soma_servicos_pecas_e_kit_com_um_arredondamento_por_linha(balcao: Oficina) -> None:
    feito = balcao.executar(
        CriarOrcamento(
            veiculo_id="ABC-1323",
            kits=("TROCA-OLEO",),
            pecas=(ItemPedido(id="PASTILHA", desconto=Decimal("9.90")),),
        )
    )
    # 75,00 + 3,5 l × 39,90 + 35,00 + 180,00 − 9,90
    assert feito.valor_total == Decimal("419.75")
    assert (feito.total_servicos, feito.total_pecas) == (Decimal("75.00"), Decimal("344.75"))
    assert feito.descricao == "Troca de óleo 1.0"
    assert balcao.executar(VerOrcamento(orcamento_id=feito.id)) == feito


def test_corpo_publicado_faz_orcamento_de_balcao(balcao: Oficina) -> None:
    feito = balcao.executar(
        CriarOrcamento(
            veiculo_id=_veiculo(balcao),
            servicos=("OLEO", "PAST"),
            pecas=(ItemPedido(id="FILTRO", quantidade=Decimal(2)),),
            descricao="Troca de óleo e filtros",
        )
    )
    assert (feito.status, feito.ordem_id) == (StatusOrcamento.RASCUNHO, None)
    assert feito.valor_total == Decimal("295.00")


def test_a_mesma_peca_duas_vezes_e_uma_linha_so(balcao: Oficina) -> None:
    feito = balcao.executar(
        CriarOrcamento(veiculo_id="ABC1D23", kits=("TROCA-OLEO",), pecas=("FILTRO",))
    )
    filtro = next(item for item in feito.itens if item.descricao == "Filtro")
    assert filtro.quantidade == 2
    assert len(feito.itens) == 3


def test_desconto_no_total_fecha_no_centavo(balcao: Oficina) -> None:
    feito = balcao.executar(
        CriarOrcamento(veiculo_id="ABC1D23", kits=("TROCA-OLEO",), desconto=Decimal("10.00"))
    )
    assert feito.desconto == Decimal("10.00")
    assert feito.valor_total == Decimal("239.65")
    assert sum(item.total for item in feito.itens) == feito.valor_total


@pytest.mark.parametrize(
    ("campos", "erro", "diz"),
    [
        ({"servicos": ("NADA",)}, NaoEncontrado, "com esse código"),
        ({"pecas": ("NADA",)}, NaoEncontrado, "com esse código"),
        ({"kits": ("NADA",)}, NaoEncontrado, "com esse código"),
        ({"pecas": ("FILTRO", "NADA")}, NaoEncontrado, "na 2ª posição"),
        ({"servicos": (999_999,)}, NaoEncontrado, "999"),
        ({"pecas": (ItemPedido(id="FILTRO", quantidade=Decimal("1.5")),)}, DadoInvalido, "inteira"),
        ({"servicos": ("OLEO",), "desconto": Decimal(100)}, RegraViolada, "desconto"),
        (
            {"pecas": (ItemPedido(id="FILTRO", desconto=Decimal("35.01")),)},
            RegraViolada,
            "desconto",
        ),
    ],
)
def test_item_errado_nao_deixa_rastro(
    balcao: Oficina, campos: dict[str, object], erro: type[Exception], diz: str
) -> None:
    with pytest.raises(erro, match=diz):
        balcao.executar(CriarOrcamento(veiculo_id="ABC1D23", **campos))  # type: ignore[arg-type]
    assert balcao.executar(ListarOrcamentos()).itens == ()


def test_pedido_sem_veiculo_ou_sem_itens_e_recusado() -> None:
    with pytest.raises(DadoInvalido, match="veículo ou a ordem"):
        CriarOrcamento(servicos=("OLEO",))
    with pytest.raises(DadoInvalido, match="um dos dois"):
        CriarOrcamento(veiculo_id=1, ordem_id=1, servicos=("OLEO",))
    with pytest.raises(DadoInvalido, match="ao menos um"):
        CriarOrcamento(veiculo_id=1)


def test_peca_desativada_nao_entra(balcao: Oficina) -> None:
    feito = balcao.executar(CriarOrcamento(veiculo_id="ABC1D23", pecas=("FILTRO",)))
    balcao.executar(DesativarPeca(peca_id=feito.itens[0].peca_id or 0))
    with pytest.raises(RegraViolada, match="Está desativado"):
        balcao.executar(CriarOrcamento(veiculo_id="ABC1D23", kits=("TROCA-OLEO",)))


def test_mudar_o_preco_da_peca_nao_muda_o_orcamento(balcao: Oficina) -> None:
    feito = balcao.executar(CriarOrcamento(veiculo_id="ABC1D23", pecas=("FILTRO",)))
    peca = balcao.executar(VerPeca(peca_id=feito.itens[0].peca_id or 0))
    balcao.executar(
        EditarPeca(
            peca_id=peca.id,
            versao=peca.versao,
            codigo=peca.codigo,
            nome="Filtro novo",
            preco=Decimal("99.00"),
        )
    )
    assert balcao.executar(VerOrcamento(orcamento_id=feito.id)) == feito
    outro = balcao.executar(CriarOrcamento(veiculo_id="ABC1D23", pecas=("FILTRO",)))
    assert outro.valor_total == Decimal("99.00")


def test_editar_guarda_o_numero_e_o_preco_da_linha_que_fica(balcao: Oficina) -> None:
    feito = balcao.executar(
        CriarOrcamento(veiculo_id="ABC1D23", servicos=("OLEO",), pecas=("FILTRO",))
    )
    peca = balcao.executar(VerPeca(peca_id=feito.itens[1].peca_id or 0))
    balcao.executar(
        EditarPeca(
            peca_id=peca.id,
            versao=peca.versao,
            codigo=peca.codigo,
            nome=peca.nome,
            preco=Decimal("99.00"),
        )
    )
    editado = balcao.executar(
        EditarOrcamento(
            orcamento_id=feito.id,
            versao=feito.versao,
            descricao="Só o filtro e a pastilha",
            validade=date(2026, 12, 24),
            pecas=(ItemPedido(id="FILTRO", quantidade=Decimal(2)), "PASTILHA"),
        )
    )
    assert editado.valor_total == Decimal("250.00")
    assert editado.itens[0].id == feito.itens[1].id
    assert editado.descricao == "Só o filtro e a pastilha"
    assert balcao.executar(VerOrcamento(orcamento_id=feito.id)) == editado


def test_editar_sobre_versao_antiga_nao_passa_por_cima(balcao: Oficina) -> None:
    feito = balcao.executar(CriarOrcamento(veiculo_id="ABC1D23", servicos=("OLEO",)))
    pedido = EditarOrcamento(
        orcamento_id=feito.id, versao=feito.versao, descricao="Minha", servicos=("OLEO",)
    )
    balcao.executar(pedido)
    with pytest.raises(VersaoAntiga, match="veja de novo"):
        balcao.executar(
            EditarOrcamento(
                orcamento_id=feito.id, versao=feito.versao, descricao="Sua", servicos=("PAST",)
            )
        )
    assert balcao.executar(VerOrcamento(orcamento_id=feito.id)).descricao == "Minha"


def test_enviado_nao_muda_e_vale_dez_dias(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    assert enviado.validade == date(2026, 12, 3)
    with pytest.raises(Conflito, match="aguardando aprovação"):
        balcao.executar(
            EditarOrcamento(
                orcamento_id=enviado.id,
                versao=enviado.versao,
                descricao="Outra",
                servicos=("OLEO",),
            )
        )
    with pytest.raises(Conflito, match="não pode ser enviado"):
        balcao.executar(EnviarOrcamento(orcamento_id=enviado.id))


def test_criar_ja_enviando_move_a_ordem(balcao: Oficina) -> None:
    ordem = cenario.abrir(balcao)
    feito = balcao.executar(
        CriarOrcamento(
            ordem_id=ordem.id, servicos=("OLEO",), validade=date(2026, 11, 30), enviar=True
        )
    )
    assert (feito.status, feito.validade) == (
        StatusOrcamento.AGUARDANDO_APROVACAO,
        date(2026, 11, 30),
    )
    aguarda = balcao.executar(VerOrdem(ordem_id=ordem.id))
    assert aguarda.status is StatusOrdem.AGUARDANDO_APROVACAO


def test_validade_passada_nao_se_envia(balcao: Oficina) -> None:
    with pytest.raises(RegraViolada, match="já passou"):
        balcao.executar(
            CriarOrcamento(
                veiculo_id="ABC1D23", servicos=("OLEO",), validade=date(2026, 11, 22), enviar=True
            )
        )


def test_ordem_tem_um_so_orcamento_principal_vivo(balcao: Oficina) -> None:
    ordem = cenario.abrir(balcao, kits=("TROCA-OLEO",))
    with pytest.raises(Conflito, match="já tem o orçamento"):
        balcao.executar(CriarOrcamento(ordem_id=ordem.id, servicos=("OLEO",)))
    balcao.executar(
        CancelarOrcamento(orcamento_id=ordem.orcamentos[0].id, motivo="cliente mudou de ideia")
    )
    balcao.executar(CriarOrcamento(ordem_id=ordem.id, servicos=("OLEO",)))


def test_vencido_nao_se_aprova_ate_renovar(balcao: Oficina, relogio: Relogio) -> None:
    enviado = cenario.enviado(balcao)
    relogio.passar(days=10)
    ultimo_dia = balcao.executar(VerOrcamento(orcamento_id=enviado.id))
    assert ultimo_dia.status is StatusOrcamento.AGUARDANDO_APROVACAO
    relogio.passar(days=1)
    vencidos = balcao.executar(ListarOrcamentos(status=StatusOrcamento.EXPIRADO)).itens
    assert [linha.status for linha in vencidos] == [StatusOrcamento.EXPIRADO]
    assert (
        balcao.executar(ListarOrcamentos(status=StatusOrcamento.AGUARDANDO_APROVACAO)).itens == ()
    )
    with pytest.raises(RegraViolada, match="para o renovar"):
        balcao.executar(AprovarOrcamento(orcamento_id=enviado.id))
    renovado = balcao.executar(RevisarOrcamento(orcamento_id=enviado.id, enviar=True))
    assert (renovado.revisao, renovado.valor_total) == (2, enviado.valor_total)
    antigo = balcao.executar(VerOrcamento(orcamento_id=enviado.id))
    assert antigo.status is StatusOrcamento.SUBSTITUIDO
    aprovada = balcao.executar(AprovarOrcamento(orcamento_id=renovado.id))
    assert aprovada.status is StatusOrdem.EM_EXECUCAO


def test_dia_da_validade_e_o_da_loja_e_nao_o_de_greenwich(
    balcao: Oficina, relogio: Relogio
) -> None:
    enviado = cenario.enviado(balcao)
    relogio.agora = relogio.agora.replace(month=12, day=4, hour=2)  # 3 de dezembro, 23 h, na loja
    visto = balcao.executar(VerOrcamento(orcamento_id=enviado.id))
    assert visto.status is StatusOrcamento.AGUARDANDO_APROVACAO


def test_revisao_em_rascunho_nao_derruba_o_enviado(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    revisao = balcao.executar(RevisarOrcamento(orcamento_id=enviado.id))
    assert revisao.substitui_id == enviado.id
    ordem = balcao.executar(VerOrdem(ordem_id=enviado.ordem_id or 0))
    assert ordem.status is StatusOrdem.EM_DIAGNOSTICO
    with pytest.raises(Conflito, match="já tem a revisão"):
        balcao.executar(RevisarOrcamento(orcamento_id=enviado.id))
    aprovada = balcao.executar(AprovarOrcamento(orcamento_id=enviado.id))
    assert aprovada.status is StatusOrdem.EM_EXECUCAO
    cancelada = balcao.executar(VerOrcamento(orcamento_id=revisao.id))
    assert cancelada.status is StatusOrcamento.CANCELADO


def test_revisao_enviada_substitui_e_a_cancelada_deixa_lugar_a_outra(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    primeira = balcao.executar(RevisarOrcamento(orcamento_id=enviado.id))
    balcao.executar(CancelarOrcamento(orcamento_id=primeira.id, motivo="engano"))
    segunda = balcao.executar(RevisarOrcamento(orcamento_id=enviado.id))
    balcao.executar(EnviarOrcamento(orcamento_id=segunda.id))
    substituido = balcao.executar(VerOrcamento(orcamento_id=enviado.id))
    assert substituido.status is StatusOrcamento.SUBSTITUIDO
    with pytest.raises(Conflito, match="substituído"):
        balcao.executar(AprovarOrcamento(orcamento_id=enviado.id))


def test_revisao_cancelada_faz_a_ordem_voltar_a_esperar(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    revisao = balcao.executar(RevisarOrcamento(orcamento_id=enviado.id))
    balcao.executar(CancelarOrcamento(orcamento_id=revisao.id, motivo="engano"))
    ordem = balcao.executar(VerOrdem(ordem_id=enviado.ordem_id or 0))
    assert ordem.status is StatusOrdem.AGUARDANDO_APROVACAO


def test_orcamento_de_balcao_tambem_se_revisa(balcao: Oficina) -> None:
    feito = balcao.executar(CriarOrcamento(veiculo_id="ABC1D23", servicos=("OLEO",), enviar=True))
    revisao = balcao.executar(RevisarOrcamento(orcamento_id=feito.id))
    aprovada = balcao.executar(AprovarOrcamento(orcamento_id=revisao.id))
    assert aprovada.total == Decimal("75.00")
    antigo = balcao.executar(VerOrcamento(orcamento_id=feito.id))
    assert antigo.status is StatusOrcamento.SUBSTITUIDO


def test_recusar_devolve_a_ordem_ao_diagnostico_e_guarda_a_sugestao(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    recusado = balcao.executar(
        RecusarOrcamento(
            orcamento_id=enviado.id, motivo="achou caro", meio=Meio.TELEFONE, por="Ana"
        )
    )
    assert (recusado.status, recusado.decidido_por) == (StatusOrcamento.RECUSADO, "Ana")
    assert {item.status for item in recusado.itens} == {StatusItem.RECUSADO}
    ordem = balcao.executar(VerOrdem(ordem_id=enviado.ordem_id or 0))
    assert (ordem.status, ordem.total) == (StatusOrdem.EM_DIAGNOSTICO, 0)
    historico = balcao.executar(VerHistoricoVeiculo(veiculo_id=_veiculo(balcao)))
    assert {sugestao.motivo for sugestao in historico.recusados} == {"achou caro"}


def test_recusar_pode_cancelar_a_ordem(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    balcao.executar(RevisarOrcamento(orcamento_id=enviado.id))
    recusado = balcao.executar(
        RecusarOrcamento(orcamento_id=enviado.id, motivo="vendeu o carro", cancelar_ordem=True)
    )
    ordem = balcao.executar(VerOrdem(ordem_id=recusado.ordem_id or 0))
    assert ordem.status is StatusOrdem.CANCELADA
    assert [o.status for o in ordem.orcamentos] == [
        StatusOrcamento.RECUSADO,
        StatusOrcamento.CANCELADO,
    ]


def test_recusado_deixa_fazer_outro(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    balcao.executar(RecusarOrcamento(orcamento_id=enviado.id, motivo="achou caro"))
    outro = balcao.executar(CriarOrcamento(ordem_id=enviado.ordem_id, servicos=("OLEO",)))
    aprovada = balcao.executar(AprovarOrcamento(orcamento_id=outro.id))
    assert aprovada.total == Decimal("75.00")


def test_ordem_encerrada_nao_recebe_orcamento(balcao: Oficina) -> None:
    ordem = cenario.abrir(balcao)
    balcao.executar(CancelarOrdem(ordem_id=ordem.id, motivo="desistiu"))
    with pytest.raises(Conflito, match="abra outra ordem"):
        balcao.executar(CriarOrcamento(ordem_id=ordem.id, servicos=("OLEO",)))


def test_lista_pagina_e_filtra(balcao: Oficina) -> None:
    feitos = [
        balcao.executar(CriarOrcamento(veiculo_id="ABC1D23", servicos=("OLEO",))).id
        for _ in range(5)
    ]
    balcao.executar(EnviarOrcamento(orcamento_id=feitos[0]))
    vistos: list[int] = []
    cursor = None
    while True:
        pagina = balcao.executar(
            ListarOrcamentos(
                status=StatusOrcamento.RASCUNHO, veiculo_id="ABC1D23", limite=2, cursor=cursor
            )
        )
        vistos += [linha.id for linha in pagina.itens]
        cursor = pagina.proximo
        if cursor is None:
            break
    assert vistos == feitos[:0:-1]
    with pytest.raises(DadoInvalido, match="cursor"):
        balcao.executar(ListarOrcamentos(cursor="lixo"))
    for numero in (0, -1):
        with pytest.raises(DadoInvalido, match="ordem_id"):
            ListarOrcamentos(ordem_id=numero)


def test_atendente_da_desconto_ate_o_limite_e_o_gerente_alem(
    em_nome_de: AbrirPara,
) -> None:
    gerencia = em_nome_de(SISTEMA)
    cenario.catalogo(gerencia)
    cenario.cliente(gerencia)
    cenario.veiculo(gerencia)
    atendente = em_nome_de(cenario.sujeito(cenario.funcionario(gerencia, Papel.ATENDENTE)))

    def orcar(oficina: Oficina, desconto: str) -> FichaOrcamento:
        return oficina.executar(
            CriarOrcamento(veiculo_id="ABC1D23", servicos=("OLEO",), desconto=Decimal(desconto))
        )

    assert orcar(atendente, "7.50").desconto == Decimal("7.50")
    with pytest.raises(RegraViolada, match="peça ao gerente"):
        orcar(atendente, "7.51")
    assert orcar(gerencia, "75.00").valor_total == 0
    gerencia.executar(DefinirParametro(nome="desconto_atendente", valor=20))
    assert orcar(atendente, "15.00").desconto == Decimal("15.00")


def test_mecanico_orca_so_a_ordem_que_e_dele_e_sem_desconto(em_nome_de: AbrirPara) -> None:
    gerencia = em_nome_de(SISTEMA)
    cenario.catalogo(gerencia)
    ficha = cenario.funcionario(gerencia, Papel.MECANICO)
    mecanico = em_nome_de(cenario.sujeito(ficha))
    ordem = cenario.abrir(gerencia)
    pedido = CriarOrcamento(ordem_id=ordem.id, servicos=("OLEO",))
    with pytest.raises(AcessoNegado, match="assuma-a"):
        mecanico.executar(pedido)
    with pytest.raises(AcessoNegado, match="sem ordem"):
        mecanico.executar(CriarOrcamento(veiculo_id="ABC1D23", servicos=("OLEO",)))
    mecanico.executar(IniciarDiagnostico(ordem_id=ordem.id))
    with pytest.raises(AcessoNegado, match="desconto"):
        mecanico.executar(
            CriarOrcamento(ordem_id=ordem.id, servicos=("OLEO",), desconto=Decimal(1))
        )
    feito = mecanico.executar(pedido)
    enviado = mecanico.executar(EnviarOrcamento(orcamento_id=feito.id))
    assert enviado.status is StatusOrcamento.AGUARDANDO_APROVACAO
    with pytest.raises(AcessoNegado):
        mecanico.executar(AprovarOrcamento(orcamento_id=feito.id))


def test_mecanico_nao_ve_o_que_e_de_outro(em_nome_de: AbrirPara) -> None:
    gerencia = em_nome_de(SISTEMA)
    cenario.catalogo(gerencia)
    dono = cenario.funcionario(gerencia, Papel.MECANICO)
    outro = cenario.funcionario(gerencia, Papel.MECANICO, cenario.CPF_BIA)
    ordem = cenario.abrir(gerencia, kits=("TROCA-OLEO",))
    gerencia.executar(AtribuirMecanico(ordem_id=ordem.id, mecanico_id=dono.cpf))
    de_balcao = gerencia.executar(CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",)))
    alheio = em_nome_de(cenario.sujeito(outro))
    proprio = em_nome_de(cenario.sujeito(dono))
    numero = ordem.orcamentos[0].id
    assert [linha.id for linha in alheio.executar(ListarOrcamentos()).itens] == [de_balcao.id]
    assert alheio.executar(ListarOrdens()).itens == ()
    with pytest.raises(NaoEncontrado, match=f"Não há orçamento {numero}"):
        alheio.executar(VerOrcamento(orcamento_id=numero))
    with pytest.raises(NaoEncontrado, match=f"Não há ordem {ordem.id}"):
        alheio.executar(VerOrdem(ordem_id=ordem.id))
    assert proprio.executar(VerOrcamento(orcamento_id=numero)).id == numero
    with pytest.raises(AcessoNegado, match="sem ordem de serviço"):
        proprio.executar(EnviarOrcamento(orcamento_id=de_balcao.id))


def test_servico_se_orca_por_numero_e_quantidade(balcao: Oficina) -> None:
    numero = balcao.executar(Localizar(recurso=Recurso.SERVICO, nome="oleo")).id
    assert balcao.executar(VerServico(servico_id=numero)).codigo == "OLEO"
    feito = balcao.executar(
        CriarOrcamento(
            veiculo_id="ABC1D23", servicos=(ItemPedido(id=numero, quantidade=Decimal(2)),)
        )
    )
    assert feito.valor_total == Decimal("150.00")


@pytest.mark.parametrize(
    ("dito", "desconto", "total"),
    [
        ({"desconto_percentual": Decimal(10)}, "24.97", "224.68"),
        ({"desconto_percentual": Decimal("0.005")}, "0.01", "249.64"),
        ({"valor_final": Decimal("200.00")}, "49.65", "200.00"),
        ({"valor_final": Decimal("249.65")}, "0.00", "249.65"),
    ],
    ids=str,
)
def test_desconto_se_diz_em_porcentagem_ou_pelo_valor_final(
    balcao: Oficina, dito: dict[str, Any], desconto: str, total: str
) -> None:
    feito = balcao.executar(CriarOrcamento(veiculo_id="ABC1D23", kits=("TROCA-OLEO",), **dito))
    assert (feito.desconto, feito.valor_total) == (Decimal(desconto), Decimal(total))
    assert sum(item.total for item in feito.itens) == feito.valor_total


@pytest.mark.parametrize(
    "dito",
    [
        {"desconto_percentual": Decimal("100.001")},
        {"desconto_percentual": Decimal(-1)},
        {"desconto_percentual": Decimal("NaN")},
        {"desconto_percentual": Decimal("1.0005")},
        {"valor_final": Decimal(-1)},
        {"desconto": Decimal(1), "valor_final": Decimal(1)},
        {"desconto": Decimal(1), "desconto_percentual": Decimal(1)},
        {"servicos": ("OLEO",) * 201},
        {"kits": ("TROCA-OLEO",) * 51},
    ],
    ids=str,
)
def test_desconto_de_dois_jeitos_ou_lista_sem_fim_se_recusa(dito: dict[str, Any]) -> None:
    with pytest.raises(DadoInvalido):
        CriarOrcamento(**({"veiculo_id": "ABC1D23", "servicos": ("OLEO",)} | dito))


def test_valor_final_acima_do_total_se_recusa(balcao: Oficina) -> None:
    with pytest.raises(RegraViolada, match=r"R\$ 0,00 a R\$ 75,00"):
        balcao.executar(
            CriarOrcamento(veiculo_id="ABC1D23", servicos=("OLEO",), valor_final=Decimal(76))
        )


def test_editado_reparte_e_limita_o_desconto_pelo_preco_congelado(em_nome_de: AbrirPara) -> None:
    """O filtro subiu de 35,00 para 350,00: dez por cento do rascunho antigo são 3,50."""
    gerencia = em_nome_de(SISTEMA)
    cenario.catalogo(gerencia)
    cenario.cliente(gerencia)
    cenario.veiculo(gerencia)
    atendente = em_nome_de(cenario.sujeito(cenario.funcionario(gerencia, Papel.ATENDENTE)))
    feito = atendente.executar(CriarOrcamento(veiculo_id="ABC1D23", pecas=("FILTRO",)))
    peca = gerencia.executar(VerPeca(peca_id=feito.itens[0].peca_id or 0))
    gerencia.executar(
        EditarPeca(
            peca_id=peca.id, versao=peca.versao, codigo="FILTRO", nome="Filtro", preco=Decimal(350)
        )
    )

    def editar(**desconto: Any) -> FichaOrcamento:
        atual = atendente.executar(VerOrcamento(orcamento_id=feito.id))
        return atendente.executar(
            EditarOrcamento(
                orcamento_id=feito.id,
                versao=atual.versao,
                descricao="Filtro",
                pecas=("FILTRO",),
                **desconto,
            )
        )

    with pytest.raises(RegraViolada, match="10 %"):
        editar(desconto=Decimal("3.51"))
    assert editar(desconto_percentual=Decimal(10)).valor_total == Decimal("31.50")
    assert editar(valor_final=Decimal(35)).desconto == 0


def test_recusa_de_status_diz_o_que_fazer(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    numero = ordem.orcamentos[0].id
    with cenario.recusa(Conflito, conserta=f"orcamento criar --ordem {ordem.id}"):
        balcao.executar(RevisarOrcamento(orcamento_id=numero))
    feito = balcao.executar(CriarOrcamento(veiculo_id="ABC1D23", servicos=("OLEO",), enviar=True))
    with cenario.recusa(Conflito, conserta=f"orcamento revisar {feito.id}"):
        balcao.executar(EnviarOrcamento(orcamento_id=feito.id))


def test_o_que_ficou_para_depois_volta_como_sugestao_ate_ser_feito(balcao: Oficina) -> None:
    """Recusado duas vezes, sugere-se uma; aprovado em outra visita, deixa de se sugerir."""
    for _ in range(2):
        feito = balcao.executar(
            CriarOrcamento(veiculo_id="ABC1D23", servicos=("OLEO",), pecas=("FILTRO",), enviar=True)
        )
        oleo, _filtro = feito.itens
        balcao.executar(AprovarOrcamento(orcamento_id=feito.id, linhas=(oleo.id,), motivo="caro"))
    visita = balcao.executar(AbrirOrdem(veiculo_id="ABC1D23", queixa="Barulho"))
    assert [(s.descricao, s.motivo) for s in visita.sugestoes] == [("Filtro", "caro")]
    feito = balcao.executar(CriarOrcamento(ordem_id=visita.id, pecas=("FILTRO",), enviar=True))
    balcao.executar(RecusarOrcamento(orcamento_id=feito.id, motivo="vai pensar"))
    de_novo = balcao.executar(VerOrdem(ordem_id=visita.id))
    assert [s.motivo for s in de_novo.sugestoes] == ["caro"], "a recusa desta visita não é de outra"
    outra = balcao.executar(CriarOrcamento(ordem_id=visita.id, pecas=("FILTRO",)))
    executa = balcao.executar(AprovarOrcamento(orcamento_id=outra.id))
    assert executa.sugestoes == ()
    assert balcao.executar(VerHistoricoVeiculo(veiculo_id=_veiculo(balcao))).recusados == ()


def test_limite_do_desconto_vale_em_cada_linha(em_nome_de: AbrirPara) -> None:
    """Senão o cliente aprovaria só a linha que saiu de graça."""
    gerencia = em_nome_de(SISTEMA)
    cenario.catalogo(gerencia)
    cenario.cliente(gerencia)
    cenario.veiculo(gerencia)
    atendente = em_nome_de(cenario.sujeito(cenario.funcionario(gerencia, Papel.ATENDENTE)))
    de_graca = CriarOrcamento(
        veiculo_id="ABC1D23",
        servicos=(ItemPedido(id="OLEO", desconto=Decimal(75)),),
        pecas=(ItemPedido(id="PASTILHA", quantidade=Decimal(5)),),
    )
    with pytest.raises(RegraViolada, match="Troca de óleo passa de 10 %"):
        atendente.executar(de_graca)
    assert gerencia.executar(de_graca).valor_total == Decimal(900)
    repartido = CriarOrcamento(
        veiculo_id="ABC1D23", kits=("TROCA-OLEO",), desconto_percentual=Decimal(10)
    )
    assert atendente.executar(repartido).desconto == Decimal("24.97"), "o centavo do rateio passa"


def test_recusar_complementar_nao_cancela_a_ordem(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    mais = cenario.complementar(balcao, ordem.id, "PASTILHA")
    with pytest.raises(RegraViolada, match="não cancela a ordem"):
        balcao.executar(RecusarOrcamento(orcamento_id=mais.id, motivo="caro", cancelar_ordem=True))
    assert balcao.executar(VerOrdem(ordem_id=ordem.id)).status is StatusOrdem.EM_EXECUCAO


@pytest.mark.parametrize(
    ("responder", "status"),
    [
        (lambda n: RecusarOrcamento(orcamento_id=n, motivo="caro"), StatusOrcamento.RECUSADO),
        (lambda n: CancelarOrcamento(orcamento_id=n, motivo="engano"), StatusOrcamento.CANCELADO),
    ],
    ids=["recusar", "cancelar"],
)
def test_o_orcamento_de_balcao_acaba_sem_ordem_nenhuma(
    balcao: Oficina,
    responder: Callable[[int], CasoDeUso[FichaOrcamento]],
    status: StatusOrcamento,
) -> None:
    pedido = CriarOrcamento(veiculo_id="ABC1D23", pecas=("FILTRO",), enviar=True)
    visto = balcao.executar(responder(balcao.executar(pedido).id))
    assert (visto.status, visto.ordem_id) == (status, None)
    assert balcao.executar(ListarOrdens()).itens == ()
