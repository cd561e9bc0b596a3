"""Clientes, funcionários, veículos, serviços, peças e lojas."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    true,
    update,
)

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios.base import Comandos, Entidades, Sessao, lotes, nome_de
from oficina_core.casos.campos import Referencia
from oficina_core.casos.paginas import Chave
from oficina_core.dominio import valores
from oficina_core.dominio.cliente import Cliente
from oficina_core.dominio.entidade import Cadastro
from oficina_core.dominio.erros import NaoEncontrado, VersaoAntiga
from oficina_core.dominio.funcionario import Funcionario
from oficina_core.dominio.loja import Loja
from oficina_core.dominio.ordem import FILA
from oficina_core.dominio.peca import Peca
from oficina_core.dominio.servico import Servico
from oficina_core.dominio.veiculo import Veiculo
from oficina_core.texto import lista, sem_acento

PARECIDOS_MAXIMO = 3

C = TypeVar("C", bound=Cadastro)


def depois_de(ordem: ColumnElement[Any], id: ColumnElement[int]) -> ColumnElement[bool]:
    """Continua de onde a página parou; por extenso, que o MariaDB não usa índice em tupla."""
    return or_(
        ordem > bindparam("ultima"), and_(ordem == bindparam("ultima"), id > bindparam("ultimo"))
    )


def pedaco(busca: str) -> str:
    """O padrão de LIKE que acha as palavras, nessa ordem, em qualquer lugar."""
    return f"%{'%'.join(sem_curingas(sem_acento(busca)).split())}%"


def sem_curingas(texto: str) -> str:
    """O texto com os curingas do LIKE escapados."""
    for especial in "\\%_":
        texto = texto.replace(especial, "\\" + especial)
    return texto


class ComandosDeCadastro(Comandos[C]):
    """O SQL de um cadastro: `natural` é a coluna do nome que as pessoas usam.

    `dono` é a do cliente a quem o registro pertence; sem ela, quem é de fora não vê nenhum.
    `parecidos` dá os nomes a um erro de digitação de outro; sem ele (é de pessoa), não se sugere.
    """

    def __init__(
        self,
        tabela: Any,
        tipo: Callable[..., C],
        nome: str,
        *,
        natural: str,
        canonico: Callable[[str], str],
        ordem: str,
        busca: Callable[[C], str],
        falta: str,
        dono: str | None = None,
        parecidos: Callable[[str], Collection[str]] = lambda _: (),
    ) -> None:
        super().__init__(tabela, tipo, nome)
        self.natural, self.canonico, self.busca, self.falta = natural, canonico, busca, falta
        self.parecidos = parecidos
        self.ordem = tabela.c[ordem]
        ids = tabela.c.id.in_(bindparam("ids", expanding=True))
        nomes = tabela.c[natural].in_(bindparam("nomes", expanding=True))
        self.dono = tabela.c[dono] == bindparam("dono") if dono else false()
        self.um = self._por_alcance(self.leitura)
        self.por_ids = self._por_alcance(select(*self.colunas).where(ids))
        self.por_nomes = self._por_alcance(select(*self.colunas).where(nomes))
        self.numeros = select(tabela.c[natural], tabela.c.id).where(nomes)
        self.lista = cache(self._montar_lista)

    def _por_alcance(self, consulta: Select[Any]) -> dict[bool, Select[Any]]:
        """A consulta de quem é da oficina, e a de quem é de fora, que só vê o seu."""
        return {False: consulta, True: consulta.where(self.dono)}

    def origem(self) -> Select[Any]:
        """As colunas da lista, sem filtro."""
        return select(*self.colunas, self.ordem.label("ordem"))

    def _montar_lista(
        self, *, de_fora: bool, busca: bool, inativos: bool, depois: bool
    ) -> Select[Any]:
        consulta = self.origem().where(self.tabela.c.ativo == (not inativos))
        if de_fora:
            consulta = consulta.where(self.dono)
        if busca:
            consulta = consulta.where(self.tabela.c.busca.like(bindparam("pedaco"), escape="\\"))
        if depois:
            consulta = consulta.where(depois_de(self.ordem, self.tabela.c.id))
        return consulta.order_by(self.ordem, self.tabela.c.id).limit(bindparam("limite"))


class CadastrosSQL(Entidades[C], Generic[C]):
    _comandos: ComandosDeCadastro[C]

    def __init__(self, sessao: Sessao, comandos: ComandosDeCadastro[C]) -> None:
        super().__init__(sessao, comandos)
        self._de_fora = sessao.ator.de_fora
        self._alcance = {"dono": sessao.ator.cliente_id} if self._de_fora else {}

    def obter(self, id: int) -> C:
        return self._um(id, self._comandos.um[self._de_fora], **self._alcance)

    def citado(self, id: int) -> C:
        """Como se viu nesta transação, se já se viu."""
        visto = self._sessao.diario.visto(self._comandos.entidade, id)
        return self._comandos.tipo(id=id, **visto) if visto else super().citado(id)

    def achar(self, referencia: Referencia) -> C:
        return self.achar_varios([referencia])[referencia]

    def achar_varios(self, referencias: Collection[Referencia]) -> dict[Referencia, C]:
        achados = self.que_ha(referencias)
        for posicao, referencia in enumerate(referencias, start=1):
            if referencia not in achados:
                raise self._falta(referencia, posicao if len(referencias) > 1 else None)
        return achados

    def que_ha(self, referencias: Collection[Referencia]) -> dict[Referencia, C]:
        nomes = {r: self._comandos.canonico(r) for r in referencias if isinstance(r, str)}
        por_id = self._por_ids({r for r in referencias if isinstance(r, int)})
        por_nome = self.por_nome(set(nomes.values()))
        achados: dict[Referencia, C] = {}
        for dita in referencias:
            achado = por_id.get(dita) if isinstance(dita, int) else por_nome.get(nomes[dita])
            if achado is not None:
                achados[dita] = achado
        return achados

    def procurar(self, nome: str) -> C | None:
        canonico = self._comandos.canonico(nome)
        return self.por_nome([canonico]).get(canonico)

    def por_nome(self, nomes: Collection[str]) -> dict[str, C]:
        return {
            getattr(achado, self._comandos.natural): achado
            for lote in lotes(sorted(nomes))
            for achado in self._ler(
                self._comandos.por_nomes[self._de_fora], nomes=lote, **self._alcance
            )
        }

    def adicionar_varios(self, entidades: Sequence[C]) -> None:
        """Insere em lotes e lê de volta os números."""
        for lote in lotes(entidades):
            linhas = [self._linha(entidade) for entidade in lote]
            self._comandos.em_lote.executar(
                self._sessao.conexao,
                [self._guardar(e, linha) for e, linha in zip(lote, linhas, strict=True)],
            )
            for entidade, linha, numero in zip(lote, linhas, self._numeros(lote), strict=True):
                entidade.id = numero
                self._gravou(entidade, linha)

    def _numeros(self, lote: Sequence[C]) -> Iterable[int]:
        """Os números que o banco deu ao lote, pelo nome natural."""
        nomes = [getattr(entidade, self._comandos.natural) for entidade in lote]
        ids = dict(self._executar(self._comandos.numeros, {"nomes": nomes}).all())
        return [ids[nome] for nome in nomes]

    def listar(
        self, *, busca: str | None, inativos: bool, depois: Chave | None, limite: int
    ) -> Sequence[Any]:
        consulta = self._comandos.lista(
            de_fora=self._de_fora, busca=bool(busca), inativos=inativos, depois=depois is not None
        )
        valores: dict[str, Any] = {"limite": limite} | self._alcance
        if busca:
            valores["pedaco"] = pedaco(busca)
        if depois:
            valores["ultima"], valores["ultimo"] = depois
        return self._linhas(consulta, **valores)

    def _por_ids(self, ids: Collection[int]) -> dict[int, C]:
        """De um só, por um comando que não se refaz ao tamanho da lista: custa metade."""
        if len(ids) == 1:
            (este,) = ids
            achados = self._ler(self._comandos.um[self._de_fora], este=este, **self._alcance)
        else:
            consulta = self._comandos.por_ids[self._de_fora]
            achados = [
                achado
                for lote in lotes(sorted(ids))
                for achado in self._ler(consulta, ids=lote, **self._alcance)
            ]
        return {achado.id: achado for achado in achados}

    def _falta(self, referencia: Referencia, posicao: int | None) -> NaoEncontrado:
        """O que se procurou por nome não se repete, que pode ser de alguém: diz-se onde estava."""
        nome = self._comandos.nome
        if isinstance(referencia, int):
            return NaoEncontrado(f"Não há {nome} {referencia}; confira o número.")
        onde = f" (na {posicao}ª posição)" if posicao else ""
        frase = self._comandos.falta.format(onde=onde)
        if parecidos := self._parecidos(referencia):
            frase = f"{frase.partition(';')[0]}; seria {lista(parecidos, 'ou')}?"
        return NaoEncontrado(frase)

    def _parecidos(self, dito: str) -> list[str]:
        """Os ativos que se escrevem quase assim."""
        perto = sorted(self.por_nome(self._comandos.parecidos(dito)).items())
        ativos = [getattr(achado, "placa", nome) for nome, achado in perto if achado.ativo]
        return ativos[:PARECIDOS_MAXIMO]

    def _guardar(self, entidade: C, linha: dict[str, Any]) -> dict[str, Any]:
        return linha | {"busca": sem_acento(self._comandos.busca(entidade))[:200]}


def com_codigo(tabela: Any, tipo: Callable[..., C], nome: str) -> Any:
    return ComandosDeCadastro(
        tabela,
        tipo,
        nome,
        natural="codigo",
        canonico=valores.Codigo,
        ordem="codigo",
        busca=lambda e: f"{e.codigo} {e.nome}",
        falta=f"Não há {nome} com esse código{{onde}}; confira na lista.",
        parecidos=valores.Codigo.parecidos,
    )


CLIENTES = ComandosDeCadastro(
    tabelas.clientes,
    Cliente,
    "cliente",
    natural="documento",
    canonico=valores.documento,
    ordem="busca",
    busca=lambda cliente: cliente.nome,
    falta="Nenhum cliente tem esse documento; confira, ou cadastre o cliente.",
    dono="id",
)
FUNCIONARIOS = ComandosDeCadastro(
    tabelas.funcionarios,
    Funcionario,
    "funcionário",
    natural="cpf",
    canonico=valores.CPF,
    ordem="busca",
    busca=lambda funcionario: funcionario.nome,
    falta="Nenhum funcionário tem esse CPF; confira, ou cadastre o funcionário.",
)
SERVICOS = com_codigo(tabelas.servicos, Servico, "serviço")
PECAS = com_codigo(tabelas.pecas, Peca, "peça")


_CLI = tabelas.clientes
_destes_telefones = _CLI.c.telefone.in_(bindparam("telefones", expanding=True))
DO_CONTATO = select(*CLIENTES.colunas).where(_destes_telefones)
NASCIDOS = select(_CLI.c.nome, _CLI.c.telefone, _CLI.c.id).where(
    _destes_telefones, _CLI.c.documento.is_(None), _CLI.c.criado_em == bindparam("em")
)
SEGURA = CLIENTES.alteracao.values(versao=_CLI.c.versao)


class ClientesSQL(CadastrosSQL[Cliente]):
    def __init__(self, sessao: Sessao) -> None:
        super().__init__(sessao, CLIENTES)

    def segurar(self, cliente: Cliente) -> None:
        if not self._executar(SEGURA, {"este": cliente.id, "lida": cliente.versao}).rowcount:
            raise VersaoAntiga(f"Outra pessoa mudou o cliente {cliente.id}; veja de novo e repita.")

    def do_contato(self, contatos: Collection[tuple[str, str]]) -> dict[tuple[str, str], Cliente]:
        achados: dict[tuple[str, str], Cliente] = {}
        telefones = sorted({telefone for _, telefone in contatos})
        for lote in lotes(telefones):
            # Do pior ao melhor: o último a entrar é o que fica.
            lidos = self._ler(DO_CONTATO, telefones=lote)
            for cliente in sorted(lidos, key=_preferencia, reverse=True):
                achados[sem_acento(cliente.nome), cliente.telefone or ""] = cliente
        return {contato: achados[contato] for contato in contatos if contato in achados}

    def _numeros(self, lote: Sequence[Cliente]) -> Iterable[int]:
        """Pelo documento; o de quem não o tem, pelo contato e pelo instante desta transação."""
        com = [cliente for cliente in lote if cliente.documento]
        numeros = dict(zip(map(id, com), super()._numeros(com), strict=True)) if com else {}
        sem = [cliente for cliente in lote if not cliente.documento]
        if sem:
            ditos = {"telefones": [c.telefone for c in sem], "em": self._sessao.agora}
            ids = {(nome, tel): numero for nome, tel, numero in self._executar(NASCIDOS, ditos)}
            numeros |= {id(c): ids[c.nome, c.telefone] for c in sem}
        return [numeros[id(cliente)] for cliente in lote]


def _preferencia(cliente: Cliente) -> tuple[bool, bool, int]:
    return cliente.documento is not None, not cliente.ativo, cliente.id


class ComandosDeVeiculo(ComandosDeCadastro[Veiculo]):
    def origem(self) -> Select[Any]:
        cliente = nome_de(tabelas.clientes, self.tabela.c.cliente_id, "cliente")
        return select(*self.colunas, self.ordem.label("ordem"), cliente)


VEICULOS = ComandosDeVeiculo(
    tabelas.veiculos,
    Veiculo,
    "veículo",
    natural="placa_canonica",
    canonico=lambda texto: valores.Placa(texto).canonica,
    ordem="placa_canonica",
    busca=lambda v: f"{v.placa} {v.placa_canonica} {v.marca} {v.modelo}",
    falta="Nenhum veículo tem essa placa; confira, ou cadastre o veículo.",
    dono="cliente_id",
    parecidos=valores.Placa.parecidas,
)


DO_CLIENTE = (
    select(*VEICULOS.colunas)
    .where(
        tabelas.veiculos.c.cliente_id == bindparam("cliente"),
        tabelas.veiculos.c.ativo == literal(value=True),
    )
    .order_by(tabelas.veiculos.c.id)
)


class VeiculosSQL(CadastrosSQL[Veiculo]):
    def __init__(self, sessao: Sessao) -> None:
        super().__init__(sessao, VEICULOS)

    def do_cliente(self, cliente_id: int) -> list[Veiculo]:
        return self._ler(DO_CLIENTE, cliente=cliente_id)


class PecasSQL(CadastrosSQL[Peca]):
    def __init__(self, sessao: Sessao) -> None:
        super().__init__(sessao, PECAS)

    def listar_com_saldo(
        self,
        *,
        busca: str | None,
        inativos: bool,
        abaixo_do_minimo: bool,
        depois: Chave | None,
        limite: int,
    ) -> Sequence[Any]:
        consulta = _pecas_com_saldo(
            busca=bool(busca),
            inativos=inativos,
            abaixo=abaixo_do_minimo,
            depois=depois is not None,
        )
        valores: dict[str, Any] = {"limite": limite, "loja": self._sessao.ator.loja_certa}
        if busca:
            valores |= {"pedaco": pedaco(busca), "lugares": self._lugares(busca)}
        if depois:
            valores["ultima"], valores["ultimo"] = depois
        return self._linhas(consulta, **valores)

    def _lugares(self, busca: str) -> list[str]:
        """Os da loja com o texto. O acento se tira aqui, que cada banco o entende a seu modo."""
        dito, da_loja = sem_acento(busca), {"loja": self._sessao.ator.loja_certa}
        lugares = self._executar(LUGARES, da_loja).scalars()
        return [lugar for lugar in lugares if dito in sem_acento(lugar)]


LUGARES = (
    select(tabelas.estoques.c.localizacao)
    .where(
        tabelas.estoques.c.loja_id == bindparam("loja"),
        tabelas.estoques.c.localizacao.is_not(None),
    )
    .distinct()
)


@cache
def _pecas_com_saldo(*, busca: bool, inativos: bool, abaixo: bool, depois: bool) -> Select[Any]:
    """Toda peça tem saldo; a junção externa só obriga a ler as peças na ordem do código."""
    p, e = tabelas.pecas, tabelas.estoques
    consulta = (
        select(
            *PECAS.colunas,
            p.c.codigo.label("ordem"),
            e.c.estoque,
            e.c.reservado,
            e.c.minimo,
            e.c.localizacao,
        )
        .join_from(
            p, e, and_(e.c.peca_id == p.c.id, e.c.loja_id == bindparam("loja")), isouter=True
        )
        .where(p.c.ativo == (not inativos))
    )
    if busca:
        consulta = consulta.where(
            or_(
                p.c.busca.like(bindparam("pedaco"), escape="\\"),
                e.c.localizacao.in_(bindparam("lugares", expanding=True)),
            )
        )
    if abaixo:
        consulta = consulta.where(e.c.estoque - e.c.reservado < e.c.minimo)
    if depois:
        consulta = consulta.where(depois_de(p.c.codigo, p.c.id))
    return consulta.order_by(p.c.codigo, p.c.id).limit(bindparam("limite"))


LOJAS = Comandos(tabelas.lojas, Loja, "loja")
TODAS_AS_LOJAS = select(*LOJAS.colunas).order_by(tabelas.lojas.c.id)
TRAVA_DAS_LOJAS = update(tabelas.lojas).values(versao=tabelas.lojas.c.versao)
_da_loja: BindParameter[int] = bindparam("loja")
MOVIMENTO_DA_LOJA = select(
    select(func.count())
    .where(
        tabelas.funcionarios.c.ativo == true(),
        or_(tabelas.funcionarios.c.loja_id == _da_loja, tabelas.funcionarios.c.loja_id.is_(None)),
    )
    .scalar_subquery()
    .label("funcionarios"),
    select(func.count())
    .where(tabelas.ordens.c.loja_id == _da_loja, tabelas.ordens.c.status.in_(FILA))
    .scalar_subquery()
    .label("ordens_abertas"),
)


class LojasSQL(Entidades[Loja]):
    def __init__(self, sessao: Sessao) -> None:
        super().__init__(sessao, LOJAS)

    def todas(self) -> list[Loja]:
        return self._ler(TODAS_AS_LOJAS)

    def travar(self) -> None:
        self._executar(TRAVA_DAS_LOJAS)

    def movimento(self, id: int) -> Any:
        (linha,) = self._linhas(MOVIMENTO_DA_LOJA, loja=id)
        return linha
