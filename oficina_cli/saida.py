"""O que se responde, no formato pedido: tabela para pessoas; JSON, NDJSON e CSV para programas."""

import csv
import json
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import Any, get_args, get_origin, get_type_hints

from oficina_cli.erros import dizer
from oficina_cli.opcoes import Formato
from oficina_core.casos import traducao
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Simulacao
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import Opcao
from oficina_core.texto import inofensivo, limpar

FORMULA = re.compile(r"'*[=+\-@\t\r]")  # com ou sem os apóstrofos que a guardam


def mostrar(
    resultado: Any, tipo: Any, formato: Formato, vazio: str, sem: Collection[str] = ()
) -> None:
    """Escreve a resposta na saída, e na de erros o que só interessa a quem lê.

    `tipo` é o tipo da resposta: dele vêm as colunas do CSV, mesmo de uma lista vazia. `sem` são os
    campos que a tabela dispensa.
    """
    match formato:
        case Formato.TABELA:
            from oficina_cli import terminal

            terminal.mostrar(resultado, vazio, sem)
        case Formato.JSON:
            _escrever(traducao.escrever(_corpo(resultado)), indent=2)
        case Formato.NDJSON:
            for item in _itens(_corpo(resultado)):
                _escrever(traducao.escrever(item))
        case Formato.CSV:
            _escrever_csv(resultado, tipo)
    _avisar(resultado)


def _avisar(resultado: Any) -> None:
    if isinstance(resultado, Pagina) and resultado.proximo:
        dizer(f"Há mais; peça --tudo, ou continue com:\n  --cursor {resultado.proximo}")
    alvo = resultado.resultado if isinstance(resultado, Simulacao) else resultado
    if aviso := getattr(alvo, "aviso", None):
        dizer(f"Aviso: {aviso}")


def _corpo(resultado: Any) -> Any:
    """De uma página, só os itens: o mesmo corpo que a API responde."""
    return resultado.itens if isinstance(resultado, Pagina) else resultado


def _itens(corpo: Any) -> Sequence[Any]:
    return corpo if isinstance(corpo, tuple) else (corpo,)


def _escrever(valor: Any, indent: int | None = None) -> None:
    sys.stdout.write(em_json(valor, indent))


def em_json(valor: Any, indent: int | None = None) -> str:
    """JSON em que nenhum caractere comanda o terminal de quem o lê."""
    texto = json.dumps(valor, ensure_ascii=False, indent=indent)
    seguro = (c if c == "\n" or inofensivo(c) else f"\\u{ord(c):04x}" for c in texto)
    return "".join(seguro) + "\n"


def _escrever_csv(resultado: Any, tipo: Any) -> None:
    """RFC 4180, com dinheiro e quantidade em ponto decimal; o que há dentro de listas fica fora.

    Levanta DadoInvalido se a resposta é só de listas, que não cabem em uma tabela.
    """
    if isinstance(resultado, Simulacao):
        resultado = resultado.resultado
    itens = _itens(_corpo(resultado))
    tipo = tipo or type(resultado)
    colunas = list(_colunas(get_args(tipo)[0] if get_origin(tipo) else tipo))
    if not colunas:
        raise DadoInvalido("Essa resposta são várias listas e não cabe em CSV; use -o json.")
    escritor = csv.writer(sys.stdout)
    escritor.writerow(coluna.replace(".", "_") for coluna in colunas)
    for item in itens:
        corpo = traducao.escrever(item)
        escritor.writerow(_celula(attrgetter(c)(item), _descer(corpo, c)) for c in colunas)


def _colunas(tipo: Any) -> Iterator[str]:
    """Os campos simples do dataclass; os de um dataclass dentro dele, como `peca.codigo`."""
    tipos = get_type_hints(tipo)
    for campo in fields(tipo):
        if is_dataclass(tipos[campo.name]):
            yield from (f"{campo.name}.{dentro}" for dentro in _colunas(tipos[campo.name]))
        elif get_origin(tipos[campo.name]) is not tuple:
            yield campo.name


def _descer(corpo: Any, caminho: str) -> Any:
    for nome in caminho.split("."):
        corpo = corpo[nome]
    return corpo


def _celula(valor: Any, escrito: Any) -> Any:
    """Texto que uma planilha tomaria por fórmula ganha um apóstrofo, que `planilha` tira."""
    if isinstance(valor, str) and not isinstance(valor, Opcao):
        texto = limpar(valor, linhas=True)
        return f"'{texto}" if FORMULA.match(texto) else texto
    return str(escrito).lower() if isinstance(escrito, bool) else escrito
