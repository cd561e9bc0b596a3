"""Comandos do orçamento."""

from pathlib import Path
from typing import Annotated

from typer import Option

from oficina_cli import impressao, leitura, opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo
from oficina_cli.comandos.linhas import mudar
from oficina_cli.comandos.ordens import DETALHES
from oficina_cli.convite import mostrar_link
from oficina_cli.impressao import PdfGravado
from oficina_core.casos.campos import Referencia
from oficina_core.casos.impressoes import FichaImpressao, ImprimirOrcamento
from oficina_core.casos.links import CriarLink
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EditarOrcamento,
    EnviarOrcamento,
    ListarOrcamentos,
    RevisarOrcamento,
    VerOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens_encerramento import PecaUsada
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.orcamento import Meio, StatusOrcamento

app = grupo("Orçamentos: o que se propõe, e o que o cliente responde.")

Placa = Annotated[
    Referencia | None, opcoes.nome("--placa", "PLACA", "O veículo, no balcão; ou id:NÚMERO.")
]
DaOrdem = Annotated[
    int | None,
    Option("--ordem", parser=leitura.numero, metavar="NÚMERO", help="A ordem de serviço."),
]
Descricao = Annotated[
    str | None, opcoes.texto("--descricao", "Em poucas palavras; sem dizer, são os itens.")
]
Tirar = Annotated[
    list[int] | None,
    Option("--tirar", parser=leitura.numero, metavar="LINHA", help="Linha que sai; pode repetir."),
]
Quantidades = Annotated[
    list[PecaUsada] | None,
    Option(
        "--quantidade",
        parser=leitura.da_linha,
        metavar="LINHA:QTD",
        help="Quantidade nova de uma linha; pode repetir.",
    ),
]
Linhas = Annotated[
    tuple[int, ...] | None,
    Option(
        "--linhas",
        parser=leitura.linhas,
        metavar="LINHAS",
        help="Só estas, como 31,33-35; as outras ficam recusadas.",
    ),
]
PorQueNao = Annotated[
    str | None, opcoes.texto("--motivo", "Por que as outras linhas ficaram de fora.")
]
PermitirFalta = Annotated[
    bool, Option("--permitir-falta", help="Aprova mesmo sem a peça, que fica esperada.")
]


@comando(
    app,
    "orcamento criar --placa ABC1D23 --servico OLEO --peca FILTRO-OLEO:1 --enviar",
    'orcamento criar --ordem 7 --kit TROCA-OLEO --desconto 5% --descricao "Revisão"',
)
def criar(
    *,
    placa: Placa = None,
    ordem: DaOrdem = None,
    servico: opcoes.Servicos = None,
    peca: opcoes.Pecas = None,
    kit: opcoes.Kits = None,
    descricao: Descricao = None,
    desconto: opcoes.Desconto = None,
    valor_final: opcoes.ValorFinal = None,
    validade: opcoes.Validade = None,
    enviar: opcoes.Enviar = False,
) -> CriarOrcamento:
    if (placa is None) is (ordem is None):
        raise DadoInvalido("Diga --placa ou --ordem, um dos dois.", "veiculo_id")
    if not (servico or peca or kit):
        raise DadoInvalido("Inclua ao menos um --servico, --peca ou --kit.", "servicos")
    return CriarOrcamento(
        veiculo_id=placa,
        ordem_id=ordem,
        servicos=tuple(servico or ()),
        pecas=tuple(peca or ()),
        kits=tuple(kit or ()),
        descricao=descricao,
        valor_final=valor_final,
        **(desconto or {}),
        validade=validade,
        enviar=enviar,
    )


@comando(
    app,
    "orcamento editar 12 --peca FILTRO-AR --tirar 31",
    "orcamento editar 12 --quantidade 32:4 --valor-final 350,00",
)
def editar(
    atendimento: Atendimento,
    orcamento: opcoes.Orcamento,
    *,
    servico: opcoes.Servicos = None,
    peca: opcoes.Pecas = None,
    kit: opcoes.Kits = None,
    tirar: Tirar = None,
    quantidade: Quantidades = None,
    descricao: Descricao = None,
    desconto: opcoes.Desconto = None,
    valor_final: opcoes.ValorFinal = None,
    validade: opcoes.Validade = None,
) -> EditarOrcamento:
    atual = atendimento.executar(VerOrcamento(orcamento_id=orcamento))
    servicos, pecas = mudar(
        atual.itens,
        tirar or [],
        {linha.linha: linha.quantidade for linha in quantidade or ()},
        sem_desconto=desconto is not None or valor_final is not None,
    )
    return EditarOrcamento(
        orcamento_id=orcamento,
        versao=atual.versao,
        servicos=(*servicos, *(servico or ())),
        pecas=(*pecas, *(peca or ())),
        kits=tuple(kit or ()),
        descricao=descricao or atual.descricao,
        valor_final=valor_final,
        **(desconto or {}),
        validade=validade or atual.validade,
    )


@comando(app, "orcamento ver 12")
def ver(orcamento: opcoes.Orcamento) -> VerOrcamento:
    return VerOrcamento(orcamento_id=orcamento)


@comando(app, "orcamento listar", "orcamento listar --status aguardando-aprovacao -o csv")
def listar(
    *,
    status: Annotated[
        StatusOrcamento | None, opcoes.escolha(StatusOrcamento, "--status", "Só neste status")
    ] = None,
    placa: Annotated[
        Referencia | None, opcoes.nome("--placa", "PLACA", "Só deste veículo.")
    ] = None,
    ordem: DaOrdem = None,
    todas_lojas: opcoes.TodasLojas = False,
) -> ListarOrcamentos:
    return ListarOrcamentos(
        status=status, veiculo_id=placa, ordem_id=ordem, todas_lojas=todas_lojas
    )


@comando(app, "orcamento enviar 12")
def enviar(orcamento: opcoes.Orcamento) -> EnviarOrcamento:
    return EnviarOrcamento(orcamento_id=orcamento)


@comando(app, "orcamento link 12", sem={"segredo"}, como=mostrar_link)
def link(atendimento: Atendimento, orcamento: opcoes.Orcamento) -> CriarLink:
    atendimento.conexao.url_publica()
    return CriarLink(orcamento_id=orcamento)


@comando(app, "orcamento pdf 12", "orcamento pdf 12 cliente.pdf --sobrescrever")
def pdf(
    atendimento: Atendimento,
    orcamento: opcoes.Orcamento,
    arquivo: opcoes.Pdf = None,
    *,
    sobrescrever: opcoes.Sobrescrever = False,
) -> PdfGravado | None:
    """Faz o PDF do orçamento, em A4, para entregar ou mandar ao cliente.

    No alto vai o nome da loja; para o trocar: oficina loja editar.
    """
    from oficina_core.documentos.composicao import do_orcamento

    padrao = Path(f"orcamento-{orcamento}.pdf")
    destino = impressao.escolher(arquivo or padrao, sobrescrever=sobrescrever)
    ficha = atendimento.executar(ImprimirOrcamento(orcamento_id=orcamento))
    return impressao.gravar(do_orcamento(ficha), destino, sobrescrever=sobrescrever)


@comando(app, "orcamento imprimir 12 | lp", "orcamento imprimir 12 > /dev/usb/lp0")
def imprimir(atendimento: Atendimento, orcamento: opcoes.Orcamento) -> FichaImpressao | None:
    """Escreve o orçamento em 48 colunas, para a impressora do balcão."""
    from oficina_core.documentos.composicao import do_orcamento

    ficha = atendimento.executar(ImprimirOrcamento(orcamento_id=orcamento))
    return impressao.escrever(do_orcamento(ficha), ficha, atendimento.formato)


@comando(
    app,
    "orcamento aprovar 12 --meio whatsapp",
    'orcamento aprovar 12 --linhas 31-33 --por "Ana, esposa" --motivo "achou caro"',
    sem=DETALHES,
)
def aprovar(
    orcamento: opcoes.Orcamento,
    *,
    linhas: Linhas = None,
    meio: opcoes.MeioDito = Meio.BALCAO,
    por: opcoes.Por = None,
    motivo: PorQueNao = None,
    permitir_falta: PermitirFalta = False,
) -> AprovarOrcamento:
    return AprovarOrcamento(
        orcamento_id=orcamento,
        linhas=linhas,
        meio=meio,
        por=por,
        motivo=motivo,
        permitir_falta=permitir_falta,
    )


@comando(app, 'orcamento recusar 12 --motivo "vai pensar" --meio telefone', sem={"itens"})
def recusar(
    orcamento: opcoes.Orcamento,
    *,
    motivo: opcoes.Motivo,
    meio: opcoes.MeioDito = Meio.BALCAO,
    por: opcoes.Por = None,
    cancelar_ordem: Annotated[
        bool, Option("--cancelar-ordem", help="Cancela também a ordem de serviço.")
    ] = False,
) -> RecusarOrcamento:
    return RecusarOrcamento(
        orcamento_id=orcamento, motivo=motivo, meio=meio, por=por, cancelar_ordem=cancelar_ordem
    )


@comando(app, "orcamento revisar 12", "orcamento revisar 12 --enviar")
def revisar(orcamento: opcoes.Orcamento, *, enviar: opcoes.Enviar = False) -> RevisarOrcamento:
    return RevisarOrcamento(orcamento_id=orcamento, enviar=enviar)


@comando(
    app,
    'orcamento cancelar 12 --motivo "feito por engano"',
    pergunta="Cancelar o orçamento {orcamento}?",
    sem={"itens"},
)
def cancelar(orcamento: opcoes.Orcamento, motivo: opcoes.Motivo) -> CancelarOrcamento:
    return CancelarOrcamento(orcamento_id=orcamento, motivo=motivo)
