"""Por onde se chega a cada tela do balcão, e o que precisa existir para isso."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from oficina_core.casos.clientes import CriarCliente
from oficina_core.casos.estoque import DefinirPrateleira
from oficina_core.casos.ordens import AnotarOrdem
from oficina_core.casos.ordens_encerramento import FinalizarOrdem
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.acesso import Papel
from tests import cenario

CHEGANDO, RASCUNHO, ESPERA, EXECUTA, PRONTA = "KLM1A11", "RAS1C22", "ESP1R33", "EXE1C44", "PRO1N55"
SEM_CARRO = "Bruno Sem Carro"
EXAME = bool(os.environ.get("OFICINA_TESTE_EXAME"))  # todos os lugares, e não só a amostra
AMOSTRA = {
    *("atendimento, achados", "recepção", "fila", "orçamento", "aprovação", "ordem"),
    *("cancelar ordem", "estoque", "entrada", "painel", "cliente, lista", "cliente, edição"),
}


def povoar(oficina: Oficina) -> None:
    """Um registro em cada estado; as ordens: 1 rascunho, 2 espera, 3 executa, 4 pronta."""
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina, CHEGANDO)
    cenario.funcionario(oficina, Papel.MECANICO)
    oficina.executar(CriarCliente(nome=SEM_CARRO, telefone="(11) 3456-7890"))
    cenario.abrir(oficina, placa=RASCUNHO, kits=("TROCA-OLEO",))
    cenario.enviado(oficina, placa=ESPERA, kits=("TROCA-OLEO",))
    executa = cenario.em_execucao(oficina, placa=EXECUTA, servicos=("OLEO",))
    pronta = cenario.em_execucao(oficina, placa=PRONTA, servicos=("OLEO",))
    oficina.executar(FinalizarOrdem(ordem_id=pronta.id))
    oficina.executar(AnotarOrdem(ordem_id=executa.id, texto="Veio sem estepe."))
    oficina.executar(
        DefinirPrateleira(peca_id="FILTRO", minimo=Decimal(20), localizacao="Corredor 3")
    )


@dataclass(frozen=True)
class Lugar:
    """Uma tela ou um diálogo; `teclas` levam a ele desde que o balcão abre, `grava` é a que grava.

    `gasta` é que só se grava uma vez: o que se cancela não se cancela de novo.
    """

    nome: str
    teclas: tuple[str, ...]
    grava: str = ""
    gasta: bool = False
    inicio: bool = False


def _pela_paleta(comando: str) -> tuple[str, ...]:
    return "ctrl+p", f"!{comando}", "enter"


ORCANDO = (f"!{RASCUNHO}", "enter", "o")
EXECUTANDO, ENTREGANDO = ("!3", "enter"), ("!4", "enter")
NOMES = ("cliente", "veiculo", "peca", "servico", "kit", "funcionario")


def _lugares() -> Iterator[Lugar]:
    yield Lugar("atendimento", ())
    yield Lugar("atendimento, achados", ("!ana",))
    yield Lugar("recepção", ("!zzz9z99", "enter"), "ctrl+s")
    yield Lugar("recepção de conhecido", ("!bruno", "enter"))
    yield Lugar("chegada", (f"!{CHEGANDO}", "ctrl+l"), "f9")
    yield Lugar("fila", ("f3",))
    yield Lugar("fila, filtro", ("f3", "slash"))
    yield Lugar("ordem", EXECUTANDO)
    yield Lugar("ordem pronta", ENTREGANDO)
    yield Lugar("anotar", (*EXECUTANDO, "n"))
    yield Lugar("mecânico", (*EXECUTANDO, "m"))
    yield Lugar("forma de receber", (*EXECUTANDO, "r"))
    yield Lugar("receber", (*EXECUTANDO, "r", "enter"))
    yield Lugar("km da entrega", (*ENTREGANDO, *_pela_paleta("anotando o km")))
    yield Lugar("cancelar ordem", (*EXECUTANDO, *_pela_paleta("cancelar a ordem")), gasta=True)
    yield Lugar("orçamentos", ("f4",))
    yield Lugar("orçamento", ORCANDO)
    yield Lugar("orçamento enviado", ("f4", "enter"))
    yield Lugar("desconto", (*ORCANDO, "f8"))
    yield Lugar("quantidade", (*ORCANDO, "tab", "q"))
    yield Lugar("cancelar orçamento", (*ORCANDO, *_pela_paleta("cancelar o orc")), gasta=True)
    yield Lugar("aprovação", ("f4", "a"))
    yield Lugar("motivo da recusa", ("f4", "a", "m"))
    yield Lugar("quem aprovou", ("f4", "a", "p"))
    yield Lugar("por onde", ("f4", "a", "w"))
    yield Lugar("estoque", ("f6",))
    yield Lugar("estoque, filtro", ("f6", "slash"))
    yield Lugar("entrada", ("f6", "e"), "ctrl+s")
    yield Lugar("ajuste", ("f6", "j"), "ctrl+s")
    yield Lugar("prateleira", ("f6", "p"), "ctrl+s")
    yield Lugar("movimentos", ("f6", "m"))
    yield Lugar("estorno", ("f6", "m", "x"), gasta=True)
    yield Lugar("painel", ("f3", "g", "p"))
    yield Lugar("ajuda", ("f1",))
    yield Lugar("paleta", ("ctrl+p",))
    yield Lugar("operador", _pela_paleta("trocar de op"))
    for n, nome in enumerate(NOMES, 1):
        yield Lugar(f"{nome}, lista", ("f7", str(n)))
        yield Lugar(f"{nome} novo", ("f7", str(n), "n"), "ctrl+s")
        yield Lugar(f"{nome}, edição", ("f7", str(n), "enter"), "ctrl+s")
        yield Lugar(f"{nome}, desativar", ("f7", str(n), "x"))
    yield Lugar("senha de funcionário", ("f7", "6", "s"))
    yield Lugar("início", (), inicio=True)
    yield Lugar("início, MySQL", ("3",), inicio=True)
    yield Lugar("início, servidor", ("4",), inicio=True)


LUGARES = list(_lugares())


def a_examinar(lugares: Iterable[Lugar]) -> list[Lugar]:
    """Todos, no exame inteiro (`nox -s exame`); no dia a dia, uma amostra."""
    return [lugar for lugar in lugares if EXAME or lugar.nome in AMOSTRA]
