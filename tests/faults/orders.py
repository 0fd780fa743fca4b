"""What a test tells a server that is to fail, and what the server tells it back.

Both go through files of one folder: they outlive a process that is killed. The test writes its
orders (what time it is, where to die, what to do wrong); the server appends to its journal.
"""

import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

FOLDER = "FEEDSERVER_TEST_FAULTS"
"""Environment variable that names the folder."""


class Moment(StrEnum):
    """Where in the life of a transaction a process may be killed."""

    BEGUN = "after BEGIN"
    STATEMENT = "after a statement"
    COMMITTING = "before COMMIT"
    COMMITTED = "after COMMIT, before the answer"


class Kill(msgspec.Struct, frozen=True, kw_only=True):
    """Die in the ``nth`` transaction of a part of the service that begins after this order.

    Attributes:
        statement: After how many statements; the last moment before COMMIT where there are fewer.
        after: Instead: after the first statement that has this text.
    """

    part: str
    moment: Moment
    statement: int = 0
    after: str = ""
    nth: int = 1


class Defect(msgspec.Struct, frozen=True, kw_only=True):
    """A defence to leave out, so that a test can be seen to notice.

    Attributes:
        texts: In the SQL, each first text is replaced by the second.
        split: Parts of the service whose statements are each committed by itself.
    """

    texts: dict[str, str] = {}
    split: tuple[str, ...] = ()


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What a server under test is told.

    Attributes:
        ahead: Seconds that its clock is ahead of the wall's; ``None`` leaves it the wall's and,
            on PostgreSQL, the database's.
    """

    ahead: float | None = None
    kill: Kill | None = None
    defect: Defect = Defect()


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of the journal: how far a transaction is.

    Attributes:
        number: Of the transaction, counted in its process.
        proof: In the last line of a process: what the database says of the transaction.
    """

    part: str
    number: int
    state: str
    proof: str = ""


WANTED = "wanted"
BEGUN, COMMITTING, COMMITTED = "begun", "committing", "committed"
GIVEN_UP, KILLED = "given up", "killed"
OPEN = frozenset({BEGUN, COMMITTING})


class Post:
    """The folder."""

    def __init__(self, folder: Path) -> None:
        self._orders = folder / "orders.json"
        self._journal = folder / "journal"

    def order(self, orders: Orders) -> None:
        """Give new orders, which replace the old ones at once."""
        fresh = self._orders.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(orders))
        fresh.replace(self._orders)

    def read(self) -> Orders:
        """Return the orders that hold now."""
        return msgspec.json.decode(self._orders.read_bytes(), type=Orders)

    def note(self, line: Line) -> None:
        """Append to the journal; a kill right after this call does not lose it."""
        handle = os.open(self._journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(handle, msgspec.json.encode(line) + b"\n")
        finally:
            os.close(handle)

    def journal(self) -> Sequence[Line]:
        """Return what was noted so far."""
        if not self._journal.exists():
            return []
        whole, _, _ = self._journal.read_bytes().rpartition(b"\n")
        return [msgspec.json.decode(line, type=Line) for line in whole.splitlines()]

    def take_journal(self) -> Sequence[Line]:
        """Return what was noted by a server that has ended, and begin a new journal."""
        lines = self.journal()
        self._journal.unlink(missing_ok=True)
        return lines
