"""O que se confere na API da oficina, quando se atende por ela."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from oficina_cli import remota
from oficina_cli.conexao import Conexao
from oficina_cli.doutor.parecer import Achado, Parecer, Situacao, aviso, bom, conferir, falha
from oficina_cli.doutor.relogio import comparar
from oficina_core.casos.perfil import VerMeuPerfil
from oficina_core.catalogo import PAPEIS
from oficina_core.texto import momento
from oficina_core.versao import instalada

LOGO = timedelta(minutes=10)
ENTRAR = "oficina auth entrar"
CONFIRA = "Confira OFICINA_API e --api: oficina config mostrar --origem"


def examinar(conexao: Conexao) -> Iterator[Achado]:
    """Sem chegar à API, o resto não se confere."""
    url = conexao.endereco_da_api()
    alcance = conferir("API", lambda: _alcancar(url))
    yield alcance
    if alcance.situacao is Situacao.FALHA:
        return
    yield conferir("API: versão", lambda: _versao(url))
    yield conferir("API: relógio", lambda: _relogio(url))
    yield conferir("entrada", lambda: _entrada(conexao))


def _alcancar(url: str) -> Parecer:
    remota.exigir_protegida(url)
    resposta, _ = remota.perguntar(url, "/health/ready")
    origem = remota.origem(url)
    if resposta.get("status") != "pronta":
        return falha(f"Quem responde em {origem} não parece a API da oficina.", CONFIRA)
    como = "com o certificado conferido" if origem.startswith("https") else "na própria máquina"
    return bom(f"{origem} está pronta, {como}.")


def _versao(url: str) -> Parecer:
    resposta, _ = remota.perguntar(url, "/")
    dela, daqui = str(resposta.get("versao")), instalada()
    if dela == daqui:
        return bom(f"{dela}, a deste programa.")
    return aviso(
        f"A da API é {dela}, e a deste programa, {daqui}.",
        "Ponha os dois na mesma: o que uma não conhece, a outra recusa.",
    )


def _relogio(url: str) -> Parecer:
    _, hora = remota.perguntar(url, "/health")
    if hora is None:
        return aviso("A API não diz que horas são.", "Confira quem fica na frente dela, o proxy.")
    return comparar("A API", (datetime.now(UTC) - hora).total_seconds())


def _entrada(conexao: Conexao) -> Parecer:
    """De quem é o token, de onde veio e até quando vale; ele mesmo nunca se mostra."""
    credencial = conexao.credencial
    if credencial.fonte is None:
        return falha("Ninguém entrou nesta API.", ENTRAR)
    perfil, vence = conexao.oficina.executar(VerMeuPerfil()), credencial.vence_em
    dito = f"{perfil.nome}, {PAPEIS[perfil.papel].rotulo}, por {credencial.fonte.rotulo}"
    if vence is None:
        return bom(f"{dito}; o token não diz quando vence.")
    if vence - datetime.now(UTC) < LOGO:
        return aviso(f"{dito}, mas a entrada vence em {momento(vence)}.", ENTRAR)
    return bom(f"{dito}, até {momento(vence)}.")
