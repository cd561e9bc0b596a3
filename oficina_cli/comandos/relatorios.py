"""Comandos dos relatórios."""

from datetime import date
from typing import Annotated, Any, get_type_hints

from typer import Option

from oficina_cli import leitura, opcoes, saida
from oficina_cli.atendimento import Atendimento, Como
from oficina_cli.comando import comando, grupo
from oficina_core.casos.relatorios import VerPainel
from oficina_core.casos.relatorios_estoque import VerGiroEstoque
from oficina_core.casos.relatorios_faturamento import VerFaturamento
from oficina_core.casos.relatorios_produtividade import VerProdutividade
from oficina_core.casos.relatorios_tempos import VerTempos
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.periodo import Passo

app = grupo("Como a oficina vai.")

Mes = Annotated[str | None, opcoes.texto("--mes", "O mês, como 2026-11; sem ele, este.")]
De = Annotated[
    date | None,
    Option("--de", parser=leitura.data, metavar="DD/MM/AAAA", help="O primeiro dia."),
]
Ate = Annotated[
    date | None,
    Option("--ate", parser=leitura.data, metavar="DD/MM/AAAA", help="O último; sem ele, hoje."),
]


def _em_csv(lista: str | None = None) -> Como:
    """Em CSV vai só essa lista, e sem ela nada; nos outros formatos, a resposta inteira."""

    def mostrar(atendimento: Atendimento, ficha: Any) -> None:
        if not saida.em_colunas(atendimento.formato):
            atendimento.mostrar(ficha)
        elif lista is None:
            raise DadoInvalido("Essa resposta são várias listas e não cabe em CSV; use -o json.")
        else:
            atendimento.mostrar(getattr(ficha, lista), get_type_hints(type(ficha))[lista])
            saida.avisar(ficha)

    return mostrar


@comando(
    app,
    "relatorio painel",
    "relatorio painel --mes 2026-11",
    "relatorio painel -o json",
    sem=frozenset({"por_dia"}),
)
def painel(mes: Mes = None) -> VerPainel:
    return VerPainel(mes=mes)


@comando(
    app,
    "relatorio tempos",
    "relatorio tempos --de 01/10/2026 --ate 31/10/2026",
    como=_em_csv(),
)
def tempos(
    *, mes: Mes = None, de: De = None, ate: Ate = None, todas_lojas: opcoes.TodasLojas = False
) -> VerTempos:
    return VerTempos(mes=mes, de=de, ate=ate, todas_lojas=todas_lojas)


@comando(
    app,
    "relatorio faturamento",
    "relatorio faturamento --mes 2026-10 --por dia",
    "relatorio faturamento --de 01/01/2026 --por mes -o csv",
    como=_em_csv("por_periodo"),
)
def faturamento(
    *,
    mes: Mes = None,
    de: De = None,
    ate: Ate = None,
    por: Annotated[
        Passo | None, opcoes.escolha(Passo, "--por", "De quanto em quanto tempo se mostra")
    ] = None,
    todas_lojas: opcoes.TodasLojas = False,
) -> VerFaturamento:
    return VerFaturamento(mes=mes, de=de, ate=ate, passo=por, todas_lojas=todas_lojas)


@comando(
    app,
    "relatorio estoque",
    "relatorio estoque --de 01/01/2026 --parada-ha 60",
    "relatorio estoque --limite 100 -o csv",
    como=_em_csv("curva"),
)
def estoque(
    *,
    mes: Mes = None,
    de: De = None,
    ate: Ate = None,
    parada_ha: Annotated[
        int | None, opcoes.inteiro("--parada-ha", "Dias sem sair, para ser parada; são 90.")
    ] = None,
    todas_lojas: opcoes.TodasLojas = False,
) -> VerGiroEstoque:
    dias = {} if parada_ha is None else {"parada_ha": parada_ha}
    return VerGiroEstoque(mes=mes, de=de, ate=ate, todas_lojas=todas_lojas, **dias)


@comando(
    app,
    "relatorio produtividade",
    "relatorio produtividade --mes 2026-10",
    "relatorio produtividade --de 01/10/2026 -o csv",
    como=_em_csv("mecanicos"),
)
def produtividade(
    *, mes: Mes = None, de: De = None, ate: Ate = None, todas_lojas: opcoes.TodasLojas = False
) -> VerProdutividade:
    return VerProdutividade(mes=mes, de=de, ate=ate, todas_lojas=todas_lojas)
