"""A fila em colunas: o que se quer saber de cada ordem, em uma linha de terminal."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from oficina_cli.tabela import Coluna
from oficina_core.casos.ordens import LinhaOrdem
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.ordem import ENCERRADAS, StatusOrdem
from oficina_core.texto import limpar, reais

ETAPAS = {
    StatusOrdem.RECEBIDA: "recebida",
    StatusOrdem.EM_DIAGNOSTICO: "diagnóstico",
    StatusOrdem.AGUARDANDO_APROVACAO: "aprovação",
    StatusOrdem.EM_EXECUCAO: "execução",
    StatusOrdem.FINALIZADA: "finalizada",
    StatusOrdem.ENTREGUE: "entregue",
    StatusOrdem.CANCELADA: "cancelada",
}
HORA, DIA = 3600, 86400


def colunas(ordens: Sequence[LinhaOrdem]) -> list[Coluna]:
    """As que sempre cabem; entre elas, mecânico e queixa, se sobra lugar."""
    agora = datetime.now(UTC)
    misturadas = len({ordem.loja_id for ordem in ordens}) > 1
    nota = "! atrasada" if any(ordem.atrasada for ordem in ordens) else ""

    def coluna(nome: str, titulo: str, ler: Callable[[LinhaOrdem], str], **como: Any) -> Coluna:
        celulas = [limpar(ler(ordem).replace("\n", " ")) for ordem in ordens]
        return Coluna(nome, titulo, celulas, **como)

    todas = [
        coluna("id", "Nº", lambda o: str(o.id), a_direita=True),
        coluna("loja", "Loja", lambda o: str(o.loja_id) if misturadas else "–", a_direita=True),
        coluna("situacao", "Situação", situacao),
        coluna("placa", "Placa", lambda o: o.placa),
        coluna("veiculo", "Veículo", lambda o: o.veiculo, ao_menos=10),
        coluna("cliente", "Cliente", lambda o: o.cliente, ao_menos=15),
        coluna("mecanico", "Mecânico", lambda o: o.mecanico or "–", ao_menos=12, extra=True),
        coluna("queixa", "Queixa", lambda o: o.queixa, ao_menos=20, extra=True),
        coluna("ha", "Há", lambda o: ha_quanto(o, agora), nota=nota),
        coluna("valor", "Valor R$", _valor, a_direita=True),
        coluna("saldo", "A receber", _saldo, a_direita=True),
    ]
    return [dita for dita in todas if any(celula != "–" for celula in dita.celulas)]


def situacao(ordem: LinhaOrdem) -> str:
    """A etapa, ou o que a segura."""
    match ordem.falta_peca, ordem.aguarda_complementar:
        case True, True:
            return "peça, compl."
        case True, False:
            return "falta peça"
        case False, True:
            return "complementar"
        case _ if ordem.orcamento_vencido:
            return "orç. venceu"
        case _:
            return ETAPAS[ordem.status]


def ha_quanto(ordem: LinhaOrdem, agora: datetime) -> str:
    """Desde que o carro chegou; `!` se já passou do que a oficina se deu."""
    tempo = idade(ordem.criado_em, agora)
    return f"{tempo} !" if ordem.atrasada else tempo


def idade(desde: datetime, agora: datetime) -> str:
    """O tempo que passou, na maior unidade."""
    segundos = max(0, int((agora - desde).total_seconds()))
    if segundos < HORA:
        return f"{segundos // 60} min"
    return f"{segundos // HORA} h" if segundos < DIA else f"{segundos // DIA} d"


def _valor(ordem: LinhaOrdem) -> str:
    """O aprovado ou, antes disso, o proposto."""
    return _dinheiro(ordem.total or ordem.a_aprovar)


def _saldo(ordem: LinhaOrdem) -> str:
    return _dinheiro(ordem.saldo if ordem.status in ENCERRADAS else ZERO)


def _dinheiro(valor: Decimal) -> str:
    """O título já diz que são reais."""
    return reais(valor).replace("R$ ", "") if valor else "–"
