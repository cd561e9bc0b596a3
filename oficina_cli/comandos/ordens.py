"""Comandos da ordem de serviço."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from oficina_cli import impressao, leitura, opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo
from oficina_cli.comandos.recepcao import cliente_dito, veiculo_dito
from oficina_cli.impressao import PdfGravado, Via
from oficina_core.casos.campos import Referencia
from oficina_core.casos.impressoes import FichaImpressao, ImprimirOrdem
from oficina_core.casos.ordens import (
    AnotarOrdem,
    AtribuirMecanico,
    IniciarDiagnostico,
    ListarMecanicos,
    ListarOrdens,
    VerHistoricoOrdem,
    VerOrdem,
)
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import (
    CancelarOrdem,
    EntregarOrdem,
    FinalizarOrdem,
    PecaUsada,
)
from oficina_core.casos.pagamentos import EstornarPagamento, RegistrarPagamento
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento

app = grupo("Ordens de serviço: o carro dentro da oficina (ou: oficina os).")

DETALHES = frozenset({"orcamentos", "sugestoes", "pagamentos", "anotacoes", "km_entrada"})
DO_CLIENTE, DO_CARRO = "Cliente novo", "Carro novo"

Placa = Annotated[Referencia, opcoes.nome("--placa", "PLACA", "O veículo, ou id:NÚMERO.")]
Cliente = Annotated[
    Referencia | None, opcoes.nome("--cliente", "CLIENTE", "Quem trouxe: CPF, CNPJ ou id:NÚMERO.")
]
Queixa = Annotated[str | None, opcoes.texto("--queixa", "O que o cliente conta.")]
Transferir = Annotated[
    bool, Option("--transferir", help="O carro mudou de dono: passa a ser do cliente dito.")
]
Nome = Annotated[str | None, opcoes.texto("--nome", "Como se chama.", painel=DO_CLIENTE)]
Documento = Annotated[str | None, opcoes.documento("CPF ou CNPJ.", DO_CLIENTE)]
Telefone = Annotated[str | None, opcoes.texto("--telefone", "Com DDD.", painel=DO_CLIENTE)]
Email = Annotated[
    str | None, opcoes.texto("--email", "Como ana@exemplo.com.br.", painel=DO_CLIENTE)
]
Marca = Annotated[str | None, opcoes.texto("--marca", "Como Fiat.", painel=DO_CARRO)]
Modelo = Annotated[str | None, opcoes.texto("--modelo", "Como Uno 1.0.", painel=DO_CARRO)]
Ano = Annotated[int | None, opcoes.inteiro("--ano", "Ano do modelo.", painel=DO_CARRO)]
Cor = Annotated[str | None, opcoes.texto("--cor", "Como prata.", painel=DO_CARRO)]
Km = Annotated[int | None, opcoes.inteiro("--km", "O que marca o hodômetro.")]
DaVia = Annotated[Via, opcoes.escolha(Via, "--via", "O que se imprime")]
DO_MECANICO = opcoes.nome("--mecanico", "CPF", "De quem é o serviço: CPF ou id:NÚMERO.")


@comando(
    app,
    "ordem abrir --placa ABC1D23 --kit TROCA-OLEO --enviar",
    'ordem abrir --placa ABC1D23 --km 45.200 --queixa "freio chiando"',
    'ordem abrir --placa XYZ9A87 --marca Fiat --modelo Uno --nome "Ana Souza" '
    '--telefone 11987654321 --queixa "não pega"',
)
def abrir(
    *,
    placa: Placa,
    cliente: Cliente = None,
    queixa: Queixa = None,
    km: Km = None,
    servico: opcoes.Servicos = None,
    peca: opcoes.Pecas = None,
    kit: opcoes.Kits = None,
    desconto: opcoes.Desconto = None,
    valor_final: opcoes.ValorFinal = None,
    enviar: opcoes.Enviar = False,
    transferir: Transferir = False,
    nome: Nome = None,
    documento: Documento = None,
    telefone: Telefone = None,
    email: Email = None,
    marca: Marca = None,
    modelo: Modelo = None,
    ano: Ano = None,
    cor: Cor = None,
) -> AbrirOrdem:
    if not (queixa or servico or peca or kit):
        raise DadoInvalido("Diga a --queixa do cliente, ou inclua um --kit.", "queixa")
    return AbrirOrdem(
        veiculo_id=placa,
        veiculo=veiculo_dito(marca, modelo, ano, cor),
        cliente_id=cliente,
        cliente=cliente_dito(nome, documento, telefone, email),
        transferir=transferir,
        queixa=queixa,
        km=km,
        servicos=tuple(servico or ()),
        pecas=tuple(peca or ()),
        kits=tuple(kit or ()),
        valor_final=valor_final,
        **(desconto or {}),
        enviar=enviar,
    )


@comando(app, "ordem fila", "ordem fila --status finalizada", "ordem fila -o json --tudo")
def fila(
    *,
    status: Annotated[
        StatusOrdem | None, opcoes.escolha(StatusOrdem, "--status", "Só neste status")
    ] = None,
    todas_lojas: opcoes.TodasLojas = False,
) -> ListarOrdens:
    return ListarOrdens(status=status, todas_lojas=todas_lojas)


@comando(app, "ordem ver 7")
def ver(ordem: opcoes.Ordem) -> VerOrdem:
    return VerOrdem(ordem_id=ordem)


@comando(app, "ordem historico 7")
def historico(ordem: opcoes.Ordem) -> VerHistoricoOrdem:
    return VerHistoricoOrdem(ordem_id=ordem)


@comando(
    app,
    "ordem diagnosticar 7",
    "ordem diagnosticar 7 --mecanico 111.444.777-35",
    sem=DETALHES,
)
def diagnosticar(
    ordem: opcoes.Ordem, mecanico: Annotated[Referencia | None, DO_MECANICO] = None
) -> IniciarDiagnostico:
    return IniciarDiagnostico(ordem_id=ordem, mecanico_id=mecanico)


@comando(app, "ordem mecanicos 7")
def mecanicos(ordem: opcoes.Ordem) -> ListarMecanicos:
    return ListarMecanicos(ordem_id=ordem)


@comando(
    app,
    "ordem atribuir 7 --mecanico 111.444.777-35",
    "ordem atribuir 7 --ninguem",
    sem=DETALHES,
)
def atribuir(
    ordem: opcoes.Ordem,
    *,
    mecanico: Annotated[Referencia | None, DO_MECANICO] = None,
    ninguem: Annotated[bool, Option("--ninguem", help="A ordem fica sem dono.")] = False,
) -> AtribuirMecanico:
    if (mecanico is None) is not ninguem:
        raise DadoInvalido("Diga --mecanico CPF ou --ninguem, um dos dois.", "mecanico_id")
    return AtribuirMecanico(ordem_id=ordem, mecanico_id=mecanico)


@comando(
    app,
    'ordem anotar 7 "cliente pediu para guardar as peças velhas"',
    sem=DETALHES - {"anotacoes"},
)
def anotar(
    ordem: opcoes.Ordem, texto: Annotated[str, Argument(metavar="TEXTO", help="A nota.")]
) -> AnotarOrdem:
    return AnotarOrdem(ordem_id=ordem, texto=texto)


@comando(app, "ordem finalizar 7", "ordem finalizar 7 --usada 31:3,2", sem=DETALHES)
def finalizar(
    ordem: opcoes.Ordem,
    usada: Annotated[
        list[PecaUsada] | None,
        Option(
            "--usada",
            parser=leitura.da_linha,
            metavar="LINHA:QTD",
            help="Quanto se usou de uma linha, se menos que o aprovado; pode repetir.",
        ),
    ] = None,
) -> FinalizarOrdem:
    return FinalizarOrdem(ordem_id=ordem, usadas=tuple(usada or ()))


@comando(
    app,
    "ordem pagar 7 --pix 230,90",
    "ordem pagar 7 --credito 100,00",
    sem=DETALHES - {"pagamentos"},
)
def pagar(
    ordem: opcoes.Ordem,
    *,
    pix: Annotated[Decimal | None, opcoes.dinheiro("--pix", "Recebido por Pix.")] = None,
    dinheiro: Annotated[Decimal | None, opcoes.dinheiro("--dinheiro", "Em dinheiro.")] = None,
    credito: Annotated[
        Decimal | None, opcoes.dinheiro("--credito", "No cartão de crédito.")
    ] = None,
    debito: Annotated[Decimal | None, opcoes.dinheiro("--debito", "No cartão de débito.")] = None,
    boleto: Annotated[Decimal | None, opcoes.dinheiro("--boleto", "Por boleto.")] = None,
    outro_igual: Annotated[
        bool, Option("--outro-igual", help="Não é engano: é outro pagamento do mesmo valor.")
    ] = False,
) -> RegistrarPagamento:
    formas = {
        FormaPagamento.PIX: pix,
        FormaPagamento.DINHEIRO: dinheiro,
        FormaPagamento.CARTAO_CREDITO: credito,
        FormaPagamento.CARTAO_DEBITO: debito,
        FormaPagamento.BOLETO: boleto,
    }
    ditas = [(forma, valor) for forma, valor in formas.items() if valor is not None]
    if len(ditas) != 1:
        raise DadoInvalido("Diga um pagamento de cada vez, como --pix 230,90.", "valor")
    forma, valor = ditas[0]
    return RegistrarPagamento(ordem_id=ordem, forma=forma, valor=valor, outro_igual=outro_igual)


@comando(
    app,
    "ordem estornar 4",
    'ordem estornar 4 --motivo "era de outra ordem"',
    pergunta="Estornar o pagamento {pagamento}?",
    sem=DETALHES - {"pagamentos"},
)
def estornar(
    pagamento: Annotated[int, opcoes.numero("PAGAMENTO", "O número do pagamento, não o da ordem.")],
    motivo: Annotated[str | None, opcoes.texto("--motivo", "O porquê, que fica nas notas.")] = None,
) -> EstornarPagamento:
    return EstornarPagamento(pagamento_id=pagamento, motivo=motivo)


@comando(app, "ordem entregar 7 --km 45.210", sem=DETALHES)
def entregar(ordem: opcoes.Ordem, km: Km = None) -> EntregarOrdem:
    return EntregarOrdem(ordem_id=ordem, km=km)


@comando(
    app,
    'ordem cancelar 7 --motivo "o cliente desistiu"',
    pergunta="Cancelar a ordem {ordem}?",
    sem=DETALHES,
)
def cancelar(ordem: opcoes.Ordem, motivo: opcoes.Motivo) -> CancelarOrdem:
    return CancelarOrdem(ordem_id=ordem, motivo=motivo)


@comando(app, "ordem pdf 7", "ordem pdf 7 --via entrada", "ordem pdf 7 - | lp")
def pdf(
    atendimento: Atendimento,
    ordem: opcoes.Ordem,
    arquivo: opcoes.Pdf = None,
    *,
    via: DaVia = Via.ORDEM,
    sobrescrever: opcoes.Sobrescrever = False,
) -> PdfGravado | None:
    """Faz o PDF da ordem, em A4: o que se autorizou, o que se pagou e o que falta.

    No alto vai o nome da loja; para o trocar: oficina loja editar.
    """
    padrao = Path(f"{via.lower()}-{ordem}.pdf")
    destino = impressao.escolher(arquivo or padrao, sobrescrever=sobrescrever)
    ficha = atendimento.executar(ImprimirOrdem(ordem_id=ordem))
    return impressao.gravar(impressao.da_via(via, ficha), destino, sobrescrever=sobrescrever)


@comando(app, "ordem imprimir 7 | lp", "ordem imprimir 7 --via entrada > /dev/usb/lp0")
def imprimir(
    atendimento: Atendimento, ordem: opcoes.Ordem, *, via: DaVia = Via.ORDEM
) -> FichaImpressao | None:
    """Escreve a ordem em 48 colunas, para a impressora do balcão."""
    ficha = atendimento.executar(ImprimirOrdem(ordem_id=ordem))
    return impressao.escrever(impressao.da_via(via, ficha), ficha, atendimento.formato)
