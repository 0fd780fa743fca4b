"""A small newsroom without mistakes, for tests to spoil."""

from pathlib import Path

import pytest

FILES = {
    "site.toml": """
title = "The Evening Courier"
description = "News from the harbour."
link = "https://courier.example/"
languages = ["en", "zh-hans"]
time_zone = "Europe/Berlin"
rights = "© The Evening Courier"
contact = "desk@courier.example"
contact_name = "The desk"
authority = "courier.example,2026"
""",
    "sections.toml": """
[[section]]
slug = "home"
title = "Home"
description = "Everything."
language = "en"
everything = true

[[section]]
slug = "us"
title = "U.S."
description = "The United States."
language = "en"
length = 20
pins = ["7", "letter"]

[[section]]
slug = "america"
title = "America"
description = "Where U.S. used to be."
language = "en"
moved_to = "us"

[[section]]
slug = "sport"
title = "Sport"
description = "Given up."
language = "en"
retired = true
""",
    "sources.toml": """
[[source]]
key = "reuters-world"
title = "Reuters"
url = "https://news.example.org/rss"
owner = "Thomson Reuters"
country = "GB"
language = "en"
kind = "wire"
rights = "headline"
section = "us"
interval = "15m"

[[source]]
key = "demo"
title = "Demo"
url = "http://demo.test:8081/feed"
owner = "Us"
country = "US"
language = "en"
kind = "own"
rights = "full"
interval = "15s"
verified = true
""",
    "rules.toml": """
[[rule]]
name = "Politics goes to U.S."
section = "us"
source = "demo"
category = "Politics"
""",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A newsroom without mistakes, in ``feeds`` below the working directory."""
    monkeypatch.chdir(tmp_path)
    folder = Path("feeds")
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
