"""Os cadastros: achar, criar, editar sem desfazer o que outro fez, desativar sabendo o efeito."""

from dataclasses import replace
from decimal import Decimal

import pytest

from oficina_cli.tui.app import Balcao
from oficina_cli.tui.cadastro import Cadastro
from oficina_cli.tui.cadastros import FICHARIOS, TelaCadastros
from oficina_cli.tui.kits import ler_itens, mostrar_itens
from oficina_cli.tui.veiculos import ler_dono
from oficina_cli.tui.widgets.conflito import Conflito
from oficina_cli.tui.widgets.dialogo import Confirmar
from oficina_cli.tui.widgets.moldura import Rodape
from oficina_core.casos.clientes import (
    DesativarCliente,
    EditarCliente,
    ListarClientes,
    VerCliente,
)
from oficina_core.casos.funcionarios import ListarFuncionarios
from oficina_core.casos.kits import ItemPedido, ListarKits, VerKit
from oficina_core.casos.pecas import ListarPecas
from oficina_core.casos.portas import Oficina
from oficina_core.casos.servicos import DesativarServico, ListarServicos, VerServico
from oficina_core.casos.veiculos import ListarVeiculos, VerVeiculo
from oficina_core.dominio.acesso import Papel
from tests import cenario
from tests.tui.conftest import Abrir, na_tela, teclar

pytestmark = pytest.mark.anyio


async def test_cada_numero_abre_a_sua_lista(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    cenario.funcionario(oficina, Papel.MECANICO)
    ditos = ("Ana Conceição", "ABC1D23", "OLEO-5W30", "PAST", "TROCA-OLEO", "Zé mecânico")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7")
        for n, dito in enumerate(ditos, 1):
            await teclar(piloto, str(n))
            assert dito in na_tela(piloto), FICHARIOS[n - 1].nome
        await teclar(piloto, "right")
        assert "Ana Conceição" in na_tela(piloto)
        await teclar(piloto, "left")
        assert "Zé mecânico" in na_tela(piloto)


async def test_a_lista_mostra_o_documento_mascarado(oficina: Oficina, abrir: Abrir) -> None:
    cenario.cliente(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7")
        assert "***.982.247-**" in na_tela(piloto)
        assert "529.982" not in na_tela(piloto)
        assert "98765" not in na_tela(piloto)


async def test_a_busca_acha_e_esc_limpa(oficina: Oficina, abrir: Abrir) -> None:
    cenario.cliente(oficina)
    cenario.cliente(oficina, "Beatriz", cenario.CPF_BIA)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "slash", "!conceicao", "enter")
        assert "Ana" in na_tela(piloto)
        assert "Beatriz" not in na_tela(piloto)
        await teclar(piloto, "escape")
        assert "Beatriz" in na_tela(piloto)
        await teclar(piloto, "slash", "!zzz", "enter")
        assert "Nada em clientes com “zzz”" in na_tela(piloto)


async def test_as_letras_nao_agem_dentro_da_busca(oficina: Oficina, abrir: Abrir) -> None:
    cenario.cliente(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "slash", "!xn1i")
        assert isinstance(piloto.app.screen, TelaCadastros)
        assert piloto.app.screen.campo.value == "xn1i"


async def test_cliente_novo(oficina: Oficina, abrir: Abrir) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7")
        assert "Ainda não há clientes" in na_tela(piloto)
        await teclar(piloto, "n", "!Ana", "enter", "enter", "!11987654321", "ctrl+s")
        assert isinstance(piloto.app.screen, TelaCadastros)
        assert "Gravado: Ana" in na_tela(piloto)
    (linha,) = oficina.executar(ListarClientes()).itens
    assert oficina.executar(VerCliente(cliente_id=linha.id)).telefone == "+5511987654321"


async def test_cpf_errado_diz_por_que_e_guarda_o_texto(oficina: Oficina, abrir: Abrir) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "n", "!Ana", "enter", "!12345678900", "ctrl+s")
        assert "Esse CPF não existe" in na_tela(piloto)
        assert "12345678900" in na_tela(piloto)
    assert not oficina.executar(ListarClientes()).itens


async def test_servico_novo_e_editado(oficina: Oficina, abrir: Abrir) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "4", "n", "!alinha", "enter", "!Alinhamento", "enter")
        await teclar(piloto, "!120,50", "enter", "!40", "enter")
        assert "120,50" in na_tela(piloto)
        await teclar(piloto, "enter", "tab", "tab", "home", "shift+end", "!130", "ctrl+s")
        assert "130,00" in na_tela(piloto)
    (linha,) = oficina.executar(ListarServicos()).itens
    servico = oficina.executar(VerServico(servico_id=linha.id))
    assert (servico.codigo, servico.preco, servico.tempo_estimado) == ("ALINHA", Decimal(130), 40)


async def test_peca_nova(oficina: Oficina, abrir: Abrir) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "3", "n", "!oleo-1", "enter", "!Óleo", "enter", "!39,90")
        await teclar(piloto, "enter", "l", "enter", "!2,5", "ctrl+s")
        assert "Gravado: Óleo" in na_tela(piloto)
    (peca,) = oficina.executar(ListarPecas()).itens
    assert (peca.codigo, peca.unidade.value, peca.minimo) == ("OLEO-1", "l", Decimal("2.5"))


async def test_kit_editado_guarda_as_quantidades(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "5", "enter")
        assert "FILTRO, 3,5*OLEO-5W30" in na_tela(piloto)
        await teclar(piloto, "tab", "tab", "tab", "end", "!, 2*pastilha", "ctrl+s")
        assert isinstance(piloto.app.screen, TelaCadastros), na_tela(piloto)
    (linha,) = oficina.executar(ListarKits()).itens
    itens = oficina.executar(VerKit(kit_id=linha.id)).itens
    quantas = {item.codigo: item.quantidade for item in itens}
    assert quantas["PASTILHA"] == Decimal(2)
    assert quantas["OLEO-5W30"] == Decimal("3.5")


async def test_veiculo_editado_mostra_o_dono_e_o_mantem(oficina: Oficina, abrir: Abrir) -> None:
    ana = cenario.cliente(oficina)
    carro = cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "2", "enter")
        assert f"Ana Conceição (cliente {ana.id})" in na_tela(piloto)
        await teclar(piloto, "tab", "tab", "tab", "tab", "!preto", "ctrl+s")
        assert isinstance(piloto.app.screen, TelaCadastros), na_tela(piloto)
    ficha = oficina.executar(VerVeiculo(veiculo_id=carro.id))
    assert (ficha.cor, ficha.ano, ficha.cliente_id) == ("preto", 2015, ana.id)


async def test_veiculo_novo_pelo_cpf_do_dono(oficina: Oficina, abrir: Abrir) -> None:
    cenario.cliente(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "2", "n", "!xyz9a87", "enter", "!Fiat", "enter", "!Uno")
        await teclar(piloto, "enter", "enter", "enter", "enter", f"!{cenario.CPF_ANA}", "enter")
        assert isinstance(piloto.app.screen, TelaCadastros), na_tela(piloto)
    (linha,) = oficina.executar(ListarVeiculos()).itens
    assert (linha.placa, linha.cliente) == ("XYZ9A87", "Ana Conceição")


async def test_funcionario_novo_e_a_senha_dele(oficina: Oficina, abrir: Abrir) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "6", "n", "!Bia", "enter", f"!{cenario.CPF_BIA}", "enter", "m")
        await teclar(piloto, "ctrl+s")
        assert "Gravado: Bia" in na_tela(piloto)
        await teclar(piloto, "slash", "!bia", "enter")
        assert "s senha" in na_tela(piloto)
        await teclar(piloto, "s", "!uma frase comprida", "enter", "!outra coisa", "enter")
        assert "As duas não são iguais" in na_tela(piloto)
        assert "uma frase" not in na_tela(piloto)
        await teclar(piloto, "home", "shift+end", "!uma frase comprida", "enter")
        assert "Gravado: Bia" in na_tela(piloto)
    (linha,) = oficina.executar(ListarFuncionarios(busca="Bia")).itens
    assert linha.papel is Papel.MECANICO


async def test_versao_velha_abre_a_escolha_e_fica_o_que_so_o_outro_mudou(
    oficina: Oficina, abrir: Abrir
) -> None:
    ana = cenario.cliente(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "enter", "end", "! Souza")
        oficina.executar(
            EditarCliente(
                cliente_id=ana.id,
                versao=ana.versao,
                nome=ana.nome,
                documento=ana.documento,
                telefone="(11) 3456-7890",
                email="ana@exemplo.com",
            )
        )
        await teclar(piloto, "ctrl+s")
        assert isinstance(piloto.app.screen, Conflito)
        await teclar(piloto, "ctrl+s")
    ficha = oficina.executar(VerCliente(cliente_id=ana.id))
    assert ficha.nome == "Ana Conceição Souza"
    assert ficha.telefone == "+551134567890"
    assert ficha.email == "ana@exemplo.com"


async def test_o_rascunho_de_antes_de_outro_gravar_pergunta_o_que_fica(
    oficina: Oficina, abrir: Abrir
) -> None:
    ana = cenario.cliente(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "enter", "end", "! Souza", "tab")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "enter")
        assert "Ana Conceição Souza" in na_tela(piloto)
    oficina.executar(
        EditarCliente(cliente_id=ana.id, versao=ana.versao, nome="Ana Lima", telefone=ana.telefone)
    )
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "enter")
        assert "Ana Conceição Souza" in na_tela(piloto)
        await teclar(piloto, "ctrl+s")
        assert "Outro gravou enquanto você editava" in na_tela(piloto)
        assert "Ana Lima" in na_tela(piloto)
        await teclar(piloto, "t", "ctrl+s")
    assert oficina.executar(VerCliente(cliente_id=ana.id)).nome == "Ana Lima"


async def test_recusado_depois_da_escolha_o_que_o_outro_gravou_fica(
    oficina: Oficina, abrir: Abrir
) -> None:
    ana = cenario.cliente(oficina)
    cenario.cliente(oficina, "Bia", cenario.CPF_BIA)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "enter", "tab", "home", "ctrl+k", f"!{cenario.CPF_BIA}")
        oficina.executar(
            EditarCliente(
                cliente_id=ana.id,
                versao=ana.versao,
                nome=ana.nome,
                documento=ana.documento,
                telefone="(11) 3456-7890",
            )
        )
        await teclar(piloto, "ctrl+s")
        await teclar(piloto, "ctrl+s")
        assert isinstance(piloto.app.screen, Cadastro)
        assert "(11) 3456-7890" in na_tela(piloto)
        await teclar(piloto, "home", "ctrl+k", f"!{cenario.CPF_ANA}", "ctrl+s")
        assert isinstance(piloto.app.screen, TelaCadastros), na_tela(piloto)
    ficha = oficina.executar(VerCliente(cliente_id=ana.id))
    assert (ficha.documento, ficha.telefone) == (ana.documento, "+551134567890")


async def test_esc_com_algo_digitado_pergunta_antes(oficina: Oficina, abrir: Abrir) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "n", "!Ana", "escape")
        assert isinstance(piloto.app.screen, Cadastro)
        assert "esc de novo descarta" in na_tela(piloto)
        await teclar(piloto, "escape")
        assert isinstance(piloto.app.screen, TelaCadastros)


async def test_desativar_diz_o_efeito_e_o_botao_seguro_vem_primeiro(
    oficina: Oficina, abrir: Abrir
) -> None:
    ana = cenario.cliente(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7")
        await teclar(piloto, "x")
        assert isinstance(piloto.app.screen, Confirmar)
        assert "não abre ordem nova" in na_tela(piloto)
        await teclar(piloto, "enter")
        assert oficina.executar(VerCliente(cliente_id=ana.id)).ativo
        await teclar(piloto, "x")
        await piloto.press("tab")
        await teclar(piloto, "enter")
        assert not oficina.executar(VerCliente(cliente_id=ana.id)).ativo
        assert "Ainda não há clientes" in na_tela(piloto)
        await teclar(piloto, "i")
        assert "desativado · Ana" in na_tela(piloto)
        assert "desativados: 1" in na_tela(piloto)
        await teclar(piloto, "x")
        await piloto.press("tab")
        await teclar(piloto, "enter")
        assert "Nada desativado em clientes" in na_tela(piloto)
        await teclar(piloto, "i")
        assert "Ana Conceição" in na_tela(piloto)
    assert oficina.executar(VerCliente(cliente_id=ana.id)).ativo


async def test_o_que_existe_desativado_se_reativa_e_se_escolhe_o_que_fica(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    servico = next(s for s in oficina.executar(ListarServicos()).itens if s.codigo == "OLEO")
    oficina.executar(DesativarServico(servico_id=servico.id))
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "4", "n", "!oleo", "enter", "!Óleo e filtro", "enter", "!90")
        await teclar(piloto, "ctrl+s")
        assert "Reativar Troca de óleo?" in na_tela(piloto)
        await teclar(piloto, "tab", "enter")
        assert "● Troca de óleo" in na_tela(piloto), "o que lá estava só se troca se alguém quiser"
        await teclar(piloto, "s", "ctrl+s")
        assert isinstance(piloto.app.screen, TelaCadastros), na_tela(piloto)
        await teclar(piloto, "n")
        assert "Óleo e filtro" not in na_tela(piloto)
    ficha = oficina.executar(VerServico(servico_id=servico.id))
    assert (ficha.ativo, ficha.nome, ficha.preco) == (True, "Óleo e filtro", Decimal(90))


async def test_o_que_se_edita_nao_toma_o_lugar_do_desativado(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.cliente(oficina)
    bia = cenario.cliente(oficina, "Bia", cenario.CPF_BIA)
    oficina.executar(DesativarCliente(cliente_id=bia.id))
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "enter", "tab", "home", "ctrl+k", f"!{cenario.CPF_BIA}")
        await teclar(piloto, "ctrl+s")
        assert isinstance(piloto.app.screen, Cadastro)
        assert "desativado" in na_tela(piloto)
    ficha = oficina.executar(VerCliente(cliente_id=bia.id))
    assert (ficha.ativo, ficha.nome) == (False, "Bia")


async def test_o_que_ja_existe_ativo_so_se_recusa(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "4", "n", "!oleo", "enter", "!Outro", "enter", "!90", "ctrl+s")
        assert "Já existe" in na_tela(piloto)
        assert "Outro" in na_tela(piloto)


async def test_nome_hostil_e_texto(oficina: Oficina, abrir: Abrir) -> None:
    nome = "[b]Ana[/b] [@click=app.quit]x[/]"
    cenario.cliente(oficina, nome)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7")
        assert nome in na_tela(piloto)
        await teclar(piloto, "enter")
        assert nome in na_tela(piloto)
        await teclar(piloto, "escape")
        await teclar(piloto, "x")
        assert nome in na_tela(piloto)
        await teclar(piloto, "escape")


@pytest.mark.parametrize("tamanho", [(80, 24), (120, 40)])
async def test_o_rodape_cabe_e_nada_transborda(
    oficina: Oficina, abrir: Abrir, tamanho: tuple[int, int]
) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina, "Ana " + "Conceição " * 9)
    cenario.funcionario(oficina, Papel.GERENTE)
    oficina.executar(
        DesativarCliente(cliente_id=cenario.cliente(oficina, "Bia", cenario.CPF_BIA).id)
    )
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, "f7", "i")
        for n in "123456":
            await teclar(piloto, n)
            tela = piloto.app.screen
            assert isinstance(tela, TelaCadastros)
            rodape = tela.query_one(Rodape)
            assert len(rodape.pares()) <= 4
            assert rodape._largura(rodape.pares()) <= tamanho[0] - 4
            assert max(map(len, na_tela(piloto).splitlines())) <= tamanho[0]
            assert tela.comando().startswith("oficina ")


async def test_quem_nao_pode_sabe_antes_de_digitar(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    async with abrir(oficina) as piloto:
        balcao = piloto.app
        assert isinstance(balcao, Balcao)
        assert balcao.perfil
        balcao.perfil = replace(balcao.perfil, papel=Papel.MECANICO)
        await teclar(piloto, "f7", "3", "enter")
        assert isinstance(piloto.app.screen, TelaCadastros)
        assert "O papel mecânico não pode" in na_tela(piloto)


def test_os_itens_de_um_kit_vao_e_voltam() -> None:
    itens = ler_itens("oleo, 3,5 * OLEO-5W30; 2*filtro")
    assert itens == (
        ItemPedido(id="OLEO"),
        ItemPedido(id="OLEO-5W30", quantidade=Decimal("3.5")),
        ItemPedido(id="FILTRO", quantidade=Decimal(2)),
    )
    assert ler_itens(mostrar_itens(itens)) == itens


def test_o_dono_se_diz_de_tres_modos() -> None:
    assert ler_dono(cenario.CPF_ANA) == "52998224725"
    assert ler_dono("id:7") == 7
    assert ler_dono("Zé (cliente 1) (cliente 7)") == 7


async def test_o_primeiro_que_se_cadastra_fica_aceso_e_a_tecla_seguinte_age(
    oficina: Oficina, abrir: Abrir
) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "3", "n", "!velas", "enter", "!Velas", "enter", "!25")
        await teclar(piloto, "ctrl+s")
        assert "▌ VELAS" in na_tela(piloto)
        await teclar(piloto, "n", "!abc", "enter", "!Abc", "enter", "!10", "ctrl+s")
        assert "▌ ABC" in na_tela(piloto)


async def test_o_primeiro_cliente_fica_aceso_sem_passar_pela_busca(
    oficina: Oficina, abrir: Abrir
) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "n", "escape", "n", "!Ana", "enter", "enter", "!11987654321")
        await teclar(piloto, "ctrl+s")
        assert "Gravado: Ana" in na_tela(piloto)
        assert "▌ Ana" in na_tela(piloto)
        assert "n novo" in na_tela(piloto)


async def test_a_recusa_do_ultimo_campo_se_ve_na_tela_pequena(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.cliente(oficina)
    async with abrir(oficina, (80, 14)) as piloto:
        await teclar(piloto, "!ana", "enter", "!xyz9a87", "enter", "!VW", "enter", "!Gol", "ctrl+s")
        assert "! Diga o que o cliente pede" in na_tela(piloto)
