"""In charge of which network addresses a download may go to: public ones alone, whatever a name resolves to (SSRF).

The table holds what the IANA special-purpose registries (RFC 6890) do not give to the public Internet. Leaves connecting to `guarded`.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

_SPECIAL_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_PUBLIC_V6 = IPv6Network(
    "2000::/3"
)  #: all that IANA has given out; mapped, NAT64, ULA, link-local, multicast lie outside
_SPECIAL_V6 = tuple(
    IPv6Network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")  # Teredo and others, examples, 6to4, examples
)


@dataclass(frozen=True)
class AddressRule:
    """Which addresses may be connected to. `besides` opens networks that are not public: tests open 127.0.0.1/32."""

    besides: tuple[Network, ...] = ()

    def allows(self, address: str) -> bool:
        """Tell whether an address may be connected to; what is no address may not."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return _is_public(parsed) or any(parsed in network for network in self.besides)


PUBLIC = AddressRule()


def besides(*networks: str) -> AddressRule:
    """Return the rule that opens these networks too."""
    return AddressRule(tuple(ip_network(text) for text in networks))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _SPECIAL_V4)
    if address.scope_id is not None:
        return False
    return address.is_global and address in _PUBLIC_V6 and not any(address in network for network in _SPECIAL_V6)
