"""Comandos da loja."""

from typing import Annotated

from oficina_cli import opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo, mudado
from oficina_core.casos.lojas import CriarLoja, EditarLoja, ListarLojas, VerLoja

app = grupo("Lojas da rede.")

Qual = Annotated[int, opcoes.numero("LOJA", "O número da loja, como em: oficina loja listar")]
FUSO = opcoes.texto("--fuso", "Como America/Sao_Paulo.")


@comando(app, 'loja criar --nome "Filial Norte" --fuso America/Manaus')
def criar(
    nome: Annotated[str, opcoes.texto("--nome", "Como se chama.")],
    fuso: Annotated[str, FUSO] = CriarLoja.fuso,
) -> CriarLoja:
    return CriarLoja(nome=nome, fuso=fuso)


@comando(app, "loja listar")
def listar() -> ListarLojas:
    return ListarLojas()


@comando(app, "loja ver 1")
def ver(numero: Qual) -> VerLoja:
    return VerLoja(loja_id=numero)


@comando(app, 'loja editar 1 --nome "Matriz Centro"')
def editar(
    atendimento: Atendimento,
    numero: Qual,
    nome: Annotated[str | None, opcoes.texto("--nome", "Como se chama.")] = None,
    fuso: Annotated[str | None, FUSO] = None,
) -> EditarLoja:
    atual = atendimento.executar(VerLoja(loja_id=numero))
    return mudado(EditarLoja, atual, loja_id=numero, nome=nome, fuso=fuso)
