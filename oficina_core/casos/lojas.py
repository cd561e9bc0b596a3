"""Casos de uso da loja."""

from dataclasses import dataclass
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from oficina_core.casos import campos
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.erros import Conflito, DadoInvalido
from oficina_core.dominio.loja import Loja
from oficina_core.texto import sem_acento


@dataclass(frozen=True, kw_only=True)
class FichaLoja:
    id: int
    nome: str
    fuso: str
    versao: int

    @classmethod
    def de(cls, loja: Loja) -> Self:
        return cls(id=loja.id, nome=loja.nome, fuso=loja.fuso, versao=loja.versao)


@dataclass(frozen=True, kw_only=True)
class ResumoLoja(FichaLoja):
    """A loja, quantos trabalham nela, contados os da rede, e quantas ordens tem abertas."""

    funcionarios: int
    ordens_abertas: int


@dataclass(frozen=True, kw_only=True)
class ListarLojas:
    """Lista as lojas da rede."""

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[FichaLoja]:
        return Pagina(itens=tuple(map(FichaLoja.de, uow.lojas.todas())))


@dataclass(frozen=True, kw_only=True)
class VerLoja:
    """Mostra uma loja, quantos trabalham nela e quantas ordens tem abertas."""

    loja_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> ResumoLoja:
        loja = uow.lojas.obter(self.loja_id)
        uow.ator.exigir_loja(loja.id, acao="ver o movimento de outra loja")
        return ResumoLoja(
            id=loja.id,
            nome=loja.nome,
            fuso=loja.fuso,
            versao=loja.versao,
            **uow.lojas.movimento(loja.id),
        )


@dataclass(frozen=True, kw_only=True)
class DadosLoja:
    """O que se diz de uma loja; o nome é um só na rede, sem ligar para maiúscula nem acento."""

    nome: str

    def __post_init__(self) -> None:
        campos.fixar(self, nome=campos.nome(self.nome, maximo=60))

    def _conferir(self, uow: UnidadeDeTrabalho, id: int = 0) -> None:
        """Com as lojas na mão, para que duas não tomem o mesmo nome ao mesmo tempo."""
        uow.lojas.travar()
        for loja in uow.lojas.todas():
            if loja.id != id and sem_acento(loja.nome) == sem_acento(self.nome):
                raise Conflito(
                    f"A loja {loja.id} já se chama assim; dê outro nome.", comando="loja listar"
                )


@dataclass(frozen=True, kw_only=True)
class CriarLoja(DadosLoja):
    """Abre outra loja na rede, com o estoque de todas as peças em zero.

    Com mais de uma, quem trabalha em todas passa a dizer em qual: `loja`, ou OFICINA_LOJA.
    """

    fuso: str = "America/Sao_Paulo"

    def __post_init__(self) -> None:
        super().__post_init__()
        _conferir_fuso(self.fuso)

    def executar(self, uow: UnidadeDeTrabalho) -> FichaLoja:
        uow.ator.exigir_loja(None, acao="abrir outra loja")
        self._conferir(uow)
        loja = Loja(nome=self.nome, fuso=self.fuso)
        uow.lojas.adicionar(loja)
        uow.estoques.abrir(loja.id)
        return FichaLoja.de(loja)


@dataclass(frozen=True, kw_only=True)
class EditarLoja(DadosLoja):
    """Troca o nome e o fuso da loja."""

    loja_id: int
    versao: int
    fuso: str

    def __post_init__(self) -> None:
        super().__post_init__()
        _conferir_fuso(self.fuso)

    def executar(self, uow: UnidadeDeTrabalho) -> FichaLoja:
        loja = uow.lojas.obter(self.loja_id)
        uow.ator.exigir_loja(loja.id, acao="mudar outra loja")
        loja.conferir_versao(self.versao)
        self._conferir(uow, loja.id)
        loja.nome, loja.fuso = self.nome, self.fuso
        uow.lojas.salvar(loja)
        return FichaLoja.de(loja)


def _conferir_fuso(fuso: str) -> None:
    """Levanta DadoInvalido se a tabela de fusos não o conhece."""
    try:
        ZoneInfo(fuso)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # uma pasta da tabela, como America
        raise DadoInvalido("O fuso é como America/Sao_Paulo.", "fuso") from None
