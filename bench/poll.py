"""What polling costs: CPU-seconds per 1,000 sources of 20 entries each, beside other programs.

Parser processes count, and PostgreSQL where it is used; the server that is polled does not.
"""

import argparse
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from bench import poll_newsboat, poll_ours, poll_reader
from bench.cost import tell_machine, tell_table
from bench.origin import running_origin
from bench.phases import CHANGED, FIRST, PHASES, SAME_200, SAME_304, Load

GOALS = {FIRST: 3.5, SAME_304: 0.35, SAME_200: 0.6, CHANGED: 2.0}
PEERS = {"lemon24 reader": poll_reader.measure, "newsboat": poll_newsboat.measure}


def main() -> None:
    """Measure ours and the peers that are installed; print the ratios last."""
    wanted = _arguments()
    tell_machine()
    with ExitStack() as stack:
        load = Load(
            origin=stack.enter_context(running_origin()),
            sources=wanted.sources,
            rounds=wanted.rounds,
        )
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = wanted.database or str(folder / "feedserver.db")
        ours = poll_ours.measure(load, database)
        _tell(ours)
        if wanted.peers:
            _compare(load, {phase: cost.total for phase, cost in ours.items()}, folder)


def _tell(ours: Mapping[str, poll_ours.Cost]) -> None:
    print("\nfeedserver, CPU-seconds per 1,000 sources")
    tell_table(
        ("", "polling", "parsers", "filing", "server", "all", "goal", "all/goal"),
        [
            (
                phase,
                cost.polling,
                cost.parsers,
                cost.filing,
                cost.server,
                cost.total,
                GOALS[phase],
                cost.total / GOALS[phase],
            )
            for phase, cost in ours.items()
        ],
    )


def _compare(load: Load, ours: Mapping[str, float], folder: Path) -> None:
    peers = {name: cost for name, measure in PEERS.items() if (cost := measure(load, folder))}
    print("\npeers, CPU-seconds per 1,000 sources")
    tell_table(
        ("", *PHASES), [(name, *map(cost.__getitem__, PHASES)) for name, cost in peers.items()]
    )
    print("\nratio: what a peer costs, by what we cost")
    tell_table(
        ("", *PHASES),
        [(name, *(cost[phase] / ours[phase] for phase in PHASES)) for name, cost in peers.items()],
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.poll", description=__doc__)
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3, help="of each repeated poll; odd")
    parser.add_argument("--database", help="an empty one, postgresql://…; else a new SQLite file")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
