"""The few words of our own that stand in an item, in the item's language."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Labels, and the notices that stand where the editor wrote none.

    Attributes:
        colon: What stands between a label and what it is about.
    """

    correction: str
    update: str
    retracted: str
    withdrawn: str
    retraction_notice: str
    withdrawal_notice: str
    source: str
    also_covered: str
    untitled: str
    colon: str


ENGLISH: Final = Wording(
    correction="Correction",
    update="Update",
    retracted="Retracted",
    withdrawn="Withdrawn",
    retraction_notice="This article has been retracted.",
    withdrawal_notice="This article has been withdrawn.",
    source="Source",
    also_covered="Also covered by",
    untitled="Untitled",
    colon=": ",
)

CHINESE: Final = Wording(
    correction="更正",
    update="更新",
    retracted="已撤稿",
    withdrawn="已撤下",
    retraction_notice="本文已撤稿。",
    withdrawal_notice="本文已撤下。",
    source="来源",
    also_covered="其他媒体的报道",
    untitled="无标题",
    colon="：",
)

_BY_LANGUAGE: Final = {"en": ENGLISH, "zh": CHINESE}


def wording(language: str) -> Wording:
    """Return our words in a language (BCP 47), or in English where we have none in it."""
    return _BY_LANGUAGE.get(language.split("-", maxsplit=1)[0].lower(), ENGLISH)
