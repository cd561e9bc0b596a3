"""Quem pede, lido do banco na primeira consulta de cada transação."""

from sqlalchemy import Connection, bindparam, or_, select

from oficina_core.banco import tabelas
from oficina_core.dominio.acesso import Alcance, Ator, Papel, Sujeito, TipoAtor
from oficina_core.dominio.erros import AcessoNegado, NaoEncontrado, NaoIdentificado
from oficina_core.dominio.valores import CPF

L = tabelas.lojas
F = tabelas.funcionarios

_dita = L.c.id == bindparam("loja")
LOJAS = select(L.c.id, L.c.fuso).order_by(L.c.id).limit(2)
LOJA_DITA = LOJAS.where(_dita)
FUNCIONARIO = (
    select(F.c.nome, F.c.papel, F.c.ativo, F.c.loja_id, L.c.id, L.c.fuso)
    .join_from(F, L, or_(F.c.loja_id.is_(None), F.c.loja_id == L.c.id))
    .where(F.c.id == bindparam("funcionario"))
    .order_by(L.c.id)
    .limit(2)
)
FUNCIONARIO_NA_LOJA = FUNCIONARIO.where(_dita)
POR_CPF = select(F.c.id).where(F.c.cpf == bindparam("cpf"))
EXISTE = select(F.c.id).where(F.c.id == bindparam("funcionario"))


def identificar(conexao: Connection, sujeito: Sujeito, loja: int | None) -> tuple[Ator, str]:
    """O ator e o fuso da loja em que trabalha.

    Levanta NaoIdentificado se o sujeito não existe, AcessoNegado se está desativado e
    NaoEncontrado se a loja dita não existe ou não é dele.
    """
    if sujeito.tipo is TipoAtor.SISTEMA:
        return _sistema(conexao, loja)
    dita = {"loja": loja} if loja is not None else {}
    consulta = FUNCIONARIO_NA_LOJA if dita else FUNCIONARIO
    linhas = conexao.execute(consulta, {"funcionario": sujeito.id} | dita).all()
    if not linhas:
        if conexao.execute(EXISTE, {"funcionario": sujeito.id}).first():
            raise NaoEncontrado("Essa loja não existe, ou não é a sua; veja: oficina loja listar")
        raise NaoIdentificado("Não se sabe quem pede; entre de novo ou confira OFICINA_OPERADOR.")
    primeira = linhas[0]
    if not primeira.ativo:
        raise AcessoNegado("Esse funcionário está desativado; fale com o gerente.")
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


def _sistema(conexao: Connection, loja: int | None) -> tuple[Ator, str]:
    """Quem abre o banco direto é de confiança: o sistema, com papel de gerente."""
    consulta, valores = (LOJAS, {}) if loja is None else (LOJA_DITA, {"loja": loja})
    linhas = conexao.execute(consulta, valores).all()
    if not linhas:
        raise NaoEncontrado("Essa loja não existe; veja: oficina loja listar")
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
