"""O que o Tab oferece: em cada shell de verdade, da oficina de verdade, e nunca com ruído."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from oficina_cli import lembranca
from oficina_cli.atalhos import COMPLETANDO
from oficina_cli.completamento import SEGUROS
from oficina_cli.conexao import Conexao
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.nomes import CONSULTAS, comecados
from oficina_core.casos.busca import Buscar
from oficina_core.casos.clientes import CriarCliente, DadosCliente, ListarClientes
from oficina_core.casos.kits import CriarKit, ItemPedido
from oficina_core.casos.ordens import ListarOrdens
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.pecas import CriarPeca, DesativarPeca
from oficina_core.casos.veiculos import DadosVeiculo
from tests import referencia
from tests.cli.teclado import Teclado

RAIZ = Path(__file__).parents[2]
Completar = Callable[..., dict[str, str]]


@pytest.fixture
def casa(tmp_path: Path) -> Path:
    """Uma oficina com um carro na fila e nomes que se completam."""
    arquivo = tmp_path / "oficina.db"
    oficina = OficinaLocal.em(f"sqlite:///{arquivo}")
    peca = oficina.executar(
        CriarPeca(codigo="FILTRO-OLEO", nome="Filtro de óleo", preco=Decimal("39.90"))
    )
    velha = oficina.executar(
        CriarPeca(codigo="FILTRO-VELHO", nome="Fora de linha", preco=Decimal("1.00"))
    )
    oficina.executar(DesativarPeca(peca_id=velha.id))
    oficina.executar(CriarKit(codigo="TROCA-OLEO", nome="Troca", pecas=(ItemPedido(id=peca.id),)))
    for nome, placa in (("José da Conceição", "abc-1234"), ("Ana Ávila", "ABD1D23")):
        oficina.executar(
            AbrirOrdem(
                veiculo_id=placa,
                veiculo=DadosVeiculo(marca="Fiat", modelo="Uno"),
                cliente=DadosCliente(nome=nome, telefone="11987654321"),
                queixa="freio chiando",
            )
        )
    oficina.fechar()
    return arquivo


@pytest.fixture
def ambiente(tmp_path: Path, casa: Path) -> dict[str, str]:
    """O de quem usa, com o `oficina` desta árvore no caminho."""
    programa = tmp_path / "bin" / "oficina"
    programa.parent.mkdir()
    programa.write_text(f'#!/bin/sh\nexec {sys.executable} -m oficina_cli "$@"\n')
    programa.chmod(0o755)
    herdado = {"PATH": f"{programa.parent}:{os.environ['PATH']}", "PYTHONPATH": str(RAIZ)}
    casa_de_quem_usa = {"HOME": str(tmp_path), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    return herdado | casa_de_quem_usa | {"OFICINA_BANCO": str(casa)}


@pytest.fixture
def completar(ambiente: dict[str, str]) -> Completar:
    """O que se oferece no lugar da última palavra, como o shell pergunta."""

    def perguntar(*palavras: str, codigo: int = 0, **outro: str) -> dict[str, str]:
        resposta = _perguntar(palavras, ambiente | outro)
        assert (resposta.returncode, resposta.stderr) == (codigo, "")
        linhas = (linha.partition("\t") for linha in resposta.stdout.splitlines())
        return {valor: descricao for valor, _, descricao in linhas}

    return perguntar


def _perguntar(
    palavras: tuple[str, ...], ambiente: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "oficina_cli", *palavras],
        env={**ambiente, COMPLETANDO: "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_comandos_e_opcoes_vem_com_o_que_fazem(completar: Completar) -> None:
    assert completar("ordem", "ve") == {"ver": "Mostra uma ordem de serviço"}
    assert list(completar("os", "ordem")) == []
    assert list(completar("os", "ve")) == ["ver"]
    assert list(completar("ordem", "fila", "--stat")) == ["--status"]
    assert {"ordem", "peca", "verificar"} <= completar("").keys()


def test_os_codigos_da_opcao_se_oferecem_nas_duas_formas(completar: Completar) -> None:
    assert list(completar("ordem", "fila", "--status", "em")) == ["em-diagnostico", "em-execucao"]
    assert list(completar("ordem", "fila", "--status=em-e")) == ["--status=em-execucao"]
    assert list(completar("-o", "js")) == ["json"]


def test_placas_codigos_clientes_e_ordens_vem_com_a_descricao(completar: Completar) -> None:
    assert completar("veiculo", "ver", "abc") == {"ABC1234": "Fiat Uno · José da Conceição"}
    assert completar("peca", "ver", "fil") == {"FILTRO-OLEO": "Filtro de óleo"}
    assert completar("orcamento", "criar", "--kit", "") == {"TROCA-OLEO": "Troca"}
    assert completar("ordem", "ver", "") == {
        "2": "ABD1D23 · Uno · Ana Ávila",
        "1": "ABC1234 · Uno · José da Conceição",
    }


def test_o_cliente_se_acha_pelo_nome_sem_acento_e_nunca_se_mostra_o_documento(
    completar: Completar,
) -> None:
    assert completar("cliente", "ver", "avila") == {"id:2": "Ana Ávila"}


def test_depois_do_ultimo_argumento_nao_se_oferece_mais_nada(completar: Completar) -> None:
    assert completar("ordem", "ver", "1", "") == {}


def test_onde_vai_um_arquivo_quem_completa_e_o_shell(completar: Completar) -> None:
    assert completar("peca", "importar", "", codigo=3) == {}


def test_a_oficina_que_a_linha_diz_vale_mais_que_a_do_ambiente(
    completar: Completar, casa: Path, tmp_path: Path
) -> None:
    outra = str(tmp_path / "nao-existe.db")
    assert completar("veiculo", "ver", "abc", OFICINA_BANCO=outra) == {}
    assert list(completar("--banco", str(casa), "veiculo", "ver", "abc", OFICINA_BANCO=outra)) == [
        "ABC1234"
    ]
    assert not Path(outra).exists()


@pytest.mark.parametrize("estrago", ["some", "nao-e-banco", "travado"])
def test_o_banco_que_nao_se_le_e_silencio(estrago: str, completar: Completar, casa: Path) -> None:
    outro = sqlite3.connect(casa, isolation_level=None)
    if estrago == "some":
        casa.unlink()
    elif estrago == "nao-e-banco":
        casa.write_bytes(b"nada" * 4096)
    else:
        outro.execute("PRAGMA journal_mode = DELETE")
        outro.execute("BEGIN EXCLUSIVE")
    assert completar("peca", "ver", "") == {}
    outro.close()


@pytest.mark.parametrize(
    "palavras", [(), ("nada", "disto"), ("\x1b[2J", "'"), ("ordem", "ver", "--x=", "\udc80")]
)
def test_linha_sem_sentido_e_silencio(palavras: tuple[str, ...], completar: Completar) -> None:
    assert "\x1b" not in "".join(completar(*palavras))


def test_lembranca_torta_vale_por_nenhuma(completar: Completar, ambiente: dict[str, str]) -> None:
    guardado = Path(ambiente["HOME"], ".cache", "oficina")
    guardado.mkdir(parents=True)
    pela_api = {"OFICINA_API": "http://127.0.0.1:9"}
    for conteudo in ("[", "[]", '{"nomes": 1}', '{"nomes": {"peca": 1}}'):
        (guardado / _arquivo_da_lembranca({**ambiente, **pela_api})).write_text(conteudo)
        assert completar("peca", "ver", "", **pela_api) == {}


def _arquivo_da_lembranca(ambiente: Mapping[str, str]) -> str:
    with pytest.MonkeyPatch.context() as trocado:
        for nome in lembranca.QUE_ESCOLHEM:
            trocado.setenv(nome, ambiente.get(nome, ""))
        return lembranca._lugar(()).name


def test_nome_que_o_shell_interpretaria_nao_se_oferece(completar: Completar, casa: Path) -> None:
    with sqlite3.connect(casa) as conexao:
        for codigo in ("A$(touch x)", "A`id`", "A;B", "A B", "-rf", "A\x1b[2J"):
            conexao.execute("UPDATE pecas SET codigo = ? WHERE id = 1", (codigo,))
            conexao.commit()
            assert codigo not in completar("peca", "ver", codigo[0])
        conexao.execute(
            "UPDATE pecas SET codigo = 'BOM', nome = 'x\x1b]52;c;eA==\x07\ty' WHERE id = 1"
        )
        conexao.commit()
        assert completar("peca", "ver", "B") == {"BOM": "x\ufffd\ufffdy"}


def test_cada_consulta_acha_o_que_ha(casa: Path) -> None:
    """Uma tabela ou coluna que muda de nome acusa-se aqui, e não no silêncio de quem completa."""
    achados = {tipo: comecados(casa, tipo, "") for tipo in CONSULTAS}
    assert {tipo for tipo, nomes in achados.items() if not nomes} == {
        *("funcionario", "mecanico", "orcamento", "servico")
    }


@pytest.mark.parametrize("coringa", ["%", "_", "\\", "F_L", "%OLEO", "AB_"])
def test_o_que_se_digita_vale_pelo_que_e(casa: Path, coringa: str) -> None:
    assert not any(comecados(casa, tipo, coringa) for tipo in CONSULTAS)


def test_o_que_se_guarda_dos_comandos_so_tem_o_que_o_shell_nao_interpreta() -> None:
    nos = [json.loads(referencia.comandos())]
    for no in nos:
        nos += no.get("comandos", {}).values()
        assert all(SEGUROS.fullmatch(nome) for nome in (*no["opcoes"], *no.get("comandos", {})))


class TestLembranca:
    """Na oficina que não é um arquivo, oferece-se o que os últimos comandos mostraram."""

    @pytest.fixture(autouse=True)
    def _guardada(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pasta = tmp_path / "cache"
        monkeypatch.setattr(lembranca, "user_cache_path", lambda *_, **__: self.pasta)
        monkeypatch.setenv("OFICINA_API", "https://oficina.exemplo.com.br")

    def lembrar(self, resposta: object) -> None:
        lembranca.lembrar("https://oficina.exemplo.com.br", resposta)

    def test_o_que_se_listou_se_completa(self, casa: Path) -> None:
        oficina = OficinaLocal.em(f"sqlite:///{casa}")
        self.lembrar(oficina.executar(ListarOrdens()))
        self.lembrar(oficina.executar(ListarClientes()))
        assert list(lembranca.nomes("ordem", "")) == [
            ("1", "ABC1234 · Fiat Uno · José da Conceição"),
            ("2", "ABD1D23 · Fiat Uno · Ana Ávila"),
        ]
        assert list(lembranca.nomes("ordem", "ana")) != []
        assert [valor for valor, _ in lembranca.nomes("cliente", "jose")] == ["id:1"]
        assert dict(lembranca.nomes("cliente", ""))["id:2"] == "Ana Ávila"
        oficina.fechar()

    def test_a_de_outra_api_nao_se_mistura(
        self, casa: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        oficina = OficinaLocal.em(f"sqlite:///{casa}")
        self.lembrar(oficina.executar(ListarOrdens()))
        monkeypatch.setenv("OFICINA_API", "https://outra.exemplo.com.br")
        assert list(lembranca.nomes("ordem", "")) == []
        oficina.fechar()

    def test_so_quem_usa_le_e_nenhum_segredo_se_guarda(
        self, casa: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OFICINA_BANCO", "mysql://u:segredo123@servidor/banco")
        oficina = OficinaLocal.em(f"sqlite:///{casa}")
        self.lembrar(oficina.executar(Buscar(texto="ana")))
        self.lembrar(oficina.executar(ListarClientes()))
        (arquivo,) = self.pasta.iterdir()
        assert arquivo.stat().st_mode & 0o077 == 0
        assert "segredo123" not in arquivo.read_text()
        assert "98765" not in arquivo.read_text()
        oficina.fechar()

    def test_so_as_ultimas_oficinas_se_guardam(
        self, casa: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        oficina = OficinaLocal.em(f"sqlite:///{casa}")
        ordens = oficina.executar(ListarOrdens())
        for numero in range(lembranca.OFICINAS + 5):
            monkeypatch.setenv("OFICINA_API", f"https://oficina-{numero}.exemplo.com.br")
            self.lembrar(ordens)
        assert len(list(self.pasta.iterdir())) == lembranca.OFICINAS
        assert list(lembranca.nomes("ordem", "")) != []
        oficina.fechar()

    def test_disco_cheio_ou_pasta_proibida_nao_atrapalha_o_comando(self, casa: Path) -> None:
        self.pasta.write_text("não é uma pasta")
        self.lembrar(object())


def test_quem_usa_um_arquivo_lembra_so_onde_ele_esta(
    tmp_path: Path, casa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lembranca, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    conexao = Conexao(banco=str(casa))
    conexao.lembrar(conexao.oficina.executar(ListarOrdens()))
    conexao.fechar()
    (arquivo,) = (tmp_path / "cache").iterdir()
    assert json.loads(arquivo.read_text()) == {"arquivo": str(casa)}


@pytest.mark.parametrize(
    ("digitado", "aparece"),
    [
        ("veiculo ver abc\t", "ABC1234 "),
        ("veiculo ver ab\t\t\t", "ABC1234 (Fiat Uno · José da Conceição)"),
        ("cliente ver conceic\t", "id:1 "),
        ("cliente ver id:2\t", "id:2 "),
        ("cliente ver a\t\t", "Ana Ávila (id:2)"),
        ("ordem fila --status=em-e\t", "em-execucao "),
        ("peca imp\t", "importar "),
    ],
)
def test_o_bash_completa_o_que_se_digita(
    digitado: str, aparece: str, ambiente: dict[str, str]
) -> None:
    ensinar = "source <(oficina completar bash)\n"
    tela = digitar(["bash", "--norc", "-i"], ambiente, ensinar, f"oficina {digitado}")
    assert aparece in tela


@pytest.mark.parametrize("tecla", ["\t\t", "\x1b*"], ids=["menu-complete", "insert-completions"])
def test_o_bash_nunca_poe_na_linha_o_nome_de_alguem(
    tecla: str, ambiente: dict[str, str], casa: Path, tmp_path: Path
) -> None:
    """Quem põe o nome na linha a executa com o Enter seguinte."""
    marca = tmp_path / "executado"
    with sqlite3.connect(casa) as conexao:
        ordem = f"Ana $(touch {marca}) #"
        conexao.execute("UPDATE clientes SET nome = ?, busca = ? WHERE id = 1", (ordem, "ana"))
    ensinar = 'source <(oficina completar bash); bind "TAB:menu-complete"\n'
    tela = digitar(["bash", "--norc", "-i"], ambiente, ensinar, f"oficina cliente ver a{tecla}\n")
    assert "id:" in tela
    assert not marca.exists()


@pytest.mark.skipif(not shutil.which("zsh"), reason="esta máquina não tem zsh")
def test_o_zsh_troca_a_palavra_pela_placa(ambiente: dict[str, str]) -> None:
    ensinar = "autoload -U compinit; compinit -u; source <(oficina completar zsh)\n"
    tela = digitar(["zsh", "-f", "-i"], ambiente, ensinar, "oficina veiculo ver abc\t")
    assert "ABC1234 " in tela


@pytest.mark.skipif(not shutil.which("fish"), reason="esta máquina não tem fish")
def test_o_fish_oferece_as_ordens_com_a_descricao(ambiente: dict[str, str]) -> None:
    comando = "oficina completar fish | source; complete -C 'oficina ordem ver '"
    saida = subprocess.run(
        [shutil.which("fish") or "", "--no-config", "-c", comando],
        env=ambiente,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "2\tABD1D23 · Uno · Ana Ávila" in saida.splitlines()


def digitar(shell: list[str], ambiente: dict[str, str], ensinar: str, texto: str) -> str:
    """O que um shell de verdade mostra depois que se ensina e se digita isso."""
    with Teclado(shell, ambiente) as teclado:
        teclado.digitar(f"{ensinar}PS1='pron''to> '\n", ate="pronto> ")
        return teclado.digitar(f"{texto}\x15echo fi''m\n", ate="\r\nfim")


def test_a_oficina_que_nao_responde_nao_atrasa_o_tab(completar: Completar) -> None:
    """Com a API escolhida, nada se pergunta à rede: só o que se lembrou."""
    assert completar("ordem", "ver", "", OFICINA_API="http://127.0.0.1:9") == {}


def test_o_que_se_cria_completa_logo(completar: Completar, casa: Path) -> None:
    oficina = OficinaLocal.em(f"sqlite:///{casa}")
    oficina.executar(CriarCliente(nome="Zélia Prado", telefone="11988887777"))
    oficina.fechar()
    assert "Zélia Prado" in completar("cliente", "ver", "zelia").values()
