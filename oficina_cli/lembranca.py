"""Os nomes que se oferecem a quem digita, sem abrir a oficina: o que os últimos comandos viram.

Da oficina em um arquivo SQLite lembra-se só onde ele está, e os nomes se leem dele na hora; da que
fica em outro lugar, os últimos que se mostraram. O que se guarda é só de quem usa o programa, e
perdê-lo não faz falta.
"""

import json
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path, user_data_path

from oficina_core.enderecos import ARQUIVO, arquivo_do_banco
from oficina_core.texto import sem_acento

QUE_ESCOLHEM = ("OFICINA_API", "OFICINA_BANCO", "DB_HOST", "DB_NAME")
LEMBRADOS = 200  # de cada tipo
OFICINAS = 20  # as últimas que se usaram
# De cada resposta, o tipo do nome, como ele se escreve e os campos que o descrevem.
NOMES = {
    "LinhaOrdem": ("ordem", "{id}", ("placa", "veiculo", "cliente")),
    "FichaOrdem": ("ordem", "{id}", ("placa", "veiculo", "cliente")),
    "LinhaOrcamento": ("orcamento", "{id}", ("placa", "descricao")),
    "FichaOrcamento": ("orcamento", "{id}", ("placa", "descricao")),
    "LinhaVeiculo": ("placa", "{placa}", ("marca", "modelo", "cliente")),
    "FichaVeiculo": ("placa", "{placa}", ("marca", "modelo", "cliente")),
    "LinhaCliente": ("cliente", "id:{id}", ("nome",)),
    "FichaCliente": ("cliente", "id:{id}", ("nome",)),
    "LinhaPeca": ("peca", "{codigo}", ("nome",)),
    "LinhaServico": ("servico", "{codigo}", ("nome",)),
    "LinhaKit": ("kit", "{codigo}", ("nome",)),
}
ACABADOS = ("ENTREGUE", "CANCELADA", "CANCELADO", "APROVADO", "RECUSADO", "SUBSTITUIDO")

Nome = tuple[str, str]
Guardado = dict[str, dict[str, str]]


def nomes(tipo: str, comeco: str, escolhidos: Sequence[str] = ()) -> Iterable[Nome]:
    """Os desse tipo que começam por isso, na oficina que o ambiente ou a linha escolhe.

    `escolhidos` são os valores de --banco ou --api que já se digitaram.
    """
    lembrado = _ler(escolhidos)
    dito = _arquivo_dito(escolhidos)
    if dito or (dito is not None and "nomes" not in lembrado):
        from oficina_core.banco.nomes import comecados

        padrao = user_data_path("oficina", appauthor=False) / "oficina.db"
        return comecados(Path(dito or lembrado.get("arquivo", padrao)), tipo, comeco)
    vistos = lembrado.get("nomes", {}).get(tipo, {})
    return ((v, d) for v, d in vistos.items() if comeco in sem_acento(f"{v} {d}"))


def lembrar(onde: str, resposta: Any, escolhidos: Sequence[str] = ()) -> None:
    """Guarda o que oferecer depois; `onde` é o endereço da oficina que respondeu."""
    with suppress(OSError, ValueError):
        antes = _ler(escolhidos)
        if arquivo := arquivo_do_banco(onde):
            agora: dict[str, Any] = {"arquivo": str(arquivo)}
        else:
            agora = {"nomes": _juntar(antes.get("nomes", {}), resposta)}
        if agora != antes:
            _escrever(_lugar(escolhidos), agora)


def _arquivo_dito(escolhidos: Sequence[str]) -> str | None:
    """O arquivo SQLite que se escolheu, vazio se é o de sempre; None se a oficina não é um."""
    if not escolhidos and (os.environ.get("OFICINA_API") or os.environ.get("DB_HOST")):
        return None
    dito = (*escolhidos, os.environ.get("OFICINA_BANCO", ""))[0].removeprefix(ARQUIVO)
    return None if "://" in dito else dito


def _juntar(antes: Guardado, resposta: Any) -> Guardado:
    """Os recém-vistos na frente, sem o que acabou; dos mais antigos, os que cabem."""
    juntos = {tipo: dict(vistos) for tipo, vistos in antes.items()}
    for tipo, valor, descricao in _vistos(resposta):
        outros = {v: d for v, d in juntos.get(tipo, {}).items() if v != valor}
        juntos[tipo] = ({valor: descricao} if descricao else {}) | outros
    return {tipo: dict(list(vistos.items())[:LEMBRADOS]) for tipo, vistos in juntos.items()}


def _vistos(resposta: Any) -> Iterator[tuple[str, str, str]]:
    """O tipo, o nome e a descrição de cada um, o primeiro por último; o que acabou vem sem ela."""
    itens = getattr(resposta, "itens", ()) if hasattr(resposta, "proximo") else (resposta,)
    for item in reversed(itens):
        if type(item).__name__ in NOMES:
            tipo, forma, campos = NOMES[type(item).__name__]
            campo = forma.partition("{")[2].rstrip("}")
            descricao = " · ".join(str(getattr(item, campo)) for campo in campos)
            acabou = getattr(item, "status", "") in ACABADOS
            yield tipo, forma.format(**{campo: getattr(item, campo)}), "" if acabou else descricao


def _lugar(escolhidos: Sequence[str]) -> Path:
    """Um arquivo por oficina escolhida, sem que o nome diga qual."""
    escolha = "\n".join([*escolhidos, *(os.environ.get(nome, "") for nome in QUE_ESCOLHEM)])
    pasta = user_cache_path("oficina", appauthor=False)
    return pasta / f"nomes-{zlib.crc32(escolha.encode(errors='replace')):08x}.json"


def _ler(escolhidos: Sequence[str]) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        lido = json.loads(_lugar(escolhidos).read_text(encoding="utf-8"))
        return lido if isinstance(lido, dict) else {}
    return {}


def _escrever(lugar: Path, conteudo: dict[str, Any]) -> None:
    """Troca o arquivo de uma vez: quem lê no meio vê o de antes."""
    lugar.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    novo = lugar.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(novo, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as arquivo:
        json.dump(conteudo, arquivo)
    novo.replace(lugar)
    por_idade = sorted(
        lugar.parent.glob("nomes-*.json"), key=lambda guardado: guardado.stat().st_mtime
    )
    for esquecida in por_idade[:-OFICINAS]:
        esquecida.unlink()
