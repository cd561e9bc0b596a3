"""De onde vem cada escolha, e qual vence."""

import re
from pathlib import Path

import pytest
from sqlalchemy import make_url

from oficina_core import configuracao
from oficina_core.configuracao import Configuracao, endereco
from oficina_core.dominio.erros import DadoInvalido, Indisponivel


@pytest.fixture(autouse=True)
def casa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pasta de configuração e a de dados, só deste teste."""
    monkeypatch.setattr(configuracao, "user_config_path", lambda *_, **__: tmp_path / "config")
    monkeypatch.setattr(configuracao, "user_data_path", lambda *_, **__: tmp_path / "dados")
    return tmp_path


def toml(casa: Path, texto: str) -> None:
    (casa / "config").mkdir()
    (casa / "config" / "config.toml").write_text(texto, "utf-8")


def test_sem_nada_dito_e_um_arquivo_na_pasta_de_dados(casa: Path) -> None:
    assert Configuracao.ler().banco() == f"sqlite:///{casa}/dados/oficina.db"
    assert (casa / "dados").is_dir()


def test_pasta_que_nao_se_cria_se_diz(casa: Path) -> None:
    (casa / "dados").write_text("ocupado", "utf-8")
    with pytest.raises(Indisponivel, match="--banco"):
        Configuracao.ler().banco()


def test_argumento_vence_ambiente_que_vence_arquivo_que_vence_o_toml(
    casa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml(casa, "oficina_loja = 1\n")
    arquivo = casa / "loja.env"
    arquivo.write_text("OFICINA_LOJA=2\n", "utf-8")
    assert Configuracao.ler().oficina_loja == 1
    assert Configuracao.ler(arquivo).oficina_loja == 2
    monkeypatch.setenv("OFICINA_LOJA", "3")
    assert Configuracao.ler(arquivo).oficina_loja == 3
    assert Configuracao.ler(arquivo, oficina_loja=4).oficina_loja == 4


def test_as_partes_formam_o_endereco_do_mysql(monkeypatch: pytest.MonkeyPatch) -> None:
    senha = "p@ss:w/rd#?%&ç "
    partes = {"HOST": "::1", "PORT": "3307", "USER": "o@f", "PASSWORD": senha, "NAME": "oficina"}
    for nome, valor in partes.items():
        monkeypatch.setenv(f"DB_{nome}", valor)
    url = make_url(Configuracao.ler().banco())
    assert (url.host, url.port, url.username) == ("::1", 3307, "o@f")
    assert (url.password, url.database) == (senha, "oficina")
    assert url.drivername == "mysql+pymysql"


def test_banco_dito_de_dois_jeitos_se_recusa(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_HOST", "db")
    monkeypatch.setenv("OFICINA_BANCO", "x.db")
    with pytest.raises(DadoInvalido) as erro:
        Configuracao.ler()
    assert "apague um dos dois" in erro.value.detalhes[0]


def test_o_banco_do_argumento_vence_as_outras_formas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_HOST", "db")
    monkeypatch.setenv("OFICINA_API", "https://api.exemplo.com.br")
    escolhida = Configuracao.ler(oficina_banco="sqlite:///x.db")
    assert escolhida.banco() == "sqlite:///x.db"
    assert escolhida.oficina_api is None


def test_mysql_pela_metade_diz_o_que_falta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_HOST", "db")
    with pytest.raises(DadoInvalido) as erro:
        Configuracao.ler()
    assert erro.value.detalhes == ("para usar MySQL falta DB_USER e DB_NAME",)


def test_todos_os_problemas_de_uma_vez_e_nenhum_valor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PORT", "segredo")
    monkeypatch.setenv("OFICINA_LOJA", "0")
    with pytest.raises(DadoInvalido) as erro:
        Configuracao.ler()
    assert erro.value.detalhes == (
        "DB_PORT deve ser um número inteiro",
        "OFICINA_LOJA está abaixo do que se aceita",
    )


def test_arquivo_que_nao_existe_ou_nao_se_entende(casa: Path) -> None:
    with pytest.raises(DadoInvalido, match="não existe"):
        Configuracao.ler(casa / "nada.env")
    with pytest.raises(DadoInvalido, match="Não deu para ler"):
        Configuracao.ler(Path("x" * 5000))
    toml(casa, "isto não é toml")
    with pytest.raises(DadoInvalido, match="não é TOML"):
        Configuracao.ler()
    (casa / "config" / "config.toml").write_text(f"x = {'[' * 5000}", "utf-8")
    with pytest.raises(DadoInvalido, match="não é TOML"):
        Configuracao.ler()


def test_senha_e_token_nao_se_mostram(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFICINA_TOKEN", "s3nh4-oculta")
    monkeypatch.setenv("OFICINA_BANCO", "mysql://o:s3nh4-oculta@db/oficina")
    assert "s3nh4-oculta" not in repr(Configuracao.ler())


@pytest.mark.parametrize(
    ("dito", "completo"),
    [
        ("/tmp/x.db", "sqlite:////tmp/x.db"),  # noqa: S108
        ("mysql://o@db/x", "mysql+pymysql://o@db/x"),
        ("sqlite:///x.db", "sqlite:///x.db"),
    ],
)
def test_endereco_aceita_um_caminho(dito: str, completo: str) -> None:
    assert endereco(dito) == completo


@pytest.mark.parametrize("dito", ["", "  "])
def test_banco_vazio_se_recusa_em_vez_de_abrir_o_padrao(dito: str) -> None:
    with pytest.raises(DadoInvalido, match="Diga o arquivo"):
        Configuracao.ler(oficina_banco=dito).banco()


def test_pasta_de_usuario_que_nao_ha_se_diz() -> None:
    with pytest.raises(DadoInvalido, match="caminho inteiro"):
        endereco("~ninguem-com-este-nome/x.db")


@pytest.mark.parametrize("dito", ["x" * 231, f"{'ç' * 116}/x.db"])
def test_nome_que_nao_cabe_no_disco_se_recusa(dito: str) -> None:
    with pytest.raises(DadoInvalido, match="comprido demais"):
        endereco(dito)
    assert endereco("x" * 230)


def test_o_arquivo_de_exemplo_diz_todos_os_nomes_e_com_o_padrao_de_cada_um(
    casa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exemplo = (Path(__file__).parents[1] / ".env.example").read_text("utf-8")
    ditos = dict(re.findall("^#([A-Z_]+)=(.*)$", exemplo, re.MULTILINE))
    assert {nome.lower() for nome in ditos} == {*Configuracao.model_fields}
    so_de_exemplo = {"OFICINA_BANCO", "OFICINA_API"}
    env = casa / "exemplo.env"
    env.write_text("".join(f"{n}={v}\n" for n, v in ditos.items() if n not in so_de_exemplo))
    for nome in ditos:
        monkeypatch.delenv(nome, raising=False)
    assert Configuracao.ler(env) == Configuracao.ler()
