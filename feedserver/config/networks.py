"""Readers of what is said of the network: where we listen, whom we trust, what polls may reach."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TypeVar

from feedserver.config.readers import each, quoted, web_address
from feedserver.model.network import AllowedNetwork, Resolution

Network = IPv4Network | IPv6Network
Part = TypeVar("Part")

_HIGHEST_PORT = 65_535
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
_HOST = r"[\w-]{1,63}(?:\.[\w-]{1,63})*"
_ALLOWED = re.compile(
    r"(?:\[(?P<six>[^]]+)\]|(?P<bare>[^][/]+?))(?P<length>/[0-9]+)?(?::(?P<port>[0-9]{1,6}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Where the server takes connections.

    Attributes:
        host: A name or an address, without brackets.
        port: 0 for any that is free.
    """

    host: str
    port: int

    def origin(self, *, port: int | None = None) -> str:
        """Return the address at which this machine's own browser finds the server.

        Args:
            port: The one that was found free, where :attr:`port` is 0.
        """
        host = _EVERYWHERE.get(self.host, self.host)
        return f"http://{_bracketed(host)}:{self.port if port is None else port}"

    def __str__(self) -> str:
        return f"{_bracketed(self.host)}:{self.port}"


def listen(value: str) -> Listen:
    """Read a host and a port, as ``127.0.0.1:8080`` or ``[::1]:8080``."""
    match = re.fullmatch(rf"(\[[0-9A-Fa-f:.]+\]|{_HOST}):([0-9]{{1,5}})", value)
    host = match[1].strip("[]") if match else ""
    if match is None or int(match[2]) > _HIGHEST_PORT or not _can_be_bound(host):
        raise ValueError(
            f"{quoted(value)} is not a host and a port; "
            'write "127.0.0.1:8080", or "0.0.0.0:8080" to be reached from other machines'
        )
    return Listen(host=host, port=int(match[2]))


def base_url(value: str) -> str:
    """Read the address that our own absolute URLs begin with; a slash at its end is dropped."""
    address = web_address(value)
    if "?" in address or "#" in address:
        raise ValueError(f'{quoted(value)} must end with the path; leave out "?" and "#"')
    return address.rstrip("/")


def networks(value: str) -> tuple[Network, ...]:
    """Read networks with commas between them, as ``10.0.0.0/8, ::1/128``."""
    return _parts(value, _network)


def allowed_networks(value: str) -> tuple[AllowedNetwork, ...]:
    """Read networks with commas between them, each with the one port that is open, or all."""
    return _parts(value, _allowed)


def resolutions(value: str) -> tuple[Resolution, ...]:
    """Read what names lead to, as ``*.test=127.0.0.1, example.org=[::1]``."""
    return _parts(value, _resolution)


def _parts(value: str, read: Callable[[str], Part]) -> tuple[Part, ...]:
    return each([part.strip() for part in value.split(",") if part.strip()], read)


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise ValueError(f"{quoted(text)} {_network_advice(text)}") from error


def _network_advice(text: str) -> str:
    try:
        near = ip_network(text, strict=False)
    except ValueError:
        return 'is not a network; write it as "10.0.0.0/8" or "::1/128"'
    return f"has bits beyond its length; write {quoted(str(near))}"


def _allowed(text: str) -> AllowedNetwork:
    match = _ALLOWED.fullmatch(text)
    # "::1:8080" is an address as well as an address and a port, so there brackets are needed.
    unclear = match and not match["length"] and ":" in (match["bare"] or "")
    if match is None or unclear or int(match["port"] or 1) not in range(1, _HIGHEST_PORT + 1):
        raise ValueError(
            f"{quoted(text)} is not a network, with a port or without; "
            'write it as "127.0.0.1/32", "10.0.0.0/8:8080" or "[::1]/128:8080"'
        )
    ports = (int(match["port"]),) if match["port"] else ()
    network = _network((match["six"] or match["bare"]) + (match["length"] or ""))
    return AllowedNetwork(network=network, ports=ports)


def _resolution(text: str) -> Resolution:
    pattern, _, written = (part.strip() for part in text.partition("="))
    address = re.sub(r"^\[(.*)\]$", r"\1", written)
    if not re.fullmatch(rf"(\*\.)?{_HOST}", pattern) or not _is_address(address):
        raise ValueError(
            f"{quoted(text)} is not a name and an address; "
            'write it as "example.org=127.0.0.1", or "*.test=127.0.0.1" for all below a domain'
        )
    return Resolution(pattern=pattern, address=address)


def _can_be_bound(host: str) -> bool:
    """Tell whether it is a name, or else an address that is one."""
    return _is_address(host) or not re.fullmatch(r"[0-9.]+|.*:.*", host)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
