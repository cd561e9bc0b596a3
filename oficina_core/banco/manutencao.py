"""Migrações: a revisão em que o banco está, a que o programa espera e o caminho entre elas."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from oficina_core.banco.falhas import insistir
from oficina_core.banco.motor import abrir, gravando, lendo, mostrar, sem_transacao
from oficina_core.dominio.erros import Indisponivel
from oficina_core.enderecos import arquivo_do_banco

FORA_DE_DIA = "O banco não está na versão do programa; rode: oficina banco migrar"
MIGRACOES = Path(__file__).parent / "migracoes"
TRAVA = "oficina_migracao"
ESPERA_DA_TRAVA = 60  # segundos

NOSSAS = {"alembic_version", "lojas"}  # nesta ordem nascem as primeiras
LEITURA = text("SELECT version_num FROM alembic_version")
TOMAR = text("SELECT GET_LOCK(:nome, :espera)")
SOLTAR = text("SELECT RELEASE_LOCK(:nome)")
WAL = text("PRAGMA journal_mode = WAL")
SEM_PAR = text("PRAGMA foreign_key_check")


@dataclass(frozen=True, kw_only=True)
class EstadoBanco:
    """Onde está o banco (sem a senha) e em que revisão."""

    banco: str
    revisao: str | None
    esperada: str

    @property
    def em_dia(self) -> bool:
        return self.revisao == self.esperada


def revisoes() -> list[str]:
    """Todas, pelo nome do arquivo: carregar o Alembic para sabê-las demora."""
    return sorted(caminho.name.partition("_")[0] for caminho in MIGRACOES.glob("versions/*.py"))


def revisao_do_programa() -> str:
    return revisoes()[-1]


def estado(url: str) -> EstadoBanco:
    motor = abrir(url)
    try:
        return insistir(lambda: _estado(motor), versao_dita=False)
    finally:
        motor.dispose()


def migrar(url: str, ate: str = "head") -> EstadoBanco:
    """Leva o banco à revisão do programa; repetir, ou retomar o que parou no meio, é seguro.

    `ate` é uma revisão anterior, para receber o que se guardou nela.
    """
    comum = abrir(url)  # com prazo: servidor mudo não segura a migração
    try:
        _situacao(comum)
    finally:
        comum.dispose()
    motor = abrir(url, para_migrar=True)
    try:
        insistir(lambda: _aplicar(motor, ate), versao_dita=False)
        return _estado(motor)
    finally:
        motor.dispose()


def exigir_arquivo(url: str) -> None:
    """Levanta Indisponivel se o endereço é de um arquivo que não existe."""
    if (arquivo := arquivo_do_banco(url)) and not arquivo.exists():
        raise Indisponivel(
            f"O arquivo {arquivo} não existe; confira se a pasta existe e o nome do arquivo."
        )


def exigir_conhecida(url: str) -> None:
    """Levanta Indisponivel se o banco está vazio, ou é de um programa mais novo."""
    motor = abrir(url)
    try:
        revisao = _sem_ser_mais_novo(motor).revisao
    finally:
        motor.dispose()
    if revisao is None:
        raise Indisponivel("O banco está vazio, e não há o que copiar; confira o endereço.")


def exigir_em_dia(motor: Engine) -> None:
    """Levanta Indisponivel se o banco não está na revisão do programa; nada muda nele."""
    if not _sem_ser_mais_novo(motor).em_dia:
        raise Indisponivel(FORA_DE_DIA)


def conferir(motor: Engine) -> None:
    """O arquivo embutido se migra sozinho; o servidor, só quando mandam.

    Levanta Indisponivel se o banco é de outra revisão.
    """
    situacao = _situacao(motor)
    if situacao.em_dia:
        return
    if motor.dialect.name != "sqlite":
        raise Indisponivel(FORA_DE_DIA)
    migrar(mostrar(motor.url))


def _situacao(motor: Engine) -> EstadoBanco:
    """O estado do banco que se vai usar, e o modo do arquivo, que se liga aqui."""
    situacao = _sem_ser_mais_novo(motor)
    if motor.dialect.name == "sqlite":
        insistir(lambda: _ligar_wal(motor), versao_dita=False)
    return situacao


def _sem_ser_mais_novo(motor: Engine) -> EstadoBanco:
    """O estado; Indisponivel se o banco é de um programa mais novo."""
    situacao = insistir(lambda: _estado(motor), versao_dita=False)
    if situacao.revisao is not None and situacao.revisao > situacao.esperada:
        raise Indisponivel("O banco é de uma versão mais nova da oficina; atualize o programa.")
    return situacao


def _ligar_wal(motor: Engine) -> None:
    """Fica escrito no arquivo, e por isso só depois de se saber que é nosso, ou novo."""
    with sem_transacao(motor) as conexao:
        if conexao.execute(WAL).scalar() != "wal":
            raise Indisponivel(
                "O arquivo do banco não aceita leitura e gravação juntas (WAL); "
                "ponha-o em um disco desta máquina."
            )


def _estado(motor: Engine) -> EstadoBanco:
    with lendo(motor) as conexao:
        return EstadoBanco(
            banco=mostrar(motor.url),
            revisao=_revisao(conexao),
            esperada=revisao_do_programa(),
        )


def _revisao(conexao: Connection) -> str | None:
    """None se o banco está vazio ou se a primeira migração parou no meio."""
    tabelas = set(inspect(conexao).get_table_names())
    if not tabelas:
        return None
    if not tabelas >= NOSSAS and tabelas != {"alembic_version"}:
        raise Indisponivel("Esse banco é de outro programa; confira o endereço.")
    return conexao.execute(LEITURA).scalar()


def _aplicar(motor: Engine, ate: str = "head") -> None:
    from alembic import command
    from alembic.config import Config

    configuracao = Config()
    configuracao.set_main_option("script_location", str(MIGRACOES))
    with motor.connect() as conexao, a_sos(conexao), gravando(conexao):
        configuracao.attributes["conexao"] = conexao
        command.upgrade(configuracao, ate)
        if motor.dialect.name == "sqlite" and conexao.execute(SEM_PAR).first():
            raise Indisponivel(
                "A migração deixaria registro sem par e foi desfeita; fale com quem faz o programa."
            )


@contextmanager
def a_sos(conexao: Connection) -> Iterator[None]:
    """Uma migração ou restauração de cada vez; no SQLite, quem abre a transação já está só."""
    if conexao.dialect.name == "sqlite":
        yield
        return
    if conexao.execute(TOMAR, {"nome": TRAVA, "espera": ESPERA_DA_TRAVA}).scalar() != 1:
        raise Indisponivel("Outra migração ou restauração está em curso; espere ela terminar.")
    conexao.rollback()
    try:
        yield
    finally:
        conexao.execute(SOLTAR, {"nome": TRAVA})
        conexao.rollback()
