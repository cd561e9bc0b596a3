"""O que se registra de um dia de trabalho, com o registro mais falante: nada que seja de alguém."""

import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPException
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import text

from oficina_api import observabilidade
from oficina_cli.remota import OficinaRemota
from oficina_core.banco import manutencao
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir, gravando
from oficina_core.casos import traducao
from oficina_core.casos.clientes import CriarCliente
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.funcionarios import ListarFuncionarios
from oficina_core.casos.links import CriarLink
from oficina_core.casos.mensagens import TomarMensagem
from oficina_core.catalogo import PUBLICADAS, Rota
from oficina_core.dominio.erros import DadoInvalido, ErroOficina
from tests import cenario
from tests.api.pessoais import CONHECIDOS, CPFS, EMAILS, TELEFONES, achar, formas
from tests.api.programa import RAIZ, Programa, Resposta, contratar, no_ar, token
from tests.exemplos import exemplo
from tests.servidor_mysql import Servidor

CPF, TELEFONE, EMAIL = CPFS[0], TELEFONES[0], EMAILS[0]
GERENTE = CPFS[3]
SENHA, OUTRA_SENHA = "chave de roda 17", "Xereta! 4-4-2 errada"
PESSOAIS = tuple(forma for valor in (CPF, TELEFONE, EMAIL) for forma in formas(valor))
SEM_DDD = {TELEFONE[5:], TELEFONE[5:].replace("-", "")}
PAPEL = {"Content-Type": "application/x-www-form-urlencoded"}


class Dia:
    """Uma API com o registro em DEBUG, tudo o que se pede a ela, e os segredos que apareceram."""

    def __init__(self, api: Programa, url: str) -> None:
        self.api, self.direta = api, OficinaLocal.em(url)
        self.segredos = {SENHA, OUTRA_SENHA}
        self.numero = contratar(url, cpf=GERENTE)
        self.direta.executar(DefinirSenha(funcionario_id=self.numero, senha=SENHA))
        self.eu = self.identificado(token(url, f"funcionario:{self.numero}"))

    def identificado(self, dito: str) -> dict[str, str]:
        self.segredos.add(dito)
        return {"Authorization": f"Bearer {dito}"}

    def entrar(self, **credenciais: str) -> Resposta:
        resposta = self.api.pedir("POST", "/auth", credenciais)
        if resposta.status == 200:
            self.segredos.add(resposta.json["access_token"])
        return resposta


@pytest.fixture(scope="module")
def dia(mysql: Servidor) -> Iterator[Dia]:
    url = mysql.criar_banco(f"oficina_teste_registros_{os.getpid()}")
    manutencao.migrar(url)
    with no_ar(url, ambiente={"LOG_LEVEL": "DEBUG"}) as (api,):
        dia = Dia(api, url)
        yield dia
        dia.direta.fechar()
    mysql.apagar_banco(url.rpartition("/")[2])


@pytest.fixture(autouse=True)
def nada_de_ninguem(dia: Dia) -> Iterator[None]:
    """No fim de cada teste, o registro inteiro, até ali, não tem nada do que se usou."""
    yield
    assert achar(dia.api.registro, CONHECIDOS | dia.segredos) == set()
    for linha in dia.api.registro.splitlines():
        assert json.loads(linha)["level"]


@pytest.mark.parametrize("valor", sorted(CONHECIDOS))
def test_o_que_aparece_se_acha(valor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """O controle: sem as máscaras, a linha que traz o valor não passa."""
    monkeypatch.setattr(observabilidade, "MASCARAS", ())
    linha = observabilidade.UmaLinha().format(logging.makeLogRecord({"msg": f"veio {valor}."}))
    assert valor in achar(linha)


def test_entradas(dia: Dia) -> None:
    cenario.cliente(dia.direta)
    assert dia.entrar(cpf=GERENTE, senha=SENHA).status == 200
    assert dia.entrar(cpf=GERENTE, senha=OUTRA_SENHA).status == 401
    assert dia.entrar(cpf=CPF, senha=OUTRA_SENHA).status == 401
    assert dia.entrar(cpf=CPF).status == 202
    carta = None
    while carta is None:
        sleep(0.05)
        carta = dia.direta.executar(TomarMensagem())
    dia.segredos.add(carta.segredo)
    errado = f"{(int(carta.segredo) + 1) % 10**6:06}"
    dia.segredos.add(errado)
    assert dia.entrar(cpf=CPF, codigo=errado).status == 401
    assert dia.entrar(cpf=CPF, codigo=carta.segredo).status == 200
    assert dia.entrar(cpf=CPF, codigo=carta.segredo).status == 401


def test_pagina_do_cliente(dia: Dia) -> None:
    cenario.catalogo(dia.direta)
    orcamento = cenario.enviado(dia.direta)
    feito = dia.api.pedir("POST", f"/orcamentos/{orcamento.id}/links", {}, **dia.eu)
    segredo = feito.json["segredo"]
    dia.segredos |= {segredo, segredo[:20], segredo[-20:]}
    for caminho in (
        f"/aprovar/{segredo}",
        f"/aprovar/{segredo}?de={EMAIL}",
        f"/aprovar/{segredo}x",
    ):
        dia.api.pedir("GET", caminho)
        dia.api.pedir("HEAD", caminho)
    for corpo in (f"motivo={CPF}".encode(), f"resposta=aprovar&linha={CPF}".encode(), b"\xff"):
        dia.api.pedir("POST", f"/aprovar/{segredo}", corpo, **PAPEL)
    pagina = dia.api.pedir("GET", f"/aprovar/{segredo}").corpo.decode()
    conteudo = pagina.partition('name="conteudo" value="')[2].partition('"')[0]
    corpo = f"resposta=recusar&conteudo={conteudo}&motivo=Ligue+{TELEFONE}".encode()
    assert dia.api.pedir("POST", f"/aprovar/{segredo}", corpo, **PAPEL).status == 303


def test_tokens_que_nao_servem(dia: Dia) -> None:
    bom = dia.eu["Authorization"].removeprefix("Bearer ")
    cabecalho, dados, assinatura = bom.split(".")
    for ruim in (
        *(f"{cabecalho}.{dados}.", f"{cabecalho}.{dados}.{assinatura[:-4]}AAAA"),
        *(
            f"{cabecalho}.{dados}",
            dados,
            assinatura,
            CPF,
            f"{CPF}.{EMAIL}.x",
            SENHA.replace(" ", ""),
        ),
    ):
        assert dia.api.pedir("GET", "/clientes", **dia.identificado(ruim)).status == 401
    for outro in (f"Basic {bom}", bom, f"Token {bom}", f"Bearer  {bom}"):
        assert dia.api.pedir("GET", "/clientes", Authorization=outro).status == 401


@pytest.mark.parametrize("rota", PUBLICADAS, ids=lambda rota: rota.caso.__name__)
def test_dado_pessoal_em_cada_campo(dia: Dia, rota: Rota) -> None:
    campos = traducao.escrever(exemplo(rota.caso))
    campos.pop("versao", None)
    endereco = {nome: campos.pop(nome) for nome in rota.no_caminho}
    caminho = rota.caminho.format(**endereco)
    for vez, campo in enumerate((*campos, "desconhecido")):
        for valor in (PESSOAIS[vez % len(PESSOAIS)], "; ".join(PESSOAIS)):
            _mandar(dia, rota, caminho, campos | {campo: valor})
    valor = PESSOAIS[len(campos) % len(PESSOAIS)]
    _mandar(dia, rota, caminho, campos | {valor: valor})
    for nome in endereco:
        _mandar(dia, rota, rota.caminho.format(**endereco | {nome: quote(valor, safe="")}), {})


def _mandar(dia: Dia, rota: Rota, caminho: str, campos: dict[str, Any]) -> None:
    if rota.verbo == "GET":
        dia.api.pedir("GET", f"{caminho}?{urlencode(campos)}", **dia.eu)
    else:
        dia.api.pedir(rota.verbo, f"{caminho}?simular=true", campos, **dia.eu, If_Match='"1-"')


def test_dado_pessoal_fora_do_corpo(dia: Dia) -> None:
    """O número do pedido é de quem pede, e se registra: pedaço de telefone nele passa."""
    for valor in set(PESSOAIS) - SEM_DDD:
        for nome in ("X-Request-ID", "Idempotency-Key", "X-Loja", "traceparent", "If-Match", valor):
            with suppress(HTTPException, ValueError):
                dia.api.pedir("POST", "/clientes", {}, **dia.eu, **{nome: valor})
        for pedido in (
            f"GET /{valor} HTTP/1.1\r\nHost: {valor}\r\n\r\n",
            f"{valor} / HTTP/1.1\r\n\r\n",
            f"GET /clientes?busca={valor} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            f"GET / HTTP/1.1\r\nHost: x\r\nX: {valor * 3000}\r\n\r\n",
        ):
            with closing(socket.create_connection(("127.0.0.1", dia.api.porta), 10)) as conexao:
                conexao.sendall(pedido.encode())
                conexao.shutdown(socket.SHUT_WR)
                with suppress(ConnectionError):
                    while conexao.recv(65536):
                        pass


def test_linha_de_comando_pela_api(dia: Dia, tmp_path: Path) -> None:
    comando = ("cliente", "criar", "--nome", "Bia", "--documento", CPFS[1], "--telefone", TELEFONE)
    ambiente = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(RAIZ),
        "HOME": str(tmp_path),
        "OFICINA_API": dia.api.endereco,
        "OFICINA_TOKEN": dia.eu["Authorization"].removeprefix("Bearer "),
    }
    for codigo in (0, 5):  # da segunda vez, o documento já tem dono
        feito = subprocess.run(
            [sys.executable, "-m", "oficina_cli", *comando],
            env=ambiente,
            capture_output=True,
            text=True,
            check=False,
        )
        assert feito.returncode == codigo, feito.stderr
        assert achar(feito.stderr, dia.segredos) == set()
    remota = OficinaRemota.em(dia.api.endereco, ambiente["OFICINA_TOKEN"])
    with suppress(ErroOficina):
        remota.executar(CriarCliente(nome="Caio", documento=CPFS[2], email=EMAIL))
    with pytest.raises(DadoInvalido):
        remota.executar(CriarCliente(nome=CPF))
    remota.executar(ListarFuncionarios())
    with suppress(ErroOficina):
        remota.executar(CriarLink(orcamento_id=1))
    remota.fechar()


def test_erro_inesperado_que_cita_o_que_se_gravava(dia: Dia) -> None:
    """A mensagem do banco traz os valores todos; por último, porque a casa fica torta."""
    motor = abrir(dia.api.url)
    with gravando(motor) as conexao:
        conexao.execute(text("ALTER TABLE clientes RENAME COLUMN telefone TO fone"))
    motor.dispose()
    corpo = {"nome": "Davi", "documento": CPFS[7], "telefone": TELEFONE, "email": EMAIL}
    resposta = dia.api.pedir("POST", "/clientes", corpo, **dia.eu)
    assert (resposta.status, resposta.json["codigo"]) == (500, "erro")
    assert achar(resposta.corpo.decode()) == set()
    assert "OperationalError" in dia.api.registro
