"""Pedidos sorteados de orçamento e de ordem."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from oficina_core.casos import (
    clientes,
    links,
    orcamentos,
    ordens,
    ordens_abertura,
    ordens_encerramento,
    pagamentos,
    veiculos,
)
from oficina_core.casos import orcamentos_decisao as decisao
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.orcamento import Meio, StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from tests.diferencial.cadastros import carro, dados_cliente, itens
from tests.diferencial.mundos import Dito
from tests.diferencial.roteiro import Roteiro, SemAlvo
from tests.diferencial.textos import PLACAS


def _proposta(r: Roteiro) -> dict[str, Any]:
    desconto: dict[str, Any] = r.sorte.choices(
        (
            {},
            {"desconto": Decimal(r.um(("0.01", "10.00", "5000.00")))},
            {"desconto_percentual": Decimal(r.um(("10", "12.5", "0.001", "101")))},
            {"valor_final": Decimal(r.um(("0.00", "99.99", "100.00")))},
            {"desconto": Decimal("1.00"), "valor_final": Decimal("9.00")},
        ),
        (64, 10, 14, 10, 2),
    )[0]
    return itens(r) | desconto


def abrir_ordem(r: Roteiro) -> Dito:
    campos: dict[str, Any] = {"veiculo_id": r.referencia("veiculos", "placa")}
    if r.vezes(70):
        campos["veiculo_id"] = r.texto(PLACAS, ("AB1",))
        campos["veiculo"] = Dito(veiculos.DadosVeiculo, carro(r))
    if r.vezes(75):
        campos["cliente"] = Dito(clientes.DadosCliente, dados_cliente(r))
    elif r.vezes(60):
        campos["cliente_id"] = r.referencia("clientes", "documento")
    campos |= {"queixa": r.talvez(r.nota(), 85), "km": r.talvez(r.um((0, 98_500)))}
    campos |= {"transferir": r.vezes(40), "enviar": r.vezes(15)}
    return Dito(ordens_abertura.AbrirOrdem, campos | (_proposta(r) if r.vezes(60) else {}))


def criar_orcamento(r: Roteiro) -> Dito:
    onde: dict[str, Any] = {"ordem_id": r.numero("ordens_servico", _orcavel)}
    if r.vezes(40):
        onde = {"veiculo_id": r.referencia("veiculos", "placa")}
    campos = {"descricao": r.talvez(r.nome()), "enviar": r.vezes(40), "validade": _validade(r)}
    return Dito(orcamentos.CriarOrcamento, {**onde, **_proposta(r), **campos})


def _validade(r: Roteiro) -> Any:
    return r.talvez(r.agora.date() + timedelta(days=r.um((-1, 0, 5))), 20)


def _orcavel(ordem: Any) -> bool:
    return bool(ordem.status.value in ("RECEBIDA", "EM_DIAGNOSTICO", "EM_EXECUCAO"))


def _no_status(*status: Any) -> Callable[[Any], bool]:
    return lambda ficha: ficha.status in status


RASCUNHO = _no_status(StatusOrcamento.RASCUNHO)
ABERTO = _no_status(StatusOrcamento.RASCUNHO, StatusOrcamento.AGUARDANDO_APROVACAO)
ESPERANDO = _no_status(StatusOrcamento.AGUARDANDO_APROVACAO)


def editar_orcamento(r: Roteiro) -> Dito:
    numero = r.numero("orcamentos", RASCUNHO)
    campos = {"orcamento_id": numero, "versao": r.versao("orcamentos", numero)}
    campos |= _proposta(r) | {"descricao": r.nome(), "validade": _validade(r)}
    return Dito(orcamentos.EditarOrcamento, campos)


def _do_orcamento(r: Roteiro, caso: Any, serve: Callable[[Any], bool], **campos: Any) -> Dito:
    numero = r.numero("orcamentos", serve)
    versao = r.talvez(r.versao("orcamentos", numero), 15)
    return Dito(caso, {"orcamento_id": numero, "versao": versao, **campos})


def enviar_orcamento(r: Roteiro) -> Dito:
    return _do_orcamento(r, orcamentos.EnviarOrcamento, RASCUNHO)


def revisar_orcamento(r: Roteiro) -> Dito:
    return _do_orcamento(r, orcamentos.RevisarOrcamento, ESPERANDO, enviar=r.vezes(50))


def cancelar_orcamento(r: Roteiro) -> Dito:
    return _do_orcamento(r, orcamentos.CancelarOrcamento, ABERTO, motivo=r.nota())


def aprovar_orcamento(r: Roteiro) -> Dito:
    numero = r.numero("orcamentos", ABERTO if r.vezes(85) else lambda _: True)
    itens = [item.id for item in getattr(r.ficha("orcamentos", numero), "itens", ())]
    linhas = tuple(r.alguns(itens)) if itens else ()
    if r.vezes(10):
        linhas = r.um(((), (*linhas, 99_999), (r.numero("orcamento_itens"),)))
    campos: dict[str, Any] = {"orcamento_id": numero, "linhas": r.talvez(linhas)}
    campos |= {"meio": r.um([*Meio][: r.um((4, 4, 4, 6))]), "por": r.talvez(r.nome(), 20)}
    campos |= {"motivo": r.talvez(r.nota(), 30), "permitir_falta": r.vezes(60)}
    return Dito(decisao.AprovarOrcamento, campos)


def recusar_orcamento(r: Roteiro) -> Dito:
    campos = {"motivo": r.nota(), "meio": r.um([*Meio]), "cancelar_ordem": r.vezes(25)}
    return _do_orcamento(r, decisao.RecusarOrcamento, ESPERANDO, **campos)


def criar_link(r: Roteiro) -> Dito:
    return Dito(links.CriarLink, {"orcamento_id": r.numero("orcamentos", ESPERANDO)})


def _da_ordem(r: Roteiro, caso: Any, *status: StatusOrdem, **campos: Any) -> Dito:
    numero = r.numero("ordens_servico", _no_status(*status))
    versao = r.talvez(r.versao("ordens_servico", numero), 10)
    return Dito(caso, {"ordem_id": numero, "versao": versao, **campos})


def atribuir(r: Roteiro) -> Dito:
    mecanico = r.um((_mecanico(r), _mecanico(r), None))
    vivas = [*StatusOrdem][:4]
    return _da_ordem(r, ordens.AtribuirMecanico, *vivas, mecanico_id=mecanico)


def _mecanico(r: Roteiro) -> int:
    return r.numero("funcionarios", lambda f: f.papel is Papel.MECANICO)


def diagnosticar(r: Roteiro) -> Dito:
    mecanico = r.talvez(_mecanico(r), 30)
    return _da_ordem(r, ordens.IniciarDiagnostico, StatusOrdem.RECEBIDA, mecanico_id=mecanico)


def anotar(r: Roteiro) -> Dito:
    return Dito(ordens.AnotarOrdem, {"ordem_id": r.numero("ordens_servico"), "texto": r.nota()})


def finalizar(r: Roteiro) -> Dito:
    dito = _da_ordem(r, ordens_encerramento.FinalizarOrdem, StatusOrdem.EM_EXECUCAO)
    ordem = r.ficha("ordens_servico", dito.campos["ordem_id"])
    pecas_ = [i.id for o in getattr(ordem, "orcamentos", ()) for i in o.itens if i.peca_id]
    usadas = tuple(
        Dito(
            ordens_encerramento.PecaUsada,
            {"linha": linha, "quantidade": Decimal(r.um(("0", "1", "0.5", "0.333", "9", "-1")))},
        )
        for linha in (r.alguns(pecas_) if pecas_ else [1])
    )
    return replace(dito, campos={**dito.campos, "usadas": usadas if r.vezes(35) else ()})


def entregar(r: Roteiro) -> Dito:
    km = r.talvez(r.texto((98_510, 1), (-1,)), 40)
    return _da_ordem(r, ordens_encerramento.EntregarOrdem, StatusOrdem.FINALIZADA, km=km)


def cancelar_ordem(r: Roteiro) -> Dito:
    vivas = [*StatusOrdem][:4]
    return _da_ordem(r, ordens_encerramento.CancelarOrdem, *vivas, motivo=r.nota())


def pagar(r: Roteiro) -> Dito:
    numero = r.numero("ordens_servico")
    saldo = getattr(r.ficha("ordens_servico", numero), "saldo", Decimal(1))
    valor = saldo if saldo > 0 and r.vezes(40) else r.reais()
    campos = {"forma": r.um([*FormaPagamento][: r.um((1, 5))]), "valor": valor}
    campos["outro_igual"] = r.vezes(20)
    return Dito(pagamentos.RegistrarPagamento, {"ordem_id": numero, **campos})


def estornar_pagamento(r: Roteiro) -> Dito:
    return Dito(pagamentos.EstornarPagamento, {"pagamento_id": r.numero("pagamentos")})


def seguir(r: Roteiro) -> Dito:
    """O que falta a alguma ordem, do orçamento à entrega."""
    resposta = r.um((aprovar_orcamento, aprovar_orcamento, recusar_orcamento, revisar_orcamento))
    passos = (
        (r.um((aprovar_orcamento, enviar_orcamento)), r.das("orcamentos", RASCUNHO)),
        (r.um((resposta, criar_link)), r.das("orcamentos", ESPERANDO)),
        (finalizar, r.das("ordens_servico", _no_status(StatusOrdem.EM_EXECUCAO))),
        (entregar, r.das("ordens_servico", _no_status(StatusOrdem.FINALIZADA))),
    )
    if cabiveis := [passo for passo, alvos in passos if alvos]:
        return cabiveis[r.sorte.randrange(len(cabiveis))](r)
    raise SemAlvo
