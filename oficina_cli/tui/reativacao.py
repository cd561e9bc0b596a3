"""O que já existe, mas está desativado: em vez de repetir o cadastro, oferece-se reativá-lo."""

import re
from typing import Any

from oficina_cli.tui.formulario import TelaFormulario
from oficina_cli.tui.widgets.desenho import uma_linha
from oficina_cli.tui.widgets.dialogo import Confirmar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.clientes import ReativarCliente, VerCliente
from oficina_core.casos.funcionarios import ReativarFuncionario, VerFuncionario
from oficina_core.casos.kits import ReativarKit, VerKit
from oficina_core.casos.pecas import ReativarPeca, VerPeca
from oficina_core.casos.portas import CasoDeUso
from oficina_core.casos.servicos import ReativarServico, VerServico
from oficina_core.casos.veiculos import ReativarVeiculo, VerVeiculo
from oficina_core.dominio.erros import ErroOficina

REATIVAR = re.compile("([a-z]+) reativar id:([0-9]+)")
CASOS: dict[Recurso, tuple[Any, Any]] = {
    Recurso.CLIENTE: (VerCliente, ReativarCliente),
    Recurso.VEICULO: (VerVeiculo, ReativarVeiculo),
    Recurso.PECA: (VerPeca, ReativarPeca),
    Recurso.SERVICO: (VerServico, ReativarServico),
    Recurso.KIT: (VerKit, ReativarKit),
    Recurso.FUNCIONARIO: (VerFuncionario, ReativarFuncionario),
}


def nome_de(ficha: Any) -> str:
    """Como se chama o registro: o nome ou, do carro, a placa."""
    return uma_linha(ficha.nome if hasattr(ficha, "nome") else ficha.placa)


def reativar(recurso: Recurso, id: int) -> CasoDeUso[object]:
    """O pedido que devolve o registro às listas."""
    caso: CasoDeUso[object] = CASOS[recurso][1](**{f"{recurso.value}_id": id})
    return caso


async def reativado(tela: TelaFormulario, recusa: ErroOficina, efeito: str) -> int | None:
    """O id do que se reativou; None se a recusa não era por isso, ou se não se quis."""
    if not (achado := REATIVAR.fullmatch(recusa.comando)):
        return None
    recurso, id = Recurso(achado[1]), int(achado[2])
    ficha = await tela.pedir(CASOS[recurso][0](**{f"{recurso.value}_id": id}))
    confirmado = await tela.perguntar(
        Confirmar(
            f"Reativar {nome_de(ficha)}?",
            (f"Já existe, mas está desativado: {recurso.rotulo} {id}.", efeito),
            acao="Reativar",
            seguro="Voltar sem reativar",
        )
    )
    if confirmado is None:
        return None
    await tela.balcao.pedir(reativar(recurso, id))  # outra vez é outra vez: sem semente
    return id
