"""Todos os controles de qualidade: `nox` roda os essenciais, `nox -l` mostra o resto."""

from pathlib import Path

import nox

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"

TRAVA = "requirements.lock"
DO_CONTRATO = "requirements-contrato.lock"
DA_IMAGEM = "requirements-imagem.lock"
DA_MONTAGEM = "requirements-montagem.lock"
DA_AUDITORIA = "requirements-auditoria.lock"
DOS_MANIFESTOS = "requirements-manifestos.lock"

# Os que só acham o que tem forma de segredo; os outros acham o que os testes têm de parecido.
SEM_FORMA = (
    "Base64HighEntropyString",
    "HexHighEntropyString",
    "KeywordDetector",
    "BasicAuthDetector",
)
FALSO = "eyJzdWIiOiI3In0"  # o JWT de mentira dos testes, que diz {"sub":"7"}


def preparar(sessao: nox.Session) -> None:
    """Instala o que a trava fixa, com os resumos conferidos, e o projeto sem buscar mais nada."""
    sessao.install("--require-hashes", "-r", TRAVA)
    sessao.install("--no-deps", "--no-build-isolation", "-e", ".")


def testar(sessao: nox.Session) -> None:
    preparar(sessao)
    if sessao.posargs:
        sessao.run("pytest", *sessao.posargs)
        return
    # O que se mede é do núcleo, e medir dobra o que custa cada tela.
    sessao.run("pytest", "-n", "2", "--cov", "--ignore", "tests/tui")
    sessao.run("pytest", "-n", "3", "tests/tui")


@nox.session
def estilo(sessao: nox.Session) -> None:
    """Formato e lint."""
    preparar(sessao)
    sessao.run("ruff", "format", "--check", ".")
    sessao.run("ruff", "check", ".")


@nox.session
def tipos(sessao: nox.Session) -> None:
    """Tipos, em modo estrito."""
    preparar(sessao)
    sessao.run("mypy")
    sessao.run("mypy", ".ci")


@nox.session
def camadas(sessao: nox.Session) -> None:
    """Quem pode importar quem."""
    preparar(sessao)
    sessao.run("lint-imports")


@nox.session
def testes(sessao: nox.Session) -> None:
    """Testes em todos os mundos e cobertura; passe opções do pytest depois de --."""
    testar(sessao)


@nox.session(python=["3.12", "3.13"], default=False)
def versoes(sessao: nox.Session) -> None:
    """Os mesmos testes nas outras versões do Python."""
    testar(sessao)


@nox.session(default=False)
def corridas(sessao: nox.Session) -> None:
    """As corridas com 32 processos e 20 rodadas em cada banco."""
    preparar(sessao)
    ambiente = {"OFICINA_TESTE_CORREDORES": "32", "OFICINA_TESTE_RODADAS": "20"}
    sessao.run("pytest", "tests/banco/test_concorrencia.py", *sessao.posargs, env=ambiente)


@nox.session(default=False)
def bench(sessao: nox.Session) -> None:
    """As medidas, cada uma contra o seu piso; -- --grande mede também com um milhão de ordens."""
    preparar(sessao)
    sessao.run("python", "-m", "benchmarks", *sessao.posargs)


@nox.session(default=False)
def copias(sessao: nox.Session) -> None:
    """Cinquenta cópias com gente gravando, em cada banco, e cada uma restaurada."""
    preparar(sessao)
    ambiente = {"OFICINA_TESTE_COPIAS": "50"}
    sessao.run("pytest", "tests/banco/test_copia.py", *sessao.posargs, env=ambiente)


@nox.session(default=False)
def quedas(sessao: nox.Session) -> None:
    """A API derrubada, trocada e deixada sem quem grave, dez vezes cada, com gente pedindo."""
    preparar(sessao)
    ambiente = {f"OFICINA_TESTE_{nome}": "10" for nome in ("QUEDAS", "TROCAS", "ELEICOES")}
    arquivos = (f"tests/api/test_{nome}.py" for nome in ("quedas_api", "troca", "eleicao"))
    sessao.run("pytest", *arquivos, *sessao.posargs, env=ambiente)


@nox.session(default=False)
def migracoes(sessao: nox.Session) -> None:
    """Cada migração, ida, volta e morta no meio, com cem mil ordens em cada banco."""
    preparar(sessao)
    ambiente = {"OFICINA_TESTE_ORDENS": "100000"}
    sessao.run("pytest", "tests/banco/test_voltas.py", *sessao.posargs, env=ambiente)


@nox.session(default=False)
def balcao(sessao: nox.Session) -> None:
    """Dois balcões e a linha de comando juntos, em terminais de verdade, por dois minutos."""
    preparar(sessao)
    ambiente = {"OFICINA_TESTE_SEGUNDOS": "120"}
    sessao.run("pytest", "tests/tui/test_terminal.py", *sessao.posargs, env=ambiente)


@nox.session(default=False)
def roteiros(sessao: nox.Session) -> None:
    """Duzentos roteiros sorteados, os mesmos em SQLite, em MySQL e pela API."""
    preparar(sessao)
    ambiente = {"OFICINA_TESTE_ROTEIROS": "200"}
    sessao.run("pytest", "tests/test_diferencial.py", *sessao.posargs, env=ambiente)


@nox.session(default=False)
def telas(sessao: nox.Session) -> None:
    """As imagens de docs/telas; -- fila refaz só as que têm isso no nome."""
    preparar(sessao)
    sessao.run("python", "-m", "tests.tui.fotos", *sessao.posargs)


@nox.session(default=False)
def exame(sessao: nox.Session) -> None:
    """Cada valor hostil em cada campo do balcão, e cada tela em cada tamanho e tema."""
    preparar(sessao)
    arquivos = ("tests/tui/test_hostis.py", "tests/tui/test_aparencia.py")
    sessao.run("pytest", "-n", "2", *arquivos, *sessao.posargs, env={"OFICINA_TESTE_EXAME": "1"})


@nox.session(default=False)
def acaso(sessao: nox.Session) -> None:
    """Duas mil linhas de comando sorteadas, e cada valor hostil em cada opção."""
    preparar(sessao)
    ambiente = {"OFICINA_TESTE_LINHAS": "2000", "OFICINA_TESTE_EXAME": "1"}
    sessao.run("pytest", "-n", "2", "tests/cli/test_acaso.py", *sessao.posargs, env=ambiente)


@nox.session(default=False)
def contrato(sessao: nox.Session) -> None:
    """O Schemathesis contra a API em MySQL, como cada papel; depois de --, --max-examples 200."""
    preparar(sessao)
    sessao.install("--require-hashes", "-r", DO_CONTRATO)
    sessao.run("python", "-m", "tests.contrato_vivo", *sessao.posargs)


@nox.session(default=False)
def imagem(sessao: nox.Session) -> None:
    """A imagem, construída, olhada por dentro e no ar com um MySQL; pede podman ou docker."""
    preparar(sessao)
    sessao.run("pytest", "tests/implantacao/imagem_no_ar.py", *sessao.posargs)


@nox.session(default=False)
def auditoria(sessao: nox.Session) -> None:
    """Os fluxos do GitHub, segredos nos arquivos e falhas conhecidas no que as travas fixam."""
    sessao.install("--require-hashes", "-r", DA_AUDITORIA)
    sessao.run("zizmor", "--offline", ".github")
    guardados = str(sessao.run("git", "ls-files", external=True, silent=True)).split()
    menos = (parte for nome in SEM_FORMA for parte in ("--disable-plugin", nome))
    sessao.run("detect-secrets-hook", *menos, "--exclude-secrets", FALSO, *guardados, log=False)
    for arquivo in sorted(Path().glob("requirements*.lock")):
        sessao.run("pip-audit", "--strict", "--require-hashes", "--disable-pip", "-r", str(arquivo))


@nox.session(default=False)
def manifestos(sessao: nox.Session) -> None:
    """Refaz k8s/renderizado e o passa pelo checkov: cada exceção está nele, com o motivo."""
    sessao.install("--require-hashes", "-r", DOS_MANIFESTOS)
    sessao.run("python", "-m", "tests.manifestos", env={"PYTHONPATH": "."})
    arquivos = ("--file", "k8s/renderizado/local.yaml", "--file", "k8s/renderizado/eks.yaml")
    opcoes = ("--framework", "kubernetes", "--compact", "--quiet", "--skip-download")
    sessao.run("checkov", *opcoes, *arquivos, *sessao.posargs)


@nox.session(default=False)
def trava(sessao: nox.Session) -> None:
    """Refaz os requirements*.lock; passe -U depois de -- para subir as versões."""
    sessao.install("uv")
    fixar(sessao, TRAVA, "--group", "dev", *com_extras("api", "chaveiro", "pdf"))
    fixar(sessao, DO_CONTRATO, "--group", "contrato", "--constraint", TRAVA)
    fixar(sessao, DA_IMAGEM, *com_extras("api", "datadog", "pdf"), "--constraint", TRAVA)
    fixar(sessao, DA_MONTAGEM, "--group", "montagem", "--constraint", TRAVA)
    fixar(sessao, DA_AUDITORIA, "--group", "auditoria", "--constraint", TRAVA)
    fixar(sessao, DOS_MANIFESTOS, "--group", "manifestos")


def com_extras(*nomes: str) -> tuple[str, ...]:
    return ("pyproject.toml", *(parte for nome in nomes for parte in ("--extra", nome)))


def fixar(sessao: nox.Session, arquivo: str, *do_que: str) -> None:
    sessao.run(
        *("uv", "pip", "compile", *do_que, "-o", arquivo, "--quiet"),
        *("--universal", "--python-version", "3.11"),
        *("--generate-hashes", "--no-header", *sessao.posargs),
    )
    if "://" in Path(arquivo).read_text(encoding="utf-8"):
        sessao.error(f"{arquivo} traz o endereço de um repositório de pacotes")
