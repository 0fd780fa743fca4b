"""Rules of the desk: which sections a story is offered to. Pure."""

from collections.abc import Sequence

from feedserver.model.site import Rule
from feedserver.model.story import Unfiled


def route(rules: Sequence[Rule], entry: Unfiled) -> Sequence[tuple[str, str]]:
    """Return the sections that an entry is offered to, each with the first reason, in words."""
    offers: dict[str, str] = {}
    if entry.section is not None:
        offers[entry.section] = f"source {entry.source_key}"
    for rule in rules:
        if _matches(rule, entry):
            offers.setdefault(rule.section, f"rule {rule.name}")
    return tuple(offers.items())


def _matches(rule: Rule, entry: Unfiled) -> bool:
    if rule.source is not None and rule.source != entry.source_key:
        return False
    if rule.category is None:
        return rule.source is not None
    wanted = rule.category.casefold()
    return any(wanted == category.casefold() for category in entry.categories)
