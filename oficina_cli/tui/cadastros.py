"""Os cadastros: seis listas na mesma tela, com a busca, a edição e o que se desativa."""

from shlex import join
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Click, Key
from textual.widgets import Input, Static

from oficina_cli.tui.base import SEM_TECLAR, Tela, argumento
from oficina_cli.tui.cadastro import Fichario
from oficina_cli.tui.clientes import CLIENTES
from oficina_cli.tui.funcionarios import FUNCIONARIOS, SenhaFuncionario
from oficina_cli.tui.kits import KITS
from oficina_cli.tui.papeis import exigir_papel
from oficina_cli.tui.pecas import PECAS
from oficina_cli.tui.reativacao import nome_de, reativar
from oficina_cli.tui.servicos import SERVICOS
from oficina_cli.tui.veiculos import VEICULOS
from oficina_cli.tui.widgets.campos import Entrada
from oficina_cli.tui.widgets.desenho import (
    FORTE,
    NADA,
    SUAVE,
    caber,
    linha,
    solta,
    uma_linha,
)
from oficina_cli.tui.widgets.dialogo import Confirmar
from oficina_cli.tui.widgets.folha import Folha
from oficina_cli.tui.widgets.lista import Lista
from oficina_cli.tui.widgets.paginas import Fonte
from oficina_cli.tui.widgets.vazio import vazio
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.funcionarios import LinhaFuncionario
from oficina_core.casos.paginas import LIMITE_MAXIMO, Pagina
from oficina_core.casos.portas import CasoDeUso

FICHARIOS = (CLIENTES, VEICULOS, PECAS, SERVICOS, KITS, FUNCIONARIOS)
DA_LINHA = {fichario.linha: fichario for fichario in FICHARIOS}


class TelaCadastros(Tela):
    """Números ou setas trocam de lista; as letras agem na linha acesa."""

    ABA = "cadastros"
    AUTO_FOCUS = "#lista"  # a busca, só a quem a pede: nela as letras não agem
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "editar", "editar", id="cadastros.editar"),
        Binding("n", "criar", "novo", id="cadastros.novo"),
        Binding("slash", "buscar", "buscar", id="cadastros.buscar"),
        Binding("s", "senha", "senha", id="cadastros.senha"),
        Binding("x,delete", "desativar", "desativar", id="cadastros.desativar"),
        Binding("i", "inativos", "ver desativados", show=False, id="cadastros.inativos"),
        Binding("left", "vizinha(-1)", "lista anterior", show=False, id="cadastros.esquerda"),
        Binding("right", "vizinha(1)", "lista seguinte", show=False, id="cadastros.direita"),
        *(
            Binding(
                str(n),
                f"fichario({n - 1})",
                p.nome.lower(),
                show=False,
                id=f"cadastros.{p.recurso.value}",
            )
            for n, p in enumerate(FICHARIOS, 1)
        ),
    ]
    COMANDOS = (
        ("Cadastrar um novo", "criar"),
        ("Desativar ou reativar", "desativar"),
        ("Mostrar os desativados, ou os ativos", "inativos"),
        ("Definir a senha do funcionário", "senha"),
        *((f"Cadastro: {p.nome.lower()}", f"fichario({n})") for n, p in enumerate(FICHARIOS)),
    )

    def __init__(self) -> None:
        super().__init__()
        self.fichario: Fichario = CLIENTES
        self._busca = ""
        self._inativos = False

    def compor(self) -> ComposeResult:
        yield Abas(self)
        with Horizontal(id="caixa"):
            yield Static(solta(("/ ", SUAVE)), classes="rotulo")
            yield Entrada(placeholder=self.fichario.dica, id="procurar", max_length=120)
        yield Folha(self._cabecalho, id="cabecalho")
        yield Lista(self._linha, self._fonte(self.fichario, "", inativos=False), id="lista")
        yield Static(id="vazio")

    def on_mount(self) -> None:
        self.query_one("#vazio").display = False
        self.set_focus(self.lista)

    def comecar(self) -> None:
        """O cursor volta à lista."""
        self.set_focus(self.lista)

    @property
    def lista(self) -> Lista:
        return self.query_one("#lista", Lista)

    @property
    def campo(self) -> Input:
        return self.query_one("#procurar", Input)

    # ── o que se mostra ──────────────────────────────────────────────────────────────────────

    def contexto(self) -> tuple[Content, Content]:
        item = self.lista.item
        if item is None:
            return solta((self.fichario.nome, FORTE)), NADA
        fichario = DA_LINHA[type(item)]
        ditas = [c.dizer(item) for c in fichario.colunas if not c.a_direita]
        primeira, *outras = [uma_linha(dita) for dita in ditas if dita != "—"]
        quantos = f"{len(self.lista.itens)}{'' if self.lista.inteira else '+'}"
        return (
            solta((primeira, FORTE), *((f" · {dita}", SUAVE) for dita in outras)),
            solta(
                (
                    f"{'desativados' if self._inativos else fichario.nome.lower()}: {quantos}",
                    SUAVE,
                )
            ),
        )

    def comando(self) -> str:
        inativos = ["--inativos"] * self._inativos
        recurso = self.fichario.recurso.value
        return join(["oficina", recurso, "listar", *inativos, *argumento(self._busca)])

    def _cabecalho(self, largura: int) -> list[Content]:
        return [self.fichario.cabecalho(largura)]

    def _linha(self, item: Any, largura: int, foco: bool) -> list[Content]:
        """Pelo fichário da própria linha: a lista troca depois da aba."""
        return [DA_LINHA[type(item)].desenhar(item, largura - 3, foco=foco)]

    async def reler(self, *, suave: bool) -> None:
        """A quem acaba de entrar e não pode ver esta lista, mostra-se a primeira que pode."""
        if self.fichario not in self.ficharios:
            await self._trocar(self.ficharios[0])
            return
        await self.reler_listas(self.lista, suave=suave)
        self._mostrar()

    def _fonte(self, fichario: Fichario, busca: str, *, inativos: bool) -> Fonte:
        """Os registros que se pedem agora; nada disto muda entre uma página e outra."""

        async def ler(cursor: str | None) -> Pagina[Any]:
            pagina: Pagina[Any] = await self.pedir(
                fichario.listar(
                    busca=busca or None, inativos=inativos, limite=LIMITE_MAXIMO, cursor=cursor
                )
            )
            return pagina

        return ler

    async def _abrir(self, fichario: Fichario, busca: str, *, inativos: bool) -> None:
        """Outra lista, do começo; o que a tela diz dela só muda depois de lida."""
        await self.lista.abrir(self._fonte(fichario, busca, inativos=inativos))
        self.contar_pendentes(0)
        self.fichario, self._busca, self._inativos = fichario, busca, inativos
        self._mostrar()

    async def _trocar(self, fichario: Fichario) -> None:
        self.workers.cancel_group(self, "busca")
        await self._abrir(fichario, "", inativos=self._inativos)
        with self.prevent(Input.Changed):
            self.campo.value = ""
        self.campo.placeholder = fichario.dica
        for folha in self.query(Folha):
            folha.redesenhar()
        self.set_focus(self.lista)

    def _mostrar(self) -> None:
        aviso, nada = self.query_one("#vazio", Static), not self.lista.itens
        encheu = aviso.display and not nada
        aviso.display = nada
        self.lista.display = self.query_one("#cabecalho").display = not nada
        if nada:
            aviso.update(self._vazio())
        elif self.focused is None or (encheu and not self.digitando):
            self.set_focus(self.lista)
        self.refresh_bindings()
        self.redesenhar()

    def _vazio(self) -> Content:
        nome, outros = self.fichario.nome.lower(), "ativos" if self._inativos else "desativados"
        if self._busca:
            dita = caber(self._busca, min(24, len(self._busca)))
            frase = f"Procura-se {self.fichario.dica}."
            saidas = (("esc", "limpa a busca"), ("i", f"procura nos {outros}"))
            return vazio(f"Nada em {nome} com “{dita}”", frase, saidas)
        if self._inativos:
            frase = "O que se desativa fica aqui, e se reativa."
            return vazio(f"Nada desativado em {nome}", frase, (("i", "volta aos ativos"),))
        if not self.balcao.pode(self.fichario.criar):
            return vazio(f"Ainda não há {nome}", "", ())
        return vazio(f"Ainda não há {nome}", "Tudo se cadastra aqui.", (("n", "cadastra"),))

    # ── por onde se anda ─────────────────────────────────────────────────────────────────────

    @property
    def ficharios(self) -> list[Fichario]:
        """Os que quem atende pode ver."""
        return [f for f in FICHARIOS if self.balcao.pode(f.listar)]

    def action_fichario(self, qual: int) -> None:
        self.agir(self._trocar(FICHARIOS[qual]))

    def action_vizinha(self, passo: int) -> None:
        onde = self.ficharios.index(self.fichario) + passo
        self.agir(self._trocar(self.ficharios[onde % len(self.ficharios)]))

    def action_buscar(self) -> None:
        self.set_focus(self.campo)
        self.campo.action_select_all()

    @on(Input.Changed, "#procurar")
    def _ao_digitar(self) -> None:
        self.em_segundo_plano("busca", self._procurar, SEM_TECLAR)

    async def _procurar(self) -> None:
        if (dito := self.campo.value.strip()) != self._busca:
            await self._abrir(self.fichario, dito, inativos=self._inativos)

    @on(Input.Submitted, "#procurar")
    def _ao_terminar_a_busca(self) -> None:
        """Procura já: a tecla seguinte age no que se vê, e não no de antes."""
        self.agir(self._procurar())
        self.set_focus(self.lista)

    def on_key(self, evento: Key) -> None:
        if evento.key == "down" and self.focused is self.campo:
            evento.stop()
            self._ao_terminar_a_busca()

    def action_inativos(self) -> None:
        self.agir(self._ver(inativos=not self._inativos))

    async def _ver(self, *, inativos: bool) -> None:
        await self._abrir(self.fichario, self._busca, inativos=inativos)
        self.avisar("mostrando os desativados" if inativos else "mostrando os ativos")

    def action_voltar(self) -> None:
        self.campo.value = ""
        self._ao_terminar_a_busca()

    # ── o que se faz ─────────────────────────────────────────────────────────────────────────

    def caso_de(self, acao: str) -> type[CasoDeUso[Any]] | None:
        da_lista = {
            "criar": self.fichario.criar,
            "editar": self.fichario.editar,
            "desativar": self.fichario.desativar,
            "senha": DefinirSenha,
        }
        return da_lista.get(acao)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        item = self.lista.item if self.is_mounted else None
        match action, *parameters:
            case "fichario", int(qual):
                return FICHARIOS[qual] in self.ficharios
            case "senha", *_ if not isinstance(item, LinhaFuncionario):
                return False
            case "desativar" | "editar", *_ if item is None or self.digitando:
                return False
        return super().check_action(action, parameters)

    @on(Lista.Destacado, "#lista")
    def _ao_destacar(self) -> None:
        self.refresh_bindings()
        self.redesenhar()

    @on(Lista.Escolhido, "#lista")
    def _ao_escolher(self) -> None:
        self.action_editar()

    def action_criar(self) -> None:
        self.agir(self._criar())

    async def _criar(self) -> None:
        exigir_papel(self, self.fichario.criar)
        await self.app.push_screen(self.fichario.formulario(), self._ao_gravar)

    def action_editar(self) -> None:
        if item := self.lista.item:
            self.agir(self._editar(item))

    async def _editar(self, item: Any) -> None:
        fichario = DA_LINHA[type(item)]
        exigir_papel(self, fichario.editar)
        ficha = await self.pedir(fichario.formulario.ver(item.id))
        await self.app.push_screen(fichario.formulario(ficha), self._ao_gravar)

    def _ao_gravar(self, ficha: Any) -> None:
        if ficha is not None:
            self.agir(self._mostrar_gravado(ficha))

    async def _mostrar_gravado(self, ficha: Any) -> None:
        await self.reler(suave=False)
        self.lista.ir_ao(ficha.id)
        self.avisar(f"Gravado: {nome_de(ficha)}")

    def action_desativar(self) -> None:
        if item := self.lista.item:
            self.agir(self._desativar(item))

    async def _desativar(self, item: Any) -> None:
        fichario = DA_LINHA[type(item)]
        qual = f"{fichario.recurso.rotulo} {uma_linha(fichario.colunas[0].dizer(item))}"
        acao = "Desativar" if item.ativo else "Reativar"
        efeito = fichario.efeito if item.ativo else "Volta às listas, com os dados que tem."
        dialogo = Confirmar(f"{acao} {qual}?", (efeito,), acao=acao)
        if await self.balcao.perguntar(dialogo) is None:
            return
        if item.ativo:
            await self.pedir(fichario.desativar(**{f"{fichario.recurso.value}_id": item.id}))
        else:
            await self.pedir(reativar(fichario.recurso, item.id))
        await self.reler(suave=False)
        self.avisar(f"{acao[:-1]}do: {qual}" + (" · i mostra" if item.ativo else ""))

    def action_senha(self) -> None:
        item = self.lista.item
        if isinstance(item, LinhaFuncionario):
            self.agir(self._senha(item))

    async def _senha(self, item: LinhaFuncionario) -> None:
        await self.app.push_screen(SenhaFuncionario(item), self._ao_gravar)


class Abas(Folha):
    """As listas, com o número que leva a cada uma."""

    DEFAULT_CSS = "Abas { margin: 0 0 1 0; }"

    def __init__(self, tela: TelaCadastros) -> None:
        super().__init__(self._desenhar_abas, id="abas")
        self._tela = tela

    def _desenhar_abas(self, _: int) -> list[Content]:
        ditas = [
            solta(
                (f"{n} ", SUAVE),
                (p.nome, "bold underline $acento" if p is self._tela.fichario else ""),
            )
            for n, p in enumerate(FICHARIOS, 1)
            if p in self._tela.ficharios
        ]
        return [linha(Content("  ").join(ditas))]

    def on_click(self, evento: Click) -> None:
        x = 2
        for fichario in self._tela.ficharios:
            largura = len(fichario.nome) + 2
            if x <= evento.x < x + largura:
                self._tela.action_fichario(FICHARIOS.index(fichario))
            x += largura + 2


ABERTURA = TelaCadastros
