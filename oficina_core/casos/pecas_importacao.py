"""Casos de uso da peça: trazer de uma planilha."""

from collections.abc import Iterator
from dataclasses import dataclass

from oficina_core.casos import campos
from oficina_core.casos.importacao import (
    Importacao,
    Importar,
    LinhaCompleta,
    conferir_planilha,
    importar,
    trocas,
)
from oficina_core.casos.pecas import DadosPeca
from oficina_core.casos.portas import NovoSaldo, UnidadeDeTrabalho
from oficina_core.dominio.dinheiro import ZERO, Quantidade, Reais, Unidade, conferir_minimo
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.estoque import Saldo
from oficina_core.dominio.peca import Peca
from oficina_core.texto import quantidade


@dataclass(frozen=True, kw_only=True)
class LinhaImportadaPeca(DadosPeca):
    """Uma peça da planilha; estoque e custo só valem para peça nova.

    A peça nova sem unidade se conta em `un`; a que já existe continua na que tem.
    """

    linha: int
    unidade: Unidade | None = None
    custo: Reais | None = None
    estoque: Quantidade | None = None
    minimo: Quantidade | None = None
    localizacao: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for campo in ("estoque", "minimo"):
            conferir_minimo(getattr(self, campo) or ZERO, campo)
        if self.unidade:
            self.conferir_quantidades(self.unidade)
        campos.fixar(
            self,
            custo=campos.reais_opcional(self.custo, "custo"),
            localizacao=campos.nome_opcional(self.localizacao, "localizacao", 30),
        )

    @property
    def unidade_dita(self) -> Unidade:
        return self.unidade or Unidade.UN

    def conferir_quantidades(self, unidade: Unidade) -> None:
        """Levanta DadoInvalido se não se contam nesta unidade."""
        for campo in ("estoque", "minimo"):
            unidade.base(getattr(self, campo) or ZERO, campo)

    def novo(self) -> Peca:
        return Peca(codigo=self.codigo, nome=self.nome, unidade=self.unidade_dita, preco=self.preco)

    def saldo(self, peca: Peca) -> NovoSaldo:
        """O estoque com que a peça nova começa."""
        return NovoSaldo(
            peca_id=peca.id,
            quantidade=self.unidade_dita.base(self.estoque or ZERO, "estoque"),
            custo=self.custo,
            minimo=self.unidade_dita.base(self.minimo or ZERO, "minimo"),
            localizacao=self.localizacao,
        )

    @property
    def chave(self) -> str:
        return self.codigo

    @property
    def rotulo(self) -> str:
        return f"o código {self.codigo}"

    def prateleira(self, peca: Peca, saldo: Saldo) -> tuple[int, str | None]:
        """O mínimo, na unidade de base, e o lugar; o que a planilha não diz fica como está."""
        minimo = saldo.minimo if self.minimo is None else peca.unidade.base(self.minimo, "minimo")
        return minimo, self.localizacao or saldo.localizacao


@dataclass(frozen=True, kw_only=True)
class PecaNaLoja(LinhaCompleta[LinhaImportadaPeca]):
    """Uma peça da planilha, e o saldo na loja da que já existe."""

    saldo: Saldo | None

    def trocas(self, atual: Peca) -> list[str]:
        return [
            *trocas(self.pedido, atual, ("nome", "preco", "unidade")),
            *(self._da_prateleira(atual, self.saldo) if self.saldo else ()),
        ]

    def _da_prateleira(self, peca: Peca, saldo: Saldo) -> Iterator[str]:
        minimo, lugar = self.pedido.prateleira(peca, saldo)
        if minimo != saldo.minimo:
            antes, depois = map(peca.unidade.comercial, (saldo.minimo, minimo))
            yield f"mínimo {quantidade(antes)} → {quantidade(depois)}"
        if lugar != saldo.localizacao:
            yield f"lugar {saldo.localizacao or '–'} → {lugar}"

    def conferir(self, atual: Peca | None) -> None:
        """Levanta DadoInvalido se a peça já existe e se conta em outra unidade."""
        if atual is not None and self.pedido.unidade not in (None, atual.unidade):
            raise DadoInvalido(
                f"a peça se conta em {atual.unidade.value}; a unidade não muda.", "unidade"
            )
        self.pedido.conferir_quantidades(atual.unidade if atual else self.pedido.unidade_dita)

    def novo(self) -> Peca:
        return self.pedido.novo()

    def vestir(self, peca: Peca) -> None:
        """Passa nome e preço para uma peça que já existe."""
        peca.nome, peca.preco = self.pedido.nome, self.pedido.preco


@dataclass(frozen=True, kw_only=True)
class ImportarPecas(Importar):
    """Traz as peças de uma planilha: todas ou nenhuma; o que já está igual não muda.

    O estoque e o custo da planilha entram só com as peças que ela cria: os das outras mudam com o
    que se compra e se conta.
    """

    linhas: tuple[LinhaImportadaPeca, ...]

    def executar(self, uow: UnidadeDeTrabalho) -> Importacao:
        conferir_planilha(self.linhas)
        loja = uow.ator.loja_certa
        existentes = uow.pecas.por_nome([linha.codigo for linha in self.linhas])
        saldos = uow.estoques.saldos(loja, [peca.id for peca in existentes.values()])
        de_antes = {codigo: saldos[peca.id] for codigo, peca in existentes.items()}
        resultado = importar(
            self,
            uow.pecas,
            [PecaNaLoja(pedido=linha, saldo=de_antes.get(linha.codigo)) for linha in self.linhas],
            existentes,
            novo=PecaNaLoja.novo,
            vestir=PecaNaLoja.vestir,
            conferir=PecaNaLoja.conferir,
        )
        uow.estoques.criar([linha.pedido.saldo(peca) for linha, peca in resultado.criados])
        for linha, peca in resultado.trocados:
            antes = saldos[peca.id]
            if (agora := linha.pedido.prateleira(peca, antes)) != (antes.minimo, antes.localizacao):
                uow.estoques.definir(loja, peca.id, *agora)
        return resultado.resumo
