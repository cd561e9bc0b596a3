"""Quem aparece na demonstração: nomes, documentos e carros inventados, mas plausíveis.

Tudo sai do sorteio que se recebe; o mesmo sorteio dá o mesmo elenco. Os carros seguem o peso que
têm na frota brasileira, e um em cada seis clientes é empresa.
"""

import string
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import date
from random import Random

from oficina_core.casos.campos import Referencia
from oficina_core.casos.clientes import CriarCliente, FichaCliente
from oficina_core.casos.funcionarios import CriarFuncionario
from oficina_core.casos.veiculos import CriarVeiculo
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.cliente import TipoCliente
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import Placa, documento
from oficina_core.texto import sem_acento

EQUIPE = (
    ("Márcia Conceição Tavares", Papel.GERENTE),
    ("Júlia Gonçalves Prado", Papel.ATENDENTE),
    ("Rui Antônio Falcão", Papel.MECANICO),
    ("Tiago Assunção Brandão", Papel.MECANICO),
    ("Célia Magalhães Pinto", Papel.MECANICO),
)
CPF_DO_GERENTE = "12345678909"
SENHA_DO_GERENTE = "oficina de mentira"
PRENOMES = (
    "Ana Antônio Aparecida Bruno Camila Cauã Cícero Conceição Débora Denise Élcio Emília "
    "Fábio Flávia Gilberto Helena Inês Ítalo Jéssica Joaquim Juliana Leônidas Letícia Luís "
    "Luzia Marcos Mônica Nádia Otávio Patrícia Raimundo Regina Sebastião Sérgio Sônia Thaís "
    "Valdir Vinícius Wagner Zélia"
)
SOBRENOMES = (
    "Albuquerque Araújo Assis Barbosa Brandão Bragança Cardoso Corrêa Damião D'Ávila "
    "Encarnação Falcão Ferrão Gonçalves Guimarães Inácio Jordão Leitão Lourenço Magalhães "
    "Moraes Muñoz Nogueira Paixão Pires Queirós Ramalho Sant'Ana Simões Trindade Vasconcelos "
    "Veríssimo"
)
EMPRESAS = (
    "Hortifrúti Bom Dia Ltda.",
    "Autoescola Horizonte",
    "Transportadora Dois Irmãos",
    "Clínica São Bento",
    "Padaria Pão da Praça",
    "Construtora Água Branca S/A",
)
COM_COLCHETES = "João [Frota] da Conceição"  # prova de que o texto das pessoas se mostra como é
PESSOAS = 34
SEM_CPF = (7, 19, 31)  # destes só se sabe o telefone
CARROS = 60
DDDS = ("11", "11", "11", "12", "13", "19")
CORES = ("Prata", "Branco", "Preto", "Cinza", "Vermelho", "Azul", "Verde")
PESO_DAS_CORES = (30, 25, 18, 13, 8, 4, 2)
PESO_DAS_IDADES = (*[5] * 5, *[6] * 10, *[3] * 7)  # de 1 a 22 anos
MERCOSUL = 2019  # daí em diante o carro novo já sai com essa placa
TRANSFERIDOS = 0.35  # dos mais velhos, os que a ganharam ao trocar de dono
KM_POR_ANO = 12_000
FROTA = (  # marca, modelo, peso, primeiro e último ano
    ("Volkswagen", "Gol 1.0", 12, 2003, 2022),
    ("Fiat", "Uno 1.0", 8, 2003, 2021),
    ("Fiat", "Palio 1.0", 7, 2003, 2017),
    ("Chevrolet", "Onix 1.4", 7, 2013, 2030),
    ("Hyundai", "HB20 1.0", 6, 2013, 2030),
    ("Chevrolet", "Celta 1.0", 5, 2003, 2015),
    ("Volkswagen", "Fox 1.0", 5, 2004, 2021),
    ("Fiat", "Strada 1.4", 5, 2004, 2030),
    ("Chevrolet", "Corsa 1.0", 4, 2003, 2012),
    ("Ford", "Ka 1.0", 4, 2008, 2021),
    ("Ford", "Fiesta 1.6", 4, 2004, 2019),
    ("Renault", "Sandero 1.6", 4, 2008, 2024),
    ("Toyota", "Corolla 2.0", 4, 2008, 2030),
    ("Chevrolet", "Prisma 1.4", 3, 2007, 2019),
    ("Fiat", "Siena 1.4", 3, 2004, 2016),
    ("Honda", "Civic 2.0", 3, 2007, 2030),
    ("Volkswagen", "Saveiro 1.6", 3, 2005, 2030),
    ("Volkswagen", "Voyage 1.0", 3, 2009, 2022),
    ("Jeep", "Renegade 1.8", 2, 2015, 2030),
    ("Ford", "EcoSport 1.6", 2, 2005, 2021),
    ("Fiat", "Argo 1.3", 2, 2017, 2030),
    ("Volkswagen", "Polo 1.0", 2, 2018, 2030),
    ("Renault", "Kwid 1.0", 1, 2017, 2030),
    ("Toyota", "Hilux 2.8", 1, 2006, 2030),
)


def equipe(sorte: Random) -> list[CriarFuncionario]:
    """O gerente tem sempre o mesmo CPF, o dos exemplos da API."""
    cpfs = [CPF_DO_GERENTE, *(_cpf(sorte) for _ in EQUIPE[1:])]
    return [
        CriarFuncionario(cpf=cpf, nome=nome, papel=papel)
        for cpf, (nome, papel) in zip(cpfs, EQUIPE, strict=True)
    ]


def clientes(sorte: Random) -> list[CriarCliente]:
    """As pessoas e empresas; a primeira empresa já tem CNPJ com letras."""
    nomes = [COM_COLCHETES, *_nomes(sorte, PESSOAS - 1)]
    pessoas = [_pessoa(sorte, nome, sem_cpf=i in SEM_CPF) for i, nome in enumerate(nomes)]
    todos = pessoas + [
        CriarCliente(
            nome=nome,
            documento=_cnpj(sorte, letras=i == 0),
            telefone=_telefone(sorte, "3"),
            email=f"contato@{_slug(nome.split()[0])}.example.com",
        )
        for i, nome in enumerate(EMPRESAS)
    ]
    sorte.shuffle(todos)
    return todos


def _nomes(sorte: Random, quantos: int) -> list[str]:
    prenomes = sorte.sample(PRENOMES.split(), quantos)
    sobrenomes = SOBRENOMES.split()
    return [" ".join((prenome, *sorte.sample(sobrenomes, 2))) for prenome in prenomes]


def _pessoa(sorte: Random, nome: str, *, sem_cpf: bool) -> CriarCliente:
    partes = nome.split()
    endereco = f"{_slug(partes[0])}.{_slug(partes[-1])}@example.com"
    return CriarCliente(
        nome=nome,
        documento=None if sem_cpf else _cpf(sorte),
        telefone=_telefone(sorte, "9"),
        email=sorte.choice((endereco, None)),
    )


def _slug(nome: str) -> str:
    return "".join(filter(str.isalnum, sem_acento(nome)))


def _telefone(sorte: Random, comeco: str) -> str:
    resto = 8 if comeco == "9" else 7
    return sorte.choice(DDDS) + comeco + "".join(sorte.choices(string.digits, k=resto))


def _cpf(sorte: Random) -> str:
    return _com_verificadores("".join(sorte.choices(string.digits, k=9)))


def _cnpj(sorte: Random, *, letras: bool) -> str:
    alfabeto = string.ascii_uppercase + string.digits if letras else string.digits
    return _com_verificadores("".join(sorte.choices(alfabeto, k=8)) + "0001")


def _com_verificadores(base: str) -> str:
    """Os dois dígitos são os que o domínio aceita; a conta fica só lá."""
    for digitos in range(100):
        with suppress(DadoInvalido):
            return documento(f"{base}{digitos:02}")
    raise DadoInvalido(f"{base} não começa nenhum documento.")


def pessoas(sorte: Random) -> Iterator[CriarCliente]:
    """Tantas quantas se queira, todas com CPF."""
    while True:
        nome = " ".join((sorte.choice(PRENOMES.split()), *sorte.sample(SOBRENOMES.split(), 2)))
        yield _pessoa(sorte, nome, sem_cpf=False)


def frota(
    sorte: Random, donos: Sequence[Referencia], hoje: date, usadas: Collection[str]
) -> Iterator[CriarVeiculo]:
    """Um carro por dono, com outra placa que não as usadas."""
    livres = (placa for placa in _placas(sorte) if placa.canonica not in usadas)
    return (_carro(sorte, dono, next(livres), hoje) for dono in donos)


def carros(sorte: Random, donos: Sequence[FichaCliente], hoje: date) -> list[CriarVeiculo]:
    """Um carro por cliente, e os outros das empresas."""
    empresas = [dono for dono in donos if dono.tipo is TipoCliente.PJ]
    frota = sorte.choices(empresas, k=CARROS - len(donos))
    placas = _placas(sorte)
    todos = [_carro(sorte, dono.id, next(placas), hoje) for dono in (*donos, *frota)]
    sorte.shuffle(todos)
    return todos


def _carro(sorte: Random, dono: Referencia, placa: Placa, hoje: date) -> CriarVeiculo:
    marca, modelo, _, primeiro, ultimo = sorte.choices(FROTA, [linha[2] for linha in FROTA])[0]
    idade = sorte.choices(range(1, 23), PESO_DAS_IDADES)[0]
    ano = min(max(hoje.year - idade, primeiro), ultimo, hoje.year)
    mercosul = ano >= MERCOSUL or sorte.random() < TRANSFERIDOS
    return CriarVeiculo(
        placa=placa.canonica if mercosul else placa,
        marca=marca,
        modelo=modelo,
        ano=ano,
        cor=sorte.choices(CORES, PESO_DAS_CORES)[0],
        km=int((hoje.year - ano + 0.5) * KM_POR_ANO * sorte.uniform(0.7, 1.3)),
        cliente_id=dono,
    )


def _placas(sorte: Random) -> Iterator[Placa]:
    """Placas na grafia antiga, sem repetir."""
    usadas = set()
    while True:
        letras = "".join(sorte.choices(string.ascii_uppercase, k=3))
        placa = Placa(letras + "".join(sorte.choices(string.digits, k=4)))
        if placa not in usadas:
            usadas.add(placa)
            yield placa
