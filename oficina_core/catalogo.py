"""Tudo o que se pode pedir à oficina: o endereço na API, quem pode pedir e se grava."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from importlib import import_module
from types import MappingProxyType
from typing import Any, Literal, get_type_hints

from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.acesso import Alcance, Externo, Papel

Papeis = Mapping[Papel | Externo, Alcance]

CASOS = "oficina_core.casos"
MIB = 1024 * 1024
CORPO = 1 * MIB
PLANILHA = 10 * MIB


@dataclass(frozen=True)
class Rota:
    """Uma linha do catálogo. `limite` é o tamanho máximo do corpo, em bytes.

    `nome` é o módulo do caso e o caso, que só se importa quando é preciso: quem pede um não carrega
    os outros. Sem verbo nem caminho, o caso é interno: a API o usa por dentro de uma página ou da
    entrada, e ninguém lhe dita a chave de idempotência.
    """

    nome: str
    verbo: Literal["GET", "POST", "PUT", ""]
    caminho: str
    papeis: Papeis
    escreve: bool = True
    status: int = 200
    limite: int = CORPO

    @property
    def acao(self) -> str:
        """O nome do caso, como a auditoria o guarda."""
        return self.nome.rpartition(".")[2]

    @cached_property
    def caso(self) -> type[CasoDeUso[Any]]:
        modulo = import_module(f"{CASOS}.{self.nome.partition('.')[0]}")
        caso: type[CasoDeUso[Any]] = getattr(modulo, self.acao)
        return caso

    @cached_property
    def resultado(self) -> Any:
        """O tipo da resposta."""
        return get_type_hints(self.caso.executar, include_extras=True)["return"]

    @cached_property
    def no_caminho(self) -> frozenset[str]:
        """Os campos do caso que viajam no endereço."""
        nomes = (campo.name for campo in fields(self.caso))  # type: ignore[arg-type]
        return frozenset(nome for nome in nomes if f"{{{nome}}}" in self.caminho)


class Rotas(Mapping[Any, Rota]):
    """A linha de cada caso; só percorrê-las todas é que os importa a todos."""

    def __init__(self, rotas: tuple[Rota, ...]) -> None:
        self._rotas = {f"{CASOS}.{rota.nome}": rota for rota in rotas}

    def __getitem__(self, caso: Any) -> Rota:
        modulo, nome = getattr(caso, "__module__", ""), getattr(caso, "__qualname__", "")
        return self._rotas[f"{modulo}.{nome}"]

    def __iter__(self) -> Iterator[Any]:
        return (rota.caso for rota in self._rotas.values())

    def __len__(self) -> int:
        return len(self._rotas)


PAPEIS: Mapping[str, Papel | Externo] = {papel.value: papel for papel in (*Papel, *Externo)}


def _de(**papeis: Alcance) -> Papeis:
    return MappingProxyType({PAPEIS[nome]: alcance for nome, alcance in papeis.items()})


def _e_o_cliente(papeis: Papeis) -> Papeis:
    """Os mesmos, e o cliente no que é dele."""
    return MappingProxyType({**papeis, Externo.CLIENTE: Alcance.PROPRIOS})


TODOS, ATRIBUIDOS, PROPRIOS = Alcance.TODOS, Alcance.ATRIBUIDOS, Alcance.PROPRIOS
GERENCIA = _de(GERENTE=TODOS)
BALCAO = _de(ATENDENTE=TODOS, GERENTE=TODOS)
BALCAO_E_CLIENTE = _e_o_cliente(BALCAO)
EQUIPE = _de(MECANICO=TODOS, ATENDENTE=TODOS, GERENTE=TODOS)
EQUIPE_E_CLIENTE = _e_o_cliente(EQUIPE)
OFICINA = _de(MECANICO=ATRIBUIDOS, ATENDENTE=TODOS, GERENTE=TODOS)
OFICINA_E_CLIENTE = _e_o_cliente(OFICINA)
BANCADA = _de(MECANICO=ATRIBUIDOS, GERENTE=TODOS)
CLIENTE = _de(CLIENTE=PROPRIOS)
ANDAMENTO = _de(CLIENTE=PROPRIOS, IDENTIFICADO=Alcance.IDENTIFICADO)
LINK = _de(LINK=Alcance.LINK)


def _ler(nome: str, caminho: str, papeis: Papeis) -> Rota:
    return Rota(nome, "GET", caminho, papeis, escreve=False)


def _criar(nome: str, caminho: str, papeis: Papeis, *, limite: int = CORPO) -> Rota:
    return Rota(nome, "POST", caminho, papeis, status=201, limite=limite)


def _agir(nome: str, caminho: str, papeis: Papeis) -> Rota:
    return Rota(nome, "POST", caminho, papeis)


def _interno(nome: str, papeis: Papeis, *, escreve: bool = True) -> Rota:
    return Rota(nome, "", "", papeis, escreve=escreve)


def _trocar(nome: str, caminho: str, papeis: Papeis) -> Rota:
    return Rota(nome, "PUT", caminho, papeis)


CATALOGO = (
    Rota("busca.Localizar", "POST", "/busca", EQUIPE, escreve=False),
    Rota("busca.Buscar", "POST", "/busca/livre", OFICINA, escreve=False),
    Rota("itens.BuscarItens", "POST", "/busca/itens", EQUIPE, escreve=False),
    _ler("perfil.VerMeuPerfil", "/usuarios/eu", EQUIPE_E_CLIENTE),
    _trocar("perfil.EditarMeuContato", "/usuarios/eu", CLIENTE),
    _agir("entrada.TrocarMinhaSenha", "/usuarios/eu/senha", EQUIPE),
    _ler("perfil.AcompanharOrdens", "/usuarios/eu/ordens", ANDAMENTO),
    _ler("desfazer.ListarDesfaziveis", "/usuarios/eu/desfaziveis", EQUIPE),
    _ler("lojas.ListarLojas", "/lojas", EQUIPE),
    _criar("lojas.CriarLoja", "/lojas", GERENCIA),
    _ler("lojas.VerLoja", "/lojas/{loja_id}", GERENCIA),
    _trocar("lojas.EditarLoja", "/lojas/{loja_id}", GERENCIA),
    _ler("parametros.VerParametros", "/parametros", EQUIPE),
    _agir("parametros.DefinirParametro", "/parametros/{nome}", GERENCIA),
    _criar("clientes.CriarCliente", "/clientes", BALCAO),
    _criar(
        "clientes_importacao.ImportarClientes", "/clientes/importacao", GERENCIA, limite=PLANILHA
    ),
    _agir("clientes_importacao.RevelarClientes", "/clientes/revelacao", GERENCIA),
    _ler("clientes.ListarClientes", "/clientes", EQUIPE),
    _ler("clientes.VerCliente", "/clientes/{cliente_id}", EQUIPE_E_CLIENTE),
    _trocar("clientes.EditarCliente", "/clientes/{cliente_id}", BALCAO),
    _agir("clientes.DesativarCliente", "/clientes/{cliente_id}/desativacao", BALCAO),
    _agir("clientes.ReativarCliente", "/clientes/{cliente_id}/reativacao", BALCAO),
    _agir(
        "clientes_exportacao.ExportarDadosCliente", "/clientes/{cliente_id}/exportacao", GERENCIA
    ),
    _agir(
        "clientes_anonimizacao.AnonimizarCliente", "/clientes/{cliente_id}/anonimizacao", GERENCIA
    ),
    _criar("funcionarios.CriarFuncionario", "/funcionarios", GERENCIA),
    _ler("funcionarios.ListarFuncionarios", "/funcionarios", GERENCIA),
    _ler("funcionarios.VerFuncionario", "/funcionarios/{funcionario_id}", GERENCIA),
    _trocar("funcionarios.EditarFuncionario", "/funcionarios/{funcionario_id}", GERENCIA),
    _agir(
        "funcionarios.DesativarFuncionario", "/funcionarios/{funcionario_id}/desativacao", GERENCIA
    ),
    _agir(
        "funcionarios.ReativarFuncionario", "/funcionarios/{funcionario_id}/reativacao", GERENCIA
    ),
    _agir("entrada.DefinirSenha", "/funcionarios/{funcionario_id}/senha", GERENCIA),
    _criar("veiculos.CriarVeiculo", "/veiculos", BALCAO),
    _criar(
        "veiculos_importacao.ImportarVeiculos", "/veiculos/importacao", GERENCIA, limite=PLANILHA
    ),
    _agir("veiculos_importacao.RevelarVeiculos", "/veiculos/revelacao", GERENCIA),
    _ler("veiculos.ListarVeiculos", "/veiculos", EQUIPE_E_CLIENTE),
    _ler("veiculos.VerVeiculo", "/veiculos/{veiculo_id}", EQUIPE_E_CLIENTE),
    _trocar("veiculos.EditarVeiculo", "/veiculos/{veiculo_id}", BALCAO),
    _agir("veiculos.DesativarVeiculo", "/veiculos/{veiculo_id}/desativacao", BALCAO),
    _agir("veiculos.ReativarVeiculo", "/veiculos/{veiculo_id}/reativacao", BALCAO),
    _ler("veiculos.VerHistoricoVeiculo", "/veiculos/{veiculo_id}/historico", OFICINA_E_CLIENTE),
    _criar("servicos.CriarServico", "/servicos", GERENCIA),
    _criar("servicos.ImportarServicos", "/servicos/importacao", GERENCIA, limite=PLANILHA),
    _ler("servicos.ListarServicos", "/servicos", EQUIPE),
    _ler("servicos.VerServico", "/servicos/{servico_id}", EQUIPE),
    _trocar("servicos.EditarServico", "/servicos/{servico_id}", GERENCIA),
    _agir("servicos.DesativarServico", "/servicos/{servico_id}/desativacao", GERENCIA),
    _agir("servicos.ReativarServico", "/servicos/{servico_id}/reativacao", GERENCIA),
    _criar("pecas.CriarPeca", "/pecas", GERENCIA),
    _criar("pecas_importacao.ImportarPecas", "/pecas/importacao", GERENCIA, limite=PLANILHA),
    _ler("pecas.ListarPecas", "/pecas", EQUIPE),
    _ler("pecas.VerPeca", "/pecas/{peca_id}", EQUIPE),
    _trocar("pecas.EditarPeca", "/pecas/{peca_id}", GERENCIA),
    _agir("pecas.DesativarPeca", "/pecas/{peca_id}/desativacao", GERENCIA),
    _agir("pecas.ReativarPeca", "/pecas/{peca_id}/reativacao", GERENCIA),
    _criar("kits.CriarKit", "/kits", GERENCIA),
    _criar("kits_importacao.ImportarKits", "/kits/importacao", GERENCIA, limite=PLANILHA),
    _ler("kits.ListarKits", "/kits", EQUIPE),
    _ler("kits_importacao.ListarItensDeKits", "/kits/itens", EQUIPE),
    _ler("kits.VerKit", "/kits/{kit_id}", EQUIPE),
    _trocar("kits.EditarKit", "/kits/{kit_id}", GERENCIA),
    _agir("kits.DesativarKit", "/kits/{kit_id}/desativacao", GERENCIA),
    _agir("kits.ReativarKit", "/kits/{kit_id}/reativacao", GERENCIA),
    _criar("estoque.EntradaEstoque", "/estoque/entradas", BALCAO),
    _criar("estoque.AjustarEstoque", "/estoque/ajustes", GERENCIA),
    _criar("estoque.ConferirEstoque", "/estoque/conferencias", GERENCIA),
    _criar("estoque.EstornarMovimento", "/estoque/movimentos/{movimento_id}/estorno", GERENCIA),
    _criar("estoque_transferencia.TransferirEstoque", "/estoque/transferencias", GERENCIA),
    _criar("estoque.DefinirPrateleira", "/estoque/prateleiras", GERENCIA),
    _ler("estoque.ListarMovimentos", "/estoque/movimentos", EQUIPE),
    _ler("reposicao.ListarReposicao", "/estoque/reposicao", EQUIPE),
    _criar("orcamentos.CriarOrcamento", "/orcamentos", OFICINA),
    _ler("orcamentos.ListarOrcamentos", "/orcamentos", OFICINA_E_CLIENTE),
    _ler("orcamentos.VerOrcamento", "/orcamentos/{orcamento_id}", OFICINA_E_CLIENTE),
    _ler("impressoes.ImprimirOrcamento", "/orcamentos/{orcamento_id}/impressao", OFICINA_E_CLIENTE),
    _trocar("orcamentos.EditarOrcamento", "/orcamentos/{orcamento_id}", OFICINA),
    _agir("orcamentos.EnviarOrcamento", "/orcamentos/{orcamento_id}/envio", OFICINA),
    _criar("links.CriarLink", "/orcamentos/{orcamento_id}/links", BALCAO),
    _agir(
        "orcamentos_decisao.AprovarOrcamento",
        "/orcamentos/{orcamento_id}/aprovacao",
        BALCAO_E_CLIENTE,
    ),
    _agir(
        "orcamentos_decisao.RecusarOrcamento", "/orcamentos/{orcamento_id}/recusa", BALCAO_E_CLIENTE
    ),
    _criar("orcamentos.RevisarOrcamento", "/orcamentos/{orcamento_id}/revisoes", OFICINA),
    _agir("orcamentos.CancelarOrcamento", "/orcamentos/{orcamento_id}/cancelamento", OFICINA),
    _criar("ordens_abertura.AbrirOrdem", "/ordens", BALCAO),
    _ler("ordens.ListarOrdens", "/ordens", OFICINA_E_CLIENTE),
    _ler("ordens.VerOrdem", "/ordens/{ordem_id}", OFICINA_E_CLIENTE),
    _ler("impressoes.ImprimirOrdem", "/ordens/{ordem_id}/impressao", OFICINA_E_CLIENTE),
    _ler("ordens.VerHistoricoOrdem", "/ordens/{ordem_id}/historico", OFICINA),
    _ler("ordens.ListarMecanicos", "/ordens/{ordem_id}/mecanicos", BALCAO),
    _agir("ordens.AtribuirMecanico", "/ordens/{ordem_id}/mecanico", BALCAO),
    _agir("ordens.IniciarDiagnostico", "/ordens/{ordem_id}/diagnostico", BANCADA),
    _criar("ordens.AnotarOrdem", "/ordens/{ordem_id}/anotacoes", OFICINA),
    _agir("ordens_encerramento.FinalizarOrdem", "/ordens/{ordem_id}/finalizacao", BANCADA),
    _agir("ordens_encerramento.EntregarOrdem", "/ordens/{ordem_id}/entrega", BALCAO),
    _agir("ordens_encerramento.CancelarOrdem", "/ordens/{ordem_id}/cancelamento", BALCAO),
    _criar("pagamentos.RegistrarPagamento", "/ordens/{ordem_id}/pagamentos", BALCAO),
    _criar("pagamentos.EstornarPagamento", "/pagamentos/{pagamento_id}/estorno", GERENCIA),
    _ler("relatorios.VerPainel", "/relatorios/painel", BALCAO),
    _ler("relatorios_tempos.VerTempos", "/relatorios/tempos", GERENCIA),
    _ler("relatorios_faturamento.VerFaturamento", "/relatorios/faturamento", GERENCIA),
    _ler("relatorios_estoque.VerGiroEstoque", "/relatorios/estoque", GERENCIA),
    _ler("relatorios_produtividade.VerProdutividade", "/relatorios/produtividade", GERENCIA),
    _ler("mensagens.ListarMensagens", "/mensagens", GERENCIA),
    _interno("mensagens.TomarMensagem", GERENCIA),
    _interno("mensagens.ConcluirMensagem", GERENCIA),
    _interno("links.VerPeloLink", LINK, escreve=False),
    _interno("links.DecidirPeloLink", LINK),
    _interno("eventos.ListarEventos", EQUIPE, escreve=False),
    _interno("instalacao.CriarPrimeiroFuncionario", GERENCIA),
    _interno("entrada.ExaminarEntrada", GERENCIA),
    _interno("entrada.ExaminarMinhaSenha", EQUIPE),
    _interno("entrada.ConcluirEntrada", GERENCIA),
    _interno("entrada.PedirCodigo", GERENCIA),
    _interno("entrada.UsarCodigo", GERENCIA),
    _interno("entrada.IdentificarPorCpf", GERENCIA, escreve=False),
)

PUBLICADAS = tuple(rota for rota in CATALOGO if rota.verbo)
ROTAS: Mapping[Any, Rota] = Rotas(CATALOGO)
