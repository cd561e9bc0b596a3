"""Quantas vezes se tentou entrar: o freio de quem adivinha senha ou código."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from oficina_core.dominio.valores import INTEIRO_MAXIMO

JANELA = timedelta(minutes=15)
HORA = timedelta(hours=1)
LEMBRANCA = timedelta(days=30)  # de onde se entrou, como o navegador que o banco já conhece


@dataclass(frozen=True, kw_only=True)
class Freio:
    """O que se conta (a conta, ou o endereço de onde se pede), e quantas falhas se toleram.

    `espera` é a primeira; dobra a cada tentativa além do limite, até a janela. Com `por_janela`, a
    contagem recomeça a cada janela do relógio, sem depender de uma pausa: de um endereço que é de
    muita gente, há sempre alguém a tentar.
    """

    nome: str
    limite: int
    espera: timedelta = timedelta(seconds=30)
    janela: timedelta = JANELA
    por_janela: bool = False

    def chave(self, de_quem: str, agora: datetime) -> str:
        """A chave da contagem: nem o CPF nem o endereço se guardam por extenso."""
        qual = agora.timestamp() // self.janela.total_seconds()
        janela = f":{qual:.0f}" if self.por_janela else ""
        return _resumir(self.nome, f"{de_quem}{janela}")


# De cada endereço a cada conta: quem erra de outro não segura o dono dela. A conta inteira tem o
# seu, bem mais alto, contra quem adivinha de muitos; de onde já se entrou, ele não segura.
CONTA = Freio(nome="conta", limite=5)
CONTA_TODA = Freio(nome="conta-toda", limite=50, por_janela=True)
CONTA_CONHECIDA = replace(CONTA_TODA, limite=INTEIRO_MAXIMO)  # a mesma contagem, que não segura
ORIGEM = Freio(nome="origem", limite=300, por_janela=True)  # 20 por minuto
CODIGOS = Freio(nome="codigos", limite=3, espera=HORA, janela=HORA)  # como os links
CODIGOS_TODOS = Freio(nome="codigos-todos", limite=10, janela=HORA, por_janela=True)
CONTATOS = Freio(nome="contatos", limite=3, espera=HORA, janela=HORA)  # cada troca é um aviso


def lugar(conta: str) -> str:
    """A chave de onde alguém entra: nem o CPF nem o endereço se guardam por extenso."""
    return _resumir("lugar", conta)


def _resumir(nome: str, de_quem: str) -> str:
    return sha256(f"{nome}:{de_quem}".encode()).hexdigest()


@dataclass(kw_only=True, slots=True)
class Tentativa:
    """A contagem de uma chave; recomeça quando se passa a janela sem tentar."""

    chave: str
    falhas: int = 0
    ultima: datetime

    def espera(self, agora: datetime, freio: Freio) -> int:
        """Quantos segundos faltam para poder tentar; 0 se já pode.

        Não é um bloqueio (ASVS 6.1.1): a espera cresce e nunca passa da janela, e a tentativa que
        se faz antes da hora não conta.
        """
        if self.falhas < freio.limite:
            return 0
        dobras = min(self.falhas - freio.limite, 10)
        libera = self.ultima + min(freio.espera * 2**dobras, freio.janela)
        return max(0, -int((agora - libera) // timedelta(seconds=1)))

    def contar(self, agora: datetime, freio: Freio) -> None:
        if agora - self.ultima > freio.janela:
            self.falhas = 0
        self.falhas += 1
        self.ultima = agora
