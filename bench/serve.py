"""How fast a feed of 50 items is served, gzipped and as 304, beside nginx with ``gzip_static``.

Needs wrk, and nginx for the comparison (Debian: ``apt install wrk nginx-light``). Server and client
each have a core of their own, where there are two.
"""

import argparse
import gzip
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

from bench.cost import tell_machine, tell_table
from bench.serve_nginx import serving_by_nginx
from bench.serve_ours import PATH, serving
from bench.server import Server, last_core

CONNECTIONS = 64
GOAL = 0.20
"""Requests in a second on a core, for each of nginx's."""

GZIP = {"Accept-Encoding": "gzip"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What a server did.

    Attributes:
        rate: Requests in a second.
        cpu: Microseconds of the server's CPU for each request.
    """

    rate: float
    cpu: float


def main() -> int:
    """Measure both servers in turns; print the ratios last."""
    parser = argparse.ArgumentParser(prog="python -m bench.serve", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3, help="of each round")
    wanted = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not installed here (Debian: apt install wrk)", file=sys.stderr)
        return 1
    tell_machine()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {"feedserver": stack.enter_context(serving(folder / "feedserver.db"))}
        body, _ = _get(servers["feedserver"])
        if nginx := stack.enter_context(serving_by_nginx(folder, PATH, body)):
            servers["nginx"] = nginx
        _tell(len(body), _measure(servers, body, wanted.rounds, wanted.seconds))
    return 0


def _measure(
    servers: Mapping[str, Server], body: bytes, rounds: int, seconds: int
) -> Mapping[str, Mapping[str, Speed]]:
    """Return the median of each server's speeds, by what was asked for."""
    asked: dict[str, dict[str, Mapping[str, str]]] = {"gzip": {}, "304": {}}
    for name, server in servers.items():
        served, etag = _get(server)
        if served != body:
            raise RuntimeError(f"{name} serves other bytes")
        asked["gzip"][name] = GZIP
        asked["304"][name] = {**GZIP, "If-None-Match": etag}
    return {
        what: _median(
            [
                {name: _load(servers[name], headers, seconds) for name, headers in ways.items()}
                for _ in range(rounds)
            ]
        )
        for what, ways in asked.items()
    }


def _median(rounds: Sequence[Mapping[str, Speed]]) -> Mapping[str, Speed]:
    return {
        name: Speed(
            rate=median(speeds[name].rate for speeds in rounds),
            cpu=median(speeds[name].cpu for speeds in rounds),
        )
        for name in rounds[0]
    }


def _load(server: Server, headers: Mapping[str, str], seconds: int) -> Speed:
    command = ["taskset", "-c", str(last_core()), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    before, begun = server.cpu_seconds(), time.monotonic()
    done = subprocess.run([*command, server.url], capture_output=True, text=True, check=True)
    took, spent = time.monotonic() - begun, server.cpu_seconds() - before
    total = re.search(r"(\d+) requests in", done.stdout)
    if total is None or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(f"{server.url} did not answer all requests:\n{done.stdout}")
    return Speed(rate=int(total[1]) / took, cpu=1e6 * spent / int(total[1]))


def _get(server: Server) -> tuple[bytes, str]:
    """Return the feed's bytes, unpacked, and the ETag of its gzipped form."""
    asked = Request(server.url, headers=GZIP)  # noqa: S310 - an address of our own
    with urlopen(asked) as response:  # noqa: S310 - as above
        return gzip.decompress(response.read()), response.headers["ETag"]


def _tell(length: int, speeds: Mapping[str, Mapping[str, Speed]]) -> None:
    print(f"\nan Atom feed of {length:,} bytes, {CONNECTIONS} connections, one core for the server")
    tell_table(
        ("", "requests/s", "µs of CPU each"),
        [
            (f"{name}, {what}", speed.rate, speed.cpu)
            for what, found in speeds.items()
            for name, speed in found.items()
        ],
    )
    for what, found in speeds.items():
        if "nginx" in found:
            ours, nginx = found["feedserver"], found["nginx"]
            # What a core could do is told by the CPU; how busy the machine is moves the rates.
            print(
                f"ratio, {what}: feedserver serves {nginx.cpu / ours.cpu:.3f} of what nginx does, "
                f"by CPU (goal {GOAL:g}); {ours.rate / nginx.rate:.3f} by requests/s"
            )


if __name__ == "__main__":
    sys.exit(main())
