"""Comandos de entrada: quem pede, a uma API."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from typer import Option

from oficina_cli import opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo
from oficina_cli.erros import dizer
from oficina_cli.opcoes import Formato
from oficina_cli.pergunta import pedir
from oficina_cli.senha import SenhaStdin, pedir_nova
from oficina_cli.senha import pedir as pedir_senha
from oficina_core.casos.entrada import TrocarMinhaSenha
from oficina_core.casos.funcionarios import FichaFuncionario
from oficina_core.casos.perfil import VerMeuPerfil
from oficina_core.catalogo import PAPEIS
from oficina_core.dominio.acesso import Externo, Papel
from oficina_core.dominio.erros import DadoInvalido, NaoIdentificado
from oficina_core.dominio.valores import CPF

if TYPE_CHECKING:
    from oficina_cli.remota import Entrada, OficinaRemota

app = grupo("A entrada em uma API: quem se é nela.")


@dataclass(frozen=True, kw_only=True)
class QuemSou:
    """Em nome de quem os comandos agem, e como isso se soube."""

    nome: str
    papel: Papel | Externo
    loja_id: int | None
    api: str | None
    credencial: str
    vence_em: datetime | None


@comando(
    app,
    "auth entrar",
    "auth entrar --cpf 529.982.247-25 --codigo",
    "auth entrar --cpf 529.982.247-25 --senha-stdin < senha.txt",
)
def entrar(
    atendimento: Atendimento,
    *,
    cpf: Annotated[str | None, opcoes.texto("--cpf", "O seu; sem dizer, se pergunta.")] = None,
    codigo: Annotated[
        bool, Option("--codigo", help="Por um código que a oficina manda, para clientes.")
    ] = False,
    senha_stdin: SenhaStdin = False,
) -> None:
    """Entra em uma API (OFICINA_API ou --api) e guarda a entrada para os próximos comandos.

    Fica no chaveiro do sistema, se há um, ou em um arquivo que só você lê; e só serve a essa API.
    """
    from oficina_cli import credenciais, remota

    url = atendimento.conexao.endereco_da_api()
    remota.exigir_protegida(url)
    dito = cpf or _perguntar("CPF", atendimento, "Falta o CPF; diga-o com --cpf.")
    oficina = remota.OficinaRemota.em(url)
    try:
        provar = _por_codigo if codigo else _por_senha
        entrada = provar(atendimento, oficina, CPF(dito), da_entrada=senha_stdin)
    finally:
        oficina.fechar()
    if entrada.token is None:
        raise NaoIdentificado(entrada.aviso)
    fonte = credenciais.guardar(remota.origem(url), entrada.token)
    dizer(f"Entrou em {remota.origem(url)}; a entrada ficou no {fonte.rotulo}.")
    if atendimento.conexao.configuracao.oficina_token:
        dizer("OFICINA_TOKEN está no ambiente e vale mais que ela; apague-o para a usar.")


def _por_senha(
    atendimento: Atendimento, oficina: "OficinaRemota", cpf: str, *, da_entrada: bool
) -> "Entrada":
    return oficina.entrar({"cpf": cpf, "senha": pedir_senha(atendimento, da_entrada=da_entrada)})


def _por_codigo(
    atendimento: Atendimento, oficina: "OficinaRemota", cpf: str, *, da_entrada: bool
) -> "Entrada":
    """Pede o código e o usa; em desenvolvimento, a API pode já dar o token só pelo CPF."""
    if da_entrada:
        raise DadoInvalido("Quem entra por código não tem senha; tire --senha-stdin.")
    pedido = oficina.entrar({"cpf": cpf})
    if pedido.token is not None:
        return pedido
    dizer(pedido.aviso)
    codigo = _perguntar("Código", atendimento, "Falta o código, que se digita no terminal.")
    if not codigo.isdecimal():
        raise DadoInvalido("O código são só números, como 123456.", "codigo")
    return oficina.entrar({"cpf": cpf, "codigo": codigo})


def _perguntar(pergunta: str, atendimento: Atendimento, falta: str) -> str:
    return pedir(pergunta, pode_perguntar=atendimento.pode_perguntar, falta=falta)


@comando(app, "auth sair")
def sair(atendimento: Atendimento) -> None:
    """Esquece a entrada guardada para a API."""
    from oficina_cli import credenciais, remota

    origem = remota.origem(atendimento.conexao.endereco_da_api())
    if credenciais.esquecer(origem):
        dizer(f"Saiu de {origem}.")
    else:
        dizer(f"Não havia entrada guardada para {origem}.")
    if atendimento.conexao.configuracao.oficina_token:
        dizer("OFICINA_TOKEN continua no ambiente, e vale; apague-o para sair de todo.")


def _mostrar_troca(atendimento: Atendimento, ficha: FichaFuncionario) -> None:
    """A entrada caiu com a senha anterior: a guardada se esquece, e se diz como entrar de novo."""
    from oficina_cli import credenciais, remota

    conexao = atendimento.conexao
    if atendimento.formato is not Formato.TABELA:
        atendimento.mostrar(ficha)
    dizer("Senha trocada.")
    if api := conexao.configuracao.oficina_api:
        dizer(conexao.credencial.como_entrar)
        if conexao.credencial.fonte is not credenciais.Fonte.AMBIENTE:
            credenciais.esquecer(remota.origem(api))


@comando(app, "auth senha", "auth senha --senha-stdin < senhas.txt", como=_mostrar_troca)
def senha(
    atendimento: Atendimento,
    *,
    senha_stdin: Annotated[
        bool,
        Option("--senha-stdin", help="Lê da entrada padrão a atual e, na outra linha, a nova."),
    ] = False,
) -> TrocarMinhaSenha:
    atual = pedir_senha(atendimento, "Senha atual", da_entrada=senha_stdin)
    return TrocarMinhaSenha(atual=atual, nova=pedir_nova(atendimento, da_entrada=senha_stdin))


@comando(app, "auth quem-sou", "auth quem-sou -o json")
def quem_sou(atendimento: Atendimento) -> QuemSou:
    """Mostra em nome de quem os comandos agem, e de onde veio a credencial."""
    conexao = atendimento.conexao
    perfil = atendimento.executar(VerMeuPerfil())
    api = conexao.configuracao.oficina_api
    if not api:
        operador = conexao.configuracao.oficina_operador
        credencial, vence_em = "OFICINA_OPERADOR" if operador else "nenhuma: age o sistema", None
    else:
        fonte = conexao.credencial.fonte
        credencial, vence_em = fonte.rotulo if fonte else "nenhuma", conexao.credencial.vence_em
    return QuemSou(
        nome=perfil.nome,
        papel=PAPEIS[perfil.papel],
        loja_id=perfil.loja_id,
        api=api,
        credencial=credencial,
        vence_em=vence_em,
    )
