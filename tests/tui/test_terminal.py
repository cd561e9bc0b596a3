"""O balcão em um terminal de verdade: um dia inteiro só no teclado, e o que o derruba."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.verificacao import verificar
from oficina_core.casos.clientes import VerCliente
from oficina_core.casos.ordens import ListarOrdens, VerOrdem
from oficina_core.casos.veiculos import VerHistoricoVeiculo
from oficina_core.dominio.orcamento import StatusItem
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario
from tests.api.programa import contratar, no_ar, token
from tests.tui.terminal import Terminal

MUNDOS = ("sqlite", "mysql", "remota")

CARRO = ("enter", "!Fiat", "enter", "!Uno", "enter", "!2014", "enter", "!prata", "enter", "!45.200")
CLIENTE = ("enter", "!52998224725", "enter", "!Ana Conceição", "enter", "!11987654321", "enter")


@dataclass
class Casa:
    """Uma oficina, o terminal de quem atende nela, e o banco por trás, para conferir."""

    url: str
    ambiente: dict[str, str]
    pasta: Path
    oficina: OficinaLocal

    def terminal(self, posto: str = "posto", tamanho: tuple[int, int] = (80, 24)) -> Terminal:
        return Terminal(self.pasta / posto, self.ambiente, tamanho=tamanho)


@pytest.fixture(params=MUNDOS)
def casa(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Casa]:
    """A oficina com o catálogo, em cada mundo; no fim, as contas fecham."""
    banco = "mysql" if request.param == "mysql" else "sqlite"
    url = request.getfixturevalue(f"url_{banco}")
    oficina = OficinaLocal.em(url)
    cenario.catalogo(oficina)
    if request.param == "remota":
        entrada = token(url, f"funcionario:{contratar(url)}")
        with no_ar(url) as (api,):
            ambiente = {"OFICINA_API": api.endereco, "OFICINA_TOKEN": entrada}
            yield Casa(url, ambiente, tmp_path, oficina)
    else:
        yield Casa(url, {"OFICINA_BANCO": url}, tmp_path, oficina)
    oficina.fechar()
    assert verificar(url) == ()


def test_um_dia_inteiro_so_no_teclado(casa: Casa) -> None:
    with casa.terminal() as t:
        t.ate("Buscar").teclar("!xyz9a87").ate("cadastra o XYZ9A87")
        t.teclar("enter").ate("Carro novo")
        t.teclar(*CARRO, *CLIENTE, "enter", "!barulho na frente", "enter").ate("aberta.")
        t.teclar("!troca-oleo", "enter").ate("incluído: kit TROCA-OLEO", "R$ 249,65")
        t.teclar("!pastilha", "enter").ate("incluído: Pastilha", "R$ 429,65")
        t.teclar("f9").ate("enviado; espera a resposta")
        t.teclar("a").ate("Ao confirmar", "reserva 3 peças")
        t.teclar("end", "space").ate("Recusado 180,00", "reserva 2 peças")
        t.teclar("m").ate("Por que recusou?").teclar("!só no mês que vem", "enter")
        t.ate("só no mês que vem", sem="Por que recusou?")
        t.teclar("ctrl+s").ate("finalizar: dá baixa em 2 peças")
        t.teclar("n").ate("Anotar na ordem").teclar("!pneu careca", "enter").ate("Anotado.")
        t.teclar("f").ate("falta receber R$ 249,65")
        t.teclar("f8").ate("De que forma?").teclar("p", "enter").ate("Quanto")
        t.teclar("enter").ate("Recebido: R$ 249,65")
        t.teclar("e").ate("Carro entregue", "nada: a ordem acabou")
        t.teclar("f2").ate("Buscar").teclar("!xyz9a87").ate("Fiat Uno", sem="cadastra")
        t.teclar("enter").ate("nova ordem", "Recusado antes", "Pastilha", "180,00")
        t.sair()

    (linha,) = casa.oficina.executar(ListarOrdens(status=StatusOrdem.ENTREGUE)).itens
    ordem = casa.oficina.executar(VerOrdem(ordem_id=linha.id))
    assert (ordem.placa, ordem.queixa, ordem.km_entrada) == ("XYZ9A87", "barulho na frente", 45200)
    assert ordem.total == cenario.reais("249.65")
    assert ordem.saldo == 0
    assert [nota.texto for nota in ordem.anotacoes] == ["pneu careca"]
    (orcamento,) = ordem.orcamentos
    ditos = {item.descricao: item.status for item in orcamento.itens}
    assert ditos.pop("Pastilha") is StatusItem.RECUSADO
    assert set(ditos.values()) == {StatusItem.APROVADO}
    historico = casa.oficina.executar(VerHistoricoVeiculo(veiculo_id=orcamento.veiculo_id))
    (sugestao,) = historico.recusados
    assert (sugestao.descricao, sugestao.motivo) == ("Pastilha", "só no mês que vem")
    assert casa.oficina.executar(VerCliente(cliente_id=ordem.cliente_id)).nome == "Ana Conceição"
