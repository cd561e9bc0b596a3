"""A chegada do carro: cliente, veículo, ordem e orçamento em um pedido só."""

from dataclasses import dataclass

from oficina_core.casos import campos
from oficina_core.casos.cadastros import Recurso, exigir_ativo
from oficina_core.casos.campos import Referencia
from oficina_core.casos.clientes import DadosCliente
from oficina_core.casos.orcamentos import gravar_novo, rascunho_da
from oficina_core.casos.orcamentos_proposta import Proposta
from oficina_core.casos.ordens import FichaOrdem, ficha, outras_na_casa
from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.casos.veiculos import DadosVeiculo
from oficina_core.dominio.cliente import Cliente
from oficina_core.dominio.erros import Conflito, DadoInvalido, NaoEncontrado, OutroCarro, OutroDono
from oficina_core.dominio.ordem import OrdemServico
from oficina_core.dominio.valores import Placa
from oficina_core.dominio.veiculo import KM_MAXIMO, Veiculo
from oficina_core.texto import lista, sem_acento

QUEIXA_MAXIMA = 1000
PARECIDAS_MAXIMO = 3


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
        ordem = OrdemServico(
            loja_id=uow.ator.loja_certa,
            veiculo_id=veiculo.id,
            cliente_id=veiculo.cliente_id,
            queixa=self.queixa or "",
            km_entrada=self.km,
            criado_em=uow.agora(),
        )
        orcamento = rascunho_da(ordem, uow.agora())
        kits = [] if self.vazia else self.compor(uow, orcamento)
        ordem.queixa = self.queixa or ", ".join(kits)[:QUEIXA_MAXIMA]
        if not ordem.queixa:
            raise DadoInvalido("Diga a queixa do cliente, ou inclua um kit.", "queixa")
        uow.ordens.adicionar(ordem)
        if orcamento.itens:
            orcamento.ordem_id = ordem.id
            orcamento.descricao = ordem.queixa.split("\n")[0][:200]
            gravar_novo(uow, ordem if self.enviar else None, orcamento, ja_envia=self.enviar)
        return ficha(uow, ordem, aviso=outras_na_casa(uow, ordem))

    def _cliente(self, uow: UnidadeDeTrabalho) -> Cliente | None:
        """O cliente dito: pelo id ou documento, ou pelos dados, que acham ou criam."""
        if self.cliente_id is not None:
            return exigir_ativo(uow.clientes.achar(self.cliente_id), Recurso.CLIENTE)
        if self.cliente is None:
            return None
        return _conhecido(uow, self.cliente) or self.cliente.cadastrar(uow)

    def _veiculo(self, uow: UnidadeDeTrabalho, cliente: Cliente | None) -> Veiculo:
        """O veículo, com o km anotado e, se pedido, com o dono trocado."""
        if isinstance(self.veiculo_id, int):
            veiculo: Veiculo | None = uow.veiculos.obter(self.veiculo_id)
        else:
            veiculo = uow.veiculos.procurar(self.veiculo_id)
        if veiculo is None:
            return self._novo_veiculo(uow, Placa(str(self.veiculo_id)), cliente)
        exigir_ativo(veiculo, Recurso.VEICULO)
        mudou = self.veiculo is not None and _completar(veiculo, self.veiculo)
        mudou |= self.km is not None and self.km != veiculo.km
        veiculo.rodar(self.km)
        if cliente and cliente.id != veiculo.cliente_id:
            if not self.transferir:
                dono = uow.clientes.obter(veiculo.cliente_id)
                raise OutroDono(
                    f"O veículo é de {dono.nome} (cliente {dono.id}), e não de {cliente.nome}; "
                    "confira a placa, ou diga que o carro mudou de dono.",
                    comando="--transferir",
                )
            veiculo.cliente_id, mudou = cliente.id, True
        dono = cliente or exigir_ativo(uow.clientes.obter(veiculo.cliente_id), Recurso.CLIENTE)
        uow.clientes.segurar(dono)
        if mudou:
            uow.veiculos.salvar(veiculo)
        return veiculo

    def _novo_veiculo(
        self, uow: UnidadeDeTrabalho, placa: Placa, cliente: Cliente | None
    ) -> Veiculo:
        if self.veiculo is None or cliente is None:
            perto = uow.busca.veiculos_de_placas(Placa.parecidas(placa), PARECIDAS_MAXIMO)
            seria = f"seria {lista([v['placa'] for v in perto], 'ou')}? Para" if perto else "para"
            raise NaoEncontrado(
                f"Nenhum veículo tem essa placa; {seria} cadastrar junto, diga a marca, o modelo e "
                "o cliente.",
                comando="--marca MARCA --modelo MODELO --cliente DOCUMENTO",
            )
        self.veiculo.conferir_ano(uow.hoje())
        uow.clientes.segurar(cliente)
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


def _completar(veiculo: Veiculo, dito: DadosVeiculo) -> bool:
    """Se o carro ganha o ano ou a cor que não tinha.

    Levanta Conflito se o dessa placa não é como se disse: a placa pode ser outra.
    """
    ano = dito.ano if veiculo.ano is None else veiculo.ano
    cor = dito.cor if veiculo.cor is None else veiculo.cor
    if (
        not _combinam(dito.modelo, veiculo.modelo)
        or dito.ano not in (None, ano)
        or (dito.cor and sem_acento(dito.cor) != sem_acento(cor or ""))
    ):
        partes = (veiculo.marca, veiculo.modelo, veiculo.cor, veiculo.ano)
        raise OutroCarro(
            f"O veículo dessa placa é {' '.join(str(parte) for parte in partes if parte)}; "
            "confira-a. Se é ele, não diga marca, modelo, ano nem cor: o que mudou se edita no "
            "cadastro do veículo.",
            comando=f"veiculo editar {veiculo.placa}",
        )
    mudou = (ano, cor) != (veiculo.ano, veiculo.cor)
    veiculo.ano, veiculo.cor = ano, cor
    return mudou


def _conhecido(uow: UnidadeDeTrabalho, dados: DadosCliente) -> Cliente | None:
    """Quem já é cliente: o do documento ou, sem ele, o de mesmo telefone e nome.

    Levanta Conflito se o documento é de alguém com outro nome.
    """
    if not dados.documento:
        do_telefone = uow.busca.clientes_do_telefone(dados.telefone or "")
        iguais = [linha["id"] for linha in do_telefone if _combinam(dados.nome, linha["nome"])]
        return uow.clientes.obter(iguais[0]) if iguais else None
    conhecido = uow.clientes.procurar(dados.documento)
    if conhecido is None or not conhecido.ativo:
        return None
    if not _combinam(dados.nome, conhecido.nome):
        raise Conflito(
            f"Esse documento já é de {conhecido.nome} (cliente {conhecido.id}); confira o nome, ou "
            "diga só o documento.",
            comando=f"--cliente id:{conhecido.id}",
        )
    return conhecido


def _combinam(dito: str, cadastrado: str) -> bool:
    """O nome dito pode ser parte do cadastrado, ou o contrário, mas não outro."""
    um, outro = sem_acento(dito), sem_acento(cadastrado)
    return um in outro or outro in um
