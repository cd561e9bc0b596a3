"""As imagens não mentem: o que está em docs/telas é o que o programa mostra agora."""

from pathlib import Path

import pytest

from tests.tui import fotos

pytestmark = pytest.mark.anyio

PROVAS = (
    ("fila", fotos.GRANDE),
    ("fila-sem-cor", fotos.PEQUENA),
    ("orcamento", fotos.PEQUENA),
    ("salto", fotos.PEQUENA),
)


@pytest.fixture(scope="module")
def estudio(tmp_path_factory: pytest.TempPathFactory) -> fotos.Estudio:
    return fotos.Estudio(tmp_path_factory.mktemp("estudio"))


@pytest.mark.parametrize(("nome", "tamanho"), PROVAS)
async def test_a_imagem_e_a_tela_de_agora(
    nome: str, tamanho: fotos.Tamanho, estudio: fotos.Estudio
) -> None:
    (foto,) = (foto for foto in fotos.FOTOS if foto.nome == nome)
    guardada = fotos.arquivo(foto, tamanho).read_text(encoding="utf-8")
    assert await estudio.fotografar(foto, tamanho) == guardada, "refaça com: nox -s telas"


def test_cada_tela_tem_as_suas_imagens_e_nenhuma_sobra() -> None:
    ditas = {fotos.arquivo(f, t) for f in fotos.FOTOS for t in (fotos.PEQUENA, fotos.GRANDE)}
    assert set(fotos.PASTA.iterdir()) == ditas


@pytest.mark.parametrize("imagem", sorted(fotos.PASTA.iterdir()), ids=lambda p: p.stem)
def test_a_imagem_nao_busca_nada_fora_nem_conta_de_quem_a_fez(imagem: Path) -> None:
    svg = imagem.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "://" not in svg
    assert "url(" not in svg.replace("url(#clip-terminal)", "")
    assert str(Path.home()) not in svg
