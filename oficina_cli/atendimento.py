"""Um comando em andamento: o pedido que se faz à oficina e o que se mostra dela."""

import secrets
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import typer

from oficina_cli import saida
from oficina_cli.conexao import Conexao
from oficina_cli.erros import dizer, sugerir
from oficina_cli.opcoes import Comuns, Formato
from oficina_cli.pergunta import confirmar
from oficina_cli.proximo import passos
from oficina_cli.rotulos import FUSO
from oficina_core.casos.busca import Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.campos import Referencia
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import CasoDeUso, Pedido, Simulacao
from oficina_core.catalogo import ROTAS
from oficina_core.dominio.erros import ErroOficina, Indisponivel

R = TypeVar("R")
Como: TypeAlias = Callable[["Atendimento", Any], None]

# O que quem acabou de gravar já sabe, e só interessa a quem vai olhar.
DE_QUEM_OLHA = frozenset({"cliente_id", "criado_em", "data_inicio", "data_fim", "versao"})


@dataclass(frozen=True)
class Atendimento:
    """Um comando em andamento: a oficina que o atende e as opções comuns que se deram."""

    conexao: Conexao
    comuns: Comuns

    def executar(self, caso: CasoDeUso[R]) -> R:
        """Uma leitura de que o comando precisa antes de fazer o pedido dele."""
        return self.conexao.oficina.executar(caso, self._pedido(caso))

    def localizar(self, recurso: Recurso, dito: Referencia) -> int:
        """O número do registro, pelo nome que as pessoas usam."""
        if isinstance(dito, int):
            return dito
        return self.executar(Localizar(recurso=recurso, nome=dito)).id

    def atender(
        self, caso: Any, pergunta: str, sem: Collection[str] = (), como: Como | None = None
    ) -> None:
        """Faz o pedido e mostra a resposta, sem estes campos; se gravou, também o próximo passo.

        `como`, se há, é quem a mostra, em qualquer formato.
        """
        caso = self.completar(caso)
        rota = ROTAS[type(caso)]
        saida.conferir(rota.resultado, self.formato, () if como else self.campos)
        sem = DE_QUEM_OLHA.union(sem) if rota.escreve else sem
        if self.comuns.simular:
            self.mostrar(self.gravar(caso), rota.resultado, sem)
            dizer("Simulação: nada foi gravado.")
            return
        if pergunta and rota.escreve and not self.comuns.sim:
            self._confirmar(pergunta)
        resultado = self.gravar(caso) if rota.escreve else self.executar(caso)
        self.conexao.lembrar(resultado)
        if self.comuns.tudo and isinstance(resultado, Pagina):
            resultado = self.ate_o_fim(caso, resultado, rota.resultado)
            if resultado is None:
                return
        if como:
            como(self, resultado)
            return
        self.mostrar(resultado, rota.resultado, sem)
        if rota.escreve and self.formato is Formato.TABELA:
            sugerir(passos(resultado))

    def gravar(self, caso: CasoDeUso[R]) -> R | Simulacao[R]:
        """O que a oficina responde a quem grava: uma vez só; ou o que responderia, se se simula."""
        if self.comuns.simular:
            return self.conexao.oficina.simular(caso, self._pedido(caso))
        return self._executar_uma_vez(caso, self.comuns.chave or secrets.token_hex(16))

    def mostrar(
        self,
        resultado: Any,
        tipo: Any = None,
        sem: Collection[str] = (),
        vazio: str = "Nada por aqui.",
    ) -> None:
        tipo = tipo or type(resultado)
        saida.conferir(tipo, self.formato, self.campos)
        self._usar_o_fuso()
        saida.mostrar(resultado, tipo, self.formato, vazio, sem, campos=self.campos)

    def ate_o_fim(self, caso: Any, pagina: Any, tipo: Any) -> Pagina[Any] | None:
        """Todas as páginas em uma, que só a tabela precisa; aos programas, escrevem-se já."""
        itens = self._itens(caso, pagina)
        if self.formato is Formato.TABELA:
            return Pagina(itens=tuple(itens))
        self._usar_o_fuso()
        saida.correr(itens, tipo, self.formato, self.campos)
        return None

    @property
    def pode_perguntar(self) -> bool:
        return not (self.comuns.sem_perguntas or self.conexao.sem_perguntas)

    @property
    def formato(self) -> Formato:
        return self.comuns.saida or self.conexao.saida or Formato.TABELA

    @property
    def campos(self) -> tuple[str, ...]:
        return self.comuns.campos or ()

    @property
    def loja(self) -> int | None:
        """Em que loja se trabalha, se alguém a disse."""
        return self.comuns.loja or self.conexao.loja_dita()

    def _usar_o_fuso(self) -> None:
        FUSO.set(cache(self._fuso))

    def _executar_uma_vez(self, caso: CasoDeUso[R], chave: str) -> R:
        repetir = f"Para repetir sem risco de gravar duas vezes, use --chave {chave}"
        try:
            return self.conexao.oficina.executar(caso, self._pedido(caso, chave))
        except Indisponivel as erro:
            erro.detalhes = (*erro.detalhes, repetir)
            raise
        except KeyboardInterrupt:
            dizer(repetir)
            raise

    def _fuso(self) -> ZoneInfo | None:
        """O fuso da loja em que se trabalha; se ela não se sabe, o da máquina."""
        try:
            lojas = self.executar(ListarLojas()).itens
        except ErroOficina:
            return None
        return next((ZoneInfo(loja.fuso) for loja in lojas if self.loja in (None, loja.id)), None)

    def completar(self, caso: Any) -> Any:
        """O caso com a página e a versão que se disseram."""
        ditas = {nome: getattr(self.comuns, nome) for nome in ("limite", "cursor", "versao")}
        return replace(caso, **{nome: dita for nome, dita in ditas.items() if dita is not None})

    def _confirmar(self, pergunta: str) -> None:
        if not confirmar(pergunta, pode_perguntar=self.pode_perguntar):
            dizer("Nada foi feito.")
            raise typer.Exit(1)

    def _pedido(self, caso: CasoDeUso[Any], chave: str | None = None) -> Pedido:
        """Quem lista as lojas ainda está a escolher: a que se disse pode não ser a certa."""
        loja = None if isinstance(caso, ListarLojas) else self.loja
        return Pedido(chave=chave, loja=loja)

    def _itens(self, caso: Any, pagina: Any) -> Iterator[Any]:
        yield from pagina.itens
        while pagina.proximo:
            pagina = self.executar(replace(caso, cursor=pagina.proximo))
            yield from pagina.itens
