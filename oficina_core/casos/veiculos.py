"""Casos de uso do veículo."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from oficina_core.casos import campos
from oficina_core.casos.cadastros import Busca, Recurso, ativar, exigir_ativo, recusar_repetido
from oficina_core.casos.campos import Referencia
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.dominio.cliente import Cliente
from oficina_core.dominio.dinheiro import Quantidade, Reais
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.valores import Placa, documento
from oficina_core.dominio.veiculo import ANO_MAXIMO, ANO_MINIMO, KM_MAXIMO, Veiculo


@dataclass(frozen=True, kw_only=True)
class FichaVeiculo:
    """O veículo e de quem é."""

    id: int
    placa: str
    marca: str
    modelo: str
    ano: int | None
    cor: str | None
    km: int | None
    cliente_id: int
    cliente: str
    ativo: bool
    versao: int

    @classmethod
    def de(cls, veiculo: Veiculo, cliente: Cliente) -> Self:
        return cls(
            id=veiculo.id,
            placa=veiculo.placa,
            marca=veiculo.marca,
            modelo=veiculo.modelo,
            ano=veiculo.ano,
            cor=veiculo.cor,
            km=veiculo.km,
            cliente_id=veiculo.cliente_id,
            cliente=cliente.nome,
            ativo=veiculo.ativo,
            versao=veiculo.versao,
        )


@dataclass(frozen=True, kw_only=True)
class LinhaVeiculo:
    id: int
    placa: str
    marca: str
    modelo: str
    ano: int | None
    cliente: str
    ativo: bool

    @classmethod
    def de(cls, linha: Linha) -> Self:
        return cls(
            id=linha["id"],
            placa=linha["placa"],
            marca=linha["marca"],
            modelo=linha["modelo"],
            ano=linha["ano"],
            cliente=linha["cliente"],
            ativo=linha["ativo"],
        )


@dataclass(frozen=True, kw_only=True)
class DadosVeiculo:
    """O que se diz de um carro, além da placa."""

    marca: str
    modelo: str
    ano: int | None = None
    cor: str | None = None

    def __post_init__(self) -> None:
        campos.faixa(self.ano, "ano", ANO_MINIMO, ANO_MAXIMO)
        campos.fixar(
            self,
            marca=campos.nome(self.marca, "marca", 40),
            modelo=campos.nome(self.modelo, "modelo", 60),
            cor=campos.nome_opcional(self.cor, "cor", 30),
        )

    def conferir_ano(self, hoje: date) -> None:
        """O modelo é, no máximo, do ano que vem."""
        campos.faixa(self.ano, "ano", ANO_MINIMO, hoje.year + 1)


@dataclass(frozen=True, kw_only=True)
class CriarVeiculo(DadosVeiculo):
    """Cadastra um veículo; as duas grafias da placa são o mesmo carro."""

    placa: str
    cliente_id: Referencia
    km: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        campos.faixa(self.km, "km", 0, KM_MAXIMO)
        campos.fixar(self, placa=Placa(self.placa))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaVeiculo:
        self.conferir_ano(uow.hoje())
        cliente = exigir_ativo(uow.clientes.achar(self.cliente_id), Recurso.CLIENTE)
        recusar_repetido(uow.veiculos, self.placa, Recurso.VEICULO)
        veiculo = Veiculo(
            placa=self.placa,
            marca=self.marca,
            modelo=self.modelo,
            ano=self.ano,
            cor=self.cor,
            km=self.km,
            cliente_id=cliente.id,
        )
        uow.veiculos.adicionar(veiculo)
        return FichaVeiculo.de(veiculo, cliente)


@dataclass(frozen=True, kw_only=True)
class EditarVeiculo(DadosVeiculo):
    """Troca os dados do veículo, a placa ou o dono."""

    veiculo_id: int
    versao: int
    placa: str
    cliente_id: Referencia
    km: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        campos.faixa(self.km, "km", 0, KM_MAXIMO)
        dono = campos.referencia(self.cliente_id, documento)
        campos.fixar(self, placa=Placa(self.placa), cliente_id=dono)

    def executar(self, uow: UnidadeDeTrabalho) -> FichaVeiculo:
        self.conferir_ano(uow.hoje())
        veiculo = uow.veiculos.obter(self.veiculo_id)
        veiculo.conferir_versao(self.versao)
        recusar_repetido(uow.veiculos, self.placa, Recurso.VEICULO, veiculo.id)
        cliente = uow.clientes.achar(self.cliente_id)
        if cliente.id != veiculo.cliente_id:
            exigir_ativo(cliente, Recurso.CLIENTE)
        veiculo.emplacar(Placa(self.placa))
        veiculo.marca, veiculo.modelo = self.marca, self.modelo
        veiculo.ano, veiculo.cor, veiculo.km = self.ano, self.cor, self.km
        veiculo.cliente_id = cliente.id
        uow.veiculos.salvar(veiculo)
        return FichaVeiculo.de(veiculo, cliente)


@dataclass(frozen=True, kw_only=True)
class VerVeiculo:
    """Mostra um veículo."""

    veiculo_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaVeiculo:
        return _ficha(uow, uow.veiculos.obter(self.veiculo_id))


@dataclass(frozen=True, kw_only=True)
class ListarVeiculos(Busca):
    """Lista os veículos por placa; busca um pedaço da placa ou do modelo."""

    def __post_init__(self) -> None:
        super().__post_init__()
        campos.fixar(self, busca=self.busca and self.busca.replace("-", ""))

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaVeiculo]:
        return self.pagina(uow.veiculos, LinhaVeiculo.de)


@dataclass(frozen=True, kw_only=True)
class DesativarVeiculo:
    """Tira o veículo das listas; a história dele fica."""

    veiculo_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaVeiculo:
        return _ficha(uow, ativar(uow.veiculos, self.veiculo_id, ativo=False))


@dataclass(frozen=True, kw_only=True)
class ReativarVeiculo:
    """Devolve o veículo às listas."""

    veiculo_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaVeiculo:
        return _ficha(uow, ativar(uow.veiculos, self.veiculo_id, ativo=True))


@dataclass(frozen=True, kw_only=True)
class Visita:
    """Uma passagem do carro pela oficina."""

    ordem_id: int
    status: StatusOrdem
    queixa: str
    km_entrada: int | None
    total: Reais
    criado_em: datetime


@dataclass(frozen=True, kw_only=True)
class Sugestao:
    """O que se propôs em outra visita e o cliente deixou para depois."""

    orcamento_id: int
    servico_id: int | None
    peca_id: int | None
    descricao: str
    quantidade: Quantidade
    total: Reais
    motivo: str | None
    em: datetime

    @classmethod
    def de(cls, linha: Linha) -> Self:
        return cls(
            orcamento_id=linha["orcamento_id"],
            servico_id=linha["servico_id"],
            peca_id=linha["peca_id"],
            descricao=linha["descricao"],
            quantidade=linha["unidade"].comercial(linha["quantidade"]),
            total=linha["total"],
            motivo=linha["motivo"],
            em=linha["decidido_em"],
        )


@dataclass(frozen=True, kw_only=True)
class HistoricoVeiculo:
    """As visitas do carro e o que ficou recusado nelas."""

    veiculo: FichaVeiculo
    visitas: tuple[Visita, ...]
    recusados: tuple[Sugestao, ...]


@dataclass(frozen=True, kw_only=True)
class VerHistoricoVeiculo:
    """Mostra as visitas do veículo e o que o cliente recusou nelas."""

    veiculo_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> HistoricoVeiculo:
        veiculo = uow.veiculos.obter(self.veiculo_id)
        ordens = uow.ordens.do_veiculo(veiculo.id)
        contas = uow.ordens.contas({ordem["id"]: ordem["status"] for ordem in ordens}, uow.hoje())
        return HistoricoVeiculo(
            veiculo=_ficha(uow, veiculo),
            visitas=tuple(
                Visita(
                    ordem_id=ordem["id"],
                    status=ordem["status"],
                    queixa=ordem["queixa"],
                    km_entrada=ordem["km_entrada"],
                    total=contas[ordem["id"]].total,
                    criado_em=ordem["criado_em"],
                )
                for ordem in ordens
            ),
            recusados=sugestoes(uow, veiculo.id),
        )


def sugestoes(
    uow: UnidadeDeTrabalho, veiculo_id: int, *, fora_da: int | None = None
) -> tuple[Sugestao, ...]:
    """Cada serviço ou peça que ficou para depois, uma vez só, menos o que é da ordem dita."""
    recusados = {
        (item["servico_id"], item["peca_id"]): item
        for item in reversed(uow.orcamentos.recusados_do_veiculo(veiculo_id))
        if fora_da is None or item["ordem_id"] != fora_da
    }
    return tuple(map(Sugestao.de, reversed(recusados.values())))


def _ficha(uow: UnidadeDeTrabalho, veiculo: Veiculo) -> FichaVeiculo:
    return FichaVeiculo.de(veiculo, uow.clientes.citado(veiculo.cliente_id))
