"""O link do orçamento e o texto dele, prontos para copiar.

Um endereço vai em uma linha só, sem dobrar: o terminal o quebra na tela, e a cópia sai inteira.
"""

import sys
from dataclasses import asdict, dataclass
from typing import TextIO
from urllib.parse import urlsplit

from oficina_cli.atendimento import Atendimento
from oficina_cli.erros import dizer
from oficina_cli.opcoes import Formato
from oficina_core.casos.links import FichaLink
from oficina_core.casos.mensagens import Carta
from oficina_core.casos.orcamentos import VerOrcamento
from oficina_core.enderecos import propria_maquina
from oficina_core.texto import data, limpar, reais

SEM_ENDERECO = (
    "Falta OFICINA_URL_PUBLICA, o endereço em que o cliente abre o link: escreva-o antes de "
    "/aprovar, como em https://oficina.exemplo.com.br/aprovar/…"
)
SO_AQUI = (
    "Aviso: o telefone do cliente não abre este endereço, que é desta máquina; ponha em "
    "OFICINA_URL_PUBLICA o endereço em que ele alcança a oficina."
)


@dataclass(frozen=True, kw_only=True)
class LinkPronto(FichaLink):
    """O link recém-feito e o endereço dele, se se sabe onde o cliente o abre."""

    url: str | None


def mostrar_link(atendimento: Atendimento, ficha: FichaLink) -> None:
    """O link, o que dizer com ele e por onde; a um programa, a resposta e o endereço."""
    from oficina_core.correio import endereco_do_link

    base = atendimento.conexao.url_publica()
    endereco = endereco_do_link(base or "", ficha.segredo)
    if atendimento.formato is not Formato.TABELA:
        atendimento.mostrar(LinkPronto(**asdict(ficha), url=endereco if base else None))
    else:
        _escrever(sys.stdout, f"Link:      {endereco}")
        if base:
            _mostrar_mensagem(atendimento, ficha, endereco)
    if not base:
        dizer(SEM_ENDERECO)
    elif propria_maquina(urlsplit(base).hostname):
        dizer(SO_AQUI)


def _mostrar_mensagem(atendimento: Atendimento, ficha: FichaLink, endereco: str) -> None:
    from oficina_core.correio import convite

    orcamento = atendimento.executar(VerOrcamento(orcamento_id=ficha.orcamento_id))
    proposta = f"{orcamento.descricao}, {reais(orcamento.valor_total)}"
    veiculo = f"{orcamento.veiculo}, placa {orcamento.placa}"
    texto = convite(ficha.cliente, veiculo, proposta, endereco)
    _escrever(sys.stdout, *_texto_e_conversa(texto, ficha.telefone))
    if orcamento.validade:
        dizer(f"O cliente pode responder até {data(orcamento.validade)}.")


def escrever_carta(carta: Carta, texto: str, saida: TextIO) -> None:
    """Uma mensagem da caixa de saída; o link está no texto dela."""
    assunto = f"{carta.tipo.rotulo.capitalize()}, para {carta.nome}"
    _escrever(saida, assunto, *_texto_e_conversa(texto, carta.telefone), "")
    saida.flush()


def _texto_e_conversa(texto: str, telefone: str | None) -> tuple[str, str]:
    from oficina_core.correio import no_whatsapp

    return f"Mensagem:  {texto}", f"WhatsApp:  {no_whatsapp(telefone, texto)}"


def _escrever(saida: TextIO, *linhas: str) -> None:
    saida.writelines(f"{limpar(linha)}\n" for linha in linhas)
