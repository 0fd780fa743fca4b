"""The ``lease`` table: work that one process does for all, while it lives."""

from datetime import timedelta

from feedserver.store.database import Transaction, to_micros


async def hold(tx: Transaction, name: str, *, holder: str, lease: timedelta) -> bool:
    """Take or renew a lease; tell whether ``holder`` has it now.

    A holder that dies loses it when the time is over; nobody has to clean up. One that took it by a
    clock that has been set back since does not keep it for so long.
    """
    now = await tx.now()
    rows = await tx.all(
        """
        INSERT INTO lease (name, holder, number, leased_until)
        VALUES (:name, :holder, 1, :until)
        ON CONFLICT (name) DO UPDATE
        SET holder = excluded.holder, leased_until = excluded.leased_until,
            number = lease.number + 1
        WHERE lease.holder = excluded.holder OR lease.leased_until <= :now
            OR lease.leased_until > :absurd
        RETURNING number
        """,
        name=name,
        holder=holder,
        until=to_micros(now + lease),
        now=to_micros(now),
        absurd=to_micros(now + 2 * lease),
    )
    return bool(rows)


async def release(tx: Transaction, name: str, *, holder: str) -> None:
    """Give a lease back, so that another need not wait."""
    await tx.all(
        "UPDATE lease SET leased_until = 0 WHERE name = :name AND holder = :holder",
        name=name,
        holder=holder,
    )
