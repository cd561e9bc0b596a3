"""Trocar de operador: CPF e senha, e o que se faz daí em diante é em nome dele."""

from typing import Any

from oficina_cli.tui.formulario import TelaFormulario
from oficina_cli.tui.widgets.campos import DOCUMENTO, SENHA, Campo, CampoBR
from oficina_core.dominio.erros import NaoIdentificado


class TelaOperador(TelaFormulario):
    """A senha não se guarda, não se mostra e não vai para rascunho nenhum."""

    TITULO = "Quem atende?"

    def __init__(self, porque: str = "") -> None:
        super().__init__()
        self._porque = porque

    async def on_mount(self) -> None:
        await super().on_mount()
        if self._porque:
            self.avisar(self._porque)

    def campos(self) -> tuple[Campo, ...]:
        return (
            Campo(nome="cpf", rotulo="CPF", tipo=DOCUMENTO, obrigatorio=True),
            Campo(nome="senha", rotulo="Senha", tipo=SENHA, obrigatorio=True),
        )

    async def gravar(self, valores: dict[str, Any]) -> Any:
        try:
            await self.balcao.trocar_operador(valores["cpf"], valores["senha"])
        except NaoIdentificado as erro:
            self.formulario.apontar("senha", str(erro))
            self.query_one("#campo-senha", CampoBR).action_select_all()
            raise
        self.balcao.avisar_depois(f"Quem atende agora é {self.balcao.quem}.")
        return True

    @property
    def sujo(self) -> bool:
        return False
