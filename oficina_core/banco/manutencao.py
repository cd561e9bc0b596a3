"""Migrações: a revisão em que o banco está, a que o programa espera e o caminho entre elas."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, make_url, text

from oficina_core.banco.falhas import insistir
from oficina_core.banco.motor import aberto, gravando, lendo, mostrar, sem_transacao
from oficina_core.dominio.erros import DadoInvalido, Indisponivel
from oficina_core.enderecos import arquivo_do_banco
from oficina_core.texto import lista

FORA_DE_DIA = "O banco não está na versão do programa; rode: oficina banco migrar"
MAIS_NOVO = "O banco é de uma versão mais nova da oficina; atualize o programa."
MIGRACOES = Path(__file__).parent / "migracoes"
TRAVA = "oficina_migracao"
ESPERA_DA_TRAVA = 60  # segundos

FORMA = re.compile("[0-9]{4}")
NOSSAS = {"alembic_version", "lojas"}  # nesta ordem nascem as primeiras
REVISAO = text("SELECT version_num FROM alembic_version")
ALCANCE = text("SELECT * FROM alembic_version")  # antes da 0010 não há serve_desde
ANOTAR = text("UPDATE alembic_version SET version_num = :revisao")
TOMAR = text("SELECT GET_LOCK(:nome, :espera)")
SOLTAR = text("SELECT RELEASE_LOCK(:nome)")
WAL = text("PRAGMA journal_mode = WAL")
SO_LEITURA = text("SELECT @@global.read_only")
SEM_PAR = text("PRAGMA foreign_key_check")


@dataclass(frozen=True, kw_only=True)
class EstadoBanco:
    """Onde está o banco (sem a senha), em que revisão, e se serve a este programa.

    Serve o da revisão do programa, e o mais novo que ainda atende os de antes: é assim que a versão
    anterior segue no ar enquanto a nova chega, e que se volta a ela.
    """

    banco: str
    revisao: str | None
    esperada: str
    serve: bool

    @property
    def em_dia(self) -> bool:
        return self.revisao == self.esperada

    @property
    def mais_novo(self) -> bool:
        return self.revisao is not None and self.revisao > self.esperada

    @property
    def porque_nao_serve(self) -> str | None:
        if self.serve:
            return None
        return MAIS_NOVO if self.mais_novo else FORA_DE_DIA


def revisoes() -> list[str]:
    """Todas, pelo nome do arquivo: carregar o Alembic para sabê-las demora."""
    return sorted(_arquivos())


def _arquivos() -> dict[str, Path]:
    return {caminho.name.partition("_")[0]: caminho for caminho in MIGRACOES.glob("versions/*.py")}


def revisao_do_programa() -> str:
    return revisoes()[-1]


def estado(url: str) -> EstadoBanco:
    with aberto(url) as motor:
        return insistir(lambda: _estado(motor), versao_dita=False)


def migrar(url: str, ate: str = "head") -> EstadoBanco:
    """Leva o banco à revisão do programa; repetir, ou retomar o que parou no meio, é seguro.

    No banco mais novo que ainda serve, nada muda. `ate` é uma revisão anterior, para receber o que
    se guardou nela.
    """
    situacao = _antes_de_mudar(url)
    if situacao.mais_novo:
        return situacao
    mudado = _mudar(url, lambda motor: _aplicar(motor, ate))
    if mudado.em_dia and not mudado.serve:
        raise Indisponivel(
            "O banco está na revisão do programa, e diz que já não serve a ele; fale com quem "
            "cuida dele."
        )
    return mudado


def voltar(url: str, ate: str) -> EstadoBanco:
    """Leva o banco a uma revisão anterior; o que só as de depois guardam se perde.

    Repetir não faz mal, e termina o que parou no meio. Levanta DadoInvalido se não é uma revisão a
    que se volte, e Indisponivel se o banco é mais novo que o programa: quem sabe voltar dele é o
    outro.
    """
    situacao = _antes_de_mudar(url)
    if situacao.mais_novo:
        raise Indisponivel(MAIS_NOVO)
    possiveis = [nome for nome in revisoes()[:-1] if nome <= (situacao.revisao or "")]
    if ate not in possiveis:
        raise DadoInvalido(
            f"O banco está na revisão {situacao.revisao or 'nenhuma'}; diga uma anterior: "
            f"{lista(possiveis)}.",
            "revisao",
        )
    return _mudar(url, lambda motor: _desfazer(motor, ate))


def _antes_de_mudar(url: str) -> EstadoBanco:
    with aberto(url) as comum:  # com prazo: servidor mudo não segura a migração
        return _situacao(comum)


def _mudar(url: str, mudar: Callable[[Engine], None]) -> EstadoBanco:
    with aberto(url, para_migrar=True) as motor:
        insistir(lambda: mudar(motor), versao_dita=False)
        return _estado(motor)


def exigir_arquivo(url: str) -> None:
    """Levanta Indisponivel se o endereço é de um arquivo que não existe."""
    if (arquivo := arquivo_do_banco(url)) and not arquivo.exists():
        raise Indisponivel(
            f"O arquivo {arquivo} não existe; confira se a pasta existe e o nome do arquivo."
        )


def nome_do_banco(url: str) -> str:
    """Como o dono o chama: o nome do arquivo, ou o do banco no servidor."""
    arquivo = arquivo_do_banco(url)
    return arquivo.name if arquivo else str(make_url(url).database)


def exigir_conhecida(url: str) -> None:
    """Levanta Indisponivel se o banco está vazio, ou tem o que este programa não conhece."""
    situacao = estado(url)
    if situacao.mais_novo:
        raise Indisponivel(MAIS_NOVO)
    if situacao.revisao is None:
        raise Indisponivel("O banco está vazio, e não há o que copiar; confira o endereço.")


def exigir_que_sirva(motor: Engine) -> None:
    """Levanta Indisponivel se o banco não serve a este programa; nada muda nele."""
    if not _que_se_entende(motor).serve:
        raise Indisponivel(FORA_DE_DIA)


def so_le(motor: Engine) -> bool:
    """Se o servidor virou cópia: quem já estava ligado a ele ainda lê, mas só o passado."""
    if motor.dialect.name == "sqlite":
        return False

    def perguntar() -> bool:
        with lendo(motor) as conexao:
            return bool(conexao.scalar(SO_LEITURA))

    return insistir(perguntar, versao_dita=False)


def conferir(motor: Engine) -> None:
    """O arquivo embutido se migra sozinho; o servidor, só quando mandam.

    Levanta Indisponivel se o banco não serve a este programa.
    """
    situacao = _situacao(motor)
    if situacao.serve:
        return
    if motor.dialect.name != "sqlite":
        raise Indisponivel(FORA_DE_DIA)
    migrar(mostrar(motor.url))


def _situacao(motor: Engine) -> EstadoBanco:
    """O estado do banco que se vai usar, e o modo do arquivo, que se liga aqui."""
    situacao = _que_se_entende(motor)
    if motor.dialect.name == "sqlite":
        insistir(lambda: _ligar_wal(motor), versao_dita=False)
    return situacao


def _que_se_entende(motor: Engine) -> EstadoBanco:
    """O estado; Indisponivel se o banco já não atende um programa como este."""
    situacao = insistir(lambda: _estado(motor), versao_dita=False)
    if situacao.mais_novo and not situacao.serve:
        raise Indisponivel(MAIS_NOVO)
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
        revisao, serve_desde = _revisao(conexao)
        esperada = revisao_do_programa()
        return EstadoBanco(
            banco=mostrar(motor.url),
            revisao=revisao,
            esperada=esperada,
            serve=revisao is not None and serve_desde <= esperada <= revisao,
        )


def _revisao(conexao: Connection) -> tuple[str | None, str]:
    """A revisão do banco, e a do programa mais antigo a que ele serve.

    Não há revisão se o banco está vazio ou se a primeira migração parou no meio; antes da 0010, o
    banco só servia ao programa dele.
    """
    tabelas = set(inspect(conexao).get_table_names())
    if not tabelas:
        return None, ""
    if not tabelas >= NOSSAS and tabelas != {"alembic_version"}:
        raise Indisponivel("Esse banco é de outro programa; confira o endereço.")
    linhas = conexao.execute(ALCANCE).mappings().all()
    if not linhas:
        return None, ""
    revisao = linhas[0]["version_num"]
    serve_desde = linhas[0].get("serve_desde") or revisao
    if len(linhas) > 1 or not (FORMA.fullmatch(revisao) and FORMA.fullmatch(serve_desde)):
        raise Indisponivel(
            "A revisão que o banco diz ter não se entende; fale com quem cuida dele."
        )
    return revisao, serve_desde


def _aplicar(motor: Engine, ate: str = "head") -> None:
    from alembic import command
    from alembic.config import Config

    configuracao = Config()
    configuracao.set_main_option("script_location", str(MIGRACOES))
    with _mudando(motor) as conexao:
        configuracao.attributes["conexao"] = conexao
        command.upgrade(configuracao, ate)


def _desfazer(motor: Engine, ate: str) -> None:
    """Um degrau por vez, e o banco já diz a revisão de baixo: quem morre no meio, migra ou repete.

    O MySQL confirma cada comando. Se dissesse ainda a de cima, migrar não veria o que lhe falta; e
    por isso, nele, se repete também o degrau logo acima, que pode ter ficado no meio.
    """
    from oficina_core.banco.migracao import desfazer

    arquivos, todas = _arquivos(), revisoes()
    with _mudando(motor) as conexao:
        revisao, _ = _revisao(conexao)
        no_meio = conexao.dialect.name != "sqlite"
        degraus = todas[todas.index(ate) : todas.index(str(revisao)) + 1 + no_meio]
        for abaixo, acima in reversed([*pairwise(degraus)]):
            conexao.execute(ANOTAR, {"revisao": abaixo})
            desfazer(conexao, arquivos[acima])


@contextmanager
def _mudando(motor: Engine) -> Iterator[Connection]:
    """A transação em que se muda o esquema, com o banco só para ela."""
    with motor.connect() as conexao, a_sos(conexao), gravando(conexao):
        yield conexao
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
