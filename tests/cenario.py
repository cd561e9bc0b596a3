"""O que os testes precisam ter na oficina antes de começar, feito por casos de uso."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.casos.clientes import CriarCliente, DadosCliente, FichaCliente
from oficina_core.casos.estoque import EntradaEstoque
from oficina_core.casos.funcionarios import CriarFuncionario, FichaFuncionario
from oficina_core.casos.kits import CriarKit, ItemPedido
from oficina_core.casos.lojas import CriarLoja
from oficina_core.casos.orcamentos import CriarOrcamento, EnviarOrcamento, FichaOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import FichaOrdem
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.pecas import CriarPeca
from oficina_core.casos.portas import Oficina
from oficina_core.casos.servicos import CriarServico
from oficina_core.casos.veiculos import CriarVeiculo, DadosVeiculo, EditarVeiculo, FichaVeiculo
from oficina_core.dominio.acesso import Papel, Sujeito, TipoAtor
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.erros import ErroOficina
from oficina_core.dominio.valores import CPF

CPF_ANA = "529.982.247-25"
CPF_ZE = "111.444.777-35"
CPF_BIA = "123.456.789-09"
PLACA = "ABC1D23"


@contextmanager
def recusa(tipo: type[ErroOficina], *, conserta: str) -> Iterator[None]:
    """O que se pede dentro dele é recusado, e a recusa diz o comando que conserta."""
    with pytest.raises(tipo) as recusado:
        yield
    assert recusado.value.comando == conserta


def reais(texto: str) -> Decimal:
    return Decimal(texto)


def catalogo(oficina: Oficina) -> None:
    """Dois serviços, três peças com estoque (10 filtros, 40 l de óleo, 1 pastilha) e um kit."""
    oficina.executar(
        CriarServico(codigo="OLEO", nome="Troca de óleo", preco=reais("75.00"), tempo_estimado=30)
    )
    oficina.executar(
        CriarServico(codigo="PAST", nome="Pastilhas", preco=reais("150.00"), tempo_estimado=60)
    )
    peca(oficina, "FILTRO", "35.00", estoque="10", custo="20.00")
    peca(oficina, "OLEO-5W30", "39.90", estoque="40", custo="25.00", unidade=Unidade.L)
    peca(oficina, "PASTILHA", "180.00", estoque="1", custo="100.00")
    oficina.executar(
        CriarKit(
            codigo="TROCA-OLEO",
            nome="Troca de óleo 1.0",
            servicos=("OLEO",),
            pecas=(ItemPedido(id="OLEO-5W30", quantidade=Decimal("3.5")), "FILTRO"),
        )
    )


def peca(
    oficina: Oficina,
    codigo: str,
    preco: str = "10.00",
    *,
    estoque: str = "0",
    custo: str | None = None,
    unidade: Unidade = Unidade.UN,
) -> int:
    ficha = oficina.executar(
        CriarPeca(codigo=codigo, nome=codigo.capitalize(), preco=reais(preco), unidade=unidade)
    )
    if estoque != "0":
        oficina.executar(
            EntradaEstoque(
                peca_id=ficha.id,
                quantidade=Decimal(estoque),
                custo=None if custo is None else reais(custo),
            )
        )
    return ficha.id


def cliente(
    oficina: Oficina, nome: str = "Ana Conceição", documento: str = CPF_ANA
) -> FichaCliente:
    return oficina.executar(
        CriarCliente(nome=nome, documento=documento, telefone="(11) 98765-4321")
    )


def veiculo(oficina: Oficina, placa: str = PLACA, dono: int | str = CPF_ANA) -> FichaVeiculo:
    return oficina.executar(
        CriarVeiculo(placa=placa, marca="VW", modelo="Gol 1.0", ano=2015, cliente_id=dono)
    )


def funcionario(oficina: Oficina, papel: Papel, cpf: str = CPF_ZE) -> FichaFuncionario:
    return oficina.executar(
        CriarFuncionario(cpf=cpf, nome=f"Zé {papel.rotulo}", papel=papel, loja_id=None)
    )


def filial(oficina: Oficina, nome: str = "Filial") -> int:
    """O número de outra loja, uma hora atrás da matriz."""
    return oficina.executar(CriarLoja(nome=nome, fuso="America/Manaus")).id


def sujeito(ficha: FichaFuncionario) -> Sujeito:
    return Sujeito(tipo=TipoAtor.FUNCIONARIO, id=ficha.id)


def acesso(ficha: FichaCliente) -> Sujeito:
    """O próprio cliente, que provou quem é."""
    return Sujeito(tipo=TipoAtor.CLIENTE, id=ficha.id)


def identificado(cpf: str = CPF_ANA) -> Sujeito:
    """Quem só disse o CPF."""
    return Sujeito(tipo=TipoAtor.CLIENTE, cpf=CPF(cpf))


def transferir(oficina: Oficina, carro: FichaVeiculo, para: int | str) -> FichaVeiculo:
    """O carro com outro dono."""
    return oficina.executar(
        EditarVeiculo(
            veiculo_id=carro.id,
            versao=carro.versao,
            placa=carro.placa,
            marca=carro.marca,
            modelo=carro.modelo,
            ano=carro.ano,
            cliente_id=para,
        )
    )


def abrir(oficina: Oficina, *, placa: str = PLACA, **campos: Any) -> FichaOrdem:
    """Uma ordem com cliente e veículo novos, e o que mais se disser."""
    dados: dict[str, Any] = {
        "veiculo_id": placa,
        "veiculo": DadosVeiculo(marca="VW", modelo="Gol 1.0", ano=2015),
        "cliente": DadosCliente(nome="Ana Conceição", documento=CPF_ANA),
        "queixa": "Barulho no freio",
    }
    return oficina.executar(AbrirOrdem(**(dados | campos)))


def em_execucao(oficina: Oficina, **campos: Any) -> FichaOrdem:
    """Uma ordem com o orçamento principal aprovado: o kit de troca de óleo, se outro não é dito."""
    proposta = campos or {"kits": ("TROCA-OLEO",)}
    ordem = abrir(oficina, **proposta)
    return oficina.executar(AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id))


def enviado(oficina: Oficina, **proposta: Any) -> FichaOrcamento:
    """Um orçamento enviado, de uma ordem nova."""
    ordem = abrir(oficina, **(proposta or {"kits": ("TROCA-OLEO",)}))
    return oficina.executar(EnviarOrcamento(orcamento_id=ordem.orcamentos[0].id))


def complementar(oficina: Oficina, ordem_id: int, *pecas: ItemPedido | str) -> FichaOrcamento:
    """Um orçamento complementar já enviado."""
    return oficina.executar(CriarOrcamento(ordem_id=ordem_id, pecas=pecas, enviar=True))
