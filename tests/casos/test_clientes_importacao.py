"""Clientes de uma planilha: o documento os conhece ou, sem ele, o nome e o telefone."""

from dataclasses import replace
from typing import Any

import pytest

from oficina_core.casos.clientes import (
    CriarCliente,
    DesativarCliente,
    FichaCliente,
    ListarClientes,
    VerCliente,
)
from oficina_core.casos.clientes_importacao import (
    ImportarClientes,
    LinhaClienteRevelado,
    LinhaImportadaCliente,
    RevelarClientes,
)
from oficina_core.casos.importacao import Importacao, Importar
from oficina_core.casos.mensagens import ListarMensagens
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.cliente import TipoCliente
from oficina_core.dominio.erros import Conflito, DadoInvalido
from tests.cenario import CPF_ANA, CPF_BIA, CPF_ZE

FIXO, CELULAR = "(11) 3456-7890", "(11) 98765-4321"


def linha(numero: int, nome: str, documento: str | None = None, **campos: Any) -> Any:
    return LinhaImportadaCliente(linha=numero, nome=nome, documento=documento, **campos)


def importar(oficina: Oficina, *linhas: LinhaImportadaCliente, **como: bool) -> Importacao:
    return oficina.executar(ImportarClientes(linhas=linhas, **como))


def todos(oficina: Oficina) -> list[LinhaClienteRevelado]:
    return list(oficina.executar(RevelarClientes(limite=100)).itens)


def ver(oficina: Oficina, nome: str) -> FichaCliente:
    (achado,) = oficina.executar(ListarClientes(busca=nome)).itens
    return oficina.executar(VerCliente(cliente_id=achado.id))


ANA = linha(2, "Ana Souza", CPF_ANA, telefone=CELULAR, email="ana@exemplo.com.br")
SEM_DOCUMENTO = linha(3, "Zé da Borracharia", telefone=FIXO)


def test_clientes_novos_entram_com_e_sem_documento(oficina: Oficina) -> None:
    firma = linha(4, "Transportes Rápidos", "11.222.333/0001-81")
    assert importar(oficina, ANA, SEM_DOCUMENTO, firma).novos == 3
    assert [(x.nome, x.documento, x.telefone, x.email) for x in todos(oficina)] == [
        ("Ana Souza", "52998224725", "+5511987654321", "ana@exemplo.com.br"),
        ("Transportes Rápidos", "11222333000181", None, None),
        ("Zé da Borracharia", None, "+551134567890", None),
    ]
    assert ver(oficina, "Transportes").tipo is TipoCliente.PJ


def test_a_mesma_planilha_de_novo_nao_muda_nada(oficina: Oficina) -> None:
    importar(oficina, ANA, SEM_DOCUMENTO)
    antes = todos(oficina)
    for atualizar in (False, True):
        assert importar(oficina, ANA, SEM_DOCUMENTO, atualizar=atualizar).iguais == 2
    assert todos(oficina) == antes


def test_o_que_a_planilha_nao_diz_fica_como_esta(oficina: Oficina) -> None:
    importar(oficina, ANA)
    assert importar(oficina, linha(2, "Ana Souza", CPF_ANA)).iguais == 1
    casada = linha(2, "Ana Souza Lima", CPF_ANA)
    assert importar(oficina, casada, atualizar=True).atualizados == 1
    ficha = ver(oficina, "Ana Souza Lima")
    assert (ficha.telefone, ficha.email) == ("+5511987654321", "ana@exemplo.com.br")


def test_quem_nao_tem_documento_se_conhece_pelo_nome_como_quer_que_se_escreva(
    oficina: Oficina,
) -> None:
    importar(oficina, SEM_DOCUMENTO)
    gritado = replace(SEM_DOCUMENTO, nome=SEM_DOCUMENTO.nome.upper().replace("É", "E"))
    with pytest.raises(Conflito, match="1 linha difere"):
        importar(oficina, gritado)
    assert importar(oficina, gritado, atualizar=True).atualizados == 1
    assert [cliente.nome for cliente in todos(oficina)] == ["ZE DA BORRACHARIA"]
    with pytest.raises(DadoInvalido, match="repete"):
        importar(oficina, SEM_DOCUMENTO, replace(gritado, linha=9))


def test_cliente_diferente_se_recusa_e_o_contato_nao_se_diz_inteiro(oficina: Oficina) -> None:
    importar(oficina, ANA)
    outra = replace(ANA, nome="Ana Lima", telefone=FIXO, email="outra@exemplo.com.br")
    with pytest.raises(Conflito, match="1 linha difere") as recusa:
        importar(oficina, SEM_DOCUMENTO, outra)
    assert recusa.value.comando == "--atualizar"
    (detalhe,) = recusa.value.detalhes
    assert detalhe == (
        "linha 2: o documento ***.982.247-**: nome Ana Souza → Ana Lima, "
        "telefone (**) *****-4321 → (**) *****-7890, "
        "e-mail a***@exemplo.com.br → o***@exemplo.com.br"
    )
    assert [cliente.nome for cliente in todos(oficina)] == ["Ana Souza"]


def test_atualizar_o_contato_avisa_o_antigo_como_quem_edita(oficina: Oficina) -> None:
    importar(oficina, ANA, SEM_DOCUMENTO)
    assert importar(oficina, replace(ANA, telefone=FIXO), atualizar=True).atualizados == 1
    ficha = ver(oficina, "Ana")
    assert (ficha.telefone, ficha.email) == ("+551134567890", "ana@exemplo.com.br")
    assert len(oficina.executar(ListarMensagens()).itens) == 1


def test_sem_documento_o_cliente_e_o_do_nome_e_telefone(oficina: Oficina) -> None:
    """Um homônimo de outro telefone é outro; o que tem documento ainda é quem atende por eles."""
    importar(oficina, ANA, SEM_DOCUMENTO)
    assert importar(oficina, linha(2, "Zé da Borracharia", telefone=CELULAR)).novos == 1
    assert importar(oficina, linha(2, "Ana Souza", telefone=CELULAR)).iguais == 1
    assert importar(oficina, linha(2, "Ana Sousa", telefone=CELULAR)).novos == 1


def test_de_dois_com_o_mesmo_nome_e_telefone_vale_o_ativo_e_sem_documento(
    oficina: Oficina,
) -> None:
    dados = {"nome": "Zé da Borracharia", "telefone": FIXO}
    oficina.executar(CriarCliente(**dados, documento=CPF_ZE))
    desativado = oficina.executar(CriarCliente(**dados))
    oficina.executar(DesativarCliente(cliente_id=desativado.id))
    ativo = oficina.executar(CriarCliente(**dados))
    com_email = replace(SEM_DOCUMENTO, email="ze@exemplo.com.br")
    assert importar(oficina, com_email, atualizar=True).atualizados == 1
    ficha = oficina.executar(VerCliente(cliente_id=ativo.id))
    assert ficha.email == "ze@exemplo.com.br"


def test_cliente_desativado_se_recusa_e_diz_o_que_fazer(oficina: Oficina) -> None:
    importar(oficina, ANA)
    oficina.executar(DesativarCliente(cliente_id=ver(oficina, "Ana").id))
    with pytest.raises(Conflito, match="1 linha é de registro desativado") as recusa:
        importar(oficina, ANA, SEM_DOCUMENTO)
    assert recusa.value.detalhes == (
        "linha 2: o documento ***.982.247-** está desativado; reative-o antes",
    )
    assert todos(oficina) == []


def test_linha_repetida_diz_as_duas(oficina: Oficina) -> None:
    outro_ze = replace(SEM_DOCUMENTO, linha=9)
    with pytest.raises(DadoInvalido, match="2 linhas repetem") as recusa:
        importar(oficina, ANA, SEM_DOCUMENTO, replace(ANA, linha=8), outro_ze)
    assert recusa.value.detalhes == (
        "linha 8: o documento ***.982.247-** já está na linha 2",
        "linha 9: Zé da Borracharia, (**) *****-7890, já está na linha 3",
    )


def test_linha_sem_documento_nem_telefone_se_recusa_ja_na_leitura() -> None:
    with pytest.raises(DadoInvalido, match="Sem CPF ou CNPJ, informe ao menos o telefone"):
        linha(2, "Zé")


def test_parcial_traz_os_que_servem(oficina: Oficina) -> None:
    importar(oficina, ANA)
    resumo = importar(oficina, replace(ANA, telefone=FIXO), SEM_DOCUMENTO, parcial=True)
    assert (resumo.novos, [x.linha for x in resumo.recusadas]) == (1, [2])


def test_planilha_maior_que_um_lote_acha_o_numero_de_cada_um(oficina: Oficina) -> None:
    linhas = [
        linha(n, f"Cliente {n:04}", telefone=f"(11) 9{n % 7:04}-{n:04}") for n in range(1, 1_203)
    ]
    assert importar(oficina, ANA, *linhas).novos == 1_203
    for n in (1, 700, 1_202):
        assert ver(oficina, f"Cliente {n:04}").telefone == f"+55119{n % 7:04}{n:04}"
    assert importar(oficina, ANA, *linhas).iguais == 1_203


def test_o_evento_da_importacao_nao_guarda_dado_pessoal_inteiro(oficina: Oficina) -> None:
    outra = linha(5, "Bia", CPF_BIA, telefone=CELULAR)
    efeitos = oficina.simular(ImportarClientes(linhas=(ANA, outra))).efeitos
    assert len(efeitos) == 2
    texto = " ".join(efeito.diferenca for efeito in efeitos)
    assert not {"52998224725", "12345678909", "987654321", "ana@"} & set(texto.split('"'))
    assert "87654321" not in texto


def test_toda_importacao_recusa_planilha_vazia(oficina: Oficina) -> None:
    with pytest.raises(DadoInvalido, match="nenhuma linha"):
        importar(oficina)
    assert issubclass(ImportarClientes, Importar)
