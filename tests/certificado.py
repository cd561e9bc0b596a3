"""Um certificado de mentira, para os testes que falam TLS de verdade."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def certificado(pasta: Path, *, para: str = "127.0.0.1", dias: int = 1) -> Path:
    """Um que se assina a si mesmo, com a chave no mesmo arquivo."""
    chave = ec.generate_private_key(ec.SECP256R1())
    nome = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "oficina")])
    agora = datetime.now(UTC)
    feito = (
        x509.CertificateBuilder()
        .subject_name(nome)
        .issuer_name(nome)
        .public_key(chave.public_key())
        .serial_number(1)
        .not_valid_before(agora - timedelta(days=9))
        .not_valid_after(agora + timedelta(days=dias))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(para))]),
            critical=False,
        )
        .sign(chave, hashes.SHA256())
    )
    arquivo = pasta / "certificado.pem"
    arquivo.write_bytes(
        feito.public_bytes(serialization.Encoding.PEM)
        + chave.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return arquivo
