"""Os pedidos de um dia: o catálogo de partida, e então o que a sorte disser."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeAlias

from oficina_core.casos import (
    clientes,
    estoque,
    funcionarios,
    kits,
    kits_importacao,
    lojas,
    ordens_abertura,
    pecas,
    pecas_importacao,
    servicos,
    veiculos,
)
from oficina_core.catalogo import ROTAS
from oficina_core.dominio.acesso import Papel
from tests.diferencial.atendimento import (
    abrir_ordem,
    anotar,
    aprovar_orcamento,
    atribuir,
    cancelar_orcamento,
    cancelar_ordem,
    criar_link,
    criar_orcamento,
    diagnosticar,
    editar_orcamento,
    entregar,
    enviar_orcamento,
    estornar_pagamento,
    finalizar,
    pagar,
    recusar_orcamento,
    revisar_orcamento,
    seguir,
)
from tests.diferencial.cadastros import (
    criar_cliente,
    criar_funcionario,
    criar_kit,
    criar_peca,
    criar_servico,
    criar_veiculo,
    definir_parametro,
    editar_cliente,
    editar_funcionario,
    editar_kit,
    editar_peca,
    editar_servico,
    editar_veiculo,
    importar_kits,
    importar_pecas,
    importar_servicos,
    ligar,
    peca_importada,
)
from tests.diferencial.estoque import (
    ajustar_estoque,
    conferir_estoque,
    definir_prateleira,
    entrar_estoque,
    estornar_movimento,
)
from tests.diferencial.leituras import (
    buscar,
    buscar_itens,
    continuar,
    diversos,
    listar,
    localizar,
    ver,
)
from tests.diferencial.mundos import Dito, Passo
from tests.diferencial.roteiro import Roteiro, SemAlvo
from tests.diferencial.textos import DOCUMENTOS, NOMES, NOTAS, PLACAS, TELEFONES

Sorteio: TypeAlias = Callable[[Roteiro], Dito]

SORTEIOS: tuple[tuple[Sorteio, int], ...] = (
    *((criar_cliente, 5), (editar_cliente, 4), (criar_veiculo, 4), (editar_veiculo, 4)),
    *((criar_servico, 3), (editar_servico, 3), (criar_peca, 4), (editar_peca, 4)),
    *((criar_kit, 3), (editar_kit, 3), (importar_pecas, 2), (importar_servicos, 1)),
    *((importar_kits, 2), (criar_funcionario, 5), (editar_funcionario, 3), (ligar, 8)),
    *((definir_parametro, 2), (entrar_estoque, 7), (ajustar_estoque, 4), (conferir_estoque, 3)),
    *((estornar_movimento, 4), (definir_prateleira, 2), (abrir_ordem, 14), (criar_orcamento, 10)),
    *((editar_orcamento, 7), (enviar_orcamento, 7), (revisar_orcamento, 6), (criar_link, 3)),
    *((cancelar_orcamento, 4), (aprovar_orcamento, 18), (recusar_orcamento, 5), (atribuir, 4)),
    *((diagnosticar, 6), (anotar, 4), (finalizar, 10), (entregar, 6), (cancelar_ordem, 3)),
    *((pagar, 9), (estornar_pagamento, 4), (ver, 10), (listar, 14), (continuar, 6)),
    *((buscar, 6), (buscar_itens, 6), (localizar, 4), (diversos, 5), (seguir, 45)),
)

LISTAS: tuple[Any, ...] = (
    *(lojas.ListarLojas, servicos.ListarServicos, pecas.ListarPecas, kits.ListarKits),
    *(clientes.ListarClientes, veiculos.ListarVeiculos, estoque.ListarMovimentos),
)
PARTIDA = 13
PAPEIS = {Papel.GERENTE: 76, Papel.ATENDENTE: 13, Papel.MECANICO: 11}


def passos(r: Roteiro, quantos: int, *, filial: bool) -> Iterator[Passo]:
    """O catálogo de partida, e então o que a sorte disser."""
    for dito in partida(r):
        yield _passo(r, dito, loja=1 if filial else None)
    for _ in range(quantos):
        yield _repetido(r) or _sorteado(r, filial=filial)


def partida(r: Roteiro) -> Iterator[Dito]:
    """O catálogo, por importação, dois carros na casa e as listas que dizem os números."""
    linhas = tuple(
        Dito(
            servicos.LinhaImportadaServico,
            {"linha": i + 2, "codigo": codigo, "nome": r.um(NOMES), "preco": Decimal(preco)},
        )
        for i, (codigo, preco) in enumerate((("TROCA", "75.00"), ("FREIO", "150.00")))
    )
    yield Dito(servicos.ImportarServicos, {"linhas": linhas})
    yield Dito(
        pecas_importacao.ImportarPecas, {"linhas": tuple(peca_importada(r, i) for i in range(4))}
    )
    itens = {"servicos": ("TROCA",), "pecas": ("P1", "P0")}
    kit = {"linha": 2, "codigo": "REVISAO", "nome": "Revisão", **itens}
    yield Dito(
        kits_importacao.ImportarKits, {"kits": (Dito(kits_importacao.LinhaImportadaKit, kit),)}
    )
    for placa, documento in zip(r.sorte.sample(PLACAS[:5:2], 2), DOCUMENTOS[2:4], strict=True):
        dono = {"nome": r.um(NOMES), "documento": documento, "telefone": r.um(TELEFONES)}
        campos = {"veiculo": Dito(veiculos.DadosVeiculo, {"marca": "VW", "modelo": "Gol 1.0"})}
        campos |= {"cliente": Dito(clientes.DadosCliente, dono), "queixa": r.um(NOTAS)}
        proposta = {"kits": ("REVISAO",)} if r.vezes(70) else {}
        yield Dito(ordens_abertura.AbrirOrdem, {"veiculo_id": placa, **campos, **proposta})
    novato = {"cpf": DOCUMENTOS[4], "nome": r.um(NOMES), "papel": Papel.MECANICO}
    yield Dito(funcionarios.CriarFuncionario, novato)
    for caso in LISTAS:
        yield Dito(caso, {})


def _sorteado(r: Roteiro, *, filial: bool) -> Passo:
    dito = _sortear(r)
    quem = r.sorte.choices(list(PAPEIS), list(PAPEIS.values()))[0]
    lojas_ditas = (*(ficha.id for ficha in r.das("lojas")), 1)
    loja = r.um((*lojas_ditas * 6, 99_999, None)) if filial or r.vezes(5) else None
    return _passo(r, dito, quem=quem, loja=loja)


def _sortear(r: Roteiro) -> Dito:
    while True:
        (acaso,) = r.sorte.choices([s for s, _ in SORTEIOS], [peso for _, peso in SORTEIOS])
        with suppress(SemAlvo):
            return acaso(r)


def _repetido(r: Roteiro) -> Passo | None:
    """O mesmo outra vez, com a mesma chave; ou, por engano, outro pedido com ela."""
    ultimo = r.passados[-1]
    if ultimo.chave is None or ultimo.simular or not r.vezes(12):
        return None
    if r.vezes(75):
        return replace(ultimo, em=r.hora())
    outro = _passo(r, criar_cliente(r))
    return replace(outro, chave=ultimo.chave, quem=ultimo.quem)


def _passo(
    r: Roteiro, dito: Dito, *, quem: Papel = Papel.GERENTE, loja: int | None = None
) -> Passo:
    escreve = ROTAS[dito.tipo].escreve
    chave = f"{dito.tipo.__name__}-{len(r.passados)}" if escreve and r.vezes(40) else None
    simular = r.vezes(12 if escreve else 1) and len(r.passados) > PARTIDA
    return Passo(dito=dito, quem=quem, em=r.hora(), chave=chave, loja=loja, simular=simular)
