"""A cópia é uma fotografia, e a restauração é tudo ou nada: em cada banco, e de um para o outro."""

import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any, Self

import pytest
from sqlalchemy import Connection, insert, make_url, select, text

from oficina_core import senhas
from oficina_core.arquivos import PARCIAL
from oficina_core.banco import copia, manutencao, restauracao, tabelas
from oficina_core.banco.formato import LOTE
from oficina_core.banco.local import OficinaLocal, relogio
from oficina_core.banco.molde import PASSAGEIRAS
from oficina_core.banco.motor import abrir, gravando, lendo
from oficina_core.banco.verificacao import verificar
from oficina_core.casos.clientes import CriarCliente, ListarClientes
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.estoque import EntradaEstoque
from oficina_core.casos.portas import Pedido
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import Conflito, Indisponivel, RegraViolada
from tests import cenario
from tests.banco.casa_cheia import povoar
from tests.banco.insistente import aprovar
from tests.servidor_mysql import Servidor

COPIAS = int(os.environ.get("OFICINA_TESTE_COPIAS", "5"))
BALCOES = 2
ANTERIORES = manutencao.revisoes()[:-1]
ANA = CriarCliente(nome="Ana Conceição", telefone="(11) 98765-4321")
SENHA = "uma senha comprida"

Novo = Callable[[str], str]


@pytest.fixture
def novo(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Novo]:
    """O endereço de um banco que ainda não existe, ou está vazio, no que se pedir."""
    nomes = (f"oficina_teste_copia_{os.getpid()}_{n}" for n in count())
    no_servidor: list[str] = []

    def criar(banco: str) -> str:
        nome = next(nomes)
        if banco == "sqlite":
            (tmp_path / nome).mkdir()
            return f"sqlite:///{tmp_path / nome}/oficina.db"
        no_servidor.append(nome)
        servidor: Servidor = request.getfixturevalue("mysql")
        return servidor.criar_banco(nome)

    yield criar
    for nome in no_servidor:
        request.getfixturevalue("mysql").apagar_banco(nome)


@pytest.fixture(scope="module")
def cheia(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Uma casa em que há de tudo; quem a muda, muda uma cópia."""
    url = f"sqlite:///{tmp_path_factory.mktemp('cheia') / 'oficina.db'}"
    oficina = OficinaLocal.em(url)
    povoar(oficina)
    oficina.fechar()
    return url


@pytest.fixture(scope="module")
def arquivo(cheia: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return guardar(cheia, tmp_path_factory.mktemp("guardada"))


def guardar(url: str, pasta: Path, nome: str = "copia.gz") -> Path:
    copia.guardar(url, pasta / nome, sobrescrever=True)
    return pasta / nome


def restaurar(url: str, arquivo: Path) -> restauracao.Restauracao:
    return restauracao.restaurar(restauracao.conferir(url, arquivo))


def tudo(url: str) -> dict[str, list[Any]]:
    """Cada registro do que se guarda, como a oficina o lê."""
    motor = abrir(url)
    with lendo(motor) as conexao:
        lido = {
            nome: sorted(map(repr, conexao.execute(select(tabela)).all()))
            for nome, tabela in tabelas.metadata.tables.items()
            if nome not in PASSAGEIRAS
        }
    motor.dispose()
    return lido


@contextmanager
def escrevendo(url: str) -> Iterator[Connection]:
    motor = abrir(url)
    with gravando(motor) as conexao:
        yield conexao
    motor.dispose()


def pasta_de(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///")).parent


def estado(pasta: Path) -> dict[str, bytes]:
    """O que há na pasta, menos o que fica de quem morreu sem poder apagar."""
    return {
        caminho.name: caminho.read_bytes()
        for caminho in pasta.iterdir()
        if PARCIAL not in caminho.name
    }


def test_a_copia_serve_aos_dois_bancos_e_volta_igual(
    cheia: str, arquivo: Path, novo: Novo, tmp_path: Path
) -> None:
    no_servidor, de_volta = novo("mysql"), novo("sqlite")
    restaurar(no_servidor, arquivo)
    restaurar(de_volta, guardar(no_servidor, tmp_path))
    assert tudo(cheia) == tudo(no_servidor) == tudo(de_volta)
    assert all(tudo(cheia)[nome] for nome in ("movimentos_estoque", "idempotencia", "eventos"))
    assert verificar(no_servidor) == verificar(de_volta) == ()


@pytest.mark.parametrize("destino", ["sqlite", "mysql"])
def test_depois_de_restaurar_a_oficina_segue_de_onde_parou(
    url_sqlite: str, novo: Novo, tmp_path: Path, destino: str
) -> None:
    oficina = OficinaLocal.em(url_sqlite)
    ultima = oficina.executar(ANA, Pedido(chave="a-mesma-chave"))
    oficina.fechar()
    url = novo(destino)
    restaurar(url, guardar(url_sqlite, tmp_path))
    oficina = OficinaLocal.em(url)
    assert oficina.executar(ANA, Pedido(chave="a-mesma-chave")) == ultima  # não se faz duas vezes
    assert oficina.executar(replace(ANA, nome="Bia Sá")).id == ultima.id + 1
    oficina.fechar()
    assert verificar(url) == ()


@pytest.mark.parametrize("destino", ["sqlite", "mysql"])
def test_a_equipe_entra_e_os_codigos_e_as_tentativas_nao_voltam(
    url: str, novo: Novo, tmp_path: Path, destino: str
) -> None:
    oficina = OficinaLocal.em(url)
    ze = cenario.funcionario(oficina, Papel.GERENTE)
    oficina.executar(DefinirSenha(funcionario_id=ze.id, senha=SENHA))
    cliente = cenario.cliente(oficina)
    oficina.fechar()
    agora = relogio()
    segredo = "o resumo de um código"
    with escrevendo(url) as conexao:
        conexao.execute(insert(tabelas.tentativas), {"chave": "t", "falhas": 3, "ultima": agora})
        conexao.execute(insert(tabelas.origens), {"chave": "o", "ultima": agora})
        codigo = {"resumo": segredo, "falhas": 0, "vale_ate": agora + timedelta(minutes=10)}
        conexao.execute(insert(tabelas.codigos), codigo | {"cliente_id": cliente.id})
    arquivo = guardar(url, tmp_path)
    restaurada = novo(destino)
    restaurar(restaurada, arquivo)
    oficina = OficinaLocal.em(restaurada)
    assert senhas.entrar(oficina, cenario.CPF_ZE, SENHA, "aqui") == cenario.sujeito(ze)
    oficina.fechar()
    motor = abrir(restaurada)
    with lendo(motor) as conexao:
        assert not conexao.execute(select(tabelas.codigos)).all()
        assert not conexao.execute(select(tabelas.origens).filter_by(chave="o")).all()
    motor.dispose()


def test_a_copia_e_so_de_quem_a_faz_e_nao_se_troca_sem_mandar(cheia: str, tmp_path: Path) -> None:
    arquivo = guardar(cheia, tmp_path)
    assert stat.S_IMODE(arquivo.stat().st_mode) == 0o600
    antes = arquivo.read_bytes()
    with pytest.raises(Conflito, match="Já existe"):
        copia.guardar(cheia, arquivo)
    assert arquivo.read_bytes() == antes
    copia.guardar(cheia, arquivo, sobrescrever=True)
    assert arquivo.read_bytes() != antes
    assert stat.S_IMODE(arquivo.stat().st_mode) == 0o600


def test_a_copia_nao_toma_o_lugar_do_proprio_banco(novo: Novo) -> None:
    url = novo("sqlite")
    manutencao.migrar(url)
    antes = estado(pasta_de(url))
    with pytest.raises(Conflito, match="próprio banco"):
        copia.guardar(url, pasta_de(url) / "oficina.db", sobrescrever=True)
    assert estado(pasta_de(url)) == antes


def test_o_restaurado_tem_as_mesmas_guardas_que_o_migrado(arquivo: Path, novo: Novo) -> None:
    restaurado, migrado = novo("sqlite"), novo("sqlite")
    restaurar(restaurado, arquivo)
    manutencao.migrar(migrado)
    assert esquema(restaurado) == esquema(migrado)
    assert any("STRICT" in comando for comando in esquema(restaurado))


def esquema(url: str) -> list[str]:
    motor = abrir(url)
    with lendo(motor) as conexao:
        lido = conexao.scalars(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
        comandos = sorted(map(str, lido))
    motor.dispose()
    return comandos


def test_copia_que_para_no_meio_nao_deixa_nada(cheia: str, tmp_path: Path) -> None:
    pasta = tmp_path / "copias"
    pasta.mkdir()

    def cair(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copia.guardar(cheia, pasta / "copia.gz", andar=cair)
    assert not list(pasta.iterdir())


class Movimento:
    """Balcões que aprovam e um que dá entrada, enquanto se copia."""

    def __init__(self, url: str) -> None:
        self._url, self._parada = url, threading.Event()
        self._balcoes = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.banco.insistente", url, f"{n}0000", f"{n + 1}0000"],
                stdout=subprocess.PIPE,
                text=True,
            )
            for n in range(BALCOES)
        ]
        self._estoquista = threading.Thread(target=self._entrar)

    def __enter__(self) -> Self:
        self._estoquista.start()
        for balcao in self._balcoes:
            assert balcao.stdout is not None
            assert balcao.stdout.readline(), "o balcão morreu sem aprovar nada"
        return self

    def __exit__(self, *_: object) -> None:
        self._parada.set()
        for balcao in self._balcoes:
            balcao.kill()
            balcao.communicate()
        self._estoquista.join()

    def _entrar(self) -> None:
        oficina = OficinaLocal.em(self._url)
        while not self._parada.is_set():
            with suppress(Indisponivel):
                oficina.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(1)))
        oficina.fechar()


@pytest.fixture
def movimentada(url: str) -> Iterator[str]:
    oficina = OficinaLocal.em(url)
    cenario.catalogo(oficina)
    oficina.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(1_000_000)))
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    aprovar(oficina, 999_999)
    oficina.fechar()
    with Movimento(url):
        yield url


def devagar(_: int) -> None:
    """Entre um lote e outro há tempo para que outros gravem."""
    sleep(0.02)


def test_copias_com_gente_gravando_restauram_se_e_fecham(
    movimentada: str, novo: Novo, tmp_path: Path
) -> None:
    registros = []
    for vez in range(COPIAS):
        feita = copia.guardar(movimentada, tmp_path / f"{vez}.gz", andar=devagar)
        registros.append(feita.registros)
        url = novo("mysql" if vez == 1 else "sqlite")
        restaurar(url, tmp_path / f"{vez}.gz")
        assert verificar(url) == ()
    assert registros == sorted(set(registros)), "ninguém gravou enquanto se copiava"


def test_sem_a_fotografia_a_copia_sai_torta(
    movimentada: str, novo: Novo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O controle: cada tabela lida na sua vez, e a verificação acha o que não fecha."""

    def na_sua_vez(conexao: Connection, consulta: Any) -> Iterator[Any]:
        with lendo(conexao.engine) as outra:
            yield from outra.execute(consulta).partitions(LOTE)

    monkeypatch.setattr(copia, "_lotes", na_sua_vez)
    monkeypatch.setattr(restauracao, "_exigir_sao", lambda _: None)
    monkeypatch.setattr(restauracao, "SEM_PAR", {"sqlite": ()})
    achadas: set[str] = set()
    for vez in range(30):
        copia.guardar(movimentada, tmp_path / f"{vez}.gz", andar=devagar)
        url = novo("sqlite")
        restaurar(url, tmp_path / f"{vez}.gz")
        if achadas := {divergencia.invariante for divergencia in verificar(url)}:
            break
    assert achadas


@pytest.mark.parametrize("destino", ["sqlite", "mysql"])
@pytest.mark.parametrize("revisao", ANTERIORES)
def test_a_copia_de_uma_revisao_anterior_restaura_se_e_migra(
    novo: Novo, tmp_path: Path, revisao: str, destino: str
) -> None:
    antiga, nova = novo("sqlite"), novo(destino)
    manutencao.migrar(antiga, revisao)
    with escrevendo(antiga) as conexao:
        conexao.execute(
            text(
                "INSERT INTO clientes (versao, ativo, busca, tipo, nome, telefone, criado_em) "
                "VALUES (1, 1, 'ana', 'PF', 'Ana', '+5511987654321', '2026-11-23 12:00:00.000000')"
            )
        )
    restaurar(nova, guardar(antiga, tmp_path))
    assert manutencao.estado(nova).em_dia
    assert verificar(nova) == ()
    oficina = OficinaLocal.em(nova)
    assert [linha.nome for linha in oficina.executar(ListarClientes()).itens] == ["Ana"]
    oficina.fechar()


def test_o_banco_de_antes_fica_guardado_ao_lado(cheia: str, arquivo: Path, novo: Novo) -> None:
    destino = novo("sqlite")
    oficina = OficinaLocal.em(destino)
    oficina.executar(ANA)
    oficina.fechar()
    antes = tudo(destino)
    (pasta_de(destino) / "oficina.db").chmod(0o640)
    feita = restaurar(destino, arquivo)
    assert tudo(destino) == tudo(cheia)
    assert stat.S_IMODE((pasta_de(destino) / "oficina.db").stat().st_mode) == 0o640
    assert feita.guardado is not None
    assert Path(feita.guardado).parent == pasta_de(destino)
    assert tudo(f"sqlite:///{feita.guardado}") == antes
    assert {caminho.suffix for caminho in pasta_de(destino).iterdir()} <= {".db", ".db-wal"}


def test_banco_aberto_por_outro_nao_se_troca(arquivo: Path, novo: Novo) -> None:
    destino = novo("sqlite")
    outra = OficinaLocal.em(destino)
    ana = outra.executar(ANA)
    with pytest.raises(Indisponivel, match="feche a oficina"):
        restaurar(destino, arquivo)
    assert [linha.id for linha in outra.executar(ListarClientes()).itens] == [ana.id]
    outra.fechar()
    assert restaurar(destino, arquivo).guardado


def test_quem_esperava_a_vez_no_arquivo_trocado_nao_grava_nele(novo: Novo) -> None:
    """Entre a conferência do arquivo e a vez de gravar, outro pode tomar o lugar dele."""
    url = novo("sqlite")
    manutencao.migrar(url)
    caminho = Path(url.removeprefix("sqlite:///"))
    dono, outro = abrir(url), OficinaLocal.em(url)
    outro.executar(ListarClientes())
    recusas: list[BaseException] = []

    def gravar() -> None:
        try:
            outro.executar(ANA)
        except Indisponivel as recusa:
            recusas.append(recusa)

    fio = threading.Thread(target=gravar)
    with gravando(dono):
        fio.start()
        sleep(0.5)
        caminho.rename(caminho.with_name("guardado.db"))
        shutil.copy(caminho.with_name("guardado.db"), caminho)
    fio.join()
    outro.fechar()
    dono.dispose()
    assert "outro tomou o lugar" in str(recusas[0])
    assert tudo(f"sqlite:///{caminho.with_name('guardado.db')}")["clientes"] == []


def test_o_que_sobrou_de_outro_banco_nao_se_mistura_com_o_novo(arquivo: Path, novo: Novo) -> None:
    destino = novo("sqlite")
    resto = pasta_de(destino) / "oficina.db-wal"
    resto.write_bytes(b"o diario de outro")
    with pytest.raises(Conflito, match="mude-o de lugar"):
        restaurar(destino, arquivo)
    assert estado(pasta_de(destino)) == {resto.name: b"o diario de outro"}


@pytest.mark.parametrize("conteudo", [b"isto nao e um banco" * 500, b"\x89PNG\r\n"])
def test_no_lugar_do_que_nao_e_banco_nada_se_poe(
    arquivo: Path, novo: Novo, conteudo: bytes
) -> None:
    destino = novo("sqlite")
    (pasta_de(destino) / "oficina.db").write_bytes(conteudo)
    with pytest.raises(Conflito, match="mude-o de lugar"):
        restaurar(destino, arquivo)
    assert estado(pasta_de(destino)) == {"oficina.db": conteudo}


def test_servidor_com_dados_recusa_a_copia(arquivo: Path, novo: Novo) -> None:
    destino = novo("mysql")
    manutencao.migrar(destino)
    oficina = OficinaLocal.em(destino)
    oficina.executar(ANA)
    oficina.fechar()
    antes = tudo(destino)
    with pytest.raises(Conflito, match="crie outro banco"):
        restaurar(destino, arquivo)
    assert tudo(destino) == antes


def test_servidor_so_migrado_recebe_a_copia(cheia: str, arquivo: Path, novo: Novo) -> None:
    destino = novo("mysql")
    manutencao.migrar(destino)
    restaurar(destino, arquivo)
    assert tudo(destino) == tudo(cheia)


@pytest.mark.parametrize("destino", ["sqlite", "mysql"])
def test_a_copia_que_nao_fecha_avisa_se_e_nao_se_restaura(
    arquivo: Path, novo: Novo, tmp_path: Path, destino: str
) -> None:
    torta, url = novo("sqlite"), novo(destino)
    restaurar(torta, arquivo)
    with escrevendo(torta) as conexao:
        conexao.execute(text("UPDATE estoques SET estoque = estoque + 1"))
    feita = copia.guardar(torta, tmp_path / "torta.gz")
    assert feita.aviso is not None
    assert "oficina verificar" in feita.aviso
    with pytest.raises(RegraViolada, match="nada se restaurou") as recusa:
        restaurar(url, tmp_path / "torta.gz")
    assert "soma dos movimentos" in recusa.value.detalhes[0]
    if destino == "sqlite":
        assert not list(pasta_de(url).iterdir())
    assert restaurar(url, arquivo).guardado is None, "o destino não ficou vazio"


@pytest.mark.parametrize("destino", ["sqlite", "mysql"])
def test_quem_morre_restaurando_deixa_o_destino_como_estava(
    cheia: str, arquivo: Path, novo: Novo, destino: str
) -> None:
    url = novo(destino)
    manutencao.migrar(url)
    antes = tudo(url)
    no_disco = estado(pasta_de(url)) if destino == "sqlite" else {}
    processo = subprocess.Popen(
        [sys.executable, "-m", "tests.banco.restaurador", url, str(arquivo)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert processo.stdout is not None
    assert int(processo.stdout.readline())
    processo.kill()
    assert "fim" not in processo.communicate()[0]
    if destino == "sqlite":
        assert estado(pasta_de(url)) == no_disco
    assert _espera_vazio(url) == antes
    restaurar(url, arquivo)
    assert tudo(url) == tudo(cheia)


def _espera_vazio(url: str) -> dict[str, list[Any]]:
    """O servidor desfaz quando percebe que quem pedia morreu."""
    for _ in range(50):
        if len((visto := tudo(url))["clientes"]) == 0:
            break
        sleep(0.1)
    return visto


def test_banco_de_programa_mais_novo_nao_se_copia(novo: Novo, tmp_path: Path) -> None:
    url = novo("sqlite")
    manutencao.migrar(url)
    with escrevendo(url) as conexao:
        conexao.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Indisponivel, match="mais nova"):
        copia.guardar(url, tmp_path / "copia.gz")


def test_do_que_nao_existe_nada_se_copia(novo: Novo, tmp_path: Path) -> None:
    url = novo("sqlite")
    with pytest.raises(Indisponivel, match="não existe"):
        copia.guardar(url, tmp_path / "copia.gz")
    assert make_url(url).database
    assert not list(pasta_de(url).iterdir())
    manutencao.migrar(url, ANTERIORES[0])
    assert copia.guardar(url, tmp_path / "copia.gz").revisao == ANTERIORES[0]
    assert manutencao.estado(url).revisao == ANTERIORES[0], "copiar não migra"
