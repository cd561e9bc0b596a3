"""Quantas vezes se tentou entrar: o freio de quem adivinha senha ou código."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

JANELA = timedelta(minutes=15)
PRIMEIRA_ESPERA = timedelta(seconds=30)  # dobra a cada tentativa além do limite, até a janela


@dataclass(frozen=True, kw_only=True)
class Freio:
    """O que se conta (a conta, ou o endereço de onde se pede), e quantas falhas se toleram."""

    nome: str
    limite: int

    def chave(self, de_quem: str) -> str:
        """A chave da contagem: nem o CPF nem o endereço se guardam por extenso."""
        return sha256(f"{self.nome}:{de_quem}".encode()).hexdigest()


CONTA = Freio(nome="conta", limite=5)
ORIGEM = Freio(nome="origem", limite=300)  # em 15 minutos: 20 por minuto
CODIGOS = Freio(nome="codigos", limite=3)


@dataclass(kw_only=True, slots=True)
class Tentativa:
    """A contagem de uma chave; recomeça quando se passa a janela sem tentar."""

    chave: str
    falhas: int = 0
    ultima: datetime

    def espera(self, agora: datetime, limite: int) -> int:
        """Quantos segundos faltam para poder tentar; 0 se já pode.

        Não é um bloqueio (ASVS 6.1.1): a espera cresce e nunca passa de 15 minutos, e a tentativa
        que se faz antes da hora não conta.
        """
        if self.falhas < limite:
            return 0
        dobras = min(self.falhas - limite, 10)
        libera = self.ultima + min(PRIMEIRA_ESPERA * 2**dobras, JANELA)
        return max(0, -int((agora - libera) // timedelta(seconds=1)))

    def contar(self, agora: datetime) -> None:
        if agora - self.ultima > JANELA:
            self.falhas = 0
        self.falhas += 1
        self.ultima = agora
