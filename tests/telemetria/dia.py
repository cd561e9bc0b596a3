"""Um dia da oficina, pela API: ordens que se abrem, se recusam e se entregam, até o banco cair."""

from dataclasses import dataclass
from typing import Any

from tests.api.programa import Programa

CHEGADA = {
    "veiculo": {"marca": "Fiat", "modelo": "Uno"},
    "cliente": {"nome": "Ana", "telefone": "(11) 98765-4321", "email": "ana@exemplo.com.br"},
    "queixa": "Barulho",
}


@dataclass
class Dia:
    """Cada passo é um pedido; `eu` é o gerente que os faz."""

    api: Programa
    eu: dict[str, str]
    carros: int = 0

    def abrir(self) -> None:
        self.fazer("/servicos", {"codigo": "OLEO", "nome": "Troca de óleo", "preco": 80})

    def atender(self) -> None:
        """Uma ordem, da chegada à entrega; no caminho, o cliente e a lista que todos olham."""
        self.carros += 1
        ordem = self.fazer("/ordens", {"veiculo_id": f"ABC1D{self.carros:02}", **CHEGADA})["id"]
        servicos = {"servicos": ["OLEO"], "descricao": "Troca"}
        orcamento = self.fazer("/orcamentos", {"ordem_id": ordem, **servicos})["id"]
        self.recusar(f"/ordens/{ordem}/entrega")
        for passo in (
            f"/ordens/{ordem}/diagnostico",
            f"/orcamentos/{orcamento}/envio",
            f"/orcamentos/{orcamento}/aprovacao",
            f"/ordens/{ordem}/finalizacao",
            f"/ordens/{ordem}/entrega",
        ):
            self.fazer(passo)
        assert self.api.pedir("GET", "/ordens", **self.eu).status == 200
        assert self.api.atende()

    def pedir_sem_banco(self) -> None:
        """A ordem não se abre nem se lista; a prontidão ainda diz, um instante, o que sabia."""
        chegada = {"veiculo_id": "ABC1D99", **CHEGADA}
        assert self.api.pedir("POST", "/ordens", chegada, **self.eu).status == 503
        assert self.api.pedir("GET", "/ordens", **self.eu).status == 503
        self.api.atende()

    def fazer(self, caminho: str, corpo: dict[str, Any] | None = None) -> Any:
        resposta = self.api.pedir("POST", caminho, corpo or {}, **self.eu)
        assert resposta.status in (200, 201), resposta.corpo
        return resposta.json

    def recusar(self, caminho: str) -> None:
        assert self.api.pedir("POST", caminho, {}, **self.eu).status == 409
