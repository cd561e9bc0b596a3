"""A receita da imagem: o que entra, de onde vem, e com que usuário roda."""

import json
import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

RAIZ = Path(__file__).parents[2]
ENTRAM = {
    *("oficina_api", "oficina_cli", "oficina_core", "pyproject.toml"),
    *("requirements-imagem.lock", "requirements-montagem.lock"),
}
DA_IMAGEM, DA_MONTAGEM = "requirements-imagem.lock", "requirements-montagem.lock"
TESTADAS = "requirements.lock"
# O rastro liga-se por fora, e o que ele traz os testes não instalam.
SO_DO_RASTRO = {"bytecode", "ddtrace", "ddtrace-internal", "envier", "wrapt"}


@dataclass(frozen=True)
class Instrucao:
    nome: str
    resto: str


def etapas() -> list[list[Instrucao]]:
    """As instruções de cada etapa, e antes delas as que valem para todas."""
    texto = (RAIZ / "Dockerfile").read_text("utf-8")
    linhas = re.sub(r"^#.*\n", "", texto, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    feitas: list[list[Instrucao]] = [[]]
    for linha in filter(str.strip, linhas):
        nome, _, resto = linha.partition(" ")
        if nome == "FROM":
            feitas.append([])
        feitas[-1].append(Instrucao(nome, " ".join(resto.split())))
    return feitas


def ditas(nome: str, etapa: int | None = None) -> list[str]:
    partes = etapas() if etapa is None else [etapas()[etapa]]
    return [dita.resto for parte in partes for dita in parte if dita.nome == nome]


def fixadas(trava: str) -> dict[str, str]:
    texto = (RAIZ / trava).read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", texto, re.MULTILINE))


def dos_grupos(*nomes: str) -> set[str]:
    grupos = tomllib.loads((RAIZ / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    return {re.split(r"[<>=!~; \[]", dita)[0] for nome in nomes for dita in grupos[nome]}


def test_o_que_monta_nao_fica_na_imagem() -> None:
    _, montagem, final = etapas()
    assert "AS montagem" in montagem[0].resto
    assert [dita.resto for dita in final if dita.nome == "COPY"] == [
        "--from=montagem /oficina /oficina"
    ]


def test_a_base_vem_de_fora_com_etiqueta_e_e_uma_so() -> None:
    (base,) = ditas("ARG", 0)
    nome, _, imagem = base.partition("=")
    assert re.fullmatch(r"[a-z/]+:\d[\w.-]*", imagem)
    assert {dita.split()[0] for dita in ditas("FROM")} == {f"${{{nome}}}"}


def test_ninguem_diz_a_ultima_versao_nem_um_resumo_que_nao_obteve() -> None:
    texto = (RAIZ / "Dockerfile").read_text("utf-8") + (RAIZ / "docker-compose.yml").read_text()
    assert "latest" not in texto
    assert not re.search(r"sha256:\w", texto)


def test_roda_com_um_usuario_que_nao_pode_nada() -> None:
    assert ditas("USER")[-1] == "10001:10001"
    final = [dita.nome for dita in etapas()[-1]]
    assert not {"RUN", "COPY", "ADD"} & {*final[final.index("USER") :]}


def test_e_o_programa_que_recebe_o_sinal() -> None:
    assert json.loads(ditas("ENTRYPOINT", -1)[0]) == ["oficina"]
    assert json.loads(ditas("CMD", -1)[0]) == ["api", "servir", "--host", "0.0.0.0"]  # noqa: S104


def test_a_vida_se_confere_sem_programa_que_a_imagem_nao_tem() -> None:
    (dita,) = ditas("HEALTHCHECK", -1)
    comando = json.loads(dita.partition("CMD ")[2])
    assert comando[:4] == ["python", "-I", "-S", "-c"]
    assert "/health/live" in comando[4]
    compile(comando[4], "vida", "exec")


def test_nada_se_grava_ao_rodar() -> None:
    ambiente = dict(par.split("=", 1) for par in shlex.split(ditas("ENV", -1)[0]))
    assert ambiente["PYTHONDONTWRITEBYTECODE"] == "1"
    assert not (RAIZ / ambiente["HOME"]).exists()
    for etapa in (1, 2):
        assert any("compileall" in dita for dita in ditas("RUN", etapa)), etapa


def test_nenhum_segredo_fica_na_receita() -> None:
    nomes = " ".join([*ditas("ARG"), *ditas("ENV")])
    assert not re.search(r"senha|segredo|token|password|secret|key", nomes, re.IGNORECASE)


def test_os_rotulos_dizem_o_que_o_projeto_diz() -> None:
    projeto = tomllib.loads((RAIZ / "pyproject.toml").read_text("utf-8"))["project"]
    rotulos = dict(par.split("=", 1) for par in shlex.split(ditas("LABEL", -1)[0]))
    sem_prefixo = {nome.removeprefix("org.opencontainers.image."): v for nome, v in rotulos.items()}
    assert sem_prefixo.keys() >= {
        "title",
        "description",
        "version",
        "revision",
        "created",
        "source",
    }
    assert sem_prefixo["title"] == projeto["name"]
    assert sem_prefixo["description"] == projeto["description"]
    assert f"VERSAO={projeto['version']}" in ditas("ARG", -1)


def test_so_entra_na_construcao_o_que_se_copia() -> None:
    regras = [
        linha
        for linha in (RAIZ / ".dockerignore").read_text("utf-8").splitlines()
        if linha and not linha.startswith("#")
    ]
    assert regras[0] == "*"
    assert {regra[1:] for regra in regras if regra.startswith("!")} == ENTRAM
    copiados = {origem for dita in ditas("COPY", 1) for origem in dita.split()[:-1]}
    assert copiados == ENTRAM
    assert not ditas("ADD")
    assert all((RAIZ / nome).exists() for nome in ENTRAM)


@pytest.mark.parametrize("trava", [DA_IMAGEM, DA_MONTAGEM])
def test_cada_pacote_vem_pelo_resumo_e_sem_endereco(trava: str) -> None:
    texto = (RAIZ / trava).read_text("utf-8")
    assert "://" not in texto
    pacotes = re.split(r"^(?=[a-z0-9])", texto, flags=re.MULTILINE)[1:]
    assert len(pacotes) == len(fixadas(trava)) > 0
    assert all("--hash=sha256:" in pacote for pacote in pacotes)
    instalacoes = [dita for dita in ditas("RUN", 1) if trava in dita]
    assert len(instalacoes) == 1
    assert "--require-hashes --only-binary :all:" in instalacoes[0]


def test_a_imagem_leva_as_versoes_que_se_testam() -> None:
    testadas, levadas = fixadas(TESTADAS), fixadas(DA_IMAGEM)
    assert levadas.keys() - testadas.keys() == SO_DO_RASTRO
    assert {n: v for n, v in levadas.items() if n in testadas} == {
        n: v for n, v in testadas.items() if n in levadas
    }
    montam = fixadas(DA_MONTAGEM)
    assert all(testadas[nome] == montam[nome] for nome in testadas.keys() & montam.keys())


def test_nenhuma_ferramenta_de_quem_desenvolve_vai_na_imagem() -> None:
    assert not dos_grupos("dev", "contrato", "montagem") & fixadas(DA_IMAGEM).keys()
