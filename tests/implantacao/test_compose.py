"""O compose: uma oficina inteira nesta máquina, fechada, e sem senha escrita em lugar nenhum."""

import json
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import validators

from oficina_core.configuracao import Configuracao
from oficina_core.enderecos import propria_maquina

RAIZ = Path(__file__).parents[2]
ARQUIVO = RAIZ / "docker-compose.yml"
DESCRITO: dict[str, Any] = yaml.safe_load(ARQUIVO.read_text("utf-8"))
SERVICOS: dict[str, dict[str, Any]] = DESCRITO["services"]
PASSAGEIROS = {"certificado", "migracao"}  # fazem e saem
DURADOUROS = SERVICOS.keys() - PASSAGEIROS
DO_PROGRAMA = SERVICOS.keys() - {"banco"}
# ${NOME}, ${NOME:-padrão} e ${NOME:?queixa}
VARIAVEL = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")

cada = pytest.mark.parametrize("nome", sorted(SERVICOS))


def test_e_um_compose_que_se_entende() -> None:
    lugar = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    esquema = json.loads(lugar.read_text("utf-8"))
    validators.validator_for(esquema)(esquema).validate(DESCRITO)


def test_cada_variavel_esta_no_arquivo_de_exemplo() -> None:
    exemplo = (RAIZ / ".env.example").read_text("utf-8")
    ditas = {*re.findall(r"^#?([A-Z_]+)=", exemplo, re.MULTILINE)}
    usadas = {achada[1] for achada in VARIAVEL.finditer(ARQUIVO.read_text("utf-8"))}
    assert usadas <= ditas


def test_sem_senha_nao_sobe_e_diz_qual_falta() -> None:
    for achada in VARIAVEL.finditer(ARQUIVO.read_text("utf-8")):
        nome, modo, queixa = achada.groups()
        if nome in {"DB_PASSWORD", "DB_ROOT_PASSWORD", "JWT_SECRET"}:
            assert (modo, nome in queixa, ".env.example" in queixa) == ("?", True, True), nome
        else:
            assert modo == "-", nome


@cada
def test_nenhuma_senha_esta_escrita(nome: str) -> None:
    for variavel, valor in SERVICOS[nome].get("environment", {}).items():
        if re.search("PASSWORD|SENHA|SECRET|SEGREDO", variavel):
            assert VARIAVEL.fullmatch(str(valor)), variavel


@pytest.mark.parametrize("nome", sorted(DO_PROGRAMA))
def test_cada_ajuste_e_um_que_o_programa_le(nome: str) -> None:
    ajustes = {ajuste.lower() for ajuste in SERVICOS[nome].get("environment", {})}
    assert ajustes - {"oficina_conta_senha"} <= Configuracao.model_fields.keys()


@cada
def test_so_esta_maquina_alcanca_o_que_se_publica(nome: str) -> None:
    for porta in SERVICOS[nome].get("ports", ()):
        assert propria_maquina(str(porta).rsplit(":", 2)[0]), porta


def test_so_a_api_se_publica_e_o_banco_nao_sai() -> None:
    assert [nome for nome, servico in SERVICOS.items() if "ports" in servico] == ["api"]
    assert SERVICOS["banco"]["networks"] == ["interna"]
    assert DESCRITO["networks"]["interna"] == {"internal": True}


@cada
def test_cada_servico_roda_fechado(nome: str) -> None:
    servico = SERVICOS[nome]
    assert servico["read_only"] is True
    assert servico["cap_drop"] == ["ALL"]
    assert servico["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "cpus", "pids_limit", "logging"} <= servico.keys()
    assert not {"privileged", "pid", "ipc", "devices"} & servico.keys()
    if servico.get("user", "").startswith("0"):
        # Só quem dá a chave ao usuário do MySQL, sem rede, e uma vez.
        assert (nome, servico["network_mode"]) == ("certificado", "none")
        assert servico["cap_add"] == ["CHOWN"]
    else:
        assert "cap_add" not in servico


@cada
def test_ninguem_espera_por_quem_nao_esta_pronto(nome: str) -> None:
    for outro, como in SERVICOS[nome].get("depends_on", {}).items():
        fim = "completed_successfully" if outro in PASSAGEIROS else "healthy"
        assert como == {"condition": f"service_{fim}"}, outro


def test_a_api_so_parte_com_o_banco_migrado() -> None:
    assert SERVICOS["api"]["depends_on"].keys() == {"banco", "migracao"}
    assert SERVICOS["migracao"]["depends_on"].keys() == {"banco"}
    assert SERVICOS["banco"]["depends_on"].keys() == {"certificado"}


def test_so_a_migracao_entra_com_a_conta_que_pode_tudo() -> None:
    contas = {
        nome: servico["environment"]["DB_USER"]
        for nome, servico in SERVICOS.items()
        if "DB_USER" in servico.get("environment", {})
    }
    assert contas == {"migracao": "root", "api": "oficina_app", "mensagens": "oficina_app"}


def test_a_imagem_e_a_desta_copia_e_ninguem_a_busca_fora() -> None:
    assert {SERVICOS[nome]["image"] for nome in DO_PROGRAMA} == {"oficina:local"}
    assert SERVICOS["certificado"]["build"] == "."
    for nome in DO_PROGRAMA:
        feita_aqui = "build" in SERVICOS[nome]
        assert SERVICOS[nome]["pull_policy"] == ("build" if feita_aqui else "never"), nome


@cada
def test_o_que_fica_no_ar_recomeca_e_o_que_faz_e_sai_nao(nome: str) -> None:
    esperado = "no" if nome in PASSAGEIROS else "unless-stopped"
    assert SERVICOS[nome]["restart"] == esperado


def test_quem_atende_tem_a_saude_conferida() -> None:
    assert SERVICOS["banco"]["healthcheck"]["test"][0] == "CMD"
    assert "healthcheck" not in SERVICOS["api"]  # a da imagem
    for nome in DO_PROGRAMA - {"api"}:
        assert SERVICOS[nome]["healthcheck"] == {"disable": True}, nome


def test_os_dados_ficam_e_quem_para_tem_tempo() -> None:
    assert "dados:/var/lib/mysql" in SERVICOS["banco"]["volumes"]
    assert DESCRITO["volumes"].keys() == {"dados", "certificado"}
    assert all("stop_grace_period" in SERVICOS[nome] for nome in DURADOUROS)


def test_as_mensagens_so_saem_se_se_pede() -> None:
    assert [nome for nome, servico in SERVICOS.items() if "profiles" in servico] == ["mensagens"]


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    """Com o certificado, feito como o compose o faz, mas de quem testa."""
    fazer(tmp_path)
    return tmp_path


def fazer(pasta: Path) -> None:
    programa, *argumentos = SERVICOS["certificado"]["entrypoint"][1:]
    caminho = RAIZ / "conteiner" / Path(programa).name
    dono = str(pasta.stat().st_uid)
    subprocess.run(
        [sys.executable, "-I", caminho, pasta, argumentos[1], dono], check=True, capture_output=True
    )


@pytest.fixture
def atende(pasta: Path) -> Iterator[int]:
    """A porta de quem aceita uma conexão com esse certificado."""
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexto.load_cert_chain(pasta / "banco.pem", pasta / "banco.key")

    def aceitar() -> None:
        try:
            with contexto.wrap_socket(escuta.accept()[0], server_side=True) as conexao:
                conexao.recv(1)
        except OSError:
            pass

    with socket.create_server(("127.0.0.1", 0)) as escuta:
        fio = threading.Thread(target=aceitar)
        fio.start()
        yield escuta.getsockname()[1]
        fio.join()


def apresentar(pasta: Path, porta: int, nome: str) -> None:
    contexto = ssl.create_default_context(cafile=pasta / "banco.pem")
    with (
        socket.create_connection(("127.0.0.1", porta), timeout=10) as conexao,
        contexto.wrap_socket(conexao, server_hostname=nome) as segura,
    ):
        segura.sendall(b".")


def test_o_certificado_prova_o_nome_do_banco(pasta: Path, atende: int) -> None:
    assert SERVICOS["api"]["environment"]["DB_HOST"] == "banco"
    apresentar(pasta, atende, "banco")


def test_o_certificado_nao_prova_outro_nome(pasta: Path, atende: int) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        apresentar(pasta, atende, "outro")


def test_a_chave_so_o_dono_a_le_e_nada_se_refaz(pasta: Path) -> None:
    assert (pasta / "banco.key").stat().st_mode & 0o777 == 0o400
    antes = (pasta / "banco.pem").read_bytes()
    fazer(pasta)
    assert (pasta / "banco.pem").read_bytes() == antes
    assert {arquivo.name for arquivo in pasta.iterdir()} == {"banco.pem", "banco.key"}
