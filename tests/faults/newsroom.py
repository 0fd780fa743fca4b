"""The folder of a newsroom whose sources are outlets of a test."""

from collections.abc import Iterable
from pathlib import Path

SITE = """
title = "The Evening Courier"
description = "News from the harbour."
link = "https://courier.example/"
languages = ["en"]
time_zone = "Europe/Berlin"
rights = "© The Evening Courier"
contact = "desk@courier.example"
contact_name = "The desk"
authority = "courier.example,2026"
"""

SECTION = """
[[section]]
slug = "{slug}"
title = "{slug}"
description = "A section."
language = "en"
length = 500
"""

SOURCE = """
[[source]]
key = "{key}"
title = "Outlet {key}"
url = "{url}"
owner = "Outlet {key}"
country = "US"
language = "en"
kind = "local"
rights = "excerpt"
section = "us"
interval = "30m"
verified = true
"""

SECTIONS = ("us", "world")


def make_folder(folder: Path, sources: Iterable[tuple[str, str]]) -> Path:
    """Write a newsroom's folder.

    Args:
        sources: Key and address of each.
    """
    folder.mkdir()
    written = {
        "site": SITE,
        "sections": "".join(SECTION.format(slug=slug) for slug in SECTIONS),
        "sources": "".join(SOURCE.format(key=key, url=url) for key, url in sources),
        "rules": "",
    }
    for name, text in written.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder
