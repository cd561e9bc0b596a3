"""Volta à tela em que um rascunho se digitava; ela mesma o repõe."""

from typing import Any

from oficina_cli.tui.base import Tela
from oficina_cli.tui.rascunhos import CHEGADA, Rascunho
from oficina_core.casos.clientes import VerCliente
from oficina_core.casos.pecas import VerPeca
from oficina_core.casos.veiculos import VerHistoricoVeiculo


async def retomar(tela: Tela, rascunho: Rascunho) -> None:
    """Levanta NaoEncontrado se o registro que se editava já não existe."""
    tipo, _, dono = rascunho.nome.partition("-")

    def ao_gravar(resultado: Any) -> None:
        if resultado is not None:
            tela.avisar(resultado if isinstance(resultado, str) else "Gravado.")

    await tela.app.push_screen(await _tela(tela, tipo, dono), ao_gravar)


async def _tela(tela: Tela, tipo: str, dono: str) -> Tela:
    """A de cada tipo de rascunho; `dono` é o número do registro ou, de um novo, nenhum."""
    from oficina_cli.tui.cadastros import FICHARIOS
    from oficina_cli.tui.estoque_formularios import NovaEntrada, NovaPrateleira, NovoAjuste
    from oficina_cli.tui.orcamentos_chegada import Carro
    from oficina_cli.tui.orcamentos_montagem import TelaOrcamento
    from oficina_cli.tui.recepcao import Recepcao

    numero = int(dono) if dono.isdecimal() else None
    if tipo == CHEGADA.rstrip("-"):
        historico = await tela.pedir(VerHistoricoVeiculo(veiculo_id=numero or 0))
        return TelaOrcamento(Carro.que_chega(historico))
    if tipo == "recepcao":
        cliente = await tela.pedir(VerCliente(cliente_id=numero)) if numero else None
        return Recepcao(cliente=cliente)
    for formulario in (NovaEntrada, NovoAjuste, NovaPrateleira):
        if tipo == formulario.RASCUNHO:
            return formulario(await tela.pedir(VerPeca(peca_id=numero or 0)))
    cadastro = next(p.formulario for p in FICHARIOS if p.recurso.value == tipo)
    return cadastro(await tela.pedir(cadastro.ver(numero)) if numero else None)
