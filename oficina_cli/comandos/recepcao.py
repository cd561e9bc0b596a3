"""O cliente e o carro que chegam pela primeira vez, ditos ao abrir a ordem."""

from oficina_core.casos.clientes import DadosCliente
from oficina_core.casos.veiculos import DadosVeiculo
from oficina_core.dominio.erros import DadoInvalido


def cliente_dito(
    nome: str | None, documento: str | None, telefone: str | None, email: str | None
) -> DadosCliente | None:
    if nome:
        return DadosCliente(nome=nome, documento=documento, telefone=telefone, email=email)
    if documento or telefone or email:
        raise DadoInvalido("Para um cliente novo, diga também --nome.", "nome")
    return None


def veiculo_dito(
    marca: str | None, modelo: str | None, ano: int | None, cor: str | None
) -> DadosVeiculo | None:
    if marca and modelo:
        return DadosVeiculo(marca=marca, modelo=modelo, ano=ano, cor=cor)
    if marca or modelo or ano is not None or cor:
        falta = "--modelo" if marca else "--marca" if modelo else "--marca e --modelo"
        raise DadoInvalido(f"Para um carro novo, diga também {falta}.", "marca")
    return None
