"""Casos de uso da loja."""

from dataclasses import dataclass
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from oficina_core.casos import campos
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.loja import Loja


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
class ListarLojas:
    """Lista as lojas da rede."""

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[FichaLoja]:
        return Pagina(itens=tuple(map(FichaLoja.de, uow.lojas.todas())))


@dataclass(frozen=True, kw_only=True)
class EditarLoja:
    """Troca o nome e o fuso da loja."""

    loja_id: int
    versao: int
    nome: str
    fuso: str

    def __post_init__(self) -> None:
        campos.fixar(self, nome=campos.nome(self.nome, maximo=60))
        try:
            ZoneInfo(self.fuso)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # uma pasta da tabela, como America
            raise DadoInvalido("O fuso é como America/Sao_Paulo.", "fuso") from None

    def executar(self, uow: UnidadeDeTrabalho) -> FichaLoja:
        loja = uow.lojas.obter(self.loja_id)
        uow.ator.exigir_loja(loja.id, acao="mudar outra loja")
        loja.conferir_versao(self.versao)
        loja.nome, loja.fuso = self.nome, self.fuso
        uow.lojas.salvar(loja)
        return FichaLoja.de(loja)
