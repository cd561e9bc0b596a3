"""Como se desenham o orçamento, as linhas dele e o que se oferece ao lado."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from textual.content import Content

from oficina_cli.tui.orcamentos_chegada import Carro
from oficina_cli.tui.ordens_desenho import VIVOS
from oficina_cli.tui.widgets.desenho import (
    ALERTA,
    FORTE,
    NADA,
    SUAVE,
    Celula,
    dir_,
    esq,
    linha,
    secao,
    solta,
    uma_linha,
    valor,
)
from oficina_core.casos.itens import ItemAchado, TipoAchado
from oficina_core.casos.kits import FichaKit
from oficina_core.casos.orcamentos import FichaOrcamento, LinhaItem
from oficina_core.casos.veiculos import Sugestao
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.orcamento import StatusItem, StatusOrcamento, TipoItem
from oficina_core.texto import data, duracao, quantidade, quantos, reais

PEDE, TEM = 7, 5  # colunas do kit
ROTULO = 13  # colunas, ao lado
SINAIS = {StatusItem.APROVADO: "✔", StatusItem.RECUSADO: "✖"}


def falta(item: LinhaItem) -> Decimal:
    """Quanto a linha pede além do que há; zero se há, ou se já não se pergunta."""
    if item.disponivel is None:
        return item.falta
    return max(ZERO, item.quantidade - max(ZERO, item.disponivel))


def respondido(ficha: FichaOrcamento | None) -> bool:
    """Se há linha aprovada ou recusada: só então se reserva lugar ao sinal."""
    return any(item.status in SINAIS for item in (ficha.itens if ficha else ()))


def do_achado(achado: ItemAchado, largura: int, foco: bool) -> list[Content]:
    n = largura - 3 - 7 - 15 - 8 - 9 - 4 * 2
    pede = achado.completo is False or (achado.disponivel is not None and not achado.disponivel)
    return [
        linha(
            esq(achado.tipo.rotulo, 7, SUAVE),
            esq(achado.codigo, 15),
            esq(achado.nome, n),
            dir_(_ha(achado), 8, ALERTA if pede else SUAVE),
            dir_(valor(achado.preco), 9),
            foco=foco,
        )
    ]


def _ha(achado: ItemAchado) -> str:
    match achado.tipo:
        case TipoAchado.KIT:
            return "completo" if achado.completo else "! falta"
        case TipoAchado.SERVICO:
            return duracao(achado.tempo_estimado) if achado.tempo_estimado else ""
    dita = f"{quantidade(achado.disponivel or ZERO)} {achado.unidade.value}"
    return dita if achado.disponivel else f"! {dita}"


def convite(carro: Carro, largura: int, *, larga: bool) -> Iterator[Content]:
    """O que se diz antes da primeira linha; com a tela larga, o que se recusou está ao lado."""
    sugestoes = () if larga else carro.sugestoes
    if sugestoes:
        yield secao("Recusado antes", largura, "ofereça de novo")
        for sugestao in sugestoes[:5]:
            yield linha(esq(sugestao.descricao, largura - 12), dir_(valor(sugestao.total), 10))
        yield NADA
    yield linha(("Digite o que o carro precisa: a primeira linha já fica guardada.", SUAVE))
    if carro.complementar:
        yield linha(("É um complementar: o cliente responde a ele à parte do já aprovado.", SUAVE))
    if carro.chegando:
        yield linha(("Só a queixa também abre a ordem: preencha-a e F9.", SUAVE))


def situacao(ficha: FichaOrcamento, hoje: date, largura: int) -> Content:
    """O que já não se muda diz em que pé está."""
    dita, estilo = ficha.status.rotulo, SUAVE
    if ficha.validade and ficha.status is StatusOrcamento.EXPIRADO:
        dita, estilo = vencimento(ficha.validade, hoje), ALERTA
    elif ficha.validade:
        dita += f" · vale até {data(ficha.validade)}"
    return secao(f"Orçamento {ficha.id}", largura, dita, estilo)


def vencimento(validade: date, hoje: date) -> str:
    """Quanto falta para vencer, ou há quanto tempo venceu."""
    match (validade - hoje).days:
        case 0:
            return "vence hoje"
        case -1:
            return "venceu ontem"
        case dias if dias < 0:
            return f"venceu há {-dias} dias"
        case dias:
            return quantos(dias, "dia", "dias")


def titulos(largura: int, *, com_sinal: bool) -> Content:
    return linha(
        *_sinal("", com_sinal=com_sinal),
        esq("Item", _largura_do_item(largura, com_sinal=com_sinal), SUAVE),
        dir_("Qtd", 8, SUAVE),
        dir_("Unitário", 9, SUAVE),
        dir_("Total", 10, SUAVE),
    )


def do_item(item: LinhaItem, largura: int, *, foco: bool, com_sinal: bool) -> Content:
    n = _largura_do_item(largura - 3, com_sinal=com_sinal)
    un = "" if item.peca_id is None else f" {item.unidade.value}"
    curta = falta(item)
    aviso = f"! falta {quantidade(curta)}{un}" if curta else ""
    nome = esq(item.descricao, n - len(aviso) - (1 if aviso else 0))
    return linha(
        *_sinal(SINAIS.get(item.status, ""), com_sinal=com_sinal),
        solta(nome, (f" {aviso}" if aviso else "", ALERTA)),
        dir_(f"{quantidade(item.quantidade)}{un}", 8, SUAVE),
        dir_(valor(item.preco_unitario), 9, SUAVE),
        dir_(valor(item.total), 10),
        foco=foco,
    )


def _largura_do_item(largura: int, *, com_sinal: bool) -> int:
    return largura - (3 if com_sinal else 0) - 8 - 9 - 10 - 3 * 2


def _sinal(sinal: str, *, com_sinal: bool) -> list[Celula]:
    return [esq(sinal, 1)] if com_sinal else []


def somas(ficha: FichaOrcamento, largura: int) -> Iterator[Content]:
    yield NADA
    if ficha.desconto:
        cheio = ficha.valor_total + ficha.desconto
        por_cento = ficha.desconto / cheio * 100 if cheio else ZERO
        dito = f"Desconto de {quantidade(round(por_cento, 1))} % em {valor(cheio)}"
        yield linha(dir_(dito, largura - 16, SUAVE), dir_(f"−{valor(ficha.desconto)}", 14))
    rotulo, total = "Total", ficha.valor_total
    if ficha.valor_aprovado is not None:
        if recusado := total - ficha.valor_aprovado:
            yield linha(dir_("Recusado", largura - 16, SUAVE), dir_(valor(recusado), 14))
        rotulo, total = "Aprovado", ficha.valor_aprovado
    yield linha(dir_(rotulo, largura - 16, FORTE), dir_(reais(total), 14, FORTE))


def resumo(ficha: FichaOrcamento, hoje: date, largura: int) -> Iterator[Content]:
    """Até quando vale, o que é peça e o que é mão de obra, e quem respondeu."""
    n = largura - ROTULO - 2
    vale = "10 dias após enviar"
    if ficha.validade:
        vale, quando = data(ficha.validade), vencimento(ficha.validade, hoje)
        if ficha.status is StatusOrcamento.EXPIRADO:
            vale = quando
        elif ficha.status in VIVOS:
            vale += f" ({quando})"
    ditos = [
        ("Vale até", vale),
        ("Peças", _parte(ficha.total_pecas, ficha.valor_total)),
        ("Mão de obra", _parte(ficha.total_servicos, ficha.valor_total)),
    ]
    if ficha.revisao > 1:
        ditos.append(("Versão", f"{ficha.revisao}, no lugar do {ficha.substitui_id}"))
    if ficha.decidido_por:
        meio = ficha.decidido_meio.rotulo if ficha.decidido_meio else ""
        ditos.append(("Respondeu", f"{ficha.decidido_por}, {meio}"))
    yield secao(f"Orçamento {ficha.id}", largura, ficha.status.rotulo)
    for rotulo, dito in ditos:
        yield linha(esq(rotulo, ROTULO, SUAVE), esq(dito, n))
    yield NADA
    yield NADA


def _parte(quanto: Decimal, total: Decimal) -> str:
    if not total:
        return valor(quanto)
    return f"{valor(quanto)} · {round(quanto / total * 100)} %"


def recusados(sugestoes: Sequence[Sugestao], largura: int) -> Iterator[Content]:
    """O que se recusou em outras visitas, com o porquê."""
    if sugestoes:
        yield secao("Recusado antes", largura, "ofereça de novo")
    for sugestao in sugestoes[:6]:
        yield linha(esq(sugestao.descricao, largura - 11), dir_(valor(sugestao.total), 9))
        if sugestao.motivo:
            yield linha(esq(f"“{uma_linha(sugestao.motivo)}”", largura, SUAVE))


def do_kit(kit: FichaKit, largura: int) -> Iterator[Content]:
    """O que o kit pede, e o que há de cada peça."""
    n = largura - PEDE - TEM - 2 * 2
    yield Content.assemble(
        secao(f"Kit {kit.codigo}", n), linha(dir_("pede", PEDE, SUAVE), dir_("tem", TEM, SUAVE))
    )
    for parte in kit.itens:
        un = f" {parte.unidade.value}" if parte.tipo is TipoItem.PECA else ""
        tem = None if parte.disponivel is None else max(ZERO, parte.disponivel)
        curta = tem is not None and tem < parte.quantidade
        dito = "" if tem is None else quantidade(tem)
        yield linha(
            esq(parte.nome, n),
            dir_(f"{quantidade(parte.quantidade)}{un}", PEDE),
            dir_(f"! {dito}" if curta else dito, TEM, ALERTA if curta else SUAVE),
        )
    yield NADA
    yield NADA
