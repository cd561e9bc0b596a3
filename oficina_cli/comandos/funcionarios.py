"""Comandos do funcionário."""

from dataclasses import replace
from typing import Annotated

from typer import Option

from oficina_cli import opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo, mudado
from oficina_cli.senha import SenhaStdin, pedir_nova
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.funcionarios import (
    CriarFuncionario,
    DesativarFuncionario,
    EditarFuncionario,
    ListarFuncionarios,
    ReativarFuncionario,
    VerFuncionario,
)
from oficina_core.casos.instalacao import CriarPrimeiroFuncionario
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import DadoInvalido

app = grupo("Funcionários: quem trabalha na oficina, e o que pode fazer.")

CPF = opcoes.texto("--cpf", "O CPF da pessoa.", "--documento")
DO_PAPEL = opcoes.escolha(Papel, "--papel", "O que faz na oficina")
Email = Annotated[str | None, opcoes.texto("--email", "Como ana@exemplo.com.br.")]
LojaDele = Annotated[
    int | None, opcoes.inteiro("--da-loja", "A loja dele; sem dizer, trabalha em todas.")
]


@comando(
    app,
    'funcionario criar --cpf 111.444.777-35 --nome "João Lima" --papel mecanico',
    'funcionario criar --primeiro --cpf 123.456.789-09 --nome "Bia Rocha"',
)
def criar(
    atendimento: Atendimento,
    *,
    cpf: Annotated[str, CPF],
    nome: Annotated[str, opcoes.texto("--nome", "Nome completo.")],
    papel: Annotated[Papel | None, DO_PAPEL] = None,
    email: Email = None,
    da_loja: LojaDele = None,
    primeiro: Annotated[
        bool, Option("--primeiro", help="O gerente da oficina vazia; pede a senha dele.")
    ] = False,
    senha_stdin: SenhaStdin = False,
) -> CriarFuncionario | CriarPrimeiroFuncionario:
    if not primeiro:
        if senha_stdin:
            raise DadoInvalido("A senha se dá depois, com: oficina funcionario senha CPF")
        if papel is None:
            raise DadoInvalido(f"Falta a opção --papel. {DO_PAPEL.help}", "papel")
        return CriarFuncionario(cpf=cpf, nome=nome, papel=papel, email=email, loja_id=da_loja)
    atendimento.conexao.exigir_direta()
    if papel not in (None, Papel.GERENTE) or da_loja:
        raise DadoInvalido("O primeiro é gerente, e de todas as lojas; tire --papel e --da-loja.")
    dita = pedir_nova(atendimento, da_entrada=senha_stdin)
    return CriarPrimeiroFuncionario(cpf=cpf, nome=nome, email=email, senha=dita)


@comando(
    app,
    "funcionario senha 111.444.777-35",
    "funcionario senha 111.444.777-35 --senha-stdin < senha.txt",
)
def senha(
    atendimento: Atendimento, funcionario: opcoes.Funcionario, *, senha_stdin: SenhaStdin = False
) -> DefinirSenha:
    numero = atendimento.localizar(Recurso.FUNCIONARIO, funcionario)
    dita = pedir_nova(atendimento, da_entrada=senha_stdin)
    return DefinirSenha(funcionario_id=numero, senha=dita)


@comando(app, "funcionario listar", "funcionario listar lima --inativos")
def listar(*, busca: opcoes.Busca = None, inativos: opcoes.Inativos = False) -> ListarFuncionarios:
    return ListarFuncionarios(busca=busca, inativos=inativos)


@comando(app, "funcionario ver 111.444.777-35")
def ver(atendimento: Atendimento, funcionario: opcoes.Funcionario) -> VerFuncionario:
    return VerFuncionario(funcionario_id=atendimento.localizar(Recurso.FUNCIONARIO, funcionario))


@comando(app, "funcionario editar 111.444.777-35 --papel gerente")
def editar(
    atendimento: Atendimento,
    funcionario: opcoes.Funcionario,
    *,
    cpf: Annotated[str | None, CPF] = None,
    nome: Annotated[str | None, opcoes.texto("--nome", "Nome completo.")] = None,
    papel: Annotated[Papel | None, DO_PAPEL] = None,
    email: Email = None,
    da_loja: LojaDele = None,
    da_rede: Annotated[bool, Option("--da-rede", help="Passa a trabalhar em todas.")] = False,
) -> EditarFuncionario:
    numero = atendimento.localizar(Recurso.FUNCIONARIO, funcionario)
    atual = atendimento.executar(VerFuncionario(funcionario_id=numero))
    editado = mudado(
        EditarFuncionario,
        atual,
        funcionario_id=numero,
        cpf=cpf,
        nome=nome,
        papel=papel,
        email=email,
        loja_id=da_loja,
    )
    return replace(editado, loja_id=None) if da_rede else editado


@comando(
    app,
    "funcionario desativar 111.444.777-35",
    pergunta="Desativar o funcionário {funcionario}?",
)
def desativar(atendimento: Atendimento, funcionario: opcoes.Funcionario) -> DesativarFuncionario:
    return DesativarFuncionario(
        funcionario_id=atendimento.localizar(Recurso.FUNCIONARIO, funcionario)
    )


@comando(app, "funcionario reativar 111.444.777-35")
def reativar(atendimento: Atendimento, funcionario: opcoes.Funcionario) -> ReativarFuncionario:
    return ReativarFuncionario(
        funcionario_id=atendimento.localizar(Recurso.FUNCIONARIO, funcionario)
    )
