"""Como se grava o rascunho de um orçamento sem passar por cima do que outro balcão gravou."""

from dataclasses import replace
from typing import Any

from oficina_cli.tui.base import Tela
from oficina_cli.tui.orcamentos_proposta import (
    Linha,
    Linhas,
    Produto,
    diferencas,
    fundir,
    linhas_de,
    pedido,
)
from oficina_cli.tui.widgets.conflito import Conflito
from oficina_core.casos.kits import VerKit
from oficina_core.casos.orcamentos import EditarOrcamento, FichaOrcamento, VerOrcamento
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.erros import VersaoAntiga
from oficina_core.dominio.orcamento import StatusOrcamento

NOME = {True: "serviço", False: "peça"}


class Mudou(VersaoAntiga):
    """O orçamento já não é rascunho: foi enviado, respondido ou cancelado em outro balcão."""

    def __init__(self, ficha: FichaOrcamento) -> None:
        super().__init__(f"Outro balcão mudou o orçamento {ficha.id}: está {ficha.status.rotulo}.")
        self.ficha = ficha


class Edicao:
    """As gravações de uma tela. `nomes` são os do que se incluiu e ainda não está na ficha."""

    def __init__(self, tela: Tela) -> None:
        self._tela = tela
        self.nomes: dict[Produto, str] = {}

    async def gravar(
        self, ficha: FichaOrcamento, campos: dict[str, Any]
    ) -> tuple[FichaOrcamento, bool]:
        """Como o orçamento ficou, e se ficou o que se queria ou o que se escolheu ao perguntar.

        Levanta Mudou se já não se edita.
        """
        try:
            return await self._editar(ficha, ficha.versao, campos), True
        except VersaoAntiga:
            seu = await self._pretendido(ficha, campos)
        return await self._resolver(ficha, linhas_de(ficha), seu)

    async def _editar(
        self, ficha: FichaOrcamento, versao: int, campos: dict[str, Any]
    ) -> FichaOrcamento:
        return await self._tela.pedir(
            EditarOrcamento(
                orcamento_id=ficha.id,
                versao=versao,
                descricao=ficha.descricao,
                validade=ficha.validade,
                **campos,
            )
        )

    async def _resolver(
        self, ficha: FichaOrcamento, base: Linhas, seu: Linhas
    ) -> tuple[FichaOrcamento, bool]:
        """Seu, atual, escolher: até gravar o escolhido, ou até se desistir dele."""
        while True:
            agora = await self._tela.pedir(VerOrcamento(orcamento_id=ficha.id))
            if agora.status is not StatusOrcamento.RASCUNHO:
                raise Mudou(agora)
            atual = linhas_de(agora)
            if not (outras := diferencas(base, seu, atual)):
                return agora, True
            ficam = await self._tela.balcao.perguntar(
                Conflito(f"O orçamento {agora.id} mudou enquanto você editava", outras)
            )
            if ficam is None:
                return agora, False
            seu, base = fundir(seu, atual, ficam), atual
            try:
                return await self._editar(agora, agora.versao, pedido(seu)), True
            except VersaoAntiga:
                continue

    async def _pretendido(self, ficha: FichaOrcamento, campos: dict[str, Any]) -> Linhas:
        """As linhas que você queria, com os kits já abertos."""
        queria: dict[Produto, Linha] = {}
        nomes = self.nomes | {produto: dita.nome for produto, dita in linhas_de(ficha).items()}
        for campo in ("servicos", "pecas"):
            for item in campos.get(campo, ()):
                do_servico = campo == "servicos"
                produto = Produto(item.id, None) if do_servico else Produto(None, item.id)
                nome = nomes.get(produto, NOME[do_servico])
                queria[produto] = Linha(nome, item.quantidade, item.desconto)
        for kit_id in campos.get("kits", ()):
            kit = await self._tela.pedir(VerKit(kit_id=kit_id))
            for parte in kit.itens:
                produto = Produto(parte.servico_id, parte.peca_id)
                antes = queria.get(produto, Linha(parte.nome, ZERO))
                queria[produto] = replace(antes, quantidade=antes.quantidade + parte.quantidade)
        return queria
