"""O comando que mostra a oficina com dados inventados."""

import sys
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from shutil import which
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

from oficina_cli import leitura
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando
from oficina_cli.comandos.api import Porta
from oficina_cli.conexao import Conexao
from oficina_cli.erros import dizer
from oficina_core.casos import campos
from oficina_core.casos.busca import Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.orcamentos import ListarOrcamentos
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import LinhaOrdem, ListarOrdens
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.erros import ErroOficina
from oficina_core.dominio.orcamento import StatusOrcamento
from oficina_core.texto import documento

if TYPE_CHECKING:
    from oficina_core.banco.local import OficinaLocal

raiz = typer.Typer()


@comando(raiz, "demo", "demo --manter exemplo.db --semente 7", "demo --servidor", painel="A casa")
def demo(
    atendimento: Atendimento,
    *,
    servidor: Annotated[bool, Option("--servidor", help="Põe também a API no ar.")] = False,
    porta: Porta = 8000,
    sem_tui: Annotated[bool, Option("--sem-tui", help="Só a linha de comando.")] = False,
    manter: Annotated[
        Path | None,
        Option(parser=Path, metavar="ARQUIVO", help="Onde guardar; sem dizer, um provisório."),
    ] = None,
    semente: Annotated[
        int,
        Option(parser=leitura.inteiro, metavar="NÚMERO", help="A mesma semente inventa o mesmo."),
    ] = 1,
    ordens: Annotated[
        int,
        Option(
            parser=leitura.inteiro,
            metavar="NÚMERO",
            help="Quantas já se entregaram em outros anos, até 100.000.",
        ),
    ] = 0,
) -> None:
    """Cria uma oficina de mentira, à parte, e abre o balcão nela; ou a põe no ar, pela API."""
    from oficina_cli import demonstracao

    arquivo = (manter or Path(mkdtemp(prefix="oficina-")) / "demo.db").absolute()
    campos.faixa(ordens, "ordens", 0, demonstracao.ORDENS_MAXIMO)
    oficina = demonstracao.preparar(arquivo, semente, ordens=ordens)
    if not (sem_tui or servidor) and sys.stdin.isatty() and sys.stdout.isatty():
        _abrir_o_balcao(oficina, arquivo)
        return
    try:
        atendimento.mostrar(oficina.executar(ListarOrdens()), Pagina[LinhaOrdem])
        dizer(f"\nA demonstração está em {arquivo}. Experimente:")
        for linha in _convites(oficina):
            dizer(f"  {_programa()} --banco {quote(str(arquivo))} {linha}")
        if servidor:
            _dar_senha(oficina)
    finally:
        oficina.fechar()
    if servidor:
        _servir(arquivo, porta)


def _abrir_o_balcao(oficina: "OficinaLocal", arquivo: Path) -> None:
    from oficina_cli.tui.abertura import abrir

    try:
        codigo = abrir(Conexao(pronta=oficina), demonstracao=True, rascunhos=arquivo.parent)
    finally:
        oficina.fechar()
    if codigo:
        raise typer.Exit(codigo)


def _dar_senha(oficina: Oficina) -> None:
    """A do gerente, com que se entra pela rede; sem a API não se resume, que demora."""
    from oficina_cli.demonstracao.elenco import CPF_DO_GERENTE, SENHA_DO_GERENTE

    gerente = oficina.executar(Localizar(recurso=Recurso.FUNCIONARIO, nome=CPF_DO_GERENTE))
    oficina.executar(DefinirSenha(funcionario_id=gerente.id, senha=SENHA_DO_GERENTE))


def _servir(arquivo: Path, porta: int) -> None:
    """A API sobre a demonstração: só nesta máquina, e só nela o CPF basta para entrar."""
    from oficina_cli.demonstracao.elenco import CPF_DO_GERENTE, SENHA_DO_GERENTE
    from oficina_cli.servico import servir

    endereco = f"http://127.0.0.1:{porta}"
    dizer(f"\nA API atende em {endereco}; os endereços dela, em {endereco}/docs. Ctrl-C a encerra.")
    dizer(f"Noutro terminal, como no balcão (a senha é: {SENHA_DO_GERENTE}):")
    dizer(f"  export OFICINA_API={endereco}")
    dizer(f"  {_programa()} auth entrar --cpf {documento(CPF_DO_GERENTE)}")
    dizer("Ou, como outro programa:")
    dizer(
        f"  curl -X POST {endereco}/auth -H 'Content-Type: application/json' "
        f'-d \'{{"cpf": "{CPF_DO_GERENTE}"}}\''
    )
    servir(
        *("--porta", str(porta), "--banco", str(arquivo)),
        APP_ENV="development",
        AUTH_SOMENTE_CPF="true",
    )


def _programa() -> str:
    """Como se chama este programa aqui: pelo nome, ou por onde ele está se o nome não se acha."""
    chamado = Path(sys.argv[0])
    return quote(sys.argv[0]) if chamado.name == "oficina" and not which("oficina") else "oficina"


def _convites(oficina: Oficina) -> Iterator[str]:
    """Comandos que dão certo neste arquivo."""
    for ordem in oficina.executar(ListarOrdens(limite=1)).itens:
        yield f"ordem ver {ordem.id}"
        yield f"veiculo historico {ordem.placa}"
    esperam = ListarOrcamentos(status=StatusOrcamento.AGUARDANDO_APROVACAO)
    for orcamento in oficina.executar(esperam).itens:
        if _se_aprova(oficina, orcamento.id):
            yield f"orcamento aprovar {orcamento.id} --meio whatsapp"
            return


def _se_aprova(oficina: Oficina, orcamento: int) -> bool:
    try:
        oficina.simular(AprovarOrcamento(orcamento_id=orcamento))
    except ErroOficina:
        return False
    return True
