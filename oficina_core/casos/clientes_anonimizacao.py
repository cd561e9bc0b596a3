"""O cliente que pede para ser esquecido (LGPD art. 18 VI)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import islice

from oficina_core.casos import campos
from oficina_core.casos.portas import Limpeza, Linha, UnidadeDeTrabalho
from oficina_core.dominio.cliente import Cliente
from oficina_core.dominio.erros import Conflito
from oficina_core.dominio.ocultacao import Ocultacao
from oficina_core.dominio.orcamento import StatusOrcamento, situacao
from oficina_core.dominio.ordem import PROXIMO_PASSO, StatusOrdem
from oficina_core.texto import reais

LOTE = 500
PENDENCIAS_MAXIMO = 5
SAIRAM = (StatusOrdem.ENTREGUE, StatusOrdem.CANCELADA)
NADA = Limpeza(textos=0, mensagens=0, links=0, respostas=0)


@dataclass(frozen=True, kw_only=True)
class FichaAnonimizacao:
    """O que se apagou: em quantas linhas o que se escreveu dizia quem ele é, e o que se cancelou.

    `veiculos` saíram das listas; `respostas` são as de pedidos das últimas 48 horas.
    """

    id: int
    nome: str
    anonimizado_em: datetime
    veiculos: int
    textos: int
    mensagens: int
    links: int
    respostas: int


@dataclass(frozen=True, kw_only=True)
class AnonimizarCliente:
    """Apaga para sempre o que diz quem é o cliente (LGPD).

    Somem o nome, o documento, o telefone e o e-mail, e o que deles se escreveu em queixas, notas e
    motivos; a história, as contas e o estoque ficam. As placas ficam com o carro, que sai das
    listas. Recusado enquanto ele tem ordem aberta, conta por acertar ou orçamento em aberto.
    """

    cliente_id: int
    motivo: str

    def __post_init__(self) -> None:
        campos.fixar(self, motivo=campos.nota(self.motivo, "motivo"))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaAnonimizacao:
        cliente = uow.clientes.obter(self.cliente_id)
        uow.ator.exigir_loja(None, acao="anonimizar um cliente, que é da rede toda")
        if cliente.anonimizado_em:
            return _ficha(cliente, cliente.anonimizado_em, 0, NADA)
        antes = replace(cliente)
        ocultacao = Ocultacao(antes)
        cliente.anonimizar(ocultacao.ocultar(self.motivo) or "", uow.agora())
        uow.clientes.salvar(cliente)  # toma a linha dele: quem abre ordem ou orça a segura antes
        _exigir_livre(uow, cliente)
        veiculos = _desativar_veiculos(uow, cliente)
        limpeza = uow.titulares.limpar(antes, ocultacao.ocultar)
        return _ficha(cliente, uow.agora(), veiculos, limpeza)


def _exigir_livre(uow: UnidadeDeTrabalho, cliente: Cliente) -> None:
    """Levanta Conflito com o que ele ainda tem na oficina, e o que fazer disso."""
    pendencias = list(islice(_pendencias(uow, cliente.id), PENDENCIAS_MAXIMO))
    if pendencias:
        raise Conflito(
            f"O cliente {cliente.id} ainda tem o que acertar na oficina; resolva o que segue, e "
            "então o anonimize.",
            detalhes=tuple(dita for dita, _ in pendencias),
            comando=pendencias[0][1],
        )


def _pendencias(uow: UnidadeDeTrabalho, cliente_id: int) -> Iterator[tuple[str, str]]:
    """O que falta, e o comando que o mostra."""
    for ordens in _paginas(uow, "ordens", cliente_id):
        contas = uow.ordens.contas({o["id"]: o["status"] for o in ordens}, uow.hoje())
        for ordem in ordens:
            status, saldo = ordem["status"], contas[ordem["id"]].saldo
            if falta := _da_ordem(status, saldo):
                proximo = "ordem ver {ordem}" if status in SAIRAM else PROXIMO_PASSO[status][1]
                yield f"ordem {ordem['id']}, {falta}", proximo.format(ordem=ordem["id"])
    for orcamentos in _paginas(uow, "orcamentos_abertos", cliente_id):
        for orcamento in orcamentos:
            hoje = uow.hoje(orcamento["loja_id"])
            status = situacao(orcamento["status"], orcamento["validade"], hoje)
            if status is not StatusOrcamento.EXPIRADO:
                numero = orcamento["id"]
                yield (
                    f"orçamento {numero}, {status.rotulo}: registre a resposta ou cancele-o",
                    f"orcamento cancelar {numero}",
                )


def _da_ordem(status: StatusOrdem, saldo: Decimal) -> str | None:
    if status not in SAIRAM:
        return f"{status.rotulo}: {PROXIMO_PASSO[status][0]}"
    if saldo > 0:
        return f"{status.rotulo}: falta receber {reais(saldo)}"
    return f"{status.rotulo}: há {reais(-saldo)} a devolver" if saldo < 0 else None


def _paginas(uow: UnidadeDeTrabalho, que: str, cliente_id: int) -> Iterator[Sequence[Linha]]:
    ultimo = 0
    while linhas := uow.titulares.do_cliente(que, cliente_id, ultimo, LOTE):
        yield linhas
        ultimo = linhas[-1]["id"]


def _desativar_veiculos(uow: UnidadeDeTrabalho, cliente: Cliente) -> int:
    veiculos = uow.veiculos.do_cliente(cliente.id)
    for veiculo in veiculos:
        veiculo.ativo = False
        uow.veiculos.salvar(veiculo)
    return len(veiculos)


def _ficha(cliente: Cliente, em: datetime, veiculos: int, limpeza: Limpeza) -> FichaAnonimizacao:
    return FichaAnonimizacao(
        id=cliente.id,
        nome=cliente.nome,
        anonimizado_em=em,
        veiculos=veiculos,
        textos=limpeza.textos,
        mensagens=limpeza.mensagens,
        links=limpeza.links,
        respostas=limpeza.respostas,
    )
