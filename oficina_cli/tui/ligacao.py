"""Ligar o balcão a uma oficina da rede: só se escreve o que se viu funcionar."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from oficina_cli import escolhas
from oficina_cli.tui.fios import em_fio
from oficina_cli.tui.formulario import TelaFormulario
from oficina_cli.tui.inicio import CHAMADA, esperar
from oficina_cli.tui.widgets.campos import CPF, SENHA, Campo, Tipo
from oficina_cli.tui.widgets.desenho import SUAVE, linha, solta, trecho
from oficina_cli.tui.widgets.dialogo import Confirmar
from oficina_cli.tui.widgets.folha import Folha
from oficina_core.dominio.erros import DadoInvalido, Indisponivel, NaoIdentificado

PORTA, PORTA_MAXIMA = 3306, 65535
DO_AMBIENTE = {
    "DB_USER": "o usuário",
    "DB_PASSWORD": "a senha",
    "DB_HOST": "o endereço",
    "DB_PORT": "a porta",
    "DB_NAME": "o nome do banco",
}
MIGRAR = "oficina banco migrar"


def ler_maquina(dito: str) -> str:
    maquina = dito.strip()
    if re.search(r"[\s/@]", maquina):
        raise DadoInvalido("É só o nome ou o número do servidor, como 192.168.0.10.")
    return maquina


def ler_porta(dito: str) -> int:
    digitos = dito.strip()
    if not (digitos.isascii() and digitos.isdigit() and 0 < int(digitos) <= PORTA_MAXIMA):
        raise DadoInvalido(f"A porta é um número, quase sempre {PORTA}.")
    return int(digitos)


def ler_banco(dito: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_$-]{1,64}", dito.strip()):
        raise DadoInvalido("O nome do banco tem só letras sem acento, números, _ e -.")
    return dito.strip()


MAQUINA = Tipo(ler=ler_maquina, maximo=253, dica="servidor, ou 192.168.0.10")
API = Tipo(ler=str.strip, maximo=253, dica="https://oficina.exemplo.com.br")


TECLAS: list[BindingType] = [  # o rodapé só mostra as que a própria tela declara
    Binding("ctrl+s", "gravar", "ligar", priority=True, id="formulario.gravar"),
    Binding("escape", "voltar", "voltar", id="formulario.voltar"),
]


class TelaLigacao(TelaFormulario):
    """O formulário, e embaixo onde o que se disser vai ficar. Devolve o que dizer depois."""

    NOTAS: ClassVar[tuple[str, ...]] = ()

    def compor(self) -> ComposeResult:
        yield from super().compor()
        yield Folha(self._nota, id="nota")

    def contexto(self) -> tuple[Content, Content]:
        return CHAMADA, solta(("nada se escreve antes de ligar", SUAVE))

    def _nota(self, largura: int) -> list[Content]:
        from oficina_core.configuracao import arquivo_do_usuario

        notas = (f"Fica escrito em {arquivo_do_usuario()}, que só você lê.", *self.NOTAS)
        return [linha(dobra) for nota in notas for dobra in trecho(nota, largura, SUAVE)]

    async def guardar(self, ditas: Mapping[str, str | int]) -> str:
        """Escreve no arquivo do usuário e diz onde ficou."""
        onde = await em_fio(partial(escolhas.guardar, ditas))
        self.balcao.conexao.reler()
        return f"Ligado. Ficou escrito em {onde}."


class TelaMySQL(TelaLigacao):
    """O MySQL da oficina, direto."""

    TITULO = "Usar o MySQL da oficina"
    BINDINGS: ClassVar[list[BindingType]] = TECLAS
    NOTAS = ("A senha do banco fica nesse arquivo.",)

    def campos(self) -> tuple[Campo, ...]:
        return (
            Campo(
                nome="db_host",
                rotulo="Endereço",
                tipo=MAQUINA,
                obrigatorio=True,
            ),
            Campo(
                nome="db_port",
                rotulo="Porta",
                tipo=Tipo(ler=ler_porta, maximo=5),
                inicial=PORTA,
                obrigatorio=True,
            ),
            Campo(
                nome="db_name",
                rotulo="Banco",
                tipo=Tipo(ler=ler_banco, maximo=64),
                inicial="oficina",
                obrigatorio=True,
            ),
            Campo(
                nome="db_user",
                rotulo="Usuário",
                tipo=Tipo(ler=str, maximo=80),
                obrigatorio=True,
            ),
            Campo(nome="db_password", rotulo="Senha", tipo=SENHA),
        )

    async def gravar(self, valores: dict[str, Any]) -> str:
        ditas = valores | {"db_password": valores["db_password"] or ""}
        url = await em_fio(partial(_url, ditas))
        try:
            situacao = await esperar(self, "ligando ao banco…", partial(_estado, url))
            if not situacao.serve:
                await self._migrar(url, vazio=situacao.revisao is None, banco=ditas["db_name"])
        except Indisponivel as erro:
            raise Indisponivel(_em_portugues(str(erro))) from erro
        return f"{await self.guardar(ditas)} A senha do banco está lá."

    async def _migrar(self, url: str, *, vazio: bool, banco: str) -> None:
        """Muda o banco só a quem o confirma; os outros ficam no formulário, sabendo como."""
        frases = (
            ("Ele está vazio.", "As tabelas da oficina se criam nele agora.")
            if vazio
            else (
                "Ele é de uma versão anterior da oficina.",
                "Faça uma cópia antes: a versão anterior já não o abrirá.",
            )
        )
        acao = "Criar as tabelas" if vazio else "Atualizar o banco"
        quer = await self.balcao.perguntar(
            Confirmar(
                f"Preparar o banco {banco}?",
                (*frases, f"É o mesmo que o comando {MIGRAR}."),
                acao=acao,
                seguro="Deixar como está",
            )
        )
        if quer is None:
            raise DadoInvalido(
                f"O banco ficou como estava. Para o usar, prepare-o: ctrl+s, ou {MIGRAR}."
            )
        await esperar(self, "preparando o banco…", partial(_preparar, url))


class TelaServidor(TelaLigacao):
    """Uma API da oficina, em nome de quem entra."""

    TITULO = "Ligar ao servidor da rede"
    BINDINGS: ClassVar[list[BindingType]] = TECLAS
    NOTAS = ("A sua senha não se guarda: só a entrada, que vence.",)

    def campos(self) -> tuple[Campo, ...]:
        return (
            Campo(
                nome="api",
                rotulo="Endereço",
                tipo=API,
                obrigatorio=True,
            ),
            Campo(nome="cpf", rotulo="CPF", tipo=CPF, obrigatorio=True),
            Campo(nome="senha", rotulo="Senha", tipo=SENHA, obrigatorio=True),
        )

    async def gravar(self, valores: dict[str, Any]) -> str:
        entrar = partial(_entrar, valores["api"], valores["cpf"], valores["senha"])
        try:
            await esperar(self, "entrando…", entrar)
        except NaoIdentificado as erro:
            self.formulario.apontar("senha", str(erro))
            raise
        frase = await self.guardar({"oficina_api": valores["api"]})
        return f"{frase} Neste computador, até a entrada vencer, não se pede a senha."


def _url(ditas: Mapping[str, Any]) -> str:
    from oficina_core.configuracao import Configuracao

    return Configuracao.ler(**ditas).banco()


def _estado(url: str) -> Any:
    """Onde o banco está; Indisponivel se não se chega a ele, ou já não serve a este programa."""
    from oficina_core.banco import manutencao

    situacao = manutencao.estado(url)
    if situacao.mais_novo and not situacao.serve:
        raise Indisponivel(manutencao.MAIS_NOVO)
    return situacao


def _preparar(url: str) -> None:
    from oficina_core.banco import manutencao

    manutencao.migrar(url)


def _em_portugues(frase: str) -> str:
    """Os nomes dos campos, em vez dos do ambiente."""
    for nome, campo in DO_AMBIENTE.items():
        frase = frase.replace(nome, campo)
    return frase


def _entrar(url: str, cpf: str, senha: str) -> None:
    """Entra e guarda a entrada, como `oficina auth entrar`."""
    from oficina_cli import credenciais, remota

    remota.exigir_protegida(url)
    oficina = remota.OficinaRemota.em(url)
    try:
        entrada = oficina.entrar({"cpf": cpf, "senha": senha})
    finally:
        oficina.fechar()
    if entrada.token is None:
        raise NaoIdentificado(entrada.aviso)
    credenciais.guardar(remota.origem(url), entrada.token)
