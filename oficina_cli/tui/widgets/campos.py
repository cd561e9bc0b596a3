"""Os campos dos formulários: o que se digita ou cola, entendido pelo domínio.

O campo guarda o que a pessoa escreveu, letra por letra, e só o põe na forma bonita ao perder o
foco, e se o domínio o entende: nada anda sob o cursor e nada se perde. O dinheiro também se digita
da esquerda para a direita, como se fala e se cola: centavos que entram pela direita fariam de
`50` cinquenta centavos, e não entenderiam `R$ 1.234,56` nem a correção no meio do número.

Todo texto é literal: o `Input` desenha valor e dica com `rich.text.Text`, e o resto se monta com
`Content`; nenhum dos dois lê marcação.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive, var
from textual.widget import Widget
from textual.widgets import Input, Static
from typer import BadParameter

from oficina_cli import leitura
from oficina_core import texto
from oficina_core.casos.entrada import SENHA_MAXIMA, conferir_senha
from oficina_core.dominio import dinheiro, valores
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import Opcao

ANOS_ATE_O_BISSEXTO = 9
COLADO_MAXIMO = 20_000  # o resto nem se olha: nenhum campo é desse tamanho
QUEBRAS = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
SUBSTITUTO = "\ufffd"


@dataclass(frozen=True, kw_only=True)
class Tipo:
    """Como um tipo de campo se lê (DadoInvalido com a frase do domínio), se mostra e até onde vai.

    O secreto nunca se mostra, se copia, se formata nem vai para o rascunho.
    """

    ler: Callable[[str], Any]
    mostrar: Callable[[Any], str] = str
    maximo: int = 40
    dica: str = ""
    secreto: bool = False


def _hoje() -> date:
    return datetime.now().astimezone().date()


def _do_comando(ler: Callable[[Any], Any]) -> Callable[[str], Any]:
    """Um leitor da linha de comando, com a recusa do domínio no lugar da do Typer."""

    def entender(dito: str) -> Any:
        try:
            return ler(dito)
        except BadParameter as erro:
            raise DadoInvalido(erro.message) from erro

    return entender


def ler_data(dito: str, hoje: date) -> date:
    """`31/12/2026`, `31/12` (a próxima), `hoje`, `ontem`, `amanhã`, `+3d` e `-3d`."""
    limpo = texto.sem_acento(dito.strip())
    dias = {"hoje": 0, "ontem": -1, "amanha": 1}.get(limpo)
    if achado := re.fullmatch(r"([+-][0-9]{1,3}) ?d(?:ias?)?", limpo):
        dias = int(achado[1])
    if dias is not None:
        return hoje + timedelta(days=dias)
    if achado := re.fullmatch("([0-9]{1,2})/([0-9]{1,2})", limpo):
        return _a_proxima(int(achado[1]), int(achado[2]), hoje)
    curta = re.fullmatch("([0-9]{1,2}/[0-9]{1,2}/)([0-9]{2})", limpo)
    lida: date = _do_comando(leitura.data)(f"{curta[1]}20{curta[2]}" if curta else limpo)
    return lida


def _a_proxima(dia: int, mes: int, hoje: date) -> date:
    for ano in range(hoje.year, hoje.year + ANOS_ATE_O_BISSEXTO):
        try:
            achada = date(ano, mes, dia)
        except ValueError:
            continue
        if achada >= hoje:
            return achada
    raise DadoInvalido("Escreva a data como 31/12/2026.")


def tipo_data(hoje: Callable[[], date] = _hoje) -> Tipo:
    return Tipo(
        ler=lambda dito: ler_data(dito, hoje()), mostrar=texto.data, maximo=20, dica="dd/mm/aaaa"
    )


def _mostrar_reais(valor: Decimal) -> str:
    return texto.reais(valor).replace("R$ ", "")


def _mostrar_quantidade(valor: Decimal) -> str:
    """Sem o ponto do milhar: `1.234` teria dois sentidos, e o domínio o recusa."""
    return texto.quantidade(valor).replace(".", "")


CPF = Tipo(ler=valores.CPF, mostrar=texto.documento)
DOCUMENTO = Tipo(ler=valores.documento, mostrar=texto.documento)
PLACA = Tipo(ler=valores.Placa)
TELEFONE = Tipo(ler=valores.Telefone, mostrar=texto.telefone, dica="DDD e número")
EMAIL = Tipo(ler=valores.Email, maximo=valores.EMAIL_MAXIMO)
CODIGO = Tipo(ler=valores.Codigo)
DINHEIRO = Tipo(ler=dinheiro.ler_reais, mostrar=_mostrar_reais)
QUANTIDADE = Tipo(ler=dinheiro.ler_quantidade, mostrar=_mostrar_quantidade)
DATA = tipo_data()
INTEIRO = Tipo(ler=_do_comando(leitura.inteiro))
KM = Tipo(ler=INTEIRO.ler, mostrar=texto.milhar)
NOME = Tipo(ler=valores.nome, maximo=120)
TEXTO = Tipo(ler=lambda dito: valores.nota(dito, "texto"), maximo=1000)
SENHA = Tipo(ler=str, maximo=SENHA_MAXIMA, secreto=True)
SENHA_NOVA = Tipo(ler=conferir_senha, maximo=SENHA_MAXIMA, secreto=True)


def em_uma_linha(dito: str) -> str:
    """O que se cola, sem o que comanda o terminal; quebra de linha e tabulação viram espaço."""
    espacado = re.sub(r"[^\S ]+", " ", dito.strip(QUEBRAS))
    return texto.limpar(espacado).replace(SUBSTITUTO, "")


def _senha_colada(dito: str) -> str:
    """A senha não muda de forma (NFC): perde só o que nenhuma senha pode ter."""
    return "".join(filter(texto.inofensivo, dito))


class Entrada(Input):
    """Uma linha de texto em que nada comanda o terminal, venha de onde vier.

    O que passa do máximo se corta, e `aviso` o diz.
    """

    aviso = var("")

    def __init__(
        self,
        value: str = "",
        placeholder: str = "",
        *,
        max_length: int = 200,
        password: bool = False,
        id: str | None = None,
    ) -> None:
        self.maximo = max_length
        super().__init__(value, em_uma_linha(placeholder), password=password, id=id)
        self.cursor_blink = False

    def validate_value(self, value: str) -> str:
        """Todo caminho passa por aqui: tecla, colagem, rascunho e valor inicial."""
        return self._limpo(value)[: self.maximo]

    def replace(self, text: str, start: int, end: int) -> None:
        """Como no Input, mas o que passa do máximo se corta, em vez de nada entrar."""
        start, end = sorted((max(0, start), min(len(self.value), end)))
        antes, depois = self.value[:start], self.value[end:]
        novo = self._limpo(text)
        cabe = self.maximo - len(antes) - len(depois)
        inicio = self._limpo(antes + novo[:cabe])
        self.value = inicio + depois
        self.cursor_position = len(inicio)
        sobrou = len(novo) > cabe
        self.aviso = f"Só cabem {self.maximo} letras; o resto ficou de fora." * sobrou

    def _limpo(self, dito: str) -> str:
        return em_uma_linha(dito[:COLADO_MAXIMO])

    def _on_paste(self, event: events.Paste) -> None:
        """Tudo o que veio, e não só a primeira linha, que pode estar vazia."""
        event.stop()
        event.prevent_default()
        self.replace(event.text, *self.selection)


class CampoBR(Entrada):
    """Um campo de uma linha. `valor()` dá o valor do domínio; `value` é o que se escreveu."""

    DEFAULT_CSS = """
    CampoBR {
        border: none; height: 1; width: 1fr; padding: 0 1; background: $campo; color: $texto;
        &:focus { border: none; background-tint: $campo 0%; text-style: bold; }
        &>.input--cursor { background: $texto; color: $fundo; text-style: none; }
        &>.input--selection { background: $selecao; color: $texto; }
        &>.input--placeholder { color: $suave; text-style: not bold; }
    }
    """

    def __init__(
        self,
        tipo: Tipo,
        inicial: Any = None,
        *,
        rotulo: str = "",
        obrigatorio: bool = False,
        dica: str = "",
        id: str | None = None,
    ) -> None:
        self.tipo, self.rotulo, self.obrigatorio = tipo, rotulo, obrigatorio
        super().__init__(
            self._mostrar(inicial),
            dica or tipo.dica,
            max_length=tipo.maximo,
            password=tipo.secreto,
            id=id,
        )
        self.inicial = self.value

    def _mostrar(self, valor: Any) -> str:
        return "" if valor is None else self.tipo.mostrar(valor)

    def valor(self) -> Any:
        """O valor do domínio, ou None se nada foi escrito; DadoInvalido se não serve."""
        if any(map(texto.visivel, self.value)):
            return self.tipo.ler(self.value)
        if self.obrigatorio:
            raise DadoInvalido(f"Falta preencher: {self.rotulo}.")
        return None

    def valor_inicial(self) -> Any:
        return self.tipo.ler(self.inicial) if self.inicial else None

    def partir_de(self, inicial: Any) -> None:
        """O valor de que se parte passa a ser este; o que se digitou fica."""
        self.inicial = self.validate_value(self._mostrar(inicial))

    @property
    def digitado(self) -> str:
        return self.value

    @property
    def sujo(self) -> bool:
        return self.value != self.inicial

    def recomecar(self) -> None:
        self.value = self.inicial

    def repor(self, digitado: str) -> None:
        self.value = digitado

    def formatar(self) -> None:
        """Põe na forma bonita o que o domínio entende; o resto fica como está."""
        if self.tipo.secreto:
            return
        try:
            valor = self.valor()
        except DadoInvalido:
            return
        if valor is not None:
            self.value = self.tipo.mostrar(valor)

    def _limpo(self, dito: str) -> str:
        return _senha_colada(dito[:COLADO_MAXIMO]) if self.tipo.secreto else super()._limpo(dito)

    def on_blur(self) -> None:
        self.formatar()

    def action_copy(self) -> None:
        if not self.tipo.secreto:
            super().action_copy()

    def action_cut(self) -> None:
        if self.tipo.secreto:
            self.delete_selection()
        else:
            super().action_cut()


class Escolha(Widget, can_focus=True):
    """Uma opção entre poucas, em uma linha: `‹ Pix ›`. Setas, primeira letra ou mouse trocam.

    Sem inicial, a obrigatória começa na primeira opção e a outra em nenhuma (`—`).
    """

    DEFAULT_CSS = """
    Escolha { height: 1; width: 1fr; padding: 0 1; background: $campo; color: $texto; }
    Escolha:focus { text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("left", "trocar(-1)"), ("right", "trocar(1)")]

    escolhida: reactive[Opcao | None] = reactive(None, init=False)

    @dataclass
    class Mudou(Message):
        escolha: "Escolha"

    def __init__(
        self,
        opcoes: Iterable[Opcao],
        inicial: Opcao | None = None,
        *,
        obrigatorio: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.opcoes: list[Opcao | None] = [*([] if obrigatorio else [None]), *opcoes]
        self.partir_de(inicial)
        self.set_reactive(Escolha.escolhida, self.inicial)

    def valor(self) -> Opcao | None:
        return self.escolhida

    def valor_inicial(self) -> Opcao | None:
        return self.inicial

    def partir_de(self, inicial: Opcao | None) -> None:
        """A opção de que se parte passa a ser esta; a que se escolheu fica."""
        self.inicial = self.opcoes[0] if inicial is None else inicial

    def recomecar(self) -> None:
        self.escolhida = self.inicial

    @property
    def digitado(self) -> str:
        return self.escolhida.value if self.escolhida else ""

    @property
    def sujo(self) -> bool:
        return self.escolhida != self.inicial

    def repor(self, digitado: str) -> None:
        """O código de um rascunho; o que não existe mais fica como estava."""
        achadas = [o for o in self.opcoes if (o.value if o else "") == digitado]
        self.escolhida = achadas[0] if achadas else self.escolhida

    def render(self) -> Content:
        escolhida = _rotulo(self.escolhida)
        seta = "$acento" if self.has_focus else "$suave"
        return Content.assemble(("‹ ", seta), escolhida, (" ›", seta))

    def watch_escolhida(self) -> None:
        self.post_message(self.Mudou(self))

    def action_trocar(self, passo: int) -> None:
        atual = self.opcoes.index(self.escolhida)
        self.escolhida = self.opcoes[(atual + passo) % len(self.opcoes)]

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """A letra nunca age fora daqui: ou escolhe, ou não faz nada."""
        if not event.is_printable or event.character is None:
            return
        event.stop()
        event.prevent_default()
        letra = texto.sem_acento(event.character)
        atual = self.opcoes.index(self.escolhida) + 1
        for opcao in (*self.opcoes[atual:], *self.opcoes[:atual]):
            if letra == " " or texto.sem_acento(_rotulo(opcao)).startswith(letra):
                self.escolhida = opcao
                return

    def on_click(self, event: events.Click) -> None:
        """Na seta da esquerda volta; no resto avança."""
        self.action_trocar(-1 if event.get_content_offset_capture(self).x <= 1 else 1)


def _rotulo(opcao: Opcao | None) -> str:
    return opcao.rotulo[:1].upper() + opcao.rotulo[1:] if opcao else "—"


class Rotulado(Vertical):
    """O rótulo, o campo e, embaixo, a linha em que o erro aparece sem mover os outros."""

    DEFAULT_CSS = """
    Rotulado { height: auto; }
    Rotulado Horizontal { height: 1; }
    Rotulado .rotulo { color: $suave; }
    Rotulado.-foco .rotulo { color: $acento; text-style: bold; }
    Rotulado .erro { height: auto; min-height: 1; color: $alerta; }
    """

    def __init__(
        self,
        campo: CampoBR | Escolha,
        rotulo: str,
        *,
        nome: str = "",
        obrigatorio: bool = False,
        largura: int = 0,
    ) -> None:
        super().__init__()
        self.campo, self.nome, self.rotulo = campo, nome, rotulo
        dito = texto.limpar(rotulo) + " *" * obrigatorio
        self._largura = largura or len(dito) + 1
        self._rotulo = Static(Content(dito), classes="rotulo")
        self._rotulo.styles.width = self._largura
        self._erro = Static("", classes="erro")
        self._recusa: tuple[str, str] | None = None
        self.erro = ""

    def compose(self) -> ComposeResult:
        yield Horizontal(self._rotulo, self.campo)
        yield self._erro

    def on_mount(self) -> None:
        if isinstance(self.campo, CampoBR):
            self.watch(self.campo, "aviso", self._escrever, init=False)

    def conferir(self, *, no_fim: bool = True) -> bool:
        """Se o campo serve; ao só sair dele, o vazio ainda não é erro.

        A recusa do núcleo continua à vista, mas não prende: quem a resolve pode ser outro campo.
        """
        digitado = self.campo.digitado
        if no_fim:
            self._recusa = None
        elif self._recusa and self._recusa[0] == digitado:
            return True
        self.erro = ""
        try:
            if no_fim or digitado.strip():
                self.campo.valor()
        except DadoInvalido as invalido:
            self.erro = str(invalido)
        self._escrever()
        return not self.erro

    def apontar(self, mensagem: str) -> None:
        """A recusa do núcleo, que fica até se mudar o que foi digitado."""
        self._recusa = self.campo.digitado, mensagem
        self.erro = mensagem
        self._escrever()

    def _escrever(self) -> None:
        """A frase começa sob o que foi digitado; se ali não cabe, na margem."""
        dito = texto.limpar(self.erro or getattr(self.campo, "aviso", ""))
        recuo = self._largura - 1
        cabe = recuo + len("! ") + cell_len(dito) <= self.size.width
        self._erro.styles.padding = (0, 0, 0, recuo if cabe else 0)
        self._erro.update(Content.assemble(("! ", "bold"), dito) if dito else "")

    def on_resize(self) -> None:
        self._escrever()

    def on_input_blurred(self) -> None:
        self.conferir(no_fim=False)

    def on_descendant_focus(self) -> None:
        self.add_class("-foco")

    def on_descendant_blur(self) -> None:
        self.remove_class("-foco")


@dataclass(frozen=True, kw_only=True)
class Campo:
    """Um campo do formulário: `tipo` é um Tipo, ou as opções de uma Escolha."""

    nome: str
    rotulo: str
    tipo: Tipo | Iterable[Opcao]
    inicial: Any = None
    obrigatorio: bool = False
    dica: str = ""

    def montar(self, largura: int) -> Rotulado:
        id = f"campo-{self.nome}"
        campo: CampoBR | Escolha
        if isinstance(self.tipo, Tipo):
            campo = CampoBR(
                self.tipo,
                self.inicial,
                rotulo=self.rotulo,
                obrigatorio=self.obrigatorio,
                dica=self.dica,
                id=id,
            )
        else:
            campo = Escolha(self.tipo, self.inicial, obrigatorio=self.obrigatorio, id=id)
        return Rotulado(
            campo, self.rotulo, nome=self.nome, obrigatorio=self.obrigatorio, largura=largura
        )


class Formulario(VerticalScroll, can_focus=False):
    """Campos em uma coluna. Enter passa do que serve ao próximo, e no último anuncia `Pronto`.

    `Mudou` sai a cada letra, ou escolha, que o deixa diferente do que estava.
    """

    DEFAULT_CSS = "Formulario { height: auto; max-height: 100%; }"
    BINDINGS: ClassVar[list[BindingType]] = [("enter", "avancar")]

    @dataclass
    class Pronto(Message):
        formulario: "Formulario"

    @dataclass
    class Mudou(Message):
        formulario: "Formulario"

    def __init__(self, *campos: Campo, id: str | None = None) -> None:
        super().__init__(id=id)
        largura = max(len(c.rotulo) + 2 * c.obrigatorio for c in campos) + 1
        self.rotulados = {c.nome: c.montar(largura) for c in campos}
        self._anunciado = self._tudo()

    def compose(self) -> ComposeResult:
        yield from self.rotulados.values()

    def valores(self) -> dict[str, Any] | None:
        """O valor de cada campo; None, com os erros à vista e o foco no primeiro deles."""
        errados = [r for r in self.rotulados.values() if not r.conferir()]
        if errados:
            self._mostrar(errados[0])
            return None
        return {nome: r.campo.valor() for nome, r in self.rotulados.items()}

    @property
    def sujo(self) -> bool:
        return any(r.campo.sujo for r in self.rotulados.values())

    def digitado(self) -> dict[str, str]:
        """O texto de cada campo, menos os secretos, para o rascunho em disco."""
        return {
            nome: r.campo.digitado
            for nome, r in self.rotulados.items()
            if not (isinstance(r.campo, CampoBR) and r.campo.tipo.secreto)
        }

    def mudados(self) -> dict[str, str]:
        """O texto só dos campos em que se mexeu, para o rascunho em disco."""
        sujos = {nome for nome, r in self.rotulados.items() if r.campo.sujo}
        return {nome: dito for nome, dito in self.digitado().items() if nome in sujos}

    def repor(self, digitado: dict[str, str]) -> None:
        """Um rascunho; o que ele não diz, ou diz a mais, fica como está."""
        for nome in self.digitado().keys() & digitado.keys():
            self.rotulados[nome].campo.repor(digitado[nome])
        self._anunciado = self._tudo()

    def iniciais(self) -> dict[str, Any]:
        """O valor com que cada campo começou."""
        return {nome: r.campo.valor_inicial() for nome, r in self.rotulados.items()}

    def partir_de(self, valores: Mapping[str, Any], *, menos: Collection[str]) -> None:
        """O registro é agora este; só nos campos de `menos` fica o que se digitou."""
        for nome in self.rotulados.keys() & valores.keys():
            campo = self.rotulados[nome].campo
            campo.partir_de(valores[nome])
            if nome not in menos:
                campo.recomecar()

    def recomecar(self) -> None:
        """Cada campo como estava ao abrir."""
        for rotulado in self.rotulados.values():
            rotulado.campo.recomecar()
        self._anunciado = self._tudo()

    def apontar(self, campo: str | None, mensagem: str) -> bool:
        """Mostra a recusa do núcleo sob o campo dela; falso se não há esse campo aqui."""
        if (rotulado := self.rotulados.get(campo or "")) is None:
            return False
        rotulado.apontar(mensagem)
        self._mostrar(rotulado)
        return True

    def _mostrar(self, rotulado: Rotulado) -> None:
        """O foco no campo, e à vista também a frase sob ele."""
        rotulado.campo.focus()
        self.call_after_refresh(rotulado.scroll_visible, animate=False)

    def action_avancar(self) -> None:
        rotulados = [r for r in self.rotulados.values() if r.campo.focusable]
        onde = next((i for i, r in enumerate(rotulados) if r.campo.has_focus), -1)
        if onde >= 0 and not rotulados[onde].conferir(no_fim=False):
            self._mostrar(rotulados[onde])
        elif onde + 1 < len(rotulados):
            rotulados[onde + 1].campo.focus()
        else:
            self.post_message(self.Pronto(self))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_avancar()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._anunciar()

    def on_escolha_mudou(self, event: Escolha.Mudou) -> None:
        event.stop()
        self._anunciar()

    def _anunciar(self) -> None:
        if (tudo := self._tudo()) != self._anunciado:
            self._anunciado = tudo
            self.post_message(self.Mudou(self))

    def _tudo(self) -> list[str]:
        """O texto de cada campo, também dos secretos."""
        return [r.campo.digitado for r in self.rotulados.values()]
