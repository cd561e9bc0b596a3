"""As opções que se repetem, ditas uma vez: o tipo, o nome e a ajuda de cada uma."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from typer import Argument, Option

from oficina_cli import leitura
from oficina_core.casos.campos import Referencia
from oficina_core.casos.kits import ItemPedido
from oficina_core.dominio.orcamento import Meio
from oficina_core.dominio.valores import Opcao

SAIDA = "Saída"
GRAVACAO = "Gravação"
CONEXAO = "Conexão"


class Formato(Opcao):
    """Como se mostra: tabela para pessoas, o resto para programas."""

    TABELA = "tabela", "tabela"
    JSON = "json", "json"
    NDJSON = "ndjson", "ndjson"
    CSV = "csv", "csv"


def texto(opcao: str, ajuda: str) -> Any:
    return Option(opcao, metavar="TEXTO", help=ajuda)


def dinheiro(opcao: str, ajuda: str) -> Any:
    return Option(opcao, parser=leitura.reais, metavar="REAIS", help=ajuda)


def quantidade(opcao: str, ajuda: str) -> Any:
    return Option(opcao, parser=leitura.quantidade, metavar="QTD", help=ajuda)


def inteiro(opcao: str, ajuda: str) -> Any:
    return Option(opcao, parser=leitura.inteiro, metavar="NÚMERO", help=ajuda)


def nome(opcao: str, metavar: str, ajuda: str) -> Any:
    """Uma opção que se diz pelo nome natural, ou por `id:12`."""
    return Option(opcao, parser=leitura.referencia, metavar=metavar, help=ajuda)


def qual(metavar: str, ajuda: str) -> Any:
    """O registro de que o comando trata, pelo nome natural ou por `id:12`."""
    return Argument(parser=leitura.referencia, metavar=metavar, help=f"{ajuda}, ou id:NÚMERO.")


def numero(metavar: str, ajuda: str) -> Any:
    """O registro de que o comando trata, quando o número dele já é o nome."""
    return Argument(parser=leitura.numero, metavar=metavar, help=ajuda)


def escolha(tipo: type[Opcao], opcao: str, ajuda: str, *outros: str, painel: str = "") -> Any:
    codigos = leitura.codigos(tipo)
    return Option(
        opcao,
        *outros,
        parser=leitura.opcao(tipo),
        metavar="|".join(codigos),
        help=ajuda,
        autocompletion=lambda incomplete: [c for c in codigos if c.startswith(incomplete)],
        rich_help_panel=painel or None,
    )


Cliente: TypeAlias = Annotated[Referencia, qual("CLIENTE", "CPF ou CNPJ")]
Funcionario: TypeAlias = Annotated[Referencia, qual("FUNCIONÁRIO", "CPF")]
Veiculo: TypeAlias = Annotated[Referencia, qual("PLACA", "A placa")]
Peca: TypeAlias = Annotated[Referencia, qual("PEÇA", "O código da peça")]
Servico: TypeAlias = Annotated[Referencia, qual("SERVIÇO", "O código do serviço")]
Kit: TypeAlias = Annotated[Referencia, qual("KIT", "O código do kit")]
Ordem: TypeAlias = Annotated[int, numero("ORDEM", "O número da ordem de serviço.")]
Orcamento: TypeAlias = Annotated[int, numero("ORÇAMENTO", "O número do orçamento.")]

Busca: TypeAlias = Annotated[
    str | None, Argument(metavar="BUSCA", help="Um pedaço do nome ou do código, sem acento mesmo.")
]
Inativos: TypeAlias = Annotated[bool, Option("--inativos", help="Mostra também os desativados.")]
AbaixoDoMinimo: TypeAlias = Annotated[
    bool, Option("--abaixo-do-minimo", help="Só as que pedem compra.")
]
TodasLojas: TypeAlias = Annotated[bool, Option("--todas-lojas", help="De toda a rede.")]

Servicos: TypeAlias = Annotated[
    list[ItemPedido] | None,
    Option(
        "--servico",
        parser=leitura.item,
        metavar="CÓDIGO:QTD",
        help="Serviço, e quantos se mais de um; repita a opção para cada um.",
    ),
]
Pecas: TypeAlias = Annotated[
    list[ItemPedido] | None,
    Option(
        "--peca",
        parser=leitura.item,
        metavar="CÓDIGO:QTD",
        help="Peça e quantidade, como OLEO-5W30:3,5; repita a opção para cada uma.",
    ),
]
Kits: TypeAlias = Annotated[
    list[Referencia] | None,
    Option("--kit", parser=leitura.referencia, metavar="CÓDIGO", help="Kit; pode repetir a opção."),
]
Desconto: TypeAlias = Annotated[
    Decimal | None, dinheiro("--desconto", "Em reais, repartido pelas linhas.")
]
Validade: TypeAlias = Annotated[
    date | None,
    Option(
        "--validade",
        parser=leitura.data,
        metavar="DD/MM/AAAA",
        help="Último dia em que vale; sem dizer, conta o prazo da oficina.",
    ),
]
Enviar: TypeAlias = Annotated[bool, Option("--enviar", help="Já manda ao cliente.")]
Motivo: TypeAlias = Annotated[str, texto("--motivo", "O porquê, que fica no registro.")]
Por: TypeAlias = Annotated[
    str | None, texto("--por", "Quem respondeu; sem dizer, é o próprio cliente.")
]
MeioDito: TypeAlias = Annotated[Meio, escolha(Meio, "--meio", "Como o cliente respondeu.")]


Api: TypeAlias = Annotated[
    str | None,
    Option(metavar="URL", help="Atende por esta API (ou OFICINA_API).", rich_help_panel=CONEXAO),
]
Banco: TypeAlias = Annotated[
    str | None,
    Option(
        metavar="URL",
        help="Atende direto neste banco ou arquivo SQLite (ou OFICINA_BANCO).",
        rich_help_panel=CONEXAO,
    ),
]
Env: TypeAlias = Annotated[
    Path | None,
    Option(
        parser=Path,
        metavar="ARQUIVO",
        help="Lê a configuração deste arquivo.",
        rich_help_panel=CONEXAO,
    ),
]
Saida: TypeAlias = Annotated[
    Formato | None,
    escolha(Formato, "--saida", "Como mostrar; o padrão é tabela.", "-o", painel=SAIDA),
]
Loja: TypeAlias = Annotated[
    int | None,
    Option(
        parser=leitura.numero,
        metavar="NÚMERO",
        help="A loja em que se trabalha (ou OFICINA_LOJA).",
        rich_help_panel=CONEXAO,
    ),
]
SemPerguntas: TypeAlias = Annotated[
    bool,
    Option(
        "--sem-perguntas",
        metavar="",
        help="Nunca pergunta; o que faltar é erro.",
        rich_help_panel=SAIDA,
    ),
]


@dataclass(frozen=True, kw_only=True)
class Comuns:
    """As opções que os comandos têm em comum; cada comando recebe as que lhe servem."""

    limite: Annotated[
        int | None,
        Option(
            parser=leitura.inteiro,
            metavar="NÚMERO",
            help="Quantas linhas, até 100.",
            rich_help_panel=SAIDA,
        ),
    ] = None
    cursor: Annotated[
        str | None,
        Option(metavar="CURSOR", help="De onde a página anterior parou.", rich_help_panel=SAIDA),
    ] = None
    tudo: Annotated[
        bool, Option("--tudo", help="Todas as páginas, até o fim.", rich_help_panel=SAIDA)
    ] = False
    versao: Annotated[
        int | None,
        Option(
            parser=leitura.inteiro,
            metavar="NÚMERO",
            help="Só muda se o registro ainda está nesta versão.",
            rich_help_panel=GRAVACAO,
        ),
    ] = None
    simular: Annotated[
        bool,
        Option(
            "--simular",
            help="Mostra o que aconteceria, sem gravar nada.",
            rich_help_panel=GRAVACAO,
        ),
    ] = False
    chave: Annotated[
        str | None,
        Option(
            metavar="TEXTO",
            help="De 8 a 64 letras e números; repetir com a mesma não repete o efeito.",
            rich_help_panel=GRAVACAO,
        ),
    ] = None
    sim: Annotated[
        bool, Option("--sim", help="Não pede confirmação.", rich_help_panel=GRAVACAO)
    ] = False
    saida: Saida = None
    sem_perguntas: SemPerguntas = False
    loja: Loja = None
