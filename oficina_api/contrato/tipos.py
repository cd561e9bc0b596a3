"""Os esquemas do contrato, tirados dos mesmos tipos que o tradutor lê e escreve."""

from collections.abc import Collection, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date, datetime
from inspect import getdoc
from types import NoneType, UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from oficina_api.contrato.dicionario import CODIGO, GERAL, LIMITES, PEDIR, explicar, procurar
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Efeito, Simulacao
from oficina_core.dominio.dinheiro import CEM, QUANTIDADE_MAXIMA, REAIS_MAXIMO
from oficina_core.dominio.valores import Opcao

Json: TypeAlias = dict[str, Any]

TEXTO: Json = {"type": "string"}
SIMPLES: Mapping[Any, Json] = {
    int: {"type": "integer", "format": "int64"},
    str: TEXTO,
    bool: {"type": "boolean"},
    date: TEXTO | {"format": "date"},
    datetime: TEXTO | {"format": "date-time"},
    NoneType: {"type": "null"},
}
MANDADO: Mapping[str, Json] = {
    "reais": {"minimum": 0, "maximum": float(REAIS_MAXIMO)},
    "quantidade": {"minimum": 0.001, "maximum": QUANTIDADE_MAXIMA},
}
# O mesmo em texto: até 99999999.99 reais, até 1000000 de quantidade, e zeros de sobra.
REAIS = r"0{0,4}[0-9]{1,8}(?:\.[0-9]{1,2}0{0,10})?"
NAO_NEGATIVA = r"0{0,5}(?:1000000(?:\.0{1,12})?|[0-9]{1,6}(?:\.[0-9]{1,3}0{0,9})?)"
POSITIVA = (
    r"(?:0{0,5}1000000(?:\.0{1,12})?|0{0,6}[1-9][0-9]{0,5}(?:\.[0-9]{1,3}0{0,9})?"
    r"|0{1,12}\.(?:[1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9])0{0,9})"
)
PORCENTAGEM = r"0{0,9}(?:100(?:\.0{1,12})?|[0-9]{1,2}(?:\.[0-9]{1,3}0{0,9})?)"
RECEBIDO: Mapping[str, Json] = {
    "reais": TEXTO | {"pattern": r"^-?[0-9]+\.[0-9]{2}$"},
    "quantidade": {"type": "number"},
}
CABEM = {  # o que cada tipo de JSON aceita de um limite
    "string": {"minLength", "maxLength", "pattern", "format", "enum"},
    "integer": {"minimum", "maximum"},
    "number": {"minimum", "maximum"},
    "array": {"minItems", "maxItems"},
}
REFERENCIA = {"minimum": 1} | CODIGO  # as que vão em lista, de serviços, peças e kits
NUMERADOS = ("id", "versao", "linha", "revisao", "estorno_de", "complementar_de")


@dataclass(frozen=True)
class Esquemas:
    """Um lado do contrato: o que se manda, com os limites, ou o que se recebe.

    Os tipos que têm nome se guardam em `componentes`, e deles fica a citação.
    """

    componentes: Json
    mandado: bool

    def de(self, tipo: Any, limites: Json | None = None) -> Json:
        """O esquema de um tipo, dentro dos limites que o campo tem."""
        origem, partes = get_origin(tipo), get_args(tipo)
        if origem is Annotated:
            return self._marcado(partes[1], limites or {})
        if origem in (Union, UnionType):
            return _unir([self.de(parte, limites) for parte in partes])
        if origem in (tuple, Pagina):
            lista = {"type": "array", "items": self.de(partes[0], REFERENCIA)}
            return _limitar(lista, limites or {})
        if origem is Simulacao:
            return self._simulacao(partes[0])
        if tipo in SIMPLES:
            return _limitar(SIMPLES[tipo], limites or {})
        return self._citar(tipo)

    def objeto(self, tipo: Any, fora: Collection[str] = ()) -> Json:
        """O esquema de um dataclass, sem os campos que viajam em outro lugar."""
        campos = [campo for campo in fields(tipo) if campo.name not in fora]
        texto = getdoc(tipo) or ""
        inventado = texto.startswith(f"{tipo.__name__}(")  # o que o dataclass escreve sozinho
        return {
            "type": "object",
            **({} if inventado else {"description": texto}),
            "properties": {campo.name: self.campo(tipo, campo) for campo in campos},
            "required": [c.name for c in campos if not self.mandado or exigido(c)],
            "additionalProperties": False,
        }

    def campo(self, dono: Any, campo: Field[Any]) -> Json:
        """O esquema de um campo, com o padrão e a explicação dele."""
        tipo = get_type_hints(dono, include_extras=True)[campo.name]
        esquema = self.de(tipo, self._limites(dono, campo.name, tipo))
        if self.mandado and isinstance(campo.default, bool | int | str):
            esquema = esquema | {"default": campo.default}
        if texto := explicar(dono, campo.name, PEDIR if self.mandado else GERAL):
            esquema = esquema | {"description": texto}
        return esquema

    def _limites(self, dono: Any, campo: str, tipo: Any) -> Json:
        aceitos = {tipo, *get_args(tipo)}
        base: Json = {}
        if int in aceitos:
            base["minimum"] = int(campo in NUMERADOS or campo.endswith("_id"))
        proprios = procurar(LIMITES, dono.__name__, campo) or {}
        if {NoneType, str} == aceitos - {tipo} and "pattern" in proprios:  # vazio é não dito
            proprios = proprios | {"pattern": f"^$|{proprios['pattern']}"}
        return base | proprios if self.mandado or "maxItems" in proprios else base

    def _marcado(self, marca: str, limites: Json) -> Json:
        if marca == "segredo":
            return _limitar(TEXTO, limites)
        if not self.mandado:
            return RECEBIDO[marca]
        faixa = MANDADO[marca] | limites
        return {"anyOf": [{"type": "number", **faixa}, TEXTO | {"pattern": _escrito(marca, faixa)}]}

    def _simulacao(self, resultado: Any) -> Json:
        """O mesmo envelope em volta de cada resposta, com um nome para cada uma."""
        nome = f"Simulacao{resultado.__name__}"
        propriedades = {"resultado": self.de(resultado), "efeitos": self.de(tuple[Efeito, ...])}
        self.componentes[nome] = {
            "type": "object",
            "description": getdoc(Simulacao),
            "properties": propriedades,
            "required": [*propriedades],
            "additionalProperties": False,
        }
        return {"$ref": f"#/components/schemas/{nome}"}

    def _citar(self, tipo: Any) -> Json:
        nome = tipo.__name__
        if nome not in self.componentes:
            opcao = issubclass(tipo, Opcao)
            self.componentes[nome] = _opcao(tipo) if opcao else self.objeto(tipo)
        return {"$ref": f"#/components/schemas/{nome}"}


def _escrito(marca: str, faixa: Json) -> str:
    """A expressão do número que vem em texto, dentro da mesma faixa."""
    menor = faixa["minimum"]
    if marca == "reais":
        numero = rf"(?!0+(?:\.0+)?$){REAIS}" if menor else REAIS
    elif faixa["maximum"] == CEM:
        numero = PORCENTAGEM
    else:
        numero = POSITIVA if menor else NAO_NEGATIVA
    return f"^{'-?' if menor < 0 else ''}{numero}$"


def exigido(campo: Field[Any]) -> bool:
    return campo.default is MISSING and campo.default_factory is MISSING


def _limitar(esquema: Json, limites: Json) -> Json:
    cabem = CABEM.get(esquema["type"], set())
    return esquema | {nome: limite for nome, limite in limites.items() if nome in cabem}


def _unir(esquemas: list[Json]) -> Json:
    """Um ou outro; o que só pode faltar se diz no próprio tipo, que se lê melhor."""
    *outros, ultimo = esquemas
    if ultimo == SIMPLES[NoneType] and len(outros) == 1 and "type" in outros[0]:
        return outros[0] | {"type": [outros[0]["type"], "null"]}
    return {"anyOf": esquemas}


def _opcao(tipo: type[Opcao]) -> Json:
    rotulos = "; ".join(f"`{opcao.value}`: {opcao.rotulo}" for opcao in tipo)
    return {"type": "string", "enum": [opcao.value for opcao in tipo], "description": rotulos}
