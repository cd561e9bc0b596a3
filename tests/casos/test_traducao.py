"""O tradutor: o que se escreve se lê de volta igual, e o que não tem a forma certa se recusa."""

import dataclasses
import types
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oficina_core.casos.clientes import CriarCliente, DadosCliente
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.orcamentos import CriarOrcamento, EnviarOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens import AtribuirMecanico, LinhaHistorico
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import FinalizarOrdem, PecaUsada
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.pecas import CriarPeca
from oficina_core.casos.pecas_importacao import ImportarPecas, LinhaImportadaPeca
from oficina_core.casos.traducao import canonico, carregar, escrever, ler, ler_texto
from oficina_core.casos.veiculos import DadosVeiculo
from oficina_core.catalogo import CATALOGO, PUBLICADAS, Rota
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.orcamento import Meio
from oficina_core.dominio.pagamento import FormaPagamento
from oficina_core.dominio.parametros import Parametros
from oficina_core.dominio.valores import INTEIRO_MAXIMO, Opcao

REAIS = st.decimals(0, 10**7, places=2)
QUANTIDADES = st.decimals(-(10**6), 10**6, places=3)
INTEIROS = st.integers(-INTEIRO_MAXIMO, INTEIRO_MAXIMO)
TEXTOS = st.text(st.characters(codec="utf-8"))
MOMENTOS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-3))]))

SORTEIOS: dict[Any, st.SearchStrategy[Any]] = {
    int: INTEIROS,
    str: TEXTOS,
    bool: st.booleans(),
    type(None): st.none(),
    date: st.dates(),
    datetime: MOMENTOS,
    Parametros: st.builds(Parametros, validade_dias=st.integers(0, 365)),
}


def sorteio(tipo: Any, item: Any = None) -> st.SearchStrategy[Any]:  # noqa: PLR0911
    """Valores de qualquer tipo que uma resposta contém; `item` é o de uma página."""
    origem, partes = get_origin(tipo), get_args(tipo)
    if tipo in SORTEIOS:
        return SORTEIOS[tipo]
    if isinstance(tipo, TypeVar):
        return sorteio(item)
    if origem is Annotated:
        marcados = {"reais": REAIS, "quantidade": QUANTIDADES, "segredo": TEXTOS}
        return marcados[partes[1]]
    if origem in (Union, types.UnionType):
        return st.one_of([sorteio(parte) for parte in partes])
    if origem is tuple:
        return st.lists(sorteio(partes[0], item), max_size=2).map(tuple)
    if origem is Pagina:
        return sorteio(Pagina, partes[0])
    if issubclass(tipo, Opcao):
        return st.sampled_from(tipo)
    campos = get_type_hints(tipo, include_extras=True)
    return st.builds(tipo, **{nome: sorteio(campo, item) for nome, campo in campos.items()})


@pytest.mark.parametrize("rota", PUBLICADAS, ids=lambda rota: rota.caso.__name__)
def test_toda_resposta_se_le_de_volta_igual(rota: Rota) -> None:
    tipo = rota.resultado

    @settings(deadline=None, max_examples=25)
    @given(sorteio(tipo))
    def confere(resposta: object) -> None:
        assert ler_texto(tipo, canonico(resposta)) == resposta

    confere()


NUMEROS = st.integers(1, INTEIRO_MAXIMO)
NOMES = st.text('aãçÉ "[]\\/😀', min_size=1, max_size=20).filter(str.strip).map("x{}".format)
REFERENCIAS = NUMEROS | st.sampled_from(["ABC1D23", "FILTRO-OLEO", "12345678909"])
POSITIVAS = st.decimals("0.001", 10**3, places=3)
ITENS = st.lists(
    REFERENCIAS | st.builds(ItemPedido, id=REFERENCIAS, quantidade=POSITIVAS, desconto=REAIS),
    min_size=1,
    max_size=3,
).map(tuple)

PEDIDOS: dict[str, st.SearchStrategy[Any]] = {
    "sem campos": st.builds(ListarLojas),
    "texto e nulo": st.builds(
        CriarCliente,
        nome=NOMES,
        documento=st.sampled_from([None, "12.ABC.345/01DE-35"]),
        telefone=st.sampled_from([None, "(11) 98765-4321"]),
    ),
    "tupla de inteiros ou nada": st.builds(
        AprovarOrcamento,
        orcamento_id=NUMEROS,
        linhas=st.none() | st.lists(NUMEROS).map(tuple),
        meio=st.sampled_from(Meio),
        motivo=st.none() | NOMES,
        permitir_falta=st.booleans(),
    ),
    "uniões, dinheiro e data": st.builds(
        CriarOrcamento,
        veiculo_id=REFERENCIAS,
        servicos=ITENS,
        pecas=ITENS,
        desconto=REAIS,
        descricao=st.none() | NOMES,
        validade=st.none() | st.dates(),
    ),
    "objetos dentro": st.builds(
        AbrirOrdem,
        veiculo_id=st.just("ABC1D23"),
        veiculo=st.none() | st.builds(DadosVeiculo, marca=NOMES, modelo=NOMES, ano=st.just(2020)),
        cliente=st.none() | st.builds(DadosCliente, nome=NOMES, telefone=st.just("1134567890")),
        queixa=st.none() | NOMES,
        km=st.none() | st.integers(0, 10**6),
    ),
    "lista de objetos": st.builds(
        FinalizarOrdem,
        ordem_id=NUMEROS,
        usadas=st.lists(st.builds(PecaUsada, linha=NUMEROS, quantidade=POSITIVAS)).map(tuple),
    ),
    "planilha": st.builds(
        ImportarPecas,
        linhas=st.lists(
            st.builds(
                LinhaImportadaPeca,
                linha=NUMEROS,
                codigo=st.just("OLEO"),
                nome=NOMES,
                preco=REAIS,
                unidade=st.just(Unidade.L),
                custo=st.none() | REAIS,
                estoque=st.none() | POSITIVAS,
            ),
            max_size=3,
        ).map(tuple),
    ),
}


@pytest.mark.parametrize("forma", PEDIDOS)
def test_todo_pedido_se_le_de_volta_igual(forma: str) -> None:
    @settings(deadline=None)
    @given(PEDIDOS[forma])
    def confere(pedido: object) -> None:
        assert ler_texto(type(pedido), canonico(pedido)) == pedido

    confere()


def test_texto_canonico_e_o_contrato() -> None:
    pedido = CriarOrcamento(
        veiculo_id="ABC1D23",
        servicos=(1, "ALINHAR"),
        pecas=(ItemPedido(id=2, quantidade=Decimal("3.500"), desconto=Decimal("1.5")),),
        desconto=Decimal(10),
        descricao="Troca de óleo",
        validade=date(2026, 11, 23),
    )
    assert canonico(pedido) == (
        '{"servicos":[1,"ALINHAR"],"pecas":[{"id":2,"quantidade":3.5,"desconto":"1.50"}],'
        '"kits":[],"desconto":"10.00","desconto_percentual":0,"valor_final":null,"veiculo_id":"ABC1D23","ordem_id":null,'
        '"descricao":"Troca de óleo","validade":"2026-11-23","enviar":false}'
    )


@pytest.mark.parametrize(
    ("um", "outro"),
    [
        (
            '{"ordem_id":1,"forma":"PIX","valor":"10.50"}',
            '{"valor":10.5,"forma":"PIX","ordem_id":1}',
        ),
        (
            '{"ordem_id": 1, "forma": "PIX", "valor": 10}',
            '{"ordem_id":1,"forma":"PIX","valor":"10.00"}',
        ),
    ],
)
def test_o_mesmo_pedido_da_o_mesmo_texto(um: str, outro: str) -> None:
    """I18: o resumo do pedido não depende de como o corpo foi escrito."""
    primeiro, segundo = (ler_texto(RegistrarPagamento, texto) for texto in (um, outro))
    assert canonico(primeiro) == canonico(segundo)


@pytest.mark.parametrize(
    ("valor", "texto"),
    [
        (None, "null"),
        (True, "true"),
        (FormaPagamento.PIX, '"PIX"'),
        ("“ação”", '"“ação”"'),
        ((1, 2), "[1,2]"),
        (date(2026, 2, 28), '"2026-02-28"'),
        (datetime(2026, 2, 28, 12, tzinfo=UTC), '"2026-02-28T12:00:00+00:00"'),
    ],
)
def test_cada_tipo_tem_uma_forma_em_json(valor: object, texto: str) -> None:
    assert canonico(valor) == texto


def test_inteiro_que_o_json_dos_outros_nao_le_nao_se_escreve() -> None:
    with pytest.raises(DadoInvalido, match="grande demais"):
        escrever(2**63)


def test_meio_caractere_da_linha_de_comando_nao_se_escreve() -> None:
    """Um byte que não é UTF-8 chega assim de sys.argv, e não cabe em JSON nem no banco."""
    with pytest.raises(DadoInvalido, match="caractere que não existe"):
        canonico("Ana\udcff")


ENVIAR = '{"orcamento_id": 1, "versao": 2}'


@pytest.mark.parametrize(
    ("corpo", "campo"),
    [
        ('{"orcamento_id": 1, "outro": 2}', "corpo"),
        ("{}", "orcamento_id"),
        ("[]", "corpo"),
        ("null", "corpo"),
        ('{"orcamento_id": null}', "orcamento_id"),
        ('{"orcamento_id": true}', "orcamento_id"),
        ('{"orcamento_id": "1"}', "orcamento_id"),
        ('{"orcamento_id": 1.0}', "orcamento_id"),
        ('{"orcamento_id": 1e3}', "orcamento_id"),
        ('{"orcamento_id": 9223372036854775808}', "orcamento_id"),
        ('{"orcamento_id": -9223372036854775808}', "orcamento_id"),
        ('{"orcamento_id": 1, "orcamento_id": 2}', "corpo"),
        ('{"orcamento_id": NaN}', "corpo"),
        ('{"orcamento_id": Infinity}', "corpo"),
        ('{"orcamento_id": 1', "corpo"),
        ("", "corpo"),
        ("[" * 100_000, "corpo"),
        ("1" * 5_000, "corpo"),
        ("1e9999999999999999999", "corpo"),
        (b'{"orcamento_id": "\xff"}', "corpo"),
        ('{"orcamento_id": 1, "versao": "x"}', "versao"),
        ('{"orcamento_id": 1, "versao": 1.5}', "versao"),
        ('{"orcamento_id": 1, "versao": []}', "versao"),
        ('{"orcamento_id": 1, "versao": false}', "versao"),
    ],
    ids=lambda valor: ascii(valor)[:40],
)
def test_corpo_sem_a_forma_do_pedido_diz_o_campo(corpo: str | bytes, campo: str) -> None:
    assert ler_texto(EnviarOrcamento, ENVIAR) == EnviarOrcamento(orcamento_id=1, versao=2)
    with pytest.raises(DadoInvalido) as recusa:
        ler_texto(EnviarOrcamento, corpo)
    assert recusa.value.campo == campo


@pytest.mark.parametrize(
    ("tipo", "corpo"),
    [
        (str, "1"),
        (str, "null"),
        (str, '"\\ud800"'),
        (bool, "1"),
        (bool, '"true"'),
        (Decimal, "true"),
        (Decimal, "null"),
        (Decimal, "[]"),
        (Decimal, '"10,50"'),
        (Decimal, '"dez"'),
        (Decimal, '"NaN"'),
        (Decimal, '"-Infinity"'),
        (Decimal, "1e13"),
        (Decimal, "1e999999999"),
        (Decimal, "1e-13"),
        (Decimal, "1." + "0" * 30 + "1"),
        (Decimal, '"1e3"'),
        (Decimal, '"+5"'),
        (Decimal, '"1_000"'),
        (Decimal, '" 10"'),
        (Decimal, '"١٠"'),
        (date, '"28/02/2026"'),
        (date, '"2026-02-29"'),
        (date, '"2026-02-28T12:00:00Z"'),
        (date, "20260228"),
        (date, '"20260228"'),
        (date, '"2026-W09-6"'),
        (datetime, '"2026-02-28T12:00:00"'),
        (datetime, '"2026-02-28"'),
        (datetime, '"hoje"'),
        (datetime, "1772280000"),
        (type(None), "0"),
        (Meio, '"CARTA"'),
        (Meio, '"balcao"'),
        (Meio, "null"),
        (Meio, "[]"),
        (tuple[int, ...], '"12"'),
        (tuple[int, ...], '{"0": 1}'),
        (tuple[int, ...], "[1, null]"),
        (int | str, "true"),
        (int | str, "null"),
        (int | str, "[]"),
        (int | str, "1.5"),
        (int | ItemPedido, '{"id": 1, "cor": 2}'),
        (tuple[int, ...] | None, "1"),
    ],
    ids=lambda valor: ascii(valor)[:40],
)
def test_valor_de_outro_tipo_se_recusa(tipo: Any, corpo: str) -> None:
    with pytest.raises(DadoInvalido) as recusa:
        ler_texto(tipo, corpo)
    assert recusa.value.campo == "corpo"


@pytest.mark.parametrize(
    ("tipo", "corpo", "valor"),
    [
        (Decimal, '"10.50"', Decimal("10.50")),
        (Decimal, "10.50", Decimal("10.50")),
        (Decimal, "0.1", Decimal("0.1")),
        (Decimal, "-3", Decimal(-3)),
        (int, "9223372036854775807", 2**63 - 1),
        (datetime, '"2026-02-28T09:00:00-03:00"', datetime(2026, 2, 28, 12, tzinfo=UTC)),
        (datetime, '"2026-02-28T12:00:00Z"', datetime(2026, 2, 28, 12, tzinfo=UTC)),
        (Meio, '"BALCAO"', Meio.BALCAO),
        (int | str, "7", 7),
        (int | str, '"7"', "7"),
        (Decimal | None, "1.5", Decimal("1.5")),
        (Decimal | None, '"1.5"', Decimal("1.5")),
        (Decimal | None, "null", None),
    ],
)
def test_valor_certo_se_le_exato(tipo: Any, corpo: str | bytes, valor: object) -> None:
    lido = ler_texto(tipo, corpo)
    assert (type(lido), lido) == (type(valor), valor)


def test_objeto_de_dentro_tambem_e_estrito() -> None:
    corpo = {"veiculo_id": 1, "servicos": [{"id": 1, "preco": 1}]}
    with pytest.raises(DadoInvalido, match="desconhecido em servicos; os que existem: id, quanti"):
        ler(CriarOrcamento, corpo)


def test_o_valor_do_pedido_nao_volta_na_mensagem() -> None:
    with pytest.raises(DadoInvalido) as recusa:
        ler(EnviarOrcamento, {"orcamento_id": "segredo", "segredo": 1})
    assert "segredo" not in str(recusa.value)


def test_o_dominio_recusa_o_que_a_forma_aceita() -> None:
    with pytest.raises(DadoInvalido, match="negativo") as recusa:
        ler(CriarPeca, {"codigo": "OLEO", "nome": "Óleo", "preco": "-1.00"})
    assert recusa.value.campo == "preco"


def test_campo_que_aceita_nulo_nao_deixa_de_ser_exigido() -> None:
    assert ler(AtribuirMecanico, {"ordem_id": 1, "mecanico_id": None}).mecanico_id is None
    with pytest.raises(DadoInvalido, match="Falta o campo mecanico_id"):
        ler(AtribuirMecanico, {"ordem_id": 1})


def test_campo_com_padrao_pode_faltar() -> None:
    lido = ler(RecusarOrcamento, {"orcamento_id": 1, "motivo": "caro"})
    assert lido == RecusarOrcamento(orcamento_id=1, motivo="caro")


@pytest.mark.parametrize(
    ("corpo", "campo"),
    [
        ("[]", "corpo"),
        ("{}", "itens"),
        ('{"itens": [], "outro": 1}', "corpo"),
        ('{"itens": null}', "itens"),
        ('{"itens": ["x"]}', "itens"),
        ('{"itens": [], "proximo": 1}', "proximo"),
    ],
)
def test_pagina_de_outra_forma_diz_o_campo(corpo: str, campo: str) -> None:
    with pytest.raises(DadoInvalido) as recusa:
        ler_texto(Pagina[int], corpo)
    assert recusa.value.campo == campo


def test_historico_longo_se_le_inteiro() -> None:
    """A diferença de um orçamento de muitas linhas não tem tamanho máximo."""
    linha = LinhaHistorico(
        em=datetime(2026, 2, 28, 12, tzinfo=UTC),
        acao="CriarOrcamento",
        entidade="orcamento",
        entidade_id=1,
        ator="Ana",
        diferenca="x" * 20_000,
    )
    assert ler_texto(LinhaHistorico, canonico(linha)) == linha


def test_json_se_le_com_numeros_exatos() -> None:
    assert carregar(b'[0.1, 12345678901234567890, "\xc3\xa3"]') == [
        Decimal("0.1"),
        12345678901234567890,
        "ã",
    ]


def test_todo_caso_do_catalogo_e_um_dataclass_congelado() -> None:
    """O tradutor e o resumo do pedido contam com isso."""
    for rota in CATALOGO:
        assert dataclasses.is_dataclass(rota.caso)
        assert rota.caso.__dataclass_params__.frozen


@pytest.mark.parametrize("escrito", ['"-0.00"', "-0", "-0.0"])
def test_zero_negativo_e_zero(escrito: str) -> None:
    assert str(ler(Decimal, carregar(escrito))) in ("0", "0.0", "0.00")


@pytest.mark.parametrize("codificacao", ["utf-16", "utf-32", "latin-1"])
def test_corpo_que_nao_e_utf_8_se_recusa(codificacao: str) -> None:
    with pytest.raises(DadoInvalido, match="JSON"):
        carregar('{"nome": "João"}'.encode(codificacao))


@pytest.mark.parametrize("longe", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_instante_que_nao_cabe_em_utc_se_recusa(longe: str) -> None:
    with pytest.raises(DadoInvalido, match="longe demais"):
        ler(datetime, longe)
