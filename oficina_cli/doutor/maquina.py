"""O que se confere na máquina: o programa, o terminal, a configuração, as pastas e o shell."""

import locale
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oficina_cli.atalhos import DADOS
from oficina_cli.conexao import Conexao
from oficina_cli.doutor.parecer import REPITA, Parecer, aviso, bom, falha
from oficina_cli.lugares import PASTAS, pasta
from oficina_core.dominio.erros import DadoInvalido, ErroOficina
from oficina_core.enderecos import arquivo_do_banco
from oficina_core.texto import lista
from oficina_core.versao import instalada

COLUNAS, LINHAS = 80, 24
MEGA = 1024 * 1024
POUCO, QUASE_NADA = 500 * MEGA, 50 * MEGA
# Onde `oficina completar` recomenda que se guarde o de cada shell.
COMPLETAR = {
    "bash": "~/.local/share/bash-completion/completions/oficina",
    "fish": "~/.config/fish/completions/oficina.fish",
    "zsh": "~/.zfunc/_oficina",
}


def programa() -> Parecer:
    sistema = f"{platform.system()} {platform.release()}"
    return bom(f"oficina {instalada()}, Python {platform.python_version()}, {sistema}.")


def terminal() -> Parecer:
    """O que a tela cheia precisa; sem terminal, não há o que conferir."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return bom("A saída não vai para um terminal.")
    tamanho, tipo = shutil.get_terminal_size(), os.environ.get("TERM", "")
    if locale.getencoding().upper().replace("-", "") != "UTF8":
        return aviso(
            f"O terminal está em {locale.getencoding()}, e os acentos se perdem.",
            "Ponha LANG=pt_BR.UTF-8 (ou C.UTF-8) no ambiente.",
        )
    if os.name == "posix" and tipo in ("", "dumb"):
        return aviso(
            "TERM não diz que terminal é este, e a tela cheia não abre.",
            "Ponha TERM=xterm-256color no ambiente.",
        )
    if tamanho.columns < COLUNAS or tamanho.lines < LINHAS:
        return aviso(
            f"A janela tem {tamanho.columns} colunas e {tamanho.lines} linhas.",
            f"Alargue-a: a tela cheia pede {COLUNAS} por {LINHAS}.",
        )
    cor = "sem cor (NO_COLOR)" if os.environ.get("NO_COLOR") else "com cor"
    return bom(f"{tipo}, {tamanho.columns} por {tamanho.lines}, UTF-8, {cor}.")


def configuracao(conexao: Conexao) -> Parecer:
    """O arquivo, quem disse cada ajuste e tudo o que há a corrigir."""
    from oficina_cli import ajustes
    from oficina_core.configuracao import Camada, Configuracao, arquivo_do_usuario

    camadas = Configuracao.camadas(conexao.env, **conexao.escolhas)
    try:
        vale = list(ajustes.em_vigor(conexao.configuracao, camadas))
    except DadoInvalido as erro:
        problemas = [f"{dito} ({_de_quem(dito, camadas)})" for dito in erro.detalhes]
        return falha("; ".join(problemas) or str(erro), REPITA)
    if estranhos := list(ajustes.desconhecidos(camadas)):
        return aviso(" ".join(estranhos), f"Corrija ou apague isso em {arquivo_do_usuario()}")
    ha = "lido" if arquivo_do_usuario().exists() else "não há, e não faz falta"
    ditos = [a for a in vale if a.valor is not None and a.origem is not Camada.PADRAO]
    nomes = lista([f"{a.nome} ({a.origem.rotulo})" for a in ditos]) if ditos else "nada"
    return bom(f"config.toml: {ha}. Fora do padrão: {nomes}.")


def _de_quem(problema: str, camadas: Mapping[Any, Mapping[str, Any]]) -> str:
    """A camada do nome de que o problema fala; dos que falam de vários, a do primeiro."""
    from oficina_cli import ajustes

    nomes = [palavra.strip(",;") for palavra in problema.split()]
    ditos = [nome.lower() for nome in nomes if any(nome.lower() in c for c in camadas.values())]
    return ajustes.origem(ditos[0], camadas).rotulo if ditos else "padrão"


def pastas(conexao: Conexao) -> Parecer:
    """Quem trabalha direto em um servidor, como em um contêiner, só não passa sem a de estado."""
    ruins = [nome for nome in PASTAS if not _grava(pasta(nome))]
    if not ruins:
        return bom("Grava-se nas de dados, configuração, estado e cache.")
    passa = "estado" not in ruins and _direto_no_servidor(conexao)
    return (aviso if passa else falha)(
        f"Não se grava em {lista([str(pasta(nome)) for nome in ruins])}.",
        "Dê à sua conta o direito de gravar nessa pasta, ou na de cima, para que ela nasça.",
    )


def _direto_no_servidor(conexao: Conexao) -> bool:
    try:
        dita = conexao.configuracao
        return not dita.oficina_api and arquivo_do_banco(dita.endereco_do_banco()) is None
    except ErroOficina:
        return False


def _grava(lugar: Path) -> bool:
    """Se ela aceita gravação ou, ainda por nascer, se a de cima aceita."""
    existente = _existente(lugar)
    return existente.is_dir() and os.access(existente, os.W_OK | os.X_OK)


def _existente(lugar: Path) -> Path:
    return next(nivel for nivel in (lugar, *lugar.parents) if os.path.lexists(nivel))


def disco() -> Parecer:
    livres = {nome: shutil.disk_usage(_existente(pasta(nome))).free for nome in PASTAS}
    nome = min(livres, key=lambda qual: livres[qual])
    dito = f"Há {livres[nome] // MEGA:,} MB livres".replace(",", ".")
    if livres[nome] >= POUCO:
        return bom(f"{dito}.")
    julgar = falha if livres[nome] < QUASE_NADA else aviso
    return julgar(f"{dito} no disco de {pasta(nome)}.", "Libere espaço: sem ele, nada se grava.")


def shell() -> str | None:
    """O de quem usa, se é um dos que se sabe ensinar."""
    nome = Path(os.environ.get("SHELL", "")).name
    return nome if nome in COMPLETAR else None


def completamento(nome: str) -> Parecer:
    """Se o Tab completa, e se é o desta versão."""
    lugar = COMPLETAR[nome]
    ensinar = f"mkdir -p {Path(lugar).parent} && oficina completar {nome} > {lugar}"
    try:
        instalado = Path(lugar).expanduser().read_text(encoding="utf-8")
    except (OSError, ValueError, RuntimeError):
        return aviso(f"O Tab não completa no {nome}.", ensinar)
    if instalado != (DADOS / f"completar.{nome}").read_text(encoding="utf-8"):
        return aviso(f"O que o {nome} completa é de outra versão.", ensinar)
    return bom(f"O Tab completa no {nome}.")
