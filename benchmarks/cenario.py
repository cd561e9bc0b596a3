"""O banco em que se mede: uma loja, cem carros, sessenta ordens na fila e o resto entregue.

De cada status nasce uma ordem pelos casos de uso, com dois serviços e duas peças; as outras são
cópias dela, feitas pelo próprio MySQL.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pymysql.cursors import Cursor
from sqlalchemy import Table

from benchmarks.cliente import pedido
from oficina_api.tokens import Tokens
from oficina_core.banco import manutencao, tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes import CriarCliente
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.estoque import EntradaEstoque
from oficina_core.casos.funcionarios import CriarFuncionario
from oficina_core.casos.lojas import CriarLoja
from oficina_core.casos.orcamentos import CriarOrcamento, EnviarOrcamento, ListarOrcamentos
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import IniciarDiagnostico, ListarOrdens, VerOrdem
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import EntregarOrdem, FinalizarOrdem
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.casos.pecas import CriarPeca
from oficina_core.casos.servicos import CriarServico
from oficina_core.casos.veiculos import CriarVeiculo
from oficina_core.configuracao import Configuracao
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from tests.servidor_mysql import Servidor

SEGREDO = "Kx9-o segredo que só as medidas têm-7Qz"
CPF, SENHA = "123.456.789-09", "uma senha que só as medidas têm"
CARROS = 100
VISITADO, VIZINHO, VISITAS = 100, 99, 100
FILA = {  # cópias de cada status da fila: uma página e um pouco
    StatusOrdem.EM_EXECUCAO: 17,
    StatusOrdem.AGUARDANDO_APROVACAO: 15,
    StatusOrdem.EM_DIAGNOSTICO: 13,
    StatusOrdem.RECEBIDA: 11,
}
LOTE = 50_000
CURSORES = 20
NUMEROS = """
    WITH RECURSIVE numeros (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numeros WHERE n < %s)
    SELECT n FROM numeros
"""
# Uma cópia por minuto para trás, com outro carro; ordem e orçamento ficam com o mesmo número.
TROCAS = {
    "id": "%(base)s + n.n",
    "ordem_id": "IF(m.ordem_id IS NULL, NULL, %(base)s + n.n)",
    "orcamento_id": "IF(m.orcamento_id IS NULL, NULL, %(base)s + n.n)",
    "veiculo_id": f"1 + (n.n + %(base)s) %% {CARROS}",
    "cliente_id": f"1 + (n.n + %(base)s) %% {CARROS}",
    "criado_em": "m.criado_em - INTERVAL (n.n + %(base)s) MINUTE",
    "loja_id": "1 + (n.n + %(base)s) %% %(lojas)s",
}


@dataclass(frozen=True, kw_only=True)
class Cenario:
    """O banco pronto, o ambiente de quem o serve e os pedidos que se fazem."""

    url: str
    ambiente: dict[str, str]
    sujeito: str
    token: str
    novo_orcamento: bytes
    fila: bytes
    fundas: tuple[bytes, ...]
    listas: dict[str, tuple[bytes, ...]]


def preparar(
    servidor: Servidor, nome: str, ordens: int, *, lojas: int = 1, em_grupo: bool = False
) -> Cenario:
    """O banco com tantas ordens, repartidas pelas lojas; cada uma tem a sua fila.

    O que se grava `em_grupo` segue para os outros servidores dele.
    """
    url = servidor.criar_banco(nome)
    manutencao.migrar(url)
    oficina = OficinaLocal.em(url)
    quem = cadastrar(oficina)
    modelos = {status: modelar(oficina, abrir) for status, abrir in ATE.items()}
    for numero in range(2, lojas + 1):
        oficina.executar(CriarLoja(nome=f"Loja {numero}"))
    oficina.fechar()
    with servidor.conectar(database=nome) as conexao, conexao.cursor() as cursor:
        for comando in ("foreign_key_checks = 0", "unique_checks = 0"):
            cursor.execute(f"SET SESSION {comando}")
        cursor.execute(f"SET SESSION sql_log_bin = {int(em_grupo)}")
        cursor.execute("SET SESSION cte_max_recursion_depth = 1000000")
        feitas = len(modelos)  # que têm os primeiros números
        filas = {status: quantas * lojas for status, quantas in FILA.items()}
        entregues = ordens - len(modelos) - sum(filas.values())
        for status, quantas in {**filas, StatusOrdem.ENTREGUE: entregues}.items():
            _copiar(cursor, modelos[status], feitas, quantas, lojas)
            feitas += quantas
        _juntar_visitas(cursor, ordens)
        cursor.execute("ANALYZE TABLE ordens_servico, orcamentos, orcamento_itens, pagamentos")
        chaves = _chaves(cursor)
    return _cenario(url, quem, chaves, ordens)


def cadastrar(oficina: OficinaLocal) -> int:
    """O atendente que pede tudo; serviços e peças de números 1 e 2, e os carros."""
    for numero in (1, 2):
        oficina.executar(
            CriarServico(
                codigo=f"SERVICO-{numero}",
                nome=f"Serviço de número {numero}",
                preco=Decimal("120.00"),
                tempo_estimado=30,
            )
        )
        peca = CriarPeca(codigo=f"PECA-{numero}", nome=f"Peça {numero}", preco=Decimal("34.50"))
        oficina.executar(peca)
        oficina.executar(EntradaEstoque(peca_id=numero, quantidade=Decimal(10), custo=Decimal(20)))
    for numero in range(1, CARROS + 1):
        cliente = CriarCliente(nome=f"Cliente de número {numero}", telefone="(11) 98888-7777")
        dono = oficina.executar(cliente).id
        placa = f"BEN1A{numero - 1:02}"
        carro = CriarVeiculo(placa=placa, marca="Fiat", modelo="Uno Mille", cliente_id=dono)
        oficina.executar(carro)
    atendente = CriarFuncionario(cpf=CPF, nome="Atendente", papel=Papel.ATENDENTE, loja_id=1)
    quem = oficina.executar(atendente).id
    mecanico = CriarFuncionario(
        cpf="111.444.777-35", nome="Mecânico", papel=Papel.MECANICO, loja_id=1
    )
    oficina.executar(mecanico)
    oficina.executar(DefinirSenha(funcionario_id=quem, senha=SENHA))
    return quem


def _receber(oficina: OficinaLocal) -> int:
    return oficina.executar(AbrirOrdem(veiculo_id=1, queixa="Barulho ao frear, à direita")).id


def _diagnosticar(oficina: OficinaLocal) -> int:
    ordem = _receber(oficina)
    oficina.executar(IniciarDiagnostico(ordem_id=ordem, mecanico_id="111.444.777-35"))
    oficina.executar(CriarOrcamento(ordem_id=ordem, servicos=(1, 2), pecas=(1, 2)))
    return ordem


def _enviar(oficina: OficinaLocal) -> int:
    ordem = _diagnosticar(oficina)
    oficina.executar(EnviarOrcamento(orcamento_id=_do(oficina, ordem)))
    return ordem


def _aprovar(oficina: OficinaLocal) -> int:
    ordem = _enviar(oficina)
    oficina.executar(AprovarOrcamento(orcamento_id=_do(oficina, ordem)))
    return ordem


def _entregar(oficina: OficinaLocal) -> int:
    ordem = _aprovar(oficina)
    ficha = oficina.executar(FinalizarOrdem(ordem_id=ordem))
    pix = RegistrarPagamento(ordem_id=ordem, forma=FormaPagamento.PIX, valor=ficha.saldo)
    oficina.executar(pix)
    oficina.executar(EntregarOrdem(ordem_id=ordem))
    return ordem


def _do(oficina: OficinaLocal, ordem: int) -> int:
    return oficina.executar(VerOrdem(ordem_id=ordem)).orcamentos[0].id


ATE: dict[StatusOrdem, Callable[[OficinaLocal], int]] = {
    StatusOrdem.RECEBIDA: _receber,
    StatusOrdem.EM_DIAGNOSTICO: _diagnosticar,
    StatusOrdem.AGUARDANDO_APROVACAO: _enviar,
    StatusOrdem.EM_EXECUCAO: _aprovar,
    StatusOrdem.ENTREGUE: _entregar,
}


def modelar(oficina: OficinaLocal, abrir: Callable[[OficinaLocal], int]) -> tuple[int, int]:
    """A ordem e o orçamento dela; 0 se não tem."""
    ordem = abrir(oficina)
    orcamentos = oficina.executar(VerOrdem(ordem_id=ordem)).orcamentos
    return ordem, orcamentos[0].id if orcamentos else 0


def _copiar(cursor: Cursor, modelo: tuple[int, int], base: int, quantas: int, lojas: int) -> None:
    """Tantas cópias da ordem, do orçamento, das linhas e do pagamento, em lotes."""
    ordem, orcamento = modelo
    for feitas in range(0, quantas, LOTE):
        quantas_agora = min(LOTE, quantas - feitas)
        numeros = {"base": base + feitas, "quantas": quantas_agora, "lojas": lojas}
        for tabela, dono, qual in (
            (tabelas.ordens, "id", ordem),
            (tabelas.orcamentos, "id", orcamento),
            (tabelas.orcamento_itens, "orcamento_id", orcamento),
            (tabelas.pagamentos, "ordem_id", ordem),
        ):
            cursor.execute(_copia(tabela, dono), {**numeros, "modelo": qual})


def _copia(tabela: Table, dono: str) -> str:
    # Linha e pagamento têm numeração própria, que ninguém cita.
    solta = tabela in (tabelas.orcamento_itens, tabelas.pagamentos)
    colunas = [coluna.name for coluna in tabela.c if not (solta and coluna.name == "id")]
    valores = ", ".join(TROCAS.get(coluna, f"m.{coluna}") for coluna in colunas)
    numeros = NUMEROS.replace("%s", "%(quantas)s")
    return (
        f"INSERT INTO {tabela.name} ({', '.join(colunas)}) SELECT {valores} "
        f"FROM {tabela.name} m CROSS JOIN ({numeros}) n WHERE m.{dono} = %(modelo)s"
    )


def _juntar_visitas(cursor: Cursor, ordens: int) -> None:
    """Um carro com tantas visitas quantas o histórico mostra, espalhadas por todas as ordens."""
    for tabela in ("ordens_servico", "orcamentos"):
        cursor.execute(
            f"UPDATE {tabela} SET veiculo_id = %s WHERE veiculo_id = %s", (VIZINHO, VISITADO)
        )
        cursor.execute(
            f"UPDATE {tabela} SET veiculo_id = %s WHERE id %% %s = 0",
            (VISITADO, ordens // VISITAS),
        )


def _chaves(cursor: Cursor) -> list[tuple[Any, ...]]:
    """Onde continuar, em pontos espalhados pela metade funda das entregues."""
    cursor.execute("SELECT COUNT(*) FROM ordens_servico WHERE status = 'ENTREGUE'")
    ((total,),) = cursor.fetchall()
    cursor.execute(
        "SELECT criado_em, id FROM (SELECT criado_em, id, ROW_NUMBER() OVER "
        "(ORDER BY criado_em DESC, id DESC) AS n FROM ordens_servico WHERE status = 'ENTREGUE') o "
        "WHERE n >= %s AND (n - %s) %% %s = 0 ORDER BY n LIMIT %s",
        (total // 2, total // 2, max(1, (total // 2 - 60) // CURSORES), CURSORES),
    )
    return list(cursor.fetchall())


def _cenario(url: str, quem: int, chaves: list[tuple[Any, ...]], ordens: int) -> Cenario:
    ajustes = Configuracao.ler(oficina_banco=url, jwt_secret=SEGREDO)
    sujeito = f"funcionario:{quem}"
    token, _ = Tokens.de(ajustes).emitir(sujeito, "pwd")
    lista = ListarOrdens(status=StatusOrdem.ENTREGUE)
    cursores = [
        lista.cursor_em((StatusOrdem.ENTREGUE, f"{criado_em.isoformat()}+00:00", id))
        for criado_em, id in chaves
    ]
    entregues = "/ordens?limite=50&status=ENTREGUE&cursor="
    corpo = (
        b'{"veiculo_id": 1, "servicos": [1, 2], "pecas": [{"id": 1, "quantidade": 2}, {"id": 2}]}'
    )
    return Cenario(
        url=url,
        ambiente={"OFICINA_BANCO": url, "JWT_SECRET": SEGREDO},
        sujeito=sujeito,
        token=token,
        novo_orcamento=pedido("POST", "/orcamentos", token, corpo),
        fila=pedido("GET", "/ordens?limite=50", token),
        fundas=tuple(pedido("GET", f"{entregues}{cursor}", token) for cursor in cursores),
        listas={
            "histórico de um veículo": (pedido("GET", f"/veiculos/{VISITADO}/historico", token),),
            "orçamentos": (pedido("GET", "/orcamentos?limite=50", token),),
            "orçamentos do fundo": tuple(
                pedido("GET", f"/orcamentos?limite=50&cursor={cursor}", token)
                for cursor in _fundo_dos_orcamentos(ordens)
            ),
        },
    )


def _fundo_dos_orcamentos(ordens: int) -> list[str]:
    lista = ListarOrcamentos()
    meio = ordens // 2
    return [lista.cursor_em((meio - n * (meio - 60) // CURSORES,)) for n in range(CURSORES)]
