"""Which entry an item is. Pure.

Within a source an entry is known by its guid or its canonical link. Neither suffices alone: slugs
are rewritten after a headline is edited (the guid stays), and whole outlets send no guid (the link
stays). Names that one document gives to several items name none of them.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

import msgspec

from feedserver.formats.text import plain, soft_title, title_key
from feedserver.formats.words import words
from feedserver.model.entry import Draft, EntryId, Item, Known

_OUTLET = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*/*", re.IGNORECASE)
"""An address that names a whole outlet; some give it as the link or guid of every item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What a document brings to a source.

    Attributes:
        new: Items not seen before.
        changed: Known entries with what they are now.
        names: Further names of known entries, to be remembered.
        twins: Pairs of known entries that go by the names of one item.
        duplicates: Items that the document holds more than once.
    """

    new: tuple[Draft, ...] = ()
    changed: tuple[tuple[Known, Draft], ...] = ()
    names: tuple[tuple[int, EntryId], ...] = ()
    twins: tuple[tuple[EntryId, EntryId], ...] = ()
    duplicates: int = 0

    @property
    def revised(self) -> int:
        """How many entries have another headline, summary or body than before."""
        return sum(was.hash != draft.hash for was, draft in self.changed)


def key63(kind: str, text: str) -> int:
    """Return a stable 63-bit number for a name; the kinds do not meet."""
    digest = hashlib.sha256(f"{kind}\0{text}".encode()).digest()
    return int.from_bytes(digest[:8]) >> 1


def drafts(items: Sequence[Item]) -> Sequence[Draft]:
    """Make the items of one document ready for the store."""
    guids = _shared((item.guid, _page(item) or title_key(item.title)) for item in items)
    links = _shared((item.canonical, item.guid or title_key(item.title)) for item in items)
    return [
        _draft(
            item,
            guid=None if item.guid in guids else item.guid,
            link=None if item.canonical in links else _page(item),
        )
        for item in items
    ]


def intake(ready: Sequence[Draft], known: Mapping[int, Known]) -> Intake:
    """Compare the items of a document with what the source has sent before.

    The order of the document does not matter, but for the order of what is new: publishers list the
    newest first, and what is kept last is the newest in the inbox.

    Args:
        known: The entry that each name stands for, where it stands for one.
    """
    kept = _each_once(ready)
    new: list[Draft] = []
    names: list[tuple[int, EntryId]] = []
    twins: list[tuple[EntryId, EntryId]] = []
    tellings: dict[EntryId, list[tuple[Known, Draft]]] = {}
    for draft in reversed(kept):
        matches = _matches(draft, known)
        if not matches:
            new.append(draft)
            continue
        entry, *others = matches
        names += [(key, entry.entry) for key in draft.keys if key not in known]
        twins += [(entry.entry, other.entry) for other in others]
        tellings.setdefault(entry.entry, []).append((entry, draft))
    latest = [min(those, key=_own_guid_first) for those in tellings.values()]
    return Intake(
        new=tuple(new),
        changed=tuple((was, draft) for was, draft in latest if was.stamp != draft.stamp),
        names=tuple(names),
        twins=tuple(twins),
        duplicates=len(ready) - len(new) - len(latest),
    )


def _each_once(ready: Sequence[Draft]) -> Sequence[Draft]:
    """Return the items of a document without the older tellings of those that it repeats.

    Items have all their names in common or none: what several share is no name (:func:`drafts`).
    """
    latest: dict[tuple[int, ...], Draft] = {}
    for draft in ready:
        latest[draft.keys] = min(draft, latest.get(draft.keys, draft), key=_latest_first)
    return list(latest.values())


def _own_guid_first(telling: tuple[Known, Draft]) -> tuple[bool, float, str]:
    entry, draft = telling
    return entry.guid != draft.item.guid, *_latest_first(draft)


def _latest_first(draft: Draft) -> tuple[float, str]:
    # The stamp only makes sure that the choice is the same at each poll.
    moment = draft.item.updated_at or draft.item.published_at
    return -moment.timestamp() if moment else inf, draft.stamp


def _matches(draft: Draft, known: Mapping[int, Known]) -> Sequence[Known]:
    """Return the entries that an item may be, each once, the surest first."""
    found: dict[EntryId, Known] = {}
    for place, key in enumerate(draft.keys):
        entry = known.get(key)
        if entry is None or entry.entry in found:
            continue
        # Of an item without a guid of its own the link is all that we have to know it by.
        if place == 0 or not _another_on_its_page(draft, entry):
            found[entry.entry] = entry
    return list(found.values())


def _another_on_its_page(draft: Draft, entry: Known) -> bool:
    """Tell whether a known link stands for other news now: guid and headline are both new.

    Some pages keep their address while their stories change (a live page, a daily column). Taken
    for an edit, the older story would be lost; the filer joins the two by their link anyway.
    """
    guid = draft.item.guid
    if guid is None or entry.guid is None or guid == entry.guid:
        return False
    return title_key(draft.item.title) != title_key(entry.title)


def _draft(item: Item, *, guid: str | None, link: str | None) -> Draft:
    link_key = key63("link", link) if link else None
    keys = [key63("guid", guid)] if guid and not _OUTLET.fullmatch(guid) else []
    if link_key is not None:
        keys.append(link_key)
    if not keys:
        keys.append(key63("text", _text_name(item)))
    title = soft_title(item.title)
    texts = (item.title, item.summary, item.content)
    return Draft(
        item=item,
        hash=_digest(texts),
        stamp=_digest(item),
        keys=tuple(keys),
        link_key=link_key,
        title_key=key63("title", title) if title else None,
        words=words(_said(item)),
    )


def _shared(names: Iterable[tuple[str | None, str]]) -> frozenset[str]:
    """Return the names that several items have; with each comes what would tell these apart."""
    things: defaultdict[str, set[str]] = defaultdict(set)
    for name, thing in names:
        if name is not None:
            things[name].add(thing)
    return frozenset(name for name, those in things.items() if len(those) > 1)


def _page(item: Item) -> str | None:
    """Return the link of an item, unless it leads to the outlet as a whole."""
    return item.canonical if item.canonical and not _OUTLET.fullmatch(item.canonical) else None


def _text_name(item: Item) -> str:
    moment = item.published_at.isoformat() if item.published_at else ""
    name = (item.guid, item.canonical, title_key(item.title), moment)
    return msgspec.json.encode(name if item.title or moment else (*name, item.content)).decode()


def _digest(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()[:32]


def _said(item: Item) -> str:
    return f"{item.title} {plain(item.summary)} {plain(item.content)} {item.author}"
