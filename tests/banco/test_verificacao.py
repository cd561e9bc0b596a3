"""`verificar` acusa cada coisa que não fecha, no registro em que ela está, e nada em um banco são.

Cada estrago se faz por SQL, direto no banco, dentro de uma transação que a verificação lê e que
depois se desfaz; só o último teste o confirma e o vê pela porta da frente.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from oficina_core.banco import manutencao
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir, gravando
from oficina_core.banco.regras import REGRAS
from oficina_core.banco.verificacao import Divergencia, _das_linhas, _das_regras, verificar
from oficina_core.casos.clientes import CriarCliente
from oficina_core.casos.estoque_transferencia import TransferirEstoque
from oficina_core.dominio.erros import Indisponivel
from oficina_core.texto import sem_acento
from tests import cenario
from tests.banco.casa_cheia import povoar
from tests.conftest import OficinaVigiada
from tests.servidor_mysql import Servidor, eh_mariadb


@dataclass(frozen=True)
class Estrago:
    """`alvo` escolhe o registro, que o comando estraga como `:id` e a regra tem de acusar."""

    alvo: str
    comando: str
    contra: str = ""  # a condição do banco que não o deixaria entrar: tabela e nome dela


EM_EXECUCAO = "SELECT MIN(id) FROM ordens_servico WHERE status = 'EM_EXECUCAO'"
ENTREGUE = "SELECT MIN(id) FROM ordens_servico WHERE status = 'ENTREGUE'"
AGUARDANDO = "SELECT MIN(id) FROM ordens_servico WHERE status = 'AGUARDANDO_APROVACAO'"
APROVADO = "SELECT MIN(id) FROM orcamentos WHERE status = 'APROVADO'"
RESERVADA = "SELECT MIN(peca_id) FROM estoques WHERE reservado > 0"
ULTIMO = (
    "SELECT MAX(m.id) FROM movimentos_estoque m WHERE m.causa = 'ENTRADA' AND NOT EXISTS "
    "(SELECT 1 FROM movimentos_estoque d WHERE d.peca_id = m.peca_id AND d.seq > m.seq)"
)
PECA_DO_ULTIMO = f"SELECT peca_id FROM movimentos_estoque WHERE id = ({ULTIMO})"  # noqa: S608

ESTRAGOS: dict[str, tuple[Estrago, ...]] = {
    "saldo em só algumas das lojas": (
        Estrago(
            "SELECT MIN(peca_id) FROM estoques WHERE seq = 0",
            "DELETE FROM estoques WHERE peca_id = :id",
        ),
    ),
    "reservado fora de 0 a estoque": (
        Estrago(
            "SELECT MIN(peca_id) FROM estoques",
            "UPDATE estoques SET reservado = estoque + 1 WHERE peca_id = :id",
            contra="estoques.ck_estoques_reservado",
        ),
    ),
    "estoque diferente da soma dos movimentos": (
        Estrago(
            "SELECT MIN(peca_id) FROM estoques",
            "UPDATE estoques SET estoque = estoque + 1 WHERE peca_id = :id",
        ),
        Estrago(
            RESERVADA,
            "UPDATE movimentos_estoque SET delta = delta + 1 WHERE peca_id = :id AND seq = 1",
        ),
    ),
    "sequência diferente do número de movimentos": (
        Estrago(RESERVADA, "UPDATE estoques SET seq = seq + 1 WHERE peca_id = :id"),
        Estrago(
            RESERVADA,
            "UPDATE movimentos_estoque SET seq = 99 WHERE peca_id = :id AND seq = 1",
        ),
    ),
    "saldo depois do movimento não é a soma até ele": (
        Estrago(ULTIMO, "UPDATE movimentos_estoque SET saldo_apos = 7 WHERE id = :id"),
    ),
    "movimento de peça sem saldo na loja": (
        Estrago(RESERVADA, "DELETE FROM estoques WHERE peca_id = :id"),
    ),
    "decidido sem valor aprovado": (
        Estrago(APROVADO, "UPDATE orcamentos SET valor_aprovado = NULL WHERE id = :id"),
    ),
    "causa sem o que ela pede": (
        Estrago(
            "SELECT MIN(id) FROM movimentos_estoque WHERE causa = 'SAIDA_OS'",
            "UPDATE movimentos_estoque SET ordem_id = NULL WHERE id = :id",
        ),
        Estrago(
            "SELECT MIN(id) FROM movimentos_estoque WHERE causa = 'ESTORNO'",
            "UPDATE movimentos_estoque SET estorno_de = NULL WHERE id = :id",
        ),
        Estrago(
            "SELECT MIN(id) FROM movimentos_estoque WHERE causa = 'AJUSTE'",
            "UPDATE movimentos_estoque SET motivo = NULL WHERE id = :id",
        ),
    ),
    "o que chegou não é o que saiu da outra loja": (
        Estrago(
            "SELECT MIN(id) FROM movimentos_estoque",
            "UPDATE movimentos_estoque SET par_id = id WHERE id = :id",
        ),
    ),
    "em execução ou depois sem um só orçamento principal aprovado": (
        Estrago(
            EM_EXECUCAO,
            "UPDATE orcamentos SET status = 'CANCELADO' "
            "WHERE ordem_id = :id AND complementar_de IS NULL",
        ),
        Estrago(EM_EXECUCAO, "UPDATE orcamentos SET complementar_de = NULL WHERE ordem_id = :id"),
        Estrago(ENTREGUE, "UPDATE ordens_servico SET orcamento_id = NULL WHERE id = :id"),
    ),
    "aprovado sem ordem que o execute": (
        Estrago(
            APROVADO,
            "UPDATE ordens_servico SET status = 'EM_DIAGNOSTICO' WHERE orcamento_id = :id",
        ),
        Estrago(APROVADO, "UPDATE orcamentos SET ordem_id = NULL WHERE id = :id"),
    ),
    "saída do estoque diferente do usado": (
        Estrago(
            ENTREGUE,
            "UPDATE orcamento_itens SET usada = usada - 1 WHERE usada > 1 AND orcamento_id IN "
            "(SELECT id FROM orcamentos WHERE ordem_id = :id) AND peca_id IS NOT NULL",
        ),
        Estrago(ENTREGUE, "DELETE FROM movimentos_estoque WHERE ordem_id = :id"),
        Estrago(
            EM_EXECUCAO,
            "UPDATE movimentos_estoque SET ordem_id = :id WHERE causa = 'AJUSTE'",
        ),
    ),
    "reservado diferente da soma das linhas em execução": (
        Estrago(RESERVADA, "UPDATE estoques SET reservado = reservado - 1 WHERE peca_id = :id"),
    ),
    "reserva em linha que não está em execução": (
        Estrago(
            "SELECT MIN(id) FROM orcamento_itens WHERE status = 'RECUSADO'",
            "UPDATE orcamento_itens SET reservada = 1 WHERE id = :id",
        ),
        Estrago(
            "SELECT MIN(i.id) FROM orcamento_itens i JOIN orcamentos q ON q.id = i.orcamento_id "
            "JOIN ordens_servico o ON o.id = q.ordem_id "
            "WHERE o.status = 'CANCELADA' AND i.status = 'APROVADO' AND i.peca_id IS NOT NULL",
            "UPDATE orcamento_itens SET reservada = 1 WHERE id = :id",
        ),
    ),
    "total diferente da soma das linhas": (
        Estrago(APROVADO, "UPDATE orcamentos SET valor_total = valor_total + 1 WHERE id = :id"),
        Estrago(APROVADO, "DELETE FROM orcamento_itens WHERE orcamento_id = :id"),
    ),
    "valor aprovado diferente das linhas aprovadas": (
        Estrago(
            APROVADO,
            "UPDATE orcamentos SET valor_aprovado = valor_aprovado - 1 WHERE id = :id",
        ),
        Estrago(
            APROVADO,
            "UPDATE orcamento_itens SET status = 'RECUSADO' WHERE orcamento_id = :id",
        ),
    ),
    "linha pendente em orçamento decidido, ou decidida em aberto": (
        Estrago(
            APROVADO,
            "UPDATE orcamento_itens SET status = 'PENDENTE' WHERE orcamento_id = :id",
        ),
        Estrago(
            "SELECT MIN(id) FROM orcamentos WHERE status = 'AGUARDANDO_APROVACAO'",
            "UPDATE orcamento_itens SET status = 'APROVADO' WHERE orcamento_id = :id",
        ),
    ),
    "mais de um orçamento principal vivo": (
        Estrago(AGUARDANDO, "UPDATE orcamentos SET status = 'RASCUNHO' WHERE ordem_id = :id"),
    ),
    "aguardando aprovação sem orçamento que espere": (
        Estrago(
            AGUARDANDO,
            "UPDATE orcamentos SET status = 'CANCELADO' "
            "WHERE ordem_id = :id AND status = 'AGUARDANDO_APROVACAO'",
        ),
    ),
    "encerrada com orçamento em aberto": (
        Estrago(AGUARDANDO, "UPDATE ordens_servico SET status = 'CANCELADA' WHERE id = :id"),
    ),
    "estorno diferente do que estorna": (
        Estrago(
            "SELECT MIN(id) FROM pagamentos WHERE estorno_de IS NOT NULL",
            "UPDATE pagamentos SET valor = valor - 1 WHERE id = :id",
        ),
        Estrago(
            "SELECT MIN(id) FROM pagamentos WHERE estorno_de IS NOT NULL",
            "UPDATE pagamentos SET ordem_id = "
            "(SELECT MIN(id) FROM ordens_servico WHERE status = 'EM_EXECUCAO') WHERE id = :id",
        ),
    ),
    "sem evento, ou com evento à frente da versão": (
        Estrago(
            EM_EXECUCAO,
            "DELETE FROM eventos WHERE entidade = 'ordens_servico' AND entidade_id = :id",
        ),
        Estrago(EM_EXECUCAO, "UPDATE ordens_servico SET versao = 1 WHERE id = :id"),
    ),
    "chave tomada sem resposta": (
        Estrago(
            "SELECT 0",
            "UPDATE idempotencia SET resposta = NULL WHERE caso = 'CriarKit'",
        ),
    ),
}
CASOS = [
    pytest.param(o_que, estrago, id=sem_acento(f"{o_que} {n}"))
    for o_que, estragos in ESTRAGOS.items()
    for n, estrago in enumerate(estragos, 1)
]


@pytest.fixture(scope="module", params=["sqlite", "mysql"])
def povoado(
    request: pytest.FixtureRequest, modelo_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Um banco cheio e são, que nenhum teste muda."""
    if request.param == "sqlite":
        caminho = tmp_path_factory.mktemp("verificacao") / "oficina.db"
        shutil.copy(modelo_sqlite, caminho)
        url = f"sqlite:///{caminho}"
        povoar(OficinaVigiada.em(url))
        yield url
        return
    servidor: Servidor = request.getfixturevalue("mysql")
    nome = f"oficina_teste_verificacao_{os.getpid()}"
    url = servidor.criar_banco(nome)
    manutencao.migrar(url)
    oficina = OficinaVigiada.em(url)
    povoar(oficina)
    oficina.fechar()
    yield url
    servidor.apagar_banco(nome)


@pytest.fixture
def motor(povoado: str) -> Iterator[Engine]:
    motor = abrir(povoado)
    yield motor
    motor.dispose()


# O MySQL só desliga uma condição de cada vez, na tabela; o MariaDB, todas, na sessão.
SEM_CONDICOES = {
    "sqlite": ("PRAGMA ignore_check_constraints = ON", "PRAGMA ignore_check_constraints = OFF"),
    "mysql": ("SET check_constraint_checks = OFF", "SET check_constraint_checks = ON"),
}


@contextmanager
def _sem_guarda(motor: Engine, guarda: str) -> Iterator[Connection]:
    """Uma transação em que entra o que a condição não deixaria, e que no fim se desfaz."""
    tabela, _, condicao = guarda.partition(".")
    no_mysql = guarda and motor.dialect.name == "mysql" and not eh_mariadb(motor)
    mudar = f"ALTER TABLE {tabela} ALTER CHECK {condicao}"
    desligar, ligar = SEM_CONDICOES[motor.dialect.name]
    with motor.connect() as conexao:
        if guarda:
            conexao.exec_driver_sql(f"{mudar} NOT ENFORCED" if no_mysql else desligar)
            conexao.commit()
        try:
            with gravando(conexao):
                yield conexao
                conexao.rollback()
        finally:
            if guarda:
                conexao.exec_driver_sql(f"{mudar} ENFORCED" if no_mysql else ligar)
            conexao.rollback()


def _estragar(conexao: Connection, estrago: Estrago) -> int:
    alvo = conexao.execute(text(estrago.alvo)).scalar()
    assert alvo is not None, "falta no banco povoado o que estragar"
    valores = {"id": alvo} if ":id" in estrago.comando else {}
    assert conexao.execute(text(estrago.comando), valores).rowcount, "o estrago não pegou"
    return int(alvo)


def test_banco_sao_nao_acusa_nada(povoado: str) -> None:
    assert verificar(povoado) == ()


def test_cada_regra_tem_aqui_um_estrago() -> None:
    assert {regra.o_que for regra in REGRAS} == set(ESTRAGOS)
    assert len({regra.o_que for regra in REGRAS}) == len(REGRAS)


@pytest.mark.parametrize(("o_que", "estrago"), CASOS)
def test_a_regra_acusa_o_registro_que_nao_fecha(
    motor: Engine, o_que: str, estrago: Estrago
) -> None:
    (regra,) = (regra for regra in REGRAS if regra.o_que == o_que)
    with _sem_guarda(motor, estrago.contra) as conexao:
        id = _estragar(conexao, estrago)
        achadas = [d for d in _das_regras(conexao) if d.detalhe.startswith(f"{o_que} (")]
    acusadas = {(d.invariante, d.entidade, d.id) for d in achadas}
    assert acusadas == {(regra.invariante, regra.entidade, id)}


@pytest.mark.parametrize(
    "comando",
    [
        "UPDATE orcamento_itens SET total = total + 1 WHERE id = :id",
        "UPDATE orcamento_itens SET preco_unitario = preco_unitario + 100 WHERE id = :id",
        "UPDATE orcamento_itens SET desconto = desconto + 1 WHERE id = :id",
        "UPDATE orcamento_itens SET unidade = 'un' WHERE id = :id",
    ],
    ids=["total", "preço", "desconto", "unidade"],
)
def test_o_total_da_linha_se_refaz_com_o_arredondamento_do_dominio(
    motor: Engine, comando: str
) -> None:
    de_oleo = "SELECT MIN(id) FROM orcamento_itens WHERE unidade = 'l'"
    with _sem_guarda(motor, "") as conexao:
        id = _estragar(conexao, Estrago(de_oleo, comando))
        achadas = _das_linhas(conexao)
    assert [(d.invariante, d.entidade, d.id) for d in achadas] == [("I6", "item", id)]


@pytest.mark.parametrize(
    ("coluna", "valor"), [("delta", "4"), ("peca_id", "peca_id + 1"), ("loja_id", "1, seq = 99")]
)
def test_os_dois_lados_de_uma_transferencia_se_anulam_na_mesma_peca(
    url: str, coluna: str, valor: str
) -> None:
    oficina = OficinaLocal.em(url)
    cenario.peca(oficina, "FILTRO", estoque="10", custo="20.00")
    cenario.peca(oficina, "OUTRA")
    levar = TransferirEstoque(
        peca_id="FILTRO", quantidade=Decimal(3), de=1, para=cenario.filial(oficina)
    )
    chegada = oficina.executar(levar).lojas[1].movimento_id
    oficina.fechar()
    assert verificar(url) == ()
    motor = abrir(url)
    with gravando(motor) as conexao:
        mudar = f"UPDATE movimentos_estoque SET {coluna} = {valor} WHERE id = {chegada}"  # noqa: S608
        conexao.exec_driver_sql(mudar)
    motor.dispose()
    achadas = [d.id for d in verificar(url) if "saiu da outra loja" in d.detalhe]
    assert achadas == [chegada]


def test_verificar_diz_o_invariante_o_registro_o_achado_e_o_esperado(url: str) -> None:
    oficina = OficinaLocal.em(url)
    peca = cenario.peca(oficina, "FILTRO", estoque="10", custo="20.00")
    oficina.fechar()
    motor = abrir(url)
    with gravando(motor) as conexao:
        conexao.execute(text("UPDATE estoques SET estoque = 9"))
    motor.dispose()
    assert verificar(url) == (
        Divergencia(
            invariante="I2",
            entidade="peca",
            id=peca,
            detalhe="estoque diferente da soma dos movimentos (9, e não 10)",
        ),
    )


def test_conferir_nao_cria_nem_migra_nada(tmp_path: Path) -> None:
    """Endereço errado em uma tarefa agendada não pode dar certo para sempre."""
    arquivo = tmp_path / "ofcina.db"
    with pytest.raises(Indisponivel, match="não existe"):
        verificar(f"sqlite:///{arquivo}")
    assert not arquivo.exists()
    arquivo.touch()
    with pytest.raises(Indisponivel, match="oficina banco migrar"):
        verificar(f"sqlite:///{arquivo}")
    assert arquivo.stat().st_size == 0


def test_arquivo_estragado_nao_passa_por_sao(url_sqlite: str) -> None:
    arquivo = Path(url_sqlite.removeprefix("sqlite:///"))
    oficina = OficinaLocal.em(url_sqlite)
    for i in range(200):
        oficina.executar(CriarCliente(nome=f"Ana {i}", telefone="11987654321"))
    oficina.fechar()
    conteudo = bytearray(arquivo.read_bytes())
    pagina = next(
        i for i in range(4096, len(conteudo), 4096) if b"ana 150" in conteudo[i : i + 4096]
    )
    conteudo[pagina + 8 : pagina + 200] = bytes(192)
    arquivo.write_bytes(conteudo)
    assert "arquivo" in _o_que_diz(url_sqlite)


def _o_que_diz(url: str) -> set[str]:
    """As invariantes apontadas; o arquivo que nem se lê também é do arquivo."""
    try:
        return {divergencia.invariante for divergencia in verificar(url)}
    except Indisponivel as erro:
        return {"arquivo"} if "danificado" in str(erro) else set()
