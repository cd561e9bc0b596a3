"""A oficina que atende pela API HTTP."""

import random
import re
from collections.abc import Iterator
from contextlib import suppress
from time import sleep
from typing import Any, Self, get_args, get_origin, get_type_hints
from urllib.parse import quote
from uuid import uuid4

import httpx2

from oficina_core.casos import traducao
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Pedido, R, Simulacao
from oficina_core.catalogo import ROTAS, Rota
from oficina_core.dominio.erros import DadoInvalido, ErroOficina, Indisponivel

PRAZO = httpx2.Timeout(30, connect=3)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

ESPERAS = (0.2, 0.8)  # segundos entre as tentativas, mais um sorteio
ESPERA_MAXIMA = 5  # quem manda esperar mais que isso já respondeu que não
PASSAGEIROS = frozenset({429, 502, 503, 504})
QUEDAS = (httpx2.NetworkError, httpx2.RemoteProtocolError, httpx2.ConnectTimeout)

# O que se levanta ao ler uma resposta que não é da API.
ESTRANHA = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError)
SIMULACAO: Any = Simulacao


class OficinaRemota:
    """Transforma cada pedido em uma chamada HTTP, conforme o catálogo.

    Insiste quando a rede ou a API tropeça: quem grava leva sempre uma chave, e a API atende cada
    chave uma vez só.
    """

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http

    @classmethod
    def em(cls, url: str, token: str | None = None) -> Self:
        """A oficina nesse endereço; na própria máquina, sem passar pelo proxy do ambiente."""
        try:
            endereco = httpx2.URL(url)
        except httpx2.InvalidURL:
            endereco = httpx2.URL("")
        if endereco.scheme not in ("http", "https") or not endereco.host:
            raise DadoInvalido("O endereço da API é como https://oficina.exemplo.com.br.", "api")
        return cls(
            httpx2.Client(
                base_url=endereco,
                headers={} if token is None else {"Authorization": f"Bearer {token}"},
                timeout=PRAZO,
                trust_env=endereco.host not in LOOPBACK,
            )
        )

    def executar(self, caso: CasoDeUso[R], pedido: Pedido = PEDIDO, /) -> R:
        rota = ROTAS[type(caso)]
        resultado: R = _ler(rota.resultado, self._pedir(rota, caso, pedido))
        return resultado

    def simular(self, caso: CasoDeUso[R], pedido: Pedido = PEDIDO, /) -> Simulacao[R]:
        rota = ROTAS[type(caso)]
        resposta = self._pedir(rota, caso, pedido, simular=True)
        simulacao: Simulacao[R] = _ler(SIMULACAO[rota.resultado], resposta)
        return simulacao

    def fechar(self) -> None:
        self._http.close()

    def _pedir(
        self, rota: Rota, caso: CasoDeUso[Any], pedido: Pedido, **consulta: bool
    ) -> httpx2.Response:
        campos = traducao.escrever(caso)
        endereco = {nome: quote(str(campos.pop(nome)), safe="") for nome in rota.no_caminho}
        envio: dict[str, Any] = {"headers": _cabecalhos(rota, pedido, campos.pop("versao", None))}
        if rota.verbo == "GET":
            envio["params"] = _consulta(rota, campos) | consulta
        else:
            envio |= {"params": consulta, "json": campos}
        try:
            resposta = self._insistir(rota.verbo, rota.caminho.format(**endereco), **envio)
        except httpx2.HTTPError as erro:
            raise self._falta(erro) from erro
        if not resposta.is_success:
            raise _erro(resposta)
        return resposta

    def _falta(self, erro: httpx2.HTTPError) -> Indisponivel:
        if isinstance(erro, httpx2.ReadTimeout):
            return Indisponivel(
                "A API da oficina não respondeu a tempo; se o pedido grava, ele pode ter sido "
                "atendido: confira antes de repetir."
            )
        return Indisponivel(
            f"A API da oficina não respondeu em {self._http.base_url.host}; confira o endereço e a "
            "rede, e tente de novo."
        )

    def _insistir(self, verbo: str, caminho: str, **envio: Any) -> httpx2.Response:
        for espera in ESPERAS:
            pausa = 0
            with suppress(*QUEDAS):
                resposta = self._http.request(verbo, caminho, **envio)
                pausa = _pausa(resposta)
                if resposta.status_code not in PASSAGEIROS or pausa > ESPERA_MAXIMA:
                    return resposta
            sleep(max(espera, pausa) * random.uniform(1, 1.5))  # noqa: S311
        return self._http.request(verbo, caminho, **envio)


def _cabecalhos(rota: Rota, pedido: Pedido, versao: int | None) -> dict[str, str]:
    cabecalhos = {
        "Idempotency-Key": pedido.chave or (str(uuid4()) if rota.escreve else None),
        "X-Request-ID": pedido.requisicao,
        "X-Loja": None if pedido.loja is None else str(pedido.loja),
        "If-Match": None if versao is None else f'"{versao}-"',
    }
    return {nome: valor for nome, valor in cabecalhos.items() if valor is not None}


def _consulta(rota: Rota, campos: dict[str, Any]) -> dict[str, Any]:
    """O que foi dito; em campo que aceita id ou nome, o nome com cara de número vai entre aspas."""
    tipos = get_type_hints(rota.caso)
    ambiguos = {nome for nome in campos if {int, str} <= {*get_args(tipos[nome])}}
    return {
        nome: f'"{valor}"'
        if nome in ambiguos and isinstance(valor, str) and re.fullmatch(r'-?[0-9]+|".*"', valor)
        else valor
        for nome, valor in campos.items()
        if valor is not None
    }


def _pausa(resposta: httpx2.Response) -> int:
    """Os segundos que a API pediu de espera."""
    pedida = resposta.headers.get("Retry-After", "")
    return int(pedida) if pedida.isdecimal() else 0


def _ler(tipo: Any, resposta: httpx2.Response) -> Any:
    """O resultado; o de uma lista se monta com o que veio nos cabeçalhos."""
    try:
        corpo = traducao.carregar(resposta.content)
        if get_origin(tipo) is Pagina:
            total = resposta.headers.get("X-Total")
            corpo = {"itens": corpo, "proximo": _proximo(resposta), "total": total and int(total)}
        return traducao.ler(tipo, corpo)
    except ESTRANHA as erro:
        raise Indisponivel(
            "A API da oficina respondeu o que este programa não entende; confira o endereço e se "
            "os dois são da mesma versão."
        ) from erro


def _proximo(resposta: httpx2.Response) -> str | None:
    url = resposta.links.get("next", {}).get("url")
    return None if url is None else httpx2.URL(url).params.get("cursor")


def _erro(resposta: httpx2.Response) -> ErroOficina:
    """Reergue deste lado o mesmo erro que a API descreveu."""
    try:
        problema = traducao.carregar(resposta.content)
        tipo = {tipo.codigo: tipo for tipo in _arvore(ErroOficina)}[problema["codigo"]]
        detalhes = tuple(linha["detalhe"] for linha in problema["erros"] if "detalhe" in linha)
        erro = tipo(problema["detail"], detalhes=detalhes)
        if isinstance(erro, DadoInvalido):
            erro.campo = next((linha.get("campo") for linha in problema["erros"]), None)
    except ESTRANHA:
        return Indisponivel(
            f"Quem respondeu (status {resposta.status_code}) não parece a API da oficina; confira "
            "o endereço e tente de novo."
        )
    return erro


def _arvore(erro: type[ErroOficina]) -> Iterator[type[ErroOficina]]:
    """Este erro e os descendentes que têm nome próprio; o dono do código vem por último."""
    for filho in erro.__subclasses__():
        yield from _arvore(filho)
    if "codigo" in vars(erro):
        yield erro
