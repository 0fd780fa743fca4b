"""The ``counter`` table: ids and sequence numbers that are committed in their order."""

from feedserver.store.database import Transaction


async def take(tx: Transaction, name: str, count: int = 1) -> int:
    """Take ``count`` consecutive numbers and return the first.

    Who else takes of that counter waits until this transaction ends, so numbers become visible in
    order: a reader that has seen 7 will never find a new 6.
    """
    rows = await tx.all(
        "UPDATE counter SET value = value + :count WHERE name = :name RETURNING value",
        name=name,
        count=count,
    )
    return int(rows[0]["value"]) - count + 1
