"""Quem pode o quê: a tabela de papéis, e o que cada loja vê."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.busca import Buscar, Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.clientes import (
    CriarCliente,
    DesativarCliente,
    EditarCliente,
    ListarClientes,
    VerCliente,
)
from oficina_core.casos.estoque import (
    AjustarEstoque,
    EntradaEstoque,
    EstornarMovimento,
    ListarMovimentos,
)
from oficina_core.casos.funcionarios import (
    CriarFuncionario,
    DesativarFuncionario,
    EditarFuncionario,
    FichaFuncionario,
    ListarFuncionarios,
    ReativarFuncionario,
)
from oficina_core.casos.lojas import EditarLoja, ListarLojas
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EnviarOrcamento,
    ListarOrcamentos,
    RevisarOrcamento,
    VerOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens import (
    AnotarOrdem,
    AtribuirMecanico,
    ListarMecanicos,
    ListarOrdens,
    Mecanico,
    VerHistoricoOrdem,
    VerOrdem,
)
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, FinalizarOrdem
from oficina_core.casos.pagamentos import EstornarPagamento, RegistrarPagamento
from oficina_core.casos.parametros import DefinirParametro
from oficina_core.casos.pecas import CriarPeca, ListarPecas, VerPeca
from oficina_core.casos.portas import CasoDeUso, Oficina, Pedido
from oficina_core.catalogo import PUBLICADAS
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito, TipoAtor
from oficina_core.dominio.erros import (
    AcessoNegado,
    DadoInvalido,
    ErroOficina,
    NaoEncontrado,
    NaoIdentificado,
    RegraViolada,
)
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from tests import cenario
from tests.conftest import Relogio
from tests.exemplos import exemplo

AbrirPara = Callable[[Sujeito], Oficina]

TODOS = {rota.caso.__name__ for rota in PUBLICADAS}
SO_DO_GERENTE = {
    *("CriarLoja", "VerLoja", "EditarLoja", "DefinirParametro"),
    *("CriarFuncionario", "ListarFuncionarios", "VerFuncionario", "EditarFuncionario"),
    *("DesativarFuncionario", "ReativarFuncionario", "DefinirSenha", "ListarMensagens"),
    *("CriarServico", "ImportarServicos", "EditarServico", "DesativarServico", "ReativarServico"),
    *("CriarPeca", "ImportarPecas", "EditarPeca", "DesativarPeca", "ReativarPeca"),
    *("CriarKit", "ImportarKits", "EditarKit", "DesativarKit", "ReativarKit"),
    *("AjustarEstoque", "ConferirEstoque", "EstornarMovimento", "DefinirPrateleira"),
    "TransferirEstoque",
    *("ImportarClientes", "RevelarClientes", "ImportarVeiculos", "RevelarVeiculos"),
    "EstornarPagamento",
    *("VerFaturamento", "VerGiroEstoque", "VerProdutividade", "VerTempos"),
}
DA_BANCADA = {"IniciarDiagnostico", "FinalizarOrdem"}
SO_DO_CLIENTE = {"EditarMeuContato", "AcompanharOrdens"}
DO_MECANICO = DA_BANCADA | {
    *("VerMeuPerfil", "TrocarMinhaSenha"),
    *("Buscar", "BuscarItens", "Localizar", "ListarLojas", "VerParametros", "ListarMovimentos"),
    *("ListarReposicao", "ListarDesfaziveis"),
    *("ListarClientes", "VerCliente", "ListarVeiculos", "VerVeiculo", "VerHistoricoVeiculo"),
    *("ListarServicos", "VerServico", "ListarPecas", "VerPeca", "ListarKits", "VerKit"),
    "ListarItensDeKits",
    *("CriarOrcamento", "EditarOrcamento", "EnviarOrcamento", "RevisarOrcamento"),
    *("CancelarOrcamento", "ListarOrcamentos", "VerOrcamento"),
    *("ListarOrdens", "VerOrdem", "VerHistoricoOrdem", "AnotarOrdem"),
}
DO_CLIENTE = SO_DO_CLIENTE | {
    *("VerMeuPerfil", "VerCliente", "ListarVeiculos", "VerVeiculo", "VerHistoricoVeiculo"),
    *("ListarOrcamentos", "VerOrcamento", "AprovarOrcamento", "RecusarOrcamento"),
    *("ListarOrdens", "VerOrdem"),
}
RECUSADOS = {
    Papel.GERENTE: SO_DO_CLIENTE,
    Papel.ATENDENTE: SO_DO_GERENTE | DA_BANCADA | SO_DO_CLIENTE,
    Papel.MECANICO: TODOS - DO_MECANICO,
}


@pytest.mark.parametrize("papel", Papel)
def test_cada_papel_pode_o_que_a_tabela_diz(em_nome_de: AbrirPara, papel: Papel) -> None:
    ficha = cenario.funcionario(em_nome_de(SISTEMA), papel)
    oficina = em_nome_de(cenario.sujeito(ficha))
    casos: list[CasoDeUso[Any]] = [exemplo(rota.caso, cheio=False) for rota in PUBLICADAS]
    recusados = {type(caso).__name__ for caso in casos if barrado(oficina.executar, caso)}
    assert recusados == RECUSADOS[papel]
    escritas = [rota.caso for rota in PUBLICADAS if rota.escreve]
    na_simulacao = {
        caso.__name__ for caso in escritas if barrado(oficina.simular, exemplo(caso, cheio=False))
    }
    assert na_simulacao == recusados & {caso.__name__ for caso in escritas}


def barrado(fazer: Callable[[CasoDeUso[Any]], object], caso: CasoDeUso[Any]) -> bool:
    """Se o papel nem pode tentar; o resto (não achou, já existe) é outra conversa."""
    try:
        fazer(caso)
    except ErroOficina as erro:
        return isinstance(erro, AcessoNegado) and "não pode fazer isso" in str(erro)
    return False


def test_o_mecanico_nao_cadastra_cliente(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    mecanico = em_nome_de(cenario.sujeito(cenario.funcionario(sistema, Papel.MECANICO)))
    with pytest.raises(AcessoNegado, match="mecânico"):
        cenario.cliente(mecanico)
    assert sistema.executar(ListarClientes()).itens == ()


def test_o_mecanico_ve_o_cliente_mascarado_e_o_balcao_inteiro(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    inteiro = sistema.executar(
        CriarCliente(
            nome="Ana",
            documento=cenario.CPF_ANA,
            telefone="(11) 98765-4321",
            email="ana@exemplo.com.br",
        )
    )
    so_nome = sistema.executar(CriarCliente(nome="Sem documento", telefone="1134567890"))
    for papel, cpf in ((Papel.MECANICO, cenario.CPF_ZE), (Papel.ATENDENTE, cenario.CPF_BIA)):
        oficina = em_nome_de(cenario.sujeito(cenario.funcionario(sistema, papel, cpf)))
        visto = oficina.executar(VerCliente(cliente_id=inteiro.id))
        if papel is Papel.ATENDENTE:
            assert visto == inteiro
            continue
        assert (visto.documento, visto.telefone, visto.email) == (
            "***.982.247-**",
            "(**) *****-4321",
            "a***@exemplo.com.br",
        )
        sem = oficina.executar(VerCliente(cliente_id=so_nome.id))
        assert (sem.nome, sem.documento, sem.email) == ("Sem documento", None, None)


def test_quem_nao_existe_nao_pede_nada(em_nome_de: AbrirPara) -> None:
    ninguem = em_nome_de(Sujeito(tipo=TipoAtor.FUNCIONARIO, id=999_999))
    with pytest.raises(NaoIdentificado):
        ninguem.executar(ListarClientes())
    with pytest.raises(NaoIdentificado):
        cenario.cliente(ninguem)
    assert em_nome_de(SISTEMA).executar(ListarClientes()).itens == ()


def test_desativado_para_de_agir_na_hora_e_volta_quando_reativado(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    ze = cenario.funcionario(sistema, Papel.GERENTE)
    oficina = em_nome_de(cenario.sujeito(ze))
    oficina.executar(ListarClientes())
    sistema.executar(DesativarFuncionario(funcionario_id=ze.id))
    with pytest.raises(NaoIdentificado, match="desativado"):
        oficina.executar(ListarClientes())
    with pytest.raises(NaoIdentificado, match="desativado"):
        oficina.executar(ReativarFuncionario(funcionario_id=ze.id))
    with pytest.raises(NaoIdentificado, match="desativado"):
        cenario.cliente(oficina)
    assert sistema.executar(ListarClientes()).itens == ()
    sistema.executar(ReativarFuncionario(funcionario_id=ze.id))
    assert cenario.cliente(oficina).id


def test_papel_novo_vale_no_pedido_seguinte(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    ze = cenario.funcionario(sistema, Papel.ATENDENTE)
    oficina = em_nome_de(cenario.sujeito(ze))
    cenario.cliente(oficina)
    rebaixado = mudar_papel(sistema, ze, Papel.MECANICO)
    with pytest.raises(AcessoNegado):
        cenario.cliente(oficina, documento=cenario.CPF_BIA)
    mudar_papel(sistema, rebaixado, Papel.ATENDENTE)
    assert cenario.cliente(oficina, documento=cenario.CPF_BIA).id


def mudar_papel(oficina: Oficina, ficha: FichaFuncionario, papel: Papel) -> FichaFuncionario:
    return oficina.executar(
        EditarFuncionario(
            funcionario_id=ficha.id,
            versao=ficha.versao,
            cpf=ficha.cpf,
            nome=ficha.nome,
            papel=papel,
        )
    )


def test_resposta_guardada_nao_se_da_a_quem_perdeu_o_papel(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    ze = cenario.funcionario(sistema, Papel.ATENDENTE)
    oficina = em_nome_de(cenario.sujeito(ze))
    criar = CriarCliente(nome="Ana", documento=cenario.CPF_ANA)
    oficina.executar(criar, Pedido(chave="chave-0001"))
    mudar_papel(sistema, ze, Papel.MECANICO)
    with pytest.raises(AcessoNegado):
        oficina.executar(criar, Pedido(chave="chave-0001"))


def test_so_o_gerente_pede_todas_as_lojas(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    listas: tuple[CasoDeUso[Any], ...] = (
        ListarOrdens(todas_lojas=True),
        ListarOrcamentos(todas_lojas=True),
    )
    for papel, cpf in ((Papel.MECANICO, cenario.CPF_ZE), (Papel.ATENDENTE, cenario.CPF_BIA)):
        oficina = em_nome_de(cenario.sujeito(cenario.funcionario(sistema, papel, cpf)))
        for lista in listas:
            with pytest.raises(AcessoNegado, match="todas as lojas"):
                oficina.executar(lista)
    for lista in listas:
        assert sistema.executar(lista).itens == ()


def test_loja_que_nao_existe_nao_serve_a_ninguem(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    gerente = em_nome_de(cenario.sujeito(cenario.funcionario(sistema, Papel.GERENTE)))
    for oficina in (sistema, gerente):
        with cenario.recusa(NaoEncontrado, conserta="loja listar"):
            oficina.executar(ListarClientes(), Pedido(loja=999_999))
        (matriz,) = oficina.executar(ListarLojas()).itens
        assert oficina.executar(ListarClientes(), Pedido(loja=matriz.id)).itens == ()


def test_operador_se_acha_pelo_cpf(local: OficinaLocal) -> None:
    ze = cenario.funcionario(local, Papel.MECANICO)
    assert local.operador("111.444.777-35") == cenario.sujeito(ze)
    with pytest.raises(NaoIdentificado, match="OFICINA_OPERADOR"):
        local.operador(cenario.CPF_BIA)
    with pytest.raises(DadoInvalido, match="CPF"):
        local.operador("111")


# --- Duas lojas: só direto no banco, que o que muda com elas é dele


@pytest.fixture
def matriz(local: OficinaLocal) -> int:
    return local.executar(ListarLojas()).itens[0].id


@pytest.fixture
def filial(local: OficinaLocal, matriz: int) -> int:
    return cenario.filial(local)


@pytest.fixture
def rede(local: OficinaLocal, matriz: int, filial: int) -> Oficina:
    """A gerente da rede, com cliente, veículo e dez filtros em cada loja."""
    gerente = local.como(
        cenario.sujeito(cenario.funcionario(local, Papel.GERENTE, cenario.CPF_BIA))
    )
    cenario.cliente(gerente)
    cenario.veiculo(gerente)
    filtro = CriarPeca(codigo="FILTRO", nome="Filtro", preco=Decimal("35.00"))
    gerente.executar(filtro, Pedido(loja=matriz))
    for loja in (matriz, filial):
        entrada = EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(10), custo=Decimal("20.00"))
        gerente.executar(entrada, Pedido(loja=loja))
    return gerente


def em_loja(local: OficinaLocal, papel: Papel, loja: int, cpf: str = cenario.CPF_ZE) -> Oficina:
    ficha = local.executar(CriarFuncionario(cpf=cpf, nome="Zé", papel=papel, loja_id=loja))
    return local.como(cenario.sujeito(ficha))


def filtros(oficina: Oficina, loja: int) -> tuple[int, int]:
    """Quantos há e quantos estão reservados na loja."""
    (linha,) = oficina.executar(ListarPecas(), Pedido(loja=loja)).itens
    return int(linha.estoque), int(linha.estoque - linha.disponivel)


def orcar(oficina: Oficina, loja: int | None = None) -> int:
    caso = CriarOrcamento(veiculo_id=cenario.PLACA, pecas=("FILTRO",), enviar=True)
    return oficina.executar(caso, Pedido(loja=loja)).id


@pytest.mark.parametrize(
    "caso",
    [
        EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(1)),
        AjustarEstoque(peca_id="FILTRO", delta=Decimal(-1), motivo="quebrou"),
        CriarOrcamento(veiculo_id=cenario.PLACA, pecas=("FILTRO",)),
        AbrirOrdem(veiculo_id=cenario.PLACA, queixa="freio"),
        CriarPeca(codigo="VELA", nome="Vela", preco=Decimal(1)),
    ],
    ids=lambda caso: type(caso).__name__,
)
def test_gravar_sem_dizer_a_loja_e_recusado_dizendo_como(
    local: OficinaLocal, rede: Oficina, matriz: int, filial: int, caso: CasoDeUso[Any]
) -> None:
    for oficina in (rede, local):
        with pytest.raises(DadoInvalido, match="diga em qual") as recusa:
            oficina.executar(caso)
        assert recusa.value.campo == "loja"
        with pytest.raises(DadoInvalido, match="diga em qual"):
            oficina.simular(caso)
    assert filtros(rede, matriz) == filtros(rede, filial) == (10, 0)
    assert rede.executar(ListarOrdens(todas_lojas=True)).itens == ()
    assert rede.executar(ListarOrcamentos(todas_lojas=True)).itens == ()
    rede.executar(caso, Pedido(loja=filial))


def test_o_orcamento_diz_o_que_ha_na_loja_dele(rede: Oficina, matriz: int, filial: int) -> None:
    numero = orcar(rede, filial)
    rede.executar(
        AjustarEstoque(peca_id="FILTRO", delta=Decimal(-3), motivo="quebrou"), Pedido(loja=filial)
    )
    for pedido in (Pedido(loja=matriz), Pedido(loja=filial), Pedido()):
        (item,) = rede.executar(VerOrcamento(orcamento_id=numero), pedido).itens
        assert item.disponivel == Decimal(7)


def test_o_que_nao_e_de_uma_loja_a_rede_grava_sem_dizer_qual(rede: Oficina) -> None:
    criado = rede.executar(CriarCliente(nome="Zé", documento=cenario.CPF_ZE))
    rede.executar(EditarCliente(cliente_id=criado.id, versao=1, nome="José", telefone="1134567890"))
    assert rede.executar(DesativarCliente(cliente_id=criado.id)).nome == "José"


def test_cada_loja_tem_o_seu_estoque(
    local: OficinaLocal, rede: Oficina, matriz: int, filial: int
) -> None:
    ajuste = AjustarEstoque(peca_id="FILTRO", delta=Decimal(-3), motivo="quebrou")
    rede.executar(ajuste, Pedido(loja=filial))
    assert (filtros(rede, matriz), filtros(rede, filial)) == ((10, 0), (7, 0))
    atendente = em_loja(local, Papel.ATENDENTE, filial)
    (linha,) = atendente.executar(ListarPecas()).itens
    assert atendente.executar(VerPeca(peca_id=linha.id)).estoque == linha.estoque == 7
    livro = atendente.executar(ListarMovimentos()).itens
    assert [(int(m.delta), m.motivo) for m in livro] == [(-3, "quebrou"), (10, None)]


def test_ninguem_trabalha_na_loja_dos_outros(
    local: OficinaLocal, rede: Oficina, matriz: int, filial: int
) -> None:
    atendente = em_loja(local, Papel.ATENDENTE, filial)
    entrada = EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(1))
    with pytest.raises(NaoEncontrado, match="não é a sua"):
        atendente.executar(entrada, Pedido(loja=matriz))
    atendente.executar(entrada, Pedido(loja=filial))
    atendente.executar(entrada)
    assert (filtros(rede, matriz), filtros(rede, filial)) == ((10, 0), (12, 0))


@pytest.mark.parametrize("papel", Papel)
def test_a_equipe_de_uma_loja_nao_ve_ordem_nem_orcamento_da_outra(
    local: OficinaLocal, rede: Oficina, matriz: int, filial: int, papel: Papel
) -> None:
    """O registro da outra loja responde exatamente como o que não existe."""
    orcamento = orcar(rede, matriz)
    ordem = rede.executar(
        AbrirOrdem(veiculo_id=cenario.PLACA, queixa="freio"), Pedido(loja=matriz)
    ).id
    oficina = em_loja(local, papel, filial)
    assert oficina.executar(ListarOrdens()).itens == ()
    assert oficina.executar(ListarOrcamentos()).itens == ()
    da_ordem: tuple[Callable[[int], CasoDeUso[Any]], ...] = (
        lambda n: VerOrdem(ordem_id=n),
        lambda n: VerHistoricoOrdem(ordem_id=n),
        lambda n: AnotarOrdem(ordem_id=n, texto="oi"),
        lambda n: CancelarOrdem(ordem_id=n, motivo="x"),
        lambda n: FinalizarOrdem(ordem_id=n),
        lambda n: RegistrarPagamento(ordem_id=n, forma=FormaPagamento.PIX, valor=Decimal(1)),
        lambda n: CriarOrcamento(ordem_id=n, pecas=("FILTRO",)),
    )
    do_orcamento: tuple[Callable[[int], CasoDeUso[Any]], ...] = (
        lambda n: VerOrcamento(orcamento_id=n),
        lambda n: EnviarOrcamento(orcamento_id=n),
        lambda n: AprovarOrcamento(orcamento_id=n),
        lambda n: RecusarOrcamento(orcamento_id=n, motivo="x"),
        lambda n: RevisarOrcamento(orcamento_id=n),
        lambda n: CancelarOrcamento(orcamento_id=n, motivo="x"),
    )
    for montar, alheio in [(m, ordem) for m in da_ordem] + [(m, orcamento) for m in do_orcamento]:
        if barrado(oficina.executar, montar(alheio)):
            continue
        ditos = []
        for id in (alheio, 999_999):
            with pytest.raises(NaoEncontrado) as recusa:
                oficina.executar(montar(id))
            ditos.append(str(recusa.value).replace(str(id), "N"))
        assert ditos[0] == ditos[1]
    assert rede.executar(VerOrdem(ordem_id=ordem)).status is StatusOrdem.RECEBIDA
    assert filtros(rede, matriz) == (10, 0)


def test_a_rede_ve_uma_loja_ou_todas_se_pedir(rede: Oficina, matriz: int, filial: int) -> None:
    uma, outra = orcar(rede, matriz), orcar(rede, filial)
    for lista, esperados in (
        (ListarOrcamentos(), [uma]),
        (ListarOrcamentos(todas_lojas=True), [outra, uma]),
    ):
        achados = rede.executar(lista, Pedido(loja=matriz)).itens
        assert [linha.id for linha in achados] == esperados


def test_gerente_de_uma_loja_pede_todas_e_ve_a_sua(
    local: OficinaLocal, rede: Oficina, matriz: int, filial: int
) -> None:
    orcar(rede, matriz)
    gerente = em_loja(local, Papel.GERENTE, filial)
    meu = orcar(gerente)
    todas = gerente.executar(ListarOrcamentos(todas_lojas=True)).itens
    assert [linha.id for linha in todas] == [meu]


def test_a_reserva_sai_da_loja_do_orcamento_e_nao_da_dita(
    rede: Oficina, matriz: int, filial: int
) -> None:
    """Quem é da rede alcança o orçamento da outra loja; o estoque é o de onde a ordem está."""
    orcamento = orcar(rede, filial)
    try:
        ordem = rede.executar(AprovarOrcamento(orcamento_id=orcamento), Pedido(loja=matriz))
    except ErroOficina:
        assert (filtros(rede, matriz), filtros(rede, filial)) == ((10, 0), (10, 0))
        return
    assert (filtros(rede, matriz), filtros(rede, filial)) == ((10, 0), (10, 1))
    cancelar = CancelarOrdem(ordem_id=ordem.id, motivo="desistiu")
    rede.executar(cancelar, Pedido(loja=filial))
    assert filtros(rede, filial) == (10, 0)


@pytest.mark.parametrize("acao", [FinalizarOrdem, CancelarOrdem])
def test_a_baixa_sai_da_loja_da_ordem_e_nao_da_dita(
    local: OficinaLocal, rede: Oficina, matriz: int, filial: int, acao: type[Any]
) -> None:
    for loja in (matriz, filial):
        aprovar = AprovarOrcamento(orcamento_id=orcar(rede, loja))
        ordem = rede.executar(aprovar, Pedido(loja=loja)).id
    encerrar = acao(ordem_id=ordem, **({"motivo": "x"} if acao is CancelarOrdem else {}))
    try:
        rede.executar(encerrar, Pedido(loja=matriz))
    except ErroOficina:
        assert (filtros(rede, matriz), filtros(rede, filial)) == ((10, 1), (10, 1))
        return
    assert filtros(rede, matriz) == (10, 1), "a reserva da outra ordem continua"
    assert filtros(rede, filial) == ((9, 0) if acao is FinalizarOrdem else (10, 0))


def test_gerente_de_uma_loja_nao_estorna_movimento_da_outra(
    local: OficinaLocal, rede: Oficina, matriz: int, filial: int
) -> None:
    (entrada,) = rede.executar(ListarMovimentos(), Pedido(loja=matriz)).itens
    gerente = em_loja(local, Papel.GERENTE, filial)
    with pytest.raises(NaoEncontrado):
        gerente.executar(EstornarMovimento(movimento_id=entrada.id, motivo="engano"))
    assert (filtros(rede, matriz), filtros(rede, filial)) == ((10, 0), (10, 0))


def test_estorno_volta_a_loja_do_movimento(rede: Oficina, matriz: int, filial: int) -> None:
    (entrada,) = rede.executar(ListarMovimentos(), Pedido(loja=matriz)).itens
    estorno = EstornarMovimento(movimento_id=entrada.id, motivo="engano")
    try:
        rede.executar(estorno, Pedido(loja=filial))
    except ErroOficina:
        assert (filtros(rede, matriz), filtros(rede, filial)) == ((10, 0), (10, 0))
        return
    assert (filtros(rede, matriz), filtros(rede, filial)) == ((0, 0), (10, 0))


def test_mecanico_de_outra_loja_nao_recebe_a_ordem(
    local: OficinaLocal, rede: Oficina, matriz: int, filial: int
) -> None:
    em_loja(local, Papel.MECANICO, filial)
    pedido = AbrirOrdem(veiculo_id=cenario.PLACA, queixa="Barulho")
    ordem = rede.executar(pedido, Pedido(loja=matriz))
    with pytest.raises(RegraViolada, match="de outra loja"):
        rede.executar(AtribuirMecanico(ordem_id=ordem.id, mecanico_id=cenario.CPF_ZE))


def test_oferecem_se_so_os_mecanicos_a_quem_a_ordem_pode_ser_dada(
    local: OficinaLocal, rede: Oficina, matriz: int, filial: int
) -> None:
    em_loja(local, Papel.MECANICO, filial)
    da_casa = cenario.funcionario(local, Papel.MECANICO, "390.533.447-05")
    pedido = AbrirOrdem(veiculo_id=cenario.PLACA, queixa="Barulho")
    ordem = rede.executar(pedido, Pedido(loja=matriz))
    oferecidos = rede.executar(ListarMecanicos(ordem_id=ordem.id)).itens
    assert oferecidos == (Mecanico(id=da_casa.id, nome=da_casa.nome),)
    rede.executar(DesativarFuncionario(funcionario_id=da_casa.id))
    assert rede.executar(ListarMecanicos(ordem_id=ordem.id)).itens == ()


def test_pagamento_de_outra_loja_responde_como_o_que_nao_existe(
    local: OficinaLocal, rede: Oficina, matriz: int, filial: int
) -> None:
    pedido = AbrirOrdem(veiculo_id=cenario.PLACA, queixa="Barulho")
    ordem = rede.executar(pedido, Pedido(loja=matriz))
    sinal = RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=Decimal(50))
    numero = rede.executar(sinal).pagamentos[0].id
    alheio = em_loja(local, Papel.GERENTE, filial)
    with pytest.raises(NaoEncontrado, match=f"Não há pagamento {numero};"):
        alheio.executar(EstornarPagamento(pagamento_id=numero))


@pytest.mark.parametrize("onde", [None, "matriz"], ids=["rede", "outra loja"])
def test_gerente_de_uma_loja_nao_da_nem_tira_acesso_fora_dela(
    local: OficinaLocal, rede: Oficina, matriz: int, filial: int, onde: str | None
) -> None:
    """Quem é de uma loja não se promove à rede, nem mexe em quem não é da sua."""
    gerente = em_loja(local, Papel.GERENTE, filial)
    ze = gerente.executar(ListarFuncionarios(busca="Zé")).itens[0]
    fora = None if onde is None else matriz
    alheio = local.executar(
        CriarFuncionario(cpf="935.411.347-80", nome="Rui", papel=Papel.ATENDENTE, loja_id=fora)
    )
    dados: dict[str, Any] = {"nome": "Zé", "papel": Papel.GERENTE, "versao": 1}
    tentativas: list[CasoDeUso[Any]] = [
        CriarFuncionario(cpf="168.995.350-09", nome="Eva", papel=Papel.MECANICO, loja_id=fora),
        EditarFuncionario(funcionario_id=ze.id, cpf=cenario.CPF_ZE, loja_id=fora, **dados),
        EditarFuncionario(funcionario_id=alheio.id, cpf=alheio.cpf, loja_id=filial, **dados),
        DesativarFuncionario(funcionario_id=alheio.id),
    ]
    for tentativa in tentativas:
        with pytest.raises(AcessoNegado, match="uma loja só"):
            gerente.executar(tentativa)
    proprio = CriarFuncionario(
        cpf="168.995.350-09", nome="Eva", papel=Papel.MECANICO, loja_id=filial
    )
    assert gerente.executar(proprio).loja_id == filial


def test_gerente_de_uma_loja_nao_muda_outra_loja_nem_os_limites_da_rede(
    local: OficinaLocal, rede: Oficina, matriz: int, filial: int
) -> None:
    gerente = em_loja(local, Papel.GERENTE, filial)
    trocar = EditarLoja(loja_id=matriz, versao=1, nome="Minha", fuso="America/Manaus")
    for caso in (trocar, DefinirParametro(nome="desconto_atendente", valor=100)):
        with pytest.raises(AcessoNegado, match="uma loja só"):
            gerente.executar(caso)
    propria = EditarLoja(loja_id=filial, versao=1, nome="Filial Sul", fuso="America/Manaus")
    assert gerente.executar(propria).nome == "Filial Sul"
    assert rede.executar(DefinirParametro(nome="desconto_atendente", valor=5)).validade_dias == 10


def test_validade_se_conta_no_fuso_da_loja_do_orcamento(
    local: OficinaLocal, rede: Oficina, relogio: Relogio, matriz: int, filial: int
) -> None:
    """Às 3h30 UTC já é amanhã em São Paulo, e em Manaus ainda não: a rede vê cada um no seu dia."""
    em_manaus, em_sao_paulo = orcar(rede, filial), orcar(rede, matriz)
    relogio.agora = datetime(2026, 12, 4, 3, 30, tzinfo=UTC)
    assert rede.executar(VerOrcamento(orcamento_id=em_sao_paulo)).status.name == "EXPIRADO"
    assert rede.executar(VerOrcamento(orcamento_id=em_manaus)).status.name == "AGUARDANDO_APROVACAO"
    with pytest.raises(RegraViolada, match="venceu"):
        rede.executar(AprovarOrcamento(orcamento_id=em_sao_paulo))
    assert rede.executar(AprovarOrcamento(orcamento_id=em_manaus)).id


def test_buscar_da_loja_nao_mostra_ordem_de_outra(
    local: OficinaLocal, rede: Oficina, matriz: int, filial: int
) -> None:
    aberta = rede.executar(
        AbrirOrdem(veiculo_id=cenario.PLACA, queixa="freio"), Pedido(loja=matriz)
    )
    de_fora = em_loja(local, Papel.ATENDENTE, filial)
    for texto in (cenario.PLACA, str(aberta.id)):
        assert de_fora.executar(Buscar(texto=texto)).ordens == ()
        achados = rede.executar(Buscar(texto=texto), Pedido(loja=matriz))
        assert [ordem.id for ordem in achados.ordens] == [aberta.id], "e uma vez só"


@pytest.mark.parametrize("papel", [Papel.ATENDENTE, Papel.MECANICO])
def test_custo_da_peca_nao_aparece_no_historico_nem_na_simulacao(
    em_nome_de: AbrirPara, papel: Papel
) -> None:
    sistema = em_nome_de(SISTEMA)
    cenario.catalogo(sistema)
    ordem = cenario.em_execucao(sistema)
    sistema.executar(FinalizarOrdem(ordem_id=ordem.id))
    ver = VerHistoricoOrdem(ordem_id=ordem.id)
    assert any("custo_unitario" in linha.diferenca for linha in sistema.executar(ver))
    outro = em_nome_de(cenario.sujeito(cenario.funcionario(sistema, papel)))
    assert not any("custo_unitario" in linha.diferenca for linha in outro.executar(ver))
    if papel is Papel.ATENDENTE:
        entrada = EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(1))
        efeitos = outro.simular(entrada).efeitos
        assert efeitos
        assert not any("custo_unitario" in efeito.diferenca for efeito in efeitos)


@pytest.mark.parametrize(
    "numero", [cenario.CPF_ANA, "52998224725", "529982247", "(11) 98765-4321", "98765", "4321"]
)
def test_mecanico_nao_descobre_documento_nem_telefone_a_tentar(
    em_nome_de: AbrirPara, numero: str
) -> None:
    sistema = em_nome_de(SISTEMA)
    cenario.cliente(sistema)
    mecanico = em_nome_de(cenario.sujeito(cenario.funcionario(sistema, Papel.MECANICO)))
    assert sistema.executar(Buscar(texto=numero)).clientes
    assert mecanico.executar(Buscar(texto=numero)).clientes == ()
    assert len(mecanico.executar(Buscar(texto="conceição")).clientes) == 1


@pytest.mark.parametrize("documento", [cenario.CPF_ANA, cenario.CPF_ZE])
def test_mecanico_nao_procura_cliente_pelo_documento_exista_ou_nao(
    em_nome_de: AbrirPara, documento: str
) -> None:
    sistema = em_nome_de(SISTEMA)
    cenario.cliente(sistema)
    mecanico = em_nome_de(cenario.sujeito(cenario.funcionario(sistema, Papel.MECANICO)))
    with pytest.raises(AcessoNegado, match="clientes pelo documento"):
        mecanico.executar(Localizar(recurso=Recurso.CLIENTE, nome=documento))


def test_so_o_gerente_da_rede_ve_tudo_sem_dizer_a_loja(
    local: OficinaLocal, rede: Oficina, matriz: int, filial: int
) -> None:
    ordem = rede.executar(AbrirOrdem(veiculo_id=cenario.PLACA, queixa="freio"), Pedido(loja=matriz))
    assert len(rede.executar(ListarOrdens()).itens) == 1
    for papel, cpf in ((Papel.ATENDENTE, "168.995.350-09"), (Papel.MECANICO, cenario.CPF_ZE)):
        ficha = local.executar(CriarFuncionario(cpf=cpf, nome="Zé", papel=papel))
        da_rede = local.como(cenario.sujeito(ficha))
        for lista in (ListarOrdens(), ListarOrcamentos()):
            with pytest.raises(DadoInvalido, match="diga em qual"):
                da_rede.executar(lista)
        vistas = da_rede.executar(ListarOrdens(), Pedido(loja=matriz)).itens
        assert [linha.id for linha in vistas] == [ordem.id]
        assert da_rede.executar(ListarOrdens(), Pedido(loja=filial)).itens == ()
