"""O que o Schemathesis não tem como saber desta API; schemathesis.toml o manda ler este arquivo.

Aqui estão, cada um com o porquê, os alarmes falsos: recusas de pedidos que o esquema aceita.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import schemathesis

from oficina_api.pedidos import TROCADO, VERSAO
from oficina_core.casos.traducao import CASAS

EU = 1  # o gerente que se experimenta: o primeiro funcionário do elenco
OUTRO = 3
RECUSADO = 422
ESCONDIDOS = "[\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]"

# 422 de um pedido que cumpre o esquema: a regra está no texto da operação, e o esquema não a diz.
ALEM_DO_ESQUEMA = {
    # Contas que uma expressão não faz.
    "Esse CPF não existe|Esse CNPJ não existe": "dígitos verificadores",
    "O fuso é como": "só a tabela de fusos sabe os nomes",
    "Essa senha se adivinha": "senhas óbvias, ou de poucas letras diferentes",
    "POST /busca .*(A placa é|O código tem|Informe um CPF|O CPF tem)": "o nome é o do recurso dito",
    "O campo .* não pode ficar vazio": "só tem letras que não se desenham, como U+3164",
    "O campo .* tem no máximo .* letras": "conta-se depois de normalizar e de expandir tabulações",
    "tem no máximo dois decimais|com até três decimais|deve ser inteira": (
        "multipleOf com fração dá outra resposta em cada validador, porque a conta é em binário"
    ),
    "A quantidade( de .*)? é grande demais": "o limite depende da unidade da peça e do preço",
    "Esse cursor não é desta lista": "o cursor é opaco: só serve o que a própria lista deu",
    # Um campo e outro, ou duas linhas da mesma lista.
    "Diga o veículo ou a ordem, um dos dois": "campos que se excluem",
    "Inclua ao menos um serviço, peça ou kit": "uma de três listas",
    "Diga o desconto em reais, em porcentagem ou o valor final": "campos que se excluem",
    "Diga o cliente pelo documento ou os dados dele": "campos que se excluem",
    "Para enviar o orçamento, inclua": "um campo exige outro",
    "Diga a queixa do cliente, ou inclua um kit": "um campo dispensa outro",
    "Sem CPF ou CNPJ, informe ao menos o telefone": "um campo dispensa outro",
    "Diga o mês ou os dias": "campos que se excluem",
    "Diga também o dia em que": "um campo exige outro",
    "O período acaba em|é mais que .* dias": "um dia e o outro",
    "Uma linha foi dita duas vezes": "linhas repetidas",
    "linhas? repetem? um código": "linhas repetidas",
    "O kit não guarda desconto": "o item é o mesmo do orçamento, em que há desconto",
    "O kit .* tem mais de": "a soma de duas listas",
    "O parâmetro .* vai de 0 a": "o limite depende do nome, que está no endereço",
    "{movimento_id}/estorno O campo movimento_id é": "ele leva ao endereço um estorno_de nulo",
    # O que já está no banco.
    "A senha atual não é essa": "só quem a tem sabe qual é",
    "Essa chave já serviu a outro pedido": "a chave foi usada por um pedido anterior",
    "Há mais de uma loja": "falta X-Loja a quem trabalha em mais de uma",
    "O e-mail é como": "=? é do cabeçalho codificado (RFC 2047), e a expressão o deixa passar",
    "Esse meio é do próprio cliente": "depende de quem pede",
    "O campo ano vai de": "até o ano que vem",
    "ainda não chegou|O dia do período vai de": "depende de que dia é hoje",
    "O veículo já tinha": "o hodômetro não volta",
    "a unidade não muda": "depende da peça que já existe",
}

# O mesmo, só se o pedido traz um valor que o esquema aceita por não ter como o distinguir.
DO_VALOR: Mapping[str, Callable[[Any], bool]] = {
    # Para o JSON Schema 1.0 é inteiro; para a oficina, como para o pydantic estrito, não é.
    "é um número inteiro": lambda valor: isinstance(valor, float) and valor.is_integer(),
    # Mais de doze decimais: fração de centavo, que o esquema só recusaria com multipleOf.
    "é um número, como": lambda valor: isinstance(valor, float) and round(valor, CASAS) != valor,
    # O que inverte a leitura ou não se vê; os comandos do terminal, a expressão recusa.
    "caracteres de controle|não se digita": lambda valor: _tem(ESCONDIDOS, valor),
    # U+FFFD é também o que o servidor põe no lugar do que não é UTF-8.
    "O endereço tem um caractere": lambda valor: _tem(TROCADO, valor),
}
ETAGS: dict[str, str] = {}  # o último de cada registro que se viu


def before_call(_: Any, case: Any, __: Any) -> None:
    if case.method != "GET" and str((case.path_parameters or {}).get("funcionario_id")) == str(EU):
        # Ninguém se demite nem se rebaixa: o resto da execução seria só 401 e 403.
        case.path_parameters["funcionario_id"] = OUTRO
    if case.meta and case.meta.generation.mode.is_positive and "If-Match" in (case.headers or {}):
        _por_versao(case)


def after_call(_: Any, case: Any, response: Any) -> None:
    """Guarda a versão de cada registro que se viu, para que o próximo PUT não seja sempre 412."""
    for etag in filter(VERSAO.fullmatch, response.headers.get("etag", ())):
        ETAGS[_registro(case)] = etag


def _por_versao(case: Any) -> None:
    """A versão que se conhece ou, sem nenhuma, a primeira.

    O Schemathesis não põe aspas em cabeçalho: como exemplo válido, manda `If-Match: 0`.
    """
    case.headers["If-Match"] = ETAGS.get(_registro(case), '"1-a"')


def _registro(case: Any) -> str:
    """O endereço do registro, também quando o pedido é a uma ação dele."""
    return "/".join(case.formatted_path.split("/")[:3])


def filter_failure(_: Any, failure: Any, case: Any, response: Any) -> bool:
    """Falso se o que o Schemathesis acusou é um alarme falso."""
    valores = [*_valores(case.body), *_valores(case.query or {})]
    match type(failure).__name__:
        case "AcceptedNegativeData":
            # O limite de tamanho é do texto aparado, e o que se apara não é erro; e um cabeçalho a
            # mais se ignora (RFC 9110 §5.1).
            aparado = any(isinstance(t, str) and t != t.strip() for t in valores)
            return not (aparado or "in header - object with unexpected" in failure.message)
        case "RejectedPositiveData" if response.status_code == RECUSADO:
            dito = f"{case.operation.label} {response.json()['detail']}"
            do_valor = [culpado for regra, culpado in DO_VALOR.items() if re.search(regra, dito)]
            de_fora = any(re.search(regra, dito) for regra in ALEM_DO_ESQUEMA)
            return not (de_fora or any(culpado(v) for culpado in do_valor for v in valores))
        case _:
            return True


def _tem(forma: str, valor: Any) -> bool:
    return isinstance(valor, str) and bool(re.search(forma, valor))


def _valores(parte: Any) -> Iterator[Any]:
    if isinstance(parte, dict | list):
        for item in parte.values() if isinstance(parte, dict) else parte:
            yield from _valores(item)
    else:
        yield parte


for gancho in (before_call, after_call, filter_failure):
    schemathesis.hook(gancho)
