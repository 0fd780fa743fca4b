"""Parts of the network that the operator names: what may be reached, and where names lead."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedNetwork:
    """A private network that we may connect to all the same.

    Attributes:
        ports: Those that are open to us; all of them when empty.
    """

    network: IPv4Network | IPv6Network
    ports: tuple[int, ...] = ()

    def matches(self, address: IPv4Address | IPv6Address, port: int) -> bool:
        """Tell whether a connection to that address and port is allowed."""
        return address in self.network and (not self.ports or port in self.ports)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Where a name leads, said by us instead of the DNS (as curl's ``--resolve``).

    Attributes:
        pattern: A host name, or ``*.`` and a domain for every name below it.
        address: An IP address, without brackets.
    """

    pattern: str
    address: str

    def matches(self, host: str) -> bool:
        """Tell whether it speaks of that host. Names are compared without case (RFC 4343)."""
        name, pattern = host.lower().removesuffix("."), self.pattern.lower()
        if pattern.startswith("*."):
            return name.endswith(pattern[1:]) and name != pattern[1:]
        return name == pattern
