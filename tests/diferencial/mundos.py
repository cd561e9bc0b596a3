"""A mesma oficina por três caminhos: direto em SQLite, direto em MySQL e pela API inteira."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient

from oficina_api.montagem import montar
from oficina_api.tokens import Tokens
from oficina_cli.remota import OficinaRemota
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos import traducao
from oficina_core.casos.funcionarios import CriarFuncionario, FichaFuncionario
from oficina_core.casos.ordens_encerramento import PecaUsada
from oficina_core.casos.portas import Oficina, Pedido
from oficina_core.dominio.acesso import Papel, Sujeito, TipoAtor
from oficina_core.dominio.erros import ErroOficina
from tests.api.elenco import configuracao
from tests.conftest import OficinaVigiada, Relogio
from tests.diferencial.ponte import CAMPOS, Ponte

ONTEM = datetime(2025, 11, 22, 12, tzinfo=UTC)
CPFS = {
    Papel.GERENTE: "935.411.347-80",
    Papel.ATENDENTE: "123.456.789-09",
    Papel.MECANICO: "111.444.777-35",
}
# Os campos em que um inteiro solto é um registro, além dos que as respostas também têm.
CITAM = CAMPOS | {"kits": "kits", "linhas": "orcamento_itens", "pecas": "pecas"}
CITAM |= {"servicos": "servicos"}
ORDEM_DITA = re.compile("OS ([0-9]+)")  # na busca do balcão


@dataclass(frozen=True)
class Dito:
    """Um dataclass por montar, com o que se disse dele."""

    tipo: Any
    campos: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.tipo.__name__}({', '.join(f'{n}={v}' for n, v in self.campos.items())})"

    __repr__ = __str__

    def montar(self) -> Any:
        """O de verdade, conferido na ordem em que os campos viajam; levanta DadoInvalido."""
        ditos = [campo.name for campo in fields(self.tipo) if campo.name in self.campos]
        return self.tipo(**{nome: _montar(self.campos[nome]) for nome in ditos})

    def cru(self) -> Any:
        """O mesmo sem conferir nada: o que mandaria quem não usa o nosso cliente."""
        objeto = object.__new__(self.tipo)
        for campo in fields(self.tipo):
            if campo.name in self.campos or campo.default is not MISSING:
                valor = self.campos.get(campo.name, campo.default)
                object.__setattr__(objeto, campo.name, _montar(valor, cru=True))
        return objeto

    def levar(self, ponte: Ponte, *, em: str = "") -> "Dito":
        """O mesmo, com os números do outro mundo."""
        citam = CITAM | ({"id": em} if em else {})
        if self.tipo is PecaUsada:  # nas outras, a linha é da planilha
            citam |= {"linha": "orcamento_itens"}
        levados = {n: _levar(v, citam.get(n, ""), ponte) for n, v in self.campos.items()}
        return replace(self, campos=levados)


def _montar(valor: Any, *, cru: bool = False) -> Any:
    if isinstance(valor, Dito):
        return valor.cru() if cru else valor.montar()
    return tuple(_montar(item, cru=cru) for item in valor) if isinstance(valor, tuple) else valor


def _levar(valor: Any, especie: str, ponte: Ponte) -> Any:
    if isinstance(valor, Dito):
        return valor.levar(ponte, em=especie)
    if isinstance(valor, tuple):
        return tuple(_levar(item, especie, ponte) for item in valor)
    if dita := ORDEM_DITA.fullmatch(valor) if isinstance(valor, str) else None:
        return f"OS {ponte.levar('ordens_servico', int(dita[1]))}"
    registro = type(valor) is int or especie == "cursor"
    return ponte.levar(especie, valor) if especie and registro else valor


@dataclass(frozen=True, kw_only=True)
class Passo:
    """Um pedido do roteiro: o que se diz, quem, e a que horas."""

    dito: Dito
    quem: Papel = Papel.GERENTE
    em: datetime
    chave: str | None = None
    loja: int | None = None
    simular: bool = False

    def __str__(self) -> str:
        ao_lado = {"chave": self.chave, "loja": self.loja, "simular": self.simular}
        ditos = "".join(f" {nome}={valor}" for nome, valor in ao_lado.items() if valor)
        return f"{self.em:%d/%m %H:%M:%S} {self.quem.rotulo}: {self.dito}{ditos}"

    def levar(self, ponte: Ponte) -> "Passo":
        loja = self.loja and ponte.levar("lojas", self.loja)
        return replace(self, dito=self.dito.levar(ponte), loja=loja)

    @property
    def pedido(self) -> Pedido:
        """Sempre com número, que de outro modo a API daria e o modo direto não."""
        return Pedido(chave=self.chave, requisicao=f"{self.em:%Y%m%d%H%M%S}ef", loja=self.loja)


@dataclass(frozen=True)
class Recusa:
    """O erro, como valor que se compara."""

    tipo: str
    codigo: str
    mensagem: str
    campo: str | None
    detalhes: tuple[str, ...]

    @classmethod
    def de(cls, erro: ErroOficina) -> "Recusa":
        campo = getattr(erro, "campo", None)
        return cls(type(erro).__name__, erro.codigo, str(erro), campo, erro.detalhes)


@dataclass
class Mundo:
    """Uma oficina com a equipe contratada; cada um pede em seu nome."""

    nome: str
    url: str
    relogio: Relogio = field(default_factory=Relogio)
    equipe: tuple[FichaFuncionario, ...] = ()

    def responder(self, passo: Passo) -> Any:
        """A resposta ou a Recusa; o que não é erro da oficina segue e derruba o teste."""
        self.relogio.agora = passo.em
        try:
            return self.atender(passo)
        except ErroOficina as erro:
            return Recusa.de(erro)

    def atender(self, passo: Passo) -> Any:
        return self.pedir(self.balcao(passo.quem), passo.dito.montar(), passo)

    def pedir(self, oficina: Oficina, caso: Any, passo: Passo) -> Any:
        return (oficina.simular if passo.simular else oficina.executar)(caso, passo.pedido)

    def balcao(self, quem: Papel) -> Oficina:
        raise NotImplementedError

    def sujeito(self, quem: Papel) -> Sujeito:
        numero = next(ficha.id for ficha in self.equipe if ficha.papel is quem)
        return Sujeito(tipo=TipoAtor.FUNCIONARIO, id=numero)


@dataclass
class Direto(Mundo):
    oficina: OficinaLocal = field(init=False)

    def balcao(self, quem: Papel) -> Oficina:
        return self.oficina.como(self.sujeito(quem))


@dataclass
class PelaApi(Mundo):
    """O que o cliente não montaria se manda cru: a API responde por si."""

    http: TestClient = field(init=False)
    tokens: Tokens = field(init=False)

    def balcao(self, quem: Papel) -> Oficina:
        token = self.tokens.emitir(str(self.sujeito(quem)), "pwd")[0]
        self.http.headers["Authorization"] = f"Bearer {token}"
        return OficinaRemota(self.http)

    def atender(self, passo: Passo) -> Any:
        try:
            caso = passo.dito.montar()
        except ErroOficina as recusa:
            caso = passo.dito.cru()
            if not _viaja(caso):
                raise recusa from None
        return self.pedir(self.balcao(passo.quem), caso, passo)


def _viaja(caso: Any) -> bool:
    """Se dá um corpo: o número grande demais nem o nosso cliente escreve."""
    try:
        traducao.escrever(caso)
    except ErroOficina:
        return False
    return True


@contextmanager
def direto(nome: str, url: str) -> Iterator[Direto]:
    mundo = Direto(nome, url)
    mundo.oficina = OficinaVigiada.em(url, mundo.relogio)
    mundo.equipe = contratar(mundo.oficina, mundo.relogio)
    yield mundo
    mundo.oficina.fechar()


@contextmanager
def pela_api(url: str) -> Iterator[PelaApi]:
    mundo = PelaApi("API", url)
    oficina = OficinaLocal.em(url, mundo.relogio)
    mundo.equipe = contratar(oficina, mundo.relogio)
    oficina.fechar()
    ajustes = configuracao(url, log_level="ERROR")
    mundo.tokens = Tokens.de(ajustes)
    with TestClient(montar(ajustes, mundo.relogio)) as http:
        mundo.http = http
        yield mundo


def contratar(oficina: OficinaLocal, relogio: Relogio) -> tuple[FichaFuncionario, ...]:
    """O gerente é da rede; os outros, da primeira loja. Um por hora certa, em qualquer mundo."""
    equipe = []
    for hora, (papel, cpf) in enumerate(CPFS.items()):
        relogio.agora = ONTEM + timedelta(hours=hora)
        loja = None if papel is Papel.GERENTE else 1
        contratado = CriarFuncionario(cpf=cpf, nome=papel.rotulo, papel=papel, loja_id=loja)
        equipe.append(oficina.executar(contratado))
    return tuple(equipe)
