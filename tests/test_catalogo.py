"""O catálogo é o índice do sistema; aqui se confere que ele não esquece ninguém."""

import inspect
import pkgutil
from collections import Counter
from dataclasses import MISSING, fields, is_dataclass
from importlib import import_module
from string import Formatter
from typing import Any, get_origin, get_type_hints

import pytest

from oficina_core import casos
from oficina_core.casos import traducao
from oficina_core.casos.entrada import ExaminarMinhaSenha, TrocarMinhaSenha
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Simulacao
from oficina_core.catalogo import CATALOGO, PUBLICADAS, ROTAS, Rota
from oficina_core.dominio.acesso import Externo, Papel
from tests.exemplos import exemplo

SIMULACAO: Any = Simulacao


@pytest.fixture(params=CATALOGO, ids=lambda rota: rota.caso.__name__)
def rota(request: pytest.FixtureRequest) -> Rota:
    dada: Rota = request.param
    return dada


def test_todo_caso_de_uso_esta_no_catalogo_uma_vez() -> None:
    modulos = [
        import_module(f"{casos.__name__}.{m.name}") for m in pkgutil.iter_modules(casos.__path__)
    ]
    classes = {c for m in modulos for _, c in inspect.getmembers(m, inspect.isclass)}
    publicos = {c for c in classes if is_dataclass(c) and hasattr(c, "executar")}
    assert {c for c in publicos if c.__module__.startswith(casos.__name__)} == ROTAS.keys()
    assert len(CATALOGO) == len(ROTAS)


def test_nomes_nao_se_repetem() -> None:
    """O nome da classe é o `operation_id`, a ação na auditoria e o dono da chave."""
    assert len({rota.caso.__name__ for rota in CATALOGO}) == len(CATALOGO)


def test_verbo_e_endereco_nao_se_repetem() -> None:
    moldes = Counter((rota.verbo, *_molde(rota.caminho)) for rota in PUBLICADAS)
    assert [molde for molde, vezes in moldes.items() if vezes > 1] == []


def test_endereco_fixo_nao_some_atras_de_um_id() -> None:
    """`/pecas/{peca_id}` antes de `/pecas/importacao` ficaria com os pedidos dele."""
    sombras = [
        (antes.caminho, depois.caminho)
        for i, depois in enumerate(PUBLICADAS)
        for antes in PUBLICADAS[:i]
        if antes.verbo == depois.verbo and _cobre(_molde(antes.caminho), _molde(depois.caminho))
    ]
    assert sombras == []


def test_caminho_so_cita_campos_do_caso(rota: Rota) -> None:
    citados = {campo for _, campo, _, _ in Formatter().parse(rota.caminho) if campo}
    assert citados == rota.no_caminho


def test_tem_ajuda(rota: Rota) -> None:
    ajuda = inspect.getdoc(rota.caso) or ""
    assert not ajuda.startswith(f"{rota.caso.__name__}("), "docstring que o dataclass inventou"
    assert ajuda.partition("\n")[0].endswith(".")


def test_leitura_e_gravacao_se_distinguem(rota: Rota) -> None:
    nomes = {campo.name for campo in fields(rota.caso)}  # type: ignore[arg-type]
    if rota.verbo == "GET":
        assert not rota.escreve
        assert not any(get_origin(tipo) is tuple for tipo in get_type_hints(rota.caso).values())
    if not rota.escreve:
        assert "versao" not in nomes
    if get_origin(rota.resultado) is Pagina:
        assert rota.verbo == "GET"


def test_editar_exige_versao(rota: Rota) -> None:
    if rota.caso.__name__.startswith("Editar"):
        versao = next(c for c in fields(rota.caso) if c.name == "versao")  # type: ignore[arg-type]
        assert rota.verbo == "PUT"
        assert get_type_hints(rota.caso)["versao"] is int
        assert versao.default is versao.default_factory is MISSING


def test_gerente_pode_tudo_e_mecanico_so_grava_na_oficina_e_em_si(rota: Rota) -> None:
    do_cliente = rota.papeis.keys() <= {*Externo}
    assert do_cliente or Papel.GERENTE in rota.papeis
    if rota.escreve and Papel.MECANICO in rota.papeis:
        de_si = rota.caso in (TrocarMinhaSenha, ExaminarMinhaSenha)
        assert de_si or rota.caminho.startswith(("/orcamentos", "/ordens"))


@pytest.mark.parametrize("cheio", [True, False], ids=["cheio", "enxuto"])
def test_pedido_e_resposta_se_escrevem_e_se_leem(rota: Rota, cheio: bool) -> None:  # noqa: FBT001
    for tipo in (rota.caso, rota.resultado, SIMULACAO[rota.resultado]):
        valor = exemplo(tipo, cheio=cheio)
        assert traducao.ler_texto(tipo, traducao.canonico(valor)) == valor


def _molde(caminho: str) -> tuple[str, ...]:
    """O caminho em partes, com `{}` no lugar de cada campo."""
    return tuple("{}" if parte.startswith("{") else parte for parte in caminho.split("/"))


def _cobre(molde: tuple[str, ...], outro: tuple[str, ...]) -> bool:
    return len(molde) == len(outro) and all(
        a in ("{}", b) for a, b in zip(molde, outro, strict=True)
    )
