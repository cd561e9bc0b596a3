"""Veículo: o carro, pela placa em qualquer das duas grafias."""

from dataclasses import dataclass

from oficina_core.dominio.entidade import Cadastro
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import Placa
from oficina_core.texto import milhar

KM_MAXIMO = 3_000_000
ANO_MINIMO, ANO_MAXIMO = 1885, 2100


@dataclass(kw_only=True, slots=True)
class Veiculo(Cadastro):
    placa: str
    placa_canonica: str = ""
    marca: str
    modelo: str
    ano: int | None = None
    cor: str | None = None
    km: int | None = None
    cliente_id: int

    def __post_init__(self) -> None:
        self.placa_canonica = Placa(self.placa).canonica

    def emplacar(self, placa: Placa) -> None:
        """Troca a placa: a grafia e a forma única andam juntas."""
        self.placa, self.placa_canonica = placa, placa.canonica

    def rodar(self, km: int | None) -> None:
        """Anota o hodômetro; ele só anda para a frente."""
        if km is None:
            return
        if self.km is not None and km < self.km:
            raise DadoInvalido(
                f"O veículo já tinha {milhar(self.km)} km; confira o hodômetro ou edite o veículo.",
                "km",
            )
        self.km = km
