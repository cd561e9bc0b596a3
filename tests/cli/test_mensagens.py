"""A caixa de saída pela linha de comando: ver o que há, e entregar."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from oficina_cli import envio
from oficina_cli.app import app
from oficina_core.configuracao import Configuracao
from oficina_core.correio import CarteiroManual, CarteiroSMTP, CarteiroWebhook
from oficina_core.dominio.erros import DadoInvalido
from tests.carteiros import Caixa, correio, porta_livre
from tests.cenario import CPF_ANA, PLACA
from tests.cli.conftest import Pedir

URL = "https://oficina.exemplo.com.br"
SMTP = {"SMTP_HOST": "127.0.0.1", "SMTP_DE": "o@oficina.test", "SMTP_SEGURANCA": "nenhuma"}
WEBHOOK = {"WEBHOOK_URL": "https://crm.test/x", "WEBHOOK_SEGREDO": "s" * 32}
PUBLICA = {"OFICINA_URL_PUBLICA": URL}


@pytest.fixture(autouse=True)
def ambiente(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oficina_core.configuracao.user_config_path", lambda *_, **__: tmp_path)


@pytest.fixture
def enviado(url_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Um orçamento enviado, que espera quem o entregue ao cliente."""
    monkeypatch.setenv("OFICINA_BANCO", url_sqlite)
    rodar("servico", "criar", "--codigo", "OLEO", "--nome", "Óleo", "--preco", "75,00")
    cliente = ("--nome", "[/] Ana", "--documento", CPF_ANA, "--telefone", "11987654321")
    rodar("cliente", "criar", *cliente, "--email", "ana@exemplo.com.br")
    carro = ("--placa", PLACA, "--marca", "VW", "--modelo", "Gol", "--cliente", CPF_ANA)
    rodar("veiculo", "criar", *carro)
    orcar = ("orcamento", "criar", "--placa", PLACA, "--servico", "OLEO", "--enviar")
    assert rodar(*orcar, "--descricao", "[/] Revisão").exit_code == 0


def rodar(*argumentos: str) -> Result:
    resposta = CliRunner().invoke(app, list(argumentos), prog_name="oficina")
    assert "Traceback" not in resposta.output
    return resposta


def situacoes() -> list[str]:
    lidas = json.loads(rodar("mensagem", "listar", "-o", "json").stdout)
    return [linha["situacao"] for linha in lidas]


def definir(monkeypatch: pytest.MonkeyPatch, *ditos: dict[str, str]) -> None:
    for nome, valor in (par for dito in ditos for par in dito.items()):
        monkeypatch.setenv(nome, valor)


def test_a_lista_filtra_pela_situacao(enviado: None, pedir: Pedir) -> None:
    assert situacoes() == ["PENDENTE"]
    assert rodar("mensagem", "listar", "--situacao", "enviada", "-o", "json").stdout == "[]\n"
    assert pedir("mensagem", "listar", "--situacao", "falhou") == []


@pytest.mark.parametrize("dita", ["por enviar", "Por-Enviar", "pendente"])
def test_a_situacao_se_diz_como_se_mostra(enviado: None, dita: str) -> None:
    assert "por enviar" in rodar("mensagem", "listar", "--situacao", dita).stdout


def test_a_ajuda_e_a_recusa_oferecem_as_situacoes_que_se_mostram() -> None:
    ajuda = rodar("mensagem", "listar", "--help").stdout
    recusa = rodar("mensagem", "listar", "--situacao", "outra").stderr
    for dito in (" ".join(ajuda.split()), recusa):
        assert "pendente (por enviar), enviada, descartada (já não era preciso)" in dito
        assert "falhou (não se conseguiu enviar)" in dito


def test_sem_correio_nem_webhook_mostra_o_que_copiar(
    enviado: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    definir(monkeypatch, PUBLICA)
    feito = rodar("mensagem", "enviar")
    assert feito.exit_code == 0, feito.stderr
    assunto, texto, conversa = feito.stdout.splitlines()[:3]
    assert assunto == "Orçamento para aprovar, para [/] Ana"
    assert texto.startswith(
        "Mensagem:  Olá, [/]! Orçamento do VW Gol, placa ABC1D23: [/] Revisão, R$ 75,00. "
        f"Veja e responda: {URL}/aprovar/"
    )
    assert conversa.startswith("WhatsApp:  https://wa.me/5511987654321?text=")
    assert "Entregues  1" in feito.stdout
    assert situacoes() == ["ENVIADA"]
    assert "Entregues  0" in rodar("mensagem", "enviar").stdout


def test_em_json_a_saida_e_so_a_conta(enviado: None, monkeypatch: pytest.MonkeyPatch) -> None:
    definir(monkeypatch, PUBLICA)
    feito = rodar("mensagem", "enviar", "-o", "json")
    assert json.loads(feito.stdout) == {"entregues": 1, "falharam": 0}
    assert "WhatsApp:" in feito.stderr


def test_sem_endereco_publico_nenhuma_sai(enviado: None) -> None:
    feito = rodar("mensagem", "enviar")
    assert feito.exit_code == 2
    assert "OFICINA_URL_PUBLICA falta" in feito.stderr
    assert "PENDENTE" in rodar("mensagem", "listar", "-o", "json").stdout


def test_com_correio_a_mensagem_chega(enviado: None, monkeypatch: pytest.MonkeyPatch) -> None:
    caixa, porta = Caixa(), porta_livre()
    definir(monkeypatch, PUBLICA, SMTP, {"SMTP_PORT": str(porta)})
    falhou = rodar("mensagem", "enviar", "-o", "json")
    assert json.loads(falhou.stdout) == {"entregues": 0, "falharam": 1}
    assert (
        "não saiu. O servidor de e-mail não aceitou a mensagem. Tenta-se de novo" in falhou.stderr
    )
    assert falhou.exit_code == 7
    assert situacoes() == ["PENDENTE"]
    rodar("orcamento", "criar", "--placa", PLACA, "--servico", "OLEO", "--enviar")
    with correio(caixa, porta):
        assert '"entregues": 1' in rodar("mensagem", "enviar", "-o", "json").stdout
    ((para, carta),) = caixa.cartas
    assert para == ["ana@exemplo.com.br"]
    assert f"{URL}/aprovar/" in carta.get_content()


def test_o_arquivo_de_env_diz_por_onde_a_mensagem_sai(enviado: None, tmp_path: Path) -> None:
    caixa, porta = Caixa(), porta_livre()
    arquivo = tmp_path / "loja.env"
    ditos = PUBLICA | SMTP | {"SMTP_PORT": str(porta)}
    linhas = [f"{nome}={valor}" for nome, valor in ditos.items()]
    arquivo.write_text("\n".join(linhas), encoding="utf-8")
    with correio(caixa, porta):
        feito = rodar("--env", str(arquivo), "mensagem", "enviar", "-o", "json")
    assert json.loads(feito.stdout) == {"entregues": 1, "falharam": 0}
    ((_, carta),) = caixa.cartas
    assert f"{URL}/aprovar/" in carta.get_content()


def test_continuo_nao_mostra_a_quem_nao_esta_olhando(
    enviado: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(envio, "vigiar", lambda *_: pytest.fail("ficou à espera"))
    definir(monkeypatch, PUBLICA)
    recusa = rodar("mensagem", "enviar", "--continuo")
    assert recusa.exit_code == 2
    assert "configure SMTP_* ou WEBHOOK_*, ou repita sem --continuo." in recusa.stderr
    assert situacoes() == ["PENDENTE"]


@pytest.mark.parametrize(
    ("ditos", "frases"),
    [
        ((PUBLICA, SMTP, WEBHOOK), ["apague um dos dois"]),
        ((SMTP,), ["OFICINA_URL_PUBLICA falta"]),
        ((WEBHOOK,), ["OFICINA_URL_PUBLICA falta"]),
        ((PUBLICA, SMTP, {"SMTP_DE": "oficina"}), ["SMTP_DE falta"]),
        ((PUBLICA, SMTP, {"SMTP_HOST": "correio.test"}), ["SMTP_SEGURANCA=nenhuma"]),
        ((PUBLICA, WEBHOOK, {"WEBHOOK_URL": "http://crm.test/"}), ["WEBHOOK_URL é um endereço"]),
        ((PUBLICA, WEBHOOK, {"WEBHOOK_URL": "file:///etc/passwd"}), ["WEBHOOK_URL é um endereço"]),
        (({"WEBHOOK_URL": "x"},), ["OFICINA_URL_PUBLICA", "WEBHOOK_URL", "WEBHOOK_SEGREDO"]),
    ],
)
def test_configuracao_pela_metade_se_recusa_inteira_antes_de_tomar_mensagem(
    enviado: None,
    monkeypatch: pytest.MonkeyPatch,
    ditos: tuple[dict[str, str], ...],
    frases: list[str],
) -> None:
    definir(monkeypatch, *ditos)
    recusa = rodar("mensagem", "enviar")
    assert recusa.exit_code == 2
    problemas = recusa.stderr.splitlines()[1:]
    assert len(problemas) == len(frases)
    assert all(frase in problema for frase, problema in zip(frases, problemas, strict=True))
    assert situacoes() == ["PENDENTE"]


FORTE = WEBHOOK | {"WEBHOOK_SEGREDO": "q3zV7xk1Wm9Tg5Lp2Rn8Yc4Hb6Jd0FsA"}


@pytest.mark.parametrize(
    ("mudanca", "frase"),
    [
        ({"OFICINA_URL_PUBLICA": "http://oficina.exemplo"}, "OFICINA_URL_PUBLICA é um endereço"),
        ({"WEBHOOK_URL": "http://crm.test/"}, "WEBHOOK_URL é um endereço https://"),
        ({"WEBHOOK_URL": "http://127.0.0.1/"}, "WEBHOOK_URL é um endereço https://"),
        ({"WEBHOOK_SEGREDO": FORTE["WEBHOOK_SEGREDO"][:31]}, "WEBHOOK_SEGREDO tem 32 bytes"),
        ({"WEBHOOK_SEGREDO": "segredo-0123456789-abcdefghijklmno"}, "WEBHOOK_SEGREDO tem 32 bytes"),
        ({"WEBHOOK_SEGREDO": ""}, "WEBHOOK_SEGREDO falta"),
    ],
)
def test_em_producao_o_que_sai_e_seguro(
    monkeypatch: pytest.MonkeyPatch, mudanca: dict[str, str], frase: str
) -> None:
    definir(monkeypatch, PUBLICA, FORTE, {"APP_ENV": "production"})
    assert isinstance(envio.escolher(Configuracao.ler(), lambda *_: None), CarteiroWebhook)
    definir(monkeypatch, mudanca)
    with pytest.raises(DadoInvalido) as recusa:
        envio.escolher(Configuracao.ler(), lambda *_: None)
    (problema,) = recusa.value.detalhes
    assert problema.startswith(frase)


def test_cada_configuracao_tem_o_seu_carteiro(monkeypatch: pytest.MonkeyPatch) -> None:
    def escolhido(*ditos: dict[str, str]) -> object:
        with monkeypatch.context() as so_agora:
            definir(so_agora, *ditos)
            return envio.escolher(Configuracao.ler(), lambda *_: None)

    assert isinstance(escolhido(PUBLICA), CarteiroManual)
    gancho = escolhido(PUBLICA, WEBHOOK)
    assert isinstance(gancho, CarteiroWebhook)
    assert (gancho.url, gancho.segredo) == ("https://crm.test/x", "s" * 32)
    conta = {"SMTP_USER": "oficina", "SMTP_PASSWORD": "s3nh4", "SMTP_SEGURANCA": "tls"}
    correio = escolhido(PUBLICA, SMTP, conta, {"SMTP_PORT": "465"})
    assert isinstance(correio, CarteiroSMTP)
    assert (correio.porta, correio.usuario, correio.senha) == (465, "oficina", "s3nh4")
    assert (correio.seguranca, correio.url_publica) == ("tls", URL)
    with pytest.raises(DadoInvalido):
        escolhido(SMTP)


@pytest.mark.parametrize("intervalo", ["0", "-1"])
def test_intervalo_que_nao_espera_se_recusa(enviado: None, intervalo: str) -> None:
    assert rodar("mensagem", "enviar", "--continuo", "--intervalo", intervalo).exit_code == 2


def test_pela_api_ninguem_envia() -> None:
    recusa = rodar("--api", "http://127.0.0.1:9", "mensagem", "enviar")
    assert recusa.exit_code == 2
    assert "direto no banco" in recusa.stderr
