"""Trocar de operador: CPF e senha, e o que se faz daí em diante é em nome dele."""

from typing import Any

from oficina_cli.tui.formulario import TelaFormulario
from oficina_cli.tui.widgets.campos import CPF, SENHA, Campo, CampoBR
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
            Campo(nome="cpf", rotulo="CPF", tipo=CPF, obrigatorio=True),
            Campo(nome="senha", rotulo="Senha", tipo=SENHA, obrigatorio=True),
        )

    async def gravar(self, valores: dict[str, Any]) -> str:
        try:
            await self.balcao.trocar_operador(valores["cpf"], valores["senha"])
        except NaoIdentificado as erro:
            self.formulario.apontar("senha", str(erro))
            self.query_one("#campo-senha", CampoBR).action_select_all()
            raise
        return self.balcao.quem

    def contar(self, resultado: str) -> str:
        return f"Quem atende agora é {resultado}."

    def concluir(self, resultado: str) -> None:
        self.balcao.avisar_depois(self.contar(resultado))
        super().concluir(resultado)

    @property
    def sujo(self) -> bool:
        return False
