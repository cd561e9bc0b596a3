"""`python -m oficina_api`: a API no ar, com a configuração do ambiente e do .env."""

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from oficina_api.montagem import montar
from oficina_api.partida import SAIDA
from oficina_api.servidor import ESPERA, SEM_PORTA, servir
from oficina_core.configuracao import Configuracao, env_daqui
from oficina_core.dominio.erros import ErroOficina, Indisponivel


def main() -> None:
    ditos = _argumentos()
    try:
        configuracao = Configuracao.ler(ditos.env or env_daqui(), oficina_banco=ditos.banco)
        app = montar(configuracao, confia_em=ditos.confia_em)
    except ErroOficina as erro:
        _recusar(erro, SAIDA)
    try:
        servir(app, ditos.host, ditos.porta, espera=ditos.espera, confia_em=ditos.confia_em)
    except Indisponivel as erro:
        _recusar(erro, SEM_PORTA)


def _recusar(erro: ErroOficina, saida: int) -> NoReturn:
    sys.stderr.write(f"Erro: {erro}\n")
    sys.stderr.writelines(f"  {detalhe}\n" for detalhe in erro.detalhes)
    sys.exit(saida)


def _argumentos() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="oficina api servir", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--porta", type=int, default=8000)
    parser.add_argument("--espera", type=float, default=ESPERA)
    parser.add_argument("--confia-em")
    parser.add_argument("--env", type=Path)
    parser.add_argument("--banco", help="vence os outros; com senha, use OFICINA_BANCO")
    return parser.parse_args()


if __name__ == "__main__":
    main()
