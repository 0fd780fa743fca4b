"""Tables of mistakes, kept as text because their lines are as long as what is said of them."""

from pathlib import Path


def cases(table: Path) -> list[tuple[str, str]]:
    """Return what is mistaken and the line that is said of it, indented below."""
    lines = [line for line in table.read_text(encoding="utf-8").splitlines() if line]
    lines = [line for line in lines if not line.startswith("#")]
    assert all(said.startswith("    ") for said in lines[1::2])
    return [(case, said.strip()) for case, said in zip(lines[::2], lines[1::2], strict=True)]
