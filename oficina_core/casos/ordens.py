"""Casos de uso da ordem de serviço."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import dropwhile
from typing import Any, Self

from oficina_core.casos import campos
from oficina_core.casos.cadastros import Recurso, exigir_ativo
from oficina_core.casos.campos import Referencia
from oficina_core.casos.clientes import DadosCliente
from oficina_core.casos.orcamentos import (
    LinhaItem,
    Proposta,
    abrir_rascunho,
    decisao,
    enviar,
    gravar_novo,
    ordem_do_orcamento,
)
from oficina_core.casos.paginas import LIMITE_PADRAO, Pagina, abrir, conferir_limite, fechar
from oficina_core.casos.portas import Conta, Linha, UnidadeDeTrabalho
from oficina_core.casos.veiculos import DadosVeiculo
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.cliente import Cliente
from oficina_core.dominio.dinheiro import ZERO, Quantidade, Reais, conferir_minimo
from oficina_core.dominio.erros import Conflito, DadoInvalido, NaoEncontrado, RegraViolada
from oficina_core.dominio.estoque import CausaMovimento
from oficina_core.dominio.orcamento import (
    ABERTOS,
    ItemOrcamento,
    Meio,
    Orcamento,
    StatusOrcamento,
    TipoItem,
    a_aprovar,
)
from oficina_core.dominio.ordem import ENCERRADAS, FILA, Anotacao, OrdemServico, StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento, Pagamento
from oficina_core.dominio.valores import Placa
from oficina_core.dominio.veiculo import KM_MAXIMO, Veiculo
from oficina_core.texto import quantidade, reais, sem_acento


@dataclass(frozen=True, kw_only=True)
class OrcamentoDaOrdem:
    """Um orçamento, visto da ordem."""

    id: int
    status: StatusOrcamento
    complementar: bool
    valor_total: Reais
    valor_aprovado: Reais | None
    itens: tuple[LinhaItem, ...]


@dataclass(frozen=True, kw_only=True)
class LinhaPagamento:
    id: int
    forma: FormaPagamento
    valor: Reais
    em: datetime
    ator: str
    estorno_de: int | None


@dataclass(frozen=True, kw_only=True)
class LinhaAnotacao:
    texto: str
    ator: str
    em: datetime


@dataclass(frozen=True, kw_only=True)
class FichaOrdem:
    """A ordem inteira: o carro, o que se aprovou, o que se pagou e o que falta."""

    id: int
    status: StatusOrdem
    placa: str
    veiculo: str
    cliente_id: int
    cliente: str
    queixa: str
    mecanico: str | None
    km_entrada: int | None
    km_saida: int | None
    aguarda_complementar: bool
    falta_peca: bool
    a_aprovar: Reais
    total: Reais
    pago: Reais
    saldo: Reais
    aviso: str | None
    motivo_cancelamento: str | None
    orcamentos: tuple[OrcamentoDaOrdem, ...]
    pagamentos: tuple[LinhaPagamento, ...]
    anotacoes: tuple[LinhaAnotacao, ...]
    criado_em: datetime
    data_inicio: datetime | None
    data_fim: datetime | None
    versao: int


def ficha(uow: UnidadeDeTrabalho, ordem: OrdemServico) -> FichaOrdem:
    veiculo = uow.veiculos.obter(ordem.veiculo_id)
    mecanico = uow.funcionarios.obter(ordem.mecanico_id) if ordem.mecanico_id else None
    orcamentos = uow.orcamentos.da_ordem(ordem.id)
    pagamentos = uow.pagamentos.da_ordem(ordem.id)
    total = ZERO
    if ordem.status is not StatusOrdem.CANCELADA:
        total = sum((o.cobrado for o in orcamentos), ZERO)
    pago = sum((pagamento.valor for pagamento in pagamentos), ZERO)
    return FichaOrdem(
        id=ordem.id,
        status=ordem.status,
        placa=veiculo.placa,
        veiculo=f"{veiculo.marca} {veiculo.modelo}",
        cliente_id=ordem.cliente_id,
        cliente=uow.clientes.obter(ordem.cliente_id).nome,
        queixa=ordem.queixa,
        mecanico=mecanico.nome if mecanico else None,
        km_entrada=ordem.km_entrada,
        km_saida=ordem.km_saida,
        aguarda_complementar=any(_espera(o) and not o.principal for o in orcamentos),
        falta_peca=ordem.status is StatusOrdem.EM_EXECUCAO
        and any(item.falta for o in orcamentos for item in o.itens),
        a_aprovar=a_aprovar([o for o in orcamentos if o.aberto]),
        total=total,
        pago=pago,
        saldo=total - pago,
        aviso=_aviso(ordem, total - pago),
        motivo_cancelamento=ordem.motivo_cancelamento,
        orcamentos=tuple(_do_orcamento(uow, o) for o in orcamentos),
        pagamentos=tuple(map(_do_pagamento, pagamentos)),
        anotacoes=tuple(
            LinhaAnotacao(texto=a.texto, ator=a.ator, em=a.em)
            for a in uow.anotacoes.da_ordem(ordem.id)
        ),
        criado_em=ordem.criado_em,
        data_inicio=ordem.data_inicio,
        data_fim=ordem.data_fim,
        versao=ordem.versao,
    )


def _aviso(ordem: OrdemServico, saldo: Reais) -> str | None:
    """O que se diz ao entregar com saldo: avisar pode, reter o carro não (STJ REsp 1.628.385)."""
    if ordem.status is StatusOrdem.ENTREGUE and saldo > 0:
        return f"Falta receber {reais(saldo)}."
    if saldo < 0:
        return f"Há {reais(-saldo)} a devolver ao cliente."
    return None


def _espera(orcamento: Orcamento) -> bool:
    return orcamento.status is StatusOrcamento.AGUARDANDO_APROVACAO


def _do_orcamento(uow: UnidadeDeTrabalho, orcamento: Orcamento) -> OrcamentoDaOrdem:
    return OrcamentoDaOrdem(
        id=orcamento.id,
        status=orcamento.situacao(uow.hoje()),
        complementar=not orcamento.principal,
        valor_total=orcamento.valor_total,
        valor_aprovado=orcamento.valor_aprovado,
        itens=tuple(map(LinhaItem.de, orcamento.itens)),
    )


def _do_pagamento(pagamento: Pagamento) -> LinhaPagamento:
    return LinhaPagamento(
        id=pagamento.id,
        forma=pagamento.forma,
        valor=pagamento.valor,
        em=pagamento.em,
        ator=pagamento.ator,
        estorno_de=pagamento.estorno_de,
    )


@dataclass(frozen=True, kw_only=True)
class AbrirOrdem(Proposta):
    """Recebe um veículo na oficina, em um pedido só.

    Acha ou cadastra o cliente e o veículo, e faz o orçamento em rascunho com serviços, peças e
    kits; a queixa, se não dita, é o nome do kit. Placa conhecida com outro cliente é conflito, a
    não ser que `transferir` diga que o carro mudou de dono.
    """

    veiculo_id: Referencia
    veiculo: DadosVeiculo | None = None
    cliente_id: Referencia | None = None
    cliente: DadosCliente | None = None
    transferir: bool = False
    queixa: str | None = None
    km: int | None = None
    enviar: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.cliente and self.cliente_id is not None:
            raise DadoInvalido("Diga o cliente pelo documento ou os dados dele, não os dois.")
        if self.enviar and self.vazia:
            raise DadoInvalido("Para enviar o orçamento, inclua serviço, peça ou kit.", "enviar")
        campos.faixa(self.km, "km", 0, KM_MAXIMO)
        campos.fixar(self, queixa=campos.nota_opcional(self.queixa, "queixa"))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        cliente = self._cliente(uow)
        veiculo = self._veiculo(uow, cliente)
        exigir_ativo(uow.clientes.obter(veiculo.cliente_id), Recurso.CLIENTE)
        ordem = OrdemServico(
            loja_id=uow.ator.loja_certa,
            veiculo_id=veiculo.id,
            cliente_id=veiculo.cliente_id,
            queixa=self.queixa or "",
            km_entrada=self.km,
            criado_em=uow.agora(),
        )
        if self.vazia:
            if not self.queixa:
                raise _sem_queixa()
            uow.ordens.adicionar(ordem)
            return ficha(uow, ordem)
        orcamento = abrir_rascunho(uow, ordem, "")
        kits = self.compor(uow, orcamento)
        ordem.queixa = self.queixa or ", ".join(kits)
        if not ordem.queixa:
            raise _sem_queixa()
        orcamento.descricao = ordem.queixa.split("\n")[0][:200]
        uow.ordens.adicionar(ordem)
        orcamento.ordem_id = ordem.id
        gravar_novo(uow, ordem if self.enviar else None, orcamento, ja_envia=self.enviar)
        return ficha(uow, ordem)

    def _cliente(self, uow: UnidadeDeTrabalho) -> Cliente | None:
        """O cliente dito: pelo id ou documento, ou pelos dados, que acham ou criam."""
        if self.cliente_id is not None:
            return exigir_ativo(uow.clientes.achar(self.cliente_id), Recurso.CLIENTE)
        if self.cliente is None:
            return None
        conhecido = self.cliente.documento and uow.clientes.procurar(self.cliente.documento)
        if conhecido and conhecido.ativo:
            self._exigir_mesmo_nome(conhecido)
            return conhecido
        return self.cliente.cadastrar(uow)

    def _exigir_mesmo_nome(self, conhecido: Cliente) -> None:
        """O documento é de um cliente, e o nome dito pode ser parte do dele, mas não outro."""
        dito = sem_acento(self.cliente.nome if self.cliente else "")
        cadastrado = sem_acento(conhecido.nome)
        if dito not in cadastrado and cadastrado not in dito:
            raise Conflito(
                f"Esse documento já é do cliente {conhecido.id}, que tem outro nome; confira, ou "
                "diga só o documento, com --cliente."
            )

    def _veiculo(self, uow: UnidadeDeTrabalho, cliente: Cliente | None) -> Veiculo:
        """O veículo, com o km anotado e, se pedido, com o dono trocado."""
        if isinstance(self.veiculo_id, int):
            veiculo: Veiculo | None = uow.veiculos.obter(self.veiculo_id)
        else:
            veiculo = uow.veiculos.procurar(self.veiculo_id)
        if veiculo is None:
            return self._novo_veiculo(uow, Placa(str(self.veiculo_id)), cliente)
        exigir_ativo(veiculo, Recurso.VEICULO)
        mudou = self.km is not None and self.km != veiculo.km
        veiculo.rodar(self.km)
        if cliente and cliente.id != veiculo.cliente_id:
            if not self.transferir:
                raise Conflito(
                    f"O veículo é do cliente {veiculo.cliente_id}, e não do {cliente.id}; "
                    "se o carro mudou de dono, repita com --transferir."
                )
            veiculo.cliente_id, mudou = cliente.id, True
        if mudou:
            uow.veiculos.salvar(veiculo)
        return veiculo

    def _novo_veiculo(
        self, uow: UnidadeDeTrabalho, placa: Placa, cliente: Cliente | None
    ) -> Veiculo:
        if self.veiculo is None or cliente is None:
            raise NaoEncontrado(
                "Nenhum veículo tem essa placa; para cadastrar junto, diga a marca, o modelo e o "
                "cliente: --marca, --modelo e --cliente ou --nome."
            )
        self.veiculo.conferir_ano(uow.hoje())
        veiculo = Veiculo(
            placa=placa,
            marca=self.veiculo.marca,
            modelo=self.veiculo.modelo,
            ano=self.veiculo.ano,
            cor=self.veiculo.cor,
            km=self.km,
            cliente_id=cliente.id,
        )
        uow.veiculos.adicionar(veiculo)
        return veiculo


def _sem_queixa() -> DadoInvalido:
    return DadoInvalido("Diga a queixa do cliente, ou inclua um kit.", "queixa")


@dataclass(frozen=True, kw_only=True)
class VerOrdem:
    """Mostra uma ordem de serviço."""

    ordem_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        return ficha(uow, uow.ordens.obter(self.ordem_id))


@dataclass(frozen=True, kw_only=True)
class LinhaOrdem:
    """A ordem na fila; `atrasada` passou dos dias que a oficina se deu."""

    id: int
    status: StatusOrdem
    placa: str
    veiculo: str
    cliente: str
    queixa: str
    mecanico: str | None
    a_aprovar: Reais
    total: Reais
    aguarda_complementar: bool
    atrasada: bool
    criado_em: datetime

    @classmethod
    def de(cls, linha: Linha, conta: Conta, atraso: datetime) -> Self:
        status = linha["status"]
        return cls(
            id=linha["id"],
            status=status,
            placa=linha["placa"],
            veiculo=f"{linha['marca']} {linha['modelo']}",
            cliente=linha["cliente"],
            queixa=linha["queixa"],
            mecanico=linha["mecanico"],
            a_aprovar=conta.a_aprovar,
            total=conta.total,
            aguarda_complementar=status is StatusOrdem.EM_EXECUCAO and conta.esperando > 0,
            atrasada=status in FILA and linha["criado_em"] < atraso,
            criado_em=linha["criado_em"],
        )


@dataclass(frozen=True, kw_only=True)
class ListarOrdens:
    """A fila: em execução, aguardando aprovação, em diagnóstico e recebidas, a mais antiga antes.

    As encerradas só aparecem pedindo o status, e então a mais nova vem antes.
    """

    status: StatusOrdem | None = None
    todas_lojas: bool = False
    limite: int = LIMITE_PADRAO
    cursor: str | None = None

    def __post_init__(self) -> None:
        conferir_limite(self.limite)

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaOrdem]:
        if self.todas_lojas:
            uow.ator.exigir(Papel.GERENTE, acao="ver todas as lojas")
        linhas = self._ler(uow)
        contas = uow.ordens.contas([linha["id"] for linha in linhas[: self.limite]])
        atraso = uow.agora() - timedelta(days=uow.parametros.atraso_dias)
        return Pagina(
            itens=tuple(
                LinhaOrdem.de(linha, contas[linha["id"]], atraso) for linha in linhas[: self.limite]
            ),
            proximo=self._proximo(linhas),
        )

    def _ler(self, uow: UnidadeDeTrabalho) -> list[Linha]:
        """Um status de cada vez, cada um por uma consulta com índice, até encher a página."""
        status: tuple[StatusOrdem, ...] = (self.status,) if self.status else FILA
        depois: list[Any] | None = None
        if chave := abrir(self.cursor, (StatusOrdem, datetime, int), *self._filtro):
            parado, *depois = chave
            status = tuple(dropwhile(lambda atual: atual is not parado, status))
        linhas: list[Linha] = []
        for atual in status:
            faltam = self.limite + 1 - len(linhas)
            linhas += uow.ordens.do_status(
                atual,
                todas_lojas=self.todas_lojas,
                depois=tuple(depois) if depois else None,
                limite=faltam,
            )
            depois = None
            if len(linhas) > self.limite:
                break
        return linhas

    def _proximo(self, linhas: list[Linha]) -> str | None:
        if len(linhas) <= self.limite:
            return None
        ultima = linhas[self.limite - 1]
        chave = (ultima["status"], ultima["criado_em"].isoformat(), ultima["id"])
        return fechar(chave, *self._filtro)

    @property
    def _filtro(self) -> tuple[object, ...]:
        return type(self).__name__, self.status, self.todas_lojas


@dataclass(frozen=True, kw_only=True)
class AtribuirMecanico:
    """Diz de que mecânico é a ordem; sem mecânico, ela fica sem dono."""

    ordem_id: int
    mecanico_id: Referencia | None
    versao: int | None = None

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        ordem.conferir_versao(self.versao)
        ordem.atribuir(
            None if self.mecanico_id is None else _mecanico(uow, self.mecanico_id, ordem.loja_id)
        )
        uow.ordens.salvar(ordem)
        return ficha(uow, ordem)


def _mecanico(uow: UnidadeDeTrabalho, referencia: Referencia, loja_id: int) -> int:
    funcionario = exigir_ativo(uow.funcionarios.achar(referencia), Recurso.FUNCIONARIO)
    if funcionario.papel is not Papel.MECANICO:
        raise RegraViolada(f"O funcionário {funcionario.id} não é mecânico.")
    if funcionario.loja_id not in (None, loja_id):
        raise RegraViolada(f"O mecânico {funcionario.id} é de outra loja.")
    return funcionario.id


@dataclass(frozen=True, kw_only=True)
class IniciarDiagnostico:
    """Começa o diagnóstico; o mecânico que o começa fica com a ordem sem dono."""

    ordem_id: int
    mecanico_id: Referencia | None = None
    versao: int | None = None

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        ordem.conferir_versao(self.versao)
        if uow.ator.papel is Papel.MECANICO:
            ordem.assumir(uow.ator.id)
        elif self.mecanico_id is not None:
            ordem.atribuir(_mecanico(uow, self.mecanico_id, ordem.loja_id))
        ordem.diagnosticar()
        uow.ordens.salvar(ordem)
        return ficha(uow, ordem)


@dataclass(frozen=True, kw_only=True)
class AnotarOrdem:
    """Escreve uma nota na ordem; notas não se apagam."""

    ordem_id: int
    texto: str

    def __post_init__(self) -> None:
        campos.fixar(self, texto=campos.nota(self.texto, "texto"))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        if uow.ator.papel is Papel.MECANICO:
            ordem.assumir(uow.ator.id)
            uow.ordens.salvar(ordem)
        uow.anotacoes.adicionar(
            Anotacao(ordem_id=ordem.id, texto=self.texto, ator=uow.ator.nome, em=uow.agora())
        )
        return ficha(uow, ordem)


@dataclass(frozen=True, kw_only=True)
class AprovarOrcamento:
    """Registra que o cliente aprovou o orçamento, inteiro ou por linha, e por que meio.

    Separa as peças aprovadas e põe a ordem em execução; o orçamento de balcão abre a ordem dele.
    Aprovar de novo responde a mesma ordem. O rascunho é enviado e aprovado de uma vez. Sem
    estoque, recusa e diz o que falta, a não ser que `permitir_falta` deixe a linha esperar.
    """

    orcamento_id: int
    linhas: tuple[int, ...] | None = None
    meio: Meio = Meio.BALCAO
    por: str | None = None
    motivo: str | None = None
    permitir_falta: bool = False
    versao: int | None = None

    def __post_init__(self) -> None:
        campos.fixar(
            self,
            por=campos.nome_opcional(self.por, "por"),
            motivo=campos.nota_opcional(self.motivo, "motivo"),
        )

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        orcamento = uow.orcamentos.obter(self.orcamento_id)
        ordem = ordem_do_orcamento(uow, orcamento)
        if ordem and orcamento.status is StatusOrcamento.APROVADO:
            self._exigir_mesma_resposta(orcamento)
            return ficha(uow, ordem)
        orcamento.conferir_versao(self.versao)
        if orcamento.status is StatusOrcamento.RASCUNHO:
            enviar(uow, ordem, orcamento)
        decidido = decisao(uow, orcamento, self.por, self.meio)
        orcamento.aprovar(self.linhas, decidido, uow.hoje(), self.motivo)
        ordem = self._executar_ordem(uow, ordem, orcamento)
        self._reservar(uow, orcamento)
        uow.orcamentos.salvar_itens(orcamento)
        return ficha(uow, ordem)

    def _exigir_mesma_resposta(self, orcamento: Orcamento) -> None:
        """Aprovar de novo outras linhas não é repetir: é trabalho novo."""
        aprovadas = {item.id for item in orcamento.aprovados}
        if self.linhas is not None and set(self.linhas) != aprovadas:
            raise Conflito(
                f"O orçamento {orcamento.id} já foi respondido; o que ficou de fora pede um "
                f"complementar: oficina orcamento criar --ordem {orcamento.ordem_id}"
            )

    def _executar_ordem(
        self, uow: UnidadeDeTrabalho, ordem: OrdemServico | None, orcamento: Orcamento
    ) -> OrdemServico:
        """Move a ordem e o orçamento, nesta ordem de travas; no balcão, a ordem nasce aqui."""
        if ordem is None:
            uow.orcamentos.salvar(orcamento)
            ordem = self._abrir(uow, orcamento)
            orcamento.ordem_id = ordem.id
        elif orcamento.principal:
            ordem.executar(orcamento.id, uow.agora())
            uow.ordens.salvar(ordem)
        else:
            ordem.exigir_orcavel()
            uow.ordens.salvar(ordem)
        uow.orcamentos.salvar(orcamento)
        if rascunho := uow.orcamentos.revisao_de(orcamento.id):
            rascunho.cancelar(f"o orçamento {orcamento.id} foi aprovado")
            uow.orcamentos.salvar(rascunho)
        return ordem

    def _abrir(self, uow: UnidadeDeTrabalho, orcamento: Orcamento) -> OrdemServico:
        ordem = OrdemServico(
            loja_id=orcamento.loja_id,
            veiculo_id=orcamento.veiculo_id,
            cliente_id=orcamento.cliente_id,
            queixa=orcamento.descricao,
            criado_em=uow.agora(),
        )
        ordem.executar(orcamento.id, uow.agora())
        uow.ordens.adicionar(ordem)
        return ordem

    def _reservar(self, uow: UnidadeDeTrabalho, orcamento: Orcamento) -> None:
        itens = {item.peca_id: item for item in orcamento.aprovados if item.peca_id is not None}
        pedidos = {peca_id: item.quantidade for peca_id, item in itens.items()}
        separadas = uow.estoques.reservar(
            orcamento.loja_id, pedidos, permitir_falta=self.permitir_falta
        )
        for peca_id, separada in separadas.items():
            itens[peca_id].reservada = separada


@dataclass(frozen=True, kw_only=True)
class PecaUsada:
    """Quanto se usou de uma linha do orçamento, na unidade comercial."""

    linha: int
    quantidade: Quantidade

    def __post_init__(self) -> None:
        conferir_minimo(self.quantidade, "quantidade")


@dataclass(frozen=True, kw_only=True)
class FinalizarOrdem:
    """Dá o serviço por pronto: baixa do estoque o que se usou e solta o resto.

    Cada linha gastou o aprovado, a não ser que se diga menos. Recusa enquanto um orçamento
    espera resposta ou falta peça a uma linha.
    """

    ordem_id: int
    usadas: tuple[PecaUsada, ...] = ()
    versao: int | None = None

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        ordem.conferir_versao(self.versao)
        if uow.ator.papel is Papel.MECANICO:
            ordem.assumir(uow.ator.id)
        ordem.finalizar(uow.agora())
        uow.ordens.salvar(ordem)
        orcamentos = _tomar_orcamentos(uow, ordem, "ordem finalizada", StatusOrcamento.RASCUNHO)
        itens = [item for orcamento in orcamentos for item in orcamento.aprovados]
        ordem.exigir_completa([o.id for o in orcamentos if _espera(o)], _faltas(itens))
        self._anotar_uso(itens)
        _baixar(uow, ordem, itens)
        for orcamento in orcamentos:
            uow.orcamentos.salvar_itens(orcamento)
        return ficha(uow, ordem)

    def _anotar_uso(self, itens: list[ItemOrcamento]) -> None:
        usadas = {usada.linha: usada.quantidade for usada in self.usadas}
        if len(usadas) < len(self.usadas):
            raise DadoInvalido("Uma linha foi dita duas vezes; some as quantidades.", "usadas")
        pecas = {item.id: item for item in itens if item.tipo is TipoItem.PECA}
        if estranhas := usadas.keys() - pecas.keys():
            raise NaoEncontrado(f"A linha {min(estranhas)} não é de peça aprovada desta ordem.")
        for item in itens:
            item.usada = item.quantidade
        for linha, usada in usadas.items():
            item = pecas[linha]
            item.usada = item.unidade.base(usada)
            if item.usada > item.quantidade:
                aprovado = quantidade(item.unidade.comercial(item.quantidade), item.unidade)
                raise RegraViolada(
                    f"A linha {linha} teve {aprovado} aprovados; para usar mais, faça um "
                    "orçamento complementar."
                )


def _tomar_orcamentos(
    uow: UnidadeDeTrabalho, ordem: OrdemServico, motivo: str, *cancelaveis: StatusOrcamento
) -> list[Orcamento]:
    """Os orçamentos da ordem, com eles e o estoque deles na mão; a `reservada` já não muda.

    Os que estão em `cancelaveis` se cancelam: sem resposta, não sobrevivem à ordem.
    """
    for orcamento in uow.orcamentos.da_ordem(ordem.id):
        if orcamento.status in cancelaveis:
            orcamento.cancelar(motivo)
        uow.orcamentos.salvar(orcamento)
    uow.estoques.travar(ordem.loja_id, uow.orcamentos.pecas_da_ordem(ordem.id))
    return uow.orcamentos.da_ordem(ordem.id)


def _faltas(itens: list[ItemOrcamento]) -> list[str]:
    return [
        f"{quantidade(item.unidade.comercial(item.falta), item.unidade)} de {item.descricao}"
        for item in itens
        if item.falta
    ]


def _baixar(uow: UnidadeDeTrabalho, ordem: OrdemServico, itens: list[ItemOrcamento]) -> None:
    """Um movimento por peça, ainda que ela esteja em vários orçamentos da ordem."""
    usado, reservado = Counter[int](), Counter[int]()
    for item in itens:
        if item.peca_id is not None:
            usado[item.peca_id] += item.usada or 0
            reservado[item.peca_id] += item.reservada
        item.reservada = 0
    for peca_id in sorted(reservado):
        if usado[peca_id]:
            uow.estoques.mover(
                ordem.loja_id,
                peca_id,
                -usado[peca_id],
                CausaMovimento.SAIDA_OS,
                ordem_id=ordem.id,
                liberar=reservado[peca_id],
            )
        else:
            uow.estoques.liberar(ordem.loja_id, {peca_id: reservado[peca_id]})


@dataclass(frozen=True, kw_only=True)
class EntregarOrdem:
    """Devolve o carro ao cliente; saldo a pagar avisa, mas não impede (STJ REsp 1.628.385)."""

    ordem_id: int
    km: int | None = None
    versao: int | None = None

    def __post_init__(self) -> None:
        campos.faixa(self.km, "km", 0, KM_MAXIMO)

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        ordem.conferir_versao(self.versao)
        ordem.entregar(self.km)
        uow.ordens.salvar(ordem)
        if self.km is not None:
            veiculo = uow.veiculos.obter(ordem.veiculo_id)
            veiculo.rodar(self.km)
            uow.veiculos.salvar(veiculo)
        return ficha(uow, ordem)


@dataclass(frozen=True, kw_only=True)
class CancelarOrdem:
    """Cancela a ordem, com o motivo: solta as peças separadas e os orçamentos em aberto.

    Em execução, só o gerente.
    """

    ordem_id: int
    motivo: str
    versao: int | None = None

    def __post_init__(self) -> None:
        campos.fixar(self, motivo=campos.nota(self.motivo, "motivo"))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        ordem.conferir_versao(self.versao)
        if ordem.status is StatusOrdem.EM_EXECUCAO:
            uow.ator.exigir(Papel.GERENTE, acao="cancelar uma ordem em execução")
        ordem.cancelar(self.motivo)
        uow.ordens.salvar(ordem)
        reservadas = Counter[int]()
        for orcamento in _tomar_orcamentos(uow, ordem, self.motivo, *ABERTOS):
            for item in orcamento.aprovados:
                if item.peca_id is not None and item.reservada:
                    reservadas[item.peca_id] += item.reservada
                    item.reservada = 0
            uow.orcamentos.salvar_itens(orcamento)
        uow.estoques.liberar(ordem.loja_id, reservadas)
        return ficha(uow, ordem)


@dataclass(frozen=True, kw_only=True)
class RegistrarPagamento:
    """Registra o que o cliente pagou por uma ordem; antes de pronta, pode ser um sinal."""

    ordem_id: int
    forma: FormaPagamento
    valor: Reais

    def __post_init__(self) -> None:
        campos.fixar(self, valor=campos.reais(self.valor, "valor"))
        if not self.valor:
            raise DadoInvalido("O valor do pagamento deve ser maior que zero.", "valor")

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        uow.ordens.salvar(ordem)
        conta = uow.ordens.contas([ordem.id])[ordem.id]
        saldo = conta.total - conta.pago
        if ordem.status in ENCERRADAS and self.valor > saldo:
            raise RegraViolada(f"O pagamento passa do que falta, {reais(max(saldo, ZERO))}.")
        uow.pagamentos.adicionar(
            Pagamento(
                ordem_id=ordem.id,
                forma=self.forma,
                valor=self.valor,
                em=uow.agora(),
                ator=uow.ator.nome,
            )
        )
        return ficha(uow, ordem)


@dataclass(frozen=True, kw_only=True)
class EstornarPagamento:
    """Devolve um pagamento, uma vez só; os dois ficam no registro."""

    pagamento_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        pagamento = uow.pagamentos.obter(self.pagamento_id)
        ordem = self._ordem(uow, pagamento)
        if pagamento.estorno_de is not None:
            raise Conflito("Isso já é um estorno; registre um pagamento novo.")
        uow.ordens.salvar(ordem)
        if any(p.estorno_de == pagamento.id for p in uow.pagamentos.da_ordem(ordem.id)):
            raise Conflito(f"O pagamento {pagamento.id} já foi estornado.")
        uow.pagamentos.adicionar(
            Pagamento(
                ordem_id=ordem.id,
                forma=pagamento.forma,
                valor=-pagamento.valor,
                em=uow.agora(),
                ator=uow.ator.nome,
                estorno_de=pagamento.id,
            )
        )
        return ficha(uow, ordem)

    def _ordem(self, uow: UnidadeDeTrabalho, pagamento: Pagamento) -> OrdemServico:
        """O pagamento de uma ordem que não se vê responde como o que não existe."""
        try:
            return uow.ordens.obter(pagamento.ordem_id)
        except NaoEncontrado:
            raise NaoEncontrado(f"Não há pagamento {pagamento.id}; confira o número.") from None


@dataclass(frozen=True, kw_only=True)
class LinhaHistorico:
    """Um acontecimento da ordem."""

    em: datetime
    acao: str
    entidade: str
    entidade_id: int
    ator: str
    diferenca: str


@dataclass(frozen=True, kw_only=True)
class VerHistoricoOrdem:
    """Mostra tudo o que aconteceu com a ordem: quem fez o quê, e quando."""

    ordem_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> tuple[LinhaHistorico, ...]:
        ordem = uow.ordens.obter(self.ordem_id)
        return tuple(
            LinhaHistorico(
                em=evento.em,
                acao=evento.acao,
                entidade=evento.entidade,
                entidade_id=evento.entidade_id,
                ator=evento.ator_nome,
                diferenca=evento.diferenca,
            )
            for evento in uow.eventos.da_ordem(ordem.id)
        )
