"""Relatório do estoque: o que gira, o que está parado, o que falta, e quanto dinheiro isso é."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from oficina_core.casos import campos
from oficina_core.casos.paginas import LIMITE_MAXIMO
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.casos.relatorios import ao_todo
from oficina_core.casos.relatorios_periodo import DoPeriodo, recortar
from oficina_core.dominio.dinheiro import ZERO, Quantidade, Reais, Unidade
from oficina_core.dominio.faturamento import por_cento
from oficina_core.dominio.giro import ClasseABC, Ponto, Porcao, curva, juntar
from oficina_core.dominio.periodo import Periodo, Recorte
from oficina_core.texto import data, quantos

DIAS_MAXIMO = 366
MOSTRADAS = 20


@dataclass(frozen=True, kw_only=True)
class LinhaClasse:
    """Uma classe da curva ABC: de quantas peças, quanto se consumiu, e a parte do todo."""

    classe: ClasseABC
    pecas: int
    consumido: Reais
    por_cento: Quantidade | None


@dataclass(frozen=True, kw_only=True)
class LinhaConsumo:
    """Uma peça na curva: quanto saiu, quanto custou, e o acumulado até ela, em por cento."""

    classe: ClasseABC
    codigo: str
    nome: str
    quantidade: Quantidade
    unidade: Unidade
    consumido: Reais
    acumulado_por_cento: Quantidade

    @classmethod
    def de(cls, ponto: Ponto) -> "LinhaConsumo":
        return cls(
            classe=ponto.classe,
            codigo=ponto.porcao.codigo,
            nome=ponto.porcao.nome,
            quantidade=ponto.porcao.quantidade,
            unidade=ponto.porcao.unidade,
            consumido=ponto.porcao.valor,
            acumulado_por_cento=ponto.acumulado,
        )


@dataclass(frozen=True, kw_only=True)
class LinhaFalta:
    """Uma peça abaixo do mínimo; `loja` só se diz quando são várias."""

    codigo: str
    nome: str
    disponivel: Quantidade
    minimo: Quantidade
    unidade: Unidade
    loja: str | None


@dataclass(frozen=True, kw_only=True)
class LinhaParada:
    """Uma peça que não sai: quanto há, desde quando, e o dinheiro que está nela, ao custo."""

    codigo: str
    nome: str
    estoque: Quantidade
    unidade: Unidade
    ultima_saida: date | None
    valor: Reais


@dataclass(frozen=True, kw_only=True)
class FichaGiro:
    """O estoque de hoje e o consumo do período, ao custo, em reais.

    `valor_em_estoque` é o que se tem, cada peça pelo custo médio dela; `valor_parado`, o das que
    não saem há `dias_parada` e já estavam na loja antes. `consumido` é o que saiu para ordens no
    período, pelo custo do dia. De cada lista vêm as primeiras; os totais são de todas.
    """

    de: date
    ate: date
    pecas_em_estoque: int
    valor_em_estoque: Reais
    consumido: Reais
    dias_parada: int
    pecas_paradas: int
    valor_parado: Reais
    abaixo_do_minimo: int
    classes: tuple[LinhaClasse, ...]
    curva: tuple[LinhaConsumo, ...]
    paradas: tuple[LinhaParada, ...]
    em_falta: tuple[LinhaFalta, ...]
    aviso: str | None


@dataclass(frozen=True, kw_only=True)
class VerGiroEstoque(DoPeriodo):
    """Mostra a curva ABC das peças, as paradas, as que faltam e quanto vale o estoque.

    A curva é do que saiu para ordens nos dias pedidos, ao custo; sem eles, os deste mês até hoje.
    Parada é a que há, e não sai há `parada_ha` dias.
    """

    parada_ha: int = 90
    limite: int = MOSTRADAS

    def __post_init__(self) -> None:
        super().__post_init__()
        campos.faixa(self.parada_ha, "parada_ha", 1, DIAS_MAXIMO)
        campos.faixa(self.limite, "limite", 1, LIMITE_MAXIMO)

    def executar(self, uow: UnidadeDeTrabalho) -> FichaGiro:
        hoje, lojas = uow.hoje(), self.lojas(uow)
        periodo = self.periodo(hoje)
        corte = Periodo(de=hoje - timedelta(days=self.parada_ha), ate=hoje)
        desde = recortar(corte, lojas)
        consumo = curva(uow.relatorios.consumo(recortar(periodo, lojas)))
        estocadas = juntar(uow.relatorios.estocadas(desde))
        paradas = juntar(uow.relatorios.paradas(desde))
        em_falta = uow.relatorios.em_falta(tuple(loja.id for loja in lojas), self.limite)
        nomes = {loja.id: loja.nome for loja in lojas} if len(lojas) > 1 else {}
        sem_custo = sum(porcao.sem_custo > 0 for porcao in estocadas)
        avisos = (None if consumo else _nada_saiu(periodo), _sem_custo(sem_custo))
        return FichaGiro(
            de=periodo.de,
            ate=periodo.ate,
            pecas_em_estoque=len(estocadas),
            valor_em_estoque=_valor(estocadas),
            consumido=_valor([ponto.porcao for ponto in consumo]),
            dias_parada=self.parada_ha,
            pecas_paradas=len(paradas),
            valor_parado=_valor(paradas),
            abaixo_do_minimo=ao_todo(em_falta),
            classes=_classes(consumo),
            curva=tuple(map(LinhaConsumo.de, consumo[: self.limite])),
            paradas=tuple(_parada(porcao, desde[0]) for porcao in paradas[: self.limite]),
            em_falta=tuple(_falta(linha, nomes) for linha in em_falta),
            aviso=" ".join(filter(None, avisos)) or None,
        )


def _valor(porcoes: Sequence[Porcao]) -> Reais:
    return sum((porcao.valor for porcao in porcoes), ZERO)


def _classes(consumo: Sequence[Ponto]) -> tuple[LinhaClasse, ...]:
    pecas = Counter(ponto.classe for ponto in consumo)
    total = _valor([ponto.porcao for ponto in consumo])
    return tuple(
        LinhaClasse(
            classe=classe,
            pecas=pecas[classe],
            consumido=dela,
            por_cento=por_cento(dela, total),
        )
        for classe in ClasseABC
        if consumo
        for dela in [_valor([ponto.porcao for ponto in consumo if ponto.classe is classe])]
    )


def _parada(porcao: Porcao, recorte: Recorte) -> LinhaParada:
    return LinhaParada(
        codigo=porcao.codigo,
        nome=porcao.nome,
        estoque=porcao.quantidade,
        unidade=porcao.unidade,
        ultima_saida=porcao.ultima and recorte.dia(porcao.ultima),
        valor=porcao.valor,
    )


def _falta(linha: Linha, nomes: dict[int, str]) -> LinhaFalta:
    comercial = linha["unidade"].comercial
    return LinhaFalta(
        codigo=linha["codigo"],
        nome=linha["nome"],
        disponivel=comercial(linha["estoque"] - linha["reservado"]),
        minimo=comercial(linha["minimo"]),
        unidade=linha["unidade"],
        loja=nomes.get(linha["loja_id"]),
    )


def _nada_saiu(periodo: Periodo) -> str:
    dias = f"de {data(periodo.de)} a {data(periodo.ate)}"
    return f"Nenhuma peça saiu para ordem {dias}; peça outros dias, ou outro mês."


def _sem_custo(pecas: int) -> str | None:
    if not pecas:
        return None
    ha = quantos(pecas, "peça está", "peças estão")
    return f"{ha} no estoque sem que se saiba o custo, e valem zero aqui. Diga-o na entrada."
