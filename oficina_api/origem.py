"""De onde vem um pedido, e quem se conta como um só."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from fastapi import Request

from oficina_core.enderecos import propria_maquina

REPASSES = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP")
REDE_IPV6 = 56  # o que a operadora dá a um assinante
NAT64 = ip_network("64:ff9b::/96")  # RFC 6052


def host(request: Request) -> str:
    """O endereço de quem pede; vazio se não há, como em um soquete local."""
    return request.client.host if request.client else ""


def de_onde(host: str) -> str:
    """Quem está nesse endereço: ele ou, em IPv6, a rede inteira que um assinante tem.

    O IPv4 escrito em IPv6 é o mesmo IPv4.
    """
    endereco = _ler(host)
    if isinstance(endereco, IPv6Address):
        if endereco.ipv4_mapped or endereco in NAT64:
            return str(IPv4Address(endereco.packed[-4:]))
        return str(ip_network((endereco, REDE_IPV6), strict=False))
    return str(endereco or "desconhecida")


def daqui(request: Request) -> bool:
    """Se quem pede está nesta máquina, e por ela mesma: nem proxy, nem página de outro nome."""
    repassado = any(nome in request.headers for nome in REPASSES)
    endereco = _ler(host(request))
    perto = endereco is not None and endereco.is_loopback
    return perto and not repassado and propria_maquina(request.url.hostname)


def _ler(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
