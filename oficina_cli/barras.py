"""A barra: um número da lista visto ao lado do maior dela."""

from collections.abc import Sequence
from typing import Any

MENOR, MAIOR = 4, 12  # em colunas
OITAVOS = " ▏▎▍▌▋▊▉"
DE = {  # o campo que cada linha tem em barra
    "LinhaClasse": "consumido",
    "LinhaConsumo": "consumido",
    "LinhaFaturamento": "faturado",
    "LinhaLoja": "faturado",
    "LinhaMecanico": "mao_de_obra",
    "LinhaParada": "valor",
    "LinhaRecebida": "recebido",
    "LinhaRecusa": "recusado",
    "LinhaTempo": "minutos_medianos",
    "LinhaTempoMecanico": "minutos_medianos",
    "LinhaTempoServico": "minutos_medianos",
}


def partes(itens: Sequence[Any]) -> list[float]:
    """Quanto cada item é do maior, de 0 a 1; vazia, se a lista não tem barra ou é de um só."""
    campo = DE.get(type(itens[0]).__name__)
    if campo is None or len(itens) == 1:
        return []
    valores = [max(0, getattr(item, campo)) for item in itens]
    maior = max(valores)
    return [float(valor / maior) for valor in valores] if maior else []


def desenhar(parte: float, largura: int) -> str:
    """A barra em oitavos de coluna; o que não é zero sempre se vê."""
    oitavos = round(parte * largura * 8)
    cheias, resto = divmod(max(oitavos, 1 if parte else 0), 8)
    return ("█" * cheias + OITAVOS[resto]).rstrip()
