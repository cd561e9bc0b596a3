"""O que se pode pôr em um orçamento, achado por um pedaço do código ou do nome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from oficina_core.casos import campos
from oficina_core.casos.estoque import disponiveis
from oficina_core.casos.kits import total_de_hoje
from oficina_core.casos.paginas import LIMITE_MAXIMO
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.dominio.dinheiro import Quantidade, Reais, Unidade
from oficina_core.dominio.valores import Opcao
from oficina_core.texto import sem_acento


class TipoAchado(Opcao):
    KIT = "KIT", "kit"
    SERVICO = "SERVICO", "serviço"
    PECA = "PECA", "peça"


@dataclass(frozen=True, kw_only=True)
class ItemAchado:
    """Um kit, serviço ou peça ao preço de hoje.

    `disponivel` é o que a loja tem da peça; `completo`, se o kit se pode vender inteiro agora.
    """

    tipo: TipoAchado
    id: int
    codigo: str
    nome: str
    preco: Reais
    unidade: Unidade
    disponivel: Quantidade | None
    tempo_estimado: int | None
    completo: bool | None


@dataclass(frozen=True, kw_only=True)
class BuscarItens:
    """Acha o que se põe em um orçamento: kits, serviços e peças, por um pedaço do código ou nome.

    Vem antes o que tem exatamente esse código; depois os kits, e do resto o que começa assim. De
    cada tipo, até `limite`.
    """

    texto: str
    limite: int = 8

    def __post_init__(self) -> None:
        campos.fixar(self, texto=campos.nome(self.texto, "texto"))
        campos.faixa(self.limite, "limite", 1, LIMITE_MAXIMO)

    def executar(self, uow: UnidadeDeTrabalho) -> tuple[ItemAchado, ...]:
        codigo = sem_acento(self.texto).upper()
        kits = uow.busca.kits(self.texto, codigo, self.limite)
        servicos = uow.busca.servicos(self.texto, codigo, self.limite)
        pecas = uow.busca.pecas(self.texto, codigo, self.limite)
        dos_kits = uow.kits.itens_de([kit["id"] for kit in kits])
        citadas = {item["peca_id"] for itens in dos_kits.values() for item in itens} - {None}
        ha = disponiveis(uow, uow.ator.loja_certa, {*citadas, *(peca["id"] for peca in pecas)})
        achados = [
            *(_kit(kit, dos_kits[kit["id"]], ha) for kit in kits),
            *map(_servico, servicos),
            *(_peca(peca, ha) for peca in pecas),
        ]
        return tuple(sorted(achados, key=lambda achado: _longe(achado, codigo)))


def _longe(achado: ItemAchado, dito: str) -> tuple[bool, bool, bool]:
    """Quanto menos, mais perto do que se digitou."""
    comeca = any(nome.startswith(dito) for nome in (achado.codigo, sem_acento(achado.nome).upper()))
    return achado.codigo != dito, achado.tipo is not TipoAchado.KIT, not comeca


def _kit(linha: Linha, itens: Sequence[Linha], ha: Mapping[int, int]) -> ItemAchado:
    return ItemAchado(
        tipo=TipoAchado.KIT,
        id=linha["id"],
        codigo=linha["codigo"],
        nome=linha["nome"],
        preco=total_de_hoje(itens),
        unidade=Unidade.UN,
        disponivel=None,
        tempo_estimado=None,
        completo=all(_ha_de(item, ha) for item in itens),
    )


def _ha_de(item: Linha, ha: Mapping[int, int]) -> bool:
    """Se o item do kit se vende agora: o desativado nem se põe em orçamento."""
    peca = item["peca_id"]
    return item["ativo"] and (peca is None or ha[peca] >= item["quantidade"])


def _servico(linha: Linha) -> ItemAchado:
    return ItemAchado(
        tipo=TipoAchado.SERVICO,
        id=linha["id"],
        codigo=linha["codigo"],
        nome=linha["nome"],
        preco=linha["preco"],
        unidade=Unidade.UN,
        disponivel=None,
        tempo_estimado=linha["tempo_estimado"],
        completo=None,
    )


def _peca(linha: Linha, ha: Mapping[int, int]) -> ItemAchado:
    return ItemAchado(
        tipo=TipoAchado.PECA,
        id=linha["id"],
        codigo=linha["codigo"],
        nome=linha["nome"],
        preco=linha["preco"],
        unidade=linha["unidade"],
        disponivel=linha["unidade"].comercial(ha[linha["id"]]),
        tempo_estimado=None,
        completo=None,
    )
