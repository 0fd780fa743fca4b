"""Poll as newsboat does, a feed reader for the terminal, in C++ and Rust (Debian ``newsboat``)."""

import os
import shutil
import sqlite3
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from bench.phases import Load


def measure(load: Load, folder: Path) -> Mapping[str, float] | None:
    """Return CPU-seconds per 1,000 sources of each phase; ``None`` if it is not installed.

    Each round is a process, which reads its whole cache before it polls.
    """
    if shutil.which("newsboat") is None:
        print("newsboat is not installed here (Debian: apt install newsboat): left out")
        return None
    urls, config, cache = folder / "urls", folder / "config", folder / "cache.db"
    urls.write_text("".join(f"{load.url(source)}\n" for source in range(load.sources)))
    config.write_text("suppress-first-reload yes\n")
    command = ["newsboat", f"-u{urls}", f"-C{config}", f"-c{cache}", "-xreload"]
    rounds: defaultdict[str, list[float]] = defaultdict(list)
    for phase in load.phases():
        before = _spent()
        subprocess.run(
            command, env={"HOME": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8"}, check=True
        )
        rounds[phase].append((_spent() - before) * 1000 / load.sources)
    with closing(sqlite3.connect(cache)) as database:
        kept = database.execute("SELECT count(*) FROM rss_item").fetchone()[0]
    expected = load.sources * load.entries_at_the_end
    if kept != expected:
        raise RuntimeError(f"newsboat should have kept {expected} entries, not {kept}")
    return {phase: median(costs) for phase, costs in rounds.items()}


def _spent() -> float:
    """Return the CPU-seconds of all children that have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
