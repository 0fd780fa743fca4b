"""Who is on the other end: whether a request comes from this machine, and under which name."""

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from aiohttp import web

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def named_host(host: str | None) -> str:
    """Return the name or address that a ``Host`` header gives, without its port."""
    try:
        return (urlsplit(f"//{host or ''}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_loopback(name: str) -> bool:
    """Tell whether a name or an address is that of the machine itself."""
    if name == "localhost":
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def from_loopback(request: web.Request) -> bool:
    """Tell whether a program on this machine has connected to us."""
    return is_loopback(request.remote or "")


def is_local(request: web.Request) -> bool:
    """Tell whether somebody on this machine asks, and not a proxy on it for somebody else.

    The name is looked at as well, since a page from outside can be loaded under a name that its
    owner then points at 127.0.0.1 (DNS rebinding).
    """
    return (
        from_loopback(request)
        and is_loopback(named_host(request.headers.get("Host")))
        and not any(name in request.headers for name in _FORWARDED)
    )
