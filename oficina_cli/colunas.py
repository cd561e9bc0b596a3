"""Os campos de cada planilha, e como as oficinas os chamam."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from oficina_cli import celulas
from oficina_core.dominio.dinheiro import Unidade, ler_quantidade, ler_reais
from oficina_core.dominio.orcamento import TipoItem

NUMEROS = (ler_reais, ler_quantidade)


@dataclass(frozen=True)
class Coluna:
    """Como se lê um campo e como as oficinas o chamam; se há dois nomes, vale o que vem antes.

    `json` é o tipo dele em NDJSON. De `varias`, cada linha usa a primeira que ela preenche.
    """

    ler: Callable[[str, str], Any]
    nomes: str
    obrigatoria: bool = False
    json: Any = str
    varias: bool = False
    pessoal: bool = False


Colunas: TypeAlias = Mapping[str, Coluna]

CODIGO = Coluna(
    celulas.texto,
    "código, cód, código interno, código do produto, SKU, referência, ref",
    obrigatoria=True,
)
NOME = Coluna(
    celulas.texto,
    "nome, descrição, produto, peça, serviço, nome do produto, descrição do produto, "
    "descrição da peça, nome da peça, descrição do serviço, nome do serviço, descrição do item",
    obrigatoria=True,
)
PRECO = Coluna(
    ler_reais,
    "preço, preço de venda, preço venda, valor de venda, valor venda, vlr venda, venda, valor, "
    "preço unitário, valor unitário, mão de obra",
    obrigatoria=True,
    json=Decimal,
)
TELEFONE = Coluna(
    celulas.telefone,
    "telefone, celular, whatsapp, whats, fone, tel, cel, telefone celular, fone celular, "
    "telefone 1, fone 1, celular 1, telefone principal, telefone 2, fone 2, celular 2, "
    "telefone residencial, telefone fixo, fone residencial, telefone comercial, fone comercial",
    varias=True,
    pessoal=True,
)
PECAS = {
    "codigo": CODIGO,
    "nome": NOME,
    "unidade": Coluna(
        celulas.unidade, "unidade, un, unid, und, unidade de medida, medida", json=Unidade
    ),
    "preco": PRECO,
    "custo": Coluna(
        ler_reais,
        "custo, preço de custo, preço custo, valor de custo, valor custo, custo médio, "
        "custo unitário, preço de compra, valor de compra",
        json=Decimal,
    ),
    "estoque": Coluna(
        ler_quantidade,
        "estoque, estoque atual, saldo, saldo atual, saldo em estoque, qtd, qtde, quantidade, "
        "quant, qtd estoque, qtde estoque",
        json=Decimal,
    ),
    "minimo": Coluna(
        ler_quantidade,
        "mínimo, estoque mínimo, est mínimo, est mín, mín, qtd mínima, qtde mínima",
        json=Decimal,
    ),
    "localizacao": Coluna(
        celulas.texto, "localização, local, prateleira, endereço, posição, gaveta"
    ),
}
SERVICOS = {
    "codigo": CODIGO,
    "nome": NOME,
    "preco": PRECO,
    "tempo_estimado": Coluna(
        celulas.minutos,
        "tempo estimado, tempo, tempo min, tempo minutos, tempo em minutos, minutos, duração, "
        "tempo padrão, tempo médio",
        json=int,
    ),
}
KITS = {
    "codigo": CODIGO,
    "nome": Coluna(celulas.texto, "nome, kit, descrição", obrigatoria=True),
    "tipo": Coluna(celulas.tipo, "tipo", obrigatoria=True, json=TipoItem),
    "item": Coluna(celulas.codigo, "item, código do item", obrigatoria=True),
    "quantidade": Coluna(ler_quantidade, "quantidade, qtd, qtde", json=Decimal),
}
CLIENTES = {
    "nome": Coluna(
        celulas.texto,
        "nome, nome completo, cliente, nome do cliente, nome cliente, razão social, "
        "nome razão social, razão social nome, nome ou razão social, nome fantasia, "
        "proprietário",
        obrigatoria=True,
    ),
    "documento": Coluna(
        celulas.documento,
        "documento, CPF CNPJ, CNPJ CPF, CPF ou CNPJ, CPF, CNPJ, doc, CGC, CGC CPF, CPF CGC, "
        "nº documento, número do documento, CPF do cliente, CNPJ do cliente",
        varias=True,
        pessoal=True,
    ),
    "telefone": TELEFONE,
    "email": Coluna(
        celulas.email,
        "email, e mail, correio eletrônico, e mail principal, email principal, e mail 1",
        pessoal=True,
    ),
}
VEICULOS = {
    "placa": Coluna(
        celulas.placa, "placa, placa do veículo, placa veículo, placa atual", obrigatoria=True
    ),
    "marca": Coluna(celulas.texto, "marca, fabricante, montadora, marca do veículo"),
    "modelo": Coluna(
        celulas.texto,
        "modelo, modelo do veículo, marca modelo, veículo, carro, descrição, descrição do veículo",
        obrigatoria=True,
    ),
    "ano": Coluna(
        celulas.ano,
        "ano, ano modelo, ano do modelo, ano mod, ano fab mod, ano fabricação modelo, "
        "ano fab modelo, ano de fabricação modelo, ano fabricação, ano de fabricação, ano fab",
        json=int,
        varias=True,
    ),
    "cor": Coluna(celulas.texto, "cor, cor do veículo, cor predominante"),
    "km": Coluna(
        celulas.km, "km, km atual, quilometragem, hodômetro, odômetro, último km", json=int
    ),
    "documento": Coluna(
        celulas.dono,
        "documento, CPF CNPJ, CNPJ CPF, CPF ou CNPJ, CPF, CNPJ, CPF do proprietário, "
        "CPF CNPJ do proprietário, CPF CNPJ proprietário, CPF do cliente, CPF CNPJ do cliente, "
        "CPF CNPJ cliente, CNPJ do cliente, CNPJ do proprietário, documento do cliente, "
        "documento do proprietário, CPF do dono",
        varias=True,
        pessoal=True,
        json=int | str,
    ),
    "cliente": Coluna(
        celulas.texto,
        "cliente, proprietário, dono, nome do cliente, nome do proprietário, nome cliente, "
        "nome proprietário",
    ),
    "telefone": TELEFONE,
}
