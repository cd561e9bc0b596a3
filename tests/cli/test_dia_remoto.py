"""O dia do README pela API: cada comando imprime o que imprime direto no banco."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner

from oficina_api.montagem import montar
from oficina_api.tokens import Tokens
from oficina_cli.app import app
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.funcionarios import CriarFuncionario
from oficina_core.dominio.acesso import Papel
from tests import leiame
from tests.api.elenco import configuracao
from tests.api.servico import no_ar
from tests.cenario import CPF_BIA

DIRETO = "oficina verificar"  # o que só se faz direto no banco


@dataclass(frozen=True)
class Balcao:
    """A API no ar e o ambiente de quem trabalha por ela, ou direto no banco dela."""

    url: str
    remoto: dict[str, str]
    direto: dict[str, str]

    def rodar(self, comando: str) -> str:
        """Neste processo, que poupa a partida de cada um."""
        ambiente = self.direto if comando == DIRETO else self.remoto
        _, *argumentos = shlex.split(comando)
        saida = CliRunner(env=ambiente).invoke(app, argumentos, prog_name="oficina").output
        return "\n".join(linha.rstrip() for linha in saida.splitlines()) + "\n"


@pytest.fixture
def balcao(url_sqlite: str) -> Iterator[Balcao]:
    """Quem pede se chama sistema, como quem age no README, para que nem o nome difira."""
    oficina = OficinaLocal.em(url_sqlite)
    gerente = CriarFuncionario(cpf=CPF_BIA, nome="sistema", papel=Papel.GERENTE)
    numero = oficina.executar(gerente).id
    oficina.fechar()
    ajustes = configuracao(url_sqlite, log_level="ERROR")
    token, _ = Tokens.de(ajustes).emitir(f"funcionario:{numero}", "pwd")
    with no_ar(montar(ajustes)) as servico:
        url = f"http://127.0.0.1:{servico.porta}"
        remoto = leiame.neutro() | {"OFICINA_API": url, "OFICINA_TOKEN": token}
        direto = leiame.neutro() | {"OFICINA_BANCO": url_sqlite, "OFICINA_OPERADOR": CPF_BIA}
        yield Balcao(url, remoto, direto)


def test_dia_do_leiame_pela_api_imprime_o_mesmo(balcao: Balcao) -> None:
    for bloco in leiame.blocos():
        saida = "\n".join(f"$ {c}\n{balcao.rodar(c)}" for c in leiame.comandos(bloco))
        assert leiame.normalizar(saida) == leiame.normalizar(bloco)


def test_programa_inteiro_pela_opcao_imprime_o_que_imprime_direto(balcao: Balcao) -> None:
    balcao.rodar("oficina servico importar --inicial")
    ver = "servico ver PAST"
    noutro = balcao.remoto | {"OFICINA_API": "http://127.0.0.1:9"}
    pela_api = leiame.rodar(f"oficina --api {balcao.url} {ver}", noutro)
    assert pela_api.startswith("Nº")
    assert pela_api == leiame.rodar(f"oficina {ver}", balcao.direto)
