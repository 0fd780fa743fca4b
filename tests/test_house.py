"""The checks are shown to fail: each fault is put into a copy of the tree, and must be named."""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = Path(sys.executable).parent
MADE = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "*.db*")

pytestmark = [
    pytest.mark.timeout(400),
    # One worker for all: they share the copy, and the checks' caches in it.
    pytest.mark.xdist_group("house"),
    pytest.mark.skipif(
        not (TOOLS / "lint-imports").exists() or not shutil.which("make"),
        reason="the checks are not installed: they come with make and pip install '.[dev]'",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Text that somebody adds to a file, or as a new one.

    Attributes:
        check: The target of the Makefile that must refuse it.
        says: What it must say, so that who did it knows what and where.
    """

    check: str
    path: str
    text: str
    says: tuple[str, ...]


MODULE = '"""A module that should not pass."""\n\n'
FAULTS = {
    "a model that knows the network": Fault(
        check="check-imports",
        path="feedserver/model/broken.py",
        text=MODULE + "import aiohttp\n",
        says=("feedserver.model.broken -> aiohttp", "every decision are pure BROKEN"),
    ),
    "a feature that imports a feature": Fault(
        check="check-imports",
        path="feedserver/desk/broken.py",
        text=MODULE + "import feedserver.people\n",
        says=("feedserver.desk.broken -> feedserver.people", "Imports point downwards BROKEN"),
    ),
    "a driver outside the store": Fault(
        check="check-imports",
        path="feedserver/poll/broken.py",
        text=MODULE + "import asyncpg\n",
        says=("feedserver.poll.broken -> asyncpg", "known only to their drivers BROKEN"),
    ),
    "a module outside the layers": Fault(
        check="check-imports",
        path="feedserver/utils.py",
        text=MODULE,
        says=("feedserver.utils", "Imports point downwards BROKEN"),
    ),
    "a sleep": Fault(
        check="check-style",
        path="feedserver/poll/broken.py",
        text=MODULE
        + "import asyncio\n\n\nasync def wait() -> None:\n"
        + '    """Wait."""\n    await asyncio.sleep(1)\n',
        says=("feedserver/poll/broken.py:8", "Call clock.sleep()"),
    ),
    "the wall's clock": Fault(
        check="check-style",
        path="feedserver/poll/broken.py",
        text=MODULE + "from datetime import UTC, datetime\n\nSTARTED = datetime.now(UTC)\n",
        says=("feedserver/poll/broken.py:5", "call clock.now()"),
    ),
    "a mock": Fault(
        check="check-style",
        path="tests/test_broken.py",
        text="from unittest.mock import Mock\n\nMock()\n",
        says=("tests/test_broken.py:1", "Write a small fake instead"),
    ),
    "a module that does not say what it is": Fault(
        check="check-style",
        path="feedserver/poll/broken.py",
        text="LIMIT = 1\n",
        says=("feedserver/poll/broken.py:1", "D100"),
    ),
    "a line out of shape": Fault(
        check="check-style",
        path="feedserver/poll/broken.py",
        text=MODULE + "LIMIT = [1,\n  2]\n",
        says=("feedserver/poll/broken.py", "would be reformatted"),
    ),
    "a file of 301 lines": Fault(
        check="check-layout",
        path="feedserver/poll/broken.py",
        text=MODULE + "# one more line\n" * 299,
        says=("feedserver/poll/broken.py", "301 lines"),
    ),
    "a function of 51 lines": Fault(
        check="check-layout",
        path="feedserver/poll/broken.py",
        text=MODULE + "def long() -> None:\n" + "    print()\n" * 50,
        says=("feedserver/poll/broken.py", "long has 51 lines"),
    ),
    "an exemption without a reason": Fault(
        check="check-layout",
        path="feedserver/poll/broken.py",
        text=MODULE + "LIMIT = 1  # noqa" + ": ERA001\n",
        says=("feedserver/poll/broken.py", "write why"),
    ),
    "a module that nothing uses": Fault(
        check="check-layout",
        path="feedserver/poll/broken.py",
        text=MODULE,
        says=("feedserver.poll.broken", "use it or remove it"),
    ),
    "SQL that is put together": Fault(
        check="check-sql",
        path="feedserver/store/broken.py",
        text=MODULE
        + "from feedserver.store.database import Transaction\n\n\n"
        + "async def find(tx: Transaction, name: str) -> None:\n"
        + '    """Find it."""\n    await tx.all(f"SELECT {name}")\n',
        says=("feedserver/store/broken.py:8", "LiteralString"),
    ),
    "a function without types": Fault(
        check="check-types",
        path="feedserver/poll/broken.py",
        text=MODULE + 'def plan(source):\n    """Plan it."""\n    return source\n',
        says=("feedserver/poll/broken.py:3", "no-untyped-def"),
    ),
    "an image of whatever version": Fault(
        check="check-deploy",
        path="Dockerfile",
        text="FROM python\n",
        says=("Dockerfile:", "DL3006"),
    ),
    "a word that compose does not know": Fault(
        check="check-deploy",
        path="compose.yaml",
        text="stop_grace: 30s\n",
        says=("compose.yaml", "'stop_grace' does not match"),
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(ROOT, tmp_path_factory.mktemp("house") / "copy", ignore=MADE)


def test_the_tree_as_it_stands_passes_every_check(copy: Path) -> None:
    status, said = make("check", copy)
    assert status == 0, said


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_refused_and_named(fault: Fault, copy: Path) -> None:
    with broken(copy, fault):
        status, said = make(fault.check, copy)
    assert status != 0, f"{fault.check} let it pass:\n{said}"
    for words in fault.says:
        assert words in said, f"{words!r} is missing from:\n{said}"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    unit = (ROOT / "deploy/feedserver.service").read_text("utf-8")
    installed = tmp_path / "feedserver.service"
    # It asks that the programs exist, which on this machine they need not.
    installed.write_text(unit.replace("/opt/feedserver/bin/feedserver", "/bin/true"), "utf-8")
    done = run("systemd-analyze", "verify", str(installed), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


@contextmanager
def broken(tree: Path, fault: Fault) -> Generator[None]:
    """Add a fault to the tree, and take it out again."""
    path = tree / fault.path
    before = path.read_bytes() if path.exists() else None
    with path.open("a", encoding="utf-8") as file:
        file.write(fault.text)
    try:
        yield
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)


def make(target: str, tree: Path) -> tuple[int, str]:
    done = run("make", target, f"TOOLS={TOOLS}", cwd=tree)
    # Tools wrap their lines for a terminal; what they say is looked for unwrapped.
    return done.returncode, " ".join(done.stdout.split())


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd), "COLUMNS": "200", "CI": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=300,  # no measure of ours: only a hang ends here
    )
