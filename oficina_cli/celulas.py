"""Como se lê o que as oficinas escrevem em cada célula: o que se entende, e o que se recusa."""

import re
from collections.abc import Callable

from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.orcamento import TipoItem
from oficina_core.dominio.valores import TAMANHO_CNPJ, Codigo, Email, Telefone
from oficina_core.dominio.valores import documento as ler_documento
from oficina_core.texto import TAMANHO_CPF, sem_acento

TEMPO = re.compile(r"([0-9]{1,5})(?: ?min)?|([0-9]{1,3})[:h]([0-5][0-9])?(?: ?min|:00)?")
ANOS = re.compile(r"(?:[0-9]{4}\s*[/\-]\s*)?([0-9]{4})")
KM = re.compile(r"([0-9]{1,7}|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,0+)?(?: ?km)?")
CIENTIFICA = re.compile(r"[0-9][.,]?[0-9]*e\+?[0-9]+")
INTEIRO_COM_CASAS = re.compile(
    r"([0-9]{8,})[.,]0{1,2}"
)  # o número que a planilha guardou com casas
VARIOS = re.compile(r"[/;,|\n]| e | ou ")
MASCARA = "**"
UNIDADES = {
    nome: unidade
    for unidade, nomes in {
        Unidade.UN: "un und unid unidade unidades pc pcs pca peca pecas jg jogo kit par pr",
        Unidade.L: "l lt lts litro litros",
        Unidade.KG: "kg kgs quilo quilos",
        Unidade.M: "m mt mts metro metros",
    }.items()
    for nome in nomes.split()
}
TIPOS = {tipo.lower(): tipo for tipo in TipoItem}


def simples(texto: str) -> str:
    """Como os cabeçalhos se comparam: `Preço (R$)` e `PRECO` são o mesmo."""
    return " ".join(re.findall("[a-z0-9]+", sem_acento(texto).replace("r$", "")))


def texto(celula: str, campo: str) -> str:
    return celula


def unidade(celula: str, campo: str) -> Unidade:
    achada = UNIDADES.get(simples(celula))
    if achada is None:
        raise DadoInvalido(f'"{celula[:20]}" não diz em que se conta; use un, l, kg ou m.', campo)
    return achada


def minutos(celula: str, campo: str) -> int:
    achado = TEMPO.fullmatch(celula.lower())
    if not achado:
        raise DadoInvalido("Escreva o tempo em minutos, como 30, ou como 0:30 ou 1h30.", campo)
    soltos, horas, minutos = achado.groups()
    return int(soltos) if soltos else int(horas) * 60 + int(minutos or 0)


def codigo(celula: str, campo: str) -> str:
    return _do_campo(Codigo, celula, campo)


def _do_campo(ler: Callable[[str], str], celula: str, campo: str) -> str:
    """O valor; a recusa diz o campo da planilha."""
    try:
        return ler(celula)
    except DadoInvalido as erro:
        raise DadoInvalido(str(erro), campo) from None


def tipo(celula: str, campo: str) -> TipoItem:
    achado = TIPOS.get(simples(celula))
    if achado is None:
        raise DadoInvalido("O tipo do item é SERVICO ou PECA.", campo)
    return achado


def documento(celula: str, campo: str) -> str | None:
    """O CPF ou CNPJ; a planilha que o tomou por número comeu os zeros da frente, que voltam.

    O que só tem zeros ou pontuação é a máscara de quem não o preencheu.
    """
    numero = _sem_casas(celula)
    if CIENTIFICA.fullmatch(numero.lower()):
        raise DadoInvalido(
            "A planilha arredondou o número; ponha a coluna como texto e exporte de novo.", campo
        )
    if not re.search("[1-9A-Za-z]", numero):
        return None
    inteiro = numero.zfill(_tamanho(numero)) if perdeu_zeros(celula) else numero
    return _do_campo(ler_documento, inteiro, campo)


def perdeu_zeros(celula: str) -> bool:
    """Se é um CPF ou CNPJ só com números, e menos números do que tem."""
    numero = _sem_casas(celula)
    return bool(re.fullmatch("[0-9]{8,13}", numero)) and len(numero) != TAMANHO_CPF


def _tamanho(numero: str) -> int:
    return TAMANHO_CPF if len(numero) < TAMANHO_CPF else TAMANHO_CNPJ


def dono(celula: str, campo: str) -> str | int | None:
    """O documento do dono, ou `id:12`, que é o número dele."""
    if achado := re.fullmatch("id:([0-9]{1,18})", celula.lower()):
        return int(achado[1])
    return documento(celula, campo)


def telefone(celula: str, campo: str) -> str | None:
    """De vários na mesma célula, o primeiro que serve; o vazio com pontuação não é nenhum."""
    if not re.search("[1-9]", celula):
        return None
    return _primeiro(_sem_casas(celula), Telefone)


def email(celula: str, campo: str) -> str | None:
    """De vários na mesma célula, o primeiro que serve."""
    return _primeiro(celula, Email)


def tem_varios(celula: str) -> bool:
    """Se na célula há mais de um telefone ou e-mail."""
    return len([parte for parte in VARIOS.split(celula) if parte.strip()]) > 1


def _primeiro(celula: str, ler: Callable[[str], str]) -> str:
    for parte in VARIOS.split(celula):
        try:
            return ler(parte)
        except DadoInvalido:
            continue
    return ler(celula)


def _sem_casas(celula: str) -> str:
    achado = INTEIRO_COM_CASAS.fullmatch(celula)
    return achado[1] if achado else celula


def placa(celula: str, campo: str) -> str:
    return re.sub(r"[\s.\-]", "", celula)


def ano(celula: str, campo: str) -> int | None:
    """De `2015/2016`, o do modelo; zero é o de quem não o preencheu."""
    if not celula.strip("0"):
        return None
    achado = ANOS.fullmatch(celula)
    if not achado:
        raise DadoInvalido("Escreva o ano do modelo com quatro números, como 2016.", campo)
    return int(achado[1])


def km(celula: str, campo: str) -> int:
    achado = KM.fullmatch(celula.lower())
    if not achado:
        raise DadoInvalido("Escreva o km em número inteiro, como 98500 ou 98.500.", campo)
    return int(achado[1].replace(".", ""))


def recusar_mascarado(valor: object, campo: str) -> None:
    """Levanta DadoInvalido se o dado pessoal vem como a lista o mostra."""
    if isinstance(valor, str) and MASCARA in valor:
        raise DadoInvalido("O dado está mascarado; exporte de novo, com listar --revelar.", campo)
