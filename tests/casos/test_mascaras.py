"""Nenhuma lista, busca ou histórico mostra inteiro o que é de alguém, nem ao gerente."""

from collections.abc import Callable
from typing import Any

import pytest

from oficina_core.casos import traducao
from oficina_core.casos.busca import Buscar, Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.clientes import CriarCliente
from oficina_core.casos.funcionarios import CriarFuncionario
from oficina_core.casos.ordens import VerHistoricoOrdem
from oficina_core.casos.portas import CasoDeUso, Oficina
from oficina_core.catalogo import PUBLICADAS
from oficina_core.dominio.acesso import SISTEMA, Alcance, Papel, Sujeito
from tests import cenario
from tests.exemplos import exemplo

AbrirPara = Callable[[Sujeito], Oficina]

LISTAS = [
    rota.caso
    for rota in PUBLICADAS
    if rota.verbo == "GET"
    and not rota.no_caminho
    and rota.papeis.get(Papel.GERENTE) is Alcance.TODOS
]
PESSOAIS = (
    *("52998224725", "529.982.247-25", "98765", "ana.c@exemplo.com.br"),
    *("11144477735", "111.444.777-35", "ze@oficina.com.br"),
)


def ditos(resposta: Any) -> set[str]:
    escrita = traducao.canonico(resposta)
    return {dado for dado in PESSOAIS if dado in escrita}


@pytest.fixture
def ordem(em_nome_de: AbrirPara) -> int:
    """Uma ordem de Ana, com o orçamento enviado, em uma oficina em que Zé trabalha."""
    sistema = em_nome_de(SISTEMA)
    cenario.catalogo(sistema)
    sistema.executar(
        CriarCliente(
            nome="Ana Conceição",
            documento=cenario.CPF_ANA,
            telefone="(11) 98765-4321",
            email="ana.c@exemplo.com.br",
        )
    )
    sistema.executar(
        CriarFuncionario(
            cpf=cenario.CPF_ZE, nome="Zé", papel=Papel.GERENTE, email="ze@oficina.com.br"
        )
    )
    return cenario.enviado(sistema).ordem_id or 0


def test_o_que_se_lista_se_busca_e_se_acompanha_vem_mascarado(
    em_nome_de: AbrirPara, ordem: int
) -> None:
    gerente = em_nome_de(SISTEMA)
    leituras: list[CasoDeUso[Any]] = [
        *(exemplo(caso, cheio=False) for caso in LISTAS),
        *(Buscar(texto=texto) for texto in ("ana", cenario.CPF_ANA, "98765-4321", cenario.PLACA)),
        *(
            Localizar(recurso=recurso, nome=nome)
            for recurso, nome in (
                (Recurso.CLIENTE, cenario.CPF_ANA),
                (Recurso.FUNCIONARIO, cenario.CPF_ZE),
            )
        ),
        VerHistoricoOrdem(ordem_id=ordem),
    ]
    achados = {type(leitura).__name__: ditos(gerente.executar(leitura)) for leitura in leituras}
    assert {nome: achado for nome, achado in achados.items() if achado} == {}
    assert {"ListarClientes", "ListarFuncionarios", "ListarOrdens", "ListarMensagens"} <= set(
        achados
    )


def test_os_efeitos_de_uma_gravacao_tambem(em_nome_de: AbrirPara, ordem: int) -> None:
    oficina = em_nome_de(SISTEMA)
    efeitos = [
        *oficina.simular(
            CriarCliente(nome="Bia", telefone="(11) 98765-4321", email="ana.c@exemplo.com.br")
        ).efeitos,
        *oficina.simular(
            CriarFuncionario(
                cpf=cenario.CPF_BIA, nome="Bia", papel=Papel.MECANICO, email="ze@oficina.com.br"
            )
        ).efeitos,
    ]
    assert len(efeitos) == 2
    assert ditos(tuple(efeitos)) == set()
