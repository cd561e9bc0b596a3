"""O que se pode desfazer: cada ação, e a que lhe dá volta.

Nada se apaga: quem desfaz é outro caso de uso, com o seu direito, as suas recusas e o seu evento.
"""

import json
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from typing import Any

from oficina_core.casos.clientes import DesativarCliente, ReativarCliente
from oficina_core.casos.estoque import (
    AjustarEstoque,
    ConferirEstoque,
    EntradaEstoque,
    EstornarMovimento,
)
from oficina_core.casos.funcionarios import DesativarFuncionario, ReativarFuncionario
from oficina_core.casos.kits import DesativarKit, ReativarKit
from oficina_core.casos.orcamentos import EnviarOrcamento, RevisarOrcamento
from oficina_core.casos.ordens import IniciarDiagnostico
from oficina_core.casos.pagamentos import EstornarPagamento, RegistrarPagamento
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.pecas import DesativarPeca, ReativarPeca
from oficina_core.casos.portas import CasoDeUso, UnidadeDeTrabalho
from oficina_core.casos.servicos import DesativarServico, ReativarServico
from oficina_core.casos.veiculos import DesativarVeiculo, ReativarVeiculo
from oficina_core.dominio.erros import Conflito, DadoInvalido
from oficina_core.dominio.evento import Evento
from oficina_core.dominio.orcamento import StatusOrcamento

MOSTRADAS = 20
PROCURADOS = 500  # eventos destas ações, dos mais novos


@dataclass(frozen=True, kw_only=True)
class Par:
    """Uma ação, o registro de que ela deixa evento e o caso que a desfaz; None se nenhum pode.

    `comando` é o que o faz, ou o mais perto disso, e `explicacao`, o que então acontece.
    """

    acao: type[CasoDeUso[Any]]
    entidade: str
    inverso: type[CasoDeUso[Any]] | None
    campo: str
    comando: str
    explicacao: str

    def volta(self, id: int, motivo: str | None) -> CasoDeUso[Any]:
        """O caso que desfaz a ação sobre este registro.

        Levanta Conflito se ela não tem volta, e DadoInvalido se falta o motivo.
        """
        if self.inverso is None:
            raise Conflito(self.explicacao, comando=self.comando.format(id=id))
        ditos: dict[str, Any] = {self.campo: id}
        if self.leva_motivo:
            ditos["motivo"] = motivo
        if self.exige_motivo and not motivo:
            raise DadoInvalido("Diga por que se desfaz.", "motivo", comando="--motivo TEXTO")
        return self.inverso(**ditos)

    @property
    def leva_motivo(self) -> bool:
        return self.inverso is not None and "motivo" in self._campos

    @property
    def exige_motivo(self) -> bool:
        return self.leva_motivo and self._campos["motivo"].default is MISSING

    @property
    def _campos(self) -> dict[str, Any]:
        return {campo.name: campo for campo in fields(self.inverso)}  # type: ignore[arg-type]


def _do_estoque(acao: type[CasoDeUso[Any]]) -> Par:
    return Par(
        acao=acao,
        entidade="movimentos_estoque",
        inverso=EstornarMovimento,
        campo="movimento_id",
        comando="estoque estornar {id} --motivo TEXTO",
        explicacao="Um estorno leva o saldo e o custo de volta; os dois movimentos ficam no livro.",
    )


def _do_cadastro(
    acao: type[CasoDeUso[Any]], inverso: type[CasoDeUso[Any]], entidade: str, recurso: str
) -> Par:
    return Par(
        acao=acao,
        entidade=entidade,
        inverso=inverso,
        campo=f"{recurso}_id",
        comando=f"{recurso} reativar id:{{id}}",
        explicacao="Volta às listas, como estava.",
    )


PARES = (
    Par(
        acao=EnviarOrcamento,
        entidade="orcamentos",
        inverso=RevisarOrcamento,
        campo="orcamento_id",
        comando="orcamento revisar {id}",
        explicacao="O que se enviou não muda: nasce uma revisão em rascunho, com as mesmas linhas, "
        "e o enviado só deixa de valer quando ela for enviada. Para que o cliente já não o aprove, "
        "cancele-o.",
    ),
    Par(
        acao=IniciarDiagnostico,
        entidade="ordens_servico",
        inverso=None,
        campo="ordem_id",
        comando="ordem atribuir {id} --ninguem",
        explicacao="O diagnóstico começado não se desfaz: nenhuma ação leva a ordem de volta a "
        "recebida. Pode-se deixá-la sem dono, para que outro mecânico a tome.",
    ),
    _do_estoque(EntradaEstoque),
    _do_estoque(AjustarEstoque),
    _do_estoque(ConferirEstoque),
    Par(
        acao=RegistrarPagamento,
        entidade="pagamentos",
        inverso=EstornarPagamento,
        campo="pagamento_id",
        comando="ordem estornar {id}",
        explicacao="O valor volta a faltar na ordem; o pagamento e o estorno ficam no registro.",
    ),
    _do_cadastro(DesativarCliente, ReativarCliente, "clientes", "cliente"),
    _do_cadastro(DesativarFuncionario, ReativarFuncionario, "funcionarios", "funcionario"),
    _do_cadastro(DesativarVeiculo, ReativarVeiculo, "veiculos", "veiculo"),
    _do_cadastro(DesativarPeca, ReativarPeca, "pecas", "peca"),
    _do_cadastro(DesativarServico, ReativarServico, "servicos", "servico"),
    _do_cadastro(DesativarKit, ReativarKit, "kits", "kit"),
)
POR_ACAO = {par.acao.__name__: par for par in PARES}
VOLTAS = {par.inverso.__name__: par.entidade for par in PARES if par.inverso}


@dataclass(frozen=True, kw_only=True)
class LinhaDesfazivel:
    """Uma ação e, se há, o comando que a desfaz; o `id` é o do evento dela."""

    id: int
    em: datetime
    acao: str
    entidade: str
    entidade_id: int
    comando: str | None
    desfeita: bool


@dataclass(frozen=True, kw_only=True)
class ListarDesfaziveis:
    """Lista as últimas ações de quem pede que se podem desfazer, da mais nova à mais antiga.

    As que já se desfizeram só aparecem se se pedem as `desfeitas`; a que já teve consequência, quem
    a recusa é a ação que desfaz.
    """

    desfeitas: bool = False

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaDesfazivel]:
        linhas: list[LinhaDesfazivel] = []
        voltaram: set[tuple[str, int]] = set()
        for evento in uow.eventos.das_acoes({*POR_ACAO, *VOLTAS}, PROCURADOS):
            if VOLTAS.get(evento.acao) == evento.entidade:
                voltaram.add((evento.entidade, _citado(evento)))
            elif _e_dele(uow, evento):
                voltou = (evento.entidade, evento.entidade_id) in voltaram
                linhas.append(_linha(evento, desfeita=voltou))
        if self.desfeitas:
            return Pagina(itens=tuple(linhas))
        return Pagina(itens=tuple(linha for linha in linhas if not linha.desfeita)[:MOSTRADAS])


def _citado(evento: Evento) -> int:
    """O registro que a volta desfaz: o que ela cita ou, se não cita nenhum, o próprio."""
    diferenca = json.loads(evento.diferenca)
    return int(diferenca.get("estorno_de") or diferenca.get("substitui_id") or evento.entidade_id)


def _e_dele(uow: UnidadeDeTrabalho, evento: Evento) -> bool:
    """Se é de quem pede, e no registro que a ação muda, não em outro que muda por causa dele."""
    par = POR_ACAO.get(evento.acao)
    if par is None or par.entidade != evento.entidade:
        return False
    if (evento.ator_tipo, evento.ator_id) != (uow.ator.tipo, uow.ator.id):
        return False
    enviado = f'"{StatusOrcamento.AGUARDANDO_APROVACAO.value}"]'
    return par.acao is not EnviarOrcamento or enviado in evento.diferenca


def _linha(evento: Evento, *, desfeita: bool) -> LinhaDesfazivel:
    par = POR_ACAO[evento.acao]
    return LinhaDesfazivel(
        id=evento.id,
        em=evento.em,
        acao=evento.acao,
        entidade=evento.entidade,
        entidade_id=evento.entidade_id,
        comando=par.comando.format(id=evento.entidade_id) if par.inverso else None,
        desfeita=desfeita,
    )
