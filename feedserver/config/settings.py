"""Settings: what the environment says about this machine, as the folder speaks of the newsroom.

A setting is declared once, as a field of :class:`Settings`. Its name, its default, its reader and
its meaning are data (:data:`SETTINGS`): the environment is read by them and the pages are checked.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from feedserver.config.databases import database, without_password
from feedserver.config.declared import Setting, optional, setting
from feedserver.config.networks import (
    Listen,
    Network,
    allowed_networks,
    base_url,
    listen,
    networks,
    resolutions,
)
from feedserver.config.readers import did_you_mean, duration, one_of, size, whole_number
from feedserver.errors import ConfigError
from feedserver.model.network import AllowedNetwork, Resolution

_PREFIX = "FEEDSERVER_"

_OTHERS = re.compile(r"TEST_.*|CORPUS|SERVICE_(HOST|PORT).*|PORT_[0-9]+_.*")
"""Names that are not settings: our tests', and those that Kubernetes sets for a service of our name
(it sets ``FEEDSERVER_PORT=tcp://…`` as well)."""


class LogStyle(StrEnum):
    """How log lines are written."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


class MetricsReaders(StrEnum):
    """Who may read ``/metrics``."""

    LOOPBACK = "loopback"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says. ``Settings()`` holds the defaults.

    Attributes:
        database: ``sqlite:///PATH``, relative or absolute, or ``postgresql://…``.
        base_url: Without a slash at its end; ``None`` where it follows from ``listen``.
        poll_seconds: Total time of one fetch, over all its redirects.
        max_bytes: Of a document, counted after decompression.
        parsers: Child processes that read documents.
    """

    database: str = setting(
        "feedserver.db",
        database,
        "Where everything is kept: a SQLite file by its path or as `sqlite:///PATH`, "
        "or `postgresql://…`.",
        secret=True,
    )
    listen: Listen = setting(
        "127.0.0.1:8080",
        listen,
        "Host and port that the server listens on; port 0 takes a free one.",
    )
    feeds: Path = setting(
        "feeds", Path, "The newsroom's folder, with `site.toml` and its companions."
    )
    base_url: str | None = setting(
        "",
        optional(base_url),
        "Address under which readers find the server; it begins every link that we publish. "
        "Derived from the address listened on when empty.",
    )
    allow_private: tuple[AllowedNetwork, ...] = setting(
        "",
        allowed_networks,
        "Private networks that polls may reach, as `127.0.0.1/32, 10.0.0.0/8:8080, [::1]/128`; "
        "without a port all of a network's ports are open.",
    )
    resolve: tuple[Resolution, ...] = setting(
        "",
        resolutions,
        "Where names lead, instead of asking the DNS, as `*.test=127.0.0.1, example.org=10.0.0.1`.",
    )
    trusted_proxies: tuple[Network, ...] = setting(
        "",
        networks,
        "Networks of the proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.",
    )
    poll_at_once: int = setting(
        "32", whole_number(1, 1_000), "How many sources are polled at the same time."
    )
    poll_seconds: int = setting(
        "20", whole_number(1, 300), "Seconds that one fetch may take, all its redirects included."
    )
    max_bytes: int = setting(
        "5MiB", size, "Longest document that is read, counted after decompression."
    )
    parsers: int = setting(
        "2", whole_number(1, 64), "Child processes in which documents are parsed."
    )
    keep_attempts: timedelta = setting("30d", duration, "How long the record of each poll is kept.")
    keep_received: timedelta = setting(
        "30d",
        duration,
        "How long the texts of entries are kept as they were received, byte for byte.",
    )
    log: LogStyle = setting(
        "auto",
        one_of(LogStyle),
        "How log lines are written: `text`, `json`, or `auto`, which is text on a terminal.",
    )
    metrics: MetricsReaders = setting(
        "loopback",
        one_of(MetricsReaders),
        "Who may read `/metrics`: this machine alone (`loopback`) or anybody (`public`).",
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings. One that is not set, or is empty, has its default.

        Raises:
            ConfigError: With one line for each mistake.
        """
        values, mistakes = dict[str, Any](), list(_unknown(environ))
        for attribute, declared in SETTINGS.items():
            try:
                values[attribute] = declared.read(_written(declared, environ))
            except ValueError as error:
                mistakes.append(f"{declared.name} {error}")
        if mistakes:
            raise ConfigError("\n".join(mistakes))
        return cls(**values)


SETTINGS: Mapping[str, Setting] = {
    attribute.name: Setting(name=_PREFIX + attribute.name.upper(), **attribute.metadata)
    for attribute in fields(Settings)
}
"""Every setting, by the attribute of :class:`Settings` that holds it."""


def described(environ: Mapping[str, str]) -> Iterator[tuple[Setting, str]]:
    """Yield every setting with what holds for it, as it is written and may be shown."""
    for declared in SETTINGS.values():
        text = _written(declared, environ)
        yield declared, without_password(text) if declared.secret else text


def _written(declared: Setting, environ: Mapping[str, str]) -> str:
    return environ.get(declared.name, "").strip() or declared.default


def _unknown(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each variable that looks like a setting and is none."""
    known = {declared.name.removeprefix(_PREFIX) for declared in SETTINGS.values()}
    for name in sorted(environ):
        word = name.removeprefix(_PREFIX)
        kubernetes = word == "PORT" and "://" in environ[name]
        if name == word or word in known or kubernetes or _OTHERS.fullmatch(word):
            continue
        advice = did_you_mean(
            word, known, prefix=_PREFIX, otherwise="see docs/reference/settings.md"
        )
        yield f"{name} is not a setting; {advice}"
