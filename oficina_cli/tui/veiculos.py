"""O cadastro de veículos."""

import re
from dataclasses import replace
from typing import Any

from oficina_cli.tui.cadastro import Cadastro, Coluna, Fichario
from oficina_cli.tui.widgets import campos
from oficina_cli.tui.widgets.campos import Campo, Tipo
from oficina_core import texto
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.portas import CasoDeUso
from oficina_core.casos.veiculos import (
    CriarVeiculo,
    DesativarVeiculo,
    EditarVeiculo,
    FichaVeiculo,
    LinhaVeiculo,
    ListarVeiculos,
    VerVeiculo,
)
from oficina_core.dominio import valores as dominio

DITO_PELO_NUMERO = re.compile(r"(?:id:|.*\(cliente )([0-9]{1,18})\)?")
MARCA = replace(campos.NOME, maximo=40)
MODELO = replace(campos.NOME, maximo=60)
COR = replace(campos.NOME, maximo=30)


def ler_dono(dito: str) -> int | str:
    """O documento, `id:7`, ou o nome como o campo o mostra: `Ana (cliente 7)`."""
    numero = DITO_PELO_NUMERO.fullmatch(dito.strip())
    return int(numero[1]) if numero else dominio.documento(dito)


class CadastroVeiculo(Cadastro):
    """O carro e de quem ele é."""

    RECURSO = Recurso.VEICULO

    def perguntas(self) -> tuple[Campo, ...]:
        dono = Tipo(ler=ler_dono, mostrar=self._dono, maximo=160, dica="CPF, CNPJ ou id:NÚMERO")
        return (
            Campo(nome="placa", rotulo="Placa", tipo=campos.PLACA, obrigatorio=True),
            Campo(nome="marca", rotulo="Marca", tipo=MARCA, obrigatorio=True),
            Campo(nome="modelo", rotulo="Modelo", tipo=MODELO, obrigatorio=True),
            Campo(nome="ano", rotulo="Ano do modelo", tipo=campos.INTEIRO),
            Campo(nome="cor", rotulo="Cor", tipo=COR),
            Campo(nome="km", rotulo="Km", tipo=campos.KM),
            Campo(nome="cliente_id", rotulo="Dono", tipo=dono, obrigatorio=True),
        )

    def _dono(self, valor: int | str) -> str:
        if isinstance(valor, str):
            return texto.documento(valor)
        dele = self.ficha and self.ficha.cliente_id == valor
        return f"{self.ficha.cliente} (cliente {valor})" if dele else f"id:{valor}"

    def caso(self, valores: dict[str, Any]) -> CasoDeUso[FichaVeiculo]:
        if self.ficha is None:
            return CriarVeiculo(**valores)
        return EditarVeiculo(**valores, veiculo_id=self.ficha.id, versao=self.versao or 0)

    @staticmethod
    def ver(id: int) -> CasoDeUso[FichaVeiculo]:
        return VerVeiculo(veiculo_id=id)


VEICULOS = Fichario(
    nome="Veículos",
    linha=LinhaVeiculo,
    colunas=(
        Coluna("Placa", lambda v: v.placa, 7),
        Coluna("Carro", lambda v: f"{v.marca} {v.modelo}"),
        Coluna("Ano", lambda v: str(v.ano or "—"), 4, a_direita=True, suave=True),
        Coluna("Dono", lambda v: v.cliente, suave=True),
    ),
    formulario=CadastroVeiculo,
    listar=ListarVeiculos,
    criar=CriarVeiculo,
    editar=EditarVeiculo,
    desativar=DesativarVeiculo,
    dica="um pedaço da placa ou do modelo",
    efeito="Sai das listas e não abre ordem nova; a história dele fica.",
)
