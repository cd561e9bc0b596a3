"""Como se desenham a peça e os movimentos dela."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from rich.cells import cell_len
from textual.content import Content

from oficina_cli.tui.widgets.desenho import (
    ALERTA,
    FORTE,
    MARGEM,
    NADA,
    SUAVE,
    Celula,
    caber,
    dir_,
    esq,
    linha,
    secao,
    solta,
    trecho,
    uma_linha,
    valor,
)
from oficina_cli.tui.widgets.vazio import vazio
from oficina_core.casos.estoque import LinhaMovimento
from oficina_core.casos.pecas import FichaPeca, LinhaPeca
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.estoque import CausaMovimento as C
from oficina_core.texto import quantidade, reais

COM_MINIMO = 67  # colunas
LADO_ESTREITO = 34


def quanto(valor: Any, peca: LinhaPeca | FichaPeca) -> str:
    """3,5 l; o que falta tem o sinal de menos."""
    return quantidade(valor, peca.unidade.value).replace("-", "−")


def em_foco(peca: LinhaPeca | FichaPeca, largura: int) -> tuple[Content, Content]:
    """A peça, na segunda linha da tela; o nome só se corta se não cabe com o que há dela."""
    preco = solta((reais(peca.preco), FORTE))
    livre = largura - 2 * MARGEM - preco.cell_length - 1
    ha = solta((" · ", SUAVE), quanto(peca.estoque, peca))
    codigo = solta((peca.codigo, FORTE), (" · ", SUAVE))
    nome = uma_linha(peca.nome)
    cabe = min(cell_len(nome), livre - codigo.cell_length - ha.cell_length)
    esquerda = codigo + Content(caber(nome, cabe).rstrip()) + ha
    if reservado := peca.estoque - peca.disponivel:
        dito = solta((f" · reservado {quanto(reservado, peca)}", SUAVE))
        if esquerda.cell_length + dito.cell_length <= livre:
            esquerda += dito
    return esquerda, preco


def porque(movimento: LinhaMovimento) -> str:
    """A causa, com a ordem ou o motivo."""
    causa = "saída" if movimento.causa is C.SAIDA_OS else movimento.causa.rotulo
    ordem = f" OS {movimento.ordem_id}" if movimento.ordem_id else ""
    motivo = f": {movimento.motivo}" if movimento.motivo else ""
    return f"{causa}{ordem}{motivo}"


def com_sinal(movimento: LinhaMovimento) -> str:
    """+6 ou −2: a unidade está no título."""
    dito = f"{movimento.delta:+f}".replace(".", ",").replace("-", "−")
    return dito.rstrip("0").rstrip(",") if "," in dito else dito


def saldo(movimento: LinhaMovimento) -> str:
    return quantidade(movimento.saldo_apos).replace("-", "−")


def _falta(peca: LinhaPeca) -> Any:
    """Quanto comprar para chegar ao mínimo."""
    return max(ZERO, peca.minimo - peca.disponivel)


def nada(filtro: str, *, abaixo: bool) -> Content:
    if filtro:
        return vazio("Nenhuma peça com esse texto", "", (("esc", "limpa o filtro"),))
    if abaixo:
        return vazio("Nada abaixo do mínimo", "Não há o que comprar.", (("b", "todas"),))
    return vazio(
        "Nenhuma peça cadastrada",
        "As peças da loja aparecem aqui, com o que há de cada uma.",
        (("F7", "cadastrar uma peça"), ("ctrl+p", "ver tudo o que se faz daqui")),
    )


def _celulas(celulas: list[Celula | str], util: int, *, foco: bool = False) -> Content:
    """Sem lugar, o mínimo sai: com a tela larga, ele está ao lado."""
    if util < COM_MINIMO:
        del celulas[4]
    return linha(*celulas, foco=foco)


def _larguras(util: int) -> tuple[int, int]:
    """A do código e a do nome; o resto é fixo."""
    fixo = 6 + 6 + 9 + 4 * 2 + (5 + 2 if util >= COM_MINIMO else 0)
    codigo = 14 + max(0, util - 76) // 3
    return codigo, util - fixo - codigo


def titulos(util: int) -> Content:
    codigo, nome = _larguras(util)
    return _celulas(
        [
            esq("Código", codigo, SUAVE),
            esq("Peça", nome, SUAVE),
            esq("Lugar", 6, SUAVE),
            dir_("Disp.", 6, SUAVE),
            dir_("Mín.", 5, SUAVE),
            dir_("Preço", 9, SUAVE),
        ],
        util,
    )


def da_peca(peca: LinhaPeca, util: int, *, foco: bool) -> Content:
    codigo, nome = _larguras(util)
    disponivel = quantidade(peca.disponivel).replace("-", "−")
    ha = dir_(f"▼{disponivel}", 6, ALERTA) if _falta(peca) else dir_(disponivel, 6)
    celulas: list[Celula | str] = [
        esq(peca.codigo, codigo),
        esq(peca.nome, nome),
        esq(peca.localizacao or "—", 6, SUAVE),
        ha,
        dir_(quantidade(peca.minimo) if peca.minimo else "—", 5, SUAVE),
        dir_(valor(peca.preco), 9),
    ]
    return _celulas(celulas, util, foco=foco)


Movimentos = Sequence[LinhaMovimento]


def ao_lado(
    peca: LinhaPeca, movimentos: Movimentos | None, largura: int, fuso: tzinfo | None
) -> list[Content]:
    """A peça em foco; os movimentos, se já se leram."""
    falta = _falta(peca)
    numeros = (
        ("Na prateleira", quanto(peca.estoque, peca), ""),
        ("Reservado", quanto(peca.estoque - peca.disponivel, peca), ""),
        ("Disponível", quanto(peca.disponivel, peca), ALERTA if falta else FORTE),
        ("Mínimo", quanto(peca.minimo, peca), ""),
        ("Sugestão de compra", quanto(falta, peca) if falta else "—", FORTE),
    )
    return [
        secao(caber(peca.codigo, min(len(peca.codigo), largura - 2)), largura),
        *(linha(dobra) for dobra in trecho(peca.nome, largura - 2)),
        NADA,
        *(
            linha(esq(nome, 18, SUAVE), dir_(dito, largura - 20, estilo))
            for nome, dito, estilo in numeros
        ),
        NADA,
        NADA,
        secao("Movimentos", largura, "saldo"),
        *_ultimos(movimentos, largura, fuso),
    ]


def _ultimos(movimentos: Movimentos | None, largura: int, fuso: tzinfo | None) -> list[Content]:
    if movimentos is None:
        return []
    if not movimentos:
        return [linha(("nenhum ainda", SUAVE))]
    numero = 7 if largura > LADO_ESTREITO else 5
    return [
        linha(
            esq(f"{m.em.astimezone(fuso):%d/%m}", 5, SUAVE),
            esq(porque(m), largura - 2 * numero - 8),
            dir_(com_sinal(m), numero, FORTE),
            dir_(saldo(m), numero, SUAVE),
            vao=1,
        )
        for m in movimentos
    ]
