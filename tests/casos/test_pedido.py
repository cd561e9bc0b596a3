"""O que vale para todo pedido: chave, simulação, tudo ou nada, auditoria e texto inofensivo."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import is_dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any, get_args, get_type_hints

import pytest
from sqlalchemy import select

from oficina_core.banco import tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir
from oficina_core.casos.busca import Localizar
from oficina_core.casos.clientes import (
    CriarCliente,
    DadosCliente,
    DesativarCliente,
    EditarCliente,
    ListarClientes,
    VerCliente,
)
from oficina_core.casos.estoque import AjustarEstoque, DefinirPrateleira, EntradaEstoque
from oficina_core.casos.funcionarios import CriarFuncionario, EditarFuncionario
from oficina_core.casos.importacao import Importacao
from oficina_core.casos.kits import CriarKit, EditarKit, ItemPedido, ListarKits
from oficina_core.casos.kits_importacao import ImportarKits, LinhaImportadaKit
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.orcamentos import EditarOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import (
    AnotarOrdem,
    AtribuirMecanico,
    IniciarDiagnostico,
    ListarOrdens,
    VerHistoricoOrdem,
    VerOrdem,
)
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.parametros import DefinirParametro, VerParametros
from oficina_core.casos.pecas import ListarPecas, VerPeca
from oficina_core.casos.portas import CasoDeUso, Oficina, Pedido
from oficina_core.casos.servicos import (
    CriarServico,
    ImportarServicos,
    LinhaImportadaServico,
    ListarServicos,
)
from oficina_core.casos.veiculos import CriarVeiculo, DadosVeiculo, EditarVeiculo, ListarVeiculos
from oficina_core.catalogo import PUBLICADAS, ROTAS
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito
from oficina_core.dominio.erros import (
    Conflito,
    DadoInvalido,
    ErroOficina,
    NaoEncontrado,
    RegraViolada,
    VersaoAntiga,
)
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario
from tests.exemplos import exemplo

AbrirPara = Callable[[Sujeito], Oficina]

CHAVE = Pedido(chave="chave-0001")
ANA = CriarCliente(nome="Ana", telefone="(11) 98765-4321")


def clientes(oficina: Oficina) -> list[str]:
    return [linha.nome for linha in oficina.executar(ListarClientes()).itens]


# --- A mesma chave, um efeito só


def test_a_mesma_chave_faz_uma_vez_e_responde_igual(oficina: Oficina) -> None:
    uma = oficina.executar(ANA, CHAVE)
    assert oficina.executar(ANA, CHAVE) == uma
    assert oficina.executar(ANA, Pedido(chave="chave-0002")).id != uma.id
    assert clientes(oficina) == ["Ana", "Ana"]


def test_a_resposta_guardada_e_a_daquele_dia(oficina: Oficina) -> None:
    criada = oficina.executar(ANA, CHAVE)
    oficina.executar(
        EditarCliente(cliente_id=criada.id, versao=1, nome="Ana Maria", telefone=criada.telefone)
    )
    assert oficina.executar(ANA, CHAVE) == criada
    assert clientes(oficina) == ["Ana Maria"]


def test_repetir_uma_edicao_com_a_chave_nao_e_versao_antiga(oficina: Oficina) -> None:
    criada = oficina.executar(ANA)
    editar = EditarCliente(cliente_id=criada.id, versao=1, nome="Bia", telefone=criada.telefone)
    editada = oficina.executar(editar, CHAVE)
    assert oficina.executar(editar, CHAVE) == editada
    with pytest.raises(VersaoAntiga):
        oficina.executar(editar, Pedido(chave="chave-0002"))
    assert oficina.executar(VerCliente(cliente_id=criada.id)).versao == 2


def test_estoque_com_a_mesma_chave_entra_uma_vez(oficina: Oficina) -> None:
    id = cenario.peca(oficina, "FILTRO")
    entrada = EntradaEstoque(peca_id="FILTRO", quantidade=Decimal("2.0"), custo=Decimal("20.00"))
    uma = oficina.executar(entrada, CHAVE)
    assert oficina.executar(replace(entrada, quantidade=Decimal(2)), CHAVE) == uma, "2 é 2.0"
    assert oficina.executar(VerPeca(peca_id=id)).estoque == 2


def test_outro_pedido_com_a_mesma_chave_e_recusado(oficina: Oficina) -> None:
    oficina.executar(ANA, CHAVE)
    with pytest.raises(DadoInvalido, match="outro pedido") as recusa:
        oficina.executar(replace(ANA, nome="Bia"), CHAVE)
    assert recusa.value.campo == "chave"
    assert clientes(oficina) == ["Ana"]


def test_a_mesma_chave_em_outra_loja_e_outro_pedido(oficina: Oficina) -> None:
    oficina.executar(ANA, CHAVE)
    (matriz,) = oficina.executar(ListarLojas()).itens
    with pytest.raises(DadoInvalido, match="outro pedido"):
        oficina.executar(ANA, replace(CHAVE, loja=matriz.id))


def test_a_chave_e_de_cada_caso(oficina: Oficina) -> None:
    criada = oficina.executar(ANA, CHAVE)
    assert not oficina.executar(DesativarCliente(cliente_id=criada.id), CHAVE).ativo
    assert oficina.executar(CriarServico(codigo="S", nome="x", preco=Decimal(1)), CHAVE).id
    assert clientes(oficina) == []


def test_a_chave_e_de_cada_pessoa(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    fichas = [
        cenario.funcionario(sistema, Papel.ATENDENTE, cpf)
        for cpf in (cenario.CPF_ZE, cenario.CPF_BIA)
    ]
    oficinas = [sistema, *(em_nome_de(cenario.sujeito(ficha)) for ficha in fichas)]
    ids = [oficina.executar(ANA, CHAVE).id for oficina in oficinas]
    assert len(set(ids)) == 3
    assert [oficina.executar(ANA, CHAVE).id for oficina in oficinas] == ids
    assert clientes(sistema) == ["Ana"] * 3


def test_o_erro_nao_guarda_a_chave(oficina: Oficina) -> None:
    com_documento = replace(ANA, documento=cenario.CPF_ANA)
    dona = oficina.executar(com_documento)
    with pytest.raises(Conflito):
        oficina.executar(com_documento, CHAVE)
    oficina.executar(EditarCliente(cliente_id=dona.id, versao=1, nome="X", telefone="1134567890"))
    assert oficina.executar(com_documento, CHAVE).documento == "52998224725"
    assert clientes(oficina) == ["Ana", "X"]


@pytest.mark.parametrize("chave", ["curta", "x" * 65, "chave-não-é", "chave\nquebrada"])
def test_chave_que_nao_serve_e_recusada(oficina: Oficina, chave: str) -> None:
    with pytest.raises(DadoInvalido, match="chave"):
        oficina.executar(ANA, Pedido(chave=chave))
    assert clientes(oficina) == []


@pytest.mark.parametrize(
    "campos",
    [
        *({"requisicao": texto} for texto in ("", "com espaço", "x" * 65, "requisição", "a\nb")),
        *({"loja": numero} for numero in (0, -1, 2**63)),
    ],
    ids=ascii,
)
def test_pedido_que_nao_serve_nem_nasce(campos: dict[str, Any]) -> None:
    with pytest.raises(DadoInvalido) as recusa:
        Pedido(**campos)
    assert [recusa.value.campo] == [*campos]


def test_na_leitura_a_chave_nao_vale_nada(oficina: Oficina) -> None:
    assert oficina.executar(ListarClientes(), CHAVE).itens == ()
    oficina.executar(ANA)
    assert len(oficina.executar(ListarClientes(), CHAVE).itens) == 1


# --- Ao mesmo tempo (só direto no banco: a API é a mesma transação)


def ao_mesmo_tempo(*pedidos: Callable[[], Any]) -> list[Any]:
    """A resposta de cada pedido, ou o erro que ele teve."""

    def tentar(pedido: Callable[[], Any]) -> Any:
        try:
            return pedido()
        except ErroOficina as erro:
            return erro

    with ThreadPoolExecutor(len(pedidos)) as linhas:
        return list(linhas.map(tentar, pedidos))


def test_a_mesma_chave_ao_mesmo_tempo_faz_uma_vez(local: OficinaLocal) -> None:
    primeira, *outras = ao_mesmo_tempo(*[lambda: local.executar(ANA, CHAVE)] * 4)
    assert primeira.nome == "Ana"
    assert outras == [primeira] * 3
    assert clientes(local) == ["Ana"]


def test_dois_cadastros_do_mesmo_documento_ao_mesmo_tempo_sao_um(local: OficinaLocal) -> None:
    caso = replace(ANA, documento=cenario.CPF_ANA)
    respostas = ao_mesmo_tempo(*[lambda: local.executar(caso)] * 4)
    assert sorted(type(resposta).__name__ for resposta in respostas) == [
        *["Conflito"] * 3,
        "FichaCliente",
    ]
    assert clientes(local) == ["Ana"]


def test_duas_edicoes_da_mesma_versao_ao_mesmo_tempo_sao_uma(local: OficinaLocal) -> None:
    id = local.executar(ANA).id
    edicoes = [
        lambda nome=nome: local.executar(
            EditarCliente(cliente_id=id, versao=1, nome=nome, telefone="1134567890")
        )
        for nome in ("Bia", "Caio", "Davi")
    ]
    respostas = ao_mesmo_tempo(*edicoes)
    (ganhou,) = [resposta for resposta in respostas if not isinstance(resposta, ErroOficina)]
    assert [type(r) for r in respostas if r is not ganhou] == [VersaoAntiga] * 2
    assert local.executar(VerCliente(cliente_id=id)) == ganhou


def test_quem_nao_disse_a_versao_nao_perde_a_vez(local: OficinaLocal) -> None:
    ids = [local.executar(ANA).id for _ in range(2)]
    pedidos = [lambda n=n: local.executar(DesativarCliente(cliente_id=n)) for n in ids * 2]
    assert [resposta.ativo for resposta in ao_mesmo_tempo(*pedidos)] == [False] * 4
    assert clientes(local) == []


# --- Simular


def test_simular_diz_o_que_mudaria_e_nao_muda(oficina: Oficina) -> None:
    cenario.catalogo(oficina)
    antes = [oficina.executar(lista) for lista in LISTAS]
    simulada = oficina.simular(
        AbrirOrdem(
            veiculo_id="ABC1D23",
            veiculo=DadosVeiculo(marca="VW", modelo="Gol"),
            cliente=DadosCliente(nome="Ana", documento=cenario.CPF_ANA),
            kits=("TROCA-OLEO",),
        )
    )
    assert simulada.resultado.status is StatusOrdem.RECEBIDA
    assert simulada.resultado.orcamentos[0].valor_total == Decimal("249.65")
    assert {(x.entidade, x.acao) for x in simulada.efeitos} == {
        ("clientes", "AbrirOrdem"),
        ("veiculos", "AbrirOrdem"),
        ("ordens_servico", "AbrirOrdem"),
        ("orcamentos", "AbrirOrdem"),
    }
    (do_cliente,) = [x.diferenca for x in simulada.efeitos if x.entidade == "clientes"]
    assert json.loads(do_cliente)["documento"] == "***.982.247-**"
    assert [oficina.executar(lista) for lista in LISTAS] == antes


LISTAS: tuple[CasoDeUso[Any], ...] = (
    ListarClientes(),
    ListarVeiculos(),
    ListarOrdens(),
    ListarServicos(),
    ListarPecas(),
    ListarKits(),
    VerParametros(),
)


def test_simular_uma_edicao_mostra_antes_e_depois(oficina: Oficina) -> None:
    criada = oficina.executar(ANA)
    simulada = oficina.simular(
        EditarCliente(cliente_id=criada.id, versao=1, nome="Bia", telefone=criada.telefone)
    )
    assert (simulada.resultado.nome, simulada.resultado.versao) == ("Bia", 2)
    (efeito,) = simulada.efeitos
    assert (efeito.entidade, efeito.id, efeito.acao) == ("clientes", criada.id, "EditarCliente")
    assert json.loads(efeito.diferenca) == {"nome": ["Ana", "Bia"]}
    assert oficina.executar(VerCliente(cliente_id=criada.id)) == criada


def test_simular_o_que_so_le_com_numero_impossivel_diz_o_mesmo_em_todo_mundo(
    oficina: Oficina,
) -> None:
    with pytest.raises(DadoInvalido, match="grande demais"):
        oficina.simular(VerCliente(cliente_id=10**19))


@pytest.mark.parametrize(
    "caso",
    [
        EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(5), custo=Decimal(9)),
        AjustarEstoque(peca_id="FILTRO", delta=Decimal(-5), motivo="quebrou"),
        DefinirPrateleira(peca_id="FILTRO", minimo=Decimal(3), localizacao="A1"),
        DefinirParametro(nome="validade_dias", valor=3),
        CriarKit(codigo="NOVO", nome="Novo", pecas=("FILTRO",)),
        ImportarServicos(
            linhas=(LinhaImportadaServico(linha=2, codigo="X", nome="x", preco=Decimal(1)),)
        ),
    ],
    ids=lambda caso: type(caso).__name__,
)
def test_simular_mostra_ao_menos_um_efeito_e_nao_grava(
    oficina: Oficina, caso: CasoDeUso[Any]
) -> None:
    cenario.catalogo(oficina)
    antes = [oficina.executar(lista) for lista in LISTAS]
    simulada = oficina.simular(caso)
    assert {efeito.acao for efeito in simulada.efeitos} == {type(caso).__name__}
    assert [oficina.executar(lista) for lista in LISTAS] == antes


def test_simular_nao_gasta_a_chave(oficina: Oficina) -> None:
    oficina.simular(ANA, CHAVE)
    oficina.simular(replace(ANA, nome="Bia"), CHAVE)
    oficina.executar(replace(ANA, nome="Caio"), CHAVE)
    assert clientes(oficina) == ["Caio"]


@pytest.mark.parametrize(
    "caso",
    [
        CriarCliente(nome="Outra", documento=cenario.CPF_ANA),
        CriarCliente(nome="Sem nada"),
        VerCliente(cliente_id=999_999),
        EditarCliente(cliente_id=999_999, versao=1, nome="x", telefone="1134567890"),
        CriarVeiculo(placa="ABC1323", marca="x", modelo="x", cliente_id=cenario.CPF_ANA),
        CriarVeiculo(placa="XYZ9A87", marca="x", modelo="x", cliente_id=2**63),
        AjustarEstoque(peca_id="PASTILHA", delta=Decimal(-2), motivo="quebrou"),
        CriarKit(codigo="NOVO", nome="x", servicos=("NADA",)),
        ImportarServicos(linhas=()),
    ],
    ids=lambda caso: type(caso).__name__,
)
def test_simular_levanta_o_mesmo_erro(oficina: Oficina, caso: CasoDeUso[Any]) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    erros = []
    for fazer in (oficina.executar, oficina.simular):
        with pytest.raises(ErroOficina) as recusa:
            fazer(caso)
        erros.append(recusa.value)
    if ROTAS[type(caso)].escreve:
        assert (type(erros[0]), str(erros[0])) == (type(erros[1]), str(erros[1]))
    else:
        assert isinstance(erros[1], DadoInvalido)


def test_leitura_nao_se_simula(oficina: Oficina) -> None:
    for rota in PUBLICADAS:
        if not rota.escreve:
            with pytest.raises(DadoInvalido, match="Só se simula o que grava"):
                oficina.simular(exemplo(rota.caso, cheio=False))


# --- Tudo ou nada


def test_erro_no_meio_nao_deixa_nada_pela_metade(oficina: Oficina) -> None:
    cenario.catalogo(oficina)
    antes = [oficina.executar(lista) for lista in LISTAS]
    novo_carro = {
        "veiculo_id": "ABC1D23",
        "veiculo": DadosVeiculo(marca="VW", modelo="Gol"),
        "cliente": DadosCliente(nome="Ana", documento=cenario.CPF_ANA),
    }
    falhas: tuple[tuple[CasoDeUso[Any], type[ErroOficina]], ...] = (
        (AbrirOrdem(**novo_carro, servicos=("NADA",)), NaoEncontrado),  # type: ignore[arg-type]
        (AbrirOrdem(**novo_carro, servicos=("OLEO",)), DadoInvalido),  # type: ignore[arg-type]
        (
            ImportarKits(
                kits=(
                    LinhaImportadaKit(linha=2, codigo="BOM", nome="x", servicos=("OLEO",)),
                    LinhaImportadaKit(linha=3, codigo="RUIM", nome="x", servicos=("NADA",)),
                )
            ),
            NaoEncontrado,
        ),
    )
    for caso, erro in falhas:
        with pytest.raises(erro):
            oficina.executar(caso)
    assert [oficina.executar(lista) for lista in LISTAS] == antes


def test_aprovacao_sem_estoque_nao_reserva_nem_move_a_ordem(oficina: Oficina) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(
        oficina, pecas=("FILTRO", ItemPedido(id="PASTILHA", quantidade=Decimal(2)))
    )
    pecas = oficina.executar(ListarPecas())
    with pytest.raises(RegraViolada, match="PASTILHA"):
        oficina.executar(AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id))
    assert oficina.executar(ListarPecas()) == pecas
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)) == ordem


# --- A auditoria


def eventos(url: str) -> list[Any]:
    motor = abrir(url)
    with motor.connect() as conexao:
        lidos = conexao.execute(select(tabelas.eventos).order_by(tabelas.eventos.c.id)).all()
    motor.dispose()
    return list(lidos)


def test_cada_registro_que_muda_deixa_um_evento(local: OficinaLocal, url: str) -> None:
    cenario.catalogo(local)
    antes = len(eventos(url))
    ordem = cenario.abrir(local, kits=("TROCA-OLEO",))
    escritos = eventos(url)[antes:]
    assert {(e.acao, e.entidade, e.seq) for e in escritos} == {
        ("AbrirOrdem", "clientes", 1),
        ("AbrirOrdem", "veiculos", 1),
        ("AbrirOrdem", "ordens_servico", 1),
        ("AbrirOrdem", "orcamentos", 1),
    }
    assert len(escritos) == 4
    assert {e.entidade: e.entidade_id for e in escritos}["ordens_servico"] == ordem.id
    assert len({(e.em, e.loja_id, e.requisicao) for e in escritos}) == 1


def test_o_evento_diz_o_que_mudou_sem_dado_pessoal(local: OficinaLocal, url: str) -> None:
    criada = local.executar(
        CriarCliente(
            nome="Ana",
            documento=cenario.CPF_ANA,
            telefone="(11) 98765-4321",
            email="ana@exemplo.com.br",
        )
    )
    local.executar(
        EditarCliente(
            cliente_id=criada.id, versao=1, nome="Ana", documento="12ABC34501DE35", telefone=None
        )
    )
    ze = cenario.funcionario(local, Papel.MECANICO)
    local.executar(
        EditarFuncionario(
            funcionario_id=ze.id,
            versao=1,
            cpf=cenario.CPF_BIA,
            nome="Bia",
            papel=Papel.GERENTE,
            email="bia@exemplo.com.br",
        )
    )
    criou, editou, *do_funcionario = eventos(url)
    assert json.loads(criou.diferenca) == {
        "ativo": True,
        "tipo": "PF",
        "documento": "***.982.247-**",
        "nome": "Ana",
        "email": "a***@exemplo.com.br",
        "telefone": "(**) *****-4321",
        "criado_em": criada.criado_em.isoformat(),
    }
    assert json.loads(editou.diferenca) == {
        "tipo": ["PF", "PJ"],
        "documento": ["***.982.247-**", "**.ABC.345/****-**"],
        "email": ["a***@exemplo.com.br", None],
        "telefone": ["(**) *****-4321", None],
    }
    tudo = "".join(evento.diferenca for evento in (criou, editou, *do_funcionario))
    pessoais = ("52998224725", "12ABC34501DE35", "11144477735", "12345678909")
    assert not [dado for dado in (*pessoais, "98765", "ana@", "bia@") if dado in tudo]
    assert json.loads(do_funcionario[1].diferenca)["papel"] == ["MECANICO", "GERENTE"]


def test_o_evento_diz_quem_pediu_e_em_que_pedido(local: OficinaLocal, url: str) -> None:
    ze = cenario.funcionario(local, Papel.ATENDENTE)
    local.como(cenario.sujeito(ze)).executar(ANA, Pedido(requisicao="pedido-0001"))
    do_sistema, de_ze = eventos(url)
    assert (do_sistema.ator_tipo, do_sistema.ator_id, do_sistema.ator_nome) == (
        "SISTEMA",
        None,
        "sistema",
    )
    assert (de_ze.ator_tipo, de_ze.ator_id, de_ze.ator_nome, de_ze.requisicao) == (
        "FUNCIONARIO",
        ze.id,
        ze.nome,
        "pedido-0001",
    )


def test_o_que_nao_muda_nada_nao_deixa_evento(local: OficinaLocal, url: str) -> None:
    criada = local.executar(ANA, CHAVE)
    local.executar(DesativarCliente(cliente_id=criada.id))
    linha = LinhaImportadaServico(linha=2, codigo="X", nome="x", preco=Decimal(1))
    local.executar(ImportarServicos(linhas=(linha,)))
    antes = [tuple(evento) for evento in eventos(url)]
    assert len(antes) == 3
    local.executar(ANA, CHAVE)
    local.executar(DesativarCliente(cliente_id=criada.id))
    local.executar(ImportarServicos(linhas=(linha,)))
    local.simular(ANA)
    with pytest.raises(NaoEncontrado):
        local.executar(DesativarCliente(cliente_id=999_999))
    with pytest.raises(VersaoAntiga):
        local.executar(
            EditarCliente(cliente_id=criada.id, versao=1, nome="x", telefone="1134567890")
        )
    assert [tuple(evento) for evento in eventos(url)] == antes


def test_importar_deixa_um_evento_por_linha_que_entrou(local: OficinaLocal, url: str) -> None:
    linhas = tuple(
        LinhaImportadaServico(linha=i, codigo=f"S-{i}", nome="x", preco=Decimal(i))
        for i in range(1, 4)
    )
    local.executar(ImportarServicos(linhas=linhas))
    troca = (replace(linhas[0], preco=Decimal(9)), *linhas[1:])
    assert local.executar(ImportarServicos(linhas=troca, atualizar=True)) == Importacao(
        novos=0, atualizados=1, iguais=2
    )
    *novos, mudou = eventos(url)
    assert [json.loads(e.diferenca)["codigo"] for e in novos] == ["S-1", "S-2", "S-3"]
    assert (mudou.acao, mudou.seq, json.loads(mudou.diferenca)) == (
        "ImportarServicos",
        2,
        {"preco": ["1.00", "9.00"]},
    )


def test_parametro_e_prateleira_tambem_deixam_evento(local: OficinaLocal, url: str) -> None:
    cenario.peca(local, "FILTRO")
    antes = len(eventos(url))
    local.executar(DefinirParametro(nome="validade_dias", valor=3))
    local.executar(DefinirPrateleira(peca_id="FILTRO", minimo=Decimal(2), localizacao="A1"))
    assert [evento.acao for evento in eventos(url)[antes:]] == [
        "DefinirParametro",
        "DefinirPrateleira",
    ]


def test_o_historico_da_ordem_diz_quem_fez_o_que(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    cenario.catalogo(sistema)
    atendente = cenario.funcionario(sistema, Papel.ATENDENTE)
    balcao = em_nome_de(cenario.sujeito(atendente))
    ordem = cenario.abrir(balcao, kits=("TROCA-OLEO",))
    sistema.executar(AnotarOrdem(ordem_id=ordem.id, texto="cliente\nligou [/] x"))
    balcao.executar(AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id))
    historico = sistema.executar(VerHistoricoOrdem(ordem_id=ordem.id))
    assert {(linha.acao, linha.entidade, linha.ator) for linha in historico} == {
        ("AbrirOrdem", "ordens_servico", atendente.nome),
        ("AbrirOrdem", "orcamentos", atendente.nome),
        ("AnotarOrdem", "anotacoes", "sistema"),
        ("AprovarOrcamento", "ordens_servico", atendente.nome),
        ("AprovarOrcamento", "orcamentos", atendente.nome),
    }
    assert [linha.em for linha in historico] == sorted(linha.em for linha in historico)
    (moveu,) = [
        json.loads(linha.diferenca)["status"]
        for linha in historico
        if (linha.acao, linha.entidade) == ("AprovarOrcamento", "ordens_servico")
    ]
    assert moveu == ["RECEBIDA", "EM_EXECUCAO"]


# --- Texto hostil, em cada campo de texto de cada caso

FORA = {"cursor", "busca"}  # não se guardam; ver test_busca.py
DE_VARIAS_LINHAS = {"motivo", "queixa", "texto"}
COM_FORMA = {
    *("codigo", "cpf", "documento", "placa", "telefone", "email", "fuso", "mes", "senha", "nova"),
}
LITERAIS = ("[/] x", "[@click=app.quit]x[/]", "{{7*7}}", "'; DROP --", "<b>&amp;", "=1+1", "João")
HOSTIS = {
    "escape": "a\x1b[2Jb",
    "sino": "a\x07b",
    "nulo": "a\x00b",
    "retorno": "a\rb",
    "csi-c1": "a\x9bb",
    "apaga": "a\x7fb",
    "inverte": "a\u202eb",
    "isola": "a\u2066b",
    "marca-arabe": "a\u061cb",
    "espaco-de-largura-zero": "a\u200bb",
    "meio-caractere": "a\ud800b",
}


def pedidos() -> Iterator[Any]:
    """Os casos e os pedaços deles, cada um uma vez."""
    vistos: set[Any] = set()
    fila: list[Any] = [rota.caso for rota in PUBLICADAS]
    while fila:
        tipo = fila.pop()
        if not is_dataclass(tipo):
            fila.extend(get_args(tipo))
        elif tipo not in vistos:
            vistos.add(tipo)
            fila.extend(get_type_hints(tipo).values())
            yield tipo


def campos_de_texto() -> Iterator[tuple[Any, str]]:
    """Cada campo que só aceita texto; o que aceita número também é id ou nome de registro."""
    for tipo in pedidos():
        for nome, anotado in get_type_hints(tipo).items():
            aceitos = {anotado, *get_args(anotado)}
            if str in aceitos and int not in aceitos and nome not in FORA and tipo is not Localizar:
                yield tipo, nome


def com(tipo: Any, campo: str, valor: str) -> Any:
    """O que fica no campo de um pedido bom quando se diz isso nele."""
    return getattr(replace(exemplo(tipo), **{campo: valor}), campo)


def que_aceitam(hostil: str) -> set[str]:
    """Os campos que ficam com esse texto, ou que o repetem no erro."""
    aceitam = set()
    for tipo, campo in campos_de_texto():
        try:
            com(tipo, campo, hostil)
        except DadoInvalido as recusa:
            if hostil not in str(recusa):
                continue
        aceitam.add(f"{tipo.__name__}.{campo}")
    return aceitam


@pytest.mark.parametrize("hostil", HOSTIS.values(), ids=HOSTIS)
def test_nenhum_campo_aceita_texto_que_comanda_o_terminal(hostil: str) -> None:
    assert que_aceitam(hostil) == set()


@pytest.mark.parametrize("quebra", ["\n", "\u2028", "\u2029"], ids=ascii)
def test_quebra_de_linha_so_cabe_em_texto_de_varias_linhas(quebra: str) -> None:
    aceitam = {nome.partition(".")[2] for nome in que_aceitam(f"a{quebra}b")}
    assert aceitam <= DE_VARIAS_LINHAS
    assert (quebra != "\n") or aceitam == DE_VARIAS_LINHAS


@pytest.mark.parametrize("literal", LITERAIS)
def test_todo_campo_livre_guarda_o_que_so_parece_comando(literal: str) -> None:
    livres = [
        (tipo, campo)
        for tipo, campo in campos_de_texto()
        if campo not in COM_FORMA and tipo is not DefinirParametro
    ]
    assert {(CriarCliente, "nome"), (AnotarOrdem, "texto"), (DadosVeiculo, "cor")} < {*livres}
    trocaram = [campo for tipo, campo in livres if com(tipo, campo, literal) != literal]
    assert trocaram == []


def test_nomes_com_marcacao_voltam_iguais_em_tudo(oficina: Oficina) -> None:
    """O que se guarda é o que se digitou; quem mostra é que cuida de não obedecer."""
    hostil = "[@click=app.quit]x[/]"
    oficina.executar(CriarCliente(nome=hostil, documento=cenario.CPF_ANA))
    oficina.executar(
        CriarVeiculo(
            placa="ABC1D23", marca=hostil, modelo=hostil, cor=hostil, cliente_id=cenario.CPF_ANA
        )
    )
    oficina.executar(CriarServico(codigo="S", nome=hostil, preco=Decimal(1)))
    ze = oficina.executar(CriarFuncionario(cpf=cenario.CPF_ZE, nome=hostil, papel=Papel.MECANICO))
    ordem = oficina.executar(
        AbrirOrdem(veiculo_id="ABC1D23", queixa=f"{hostil}\n{hostil}", servicos=("S",))
    )
    assert (ordem.cliente, ordem.veiculo, ordem.queixa) == (
        hostil,
        f"{hostil} {hostil}",
        f"{hostil}\n{hostil}",
    )
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)) == ordem
    (linha,) = oficina.executar(ListarOrdens()).itens
    assert (linha.cliente, linha.queixa) == (hostil, ordem.queixa)
    assert (ze.nome, clientes(oficina)) == (hostil, [hostil])


TORTO = "ä4 ç"


@pytest.mark.parametrize(
    "pedir",
    [
        partial(AtribuirMecanico, ordem_id=1, mecanico_id=TORTO),
        partial(IniciarDiagnostico, ordem_id=1, mecanico_id=TORTO),
        partial(
            EditarVeiculo, veiculo_id=1, placa="ABC1D23", marca="VW", modelo="Gol", cliente_id=TORTO
        ),
        partial(EditarOrcamento, orcamento_id=1, descricao="x", servicos=(TORTO,)),
        partial(EditarOrcamento, orcamento_id=1, descricao="x", kits=(TORTO,)),
        partial(EditarKit, kit_id=1, codigo="K", nome="x", pecas=(TORTO,)),
    ],
    ids=lambda pedir: pedir.func.__name__,
)
def test_o_nome_que_nao_tem_forma_se_recusa_antes_da_versao(pedir: Callable[..., object]) -> None:
    """O pedido que não serve é 422, e não 412, por mais velha que seja a versão (RFC 9110)."""
    with pytest.raises(DadoInvalido):
        pedir(versao=60)
