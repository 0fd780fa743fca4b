"""Where the documents of other publishers lie. They are not part of the project."""

import os
from pathlib import Path

import pytest


def corpus(*folders: str) -> list[Path]:
    """Return all documents below the corpus' folders of these names, sorted.

    The corpus is ``corpus/`` in the folder that FEEDSERVER_CORPUS names, by default ``shared``
    beside the project. A test skips where there is none; on CI it fails.
    """
    beside = Path(__file__).resolve().parents[1].parent / "shared"
    root = Path(os.environ.get("FEEDSERVER_CORPUS") or beside) / "corpus"
    found = sorted(
        path for folder in folders for path in (root / folder).rglob("*") if path.is_file()
    )
    if not found:
        reason = f"no documents in {root}; set FEEDSERVER_CORPUS to the folder that holds corpus/"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found
