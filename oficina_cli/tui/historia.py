"""A história de uma ordem em frases: uma por ação, da mais nova para a mais antiga."""

from collections.abc import Sequence
from datetime import datetime

from oficina_cli.rotulos import frase
from oficina_core.casos.ordens import LinhaHistorico

FRASES = {
    "AbrirOrdem": "recebeu o carro",
    "AtribuirMecanico": "trocou o mecânico",
    "IniciarDiagnostico": "começou o diagnóstico",
    "AnotarOrdem": "anotou",
    "CriarOrcamento": "fez o orçamento",
    "EditarOrcamento": "mudou o orçamento",
    "EnviarOrcamento": "enviou o orçamento",
    "RevisarOrcamento": "fez outra versão do orçamento",
    "CancelarOrcamento": "cancelou o orçamento",
    "AprovarOrcamento": "registrou a aprovação",
    "RecusarOrcamento": "registrou a recusa",
    "CriarLink": "fez um link para o cliente",
    "DecidirPeloLink": "respondeu pelo link",
    "EntradaEstoque": "deu entrada na peça que faltava",
    "FinalizarOrdem": "finalizou o serviço",
    "EntregarOrdem": "entregou o carro",
    "CancelarOrdem": "cancelou a ordem",
    "RegistrarPagamento": "recebeu um pagamento",
    "EstornarPagamento": "estornou um pagamento",
}


def acontecimentos(linhas: Sequence[LinhaHistorico]) -> list[tuple[datetime, str, str]]:
    """Quando, quem e o quê; as linhas de uma mesma ação são um acontecimento só."""
    vistos: dict[tuple[str, str, datetime], LinhaHistorico] = {}
    for linha in linhas:
        vistos.setdefault((linha.acao, linha.ator, linha.em), linha)
    ditos = [
        (linha.em, linha.ator, FRASES.get(linha.acao) or frase(linha.acao))
        for linha in vistos.values()
    ]
    return sorted(ditos, key=lambda dito: dito[0], reverse=True)
