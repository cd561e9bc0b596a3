"""Os lugares que nunca mudam: onde estou e quem sou, o registro em foco, o aviso e as teclas."""

from collections.abc import Iterator
from typing import Any

from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.widget import Widget

from oficina_cli.tui.widgets.desenho import (
    ALERTA,
    MARGEM,
    NADA,
    SUAVE,
    juntar,
    pontas,
    solta,
    teclas,
    trecho,
)

DAQUI = __name__.rpartition(".widgets")[0]
ESTREITA = 100  # colunas: com menos, diz-se menos
FIXAS = ("paleta", "tudo"), ("ajuda", "ajuda")
DA_TELA = 4
NOMES = {
    "right": "→",
    "left": "←",
    "up": "↑",
    "down": "↓",
    "shift+right": "shift →",
    "shift+left": "shift ←",
    "space": "espaço",
    "delete": "del",
    "escape": "esc",
    "slash": "/",
    "question_mark": "?",
    "plus": "+",
    "minus": "-",
    "greater_than_sign": ">",
    "less_than_sign": "<",
}


def nome_da_tecla(tecla: str) -> str:
    """Como se lê no rodapé."""
    if tecla.startswith("f") and tecla[1:].isdigit():
        return tecla.upper()
    return NOMES.get(tecla, tecla)


def tecla_de(app: Any, binding: Binding) -> str:
    """A primeira das teclas da ligação, ou a que o usuário pôs no lugar."""
    mapa = getattr(app, "teclas_trocadas", {})
    return str(mapa.get(binding.id or "", binding.key)).split(",")[0].strip()


def rotulo_de(tela: Any, binding: Binding) -> str:
    """Como a tela chama a ação agora; vazio se agora não há o que dizer dela."""
    return str(getattr(tela, "rotulos", {}).get(binding.action, binding.description))


def ligacoes(tela: type) -> list[Binding]:
    """As que a classe da tela e as de que ela vem declaram; a mais próxima vale."""
    ditas: dict[str, Binding] = {}
    for classe in tela.__mro__:
        for binding in classe.__dict__.get("BINDINGS", ()):
            if isinstance(binding, Binding) and classe.__module__.startswith(DAQUI):
                ditas.setdefault(binding.action, binding)
    return list(ditas.values())


class Faixa(Widget):
    """Uma linha que a tela sabe desenhar."""

    DEFAULT_CSS = "Faixa { height: 1; text-wrap: nowrap; }"

    @property
    def util(self) -> int:
        return self.size.width - 2 * MARGEM


class Topo(Faixa):
    """As abas, e quem atende."""

    DEFAULT_CSS = "Topo { background: $faixa; }"

    def render(self) -> Content:
        abas, atual = getattr(self.app, "abas", {}), getattr(self.screen, "ABA", "")
        quem = getattr(self.app, "quem", "")
        if not atual:
            return pontas(solta(("oficina", "bold $acento")), solta((quem, SUAVE)), self.util)
        ditas = [
            solta((nome, "bold underline $acento" if aba == atual else SUAVE))
            for aba, nome in abas.items()
        ]
        hora = getattr(self.app, "hora", "")
        if self.size.width >= ESTREITA:
            direita = solta((f"{quem} · {hora}" if quem else hora, SUAVE))
        else:
            nome = quem.split(" ")[0].rstrip(",")
            direita = solta((f"{nome} · {hora[-5:]}" if nome else hora[-5:], SUAVE))
        return pontas(Content("  ").join(ditas), direita, self.util)

    def on_click(self, evento: Click) -> None:
        x = MARGEM
        for aba, nome in getattr(self.app, "abas", {}).items():
            if x <= evento.x < x + len(nome):
                self.app.call_later(self.app.run_action, f"app.ir('{aba}')")
            x += len(nome) + 2


class Contexto(Faixa):
    """O registro em foco, e o total que decide."""

    DEFAULT_CSS = "Contexto { background: $faixa; }"

    def render(self) -> Content:
        contexto = getattr(self.screen, "contexto", None)
        esquerda, direita = contexto() if contexto else (NADA, NADA)
        return pontas(esquerda, direita, self.util)


class Aviso(Widget):
    """O que a tela tem a dizer, à esquerda, e o selo, à direita."""

    DEFAULT_CSS = "Aviso { height: auto; min-height: 1; max-height: 4; }"

    def __init__(self) -> None:
        super().__init__()
        self._texto, self._pede, self._vez = "", False, 0
        self._lembrete = ""

    def dizer(self, texto: str, *, pede: bool = False, some_em: float | None = 6) -> None:
        """Mostra a frase; a que pede ação fica até a ação seguinte, e outra não a cobre."""
        if self._pede and texto and not pede:
            return
        self._texto, self._pede = texto, pede
        self._vez += 1
        self.refresh(layout=True)
        if texto and not pede and some_em:
            self.set_timer(some_em, lambda vez=self._vez: self._calar(vez))

    def lembrar(self, texto: str) -> None:
        """O que se mostra enquanto não há mais nada a dizer."""
        if texto != self._lembrete:
            self._lembrete = texto
            self.refresh(layout=True)

    def calar(self) -> None:
        if self._texto:
            self.dizer("")

    def _calar(self, vez: int) -> None:
        if vez == self._vez:
            self.dizer("")

    @property
    def frase(self) -> str:
        """O que a tela tem a dizer."""
        return self._texto or self._lembrete

    @property
    def dito(self) -> str:
        """O que está à vista: que falta a oficina não esconde o que a tela diz."""
        return " · ".join(filter(None, (self._falta, self.frase)))

    @property
    def _falta(self) -> str:
        return getattr(self.app, "sem_conexao", "") or getattr(self.app, "sem_noticias", "")

    def render(self) -> Content:
        selo = getattr(self.app, "selo", "")
        direita = solta((f" {selo} ", "bold on $campo")) if selo else NADA
        largura = self.size.width - 2 * MARGEM
        pede = self._pede or bool(self._falta)
        livre = largura - (len(selo) + 3 if selo else 0)
        dobras = trecho(self.dito, livre - (2 if pede else 0)) if self.dito else []
        if not dobras:
            return pontas(NADA, direita, largura)
        linhas = [self._linha(n, dobra, pede=pede) for n, (dobra, _) in enumerate(dobras[:4])]
        return juntar(
            [*(solta("  ", dita) for dita in linhas[:-1]), pontas(linhas[-1], direita, largura)]
        )

    def _linha(self, n: int, dobra: str, *, pede: bool) -> Content:
        if not pede:
            return solta((dobra, SUAVE))
        return solta(("! " if n == 0 else "  ", ALERTA), dobra)


class Rodape(Faixa):
    """As teclas desta tela; em um campo, só as que não são letras."""

    DEFAULT_CSS = "Rodape { background: $faixa; }"

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def pares(self) -> list[tuple[str, str, str]]:
        """Tecla, nome e ação, na ordem em que a tela as declara."""
        digitando = getattr(self.screen, "digitando", False)
        ditas = []
        for tecla, rotulo, acao in self._da_tela():
            letra = len(tecla) == 1 or tecla in {"space", "slash", "plus", "minus"}
            if not (digitando and letra):
                ditas.append((nome_da_tecla(tecla), rotulo, acao))
        ditas = ditas[: getattr(self.screen, "NO_RODAPE", DA_TELA)]
        while ditas and self._largura(ditas) > self.util:
            ditas.pop()
        return ditas

    def _da_tela(self) -> Iterator[tuple[str, str, str]]:
        """As ligações da tela que se mostram e valem agora, com a tecla que o usuário escolheu."""
        for binding in ligacoes(type(self.screen)):
            acao, rotulo = binding.action, rotulo_de(self.screen, binding)
            if binding.show and rotulo and self.screen.check_action(acao.split("(")[0], ()):
                yield (
                    tecla_de(self.app, binding),
                    rotulo,
                    acao if "." in acao else f"screen.{acao}",
                )

    def fixas(self) -> list[tuple[str, str, str]]:
        """As da direita, que toda tela tem."""
        da_app = {binding.action: binding for binding in ligacoes(type(self.app))}
        return [
            (nome_da_tecla(tecla_de(self.app, da_app[acao])), rotulo, f"app.{acao}")
            for acao, rotulo in FIXAS
            if acao in da_app
        ]

    def _largura(self, ditas: list[tuple[str, str, str]]) -> int:
        esquerda, direita = self._lados(ditas)
        return int(esquerda.cell_length + direita.cell_length + 3)

    def _lados(self, ditas: list[tuple[str, str, str]]) -> tuple[Content, Content]:
        return (
            teclas((t, r) for t, r, _ in ditas),
            teclas((t, r) for t, r, _ in self.fixas()),
        )

    def render(self) -> Content:
        return pontas(*self._lados(self.pares()), self.util)

    def on_click(self, evento: Click) -> None:
        """Clicar na tecla é apertá-la."""
        ditas = self.pares()
        direita = self._lados(ditas)[1]
        inicio = self.util - direita.cell_length + MARGEM
        for onde, grupo in ((MARGEM, ditas), (inicio, self.fixas())):
            x = onde
            for tecla, rotulo, acao in grupo:
                fim = x + len(f"{tecla} {rotulo}")
                if x <= evento.x < fim:
                    self.app.call_later(self.app.run_action, acao, self.screen)
                    return
                x = fim + 3
