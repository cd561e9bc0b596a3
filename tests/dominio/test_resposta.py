from decimal import Decimal

from oficina_core.dominio.orcamento import StatusItem
from oficina_core.dominio.resposta import Resposta, por_motivo, somar


def recusa(motivo: str | None, valor: str, linhas: int = 1) -> Resposta:
    return Resposta(status=StatusItem.RECUSADO, motivo=motivo, linhas=linhas, valor=Decimal(valor))


APROVADA = Resposta(status=StatusItem.APROVADO, motivo=None, linhas=4, valor=Decimal("400.00"))


def test_soma_as_linhas_e_o_valor() -> None:
    assert somar([APROVADA, recusa("caro", "30.00", 2)]) == (6, Decimal("430.00"))
    assert somar([]) == (0, 0)


def test_o_mesmo_motivo_escrito_de_outro_jeito_e_um_so() -> None:
    ditas = [recusa("Achou caro.", "10.00"), recusa("ACHOU  CARO", "30.00", 2), APROVADA]
    assert por_motivo(ditas) == [recusa("ACHOU  CARO", "40.00", 3)]


def test_o_que_mais_vale_vem_antes_e_o_sem_motivo_tambem_conta() -> None:
    ditas = [recusa("sem tempo", "10.00"), recusa(None, "50.00"), recusa("caro", "10.00")]
    assert [r.motivo for r in por_motivo(ditas)] == [None, "caro", "sem tempo"]
