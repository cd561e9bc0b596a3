"""O cadastro de peças: o que são e quanto custam; o estoque delas tem a própria aba."""

from typing import Any

from oficina_cli.tui.cadastro import Cadastro, Coluna, Fichario
from oficina_cli.tui.widgets import campos
from oficina_cli.tui.widgets.campos import Campo
from oficina_cli.tui.widgets.desenho import valor
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.pecas import (
    CriarPeca,
    DesativarPeca,
    EditarPeca,
    FichaPeca,
    LinhaPeca,
    ListarPecas,
    VerPeca,
)
from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.dinheiro import ZERO, Unidade
from oficina_core.texto import quantidade


class CadastroPeca(Cadastro):
    """A unidade, o mínimo e o lugar só se dizem ao criar; depois são do estoque."""

    RECURSO = Recurso.PECA

    def perguntas(self) -> tuple[Campo, ...]:
        comuns = (
            Campo(nome="codigo", rotulo="Código", tipo=campos.CODIGO, obrigatorio=True),
            Campo(nome="nome", rotulo="Nome", tipo=campos.NOME, obrigatorio=True),
            Campo(nome="preco", rotulo="Preço", tipo=campos.DINHEIRO, obrigatorio=True),
        )
        so_ao_criar = (
            Campo(nome="unidade", rotulo="Unidade", tipo=Unidade, obrigatorio=True),
            Campo(nome="minimo", rotulo="Mínimo no estoque", tipo=campos.QUANTIDADE),
            Campo(nome="localizacao", rotulo="Lugar", tipo=campos.NOME),
        )
        return comuns if self.ficha else (*comuns, *so_ao_criar)

    def caso(self, valores: dict[str, Any]) -> CasoDeUso[FichaPeca]:
        if self.ficha is None:
            return CriarPeca(**{**valores, "minimo": valores["minimo"] or ZERO})
        comuns = {nome: valores[nome] for nome in ("codigo", "nome", "preco")}
        return EditarPeca(**comuns, peca_id=self.ficha.id, versao=self.versao or 0)

    @staticmethod
    def ver(id: int) -> CasoDeUso[FichaPeca]:
        return VerPeca(peca_id=id)


PECAS = Fichario(
    nome="Peças",
    linha=LinhaPeca,
    colunas=(
        Coluna("Código", lambda p: p.codigo, 16),
        Coluna("Peça", lambda p: p.nome),
        Coluna(
            "Disponível",
            lambda p: quantidade(p.disponivel, p.unidade.value),
            11,
            a_direita=True,
            suave=True,
        ),
        Coluna("Preço", lambda p: valor(p.preco), 10, a_direita=True),
    ),
    formulario=CadastroPeca,
    listar=ListarPecas,
    criar=CriarPeca,
    editar=EditarPeca,
    desativar=DesativarPeca,
    dica="um pedaço do código ou do nome",
    efeito="Sai das listas e dos orçamentos novos; os orçamentos e movimentos dela ficam.",
)
