"""Casos de uso do serviço."""

from dataclasses import dataclass
from typing import Self

from oficina_core.casos import campos
from oficina_core.casos.cadastros import Busca, Recurso, ativar, recusar_repetido
from oficina_core.casos.importacao import (
    Importacao,
    Importar,
    conferir_planilha,
    importar,
    trocas,
)
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.dominio.dinheiro import Reais
from oficina_core.dominio.servico import Servico
from oficina_core.dominio.valores import Codigo

MINUTOS_MAXIMO = 60 * 24 * 30


@dataclass(frozen=True, kw_only=True)
class FichaServico:
    """O serviço; `tempo_estimado` em minutos."""

    id: int
    codigo: str
    nome: str
    preco: Reais
    tempo_estimado: int
    ativo: bool
    versao: int

    @classmethod
    def de(cls, servico: Servico) -> Self:
        return cls(
            id=servico.id,
            codigo=servico.codigo,
            nome=servico.nome,
            preco=servico.preco,
            tempo_estimado=servico.tempo_estimado,
            ativo=servico.ativo,
            versao=servico.versao,
        )


@dataclass(frozen=True, kw_only=True)
class LinhaServico:
    id: int
    codigo: str
    nome: str
    preco: Reais
    tempo_estimado: int
    ativo: bool

    @classmethod
    def de(cls, linha: Linha) -> Self:
        return cls(**{nome: linha[nome] for nome in cls.__dataclass_fields__})


@dataclass(frozen=True, kw_only=True)
class DadosServico:
    """O que se diz de um serviço; `tempo_estimado` em minutos."""

    codigo: str
    nome: str
    preco: Reais
    tempo_estimado: int = 0

    def __post_init__(self) -> None:
        campos.faixa(self.tempo_estimado, "tempo_estimado", 0, MINUTOS_MAXIMO)
        campos.fixar(
            self,
            codigo=Codigo(self.codigo),
            nome=campos.nome(self.nome),
            preco=campos.reais(self.preco, "preco"),
        )

    def novo(self) -> Servico:
        return Servico(
            codigo=self.codigo,
            nome=self.nome,
            preco=self.preco,
            tempo_estimado=self.tempo_estimado,
        )

    def vestir(self, servico: Servico) -> None:
        """Passa os dados para um serviço que já existe."""
        servico.codigo, servico.nome = self.codigo, self.nome
        servico.preco, servico.tempo_estimado = self.preco, self.tempo_estimado


@dataclass(frozen=True, kw_only=True)
class CriarServico(DadosServico):
    """Põe um serviço na tabela de mão de obra."""

    def executar(self, uow: UnidadeDeTrabalho) -> FichaServico:
        recusar_repetido(uow.servicos, self.codigo, Recurso.SERVICO)
        servico = self.novo()
        uow.servicos.adicionar(servico)
        return FichaServico.de(servico)


@dataclass(frozen=True, kw_only=True)
class EditarServico(DadosServico):
    """Troca os dados do serviço; os orçamentos já feitos não mudam."""

    servico_id: int
    versao: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaServico:
        servico = uow.servicos.obter(self.servico_id)
        servico.conferir_versao(self.versao)
        recusar_repetido(uow.servicos, self.codigo, Recurso.SERVICO, servico.id)
        self.vestir(servico)
        uow.servicos.salvar(servico)
        return FichaServico.de(servico)


@dataclass(frozen=True, kw_only=True)
class VerServico:
    """Mostra um serviço."""

    servico_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaServico:
        return FichaServico.de(uow.servicos.obter(self.servico_id))


@dataclass(frozen=True, kw_only=True)
class ListarServicos(Busca):
    """Lista os serviços por código; busca um pedaço do código ou do nome."""

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaServico]:
        return self.pagina(uow.servicos, LinhaServico.de)


@dataclass(frozen=True, kw_only=True)
class DesativarServico:
    """Tira o serviço das listas; os orçamentos que o citam ficam."""

    servico_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaServico:
        return FichaServico.de(ativar(uow.servicos, self.servico_id, ativo=False))


@dataclass(frozen=True, kw_only=True)
class ReativarServico:
    """Devolve o serviço às listas."""

    servico_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaServico:
        return FichaServico.de(ativar(uow.servicos, self.servico_id, ativo=True))


@dataclass(frozen=True, kw_only=True)
class LinhaImportadaServico(DadosServico):
    """Um serviço da planilha; `linha` é onde ele está nela."""

    linha: int

    @property
    def chave(self) -> str:
        return self.codigo

    @property
    def rotulo(self) -> str:
        return f"o código {self.codigo}"

    def trocas(self, atual: Servico) -> list[str]:
        return trocas(self, atual, ("nome", "preco", "tempo_estimado"))


@dataclass(frozen=True, kw_only=True)
class ImportarServicos(Importar):
    """Traz os serviços de uma planilha: todos ou nenhum; o que já está igual não muda."""

    linhas: tuple[LinhaImportadaServico, ...]

    def executar(self, uow: UnidadeDeTrabalho) -> Importacao:
        conferir_planilha(self.linhas)
        existentes = uow.servicos.por_nome([linha.codigo for linha in self.linhas])
        return importar(
            self,
            uow.servicos,
            self.linhas,
            existentes,
            novo=LinhaImportadaServico.novo,
            vestir=LinhaImportadaServico.vestir,
        ).resumo
