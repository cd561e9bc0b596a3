"""Comandos da API."""

from typing import Annotated

from typer import Option

from oficina_cli import leitura
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo

app = grupo("A API: a oficina pela rede, para outras telas e outros sistemas.")

Host = Annotated[str, Option("--host", metavar="ENDEREÇO", help="Em que endereço atende.")]
Porta = Annotated[
    int, Option("--porta", parser=leitura.inteiro, metavar="NÚMERO", help="Em que porta atende.")
]


@comando(app, "api servir", "api servir --host 0.0.0.0 --porta 8000")
def servir(
    atendimento: Atendimento,
    *,
    host: Host = "127.0.0.1",
    porta: Porta = 8000,
    espera: Annotated[
        int,
        Option(parser=leitura.inteiro, metavar="S", help="Quanto ainda atende depois do SIGTERM."),
    ] = 3,
    confia_em: Annotated[
        str | None,
        Option("--confia-em", metavar="IP", help="O proxy de quem se aceita X-Forwarded-For."),
    ] = None,
) -> None:
    """Atende por HTTP no banco configurado, até que mandem parar.

    Em produção (APP_ENV=production), não começa se a configuração não é segura, e diz tudo o que
    falta de uma vez.
    """
    from oficina_cli.servico import servir as rodar
    from oficina_core.configuracao import env_daqui

    conexao = atendimento.conexao
    conexao.env = conexao.env or env_daqui()
    conexao.exigir_direta()
    argumentos = ["--host", host, "--porta", str(porta), "--espera", str(espera)]
    argumentos += ["--confia-em", confia_em] if confia_em else []
    argumentos += ["--env", str(conexao.env)] if conexao.env else []
    argumentos += ["--banco", conexao.banco] if conexao.banco else []
    rodar(*argumentos)
