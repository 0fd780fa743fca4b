"""Rules of the desk: which sections a story is offered to. Pure."""

from collections.abc import Sequence

from feedserver.model.site import Rule
from feedserver.model.story import Unfiled


def route(rules: Sequence[Rule], entry: Unfiled) -> Sequence[tuple[str, str]]:
    """Return the sections that an entry is offered to, each with the reason, in words."""
    offers = [] if entry.section is None else [(entry.section, f"source {entry.source_key}")]
    offers += [(rule.section, f"rule {rule.name}") for rule in rules if _matches(rule, entry)]
    return tuple({slug: (slug, reason) for slug, reason in reversed(offers)}.values())[::-1]


def _matches(rule: Rule, entry: Unfiled) -> bool:
    if rule.source is not None and rule.source != entry.source_key:
        return False
    if rule.category is None:
        return rule.source is not None
    wanted = rule.category.casefold()
    return any(wanted == category.casefold() for category in entry.categories)
