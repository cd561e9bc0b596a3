"""O dia da oficina, do jeito que se digita."""

from oficina_core.casos.portas import Oficina
from tests.cenario import CPF_ANA, CPF_ZE, PLACA, catalogo, peca
from tests.cli.conftest import Pedir, Rodar

CHEGADA = (
    *("ordem", "abrir", "--placa", "abc-1d23", "--marca", "Fiat", "--modelo", "Uno"),
    *("--nome", "Ana Souza", "--documento", CPF_ANA, "--km", "45.200"),
)


def test_da_chegada_a_entrega(oficina: Oficina, pedir: Pedir, rodar: Rodar) -> None:
    catalogo(oficina)
    pedir("funcionario", "criar", "--cpf", CPF_ZE, "--nome", "Zé", "--papel", "mecanico")
    ordem = pedir(*CHEGADA, "--kit", "TROCA-OLEO")
    numero, orcamento = str(ordem["id"]), str(ordem["orcamentos"][0]["id"])
    assert ordem["queixa"] == "Troca de óleo 1.0"
    pedir("os", "diagnosticar", numero, "--mecanico", CPF_ZE)
    pedir("os", "anotar", numero, "guardar as peças velhas")
    pedir("orcamento", "enviar", orcamento)
    itens = {item["descricao"]: item["id"] for item in ordem["orcamentos"][0]["itens"]}
    servico, oleo, filtro = itens["Troca de óleo"], itens["Oleo-5w30"], itens["Filtro"]
    ordem = pedir(
        *("orcamento", "aprovar", orcamento, "--linhas", f"{servico},{oleo}"),
        *("--meio", "whatsapp", "--por", "Ana", "--motivo", "traz o filtro"),
    )
    assert (ordem["status"], ordem["total"]) == ("EM_EXECUCAO", "214.65")
    motivos = {item["id"]: item["motivo"] for item in ordem["orcamentos"][0]["itens"]}
    assert motivos == {servico: None, oleo: None, filtro: "traz o filtro"}
    ordem = pedir("os", "finalizar", numero, "--usada", f"{oleo}:3")
    assert ordem["total"] == "194.70"
    ordem = pedir("os", "pagar", numero, "--pix", "94,70")
    assert ordem["saldo"] == "100.00"
    entrega = rodar("os", "entregar", numero, "--km", "45.210")
    assert entrega.exit_code == 0
    assert "Aviso: Falta receber R$ 100,00." in entrega.stderr
    pedir("os", "pagar", numero, "--credito", "100,00")
    assert pedir("os", "fila") == []
    assert pedir("os", "fila", "--status", "entregue")[0]["id"] == int(numero)
    acoes = [linha["acao"] for linha in pedir("os", "historico", numero)]
    assert acoes[0] == "AbrirOrdem"
    assert acoes[-1] == "RegistrarPagamento"


def test_placa_nova_pede_os_dados_do_carro(rodar: Rodar) -> None:
    resposta = rodar("ordem", "abrir", "--placa", PLACA, "--queixa", "não pega")
    assert resposta.exit_code == 3
    assert "--marca" in resposta.stderr


def test_o_que_falta_se_diz_pela_opcao(rodar: Rodar) -> None:
    carro = ("ordem", "abrir", "--placa", PLACA, "--queixa", "não pega")
    assert "diga também --modelo" in rodar(*carro, "--marca", "Fiat").stderr
    assert "diga também --nome" in rodar(*carro, "--telefone", "11987654321").stderr
    assert "--queixa" in rodar("ordem", "abrir", "--placa", PLACA).stderr
    assert "--ninguem" in rodar("ordem", "atribuir", "1").stderr


def test_pagamento_se_diz_de_um_jeito_so(rodar: Rodar) -> None:
    for formas in (
        [],
        ["--pix", "1,00", "--dinheiro", "1,00"],
        ["--credito", "1,00", "--debito", "1,00", "--boleto", "1,00"],
    ):
        resposta = rodar("ordem", "pagar", "1", *formas)
        assert resposta.exit_code == 2
        assert "um pagamento de cada vez" in resposta.stderr


def test_estorno_devolve_o_pagamento(oficina: Oficina, pedir: Pedir) -> None:
    catalogo(oficina)
    ordem = pedir(*CHEGADA, "--queixa", "revisão")
    pago = pedir("ordem", "pagar", str(ordem["id"]), "--dinheiro", "50,00")
    devolvido = pedir("ordem", "estornar", str(pago["pagamentos"][0]["id"]), "--sim")
    assert devolvido["pago"] == "0.00"


def test_ordem_fica_sem_dono(oficina: Oficina, pedir: Pedir) -> None:
    pedir("funcionario", "criar", "--cpf", CPF_ZE, "--nome", "Zé", "--papel", "mecanico")
    numero = str(pedir(*CHEGADA, "--queixa", "revisão")["id"])
    (ze,) = pedir("ordem", "mecanicos", numero)
    assert pedir("ordem", "atribuir", numero, "--mecanico", f"id:{ze['id']}")["mecanico"] == "Zé"
    assert pedir("ordem", "atribuir", numero, "--ninguem")["mecanico"] is None


def test_a_peca_que_nao_veio_se_diz_que_nao_se_usou(
    oficina: Oficina, pedir: Pedir, rodar: Rodar
) -> None:
    catalogo(oficina)
    peca(oficina, "RADIADOR", "500.00")
    ordem = pedir(*CHEGADA, "--queixa", "ferve", "--servico", "PAST", "--peca", "RADIADOR")
    orcamento = ordem["orcamentos"][0]
    pedir("orcamento", "aprovar", str(orcamento["id"]), "--permitir-falta")
    recusa = rodar("os", "finalizar", str(ordem["id"]))
    assert "diga que se usou menos" in recusa.stderr
    radiador = next(item["id"] for item in orcamento["itens"] if item["peca_id"])
    pronta = pedir("os", "finalizar", str(ordem["id"]), "--usada", f"{radiador}:0")
    assert (pronta["status"], pronta["total"]) == ("FINALIZADA", "150.00")
