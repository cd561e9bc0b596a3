"""O que a API recusou, ou a rede não deixou, dito deste lado como o erro que era."""

import re
import ssl
from collections.abc import Iterator, Mapping

from oficina_core.casos import traducao
from oficina_core.dominio.erros import DadoInvalido, ErroOficina, Indisponivel, MuitasTentativas

# O que se levanta ao ler uma resposta que não é da API.
ESTRANHA = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError)

VENCIDO, CEDO, OUTRO_NOME, OUTRO_IP = 10, 9, 62, 64  # os códigos do OpenSSL
MOTIVOS = {
    VENCIDO: "venceu",
    CEDO: "ainda não começou a valer",
    OUTRO_NOME: "é de outro endereço",
    OUTRO_IP: "é de outro endereço",
}
SEM_ROTA = "; veja /docs."  # como a API acaba a recusa de um endereço que ela não tem
AUTORIDADE = "não vem de uma autoridade que esta máquina conheça"


def reerguer(status: int, conteudo: bytes, cabecalhos: Mapping[str, str]) -> ErroOficina:
    """O mesmo erro que a API descreveu; Indisponivel, se quem respondeu não é ela."""
    try:
        problema = traducao.carregar(conteudo)
        if problema["detail"].endswith(SEM_ROTA):
            return DadoInvalido(
                "O endereço dado não é o de uma API da Oficina; confira-o: é como "
                "https://oficina.exemplo.com.br, sem mais nada.",
                "api",
            )
        tipo = {tipo.codigo: tipo for tipo in _arvore(ErroOficina)}[problema["codigo"]]
        detalhes = tuple(str(linha["detalhe"]) for linha in problema["erros"] if "detalhe" in linha)
        erro = tipo(problema["detail"], detalhes=detalhes)
        erro.comando = str(problema.get("comando", ""))
        if isinstance(erro, DadoInvalido):
            erro.campo = next((linha.get("campo") for linha in problema["erros"]), None)
        if isinstance(erro, MuitasTentativas):
            erro.espera = espera_pedida(cabecalhos) or erro.espera
    except ESTRANHA:
        return Indisponivel(
            f"Quem respondeu (status {status}{pedido(cabecalhos)}) não parece a API da oficina; "
            "confira o endereço e tente de novo."
        )
    return erro


def nao_se_entende(cabecalhos: Mapping[str, str]) -> Indisponivel:
    """A resposta deu certo, mas não tem a forma que este programa espera."""
    return Indisponivel(
        f"A API da oficina respondeu o que este programa não entende{pedido(cabecalhos)}; confira "
        "o endereço e se os dois são da mesma versão."
    )


def pedido(cabecalhos: Mapping[str, str]) -> str:
    """O número com que quem cuida da API acha este pedido, se ela o disse."""
    numero = cabecalhos.get("X-Request-ID", "")
    return f", pedido {numero}" if re.fullmatch("[A-Za-z0-9-]{8,64}", numero) else ""


def espera_pedida(cabecalhos: Mapping[str, str]) -> int:
    """Os segundos que a API pediu de espera; a data, que ela nunca manda, vale por nenhum."""
    pedida = cabecalhos.get("Retry-After", "")
    return int(pedida) if re.fullmatch("[0-9]{1,9}", pedida) else 0


def falha_do_tls(erro: BaseException | None) -> ssl.SSLError | None:
    """A que está na origem do erro da rede, se é por ela que a conexão não se formou."""
    while erro is not None and not isinstance(erro, ssl.SSLError):
        erro = erro.__cause__ or erro.__context__
    return erro


def sem_tls(erro: ssl.SSLError, host: str) -> Indisponivel:
    if isinstance(erro, ssl.SSLCertVerificationError):
        motivo = MOTIVOS.get(erro.verify_code, AUTORIDADE)
        return Indisponivel(
            f"O certificado de {host} {motivo}, e por isso nada se mandou; confira o endereço e a "
            "data da máquina, ou fale com quem cuida da API."
        )
    return Indisponivel(
        f"{host} não apresentou um certificado: não fala TLS nesse endereço; confira se é mesmo "
        "https:// e a porta."
    )


def _arvore(erro: type[ErroOficina]) -> Iterator[type[ErroOficina]]:
    """Este erro e os descendentes que têm nome próprio; o dono do código vem por último."""
    for filho in erro.__subclasses__():
        yield from _arvore(filho)
    if "codigo" in vars(erro):
        yield erro
