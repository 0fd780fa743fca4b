from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.fetch.guard import Guard
from feedserver.model.network import AllowedNetwork

NOWHERE_ELSE = Guard()


@pytest.mark.parametrize(
    ("address", "meaning"),
    [
        ("0.0.0.0", "this host"),  # noqa: S104 - is refused
        ("0.1.2.3", "this host"),
        ("10.0.0.1", "private"),
        ("100.64.0.1", "shared"),
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("169.254.169.254", "link-local"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.0.0.192", "protocol"),
        ("192.0.2.1", "documentation"),
        ("192.88.99.1", "6to4"),
        ("192.168.1.1", "private"),
        ("198.18.0.1", "benchmarks"),
        ("198.19.255.255", "benchmarks"),
        ("198.51.100.7", "documentation"),
        ("203.0.113.9", "documentation"),
        ("224.0.0.1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::127.0.0.1", "IPv4-compatible"),
        ("::8.8.8.8", "IPv4-compatible"),
        ("::ffff:10.0.0.1", "IPv4-mapped"),
        ("::ffff:8.8.8.8", "IPv4-mapped"),
        ("64:ff9b::7f00:1", "NAT64"),
        ("64:ff9b:1::a00:1", "NAT64"),
        ("100::1", "discarding"),
        ("2001:0:7f00:1::", "Teredo"),
        ("2001:2::1", "benchmarks"),
        ("2001:10::1", "protocol"),
        ("2001:db8::1", "documentation"),
        ("2002:7f00:1::", "6to4"),
        ("3fff::1", "documentation"),
        ("5f00::1", "segment routing"),
        ("fc00::1", "private"),
        ("fd00:ec2::254", "private"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fec0::1", "site-local"),
        ("ff02::1", "multicast"),
        ("4000::1", "outside global unicast"),
    ],
)
def test_an_address_that_is_not_for_public_hosts_is_refused_with_its_meaning(
    address: str, meaning: str
) -> None:
    refusal = NOWHERE_ELSE.refusal(address, 443)
    assert refusal is not None
    assert meaning in refusal


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "172.32.0.1", "192.0.1.1", "100.128.0.1", "2606:4700::1", "2a00:1450::1"]
)
def test_a_public_address_is_reached_on_the_ports_of_the_web_only(address: str) -> None:
    assert NOWHERE_ELSE.refusal(address, 80) is None
    assert NOWHERE_ELSE.refusal(address, 443) is None
    assert "80 or 443 only" in (NOWHERE_ELSE.refusal(address, 6379) or "")


def test_an_allowed_network_opens_all_its_ports_and_no_other_address() -> None:
    guard = Guard((AllowedNetwork(network=ip_network("127.0.0.1/32")),))
    assert guard.refusal("127.0.0.1", 6379) is None
    assert guard.refusal("127.0.0.2", 80) is not None
    assert guard.refusal("::ffff:127.0.0.1", 80) is not None


def test_an_allowed_network_with_ports_opens_only_these() -> None:
    guard = Guard((AllowedNetwork(network=ip_network("10.0.0.0/8"), ports=(8080,)),))
    assert guard.refusal("10.1.2.3", 8080) is None
    assert guard.refusal("10.1.2.3", 80) is not None


@given(st.one_of(st.ip_addresses(), st.ip_addresses(network="2000::/3")))
def test_what_the_guard_lets_through_python_too_holds_for_global(
    address: IPv4Address | IPv6Address,
) -> None:
    if NOWHERE_ELSE.refusal(str(address), 443) is None:
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_gets_through_in_the_clothes_of_ipv6(address: IPv4Address) -> None:
    number = int(address)
    for prefix in ("::", "::ffff:0:0", "64:ff9b::"):
        dressed = IPv6Address(int(ip_address(prefix)) + number)
        assert NOWHERE_ELSE.refusal(str(dressed), 443) is not None
    assert NOWHERE_ELSE.refusal(str(IPv6Address((0x2002 << 112) + (number << 80))), 443) is not None
