"""``feedserver check config`` and ``feedserver doctor``."""

from datetime import timedelta

from feedserver.clock import SystemClock
from feedserver.model.access import Act
from feedserver.store import acts
from feedserver.store.opening import open_database, sqlite_path
from tests.cli.conftest import Command

CHECKS = ["settings", "folder", "disk", "parser", "database", "schema", "integrity", "writing"]
CHECKS += ["clock"]


async def test_all_is_well_with_a_new_installation(feedserver: Command) -> None:
    done = await feedserver.good("doctor", "--json")

    assert [record["check"] for record in done.records if record["check"] != "disk"] == [
        check for check in CHECKS if check != "disk"
    ]
    assert all(record["ok"] and not record["advice"] for record in done.records)


async def test_a_database_that_is_not_there_is_told_and_not_made(bare: Command) -> None:
    done = await bare("doctor")

    assert done.status == 1
    assert "WRONG  database   there is no database feedserver.db; `feedserver serve`" in done.out
    assert not list(bare.folder.glob("*.db"))


async def test_a_clock_behind_what_is_stored_is_told(
    feedserver: Command, database_url: str
) -> None:
    clock = SystemClock()
    ahead = Act(
        at=clock.now() + timedelta(hours=3), actor="x", action="x", subject="x:1", revision=1
    )
    async with open_database(database_url, clock=clock) as database, database.write() as tx:
        await acts.add(tx, ahead)

    done = await feedserver("doctor", "--json")

    [wrong] = [record for record in done.records if not record["ok"]]
    assert done.status == 1
    assert wrong["check"] == "clock"
    assert "behind what was stored last" in wrong["found"]
    assert "NTP" in wrong["advice"]


async def test_a_broken_file_is_told(local: Command, sqlite_url: str) -> None:
    path = sqlite_path(sqlite_url)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + b"\xff" * (len(whole) - len(whole) // 2))

    done = await local("doctor")

    assert done.status == 1
    assert "WRONG" in done.out
    assert "Traceback" not in done.err


async def test_mistakes_are_told_by_both(bare: Command) -> None:
    wrong = bare.given(listn="x")
    (bare.folder / "feeds" / "sections.toml").write_text("")

    checked = await wrong("check", "config")
    examined = await bare("doctor")

    assert (checked.status, examined.status) == (1, 1)
    assert 'did you mean "FEEDSERVER_LISTEN"?' in checked.err
    assert "holds no [[section]]" in checked.err
    assert "holds no [[section]]" in examined.out


async def test_what_holds_is_told_without_secrets(bare: Command) -> None:
    command = bare.given(database="postgresql://ada:secret@db.example/news", parsers="3")

    text = await command.good("check", "config")
    record = await command.good("check", "config", "--json")

    assert "The Test Post" in text.out
    assert "1 section: world" in text.out
    assert "FEEDSERVER_PARSERS=3" in text.out
    assert "secret" not in text.out + record.out
    assert record.records[0]["settings"]["FEEDSERVER_PARSERS"] == "3"
    assert "all settings have their defaults" in (await bare.good("check", "config")).out
