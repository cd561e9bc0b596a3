"""Comandos do veículo."""

from typing import Annotated

from oficina_cli import opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo, mudado
from oficina_cli.comandos import planilhas
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.campos import Referencia
from oficina_core.casos.veiculos import (
    CriarVeiculo,
    DesativarVeiculo,
    EditarVeiculo,
    ListarVeiculos,
    ReativarVeiculo,
    VerHistoricoVeiculo,
    VerVeiculo,
)
from oficina_core.casos.veiculos_importacao import (
    ImportarVeiculos,
    LinhaVeiculoRevelado,
    RevelarVeiculos,
)

app = grupo("Veículos: os carros e a história deles.")

DO_CLIENTE = opcoes.nome("--cliente", "CLIENTE", "De quem é: CPF, CNPJ ou id:NÚMERO.")
Ano = Annotated[int | None, opcoes.inteiro("--ano", "Ano do modelo.")]
Cor = Annotated[str | None, opcoes.texto("--cor", "Como prata.")]
Km = Annotated[int | None, opcoes.inteiro("--km", "O que marca o hodômetro.")]


@comando(
    app,
    "veiculo criar --placa ABC1D23 --marca Fiat --modelo Uno --cliente 529.982.247-25",
)
def criar(
    *,
    placa: Annotated[str, opcoes.texto("--placa", "Antiga ou Mercosul.")],
    marca: Annotated[str, opcoes.texto("--marca", "Como Fiat.")],
    modelo: Annotated[str, opcoes.texto("--modelo", "Como Uno 1.0.")],
    cliente: Annotated[Referencia, DO_CLIENTE],
    ano: Ano = None,
    cor: Cor = None,
    km: Km = None,
) -> CriarVeiculo:
    return CriarVeiculo(
        placa=placa, marca=marca, modelo=modelo, cliente_id=cliente, ano=ano, cor=cor, km=km
    )


@comando(app, "veiculo listar uno", "veiculo listar --revelar --tudo -o ndjson > veiculos.ndjson")
def listar(
    atendimento: Atendimento,
    *,
    busca: opcoes.Busca = None,
    inativos: opcoes.Inativos = False,
    revelar: planilhas.Revelar = False,
) -> ListarVeiculos | None:
    if not revelar:
        return ListarVeiculos(busca=busca, inativos=inativos)
    caso = RevelarVeiculos(busca=busca, inativos=inativos)
    planilhas.revelar(atendimento, caso, LinhaVeiculoRevelado)
    return None


@comando(app, "veiculo ver ABC1D23")
def ver(atendimento: Atendimento, placa: opcoes.Veiculo) -> VerVeiculo:
    return VerVeiculo(veiculo_id=atendimento.localizar(Recurso.VEICULO, placa))


@comando(app, "veiculo editar ABC1D23 --cor prata", "veiculo editar ABC1D23 --cliente id:7")
def editar(
    atendimento: Atendimento,
    veiculo: opcoes.Veiculo,
    *,
    placa: Annotated[str | None, opcoes.texto("--placa", "A placa nova.")] = None,
    marca: Annotated[str | None, opcoes.texto("--marca", "Como Fiat.")] = None,
    modelo: Annotated[str | None, opcoes.texto("--modelo", "Como Uno 1.0.")] = None,
    cliente: Annotated[Referencia | None, DO_CLIENTE] = None,
    ano: Ano = None,
    cor: Cor = None,
    km: Km = None,
) -> EditarVeiculo:
    numero = atendimento.localizar(Recurso.VEICULO, veiculo)
    atual = atendimento.executar(VerVeiculo(veiculo_id=numero))
    return mudado(
        EditarVeiculo,
        atual,
        veiculo_id=numero,
        placa=placa,
        marca=marca,
        modelo=modelo,
        cliente_id=cliente,
        ano=ano,
        cor=cor,
        km=km,
    )


@comando(app, "veiculo historico ABC1D23")
def historico(atendimento: Atendimento, placa: opcoes.Veiculo) -> VerHistoricoVeiculo:
    return VerHistoricoVeiculo(veiculo_id=atendimento.localizar(Recurso.VEICULO, placa))


@comando(app, "veiculo desativar ABC1D23", pergunta="Desativar o veículo {placa}?")
def desativar(atendimento: Atendimento, placa: opcoes.Veiculo) -> DesativarVeiculo:
    return DesativarVeiculo(veiculo_id=atendimento.localizar(Recurso.VEICULO, placa))


@comando(app, "veiculo reativar ABC1D23")
def reativar(atendimento: Atendimento, placa: opcoes.Veiculo) -> ReativarVeiculo:
    return ReativarVeiculo(veiculo_id=atendimento.localizar(Recurso.VEICULO, placa))


@comando(
    app,
    "veiculo importar veiculos.csv --simular",
    'veiculo importar carros.csv --mapa "CPF do dono=documento" --parcial',
    caso=ImportarVeiculos,
)
def importar(
    atendimento: Atendimento,
    *,
    arquivo: planilhas.Arquivo = None,
    mapa: planilhas.Mapa = None,
    atualizar: planilhas.Atualizar = False,
    parcial: planilhas.Parcial = False,
    rejeitadas: planilhas.Rejeitadas = None,
) -> None:
    planilhas.importar(
        atendimento,
        "veiculos",
        lambda linhas: ImportarVeiculos(linhas=linhas, atualizar=atualizar, parcial=parcial),
        arquivo=arquivo,
        mapa=mapa,
        parcial=parcial,
        rejeitadas=rejeitadas,
    )
