"""Pedidos sorteados de leitura, e o pouco que não é de um balcão."""

from collections.abc import Callable
from typing import Any

from oficina_core.casos import (
    busca,
    clientes,
    estoque,
    funcionarios,
    impressoes,
    itens,
    kits,
    lojas,
    mensagens,
    orcamentos,
    ordens,
    parametros,
    pecas,
    perfil,
    servicos,
    veiculos,
)
from oficina_core.casos.cadastros import Recurso
from oficina_core.dominio.mensagem import SituacaoMensagem
from oficina_core.dominio.orcamento import StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from tests.diferencial.cadastros import definir_senha, editar_loja
from tests.diferencial.mundos import Dito
from tests.diferencial.roteiro import Roteiro
from tests.diferencial.textos import (
    BUSCAS,
    CODIGOS,
    DOCUMENTOS,
    DOCUMENTOS_RUINS,
    NOMES,
    NOMES_RUINS,
    PLACAS,
    TELEFONES,
)

VER: tuple[tuple[Any, str, str], ...] = (
    (clientes.VerCliente, "cliente_id", "clientes"),
    (veiculos.VerVeiculo, "veiculo_id", "veiculos"),
    (veiculos.VerHistoricoVeiculo, "veiculo_id", "veiculos"),
    (servicos.VerServico, "servico_id", "servicos"),
    (pecas.VerPeca, "peca_id", "pecas"),
    (kits.VerKit, "kit_id", "kits"),
    (funcionarios.VerFuncionario, "funcionario_id", "funcionarios"),
    (orcamentos.VerOrcamento, "orcamento_id", "orcamentos"),
    (ordens.VerOrdem, "ordem_id", "ordens_servico"),
    (ordens.VerHistoricoOrdem, "ordem_id", "ordens_servico"),
    (impressoes.ImprimirOrcamento, "orcamento_id", "orcamentos"),
    (impressoes.ImprimirOrdem, "ordem_id", "ordens_servico"),
)
BUSCAVEIS: tuple[Any, ...] = (
    *(clientes.ListarClientes, veiculos.ListarVeiculos, servicos.ListarServicos),
    *(pecas.ListarPecas, kits.ListarKits, funcionarios.ListarFuncionarios),
)


def ver(r: Roteiro) -> Dito:
    caso, nome, especie = r.um(VER)
    return Dito(caso, {nome: r.numero(especie)})


def listar(r: Roteiro) -> Dito:
    campos: dict[str, Any] = {"limite": r.um((1, 1, 2, 3, 50, 100, 0, 101))}
    caso = r.um((*BUSCAVEIS, *OUTRAS_LISTAS))
    if caso in BUSCAVEIS:
        campos |= {"busca": r.talvez(_pedaco(r), 60), "inativos": r.vezes(40)}
        if caso is pecas.ListarPecas:
            campos["abaixo_do_minimo"] = r.vezes(30)
    else:
        campos |= OUTRAS_LISTAS[caso](r)
    return Dito(caso, campos)


OUTRAS_LISTAS: dict[Any, Callable[[Roteiro], dict[str, Any]]] = {
    estoque.ListarMovimentos: lambda r: {"peca_id": r.talvez(r.referencia("pecas", "codigo"))},
    mensagens.ListarMensagens: lambda r: {"situacao": r.talvez(r.um([*SituacaoMensagem]))},
    ordens.ListarOrdens: lambda r: {
        "status": r.talvez(r.um([*StatusOrdem])),
        "todas_lojas": r.vezes(40),
    },
    orcamentos.ListarOrcamentos: lambda r: {
        "status": r.talvez(r.um([*StatusOrcamento])),
        "veiculo_id": r.talvez(r.referencia("veiculos", "placa"), 20),
        "ordem_id": r.talvez(r.numero("ordens_servico"), 20),
        "todas_lojas": r.vezes(40),
    },
    perfil.AcompanharOrdens: lambda _: {},
}


def _pedaco(r: Roteiro) -> str:
    """Um pedaço de um nome que há, ou um texto que confunde quem procura."""
    inteiro = r.um((*NOMES, *CODIGOS, *PLACAS)).strip()
    inicio = r.sorte.randrange(len(inteiro))
    return str(r.um((r.um(BUSCAS), inteiro[inicio : inicio + 3])))


def continuar(r: Roteiro) -> Dito:
    """A página seguinte; ou, por engano, o cursor em outra lista."""
    if not r.continuacoes:
        return listar(r)
    dito = r.um(r.continuacoes)
    if r.vezes(10):
        return Dito(
            r.um((*BUSCAVEIS, *OUTRAS_LISTAS)), {"cursor": r.um((dito.campos["cursor"], "x"))}
        )
    return Dito(dito.tipo, dito.campos)


def buscar(r: Roteiro) -> Dito:
    dito = r.um((*NOMES, *NOMES_RUINS, *DOCUMENTOS, *TELEFONES, *PLACAS, "#99999", "98765"))
    ordem = f"OS {r.numero('ordens_servico')}"
    texto = r.um((dito, dito, ordem, _pedaco(r), _pedaco(r)))
    solto = texto.isdecimal() and len(texto) < 5  # seria o número de uma ordem, em cada mundo outra
    return Dito(busca.Buscar, {"texto": ordem if solto else texto})


def buscar_itens(r: Roteiro) -> Dito:
    conhecidos = [x.codigo for especie in ("kits", "servicos", "pecas") for x in r.das(especie)]
    texto = r.um((_pedaco(r), r.um(NOMES_RUINS), r.um(conhecidos or CODIGOS)))
    return Dito(itens.BuscarItens, {"texto": texto, "limite": r.um((1, 2, 8, 100, 0, 101))})


def localizar(r: Roteiro) -> Dito:
    recurso = r.um([*Recurso])
    nome = r.um((*DOCUMENTOS, *DOCUMENTOS_RUINS, *PLACAS, *CODIGOS, "K1", "REVISAO", "P0"))
    for natural in ("documento", "cpf", "placa", "codigo"):
        if conhecidos := [
            getattr(x, natural) for x in r.das(f"{recurso.value}s") if hasattr(x, natural)
        ]:
            nome = r.um((r.um(conhecidos) or nome, nome))
    return Dito(busca.Localizar, {"recurso": recurso, "nome": nome})


def diversos(r: Roteiro) -> Dito:
    opcoes = (
        Dito(perfil.VerMeuPerfil, {}),
        Dito(perfil.EditarMeuContato, {"versao": 1, "telefone": TELEFONES[0]}),
        Dito(parametros.VerParametros, {}),
        Dito(lojas.ListarLojas, {}),
        definir_senha(r),
        editar_loja(r),
    )
    return opcoes[r.sorte.randrange(len(opcoes))]
