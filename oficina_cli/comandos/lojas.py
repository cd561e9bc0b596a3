"""Comandos da loja."""

from typing import Annotated

from oficina_cli import opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo, mudado
from oficina_core.casos.lojas import EditarLoja, ListarLojas
from oficina_core.dominio.erros import NaoEncontrado

app = grupo("Lojas da rede.")


@comando(app, "loja listar")
def listar() -> ListarLojas:
    return ListarLojas()


@comando(app, 'loja editar 1 --nome "Matriz Centro"')
def editar(
    atendimento: Atendimento,
    numero: Annotated[int, opcoes.numero("LOJA", "O número da loja.")],
    nome: Annotated[str | None, opcoes.texto("--nome", "Como se chama.")] = None,
    fuso: Annotated[str | None, opcoes.texto("--fuso", "Como America/Sao_Paulo.")] = None,
) -> EditarLoja:
    lojas = {loja.id: loja for loja in atendimento.executar(ListarLojas()).itens}
    if numero not in lojas:
        raise NaoEncontrado(f"A loja {numero} não existe; veja as que há com: oficina loja listar")
    return mudado(EditarLoja, lojas[numero], loja_id=numero, nome=nome, fuso=fuso)
