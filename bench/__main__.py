"""Take every measurement, each in a process of its own, so that none warms another up."""

import subprocess
import sys

MEASUREMENTS = ("poll", "publish", "serve", "start")


def main() -> int:
    """Return 0 if all of them could be taken."""
    failed = 0
    for name in MEASUREMENTS:
        print(f"== {name}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
