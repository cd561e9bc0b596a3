"""O que os relatórios de um período têm em comum: os dias, as lojas, e quem fez."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from oficina_core.casos import campos
from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.faturamento import OrdemFaturada
from oficina_core.dominio.loja import Loja
from oficina_core.dominio.periodo import Periodo, Recorte, conferir_dias, conferir_mes
from oficina_core.dominio.servico import Servico
from oficina_core.texto import data


@dataclass(frozen=True, kw_only=True)
class DoPeriodo:
    """Os dias de que se quer saber, os dois inclusive; sem nenhum, este mês até hoje."""

    de: date | None = None
    ate: date | None = None
    mes: str | None = None
    todas_lojas: bool = False

    def __post_init__(self) -> None:
        if self.mes is not None:
            campos.fixar(self, mes=conferir_mes(self.mes))
            if self.de or self.ate:
                raise DadoInvalido("Diga o mês ou os dias, e não os dois.", "mes")
        conferir_dias(self.de, self.ate)

    def periodo(self, hoje: date) -> Periodo:
        if self.de:
            return Periodo.entre(self.de, self.ate, hoje)
        return Periodo.do_mes(self.mes or f"{hoje:%Y-%m}", hoje)

    def lojas(self, uow: UnidadeDeTrabalho) -> list[Loja]:
        """A de quem pede; todas, se ele é da rede e as pediu, ou não disse qual."""
        if uow.ator.da_rede and (self.todas_lojas or uow.ator.loja is None):
            return uow.lojas.todas()
        return [uow.lojas.obter(uow.ator.loja_certa)]


def recortar(periodo: Periodo, lojas: Iterable[Loja]) -> tuple[Recorte, ...]:
    """O período em cada fuso das lojas."""
    return periodo.recortes({loja.id: loja.zona for loja in lojas})


def nada_finalizado(periodo: Periodo, ordens: int) -> str | None:
    """O aviso de que não há o que contar, e o que fazer."""
    if ordens:
        return None
    dias = f"de {data(periodo.de)} a {data(periodo.ate)}"
    return f"Nenhuma ordem foi finalizada {dias}; peça outros dias, ou outro mês."


def servicos_citados(uow: UnidadeDeTrabalho, ordens: Iterable[OrdemFaturada]) -> dict[int, Servico]:
    """Os serviços destas ordens, como estão hoje no cadastro."""
    ids = {i.servico_id for ordem in ordens for i in ordem.itens if i.servico_id is not None}
    return {servico.id: servico for servico in uow.servicos.achar_varios(ids).values()}


def mecanicos_citados(uow: UnidadeDeTrabalho, ordens: Iterable[OrdemFaturada]) -> dict[int, str]:
    """O nome de cada mecânico destas ordens."""
    ids = {ordem.mecanico_id for ordem in ordens if ordem.mecanico_id is not None}
    return {pessoa.id: pessoa.nome for pessoa in uow.funcionarios.achar_varios(ids).values()}
