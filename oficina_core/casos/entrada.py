"""Como alguém prova quem é. A senha se confere entre as transações, nunca dentro de uma.

A recusa que precisa deixar rastro (a tentativa contada, o código gasto) se responde, não se
levanta: o que se levanta desfaz a transação.
"""

from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Protocol, Self, TypeAlias, runtime_checkable

from oficina_core.casos import campos
from oficina_core.casos.funcionarios import FichaFuncionario, exigir_da_loja
from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.acesso import Sujeito, TipoAtor
from oficina_core.dominio.codigo import resumir
from oficina_core.dominio.erros import DadoInvalido, MuitasTentativas, NaoIdentificado
from oficina_core.dominio.mensagem import Mensagem, TipoMensagem
from oficina_core.dominio.tentativa import CODIGOS, CONTA, ORIGEM, Freio
from oficina_core.dominio.valores import CPF
from oficina_core.texto import inofensivo, quantos

Segredo: TypeAlias = Annotated[str, "segredo"]  # não entra no resumo que se guarda do pedido

SENHA_MINIMA, SENHA_MAXIMA = 8, 128
DIFERENTES = 4
OBVIAS = frozenset({"oficina123", "mecanica", "mecanico123", "senha123", "password", "qwertyui"})


class Resumo(str):
    """O que se guarda no lugar de uma senha."""

    __slots__ = ()


class Senhas(Protocol):
    """Como uma senha vira o resumo que se guarda, e se confere contra ele. É lento de propósito."""

    def resumir(self, senha: str) -> Resumo: ...
    def confere(self, resumo: str | None, senha: str) -> bool:
        """Se a senha é a do resumo; sem resumo, gasta o mesmo tempo e diz que não."""
        ...

    def envelheceu(self, resumo: str) -> bool:
        """Se o resumo foi feito com parâmetros mais fracos que os de hoje."""
        ...


@runtime_checkable
class ComSenha(Protocol):
    """O caso que traz uma senha por resumir."""

    def preparar(self, senhas: Senhas, /) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class DefinirSenha:
    """Dá ao funcionário a senha com que ele entra; a anterior deixa de valer."""

    funcionario_id: int
    senha: Segredo = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.senha, Resumo):
            conferir_senha(self.senha)

    def preparar(self, senhas: Senhas) -> Self:
        """O que vai para a transação: o resumo já está feito quando ela começa."""
        return replace(self, senha=senhas.resumir(self.senha))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaFuncionario:
        funcionario = uow.funcionarios.obter(self.funcionario_id)
        exigir_da_loja(uow, funcionario.loja_id)
        funcionario.senha_hash = self.senha
        uow.funcionarios.salvar(funcionario)
        return FichaFuncionario.de(funcionario)


@dataclass(frozen=True, kw_only=True)
class Exame:
    """O que se precisa para conferir uma senha; `espera` em segundos, se ainda não se pode."""

    funcionario_id: int | None
    resumo: Segredo | None = field(repr=False)
    espera: int


@dataclass(frozen=True, kw_only=True)
class Veredito:
    """De quem era o código, se era; `espera` em segundos, se ainda não se pode tentar."""

    cliente_id: int | None
    espera: int


@dataclass(frozen=True, kw_only=True)
class ExaminarEntrada:
    """Conta a tentativa e dá o que falta para conferir a senha de quem diz ser esse CPF."""

    cpf: str
    origem: str

    def __post_init__(self) -> None:
        campos.fixar(self, cpf=CPF(self.cpf))

    def executar(self, uow: UnidadeDeTrabalho) -> Exame:
        if espera := tentar(uow, (ORIGEM, self.origem), (CONTA, self.cpf)):
            return Exame(funcionario_id=None, resumo=None, espera=espera)
        funcionario = uow.funcionarios.procurar(self.cpf)
        if funcionario is None or not funcionario.ativo:
            return Exame(funcionario_id=None, resumo=None, espera=0)
        return Exame(funcionario_id=funcionario.id, resumo=funcionario.senha_hash, espera=0)


@dataclass(frozen=True, kw_only=True)
class ConcluirEntrada:
    """Zera as tentativas de quem acertou; com `resumo`, troca o que envelheceu, que é o `lido`.

    Se entre o exame e a conclusão a senha mudou, a nova fica.
    """

    funcionario_id: int
    cpf: str
    lido: Segredo | None = field(default=None, repr=False)
    resumo: Segredo | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        campos.fixar(self, cpf=CPF(self.cpf))

    def executar(self, uow: UnidadeDeTrabalho) -> None:
        uow.tentativas.zerar(CONTA.chave(self.cpf, uow.agora()))
        if self.resumo is None:
            return
        funcionario = uow.funcionarios.obter(self.funcionario_id)
        if funcionario.senha_hash == self.lido:
            funcionario.senha_hash = self.resumo
            uow.funcionarios.salvar(funcionario)


@dataclass(frozen=True, kw_only=True)
class PedirCodigo:
    """Manda um código de uso único ao contato do cliente desse CPF, se há; a resposta não diz."""

    cpf: str
    origem: str

    def __post_init__(self) -> None:
        campos.fixar(self, cpf=CPF(self.cpf))

    def executar(self, uow: UnidadeDeTrabalho) -> Veredito:
        if espera := tentar(uow, (ORIGEM, self.origem)):
            return Veredito(cliente_id=None, espera=espera)
        cliente = uow.clientes.procurar(self.cpf)
        prova = cliente is not None and cliente.prova_quem_e(uow.agora())
        if not tentar(uow, (CODIGOS, self.cpf)) and cliente and prova:
            uow.mensagens.adicionar(
                Mensagem(
                    tipo=TipoMensagem.CODIGO,
                    cliente_id=cliente.id,
                    proxima_em=uow.agora(),
                    criado_em=uow.agora(),
                )
            )
        return Veredito(cliente_id=None, espera=0)


@dataclass(frozen=True, kw_only=True)
class UsarCodigo:
    """Gasta o código de um cliente: serve uma vez, por dez minutos, e cai na quinta falha."""

    cpf: str
    codigo: Segredo = field(repr=False)
    origem: str

    def __post_init__(self) -> None:
        campos.fixar(self, cpf=CPF(self.cpf))

    def executar(self, uow: UnidadeDeTrabalho) -> Veredito:
        if espera := tentar(uow, (ORIGEM, self.origem), (CONTA, self.cpf)):
            return Veredito(cliente_id=None, espera=espera)
        cliente = uow.clientes.procurar(self.cpf)
        codigo = uow.codigos.ultimo(cliente.id) if cliente and cliente.ativo else None
        if not cliente or not codigo or not codigo.gastar(resumir(self.codigo), uow.agora()):
            if codigo:
                uow.codigos.salvar(codigo)
            return Veredito(cliente_id=None, espera=0)
        uow.codigos.salvar(codigo)
        uow.tentativas.zerar(CONTA.chave(self.cpf, uow.agora()))
        return Veredito(cliente_id=cliente.id, espera=0)


@dataclass(frozen=True, kw_only=True)
class Identidade:
    """Quem é a pessoa desse CPF: o funcionário, quando é as duas coisas."""

    funcionario_id: int | None
    cliente_id: int | None

    @property
    def sujeito(self) -> Sujeito:
        if self.funcionario_id is not None:
            return Sujeito(tipo=TipoAtor.FUNCIONARIO, id=self.funcionario_id)
        return Sujeito(tipo=TipoAtor.CLIENTE, id=self.cliente_id)


@dataclass(frozen=True, kw_only=True)
class IdentificarPorCpf:
    """Diz de quem é o CPF, sem prova nenhuma; só serve em desenvolvimento, na própria máquina."""

    cpf: str

    def __post_init__(self) -> None:
        campos.fixar(self, cpf=CPF(self.cpf))

    def executar(self, uow: UnidadeDeTrabalho) -> Identidade:
        funcionario = uow.funcionarios.procurar(self.cpf)
        if funcionario and funcionario.ativo:
            return Identidade(funcionario_id=funcionario.id, cliente_id=None)
        cliente = uow.clientes.procurar(self.cpf)
        if cliente and cliente.ativo:
            return Identidade(funcionario_id=None, cliente_id=cliente.id)
        raise NaoIdentificado("Ninguém ativo tem esse CPF; confira, ou cadastre a pessoa.")


def conferir_senha(senha: str) -> str:
    """A senha, se serve: o tamanho é o que mais conta, e o óbvio não passa (ASVS 6.2)."""
    if not SENHA_MINIMA <= len(senha) <= SENHA_MAXIMA:
        raise DadoInvalido(
            f"A senha tem de {SENHA_MINIMA} a {SENHA_MAXIMA} caracteres; uma frase serve.", "senha"
        )
    if not all(map(inofensivo, senha)):
        raise DadoInvalido("A senha tem um caractere que não se digita.", "senha")
    if len(set(senha)) < DIFERENTES or senha.lower() in OBVIAS or senha.isdecimal():
        raise DadoInvalido("Essa senha se adivinha; use outra, como uma frase.", "senha")
    return senha


def exigir_vez(espera: int) -> None:
    """Levanta MuitasTentativas se ainda faltam segundos para poder tentar."""
    if espera:
        quanto = quantos(espera, "segundo", "segundos")
        raise MuitasTentativas(f"Tentativas demais; espere {quanto} e tente de novo.", espera)


def tentar(uow: UnidadeDeTrabalho, *freios: tuple[Freio, str]) -> int:
    """Conta a tentativa em cada freio; ou, se algum segura, diz quantos segundos faltam."""
    agora = uow.agora()
    contagens = [(freio, uow.tentativas.tomar(freio.chave(quem, agora))) for freio, quem in freios]
    if espera := max(tentativa.espera(agora, freio) for freio, tentativa in contagens):
        return espera
    for _, tentativa in contagens:
        tentativa.contar(agora)
        uow.tentativas.salvar(tentativa)
    return 0
