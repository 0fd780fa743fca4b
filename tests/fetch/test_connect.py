import socket
from collections.abc import Sequence

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from feedserver.fetch.connect import GuardedResolver, RefusedError
from feedserver.fetch.guard import Guard
from feedserver.model.network import Resolution


class FakeDns(AbstractResolver):
    """Knows every name, and always the same addresses. Dislikes long labels as Python's does."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if len(host) > 63:
            raise UnicodeError("label too long")
        return [
            ResolveResult(hostname=host, host=it, port=port, family=family, proto=0, flags=0)
            for it in self.addresses
        ]

    async def close(self) -> None:
        pass


async def addresses(
    host: str, dns: AbstractResolver, table: Sequence[Resolution] = (), port: int = 443
) -> list[str]:
    found = await GuardedResolver(Guard(), table, dns).resolve(host, port)
    return [result["host"] for result in found]


async def test_a_name_leads_where_the_dns_says() -> None:
    assert await addresses("one.example", FakeDns("8.8.8.8")) == ["8.8.8.8"]


async def test_a_name_leads_where_our_table_says_before_the_dns_is_asked() -> None:
    table = [Resolution(pattern="*.example", address="9.9.9.9")]
    assert await addresses("one.example", FakeDns("8.8.8.8"), table) == ["9.9.9.9"]
    assert await addresses("one.example.org", FakeDns("8.8.8.8"), table) == ["8.8.8.8"]


@pytest.mark.parametrize("private", ["10.0.0.1", "127.0.0.1", "::1", "64:ff9b::a00:1"])
async def test_a_name_that_leads_into_a_private_network_is_refused(private: str) -> None:
    with pytest.raises(RefusedError, match="not in an allowed network"):
        await addresses("one.example", FakeDns(private))
    with pytest.raises(RefusedError, match="not in an allowed network"):
        await addresses("one.test", FakeDns(), [Resolution(pattern="*.test", address=private)])


async def test_of_good_and_bad_addresses_the_good_ones_are_used() -> None:
    assert await addresses("one.example", FakeDns("10.0.0.1", "8.8.8.8")) == ["8.8.8.8"]


async def test_a_port_that_is_closed_to_us_is_refused_before_connecting() -> None:
    with pytest.raises(RefusedError, match="port 22 is closed"):
        await addresses("one.example", FakeDns("8.8.8.8"), port=22)


async def test_a_malformed_name_is_not_found() -> None:
    with pytest.raises(OSError, match="malformed name"):
        await addresses("a" * 64, FakeDns("8.8.8.8"))


@pytest.mark.parametrize(
    ("pattern", "host", "matches"),
    [
        ("*.test", "one.test", True),
        ("*.test", "a.one.TEST.", True),
        ("*.test", "test", False),
        ("*.test", ".test", False),
        ("*.test", "onetest", False),
        ("one.test", "ONE.test", True),
        ("one.test", "a.one.test", False),
    ],
)
def test_a_pattern_speaks_of_names_below_a_domain_or_of_one_name(
    pattern: str, host: str, matches: bool
) -> None:
    assert Resolution(pattern=pattern, address="127.0.0.1").matches(host) is matches
