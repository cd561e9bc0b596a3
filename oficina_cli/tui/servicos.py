"""O cadastro de serviços: a tabela de mão de obra."""

from typing import Any

from oficina_cli.tui.cadastro import Cadastro, Coluna, Fichario
from oficina_cli.tui.widgets import campos
from oficina_cli.tui.widgets.campos import Campo
from oficina_cli.tui.widgets.desenho import valor
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.portas import CasoDeUso
from oficina_core.casos.servicos import (
    CriarServico,
    DesativarServico,
    EditarServico,
    FichaServico,
    LinhaServico,
    ListarServicos,
    VerServico,
)


class CadastroServico(Cadastro):
    """O que se faz, por quanto e em quanto tempo."""

    RECURSO = Recurso.SERVICO

    def perguntas(self) -> tuple[Campo, ...]:
        return (
            Campo(nome="codigo", rotulo="Código", tipo=campos.CODIGO, obrigatorio=True),
            Campo(nome="nome", rotulo="Nome", tipo=campos.NOME, obrigatorio=True),
            Campo(nome="preco", rotulo="Preço", tipo=campos.DINHEIRO, obrigatorio=True),
            Campo(nome="tempo_estimado", rotulo="Minutos", tipo=campos.INTEIRO),
        )

    def caso(self, valores: dict[str, Any]) -> CasoDeUso[FichaServico]:
        ditos = {**valores, "tempo_estimado": valores["tempo_estimado"] or 0}
        if self.ficha is None:
            return CriarServico(**ditos)
        return EditarServico(**ditos, servico_id=self.ficha.id, versao=self.versao or 0)

    @staticmethod
    def ver(id: int) -> CasoDeUso[FichaServico]:
        return VerServico(servico_id=id)


SERVICOS = Fichario(
    nome="Serviços",
    linha=LinhaServico,
    colunas=(
        Coluna("Código", lambda s: s.codigo, 16),
        Coluna("Serviço", lambda s: s.nome),
        Coluna(
            "Tempo",
            lambda s: f"{s.tempo_estimado} min" if s.tempo_estimado else "—",
            9,
            a_direita=True,
            suave=True,
        ),
        Coluna("Preço", lambda s: valor(s.preco), 10, a_direita=True),
    ),
    formulario=CadastroServico,
    listar=ListarServicos,
    criar=CriarServico,
    editar=EditarServico,
    desativar=DesativarServico,
    dica="um pedaço do código ou do nome",
    efeito="Sai das listas e dos orçamentos novos; os orçamentos que o citam ficam.",
)
