"""Do que se digita ao registro: o nome exato, ou o pedaço que se lembra no balcão."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oficina_core.casos import campos
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.clientes import LinhaCliente
from oficina_core.casos.ordens import LinhaOrdem, montar_linha
from oficina_core.casos.portas import Cadastros, Linha, UnidadeDeTrabalho
from oficina_core.casos.veiculos import LinhaVeiculo
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import INTEIRO_MAXIMO, Placa, documento

ACHADOS_MAXIMO = 20
PARECIDOS_MAXIMO = 5
NUMERO_DE_ORDEM = re.compile("(?:os|#)? *([0-9]{1,19})", re.IGNORECASE)
PONTUACAO = r"[+(). /\-]"
DIGITOS_MINIMO = 4  # menos que isso acha gente demais


@dataclass(frozen=True, kw_only=True)
class Achado:
    id: int


@dataclass(frozen=True, kw_only=True)
class Localizar:
    """Acha um registro pelo nome natural: placa, documento ou código.

    Vai no corpo, e não no endereço, para que nenhum CPF fique em registro de acesso.
    """

    recurso: Recurso
    nome: str

    def executar(self, uow: UnidadeDeTrabalho) -> Achado:
        if self.recurso is Recurso.FUNCIONARIO:
            uow.ator.exigir(Papel.GERENTE, acao="procurar funcionários")
        if self.recurso is Recurso.CLIENTE:
            uow.ator.exigir(Papel.ATENDENTE, Papel.GERENTE, acao="procurar clientes pelo documento")
        colecoes: dict[Recurso, Cadastros[Any]] = {
            Recurso.CLIENTE: uow.clientes,
            Recurso.FUNCIONARIO: uow.funcionarios,
            Recurso.VEICULO: uow.veiculos,
            Recurso.PECA: uow.pecas,
            Recurso.SERVICO: uow.servicos,
            Recurso.KIT: uow.kits,
        }
        return Achado(id=colecoes[self.recurso].achar(self.nome).id)


@dataclass(frozen=True, kw_only=True)
class Achados:
    """Até 20 de cada; as ordens são as que estão na casa, ou a do número dito.

    Parecidos só há se nada se achou: os de placa a um erro de digitação da dita.
    """

    ordens: tuple[LinhaOrdem, ...]
    veiculos: tuple[LinhaVeiculo, ...]
    clientes: tuple[LinhaCliente, ...]
    parecidos: tuple[LinhaVeiculo, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Buscar:
    """Acha por qualquer coisa que o cliente diga: placa, nome, telefone, documento ou número da OS.

    Um pedaço basta. O mecânico não acha ninguém pelo documento nem pelo telefone, que só vê
    mascarados: com o que a máscara mostra, bastariam mil tentativas. Com o veículo vêm as ordens
    que ele tem na casa; com o cliente, os veículos.
    """

    texto: str

    def __post_init__(self) -> None:
        campos.fixar(self, texto=campos.nome(self.texto, "texto"))

    def executar(self, uow: UnidadeDeTrabalho) -> Achados:
        clientes = self._clientes(uow)
        achados = [
            *uow.busca.veiculos(self._pedaco_do_veiculo(), ACHADOS_MAXIMO),
            *uow.busca.veiculos_dos_clientes([c["id"] for c in clientes], ACHADOS_MAXIMO),
        ]
        veiculos = _sem_repetir(achados)
        ordens = self._ordens(uow, veiculos)
        parecidos = () if ordens or veiculos or clientes else self._parecidos(uow)
        return Achados(
            ordens=ordens,
            veiculos=tuple(map(LinhaVeiculo.de, veiculos)),
            clientes=tuple(map(LinhaCliente.de, clientes)),
            parecidos=tuple(map(LinhaVeiculo.de, parecidos)),
        )

    def _parecidos(self, uow: UnidadeDeTrabalho) -> Sequence[Linha]:
        return uow.busca.veiculos_de_placas(Placa.parecidas(self.texto), PARECIDOS_MAXIMO)

    def _clientes(self, uow: UnidadeDeTrabalho) -> list[Linha]:
        if numero := self._documento_ou_telefone():
            if uow.ator.papel is Papel.MECANICO:
                return []
            return list(uow.busca.clientes_por_numero(numero, ACHADOS_MAXIMO))
        return list(uow.busca.clientes_por_nome(self.texto, ACHADOS_MAXIMO))

    def _documento_ou_telefone(self) -> str | None:
        """O documento na forma que se guarda, ou os números de um pedaço dele ou do telefone."""
        try:
            return documento(self.texto)
        except DadoInvalido:
            digitos = re.sub(PONTUACAO, "", self.texto)
            return digitos if len(digitos) >= DIGITOS_MINIMO and digitos.isdecimal() else None

    def _pedaco_do_veiculo(self) -> str:
        """A placa inteira na forma Mercosul, que acha o carro em qualquer das duas grafias."""
        try:
            return Placa(self.texto).canonica
        except DadoInvalido:
            return self.texto.replace("-", "") or self.texto

    def _ordens(self, uow: UnidadeDeTrabalho, veiculos: list[Linha]) -> tuple[LinhaOrdem, ...]:
        dito = NUMERO_DE_ORDEM.fullmatch(self.texto)
        numero = int(dito[1]) if dito else 0
        achadas = [
            *(uow.busca.ordem(numero) if 0 < numero <= INTEIRO_MAXIMO else ()),
            *uow.busca.ordens_na_casa([v["id"] for v in veiculos], ACHADOS_MAXIMO),
        ]
        linhas = _sem_repetir(achadas)
        return tuple(map(montar_linha(uow, linhas), linhas))


def _sem_repetir(linhas: Sequence[Linha]) -> list[Linha]:
    return list({linha["id"]: linha for linha in linhas}.values())[:ACHADOS_MAXIMO]
