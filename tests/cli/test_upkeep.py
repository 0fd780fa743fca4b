"""``feedserver migrate``, ``backup`` and ``restore``, on both databases."""

import re
from pathlib import Path

import pytest

from feedserver.clock import SystemClock
from feedserver.model.feed import ALL, FeedName
from feedserver.store import feeds
from feedserver.store.opening import held_by_one_server, open_database, sqlite_path
from tests.cli.conftest import Command

ARTICLE = b'{"title": "%s", "sections": ["world"], "summary": "So it is."}'


async def put(command: Command, name: str, title: bytes) -> None:
    await command.good("articles", "put", "-", "--id", name, stdin=ARTICLE % title)


async def titles(command: Command) -> list[str]:
    found = (await command.good("articles", "list", "--json")).records
    return sorted(article["title"] for article in found)


async def versions(url: str) -> dict[FeedName, int]:
    async with open_database(url, clock=SystemClock()) as database, database.read() as tx:
        return {name: feed.version for name, feed in (await feeds.versions(tx)).items()}


async def test_a_backup_brings_back_what_there_was_and_keeps_what_it_replaces(
    feedserver: Command, database_url: str
) -> None:
    await put(feedserver, "one", b"Before")
    made = await feedserver.good("backup", "news.backup", "--json")
    await put(feedserver, "two", b"After")
    served = await versions(database_url)

    restored = await feedserver.good("restore", "--replace", "news.backup")

    assert made.records == [
        {"file": "news.backup", "bytes": (feedserver.folder / "news.backup").stat().st_size}
    ]
    assert await titles(feedserver) == ["Before"]
    assert "what was there before is kept as" in restored.err
    assert "valid again" in restored.err
    now = await versions(database_url)
    assert all(now[name] > version for name, version in served.items()), "promise P5"
    assert now[ALL] > served[ALL] + 1_000_000


async def test_what_was_replaced_can_be_used_again(local: Command) -> None:
    feedserver = local
    await feedserver.good("backup", "empty.backup")
    await put(feedserver, "one", b"Kept")

    done = await feedserver.good("restore", "--replace", "empty.backup", "--json")

    [record] = done.records
    assert await titles(feedserver) == []
    assert await titles(feedserver.given(database=record["kept"])) == ["Kept"]


async def test_a_database_is_not_replaced_unasked(feedserver: Command) -> None:
    await put(feedserver, "one", b"Here")
    await feedserver.good("backup", "news.backup")

    refused = await feedserver("restore", "news.backup")
    twice = await feedserver("backup", "news.backup")

    assert (refused.status, twice.status) == (1, 1)
    assert "is not empty; --replace keeps what is there aside" in refused.err
    assert "news.backup exists; name another file, or say --replace" in twice.err
    assert await titles(feedserver) == ["Here"]
    await feedserver.good("backup", "--replace", "news.backup")


async def test_a_database_in_use_is_not_replaced(
    feedserver: Command, database_url: str, request: pytest.FixtureRequest
) -> None:
    await feedserver.good("backup", "news.backup")
    if "sqlite" in request.node.name:
        with held_by_one_server(sqlite_path(database_url)):
            refused = await feedserver("restore", "--replace", "news.backup")
        assert "is already served by process" in refused.err
    else:
        async with open_database(database_url, clock=SystemClock()):
            refused = await feedserver("restore", "--replace", "news.backup")
        assert "others are connected to the database" in refused.err
    assert refused.status == 1


async def test_a_backup_that_is_none_changes_nothing(feedserver: Command) -> None:
    await put(feedserver, "one", b"Here")
    (feedserver.folder / "odd.backup").write_bytes(b"no backup at all" * 1_000)

    odd = await feedserver("restore", "--replace", "odd.backup")
    missing = await feedserver("restore", "--replace", "missing.backup")

    assert (odd.status, missing.status) == (1, 1)
    assert "Traceback" not in odd.err
    assert "there is no file missing.backup" in missing.err
    assert await titles(feedserver) == ["Here"]
    assert not [path for path in feedserver.folder.iterdir() if "before" in path.name]


async def test_a_broken_backup_is_refused(local: Command) -> None:
    feedserver = local
    await feedserver.good("backup", "news.backup")
    broken = local.folder / "news.backup"
    whole = broken.read_bytes()
    broken.write_bytes(whole[:8192] + b"\xff" * 8192 + whole[16384:])

    done = await feedserver("restore", "--replace", "news.backup")

    assert done.status == 1
    assert "Traceback" not in done.err


async def test_a_restore_into_nothing_makes_the_database(bare: Command, sqlite_url: str) -> None:
    await put(bare.given(database=sqlite_url), "one", b"Here")
    await bare.given(database=sqlite_url).good("backup", "news.backup")

    new = bare.given(database="new.db")
    done = await new.good("restore", "news.backup")

    assert "kept" not in done.err
    assert await titles(new) == ["Here"]


async def test_the_database_itself_is_no_place_for_its_backup(
    bare: Command, sqlite_url: str
) -> None:
    file = str(sqlite_path(sqlite_url))

    done = await bare.given(database=sqlite_url)("backup", "--replace", file)

    assert done.status == 1
    assert "is the database itself" in done.err


async def test_a_file_in_use_is_no_backup(bare: Command, sqlite_url: str) -> None:
    path = sqlite_path(sqlite_url)
    async with open_database(sqlite_url, clock=SystemClock()) as database:
        async with database.write() as tx:
            await feeds.touch(tx, [ALL])
        done = await bare.given(database="new.db")("restore", str(path))

    assert done.status == 1
    assert "a database in use, and not a backup" in done.err


async def test_a_folder_that_is_not_there_is_told(feedserver: Command) -> None:
    done = await feedserver("backup", "nowhere/news.backup")

    assert done.status == 1
    assert "Traceback" not in done.err
    assert "nowhere" in done.err


async def test_migrating_makes_a_database_and_says_its_steps(bare: Command, tmp_path: Path) -> None:
    first = await bare.good("migrate", "--to", "1")
    behind = await bare("tokens", "list")
    rest = await bare.good("migrate", "--json")
    again = await bare.good("migrate")
    beyond = await bare("migrate", "--to", "999")

    assert (tmp_path / "feedserver.db").exists()
    assert re.search(r"1  spine", first.out)
    assert behind.status == 1
    assert "run `feedserver migrate` first" in behind.err
    assert rest.records[0]["taken"][0] == 2
    assert "already" in again.out
    assert beyond.status == 2
