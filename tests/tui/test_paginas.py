"""As páginas de uma lista: cada uma se lê uma vez, e só as de perto ficam na memória."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oficina_cli.tui.widgets.paginas import NA_MEMORIA, Grupo, Paginas
from oficina_core.casos.paginas import Pagina

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Linha:
    id: int
    grupo: str = ""


class Fonte:
    """Linhas por número, em páginas que continuam depois da última que se leu."""

    def __init__(self, linhas: Iterable[Linha], tamanho: int = 10) -> None:
        self.linhas, self.tamanho, self.lidas = list(linhas), tamanho, list[str | None]()

    async def __call__(self, cursor: str | None) -> Pagina[Linha]:
        self.lidas.append(cursor)
        depois = [linha for linha in self.linhas if cursor is None or linha.id > int(cursor)]
        itens = tuple(depois[: self.tamanho])
        ha_mais = len(depois) > self.tamanho
        return Pagina(itens=itens, proximo=str(itens[-1].id) if ha_mais else None)


def numeradas(quantas: int, por_grupo: int = 0) -> list[Linha]:
    return [Linha(2 * n, f"g{n // por_grupo}" if por_grupo else "") for n in range(quantas)]


async def ler_tudo(paginas: Paginas) -> Paginas:
    while paginas.ha_mais:
        await paginas.continuar()
    return paginas


def na_memoria(paginas: Paginas) -> int:
    return sum(trecho.linhas is not None for trecho in paginas.trechos)


async def percorrer(paginas: Paginas) -> list[object]:
    """Todas as linhas, da primeira à última, relidas se preciso."""
    vistas, n = [], 0
    while n < len(paginas) or paginas.ha_mais:
        if n == len(paginas):
            await paginas.continuar()
        if paginas.linha(n) is None:
            await paginas.repor(n)
        vistas.append(paginas.linha(n))
        n += 1
    return vistas


async def test_cada_pagina_se_le_uma_vez_e_so_as_de_perto_ficam_na_memoria() -> None:
    fonte = Fonte(numeradas(200))
    paginas = await ler_tudo(Paginas(fonte))
    assert len(fonte.lidas) == len(set(fonte.lidas)) == 20
    assert na_memoria(paginas) == NA_MEMORIA
    assert paginas.linha(199) == Linha(398)
    assert paginas.linha(0) is None


async def test_a_que_saiu_da_memoria_volta_igual() -> None:
    paginas = await ler_tudo(Paginas(Fonte(numeradas(200))))
    assert await percorrer(paginas) == numeradas(200)
    assert na_memoria(paginas) == NA_MEMORIA


async def test_repor_a_que_esta_na_memoria_nao_le() -> None:
    fonte = Fonte(numeradas(20))
    paginas = await ler_tudo(Paginas(fonte))
    await paginas.repor(3)
    assert len(fonte.lidas) == 2


async def test_o_titulo_nao_se_repete_depois_que_a_pagina_anterior_saiu_da_memoria() -> None:
    paginas = await ler_tudo(Paginas(Fonte(numeradas(200, 7)), lambda o: o.grupo))
    inteira = await percorrer(paginas)
    titulos = [linha for linha in inteira if isinstance(linha, Grupo)]
    assert titulos == [Grupo(f"g{n}") for n in range(29)]
    nova = await paginas.reler(len(paginas) - 5, len(paginas) - 1)
    assert len(nova) == len(paginas)
    assert [nova.linha(n) for n in range(len(nova) - 5, len(nova))] == inteira[-5:]


async def test_o_que_entrou_numa_pagina_esquecida_empurra_e_nao_some_com_ninguem() -> None:
    fonte = Fonte(numeradas(200))
    paginas = await ler_tudo(Paginas(fonte))
    fonte.linhas.insert(3, Linha(5))
    assert await percorrer(paginas) == fonte.linhas


async def test_o_que_saiu_de_uma_pagina_esquecida_nao_repete_ninguem() -> None:
    fonte = Fonte(numeradas(200))
    paginas = await ler_tudo(Paginas(fonte))
    del fonte.linhas[3:9]
    assert await percorrer(paginas) == fonte.linhas


async def test_se_a_lista_encolheu_o_que_vinha_depois_se_esquece() -> None:
    fonte = Fonte(numeradas(200))
    paginas = await ler_tudo(Paginas(fonte))
    del fonte.linhas[4:]
    await paginas.repor(0)
    assert len(paginas) == 4
    assert not paginas.ha_mais


async def test_a_leitura_que_falha_nao_muda_nada_e_a_seguinte_continua() -> None:
    fonte = Fonte(numeradas(30))
    paginas = Paginas(fonte)
    await paginas.continuar()
    linhas, fonte.linhas = fonte.linhas, []
    with pytest.raises(RuntimeError):
        await _falhando(paginas).continuar()
    assert len(paginas) == 10
    fonte.linhas = linhas
    assert await percorrer(await ler_tudo(paginas)) == linhas


def _falhando(paginas: Paginas) -> Paginas:
    async def falhar(_: str | None) -> Pagina[Linha]:
        raise RuntimeError

    return Paginas(falhar, None, paginas.trechos)


async def test_reler_nao_mexe_na_lista_que_se_ve() -> None:
    fonte = Fonte(numeradas(200))
    paginas = Paginas(fonte)
    for _ in range(NA_MEMORIA):
        await paginas.continuar()
    await paginas.reler(0, 199)
    assert na_memoria(paginas) == NA_MEMORIA
    assert [paginas.linha(n) for n in range(80)] == fonte.linhas[:80]


async def test_o_grupo_so_se_conta_se_esta_todo_na_memoria() -> None:
    paginas = Paginas(Fonte(numeradas(200, 15)), lambda o: o.grupo)
    await paginas.continuar()
    assert paginas.do_grupo(0)[1] is False
    await paginas.continuar()
    assert paginas.do_grupo(0) == (numeradas(15, 15), True)
    await ler_tudo(paginas)
    ultimo = max(n for n in range(len(paginas)) if isinstance(paginas.linha(n), Grupo))
    assert paginas.do_grupo(ultimo) == (numeradas(200, 15)[195:], True)
    await paginas.repor(0)
    assert paginas.do_grupo(0)[1] is False, "a segunda metade está esquecida"


@given(
    quantas=st.integers(0, 300),
    tamanho=st.integers(1, 40),
    por_grupo=st.integers(1, 50),
    onde=st.lists(st.integers(0, 400), max_size=12),
)
def test_o_lugar_de_cada_linha_nao_depende_de_como_se_andou(
    quantas: int, tamanho: int, por_grupo: int, onde: list[int]
) -> None:
    fonte = Fonte(numeradas(quantas, por_grupo), tamanho)
    esperada: list[object] = []
    for n, linha in enumerate(fonte.linhas):
        if n % por_grupo == 0:
            esperada.append(Grupo(linha.grupo))
        esperada.append(linha)

    async def andar() -> None:
        paginas = await ler_tudo(Paginas(fonte, lambda o: o.grupo))
        assert len(paginas) == len(esperada)
        for n in onde:
            if n < len(paginas):
                await paginas.repor(n)
                assert paginas.linha(n) == esperada[n]
                assert na_memoria(paginas) <= NA_MEMORIA

    asyncio.run(andar())
