"""Da ficha à folha: o que o cliente tem de ler, na ordem em que lê."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from oficina_core import texto
from oficina_core.casos.impressoes import (
    FichaImpressao,
    FichaImpressaoOrdem,
    OrcamentoImpresso,
)
from oficina_core.casos.ordens import FichaOrdem, LinhaPagamento
from oficina_core.documentos.contas import da_ordem as contas_da_ordem
from oficina_core.documentos.contas import parte
from oficina_core.documentos.folha import Campo, Folha
from oficina_core.dominio.orcamento import ABERTOS, StatusOrcamento

SEM_PAPEL = (StatusOrcamento.RASCUNHO, StatusOrcamento.CANCELADO, StatusOrcamento.SUBSTITUIDO)
CLIENTE, OFICINA = "Cliente", "Pela oficina"

ACORDO = (
    "Aprovado, este orçamento obriga as duas partes e só muda por novo acordo; nada fora dele se "
    "faz nem se cobra sem outra autorização (CDC, arts. 39, VI, e 40, §§ 2º e 3º)."
)
AUTORIZACAO = (
    "O serviço só se faz depois de orçado e autorizado pelo cliente (CDC, arts. 39, VI, e 40)."
)
PECAS = (
    "As peças são novas e originais, ou mantêm as especificações do fabricante, salvo autorização "
    "em contrário do cliente (CDC, art. 21). As peças trocadas são do cliente, que diz na retirada "
    "se as leva."
)
GARANTIA = (
    "Garantia legal de 90 dias para os serviços e as peças, contados da entrega do veículo; se o "
    "defeito é oculto, contados do dia em que aparece (CDC, art. 26, II e §§ 1º e 3º)."
)


def do_orcamento(ficha: FichaImpressao) -> Folha:
    """O orçamento prévio, com tudo o que o CDC (art. 40) manda dizer."""
    orcamento, fuso = ficha.orcamentos[0], ZoneInfo(ficha.fuso)
    aberto = orcamento.status in ABERTOS
    return Folha(
        loja=ficha.loja,
        titulo="Orçamento complementar" if orcamento.complementar_de else "Orçamento",
        numero=orcamento.id,
        situacao=_situacao(orcamento),
        feita_em=orcamento.criado_em,
        dados=(
            _quem(ficha),
            _que_carro(ficha, km=_km(ficha.ordem.km_entrada) if ficha.ordem else ""),
            _ditos(
                ("Feito em", _dia(orcamento.criado_em, fuso)),
                ("Válido até", texto.data(orcamento.validade) if orcamento.validade else ""),
                ("Revisão", str(orcamento.revisao) if orcamento.revisao > 1 else ""),
                ("Ordem de serviço", f"nº {ficha.ordem.id}" if ficha.ordem else ""),
                *_prazos(ficha.ordem, fuso),
            ),
        ),
        textos=_ditos(
            ("Queixa", ficha.ordem.queixa if ficha.ordem else ""),
            ("Serviço", orcamento.descricao),
            ("Motivo", orcamento.motivo or "" if not orcamento.decidido_em else ""),
        ),
        partes=(parte("", orcamento, fuso),),
        clausulas=(*_validade(orcamento, fuso), ACORDO, PECAS, GARANTIA),
        a_preencher=("Forma de pagamento", "Início", "Término") if aberto else (),
        assinaturas=(CLIENTE, OFICINA),
    )


def da_ordem(ficha: FichaImpressaoOrdem) -> Folha:
    """A ordem inteira: o que se autorizou, o que se fez, o que se pagou e o que falta."""
    ordem, fuso = ficha.ordem, ZoneInfo(ficha.fuso)
    impressos = [o for o in ficha.orcamentos if o.status not in SEM_PAPEL]
    return Folha(
        loja=ficha.loja,
        titulo="Ordem de serviço",
        numero=ordem.id,
        situacao=ordem.status.rotulo,
        feita_em=ordem.criado_em,
        dados=(
            _quem(ficha),
            _que_carro(
                ficha, km=" – ".join(filter(None, map(_km, (ordem.km_entrada, ordem.km_saida))))
            ),
            _ditos(
                ("Mecânico", ordem.mecanico or ""),
                ("Entrada", texto.momento(ordem.criado_em, fuso)),
                *_prazos(ordem, fuso),
            ),
        ),
        textos=_ditos(
            ("Queixa", ordem.queixa), ("Cancelada porque", ordem.motivo_cancelamento or "")
        ),
        partes=tuple(parte(_titulo(orcamento), orcamento, fuso) for orcamento in impressos),
        contas=tuple(contas_da_ordem(ordem)),
        pagamentos=tuple(_pagamento(pagamento, fuso) for pagamento in ordem.pagamentos),
        clausulas=(AUTORIZACAO, PECAS, GARANTIA),
        assinaturas=(CLIENTE, OFICINA),
    )


def da_entrada(ficha: FichaImpressaoOrdem) -> Folha:
    """O recibo do carro que fica: o que ele é, o que o cliente conta e como chegou."""
    ordem, fuso = ficha.ordem, ZoneInfo(ficha.fuso)
    return Folha(
        loja=ficha.loja,
        titulo="Entrada do veículo, ordem",
        numero=ordem.id,
        situacao="",
        feita_em=ordem.criado_em,
        dados=(
            _quem(ficha),
            _que_carro(ficha, km=_km(ordem.km_entrada)),
            (("Entrada", texto.momento(ordem.criado_em, fuso)),),
        ),
        textos=(("Queixa", ordem.queixa),),
        clausulas=(AUTORIZACAO,),
        a_preencher=("Combustível", "Objetos no veículo", "Avarias"),
        assinaturas=(CLIENTE, OFICINA),
    )


def _situacao(orcamento: OrcamentoImpresso) -> str:
    if orcamento.status is StatusOrcamento.RASCUNHO:
        return "rascunho, ainda não vale como proposta"
    return orcamento.status.rotulo


def _titulo(orcamento: OrcamentoImpresso) -> str:
    complementar = "complementar " if orcamento.complementar_de else ""
    return f"Orçamento {complementar}nº {orcamento.id}"


def _quem(ficha: FichaImpressao) -> tuple[Campo, ...]:
    return _ditos(
        ("Cliente", ficha.cliente),
        ("CPF ou CNPJ", _legivel(ficha.documento, texto.documento)),
        ("Telefone", _legivel(ficha.telefone, texto.telefone)),
    )


def _que_carro(ficha: FichaImpressao, *, km: str) -> tuple[Campo, ...]:
    carro = ", ".join(str(parte) for parte in (ficha.veiculo, ficha.ano, ficha.cor) if parte)
    return _ditos(("Veículo", carro), ("Placa", ficha.placa), ("Km", km))


def _prazos(ordem: FichaOrdem | None, fuso: ZoneInfo) -> tuple[Campo, Campo]:
    inicio, fim = (ordem.data_inicio, ordem.data_fim) if ordem else (None, None)
    return ("Início", _dia(inicio, fuso)), ("Término", _dia(fim, fuso))


def _validade(orcamento: OrcamentoImpresso, fuso: ZoneInfo) -> tuple[str, ...]:
    """Por quanto tempo se pode aceitar o que ainda espera resposta."""
    if orcamento.status is not StatusOrcamento.AGUARDANDO_APROVACAO or not orcamento.validade:
        return ()
    dias = (orcamento.validade - orcamento.criado_em.astimezone(fuso).date()).days
    prazo = f"por {texto.quantos(dias, 'dia', 'dias')}, até" if dias > 0 else "até"
    return (f"Válido {prazo} {texto.data(orcamento.validade)} (CDC, art. 40, § 1º).",)


def _pagamento(pagamento: LinhaPagamento, fuso: ZoneInfo) -> tuple[str, str, str]:
    forma = pagamento.forma.rotulo
    return (
        texto.momento(pagamento.em, fuso),
        f"Estorno: {forma}" if pagamento.estorno_de else f"{forma[0].upper()}{forma[1:]}",
        texto.reais(pagamento.valor),
    )


def _legivel(numero: str | None, formatar: Callable[[str], str]) -> str:
    """O número como se lê; o mascarado já vem pronto."""
    return numero or "" if not numero or "*" in numero else formatar(numero)


def _km(valor: int | None) -> str:
    return "" if valor is None else texto.milhar(valor)


def _dia(valor: datetime | None, fuso: ZoneInfo) -> str:
    return texto.data(valor.astimezone(fuso)) if valor else ""


def _ditos(*campos: Campo) -> tuple[Campo, ...]:
    """Só os que têm o que dizer."""
    return tuple(campo for campo in campos if campo[1])
