"""Connections that pass the guard: every socket is checked for the address it is opened to.

The check sits in the socket factory because nothing goes round it. A resolver alone is not enough:
aiohttp does not call it for IP literals.
"""

import socket
from collections.abc import Sequence

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from feedserver.fetch.guard import Guard
from feedserver.model.network import Resolution


class RefusedError(PermissionError):
    """The guard refuses the address. An :exc:`OSError`, since aiohttp carries no other along."""


class GuardedResolver(AbstractResolver):
    """Looks names up, first in a table of ours, and leaves out addresses that the guard refuses.

    Leaving them out lets a name with one good address among bad ones be reached all the same.
    """

    def __init__(self, guard: Guard, table: Sequence[Resolution], dns: AbstractResolver) -> None:
        self._guard = guard
        self._table = table
        self._dns = dns

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host that we may connect to.

        Raises:
            RefusedError: It has addresses, none of them allowed.
            OSError: It has none.
        """
        known = self._listed(host)
        found = [_result(host, known, port)] if known else await self._look_up(host, port, family)
        refusals = [self._guard.refusal(result["host"], port) for result in found]
        good = [result for result, no in zip(found, refusals, strict=True) if no is None]
        if found and not good:
            raise RefusedError("; ".join(no for no in refusals if no))
        return good

    async def close(self) -> None:
        """Let go of the DNS."""
        await self._dns.close()

    def _listed(self, host: str) -> str | None:
        return next((known.address for known in self._table if known.matches(host)), None)

    async def _look_up(
        self, host: str, port: int, family: socket.AddressFamily
    ) -> list[ResolveResult]:
        try:
            return await self._dns.resolve(host, port, family)
        except UnicodeError as error:
            raise OSError(None, "malformed name") from error


def guarded_connector(
    guard: Guard, table: Sequence[Resolution], dns: AbstractResolver
) -> aiohttp.TCPConnector:
    """Return a connector that opens no socket to an address that the guard refuses.

    How many connections there may be is decided before one is asked for (``places``), so that
    waiting for one's turn does not eat into the time allowed for the answer.
    """

    def checked(info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, proto, _, (host, port, *_) = info
        if reason := guard.refusal(str(host), int(port)):
            raise RefusedError(reason)
        return socket.socket(family, kind, proto)

    resolver = GuardedResolver(guard, table, dns)
    return aiohttp.TCPConnector(resolver=resolver, socket_factory=checked, limit=0)


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
    )
