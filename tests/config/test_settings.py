"""Settings: what is read, and what is said of each mistake."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.config.databases import without_password
from feedserver.config.declared import Setting
from feedserver.config.networks import Listen
from feedserver.config.settings import (
    SETTINGS,
    LogStyle,
    MetricsReaders,
    Settings,
    described,
)
from feedserver.errors import ConfigError
from feedserver.model.network import AllowedNetwork, Resolution
from tests.config.cases import cases


def mistakes(**environ: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        Settings.from_environment({f"FEEDSERVER_{name}": text for name, text in environ.items()})
    return str(raised.value).splitlines()


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.from_environment({"PATH": "/bin"})

    assert settings == Settings()
    assert settings.database == "sqlite:///feedserver.db"
    assert settings.listen == Listen(host="127.0.0.1", port=8080)
    assert settings.feeds == Path("feeds")
    assert settings.base_url is None
    assert settings.max_bytes == 5 * 1024 * 1024
    assert settings.keep_attempts == timedelta(days=30)


def test_every_setting_is_read() -> None:
    settings = Settings.from_environment(
        {
            "FEEDSERVER_DATABASE": "postgres://desk:secret@db/news",
            "FEEDSERVER_LISTEN": "[::1]:0",
            "FEEDSERVER_FEEDS": "/etc/feedserver",
            "FEEDSERVER_BASE_URL": "https://news.example.org/syndication/",
            "FEEDSERVER_ALLOW_PRIVATE": "127.0.0.1/32, 10.0.0.0/8:8080,[::1]/128,fd00::/8:81",
            "FEEDSERVER_RESOLVE": "*.test=127.0.0.1, example.org=[::1],",
            "FEEDSERVER_TRUSTED_PROXIES": "10.1.0.0/16, ::1/128",
            "FEEDSERVER_POLL_AT_ONCE": "8",
            "FEEDSERVER_POLL_SECONDS": " 5 ",
            "FEEDSERVER_MAX_BYTES": "500kB",
            "FEEDSERVER_PARSERS": "4",
            "FEEDSERVER_KEEP_ATTEMPTS": "7d",
            "FEEDSERVER_KEEP_RECEIVED": "12h",
            "FEEDSERVER_LOG": "json",
            "FEEDSERVER_METRICS": "public",
        }
    )

    assert settings == Settings(
        database="postgresql://desk:secret@db/news",
        listen=Listen(host="::1", port=0),
        feeds=Path("/etc/feedserver"),
        base_url="https://news.example.org/syndication",
        allow_private=(
            AllowedNetwork(network=IPv4Network("127.0.0.1/32")),
            AllowedNetwork(network=IPv4Network("10.0.0.0/8"), ports=(8080,)),
            AllowedNetwork(network=IPv6Network("::1/128")),
            AllowedNetwork(network=IPv6Network("fd00::/8"), ports=(81,)),
        ),
        resolve=(
            Resolution(pattern="*.test", address="127.0.0.1"),
            Resolution(pattern="example.org", address="::1"),
        ),
        trusted_proxies=(IPv4Network("10.1.0.0/16"), IPv6Network("::1/128")),
        poll_at_once=8,
        poll_seconds=5,
        max_bytes=500_000,
        parsers=4,
        keep_attempts=timedelta(days=7),
        keep_received=timedelta(hours=12),
        log=LogStyle.JSON,
        metrics=MetricsReaders.PUBLIC,
    )


@pytest.mark.parametrize(
    ("mistaken", "line"), cases(Path(__file__).with_name("mistaken_settings.txt"))
)
def test_a_mistake_is_told_with_the_name_the_value_and_what_would_be_right(
    mistaken: str, line: str
) -> None:
    name, text = mistaken.removeprefix("FEEDSERVER_").split("=", 1)

    assert mistakes(**{name: text}) == [line]


def test_all_mistakes_are_told_at_once() -> None:
    told = mistakes(LISTEN="8080", PARSERS="none", KEEP_ATTEMPTS="30", DATABSE="x.db")

    assert [line.split()[0] for line in told] == [
        "FEEDSERVER_DATABSE",
        "FEEDSERVER_LISTEN",
        "FEEDSERVER_PARSERS",
        "FEEDSERVER_KEEP_ATTEMPTS",
    ]


def test_a_setting_left_empty_has_its_default() -> None:
    assert Settings.from_environment({"FEEDSERVER_BASE_URL": "", "FEEDSERVER_LOG": " "}) == (
        Settings()
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("FEEDSERVER_TEST_POSTGRES", "postgresql://localhost/test"),
        ("FEEDSERVER_CORPUS", "corpus"),
        ("FEEDSERVER_SERVICE_HOST", "10.0.0.7"),
        ("FEEDSERVER_SERVICE_PORT_HTTP", "8080"),
        ("FEEDSERVER_PORT", "tcp://10.0.0.7:8080"),
        ("FEEDSERVER_PORT_8080_TCP_ADDR", "10.0.0.7"),
    ],
)
def test_variables_of_the_tests_and_of_kubernetes_are_left_alone(name: str, text: str) -> None:
    assert Settings.from_environment({name: text}) == Settings()


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("news.db", "sqlite:///news.db"),
        ("/var/lib/news.db", "sqlite:////var/lib/news.db"),
        ("sqlite:///news.db", "sqlite:///news.db"),
        ("sqlite:////var/lib/news.db", "sqlite:////var/lib/news.db"),
        ("postgresql:///news?host=/run/postgresql", "postgresql:///news?host=/run/postgresql"),
        ("postgres://db/news", "postgresql://db/news"),
    ],
)
def test_a_database_is_named_by_a_path_or_an_address(written: str, address: str) -> None:
    assert Settings.from_environment({"FEEDSERVER_DATABASE": written}).database == address


@pytest.mark.parametrize("written", [":memory:", "sqlite://news.db", "sqlite:///", "postgres://"])
def test_a_database_that_cannot_be_kept_is_refused(written: str) -> None:
    assert mistakes(DATABASE=written)[0].startswith(
        f'FEEDSERVER_DATABASE "{written}" is not a database that we can keep; write '
    )


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://desk:se:cr@et/x@db/news",
        "postgresql://desk@db/news?password=se:cr@et/x&connect_timeout=3",
    ],
)
def test_a_password_is_never_shown(address: str) -> None:
    environ = {"FEEDSERVER_DATABASE": address}
    shown = {setting.name: text for setting, text in described(environ)}

    for text in (
        repr(Settings.from_environment(environ)),
        shown["FEEDSERVER_DATABASE"],
        mistakes(DATABASE=address.replace("postgresql", "mysql"))[0],
    ):
        assert "cr@et" not in text
    assert "db/news" in without_password(address)


def test_each_setting_is_described_with_what_holds_for_it() -> None:
    shown = {setting.name: text for setting, text in described({"FEEDSERVER_PARSERS": "3"})}

    assert list(shown) == [setting.name for setting in SETTINGS.values()]
    assert shown["FEEDSERVER_PARSERS"] == "3"
    assert shown["FEEDSERVER_MAX_BYTES"] == "5MiB"


@pytest.mark.parametrize(
    ("written", "port", "origin"),
    [
        ("127.0.0.1:8080", None, "http://127.0.0.1:8080"),
        ("localhost:0", 49152, "http://localhost:49152"),
        ("0.0.0.0:80", None, "http://127.0.0.1:80"),
        ("[::]:80", None, "http://[::1]:80"),
    ],
)
def test_the_origin_is_one_that_a_browser_on_this_machine_can_ask(
    written: str, port: int | None, origin: str
) -> None:
    listen = Settings.from_environment({"FEEDSERVER_LISTEN": written}).listen

    assert str(listen) == written
    assert listen.origin(port=port) == origin


@given(st.sampled_from(list(SETTINGS.values())), st.text())
def test_any_text_is_read_or_refused_in_a_line(setting: Setting, text: str) -> None:
    told = refusal(setting.name, text)

    assert told == [] or (len(told) == 1 and told[0].startswith(setting.name))


def refusal(name: str, text: str) -> list[str]:
    try:
        Settings.from_environment({name: text})
    except ConfigError as error:
        return str(error).splitlines()
    return []


@given(st.ip_addresses(), st.integers(0, 65_535))
def test_any_address_and_port_can_be_listened_on(address: object, port: int) -> None:
    listen = Listen(host=str(address), port=port)

    assert Settings.from_environment({"FEEDSERVER_LISTEN": str(listen)}).listen == listen
    assert ip_address(listen.host) == address
