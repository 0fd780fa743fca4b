"""What commands say of themselves, and docs/reference/commands.md, which must say the same."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from rich.cells import cell_len
from typer.testing import CliRunner

from feedserver import __version__
from feedserver.cli.app import app
from tests.cli.conftest import Command

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"
COLUMNS = 80


def walk(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from walk(below, (*path, name))


COMMANDS = dict(walk(typer.main.get_command(app)))
LEAVES = {path: one for path, one in COMMANDS.items() if not hasattr(one, "commands")}


def named(path: tuple[str, ...]) -> str:
    return " ".join(("feedserver", *path))


def helped(*path: str) -> str:
    result = CliRunner().invoke(
        app, [*path, "--help"], terminal_width=COLUMNS, prog_name="feedserver"
    )
    assert result.exit_code == 0
    return result.output


def described(command: Any) -> str:
    """Return what a page's section says of a command: its words, then each parameter's."""
    said = [command.help]
    for parameter in command.params:
        if parameter.name != "help":
            names = ", ".join(f"`{name}`" for name in parameter.opts if name.startswith("-"))
            said.append(f"- {names or f'`{parameter.metavar}`'}: {parameter.help}")
    return on_one_line(" ".join(said))


def on_one_line(text: str) -> str:
    return " ".join(text.split())


def sections() -> dict[str, str]:
    """Return the page's sections about commands, by their heading."""
    parts = re.split(r"^### `(feedserver [a-z ]+)`\n", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("path", COMMANDS, ids=named)
def test_help_fits_on_a_terminal_of_80_columns(path: tuple[str, ...]) -> None:
    too_long = [line for line in helped(*path).splitlines() if cell_len(line) > COLUMNS]
    assert not too_long


@pytest.mark.parametrize("path", LEAVES, ids=named)
def test_help_has_examples_of_that_command(path: tuple[str, ...]) -> None:
    _, there_is, examples = helped(*path).partition("Examples:\n")
    assert there_is
    assert named(path) in examples


@pytest.mark.parametrize("path", LEAVES, ids=named)
def test_every_parameter_says_what_it_means(path: tuple[str, ...]) -> None:
    silent = [one.name for one in LEAVES[path].params if not one.help]
    assert not silent


@pytest.mark.parametrize("path", LEAVES, ids=named)
def test_the_page_says_of_a_command_what_its_help_says(path: tuple[str, ...]) -> None:
    assert described(LEAVES[path]) in on_one_line(sections().get(named(path), ""))


def test_the_page_knows_no_other_commands() -> None:
    assert sections().keys() == {named(path) for path in LEAVES}


def test_commands_are_listed_in_groups() -> None:
    text = helped()
    panels = ["Run it:", "What comes in and goes out:", "Look after it:"]
    assert [line for line in text.splitlines() if line in panels] == panels
    assert "..." not in text.replace("FEEDSERVER_...", "").replace("[ARGS]...", "")


def test_a_slip_is_told_with_what_would_be_right() -> None:
    result = CliRunner().invoke(app, ["sources", "lst"])
    assert result.exit_code == 2
    assert "Did you mean 'list'?" in result.output


async def test_the_program_tells_its_version(bare: Command) -> None:
    assert (await bare.good("--version")).out == f"{__version__}\n"


async def test_help_is_there_without_what_does_the_work(bare: Command) -> None:
    """Whoever asks for help waits for nothing: what is slow to import is not imported."""
    slow = ("aiohttp", "lxml", "asyncpg", "aiosqlite", "feedparser", "apscheduler", "jinja2")
    watched = bare.given()
    (bare.folder / "sitecustomize.py").write_text(
        "import atexit, sys\n"
        f"atexit.register(lambda: print('SLOW', sorted(set(sys.modules) & set({slow!r}))))\n"
    )
    environ = {**bare.environ, "PYTHONPATH": f"{bare.folder}:{bare.environ['PYTHONPATH']}"}
    watched = type(bare)(folder=bare.folder, environ=environ)
    for path in ((), ("poll",), ("sources", "add")):
        assert (await watched.good(*path, "--help")).out.endswith("SLOW []\n")
