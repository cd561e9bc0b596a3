"""O token que se emite se lê; o que não se sabe de quem é se recusa, sem dizer por quê."""

import json
import logging
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from oficina_api.chaves import Segredos, kid_de
from oficina_api.tokens import MENSAGEM, Lido, Tokens
from oficina_core.configuracao import Configuracao
from oficina_core.dominio.erros import DadoInvalido, NaoIdentificado
from tests.api.fichas_ruins import FABRICAS, Forja, fichas_ruins

AGORA = datetime(2026, 11, 23, 12, tzinfo=UTC)
INSTANTE = int(AGORA.timestamp())
SEGREDO = "q3zV7xk1Wm9Tg5Lp2Rn8Yc4Hb6Jd0FsA"
OUTRO = "Ae8Nw2Xs6Zq0Bv4Cf9Gt3Hy7Ju1Km5Lp"
FORJA = Forja(segredo=SEGREDO.encode(), agora=INSTANTE)


def tokens(atual: str = SEGREDO, anterior: str | None = None, **mudancas: Any) -> Tokens:
    escolhas = {"jwt_secret": atual, "jwt_secret_anterior": anterior, **mudancas}
    return Tokens.de(Configuracao.ler(**escolhas), lambda: AGORA)


def daqui_a(leitor: Tokens, segundos: int) -> Tokens:
    quando = AGORA + timedelta(seconds=segundos)
    return Tokens(
        emissor=leitor.emissor,
        publico=leitor.publico,
        ttl=leitor.ttl,
        chaves=leitor.chaves,
        agora=lambda: quando,
    )


def recusar(leitor: Tokens, token: str) -> NaoIdentificado:
    with pytest.raises(NaoIdentificado) as erro:
        leitor.ler(token)
    return erro.value


def cabecalho(token: str) -> Any:
    segmento = token.partition(".")[0]
    return json.loads(urlsafe_b64decode(segmento + "=" * (-len(segmento) % 4)))


def test_o_que_se_emite_se_le() -> None:
    token, vence_em = tokens().emitir("funcionario:7", "pwd")
    vencimento = AGORA + timedelta(hours=1)
    assert vence_em == 3600
    assert tokens().ler(token) == Lido(sub="funcionario:7", amr=("pwd",), iat=AGORA, exp=vencimento)


def test_o_que_se_emite_vale_para_outra_biblioteca_e_diz_so_o_combinado() -> None:
    token, _ = tokens().emitir("cliente:3", "otp")
    dados = jwt.decode(
        token,
        SEGREDO,
        algorithms=["HS256"],
        options={"verify_exp": False, "verify_iat": False},
        audience="oficina-api",
        issuer="oficina",
    )
    assert len(dados.pop("jti")) == 22
    assert dados == {
        "iss": "oficina",
        "aud": "oficina-api",
        "sub": "cliente:3",
        "iat": INSTANTE,
        "exp": INSTANTE + 3600,
        "amr": ["otp"],
    }
    kid = kid_de(SEGREDO.encode())
    assert cabecalho(token) == {"alg": "HS256", "typ": "at+jwt", "kid": kid}


def test_dois_tokens_nunca_sao_o_mesmo() -> None:
    assert tokens().emitir("cliente:3", "otp") != tokens().emitir("cliente:3", "otp")


def test_a_vida_e_o_nome_vem_da_configuracao() -> None:
    outra = tokens(jwt_ttl_seconds=60, jwt_issuer="matriz", jwt_audience="filial")
    token, vence_em = outra.emitir("cliente:3", "cpf")
    assert vence_em == 60
    assert outra.ler(token).exp == AGORA + timedelta(minutes=1)
    forja = FORJA.com(emissor="matriz", publico="filial", ttl=60)
    assert outra.ler(forja.ficha()).amr == ()


BONS = {
    "JWT": {"cabecalho": {"typ": "JWT"}},
    "at+jwt": {"cabecalho": {"typ": "at+jwt"}},
    "com kid": {"cabecalho": {"kid": kid_de(SEGREDO.encode())}},
    "cabeçalho de quase 1 KiB": {"cabecalho": {"cty": "x" * 900}},
    "venceu há 29 s": {"exp": INSTANTE - 29, "iat": INSTANTE - 60},
    "emitido daqui a 30 s": {"iat": INSTANTE + 30},
    "vale daqui a 30 s": {"nbf": INSTANTE + 30},
    "vida no limite": {"exp": INSTANTE + 3630},
    "sub de 64": {"sub": "f" * 64},
    "só CPF": {"sub": "12345678909"},
    "campos de outros emissores": {"uso": "acesso", "typ": "Bearer", "token_use": "access", "x": 1},
    "meios": {"amr": ["pwd", "otp"]},
}


@pytest.mark.parametrize("campos", BONS.values(), ids=BONS)
def test_token_em_ordem_se_aceita(campos: dict[str, Any]) -> None:
    assert tokens().ler(FORJA.ficha(**campos)).sub == campos.get("sub", "funcionario:1")


def test_sem_typ_se_aceita() -> None:
    conteudo = json.dumps(FORJA.dados())
    assert tokens().ler(FORJA.crua('{"alg":"HS256"}', conteudo)).sub == "funcionario:1"


@pytest.mark.parametrize("nome", FABRICAS)
def test_token_ruim_se_recusa_pelo_motivo_certo(
    nome: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = FABRICAS[nome](FORJA)
    with caplog.at_level(logging.DEBUG):
        erro = recusar(tokens(), token)
    assert str(erro) == MENSAGEM
    assert [registro.getMessage() for registro in caplog.records] == [
        f"Token recusado: {nome.partition('-')[0]}."
    ]


def test_a_lista_dos_ruins_tem_cada_um_e_nenhum_igual_a_outro() -> None:
    ruins = dict(fichas_ruins(FORJA))
    assert ruins.keys() == FABRICAS.keys()
    assert len(set(ruins.values())) == len(ruins) >= 32


@pytest.mark.parametrize("nome", [nome for nome in FABRICAS if nome != "formato-vazio"])
def test_do_token_recusado_nada_escapa(nome: str, caplog: pytest.LogCaptureFixture) -> None:
    token = FABRICAS[nome](FORJA)
    with caplog.at_level(logging.DEBUG):
        erro = recusar(tokens(), token)
    assert erro.__context__ is erro.__cause__ is None
    dito = "".join(map(repr, [erro, erro.args, erro.__dict__, *map(vars, caplog.records)]))
    assert not [parte for parte in token.split(".") if len(parte) > 8 and parte in dito]
    assert not any(registro.exc_info for registro in caplog.records)


def test_vence_com_o_relogio() -> None:
    token, _ = tokens().emitir("funcionario:7", "pwd")
    assert daqui_a(tokens(), 3629).ler(token).sub == "funcionario:7"
    recusar(daqui_a(tokens(), 3630), token)


def test_o_segredo_nao_se_mostra() -> None:
    assert SEGREDO not in repr(tokens(anterior=OUTRO))
    assert OUTRO not in repr(tokens(anterior=OUTRO))


class TestTroca:
    """Duas réplicas, uma sempre um passo atrás da outra, e nenhum token recusado."""

    PASSOS = ((SEGREDO, None), (SEGREDO, OUTRO), (OUTRO, SEGREDO), (OUTRO, None))

    def test_troca_em_tres_passos_nao_recusa_ninguem(self) -> None:
        for antes, depois in zip(self.PASSOS, self.PASSOS[1:], strict=False):
            for emite in (antes, depois) if depois != self.PASSOS[-1] else (depois,):
                token, _ = tokens(*emite).emitir("cliente:3", "pwd")
                for le in (antes, depois):
                    assert tokens(*le).ler(token).sub == "cliente:3"

    def test_assina_com_o_primeiro(self) -> None:
        token, _ = tokens(OUTRO, SEGREDO).emitir("cliente:3", "pwd")
        assert cabecalho(token)["kid"] == kid_de(OUTRO.encode())
        assert tokens(OUTRO).ler(token).sub == "cliente:3"

    def test_sem_kid_tenta_os_dois(self) -> None:
        for segredo in (SEGREDO, OUTRO):
            ficha = FORJA.com(segredo=segredo.encode()).ficha()
            assert tokens(OUTRO, SEGREDO).ler(ficha).sub == "funcionario:1"

    def test_o_kid_diz_qual_e_nao_se_tenta_o_outro(self) -> None:
        ficha = FORJA.ficha({"kid": kid_de(OUTRO.encode())})
        recusar(tokens(OUTRO, SEGREDO), ficha)

    def test_o_velho_que_saiu_nao_vale(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.WARNING)
        token, _ = tokens(SEGREDO).emitir("cliente:3", "pwd")
        recusar(tokens(OUTRO), token)
        recusar(tokens(OUTRO), FORJA.ficha())
        ditos = [registro.getMessage() for registro in caplog.records]
        assert ditos == ["Token recusado: kid.", "Token recusado: assinatura."]


class TestSegredo:
    def test_em_desenvolvimento_um_nasce_com_o_processo(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING)
        um, outro = Tokens.de(Configuracao.ler()), Tokens.de(Configuracao.ler())
        token, _ = um.emitir("cliente:3", "pwd")
        assert um.ler(token).sub == "cliente:3"
        assert [registro.levelname for registro in caplog.records] == ["WARNING"] * 2
        recusar(outro, token)

    def test_em_producao_nao_nasce_nenhum(self) -> None:
        with pytest.raises(DadoInvalido, match="JWT_SECRET"):
            Tokens.de(Configuracao.ler(app_env="production"))

    @pytest.mark.parametrize(
        "segredo",
        ["", "x" * 31, "-----BEGIN PUBLIC KEY-----\n" + "A" * 64 + "\n-----END PUBLIC KEY-----\n"],
        ids=["vazio", "31 bytes", "chave pública"],
    )
    def test_o_que_nao_e_segredo_nao_assina(self, segredo: str) -> None:
        for dois in ((segredo, None), (SEGREDO, segredo)):
            with pytest.raises(DadoInvalido, match="32 bytes") as erro:
                tokens(*dois)
            assert not segredo or segredo not in repr(erro.value)

    def test_32_bytes_servem(self) -> None:
        assert Segredos("é".encode() * 16).de_assinar()[1] == "é".encode() * 16
