"""Quem pede, lido do banco na primeira consulta de cada transação."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from oficina_core.banco import tabelas
from oficina_core.dominio.acesso import Alcance, Ator, Externo, Papel, Sujeito, TipoAtor
from oficina_core.dominio.erros import NaoEncontrado, NaoIdentificado
from oficina_core.dominio.valores import CPF

L, F, C = tabelas.lojas, tabelas.funcionarios, tabelas.clientes
ORC, LINK = tabelas.orcamentos, tabelas.links

_dita = L.c.id == bindparam("loja")
LOJAS = select(L.c.id, L.c.fuso).order_by(L.c.id).limit(2)
LOJA_DITA = LOJAS.where(_dita)
FUNCIONARIO = (
    select(F.c.nome, F.c.papel, F.c.ativo, F.c.senha_em, F.c.loja_id, L.c.id, L.c.fuso)
    .join_from(F, L, or_(F.c.loja_id.is_(None), F.c.loja_id == L.c.id))
    .where(F.c.id == bindparam("funcionario"))
    .order_by(L.c.id)
    .limit(2)
)
FUNCIONARIO_NA_LOJA = FUNCIONARIO.where(_dita)
POR_CPF = select(F.c.id).where(F.c.cpf == bindparam("cpf"))
EXISTE = select(F.c.id).where(F.c.id == bindparam("funcionario"))

# De fora, o fuso é o da primeira loja: o de cada registro é o da loja dele.
_fuso = select(L.c.fuso).order_by(L.c.id).limit(1).scalar_subquery().label("fuso")
_cliente = select(C.c.id, C.c.nome, C.c.ativo, _fuso)
CLIENTE = _cliente.where(C.c.id == bindparam("cliente"))
CLIENTE_POR_CPF = _cliente.where(C.c.documento == bindparam("cpf"))
DO_LINK = (
    select(LINK.c.id, C.c.nome, C.c.ativo, _fuso)
    .join_from(LINK, ORC, LINK.c.orcamento_id == ORC.c.id)
    .join(C, ORC.c.cliente_id == C.c.id)
    .where(LINK.c.id == bindparam("link"))
)
POR_RESUMO = select(LINK.c.id).where(LINK.c.resumo == bindparam("resumo"))


def identificar(conexao: Connection, sujeito: Sujeito, loja: int | None) -> tuple[Ator, str]:
    """O ator e o fuso da loja em que trabalha.

    Levanta NaoIdentificado se o sujeito não existe ou está desativado, e NaoEncontrado se a loja
    dita não existe ou não é dele.
    """
    match sujeito.tipo:
        case TipoAtor.SISTEMA:
            return _sistema(conexao, loja)
        case TipoAtor.FUNCIONARIO:
            return _funcionario(conexao, sujeito, loja)
        case TipoAtor.CLIENTE if sujeito.cpf is not None:
            linha = conexao.execute(CLIENTE_POR_CPF, {"cpf": sujeito.cpf}).first()
            return _de_fora(linha, TipoAtor.CLIENTE, Externo.IDENTIFICADO)
        case TipoAtor.CLIENTE:
            linha = conexao.execute(CLIENTE, {"cliente": sujeito.id}).first()
            return _de_fora(linha, TipoAtor.CLIENTE, Externo.CLIENTE)
        case TipoAtor.LINK:
            linha = conexao.execute(DO_LINK, {"link": sujeito.id}).first()
            return _de_fora(linha, TipoAtor.LINK, Externo.LINK)


def _funcionario(conexao: Connection, sujeito: Sujeito, loja: int | None) -> tuple[Ator, str]:
    dita = {"loja": loja} if loja is not None else {}
    consulta = FUNCIONARIO_NA_LOJA if dita else FUNCIONARIO
    linhas = conexao.execute(consulta, {"funcionario": sujeito.id} | dita).all()
    if not linhas:
        if conexao.execute(EXISTE, {"funcionario": sujeito.id}).first():
            raise NaoEncontrado(
                "Essa loja não existe, ou não é a sua; confira o número.", comando="loja listar"
            )
        raise NaoIdentificado("Não se sabe quem pede; entre de novo ou confira OFICINA_OPERADOR.")
    primeira = linhas[0]
    if not primeira.ativo:
        raise NaoIdentificado("Esse funcionário está desativado; fale com o gerente.")
    if sujeito.desde and primeira.senha_em and sujeito.desde < _segundo(primeira.senha_em):
        raise NaoIdentificado("A senha mudou depois desta entrada; entre de novo, com a nova.")
    ator = Ator(
        tipo=TipoAtor.FUNCIONARIO,
        id=sujeito.id,
        nome=primeira.nome,
        papel=primeira.papel,
        loja=primeira.id if len(linhas) == 1 else None,
        da_rede=primeira.loja_id is None,
        alcance=Alcance.TODOS,
    )
    return ator, primeira.fuso


def _segundo(instante: datetime) -> datetime:
    """Sem a fração, que o token não tem: quem entra no segundo da troca entra."""
    return instante.replace(microsecond=0)


def _de_fora(linha: Any, tipo: TipoAtor, papel: Externo) -> tuple[Ator, str]:
    """Quem é de fora não tem loja: o que alcança é pelo que é seu."""
    if linha is None or not linha.ativo:
        raise NaoIdentificado("Não se sabe quem pede; entre de novo, ou fale com a oficina.")
    ator = Ator(
        tipo=tipo,
        id=linha.id,
        nome=linha.nome,
        papel=papel,
        loja=None,
        da_rede=False,
        alcance=Alcance.PROPRIOS,
    )
    return ator, linha.fuso


def _sistema(conexao: Connection, loja: int | None) -> tuple[Ator, str]:
    """Quem abre o banco direto é de confiança: o sistema, com papel de gerente."""
    consulta, valores = (LOJAS, {}) if loja is None else (LOJA_DITA, {"loja": loja})
    linhas = conexao.execute(consulta, valores).all()
    if not linhas:
        raise NaoEncontrado("Essa loja não existe; confira o número.", comando="loja listar")
    ator = Ator(
        tipo=TipoAtor.SISTEMA,
        id=None,
        nome="sistema",
        papel=Papel.GERENTE,
        loja=linhas[0].id if len(linhas) == 1 else None,
        da_rede=True,
        alcance=Alcance.TODOS,
    )
    return ator, linhas[0].fuso


def procurar_operador(conexao: Connection, cpf: str) -> Sujeito:
    """O funcionário de um CPF; NaoIdentificado se ninguém o tem."""
    id = conexao.execute(POR_CPF, {"cpf": CPF(cpf)}).scalar()
    if id is None:
        raise NaoIdentificado(
            "Nenhum funcionário tem o CPF de OFICINA_OPERADOR; confira, ou cadastre-o."
        )
    return Sujeito(tipo=TipoAtor.FUNCIONARIO, id=id)


def procurar_link(conexao: Connection, resumo: str) -> Sujeito:
    """O link de um resumo; NaoEncontrado se nenhum o tem."""
    id = conexao.execute(POR_RESUMO, {"resumo": resumo}).scalar()
    if id is None:
        raise NaoEncontrado("Este link não existe; confira o endereço, ou peça outro à oficina.")
    return Sujeito(tipo=TipoAtor.LINK, id=id)
