"""A tela que acompanha a janela do terminal, por mais depressa que ela mude de tamanho."""

from typing import Any, TypeVar

from textual.await_complete import AwaitComplete
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen

R = TypeVar("R")


class NaJanela(Screen[R]):
    """Uma tela que é sempre do tamanho da janela.

    O Textual faz a tela anunciar a si mesma o tamanho que acabou de tomar; com a janela a mudar
    depressa, esse anúncio chega depois do tamanho seguinte, toma o lugar dele, e a tela ficava
    para sempre com um tamanho que já passou. Em um diálogo herda-se depois de ModalScreen, que é de
    quem o CSS toma as regras.
    """

    class Fechou(Message):
        """A tela saiu: o que ela ainda tinha por ouvir já não ouve."""

        def __init__(self, tela: Screen[Any]) -> None:
            super().__init__()
            self.tela = tela

    _resposta: tuple[R | None] | None = None  # a que espera que esta volte a ser a de cima

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        """Fecha esta tela; a que tem outra por cima, que o Textual fecharia, fecha depois dela."""
        if self.is_active:
            return super().dismiss(result)
        self._resposta = (result,)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        if self._resposta:
            self.dismiss(*self._resposta)

    def on_unmount(self) -> None:
        self.app.post_message(self.Fechou(self))

    def _screen_resized(self, size: Size) -> None:
        super()._screen_resized(self.app.size)
