"""O índice dos comandos: em que módulo está cada um, que só se importa quando alguém o diz."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer

ATENDIMENTO, CADASTROS, CASA = "Atendimento", "Cadastros", "A casa"

# O nome do grupo, o módulo em `comandos` e o painel da ajuda em que se mostra.
GRUPOS = {
    "ordem": ("ordens", ATENDIMENTO),
    "orcamento": ("orcamentos", ATENDIMENTO),
    "mensagem": ("mensagens", ATENDIMENTO),
    "estoque": ("estoque", ATENDIMENTO),
    "cliente": ("clientes", CADASTROS),
    "veiculo": ("veiculos", CADASTROS),
    "peca": ("pecas", CADASTROS),
    "servico": ("servicos", CADASTROS),
    "kit": ("kits", CADASTROS),
    "funcionario": ("funcionarios", CADASTROS),
    "relatorio": ("relatorios", CASA),
    "loja": ("lojas", CASA),
    "parametro": ("parametros", CASA),
    "banco": ("banco", CASA),
    "auth": ("auth", CASA),
    "config": ("config", CASA),
    "api": ("api", CASA),
}
# Os que não têm grupo; o módulo os guarda em `raiz`, e o painel vem com o comando.
SOLTOS = {
    "buscar": "buscas",
    "item": "buscas",
    "desfazer": "desfazer",
    "verificar": "banco",
    "demo": "demonstracoes",
    "completar": "completar",
    "doutor": "doutor",
    "onde": "onde",
    "ajuda": "ajuda",
}


class Sumario(Mapping[str, Any]):
    """Os comandos da raiz pelo nome; abrir um só carrega o módulo dele."""

    def __init__(self) -> None:
        self._abertos: dict[str, Any] = {}

    def __getitem__(self, nome: str) -> Any:
        if nome not in self._abertos:
            self._abertos[nome] = _abrir_grupo(nome) if nome in GRUPOS else _abrir_solto(nome)
        return self._abertos[nome]

    def __iter__(self) -> Iterator[str]:
        yield from (*GRUPOS, *SOLTOS)

    def __len__(self) -> int:
        return len(GRUPOS) + len(SOLTOS)


def _abrir_grupo(nome: str) -> Any:
    modulo, painel = GRUPOS[nome]
    grupo = typer.main.get_group(_importar(modulo).app)
    grupo.name, grupo.rich_help_panel = nome, painel
    return grupo


def _abrir_solto(nome: str) -> Any:
    return typer.main.get_group(_importar(SOLTOS[nome]).raiz).commands[nome]


def _importar(modulo: str) -> Any:
    return import_module(f"oficina_cli.comandos.{modulo}")
