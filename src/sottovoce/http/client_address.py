"""Whose address a request comes from."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

# Of so many addresses it is remembered whether they are a proxy's.
KNOWN_PEERS = 1024


class ClientAddress:
    """Tells the client's address; `X-Forwarded-For` counts only as far as trusted proxies wrote it.

    trusted_proxies: addresses or networks, `192.0.2.1` or `10.0.0.0/8`. Raises ValueError for anything else.
    """

    def __init__(self, trusted_proxies: Iterable[str]) -> None:
        self._trusted: list[IPv4Network | IPv6Network] = [ip_network(text) for text in trusted_proxies]
        self._trusts = lru_cache(KNOWN_PEERS)(self._is_trusted)

    def __call__(self, peer: str, headers: Sequence[tuple[bytes, bytes]]) -> str:
        """The address to hold to account: the last one that is not a trusted proxy's; of IPv6 the /64 network."""
        if self._trusted and self._trusts(peer):
            for hop in reversed(_forwarded(headers)):
                peer = hop
                if not self._trusts(hop):
                    break
        return _network_of(peer) if ":" in peer else peer

    def _is_trusted(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return any(address in network for network in self._trusted)


def _forwarded(headers: Sequence[tuple[bytes, bytes]]) -> list[str]:
    """The hops told by the headers, the last one last; whatever is no address left out."""
    hops: list[str] = []
    for name, value in headers:
        if name == b"x-forwarded-for":
            parts = (part.strip() for part in value.decode("latin-1").split(","))
            hops += (part for part in parts if _is_address(part))
    return hops


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _network_of(text: str) -> str:
    """One household or machine has a whole /64 of addresses to change about."""
    try:
        return str(ip_network((text, 64), strict=False)) if ip_address(text).version == 6 else text
    except ValueError:
        return text
