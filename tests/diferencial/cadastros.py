"""Pedidos sorteados de cadastro."""

from decimal import Decimal
from typing import Any

from oficina_core.casos import (
    clientes,
    entrada,
    funcionarios,
    kits,
    kits_importacao,
    lojas,
    parametros,
    pecas,
    pecas_importacao,
    servicos,
    veiculos,
)
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.valores import CPF
from tests.diferencial.mundos import CPFS, Dito
from tests.diferencial.roteiro import Roteiro, SemAlvo
from tests.diferencial.textos import (
    CODIGOS,
    CODIGOS_RUINS,
    DINHEIRO,
    DOCUMENTOS,
    DOCUMENTOS_RUINS,
    EMAILS,
    NOMES,
    PLACAS,
    TELEFONES,
)

EQUIPE = frozenset(map(CPF, CPFS.values()))


def criar_cliente(r: Roteiro) -> Dito:
    return Dito(clientes.CriarCliente, dados_cliente(r))


def editar_cliente(r: Roteiro) -> Dito:
    return _editar(r, clientes.EditarCliente, "clientes", "cliente_id", dados_cliente(r))


def dados_cliente(r: Roteiro) -> dict[str, Any]:
    return {
        "nome": r.nome(),
        "documento": r.talvez(r.texto(DOCUMENTOS, DOCUMENTOS_RUINS), 60),
        "telefone": r.talvez(r.texto(TELEFONES, ("123",)), 80),
        "email": r.talvez(r.um(EMAILS), 30),
    }


def _editar(r: Roteiro, caso: Any, especie: str, nome: str, campos: dict[str, Any]) -> Dito:
    numero = r.numero(especie, fora_da_equipe)
    return Dito(caso, {nome: numero, "versao": r.versao(especie, numero), **campos})


def criar_veiculo(r: Roteiro) -> Dito:
    return Dito(veiculos.CriarVeiculo, _dados_veiculo(r))


def editar_veiculo(r: Roteiro) -> Dito:
    return _editar(r, veiculos.EditarVeiculo, "veiculos", "veiculo_id", _dados_veiculo(r))


def _dados_veiculo(r: Roteiro) -> dict[str, Any]:
    return {
        **carro(r),
        "placa": r.texto(PLACAS, ("AB1", "ÇBC1234")),
        "cliente_id": r.referencia("clientes", "documento"),
        "km": r.talvez(r.texto((0, 98_500), (10**7 + 1,))),
    }


def carro(r: Roteiro) -> dict[str, Any]:
    marca = r.texto(("VW", "Citroën"), ("x" * 41,))
    modelo = r.um(("Gol 1.0", "Uno", "C3 Pícasso"))
    campos = {"marca": marca, "modelo": modelo}
    return campos | {"ano": r.talvez(r.texto((2015, 2027), (2028, 1800))), "cor": r.talvez("Azul")}


def peca_importada(r: Roteiro, i: int) -> Dito:
    campos: dict[str, Any] = {"linha": i + 2, "codigo": f"P{i}", "nome": r.um(NOMES)}
    campos |= {"preco": Decimal(r.um(DINHEIRO[1:-1])), "unidade": r.um([*Unidade])}
    campos |= {"estoque": Decimal(r.sorte.randint(0, 9)), "custo": r.talvez(Decimal("12.34"))}
    campos |= {"minimo": r.talvez(Decimal(2)), "localizacao": r.talvez("B-2")}
    return Dito(pecas_importacao.LinhaImportadaPeca, campos)


def criar_servico(r: Roteiro) -> Dito:
    return Dito(servicos.CriarServico, _produto(r) | {"tempo_estimado": r.um((0, 30, -1))})


def editar_servico(r: Roteiro) -> Dito:
    return _editar(r, servicos.EditarServico, "servicos", "servico_id", _produto(r))


def criar_peca(r: Roteiro) -> Dito:
    campos = {"unidade": r.um([*Unidade]), "minimo": r.quantidade()}
    return Dito(pecas.CriarPeca, _produto(r) | campos | {"localizacao": r.talvez("A-1")})


def editar_peca(r: Roteiro) -> Dito:
    return _editar(r, pecas.EditarPeca, "pecas", "peca_id", _produto(r))


def _produto(r: Roteiro) -> dict[str, Any]:
    codigo = r.texto(CODIGOS, CODIGOS_RUINS)
    return {"codigo": codigo, "nome": r.nome(), "preco": r.reais()}


def importar_pecas(r: Roteiro) -> Dito:
    linhas = tuple(peca_importada(r, r.um((0, 1, 2, 7, 8))) for _ in range(r.um((1, 2, 2))))
    return Dito(pecas_importacao.ImportarPecas, {"linhas": linhas, "atualizar": r.vezes(50)})


def importar_servicos(r: Roteiro) -> Dito:
    linhas = tuple(
        Dito(servicos.LinhaImportadaServico, {**_produto(r), "linha": i})
        for i in range(r.um((1, 2)))
    )
    return Dito(servicos.ImportarServicos, {"linhas": linhas, "atualizar": r.vezes(50)})


def importar_kits(r: Roteiro) -> Dito:
    linha = {**_dados_kit(r), "linha": 5, "codigo": r.um(("REVISAO", "K1"))}
    return Dito(
        kits_importacao.ImportarKits, {"kits": (Dito(kits_importacao.LinhaImportadaKit, linha),)}
    )


def item(r: Roteiro, referencia: Any) -> Any:
    if r.vezes(50):
        return referencia
    campos = {"id": referencia, "quantidade": r.quantidade()}
    return Dito(kits.ItemPedido, campos | ({"desconto": Decimal("0.50")} if r.vezes(5) else {}))


def itens(r: Roteiro, *, com_kits: bool = True) -> dict[str, Any]:
    """Um pouco de tudo que há no catálogo."""

    def escolher(especie: str, por_cento: int) -> tuple[Any, ...]:
        vezes = r.sorte.randint(1, 2) if r.vezes(por_cento) else 0
        return tuple(item(r, r.referencia(especie, "codigo")) for _ in range(vezes))

    campos: dict[str, Any] = {"servicos": escolher("servicos", 70), "pecas": escolher("pecas", 70)}
    if com_kits and r.vezes(30):
        campos["kits"] = (r.referencia("kits", "codigo"),)
    return campos


def criar_kit(r: Roteiro) -> Dito:
    return Dito(kits.CriarKit, _dados_kit(r))


def editar_kit(r: Roteiro) -> Dito:
    return _editar(r, kits.EditarKit, "kits", "kit_id", _dados_kit(r))


def _dados_kit(r: Roteiro) -> dict[str, Any]:
    codigo = r.texto(("K1", "k2", "REVISAO"), CODIGOS_RUINS)
    return {"codigo": codigo, "nome": r.nome(), **itens(r, com_kits=False)}


def criar_funcionario(r: Roteiro) -> Dito:
    return Dito(funcionarios.CriarFuncionario, _dados_funcionario(r))


def editar_funcionario(r: Roteiro) -> Dito:
    dados = _dados_funcionario(r)
    dito = _editar(r, funcionarios.EditarFuncionario, "funcionarios", "funcionario_id", dados)
    return poupando_a_equipe(r, dito)


def _dados_funcionario(r: Roteiro) -> dict[str, Any]:
    cpf = r.texto(DOCUMENTOS[:6], DOCUMENTOS_RUINS)
    loja = r.talvez(r.numero("lojas"))
    return {"cpf": cpf, "nome": r.nome(), "papel": r.um([*Papel]), "loja_id": loja}


def fora_da_equipe(ficha: Any) -> bool:
    """Falso só para quem pede no roteiro, que não se demite nem muda de papel."""
    da_equipe = isinstance(ficha, funcionarios.FichaFuncionario) and ficha.cpf in EQUIPE
    return not da_equipe


def poupando_a_equipe(r: Roteiro, dito: Dito) -> Dito:
    """O mesmo, se não é com alguém dela; levanta SemAlvo."""
    ficha = r.ficha("funcionarios", dito.campos["funcionario_id"])
    if not fora_da_equipe(ficha):
        raise SemAlvo
    return dito


def definir_senha(r: Roteiro) -> Dito:
    campos = {"funcionario_id": r.numero("funcionarios")}
    return Dito(entrada.DefinirSenha, campos | {"senha": r.um(("curta", "correto cavalo 9"))})


LIGA: tuple[tuple[str, str, Any, Any], ...] = (
    ("clientes", "cliente_id", clientes.DesativarCliente, clientes.ReativarCliente),
    ("veiculos", "veiculo_id", veiculos.DesativarVeiculo, veiculos.ReativarVeiculo),
    ("servicos", "servico_id", servicos.DesativarServico, servicos.ReativarServico),
    ("pecas", "peca_id", pecas.DesativarPeca, pecas.ReativarPeca),
    ("kits", "kit_id", kits.DesativarKit, kits.ReativarKit),
    (
        *("funcionarios", "funcionario_id"),
        *(funcionarios.DesativarFuncionario, funcionarios.ReativarFuncionario),
    ),
)


def ligar(r: Roteiro) -> Dito:
    """Desativa, ou reativa o que se sabe desativado."""
    especie, nome, desativar, reativar = r.um(LIGA)
    parados = [ficha.id for ficha in r.das(especie) if not ficha.ativo]
    if parados and r.vezes(70):
        return Dito(reativar, {nome: r.um(parados)})
    dito = Dito(r.um((desativar, desativar, reativar)), {nome: r.numero(especie, fora_da_equipe)})
    return poupando_a_equipe(r, dito) if especie == "funcionarios" else dito


def editar_loja(r: Roteiro) -> Dito:
    campos = {"nome": r.nome(), "fuso": r.um(("America/Manaus", "America/Sao_Paulo", "Marte"))}
    return _editar(r, lojas.EditarLoja, "lojas", "loja_id", campos)


def definir_parametro(r: Roteiro) -> Dito:
    nome = r.um(("validade_dias", "desconto_atendente", "atraso_dias", "outro"))
    return Dito(parametros.DefinirParametro, {"nome": nome, "valor": r.um((0, 1, 10, 100, 366))})
