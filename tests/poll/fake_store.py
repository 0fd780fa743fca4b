"""What the store keeps of one source, without a database."""

from dataclasses import dataclass, field

from feedserver.model.entry import Draft, EntryId, Item, Known
from feedserver.poll.identity import Intake, drafts, intake


@dataclass
class FakeStore:
    """Takes in one document after another.

    Attributes:
        entries: The last draft of each, by number.
        names: The entry that each name stands for.
    """

    entries: dict[EntryId, Draft] = field(default_factory=dict)
    names: dict[int, EntryId] = field(default_factory=dict)

    def receive(self, *items: Item) -> Intake:
        """Take in a document, as the pipeline does."""
        ready = drafts(items)
        asked = {key for draft in ready for key in draft.keys}
        taken = intake(ready, {key: self._known(key) for key in asked & self.names.keys()})
        for draft in taken.new:
            number = EntryId(len(self.entries) + 1)
            self.entries[number] = draft
            for key in draft.keys:
                self.names.setdefault(key, number)
        for was, draft in taken.changed:
            self.entries[was.entry] = draft
        for key, number in taken.names:
            self.names.setdefault(key, number)
        return taken

    @property
    def titles(self) -> list[str]:
        return [draft.item.title for draft in self.entries.values()]

    def _known(self, key: int) -> Known:
        number = self.names[key]
        draft = self.entries[number]
        return Known(
            entry=number,
            guid=draft.item.guid,
            title=draft.item.title,
            hash=draft.hash,
            stamp=draft.stamp,
        )
