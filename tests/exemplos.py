"""Um valor de cada tipo que viaja, montado pelas anotações."""

from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from oficina_core.casos.entrada import UsarCodigo
from oficina_core.casos.estoque_transferencia import TransferirEstoque
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.links import DecidirPeloLink
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.parametros import DefinirParametro
from oficina_core.casos.relatorios_estoque import VerGiroEstoque
from oficina_core.casos.relatorios_faturamento import VerFaturamento
from oficina_core.casos.relatorios_produtividade import VerProdutividade
from oficina_core.casos.relatorios_tempos import VerTempos
from oficina_core.dominio.valores import Opcao

SIMPLES: dict[Any, Any] = {
    int: 7,
    str: "pão de açúcar",
    bool: True,
    date: date(2026, 11, 23),
    datetime: datetime(2026, 11, 23, 12, 30, 0, 123456, tzinfo=UTC),
    Decimal: Decimal("12.34"),
    NoneType: None,
}
MARCAS = {
    "reais": Decimal("1234.56"),
    "quantidade": Decimal("3.125"),
    "segredo": "uma frase que ninguém sabe",
}
CAMPOS = {
    "ano": 2020,
    "codigo": "OLEO-5W30",
    "cpf": "52998224725",
    "cursor": "WyI1ZjBj",
    "desconto_percentual": Decimal(0),
    "documento": "12ABC34501DE35",
    "email": "ana@oficina.com.br",
    "fuso": "America/Sao_Paulo",
    "mes": "2026-11",
    "origem": "127.0.0.1",
    "placa": "ABC1D23",
    "telefone": "+5511987654321",
    "valor_final": None,
}
DO_PERIODO = (VerFaturamento, VerGiroEstoque, VerProdutividade, VerTempos)
DO_CASO: dict[type, dict[str, Any]] = {
    AbrirOrdem: {"cliente_id": None},
    CriarOrcamento: {
        "ordem_id": None,
        "veiculo_id": "ABC1D23",
        "servicos": (7,),
        "pecas": ("OLEO", ItemPedido(id="FILTRO", quantidade=Decimal(2)), 7),
    },
    DefinirParametro: {"nome": "validade_dias"},
    DecidirPeloLink: {"conteudo": "a" * 64, "endereco": "127.0.0.1"},
    TransferirEstoque: {"para": 8},
    UsarCodigo: {"codigo": "123456"},
    **{caso: {"mes": None} for caso in DO_PERIODO},
}


def exemplo(tipo: Any, *, cheio: bool = True) -> Any:
    """Um valor do tipo; sem `cheio`, o que pode faltar falta."""
    origem, partes = get_origin(tipo), get_args(tipo)
    if origem is Annotated:
        return MARCAS[partes[1]]
    if origem in (Union, UnionType):
        return None if NoneType in partes and not cheio else exemplo(partes[0], cheio=cheio)
    if origem is tuple:
        return (exemplo(partes[0], cheio=cheio),) if cheio else ()
    if origem is not None:
        return _generico(origem, partes[0], cheio=cheio)
    if is_dataclass(tipo):
        return _objeto(tipo, cheio=cheio)
    return [*tipo][-1] if issubclass(tipo, Opcao) else SIMPLES[tipo]


def _generico(origem: Any, parte: Any, *, cheio: bool) -> Any:
    (variavel,) = origem.__parameters__
    tipos = get_type_hints(origem, include_extras=True)
    tipos = {nome: _trocar(tipo, variavel, parte) for nome, tipo in tipos.items()}
    return origem(**{nome: exemplo(tipo, cheio=cheio) for nome, tipo in tipos.items()})


def _trocar(tipo: Any, variavel: Any, parte: Any) -> Any:
    if tipo is variavel:
        return parte
    return tipo[parte] if getattr(tipo, "__parameters__", ()) else tipo


def _objeto(tipo: Any, *, cheio: bool) -> Any:
    tipos = get_type_hints(tipo, include_extras=True)
    fixos = DO_CASO.get(tipo, {})
    conhecidos = CAMPOS | fixos
    return tipo(
        **{
            campo.name: conhecidos[campo.name]
            if campo.name in conhecidos
            else exemplo(tipos[campo.name], cheio=cheio)
            for campo in fields(tipo)
            if cheio or campo.default is MISSING or campo.name in fixos
        }
    )
