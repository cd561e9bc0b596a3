"""A primeira vez: onde a oficina vai ficar. Nada se cria antes de se escolher."""

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, ClassVar, NamedTuple, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from oficina_cli.conexao import Conexao
from oficina_cli.tui.base import Tela
from oficina_cli.tui.fios import em_fio
from oficina_cli.tui.rascunhos import Rascunhos
from oficina_cli.tui.widgets.desenho import FORTE, NADA, SUAVE, esq, juntar, linha, solta
from oficina_cli.tui.widgets.dialogo import Confirmar
from oficina_cli.tui.widgets.lista import Lista, pronta
from oficina_cli.tui.widgets.moldura import Aviso
from oficina_core.casos.kits_importacao import ImportarKits
from oficina_core.casos.pecas_importacao import ImportarPecas
from oficina_core.casos.perfil import VerMeuPerfil
from oficina_core.casos.portas import Oficina
from oficina_core.casos.servicos import ImportarServicos
from oficina_core.dominio.erros import ErroOficina
from oficina_core.enderecos import arquivo_do_banco
from oficina_core.texto import lista, quantos

R = TypeVar("R")

LARGURA = 64
TENTATIVAS = 3  # de apagar a pasta em que alguém ainda escreve


class Opcao(NamedTuple):
    """Um dos lugares em que a oficina pode ficar."""

    id: int
    titulo: str
    frase: str


OPCOES = (
    Opcao(
        1,
        "Experimentar com dados de demonstração",
        "60 carros e seis semanas de ordens; tudo some ao sair",
    ),
    Opcao(2, "Usar neste computador", "um arquivo só seu; não precisa instalar nada"),
    Opcao(3, "Usar o MySQL da oficina", "vários balcões juntos; pede endereço, usuário e senha"),
    Opcao(4, "Ligar ao servidor da rede", "pela API; pede o endereço e o seu acesso"),
)
CHAMADA = solta(("O balcão da oficina, no teclado", SUAVE))
PROMESSA = "Dá para mudar depois. Nada sai deste computador sem você pedir."


class TelaInicio(Tela):
    """Quatro jeitos de começar; feito um, o balcão se abre nele."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "comecar", "começar", id="inicio.comecar"),
        Binding("1", "escolher(1)", "a 4: escolhe", id="inicio.demonstracao"),
        Binding("2", "escolher(2)", show=False, id="inicio.computador"),
        Binding("3", "escolher(3)", show=False, id="inicio.mysql"),
        Binding("4", "escolher(4)", show=False, id="inicio.servidor"),
        Binding("ctrl+q", "app.sair", "sair"),
    ]
    COMANDOS = tuple((opcao.titulo, f"escolher({opcao.id})") for opcao in OPCOES)

    def compor(self) -> ComposeResult:
        with Vertical(id="escolha"):
            yield Static(juntar([linha(("Como você quer começar?", FORTE)), NADA]))
            yield Lista(_desenhar, pronta(OPCOES), altura=3)
            yield Static(juntar([NADA, linha((PROMESSA, SUAVE))]))

    async def on_mount(self) -> None:
        await self._lista.abrir(pronta(OPCOES))
        self.set_focus(self._lista)

    @property
    def _lista(self) -> Lista:
        return self.query_one(Lista)

    def contexto(self) -> tuple[Content, Content]:
        return CHAMADA, NADA

    @on(Lista.Escolhido)
    def _ao_escolher(self) -> None:
        self.action_comecar()

    def action_comecar(self) -> None:
        self.action_escolher(self._lista.item.id)

    def action_escolher(self, numero: int) -> None:
        if self._vez.locked():  # já se está começando
            return
        self._lista.ir_para(numero - 1)
        fazer: dict[int, Callable[[], Coroutine[Any, Any, None]]] = {
            1: self._experimentar,
            2: self._neste_computador,
            3: self._no_mysql,
            4: self._no_servidor,
        }
        self.agir(fazer[numero]())

    def action_voltar(self) -> None:
        self.app.call_later(self.balcao.action_sair)

    async def _atender(self, frase: str) -> None:
        await self.balcao.atender()
        self.balcao.avisar_depois(frase)

    # ── 1: demonstração ──────────────────────────────────────────────────────────────────────

    async def _experimentar(self) -> None:
        from oficina_cli.tui.app import DEMONSTRACAO

        pasta = await em_fio(lambda: Path(mkdtemp(prefix="oficina-")))
        conexao = self.balcao.conexao
        conexao.ao_fechar(partial(_apagar, pasta))
        frase = "preparando a demonstração… leva uns segundos"
        oficina = await esperar(self, frase, partial(_preparar, pasta / "demo.db"))
        conexao.ao_fechar(oficina.fechar)
        conexao.pronta = oficina
        self.balcao.rascunhos = Rascunhos(lambda: pasta)
        self.balcao.selo = DEMONSTRACAO
        await self._atender("Tudo aqui é inventado, e some ao sair.")

    # ── 2: neste computador ──────────────────────────────────────────────────────────────────

    async def _neste_computador(self) -> None:
        conexao = self.balcao.conexao
        try:
            await esperar(self, "criando o arquivo da oficina…", partial(_criar, conexao))
        except ErroOficina:
            conexao.reler()
            raise
        arquivo = arquivo_do_banco(conexao.onde)
        quer = await self.balcao.perguntar(
            Confirmar(
                "Trazer o catálogo de partida?",
                (
                    f"A oficina está criada, em {arquivo}.",
                    "O catálogo traz serviços, peças e kits comuns, com preços para você acertar.",
                ),
                acao="Trazer o catálogo",
                seguro="Começar do zero",
            )
        )
        frase = f"A oficina está em {arquivo}."
        if quer is not None:
            importar = partial(_importar, conexao.oficina)
            frase = await esperar(self, "trazendo o catálogo…", importar)
        await self._atender(frase)

    # ── 3 e 4: na rede ───────────────────────────────────────────────────────────────────────

    async def _no_mysql(self) -> None:
        from oficina_cli.tui.ligacao import TelaMySQL

        self.app.push_screen(TelaMySQL(), self._ligado)

    async def _no_servidor(self) -> None:
        from oficina_cli.tui.ligacao import TelaServidor

        self.app.push_screen(TelaServidor(), self._ligado)

    def _ligado(self, frase: str | None) -> None:
        if frase:
            self.agir(self._atender(frase))


async def esperar(tela: Tela, frase: str, fazer: Callable[[], R]) -> R:
    """O que `fazer` dá, feito fora da tela, que diz o que se espera."""
    tela.query_one(Aviso).dizer(frase, some_em=None)
    try:
        return await em_fio(fazer)
    finally:
        tela.calar()


def _criar(conexao: Conexao) -> None:
    """Abre a oficina e pergunta algo a ela: é o que cria o arquivo, e o leva à revisão certa."""
    conexao.oficina.executar(VerMeuPerfil())


def _importar(oficina: Oficina) -> str:
    """O catálogo que vem com o programa; repetir não o duplica."""
    from oficina_cli.importacao import ler_inicial

    servicos = oficina.executar(ImportarServicos(linhas=ler_inicial("servicos")))
    pecas = oficina.executar(ImportarPecas(linhas=ler_inicial("pecas")))
    kits = oficina.executar(ImportarKits(kits=ler_inicial("kits")))
    trazidos = [
        quantos(servicos.novos, "serviço", "serviços"),
        quantos(pecas.novos, "peça", "peças"),
        quantos(kits.novos, "kit", "kits"),
    ]
    return f"O catálogo trouxe {lista(trazidos)}; acerte os preços em Cadastros."


def _desenhar(opcao: Opcao, _: int, foco: bool) -> list[Content]:
    n = LARGURA - 3
    return [
        linha((str(opcao.id), "bold $acento"), esq(opcao.titulo, n), foco=foco),
        linha(" ", esq(opcao.frase, n, SUAVE), foco=foco),
    ]


def _preparar(arquivo: Path) -> Any:
    from oficina_cli import demonstracao

    return demonstracao.preparar(arquivo)


def _apagar(pasta: Path) -> None:
    for _ in range(TENTATIVAS):
        if pasta.exists():
            rmtree(pasta, ignore_errors=True)
