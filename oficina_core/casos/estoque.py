"""Casos de uso do estoque: o que entra, o que se acerta e o livro de movimentos."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from oficina_core.casos import campos
from oficina_core.casos.cadastros import Recurso, exigir_ativo
from oficina_core.casos.campos import Referencia
from oficina_core.casos.paginas import Lista, Pagina
from oficina_core.casos.pecas import FichaPeca, ficha
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.dinheiro import (
    Quantidade,
    Reais,
    Unidade,
    conferir_minimo,
    conferir_quantidade,
)
from oficina_core.dominio.erros import Conflito, DadoInvalido
from oficina_core.dominio.estoque import CausaMovimento, Movimento
from oficina_core.dominio.peca import Peca
from oficina_core.texto import quantidade


@dataclass(frozen=True, kw_only=True)
class Atendida:
    """Uma linha de ordem que esperava a peça e recebeu."""

    ordem_id: int
    orcamento_id: int
    placa: str
    quantidade: Quantidade


@dataclass(frozen=True, kw_only=True)
class FichaMovimento:
    """O movimento escrito (None se nada mudou), a peça depois dele e as ordens que a esperavam."""

    movimento_id: int | None
    delta: Quantidade
    peca: FichaPeca
    atendidas: tuple[Atendida, ...]


@dataclass(frozen=True, kw_only=True)
class LinhaMovimento:
    """Uma linha do livro; `custo_unitario` só para o gerente."""

    id: int
    em: datetime
    codigo: str
    causa: CausaMovimento
    delta: Quantidade
    saldo_apos: Quantidade
    unidade: Unidade
    custo_unitario: Reais | None
    ordem_id: int | None
    motivo: str | None
    ator: str


@dataclass(frozen=True, kw_only=True)
class EntradaEstoque:
    """Dá entrada de uma peça, com o custo; quem esperava por ela recebe primeiro.

    O custo médio da loja se refaz com o desta compra.
    """

    peca_id: Referencia
    quantidade: Quantidade
    custo: Reais | None = None
    motivo: str | None = None

    def __post_init__(self) -> None:
        campos.fixar(
            self,
            quantidade=conferir_quantidade(self.quantidade),
            custo=campos.reais_opcional(self.custo, "custo"),
            motivo=campos.nota_opcional(self.motivo, "motivo"),
        )

    def executar(self, uow: UnidadeDeTrabalho) -> FichaMovimento:
        peca = exigir_ativo(uow.pecas.achar(self.peca_id), Recurso.PECA)
        return _mover(
            uow,
            uow.ator.loja_certa,
            peca,
            peca.unidade.base(self.quantidade),
            CausaMovimento.ENTRADA,
            custo=self.custo,
            motivo=self.motivo,
        )


@dataclass(frozen=True, kw_only=True)
class AjustarEstoque:
    """Acerta o estoque para mais ou para menos, com o motivo."""

    peca_id: Referencia
    delta: Quantidade
    motivo: str

    def __post_init__(self) -> None:
        if not self.delta.is_finite() or self.delta == 0:
            raise DadoInvalido("O ajuste é para mais ou para menos, como 2 ou -1,5.", "delta")
        campos.fixar(self, motivo=campos.nota(self.motivo, "motivo"))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaMovimento:
        peca = uow.pecas.achar(self.peca_id)
        delta = peca.unidade.base(self.delta, "delta")
        return _mover(
            uow, uow.ator.loja_certa, peca, delta, CausaMovimento.AJUSTE, motivo=self.motivo
        )


@dataclass(frozen=True, kw_only=True)
class ConferirEstoque:
    """Registra a contagem da prateleira; a diferença vira um ajuste."""

    peca_id: Referencia
    contado: Quantidade
    motivo: str = "conferência"

    def __post_init__(self) -> None:
        conferir_minimo(self.contado, "contado")
        campos.fixar(self, motivo=campos.nota(self.motivo, "motivo"))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaMovimento:
        peca = uow.pecas.achar(self.peca_id)
        loja_id = uow.ator.loja_certa
        contado = peca.unidade.base(self.contado, "contado")
        uow.estoques.travar(loja_id, [peca.id])
        delta = contado - uow.estoques.saldos(loja_id, [peca.id])[peca.id].estoque
        return _mover(uow, loja_id, peca, delta, CausaMovimento.AJUSTE, motivo=self.motivo)


@dataclass(frozen=True, kw_only=True)
class EstornarMovimento:
    """Desfaz uma entrada ou um ajuste digitado errado, uma vez só, com o motivo.

    A quantidade volta, e o custo médio deixa de contar o que a entrada custou.
    """

    movimento_id: int
    motivo: str

    def __post_init__(self) -> None:
        campos.fixar(self, motivo=campos.nota(self.motivo, "motivo"))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaMovimento:
        movimento = uow.movimentos.obter(self.movimento_id)
        if movimento.causa not in (CausaMovimento.ENTRADA, CausaMovimento.AJUSTE):
            raise Conflito("Só entrada e ajuste se estornam; a saída é da ordem de serviço.")
        if uow.movimentos.estornado(movimento.id):
            raise Conflito(f"O movimento {movimento.id} já foi estornado.")
        peca = uow.pecas.obter(movimento.peca_id)
        if par := uow.movimentos.par(movimento):
            raise _e_metade(movimento, par, peca)
        return _mover(
            uow,
            movimento.loja_id,
            peca,
            -movimento.delta,
            CausaMovimento.ESTORNO,
            custo=movimento.custo_unitario if movimento.causa is CausaMovimento.ENTRADA else None,
            motivo=self.motivo,
            estorno_de=movimento.id,
        )


def _e_metade(movimento: Movimento, par: Movimento, peca: Peca) -> Conflito:
    """Estornar um lado só perderia a peça, ou a faria duas: volta-se pelo mesmo caminho."""
    lojas = [movimento.loja_id, par.loja_id]
    de, para = lojas if movimento.delta > 0 else lojas[::-1]
    quanto = quantidade(peca.unidade.comercial(abs(movimento.delta))).replace(".", "")
    return Conflito(
        f"O movimento {movimento.id} é metade de uma transferência entre lojas, e não se estorna "
        "sozinho; transfira de volta.",
        comando=f"estoque transferir {peca.codigo} {quanto} --de {de} --para {para}",
    )


@dataclass(frozen=True, kw_only=True)
class DefinirPrateleira:
    """Diz o estoque mínimo da peça na loja e onde ela fica."""

    peca_id: Referencia
    minimo: Quantidade
    localizacao: str | None = None

    def __post_init__(self) -> None:
        conferir_minimo(self.minimo)
        campos.fixar(self, localizacao=campos.nome_opcional(self.localizacao, "localizacao", 30))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaPeca:
        peca = uow.pecas.achar(self.peca_id)
        minimo = peca.unidade.base(self.minimo, "minimo")
        uow.estoques.definir(uow.ator.loja_certa, peca.id, minimo, self.localizacao)
        return ficha(uow, peca)


@dataclass(frozen=True, kw_only=True)
class ListarMovimentos(Lista):
    """Lista os movimentos do estoque, do mais novo para o mais antigo."""

    peca_id: Referencia | None = None

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaMovimento]:
        peca_id = None if self.peca_id is None else uow.pecas.achar(self.peca_id).id
        linhas = uow.movimentos.listar(
            peca_id=peca_id,
            depois=self.depois(int),
            limite=self.limite + 1,
        )
        ve_custo = uow.ator.papel is Papel.GERENTE
        return self.paginar(
            linhas,
            lambda linha: (linha["id"],),
            lambda linha: _linha(linha, ve_custo=ve_custo),
        )


def _linha(linha: Linha, *, ve_custo: bool) -> LinhaMovimento:
    comercial = linha["unidade"].comercial
    return LinhaMovimento(
        id=linha["id"],
        em=linha["em"],
        codigo=linha["codigo"],
        causa=linha["causa"],
        delta=comercial(linha["delta"]),
        saldo_apos=comercial(linha["saldo_apos"]),
        unidade=linha["unidade"],
        custo_unitario=linha["custo_unitario"] if ve_custo else None,
        ordem_id=linha["ordem_id"],
        motivo=linha["motivo"],
        ator=linha["ator"],
    )


def _mover(
    uow: UnidadeDeTrabalho,
    loja_id: int,
    peca: Peca,
    delta: int,
    causa: CausaMovimento,
    *,
    custo: Decimal | None = None,
    motivo: str | None = None,
    estorno_de: int | None = None,
) -> FichaMovimento:
    """Escreve o movimento e, se entrou peça, completa as linhas que a esperavam."""
    if delta == 0:
        return FichaMovimento(
            movimento_id=None, delta=Decimal(0), peca=ficha(uow, peca), atendidas=()
        )
    movimento = uow.estoques.mover(
        loja_id, peca.id, delta, causa, custo=custo, motivo=motivo, estorno_de=estorno_de
    )
    return FichaMovimento(
        movimento_id=movimento.id,
        delta=peca.unidade.comercial(delta),
        atendidas=completar(uow, loja_id, peca) if delta > 0 else (),
        peca=ficha(uow, peca),
    )


def disponiveis(uow: UnidadeDeTrabalho, loja_id: int, pecas: Collection[int]) -> dict[int, int]:
    """Quanto a loja tem de cada peça, fora o que já se separou, na unidade de base."""
    saldos = uow.estoques.saldos(loja_id, pecas) if pecas else {}
    return {peca: saldo.disponivel for peca, saldo in saldos.items()}


def completar(uow: UnidadeDeTrabalho, loja_id: int, peca: Peca) -> tuple[Atendida, ...]:
    """Separa o que entrou para as linhas com falta, a aprovação mais antiga primeiro."""
    ha = disponivel = uow.estoques.saldos(loja_id, [peca.id])[peca.id].disponivel
    atendidas = []
    for espera in uow.orcamentos.esperando(loja_id, peca.id):
        cota = min(espera.item.falta, disponivel)
        if not cota:
            break
        espera.item.reservada += cota
        disponivel -= cota
        uow.orcamentos.completar(espera.item)
        atendidas.append(
            Atendida(
                ordem_id=espera.ordem_id,
                orcamento_id=espera.orcamento_id,
                placa=espera.placa,
                quantidade=peca.unidade.comercial(cota),
            )
        )
    if separadas := ha - disponivel:
        uow.estoques.reservar(loja_id, {peca.id: separadas}, permitir_falta=False)
    return tuple(atendidas)
