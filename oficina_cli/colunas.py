"""Os campos de cada planilha: como as oficinas os chamam e como se lê o que há neles."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from oficina_core.dominio.dinheiro import Unidade, ler_quantidade, ler_reais
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.orcamento import TipoItem
from oficina_core.dominio.valores import Codigo
from oficina_core.texto import sem_acento

TEMPO = re.compile(r"([0-9]{1,5})(?: ?min)?|([0-9]{1,3})[:h]([0-5][0-9])?(?: ?min|:00)?")

UNIDADES = {
    nome: unidade
    for unidade, nomes in {
        Unidade.UN: "un und unid unidade unidades pc pcs pca peca pecas jg jogo kit par pr",
        Unidade.L: "l lt lts litro litros",
        Unidade.KG: "kg kgs quilo quilos",
        Unidade.M: "m mt mts metro metros",
    }.items()
    for nome in nomes.split()
}
NUMEROS = (ler_reais, ler_quantidade)
TIPOS = {tipo.lower(): tipo for tipo in TipoItem}


def simples(texto: str) -> str:
    """Como os cabeçalhos se comparam: `Preço (R$)` e `PRECO` são o mesmo."""
    return " ".join(re.findall("[a-z0-9]+", sem_acento(texto).replace("r$", "")))


def _texto(celula: str, campo: str) -> str:
    return celula


def _unidade(celula: str, campo: str) -> Unidade:
    unidade = UNIDADES.get(simples(celula))
    if unidade is None:
        raise DadoInvalido(f'"{celula[:20]}" não diz em que se conta; use un, l, kg ou m.', campo)
    return unidade


def _minutos(celula: str, campo: str) -> int:
    achado = TEMPO.fullmatch(celula.lower())
    if not achado:
        raise DadoInvalido("Escreva o tempo em minutos, como 30, ou como 0:30 ou 1h30.", campo)
    soltos, horas, minutos = achado.groups()
    return int(soltos) if soltos else int(horas) * 60 + int(minutos or 0)


def _codigo(celula: str, campo: str) -> str:
    try:
        return Codigo(celula)
    except DadoInvalido as erro:
        raise DadoInvalido(str(erro), campo) from None


def _tipo(celula: str, campo: str) -> TipoItem:
    tipo = TIPOS.get(simples(celula))
    if tipo is None:
        raise DadoInvalido("O tipo do item é SERVICO ou PECA.", campo)
    return tipo


@dataclass(frozen=True)
class Coluna:
    """Como se lê um campo e como as oficinas o chamam; se há dois nomes, vale o que vem antes."""

    ler: Callable[[str, str], Any]
    nomes: str
    obrigatoria: bool = False


Colunas: TypeAlias = Mapping[str, Coluna]

CODIGO = Coluna(
    _texto, "código, cód, código interno, código do produto, SKU, referência, ref", obrigatoria=True
)
NOME = Coluna(
    _texto,
    "nome, descrição, produto, peça, serviço, nome do produto, descrição do produto, "
    "descrição da peça, nome da peça, descrição do serviço, nome do serviço, descrição do item",
    obrigatoria=True,
)
PRECO = Coluna(
    ler_reais,
    "preço, preço de venda, preço venda, valor de venda, valor venda, vlr venda, venda, valor, "
    "preço unitário, valor unitário, mão de obra",
    obrigatoria=True,
)
PECAS = {
    "codigo": CODIGO,
    "nome": NOME,
    "unidade": Coluna(_unidade, "unidade, un, unid, und, unidade de medida, medida"),
    "preco": PRECO,
    "custo": Coluna(
        ler_reais,
        "custo, preço de custo, preço custo, valor de custo, valor custo, custo médio, "
        "custo unitário, preço de compra, valor de compra",
    ),
    "estoque": Coluna(
        ler_quantidade,
        "estoque, estoque atual, saldo, saldo atual, saldo em estoque, qtd, qtde, quantidade, "
        "quant, qtd estoque, qtde estoque",
    ),
    "minimo": Coluna(
        ler_quantidade, "mínimo, estoque mínimo, est mínimo, est mín, mín, qtd mínima, qtde mínima"
    ),
    "localizacao": Coluna(_texto, "localização, local, prateleira, endereço, posição, gaveta"),
}
SERVICOS = {
    "codigo": CODIGO,
    "nome": NOME,
    "preco": PRECO,
    "tempo_estimado": Coluna(
        _minutos,
        "tempo estimado, tempo, tempo min, tempo minutos, tempo em minutos, minutos, duração, "
        "tempo padrão, tempo médio",
    ),
}
KITS = {
    "codigo": CODIGO,
    "nome": Coluna(_texto, "nome, kit, descrição", obrigatoria=True),
    "tipo": Coluna(_tipo, "tipo", obrigatoria=True),
    "item": Coluna(_codigo, "item, código do item", obrigatoria=True),
    "quantidade": Coluna(ler_quantidade, "quantidade, qtd, qtde"),
}
