"""Como se prova quem é: a senha, o código, e o freio de quem adivinha."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert, select, update

from oficina_core import senhas as senhas_argon
from oficina_core.banco import tabelas
from oficina_core.banco.idempotencia import Chave
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import gravando
from oficina_core.banco.repositorios import entrada as tentativas_sql
from oficina_core.casos import traducao
from oficina_core.casos.clientes import CriarCliente, DesativarCliente, FichaCliente
from oficina_core.casos.entrada import (
    SENHA_MAXIMA,
    SENHA_MINIMA,
    ConcluirEntrada,
    DefinirSenha,
    ExaminarEntrada,
    IdentificarPorCpf,
    PedirCodigo,
    Resumo,
    TrocarMinhaSenha,
    UsarCodigo,
    Veredito,
    conferir_senha,
    exigir_vez,
)
from oficina_core.casos.funcionarios import (
    CriarFuncionario,
    DesativarFuncionario,
    FichaFuncionario,
    VerFuncionario,
)
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.mensagens import Carta, ConcluirMensagem, ListarMensagens, TomarMensagem
from oficina_core.casos.perfil import VerMeuPerfil
from oficina_core.casos.portas import Oficina, Pedido
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito, TipoAtor
from oficina_core.dominio.codigo import resumir
from oficina_core.dominio.erros import (
    AcessoNegado,
    Conflito,
    DadoInvalido,
    Indisponivel,
    MuitasTentativas,
    NaoEncontrado,
    NaoIdentificado,
)
from oficina_core.dominio.mensagem import TipoMensagem
from oficina_core.dominio.tentativa import CONTA, CONTA_TODA, ORIGEM, lugar
from oficina_core.senhas import ARGON, entrar
from tests import cenario, juntos
from tests.conftest import OficinaVigiada, Relogio
from tests.vestigios import onde_esta

AbrirPara = Callable[[Sujeito], Oficina]

SENHA = "café com pão de queijo"
OUTRA = "outra frase bem comprida"
AQUI, ALI = "203.0.113.9", "198.51.100.7"
NAO_CONFEREM = "O CPF ou a senha não conferem; confira os dois e tente de novo."
CPFS = ("935.411.347-80", "168.995.350-09")


@dataclass
class SenhasDeTeste:
    """A mesma porta, sem a lentidão; sem dizer o sal, é um contador, e cada resumo é outro."""

    conferidas: list[str | None] = field(default_factory=list)
    feitos: Any = field(default_factory=lambda: count(1))
    versao: str = "v1"

    def resumir(self, senha: str, sal: bytes | None = None) -> Resumo:
        return self._resumo(senha, sal.hex() if sal else str(next(self.feitos)), self.versao)

    def confere(self, resumo: str | None, senha: str) -> bool:
        self.conferidas.append(resumo)
        if resumo is None:
            return False
        versao, sal, _ = resumo.split("$")
        return resumo == self._resumo(senha, sal, versao)

    def envelheceu(self, resumo: str) -> bool:
        return not resumo.startswith(self.versao)

    def _resumo(self, senha: str, sal: str, versao: str) -> Resumo:
        return Resumo(f"{versao}${sal}${sha256(f'{sal}{senha}'.encode()).hexdigest()}")


@pytest.fixture
def senhas() -> SenhasDeTeste:
    return SenhasDeTeste()


@pytest.fixture
def casa(local: OficinaLocal, relogio: Relogio, senhas: SenhasDeTeste) -> OficinaLocal:
    return OficinaVigiada(local._motor, agora=relogio, senhas=senhas)


@pytest.fixture
def ze(casa: OficinaLocal) -> FichaFuncionario:
    ficha = cenario.funcionario(casa, Papel.ATENDENTE)
    return casa.executar(DefinirSenha(funcionario_id=ficha.id, senha=SENHA))


Tentar = Callable[..., Sujeito]


@pytest.fixture
def tentar(casa: OficinaLocal, senhas: SenhasDeTeste) -> Tentar:
    def fazer(senha: str = SENHA, cpf: str = cenario.CPF_ZE, origem: str = AQUI) -> Sujeito:
        return entrar(casa, cpf, senha, origem, senhas)

    return fazer


def guardado(casa: OficinaLocal, ficha: FichaFuncionario) -> str | None:
    with casa._motor.connect() as conexao:
        f = tabelas.funcionarios.c
        resumo: str | None = conexao.scalar(select(f.senha_hash).where(f.id == ficha.id))
        return resumo


def errar(tentar: Tentar, vezes: int, **campos: str) -> None:
    for _ in range(vezes):
        with pytest.raises(NaoIdentificado):
            tentar("errada demais", **campos)


def espera(tentar: Tentar, *args: str, **campos: str) -> int:
    with pytest.raises(MuitasTentativas) as recusa:
        tentar(*args, **campos)
    return recusa.value.espera


# --- Entrar com senha


def test_a_senha_certa_diz_quem_e(ze: FichaFuncionario, tentar: Tentar) -> None:
    assert tentar() == cenario.sujeito(ze)
    assert tentar(cpf="11144477735") == cenario.sujeito(ze)


def sem_ninguem(casa: OficinaLocal, ze: FichaFuncionario) -> str:
    return cenario.CPF_BIA


def so_cliente(casa: OficinaLocal, ze: FichaFuncionario) -> str:
    cenario.cliente(casa, "Bia", cenario.CPF_BIA)
    return cenario.CPF_BIA


def desativado(casa: OficinaLocal, ze: FichaFuncionario) -> str:
    casa.executar(DesativarFuncionario(funcionario_id=ze.id))
    return ze.cpf


def sem_senha(casa: OficinaLocal, ze: FichaFuncionario) -> str:
    return cenario.funcionario(casa, Papel.GERENTE, cenario.CPF_BIA).cpf


@pytest.mark.parametrize("quem", [sem_ninguem, so_cliente, desativado, sem_senha])
def test_quem_nao_entra_ouve_a_mesma_frase_e_gasta_o_mesmo(
    casa: OficinaLocal,
    ze: FichaFuncionario,
    tentar: Tentar,
    senhas: SenhasDeTeste,
    quem: Callable[[OficinaLocal, FichaFuncionario], str],
) -> None:
    """Com a senha certa de outro, ou errada: nada diz se o CPF é de alguém."""
    cpf = quem(casa, ze)
    for senha in (SENHA, "errada demais", ""):
        senhas.conferidas.clear()
        with pytest.raises(NaoIdentificado) as recusa:
            tentar(senha, cpf=cpf)
        assert str(recusa.value) == NAO_CONFEREM
        assert senhas.conferidas == [None], "um resumo se confere sempre"
    with pytest.raises(NaoIdentificado) as errou:
        tentar("errada demais")
    assert str(errou.value) == NAO_CONFEREM


def test_o_cpf_que_nao_e_cpf_nem_se_procura(tentar: Tentar, senhas: SenhasDeTeste) -> None:
    with pytest.raises(DadoInvalido, match="CPF"):
        tentar(cpf="123")
    assert senhas.conferidas == []


# --- O freio


@pytest.mark.parametrize("cpf", [cenario.CPF_ZE, cenario.CPF_BIA], ids=["existe", "ninguém"])
def test_depois_de_cinco_erros_ate_a_certa_espera(
    ze: FichaFuncionario, tentar: Tentar, senhas: SenhasDeTeste, cpf: str
) -> None:
    errar(tentar, 5, cpf=cpf)
    senhas.conferidas.clear()
    with pytest.raises(MuitasTentativas, match="espere 30 segundos e tente de novo") as recusa:
        tentar(cpf=cpf)
    assert recusa.value.espera == 30
    assert senhas.conferidas == [], "enquanto se espera, nada se confere"


def test_a_espera_cresce_e_nunca_passa_de_quinze_minutos(
    ze: FichaFuncionario, tentar: Tentar, relogio: Relogio
) -> None:
    errar(tentar, 5)
    esperas = []
    for _ in range(6):
        esperas.append(espera(tentar, "errada demais"))
        relogio.passar(seconds=esperas[-1])
        errar(tentar, 1)
    assert esperas == [30, 60, 120, 240, 480, 900]
    errar(tentar, 4)
    assert espera(tentar) == 30, "quem esperou a janela inteira recomeça"


def test_tentar_antes_da_hora_nao_conta_nem_prolonga(
    ze: FichaFuncionario, tentar: Tentar, relogio: Relogio
) -> None:
    errar(tentar, 5)
    for faltam in (30, 20, 10):
        assert espera(tentar, "errada demais") == faltam
        assert espera(tentar) == faltam
        relogio.passar(seconds=10)
    assert tentar() == cenario.sujeito(ze)


def test_quem_acerta_zera_a_conta(ze: FichaFuncionario, tentar: Tentar, relogio: Relogio) -> None:
    errar(tentar, 4)
    tentar()
    errar(tentar, 5)
    assert espera(tentar) == 30
    relogio.passar(seconds=30)
    tentar()
    errar(tentar, 5)


def test_a_contagem_recomeca_depois_de_quinze_minutos_sem_tentar(
    ze: FichaFuncionario, tentar: Tentar, relogio: Relogio
) -> None:
    errar(tentar, 4)
    relogio.passar(minutes=14)
    errar(tentar, 1)
    assert espera(tentar) == 30
    relogio.passar(minutes=15, seconds=1)
    errar(tentar, 5)
    assert espera(tentar) == 30


def test_o_freio_de_uma_conta_nao_segura_outra(
    casa: OficinaLocal, ze: FichaFuncionario, tentar: Tentar
) -> None:
    bia = cenario.funcionario(casa, Papel.GERENTE, cenario.CPF_BIA)
    casa.executar(DefinirSenha(funcionario_id=bia.id, senha=OUTRA))
    errar(tentar, 5)
    assert espera(tentar) == 30
    assert tentar(OUTRA, cpf=bia.cpf) == cenario.sujeito(bia)


def test_quem_erra_de_longe_nao_tranca_o_dono_da_conta(
    ze: FichaFuncionario, tentar: Tentar
) -> None:
    errar(tentar, 5, origem=ALI)
    assert espera(tentar, origem=ALI) == 30
    assert tentar() == cenario.sujeito(ze)
    assert espera(tentar, origem=ALI) == 30, "e o acerto de um não solta o outro"


def test_de_muitos_enderecos_a_conta_toda_tem_o_seu_limite(
    ze: FichaFuncionario, tentar: Tentar, relogio: Relogio
) -> None:
    cercar(tentar)
    assert espera(tentar) == 30
    relogio.passar(minutes=15)
    assert tentar() == cenario.sujeito(ze)


def cercar(tentar: Tentar) -> None:
    """Erra de tantos lugares que a conta toda se freia."""
    for vez in range(CONTA_TODA.limite):
        errar(tentar, 1, origem=f"192.0.2.{vez}")


def test_de_onde_ja_se_entrou_os_erros_de_outros_lugares_nao_seguram(
    ze: FichaFuncionario, tentar: Tentar, relogio: Relogio
) -> None:
    assert tentar(origem=ALI) == cenario.sujeito(ze)
    relogio.passar(days=29)
    cercar(tentar)
    assert espera(tentar) == 30, "de um lugar novo se espera"
    errar(tentar, 4, origem=ALI)
    assert tentar(origem=ALI) == cenario.sujeito(ze)
    errar(tentar, 5, origem=ALI)
    assert espera(tentar, origem=ALI) == 30, "o freio do próprio lugar continua"


def test_o_lugar_de_que_nao_se_entra_ha_trinta_dias_volta_a_ser_novo(
    casa: OficinaLocal, ze: FichaFuncionario, tentar: Tentar, relogio: Relogio
) -> None:
    tentar()
    conhecido = lugar(f"11144477735 {AQUI}")
    relogio.passar(days=30, seconds=1)
    assert onde_esta(casa._motor, conhecido) == ["origens"]
    cercar(tentar)
    assert espera(tentar) == 30
    casa._limpar()
    assert onde_esta(casa._motor, conhecido) == []


def test_o_lugar_que_um_conhece_nao_serve_a_conta_de_outro(
    casa: OficinaLocal, ze: FichaFuncionario, tentar: Tentar
) -> None:
    bia = cenario.funcionario(casa, Papel.GERENTE, cenario.CPF_BIA)
    casa.executar(DefinirSenha(funcionario_id=bia.id, senha=OUTRA))
    tentar(OUTRA, cpf=bia.cpf)
    cercar(tentar)
    assert espera(tentar) == 30


def com_falhas(casa: OficinaLocal, relogio: Relogio, origem: str, falhas: int) -> None:
    """Como se tivessem tentado dali tantas vezes, neste instante."""
    agora = relogio()
    linha = {"chave": ORIGEM.chave(origem, agora), "falhas": falhas, "ultima": agora}
    with gravando(casa._motor) as conexao:
        conexao.execute(insert(tabelas.tentativas), linha)


def test_um_endereco_tem_o_seu_limite_de_tentativas_em_quaisquer_contas(
    casa: OficinaLocal, ze: FichaFuncionario, tentar: Tentar, relogio: Relogio
) -> None:
    com_falhas(casa, relogio, AQUI, ORIGEM.limite - 1)
    errar(tentar, 1, cpf=cenario.CPF_BIA)
    for cpf in (cenario.CPF_ZE, cenario.CPF_BIA, *CPFS):
        assert espera(tentar, cpf=cpf) == 30
    for caso in (
        PedirCodigo(cpf=CPFS[0], origem=AQUI),
        UsarCodigo(cpf=CPFS[0], codigo="123456", origem=AQUI),
    ):
        assert casa.executar(caso) == Veredito(cliente_id=None, espera=30)
    assert tentar(origem=ALI) == cenario.sujeito(ze)


def test_o_que_o_endereco_segurou_nao_conta_na_conta(
    casa: OficinaLocal, ze: FichaFuncionario, tentar: Tentar, relogio: Relogio
) -> None:
    """Senão, de um endereço já freado ainda se travava a conta de qualquer um."""
    com_falhas(casa, relogio, AQUI, ORIGEM.limite)
    for _ in range(10):
        espera(tentar, "errada demais")
    errar(tentar, 4, origem=ALI)
    assert tentar(origem=ALI) == cenario.sujeito(ze)


def test_o_endereco_de_muita_gente_nao_se_freia_por_nunca_descansar(
    casa: OficinaLocal, ze: FichaFuncionario, tentar: Tentar, relogio: Relogio
) -> None:
    """Uma oficina sai por um endereço só, e entra nele alguém a cada minuto, o dia todo."""
    com_falhas(casa, relogio, AQUI, ORIGEM.limite)
    relogio.passar(minutes=14)
    with suppress(MuitasTentativas):
        tentar()
    for _ in range(30):
        relogio.passar(minutes=1)
        assert tentar() == cenario.sujeito(ze)


def test_duas_oficinas_contam_juntas_porque_a_conta_esta_no_banco(
    url: str, ze: FichaFuncionario, relogio: Relogio, senhas: SenhasDeTeste
) -> None:
    duas = [OficinaVigiada.em(url, relogio) for _ in range(2)]
    for vez in range(5):
        with pytest.raises(NaoIdentificado):
            entrar(duas[vez % 2], ze.cpf, "errada demais", AQUI, senhas)
    for oficina in duas:
        with pytest.raises(MuitasTentativas):
            entrar(oficina, ze.cpf, SENHA, AQUI, senhas)
        oficina.fechar()


def test_tentativas_juntas_nunca_passam_do_limite(casa: OficinaLocal, ze: FichaFuncionario) -> None:
    def muitas() -> int:
        exames = (casa.executar(ExaminarEntrada(cpf=ze.cpf, origem=AQUI)) for _ in range(12))
        return sum(exame.espera == 0 for exame in exames)

    assert sum(juntos.largar([muitas] * 4)) == CONTA.limite


def test_sem_a_trava_tentativas_juntas_passam_do_limite(
    casa: OficinaLocal, ze: FichaFuncionario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O controle: todos leem a contagem antes que alguém a grave.

    No SQLite, quem grava está só desde o começo da transação; a corrida não chega a haver.
    """
    if casa._motor.dialect.name == "sqlite":
        pytest.skip("no SQLite a vez de gravar já é a trava")
    for _ in range(CONTA.limite - 1):
        casa.executar(ExaminarEntrada(cpf=ze.cpf, origem=AQUI))
    t = tabelas.tentativas.c
    sem_trava = select(t.chave).where(t.chave == tentativas_sql._esta.right)
    monkeypatch.setattr(tentativas_sql, "TRAVA", sem_trava)
    pessoas = juntos.CONEXOES
    examinar = partial(casa.executar, ExaminarEntrada(cpf=ze.cpf, origem=AQUI))
    with juntos.encontro(casa._motor, pessoas, "UPDATE tentativas"):
        exames = juntos.largar([examinar] * pessoas)
    assert sum(exame.espera == 0 for exame in exames) == pessoas > 1


def test_a_limpeza_esquece_so_o_que_ja_nao_freia(
    casa: OficinaLocal, ze: FichaFuncionario, tentar: Tentar, relogio: Relogio
) -> None:
    errar(tentar, 5)
    chave = CONTA.chave(f"11144477735 {AQUI}", relogio.agora)
    relogio.passar(minutes=59)
    casa._limpar()
    assert "tentativas" in onde_esta(casa._motor, chave)
    relogio.passar(minutes=1, seconds=1)
    casa._limpar()
    assert onde_esta(casa._motor, chave) == []


def test_a_limpeza_esquece_em_uma_hora_as_chaves_do_que_e_interno(
    casa: OficinaLocal, ze: FichaFuncionario, tentar: Tentar, relogio: Relogio
) -> None:
    errar(tentar, 1)
    assert "idempotencia" in onde_esta(casa._motor, "ExaminarEntrada")
    relogio.passar(hours=1, seconds=1)
    casa._limpar()
    assert "idempotencia" not in onde_esta(casa._motor, "ExaminarEntrada")
    assert "idempotencia" in onde_esta(casa._motor, "CriarFuncionario"), "o publicado, em 48 horas"


def test_a_limpeza_esquece_os_codigos_vencidos(
    casa: OficinaLocal, ana: FichaCliente, relogio: Relogio
) -> None:
    pedir(casa)
    resumo = resumir(receber(casa).segredo)
    relogio.passar(minutes=60)
    casa._limpar()
    assert onde_esta(casa._motor, resumo) == ["codigos"]
    relogio.passar(minutes=11)
    casa._limpar()
    assert onde_esta(casa._motor, resumo) == []


def test_nem_o_cpf_nem_o_endereco_ficam_na_contagem(casa: OficinaLocal, tentar: Tentar) -> None:
    errar(tentar, 1, cpf=CPFS[0])
    assert onde_esta(casa._motor, "93541134780") == []
    assert onde_esta(casa._motor, AQUI) == []


def test_a_espera_se_diz_em_palavras() -> None:
    exigir_vez(0)
    for segundos, dito in ((1, "espere 1 segundo e"), (900, "espere 900 segundos e")):
        with pytest.raises(MuitasTentativas, match=dito) as recusa:
            exigir_vez(segundos)
        assert recusa.value.espera == segundos
        assert isinstance(recusa.value, Indisponivel)


def test_so_a_gerencia_examina_a_entrada(casa: OficinaLocal, ze: FichaFuncionario) -> None:
    atendente = casa.como(cenario.sujeito(ze))
    for caso in (
        ExaminarEntrada(cpf=ze.cpf, origem=AQUI),
        ConcluirEntrada(funcionario_id=ze.id, cpf=ze.cpf, origem=AQUI),
        PedirCodigo(cpf=ze.cpf, origem=AQUI),
        UsarCodigo(cpf=ze.cpf, codigo="1", origem=AQUI),
        IdentificarPorCpf(cpf=ze.cpf),
    ):
        with pytest.raises(AcessoNegado):
            atendente.executar(caso)


# --- O resumo que envelheceu


def test_o_resumo_velho_se_refaz_ao_entrar(
    casa: OficinaLocal, ze: FichaFuncionario, tentar: Tentar, senhas: SenhasDeTeste
) -> None:
    velho = guardado(casa, ze)
    tentar()
    assert guardado(casa, ze) == velho, "o de hoje fica como está"
    senhas.versao = "v2"
    errar(tentar, 1)
    assert guardado(casa, ze) == velho, "quem errou não refaz nada"
    tentar()
    novo = guardado(casa, ze)
    assert (novo or "").startswith("v2$")
    tentar()
    assert guardado(casa, ze) == novo


def test_a_senha_trocada_enquanto_se_entrava_nao_volta_a_antiga(
    casa: OficinaLocal, ze: FichaFuncionario, senhas: SenhasDeTeste
) -> None:
    """Entre conferir e refazer o resumo, o gerente deu outra senha: é ela que fica."""

    class NoMeio(SenhasDeTeste):
        def resumir(self, senha: str, sal: bytes | None = None) -> Resumo:
            casa.executar(DefinirSenha(funcionario_id=ze.id, senha=OUTRA))
            return super().resumir(senha, sal)

    entrar(casa, ze.cpf, SENHA, AQUI, NoMeio(versao="v2"))
    assert entrar(casa, ze.cpf, OUTRA, AQUI, senhas) == cenario.sujeito(ze)
    with pytest.raises(NaoIdentificado):
        entrar(casa, ze.cpf, SENHA, AQUI, senhas)


# --- Argon2 de verdade


def test_argon_confere_e_so_a_senha_certa() -> None:
    resumo = ARGON.resumir(SENHA)
    assert resumo.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert ARGON.confere(resumo, SENHA)
    for senha in (OUTRA, SENHA.upper(), SENHA + " ", ""):
        assert not ARGON.confere(resumo, senha)
    assert ARGON.resumir(SENHA) != resumo
    assert not ARGON.envelheceu(resumo)


def test_argon_sem_resumo_gasta_o_mesmo_e_diz_que_nao(monkeypatch: pytest.MonkeyPatch) -> None:
    conferidos: list[str] = []
    argon = senhas_argon._argon()

    class Espia:
        def verify(self, resumo: str, senha: str) -> bool:
            conferidos.append(resumo)
            return argon.verify(resumo, senha)

    de_ninguem = senhas_argon._de_ninguem()
    monkeypatch.setattr(senhas_argon, "_argon", Espia)
    assert not ARGON.confere(None, SENHA)
    assert not ARGON.confere(None, "ninguém tem esta senha"), "nem a que está no resumo"
    assert conferidos == [de_ninguem] * 2
    assert not argon.check_needs_rehash(de_ninguem), "com os mesmos parâmetros"


@pytest.mark.parametrize("resumo", ["", "x", "$argon2id$v=19$m=19456,t=2,p=1$lixo", "$2b$12$lixo"])
def test_argon_diz_que_nao_ao_resumo_estragado(resumo: str) -> None:
    assert not ARGON.confere(resumo, SENHA)


def test_com_argon_se_entra_e_o_resumo_fraco_se_refaz(local: OficinaLocal) -> None:
    ficha = cenario.funcionario(local, Papel.GERENTE)
    local.executar(DefinirSenha(funcionario_id=ficha.id, senha=SENHA))
    assert entrar(local, ficha.cpf, SENHA, AQUI) == cenario.sujeito(ficha)
    fraco = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(OUTRA)
    with gravando(local._motor) as conexao:
        conexao.execute(update(tabelas.funcionarios).values(senha_hash=fraco))
    assert entrar(local, ficha.cpf, OUTRA, AQUI) == cenario.sujeito(ficha)
    refeito = guardado(local, ficha) or ""
    assert refeito.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert ARGON.confere(refeito, OUTRA)


def test_sem_conferir_o_resumo_nao_ha_espera_que_o_caso_levante(
    casa: OficinaLocal, ze: FichaFuncionario
) -> None:
    """A recusa se responde, não se levanta: o que se levanta desfaz a contagem."""
    for _ in range(CONTA.limite):
        assert casa.executar(ExaminarEntrada(cpf=ze.cpf, origem=AQUI)).resumo
    barrado = casa.executar(ExaminarEntrada(cpf=ze.cpf, origem=AQUI))
    assert (barrado.funcionario_id, barrado.resumo, barrado.espera) == (None, None, 30)


# --- Dar a senha


@pytest.mark.parametrize(
    "senha",
    [
        "a b c d é",
        "x" * (SENHA_MAXIMA - 4) + "abcd",
        "A1b2c3d4",
        "correto cavalo bateria grampo",
        "🔑🔒🔐🗝 chaves",
        "oficina1234",
    ],
)
def test_uma_frase_serve_de_senha(senha: str) -> None:
    assert conferir_senha(senha) == senha
    assert DefinirSenha(funcionario_id=1, senha=senha).senha == senha


@pytest.mark.parametrize(
    ("senha", "frase"),
    [
        ("", "de 8 a 128"),
        ("a b c d"[:7], "de 8 a 128"),
        ("abcd" * 32 + "x", "de 8 a 128"),
        ("abcdefg\x00", "não se digita"),
        ("abc\ndefgh", "não se digita"),
        ("abc\u202edefgh", "não se digita"),
        ("12345678", "se adivinha"),
        ("19921231", "se adivinha"),
        ("aaaaaaaa", "se adivinha"),
        ("abcabcabc", "se adivinha"),
        ("oficina123", "se adivinha"),
        ("Oficina123", "se adivinha"),
        ("PASSWORD", "se adivinha"),
    ],
)
def test_a_senha_que_se_adivinha_nao_serve(senha: str, frase: str) -> None:
    assert SENHA_MINIMA == 8
    with pytest.raises(DadoInvalido, match=frase) as recusa:
        DefinirSenha(funcionario_id=1, senha=senha)
    assert recusa.value.campo == "senha"
    assert not senha or senha not in str(recusa.value)


def test_a_senha_nova_vale_e_a_antiga_deixa_de_valer(
    casa: OficinaLocal, ze: FichaFuncionario, tentar: Tentar
) -> None:
    ficha = casa.executar(DefinirSenha(funcionario_id=ze.id, senha=OUTRA))
    assert ficha == casa.executar(VerFuncionario(funcionario_id=ze.id))
    assert ficha.versao == ze.versao + 1
    assert tentar(OUTRA) == cenario.sujeito(ze)
    errar(tentar, 1)
    with pytest.raises(NaoIdentificado):
        tentar(SENHA)


def test_a_senha_se_da_em_qualquer_mundo_e_nao_volta_na_resposta(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    ficha = cenario.funcionario(sistema, Papel.MECANICO)
    caso = DefinirSenha(funcionario_id=ficha.id, senha=SENHA)
    dada = sistema.executar(caso)
    simulada = sistema.simular(DefinirSenha(funcionario_id=ficha.id, senha=OUTRA))
    assert (dada.id, dada.versao, simulada.resultado.versao) == (ficha.id, 2, 3)
    assert sistema.executar(VerFuncionario(funcionario_id=ficha.id)) == dada
    (efeito,) = simulada.efeitos
    assert efeito.diferenca == '{"senha_hash":["***","***"]}'
    for texto in (repr(caso), repr(dada), traducao.canonico(dada), traducao.canonico(simulada)):
        for segredo in (SENHA, OUTRA, "argon"):
            assert segredo not in texto


def test_a_senha_de_quem_nao_existe_nao_se_da(em_nome_de: AbrirPara) -> None:
    with pytest.raises(NaoEncontrado):
        em_nome_de(SISTEMA).executar(DefinirSenha(funcionario_id=999_999, senha=SENHA))


@pytest.mark.parametrize("papel", Papel)
def test_so_o_gerente_da_senha_e_nem_a_sua_os_outros_trocam(
    em_nome_de: AbrirPara, papel: Papel
) -> None:
    eu = cenario.funcionario(em_nome_de(SISTEMA), papel)
    caso = DefinirSenha(funcionario_id=eu.id, senha=SENHA)
    if papel is Papel.GERENTE:
        assert em_nome_de(cenario.sujeito(eu)).executar(caso).id == eu.id
        return
    with pytest.raises(AcessoNegado, match="não pode fazer isso"):
        em_nome_de(cenario.sujeito(eu)).executar(caso)


def test_o_gerente_de_uma_loja_so_da_senha_a_quem_e_dela(casa: OficinaLocal) -> None:
    """Senão, entraria no lugar do gerente da rede."""
    (matriz,) = casa.executar(ListarLojas()).itens
    filial = cenario.filial(casa)

    def contratar(cpf: str, papel: Papel, loja: int | None) -> FichaFuncionario:
        return casa.executar(CriarFuncionario(cpf=cpf, nome="Zé", papel=papel, loja_id=loja))

    gerente = casa.como(cenario.sujeito(contratar(cenario.CPF_ZE, Papel.GERENTE, filial)))
    dela = contratar(cenario.CPF_BIA, Papel.MECANICO, filial)
    assert gerente.executar(DefinirSenha(funcionario_id=dela.id, senha=SENHA)).id == dela.id
    for cpf, loja in ((CPFS[0], matriz.id), (CPFS[1], None)):
        de_fora = contratar(cpf, Papel.GERENTE, loja)
        with pytest.raises(AcessoNegado, match="uma loja só"):
            gerente.executar(DefinirSenha(funcionario_id=de_fora.id, senha=SENHA))
        assert guardado(casa, de_fora) is None


def test_a_senha_nao_fica_em_lugar_nenhum_e_o_resumo_so_no_cadastro(
    casa: OficinaLocal, ze: FichaFuncionario, tentar: Tentar
) -> None:
    casa.executar(DefinirSenha(funcionario_id=ze.id, senha=OUTRA), Pedido(chave="chave-da-senha"))
    tentar(OUTRA)
    resumo = guardado(casa, ze) or ""
    assert onde_esta(casa._motor, OUTRA) == []
    assert onde_esta(casa._motor, resumo) == ["funcionarios"]
    assert onde_esta(casa._motor, sha256(OUTRA.encode()).hexdigest()) == []
    with casa._motor.connect() as conexao:
        eventos = tabelas.eventos.c
        ditas = select(eventos.diferenca).where(eventos.acao == "DefinirSenha")
        assert set(conexao.scalars(ditas)) == {'{"senha_hash":["***","***"]}'}


def test_o_resumo_do_pedido_que_se_guarda_nao_sai_da_senha(
    casa: OficinaLocal, ze: FichaFuncionario
) -> None:
    """Senão, dele se adivinharia a senha, a milhões por segundo; do resumo lento, não."""
    caso, chave = DefinirSenha(funcionario_id=ze.id, senha=OUTRA), "chave-da-senha"
    casa.executar(caso, Pedido(chave=chave))
    with casa._motor.connect() as conexao:
        i = tabelas.idempotencia.c
        (guardado_,) = conexao.scalars(select(i.resumo).where(i.chave == chave))
    assert guardado_ != Chave.de("sistema", caso, chave, None).resumo
    lento = replace(caso, senha=Resumo(guardado(casa, ze) or ""))
    assert guardado_ == Chave.de("sistema", lento, chave, None).resumo


def test_o_resumo_do_exame_nao_se_escreve(casa: OficinaLocal, ze: FichaFuncionario) -> None:
    exame = casa.executar(ExaminarEntrada(cpf=ze.cpf, origem=AQUI))
    assert exame.resumo
    concluir = ConcluirEntrada(
        funcionario_id=ze.id,
        cpf=ze.cpf,
        origem=AQUI,
        lido=exame.resumo,
        resumo=exame.resumo,
    )
    assert exame.resumo not in repr(exame) + repr(concluir)
    assert "123456" not in repr(UsarCodigo(cpf=ze.cpf, codigo="123456", origem=AQUI))


def test_a_mesma_chave_nao_refaz_o_resumo(casa: OficinaLocal, ze: FichaFuncionario) -> None:
    caso, pedido = DefinirSenha(funcionario_id=ze.id, senha=OUTRA), Pedido(chave="chave-da-senha")
    dada = casa.executar(caso, pedido)
    resumo = guardado(casa, ze)
    assert casa.executar(caso, pedido) == dada
    assert guardado(casa, ze) == resumo


def test_outra_senha_com_a_mesma_chave_se_recusa_e_nao_muda_nada(
    em_nome_de: AbrirPara,
) -> None:
    sistema, pedido = em_nome_de(SISTEMA), Pedido(chave="chave-da-senha")
    ze = cenario.funcionario(sistema, Papel.ATENDENTE)
    dada = sistema.executar(DefinirSenha(funcionario_id=ze.id, senha=SENHA), pedido)
    with pytest.raises(DadoInvalido, match="chave já serviu a outro pedido"):
        sistema.executar(DefinirSenha(funcionario_id=ze.id, senha=OUTRA), pedido)
    assert sistema.executar(DefinirSenha(funcionario_id=ze.id, senha=SENHA), pedido) == dada


# --- A senha nova derruba o que entrou com a antiga


def test_quem_entrou_antes_da_senha_nova_entra_de_novo(
    casa: OficinaLocal, ze: FichaFuncionario, relogio: Relogio
) -> None:
    antes = replace(cenario.sujeito(ze), desde=relogio())
    assert casa.como(antes).executar(VerMeuPerfil()).id == ze.id
    relogio.passar(seconds=5)
    casa.executar(DefinirSenha(funcionario_id=ze.id, senha=OUTRA))
    with pytest.raises(NaoIdentificado, match="A senha mudou depois desta entrada; entre de novo"):
        casa.como(antes).executar(VerMeuPerfil())
    no_mesmo_segundo = replace(antes, desde=relogio.agora.replace(microsecond=0))
    assert casa.como(no_mesmo_segundo).executar(VerMeuPerfil()).id == ze.id
    assert casa.como(cenario.sujeito(ze)).executar(VerMeuPerfil()).id == ze.id, "sem token"


def test_o_resumo_refeito_nao_derruba_quem_ja_entrou(
    casa: OficinaLocal,
    ze: FichaFuncionario,
    tentar: Tentar,
    senhas: SenhasDeTeste,
    relogio: Relogio,
) -> None:
    antes = replace(cenario.sujeito(ze), desde=relogio())
    relogio.passar(seconds=5)
    senhas.versao = "v2"
    tentar()
    assert (guardado(casa, ze) or "").startswith("v2")
    assert casa.como(antes).executar(VerMeuPerfil()).id == ze.id


# --- A própria senha


def test_quem_diz_a_atual_troca_a_sua(
    casa: OficinaLocal, ze: FichaFuncionario, tentar: Tentar, relogio: Relogio
) -> None:
    dele = casa.como(replace(cenario.sujeito(ze), desde=relogio()))
    relogio.passar(seconds=5)
    assert dele.executar(TrocarMinhaSenha(atual=SENHA, nova=OUTRA)).id == ze.id
    assert tentar(OUTRA) == cenario.sujeito(ze)
    errar(tentar, 1)
    with pytest.raises(NaoIdentificado, match="entre de novo"):
        dele.executar(VerMeuPerfil())


def test_repetir_a_troca_com_a_mesma_chave_da_a_mesma_resposta(
    casa: OficinaLocal, ze: FichaFuncionario, tentar: Tentar
) -> None:
    dele, pedido = casa.como(cenario.sujeito(ze)), Pedido(chave="chave-da-troca")
    trocar = TrocarMinhaSenha(atual=SENHA, nova=OUTRA)
    feita = dele.executar(trocar, pedido)
    assert dele.executar(trocar, pedido) == feita
    with pytest.raises(DadoInvalido, match="atual não é essa"):
        dele.executar(trocar, Pedido(chave="outra-chave-da-troca"))
    assert tentar(OUTRA) == cenario.sujeito(ze)


def test_a_propria_senha_se_troca_em_qualquer_mundo(em_nome_de: AbrirPara) -> None:
    ze = cenario.funcionario(em_nome_de(SISTEMA), Papel.MECANICO)
    em_nome_de(SISTEMA).executar(DefinirSenha(funcionario_id=ze.id, senha=SENHA))
    dele = em_nome_de(cenario.sujeito(ze))
    with pytest.raises(DadoInvalido, match="atual não é essa"):
        dele.executar(TrocarMinhaSenha(atual=OUTRA, nova=OUTRA))
    dele.executar(TrocarMinhaSenha(atual=SENHA, nova=OUTRA))
    dele.executar(TrocarMinhaSenha(atual=OUTRA, nova=SENHA))


def test_adivinhar_a_atual_tem_freio_que_o_acerto_solta(
    casa: OficinaLocal, ze: FichaFuncionario, relogio: Relogio
) -> None:
    dele = casa.como(cenario.sujeito(ze))
    certa = TrocarMinhaSenha(atual=SENHA, nova=OUTRA)
    for tentar_ in [dele.executar, dele.simular] * 2 + [dele.executar]:
        with pytest.raises(DadoInvalido):
            tentar_(TrocarMinhaSenha(atual="errada demais", nova=OUTRA))
    with pytest.raises(MuitasTentativas, match="espere 30 segundos"):
        dele.executar(certa)
    relogio.passar(seconds=30)
    dele.executar(certa)
    for _ in range(CONTA.limite):
        with pytest.raises(DadoInvalido):
            dele.executar(certa)


def test_sem_senha_dada_ou_sem_ser_ninguem_nao_se_troca(casa: OficinaLocal) -> None:
    bia = cenario.funcionario(casa, Papel.GERENTE, cenario.CPF_BIA)
    with pytest.raises(DadoInvalido, match="atual não é essa"):
        casa.como(cenario.sujeito(bia)).executar(TrocarMinhaSenha(atual=SENHA, nova=OUTRA))
    with pytest.raises(NaoIdentificado, match="OFICINA_OPERADOR"):
        casa.executar(TrocarMinhaSenha(atual=SENHA, nova=OUTRA))


def test_a_senha_nova_que_se_adivinha_nao_serve_nem_para_si() -> None:
    with pytest.raises(DadoInvalido, match="se adivinha") as recusa:
        TrocarMinhaSenha(atual=SENHA, nova="12345678")
    assert recusa.value.campo == "nova"


def test_a_senha_que_o_gerente_deu_no_meio_da_troca_fica(
    casa: OficinaLocal, ze: FichaFuncionario, senhas: SenhasDeTeste, monkeypatch: pytest.MonkeyPatch
) -> None:
    resumir_ = senhas.resumir

    def no_meio(senha: str, sal: bytes | None = None) -> Resumo:
        monkeypatch.setattr(senhas, "resumir", resumir_)
        casa.executar(DefinirSenha(funcionario_id=ze.id, senha="a que o gerente deu"))
        return resumir_(senha, sal)

    monkeypatch.setattr(senhas, "resumir", no_meio)
    with pytest.raises(Conflito, match="mudou enquanto"):
        casa.como(cenario.sujeito(ze)).executar(TrocarMinhaSenha(atual=SENHA, nova=OUTRA))
    assert senhas.confere(guardado(casa, ze), "a que o gerente deu")


# --- Código


@pytest.fixture
def ana(casa: OficinaLocal) -> FichaCliente:
    return cenario.cliente(casa)


def pedir(casa: OficinaLocal, cpf: str = cenario.CPF_ANA, origem: str = AQUI) -> Veredito:
    return casa.executar(PedirCodigo(cpf=cpf, origem=origem))


def usar(casa: OficinaLocal, codigo: str, cpf: str = cenario.CPF_ANA) -> Veredito:
    return casa.executar(UsarCodigo(cpf=cpf, codigo=codigo, origem=AQUI))


def receber(casa: OficinaLocal) -> Carta:
    carta = casa.executar(TomarMensagem())
    assert carta
    casa.executar(ConcluirMensagem(mensagem_id=carta.id, prazo=carta.prazo, entregue=True))
    return carta


def outro_que(codigo: str) -> str:
    return f"{(int(codigo) + 1) % 10**6:06}"


NADA = Veredito(cliente_id=None, espera=0)


def test_o_codigo_chega_ao_contato_e_prova_quem_e(casa: OficinaLocal, ana: FichaCliente) -> None:
    assert pedir(casa) == NADA
    carta = receber(casa)
    assert (carta.tipo, carta.nome, carta.telefone) == (
        TipoMensagem.CODIGO,
        "Ana Conceição",
        "+5511987654321",
    )
    assert len(carta.segredo) == 6
    assert carta.segredo.isdecimal()
    assert carta.segredo not in repr(carta)
    veredito = usar(casa, carta.segredo)
    assert veredito == Veredito(cliente_id=ana.id, espera=0)
    sujeito = Sujeito(tipo=TipoAtor.CLIENTE, id=veredito.cliente_id)
    assert casa.como(sujeito).executar(VerMeuPerfil()).nome == "Ana Conceição"


def test_o_codigo_tem_sempre_seis_algarismos(
    casa: OficinaLocal, ana: FichaCliente, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _: 42)
    pedir(casa)
    assert receber(casa).segredo == "000042"
    assert usar(casa, "42") == NADA
    assert usar(casa, "000042").cliente_id == ana.id


def test_o_codigo_serve_uma_vez(casa: OficinaLocal, ana: FichaCliente) -> None:
    pedir(casa)
    codigo = receber(casa).segredo
    assert usar(casa, codigo).cliente_id == ana.id
    assert usar(casa, codigo) == NADA


def test_o_codigo_vale_dez_minutos(casa: OficinaLocal, ana: FichaCliente, relogio: Relogio) -> None:
    pedir(casa)
    codigo = receber(casa).segredo
    relogio.passar(minutes=9, seconds=59)
    pedir(casa, origem=ALI)
    assert usar(casa, codigo).cliente_id == ana.id
    outro = receber(casa).segredo
    relogio.passar(minutes=10, seconds=1)
    assert usar(casa, outro) == NADA


def test_o_pedido_que_demorou_a_sair_nao_vira_codigo(
    casa: OficinaLocal, ana: FichaCliente, relogio: Relogio
) -> None:
    pedir(casa)
    relogio.passar(minutes=10, seconds=1)
    assert casa.executar(TomarMensagem()) is None


def test_o_codigo_cai_na_quinta_falha(
    casa: OficinaLocal, ana: FichaCliente, relogio: Relogio
) -> None:
    pedir(casa)
    codigo = receber(casa).segredo
    for _ in range(5):
        assert usar(casa, outro_que(codigo)) == NADA
    assert usar(casa, codigo).espera == 30
    relogio.passar(seconds=30)
    assert usar(casa, codigo) == NADA


def test_antes_da_quinta_falha_o_codigo_ainda_serve(casa: OficinaLocal, ana: FichaCliente) -> None:
    pedir(casa)
    codigo = receber(casa).segredo
    for _ in range(4):
        usar(casa, outro_que(codigo))
    assert usar(casa, codigo).cliente_id == ana.id


def test_acertar_o_codigo_zera_a_conta(casa: OficinaLocal, ana: FichaCliente) -> None:
    pedir(casa)
    codigo = receber(casa).segredo
    for _ in range(4):
        usar(casa, outro_que(codigo))
    usar(casa, codigo)
    assert [usar(casa, "000000").espera for _ in range(6)] == [0, 0, 0, 0, 0, 30]


def test_so_o_ultimo_codigo_serve(casa: OficinaLocal, ana: FichaCliente) -> None:
    pedir(casa)
    antigo = receber(casa).segredo
    pedir(casa)
    novo = receber(casa).segredo
    if antigo != novo:
        assert usar(casa, antigo) == NADA
    assert usar(casa, novo).cliente_id == ana.id


def test_a_mensagem_que_se_toma_de_novo_traz_outro_codigo(
    casa: OficinaLocal, ana: FichaCliente, relogio: Relogio
) -> None:
    pedir(casa)
    perdida = casa.executar(TomarMensagem())
    relogio.passar(minutes=2, seconds=1)
    carta = receber(casa)
    assert perdida
    assert perdida.id == carta.id
    if perdida.segredo != carta.segredo:
        assert usar(casa, perdida.segredo) == NADA
    assert usar(casa, carta.segredo).cliente_id == ana.id


def test_o_codigo_de_um_nao_serve_a_outro(casa: OficinaLocal, ana: FichaCliente) -> None:
    cenario.cliente(casa, "Bia", cenario.CPF_BIA)
    pedir(casa)
    codigo = receber(casa).segredo
    assert usar(casa, codigo, cenario.CPF_BIA) == NADA
    assert usar(casa, codigo).cliente_id == ana.id


def sem_cadastro(casa: OficinaLocal) -> str:
    return cenario.CPF_BIA


def inativo(casa: OficinaLocal) -> str:
    ficha = cenario.cliente(casa, "Bia", cenario.CPF_BIA)
    casa.executar(DesativarCliente(cliente_id=ficha.id))
    return cenario.CPF_BIA


def sem_contato(casa: OficinaLocal) -> str:
    casa.executar(CriarCliente(nome="Bia", documento=cenario.CPF_BIA))
    return cenario.CPF_BIA


def so_funcionario(casa: OficinaLocal) -> str:
    cenario.funcionario(casa, Papel.GERENTE, cenario.CPF_BIA)
    return cenario.CPF_BIA


@pytest.mark.parametrize("quem", [sem_cadastro, inativo, sem_contato, so_funcionario])
def test_pedir_codigo_responde_o_mesmo_a_quem_nao_o_recebe_e_nao_deixa_mensagem(
    casa: OficinaLocal, ana: FichaCliente, quem: Callable[[OficinaLocal], str]
) -> None:
    cpf = quem(casa)
    assert [pedir(casa, cpf) for _ in range(5)] == [pedir(casa) for _ in range(5)] == [NADA] * 5
    cartas = {linha.cliente for linha in casa.executar(ListarMensagens()).itens}
    assert cartas == {"Ana Conceição"}
    assert usar(casa, "123456", cpf) == NADA


@pytest.mark.parametrize("contato", [{"telefone": "11 98765-4321"}, {"email": "b@exemplo.com"}])
def test_um_contato_so_ja_recebe(casa: OficinaLocal, contato: dict[str, str]) -> None:
    bia = casa.executar(CriarCliente(nome="Bia", documento=cenario.CPF_BIA, **contato))
    pedir(casa, cenario.CPF_BIA)
    assert usar(casa, receber(casa).segredo, cenario.CPF_BIA).cliente_id == bia.id


def test_desativado_depois_de_pedir_o_cliente_nao_recebe_nem_usa(
    casa: OficinaLocal, ana: FichaCliente
) -> None:
    pedir(casa)
    codigo = receber(casa).segredo
    pedir(casa)
    casa.executar(DesativarCliente(cliente_id=ana.id))
    assert casa.executar(TomarMensagem()) is None
    assert usar(casa, codigo) == NADA


def mandadas(casa: OficinaLocal) -> int:
    return len(casa.executar(ListarMensagens()).itens)


def test_sao_tres_codigos_por_hora_e_quem_pede_mais_nem_o_sabe(
    casa: OficinaLocal, ana: FichaCliente, relogio: Relogio
) -> None:
    for minuto in range(0, 60, 4):
        assert pedir(casa) == NADA, minuto
        assert mandadas(casa) <= 3
        relogio.passar(minutes=4)
    assert mandadas(casa) == 3
    relogio.passar(minutes=8)
    pedir(casa)
    assert mandadas(casa) == 4


def test_os_codigos_de_um_cpf_nao_gastam_os_de_outro(casa: OficinaLocal, ana: FichaCliente) -> None:
    cenario.cliente(casa, "Bia", cenario.CPF_BIA)
    for _ in range(4):
        pedir(casa)
    pedir(casa, cenario.CPF_BIA)
    assert mandadas(casa) == 4


def test_o_codigo_nao_fica_por_extenso_em_lugar_nenhum(
    casa: OficinaLocal, ana: FichaCliente, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _: 731946)
    pedir(casa)
    assert receber(casa).segredo == "731946"
    usar(casa, "731947")
    usar(casa, "731946")
    assert onde_esta(casa._motor, "731946") == []
    assert onde_esta(casa._motor, "731947") == []
    assert onde_esta(casa._motor, resumir("731946")) == ["codigos"]


def test_o_codigo_usado_por_dois_ao_mesmo_tempo_serve_a_um(
    casa: OficinaLocal, ana: FichaCliente, relogio: Relogio
) -> None:
    for _ in range(4):
        relogio.passar(minutes=61)
        pedir(casa)
        codigo = receber(casa).segredo
        vereditos = juntos.largar([partial(usar, casa, codigo)] * 4)
        assert sorted(v.cliente_id or 0 for v in vereditos) == [0, 0, 0, ana.id]


def test_adivinhar_codigo_e_adivinhar_senha_sao_a_mesma_conta(
    casa: OficinaLocal, ze: FichaFuncionario, tentar: Tentar
) -> None:
    """Quem é funcionário e cliente não tem o dobro de tentativas."""
    for _ in range(3):
        usar(casa, "000000", ze.cpf)
    errar(tentar, 2)
    assert espera(tentar) == usar(casa, "000000", ze.cpf).espera == 30


@pytest.mark.parametrize("caso", [ExaminarEntrada, PedirCodigo, IdentificarPorCpf])
def test_quem_nao_tem_cpf_nao_entra_por_aqui(caso: Any) -> None:
    campos = {} if caso is IdentificarPorCpf else {"origem": AQUI}
    for cpf in ("11.222.333/0001-81", "111.111.111-11", ""):
        with pytest.raises(DadoInvalido):
            caso(cpf=cpf, **campos)


# --- Só pelo CPF, em desenvolvimento


def test_pelo_cpf_se_acha_o_funcionario_antes_do_cliente(
    casa: OficinaLocal, ze: FichaFuncionario
) -> None:
    cliente = cenario.cliente(casa, "Zé", cenario.CPF_ZE)
    identificar = IdentificarPorCpf(cpf=cenario.CPF_ZE)
    assert casa.executar(identificar).sujeito == cenario.sujeito(ze)
    casa.executar(DesativarFuncionario(funcionario_id=ze.id))
    assert casa.executar(identificar).sujeito == cenario.acesso(cliente)
    casa.executar(DesativarCliente(cliente_id=cliente.id))
    with pytest.raises(NaoIdentificado, match="Ninguém ativo tem esse CPF"):
        casa.executar(identificar)
    with pytest.raises(NaoIdentificado, match="Ninguém ativo tem esse CPF"):
        casa.executar(IdentificarPorCpf(cpf=cenario.CPF_BIA))
