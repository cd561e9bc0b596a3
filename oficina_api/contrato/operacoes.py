"""Cada caso do catálogo como operação do contrato: parâmetros, corpo, respostas e exemplos."""

from dataclasses import fields, is_dataclass
from inspect import getdoc
from typing import Any, get_origin

from oficina_api.contrato import amostras, recusas
from oficina_api.contrato.comuns import assunto, cabecalhos, citar
from oficina_api.contrato.dicionario import CAMINHO, PEDIR, explicar
from oficina_api.contrato.tipos import Esquemas, Json, exigido
from oficina_core.casos.paginas import LIMITE_MAXIMO, Pagina
from oficina_core.casos.portas import Simulacao
from oficina_core.catalogo import CORPO, MIB, Rota
from oficina_core.texto import lista

SIMULACAO: Any = Simulacao
OK = 200
ALCANCES = {
    "PROPRIOS": " (só o que é seu)",
    "ATRIBUIDOS": " (o que é seu ou ainda não é de ninguém)",
    "IDENTIFICADO": " (só o andamento)",
}


def operacao(rota: Rota, componentes: Json) -> Json:
    """A operação de um caso; o que ela cita vai para `componentes`."""
    resumo, _, resto = (getdoc(rota.caso) or "").partition("\n")
    contrato: Json = {
        "tags": [assunto(rota.caminho)],
        "operationId": rota.caso.__name__,
        "summary": resumo.removesuffix("."),
        "description": f"{resto}\n\n{_quem(rota)}{_tamanho(rota)}".strip(),
        "parameters": _parametros(rota, componentes),
    }
    if rota.verbo != "GET":
        contrato["requestBody"] = _corpo(rota, componentes)
    return contrato | {"responses": _respostas(rota, componentes)}


def _quem(rota: Rota) -> str:
    papeis = [f"{p.rotulo}{ALCANCES.get(a.name, '')}" for p, a in rota.papeis.items()]
    return f"**Quem pode:** {lista(papeis)}."


def _tamanho(rota: Rota) -> str:
    return f" **Corpo:** até {rota.limite // MIB} MiB." if rota.limite > CORPO else ""


def _parametros(rota: Rota, componentes: Json) -> list[Json]:
    campos = {campo.name: campo for campo in fields(rota.caso)}  # type: ignore[arg-type]
    parametros = [_parametro("path", rota, nome, componentes) for nome in sorted(rota.no_caminho)]
    nomes = ["Loja", "Numero"]
    if rota.verbo == "GET":
        consulta = [nome for nome in campos if nome not in rota.no_caminho]
        parametros += [_parametro("query", rota, nome, componentes) for nome in consulta]
        nomes.insert(0, "Guardada")
    if versao := campos.get("versao"):
        nomes.insert(0, "Versao" if exigido(versao) else "VersaoOpcional")
    if rota.escreve:
        nomes = ["Simular", "Chave", *nomes]
    return parametros + [citar("parameters", nome) for nome in nomes]


def _parametro(onde: str, rota: Rota, nome: str, componentes: Json) -> Json:
    """Só o do endereço traz exemplo: o da consulta, preenchido sem querer, filtraria a lista."""
    campo = next(c for c in fields(rota.caso) if c.name == nome)  # type: ignore[arg-type]
    esquema = Esquemas(componentes, mandado=True).campo(rota.caso, campo)
    esquema.pop("description", None)
    parametro = {"in": onde, "name": nome, "schema": esquema}
    if texto := explicar(rota.caso, nome, CAMINHO if onde == "path" else PEDIR):
        parametro["description"] = texto
    if onde == "path":
        parametro["example"] = amostras.parametro(rota.caso, nome)
    return parametro | {"required": onde == "path" or exigido(campo)}


def _corpo(rota: Rota, componentes: Json) -> Json:
    fora = rota.no_caminho | {"versao"}
    esquema = Esquemas(componentes, mandado=True).objeto(rota.caso, fora)
    esquema.pop("description")  # é a da operação
    conteudo = {"schema": esquema, "example": amostras.pedido(rota.caso, fora)}
    return {"required": bool(esquema["required"]), "content": {"application/json": conteudo}}


def _respostas(rota: Rota, componentes: Json) -> Json:
    recebido = Esquemas(componentes, mandado=False)
    respostas = {rota.status: _feito(rota, recebido)}
    if rota.verbo == "GET":
        respostas[304] = citar("responses", "NaoMudou")
    if rota.escreve:
        simulado = _simulado(rota, recebido)
        respostas[200] = _juntar(respostas[200], simulado) if rota.status == OK else simulado
    feitas = {str(status): respostas[status] for status in sorted(respostas)}
    return feitas | recusas.da_rota(rota)


def _feito(rota: Rota, recebido: Esquemas) -> Json:
    esquema = recebido.de(rota.resultado)
    exemplos = {"feito": {"summary": "Feito", "value": amostras.feito(rota)}}
    if get_origin(rota.resultado) is Pagina:
        cheia = esquema | {"maxItems": LIMITE_MAXIMO}
        return _resposta("Uma página da lista.", cheia, exemplos, "ETag", "Link", "X-Total")
    quando = "O que se pediu." if rota.verbo == "GET" else "Feito."
    nomes = ("ETag",) if rota.verbo == "GET" or _tem_versao(rota) else ()
    return _resposta(quando, esquema, exemplos, *nomes)


def _simulado(rota: Rota, recebido: Esquemas) -> Json:
    exemplo = {"summary": "Simulado", "value": amostras.simulacao(rota)}
    esquema = recebido.de(SIMULACAO[rota.resultado])
    return _resposta("Com `simular=true`: o que aconteceria.", esquema, {"simulado": exemplo})


def _juntar(feito: Json, simulado: Json) -> Json:
    """As duas respostas que dividem o 200."""
    um, outro = feito["content"]["application/json"], simulado["content"]["application/json"]
    conteudo = {
        "schema": {"oneOf": [um["schema"], outro["schema"]]},
        "examples": um["examples"] | outro["examples"],
    }
    descricao = "Feito; com `simular=true`, o que aconteceria."
    return feito | {"description": descricao, "content": {"application/json": conteudo}}


def _resposta(quando: str, esquema: Json, exemplos: Json, *nomes: str) -> Json:
    return {
        "description": quando,
        "headers": cabecalhos(*nomes),
        "content": {"application/json": {"schema": esquema, "examples": exemplos}},
    }


def _tem_versao(rota: Rota) -> bool:
    return is_dataclass(rota.resultado) and "versao" in rota.resultado.__dataclass_fields__
