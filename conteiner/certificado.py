"""O certificado com que o MySQL do compose se apresenta: `certificado.py PASTA NOME DONO`.

Faz-se uma vez: se já está na PASTA, não se mexe. Assina-se a si mesmo, e por isso é também a
autoridade em que confia quem se conecta a NOME. A chave, só o DONO (o número do usuário do MySQL)
a lê.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

VALIDADE = timedelta(days=3650)
USOS = x509.KeyUsage(
    digital_signature=True,
    key_cert_sign=True,
    **dict.fromkeys(
        (
            "content_commitment",
            "crl_sign",
            "data_encipherment",
            "decipher_only",
            "encipher_only",
            "key_agreement",
            "key_encipherment",
        ),
        False,
    ),
)


def main() -> None:
    pasta, nome, dono = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    certificado = pasta / "banco.pem"
    if certificado.exists():
        return
    chave = ec.generate_private_key(ec.SECP256R1())
    em_texto = chave.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    guardar(pasta / "banco.key", em_texto, modo=0o400, dono=dono)
    # Por último: se ele está lá, a chave também está.
    pem = assinar(nome, chave).public_bytes(serialization.Encoding.PEM)
    guardar(certificado, pem, modo=0o444, dono=dono)


def assinar(nome: str, chave: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    sujeito = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, nome)])
    publica, agora = chave.public_key(), datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(sujeito)
        .issuer_name(sujeito)
        .public_key(publica)
        .serial_number(x509.random_serial_number())
        .not_valid_before(agora - timedelta(minutes=5))
        .not_valid_after(agora + VALIDADE)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(nome)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(USOS, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(publica), critical=False)
        .sign(chave, hashes.SHA256())
    )


def guardar(arquivo: Path, conteudo: bytes, *, modo: int, dono: int) -> None:
    """Inteiro ou nada: só tem o nome dele quando já é de quem deve ser."""
    rascunho = arquivo.with_suffix(".novo")
    rascunho.unlink(missing_ok=True)
    descritor = os.open(rascunho, os.O_WRONLY | os.O_CREAT | os.O_EXCL, modo)
    with os.fdopen(descritor, "wb") as saida:
        saida.write(conteudo)
        os.fchown(descritor, dono, dono)
    rascunho.rename(arquivo)


if __name__ == "__main__":
    main()
