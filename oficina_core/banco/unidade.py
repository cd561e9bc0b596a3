"""A unidade de trabalho: o acervo inteiro sobre uma transação, visto por quem pede."""

from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from oficina_core.banco import tabelas
from oficina_core.banco.diario import Diario
from oficina_core.banco.repositorios import cadastros
from oficina_core.banco.repositorios.base import Comandos, Entidades, Sessao
from oficina_core.banco.repositorios.busca import BuscaSQL
from oficina_core.banco.repositorios.cadastros import (
    CadastrosSQL,
    ClientesSQL,
    LojasSQL,
    PecasSQL,
    VeiculosSQL,
)
from oficina_core.banco.repositorios.entrada import CodigosSQL, TentativasSQL
from oficina_core.banco.repositorios.estoques import EstoquesSQL, MovimentosSQL
from oficina_core.banco.repositorios.eventos import EVENTOS, EventosSQL
from oficina_core.banco.repositorios.kits import KitsSQL
from oficina_core.banco.repositorios.links import LinksSQL
from oficina_core.banco.repositorios.mensagens import MensagensSQL
from oficina_core.banco.repositorios.orcamentos import OrcamentosSQL
from oficina_core.banco.repositorios.ordens import AnotacoesSQL, OrdensSQL, PagamentosSQL
from oficina_core.banco.repositorios.relatorios import RelatoriosSQL
from oficina_core.banco.repositorios.reposicao import ReposicaoSQL
from oficina_core.casos.portas import Efeito
from oficina_core.dominio.acesso import Ator
from oficina_core.dominio.evento import visivel
from oficina_core.dominio.funcionario import Funcionario
from oficina_core.dominio.parametros import Parametro, Parametros
from oficina_core.dominio.servico import Servico

PRM = tabelas.parametros

PARAMETROS = Comandos(PRM, Parametro, "parâmetro")
TODOS_OS_PARAMETROS = select(*PARAMETROS.colunas)


class ParametrosSQL(Entidades[Parametro]):
    def em_vigor(self) -> Parametros:
        """Os escolhidos sobre os padrões; o que este programa não conhece, ignora."""
        conhecidos = Parametros.nomes()
        return Parametros(**{p.nome: p.valor for p in self._todos() if p.nome in conhecidos})

    def definir(self, nome: str, valor: int) -> None:
        atual = {parametro.nome: parametro for parametro in self._todos()}.get(nome)
        if atual is None:
            self.adicionar(Parametro(nome=nome, valor=valor))
        else:
            atual.valor = valor
            self.salvar(atual)

    def _todos(self) -> list[Parametro]:
        return self._ler(TODOS_OS_PARAMETROS)


class UnidadeSQL:
    """Um acervo por transação; os repositórios já nascem sabendo quem pede."""

    def __init__(
        self,
        conexao: Connection,
        ator: Ator,
        fuso: str,
        agora: datetime,
    ) -> None:
        self.ator = ator
        self._fuso, self._agora = fuso, agora
        self._conexao = conexao
        self.diario = Diario()
        sessao = Sessao(conexao, ator, self.diario, agora)
        self.lojas = LojasSQL(sessao)
        self.clientes = ClientesSQL(sessao)
        self.funcionarios: CadastrosSQL[Funcionario] = CadastrosSQL(sessao, cadastros.FUNCIONARIOS)
        self.veiculos = VeiculosSQL(sessao)
        self.servicos: CadastrosSQL[Servico] = CadastrosSQL(sessao, cadastros.SERVICOS)
        self.pecas = PecasSQL(sessao)
        self.kits = KitsSQL(sessao)
        self.movimentos = MovimentosSQL(sessao)
        self.estoques = EstoquesSQL(sessao, self.movimentos)
        self.orcamentos = OrcamentosSQL(sessao)
        self.ordens = OrdensSQL(sessao)
        self.anotacoes = AnotacoesSQL(sessao)
        self.pagamentos = PagamentosSQL(sessao)
        self.eventos = EventosSQL(sessao)
        self.busca = BuscaSQL(sessao)
        self.relatorios = RelatoriosSQL(sessao)
        self.reposicao = ReposicaoSQL(sessao)
        self.tentativas = TentativasSQL(sessao)
        self.codigos = CodigosSQL(sessao)
        self.links = LinksSQL(sessao)
        self.mensagens = MensagensSQL(sessao)
        self._parametros = ParametrosSQL(sessao, PARAMETROS)

    def agora(self) -> datetime:
        """Um instante só por transação."""
        return self._agora

    def hoje(self, loja_id: int | None = None) -> date:
        if loja_id is None or loja_id == self.ator.loja:
            fuso = ZoneInfo(self._fuso)
        else:
            fuso = self.lojas.obter(loja_id).zona
        return self._agora.astimezone(fuso).date()

    @cached_property
    def parametros(self) -> Parametros:
        return self._parametros.em_vigor()

    def definir_parametro(self, nome: str, valor: int) -> Parametros:
        self._parametros.definir(nome, valor)
        return self._parametros.em_vigor()

    def efeitos(self, acao: str) -> tuple[Efeito, ...]:
        """O que mudou até aqui, como quem pede o pode ver: é auditoria, e de fora não se vê."""
        if self.ator.de_fora:
            return ()
        return tuple(
            Efeito(
                entidade=rastro.entidade,
                id=rastro.id,
                acao=acao,
                diferenca=visivel(diferenca, self.ator.papel),
            )
            for rastro, diferenca in self.diario.mudancas()
        )

    def escrever_eventos(self, acao: str, requisicao: str | None) -> None:
        """A auditoria do que esta transação mudou, na mesma transação.

        O evento é da loja do registro; o do que não tem loja, da que o pedido tocou.
        """
        loja = self.diario.loja or self.ator.loja
        eventos = [
            {
                "loja_id": rastro.loja or loja,
                "entidade": rastro.entidade,
                "entidade_id": rastro.id,
                "seq": rastro.seq,
                "acao": acao,
                "diferenca": diferenca,
                "ator_tipo": self.ator.tipo,
                "ator_id": self.ator.id,
                "ator_nome": self.ator.nome,
                "requisicao": requisicao,
                "em": self._agora,
            }
            for rastro, diferenca in self.diario.mudancas()
        ]
        if eventos:
            EVENTOS.em_lote.executar(self._conexao, eventos)
