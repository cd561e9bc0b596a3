"""De um mundo a outro: o que um responde tem de ser o que o outro responde.

Os bancos não dão os mesmos números: o MySQL gasta o de um registro que se desfez, e o SQLite não.
Por isso a cada número de um mundo corresponde um só do outro, e só esse, desde que aparece; o
mesmo vale para o que é opaco (cursor) ou sorteado (segredo). Nada se deixa de comparar.
"""

import json
import re
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Self

from oficina_core.casos.busca import Achado
from oficina_core.casos.clientes import FichaCliente, LinhaCliente
from oficina_core.casos.estoque import LinhaMovimento
from oficina_core.casos.funcionarios import FichaFuncionario, LinhaFuncionario
from oficina_core.casos.impressoes import ItemImpresso, OrcamentoImpresso
from oficina_core.casos.itens import ItemAchado
from oficina_core.casos.kits import FichaKit, LinhaKit
from oficina_core.casos.links import FichaLink
from oficina_core.casos.lojas import FichaLoja
from oficina_core.casos.mensagens import LinhaMensagem
from oficina_core.casos.orcamentos import FichaOrcamento, LinhaItem, LinhaOrcamento
from oficina_core.casos.ordens import FichaOrdem, LinhaOrdem, LinhaPagamento, OrcamentoDaOrdem
from oficina_core.casos.pecas import FichaPeca, LinhaPeca
from oficina_core.casos.perfil import FichaPerfil
from oficina_core.casos.servicos import FichaServico, LinhaServico
from oficina_core.casos.veiculos import FichaVeiculo, LinhaVeiculo

# A espécie de um número é a tabela dele.
CAMPOS = {
    "cliente_id": "clientes",
    "complementar_de": "orcamentos",
    "funcionario_id": "funcionarios",
    "kit_id": "kits",
    "loja_id": "lojas",
    "mecanico_id": "funcionarios",
    "movimento_id": "movimentos_estoque",
    "orcamento_id": "orcamentos",
    "ordem_id": "ordens_servico",
    "pagamento_id": "pagamentos",
    "peca_id": "pecas",
    "servico_id": "servicos",
    "substitui_id": "orcamentos",
    "veiculo_id": "veiculos",
    "cursor": "cursor",
    "proximo": "cursor",
    "conteudo": "segredo",
    "resumo": "segredo",
    "segredo": "segredo",
    "senha_hash": "segredo",
}
FICHAS: dict[type, str] = {
    FichaCliente: "clientes",
    LinhaCliente: "clientes",
    FichaFuncionario: "funcionarios",
    LinhaFuncionario: "funcionarios",
    FichaPerfil: "funcionarios",
    FichaKit: "kits",
    LinhaKit: "kits",
    FichaLink: "links_aprovacao",
    FichaLoja: "lojas",
    LinhaMensagem: "caixa_saida",
    LinhaMovimento: "movimentos_estoque",
    FichaOrcamento: "orcamentos",
    LinhaOrcamento: "orcamentos",
    OrcamentoDaOrdem: "orcamentos",
    OrcamentoImpresso: "orcamentos",
    LinhaItem: "orcamento_itens",
    ItemImpresso: "orcamento_itens",
    FichaOrdem: "ordens_servico",
    LinhaOrdem: "ordens_servico",
    LinhaPagamento: "pagamentos",
    FichaPeca: "pecas",
    LinhaPeca: "pecas",
    FichaServico: "servicos",
    LinhaServico: "servicos",
    FichaVeiculo: "veiculos",
    LinhaVeiculo: "veiculos",
}
PALAVRAS = {
    "cliente": "clientes",
    "funcionario": "funcionarios",
    "funcionário": "funcionarios",
    "mecânico": "funcionarios",
    "veiculo": "veiculos",
    "veículo": "veiculos",
    "peca": "pecas",
    "peça": "pecas",
    "servico": "servicos",
    "serviço": "servicos",
    "kit": "kits",
    "loja": "lojas",
    "movimento": "movimentos_estoque",
    "orcamento": "orcamentos",
    "orçamento": "orcamentos",
    "revisão": "orcamentos",
    "ordem": "ordens_servico",
    "pagamento": "pagamentos",
    "nº": "pagamentos",
    "a linha": "orcamento_itens",
    "estoques": "lojas",
}
# "cliente 7", "oficina cliente ver id:7", "oficina orcamento revisar 7", "estoques/1"; a linha da
# planilha, sem o artigo, não é registro.
CITADO = re.compile(
    rf"\b({'|'.join(PALAVRAS)})((?: [a-z]*[aei]r)?[ /](?:id:)?)([0-9]+)\b", re.IGNORECASE
)
ENFILEIRADOS = re.compile(r"(?<=à espera de resposta: )[0-9, e]+(?=;)")


class Diferenca(AssertionError):
    """Os dois mundos não disseram o mesmo."""


@dataclass
class Ponte:
    """Que número do outro mundo é cada número deste."""

    ida: dict[tuple[str, Any], Any] = field(default_factory=dict)
    volta: dict[tuple[str, Any], Any] = field(default_factory=dict)

    def provisoria(self) -> Self:
        """Uma cópia, para os números que não ficam: os do que se simula."""
        return type(self)(dict(self.ida), dict(self.volta))

    def levar(self, especie: str, numero: Any) -> Any:
        return self.ida.get((especie, numero), numero)

    def casar(self, especie: str, um: Any, outro: Any, onde: str) -> None:
        if (um is None) != (outro is None):
            raise Diferenca(f"{onde}: {um!r} e {outro!r}")
        par = self.ida.setdefault((especie, um), outro), self.volta.setdefault((especie, outro), um)
        if par != (outro, um):
            raise Diferenca(f"{onde}: {especie} {um!r} é {par[0]!r}, e veio {outro!r}")


@dataclass
class Comparacao:
    """Uma resposta contra a outra; `achado` é a espécie do que `Localizar` acha."""

    ponte: Ponte
    achado: str | None = None

    def iguais(self, um: Any, outro: Any, onde: str, especie: str | None = None) -> None:
        """Levanta Diferenca no primeiro lugar em que não são."""
        if is_dataclass(um) and type(um) is type(outro):
            self._objetos(um, outro, onde)
        elif isinstance(um, tuple | list) and isinstance(outro, tuple | list):
            self._listas(um, outro, onde, especie)
        elif especie is not None and not isinstance(um, bool):
            self.ponte.casar(especie, um, outro, onde)
        elif isinstance(um, str) and isinstance(outro, str):
            self._textos(um, outro, onde)
        elif um != outro or (um is None) != (outro is None) or type(um) is not type(outro):
            raise Diferenca(f"{onde}: {um!r} e {outro!r}")

    def _objetos(self, um: Any, outro: Any, onde: str) -> None:
        for campo in fields(um):
            valores = getattr(um, campo.name), getattr(outro, campo.name)
            dentro = f"{onde}.{campo.name}"
            if campo.name == "diferenca":
                self.jsons(*valores, um.entidade, dentro)
            else:
                self.iguais(*valores, dentro, self._especie(um, campo.name))

    def _especie(self, ficha: Any, campo: str) -> str | None:
        if campo == "id":
            if isinstance(ficha, Achado):
                return self.achado
            if isinstance(ficha, ItemAchado):
                return f"{ficha.tipo.lower()}s"
            return FICHAS.get(type(ficha)) or tabela_de(ficha.entidade)
        if campo == "entidade_id":
            return tabela_de(ficha.entidade)
        if campo == "estorno_de":
            return FICHAS[type(ficha)]
        return CAMPOS.get(campo)

    def _listas(self, um: Any, outro: Any, onde: str, especie: str | None) -> None:
        if len(um) != len(outro):
            raise Diferenca(f"{onde}: {len(um)} e {len(outro)} itens: {um!r} e {outro!r}")
        for i, (a, b) in enumerate(zip(um, outro, strict=True)):
            self.iguais(a, b, f"{onde}[{i}]", especie)

    def _textos(self, um: str, outro: str, onde: str) -> None:
        (molde, citados), (outro_molde, outros) = _citados(um), _citados(outro)
        if molde != outro_molde:
            raise Diferenca(f"{onde}: {um!r} e {outro!r}")
        for (especie, numero), (_, outro_numero) in zip(citados, outros, strict=True):
            self.ponte.casar(especie, numero, outro_numero, f"{onde}: {um!r}")

    def jsons(self, um: str, outro: str, entidade: str, onde: str) -> None:
        """O que mudou em um registro, como os eventos o guardam."""
        self._diferencas(json.loads(um), json.loads(outro), entidade, onde)

    def _diferencas(self, um: Any, outro: Any, entidade: str, onde: str, campo: str = "") -> None:
        if isinstance(um, dict) and isinstance(outro, dict):
            if campo == "itens":
                self._listas([int(k) for k in um], [int(k) for k in outro], onde, "orcamento_itens")
                outro = dict(zip(um, outro.values(), strict=True))
            if list(um) != list(outro):
                raise Diferenca(f"{onde}: {um!r} e {outro!r}")
            for nome, valor in um.items():
                self._diferencas(valor, outro[nome], entidade, f"{onde}.{nome}", nome)
        elif isinstance(um, list) and isinstance(outro, list) and len(um) == len(outro):
            for a, b in zip(um, outro, strict=True):
                self._diferencas(a, b, entidade, onde, "" if campo == "itens" else campo)
        else:
            especie = entidade if campo == "estorno_de" else CAMPOS.get(campo)
            self.iguais(um, outro, onde, especie)


def tabela_de(entidade: str) -> str:
    """A tabela de um evento; o de prateleira é da peça, em uma loja."""
    return "pecas" if entidade.startswith("estoques/") else entidade


def _citados(texto: str) -> tuple[str, list[tuple[str, int]]]:
    """O texto sem os números de registro, e cada um deles."""
    inteiro = ENFILEIRADOS.sub(lambda m: re.sub("([0-9]+)", r"orçamento \1", m[0]), texto)
    citados: list[tuple[str, int]] = []

    def tirar(achado: re.Match[str]) -> str:
        citados.append((PALAVRAS[achado[1].lower()], int(achado[3])))
        return f"{achado[1]}{achado[2]}#"

    return CITADO.sub(tirar, inteiro), citados
