"""Importação de cadastros: linhas já tipadas, em uma transação.

A linha que não serve recusa a planilha inteira; com `parcial`, fica de fora ela, e diz-se por quê.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from oficina_core.casos.portas import CadastrosEmLote
from oficina_core.dominio.entidade import Cadastro
from oficina_core.dominio.erros import (
    Conflito,
    DadoInvalido,
    ErroOficina,
    NaoEncontrado,
    RegraViolada,
)
from oficina_core.texto import (
    documento_mascarado,
    email_mascarado,
    quantos,
    reais,
    telefone_mascarado,
)

C = TypeVar("C", bound=Cadastro)
C_contra = TypeVar("C_contra", bound=Cadastro, contravariant=True)
L = TypeVar("L", bound="LinhaImportada[Any]")

LINHAS_MAXIMO = 20_000
NOMES = {
    "cliente_id": "dono, pelo número",
    "email": "e-mail",
    "preco": "preço",
    "tempo_estimado": "tempo estimado",
}
PESSOAIS: Mapping[str, Callable[[str | None], str | None]] = {
    "documento": documento_mascarado,
    "telefone": telefone_mascarado,
    "email": email_mascarado,
}


@dataclass(frozen=True, kw_only=True)
class LinhaRecusada:
    """Uma linha da planilha que ficou de fora."""

    linha: int
    motivo: str


@dataclass(frozen=True, kw_only=True)
class Importacao:
    """Quantos registros a planilha trouxe, o que aconteceu com eles e o que ficou de fora."""

    novos: int
    atualizados: int
    iguais: int
    recusadas: tuple[LinhaRecusada, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Importar:
    """O que vale para toda importação."""

    atualizar: bool = False
    parcial: bool = False


class LinhaDePlanilha(Protocol):
    """O que se lê de uma planilha: `linha` é onde está nela; `chave`, o que não se repete."""

    @property
    def linha(self) -> int: ...
    @property
    def chave(self) -> Hashable: ...
    @property
    def rotulo(self) -> str:
        """Como a linha se diz nas mensagens."""
        ...


P = TypeVar("P", bound=LinhaDePlanilha)


@dataclass(frozen=True, kw_only=True)
class LinhaCompleta(Generic[P]):
    """A linha que se pediu, com o que ela cita já achado; diz-se como a do pedido."""

    pedido: P

    @property
    def linha(self) -> int:
        return self.pedido.linha

    @property
    def chave(self) -> Hashable:
        return self.pedido.chave

    @property
    def rotulo(self) -> str:
        return self.pedido.rotulo


class LinhaImportada(LinhaDePlanilha, Protocol[C_contra]):
    """Uma linha que se compara com o registro que existe."""

    def trocas(self, atual: C_contra, /) -> Sequence[str]:
        """O que mudaria no que existe; nada, se é igual."""
        ...


@dataclass(frozen=True)
class Motivo:
    """Por que linhas ficam de fora: como se contam e, se recusam a planilha, com que erro."""

    um: str
    varios: str
    erro: type[ErroOficina]
    conselho: str = ""
    comando: str = ""


REPETIDA = Motivo("linha repete outra", "linhas repetem outras", DadoInvalido)
INVALIDA = Motivo("linha não serve", "linhas não servem", DadoInvalido)
SOLTA = Motivo("linha cita o que não existe", "linhas citam o que não existe", NaoEncontrado)
IRREGULAR = Motivo("linha contraria uma regra", "linhas contrariam uma regra", RegraViolada)
DESATIVADA = Motivo(
    "linha é de registro desativado", "linhas são de registros desativados", Conflito
)
DIFERENTE = Motivo(
    "linha difere do que está cadastrado",
    "linhas diferem do que está cadastrado",
    Conflito,
    "; confira, ou peça que fiquem as da planilha",
    "--atualizar",
)
MOTIVOS = (REPETIDA, INVALIDA, SOLTA, IRREGULAR, DESATIVADA, DIFERENTE)


class Recusas:
    """As linhas que ficam de fora, por motivo."""

    def __init__(self) -> None:
        self._linhas: dict[Motivo, list[LinhaRecusada]] = {motivo: [] for motivo in MOTIVOS}

    def anotar(self, motivo: Motivo, linha: LinhaDePlanilha, porque: str) -> None:
        self._linhas[motivo].append(LinhaRecusada(linha=linha.linha, motivo=porque))

    def anotar_erro(self, erro: ErroOficina, linha: LinhaDePlanilha) -> None:
        """O que a regra disse da linha, contado entre as do mesmo erro."""
        motivo = next(m for m in MOTIVOS[1:] if isinstance(erro, m.erro))
        self.anotar(motivo, linha, f"{linha.rotulo}: {erro}")

    def conferir(self, *, parcial: bool) -> tuple[LinhaRecusada, ...]:
        """Todas, em ordem; sem `parcial`, levanta o erro das do primeiro motivo."""
        if not parcial:
            for motivo, linhas in self._linhas.items():
                if linhas:
                    raise _recusa(motivo, linhas)
        juntas = (linha for linhas in self._linhas.values() for linha in linhas)
        return tuple(sorted(juntas, key=lambda recusada: recusada.linha))


def _recusa(motivo: Motivo, linhas: Sequence[LinhaRecusada]) -> ErroOficina:
    em_ordem = sorted(linhas, key=lambda recusada: recusada.linha)
    return motivo.erro(
        f"{quantos(len(linhas), motivo.um, motivo.varios)} e nada foi importado{motivo.conselho}.",
        detalhes=tuple(f"linha {recusada.linha}: {recusada.motivo}" for recusada in em_ordem),
        comando=motivo.comando,
    )


@dataclass(frozen=True, kw_only=True)
class Resultado(Generic[L, C]):
    """O resumo e, de cada registro criado ou trocado, a linha de onde veio; os trocados, por id."""

    resumo: Importacao
    criados: list[tuple[L, C]]
    trocados: list[tuple[L, C]]


def importar(
    planilha: Importar,
    colecao: CadastrosEmLote[C],
    linhas: Sequence[L],
    existentes: Mapping[Any, C],
    *,
    novo: Callable[[L], C],
    vestir: Callable[[L, C], None],
    conferir: Callable[[L, C | None], None] = lambda _linha, _atual: None,
    recusas: Recusas | None = None,
) -> Resultado[L, C]:
    """Cria o que falta; o que difere é recusado, ou trocado se a planilha manda atualizar.

    `existentes` são os registros que as chaves das linhas acham. De uma linha, `novo` faz um
    registro, `vestir` muda o que há, e `conferir` levanta o que a impede de entrar; `recusas` são
    as que já ficaram de fora.
    """
    recusas = recusas or Recusas()
    novas, diferentes, iguais = [], [], 0
    for linha in sem_repetidas(linhas, recusas):
        atual = existentes.get(linha.chave)
        if atual is not None and atual.ativo and not linha.trocas(atual):
            iguais += 1
        elif _serve(planilha, linha, atual, conferir, recusas):
            novas.append(linha) if atual is None else diferentes.append((linha, atual))
    recusadas = recusas.conferir(parcial=planilha.parcial)
    diferentes.sort(key=lambda par: par[1].id)
    for linha, cadastro in diferentes:
        vestir(linha, cadastro)
        colecao.salvar(cadastro)
    criados = [novo(linha) for linha in novas]
    colecao.adicionar_varios(criados)
    resumo = Importacao(
        novos=len(criados), atualizados=len(diferentes), iguais=iguais, recusadas=recusadas
    )
    pares = list(zip(novas, criados, strict=True))
    return Resultado(resumo=resumo, criados=pares, trocados=diferentes)


def _serve(
    planilha: Importar,
    linha: L,
    atual: C | None,
    conferir: Callable[[L, C | None], None],
    recusas: Recusas,
) -> bool:
    """Se a linha cria ou muda um registro; a que não, fica anotada, e por quê."""
    if atual is not None and not atual.ativo:
        recusas.anotar(DESATIVADA, linha, f"{linha.rotulo} está desativado; reative-o antes")
        return False
    try:
        conferir(linha, atual)
    except ErroOficina as erro:
        recusas.anotar_erro(erro, linha)
        return False
    if atual is not None and not planilha.atualizar:
        recusas.anotar(DIFERENTE, linha, f"{linha.rotulo}: {', '.join(linha.trocas(atual))}")
        return False
    return True


def conferir_planilha(linhas: Sequence[LinhaDePlanilha], ocupadas: int = 0) -> None:
    """Levanta DadoInvalido se a planilha vem vazia, grande demais ou com linha negativa.

    `ocupadas` são as linhas da planilha, quando um registro ocupa várias.
    """
    if not linhas:
        raise DadoInvalido("A planilha não tem nenhuma linha para importar.", "linhas")
    if max(len(linhas), ocupadas) > LINHAS_MAXIMO:
        raise DadoInvalido(f"A planilha tem mais de {LINHAS_MAXIMO} linhas; divida-a.", "linhas")
    if min(linha.linha for linha in linhas) < 0:
        raise DadoInvalido(
            "As linhas da planilha se contam a partir de 1; 0 é sem número.", "linha"
        )


def sem_repetidas(linhas: Sequence[L], recusas: Recusas) -> list[L]:
    """As linhas, sem as que repetem a chave de outra: vale a primeira."""
    vistas: dict[Hashable, L] = {}
    for linha in linhas:
        if linha.chave in vistas:
            antes = vistas[linha.chave].linha
            recusas.anotar(REPETIDA, linha, f"{linha.rotulo} já está na linha {antes}")
        else:
            vistas[linha.chave] = linha
    return list(vistas.values())


def trocas(linha: Any, cadastro: Cadastro, campos: tuple[str, ...]) -> list[str]:
    """Os campos em que a linha diz outra coisa; o que ela não diz fica como está."""
    return [
        f"{NOMES.get(campo, campo)} {_dito(campo, esta)} → {_dito(campo, vem)}"
        for campo in campos
        for esta, vem in [(getattr(cadastro, campo), getattr(linha, campo))]
        if vem is not None and vem != esta
    ]


def _dito(campo: str, valor: Any) -> str:
    if campo in PESSOAIS:
        valor = PESSOAIS[campo](valor)
    if valor is None:
        return "–"
    return reais(valor) if isinstance(valor, Decimal) else str(valor)
