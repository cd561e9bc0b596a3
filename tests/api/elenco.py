"""A API de verdade sobre um banco, com gente de toda espécie e um registro de cada um.

De cada espécie de registro há o `proprio` (de Ana, na loja 1, com o mecânico que se usa), o
`alheio` (de Beto, na loja 2, com outro mecânico) e o que `falta`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from fastapi.testclient import TestClient

from oficina_api.montagem import montar
from oficina_api.tokens import Tokens
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes import CriarCliente, DesativarCliente
from oficina_core.casos.estoque import EntradaEstoque, ListarMovimentos
from oficina_core.casos.funcionarios import CriarFuncionario, DesativarFuncionario
from oficina_core.casos.kits import CriarKit
from oficina_core.casos.orcamentos import EnviarOrcamento
from oficina_core.casos.ordens import AtribuirMecanico, IniciarDiagnostico
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.casos.pecas import CriarPeca
from oficina_core.casos.portas import Pedido
from oficina_core.casos.servicos import CriarServico
from oficina_core.casos.veiculos import CriarVeiculo
from oficina_core.configuracao import Configuracao
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.pagamento import FormaPagamento
from tests import cenario

SEGREDO = "Kx9-o segredo que só os testes têm-7Qz"
FALTA = 99999
DINHEIRO = Decimal("50.00")


@dataclass
class Registros:
    """Os números de cada coisa, pelo nome que ela tem no endereço."""

    cliente_id: int = 0
    veiculo_id: int = 0
    ordem_id: int = 0
    orcamento_id: int = 0
    linha: int = 0
    pagamento_id: int = 0
    movimento_id: int = 0
    funcionario_id: int = 0
    peca_id: int = 0
    servico_id: int = 0
    kit_id: int = 0
    loja_id: int = 0
    nome: str = "validade_dias"


@dataclass
class Gente:
    """Os registros e, de cada principal, o cabeçalho que o identifica."""

    proprio: Registros
    alheio: Registros
    principais: dict[str, dict[str, str]]


@dataclass
class Elenco(Gente):
    """A gente e a API que a atende."""

    http: TestClient


def configuracao(url: str, **outros: Any) -> Configuracao:
    return Configuracao.ler(**{"oficina_banco": url, "jwt_secret": SEGREDO} | outros)


@contextmanager
def no_ar(url: str) -> Iterator[Elenco]:
    """O banco dado, povoado, e a API sobre ele."""
    ajustes = configuracao(url)
    gente = povoar(ajustes)
    with TestClient(montar(ajustes)) as http:
        yield Elenco(**vars(gente), http=http)


def povoar(ajustes: Configuracao) -> Gente:
    """Põe todos no banco da configuração, e os identifica como ela manda."""
    url = ajustes.banco()
    oficina = OficinaLocal.em(url)
    proprio, alheio = _atender_dois(oficina, url)
    equipe = _contratar(oficina)
    oficina.executar(AtribuirMecanico(ordem_id=proprio.ordem_id, mecanico_id=equipe["mecânico"]))
    oficina.executar(AtribuirMecanico(ordem_id=alheio.ordem_id, mecanico_id=equipe["o outro"]))
    proprio.funcionario_id, alheio.funcionario_id = equipe["mecânico"], equipe["o outro"]
    inativo = oficina.executar(CriarCliente(nome="Davi", documento="168.995.350-09")).id
    oficina.executar(DesativarCliente(cliente_id=inativo))
    oficina.fechar()
    return Gente(proprio, alheio, _identificar(ajustes, equipe, proprio, alheio, inativo))


def _identificar(
    ajustes: Configuracao,
    equipe: dict[str, int],
    proprio: Registros,
    alheio: Registros,
    inativo: int,
) -> dict[str, dict[str, str]]:
    tokens = Tokens.de(ajustes)
    ontem = Tokens.de(ajustes, agora=lambda: datetime.now(UTC) - timedelta(days=1))

    def de(sujeito: str, prova: str, emissor: Tokens = tokens) -> dict[str, str]:
        return {"Authorization": f"Bearer {emissor.emitir(sujeito, prova)[0]}"}

    return {
        "sem token": {},
        "vencido": de(f"funcionario:{equipe['gerente']}", "pwd", ontem),
        "funcionário inativo": de(f"funcionario:{equipe['inativo']}", "pwd"),
        "cliente inativo": de(f"cliente:{inativo}", "otp"),
        "dono": de(f"cliente:{proprio.cliente_id}", "otp"),
        "outro cliente": de(f"cliente:{alheio.cliente_id}", "otp"),
        "só o CPF": de("cpf:52998224725", "otp"),
        **{
            papel: de(f"funcionario:{equipe[papel]}", "pwd")
            for papel in ("mecânico", "atendente", "gerente")
        },
    }


def _contratar(oficina: OficinaLocal) -> dict[str, int]:
    gente = {
        "gerente": ("935.411.347-80", Papel.GERENTE, 1),
        "atendente": ("123.456.789-09", Papel.ATENDENTE, 1),
        "mecânico": ("111.444.777-35", Papel.MECANICO, 1),
        "o outro": ("390.533.447-05", Papel.MECANICO, 2),
        "inativo": ("071.488.230-56", Papel.GERENTE, 1),
    }
    numeros = {
        nome: oficina.executar(CriarFuncionario(cpf=cpf, nome=nome, papel=papel, loja_id=loja)).id
        for nome, (cpf, papel, loja) in gente.items()
    }
    oficina.executar(DesativarFuncionario(funcionario_id=numeros["inativo"]))
    return numeros


def _atender_dois(oficina: OficinaLocal, url: str) -> tuple[Registros, Registros]:
    abrir_filial(url)
    oficina.executar(
        CriarServico(codigo="TROCA-OLEO", nome="Troca", preco=DINHEIRO, tempo_estimado=30),
        Pedido(loja=1),
    )
    oficina.executar(CriarPeca(codigo="FILTRO-OLEO", nome="Filtro", preco=DINHEIRO), Pedido(loja=1))
    oficina.executar(CriarKit(codigo="TROCA", nome="Troca", servicos=("TROCA-OLEO",)))
    de_ana = _atender(oficina, "Ana", "529.982.247-25", "ABC1D23", loja=1)
    de_beto = _atender(oficina, "Beto", "862.883.667-57", "XYZ9K87", loja=2)
    return de_ana, de_beto


def abrir_filial(url: str) -> None:
    """Sempre no mesmo instante, para quem compara um banco com outro."""
    oficina = OficinaLocal.em(url, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    cenario.filial(oficina)
    oficina.fechar()


def _atender(oficina: OficinaLocal, nome: str, cpf: str, placa: str, *, loja: int) -> Registros:
    """Um cliente com carro, ordem em diagnóstico, orçamento enviado, sinal pago e peça no saldo."""
    aqui = Pedido(loja=loja)
    cliente = oficina.executar(CriarCliente(nome=nome, documento=cpf, email=f"{nome}@exemplo.com"))
    veiculo = oficina.executar(
        CriarVeiculo(placa=placa, marca="Fiat", modelo="Uno", cliente_id=cliente.id)
    )
    entrada = EntradaEstoque(peca_id="FILTRO-OLEO", quantidade=Decimal(10), custo=DINHEIRO)
    oficina.executar(entrada, aqui)
    ordem = oficina.executar(
        AbrirOrdem(veiculo_id=placa, queixa="Barulho", servicos=("TROCA-OLEO",)), aqui
    )
    oficina.executar(IniciarDiagnostico(ordem_id=ordem.id))
    orcamento = oficina.executar(EnviarOrcamento(orcamento_id=ordem.orcamentos[0].id))
    sinal = RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=DINHEIRO)
    return Registros(
        cliente_id=cliente.id,
        veiculo_id=veiculo.id,
        ordem_id=ordem.id,
        orcamento_id=orcamento.id,
        linha=orcamento.itens[0].id,
        pagamento_id=oficina.executar(sinal).pagamentos[0].id,
        movimento_id=oficina.executar(ListarMovimentos(), aqui).itens[0].id,
        peca_id=1,
        servico_id=1,
        kit_id=1,
        loja_id=loja,
    )
