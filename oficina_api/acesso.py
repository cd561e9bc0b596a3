"""Quem pede: do token ao sujeito, e da prova ao token.

O papel não está no token: o banco o diz a cada pedido, e por isso a demissão vale na hora.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request, Response
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse

from oficina_api.lugares import Lugares
from oficina_api.origem import daqui, de_onde, host
from oficina_api.pedidos import ler_objeto, receber
from oficina_api.tokens import Tokens
from oficina_core import senhas
from oficina_core.casos import traducao
from oficina_core.casos.entrada import IdentificarPorCpf, PedirCodigo, UsarCodigo, exigir_vez
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.acesso import Sujeito, TipoAtor
from oficina_core.dominio.erros import DadoInvalido, ErroOficina, Indisponivel, NaoIdentificado
from oficina_core.dominio.valores import CPF

Identificar: TypeAlias = Callable[[Request], Awaitable[Sujeito]]

REGISTRO = logging.getLogger(__name__)
CORPO_MAXIMO = 4096
FILA_MAXIMA = 30  # entradas à espera: menos de meio segundo, com as senhas que se conferem juntas
FILA_DE_UM = 3  # das que esperam, quantas de um endereço só
PROVAS = frozenset({"pwd", "otp", "mfa"})  # RFC 8176
SO_CPF = "cpf"
CODIGO_PEDIDO = (
    "Se este CPF é de um cliente com contato, um código vai a ele: entre com o que chegar. "
    "Funcionário entra com a senha."
)


@dataclass(frozen=True, kw_only=True)
class Credenciais:
    """Quem diz ser, e a prova: a senha do funcionário ou o código do cliente."""

    cpf: str
    senha: str | None = field(default=None, repr=False)
    codigo: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.senha is not None and self.codigo is not None:
            raise DadoInvalido("Mande senha ou codigo, um dos dois.", "senha")
        CPF(self.cpf)


def identificador(tokens: Tokens, *, somente_cpf: bool = False) -> Identificar:
    """A dependência que diz em nome de quem o pedido chega.

    Sem prova de posse em `amr` só se vê o andamento (`cpf:…`); `somente_cpf` é o desenvolvimento,
    em que o CPF basta. Só ocupa um fio se as chaves podem ter de vir da rede.
    """
    provas = {*PROVAS, SO_CPF} if somente_cpf else PROVAS

    async def identificar(request: Request) -> Sujeito:
        tipo, _, token = request.headers.get("Authorization", "").partition(" ")
        if tipo.lower() != "bearer" or not token:
            raise NaoIdentificado(
                "Falta dizer quem pede: mande em Authorization: Bearer o token de POST /auth."
            )
        em_fio = tokens.chaves.vem_da_rede
        lido = await to_thread.run_sync(tokens.ler, token) if em_fio else tokens.ler(token)
        sujeito = replace(Sujeito.de(lido.sub), desde=lido.iat)
        if sujeito.cpf is None and not provas & {*lido.amr}:
            raise NaoIdentificado("Entre de novo: o token não prova quem é.")
        return sujeito

    return identificar


def instalar(app: FastAPI, oficina: Oficina, tokens: Tokens, *, somente_cpf: bool = False) -> None:
    """Publica POST /auth; `somente_cpf` só quando se desenvolve, e só para a própria máquina.

    Os fios são seus: uma senha leva vinte vezes o tempo de outro pedido, e quem a confere não pode
    tomar o lugar de quem já entrou.
    """
    fios = CapacityLimiter(senhas.JUNTOS)
    entrando = Lugares()

    async def atender(request: Request) -> Response:
        corpo = await receber(request, CORPO_MAXIMO)
        if fios.statistics().tasks_waiting >= FILA_MAXIMA:
            raise Indisponivel("Há gente demais entrando; espere um pouco e tente de novo.")
        origem = de_onde(host(request))
        if entrando.de(origem) >= senhas.JUNTOS + FILA_DE_UM:
            raise Indisponivel("Há gente demais entrando daí; espere um pouco e tente de novo.")
        with entrando.tomar(origem):
            return await to_thread.run_sync(entrar, request, corpo, origem, limiter=fios)

    def entrar(request: Request, corpo: bytes, origem: str) -> Response:
        credenciais: Credenciais = traducao.ler(Credenciais, ler_objeto(request, corpo))
        if credenciais.senha is not None:
            quem = senhas.entrar(oficina, credenciais.cpf, credenciais.senha, origem)
            return _dar_token(tokens, quem, "pwd")
        if credenciais.codigo is not None:
            usar = UsarCodigo(cpf=credenciais.cpf, codigo=credenciais.codigo, origem=origem)
            return _dar_token(tokens, _do_codigo(oficina, usar), "otp")
        if somente_cpf and daqui(request):
            pessoa = oficina.executar(IdentificarPorCpf(cpf=credenciais.cpf))
            return _dar_token(tokens, pessoa.sujeito, SO_CPF)
        pedir = partial(_pedir_codigo, oficina, PedirCodigo(cpf=credenciais.cpf, origem=origem))
        # Depois da resposta: o tempo dela não diz se o CPF é de alguém.
        return JSONResponse({"detail": CODIGO_PEDIDO}, 202, background=BackgroundTask(pedir))

    app.add_api_route("/auth", atender, methods=["POST"])


def _dar_token(tokens: Tokens, sujeito: Sujeito, prova: str) -> Response:
    token, segundos = tokens.emitir(str(sujeito), prova)
    return JSONResponse({"access_token": token, "token_type": "bearer", "expires_in": segundos})


def _do_codigo(oficina: Oficina, usar: UsarCodigo) -> Sujeito:
    veredito = oficina.executar(usar)
    exigir_vez(veredito.espera)
    if veredito.cliente_id is None:
        raise NaoIdentificado("O código não confere, já foi usado ou venceu; peça outro.")
    return Sujeito(tipo=TipoAtor.CLIENTE, id=veredito.cliente_id)


def _pedir_codigo(oficina: Oficina, pedir: PedirCodigo) -> None:
    try:
        oficina.executar(pedir)
    except ErroOficina as erro:
        REGISTRO.error("Código por mandar: %s.", erro.codigo)
