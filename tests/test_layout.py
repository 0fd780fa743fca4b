"""The house rules that no linter checks."""

import ast
import re
import tokenize
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "feedserver"
CODE = sorted(chain(PACKAGE.rglob("*.py"), ROOT.glob("tests/**/*.py"), ROOT.glob("bench/**/*.py")))
LONGEST_FILE = 300
LONGEST_FUNCTION = 50

STARTED = {"feedserver.__main__", "feedserver.poll.child"}
"""Modules that nobody imports because a process starts with them."""

EXEMPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pyright:\s*ignore)(?P<rest>.*)")
CODES = re.compile(r"^\s*(?::\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*|\[[\w, -]+\])")

OUT_OF_PLACE = {
    "a path of one machine": re.compile(r"(?<![\w.:/~$}*-])/(?:work|tmp|root|home)/"),
    "a package index's address": re.compile(r"index[-]url|pypi[.]org/simple|python[h]osted"),
}
"""What must not be in any file. The brackets keep the patterns from matching themselves."""

MADE = {"__pycache__", "node_modules", "var", "dist"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_files_and_functions_fit_on_their_screens(path: Path) -> None:
    text = path.read_text("utf-8")
    lines = text.count("\n")
    assert lines <= LONGEST_FILE, f"{lines} lines: split this module by what changes together"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines: a screen is less"


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_every_exemption_from_a_check_tells_why(path: Path) -> None:
    unexplained = [f"line {line}: {text}" for line, text in exemptions(path) if not reason(text)]
    assert not unexplained, f"write why after the code, as in `# noqa: S101 - ...`: {unexplained}"


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_a_module_is_named_for_what_it_holds(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "common", "misc"}, "it has no name yet"


def test_every_module_is_of_use() -> None:
    modules = {module_of(path): path for path in PACKAGE.rglob("*.py")}
    imported = {name for path in modules.values() for name in imports(path)}
    unused = sorted(modules.keys() - imported - STARTED)
    assert not unused, f"only tests, if anything, import {', '.join(unused)}: use it or remove it"


def test_no_file_speaks_of_one_machine() -> None:
    found = [
        f"{name_of(path)}:{number}: {what}"
        for path in texts()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for what, pattern in OUT_OF_PLACE.items()
        if pattern.search(line)
    ]
    assert not found


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("# noqa", False),
        ("# noqa: TID251", False),
        ("# noqa: TID251, S101", False),
        ("# noqa: TID251 - lets the others run", True),
        ("# type: ignore[arg-type]", False),
        ("# type: ignore[arg-type]  # its stubs are wrong", True),
        ("# pyright: ignore[reportArgumentType] - its stubs are wrong", True),
    ],
)
def test_a_code_alone_is_no_reason(comment: str, *, told: bool) -> None:
    assert reason(comment) is told


def exemptions(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT and EXEMPTION.search(token.string):
                yield token.start[0], token.string


def reason(comment: str) -> bool:
    exempted = EXEMPTION.search(comment)
    return bool(exempted and CODES.sub("", exempted["rest"]).strip(" -#"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Yield what a file imports, and the packages around it; ``from a import b`` may mean a.b."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            parts = name.split(".")
            yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def texts() -> Iterator[Path]:
    """Yield the project's own text files, whatever git knows of them."""
    hidden = ROOT.glob(".ci/**/*")
    for path in chain(hidden, ROOT.glob("[!.]*"), ROOT.glob("[!.]*/**/*")):
        if path.is_file() and not MADE & set(path.relative_to(ROOT).parts):
            try:
                path.read_text("utf-8")
            except UnicodeDecodeError:
                continue
            yield path
