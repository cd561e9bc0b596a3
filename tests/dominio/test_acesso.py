"""Quem pede e o que pode."""

import pytest

from oficina_core.dominio.acesso import SISTEMA, Alcance, Ator, Externo, Papel, Sujeito, TipoAtor
from oficina_core.dominio.erros import AcessoNegado, DadoInvalido, NaoIdentificado
from oficina_core.dominio.valores import CPF


def ator(papel: Papel = Papel.ATENDENTE, loja: int | None = 1) -> Ator:
    return Ator(
        tipo=TipoAtor.FUNCIONARIO,
        id=7,
        nome="Ana",
        papel=papel,
        loja=loja,
        da_rede=loja is None,
        alcance=Alcance.TODOS,
    )


def test_sujeito_se_escreve_com_tipo_e_numero() -> None:
    assert str(SISTEMA) == "sistema"
    assert str(Sujeito(tipo=TipoAtor.FUNCIONARIO, id=7)) == "funcionario:7"


def test_grava_se_na_loja_de_quem_pede() -> None:
    assert ator(loja=3).loja_certa == 3


def test_sem_loja_dita_a_recusa_diz_como_dizer() -> None:
    with pytest.raises(DadoInvalido, match="diga em qual") as recusa:
        _ = ator(loja=None).loja_certa
    assert (recusa.value.campo, recusa.value.comando) == ("loja", "--loja NÚMERO")


def test_quem_e_de_uma_loja_mexe_na_sua_e_a_rede_em_qualquer_uma() -> None:
    ator(loja=1).exigir_loja(1, acao="mexer na equipe")
    ator(loja=None).exigir_loja(1, acao="mexer na equipe")
    for fora in (2, None):
        with pytest.raises(AcessoNegado, match="uma loja só não pode mexer na equipe"):
            ator(loja=1).exigir_loja(fora, acao="mexer na equipe")


def test_so_os_papeis_ditos_podem() -> None:
    ator(Papel.GERENTE).exigir(Papel.ATENDENTE, Papel.GERENTE, acao="dar desconto")
    with pytest.raises(AcessoNegado, match="mecânico não pode dar desconto; chame o gerente"):
        ator(Papel.MECANICO).exigir(Papel.ATENDENTE, Papel.GERENTE, acao="dar desconto")


CPF_ANA = CPF("529.982.247-25")


@pytest.mark.parametrize(
    ("texto", "tipo", "id"),
    [
        ("funcionario:7", TipoAtor.FUNCIONARIO, 7),
        ("cliente:3", TipoAtor.CLIENTE, 3),
        ("link:1", TipoAtor.LINK, 1),
        (f"cliente:{10**18 - 1}", TipoAtor.CLIENTE, 10**18 - 1),
    ],
)
def test_sujeito_se_le_como_se_escreve(texto: str, tipo: TipoAtor, id: int) -> None:
    lido = Sujeito.de(texto)
    assert lido == Sujeito(tipo=tipo, id=id)
    assert str(lido) == texto


@pytest.mark.parametrize("texto", ["cpf:52998224725", "52998224725"])
def test_quem_so_disse_o_cpf_e_um_cliente_sem_numero(texto: str) -> None:
    lido = Sujeito.de(texto)
    assert lido == Sujeito(tipo=TipoAtor.CLIENTE, cpf=CPF_ANA)
    assert str(lido) == "cpf:52998224725"


@pytest.mark.parametrize(
    "texto",
    [
        *("", " ", "sistema", "sistema:1", "gerente:7", "FUNCIONARIO:7", "Cliente:3"),
        *("funcionario", "funcionario:", "funcionario:0", "funcionario:-1", "funcionario:07"),
        *("funcionario:1.0", "funcionario:1e3", "funcionario:+7", "funcionario: 7"),
        *("funcionario:7 ", " funcionario:7", "funcionario:7\n", "funcionario:7:8"),
        *("funcionario:٧", "cliente:²", f"cliente:{10**18}", "cliente:7,link:8"),
        *("cpf:", "cpf:5299822472", "cpf:529982247250", "529982247250", "cpf:52998224726"),
        *("cpf:529.982.247-25", "529.982.247-25", "cpf:11111111111", "CPF:52998224725"),
        *("52998224725\n", "٥٢٩٩٨٢٢٤٧٢٥", "cnpj:11222333000181", "11222333000181"),
    ],
)
def test_o_que_nao_e_sujeito_nao_se_adivinha(texto: str) -> None:
    with pytest.raises(NaoIdentificado, match="entre de novo"):
        Sujeito.de(texto)


def de_fora(papel: Externo, tipo: TipoAtor) -> Ator:
    return Ator(
        tipo=tipo,
        id=7,
        nome="Ana",
        papel=papel,
        loja=None,
        da_rede=False,
        alcance=Alcance.PROPRIOS,
    )


def test_so_o_cliente_tem_numero_de_cliente() -> None:
    """O link 7 não é o cliente 7, nem o funcionário 7."""
    assert de_fora(Externo.CLIENTE, TipoAtor.CLIENTE).cliente_id == 7
    assert de_fora(Externo.LINK, TipoAtor.LINK).cliente_id is None
    assert ator().cliente_id is None


def test_e_de_fora_quem_nao_e_da_equipe() -> None:
    assert all(de_fora(papel, TipoAtor.CLIENTE).de_fora for papel in Externo)
    assert not any(ator(papel).de_fora for papel in Papel)


def test_quem_e_de_fora_se_manda_falar_com_a_oficina() -> None:
    with pytest.raises(AcessoNegado, match="cliente não pode ver todas as lojas; fale com a ofic"):
        de_fora(Externo.CLIENTE, TipoAtor.CLIENTE).exigir(Papel.GERENTE, acao="ver todas as lojas")


def test_quem_e_de_fora_nao_e_da_rede() -> None:
    with pytest.raises(AcessoNegado, match="uma loja só"):
        de_fora(Externo.CLIENTE, TipoAtor.CLIENTE).exigir_loja(1, acao="mexer na equipe")


@pytest.mark.parametrize(
    ("texto", "papel"),
    [
        ("cliente:3", Externo.CLIENTE),
        ("link:5", Externo.LINK),
        ("52998224725", Externo.IDENTIFICADO),
        ("funcionario:7", None),
    ],
)
def test_o_papel_de_quem_e_de_fora_se_sabe_sem_o_banco(texto: str, papel: Externo | None) -> None:
    assert Sujeito.de(texto).externo is papel
