"""O banco falha em cada comando, na confirmação e na porta: um efeito só, ou nenhum, e uma frase.

A varredura: cada gravação se repete uma vez para cada comando k que ela dá. Em cada k, primeiro a
falha que não passa, que tem de deixar o banco como estava: 1205, que deixa a transação aberta com
os k - 1 comandos feitos, ou, no SQLite, o disco cheio. Depois, com a mesma chave, a falha que passa
na tentativa seguinte, que tem de dar o efeito de uma execução só. No MySQL são três em rodízio, e
comandos vizinhos recebem falhas diferentes: 1213, com a transação desfeita de verdade; 2013, com a
conexão fechada de verdade; e 1205 de novo. Por fim, o mesmo pedido repetido. As falhas da
confirmação são todas em todas as gravações. `verificar` confere o efeito certo, a que os outros
têm de ser iguais, e o banco no fim de cada teste.
"""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, NoReturn

import pymysql
import pytest
from pymysql.constants import SERVER_STATUS
from sqlalchemy import Connection, Engine, event, make_url, select, text, update
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.exc import TimeoutError as FilaCheia

from oficina_core.banco import falhas, idempotencia, local, manutencao, motor
from oficina_core.banco.falhas import MOTIVOS, SEM_RESPOSTA, Reacao, insistir, reacao, traduzir
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir, gravando
from oficina_core.banco.tabelas import metadata
from oficina_core.banco.verificacao import verificar
from oficina_core.casos.clientes import CriarCliente, DadosCliente, ListarClientes
from oficina_core.casos.clientes_anonimizacao import AnonimizarCliente
from oficina_core.casos.entrada import PedirCodigo, UsarCodigo, Veredito
from oficina_core.casos.estoque import EntradaEstoque
from oficina_core.casos.funcionarios import DesativarFuncionario
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.links import CriarLink, DecidirPeloLink, VerPeloLink
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.mensagens import ListarMensagens, TomarMensagem
from oficina_core.casos.orcamentos import EnviarOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import AnotarOrdem, VerOrdem
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, FinalizarOrdem
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.casos.pecas_importacao import ImportarPecas, LinhaImportadaPeca
from oficina_core.casos.portas import CasoDeUso, Oficina, Pedido
from oficina_core.casos.veiculos import DadosVeiculo
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.codigo import resumir
from oficina_core.dominio.erros import (
    Conflito,
    DadoInvalido,
    Indisponivel,
    NaoEncontrado,
    NaoIdentificado,
    VersaoAntiga,
)
from oficina_core.dominio.link import SituacaoLink
from oficina_core.dominio.pagamento import FormaPagamento
from tests import cenario
from tests.conftest import OficinaVigiada
from tests.servidor_mysql import Servidor, eh_mariadb
from tests.vestigios import onde_esta

INSTANTE = datetime(2026, 11, 23, 12, tzinfo=UTC)
CHAVE = Pedido(chave="chave-da-varredura")
ANA = CriarCliente(nome="Ana", telefone="(11) 98765-4321")

Preparo = Callable[[Oficina], CasoDeUso[Any]]
Foto = dict[str, list[dict[str, Any]]]
Falha = Callable[[Any], NoReturn]


def _abrir(_: Oficina) -> CasoDeUso[Any]:
    return AbrirOrdem(
        veiculo_id=cenario.PLACA,
        veiculo=DadosVeiculo(marca="VW", modelo="Gol", ano=2015),
        cliente=DadosCliente(nome="Ana Conceição", documento=cenario.CPF_ANA),
        km=50_000,
        kits=("TROCA-OLEO",),
    )


def _enviar(oficina: Oficina) -> CasoDeUso[Any]:
    ordem = cenario.abrir(oficina, kits=("TROCA-OLEO",))
    return EnviarOrcamento(orcamento_id=ordem.orcamentos[0].id)


def _aprovar(oficina: Oficina) -> CasoDeUso[Any]:
    return AprovarOrcamento(orcamento_id=cenario.enviado(oficina).id)


def _complementar(oficina: Oficina) -> CasoDeUso[Any]:
    ordem = cenario.em_execucao(oficina)
    pecas = (ItemPedido(id="PASTILHA", quantidade=Decimal(3)), "FILTRO")
    complementar = cenario.complementar(oficina, ordem.id, *pecas)
    return AprovarOrcamento(orcamento_id=complementar.id, permitir_falta=True)


def _entrada(oficina: Oficina) -> CasoDeUso[Any]:
    oficina.executar(_complementar(oficina))
    return EntradaEstoque(peca_id="PASTILHA", quantidade=Decimal(5), custo=Decimal("110.50"))


def _finalizar(oficina: Oficina) -> CasoDeUso[Any]:
    return FinalizarOrdem(ordem_id=cenario.em_execucao(oficina).id)


def _cancelar(oficina: Oficina) -> CasoDeUso[Any]:
    ordem = cenario.em_execucao(oficina)
    cenario.complementar(oficina, ordem.id, "FILTRO")
    return CancelarOrdem(ordem_id=ordem.id, motivo="o cliente desistiu")


def _pagar(oficina: Oficina) -> CasoDeUso[Any]:
    ordem = cenario.em_execucao(oficina)
    return RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=Decimal(50))


def _importar(oficina: Oficina) -> CasoDeUso[Any]:
    nova = LinhaImportadaPeca(
        linha=2, codigo="VELA", nome="Vela", preco=Decimal(30), estoque=Decimal(8)
    )
    outra = LinhaImportadaPeca(linha=3, codigo="CORREIA", nome="Correia", preco=Decimal(90))
    mudada = LinhaImportadaPeca(linha=4, codigo="FILTRO", nome="Filtro", preco=Decimal(40))
    return ImportarPecas(linhas=(nova, outra, mudada), atualizar=True)


def _anonimizar(oficina: Oficina) -> CasoDeUso[Any]:
    ordem = cenario.abrir(oficina, queixa="A Conceição ouve um barulho", kits=("TROCA-OLEO",))
    oficina.executar(AnotarOrdem(ordem_id=ordem.id, texto="Ana espera"))
    enviado = EnviarOrcamento(orcamento_id=ordem.orcamentos[0].id)
    oficina.executar(CriarLink(orcamento_id=oficina.executar(enviado).id))
    oficina.executar(CancelarOrdem(ordem_id=ordem.id, motivo="a Ana desistiu"))
    return AnonimizarCliente(cliente_id=ordem.cliente_id, motivo="pediu por carta")


GRAVACOES: dict[str, Preparo] = {
    "abrir": _abrir,
    "enviar": _enviar,
    "aprovar": _aprovar,
    "complementar": _complementar,
    "entrada": _entrada,
    "finalizar": _finalizar,
    "cancelar": _cancelar,
    "pagar": _pagar,
    "importar": _importar,
    "anonimizar": _anonimizar,
}


def _impasse(cursor: Any) -> NoReturn:
    cursor.connection.rollback()
    raise pymysql.err.OperationalError(1213, "Deadlock found when trying to get lock")


def _espera(cursor: Any) -> NoReturn:
    raise pymysql.err.OperationalError(1205, "Lock wait timeout exceeded")


def _queda(cursor: Any) -> NoReturn:
    cursor.connection._force_close()
    raise pymysql.err.OperationalError(2013, "Lost connection to MySQL server during query")


def _do_sqlite(numero: int) -> sqlite3.OperationalError:
    erro = sqlite3.OperationalError(f"código {numero}")
    erro.sqlite_errorcode = numero
    return erro


def _ocupado(cursor: Any) -> NoReturn:
    raise _do_sqlite(sqlite3.SQLITE_BUSY)


def _cheio(cursor: Any) -> NoReturn:
    raise _do_sqlite(sqlite3.SQLITE_FULL)


PASSAM = {"mysql": (_impasse, _queda, _espera), "sqlite": (_ocupado,)}
NAO_PASSA = {"mysql": _espera, "sqlite": _cheio}


class Sabotagem:
    """Conta os comandos de um motor e faz falhar o que se mandar, com o erro do driver."""

    def __init__(self, motor: Engine) -> None:
        self._motor = motor
        self.feitos = 0
        self.falhou = False
        self._onde = 0
        self._falha: Falha = _espera
        self._sempre = False
        for nome in ("do_execute", "do_executemany", "do_execute_no_params"):
            event.listen(motor, nome, self._passar)
        event.listen(motor, "rollback", self._recomecar)

    def armar(self, onde: int = 0, falha: Falha = _espera, *, sempre: bool = False) -> None:
        """No comando `onde` a contar de agora; com `sempre`, no de cada transação."""
        self.feitos, self.falhou = 0, False
        self._onde, self._falha, self._sempre = onde, falha, sempre

    def _passar(self, cursor: Any, *_: Any) -> None:
        self.feitos += 1
        if self.feitos == self._onde and (self._sempre or not self.falhou):
            self.falhou = True
            self._falha(cursor)

    def _recomecar(self, _: Connection) -> None:
        if self._sempre:
            self.feitos = 0

    def na_confirmacao(self, falha: Callable[[Any, Callable[[], None]], None]) -> None:
        """Na próxima confirmação, e só nela; `falha` recebe a conexão e como confirmar."""
        dialeto = self._motor.dialect
        self.falhou = False

        def confirmar(conexao: Any) -> None:
            del dialeto.do_commit
            self.falhou = True
            falha(conexao, lambda: dialeto.do_commit(conexao))

        dialeto.do_commit = confirmar  # type: ignore[assignment, method-assign]


class Bancada:
    """Uma oficina pronta para uma gravação, o banco como estava e como fica."""

    def __init__(self, url: str, preparar: Preparo) -> None:
        self.oficina = OficinaVigiada.em(url, lambda: INSTANTE)
        self._motor = abrir(url)
        self.dialeto = self._motor.dialect.name
        cenario.catalogo(self.oficina)
        self.caso = preparar(self.oficina)
        self.antes = self.fotografar()
        self.sabotagem = Sabotagem(self.oficina._motor)
        self.resposta = self.executar()
        self.comandos = self.sabotagem.feitos
        self.efeito = self.efeito_de(self.fotografar())
        assert verificar(url) == ()

    def executar(self) -> Any:
        return self.oficina.executar(self.caso, CHAVE)

    def fotografar(self) -> Foto:
        with self._motor.connect() as conexao:
            return {
                nome: [
                    dict(linha)
                    for linha in conexao.execute(
                        select(tabela).order_by(*tabela.primary_key)
                    ).mappings()
                ]
                for nome, tabela in metadata.tables.items()
            }

    def efeito_de(self, depois: Foto) -> Foto:
        """A foto com os números novos trocados pela ordem em que nasceram: o banco os pula."""
        novos = {
            nome: {
                id: f"novo {ordem}"
                for ordem, id in enumerate(
                    sorted({x["id"] for x in linhas} - {x["id"] for x in self.antes[nome]}), 1
                )
            }
            for nome, linhas in depois.items()
            if "id" in metadata.tables[nome].c
        }
        return {
            nome: [_sem_numeros(nome, linha, novos) for linha in linhas]
            for nome, linhas in depois.items()
        }

    def repor(self) -> None:
        """O banco volta a ser o de antes da gravação."""
        agora = self.fotografar()
        mudadas = [nome for nome in metadata.tables if agora[nome] != self.antes[nome]]
        with self._motor.connect() as conexao:
            _conferir_chaves(conexao, ligar=False)
            with gravando(conexao):
                for nome in mudadas:
                    conexao.execute(metadata.tables[nome].delete())
                    if self.antes[nome]:
                        conexao.execute(metadata.tables[nome].insert(), self.antes[nome])
            _conferir_chaves(conexao, ligar=True)

    def fechar(self) -> None:
        self.oficina.fechar()
        self._motor.dispose()


def _sem_numeros(
    nome: str, linha: dict[str, Any], novos: dict[str, dict[int, str]]
) -> dict[str, Any]:
    trocada = dict(linha)
    for coluna in metadata.tables[nome].c:
        de = nome if coluna.name == "id" else None
        for chave in coluna.foreign_keys:
            de = chave.column.table.name
        if nome == "eventos" and coluna.name == "entidade_id":
            de = linha["entidade"]
        valor = linha[coluna.name]
        trocada[coluna.name] = novos.get(de or "", {}).get(valor, valor)
    for com_numeros in ("diferenca", "resposta"):
        if com_numeros in trocada:
            trocada[com_numeros] = bool(trocada[com_numeros])
    return trocada


def _conferir_chaves(conexao: Connection, *, ligar: bool) -> None:
    """Fora de transação, que dentro dela o SQLite não obedece."""
    cursor = conexao.connection.cursor()
    if conexao.dialect.name == "sqlite":
        cursor.execute(f"PRAGMA foreign_keys = {int(ligar)}")
    else:
        cursor.execute(f"SET FOREIGN_KEY_CHECKS = {int(ligar)}")
    cursor.close()


@pytest.fixture(autouse=True)
def sem_esperas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sem a pausa entre as tentativas."""
    monkeypatch.setattr(falhas, "sleep", lambda _: None)


@pytest.fixture(params=GRAVACOES)
def bancada(url: str, request: pytest.FixtureRequest) -> Iterator[Bancada]:
    bancada = Bancada(url, GRAVACOES[request.param])
    yield bancada
    bancada.fechar()
    assert verificar(url) == ()


def test_falhar_em_qualquer_comando_da_um_efeito_ou_nenhum(bancada: Bancada) -> None:
    passam, nao_passa = PASSAM[bancada.dialeto], NAO_PASSA[bancada.dialeto]
    for k in range(1, bancada.comandos + 1):
        bancada.repor()
        bancada.sabotagem.armar(k, nao_passa, sempre=True)
        with pytest.raises(Indisponivel):
            bancada.executar()
        assert bancada.fotografar() == bancada.antes, f"ficou metade ao falhar o comando {k}"

        bancada.sabotagem.armar(k, passam[k % len(passam)])
        resposta = bancada.executar()
        assert bancada.sabotagem.falhou
        depois = bancada.fotografar()
        assert bancada.efeito_de(depois) == bancada.efeito, f"outro efeito ao falhar o comando {k}"
        assert bancada.executar() == resposta
        assert bancada.fotografar() == depois


def _cai_confirmado(conexao: Any, confirmar: Callable[[], None]) -> None:
    confirmar()
    conexao.dbapi_connection._force_close()
    raise pymysql.err.OperationalError(2013, "Lost connection to MySQL server during query")


def _cai_antes(conexao: Any, confirmar: Callable[[], None]) -> None:
    conexao.dbapi_connection._force_close()
    raise pymysql.err.OperationalError(2013, "Lost connection to MySQL server during query")


def _perde_a_vez(conexao: Any, confirmar: Callable[[], None]) -> None:
    conexao.rollback()
    raise pymysql.err.OperationalError(1213, "Deadlock found when trying to get lock")


def _arquivo_ocupado(conexao: Any, confirmar: Callable[[], None]) -> None:
    raise _do_sqlite(sqlite3.SQLITE_BUSY)


def _confirma_e_ocupa(conexao: Any, confirmar: Callable[[], None]) -> None:
    confirmar()
    raise _do_sqlite(sqlite3.SQLITE_BUSY)


def _disco_cheio(conexao: Any, confirmar: Callable[[], None]) -> None:
    raise _do_sqlite(sqlite3.SQLITE_FULL)


NA_CONFIRMACAO = {
    "mysql": (_cai_confirmado, _cai_antes, _perde_a_vez),
    "sqlite": (_arquivo_ocupado,),
}


def test_falhar_na_confirmacao_da_um_efeito_so(bancada: Bancada) -> None:
    for falha in NA_CONFIRMACAO[bancada.dialeto]:
        bancada.repor()
        bancada.sabotagem.na_confirmacao(falha)
        resposta = bancada.executar()
        assert bancada.sabotagem.falhou
        depois = bancada.fotografar()
        assert bancada.efeito_de(depois) == bancada.efeito, falha.__name__
        assert bancada.executar() == resposta
        assert bancada.fotografar() == depois


def test_repetir_o_pedido_com_o_banco_a_falhar_da_a_mesma_resposta(bancada: Bancada) -> None:
    depois = bancada.fotografar()
    bancada.sabotagem.armar()
    assert bancada.executar() == bancada.resposta
    passam = PASSAM[bancada.dialeto]
    for k in range(1, bancada.sabotagem.feitos + 1):
        for falha in passam:
            bancada.sabotagem.armar(k, falha)
            assert bancada.executar() == bancada.resposta
            assert bancada.sabotagem.falhou
    assert bancada.fotografar() == depois


def test_resposta_guardada_por_outra_versao_diz_que_o_pedido_ja_valeu(local: OficinaLocal) -> None:
    """A ficha cresceu entre o pedido e a repetição: o campo que falta não é de quem pede."""
    local.executar(ANA, CHAVE)
    with gravando(local._motor) as conexao:
        conexao.execute(update(idempotencia.IDE).values(resposta='{"id":1}'))
    with pytest.raises(Conflito, match="já foi atendido"):
        local.executar(ANA, CHAVE)
    assert len(local.executar(ListarClientes()).itens) == 1


@pytest.fixture
def finalizar(url: str) -> Iterator[Bancada]:
    """Uma gravação comprida, já feita."""
    bancada = Bancada(url, _finalizar)
    yield bancada
    bancada.fechar()
    assert verificar(url) == ()


def test_sem_chave_dita_a_confirmacao_sem_resposta_ainda_da_um_efeito_so(
    finalizar: Bancada,
) -> None:
    finalizar.repor()
    finalizar.sabotagem.na_confirmacao(NA_CONFIRMACAO[finalizar.dialeto][0])
    assert finalizar.oficina.executar(finalizar.caso) == finalizar.resposta
    efeito = finalizar.efeito_de(finalizar.fotografar())
    for foto in (efeito, finalizar.efeito):
        for linha in foto["idempotencia"]:
            linha["chave"] = ""
    assert efeito == finalizar.efeito


@pytest.fixture
def perder(local: OficinaLocal) -> Callable[[], None]:
    """Manda que a próxima confirmação valha, e que a resposta dela não chegue."""
    sabotagem, dialeto = Sabotagem(local._motor), local._motor.dialect.name
    falha = _cai_confirmado if dialeto == "mysql" else _confirma_e_ocupa
    return partial(sabotagem.na_confirmacao, falha)


def test_o_codigo_que_este_pedido_gastou_prova_quem_e(
    local: OficinaLocal, perder: Callable[[], None]
) -> None:
    cliente = cenario.cliente(local)
    local.executar(PedirCodigo(cpf=cenario.CPF_ANA, origem="aqui"))
    carta = local.executar(TomarMensagem())
    assert carta
    perder()
    usar = UsarCodigo(cpf=cenario.CPF_ANA, codigo=carta.segredo, origem="aqui")
    assert local.executar(usar) == Veredito(cliente_id=cliente.id, espera=0)
    assert local.executar(usar).cliente_id is None, "e continua a servir uma vez só"


def test_a_resposta_que_este_pedido_deu_pelo_link_nao_se_recusa(
    local: OficinaLocal, perder: Callable[[], None]
) -> None:
    cenario.catalogo(local)
    orcamento = cenario.enviado(local)
    perder()
    link = local.executar(CriarLink(orcamento_id=orcamento.id))
    dele = local.como(local.link(resumir(link.segredo)))
    pagina = dele.executar(VerPeloLink())
    perder()
    linhas = tuple(item.id for item in orcamento.itens)
    resposta = dele.executar(
        DecidirPeloLink(linhas=linhas, conteudo=pagina.conteudo, endereco="203.0.113.9")
    )
    assert resposta.situacao is SituacaoLink.DECIDIDO


def test_quem_muda_a_si_mesmo_e_perde_a_resposta_nao_ouve_que_falhou(
    local: OficinaLocal, perder: Callable[[], None]
) -> None:
    ze = cenario.funcionario(local, Papel.GERENTE)
    dele = local.como(cenario.sujeito(ze))
    perder()
    assert dele.executar(DesativarFuncionario(funcionario_id=ze.id)).id == ze.id
    with pytest.raises(NaoIdentificado, match="desativado"):
        dele.executar(ListarMensagens())


def test_sem_a_resposta_da_confirmacao_ainda_sai_um_codigo_so(
    local: OficinaLocal, perder: Callable[[], None]
) -> None:
    cenario.cliente(local)
    perder()
    local.executar(PedirCodigo(cpf=cenario.CPF_ANA, origem="aqui"))
    assert len(local.executar(ListarMensagens()).itens) == 1
    perder()
    carta = local.executar(TomarMensagem())
    assert carta
    assert local.executar(TomarMensagem()) is None
    with local._motor.connect() as conexao:
        guardados = conexao.scalars(select(metadata.tables["codigos"].c.resumo)).all()
    assert guardados == [resumir(carta.segredo)]
    assert onde_esta(local._motor, carta.segredo) == []


def test_disco_cheio_na_confirmacao_nao_deixa_nada_e_depois_da_certo(url_sqlite: str) -> None:
    bancada = Bancada(url_sqlite, _aprovar)
    bancada.repor()
    bancada.sabotagem.na_confirmacao(_disco_cheio)
    with pytest.raises(Indisponivel, match="disco está cheio"):
        bancada.executar()
    assert bancada.fotografar() == bancada.antes
    bancada.executar()
    assert bancada.efeito_de(bancada.fotografar()) == bancada.efeito
    bancada.fechar()


def test_ler_e_simular_passam_pelas_mesmas_falhas_sem_deixar_nada(finalizar: Bancada) -> None:
    ver = VerOrdem(ordem_id=finalizar.caso.ordem_id)  # type: ignore[attr-defined]
    finalizar.repor()
    lida = finalizar.oficina.executar(ver)
    simulada = finalizar.oficina.simular(finalizar.caso)
    leituras: tuple[tuple[Callable[[], object], object], ...] = (
        (lambda: finalizar.oficina.executar(ver), lida),
        (lambda: finalizar.oficina.simular(finalizar.caso).resultado, simulada.resultado),
    )
    passam = PASSAM[finalizar.dialeto]
    for pedir, esperado in leituras:
        pedir()  # a conexão fica no modo deste pedido, e os seguintes mandam o mesmo tanto
        finalizar.sabotagem.armar()
        pedir()
        for k in range(1, finalizar.sabotagem.feitos + 1):
            finalizar.sabotagem.armar(k, passam[k % len(passam)])
            assert pedir() == esperado
            assert finalizar.sabotagem.falhou
    finalizar.sabotagem.armar()
    assert finalizar.fotografar() == finalizar.antes


def test_falhar_na_limpeza_das_chaves_nao_estraga_o_que_ja_se_gravou(
    finalizar: Bancada, monkeypatch: pytest.MonkeyPatch
) -> None:
    finalizar.repor()
    monkeypatch.setattr(local, "LIMPEZA", 1)
    finalizar.sabotagem.armar(finalizar.comandos + 1, NAO_PASSA[finalizar.dialeto])
    assert finalizar.executar() == finalizar.resposta
    assert finalizar.sabotagem.falhou


@pytest.mark.parametrize(
    "falta", [FilaCheia(), Indisponivel("O servidor não aceitou a sessão.")], ids=["fila", "sessão"]
)
def test_faltar_conexao_para_a_limpeza_nao_estraga_o_que_ja_se_gravou(
    url_sqlite: str, monkeypatch: pytest.MonkeyPatch, falta: Exception
) -> None:
    """A limpeza pede outra conexão, e o pool pode não ter: o pedido já valeu."""
    oficina = OficinaVigiada.em(url_sqlite)

    def sem_conexao(*_: object) -> None:
        raise falta

    monkeypatch.setattr(local, "LIMPEZA", 1)
    monkeypatch.setattr(idempotencia, "limpar", sem_conexao)
    assert oficina.executar(ANA).nome == "Ana"
    oficina.fechar()


def _de_mysql(numero: int) -> DBAPIError:
    return DatabaseError("", {}, pymysql.err.OperationalError(numero, "do servidor"))


ESPERADO_MYSQL: dict[int, tuple[Reacao, type[Exception], str]] = {
    1213: (Reacao.REPETIR, Indisponivel, SEM_RESPOSTA),
    1412: (Reacao.REPETIR, Indisponivel, SEM_RESPOSTA),
    1317: (Reacao.REPETIR, Indisponivel, "a tempo"),
    1862: (Reacao.OCUPADO, Indisponivel, "venceu"),
    2026: (Reacao.OCUPADO, Indisponivel, "TLS"),
    3032: (Reacao.OCUPADO, Indisponivel, "a tempo"),
    3118: (Reacao.OCUPADO, Indisponivel, "bloqueado"),
    3955: (Reacao.OCUPADO, Indisponivel, "bloqueado"),
    3100: (Reacao.RECONECTAR, Indisponivel, SEM_RESPOSTA),
    3101: (Reacao.RECONECTAR, Indisponivel, SEM_RESPOSTA),
    **dict.fromkeys(
        (1026, 1030, 1037, 1038, 1041, 1135, 1180), (Reacao.OCUPADO, Indisponivel, SEM_RESPOSTA)
    ),
    1020: (Reacao.REPETIR, Indisponivel, SEM_RESPOSTA),
    1205: (Reacao.REPETIR_POUCO, Indisponivel, "Outra pessoa está gravando"),
    2006: (Reacao.RECONECTAR, Indisponivel, SEM_RESPOSTA),
    2013: (Reacao.RECONECTAR, Indisponivel, SEM_RESPOSTA),
    2014: (Reacao.RECONECTAR, Indisponivel, SEM_RESPOSTA),
    2055: (Reacao.RECONECTAR, Indisponivel, SEM_RESPOSTA),
    1290: (Reacao.RECONECTAR, Indisponivel, SEM_RESPOSTA),
    1836: (Reacao.RECONECTAR, Indisponivel, SEM_RESPOSTA),
    1053: (Reacao.RECONECTAR, Indisponivel, SEM_RESPOSTA),
    0: (Reacao.RECONECTAR, Indisponivel, SEM_RESPOSTA),
    1062: (Reacao.REPETIDO, Conflito, "Já existe um registro igual"),
    3819: (Reacao.GUARDA, Conflito, "O banco recusou a mudança"),
    4025: (Reacao.GUARDA, Conflito, "O banco recusou a mudança"),
    1451: (Reacao.GUARDA, Conflito, "O banco recusou a mudança"),
    1452: (Reacao.GUARDA, Conflito, "O banco recusou a mudança"),
    1264: (Reacao.INVALIDO, DadoInvalido, "não cabe no banco"),
    1366: (Reacao.INVALIDO, DadoInvalido, "não cabe no banco"),
    1406: (Reacao.INVALIDO, DadoInvalido, "não cabe no banco"),
    1021: (Reacao.OCUPADO, Indisponivel, "disco do servidor"),
    1114: (Reacao.OCUPADO, Indisponivel, "disco do servidor"),
    1129: (Reacao.OCUPADO, Indisponivel, SEM_RESPOSTA),
    1130: (Reacao.OCUPADO, Indisponivel, "não aceita esta máquina"),
    1142: (Reacao.OCUPADO, Indisponivel, "não tem direito"),
    1698: (Reacao.OCUPADO, Indisponivel, "DB_USER e DB_PASSWORD"),
    1969: (Reacao.OCUPADO, Indisponivel, "demorou demais"),
    1040: (Reacao.OCUPADO, Indisponivel, SEM_RESPOSTA),
    1203: (Reacao.OCUPADO, Indisponivel, SEM_RESPOSTA),
    1226: (Reacao.OCUPADO, Indisponivel, SEM_RESPOSTA),
    1227: (Reacao.OCUPADO, Indisponivel, "não tem direito"),
    1044: (Reacao.OCUPADO, Indisponivel, "DB_USER e DB_NAME"),
    1045: (Reacao.OCUPADO, Indisponivel, "DB_USER e DB_PASSWORD"),
    1049: (Reacao.OCUPADO, Indisponivel, "Esse banco não existe"),
    1146: (Reacao.OCUPADO, Indisponivel, "oficina banco migrar"),
    2003: (Reacao.OCUPADO, Indisponivel, "DB_HOST e DB_PORT"),
    3024: (Reacao.OCUPADO, Indisponivel, "demorou demais"),
}
ESPERADO_SQLITE: dict[int, tuple[Reacao, type[Exception], str]] = {
    sqlite3.SQLITE_BUSY: (Reacao.REPETIR_POUCO, Indisponivel, "Outro programa está gravando"),
    sqlite3.SQLITE_LOCKED: (Reacao.REPETIR_POUCO, Indisponivel, SEM_RESPOSTA),
    sqlite3.SQLITE_READONLY: (Reacao.OCUPADO, Indisponivel, "não aceita gravação"),
    sqlite3.SQLITE_INTERRUPT: (Reacao.OCUPADO, Indisponivel, "demorou demais"),
    sqlite3.SQLITE_IOERR: (Reacao.OCUPADO, Indisponivel, "O disco falhou ou está cheio"),
    sqlite3.SQLITE_CORRUPT: (Reacao.OCUPADO, Indisponivel, "danificado"),
    sqlite3.SQLITE_FULL: (Reacao.OCUPADO, Indisponivel, "disco está cheio"),
    sqlite3.SQLITE_CANTOPEN: (Reacao.OCUPADO, Indisponivel, "Não foi possível abrir"),
    sqlite3.SQLITE_NOTADB: (Reacao.OCUPADO, Indisponivel, "não é um banco da oficina"),
    sqlite3.SQLITE_CONSTRAINT_CHECK: (Reacao.GUARDA, Conflito, "O banco recusou a mudança"),
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: (Reacao.GUARDA, Conflito, "O banco recusou a mudança"),
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: (Reacao.REPETIDO, Conflito, "Já existe"),
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: (Reacao.REPETIDO, Conflito, "Já existe"),
}


def test_cada_erro_da_tabela_tem_aqui_a_sua_linha() -> None:
    assert ESPERADO_MYSQL.keys() == falhas.MYSQL.keys()
    assert ESPERADO_SQLITE.keys() == falhas.SQLITE.keys()


@pytest.mark.parametrize(
    ("erro", "esperado"),
    [
        *((_de_mysql(numero), esperado) for numero, esperado in ESPERADO_MYSQL.items()),
        *(
            (DatabaseError("", {}, _do_sqlite(numero)), esperado)
            for numero, esperado in ESPERADO_SQLITE.items()
        ),
    ],
    ids=[*map(str, ESPERADO_MYSQL), *(f"sqlite-{numero}" for numero in ESPERADO_SQLITE)],
)
def test_cada_erro_tem_a_sua_reacao_e_a_sua_frase(
    erro: DBAPIError, esperado: tuple[Reacao, type[Exception], str]
) -> None:
    reage, tipo, frase = esperado
    assert reacao(erro) is reage
    traduzido = traduzir(erro)
    assert type(traduzido) is tipo
    assert frase in str(traduzido)


def test_o_codigo_estendido_do_sqlite_vale_pelo_que_ele_estende() -> None:
    ocupado = DatabaseError("", {}, _do_sqlite(sqlite3.SQLITE_BUSY_RECOVERY))
    assert reacao(ocupado) is Reacao.REPETIR_POUCO
    travado = traduzir(DatabaseError("", {}, _do_sqlite(sqlite3.SQLITE_READONLY_DBMOVED)))
    assert isinstance(travado, Indisponivel)
    assert str(travado) == MOTIVOS[sqlite3.SQLITE_READONLY]


@pytest.mark.parametrize(
    "erro",
    [
        _de_mysql(1064),
        DatabaseError("", {}, _do_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT)),
        DatabaseError("", {}, _do_sqlite(sqlite3.SQLITE_ERROR)),
    ],
    ids=["sintaxe", "leu antes da vez", "sqlite"],
)
def test_defeito_do_programa_nao_se_disfarca_nem_se_repete(erro: DBAPIError) -> None:
    tentativas = []

    def tentar() -> None:
        tentativas.append(1)
        raise erro

    with pytest.raises(DatabaseError):
        insistir(tentar, versao_dita=False)
    assert len(tentativas) == 1
    assert traduzir(erro) is None


VIOLACOES = {
    "repetido": (
        """INSERT INTO kits (versao, ativo, busca, codigo, nome)
        SELECT versao, ativo, busca, codigo, nome FROM kits""",
        Reacao.REPETIDO,
    ),
    "chave repetida": (
        """INSERT INTO estoques (loja_id, peca_id, estoque, reservado, minimo, prateleira, seq)
        SELECT loja_id, peca_id, 0, 0, 0, 1, 0 FROM estoques""",
        Reacao.REPETIDO,
    ),
    "condição": ("UPDATE estoques SET reservado = estoque + 1", Reacao.GUARDA),
    "pai que não há": ("UPDATE kit_itens SET kit_id = 999999", Reacao.GUARDA),
    "filho que fica": ("DELETE FROM pecas", Reacao.GUARDA),
}
VIOLACOES_MYSQL = {
    "número grande": ("UPDATE lojas SET versao = 9999999999999999999", Reacao.INVALIDO),
    "texto comprido": ("UPDATE lojas SET nome = REPEAT('x', 61)", Reacao.INVALIDO),
    "não é número": ("UPDATE lojas SET versao = 'x'", Reacao.INVALIDO),
    "sem tabela": ("SELECT * FROM tabela_que_nao_ha", Reacao.OCUPADO),
    "demorada": (
        "SELECT /*+ MAX_EXECUTION_TIME(50) */ COUNT(*) FROM (SELECT SLEEP(1)) t",
        Reacao.OCUPADO,
    ),
}


DEMORADA_NO_MARIADB = """SET STATEMENT max_statement_time = 0.05 FOR
SELECT COUNT(*) FROM (SELECT SLEEP(1)) t"""


@pytest.mark.parametrize("violacao", VIOLACOES)
def test_o_erro_que_o_banco_da_de_verdade_e_o_da_tabela(local: OficinaLocal, violacao: str) -> None:
    cenario.catalogo(local)
    comando, esperada = VIOLACOES[violacao]
    with pytest.raises(DBAPIError) as erro, gravando(local._motor) as conexao:
        conexao.execute(text(comando))
    assert reacao(erro.value) is esperada


@pytest.mark.parametrize("violacao", VIOLACOES_MYSQL)
def test_o_erro_que_o_mysql_da_de_verdade_e_o_da_tabela(url_mysql: str, violacao: str) -> None:
    comando, esperada = VIOLACOES_MYSQL[violacao]
    aberto = abrir(url_mysql)
    if violacao == "demorada" and eh_mariadb(aberto):
        comando = DEMORADA_NO_MARIADB
    with pytest.raises(DBAPIError) as erro, gravando(aberto) as conexao:
        conexao.execute(text(comando))
    aberto.dispose()
    assert reacao(erro.value) is esperada


@pytest.mark.parametrize(
    ("numero", "tentativas"), [(1213, 9), (1205, 3), (2013, 6), (1062, 4), (2003, 1), (1040, 1)]
)
def test_insiste_as_vezes_que_a_tabela_diz(numero: int, tentativas: int) -> None:
    feitas = []

    def tentar() -> None:
        feitas.append(1)
        raise _de_mysql(numero)

    with pytest.raises((Indisponivel, Conflito)):
        insistir(tentar, versao_dita=False)
    assert len(feitas) == tentativas


def test_quem_perdeu_a_conexao_espera_o_servidor_voltar() -> None:
    erros = iter((2013, 2003, 2003, 2003))

    def tentar() -> str:
        if numero := next(erros, 0):
            raise _de_mysql(numero)
        return "voltou"

    assert insistir(tentar, versao_dita=False) == "voltou"


def test_a_pausa_entre_as_tentativas_e_sorteada_e_curta(monkeypatch: pytest.MonkeyPatch) -> None:
    pausas: list[float] = []
    monkeypatch.setattr(falhas, "sleep", pausas.append)

    def tentar() -> None:
        raise _de_mysql(1213)

    with pytest.raises(Indisponivel):
        insistir(tentar, versao_dita=False)
    assert all(0.01 <= pausa <= 0.16 for pausa in pausas)
    assert len(set(pausas)) == len(pausas) == 8


def test_depois_do_prazo_nao_se_comeca_outra_tentativa(monkeypatch: pytest.MonkeyPatch) -> None:
    relogio = iter((0.0, 5.0, 10.0))
    monkeypatch.setattr(falhas, "monotonic", lambda: next(relogio))
    feitas = []

    def tentar() -> None:
        feitas.append(1)
        raise _de_mysql(1213)

    with pytest.raises(Indisponivel):
        insistir(tentar, versao_dita=False)
    assert len(feitas) == 2


def test_versao_antiga_so_e_resposta_para_quem_disse_a_versao() -> None:
    vezes = iter(range(10))

    def tentar() -> int:
        if (vez := next(vezes)) < 3:
            raise VersaoAntiga("outra pessoa gravou")
        return vez

    with pytest.raises(VersaoAntiga):
        insistir(tentar, versao_dita=True)
    assert insistir(tentar, versao_dita=False) == 3


def test_todas_as_conexoes_em_uso_e_falta_de_banco(url_mysql: str) -> None:
    oficina = OficinaVigiada.em(url_mysql)
    oficina.executar(ListarLojas())
    oficina._motor.pool._timeout = 0.1  # type: ignore[attr-defined]
    conexoes = [oficina._motor.connect() for _ in range(3)]
    with pytest.raises(Indisponivel, match="não respondeu a tempo"):
        oficina.executar(ListarLojas())
    for conexao in conexoes:
        conexao.close()
    assert len(oficina.executar(ListarLojas()).itens) == 1
    oficina.fechar()


PEDIDOS: dict[str, Callable[[OficinaLocal], object]] = {
    "ler": lambda oficina: oficina.executar(ListarLojas()),
    "gravar": lambda oficina: oficina.executar(ANA),
    "simular": lambda oficina: oficina.simular(ANA),
}


@pytest.mark.parametrize("pedido", PEDIDOS)
def test_as_conexoes_que_cairam_paradas_se_trocam_sem_que_ninguem_perceba(
    url_mysql: str, pedido: str
) -> None:
    """O servidor que reinicia, ou fecha quem se calou: o pool não pergunta, o caso se repete."""
    oficina = OficinaVigiada.em(url_mysql)
    oficina.executar(ListarLojas())
    conexoes = [oficina._motor.connect() for _ in range(3)]
    paradas = [conexao.connection.driver_connection.thread_id() for conexao in conexoes]  # type: ignore[union-attr]
    for conexao in conexoes:
        conexao.close()
    with closing(abrir(url_mysql).raw_connection()) as outra:
        for parada in paradas:
            outra.cursor().execute(f"KILL {parada}")
    PEDIDOS[pedido](oficina)
    assert len(oficina.executar(ListarClientes()).itens) == (pedido == "gravar")
    oficina.fechar()


def _recusado(oficina: OficinaLocal) -> None:
    with pytest.raises(NaoEncontrado):
        oficina.executar(EnviarOrcamento(orcamento_id=999_999))


def _interrompido(oficina: OficinaLocal) -> None:
    def interromper(_: Any, comando: str, *__: Any) -> None:
        if comando.startswith("INSERT INTO clientes"):
            raise KeyboardInterrupt

    event.listen(oficina._motor, "do_execute", interromper)
    with pytest.raises(KeyboardInterrupt):
        oficina.executar(ANA)
    event.remove(oficina._motor, "do_execute", interromper)


def _em_transacao(conexao: Any) -> bool:
    with conexao.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
    return bool(conexao.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS)


@pytest.mark.parametrize("pedir", [*PEDIDOS.values(), _recusado, _interrompido])
def test_a_conexao_volta_ao_pool_sem_transacao_aberta(
    url_mysql: str, pedir: Callable[[OficinaLocal], object]
) -> None:
    oficina = OficinaVigiada.em(url_mysql)
    oficina.executar(ListarLojas())
    pedir(oficina)
    with closing(oficina._motor.raw_connection()) as devolvida:
        assert not _em_transacao(devolvida.driver_connection)
        devolvida.driver_connection.begin()  # type: ignore[union-attr]
        assert _em_transacao(devolvida.driver_connection), "o que se pergunta não serve"
        devolvida.rollback()
    oficina.fechar()


@pytest.mark.parametrize("defeito", [MemoryError, pymysql.err.OperationalError(1105, "x")])
def test_a_conexao_que_nao_se_desfez_nao_volta_com_o_que_se_recusou(
    url_mysql: str, defeito: Any
) -> None:
    """O pedido seguinte, de outra pessoa, confirmaria o que ninguém quis."""
    oficina = OficinaVigiada.em(url_mysql)
    oficina.executar(ListarLojas())

    def falhar(_: Any, comando: str, *__: Any) -> None:
        if comando.startswith("UPDATE idempotencia"):
            raise ZeroDivisionError

    def sem_desfazer(_: Any) -> None:
        raise defeito

    event.listen(oficina._motor, "do_execute", falhar)
    event.listen(oficina._motor, "rollback", sem_desfazer)
    with pytest.raises((Exception, MemoryError)):
        oficina.executar(ANA)
    event.remove(oficina._motor, "do_execute", falhar)
    event.remove(oficina._motor, "rollback", sem_desfazer)
    for nome in ("Bia", "Zé"):
        oficina.executar(CriarCliente(nome=nome, telefone="(11) 98765-4321"))
    assert {c.nome for c in oficina.executar(ListarClientes()).itens} == {"Bia", "Zé"}
    oficina.fechar()


@pytest.mark.parametrize("numero", [2013, 1180])
def test_a_confirmacao_que_falha_nao_se_diz_endereco_errado(
    url_mysql: str, numero: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    oficina = OficinaVigiada.em(url_mysql)
    oficina.executar(ListarLojas())

    def falhar(_: Any) -> None:
        raise pymysql.err.OperationalError(numero, "x")

    monkeypatch.setattr(oficina._motor.dialect, "do_commit", falhar)
    with pytest.raises((Indisponivel, DBAPIError)) as erro:
        oficina.executar(ANA)
    assert "confira DB_HOST" not in str(erro.value)
    oficina.fechar()


@pytest.mark.parametrize("numero", [1290, 1836, 1053])
def test_servidor_que_virou_copia_se_deixa_por_outra_conexao(url_mysql: str, numero: int) -> None:
    """A conexão presa ao servidor antigo nunca mais grava: é preciso ligar de novo."""
    oficina = OficinaVigiada.em(url_mysql)
    oficina.executar(ListarLojas())
    antiga: list[Any] = []

    def so_leitura(cursor: Any, comando: str, *_: Any) -> None:
        if comando.startswith("INSERT"):
            antiga.append(antiga[0] if antiga else cursor.connection)
            if cursor.connection is antiga[0]:
                raise pymysql.err.OperationalError(numero, "The server is read-only")

    event.listen(oficina._motor, "do_execute", so_leitura)
    assert oficina.executar(ANA).nome == "Ana"
    oficina.fechar()


def test_quem_espera_demais_por_outra_pessoa_ouve_isso_e_nada_fica(url_mysql: str) -> None:
    bancada = Bancada(url_mysql, _aprovar)
    bancada.repor()

    @event.listens_for(bancada.oficina._motor, "checkout")
    def encurtar(conexao: Any, *_: Any) -> None:
        with conexao.cursor() as cursor:
            cursor.execute("SET SESSION innodb_lock_wait_timeout = 1")

    with gravando(bancada._motor) as outra:
        outra.execute(text("UPDATE estoques SET seq = seq"))
        with pytest.raises(Indisponivel, match="Outra pessoa está gravando há muito tempo"):
            bancada.executar()
    assert bancada.fotografar() == bancada.antes
    bancada.executar()
    assert bancada.efeito_de(bancada.fotografar()) == bancada.efeito
    bancada.fechar()


ENTRADAS: dict[str, Callable[[str], object]] = {
    "ler": lambda url: OficinaLocal.em(url).executar(ListarLojas()),
    "gravar": lambda url: OficinaLocal.em(url).executar(ANA),
    "verificar": verificar,
    "estado": manutencao.estado,
    "migrar": manutencao.migrar,
}


@pytest.mark.parametrize("entrada", ENTRADAS)
@pytest.mark.parametrize(
    ("trocas", "frase"),
    [
        ({"usuario": "ninguem", "senha": "errada"}, "recusou o usuário ou a senha"),
        ({"banco": "oficina_teste_que_nao_ha"}, "Esse banco não existe no servidor"),
        ({"porta": 1}, "confira DB_HOST e DB_PORT"),
        ({"host": "servidor.invalid"}, "confira DB_HOST e DB_PORT"),
    ],
    ids=["senha", "banco", "porta", "servidor"],
)
def test_servidor_que_nao_se_alcanca_se_diz_em_uma_frase(
    mysql: Servidor, entrada: str, trocas: dict[str, Any], frase: str
) -> None:
    usuario = trocas.get("usuario", mysql.usuario)
    senha = trocas.get("senha", mysql.senha)
    host, porta = trocas.get("host", mysql.host), trocas.get("porta", mysql.porta)
    url = f"mysql+pymysql://{usuario}:{senha}@{host}:{porta}/{trocas.get('banco', 'mysql')}"
    with pytest.raises(Indisponivel, match=frase) as erro:
        ENTRADAS[entrada](url)
    assert "errada" not in str(erro.value)


@pytest.fixture
def vazio(mysql: Servidor) -> Iterator[str]:
    """Um banco do servidor, sem nenhuma tabela."""
    nome = f"oficina_teste_vazio_{os.getpid()}"
    yield mysql.criar_banco(nome)
    mysql.apagar_banco(nome)


def test_servidor_sem_as_tabelas_manda_migrar(vazio: str) -> None:
    for entrada in ("ler", "gravar", "verificar"):
        with pytest.raises(Indisponivel, match="oficina banco migrar"):
            ENTRADAS[entrada](vazio)
    assert manutencao.estado(vazio).revisao is None
    assert manutencao.migrar(vazio).em_dia
    ENTRADAS["ler"](vazio)


@pytest.mark.parametrize("banco", ["sqlite", "vazio"])
def test_banco_de_versao_mais_nova_se_recusa(
    banco: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/novo.db" if banco == "sqlite" else request.getfixturevalue(banco)
    manutencao.migrar(url)
    aberto = abrir(url)
    with gravando(aberto) as conexao:
        conexao.execute(
            text("UPDATE alembic_version SET version_num = '9999', serve_desde = '9999'")
        )
    aberto.dispose()
    for entrada in ("ler", "gravar", "verificar", "migrar"):
        with pytest.raises(Indisponivel, match="atualize o programa"):
            ENTRADAS[entrada](url)


@pytest.mark.parametrize(
    ("dito", "frase"),
    [
        ("version_num = 'lixo'", "não se entende"),
        ("version_num = ''", "não se entende"),
        ("version_num = '00099'", "não se entende"),
        ("serve_desde = 'zzz'", "não se entende"),
        ("serve_desde = '9999'", "já não serve a ele"),
    ],
)
@pytest.mark.parametrize("banco", ["sqlite", "vazio"])
def test_a_revisao_que_nao_se_entende_se_recusa_sem_mudar_nada(
    banco: str, dito: str, frase: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Migrar que dissesse que deu certo poria no ar um programa que não entra."""
    url = f"sqlite:///{tmp_path}/novo.db" if banco == "sqlite" else request.getfixturevalue(banco)
    manutencao.migrar(url)
    aberto = abrir(url)
    with gravando(aberto) as conexao:
        conexao.execute(text("UPDATE alembic_version SET " + dito))  # noqa: S608
    aberto.dispose()
    with pytest.raises(Indisponivel, match=frase):
        manutencao.migrar(url)


def _nao_e_banco(pasta: Path) -> str:
    (pasta / "x.db").write_bytes(b"isto nem banco e\n" * 500)
    return f"sqlite:///{pasta}/x.db"


def _pasta_que_nao_ha(pasta: Path) -> str:
    return f"sqlite:///{pasta}/nenhuma/x.db"


def _e_uma_pasta(pasta: Path) -> str:
    return f"sqlite:///{pasta}"


@pytest.mark.parametrize("entrada", ENTRADAS)
@pytest.mark.parametrize(
    ("estragar", "frase"),
    [
        (_nao_e_banco, "Esse arquivo não é um banco da oficina"),
        (_pasta_que_nao_ha, "confira se a pasta existe"),
        (_e_uma_pasta, "Não foi possível abrir o arquivo"),
    ],
    ids=["não é banco", "sem pasta", "é pasta"],
)
def test_arquivo_que_nao_se_abre_se_diz_em_uma_frase(
    tmp_path: Path, entrada: str, estragar: Callable[[Path], str], frase: str
) -> None:
    with pytest.raises(Indisponivel, match=frase):
        ENTRADAS[entrada](estragar(tmp_path))


def test_arquivo_danificado_manda_restaurar_a_copia(modelo_sqlite: Path, tmp_path: Path) -> None:
    inteiro = modelo_sqlite.read_bytes()
    pagina = int.from_bytes(inteiro[16:18], "big")
    caminho = tmp_path / "x.db"
    caminho.write_bytes(inteiro[:pagina] + b"\xff" * (len(inteiro) - pagina))
    for entrada in ("ler", "gravar", "verificar"):
        with pytest.raises(Indisponivel, match="restaure uma cópia de segurança"):
            ENTRADAS[entrada](f"sqlite:///{caminho}")


def test_arquivo_so_de_leitura_se_le_mas_nao_se_grava(url_sqlite: str) -> None:
    """Aberto só para ler, que a permissão do arquivo não detém o root."""
    oficina = OficinaLocal.em(url_sqlite)

    @event.listens_for(oficina._motor, "do_connect")
    def so_ler(_: Any, __: Any, argumentos: list[Any], opcoes: dict[str, Any]) -> None:
        argumentos[0], opcoes["uri"] = f"file:{argumentos[0]}?mode=ro", True

    assert len(oficina.executar(ListarLojas()).itens) == 1
    with pytest.raises(Indisponivel, match="não aceita gravação"):
        oficina.executar(ANA)
    oficina.fechar()


def test_disco_cheio_de_verdade_nao_deixa_metade(url_sqlite: str) -> None:
    oficina = OficinaVigiada.em(url_sqlite)
    cenario.cliente(oficina)

    @event.listens_for(oficina._motor, "checkout")
    def lotar(conexao: sqlite3.Connection, *_: Any) -> None:
        conexao.execute("PRAGMA max_page_count = 1")  # não fica menor do que já é

    linhas = tuple(
        LinhaImportadaPeca(linha=n, codigo=f"P{n}", nome="x" * 100, preco=Decimal(1))
        for n in range(2, 500)
    )
    with pytest.raises(Indisponivel, match="disco está cheio"):
        oficina.executar(ImportarPecas(linhas=linhas))
    with oficina._motor.connect() as conexao:
        assert conexao.execute(text("SELECT COUNT(*) FROM pecas")).scalar() == 0
    assert len(oficina.executar(ListarClientes()).itens) == 1
    oficina.fechar()
    assert verificar(url_sqlite) == ()


SEGURAR = """
import sqlite3, sys
conexao = sqlite3.connect(sys.argv[1], isolation_level=None)
conexao.execute("BEGIN IMMEDIATE")
print("na mão", flush=True)
sys.stdin.read()
"""


def test_arquivo_preso_por_outro_programa_se_le_e_diz_por_que_nao_grava(
    url_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressa = ("PRAGMA busy_timeout = 20", *motor.SQLITE_AO_CONECTAR[1:])
    monkeypatch.setattr(motor, "SQLITE_AO_CONECTAR", pressa)
    oficina = OficinaVigiada.em(url_sqlite)
    oficina.executar(ListarLojas())
    caminho = url_sqlite.removeprefix("sqlite:///")
    with subprocess.Popen(
        [sys.executable, "-c", SEGURAR, caminho], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as outro:
        assert outro.stdout
        assert outro.stdout.readline()
        with pytest.raises(Indisponivel, match="Outro programa está gravando no arquivo"):
            oficina.executar(ANA)
        assert oficina.executar(ListarClientes()).itens == ()
        outro.communicate()
    assert oficina.executar(ANA).nome == "Ana"
    oficina.fechar()


@pytest.mark.parametrize("tabela", ["moz_places", "lojas"])
def test_arquivo_de_outro_programa_nao_se_toca(tmp_path: Path, tabela: str) -> None:
    """Nem um byte: o modo em que ele grava também é dele."""
    caminho = tmp_path / "alheio.db"
    with closing(sqlite3.connect(caminho)) as alheio:
        alheio.execute(f"CREATE TABLE {tabela} (id INTEGER)")
        alheio.commit()
    antes = caminho.read_bytes()
    for entrada in ENTRADAS.values():
        with pytest.raises(Indisponivel, match="outro programa"):
            entrada(f"sqlite:///{caminho}")
    assert caminho.read_bytes() == antes
    assert list(tmp_path.iterdir()) == [caminho]


def test_banco_de_outro_programa_no_servidor_nao_se_toca(vazio: str, mysql: Servidor) -> None:
    """Nem se ele também tem lojas: no MySQL, a migração pularia o que já existe."""
    with mysql.conectar() as conexao, conexao.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {make_url(vazio).database}.lojas (id INTEGER)")
    for entrada in ENTRADAS.values():
        with pytest.raises(Indisponivel, match="outro programa"):
            entrada(vazio)


def test_defeito_do_programa_sobe_como_e_sem_se_citar(url: str) -> None:
    oficina = OficinaVigiada.em(url)
    with gravando(oficina._motor) as conexao:
        conexao.execute(text("ALTER TABLE clientes RENAME COLUMN email TO correio"))
    try:
        with pytest.raises(DBAPIError) as defeito:
            oficina.executar(ANA)
        assert defeito.value.__cause__ is not defeito.value
    finally:
        with gravando(oficina._motor) as conexao:
            conexao.execute(text("ALTER TABLE clientes RENAME COLUMN correio TO email"))
        oficina.fechar()


def test_estado_do_banco_nao_mostra_o_que_vem_na_consulta(url_mysql: str) -> None:
    assert "S3nha" not in manutencao.estado(f"{url_mysql}?ssl_ca=S3nha").banco


def test_quem_atende_na_porta_do_banco_e_nao_e_banco_se_diz_em_uma_frase() -> None:
    """Um servidor de outra coisa não é defeito do programa."""
    with socket.create_server(("127.0.0.1", 0)) as porta:

        def responder() -> None:
            with suppress(OSError):
                while True:
                    conexao, _ = porta.accept()
                    conexao.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                    conexao.close()

        Thread(target=responder, daemon=True).start()
        oficina = OficinaLocal.em(f"mysql+pymysql://a:b@127.0.0.1:{porta.getsockname()[1]}/x")
        with pytest.raises(Indisponivel, match="DB_HOST"):
            oficina.executar(ListarClientes())
        oficina.fechar()
