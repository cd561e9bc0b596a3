"""Como alguém prova quem é. A senha se confere entre as transações, nunca dentro de uma.

A recusa que precisa deixar rastro (a tentativa contada, o código gasto) se responde, não se
levanta: o que se levanta desfaz a transação.
"""

from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Protocol, Self, TypeAlias, runtime_checkable

from oficina_core.casos import campos
from oficina_core.casos.funcionarios import FichaFuncionario, exigir_da_loja
from oficina_core.casos.portas import Oficina, UnidadeDeTrabalho
from oficina_core.dominio.acesso import Sujeito, TipoAtor
from oficina_core.dominio.codigo import resumir
from oficina_core.dominio.erros import Conflito, DadoInvalido, MuitasTentativas, NaoIdentificado
from oficina_core.dominio.funcionario import Funcionario
from oficina_core.dominio.mensagem import Mensagem, TipoMensagem
from oficina_core.dominio.tentativa import (
    CODIGOS,
    CODIGOS_TODOS,
    CONTA,
    CONTA_CONHECIDA,
    CONTA_TODA,
    LEMBRANCA,
    ORIGEM,
    Freio,
    lugar,
)
from oficina_core.dominio.valores import CPF
from oficina_core.texto import inofensivo, quantos

Segredo: TypeAlias = Annotated[str, "segredo"]  # não entra no resumo que se guarda do pedido

DE_DENTRO = "de dentro"  # no lugar do endereço de quem já entrou
SENHA_MINIMA, SENHA_MAXIMA = 8, 128
DIFERENTES = 4
OBVIAS = frozenset({"oficina123", "mecanica", "mecanico123", "senha123", "password", "qwertyui"})


class Resumo(str):
    """O que se guarda no lugar de uma senha."""

    __slots__ = ()


class Senhas(Protocol):
    """Como uma senha vira o resumo que se guarda, e se confere contra ele. É lento de propósito."""

    def resumir(self, senha: str, sal: bytes | None = None) -> Resumo:
        """Com o mesmo `sal`, de 16 bytes, o resumo é o mesmo; sem ele, é sempre outro."""
        ...

    def confere(self, resumo: str | None, senha: str) -> bool:
        """Se a senha é a do resumo; sem resumo, gasta o mesmo tempo e diz que não."""
        ...

    def envelheceu(self, resumo: str) -> bool:
        """Se o resumo foi feito com parâmetros mais fracos que os de hoje."""
        ...


@runtime_checkable
class ComSenha(Protocol):
    """O caso que traz uma senha por resumir, ou por conferir na `oficina` em nome de quem pede."""

    def preparar(self, senhas: Senhas, sal: bytes, oficina: Oficina, /) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class DefinirSenha:
    """Dá ao funcionário a senha com que ele entra; a anterior e as entradas com ela caem."""

    funcionario_id: int
    senha: Segredo = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.senha, Resumo):
            conferir_senha(self.senha)

    def preparar(self, senhas: Senhas, sal: bytes, _: Oficina) -> Self:
        """O que vai para a transação: o resumo já está feito quando ela começa."""
        return replace(self, senha=senhas.resumir(self.senha, sal))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaFuncionario:
        funcionario = uow.funcionarios.obter(self.funcionario_id)
        exigir_da_loja(uow, funcionario.loja_id)
        funcionario.senha_hash, funcionario.senha_em = self.senha, uow.agora()
        uow.funcionarios.salvar(funcionario)
        return FichaFuncionario.de(funcionario)


@dataclass(frozen=True, kw_only=True)
class TrocarMinhaSenha:
    """Troca a senha de quem pede, que diz a atual; todas as entradas com ela caem, até esta."""

    atual: Segredo = field(repr=False)
    nova: Segredo = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.nova, Resumo):
            _exigir_digitavel(self.atual, "atual")
            conferir_senha(self.nova, "nova")

    def preparar(self, senhas: Senhas, sal: bytes, oficina: Oficina) -> Self:
        """O que vai para a transação: o resumo em que a atual se conferiu, e o da nova.

        O da atual fica fora do que identifica o pedido, e por isso não vai como Resumo: na
        repetição, a atual já é a nova.

        Levanta DadoInvalido se a atual não confere, e MuitasTentativas se é preciso esperar.
        """
        exame = oficina.executar(ExaminarMinhaSenha())
        exigir_vez(exame.espera)
        nova = senhas.resumir(self.nova, sal)
        repetido = exame.resumo == nova  # o sal é da chave: este mesmo pedido já a trocou
        if exame.resumo is None or not (repetido or senhas.confere(exame.resumo, self.atual)):
            raise DadoInvalido("A senha atual não é essa; confira e tente de novo.", "atual")
        return replace(self, atual=str(exame.resumo), nova=nova)

    def executar(self, uow: UnidadeDeTrabalho) -> FichaFuncionario:
        funcionario = _quem_pede(uow)
        if funcionario.senha_hash != self.atual:
            raise Conflito("A senha mudou enquanto você a trocava; entre de novo.")
        funcionario.senha_hash, funcionario.senha_em = self.nova, uow.agora()
        uow.funcionarios.salvar(funcionario)
        _acertou(uow, funcionario.cpf, DE_DENTRO)
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
        if espera := tentar(uow, *_freios(uow, self.cpf, self.origem)):
            return Exame(funcionario_id=None, resumo=None, espera=espera)
        funcionario = uow.funcionarios.procurar(self.cpf)
        if funcionario is None or not funcionario.ativo:
            return Exame(funcionario_id=None, resumo=None, espera=0)
        return Exame(funcionario_id=funcionario.id, resumo=funcionario.senha_hash, espera=0)


@dataclass(frozen=True, kw_only=True)
class ExaminarMinhaSenha:
    """O mesmo, de quem já entrou: o endereço não se sabe, e conta como se fosse um só."""

    def executar(self, uow: UnidadeDeTrabalho) -> Exame:
        funcionario = _quem_pede(uow)
        espera = tentar(uow, *_freios_da_conta(uow, funcionario.cpf, DE_DENTRO))
        resumo = None if espera else funcionario.senha_hash
        return Exame(funcionario_id=funcionario.id, resumo=resumo, espera=espera)


@dataclass(frozen=True, kw_only=True)
class ConcluirEntrada:
    """Zera as tentativas de quem acertou; com `resumo`, troca o que envelheceu, que é o `lido`.

    Se entre o exame e a conclusão a senha mudou, a nova fica.
    """

    funcionario_id: int
    cpf: str
    origem: str
    lido: Segredo | None = field(default=None, repr=False)
    resumo: Segredo | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        campos.fixar(self, cpf=CPF(self.cpf))

    def executar(self, uow: UnidadeDeTrabalho) -> None:
        _acertou(uow, self.cpf, self.origem)
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
        freios = (CODIGOS, _conta(self.cpf, self.origem)), (CODIGOS_TODOS, self.cpf)
        if not tentar(uow, *freios) and cliente and prova:
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
        if espera := tentar(uow, *_freios(uow, self.cpf, self.origem)):
            return Veredito(cliente_id=None, espera=espera)
        cliente = uow.clientes.procurar(self.cpf)
        codigo = uow.codigos.ultimo(cliente.id) if cliente and cliente.ativo else None
        if not cliente or not codigo or not codigo.gastar(resumir(self.codigo), uow.agora()):
            if codigo:
                uow.codigos.salvar(codigo)
            return Veredito(cliente_id=None, espera=0)
        uow.codigos.salvar(codigo)
        _acertou(uow, self.cpf, self.origem)
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


def conferir_senha(senha: str, campo: str = "senha") -> str:
    """A senha, se serve: o tamanho é o que mais conta, e o óbvio não passa (ASVS 6.2)."""
    if not SENHA_MINIMA <= len(senha) <= SENHA_MAXIMA:
        raise DadoInvalido(
            f"A senha tem de {SENHA_MINIMA} a {SENHA_MAXIMA} caracteres; uma frase serve.", campo
        )
    _exigir_digitavel(senha, campo)
    if len(set(senha)) < DIFERENTES or senha.lower() in OBVIAS or senha.isdecimal():
        raise DadoInvalido("Essa senha se adivinha; use outra, como uma frase.", campo)
    return senha


def _exigir_digitavel(senha: str, campo: str) -> None:
    if not all(map(inofensivo, senha)):
        raise DadoInvalido("A senha tem um caractere que não se digita.", campo)


def exigir_vez(espera: int) -> None:
    """Levanta MuitasTentativas se ainda faltam segundos para poder tentar."""
    if espera:
        quanto = quantos(espera, "segundo", "segundos")
        raise MuitasTentativas(f"Tentativas demais; espere {quanto} e tente de novo.", espera)


def _quem_pede(uow: UnidadeDeTrabalho) -> Funcionario:
    if uow.ator.tipo is not TipoAtor.FUNCIONARIO:
        raise NaoIdentificado("Diga quem troca a senha: entre na API, ou use OFICINA_OPERADOR.")
    return uow.funcionarios.obter(uow.ator.id or 0)


def _conta(cpf: str, origem: str) -> str:
    return f"{cpf} {origem}"


def _freios(uow: UnidadeDeTrabalho, cpf: str, origem: str) -> tuple[tuple[Freio, str], ...]:
    return (ORIGEM, origem), *_freios_da_conta(uow, cpf, origem)


def _freios_da_conta(
    uow: UnidadeDeTrabalho, cpf: str, origem: str
) -> tuple[tuple[Freio, str], ...]:
    """De onde já se entrou, o que outros erram de muitos lugares não segura o dono da conta.

    Conta-se do mesmo modo, que o tempo da resposta não diz se dali alguém entra.
    """
    conta = _conta(cpf, origem)
    conhecido = uow.tentativas.conhece(lugar(conta), uow.agora() - LEMBRANCA)
    return (CONTA, conta), (CONTA_CONHECIDA if conhecido else CONTA_TODA, cpf)


def _acertou(uow: UnidadeDeTrabalho, cpf: str, origem: str) -> None:
    """Zera os erros dali, e não os da conta toda, que podem ser de outro; e conhece o lugar."""
    conta = _conta(cpf, origem)
    uow.tentativas.zerar(CONTA.chave(conta, uow.agora()))
    uow.tentativas.conhecer(lugar(conta))


def tentar(uow: UnidadeDeTrabalho, *freios: tuple[Freio, str]) -> int:
    """Conta a tentativa em cada freio; ou, se algum segura, diz quantos segundos faltam."""
    agora = uow.agora()
    contagens = [(freio, uow.tentativas.tomar(freio.chave(quem, agora))) for freio, quem in freios]
    if espera := max(tentativa.espera(agora, freio) for freio, tentativa in contagens):
        return espera
    for freio, tentativa in contagens:
        tentativa.contar(agora, freio)
        uow.tentativas.salvar(tentativa)
    return 0
