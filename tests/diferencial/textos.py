"""O que se digita no roteiro: o que se aceita, o que parece igual e não é, e o que não serve."""

NOMES = (
    *(
        "Ana",
        "João da Conceição",
        "ÂNGELA  D'Ávila",
        " Zé ",
        "Straße",
        "ana",
        "Ñandú",
        "100% Freios",
    ),
    *(
        "a_b",
        "O\\Brien",
        "Carlos 😀",
        "İstanbul",
        "ﬁat",
        "Zoë",
        "<b>",
        '"Aspas"',
        "ÇÃO",
        "Öl",
        "x" * 120,
    ),
    *(
        "ß" * 120,
        "\ufdfa" * 30,
        "e\u0301t",
        "Ａna",
        "①",
        "½ l",
        "Å" * 120,
        "ά",
        "ΣΑΣ",
        "한글",
        "日本",
    ),
)
NOMES_RUINS = ("", "   ", "x" * 121, "a\x07b", "\u202eana", "\u3164")
BUSCAS = (
    *(
        "σ",
        "½",
        "1",
        "ana",
        "e\u0301",
        "한",
        "å",
        "本",
        "\ufdfa",
        "a",
        "AN",
        "ç",
        "%",
        "_",
        "\\",
        "ss",
        "ß",
        "fi",
        "😀",
        "conceicao",
        "O'",
        "i̇",
        '"',
        "  ",
    ),
)
DOCUMENTOS = (
    *("529.982.247-25", "52998224725", "390.533.447-05", "071.488.230-56", "168.995.350-09"),
    *("862.883.667-57", "11.222.333/0001-81", "12.ABC.345/01DE-35", "12abc34501de35"),
)
DOCUMENTOS_RUINS = ("111.111.111-11", "123", "529.982.247-24", "ç")
TELEFONES = ("(11) 98765-4321", "11987654321", "+55 21 3456-7890", "(85) 99999-0000")
EMAILS = ("ana@exemplo.com", "ZE@Exemplo.com.BR", "sem arroba")
PLACAS = ("ABC1234", "abc-1c34", "XYZ9K87", "DEF5678", "bra2e19", "GHI0001", "GHI0A01")
CODIGOS = ("OLEO", "oleo", "FILTRO-AR", "PAST.1", "A_B", "X/9", "10", "OLEO-5W30")
CODIGOS_RUINS = ("a b", "Ç", "", "A:1", "X" * 31)
DINHEIRO = ("0.00", "0.01", "10.00", "33.33", "99.99", "150.00", "1234.56", "99999999.99")
DINHEIRO_RUIM = ("-1.00", "100000000.00")
QUANTIDADES = ("1", "2", "3", "0.5", "3.125", "10", "100")
QUANTIDADES_RUINS = ("0", "-1", "0.0001", "1000001")
NOTAS = ("fica para depois", "duas\nlinhas", "tab\taqui", "à noite, 10%", "ça va", "x" * 1000)
NOTAS_RUINS = ("", " ", "x" * 1001, "a\x1b[31mb")
ESTRANHOS = (0, -1, 99_999, 10**12, 10**19)
