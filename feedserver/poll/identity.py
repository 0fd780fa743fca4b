"""Which entry an item is. Pure.

Within a source an entry is known by its guid or its canonical link. Neither suffices alone: slugs
are rewritten after a headline is edited (the guid stays), and whole outlets send no guid (the link
stays). Names that one document gives to several items name none of them.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec

from feedserver.formats.text import plain, soft_title, title_key
from feedserver.formats.words import words
from feedserver.model.entry import Draft, EntryId, Item, Known


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
    links_of = Counter(guid for guid, _ in {(item.guid, item.canonical) for item in items})
    guids_of = Counter(link for _, link in {(item.guid, item.canonical) for item in items})
    return [
        _draft(
            item,
            guid=item.guid if links_of[item.guid] == 1 else None,
            link=item.canonical if guids_of[item.canonical] == 1 else None,
        )
        for item in items
    ]


def intake(ready: Sequence[Draft], known: Mapping[int, Known]) -> Intake:
    """Compare the items of a document with what the source has sent before.

    Args:
        known: The entry that each name stands for, where it stands for one.
    """
    new: list[Draft] = []
    changed: dict[EntryId, tuple[Known, Draft]] = {}
    names: list[tuple[int, EntryId]] = []
    twins: list[tuple[EntryId, EntryId]] = []
    seen: set[int] = set()
    duplicates = 0
    for draft in ready:
        if not seen.isdisjoint(draft.keys):
            duplicates += 1
            continue
        seen.update(draft.keys)
        matches = _matches(draft, known)
        if not matches:
            new.append(draft)
            continue
        entry, *others = matches
        names += [(key, entry.entry) for key in draft.keys if key not in known]
        twins += [(entry.entry, other.entry) for other in others]
        if entry.entry in changed:
            duplicates += 1
        elif entry.stamp != draft.stamp:
            changed[entry.entry] = (entry, draft)
    return Intake(
        new=tuple(new),
        changed=tuple(changed.values()),
        names=tuple(names),
        twins=tuple(twins),
        duplicates=duplicates,
    )


def _matches(draft: Draft, known: Mapping[int, Known]) -> Sequence[Known]:
    """Return the entries that an item may be, each once, the surest first."""
    found: dict[EntryId, Known] = {}
    for key in draft.keys:
        entry = known.get(key)
        if entry is None or entry.entry in found:
            continue
        if key != draft.link_key or not _another_on_its_page(draft, entry):
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
    link_key = key63("link", link) if link and _tells_apart(link) else None
    keys = [key63("guid", guid)] if guid else []
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


def _tells_apart(link: str) -> bool:
    parts = urlsplit(link)
    return bool(parts.path.strip("/") or parts.query)


def _text_name(item: Item) -> str:
    moment = item.published_at.isoformat() if item.published_at else ""
    name = (item.guid, item.canonical, title_key(item.title), moment)
    return msgspec.json.encode(name if item.title or moment else (*name, item.content)).decode()


def _digest(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()[:32]


def _said(item: Item) -> str:
    return f"{item.title} {plain(item.summary)} {plain(item.content)} {item.author}"
