"""O que já existe, mas está desativado: em vez de repetir o cadastro, oferece-se reativá-lo."""

import re

from oficina_cli.tui.formulario import TelaFormulario
from oficina_cli.tui.widgets.dialogo import Confirmar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.clientes import ReativarCliente
from oficina_core.casos.funcionarios import ReativarFuncionario
from oficina_core.casos.kits import ReativarKit
from oficina_core.casos.pecas import ReativarPeca
from oficina_core.casos.portas import CasoDeUso
from oficina_core.casos.servicos import ReativarServico
from oficina_core.casos.veiculos import ReativarVeiculo
from oficina_core.dominio.erros import ErroOficina

REATIVAR = re.compile("([a-z]+) reativar id:([0-9]+)")


def reativar(recurso: Recurso, id: int) -> CasoDeUso[object]:
    """O pedido que devolve o registro às listas."""
    match recurso:
        case Recurso.CLIENTE:
            return ReativarCliente(cliente_id=id)
        case Recurso.VEICULO:
            return ReativarVeiculo(veiculo_id=id)
        case Recurso.PECA:
            return ReativarPeca(peca_id=id)
        case Recurso.SERVICO:
            return ReativarServico(servico_id=id)
        case Recurso.KIT:
            return ReativarKit(kit_id=id)
        case Recurso.FUNCIONARIO:
            return ReativarFuncionario(funcionario_id=id)


async def reativado(tela: TelaFormulario, recusa: ErroOficina, efeito: str) -> int | None:
    """O id do que se reativou; None se a recusa não era por isso, ou se não se quis."""
    if not (achado := REATIVAR.fullmatch(recusa.comando)):
        return None
    recurso, id = Recurso(achado[1]), int(achado[2])
    confirmado = await tela.perguntar(
        Confirmar(
            f"Reativar {recurso.rotulo} {id}?",
            ("Já existe, mas está desativado.", efeito),
            acao="Reativar",
            seguro="Voltar sem reativar",
        )
    )
    if confirmado is None:
        return None
    await tela.pedir(reativar(recurso, id))
    return id
