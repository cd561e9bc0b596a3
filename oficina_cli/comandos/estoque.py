"""Comandos do estoque."""

from decimal import Decimal
from typing import Annotated

from typer import Argument, Option

from oficina_cli import leitura, opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.campos import Referencia
from oficina_core.casos.estoque import (
    AjustarEstoque,
    ConferirEstoque,
    DefinirPrateleira,
    EntradaEstoque,
    EstornarMovimento,
    ListarMovimentos,
)
from oficina_core.casos.estoque_transferencia import TransferirEstoque
from oficina_core.casos.pecas import ListarPecas, VerPeca
from oficina_core.casos.reposicao import ListarReposicao
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.erros import DadoInvalido

app = grupo("Estoque: o que há de cada peça na loja, e por quê.")

DA_PECA = frozenset({"id", "unidade", "preco", "minimo", "localizacao"})
Mais = Annotated[
    Decimal | None,
    Option("--mais", parser=leitura.positiva, metavar="QTD", help="Quanto há a mais."),
]
Menos = Annotated[
    Decimal | None,
    Option("--menos", parser=leitura.positiva, metavar="QTD", help="Quanto há a menos."),
]


@comando(
    app,
    "estoque entrada FILTRO-OLEO 12 --custo 15,90",
    "estoque entrada OLEO-5W30 20,5",
    sem=DA_PECA,
)
def entrada(
    peca: opcoes.Peca,
    quantidade: Annotated[
        Decimal,
        Argument(
            parser=leitura.positiva,
            metavar="QTD",
            help="Quanto entrou; o que saiu é: oficina estoque ajustar --menos",
        ),
    ],
    custo: Annotated[Decimal | None, opcoes.dinheiro("--custo", "Custo de uma unidade.")] = None,
    motivo: Annotated[str | None, opcoes.texto("--motivo", "Como a nota ou o fornecedor.")] = None,
) -> EntradaEstoque:
    return EntradaEstoque(peca_id=peca, quantidade=quantidade, custo=custo, motivo=motivo)


@comando(
    app,
    "estoque ajustar FILTRO-OLEO --menos 1 --motivo quebrou",
    'estoque ajustar OLEO-5W30 --mais 1,5 --motivo "achado no galpão"',
    sem=DA_PECA,
)
def ajustar(
    peca: opcoes.Peca,
    motivo: opcoes.Motivo,
    mais: Mais = None,
    menos: Menos = None,
) -> AjustarEstoque:
    if (mais is None) is (menos is None):
        raise DadoInvalido("Diga --mais QTD ou --menos QTD, um dos dois.", "delta")
    return AjustarEstoque(peca_id=peca, delta=(mais or ZERO) - (menos or ZERO), motivo=motivo)


@comando(
    app,
    "estoque transferir FILTRO-OLEO 4 --de 1 --para 2",
    'estoque transferir OLEO-5W30 3,5 --de 2 --para 1 --motivo "cliente à espera"',
    sem={"unidade"},
)
def transferir(
    peca: opcoes.Peca,
    quantidade: Annotated[
        Decimal, Argument(parser=leitura.positiva, metavar="QTD", help="Quanto vai.")
    ],
    de: Annotated[int, opcoes.inteiro("--de", "A loja de onde sai.")],
    para: Annotated[int, opcoes.inteiro("--para", "A loja aonde chega.")],
    motivo: Annotated[str | None, opcoes.texto("--motivo", "O porquê.")] = None,
) -> TransferirEstoque:
    return TransferirEstoque(peca_id=peca, quantidade=quantidade, de=de, para=para, motivo=motivo)


@comando(app, "estoque conferir FILTRO-OLEO 11", sem=DA_PECA)
def conferir(
    peca: opcoes.Peca,
    contado: Annotated[
        Decimal, Argument(parser=leitura.quantidade, metavar="CONTADO", help="Quanto há.")
    ],
    motivo: Annotated[
        str, opcoes.texto("--motivo", 'O porquê; sem dizer, "conferência".')
    ] = "conferência",
) -> ConferirEstoque:
    return ConferirEstoque(peca_id=peca, contado=contado, motivo=motivo)


@comando(app, "estoque listar --abaixo-do-minimo", "estoque listar -o csv --tudo > estoque.csv")
def listar(
    *, busca: opcoes.Busca = None, abaixo_do_minimo: opcoes.AbaixoDoMinimo = False
) -> ListarPecas:
    return ListarPecas(busca=busca, abaixo_do_minimo=abaixo_do_minimo)


@comando(app, "estoque repor", "estoque repor -o csv --tudo > compras.csv")
def repor() -> ListarReposicao:
    return ListarReposicao()


@comando(app, "estoque movimentos", "estoque movimentos FILTRO-OLEO --limite 10")
def movimentos(
    peca: Annotated[
        Referencia | None,
        Argument(
            parser=leitura.referencia, metavar="PEÇA", help="Só os desta; código ou id:NÚMERO."
        ),
    ] = None,
) -> ListarMovimentos:
    return ListarMovimentos(peca_id=peca)


@comando(app, "estoque prateleira FILTRO-OLEO --minimo 4 --lugar A3")
def prateleira(
    atendimento: Atendimento,
    peca: opcoes.Peca,
    minimo: Annotated[Decimal | None, opcoes.quantidade("--minimo", "Estoque mínimo.")] = None,
    lugar: Annotated[str | None, opcoes.texto("--lugar", "Onde fica.")] = None,
) -> DefinirPrateleira:
    numero = atendimento.localizar(Recurso.PECA, peca)
    atual = atendimento.executar(VerPeca(peca_id=numero))
    return DefinirPrateleira(
        peca_id=numero,
        minimo=atual.minimo if minimo is None else minimo,
        localizacao=atual.localizacao if lugar is None else lugar,
    )


@comando(
    app,
    'estoque estornar 31 --motivo "digitado errado"',
    pergunta="Estornar o movimento {movimento}?",
    sem=DA_PECA,
)
def estornar(
    movimento: Annotated[
        int, opcoes.numero("MOVIMENTO", "O número, como em oficina estoque movimentos.")
    ],
    motivo: opcoes.Motivo,
) -> EstornarMovimento:
    return EstornarMovimento(movimento_id=movimento, motivo=motivo)
