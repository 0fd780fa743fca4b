"""Where we may connect: globally routable addresses on the web's ports, and what is allowed.

The table is our own, since ``is_global`` of Python 3.11 takes NAT64, 6to4, IPv4-compatible and
multicast addresses for global ones, and each of them can lead to a private host. It follows the
IANA registries of special-purpose addresses (RFC 6890).
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from feedserver.model.network import AllowedNetwork

WEB_PORTS = frozenset({80, 443})

NOT_GLOBAL_4 = {
    IPv4Network("0.0.0.0/8"): "this host (RFC 1122)",
    IPv4Network("10.0.0.0/8"): "a private network (RFC 1918)",
    IPv4Network("100.64.0.0/10"): "a carrier's shared space (RFC 6598)",
    IPv4Network("127.0.0.0/8"): "loopback (RFC 1122)",
    IPv4Network("169.254.0.0/16"): "link-local (RFC 3927)",
    IPv4Network("172.16.0.0/12"): "a private network (RFC 1918)",
    IPv4Network("192.0.0.0/24"): "for protocol assignments (RFC 6890)",
    IPv4Network("192.0.2.0/24"): "for documentation (RFC 5737)",
    IPv4Network("192.88.99.0/24"): "a 6to4 relay (RFC 7526)",
    IPv4Network("192.168.0.0/16"): "a private network (RFC 1918)",
    IPv4Network("198.18.0.0/15"): "for benchmarks (RFC 2544)",
    IPv4Network("198.51.100.0/24"): "for documentation (RFC 5737)",
    IPv4Network("203.0.113.0/24"): "for documentation (RFC 5737)",
    IPv4Network("224.0.0.0/4"): "multicast (RFC 5771)",
    IPv4Network("240.0.0.0/4"): "reserved (RFC 1112)",
}

NOT_GLOBAL_6 = {
    IPv6Network("::/128"): "unspecified (RFC 4291)",
    IPv6Network("::1/128"): "loopback (RFC 4291)",
    IPv6Network("::/96"): "IPv4-compatible (RFC 4291)",
    IPv6Network("::ffff:0:0/96"): "IPv4-mapped (RFC 4291)",
    IPv6Network("64:ff9b::/96"): "NAT64 (RFC 6052)",
    IPv6Network("64:ff9b:1::/48"): "local NAT64 (RFC 8215)",
    IPv6Network("100::/64"): "for discarding (RFC 6666)",
    IPv6Network("2001::/32"): "Teredo (RFC 4380)",
    IPv6Network("2001:2::/48"): "for benchmarks (RFC 5180)",
    IPv6Network("2001::/23"): "for protocol assignments (RFC 2928)",
    IPv6Network("2001:db8::/32"): "for documentation (RFC 3849)",
    IPv6Network("2002::/16"): "6to4 (RFC 3056)",
    IPv6Network("3fff::/20"): "for documentation (RFC 9637)",
    IPv6Network("5f00::/16"): "for segment routing (RFC 9602)",
    IPv6Network("fc00::/7"): "a private network (RFC 4193)",
    IPv6Network("fe80::/10"): "link-local (RFC 4291)",
    IPv6Network("fec0::/10"): "site-local (RFC 3879)",
    IPv6Network("ff00::/8"): "multicast (RFC 4291)",
}

GLOBAL_UNICAST_6 = IPv6Network("2000::/3")
"""All that is given out for global use (RFC 4291, section 2.4)."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Decides, for an address that a name has been resolved to, whether we may connect to it."""

    allow: tuple[AllowedNetwork, ...] = ()

    def refusal(self, address: str, port: int) -> str | None:
        """Return why we must not connect there; ``None`` where we may."""
        ip = ip_address(address)
        if any(allowed.matches(ip, port) for allowed in self.allow):
            return None
        if meaning := _special(ip):
            return f"{ip} is {meaning}, and not in an allowed network"
        if port not in WEB_PORTS:
            return f"port {port} is closed to us; a public address is asked on 80 or 443 only"
        return None


def _special(ip: IPv4Address | IPv6Address) -> str | None:
    """Return what the address is for, if not for hosts of the public Internet."""
    if isinstance(ip, IPv4Address):
        return next((what for network, what in NOT_GLOBAL_4.items() if ip in network), None)
    elsewhere = None if ip in GLOBAL_UNICAST_6 else "outside global unicast (RFC 4291)"
    return next((what for network, what in NOT_GLOBAL_6.items() if ip in network), elsewhere)
