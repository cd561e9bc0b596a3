"""Se o relógio de outra máquina anda junto com o desta."""

from oficina_cli.doutor.parecer import Parecer, aviso, bom

TOLERANCIA = 5  # segundos


def comparar(quem: str, atraso: float) -> Parecer:
    """`atraso` são os segundos que o relógio de lá está atrás do daqui."""
    if abs(atraso) <= TOLERANCIA:
        return bom("O daqui e o de lá dizem a mesma hora.")
    como = "atrasado" if atraso > 0 else "adiantado"
    return aviso(
        f"{quem} está {abs(atraso):.0f} segundos {como} em relação a esta máquina.",
        "Acerte o relógio das duas pela rede (NTP).",
    )
