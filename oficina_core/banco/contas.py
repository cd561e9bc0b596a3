"""As contas do MySQL com que o programa roda: só o que ele faz em cada tabela, e nada mais.

O arquivo `migracoes/privilegios.mysql.sql` diz os direitos; aqui se dão, com a conta que migra.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError

from oficina_core.banco import manutencao
from oficina_core.banco.falhas import codigo, traduzindo, traduzir
from oficina_core.banco.motor import aberto, gravando
from oficina_core.dominio.erros import DadoInvalido, ErroOficina, Indisponivel
from oficina_core.dominio.valores import Opcao
from oficina_core.enderecos import arquivo_do_banco

DIREITOS = Path(__file__).parent / "migracoes" / "privilegios.mysql.sql"
SENHA_MAXIMA = 100
CONTA = re.compile(r"[A-Za-z0-9_]{1,32}")

CRIAR = "CREATE USER %s@'%%' IDENTIFIED BY %s"
TROCAR_GUARDANDO = "ALTER USER %s@'%%' IDENTIFIED BY %s RETAIN CURRENT PASSWORD"
# O MariaDB escreveria a senha no registro dele, se não lhe chegasse já resumida.
CRIAR_MARIADB = "CREATE USER %s@'%%' IDENTIFIED BY PASSWORD %s"
TROCAR_MARIADB = "ALTER USER %s@'%%' IDENTIFIED BY PASSWORD %s"
ENCERRAR = "ALTER USER %s@'%%' DISCARD OLD PASSWORD"
# O MariaDB, ao dar direito a uma conta que não há, a criaria sem senha.
SEM_CRIAR = "SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_CREATE_USER')"

# Os direitos são por tabela; no banco inteiro, nenhum.
DAR = "GRANT {dados} ON {tabela} TO %s@'%%'"
TIRAR = "REVOKE {sobra} ON {tabela} FROM %s@'%%'"
TIRAR_DO_BANCO = (
    "REVOKE ALL PRIVILEGES ON {banco}.* FROM %s@'%%'",
    "REVOKE GRANT OPTION ON {banco}.* FROM %s@'%%'",
)
DIREITO = re.compile(r"(?m)^GRANT (.+) ON (\S+);$")
DE_LINHAS = {"SELECT", "INSERT", "UPDATE", "DELETE"}

SENHA_RECUSADA, SEM_DIREITO_AO_BANCO = 1045, 1044
JA_EXISTE, NAO_TINHA = 1396, {1141, 1147}
SEM_CONTA, SENHA_FRACA = {1133, 1396, 1410}, 1819
NAO_EXISTE = "Essa conta ainda não existe no servidor; diga a senha dela, com --senha-stdin."
DE_OUTRO = "Essa conta não é a do programa; diga uma só dele, como oficina_app."
ERA_A_ANTERIOR = (
    "A senha dita não é a última que se deu à conta, e por isso as duas ainda entram. Não repita "
    "antes de ver qual delas o programa usa: é a que fica, e a outra deixa de entrar."
)
RECUSOU = "O servidor do banco não aceitou; fale com quem cuida dele. O erro dele é o de número"
NAO_ENTRA = (
    "A conta tem a senha, e não entra com ela daqui: há outra com o mesmo nome, de um endereço "
    "só, que o servidor escolhe antes. Fale com quem cuida dele."
)
TAMANHO = f"A senha da conta tem de 1 a {SENHA_MAXIMA} caracteres; sorteie: openssl rand -hex 24"
FRACA = "O servidor não aceita essa senha: ela não atende à política dele; escolha outra."


class Feito(Opcao):
    CRIADA = "CRIADA", "conta criada"
    SENHA_TROCADA = "SENHA_TROCADA", "senha trocada; a anterior, e só ela, ainda entra"
    TROCADA_DE_VEZ = "TROCADA_DE_VEZ", "senha trocada; a anterior já não entra"
    NADA = "NADA", "a conta já era assim"
    ENCERRADA = "ENCERRADA", "só a senha de agora entra"


@dataclass(frozen=True, kw_only=True)
class FichaConta:
    """Uma conta, o que se fez dela e quantos direitos tem do programa."""

    conta: str
    feito: Feito
    direitos: int


def preparar(
    url: str, conta: str, *, senha: str | None = None, encerrar: bool = False
) -> FichaConta:
    """Deixa a conta com os direitos desta versão do programa e, se dita, com a senha.

    Ela entra de qualquer máquina: de onde se chega ao servidor, quem o diz é a rede.

    Sem `encerrar`, repetir não faz mal. A senha que se troca continua a entrar até que se mande
    `encerrar` (no MariaDB, que não guarda duas, ela já não entra). Na vez em que se troca, não se
    encerra, que quem está no ar ainda usa a outra; e o servidor não diz qual das duas é a anterior:
    se é a dita, a primeira vez se recusa, com as duas entrando ainda.

    Levanta DadoInvalido se o banco não é MySQL, o nome ou a senha não servem, ou a conta não existe
    e não se disse a senha; Indisponivel se quem pede não tem o direito de dar direitos, ou o banco
    não está na revisão do programa.
    """
    if arquivo_do_banco(url):
        raise DadoInvalido("Só o MySQL tem contas; diga DB_HOST, DB_USER e DB_NAME.", "banco")
    if not CONTA.fullmatch(conta):
        raise DadoInvalido("Só letras, números e _, como oficina_app.", "conta")
    if senha is not None and not 0 < len(senha) <= SENHA_MAXIMA:
        raise DadoInvalido(TAMANHO, "senha")
    if conta in (make_url(url).username, "root"):
        raise DadoInvalido(DE_OUTRO, "conta")
    with aberto(url) as motor:
        manutencao.exigir_que_sirva(motor)
        # Um de cada vez: dois com a mesma senha nova dariam por anterior a própria nova.
        with (
            traduzindo(),
            motor.connect() as conexao,
            manutencao.a_sos(conexao),
            gravando(conexao),
        ):
            # O endereço que se disse: o do motor já não traz a autoridade do certificado.
            preparo = _Preparo(conexao, make_url(url), conta)
            feito = preparo.identificar(senha)
            if encerrar and feito is Feito.NADA and not preparo.mariadb:
                preparo.encerrar(senha)
                feito = Feito.ENCERRADA
            return FichaConta(conta=conta, feito=feito, direitos=preparo.conceder())


class _Preparo:
    def __init__(self, conexao: Connection, url: URL, conta: str) -> None:
        self._conexao, self._url, self._conta = conexao, url, conta
        self.mariadb = bool(getattr(conexao.dialect, "is_mariadb", False))

    def identificar(self, senha: str | None) -> Feito:
        """A conta com essa senha; sem ela, a que houver."""
        if senha is None or self._entra(senha):
            return Feito.NADA
        feito = self._dar(senha)
        if not self._entra(senha):
            raise Indisponivel(NAO_ENTRA)
        return feito

    def _dar(self, senha: str) -> Feito:
        """Cria ou troca; a conta não se experimenta de novo antes, que errar demais a bloqueia."""
        dita = _resumida(senha) if self.mariadb else senha
        criar, trocar = (
            (CRIAR_MARIADB, TROCAR_MARIADB) if self.mariadb else (CRIAR, TROCAR_GUARDANDO)
        )
        if self._mandar(criar, dita, passa={JA_EXISTE}):
            return Feito.CRIADA
        self._mandar(trocar, dita)
        return Feito.TROCADA_DE_VEZ if self.mariadb else Feito.SENHA_TROCADA

    def encerrar(self, senha: str | None) -> None:
        """A anterior já não entra; se a dita era ela, volta a entrar, que pode haver quem a use."""
        self._mandar(ENCERRAR)
        if senha is not None and not self._entra(senha):
            self._mandar(TROCAR_GUARDANDO, senha)
            raise DadoInvalido(ERA_A_ANTERIOR, "senha")

    def conceder(self) -> int:
        """Os direitos do arquivo, um por tabela, e nenhum outro no banco.

        Primeiro se dão, e só depois se tira o que sobra: quem está no ar não fica um instante sem.
        """
        banco = f"`{self._url.database}`"
        escritos = DIREITOS.read_text(encoding="utf-8").format(banco=banco)
        direitos = DIREITO.findall(escritos)
        if self.mariadb:
            self._conexao.exec_driver_sql(SEM_CRIAR)
        for dados, tabela in direitos:
            self._mandar(DAR.format(dados=dados, tabela=tabela))
        for tirar in TIRAR_DO_BANCO:
            self._mandar(tirar.format(banco=banco), passa=NAO_TINHA)
        for dados, tabela in direitos:
            for sobra in _sobras(dados):
                self._mandar(TIRAR.format(sobra=sobra, tabela=tabela), passa=NAO_TINHA)
        return len(direitos)

    def _mandar(self, comando: str, *senha: str, passa: Collection[int] = ()) -> bool:
        """Se o servidor o fez; o erro que `passa` é o de quem já estava assim."""
        try:
            self._conexao.exec_driver_sql(comando, (self._conta, *senha))
        except DBAPIError as erro:
            if codigo(erro) in passa:
                return False
            raise _explicar(erro) from None
        return True

    def _entra(self, senha: str) -> bool:
        """Se a conta já entra com a senha, daqui; o nome é o dela, e não o de quem migra."""
        url = self._url.set(username=self._conta, password=senha)
        with aberto(url.render_as_string(hide_password=False)) as motor:
            try:
                motor.connect().close()
            except DBAPIError as erro:
                if codigo(erro) not in (SENHA_RECUSADA, SEM_DIREITO_AO_BANCO):
                    raise
                return codigo(erro) == SEM_DIREITO_AO_BANCO
        return True


def _sobras(dados: str) -> list[str]:
    """O que o arquivo não dá em uma tabela, um por um; o que dá em uma coluna fica."""
    dados_nela = {dado.split()[0] for dado in dados.split(", ")}
    return sorted(DE_LINHAS - dados_nela)


def _resumida(senha: str) -> str:
    """Como o MariaDB a guarda (mysql_native_password)."""
    uma = sha1(senha.encode(), usedforsecurity=False).digest()
    return f"*{sha1(uma, usedforsecurity=False).hexdigest().upper()}"


def _explicar(erro: DBAPIError) -> ErroOficina:
    """O erro do servidor, dito sem citar o comando: ele tem a senha."""
    if codigo(erro) in SEM_CONTA:
        return DadoInvalido(NAO_EXISTE, "conta")
    if codigo(erro) == SENHA_FRACA:
        return DadoInvalido(FRACA, "senha")
    return traduzir(erro) or Indisponivel(f"{RECUSOU} {codigo(erro)}.")
