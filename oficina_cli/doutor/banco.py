"""O que se confere no banco da oficina, quando se atende direto nele."""

import os
import re
import stat
from collections.abc import Callable, Iterator
from functools import partial
from glob import escape
from pathlib import Path
from shlex import quote
from urllib.parse import urlsplit

from oficina_cli.doutor.parecer import Achado, Parecer, Situacao, aviso, bom, conferir, falha
from oficina_cli.doutor.relogio import comparar
from oficina_core.arquivos import PARCIAL
from oficina_core.banco.exame import Exame
from oficina_core.configuracao import Configuracao, arquivo_padrao
from oficina_core.dominio.erros import DadoInvalido, NaoIdentificado
from oficina_core.enderecos import arquivo_do_banco, propria_maquina
from oficina_core.texto import lista

LONGE = 100  # milissegundos
DOS_OUTROS = 0o077
FALTAS_DITAS = 5
FOLGA = 0.8  # das conexões do servidor; o resto é de quem o cuida
MYSQL_MINIMO, MARIADB_MINIMO = (8, 0), (10, 6)
MONTADOS = Path("/proc/self/mounts")
DA_REDE = {
    *("9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs"),
    *("lustre", "nfs", "nfs4", "smb3", "smbfs"),
}


def examinar(configuracao: Configuracao) -> Iterator[Achado]:
    """Sem chegar ao banco, ou sem as tabelas do programa nele, o resto não se confere."""
    alcance = conferir("banco", lambda: _alcancar(configuracao.endereco_do_banco()))
    yield alcance
    if alcance.situacao is not Situacao.BOM:
        return
    url = configuracao.endereco_do_banco()
    arquivo = arquivo_do_banco(url)
    if arquivo and os.name == "posix":
        yield conferir("banco: permissão", partial(_permissao, arquivo))
    with Exame(url) as exame:
        consultorio = _Consultorio(url, exame)
        revisao = conferir("banco: revisão", consultorio.revisao)
        yield revisao
        do_tipo = consultorio.no_sqlite(arquivo) if arquivo else consultorio.no_mysql()
        for nome, fazer in do_tipo:
            yield conferir(nome, fazer)
        if revisao.situacao is Situacao.BOM:
            yield conferir("banco: esquema", consultorio.esquema)
            if not arquivo:
                yield conferir("banco: auditoria", consultorio.auditoria)
            cpf = configuracao.oficina_operador
            yield conferir("operador", lambda: consultorio.operador(cpf))


def _alcancar(url: str) -> Parecer:
    """Que banco é, sem a senha, e em quanto tempo responde; o arquivo que não há não nasce aqui."""
    arquivo = arquivo_do_banco(url)
    if arquivo and not arquivo.exists():
        if arquivo.parent.exists() or arquivo == arquivo_padrao():
            return aviso(
                f"O arquivo {arquivo} ainda não existe.", "Nasce sozinho no primeiro comando."
            )
        return falha(
            f"A pasta {arquivo.parent}, do arquivo do banco, não existe.",
            "Crie-a, ou confira OFICINA_BANCO e --banco: oficina config mostrar --origem",
        )
    with Exame(url) as exame:
        demora, estado = exame.demora(), exame.estado()
    dito = f"{estado.banco} responde em {max(demora, 1):.0f} ms"
    if demora > LONGE:
        return bom(f"{dito}: está longe, e cada comando espera por ele.")
    return bom(f"{dito}.")


class _Consultorio:
    """As conferências de um banco que responde."""

    def __init__(self, url: str, exame: Exame) -> None:
        self._url, self._exame = url, exame

    def revisao(self) -> Parecer:
        estado = self._exame.estado()
        if estado.em_dia:
            return bom(f"{estado.revisao}, a do programa.")
        if estado.mais_novo:
            fim = "mas ainda serve." if estado.serve else "e já não serve."
            return (aviso if estado.serve else falha)(
                f"É {estado.revisao}, e a do programa é {estado.esperada}: é mais novo, {fim}",
                "Atualize o programa.",
            )
        sozinho = arquivo_do_banco(self._url)
        return (aviso if sozinho else falha)(
            f"É {estado.revisao or 'nenhuma'}, e a do programa é {estado.esperada}.",
            "oficina banco migrar",
        )

    def esquema(self) -> Parecer:
        faltas = self._exame.faltas()
        if not faltas:
            return bom("Tem tudo o que o programa usa.")
        return falha(
            f"Falta {lista(list(faltas[:FALTAS_DITAS]))}, ao todo {len(faltas)}.",
            "Não grave mais nele: restaure a última cópia boa, ou fale com quem faz o programa.",
        )

    def no_sqlite(self, arquivo: Path) -> Iterator[tuple[str, Callable[[], Parecer]]]:
        yield "banco: WAL", partial(self.diario, arquivo)
        yield "banco: chaves", self.chaves
        yield "banco: integridade", self.integridade
        yield "banco: restos", partial(_restos, arquivo)

    def no_mysql(self) -> Iterator[tuple[str, Callable[[], Parecer]]]:
        yield "banco: versão", self.versao
        yield "banco: acentos", self.acentos
        yield "banco: sessão", self.sessao
        yield "banco: TLS", self.tls
        yield "banco: conexões", self.conexoes
        yield "banco: relógio", lambda: comparar("O servidor do banco", self._exame.atraso())

    def operador(self, cpf: str | None) -> Parecer:
        if not cpf:
            return bom("Ninguém: age o sistema, como gerente, e a auditoria diz isso.")
        try:
            ator = self._exame.operador(cpf)
        except (DadoInvalido, NaoIdentificado) as erro:
            return falha(f"OFICINA_OPERADOR: {erro}", "Veja os que há: oficina funcionario listar")
        return bom(f"{ator.nome}, {ator.papel.rotulo}.")

    # ── no SQLite ────────────────────────────────────────────────────────────────────────────

    def diario(self, arquivo: Path) -> Parecer:
        if (tipo := tipo_do_disco(arquivo)) in DA_REDE:
            return falha(
                f"O arquivo está em um disco da rede ({tipo}), em que duas máquinas o estragam.",
                "Mude-o para um disco desta máquina; para várias máquinas, use MySQL ou a API.",
            )
        if (diario := self._exame.diario()) != "wal":
            return aviso(
                f"O diário é {diario}, e quem lê espera por quem grava.", "oficina banco migrar"
            )
        return bom("Ligado, em disco desta máquina.")

    def chaves(self) -> Parecer:
        if self._exame.confere_chaves():
            return bom("O arquivo recusa registro sem par.")
        return falha(
            "Este SQLite não confere as chaves estrangeiras.", "Atualize o Python e o SQLite."
        )

    def integridade(self) -> Parecer:
        integro = self._exame.integro()
        if integro:
            return bom("O arquivo está inteiro.")
        if integro is None:
            return aviso(
                "O arquivo é grande, e em quatro segundos não se soube.",
                "Confira sem prazo: oficina verificar",
            )
        return falha(
            "O arquivo está danificado.",
            "Pare de usá-lo, guarde uma cópia dele como está e restaure a última cópia boa.",
        )

    # ── no MySQL ─────────────────────────────────────────────────────────────────────────────

    def versao(self) -> Parecer:
        dita = self._exame.versao()
        nome, minimo = ("MariaDB", MARIADB_MINIMO) if "MariaDB" in dita else ("MySQL", MYSQL_MINIMO)
        numeros = tuple(map(int, re.findall("[0-9]+", dita)[:2]))
        if numeros >= minimo:
            return bom(f"{nome} {dita}.")
        pedida = ".".join(map(str, minimo))
        return falha(f"{nome} {dita}, e o programa pede {pedida}.", "Atualize o servidor.")

    def acentos(self) -> Parecer:
        *_, caracteres = self._exame.sessao()
        fora = self._exame.fora_de_utf8mb4()
        if caracteres == "utf8mb4" and not fora:
            return bom("A conversa e as tabelas são utf8mb4.")
        onde = f"nas tabelas {lista(list(fora))}" if fora else f"na conversa ({caracteres})"
        return falha(
            f"Não é utf8mb4 {onde}, e letras se perderiam.",
            "Fale com quem cuida do servidor: ALTER TABLE … CONVERT TO CHARACTER SET utf8mb4",
        )

    def sessao(self) -> Parecer:
        fuso, modo, _ = self._exame.sessao()
        if fuso == "+00:00" and "STRICT_TRANS_TABLES" in modo:
            return bom("Em UTC e em modo estrito.")
        return falha(
            f"O fuso é {fuso}, e o modo, {modo or 'nenhum'}.",
            "Fale com quem cuida do servidor: a sessão tem de aceitar UTC e STRICT_TRANS_TABLES.",
        )

    def tls(self) -> Parecer:
        if cifra := self._exame.cifra():
            return bom(f"A conversa vai cifrada ({cifra}).")
        if propria_maquina(urlsplit(self._url).hostname):
            return bom("Sem ele, na própria máquina.")
        return falha("A conversa vai às claras pela rede.", "Ligue o TLS no servidor do banco.")

    def conexoes(self) -> Parecer:
        feitas, maximo = self._exame.conexoes()
        if feitas <= maximo * FOLGA:
            return bom(f"{feitas}, das {maximo} que o servidor aceita.")
        return aviso(
            f"{feitas} das {maximo} que o servidor aceita, e perto do fim ele recusa quem chega.",
            "Menos réplicas da API, ou mais conexões no servidor (docs/operacao.md, Crescer).",
        )

    def auditoria(self) -> Parecer:
        if not (abertas := self._exame.apagaveis()):
            return bom("O servidor não deixa apagar o que só se acrescenta.")
        return aviso(
            f"Este usuário do banco pode apagar de {lista(list(abertas))}.",
            "Prepare outro com: oficina banco conta oficina_app",
        )


def _restos(arquivo: Path) -> Parecer:
    """O que ainda se escrevia e, se morreu na troca, o segundo nome do próprio arquivo."""
    nomes = f"{escape(arquivo.name)}{PARCIAL}*", f"{escape(arquivo.stem)}-ate-*"
    escritos, guardados = map(arquivo.parent.glob, nomes)
    gemeos = (guardado for guardado in guardados if guardado.samefile(arquivo))
    achados = [str(resto) for resto in (*escritos, *gemeos)]
    if not achados:
        return bom("Nenhuma restauração parou no meio.")
    return aviso(
        f"Uma restauração parou no meio, e deixou dados de clientes em {lista(achados)}.",
        f"Se nenhuma está em curso: rm -r {' '.join(map(quote, achados))}",
    )


def _permissao(arquivo: Path) -> Parecer:
    """Antes de o exame abrir o arquivo, que faz nascer os outros dois enquanto está aberto."""
    partes = [Path(f"{arquivo}{resto}") for resto in ("", "-wal", "-shm")]
    abertas = [str(parte) for parte in partes if _aberto(parte)]
    if not abertas:
        return bom("Só o dono lê o arquivo.")
    return aviso(
        f"Outras contas desta máquina leem {lista(abertas)}, que tem dados de clientes.",
        f"chmod 600 {' '.join(map(quote, abertas))}",
    )


def _aberto(arquivo: Path) -> bool:
    return arquivo.exists() and bool(stat.S_IMODE(arquivo.stat().st_mode) & DOS_OUTROS)


def tipo_do_disco(arquivo: Path) -> str:
    """Como o sistema monta o disco em que o arquivo está; vazio onde não se sabe."""
    if not MONTADOS.exists():
        return ""
    caminho = arquivo.resolve()
    montados = [linha.split() for linha in MONTADOS.read_text("utf-8").splitlines()]
    tipos = {Path(partes[1].replace("\\040", " ")): partes[2] for partes in montados}
    return next((tipos[pasta] for pasta in caminho.parents if pasta in tipos), "")
