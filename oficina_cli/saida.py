"""O que se responde, no formato pedido: tabela para pessoas; JSON, NDJSON e CSV para programas.

Uma lista se escreve à medida que chega: a de um milhão de linhas gasta a memória de uma página.
"""

import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from operator import attrgetter
from typing import Any, get_args, get_origin, get_type_hints

from oficina_cli.erros import dizer
from oficina_cli.opcoes import Formato
from oficina_cli.rotulos import FUSO
from oficina_core import texto
from oficina_core.casos import traducao
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Simulacao
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import Opcao

# Com ou sem os apóstrofos que a guardam e os brancos que a planilha pula; os sinais largos são os
# do teclado japonês.
FORMULA = re.compile(r"[\s']*[=+\-@\t\r＝＋－＠]")
# Com ou sem eles, o texto que a planilha toma por número ou data, e não devolve como veio.
NUMERO = re.compile(r"'*(?:0[0-9]+|[0-9]{12,}|[0-9]+[eE][0-9]+|[0-9]+(?:[.,/:-][0-9]+)+)")
FORMAS = 1  # a versão de docs/formatos.json; dentro dela, os campos só se acrescentam
MARCA_DO_EXCEL = "\ufeff"  # sem ela, o Excel lê UTF-8 como se fosse do Windows


def conferir(tipo: Any, formato: Formato, campos: Collection[str]) -> None:
    """Levanta DadoInvalido, antes de se fazer o pedido, se a resposta não se mostra assim."""
    existem = list(_colunas(linha_de(tipo)) if em_colunas(formato) else _nomes(linha_de(tipo)))
    if not existem:
        raise DadoInvalido("Essa resposta são várias listas e não cabe em CSV; use -o json.")
    for campo in campos:
        if campo not in existem:
            parecidos = get_close_matches(campo, existem, 1)
            seria = f"; seria {parecidos[0]}?" if parecidos else f"; há {texto.lista(existem)}."
            raise DadoInvalido(f'Não há o campo "{campo}"{seria}', "campos")


def mostrar(
    resultado: Any,
    tipo: Any,
    formato: Formato,
    vazio: str,
    sem: Collection[str] = (),
    *,
    campos: Sequence[str] = (),
) -> None:
    """Escreve a resposta na saída, e na de erros o que só interessa a quem lê.

    `tipo` é o tipo da resposta: dele vêm as colunas do CSV, mesmo de uma lista vazia. `sem` são os
    campos que a tabela dispensa; `campos`, os únicos que se querem, nesta ordem.
    """
    if formato is Formato.TABELA:
        from oficina_cli import terminal

        terminal.mostrar(resultado, vazio, sem, campos)
    elif isinstance(resultado, Pagina):
        correr(resultado.itens, tipo, formato, campos)
    elif isinstance(resultado, tuple):
        correr(resultado, tipo, formato, campos)
    elif formato is Formato.JSON:
        _escrever(em_json(_corpo(resultado, campos), indent=2))
    else:
        unico = resultado.resultado if isinstance(resultado, Simulacao) else resultado
        do_csv = em_colunas(formato)
        correr([unico if do_csv else resultado], tipo or type(unico), formato, campos)
    avisar(resultado)


def correr(itens: Iterable[Any], tipo: Any, formato: Formato, campos: Sequence[str] = ()) -> None:
    """Escreve cada item assim que ele vem; `tipo` é o da lista ou o do item."""
    if em_colunas(formato):
        _em_csv(itens, linha_de(tipo), formato, campos)
        return
    corpos = (_corpo(item, campos) for item in itens)
    if formato is Formato.NDJSON:
        for corpo in corpos:
            _escrever(em_json(corpo))
        return
    antes = "["
    for corpo in corpos:
        sys.stdout.write(antes + "\n")
        recuado = em_json(corpo, indent=2).replace("\n", "\n  ")
        sys.stdout.write(f"  {recuado}")
        antes = ","
    sys.stdout.write("[]\n" if antes == "[" else "\n]\n")


def linha_de(tipo: Any) -> Any:
    """O tipo de cada linha de uma lista; o da própria resposta, se ela não é uma."""
    return get_args(tipo)[0] if get_origin(tipo) in (Pagina, tuple, Simulacao) else tipo


def avisar(resultado: Any) -> None:
    """Na saída de erros, o que falta dizer da resposta."""
    if isinstance(resultado, Pagina) and resultado.proximo:
        dizer(f"Há mais; peça --tudo, ou continue com:\n  --cursor {resultado.proximo}")
    alvo = resultado.resultado if isinstance(resultado, Simulacao) else resultado
    if aviso := getattr(alvo, "aviso", None):
        dizer(f"Aviso: {aviso}")


def _corpo(item: Any, campos: Sequence[str]) -> Any:
    """O mesmo corpo que a API responde, só com os campos que se querem."""
    corpo = traducao.escrever(item)
    if not campos:
        return corpo
    if isinstance(item, Simulacao):
        return corpo | {"resultado": {nome: corpo["resultado"][nome] for nome in campos}}
    return {nome: corpo[nome] for nome in campos}


def em_json(valor: Any, indent: int | None = None) -> str:
    """JSON em que nenhum caractere comanda o terminal de quem o lê."""
    escrito = json.dumps(valor, ensure_ascii=False, indent=indent)
    if escrito.isascii():
        return escrito
    return "".join(c if c == "\n" or texto.inofensivo(c) else f"\\u{ord(c):04x}" for c in escrito)


def _escrever(linha: str) -> None:
    sys.stdout.write(linha + "\n")


def _em_csv(itens: Iterable[Any], tipo: Any, formato: Formato, campos: Sequence[str]) -> None:
    """RFC 4180; o que há dentro de listas fica fora.

    O do Excel tem ponto e vírgula, números e datas como se escrevem no Brasil, e a marca de UTF-8.
    """
    import csv

    do_excel = formato is Formato.CSV_EXCEL
    todas = _colunas(tipo)
    colunas = [todas[nome] for nome in campos or todas]
    celula = _celula_do_excel if do_excel else _celula
    if do_excel:
        sys.stdout.write(MARCA_DO_EXCEL)
    escritor = csv.writer(sys.stdout, delimiter=";" if do_excel else ",")
    escritor.writerow(campos or todas)
    leitores = [(attrgetter(coluna), coluna.split(".")) for coluna in colunas]
    for item in itens:
        corpo = traducao.escrever(item)
        escritor.writerow(celula(ler(item), _descer(corpo, onde)) for ler, onde in leitores)


def em_colunas(formato: Formato) -> bool:
    """Se é uma planilha, em que não cabe uma lista dentro de um registro."""
    return formato in (Formato.CSV, Formato.CSV_EXCEL)


def _nomes(tipo: Any) -> list[str]:
    return [campo.name for campo in fields(tipo)]


def _colunas(tipo: Any) -> dict[str, str]:
    """O título de cada campo simples e onde ele está; os de dentro, como `peca_codigo`."""
    return {coluna.replace(".", "_"): coluna for coluna in _simples(tipo)}


def _simples(tipo: Any) -> Iterator[str]:
    tipos = get_type_hints(tipo)
    for campo in fields(tipo):
        if is_dataclass(tipos[campo.name]):
            yield from (f"{campo.name}.{dentro}" for dentro in _simples(tipos[campo.name]))
        elif get_origin(tipos[campo.name]) is not tuple:
            yield campo.name


def _descer(corpo: Any, caminho: list[str]) -> Any:
    for nome in caminho:
        corpo = corpo[nome]
    return corpo


def _celula(valor: Any, escrito: Any, *, numeros: bool = False) -> Any:
    if isinstance(valor, str) and not isinstance(valor, Opcao):
        return guardar(texto.limpar(valor, linhas=True), numeros=numeros)
    return str(escrito).lower() if isinstance(escrito, bool) else escrito


def _celula_do_excel(valor: Any, escrito: Any) -> Any:
    match valor:
        case bool():
            return "sim" if valor else "não"
        case datetime():
            return f"{valor.astimezone(FUSO.get()()):%d/%m/%Y %H:%M:%S}"
        case date():
            return texto.data(valor)
        case Decimal():
            return str(escrito).replace(".", ",")
    return _celula(valor, escrito, numeros=True)


def guardar(celula: str, *, numeros: bool = False) -> str:
    """O que a planilha tomaria por fórmula ganha um apóstrofo, que `planilha` tira.

    Com `numeros`, também o que ela tomaria por um número e devolveria sem os zeros da frente.
    """
    confunde = NUMERO.fullmatch(celula) and (numeros or celula.startswith("'"))
    return f"'{celula}" if confunde or FORMULA.match(celula) else celula
