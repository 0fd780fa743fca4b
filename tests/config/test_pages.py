"""The reference pages say what the code does, row by row."""

import re
from dataclasses import fields
from datetime import timedelta
from enum import Enum
from pathlib import Path

import pytest

from feedserver.config.keys import Shape
from feedserver.config.settings import SETTINGS
from feedserver.config.shapes import SHAPES
from feedserver.model.site import Site

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "reference"


def rows(page: str) -> list[tuple[str, ...]]:
    """Return the cells of every table row that begins with a name in code style."""
    lines = [line for line in page.splitlines() if line.startswith("| `")]
    return [tuple(cell.strip() for cell in line[1:-1].split("|")) for line in lines]


def as_written(default: object) -> str:
    """Return a key's default as it would stand in the file."""
    match default:
        case None:
            return ""
        case timedelta():
            written = f'"{default // timedelta(minutes=1)}m"'
        case Enum():
            written = f'"{default.value}"'
        case tuple():
            written = str(list(default))
        case _:
            written = str(default).lower()
    return f"`{written}`"


def test_every_setting_stands_on_its_page_with_its_default_and_its_meaning() -> None:
    page = (PAGES / "settings.md").read_text(encoding="utf-8")

    assert rows(page) == [
        (f"`{setting.name}`", f"`{setting.default}`" if setting.default else "", setting.meaning)
        for setting in SETTINGS.values()
    ]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_every_key_stands_on_the_newsroom_page_with_its_default_and_its_meaning(
    shape: Shape[Site],
) -> None:
    page = (PAGES / "newsroom.md").read_text(encoding="utf-8")
    part = page.split(f"\n## {shape.file}\n")[1].split("\n## ")[0]
    defaults = {field.name: field.default for field in fields(shape.model)}

    assert rows(part) == [
        (
            f"`{key}`",
            "**required**" if key in shape.required else as_written(defaults[key]),
            declared.meaning,
        )
        for key, declared in shape.keys.items()
    ]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_a_files_keys_are_the_fields_of_what_it_describes(shape: Shape[Site]) -> None:
    assert set(shape.keys) == {field.name for field in fields(shape.model)}


@pytest.mark.parametrize("file", ["compose.yaml", "Dockerfile", "deploy/feedserver.service"])
def test_what_is_shipped_sets_only_settings_that_there_are(file: str) -> None:
    named = set(re.findall(r"FEEDSERVER_[A-Z_]+", (ROOT / file).read_text(encoding="utf-8")))

    assert named
    assert named <= {setting.name for setting in SETTINGS.values()}
