"""Os códigos que viajam e se gravam: mudar um deles quebra bancos e clientes que já existem."""

import pytest

from oficina_core.dominio import erros
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.cliente import TipoCliente
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.estoque import CausaMovimento
from oficina_core.dominio.orcamento import Meio, StatusItem, StatusOrcamento, TipoItem
from oficina_core.dominio.ordem import ENCERRADAS, FILA, StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from oficina_core.dominio.valores import Opcao

CODIGOS: dict[type[Opcao], str] = {
    Papel: "ATENDENTE MECANICO GERENTE",
    TipoCliente: "PF PJ",
    Unidade: "un l kg m",
    CausaMovimento: "ENTRADA SAIDA_OS AJUSTE ESTORNO",
    TipoItem: "SERVICO PECA",
    StatusItem: "PENDENTE APROVADO RECUSADO",
    StatusOrcamento: (
        "RASCUNHO AGUARDANDO_APROVACAO APROVADO RECUSADO CANCELADO SUBSTITUIDO EXPIRADO"
    ),
    StatusOrdem: (
        "RECEBIDA EM_DIAGNOSTICO AGUARDANDO_APROVACAO EM_EXECUCAO FINALIZADA ENTREGUE CANCELADA"
    ),
    Meio: "BALCAO TELEFONE WHATSAPP EMAIL LINK ACESSO",
    FormaPagamento: "DINHEIRO PIX CARTAO_CREDITO CARTAO_DEBITO BOLETO",
}


@pytest.mark.parametrize(("opcao", "codigos"), CODIGOS.items(), ids=lambda x: str(x)[:12])
def test_codigos_nao_mudam(opcao: type[Opcao], codigos: str) -> None:
    assert [membro.value for membro in opcao] == codigos.split()


@pytest.mark.parametrize("opcao", CODIGOS, ids=lambda opcao: opcao.__name__)
def test_cada_opcao_tem_um_rotulo_so_seu(opcao: type[Opcao]) -> None:
    rotulos = {membro.rotulo for membro in opcao}
    assert len(rotulos) == len(opcao)
    assert all(rotulos)


def test_fila_comeca_pelo_que_se_executa_e_deixa_de_fora_o_que_acabou() -> None:
    assert [status.value for status in FILA] == [
        "EM_EXECUCAO",
        "AGUARDANDO_APROVACAO",
        "EM_DIAGNOSTICO",
        "RECEBIDA",
    ]
    assert set(FILA) | set(ENCERRADAS) == set(StatusOrdem)


@pytest.mark.parametrize(
    ("erro", "pai", "codigo"),
    [
        (erros.DadoInvalido, erros.ErroOficina, "dado_invalido"),
        (erros.NaoEncontrado, erros.ErroOficina, "nao_encontrado"),
        (erros.NaoIdentificado, erros.ErroOficina, "nao_identificado"),
        (erros.AcessoNegado, erros.ErroOficina, "acesso_negado"),
        (erros.Conflito, erros.ErroOficina, "conflito"),
        (erros.VersaoAntiga, erros.Conflito, "versao_antiga"),
        (erros.RegraViolada, erros.ErroOficina, "regra_violada"),
        (erros.Indisponivel, erros.ErroOficina, "indisponivel"),
    ],
)
def test_erro_viaja_pelo_codigo_e_se_acha_pelo_pai(
    erro: type[erros.ErroOficina], pai: type[erros.ErroOficina], codigo: str
) -> None:
    assert erro.codigo == codigo
    assert erro.__base__ is pai or pai in erro.__bases__


def test_erro_guarda_a_mensagem_o_campo_e_os_detalhes() -> None:
    erro = erros.DadoInvalido("Há linhas erradas.", "linhas", detalhes=("linha 2: sem nome",))
    assert (str(erro), erro.campo) == ("Há linhas erradas.", "linhas")
    assert erro.detalhes == ("linha 2: sem nome",)
    assert erros.Conflito("Já existe.").detalhes == ()
