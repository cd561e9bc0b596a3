"""A ordem de serviço muda de status só por ações (I9); a tabela aqui é a da especificação."""

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime
from itertools import product

import pytest

from oficina_core.dominio.acesso import Alcance, Ator, Papel, TipoAtor
from oficina_core.dominio.erros import AcessoNegado, Conflito, RegraViolada
from oficina_core.dominio.ordem import OrdemServico, StatusOrdem

AGORA = datetime(2026, 11, 23, 12, tzinfo=UTC)
DEPOIS = datetime(2026, 11, 24, 12, tzinfo=UTC)

ACOES: dict[str, Callable[[OrdemServico], None]] = {
    "diagnosticar": lambda ordem: ordem.diagnosticar(),
    "aguardar": lambda ordem: ordem.aguardar_aprovacao(),
    "retomar": lambda ordem: ordem.retomar_diagnostico(),
    "executar": lambda ordem: ordem.executar(9, AGORA),
    "finalizar": lambda ordem: ordem.finalizar(AGORA),
    "entregar": lambda ordem: ordem.entregar(1000),
    "cancelar": lambda ordem: ordem.cancelar("desistiu"),
    "atribuir": lambda ordem: ordem.atribuir(5),
    "orcar": lambda ordem: ordem.exigir_orcavel(),
}

LETRAS = {
    "R": StatusOrdem.RECEBIDA,
    "D": StatusOrdem.EM_DIAGNOSTICO,
    "A": StatusOrdem.AGUARDANDO_APROVACAO,
    "E": StatusOrdem.EM_EXECUCAO,
    "F": StatusOrdem.FINALIZADA,
    "G": StatusOrdem.ENTREGUE,
    "C": StatusOrdem.CANCELADA,
}
# Para onde a ação leva cada status; "=": a ação passa e o status fica; "x": recusada.
TABELA = """
de            R D A E F G C
diagnosticar  D x x x x x x
aguardar      A A x x x x x
retomar       = = D = = = =
executar      E E E x x x x
finalizar     x x x F x x x
entregar      x x x x G x x
cancelar      C C C C x x x
atribuir      = = = = x x x
orcar         = = = = x x x
"""
(_, *COLUNAS), *LINHAS = map(str.split, TABELA.strip().splitlines())
PASSOS = [
    (LETRAS[coluna], acao, LETRAS[coluna] if destino == "=" else LETRAS.get(destino))
    for acao, *destinos in LINHAS
    for coluna, destino in zip(COLUNAS, destinos, strict=True)
]


def quem(papel: Papel, id: int) -> Ator:
    return Ator(
        tipo=TipoAtor.FUNCIONARIO,
        id=id,
        nome="Zé",
        papel=papel,
        loja=1,
        da_rede=False,
        alcance=Alcance.TODOS,
    )


def mecanico(id: int) -> Ator:
    return quem(Papel.MECANICO, id)


def ordem_em(status: StatusOrdem = StatusOrdem.RECEBIDA) -> OrdemServico:
    return OrdemServico(
        id=7,
        loja_id=1,
        veiculo_id=2,
        cliente_id=3,
        queixa="freia mal",
        status=status,
        criado_em=AGORA,
    )


def test_a_tabela_fala_de_todos_os_status_e_acoes() -> None:
    assert {(origem, acao) for origem, acao, _ in PASSOS} == set(product(StatusOrdem, ACOES))


@pytest.mark.parametrize(("origem", "acao", "destino"), PASSOS)
def test_ordem_anda_so_pela_tabela(
    origem: StatusOrdem, acao: str, destino: StatusOrdem | None
) -> None:
    ordem = ordem_em(origem)
    antes = copy(ordem)
    if destino is None:
        with pytest.raises(Conflito, match=f"A ordem 7 está {origem.rotulo}"):
            ACOES[acao](ordem)
        assert ordem == antes
    else:
        ACOES[acao](ordem)
        assert ordem.status is destino


def test_recusa_diz_em_que_pe_esta_a_ordem() -> None:
    with pytest.raises(Conflito, match="não pode ser entregue; falta começar o diagnóstico"):
        ordem_em().entregar(None)


def test_ordem_sem_dono_fica_com_quem_a_assume() -> None:
    ordem = ordem_em()
    assert ordem.assumir(mecanico(5))
    assert ordem.mecanico_id == 5
    assert not ordem.assumir(mecanico(5))


def test_assumir_nao_tira_a_ordem_do_dono() -> None:
    ordem = ordem_em()
    ordem.atribuir(4)
    with pytest.raises(AcessoNegado, match="outro mecânico"):
        ordem.assumir(mecanico(5))
    assert ordem.mecanico_id == 4


def test_ordem_atribuida_pode_voltar_a_ser_de_ninguem() -> None:
    ordem = ordem_em()
    ordem.atribuir(4)
    ordem.atribuir(None)
    assert ordem.mecanico_id is None


def test_execucao_guarda_o_orcamento_aprovado_e_o_inicio() -> None:
    """I4."""
    ordem = ordem_em()
    ordem.executar(9, AGORA)
    assert (ordem.orcamento_id, ordem.data_inicio) == (9, AGORA)


def test_inicio_se_escreve_uma_vez() -> None:
    ordem = ordem_em()
    ordem.data_inicio = AGORA
    ordem.executar(9, DEPOIS)
    assert ordem.data_inicio == AGORA


def test_fim_km_e_motivo_ficam_na_ordem() -> None:
    pronta, cancelada = ordem_em(StatusOrdem.EM_EXECUCAO), ordem_em()
    pronta.finalizar(DEPOIS)
    pronta.entregar(52_000)
    cancelada.cancelar("desistiu")
    assert (pronta.data_fim, pronta.km_saida) == (DEPOIS, 52_000)
    assert cancelada.motivo_cancelamento == "desistiu"


def test_so_o_mecanico_da_ordem_responde_por_ela() -> None:
    ordem = ordem_em()
    ordem.atribuir(4)
    ordem.exigir_responsavel(mecanico(4))
    with pytest.raises(AcessoNegado, match="é de outro mecânico"):
        ordem.exigir_responsavel(mecanico(5))


def test_ordem_de_ninguem_diz_como_assumir() -> None:
    with pytest.raises(AcessoNegado, match="diagnosticando ou anotando"):
        ordem_em().exigir_responsavel(mecanico(5))


@pytest.mark.parametrize("papel", [Papel.ATENDENTE, Papel.GERENTE])
def test_quem_nao_e_mecanico_age_em_qualquer_ordem_e_nao_fica_com_ela(papel: Papel) -> None:
    ordem = ordem_em()
    assert not ordem.assumir(quem(papel, 5))
    ordem.atribuir(4)
    ordem.exigir_responsavel(quem(papel, 5))
    assert ordem.mecanico_id == 4


def test_ordem_completa_pode_acabar() -> None:
    ordem_em(StatusOrdem.EM_EXECUCAO).exigir_completa([], [])


@pytest.mark.parametrize(
    ("esperando", "faltas", "explica"),
    [
        ([12], [], "à espera de resposta: 12;"),
        ([12, 13], ["2 un de Filtro"], "12 e 13"),
        ([], ["2 un de Filtro", "1 l de Óleo"], "Falta peça: 2 un de Filtro e 1 l de Óleo"),
    ],
)
def test_ordem_incompleta_diz_o_que_falta(
    esperando: list[int], faltas: list[str], explica: str
) -> None:
    with pytest.raises(RegraViolada, match=explica):
        ordem_em().exigir_completa(esperando, faltas)
