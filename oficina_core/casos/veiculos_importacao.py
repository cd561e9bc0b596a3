"""Casos de uso do veículo: trazer de uma planilha, e levar para ela."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from oficina_core.casos import campos
from oficina_core.casos.cadastros import Busca, Recurso, exigir_ativo, por_nome
from oficina_core.casos.campos import Referencia
from oficina_core.casos.importacao import (
    Importacao,
    Importar,
    LinhaCompleta,
    Recusas,
    conferir_planilha,
    importar,
    trocas,
)
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.casos.traducao import Passageira
from oficina_core.casos.veiculos import DadosVeiculo
from oficina_core.dominio.cliente import Cliente
from oficina_core.dominio.erros import DadoInvalido, ErroOficina, NaoEncontrado
from oficina_core.dominio.valores import Placa, documento
from oficina_core.dominio.veiculo import KM_MAXIMO, Veiculo
from oficina_core.texto import sem_acento

Dono = Referencia | tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class LinhaImportadaVeiculo(DadosVeiculo):
    """Um veículo da planilha. O dono é `cliente_id`, ou o que tem este nome e este telefone."""

    linha: int
    placa: str
    km: int | None = None
    cliente_id: Referencia | None = None
    cliente: str | None = None
    telefone: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        campos.faixa(self.km, "km", 0, KM_MAXIMO)
        campos.fixar(
            self,
            placa=Placa(self.placa),
            cliente_id=campos.referencia(self.cliente_id, documento),
            cliente=campos.nome_opcional(self.cliente, "cliente"),
            telefone=campos.telefone(self.telefone),
        )
        if self.cliente_id is None and not (self.cliente and self.telefone):
            raise DadoInvalido(
                "Diga de quem é: o CPF ou CNPJ, ou o nome e o telefone do cliente.", "documento"
            )

    @property
    def chave(self) -> str:
        return Placa(self.placa).canonica

    @property
    def rotulo(self) -> str:
        return f"a placa {self.placa}"

    @property
    def dono(self) -> Dono:
        """Como a linha diz de quem é o carro."""
        if self.cliente_id is not None:
            return self.cliente_id
        return sem_acento(self.cliente or ""), self.telefone or ""


@dataclass(frozen=True, kw_only=True)
class VeiculoComDono(LinhaCompleta[LinhaImportadaVeiculo]):
    """Um veículo da planilha, com o dono já achado."""

    dono: Cliente

    def novo(self) -> Veiculo:
        pedido = self.pedido
        return Veiculo(
            placa=pedido.placa,
            marca=pedido.marca,
            modelo=pedido.modelo,
            ano=pedido.ano,
            cor=pedido.cor,
            km=pedido.km,
            cliente_id=self.dono.id,
        )

    def trocas(self, atual: Veiculo) -> list[str]:
        """A outra grafia da placa não conta: é o mesmo carro."""
        com_dono = replace(self.pedido, cliente_id=self.dono.id)
        return trocas(com_dono, atual, ("marca", "modelo", "ano", "cor", "km", "cliente_id"))

    def conferir(self, atual: Veiculo | None, hoje: date) -> None:
        """Levanta o que impede o carro de entrar: modelo do futuro, ou dono novo desativado."""
        self.pedido.conferir_ano(hoje)
        if atual is None or atual.cliente_id != self.dono.id:
            exigir_ativo(self.dono, Recurso.CLIENTE)

    def vestir(self, atual: Veiculo) -> None:
        """O que a planilha não diz fica como está."""
        atual.marca, atual.modelo, atual.cliente_id = (
            self.pedido.marca,
            self.pedido.modelo,
            self.dono.id,
        )
        for campo in ("ano", "cor", "km"):
            dito = getattr(self.pedido, campo)
            setattr(atual, campo, getattr(atual, campo) if dito is None else dito)


@dataclass(frozen=True, kw_only=True)
class ImportarVeiculos(Importar):
    """Traz os veículos de uma planilha: todos ou nenhum; o que já está igual não muda.

    O dono já é cliente, e diz-se pelo documento, pelo número, ou pelo nome e telefone. Trocá-lo
    também é diferença.
    """

    linhas: tuple[LinhaImportadaVeiculo, ...]

    def executar(self, uow: UnidadeDeTrabalho) -> Importacao:
        conferir_planilha(self.linhas)
        hoje, recusas = uow.hoje(), Recusas()
        return importar(
            self,
            uow.veiculos,
            _com_dono(self.linhas, _donos(uow, self.linhas), recusas),
            uow.veiculos.por_nome([linha.chave for linha in self.linhas]),
            novo=VeiculoComDono.novo,
            vestir=VeiculoComDono.vestir,
            conferir=lambda linha, atual: linha.conferir(atual, hoje),
            recusas=recusas,
        ).resumo


def _donos(
    uow: UnidadeDeTrabalho, linhas: tuple[LinhaImportadaVeiculo, ...]
) -> dict[Dono, Cliente]:
    ditos = {linha.dono for linha in linhas}
    referencias = [dito for dito in ditos if not isinstance(dito, tuple)]
    contatos = [dito for dito in ditos if isinstance(dito, tuple)]
    donos: dict[Any, Cliente] = {**uow.clientes.que_ha(referencias)}
    return donos | uow.clientes.do_contato(contatos)


def _com_dono(
    linhas: tuple[LinhaImportadaVeiculo, ...], donos: Mapping[Dono, Cliente], recusas: Recusas
) -> list[VeiculoComDono]:
    achados = []
    for linha in linhas:
        if linha.dono in donos:
            achados.append(VeiculoComDono(pedido=linha, dono=donos[linha.dono]))
        else:
            recusas.anotar_erro(SEM_DONO, linha)
    return achados


SEM_DONO: ErroOficina = NaoEncontrado(
    "não há esse cliente; importe os clientes antes, ou confira o documento."
)


@dataclass(frozen=True, kw_only=True)
class LinhaVeiculoRevelado:
    """O veículo em uma lista, com o documento do dono: é a planilha que se importa."""

    id: int
    placa: str
    marca: str
    modelo: str
    ano: int | None
    cor: str | None
    km: int | None
    cliente: str
    documento: str | None
    telefone: str | None
    ativo: bool

    @classmethod
    def de(cls, linha: Linha, dono: Cliente) -> Self:
        return cls(
            **{nome: linha[nome] for nome in ("id", "placa", "marca", "modelo", "ano", "cor")},
            km=linha["km"],
            cliente=dono.nome,
            documento=dono.documento,
            telefone=dono.telefone,
            ativo=linha["ativo"],
        )


@dataclass(frozen=True, kw_only=True)
class VeiculosRevelados(Passageira):
    """Uma página deles; `proximo` é o cursor da seguinte, que vai no pedido."""

    itens: tuple[LinhaVeiculoRevelado, ...]
    proximo: str | None


@dataclass(frozen=True, kw_only=True)
class RevelarVeiculos(Busca):
    """Lista os veículos por placa, com o documento do dono; fica no registro quem os viu."""

    def executar(self, uow: UnidadeDeTrabalho) -> VeiculosRevelados:
        linhas = self.linhas(uow.veiculos)
        donos = uow.clientes.que_ha({linha["cliente_id"] for linha in linhas})
        pagina = self.paginar(
            linhas,
            por_nome,
            lambda linha: LinhaVeiculoRevelado.de(linha, donos[linha["cliente_id"]]),
        )
        if pagina.itens:
            vistos = {linha["cliente_id"] for linha in linhas[: len(pagina.itens)]}
            uow.eventos.revelou(sorted(vistos))
        return VeiculosRevelados(itens=pagina.itens, proximo=pagina.proximo)
