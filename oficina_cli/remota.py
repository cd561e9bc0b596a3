"""A oficina que atende pela API HTTP."""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from socket import SHUT_RDWR, socket
from time import sleep
from typing import Any, Self, get_args, get_origin, get_type_hints
from urllib.parse import quote
from uuid import uuid4

import httpx2

from oficina_cli import SO_DIRETO
from oficina_cli.problemas import (
    ESTRANHA,
    espera_pedida,
    falha_do_tls,
    nao_se_entende,
    reerguer,
    sem_tls,
)
from oficina_cli.transmissao import Mensagem, Transmissao, ler_mensagens
from oficina_core.casos import traducao
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Pedido, R, Simulacao
from oficina_core.catalogo import ROTAS, Rota
from oficina_core.dominio.erros import DadoInvalido, Indisponivel, NaoIdentificado
from oficina_core.enderecos import propria_maquina

PRAZO = httpx2.Timeout(30, connect=3)
PRAZO_DA_ESCUTA = httpx2.Timeout(30, connect=3, read=20)  # sem novidade, a API fala a cada 15 s

TRANSMISSAO = "text/event-stream"

ESPERAS = (0.2, 0.8)  # segundos entre as tentativas, mais um sorteio
ESPERA_MAXIMA = 5  # quem manda esperar mais que isso já respondeu que não
PASSAGEIROS = frozenset({429, 502, 503, 504})
QUEDAS = (httpx2.NetworkError, httpx2.RemoteProtocolError, httpx2.ConnectTimeout)

SIMULACAO: Any = Simulacao


def origem(url: str) -> str:
    """`https://oficina.exemplo.com.br`: a quem um token se dá; DadoInvalido se não é de API."""
    endereco = _endereco(url)
    return f"{endereco.scheme}://{endereco.netloc.decode()}"


def exigir_protegida(url: str) -> None:
    """Levanta DadoInvalido se o que se manda seria lido no caminho: sem TLS, saindo da máquina."""
    endereco = _endereco(url)
    if endereco.scheme != "https" and not propria_maquina(endereco.host):
        raise DadoInvalido(
            "Sem TLS, a senha e o token iriam às claras pela rede; use https:// no endereço da "
            "API (http:// só serve na própria máquina).",
            "api",
        )


def _endereco(url: str) -> httpx2.URL:
    try:
        endereco = httpx2.URL(url)
    except httpx2.InvalidURL:
        endereco = httpx2.URL("")
    if endereco.scheme not in ("http", "https") or not endereco.host or endereco.userinfo:
        raise DadoInvalido(
            "O endereço da API é como https://oficina.exemplo.com.br, ou http://localhost:8000 na "
            "própria máquina, sem usuário nem senha.",
            "api",
        )
    return endereco


def perguntar(url: str, caminho: str) -> tuple[dict[str, Any], datetime | None]:
    """O que a API diz de si a qualquer um nesse caminho, e que horas são nela."""
    oficina = OficinaRemota.em(url)
    try:
        return oficina.dizer(caminho)
    finally:
        oficina.fechar()


@dataclass(frozen=True)
class Entrada:
    """O token de quem entrou; ou nenhum, e o que a API disse de como continuar."""

    token: str | None = field(default=None, repr=False)
    aviso: str = ""


class OficinaRemota:
    """Transforma cada pedido em uma chamada HTTP, conforme o catálogo.

    Insiste quando a rede ou a API tropeça: quem grava leva sempre uma chave, e a API atende cada
    chave uma vez só. `como_entrar` é o que se diz a quem ela não identifica: sozinho se não entrou,
    ou depois do que ela disse da entrada.
    """

    def __init__(self, http: httpx2.Client, como_entrar: str = "") -> None:
        self._http, self._como_entrar = http, como_entrar

    @classmethod
    def em(cls, url: str, token: str | None = None, como_entrar: str = "") -> Self:
        """A oficina nesse endereço; na própria máquina, sem passar pelo proxy do ambiente.

        Levanta DadoInvalido se o token iria às claras pela rede.
        """
        endereco = _endereco(url)
        if token is not None:
            exigir_protegida(url)
        cabecalhos = {} if token is None else {"Authorization": f"Bearer {token}"}
        return cls(_cliente(endereco, cabecalhos), como_entrar)

    def executar(self, caso: CasoDeUso[R], pedido: Pedido = PEDIDO, /) -> R:
        rota = ROTAS[type(caso)]
        resultado: R = _ler(rota.resultado, self._pedir(rota, caso, pedido))
        return resultado

    def simular(self, caso: CasoDeUso[R], pedido: Pedido = PEDIDO, /) -> Simulacao[R]:
        rota = ROTAS[type(caso)]
        resposta = self._pedir(rota, caso, pedido, simular=True)
        simulacao: Simulacao[R] = _ler(SIMULACAO[rota.resultado], resposta)
        return simulacao

    def entrar(self, dados: dict[str, str]) -> Entrada:
        """Troca o CPF e a prova por um token. Uma vez só: cada tentativa conta."""
        resposta = self._responder(lambda: self._http.request("POST", "/auth", json=dados))
        try:
            corpo = traducao.carregar(resposta.content)
            if resposta.status_code == HTTPStatus.ACCEPTED:
                return Entrada(aviso=str(corpo["detail"]))
            return Entrada(token=_token(corpo["access_token"]))
        except ESTRANHA as erro:
            raise nao_se_entende(resposta.headers) from erro

    def dizer(self, caminho: str) -> tuple[dict[str, Any], datetime | None]:
        """O objeto que há nesse caminho, e a hora da resposta, se ela a traz."""
        resposta = self._responder(lambda: self._http.request("GET", caminho))
        try:
            return dict(traducao.carregar(resposta.content)), _hora(resposta)
        except ESTRANHA as erro:
            raise nao_se_entende(resposta.headers) from erro

    @contextmanager
    def acompanhar(
        self, desde: str | None = None, loja: int | None = None
    ) -> Iterator[Transmissao]:
        """O que acontece na oficina, na hora; `desde` é o id da última mensagem que se ouviu.

        A que cai no meio só acaba: quem acompanha volta, e a volta diz se a API caiu. Levanta
        Indisponivel, ao abrir ou ao ler, se quem fala não parece ela.
        """
        cabecalhos = {"Accept": TRANSMISSAO}
        if desde is not None:
            cabecalhos["Last-Event-ID"] = desde
        if loja is not None:
            cabecalhos["X-Loja"] = str(loja)
        try:
            with self._http.stream(
                "GET", "/eventos", headers=cabecalhos, timeout=PRAZO_DA_ESCUTA
            ) as resposta:
                if not resposta.is_success:
                    resposta.read()
                self._exigir_sucesso(resposta)
                if not resposta.headers.get("Content-Type", "").startswith(TRANSMISSAO):
                    raise nao_se_entende(resposta.headers)
                yield Transmissao(_mensagens(resposta), lambda: _cortar(resposta))
        except httpx2.HTTPError as erro:
            raise self._falta(erro) from erro

    def fechar(self) -> None:
        self._http.close()

    def _pedir(
        self, rota: Rota, caso: CasoDeUso[Any], pedido: Pedido, **consulta: bool
    ) -> httpx2.Response:
        if not rota.verbo:
            raise DadoInvalido(SO_DIRETO)
        campos = traducao.escrever(caso)
        endereco = {nome: quote(str(campos.pop(nome)), safe="") for nome in rota.no_caminho}
        envio: dict[str, Any] = {"headers": _cabecalhos(rota, pedido, campos.pop("versao", None))}
        if rota.verbo == "GET":
            envio["params"] = _consulta(rota, campos) | consulta
        else:
            envio |= {"params": consulta, "json": campos}
        caminho = rota.caminho.format(**endereco)
        return self._responder(lambda: self._insistir(rota.verbo, caminho, **envio))

    def _responder(self, pedir: Callable[[], httpx2.Response]) -> httpx2.Response:
        try:
            resposta = pedir()
        except httpx2.HTTPError as erro:
            raise self._falta(erro) from erro
        self._exigir_sucesso(resposta)
        return resposta

    def _exigir_sucesso(self, resposta: httpx2.Response) -> None:
        """Levanta o erro que a API disse, se o disse."""
        if resposta.is_success:
            return
        recusa = reerguer(resposta.status_code, resposta.content, resposta.headers)
        if isinstance(recusa, NaoIdentificado) and self._como_entrar:
            if "Authorization" not in self._http.headers:
                raise NaoIdentificado(self._como_entrar)
            recusa.detalhes = (*recusa.detalhes, self._como_entrar)
        raise recusa

    def _falta(self, erro: httpx2.HTTPError) -> Indisponivel:
        if isinstance(erro, httpx2.ReadTimeout):
            return Indisponivel(
                "A API da oficina não respondeu a tempo, e ainda pode atender o pedido."
            )
        base = self._http.base_url
        if falha := falha_do_tls(erro):
            return sem_tls(falha, base.host)
        return Indisponivel(
            f"A API da oficina não respondeu em {base.netloc.decode()}; confira o endereço e a "
            "rede, e tente de novo."
        )

    def _insistir(self, verbo: str, caminho: str, **envio: Any) -> httpx2.Response:
        for espera in ESPERAS:
            pausa = 0
            try:
                resposta = self._http.request(verbo, caminho, **envio)
            except QUEDAS as erro:
                if falha_do_tls(erro):
                    raise
            else:
                pausa = espera_pedida(resposta.headers)
                if resposta.status_code not in PASSAGEIROS or pausa > ESPERA_MAXIMA:
                    return resposta
            sleep(max(espera, pausa) * random.uniform(1, 1.5))  # noqa: S311
        return self._http.request(verbo, caminho, **envio)


def _cliente(endereco: httpx2.URL, cabecalhos: dict[str, str]) -> httpx2.Client:
    try:
        return httpx2.Client(
            base_url=endereco,
            headers=cabecalhos,
            timeout=PRAZO,
            trust_env=not propria_maquina(endereco.host),
        )
    except (OSError, ValueError) as erro:
        raise DadoInvalido(
            "O proxy ou os certificados que o ambiente diz (HTTPS_PROXY, SSL_CERT_FILE) não "
            "servem; confira-os."
        ) from erro


def _mensagens(resposta: httpx2.Response) -> Iterator[Mensagem]:
    try:
        yield from ler_mensagens(resposta.iter_bytes())
    except httpx2.TransportError:
        return
    except (*ESTRANHA, httpx2.DecodingError) as erro:
        raise nao_se_entende(resposta.headers) from erro


def _cortar(resposta: httpx2.Response) -> None:
    """Desliga o soquete: fechá-lo de outro fio não acorda quem lê."""
    rede = resposta.extensions.get("network_stream")
    soquete = rede.get_extra_info("socket") if rede else None
    if isinstance(soquete, socket):
        with suppress(OSError):
            socket.shutdown(soquete, SHUT_RDWR)  # o do TLS esqueceria a cifra de quem lê


def _token(dito: Any) -> str:
    """O token, se cabe em um cabeçalho; ValueError ou TypeError se não é um."""
    if not re.fullmatch("[!-~]+", dito):
        raise ValueError
    return str(dito)


def _hora(resposta: httpx2.Response) -> datetime | None:
    dita = resposta.headers.get("Date")
    return None if dita is None else parsedate_to_datetime(dita).replace(tzinfo=UTC)


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


def _ler(tipo: Any, resposta: httpx2.Response) -> Any:
    """O resultado; o de uma lista se monta com o que veio nos cabeçalhos."""
    try:
        corpo = traducao.carregar(resposta.content)
        if get_origin(tipo) is Pagina:
            total = resposta.headers.get("X-Total")
            corpo = {"itens": corpo, "proximo": _proximo(resposta), "total": total and int(total)}
        return traducao.ler(tipo, corpo)
    except ESTRANHA as erro:
        raise nao_se_entende(resposta.headers) from erro


def _proximo(resposta: httpx2.Response) -> str | None:
    url = resposta.links.get("next", {}).get("url")
    return None if url is None else httpx2.URL(url).params.get("cursor")
