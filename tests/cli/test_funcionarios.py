"""A senha de cada um, e o primeiro gerente, pela linha de comando."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from oficina_cli import pergunta
from oficina_cli.app import app
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito
from oficina_core.dominio.erros import NaoIdentificado
from oficina_core.senhas import entrar
from tests.cenario import CPF_BIA, CPF_ZE, funcionario, sujeito
from tests.cli.conftest import Pedir, Rodar

SENHA = "uma frase que só o Zé sabe"
PRIMEIRO = ("funcionario", "criar", "--primeiro", "--nome", "Bia", "--cpf", CPF_BIA)


@pytest.fixture
def ze(oficina: Oficina) -> str:
    return f"id:{funcionario(oficina, Papel.ATENDENTE).id}"


def digitar(monkeypatch: pytest.MonkeyPatch, *segredos: str) -> Iterator[str]:
    """Alguém diante do terminal, que digita estes; o que sobra não se perguntou."""
    restam = iter(segredos)
    monkeypatch.setattr(pergunta, "ha_alguem", lambda: True)
    monkeypatch.setattr(pergunta, "getpass", lambda _: next(restam))
    return restam


@pytest.mark.parametrize("como", ["entrada", "terminal"])
def test_com_a_senha_dada_o_funcionario_entra(
    url_sqlite: str, monkeypatch: pytest.MonkeyPatch, como: str
) -> None:
    oficina = OficinaLocal.em(url_sqlite)
    ze = funcionario(oficina, Papel.ATENDENTE)
    mais = ["--senha-stdin"] if como == "entrada" else []
    if como == "terminal":
        digitar(monkeypatch, SENHA, SENHA)
    resposta = CliRunner().invoke(
        app, ["funcionario", "senha", CPF_ZE, *mais], obj=oficina, input=f"{SENHA}\n"
    )
    assert resposta.exit_code == 0, resposta.stderr
    assert SENHA not in resposta.output
    assert entrar(oficina, CPF_ZE, SENHA, "127.0.0.1").id == ze.id
    with pytest.raises(NaoIdentificado):
        entrar(oficina, CPF_ZE, f"{SENHA} ", "127.0.0.1")
    oficina.fechar()


def test_senha_nova_se_digita_duas_vezes(
    rodar: Rodar, pedir: Pedir, ze: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    digitar(monkeypatch, SENHA, "outra frase qualquer")
    recusa = rodar("funcionario", "senha", ze)
    assert recusa.exit_code == 2
    assert "não são iguais" in recusa.stderr
    assert pedir("funcionario", "ver", ze)["versao"] == 1
    digitar(monkeypatch, SENHA, SENHA)
    assert pedir("funcionario", "senha", ze)["versao"] == 2


def test_senha_que_se_adivinha_se_recusa_antes_de_pedir_de_novo(
    rodar: Rodar, ze: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    restam = digitar(monkeypatch, "12345678", "não se pediu")
    recusa = rodar("funcionario", "senha", ze)
    assert recusa.exit_code == 2
    assert "se adivinha" in recusa.stderr
    assert list(restam) == ["não se pediu"]


@pytest.mark.parametrize("mais", [[], ["--sem-perguntas"]])
def test_sem_ninguem_a_perguntar_diz_como_mandar_a_senha(
    rodar: Rodar, ze: str, mais: list[str]
) -> None:
    recusa = rodar("funcionario", "senha", ze, *mais, entrada=f"{SENHA}\n")
    assert recusa.exit_code == 2
    assert "--senha-stdin" in recusa.stderr


def test_calado_nao_se_pergunta_nem_a_quem_esta_diante_do_terminal(
    rodar: Rodar, ze: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    restam = digitar(monkeypatch, SENHA)
    assert rodar("funcionario", "senha", ze, "--sem-perguntas").exit_code == 2
    assert list(restam) == [SENHA]


def test_senha_de_quem_nao_existe_nem_se_pergunta(
    rodar: Rodar, monkeypatch: pytest.MonkeyPatch
) -> None:
    restam = digitar(monkeypatch, SENHA)
    assert rodar("funcionario", "senha", CPF_ZE).exit_code == 3
    assert list(restam) == [SENHA]


@pytest.mark.parametrize("desistencia", [EOFError(), UnicodeDecodeError("ascii", b"", 0, 1, "x")])
def test_quem_desiste_ou_digita_o_que_nao_se_le_ouve_uma_frase(
    rodar: Rodar, ze: str, monkeypatch: pytest.MonkeyPatch, desistencia: Exception
) -> None:
    def falhar(_: str) -> str:
        raise desistencia

    monkeypatch.setattr(pergunta, "ha_alguem", lambda: True)
    monkeypatch.setattr(pergunta, "getpass", falhar)
    recusa = rodar("funcionario", "senha", ze)
    assert recusa.exit_code == 2
    assert recusa.stderr.startswith("Erro: ")


def test_no_terminal_a_senha_nao_se_le_da_entrada(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    with pytest.raises(ValueError, match="a senha se pergunta"):
        pergunta.ler_segredo()


@pytest.fixture
def vazia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Uma oficina sem ninguém, direto no arquivo."""
    banco = f"sqlite:///{tmp_path / 'oficina.db'}"
    monkeypatch.setenv("OFICINA_BANCO", banco)
    monkeypatch.setattr("oficina_core.configuracao.user_config_path", lambda *_, **__: tmp_path)
    return banco


def direto(*argumentos: str, entrada: str | None = None) -> tuple[int, str]:
    resposta = CliRunner().invoke(app, list(argumentos), prog_name="oficina", input=entrada)
    return resposta.exit_code, resposta.output


def test_o_primeiro_gerente_abre_a_oficina_e_so_ele(vazia: str) -> None:
    codigo, dito = direto(*PRIMEIRO, "--senha-stdin", entrada=f"{SENHA}\n")
    assert codigo == 0, dito
    assert SENHA not in dito
    oficina = OficinaLocal.em(vazia)
    assert entrar(oficina, CPF_BIA, SENHA, "127.0.0.1").id == 1
    oficina.fechar()
    outro = ("funcionario", "criar", "--primeiro", "--nome", "Zé", "--cpf", CPF_ZE)
    codigo, dito = direto(*outro, "--senha-stdin", entrada=f"{SENHA}\n")
    assert codigo == 5
    assert "peça a um gerente" in dito


def test_simular_o_primeiro_nao_o_cria(vazia: str) -> None:
    for _ in range(2):
        codigo, dito = direto(*PRIMEIRO, "--senha-stdin", "--simular", entrada=f"{SENHA}\n")
        assert codigo == 0, dito
        assert "argon2" not in dito


@pytest.mark.parametrize("mais", [("--papel", "mecanico"), ("--da-loja", "1")])
def test_o_primeiro_e_sempre_gerente_da_rede(vazia: str, mais: tuple[str, ...]) -> None:
    codigo, dito = direto(*PRIMEIRO, *mais, "--senha-stdin", entrada=f"{SENHA}\n")
    assert codigo == 2
    assert "O primeiro é gerente" in dito


def test_o_primeiro_nao_se_cria_pela_api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("oficina_core.configuracao.user_config_path", lambda *_, **__: tmp_path)
    monkeypatch.setenv("OFICINA_API", "http://127.0.0.1:9")
    codigo, dito = direto(*PRIMEIRO, "--senha-stdin", entrada=f"{SENHA}\n")
    assert codigo == 2
    assert "direto no banco" in dito


@pytest.mark.parametrize(
    ("mais", "frase"),
    [((), "Falta a opção --papel."), (("--senha-stdin",), "oficina funcionario senha")],
)
def test_os_outros_tem_papel_e_a_senha_vem_depois(
    rodar: Rodar, mais: tuple[str, ...], frase: str
) -> None:
    recusa = rodar("funcionario", "criar", "--nome", "Zé", "--cpf", CPF_ZE, *mais)
    assert recusa.exit_code == 2
    assert frase in recusa.stderr


def test_a_propria_senha_se_troca_com_a_atual_e_a_nova_em_duas_linhas(
    em_nome_de: Callable[[Sujeito], Oficina],
) -> None:
    ze = funcionario(em_nome_de(SISTEMA), Papel.MECANICO)
    em_nome_de(SISTEMA).executar(DefinirSenha(funcionario_id=ze.id, senha="a primeira frase"))
    dele = em_nome_de(sujeito(ze))

    def trocar(atual: str, nova: str) -> Result:
        return CliRunner().invoke(
            app, ["auth", "senha", "--senha-stdin"], obj=dele, input=f"{atual}\n{nova}\n"
        )

    errada = trocar("uma qualquer", "a segunda frase")
    assert (errada.exit_code, errada.stdout) == (2, "")
    assert "A senha atual não é essa" in errada.stderr
    certa = trocar("a primeira frase", "a segunda frase")
    assert (certa.exit_code, certa.stdout, certa.stderr) == (0, "", "Senha trocada.\n")
    assert trocar("a primeira frase", "a terceira frase").exit_code == 2
