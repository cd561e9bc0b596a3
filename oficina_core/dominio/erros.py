"""Tudo o que pode dar errado por regra da oficina, e nada além disso.

ErroOficina
├── DadoInvalido        o que foi dito não tem a forma que a oficina aceita
├── NaoEncontrado       não existe, ou não é de quem pede
├── NaoIdentificado     não se sabe quem pede
├── AcessoNegado        quem pede não tem esse direito
├── Conflito            o estado atual não admite a ação, ou já existe outro igual
│   └── VersaoAntiga    outra pessoa gravou depois da leitura
├── RegraViolada        estoque, validade, limites
└── Indisponivel        banco ou API não respondeu; vale tentar de novo
    └── MuitasTentativas  pediu demais em pouco tempo; vale tentar depois da espera

A mensagem é final, em português, e diz o que fazer. Só `codigo` viaja e serve para distinguir.
"""


class ErroOficina(Exception):
    """Raiz dos erros que o usuário entende; a mensagem já vem pronta para ele.

    `detalhes` são linhas a mais para quem tem várias coisas a corrigir, como em uma importação.
    `comando` é o que conserta, na linha de comando: o que vem depois de `oficina` ou, começando por
    `--`, o que se acrescenta ao que se pediu.
    """

    codigo = "erro"

    def __init__(self, mensagem: str, *, detalhes: tuple[str, ...] = (), comando: str = "") -> None:
        super().__init__(mensagem)
        self.detalhes, self.comando = detalhes, comando


class DadoInvalido(ErroOficina, ValueError):
    """Um valor não tem o formato que a oficina aceita; `campo` diz qual."""

    codigo = "dado_invalido"

    def __init__(
        self,
        mensagem: str,
        campo: str | None = None,
        *,
        detalhes: tuple[str, ...] = (),
        comando: str = "",
    ) -> None:
        super().__init__(mensagem, detalhes=detalhes, comando=comando)
        self.campo = campo


class NaoEncontrado(ErroOficina):
    """O registro pedido não existe, ou não é de quem pede: a resposta é a mesma."""

    codigo = "nao_encontrado"


class NaoIdentificado(ErroOficina):
    """Falta dizer quem pede."""

    codigo = "nao_identificado"


class AcessoNegado(ErroOficina):
    """Quem pede não tem esse direito."""

    codigo = "acesso_negado"


class Conflito(ErroOficina):
    """O estado atual não admite a ação, ou outro registro já ocupa o lugar."""

    codigo = "conflito"


class OutroDono(Conflito):
    """O carro é de outro cliente; o pedido passa se diz que mudou de dono."""

    codigo = "outro_dono"


class OutroCarro(Conflito):
    """O carro dessa placa não é como se disse; o pedido passa sem a descrição."""

    codigo = "outro_carro"


class PagamentoRepetido(Conflito):
    """Acabou de se registrar um igual; o pedido passa se diz que é outro."""

    codigo = "pagamento_repetido"


class VersaoAntiga(Conflito):
    """Outra pessoa gravou depois da leitura; é preciso ver de novo antes de mudar."""

    codigo = "versao_antiga"


class RegraViolada(ErroOficina):
    """A operação contraria uma regra da oficina: estoque, validade, limite."""

    codigo = "regra_violada"


class FaltaPeca(RegraViolada):
    """Não há em estoque o que se aprova; o pedido passa se diz que se espera."""

    codigo = "falta_peca"


class Indisponivel(ErroOficina):
    """O banco ou a API não respondeu; vale tentar de novo."""

    codigo = "indisponivel"


class MuitasTentativas(Indisponivel):
    """Quem pede tentou demais em pouco tempo; `espera` são os segundos até poder de novo."""

    codigo = "muitas_tentativas"

    def __init__(self, mensagem: str, espera: int = 1, *, detalhes: tuple[str, ...] = ()) -> None:
        super().__init__(mensagem, detalhes=detalhes)
        self.espera = espera
