"""O estoque da loja: saldos que só mudam com a condição junto, e o livro de movimentos.

A linha de `estoques` é a trava da peça: quem a atualizou é dono dela, e da `reservada` das linhas
que citam a peça, até o fim da transação. Sempre em ordem de peça.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, insert, literal, select, update

from oficina_core.banco import tabelas
from oficina_core.banco.lote import Insercao
from oficina_core.banco.repositorios.base import Comandos, Registros, Sessao, lotes
from oficina_core.casos.paginas import Chave
from oficina_core.casos.portas import NovoSaldo
from oficina_core.dominio.erros import FaltaPeca, RegraViolada
from oficina_core.dominio.estoque import CausaMovimento, Movimento, Saldo
from oficina_core.texto import lista, quantidade

SALDO = tabelas.estoques
PECA = tabelas.pecas
MOV = tabelas.movimentos

MOVIMENTOS = Comandos(MOV, Movimento, "movimento")
DA_LOJA = MOVIMENTOS.leitura.where(MOV.c.loja_id == bindparam("loja"))

_desta = and_(SALDO.c.loja_id == bindparam("loja"), SALDO.c.peca_id == bindparam("peca"))
_disponivel = SALDO.c.estoque - SALDO.c.reservado

TRAVA = update(SALDO).where(_desta).values(seq=SALDO.c.seq)
RESERVA = (
    update(SALDO)
    .where(_desta, _disponivel >= bindparam("pedida"))
    .values(reservado=SALDO.c.reservado + bindparam("pedida"))
)
SOLTURA = (
    update(SALDO)
    .where(_desta, SALDO.c.reservado >= bindparam("solta"))
    .values(reservado=SALDO.c.reservado - bindparam("solta"))
)
MUDANCA = (
    update(SALDO)
    .where(
        _desta,
        SALDO.c.reservado >= bindparam("solta"),
        SALDO.c.estoque + bindparam("delta") >= SALDO.c.reservado - bindparam("solta"),
    )
    .values(
        estoque=SALDO.c.estoque + bindparam("delta"),
        reservado=SALDO.c.reservado - bindparam("solta"),
        seq=SALDO.c.seq + 1,
    )
)
CUSTO = update(SALDO).where(_desta).values(custo=bindparam("medio"))
PRATELEIRA = (
    update(SALDO)
    .where(_desta)
    .values(
        minimo=bindparam("minimo_"),
        localizacao=bindparam("lugar"),
        prateleira=SALDO.c.prateleira + 1,
    )
)
SALDOS = select(SALDO).where(
    SALDO.c.loja_id == bindparam("loja"), SALDO.c.peca_id.in_(bindparam("pecas", expanding=True))
)
ABERTURA = ["loja_id", "peca_id", "estoque", "reservado", "minimo", "prateleira", "seq"]
_em_zero = (tabelas.lojas.c.id, PECA.c.id, *map(literal, (0, 0, 0, 1, 0)))
NOVOS = Insercao(SALDO, tabelas.nomes(SALDO))
NAS_OUTRAS_LOJAS = insert(SALDO).from_select(
    ABERTURA,
    select(*_em_zero)
    .join_from(tabelas.lojas, PECA, tabelas.lojas.c.id != bindparam("loja"))
    .where(PECA.c.id.in_(bindparam("pecas", expanding=True))),
)
NA_LOJA_NOVA = insert(SALDO).from_select(
    ABERTURA,
    select(*_em_zero).join_from(tabelas.lojas, PECA, tabelas.lojas.c.id == bindparam("loja")),
)
PRIMEIROS = select(MOV.c.peca_id, MOV.c.id).where(
    MOV.c.loja_id == bindparam("loja"),
    MOV.c.seq == 1,
    MOV.c.peca_id.in_(bindparam("pecas", expanding=True)),
)
ESTORNO = select(MOV.c.id).where(MOV.c.estorno_de == bindparam("este"))
CHEGADA = select(*MOVIMENTOS.colunas).where(MOV.c.par_id == bindparam("este"))
NOMES = select(PECA.c.id, PECA.c.codigo, PECA.c.nome, PECA.c.unidade).where(
    PECA.c.id.in_(bindparam("pecas", expanding=True))
)


class MovimentosSQL(Registros[Movimento]):
    def __init__(self, sessao: Sessao) -> None:
        super().__init__(sessao, MOVIMENTOS)

    def listar(self, *, peca_id: int | None, depois: Chave | None, limite: int) -> Sequence[Any]:
        valores: dict[str, Any] = {"loja": self._sessao.ator.loja_certa, "limite": limite}
        if peca_id is not None:
            valores["peca"] = peca_id
        if depois:
            (valores["ultimo"],) = depois
        consulta = _movimentos(da_peca=peca_id is not None, depois=depois is not None)
        return self._linhas(consulta, **valores)

    def obter(self, id: int) -> Movimento:
        """O movimento da loja de quem pede; quem é da rede e não disse a loja vê todos."""
        loja = self._sessao.ator.loja
        return super().obter(id) if loja is None else self._um(id, DA_LOJA, loja=loja)

    def estornado(self, id: int) -> bool:
        return self._executar(ESTORNO, {"este": id}).first() is not None

    def par(self, movimento: Movimento) -> Movimento | None:
        """A chegada cita a saída; a saída, escrita antes dela, acha quem a cita."""
        if movimento.par_id is not None:
            return self.citado(movimento.par_id)
        return next(iter(self._ler(CHEGADA, este=movimento.id)), None)

    def adicionar_varios(self, movimentos: Sequence[Movimento]) -> None:
        """Os primeiros movimentos de peças novas, em lotes."""
        loja = self._sessao.ator.loja_certa
        for lote in lotes(movimentos):
            linhas = [self._linha(movimento) for movimento in lote]
            MOVIMENTOS.em_lote.executar(self._sessao.conexao, linhas)
            pecas = [m.peca_id for m in lote]
            ids = dict(self._executar(PRIMEIROS, {"loja": loja, "pecas": pecas}).all())
            for movimento, linha in zip(lote, linhas, strict=True):
                movimento.id = ids[movimento.peca_id]
                self._gravou(movimento, linha)


@cache
def _movimentos(*, da_peca: bool, depois: bool) -> Select[Any]:
    consulta = (
        select(MOV, PECA.c.codigo, PECA.c.unidade)
        .join_from(MOV, PECA, MOV.c.peca_id == PECA.c.id)
        .where(MOV.c.loja_id == bindparam("loja"))
    )
    if da_peca:
        consulta = consulta.where(MOV.c.peca_id == bindparam("peca"))
    if depois:
        consulta = consulta.where(MOV.c.id < bindparam("ultimo"))
    return consulta.order_by(MOV.c.id.desc()).limit(bindparam("limite"))


class EstoquesSQL:
    def __init__(self, sessao: Sessao, movimentos: MovimentosSQL) -> None:
        self._sessao, self._movimentos = sessao, movimentos

    def criar(self, novos: Sequence[NovoSaldo]) -> None:
        loja = self._loja
        for lote in lotes(novos):
            # A primeira trava é a da loja: quem abre outra espera, ou já se vê logo abaixo.
            NOVOS.executar(self._sessao.conexao, [_saldo_inicial(novo, loja) for novo in lote])
            pecas = [novo.peca_id for novo in lote]
            self._executar(NAS_OUTRAS_LOJAS, {"loja": loja, "pecas": pecas})
        self._movimentos.adicionar_varios(
            [self._primeiro(novo) for novo in novos if novo.quantidade]
        )

    def _primeiro(self, novo: NovoSaldo) -> Movimento:
        return Movimento(
            loja_id=self._loja,
            peca_id=novo.peca_id,
            seq=1,
            delta=novo.quantidade,
            saldo_apos=novo.quantidade,
            custo_unitario=novo.custo,
            causa=CausaMovimento.ENTRADA,
            motivo="saldo inicial",
            ator=self._sessao.ator.nome,
            em=self._sessao.agora,
        )

    def abrir(self, loja_id: int) -> None:
        self._executar(NA_LOJA_NOVA, {"loja": loja_id})

    def saldos(self, loja_id: int, pecas: Iterable[int]) -> dict[int, Saldo]:
        return {
            linha["peca_id"]: Saldo(**linha)
            for lote in lotes([*pecas])
            for linha in self._executar(SALDOS, {"loja": loja_id, "pecas": lote}).mappings()
        }

    def travar(self, loja_id: int, pecas: Iterable[int]) -> None:
        for peca in sorted(pecas):
            self._executar(TRAVA, _desta_peca(loja_id, peca))

    def reservar(
        self, loja_id: int, pedidos: Mapping[int, int], *, permitir_falta: bool
    ) -> dict[int, int]:
        separadas: dict[int, int] = {}
        for peca, pedida in sorted(pedidos.items()):
            if self._reservar(loja_id, peca, pedida):
                separadas[peca] = pedida
            elif permitir_falta:
                separadas[peca] = self._reservar_o_que_ha(loja_id, peca)
            else:
                raise self._sem_estoque(loja_id, pedidos, separadas)
        return separadas

    def _reservar(self, loja_id: int, peca: int, pedida: int) -> bool:
        valores = _desta_peca(loja_id, peca) | {"pedida": pedida}
        return bool(self._executar(RESERVA, valores).rowcount)

    def _reservar_o_que_ha(self, loja_id: int, peca: int) -> int:
        """Com a linha já na mão, o que se lê dela não muda até a reserva."""
        self.travar(loja_id, [peca])
        disponivel = self.saldos(loja_id, [peca])[peca].disponivel
        self._reservar(loja_id, peca, disponivel)
        return disponivel

    def _sem_estoque(
        self, loja_id: int, pedidos: Mapping[int, int], separadas: dict[int, int]
    ) -> FaltaPeca:
        """Diz de uma vez tudo o que falta, e não só a primeira peça."""
        saldos = self.saldos(loja_id, pedidos)
        faltas = []
        for peca in self._executar(NOMES, {"pecas": sorted(pedidos)}):
            disponivel = saldos[peca.id].disponivel + separadas.get(peca.id, 0)
            if disponivel < pedidos[peca.id]:
                pede = quantidade(peca.unidade.comercial(pedidos[peca.id]), peca.unidade)
                ha = quantidade(peca.unidade.comercial(disponivel), peca.unidade)
                faltas.append(f"{peca.codigo} ({peca.nome}) pede {pede} e há {ha}")
        return FaltaPeca(
            f"Falta estoque: {lista(faltas)}. Dê entrada, ou aprove à espera da peça.",
            comando="--permitir-falta",
        )

    def liberar(self, loja_id: int, reservadas: Mapping[int, int]) -> None:
        for peca, solta in sorted(reservadas.items()):
            valores = _desta_peca(loja_id, peca) | {"solta": solta}
            if not self._executar(SOLTURA, valores).rowcount:
                raise RegraViolada(
                    f"A peça {peca} não tem {solta} reservados; rode: oficina verificar"
                )

    def mover(
        self,
        loja_id: int,
        peca_id: int,
        delta: int,
        causa: CausaMovimento,
        *,
        custo: Decimal | None = None,
        motivo: str | None = None,
        ordem_id: int | None = None,
        estorno_de: int | None = None,
        par_id: int | None = None,
        liberar: int = 0,
    ) -> Movimento:
        desta = _desta_peca(loja_id, peca_id)
        if not self._executar(MUDANCA, desta | {"delta": delta, "solta": liberar}).rowcount:
            raise self._nao_cobre(loja_id, peca_id)
        saldo = self.saldos(loja_id, [peca_id])[peca_id]
        if custo is not None:
            medio = saldo.custo_medio(delta, custo)
            self._executar(CUSTO, desta | {"medio": medio})
        movimento = Movimento(
            loja_id=saldo.loja_id,
            peca_id=peca_id,
            seq=saldo.seq,
            delta=delta,
            saldo_apos=saldo.estoque,
            custo_unitario=saldo.custo if custo is None else custo,
            causa=causa,
            motivo=motivo,
            ordem_id=ordem_id,
            estorno_de=estorno_de,
            par_id=par_id,
            ator=self._sessao.ator.nome,
            em=self._sessao.agora,
        )
        self._movimentos.adicionar(movimento)
        return movimento

    def _nao_cobre(self, loja_id: int, peca_id: int) -> RegraViolada:
        saldo = self.saldos(loja_id, [peca_id])[peca_id]
        peca = self._executar(NOMES, {"pecas": [peca_id]}).one()
        comercial = peca.unidade.comercial
        return RegraViolada(
            f"{peca.codigo} tem {quantidade(comercial(saldo.estoque), peca.unidade)} em estoque, "
            f"{quantidade(comercial(saldo.reservado), peca.unidade)} reservados para ordens; "
            "o que sai não pode passar do disponível."
        )

    def definir(self, loja_id: int, peca_id: int, minimo: int, localizacao: str | None) -> None:
        """`prateleira` é a versão dela, que numera o evento."""
        self.travar(loja_id, [peca_id])
        antes = self.saldos(loja_id, [peca_id])[peca_id]
        novo = {"minimo": minimo, "localizacao": localizacao}
        valores = {"minimo_": minimo, "lugar": localizacao}
        self._executar(PRATELEIRA, _desta_peca(loja_id, peca_id) | valores)
        nome, diario = f"estoques/{loja_id}", self._sessao.diario
        velho = {campo: getattr(antes, campo) for campo in novo}
        diario.leu(nome, peca_id, velho, antes.prateleira, lambda: velho)
        diario.gravou(nome, peca_id, novo, antes.prateleira + 1, lambda: novo)

    @property
    def _loja(self) -> int:
        return self._sessao.ator.loja_certa

    def _executar(self, comando: Any, valores: Any) -> Any:
        return self._sessao.conexao.execute(comando, valores)


def _desta_peca(loja_id: int, peca_id: int) -> dict[str, int]:
    return {"loja": loja_id, "peca": peca_id}


def _saldo_inicial(novo: NovoSaldo, loja: int) -> dict[str, Any]:
    return {
        "loja_id": loja,
        "peca_id": novo.peca_id,
        "estoque": novo.quantidade,
        "reservado": 0,
        "custo": novo.custo,
        "minimo": novo.minimo,
        "localizacao": novo.localizacao,
        "prateleira": 1,
        "seq": 1 if novo.quantidade else 0,
    }
