"""Comandos das mensagens ao cliente."""

import sys
from typing import TYPE_CHECKING, Annotated

from typer import Exit, Option

from oficina_cli import leitura, opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo
from oficina_cli.convite import escrever_carta
from oficina_cli.erros import CODIGOS
from oficina_cli.opcoes import Formato
from oficina_core.casos.mensagens import Carta, ListarMensagens
from oficina_core.dominio.erros import DadoInvalido, Indisponivel
from oficina_core.dominio.mensagem import SituacaoMensagem

if TYPE_CHECKING:
    from oficina_core.correio import Carteiro, Texto

app = grupo("Mensagens ao cliente: o orçamento por aprovar, o código e o contato que mudou.")


@comando(app, "mensagem listar", "mensagem listar --situacao pendente")
def listar(
    *,
    situacao: Annotated[
        SituacaoMensagem | None, opcoes.escolha(SituacaoMensagem, "--situacao", "Só as que estão")
    ] = None,
) -> ListarMensagens:
    return ListarMensagens(situacao=situacao)


@comando(app, "mensagem enviar", "mensagem enviar --continuo --intervalo 30")
def enviar(
    atendimento: Atendimento,
    *,
    continuo: Annotated[
        bool, Option("--continuo", help="Fica à espera de outras, até que mandem parar.")
    ] = False,
    intervalo: Annotated[
        int,
        Option(
            "--intervalo",
            parser=leitura.inteiro,
            metavar="SEGUNDOS",
            help="De quanto em quanto tempo olha a caixa; sem dizer, 10.",
        ),
    ] = 10,
) -> None:
    """Entrega as mensagens que esperam, por e-mail (SMTP_*) ou por um webhook (WEBHOOK_*).

    Estes, e OFICINA_URL_PUBLICA, vêm do ambiente ou do arquivo que se disser antes, como em
    `oficina --env .env mensagem enviar`. Sem nenhum dos dois, mostra cada uma, uma vez, para que se
    copie e mande à mão. A que falha se tenta mais tarde, e cada vez mais tarde; se alguma falhou,
    sai com 7. Faz-se direto no banco; com --continuo, Ctrl-C ou SIGTERM encerra, com 0.
    """
    from oficina_cli import envio
    from oficina_core.correio import CarteiroManual

    atendimento.conexao.exigir_direta()
    if intervalo < 1:
        raise DadoInvalido("O intervalo é de 1 segundo ou mais.", "intervalo")
    carteiro, remessa = _carteiro(atendimento), envio.Remessa()
    if continuo and isinstance(carteiro, CarteiroManual):
        raise DadoInvalido(
            "Com --continuo ninguém copia as mensagens; configure SMTP_* ou WEBHOOK_*, "
            "ou repita sem --continuo.",
            "continuo",
        )
    oficina = atendimento.conexao.oficina
    if continuo:
        with envio.ao_mandarem_parar() as parada:
            envio.vigiar(oficina, carteiro, remessa, parada, intervalo)
    else:
        envio.esvaziar(oficina, carteiro, remessa, envio.Parada())
    atendimento.mostrar(remessa)
    if remessa.falharam and not continuo:
        raise Exit(CODIGOS[Indisponivel])


def _carteiro(atendimento: Atendimento) -> "Carteiro":
    """Quem entrega; à mão, o que se copia não se mistura com a resposta que um programa lê."""
    from oficina_cli import envio

    saida = sys.stdout if atendimento.formato is Formato.TABELA else sys.stderr

    def mostrar(carta: Carta, texto: "Texto") -> None:
        escrever_carta(carta, texto.corpo, saida)

    return envio.escolher(atendimento.conexao.configuracao, mostrar)
