"""O que a demonstração conta: as últimas seis semanas de uma oficina de cinco boxes.

Cada visita começa há tantos dias e vai até onde os passos dela a levam, de modo que há uma ordem
e um orçamento em cada estado, com hoje à mão para quem experimenta.
"""

from decimal import Decimal
from typing import TypeAlias

from oficina_cli.demonstracao import passos as p
from oficina_cli.demonstracao.passos import Passo, Trabalho
from oficina_core.casos.kits import ItemPedido

NOITE = None  # o carro dorme na oficina; o passo seguinte é na manhã do outro dia


def _dois(codigo: str) -> ItemPedido:
    return ItemPedido(id=codigo, quantidade=Decimal(2))


TRABALHOS = (
    Trabalho(queixa="Troca de óleo", kits=("TROCA-OLEO",)),
    Trabalho(
        queixa="Barulho na dianteira ao passar em lombada",
        servicos=("SUSP", "ALIN"),
        pecas=(_dois("PIVO-SUSP"), _dois("BIELETA")),
    ),
    Trabalho(queixa="Revisão antes da viagem", kits=("REVISAO-10",), servicos=("ALIN",)),
    Trabalho(queixa="Ar-condicionado não gela", kits=("HIGIEN-AR",)),
    Trabalho(
        queixa="Falhando em baixa e gastando muito",
        kits=("VELAS-4",),
        servicos=("DIAG", "BICOS"),
        pecas=("KIT-ORING-BICO",),
    ),
    Trabalho(
        queixa="Pedal do freio baixo, puxando a traseira",
        servicos=("FLUIDO",),
        pecas=("LONA-FREIO-TRAS", _dois("CILINDRO-RODA"), "LIMPA-FREIO"),
    ),
    Trabalho(queixa="Não pega de manhã", kits=("BATERIA-TROCA",), servicos=("ELET",)),
    Trabalho(queixa="Troca de óleo e filtros", kits=("TROCA-OLEO",), pecas=("FILTRO-AR",)),
    Trabalho(queixa="Esquentando no trânsito", kits=("ARREFEC",), pecas=("VALV-TERMO",)),
    Trabalho(
        queixa="Dianteira dura, amortecedor vazando",
        servicos=("AMORT", "ALIN"),
        pecas=(_dois("AMORT-DIANT"), _dois("KIT-BATENTE")),
    ),
    Trabalho(queixa="Zumbido na roda dianteira", servicos=("ROLAM",), pecas=("ROL-RODA-DIANT",)),
    Trabalho(
        queixa="Correia dentada no prazo de troca", kits=("CORREIA-DENT",), pecas=("BOMBA-AGUA",)
    ),
    Trabalho(queixa="Farol queimado", servicos=("FAROL",), pecas=(_dois("LAMP-H7"),)),
)
REVISAO = TRABALHOS[2]  # a última linha, o alinhamento, é a que muitos deixam para depois
RADIADOR = Trabalho(  # não há nenhum na prateleira: a ordem espera a peça chegar
    queixa="Pingando água, radiador furado", servicos=("RAD",), pecas=("RADIADOR",)
)

ORCADO = (p.receber, p.diagnosticar, p.rascunhar, p.enviar)
APROVADO = (*ORCADO, p.aprovar)
PRONTO = (NOITE, p.comprar, p.finalizar)
SAIDA = (p.pagar, p.entregar)
ENTREGUE = (*APROVADO, *PRONTO, *SAIDA)

Passos: TypeAlias = tuple[Passo | None, ...]
Chegadas: TypeAlias = tuple[tuple[int, Passos, Trabalho | None], ...]

DIAS: Chegadas = (  # há quantos dias, até onde, e fazendo o quê
    (43, ENTREGUE, None),
    (42, (*ORCADO, p.aprovar_parte, *PRONTO, *SAIDA), REVISAO),
    (42, ENTREGUE, None),
    (41, (*APROVADO, p.complementar, p.aprovar, *PRONTO, *SAIDA), None),
    (40, ENTREGUE, None),
    (39, (*ORCADO, NOITE, p.recusar_e_levar), None),
    (38, ENTREGUE, None),
    (37, ENTREGUE, None),
    (36, (*ORCADO, p.aprovar_parte, *PRONTO, *SAIDA), REVISAO),
    (35, ENTREGUE, None),
    (34, (p.orcar_no_balcao, p.enviar, NOITE, p.aprovar, p.atribuir, *PRONTO, *SAIDA), None),
    (33, ENTREGUE, None),
    (31, ENTREGUE, None),
    (30, (*APROVADO, p.pagar_sinal, *PRONTO, *SAIDA), None),
    (29, (*APROVADO, *PRONTO, p.entregar), None),
    (27, (*APROVADO, NOITE, p.cancelar), None),
    (26, ENTREGUE, None),
    (24, (*ORCADO, NOITE, p.revisar, p.aprovar, *PRONTO, *SAIDA), None),
    (22, ENTREGUE, None),
    (20, ENTREGUE, None),
    (18, ENTREGUE, None),
    (17, ENTREGUE, None),
    (15, ORCADO, None),  # já venceu
    (13, (p.receber, p.cancelar), None),
    (12, ENTREGUE, None),
    (10, (*APROVADO, p.complementar, p.recusar, *PRONTO, *SAIDA), None),
    (9, ORCADO, None),  # vale dez dias: vence amanhã
    (8, ENTREGUE, None),
    (7, (p.orcar_no_balcao, p.enviar, p.desistir), None),
    (6, APROVADO, RADIADOR),
    (5, (*APROVADO, *PRONTO, p.pagar), None),
    (5, (p.orcar_no_balcao,), None),
    (4, (*APROVADO, *PRONTO), None),
    (4, (*APROVADO, p.complementar), None),
    (3, (*APROVADO, *PRONTO), None),
    (3, (*ORCADO, NOITE, p.recusar), None),
    (3, APROVADO, None),
    (2, (*APROVADO, p.anotar), None),
    (2, (*ORCADO, NOITE, p.revisar), None),
    (2, (p.orcar_no_balcao, p.enviar), None),
    (1, (*APROVADO, p.pagar_sinal), None),
    (1, ORCADO, None),
    (1, (p.receber, p.diagnosticar, p.rascunhar), None),
)
HOJE: Chegadas = (  # há quantos minutos
    (280, APROVADO, None),
    (240, ORCADO, None),
    (180, (p.receber, p.diagnosticar, p.anotar), None),
    (120, (p.receber, p.diagnosticar), None),
    (60, (p.receber,), None),
    (25, (p.receber,), None),
    (5, (p.receber,), None),
)
