"""De uma função a um comando.

Um comando traduz o que se digitou em um caso de uso e o devolve; quem acrescenta as opções comuns,
confirma, executa ou simula, e mostra, é daqui. O tipo devolvido diz tudo: o catálogo sabe se ele
grava, o dataclass sabe se tem páginas ou versão, e a docstring é a ajuda.
"""

import inspect
import re
import secrets
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import typer

from oficina_cli import saida
from oficina_cli.conexao import Conexao
from oficina_cli.erros import dizer
from oficina_cli.opcoes import Comuns, Formato
from oficina_cli.pergunta import confirmar
from oficina_cli.portugues import Comando, Grupo
from oficina_cli.rotulos import FUSO
from oficina_core.casos.busca import Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.campos import Referencia
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import CasoDeUso, Pedido
from oficina_core.catalogo import ROTAS
from oficina_core.dominio.erros import ErroOficina, Indisponivel

F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R")
C = TypeVar("C", bound=Any)

TIPOS_COMUNS = get_type_hints(Comuns, include_extras=True)
TEXTO = type("texto", (str,), {})  # o nome do tipo é o que a ajuda mostra
PADROES = {campo.name: campo.default for campo in fields(Comuns)}


def grupo(ajuda: str) -> typer.Typer:
    return typer.Typer(cls=Grupo, help=ajuda)


@dataclass(frozen=True)
class Atendimento:
    """Um comando em andamento: a oficina que o atende e as opções comuns que se deram."""

    conexao: Conexao
    comuns: Comuns

    def executar(self, caso: CasoDeUso[R]) -> R:
        """Uma leitura de que o comando precisa antes de fazer o pedido dele."""
        return self.conexao.oficina.executar(caso, self._pedido())

    def localizar(self, recurso: Recurso, dito: Referencia) -> int:
        """O número do registro, pelo nome que as pessoas usam."""
        if isinstance(dito, int):
            return dito
        return self.executar(Localizar(recurso=recurso, nome=dito)).id

    def atender(self, caso: Any, pergunta: str) -> None:
        """Faz o pedido e mostra a resposta."""
        caso = self._completar(caso)
        rota = ROTAS[type(caso)]
        if self.comuns.simular:
            self.mostrar(self.conexao.oficina.simular(caso, self._pedido()), rota.resultado)
            dizer("Simulação: nada foi gravado.")
            return
        if pergunta and not self.comuns.sim:
            self._confirmar(pergunta)
        chave = (self.comuns.chave or secrets.token_hex(16)) if rota.escreve else None
        resultado = self._executar_uma_vez(caso, chave)
        if self.comuns.tudo and isinstance(resultado, Pagina):
            resultado = Pagina(itens=tuple(self._ate_o_fim(caso, resultado)))
        self.mostrar(resultado, rota.resultado)

    def mostrar(self, resultado: Any, tipo: Any = None, vazio: str = "Nada por aqui.") -> None:
        formato = self.comuns.saida or self.conexao.saida or Formato.TABELA
        if tipo is not None and formato is Formato.TABELA:
            FUSO.set(self._fuso())
        saida.mostrar(resultado, tipo, formato, vazio)

    def _executar_uma_vez(self, caso: CasoDeUso[R], chave: str | None) -> R:
        try:
            return self.conexao.oficina.executar(caso, self._pedido(chave))
        except Indisponivel:
            if chave:
                dizer(f"Para repetir sem risco de gravar duas vezes, use --chave {chave}")
            raise

    def _fuso(self) -> ZoneInfo | None:
        """O fuso da loja em que se trabalha; se ela não se sabe, o da máquina."""
        try:
            lojas = self.executar(ListarLojas()).itens
        except ErroOficina:
            return None
        dita = self._pedido().loja
        return next((ZoneInfo(loja.fuso) for loja in lojas if dita in (None, loja.id)), None)

    def _completar(self, caso: Any) -> Any:
        ditas = {nome: getattr(self.comuns, nome) for nome in ("limite", "cursor", "versao")}
        return replace(caso, **{nome: dita for nome, dita in ditas.items() if dita is not None})

    def _confirmar(self, pergunta: str) -> None:
        calado = self.comuns.sem_perguntas or self.conexao.sem_perguntas
        if not confirmar(pergunta, pode_perguntar=not calado):
            dizer("Nada foi feito.")
            raise typer.Exit(1)

    def _pedido(self, chave: str | None = None) -> Pedido:
        return Pedido(chave=chave, loja=self.comuns.loja or self.conexao.loja_dita())

    def _ate_o_fim(self, caso: Any, pagina: Pagina[Any]) -> Iterator[Any]:
        yield from pagina.itens
        while pagina.proximo:
            pagina = self.executar(replace(caso, cursor=pagina.proximo))
            yield from pagina.itens


def mudado(caso: type[C], atual: Any, **ditos: Any) -> C:
    """O pedido de edição: o que se disse, e o resto como está."""
    editado: C = caso(
        **{
            campo.name: getattr(atual, campo.name) if dito is None else dito
            for campo in fields(caso)
            for dito in [ditos.get(campo.name)]
        }
    )
    return editado


def comando(
    app: typer.Typer, *exemplos: str, pergunta: str = "", painel: str | None = None
) -> Callable[[F], F]:
    """Publica a função como comando do grupo; `pergunta` é o que se confirma antes de fazer."""

    def publicar(funcao: F) -> F:
        caso = inspect.signature(funcao).return_annotation
        app.command(
            cls=Comando,
            rich_help_panel=painel,
            help=_ajuda(caso if caso in ROTAS else funcao),
            epilog=_exemplos(exemplos),
        )(_montar(funcao, caso, pergunta))
        return funcao

    return publicar


def _montar(funcao: Callable[..., Any], caso: Any, pergunta: str) -> Callable[..., None]:
    proprios = dict(inspect.signature(funcao).parameters)
    comuns = _comuns(caso, pergunta)
    atendentes = [nome for nome, p in proprios.items() if p.annotation is Atendimento]

    def executar(ctx: typer.Context, **valores: Any) -> None:
        atendimento = Atendimento(ctx.obj, Comuns(**{nome: valores.pop(nome) for nome in comuns}))
        pedido = funcao(**valores, **dict.fromkeys(atendentes, atendimento))
        if caso in ROTAS:
            atendimento.atender(pedido, pergunta.format(**valores))
        elif pedido is not None:
            atendimento.mostrar(pedido)

    parametros = [p for nome, p in proprios.items() if nome not in atendentes]
    parametros += [_parametro(nome) for nome in comuns]
    contexto = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    assinatura = inspect.Signature([contexto, *map(_para_o_typer, parametros)])
    executar.__name__ = funcao.__name__
    executar.__signature__ = assinatura  # type: ignore[attr-defined]
    return executar


def _comuns(caso: Any, pergunta: str) -> list[str]:
    """As opções comuns que servem a este caso, na ordem em que a ajuda as mostra."""
    if caso not in ROTAS:
        return ["saida"]
    do_caso = {campo.name for campo in fields(caso)} & {"limite", "cursor", "versao"}
    nomes = {"saida", "loja", *do_caso}
    if "cursor" in do_caso:
        nomes.add("tudo")
    if ROTAS[caso].escreve:
        nomes |= {"simular", "chave", "sem_perguntas"}
    if pergunta:
        nomes.add("sim")
    return [nome for nome in TIPOS_COMUNS if nome in nomes]


def _parametro(nome: str) -> inspect.Parameter:
    return inspect.Parameter(
        nome,
        inspect.Parameter.KEYWORD_ONLY,
        default=PADROES[nome],
        annotation=TIPOS_COMUNS[nome],
    )


def _para_o_typer(parametro: inspect.Parameter) -> inspect.Parameter:
    """O leitor faz o trabalho: ao Typer basta saber se é opção sem valor, lista ou texto."""
    if get_origin(parametro.annotation) is not Annotated:
        return parametro.replace(kind=inspect.Parameter.KEYWORD_ONLY)
    tipo, opcao = get_args(parametro.annotation)[:2]
    opcao = copy(opcao)
    if any(get_origin(parte) is list for parte in get_args(tipo)):
        tipo = list[str]
    elif tipo is not bool:
        tipo, opcao.parser = TEXTO, opcao.parser or str
    return parametro.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[tipo, opcao])


def _ajuda(caso: Any) -> str:
    """A docstring, com o nome do campo na forma da opção."""
    return re.sub(
        r"`([a-z_]+)`", lambda campo: f"--{campo[1].replace('_', '-')}", inspect.getdoc(caso) or ""
    )


def _exemplos(exemplos: tuple[str, ...]) -> str | None:
    linhas = "\n".join(f"  oficina {exemplo}" for exemplo in exemplos)
    return f"Exemplos:\n{linhas}" if exemplos else None
