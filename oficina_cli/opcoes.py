"""As opções que se repetem, ditas uma vez: o tipo, o nome e a ajuda de cada uma."""

from collections.abc import Collection
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
from oficina_core.texto import lista

COMUNS = "Comuns, em oficina --help"
PADRAO = Path("-")  # a entrada ou a saída padrão


class Formato(Opcao):
    """Como se mostra: tabela para pessoas, o resto para programas."""

    TABELA = "tabela", "tabela"
    JSON = "json", "json"
    NDJSON = "ndjson", "ndjson"
    CSV = "csv", "csv"
    CSV_EXCEL = "csv-excel", "csv-excel"


def texto(opcao: str, ajuda: str, *outros_nomes: str, painel: str | None = None) -> Any:
    return Option(opcao, *outros_nomes, metavar="TEXTO", help=ajuda, rich_help_panel=painel)


def documento(ajuda: str, painel: str | None = None) -> Any:
    """O de um cliente, por qualquer dos nomes que se dão a ele."""
    return texto("--documento", ajuda, "--cpf", "--cnpj", painel=painel)


def dinheiro(opcao: str, ajuda: str) -> Any:
    return Option(opcao, parser=leitura.reais, metavar="REAIS", help=ajuda)


def quantidade(opcao: str, ajuda: str) -> Any:
    return Option(opcao, parser=leitura.quantidade, metavar="QTD", help=ajuda)


def inteiro(opcao: str, ajuda: str, *, painel: str | None = None) -> Any:
    return Option(
        opcao, parser=leitura.inteiro, metavar="NÚMERO", help=ajuda, rich_help_panel=painel
    )


def nome(opcao: str, metavar: str, ajuda: str) -> Any:
    """Uma opção que se diz pelo nome natural, ou por `id:12`."""
    return Option(opcao, parser=leitura.referencia, metavar=metavar, help=ajuda)


def qual(metavar: str, ajuda: str) -> Any:
    """O registro de que o comando trata, pelo nome natural ou por `id:12`."""
    return Argument(parser=leitura.referencia, metavar=metavar, help=f"{ajuda}, ou id:NÚMERO.")


def numero(metavar: str, ajuda: str) -> Any:
    """O registro de que o comando trata, quando o número dele já é o nome."""
    return Argument(parser=leitura.numero, metavar=metavar, help=ajuda)


def escolha(
    tipo: type[Opcao],
    opcao: str,
    ajuda: str,
    *outros_nomes: str,
    painel: str | None = None,
    sem: Collection[Opcao] = (),
) -> Any:
    """Um código do enum; o nome da opção diz do que é. `sem` são os que não se oferecem."""
    membros = [membro for membro in tipo if membro not in sem]
    codigos = leitura.codigos(membros)
    return Option(
        opcao,
        *outros_nomes,
        parser=leitura.opcao(tipo),
        metavar=opcao.removeprefix("--").upper(),
        help=f"{ajuda}: {lista(leitura.oferecer(membros), 'ou')}.",
        autocompletion=lambda incomplete: [c for c in codigos if c.startswith(incomplete)],
        rich_help_panel=painel,
    )


Cliente: TypeAlias = Annotated[Referencia, qual("CLIENTE", "CPF ou CNPJ")]
Funcionario: TypeAlias = Annotated[Referencia, qual("FUNCIONÁRIO", "CPF")]
Veiculo: TypeAlias = Annotated[Referencia, qual("PLACA", "A placa")]
Peca: TypeAlias = Annotated[Referencia, qual("PEÇA", "O código da peça")]
Servico: TypeAlias = Annotated[Referencia, qual("SERVIÇO", "O código do serviço")]
Kit: TypeAlias = Annotated[Referencia, qual("KIT", "O código do kit")]
Ordem: TypeAlias = Annotated[int, numero("ORDEM", "O número da ordem, como em: oficina ordem fila")]
Orcamento: TypeAlias = Annotated[
    int, numero("ORÇAMENTO", "O número do orçamento, como em: oficina orcamento listar")
]

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
        help="Um serviço, e quantos; repita para cada um.",
    ),
]
Pecas: TypeAlias = Annotated[
    list[ItemPedido] | None,
    Option(
        "--peca",
        parser=leitura.item,
        metavar="CÓDIGO:QTD",
        help="Uma peça, como OLEO-5W30:3,5; repita para cada uma.",
    ),
]
Kits: TypeAlias = Annotated[
    list[Referencia] | None,
    Option(
        "--kit", parser=leitura.referencia, metavar="CÓDIGO", help="Um kit; repita para cada um."
    ),
]
Desconto: TypeAlias = Annotated[
    dict[str, Any] | None,
    Option(
        "--desconto",
        parser=leitura.desconto,
        metavar="REAIS",
        help="Em reais ou em %, como 10,00 ou 5%; reparte-se pelas linhas.",
    ),
]
ValorFinal: TypeAlias = Annotated[
    Decimal | None, dinheiro("--valor-final", "Fecha por este valor: o resto é desconto.")
]
Validade: TypeAlias = Annotated[
    date | None,
    Option(
        "--validade",
        parser=leitura.data,
        metavar="DD/MM/AAAA",
        help="Último dia em que vale; sem dizer, o prazo da oficina.",
    ),
]
Enviar: TypeAlias = Annotated[bool, Option("--enviar", help="Já manda ao cliente.")]
Motivo: TypeAlias = Annotated[str, texto("--motivo", "O porquê, que fica no registro.")]
Por: TypeAlias = Annotated[
    str | None, texto("--por", "Quem respondeu; sem dizer, é o próprio cliente.")
]
MeioDito: TypeAlias = Annotated[
    Meio,
    escolha(
        Meio,
        "--meio",
        "Por onde, se não no balcão",
        sem=(Meio.BALCAO, Meio.LINK, Meio.ACESSO),  # os dois últimos são do próprio cliente
    ),
]

Pdf: TypeAlias = Annotated[
    Path | None,
    Argument(
        parser=Path,
        metavar="ARQUIVO",
        help="Onde gravar; sem dizer, nesta pasta, com o número; - é a saída padrão.",
    ),
]
Sobrescrever: TypeAlias = Annotated[
    bool, Option("--sobrescrever", help="Grava por cima do arquivo que já houver.")
]

Api: TypeAlias = Annotated[
    str | None, Option(metavar="URL", help="Atende por esta API (ou OFICINA_API).")
]
Banco: TypeAlias = Annotated[
    str | None,
    Option(metavar="URL", help="Atende direto neste banco ou arquivo SQLite (ou OFICINA_BANCO)."),
]
Env: TypeAlias = Annotated[
    Path | None,
    Option(parser=Path, metavar="ARQUIVO", help="Lê a configuração deste arquivo."),
]
Saida: TypeAlias = Annotated[
    Formato | None,
    escolha(Formato, "--saida", "Como se mostra", "-o", painel=COMUNS),
]
Loja: TypeAlias = Annotated[
    int | None,
    Option(
        parser=leitura.numero,
        metavar="NÚMERO",
        help="A loja em que se trabalha (ou OFICINA_LOJA).",
        rich_help_panel=COMUNS,
    ),
]
SemPerguntas: TypeAlias = Annotated[
    bool,
    Option("--sem-perguntas", help="Nunca pergunta; o que faltar é erro.", rich_help_panel=COMUNS),
]
SemPager: TypeAlias = Annotated[
    bool,
    Option("--sem-pager", help="Mostra tudo de uma vez, sem paginador.", rich_help_panel=COMUNS),
]


@dataclass(frozen=True, kw_only=True)
class Comuns:
    """As opções que os comandos têm em comum; cada comando recebe as que lhe servem."""

    saida: Saida = None
    limite: Annotated[
        int | None,
        Option(
            parser=leitura.inteiro,
            metavar="NÚMERO",
            help="Quantas linhas, até 100.",
            rich_help_panel=COMUNS,
        ),
    ] = None
    cursor: Annotated[
        str | None,
        Option(metavar="CURSOR", help="De onde a página anterior parou.", rich_help_panel=COMUNS),
    ] = None
    tudo: Annotated[
        bool, Option("--tudo", help="Todas as páginas, até o fim.", rich_help_panel=COMUNS)
    ] = False
    campos: Annotated[
        tuple[str, ...] | None,
        Option(
            parser=leitura.campos,
            metavar="NOMES",
            help="Só estes campos, nesta ordem, como placa,cliente,total.",
            rich_help_panel=COMUNS,
        ),
    ] = None
    simular: Annotated[
        bool,
        Option(
            "--simular",
            help="Mostra o que aconteceria, sem gravar nada.",
            rich_help_panel=COMUNS,
        ),
    ] = False
    versao: Annotated[
        int | None,
        Option(
            parser=leitura.inteiro,
            metavar="NÚMERO",
            help="Só muda se o registro ainda está nesta versão.",
            rich_help_panel=COMUNS,
        ),
    ] = None
    chave: Annotated[
        str | None,
        Option(
            metavar="TEXTO",
            help="8 a 64 letras e números; com a mesma, o efeito não se repete.",
            rich_help_panel=COMUNS,
        ),
    ] = None
    sim: Annotated[bool, Option("--sim", help="Não pede confirmação.", rich_help_panel=COMUNS)] = (
        False
    )
    sem_perguntas: SemPerguntas = False
    sem_pager: SemPager = False
    loja: Loja = None
