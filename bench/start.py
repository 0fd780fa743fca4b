"""How long a newcomer waits: ``make run`` in a fresh clone until the newsroom says it is ready.

Cold, it makes a virtual environment and installs everything from the configured package index;
warm, it starts what is there. What is measured is what is committed.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from bench.cost import cpu_seconds_below, tell_machine, tell_table

ROOT = Path(__file__).parent.parent
GOALS = (120, 5)
LOOK_EVERY = 0.05
LONGEST = 600
"""Seconds."""


def main() -> int:
    """Measure one cold start and several warm ones; return 1 if it does not start."""
    parser = argparse.ArgumentParser(prog="python -m bench.start", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of the warm start")
    rounds: int = parser.parse_args().rounds
    tell_machine()
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "feedserver"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        try:
            starts = {
                "cold, in a fresh clone": _start(clone),
                "warm": sorted(_start(clone) for _ in range(rounds))[rounds // 2],
            }
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
    print("\nseconds from `make run` to a good answer of /readyz")
    tell_table(
        ("", "seconds", "of them CPU", "goal", "seconds/goal"),
        [
            (name, seconds, cpu, goal, seconds / goal)
            for (name, (seconds, cpu)), goal in zip(starts.items(), GOALS, strict=True)
        ],
    )
    return 0


def _start(clone: Path) -> tuple[float, float]:
    """Return how long it took, by the clock on the wall and in CPU-seconds."""
    begun = time.monotonic()
    with _running(clone) as (make, port):
        while not _is_ready(port):
            if make.poll() is not None:
                raise RuntimeError(f"`make run` ended with status {make.returncode}")
            if time.monotonic() - begun > LONGEST:
                raise RuntimeError(f"`make run` was not ready within {LONGEST} s")
            time.sleep(LOOK_EVERY)
        return time.monotonic() - begun, cpu_seconds_below(make.pid)


@contextmanager
def _running(clone: Path) -> Generator[tuple[subprocess.Popen[bytes], int]]:
    """Run it for the length of the block, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    environ = {**os.environ, "FEEDSERVER_LISTEN": f"127.0.0.1:{port}"}
    # A group of its own, so that make's child can be told to end as well.
    with subprocess.Popen(
        ["make", "run"], cwd=clone, env=environ, start_new_session=True, stdout=sys.stderr
    ) as make:
        try:
            yield make, port
        finally:
            if make.poll() is None:
                os.killpg(make.pid, signal.SIGTERM)


def _is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main())
