"""Anonimizar: do cliente não fica nada que diga quem é, e do resto não muda nada."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select

from oficina_core.banco import tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.tabelas import metadata
from oficina_core.casos.busca import Buscar
from oficina_core.casos.clientes import (
    CriarCliente,
    EditarCliente,
    FichaCliente,
    ListarClientes,
    ReativarCliente,
    VerCliente,
)
from oficina_core.casos.clientes_anonimizacao import AnonimizarCliente, FichaAnonimizacao
from oficina_core.casos.entrada import PedirCodigo
from oficina_core.casos.estoque import ListarMovimentos
from oficina_core.casos.funcionarios import CriarFuncionario
from oficina_core.casos.links import CriarLink, DecidirPeloLink, FichaLink, VerPeloLink
from oficina_core.casos.mensagens import ConcluirMensagem, TomarMensagem
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EnviarOrcamento,
    VerOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens import AnotarOrdem, VerHistoricoOrdem, VerOrdem
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, EntregarOrdem, FinalizarOrdem
from oficina_core.casos.pagamentos import EstornarPagamento, RegistrarPagamento
from oficina_core.casos.perfil import EditarMeuContato, VerMeuPerfil
from oficina_core.casos.portas import CasoDeUso, Oficina, Pedido
from oficina_core.casos.relatorios import VerPainel
from oficina_core.casos.veiculos import (
    DadosVeiculo,
    ReativarVeiculo,
    VerHistoricoVeiculo,
    VerVeiculo,
)
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito, TipoAtor
from oficina_core.dominio.codigo import resumir
from oficina_core.dominio.erros import (
    AcessoNegado,
    Conflito,
    NaoEncontrado,
    NaoIdentificado,
    OutroDono,
    RegraViolada,
)
from oficina_core.dominio.mensagem import SituacaoMensagem
from oficina_core.dominio.orcamento import Meio
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from oficina_core.texto import sem_acento
from tests import cenario
from tests.conftest import Relogio

AbrirPara = Callable[[Sujeito], Oficina]

NOME, CPF = "Genésio Xuxá Quixadá-Wörner", "390.533.447-05"
TELEFONE, EMAIL = "(47) 98123-7391", "genesio.wx@raro.com.br"
ANTIGO = "(47) 3366-1928"
ENDERECO = "203.0.113.9"
FALA = f"Seu GENESIO ({CPF}, {TELEFONE}, {EMAIL.upper()}) diz que o freio chia"
SEM_FALA = "Seu *** (***, ***, ***) diz que o freio chia"
DELE = {
    *("genesio", "xuxa", "quixada", "worner", EMAIL, ENDERECO),
    *("39053344705", "47981237391", "4733661928", "981237391"),
}


def pedido(cliente_id: int, motivo: str = "pediu por carta") -> AnonimizarCliente:
    return AnonimizarCliente(cliente_id=cliente_id, motivo=motivo)


@pytest.fixture
def ele(oficina: Oficina) -> FichaCliente:
    cenario.catalogo(oficina)
    return oficina.executar(CriarCliente(nome=NOME, documento=CPF, telefone=TELEFONE, email=EMAIL))


def abrir(oficina: Oficina, *, queixa: str = FALA, **campos: Any) -> int:
    """Uma ordem dele, com o kit em rascunho."""
    dados: dict[str, Any] = {
        "veiculo_id": cenario.PLACA,
        "veiculo": DadosVeiculo(marca="VW", modelo="Gol"),
        "cliente_id": CPF,
        "kits": ("TROCA-OLEO",),
    }
    return oficina.executar(AbrirOrdem(queixa=queixa, **(dados | campos))).id


def entregar(oficina: Oficina, ordem_id: int, *, pagar: bool = True) -> None:
    """Aprova, finaliza, recebe e entrega."""
    ordem = oficina.executar(VerOrdem(ordem_id=ordem_id))
    if ordem.status is StatusOrdem.RECEBIDA:
        oficina.executar(AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id, por=NOME))
    pronta = oficina.executar(FinalizarOrdem(ordem_id=ordem_id))
    if pagar:
        receber(oficina, ordem_id, pronta.saldo)
    oficina.executar(EntregarOrdem(ordem_id=ordem_id))


def receber(oficina: Oficina, ordem_id: int, valor: Decimal | str) -> int:
    """Registra o pagamento e diz o número dele."""
    caso = RegistrarPagamento(ordem_id=ordem_id, forma=FormaPagamento.PIX, valor=Decimal(valor))
    return oficina.executar(caso).pagamentos[-1].id


# --- Nos três mundos


def test_fica_a_historia_e_some_quem_e(oficina: Oficina, ele: FichaCliente) -> None:
    ordem_id = abrir(oficina)
    oficina.executar(AnotarOrdem(ordem_id=ordem_id, texto=f"{NOME} espera"))
    entregar(oficina, ordem_id)
    antes = oficina.executar(VerOrdem(ordem_id=ordem_id))
    feita = oficina.executar(pedido(ele.id, f"carta de {NOME}"))
    novo = f"Cliente anonimizado {ele.id}"
    assert feita == FichaAnonimizacao(
        id=ele.id,
        nome=novo,
        anonimizado_em=feita.anonimizado_em,
        veiculos=1,
        textos=3,
        mensagens=0,
        links=0,
        respostas=feita.respostas,
    )
    assert feita.respostas >= 5
    visto = oficina.executar(VerCliente(cliente_id=ele.id))
    assert (visto.nome, visto.documento, visto.telefone, visto.email) == (novo, None, None, None)
    assert not visto.ativo
    depois = oficina.executar(VerOrdem(ordem_id=ordem_id))
    assert (depois.cliente, depois.queixa, depois.telefone) == (novo, SEM_FALA, None)
    assert [nota.texto for nota in depois.anotacoes] == ["*** espera"]
    assert (depois.total, depois.pago, depois.status) == (antes.total, antes.pago, antes.status)
    assert depois.pagamentos == antes.pagamentos
    assert depois.versao == antes.versao + 1, "quem a tinha lido antes a lê de novo"
    orcamento = oficina.executar(VerOrcamento(orcamento_id=antes.orcamentos[0].id))
    assert (orcamento.decidido_por, orcamento.decidido_meio) == (None, Meio.BALCAO)
    assert orcamento.decidido_em
    assert {item.descricao for item in orcamento.itens} == {
        item.descricao for item in antes.orcamentos[0].itens
    }
    historia = oficina.executar(VerHistoricoOrdem(ordem_id=ordem_id))
    assert not [x for x in historia if "Genésio" in f"{x.ator}{x.diferenca}"]


def test_relatorios_e_estoque_sao_os_mesmos(oficina: Oficina, ele: FichaCliente) -> None:
    entregar(oficina, abrir(oficina))
    leituras: tuple[CasoDeUso[Any], ...] = (VerPainel(), ListarMovimentos())
    antes = [oficina.executar(leitura) for leitura in leituras]
    oficina.executar(pedido(ele.id))
    assert [oficina.executar(leitura) for leitura in leituras] == antes


def test_sai_das_listas_e_o_carro_volta_com_o_dono_novo(
    oficina: Oficina, ele: FichaCliente
) -> None:
    carro = cenario.veiculo(oficina, dono=CPF)
    entregar(oficina, abrir(oficina))
    oficina.executar(pedido(ele.id))
    assert oficina.executar(ListarClientes()).itens == ()
    achados = oficina.executar(Buscar(texto=cenario.PLACA))
    assert (achados.veiculos, achados.clientes) == ((), ())
    cenario.cliente(oficina)
    chegada = AbrirOrdem(veiculo_id=cenario.PLACA, cliente_id=cenario.CPF_ANA, queixa="revisão")
    with cenario.recusa(RegraViolada, conserta=f"veiculo reativar id:{carro.id}"):
        oficina.executar(chegada)
    oficina.executar(ReativarVeiculo(veiculo_id=carro.id))
    with cenario.recusa(OutroDono, conserta="--transferir"):
        oficina.executar(chegada)
    nova = oficina.executar(replace(chegada, transferir=True))
    assert (nova.cliente, nova.placa) == ("Ana Conceição", cenario.PLACA)
    historia = oficina.executar(VerHistoricoVeiculo(veiculo_id=carro.id))
    assert [visita.queixa for visita in historia.visitas] == ["revisão", SEM_FALA]


def test_o_carro_que_ja_e_de_outro_fica_como_esta(oficina: Oficina, ele: FichaCliente) -> None:
    carro = cenario.veiculo(oficina, dono=CPF)
    entregar(oficina, abrir(oficina))
    cenario.cliente(oficina)
    vendido = oficina.executar(VerVeiculo(veiculo_id=carro.id))
    vendido = cenario.transferir(oficina, vendido, cenario.CPF_ANA)
    assert oficina.executar(pedido(ele.id)).veiculos == 0
    assert oficina.executar(VerVeiculo(veiculo_id=carro.id)) == vendido


def test_o_mesmo_documento_cadastra_outro_cliente(oficina: Oficina, ele: FichaCliente) -> None:
    oficina.executar(pedido(ele.id))
    outro = oficina.executar(CriarCliente(nome=NOME, documento=CPF))
    assert outro.id != ele.id
    assert oficina.executar(VerCliente(cliente_id=ele.id)).documento is None


def test_nao_se_desfaz_e_repetir_nao_muda_nada(oficina: Oficina, ele: FichaCliente) -> None:
    uma = oficina.executar(pedido(ele.id), Pedido(chave="chave-0001"))
    assert oficina.executar(pedido(ele.id), Pedido(chave="chave-0001")) == uma
    nada = replace(uma, veiculos=0, textos=0, mensagens=0, links=0, respostas=0)
    assert oficina.executar(pedido(ele.id, "outra vez")) == nada
    visto = oficina.executar(VerCliente(cliente_id=ele.id))
    with cenario.recusa(Conflito, conserta="cliente criar"):
        oficina.executar(ReativarCliente(cliente_id=ele.id))
    with cenario.recusa(Conflito, conserta="cliente criar"):
        oficina.executar(
            EditarCliente(cliente_id=ele.id, versao=visto.versao, nome=NOME, documento=CPF)
        )
    assert oficina.executar(VerCliente(cliente_id=ele.id)) == visto


def test_simular_diz_o_que_mudaria_e_nao_muda(oficina: Oficina, ele: FichaCliente) -> None:
    entregar(oficina, abrir(oficina))
    simulada = oficina.simular(pedido(ele.id))
    assert (simulada.resultado.veiculos, simulada.resultado.textos) == (1, 2)
    assert {efeito.entidade for efeito in simulada.efeitos} == {"clientes", "veiculos"}
    assert oficina.executar(VerCliente(cliente_id=ele.id)).nome == NOME


def test_quem_tem_o_que_acertar_nao_se_anonimiza(oficina: Oficina, ele: FichaCliente) -> None:
    def recusa(conserta: str, *ditos: str) -> None:
        with pytest.raises(Conflito, match="ainda tem o que acertar") as recusado:
            oficina.executar(pedido(ele.id))
        assert recusado.value.comando == conserta
        assert len(recusado.value.detalhes) == len(ditos)
        for dito, detalhe in zip(ditos, recusado.value.detalhes, strict=True):
            assert dito in detalhe

    ordem_id = abrir(oficina)
    recusa(f"ordem diagnosticar {ordem_id}", "recebida: falta começar o diagnóstico")
    entregar(oficina, ordem_id, pagar=False)
    recusa(f"ordem ver {ordem_id}", "entregue: falta receber R$ 249,65")
    receber(oficina, ordem_id, "249.65")
    outra = abrir(oficina)
    orcamento = oficina.executar(VerOrdem(ordem_id=outra)).orcamentos[0]
    oficina.executar(AprovarOrcamento(orcamento_id=orcamento.id))
    sinal = receber(oficina, outra, "50.00")
    oficina.executar(CancelarOrdem(ordem_id=outra, motivo="desistiu"))
    recusa(f"ordem ver {outra}", "cancelada: há R$ 50,00 a devolver")
    oficina.executar(EstornarPagamento(pagamento_id=sinal))
    avulso = oficina.executar(CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",))).id
    recusa(f"orcamento cancelar {avulso}", "rascunho")
    oficina.executar(EnviarOrcamento(orcamento_id=avulso))
    recusa(f"orcamento cancelar {avulso}", "aguardando aprovação")
    assert oficina.executar(VerCliente(cliente_id=ele.id)).nome == NOME


def test_o_orcamento_que_venceu_nao_segura(
    oficina: Oficina, ele: FichaCliente, relogio: Relogio
) -> None:
    cenario.veiculo(oficina, dono=CPF)
    avulso = CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",), enviar=True)
    orcamento = oficina.executar(avulso)
    relogio.passar(days=60)
    oficina.executar(pedido(ele.id))
    visto = oficina.executar(VerOrcamento(orcamento_id=orcamento.id))
    assert (visto.valor_total, visto.cliente) == (
        Decimal("75.00"),
        f"Cliente anonimizado {ele.id}",
    )


def test_so_o_gerente_da_rede_anonimiza(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    ana = cenario.cliente(sistema)
    da_loja = sistema.executar(
        CriarFuncionario(cpf=cenario.CPF_ZE, nome="Zé", papel=Papel.GERENTE, loja_id=1)
    )
    with pytest.raises(AcessoNegado, match="fale com a rede"):
        em_nome_de(cenario.sujeito(da_loja)).executar(pedido(ana.id))
    assert sistema.executar(VerCliente(cliente_id=ana.id)) == ana


# --- Direto nos bancos: nada ficou, em lugar nenhum


Onde = set[tuple[str, str]]


def achar(oficina: OficinaLocal) -> Onde:
    """As colunas em que há um valor dele, escrito de qualquer jeito."""
    onde = set()
    with oficina._motor.connect() as conexao:
        for tabela in metadata.tables.values():
            for linha in conexao.execute(select(tabela)).mappings():
                onde |= {(tabela.name, c) for c, valor in linha.items() if _e_dele(valor)}
    return onde


def _e_dele(valor: object) -> bool:
    if not isinstance(valor, str):
        return False
    limpo = sem_acento(valor)
    numeros = re.sub(r"[^0-9]", "", re.sub(r"[a-z_\"]+", "x", limpo))
    return any(dito in limpo or (dito.isdigit() and dito in numeros) for dito in DELE)


@pytest.fixture
def casa(local: OficinaLocal) -> OficinaLocal:
    cenario.catalogo(local)
    return local


def _responder_pelo_link(casa: OficinaLocal, link: FichaLink, *linhas: int) -> None:
    dele = casa.como(casa.link(resumir(link.segredo)))
    pagina = dele.executar(VerPeloLink())
    dele.executar(
        DecidirPeloLink(linhas=linhas, conteudo=pagina.conteudo, endereco=ENDERECO, motivo=FALA)
    )


def _viver(casa: OficinaLocal, relogio: Relogio) -> int:
    """Um cliente que passou por tudo, e se escreveu dele em todo lugar."""
    ele = casa.executar(CriarCliente(nome=NOME, documento=CPF, telefone=ANTIGO, email=EMAIL))
    trocado = EditarCliente(
        cliente_id=ele.id, versao=1, nome=NOME, documento=CPF, telefone=TELEFONE, email=EMAIL
    )
    casa.executar(trocado)
    relogio.passar(days=2)
    casa.executar(PedirCodigo(cpf=CPF, origem=ENDERECO))
    while carta := casa.executar(TomarMensagem()):
        relogio.passar(seconds=1)
        if carta.telefone != "+554733661928":
            casa.executar(ConcluirMensagem(mensagem_id=carta.id, prazo=carta.prazo, entregue=True))
    ordem_id = abrir(casa)
    casa.executar(AnotarOrdem(ordem_id=ordem_id, texto=FALA))
    orcamento = casa.executar(VerOrdem(ordem_id=ordem_id)).orcamentos[0]
    casa.executar(EnviarOrcamento(orcamento_id=orcamento.id))
    link = casa.executar(CriarLink(orcamento_id=orcamento.id))
    _responder_pelo_link(casa, link, *(item.id for item in orcamento.itens))
    entregar(casa, ordem_id)
    cancelada = abrir(casa)
    casa.executar(CancelarOrdem(ordem_id=cancelada, motivo=FALA))
    avulso = CriarOrcamento(
        veiculo_id=cenario.PLACA, servicos=("PAST",), descricao=f"Freio de {NOME}", enviar=True
    )
    recusado = casa.executar(avulso)
    _responder_pelo_link(casa, casa.executar(CriarLink(orcamento_id=recusado.id)))
    parcial = casa.executar(replace(avulso, servicos=("PAST", "OLEO")))
    uma = AprovarOrcamento(
        orcamento_id=parcial.id, linhas=(parcial.itens[0].id,), por=NOME, motivo=FALA
    )
    entregar(casa, casa.executar(uma).id)
    largado = casa.executar(avulso)
    casa.executar(CriarLink(orcamento_id=largado.id))
    casa.executar(CancelarOrcamento(orcamento_id=largado.id, motivo=FALA))
    dele = casa.como(Sujeito(tipo=TipoAtor.CLIENTE, id=ele.id))
    eu = dele.executar(VerMeuPerfil())
    dele.executar(EditarMeuContato(versao=eu.versao, telefone=TELEFONE, email=f"x{EMAIL}"))
    return ele.id


def test_nao_fica_nada_dele_em_lugar_nenhum_do_banco(casa: OficinaLocal, relogio: Relogio) -> None:
    id = _viver(casa, relogio)
    antes = achar(casa)
    assert antes == {
        *(("clientes", nome) for nome in ("nome", "busca", "documento", "telefone", "email")),
        *(("ordens_servico", nome) for nome in ("queixa", "motivo_cancelamento")),
        *(("orcamentos", nome) for nome in ("descricao", "motivo", "decidido_por")),
        *(("anotacoes", nome) for nome in ("texto", "ator")),
        *(("links_aprovacao", nome) for nome in ("decidido_de", "mostrado")),
        *(("caixa_saida", nome) for nome in ("telefone", "email")),
        ("orcamento_itens", "motivo"),
        ("idempotencia", "resposta"),
    }
    vivos = _linhas(casa, tabelas.links.c.vale_ate)
    pendentes = _linhas(casa, tabelas.mensagens.c.situacao).count(SituacaoMensagem.PENDENTE)
    assert pendentes > 1
    assert len(_linhas(casa, tabelas.codigos.c.id)) == 1
    feita = casa.executar(pedido(id, FALA))
    assert achar(casa) == set()
    assert (feita.links, feita.mensagens) == (len(vivos), pendentes)
    assert max(_linhas(casa, tabelas.links.c.vale_ate)) == feita.anonimizado_em
    assert SituacaoMensagem.PENDENTE not in _linhas(casa, tabelas.mensagens.c.situacao)
    assert _linhas(casa, tabelas.codigos.c.id) == []
    assert casa.executar(TomarMensagem()) is None
    assert _linhas(casa, tabelas.veiculos.c.placa) == [cenario.PLACA], "a placa fica com o carro"


def test_o_que_tem_versao_nunca_muda_sem_ela(casa: OficinaLocal, relogio: Relogio) -> None:
    id = _viver(casa, relogio)
    feitos: list[str] = []

    @event.listens_for(casa._motor, "before_cursor_execute")
    def ver(_: Any, __: Any, comando: str, *___: Any) -> None:
        feitos.append(comando)

    casa.executar(pedido(id))
    event.remove(casa._motor, "before_cursor_execute", ver)
    versionadas = {nome for nome, tabela in metadata.tables.items() if "versao" in tabela.c}
    trocas = [c for c in feitos if c.startswith("UPDATE") and c.split()[1] in versionadas]
    assert {comando.split()[1] for comando in trocas} == {
        *("clientes", "veiculos", "ordens_servico", "orcamentos", "links_aprovacao"),
    }
    for comando in trocas:
        assert "versao=" in comando.partition("WHERE")[0].replace(" ", ""), comando


def _linhas(casa: OficinaLocal, coluna: Any) -> list[Any]:
    with casa._motor.connect() as conexao:
        return list(conexao.execute(select(coluna)).scalars())


def test_a_prova_da_resposta_fica_sem_dizer_de_quem_foi(
    casa: OficinaLocal, relogio: Relogio
) -> None:
    id = _viver(casa, relogio)
    prova = select(
        *(tabelas.links.c.id, tabelas.links.c.conteudo, tabelas.links.c.decidido_em),
        *(tabelas.orcamentos.c.decidido_meio, tabelas.orcamentos.c.decidido_em),
    ).join_from(tabelas.links, tabelas.orcamentos)
    with casa._motor.connect() as conexao:
        antes = conexao.execute(prova).all()
    casa.executar(pedido(id))
    with casa._motor.connect() as conexao:
        assert conexao.execute(prova).all() == antes
    assert any(linha.decidido_meio is Meio.LINK for linha in antes)


def test_quem_tinha_o_link_ou_o_acesso_ja_nao_entra(casa: OficinaLocal) -> None:
    ele = casa.executar(CriarCliente(nome=NOME, documento=CPF, telefone=TELEFONE))
    cenario.veiculo(casa, dono=CPF)
    avulso = casa.executar(
        CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",), enviar=True)
    )
    link = casa.executar(CriarLink(orcamento_id=avulso.id))
    casa.executar(RecusarOrcamento(orcamento_id=avulso.id, motivo="caro"))
    pelo_link = casa.como(casa.link(resumir(link.segredo)))
    assert pelo_link.executar(VerPeloLink())
    com_acesso = casa.como(Sujeito(tipo=TipoAtor.CLIENTE, id=ele.id))
    assert com_acesso.executar(VerMeuPerfil())
    casa.executar(pedido(ele.id))
    with pytest.raises((NaoIdentificado, NaoEncontrado)):
        pelo_link.executar(VerPeloLink())
    with pytest.raises(NaoIdentificado):
        com_acesso.executar(VerMeuPerfil())


def test_a_chave_do_que_se_apagou_nao_grava_outra_vez(casa: OficinaLocal) -> None:
    """A resposta some, e o pedido repetido diz que já se atendeu, em vez de se fazer de novo."""
    criar = CriarCliente(nome=NOME, documento=CPF, telefone=TELEFONE)
    id = casa.executar(criar, Pedido(chave="chave-0001")).id
    de_outro = casa.executar(
        CriarCliente(nome="Ana", telefone="(11) 98765-4321"), Pedido(chave="chave-0002")
    )
    casa.executar(pedido(id))
    with pytest.raises(Conflito, match="já foi atendido"):
        casa.executar(criar, Pedido(chave="chave-0001"))
    repetido = CriarCliente(nome="Ana", telefone="(11) 98765-4321")
    assert casa.executar(repetido, Pedido(chave="chave-0002")) == de_outro


def test_o_que_e_de_outro_cliente_nao_muda(casa: OficinaLocal) -> None:
    """Nem o que, por acaso, diz um nome igual."""
    cenario.cliente(casa)
    cenario.veiculo(casa, "XYZ9A87")
    fala = f"O {NOME} indicou a oficina"
    dela = casa.executar(
        AbrirOrdem(veiculo_id="XYZ9A87", queixa=fala, servicos=("OLEO",), enviar=True)
    )
    ele = casa.executar(CriarCliente(nome=NOME, documento=CPF, telefone=TELEFONE))
    casa.executar(pedido(ele.id))
    assert casa.executar(VerOrdem(ordem_id=dela.id)) == dela
