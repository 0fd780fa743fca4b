"""Compare what is stored with what outsiders know: outlets, the CMS, the curator. Pure.

Each check returns its complaints. Two times are told apart: right after a fault, when work may be
missing but nothing may be half done; and when the server has had time, when all must be there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import feedparser
import msgspec

from tests.faults.desk import Desk
from tests.faults.outlets import Outlet
from tests.faults.stored import Stored, StoredArticle, StoredEntry


def after_fault(stored: Stored, outlets: Sequence[Outlet], desk: Desk) -> list[str]:
    """Return what is half done, lost or doubled: it may not be so at any moment."""
    return [
        *([f"the file is damaged: {stored.fault}"] if stored.fault else []),
        *_entries_doubled(stored),
        *_validators_ahead(stored, outlets),
        *_stories_empty(stored),
        *_articles_amiss(stored, desk),
        *_picks_amiss(stored, desk),
        *_acts_amiss(stored),
    ]


def when_settled(stored: Stored, outlets: Sequence[Outlet], *, now: int) -> list[str]:
    """Return what a server that has had its time has not done.

    Args:
        now: The server's moment, in microseconds.
    """
    complaints = [f"{s.key} is still due" for s in stored.sources if s.next_poll_at <= now]
    complaints += [f"{s.key} is still leased" for s in stored.sources if s.leased_until > now]
    complaints += [f"{e.guid} is not filed" for e in stored.entries if not e.filed]
    known = {(entry.source, entry.guid): entry for entry in stored.entries}
    for outlet in outlets:
        for guid, texts in outlet.texts.items():
            entry = known.get((outlet.key, guid))
            if entry is None:
                complaints.append(f"{guid} was published and is no entry")
            elif entry.texts != tuple(texts):
                complaints.append(f"{guid} has the texts {entry.texts}, published were {texts}")
    published = {(outlet.key, guid) for outlet in outlets for guid in outlet.texts}
    strangers = known.keys() - published
    complaints += [f"{guid} is an entry and was not published" for _, guid in strangers]
    return complaints + list(_stories_amiss(stored.entries))


def feed_amiss(articles: Sequence[StoredArticle], ending: str, body: bytes | None) -> list[str]:
    """Return in what a section's feed differs from what is stored for the section."""
    if body is None:
        return [f"{ending} is not there"]
    section, _, form = ending.partition(".")
    wanted = Counter(headline(a.texts[-1]) for a in articles if section in a.sections)
    shown = Counter(_titles(body, form))
    return [
        f"{ending} shows {title!r} {shown[title]} times, stored is it {wanted[title]} times"
        for title in sorted(wanted | shown)
        if wanted[title] != shown[title]
    ]


def headline(content: str) -> str:
    """Return the headline of an article's content as it is stored."""
    title: str = msgspec.json.decode(content)["title"]
    return title


def _titles(body: bytes, form: str) -> Iterator[str]:
    if form == "json":
        yield from (item["title"] for item in msgspec.json.decode(body)["items"])
    else:
        yield from (entry["title"] for entry in feedparser.parse(body)["entries"])


def _entries_doubled(stored: Stored) -> Iterator[str]:
    counted = Counter((entry.source, entry.guid) for entry in stored.entries)
    yield from (f"{guid} is {n} entries" for (_, guid), n in counted.items() if n > 1)


def _validators_ahead(stored: Stored, outlets: Sequence[Outlet]) -> Iterator[str]:
    """Complain of validators, kept or sent, that vouch for an edition that is not stored."""
    kept = {source.key: source.etag for source in stored.sources}
    texts = {(entry.source, entry.guid): entry.texts for entry in stored.entries}
    for outlet in outlets:
        vouched = {edition.etag: edition for edition in outlet.vouched}
        etag = kept.get(outlet.key)
        if etag is not None:
            vouched[etag] = outlet.editions[etag]
        for edition in vouched.values():
            missing = [g for g, text in edition.texts if text not in texts.get((outlet.key, g), ())]
            if missing:
                yield f"{outlet.key}: validators are ahead of the entries, it lacks {missing}"


def _stories_amiss(entries: Sequence[StoredEntry]) -> Iterator[str]:
    """Complain of entries of one page in several stories, and of several pages in one story."""
    stories: defaultdict[str, set[int | None]] = defaultdict(set)
    pages: defaultdict[int | None, set[str]] = defaultdict(set)
    for entry in entries:
        stories[entry.page].add(entry.story)
        pages[entry.story].add(entry.page)
    yield from (f"{page} is in {len(s)} stories" for page, s in stories.items() if len(s) > 1)
    yield from (f"story {s} tells {sorted(p)}" for s, p in pages.items() if len(p) > 1)


def _stories_empty(stored: Stored) -> Iterator[str]:
    told = {entry.story for entry in stored.entries}
    yield from (f"story {number} has no entry" for number in stored.stories if number not in told)


def _articles_amiss(stored: Stored, desk: Desk) -> Iterator[str]:
    """Complain of what was acknowledged and is not there, and of what is there and was not sent."""
    kept = {a.external_id: a for a in stored.articles if a.external_id is not None}
    for external_id, versions in desk.versions.items():
        article = kept.pop(external_id, None)
        texts = () if article is None else tuple(headline(text) for text in article.texts)
        sent = tuple(version.text for version in versions)
        sure = max((n for n, v in enumerate(versions, 1) if v.acknowledged), default=0)
        if not sure <= len(texts) <= len(sent) or texts != sent[: len(texts)]:
            yield f"{external_id} has {texts}, sent was {sent}, acknowledged the first {sure}"
        if article is not None and article.sections != ("us",):
            yield f"{external_id} stands in {article.sections}"
    yield from (f"{external_id} was never sent" for external_id in kept)


def _picks_amiss(stored: Stored, desk: Desk) -> Iterator[str]:
    there = {(story, section): article for story, section, article in stored.picks}
    wanted = {(pick.story, pick.section) for pick in desk.picks}
    for pick in desk.picks:
        place = (pick.story, pick.section)
        if pick.acknowledged and there.get(place) != pick.body["id"]:
            yield f"the pick of {place} was acknowledged as {pick.body['id']} and is not there"
    yield from (f"{place} was never picked" for place in there.keys() - wanted)
    made = Counter(a.number for a in stored.articles if a.external_id is None)
    if made != Counter(there.values()):
        yield f"articles made of stories: {sorted(made)}, picks: {sorted(there.values())}"
    yield from (
        f"article {a.number} stands in {a.sections}, not where it was picked to"
        for a in stored.articles
        if a.external_id is None
        and [*a.sections] != sorted(s for (_, s), n in there.items() if n == a.number)
    )


def _acts_amiss(stored: Stored) -> Iterator[str]:
    """Complain where versions of articles and picks have not each their one act."""
    told = Counter(stored.acts)
    wanted: Mapping[str, list[int]] = {
        f"article:{a.number}": list(range(1, len(a.texts) + 1)) for a in stored.articles
    }
    for subject, versions in wanted.items():
        acts = sorted(revision for who, _, revision in told.elements() if who == subject)
        if acts != versions:
            yield f"{subject} has versions {versions}, its acts tell of {acts}"
    picked = Counter(f"story:{story}" for story, _, _ in stored.picks)
    acts_of_picks = Counter(who for who, action, _ in told.elements() if action == "pick")
    if picked != acts_of_picks:
        yield f"picks were {dict(picked)}, their acts {dict(acts_of_picks)}"
    ours = {who for who, _, _ in told if who.startswith(("article:", "story:"))}
    yield from (f"an act tells of {who}, which is not there" for who in ours - {*wanted, *picked})
