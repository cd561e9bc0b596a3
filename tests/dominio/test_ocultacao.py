"""O texto perde o que diz quem é, escreva-se como se escrever, e mais nada."""

from datetime import UTC, datetime

import pytest

from oficina_core.dominio.cliente import Cliente
from oficina_core.dominio.erros import Conflito
from oficina_core.dominio.ocultacao import Ocultacao

AGORA = datetime(2026, 11, 26, 12, tzinfo=UTC)


def genesio(**outros: str | None) -> Cliente:
    dados: dict[str, str | None] = {
        "nome": "Genésio D'Ávila Xu",
        "documento": "39053344705",
        "telefone": "+5547981237391",
        "email": "genesio.wx@raro.com.br",
    }
    return Cliente(id=12, criado_em=AGORA, **(dados | outros))  # type: ignore[arg-type]


def sem(texto: str, cliente: Cliente | None = None) -> str | None:
    return Ocultacao(cliente or genesio()).ocultar(texto)


@pytest.mark.parametrize(
    ("dito", "fica"),
    [
        ("Genésio D'Ávila Xu ligou", "*** ligou"),
        ("GENÉSIO   d'ávila  xu ligou", "*** ligou"),
        ("genesio avila ligou", "*** *** ligou"),
        ("seu genesio volta amanhã", "seu *** volta amanhã"),
        ("Gene\u0301sio volta", "*** volta"),
        ("CPF 390.533.447-05.", "CPF ***."),
        ("CPF:39053344705", "CPF:***"),
        ("ligar (47) 98123-7391", "ligar ***"),
        ("ligar +55 (047) 98123.7391 já", "ligar *** já"),
        ("5547981237391 ou 98123 7391", "*** ou ***"),
        ("mande a Genesio.WX@Raro.com.br, hoje", "mande a ***, hoje"),
    ],
)
def test_o_que_diz_quem_e_some_em_qualquer_forma(dito: str, fica: str) -> None:
    assert sem(dito) == fica


@pytest.mark.parametrize(
    "dito",
    [
        "Barulho no freio ao frear",
        "genesiopolis e degenesio",
        "peça 1390533447051 no lugar 47-A",
        "xu da vi",
        "e\u0301 da outra",
    ],
)
def test_o_que_nao_diz_quem_e_fica_byte_a_byte(dito: str) -> None:
    assert sem(dito) == dito


def test_o_cnpj_com_letras_some_sem_ligar_para_maiuscula() -> None:
    empresa = genesio(nome="Auto", documento="12ABC34501DE35", telefone=None, email=None)
    assert sem("nota para 12.abc.345/01de-35", empresa) == "nota para ***"


def test_sem_documento_nem_email_some_o_resto() -> None:
    assert sem("Genésio", genesio(documento=None, email=None)) == "***"
    assert Ocultacao(genesio()).ocultar(None) is None


def test_o_texto_cabe_onde_estava() -> None:
    curto = genesio(nome="Ana")
    cheio = "Ana Ana, " * 100
    assert len(sem(cheio, curto) or "") <= len(cheio)


def test_o_anonimizado_fica_sem_contato_e_nao_volta() -> None:
    cliente = genesio()
    cliente.exigir_identificado()
    cliente.anonimizar("pediu", AGORA)
    assert (cliente.nome, cliente.ativo) == ("Cliente anonimizado 12", False)
    assert (cliente.documento, cliente.telefone, cliente.email) == (None, None, None)
    cliente.conferir()
    with pytest.raises(Conflito, match="não se desfaz"):
        cliente.exigir_identificado()
