"""Poll as lemon24's ``reader`` does, a feed reader's library (``pip install reader``)."""

import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from bench.phases import Load


def measure(load: Load, folder: Path) -> Mapping[str, float] | None:
    """Return CPU-seconds per 1,000 sources of each phase; ``None`` if it is not installed.

    It neither cleans what it keeps nor makes it searchable until it is asked to, which is not done.
    """
    try:
        from reader import make_reader  # noqa: PLC0415 - a peer, which may be absent
    except ImportError:
        print("lemon24 reader is not installed here (pip install reader): left out")
        return None
    rounds: defaultdict[str, list[float]] = defaultdict(list)
    with make_reader(str(folder / "reader.db")) as reader:
        for source in range(load.sources):
            reader.add_feed(load.url(source))
        for phase in load.phases():
            before = time.process_time()
            reader.update_feeds(scheduled=False)
            rounds[phase].append((time.process_time() - before) * 1000 / load.sources)
        kept, expected = reader.get_entry_counts().total, load.sources * load.entries_at_the_end
    if kept != expected:
        raise RuntimeError(f"reader should have kept {expected} entries, not {kept}")
    return {phase: median(costs) for phase, costs in rounds.items()}
