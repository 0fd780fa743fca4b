"""The checks themselves: each sees the damage that it is there for."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.checks import after_fault, feed_amiss, when_settled
from tests.faults.orders import Defect, Kill, Moment
from tests.faults.scene import FEEDS, Scene
from tests.faults.stored import Stored

Damage = Callable[[Stored], Stored]


@pytest.fixture
async def scene(durable_sqlite: str, tmp_path: Path) -> AsyncGenerator[Scene]:
    async with Scene.playing(tmp_path, durable_sqlite, seed=9) as scene:
        yield scene


@pytest.mark.parametrize(
    ("part", "after", "complaint"),
    [
        ("poll", "UPDATE source SET", "validators are ahead of the entries"),
        ("file", "INSERT INTO story (", "has no entry"),
        ("put", "INSERT INTO article (", "its acts tell of"),
        ("pick", "INSERT INTO article (", "articles made of stories"),
    ],
)
async def test_without_transactions_a_kill_is_noticed(
    scene: Scene, part: str, after: str, complaint: str
) -> None:
    scene.rig.defect = Defect(split=(part,))
    await scene.go_on()
    with pytest.raises(AssertionError, match=complaint):
        await scene.die(Kill(part=part, moment=Moment.STATEMENT, after=after))


def first_entry_again(stored: Stored) -> Stored:
    return replace(stored, entries=[*stored.entries, stored.entries[0]])


def first_entry_lost(stored: Stored) -> Stored:
    return replace(stored, entries=stored.entries[1:])


def revisions_lost(stored: Stored) -> Stored:
    return replace(stored, entries=[replace(e, texts=e.texts[-1:]) for e in stored.entries])


def nothing_filed(stored: Stored) -> Stored:
    return replace(stored, entries=[replace(e, filed=False) for e in stored.entries])


def each_page_in_two_stories(stored: Stored) -> Stored:
    return replace(stored, entries=[replace(e, story=n) for n, e in enumerate(stored.entries)])


def story_without_entries(stored: Stored) -> Stored:
    return replace(stored, stories=[*stored.stories, 99])


def leases_held(stored: Stored) -> Stored:
    return replace(stored, sources=[replace(s, leased_until=2**62) for s in stored.sources])


def articles_lost(stored: Stored) -> Stored:
    return replace(stored, articles=[a for a in stored.articles if a.external_id is None])


def versions_doubled(stored: Stored) -> Stored:
    return replace(
        stored, articles=[replace(a, texts=(*a.texts, a.texts[-1])) for a in stored.articles]
    )


def pick_lost(stored: Stored) -> Stored:
    return replace(stored, picks=[])


def pick_doubled(stored: Stored) -> Stored:
    extra = replace(stored.articles[-1], number=99, external_id=None)
    return replace(stored, articles=[*stored.articles, extra])


def acts_doubled(stored: Stored) -> Stored:
    return replace(stored, acts=[*stored.acts, *stored.acts])


def file_damaged(stored: Stored) -> Stored:
    return replace(stored, fault="page 3 is never used")


DAMAGES: dict[Damage, str] = {
    first_entry_again: "is 2 entries",
    first_entry_lost: "ahead of the entries",
    revisions_lost: "published were",
    nothing_filed: "is not filed",
    each_page_in_two_stories: "is in 2 stories",
    leases_held: "is still leased",
    articles_lost: "acknowledged the first",
    versions_doubled: "sent was",
    story_without_entries: "has no entry",
    pick_lost: "is not there",
    pick_doubled: "articles made of stories",
    acts_doubled: "its acts tell of",
    file_damaged: "damaged",
}


async def test_every_damage_is_seen_and_none_where_there_is_none(scene: Scene) -> None:
    await scene.rig.start()
    await scene.settle()
    scene.news()
    scene.rig.pass_time(3600)
    await scene.write()
    await scene.settle()
    sound = await scene.check()
    for damage, complaint in DAMAGES.items():
        stored = damage(sound)
        seen = after_fault(stored, scene.outlets, scene.desk)
        seen += when_settled(stored, scene.outlets, now=scene.now)
        assert any(complaint in one for one in seen), f"{damage.__name__}: {seen}"
    for ending in FEEDS:
        body = await scene.desk.feed(scene.rig.address, ending)
        assert feed_amiss(sound.articles, ending, body) == []
        assert feed_amiss(sound.articles[1:], ending, body) != []
        assert feed_amiss([*sound.articles, sound.articles[0]], ending, body) != []
