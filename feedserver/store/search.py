"""Full-text search: the one place where the two databases are asked in different words.

Both hold what our own tokeniser made (``feedserver.formats.words``): words and CJK bigrams,
letters and digits only, divided by single spaces.
"""

from collections.abc import Mapping, Sequence
from typing import LiteralString

from feedserver.model.entry import EntryId
from feedserver.store.database import Dialect, Transaction, Value


async def index(tx: Transaction, texts: Sequence[tuple[EntryId, str]]) -> None:
    """Make new entries findable."""
    rows: list[Mapping[str, Value]] = [{"id": entry, "words": words} for entry, words in texts]
    if tx.dialect is Dialect.SQLITE:
        await tx.many("INSERT INTO entry_words (rowid, words) VALUES (:id, :words)", rows)
    else:
        await tx.many(
            """
            INSERT INTO entry_words (entry_id, words)
            VALUES (:id, array_to_tsvector(array_remove(string_to_array(:words, ' '), '')))
            """,
            rows,
        )


async def replace(tx: Transaction, texts: Sequence[tuple[EntryId, str]]) -> None:
    """Make changed entries findable by their new words only."""
    rows: list[Mapping[str, Value]] = [{"id": entry} for entry, _ in texts]
    if tx.dialect is Dialect.SQLITE:
        await tx.many("DELETE FROM entry_words WHERE rowid = :id", rows)
    else:
        await tx.many("DELETE FROM entry_words WHERE entry_id = :id", rows)
    await index(tx, texts)


def told_with(dialect: Dialect) -> LiteralString:
    """Return a subquery: the stories with an entry that has all words of ``:query``."""
    if dialect is Dialect.SQLITE:
        return (
            "(SELECT entry.story_id FROM entry_words JOIN entry ON entry.id = entry_words.rowid"
            " WHERE entry_words MATCH :query)"
        )
    return (
        "(SELECT entry.story_id FROM entry_words JOIN entry ON entry.id = entry_words.entry_id"
        " WHERE entry_words.words @@ CAST(:query AS TSQUERY))"
    )


def query(dialect: Dialect, words: Sequence[str]) -> str:
    """Return what :func:`told_with` looks for.

    Args:
        words: As the tokeniser made them of what a person typed; at least one.
    """
    if dialect is Dialect.SQLITE:
        return " AND ".join(f'"{word}"' for word in words)
    return " & ".join(f"'{word}'" for word in words)
