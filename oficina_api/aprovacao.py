"""A página do cliente: vê o orçamento e o andamento, e responde por linha, sem senha nem script.

O endereço é o segredo. Abrir só mostra (quem filtra e-mail abre os links); quem decide é o POST,
que leva de volta ao GET: atualizar a página não responde outra vez.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.background import BackgroundTasks

from oficina_api.metricas import Metricas
from oficina_api.origem import host
from oficina_api.pedidos import receber
from oficina_api.problemas import CABECALHOS, TipoErrado, requisicao, situar
from oficina_core import texto
from oficina_core.casos.links import (
    RECUSADO_PELO_LINK,
    DecidirPeloLink,
    OrdemDoLink,
    PaginaDoLink,
    VerPeloLink,
)
from oficina_core.casos.orcamentos import LINHAS_MAXIMO, FichaOrcamento
from oficina_core.casos.portas import Oficina, Pedido, Portaria
from oficina_core.dominio.codigo import resumir
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.erros import Conflito, DadoInvalido, ErroOficina, NaoEncontrado
from oficina_core.dominio.orcamento import Meio, StatusItem, TipoItem
from oficina_core.dominio.ordem import StatusOrdem as S

PASTA = Path(__file__).with_name("paginas")
SEGREDO = re.compile("[A-Za-z0-9_-]{43}")
NUMERO = re.compile("[1-9][0-9]{0,17}")
FORMULARIO = "application/x-www-form-urlencoded"
CORPO_MAXIMO = 64 * 1024
CAMPOS_MAXIMO = LINHAS_MAXIMO + 10
RESPOSTAS = ("aprovar", "recusar")

CAMINHO: tuple[tuple[str, tuple[S, ...]], ...] = (
    ("Recebido", (S.RECEBIDA,)),
    ("Orçamento", (S.EM_DIAGNOSTICO, S.AGUARDANDO_APROVACAO)),  # o recusado não desfaz o caminho
    ("Em serviço", (S.EM_EXECUCAO,)),
    ("Pronto", (S.FINALIZADA,)),
    ("Entregue", (S.ENTREGUE,)),
)


@dataclass(frozen=True)
class Passo:
    """Uma parada no caminho do carro; `estado` é feito, agora ou depois."""

    nome: str
    estado: str
    quando: str | None


@dataclass(frozen=True)
class Dito:
    """O que se marcou e escreveu na página, para a resposta que não valeu não se perder."""

    linhas: Collection[str] | None = None  # None se são todas
    motivo: str = ""


NADA_DITO = Dito()


def instalar(app: FastAPI, oficina: Portaria, metricas: Metricas) -> None:
    """Publica /aprovar/{token}: o GET mostra, o POST decide."""

    async def ler_formulario(request: Request) -> bytes:
        return await receber(request, CORPO_MAXIMO)

    def ver(token: str) -> PaginaDoLink:
        return _ver(_do_link(oficina, token))

    def mostrar(token: str) -> Response:
        return _responder(lambda: _desenhar(ver(token)))

    def decidir(
        request: Request, token: str, corpo: Annotated[bytes, Depends(ler_formulario)]
    ) -> Response:
        depois = BackgroundTasks()

        def responder() -> Response:
            balcao, caso = _do_link(oficina, token), _ler_formulario(request, corpo)
            pedido = Pedido(requisicao=requisicao(request))
            if falta_medir := _decidir(metricas, balcao, caso, pedido):
                depois.add_task(falta_medir)
            return Response(status_code=HTTPStatus.SEE_OTHER, headers={"Location": token})

        resposta = _responder(responder, senao=lambda: ver(token), corpo=corpo)
        resposta.background = depois
        return resposta

    def endireitar(token: str) -> Response:
        """O endereço copiado com uma barra a mais ainda é o do link."""
        if not SEGREDO.fullmatch(token):
            return mostrar(token)
        return Response(
            status_code=HTTPStatus.PERMANENT_REDIRECT, headers={"Location": f"../{token}"}
        )

    app.add_api_route("/aprovar/{token}", mostrar, include_in_schema=False)
    app.add_api_route("/aprovar/{token}", decidir, methods=["POST"], include_in_schema=False)
    app.add_api_route("/aprovar/{token}/", endireitar, include_in_schema=False)


def _do_link(oficina: Portaria, token: str) -> Portaria:
    """A oficina em nome de quem tem o link; o que não tem a forma dele nem se procura."""
    if not SEGREDO.fullmatch(token):
        raise NaoEncontrado("Este link não existe; confira o endereço, ou peça outro à oficina.")
    return oficina.como(oficina.link(resumir(token)))


def _ver(oficina: Oficina) -> PaginaDoLink:
    return oficina.executar(VerPeloLink())


def _ler_formulario(request: Request, corpo: bytes) -> DecidirPeloLink:
    tipo = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if tipo != FORMULARIO:
        raise TipoErrado("Responda pela própria página.")
    try:
        campos = _campos(corpo)
    except ValueError:
        raise DadoInvalido("A resposta não chegou inteira; abra o link e responda.") from None
    resposta = campos.get("resposta", [""])[0]
    aprova = resposta == "aprovar"
    linhas = campos.get("linha", []) if aprova else []
    if aprova and not linhas:
        raise DadoInvalido("Marque ao menos uma linha para aprovar, ou recuse tudo.")
    if resposta not in RESPOSTAS or not all(map(NUMERO.fullmatch, linhas)):
        raise DadoInvalido("A resposta não é desta página; abra o link e responda.")
    return DecidirPeloLink(
        linhas=tuple(map(int, linhas)),
        conteudo=campos.get("conteudo", [""])[0],
        endereco=host(request) or "desconhecido",
        motivo=_motivo_dito(campos) or None,
    )


def _campos(corpo: bytes) -> dict[str, list[str]]:
    return parse_qs(corpo.decode(), max_num_fields=CAMPOS_MAXIMO)


def _motivo_dito(campos: Mapping[str, list[str]]) -> str:
    return campos.get("motivo", [""])[0].replace("\r\n", "\n").strip()


def _dito(corpo: bytes) -> Dito:
    try:
        campos = _campos(corpo)
    except ValueError:
        return NADA_DITO
    linhas = frozenset(campos.get("linha", ())) if "resposta" in campos else None
    motivo = "".join(c for c in _motivo_dito(campos) if c == "\n" or texto.inofensivo(c))
    return Dito(linhas=linhas, motivo=motivo)


def _decidir(
    metricas: Metricas, balcao: Portaria, caso: DecidirPeloLink, pedido: Pedido
) -> Callable[[], None] | None:
    """Responde o que falta medir; quem repete a resposta que já deu não se recusa."""
    try:
        return metricas.executar(balcao, caso, pedido)[1]
    except Conflito:
        if _repete(caso, _ver(balcao)):
            return None
        raise


def _repete(caso: DecidirPeloLink, pagina: PaginaDoLink) -> bool:
    """Se a resposta é a que já se deu: o clique foi dobrado, ou a rede perdeu a volta."""
    orcamento = pagina.orcamento
    if orcamento is None or orcamento.decidido_meio is not Meio.LINK:
        return False
    aprovadas = {item.id for item in orcamento.itens if item.status is StatusItem.APROVADO}
    return caso.conteudo == pagina.conteudo and set(caso.linhas) == aprovadas


def _responder(
    fazer: Callable[[], Response],
    senao: Callable[[], PaginaDoLink] | None = None,
    corpo: bytes = b"",
) -> Response:
    """A resposta; se não deu, o motivo no alto e, quando se pode, o que o link mostra agora.

    O que o `corpo` já tinha marcado e escrito fica na página.
    """
    try:
        return fazer()
    except ErroOficina as erro:
        status, _ = situar(erro)
        try:
            pagina = senao() if senao else None
        except ErroOficina:
            pagina = None
        return _desenhar(pagina, recusa=str(erro), status=status, dito=_dito(corpo))


def _desenhar(
    pagina: PaginaDoLink | None, *, recusa: str = "", status: int = 200, dito: Dito = NADA_DITO
) -> Response:
    fuso = ZoneInfo(pagina.fuso) if pagina else None
    orcamento = pagina.orcamento if pagina else None
    html = _modelo().render(
        pagina=pagina,
        recusa=recusa,
        dito=dito,
        cancelado=bool(pagina and pagina.ordem and pagina.ordem.status is S.CANCELADA),
        titulo=f"{pagina.loja}: orçamento" if pagina else "Orçamento",
        fuso=fuso,
        contas=_contas(orcamento) if orcamento else None,
        descricao=_descricao(orcamento) if orcamento else "",
        motivo=_motivo(orcamento) if orcamento else None,
        passos=_passos(pagina.ordem, fuso) if pagina and pagina.ordem else (),
        estilo=_arquivo("aprovar.css"),
        roteiro=_arquivo("aprovar.js"),
    )
    cabecalhos = {"Content-Security-Policy": _politica(), **CABECALHOS.get(status, {})}
    return Response(html, status, cabecalhos, "text/html")


def _contas(orcamento: FichaOrcamento) -> dict[str, Decimal]:
    """Mão de obra e peças em separado (CDC art. 40): do que se propõe ou já se aprovou."""
    valem = [item for item in orcamento.itens if item.status is not StatusItem.RECUSADO]
    servicos = sum((item.total for item in valem if item.tipo is TipoItem.SERVICO), ZERO)
    pecas = sum((item.total for item in valem if item.tipo is TipoItem.PECA), ZERO)
    return {"servicos": servicos, "pecas": pecas, "total": servicos + pecas}


def _descricao(orcamento: FichaOrcamento) -> str:
    """O que a oficina escreveu; o que só emenda os nomes das linhas, talvez cortado, se cala."""
    nomes = sorted((item.descricao for item in orcamento.itens), key=len, reverse=True)
    resto = orcamento.descricao
    for nome in nomes:
        resto = resto.replace(nome, "")
    sobra = resto.strip(", ")
    return "" if any(nome.startswith(sobra) for nome in nomes) else orcamento.descricao


def _motivo(orcamento: FichaOrcamento) -> str | None:
    """O que o cliente disse ao responder; o que se recusou em parte o guarda só nas linhas."""
    ditos = (orcamento.motivo, *(item.motivo for item in orcamento.itens))
    return next((dito for dito in ditos if dito and dito != RECUSADO_PELO_LINK), None)


def _passos(ordem: OrdemDoLink, fuso: ZoneInfo | None) -> tuple[Passo, ...]:
    """O caminho do carro; o da ordem cancelada para onde estava, e não aparece."""
    onde = next((i for i, (_, status) in enumerate(CAMINHO) if ordem.status in status), None)
    if onde is None:
        return ()
    quando = {0: ordem.criado_em, 2: ordem.data_inicio, 3: ordem.data_fim}
    return tuple(
        Passo(
            nome,
            "feito" if i < onde else "agora" if i == onde else "depois",
            _dia(quando.get(i), fuso) if i <= onde else None,
        )
        for i, (nome, _) in enumerate(CAMINHO)
    )


def _dia(instante: datetime | None, fuso: ZoneInfo | None) -> str | None:
    return f"{instante.astimezone(fuso):%d/%m}" if instante else None


def _reais(valor: Decimal) -> str:
    """O cifrão não fica numa linha e o número na outra."""
    return texto.reais(valor).replace(" ", "\N{NO-BREAK SPACE}")


@cache
def _modelo() -> Template:
    """Tudo o que é dos outros sai escapado; só o estilo e o roteiro são nossos, e entram crus."""
    ambiente = Environment(
        loader=FileSystemLoader(PASTA), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    filtros: dict[str, Callable[..., str]] = {
        "reais": _reais,
        "quantidade": texto.quantidade,
        "data": texto.data,
        "momento": texto.momento,
    }
    ambiente.filters.update(filtros)
    return ambiente.get_template("aprovar.html")


@cache
def _arquivo(nome: str) -> Any:
    from markupsafe import Markup

    return Markup((PASTA / nome).read_text(encoding="utf-8"))  # noqa: S704 — arquivo do pacote


@cache
def _politica() -> str:
    """Nada de fora: o estilo e o roteiro da página valem pelo resumo deles."""
    return (
        f"default-src 'none'; style-src {_resumo('aprovar.css')}; "
        f"script-src {_resumo('aprovar.js')}; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def _resumo(nome: str) -> str:
    conteudo = str(_arquivo(nome)).encode()
    return f"'sha256-{b64encode(sha256(conteudo).digest()).decode()}'"
