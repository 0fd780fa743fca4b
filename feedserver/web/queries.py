"""What the address of a request asks for, read and checked."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Final

from aiohttp import web

from feedserver.errors import InvalidError
from feedserver.formats.languages import language_tag
from feedserver.formats.text import storable
from feedserver.formats.words import query
from feedserver.model.entry import StoryId
from feedserver.model.site import Newsroom
from feedserver.model.story import StoryFilter

FILTERS: Final = ("section", "source", "language", "q")
LONGEST: Final = 200
"""Characters of a parameter."""

PAGE: Final = 50
LARGEST_PAGE: Final = 200


def parameters(request: web.Request, known: Collection[str]) -> Mapping[str, str]:
    """Return the parameters of the address; an empty one is as if it was not there.

    Raises:
        InvalidError: One is unknown, is there twice, or is too long.
    """
    wrong: dict[str, str] = {}
    for name, value in request.query.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
            wrong[name] = f"is not a parameter; {advice}" if known else "takes no parameters"
        elif len(request.query.getall(name)) > 1:
            wrong[name] = "is there more than once; send it once"
        elif len(value) > LONGEST:
            wrong[name] = f"has {len(value)} characters; send at most {LONGEST}"
    if wrong:
        raise InvalidError(wrong)
    return {name: value for name, value in request.query.items() if value}


def story_filter(asked: Mapping[str, str], newsroom: Newsroom) -> StoryFilter:
    """Return which stories are asked for.

    Raises:
        InvalidError: There is no such section or language, or no word in what is looked for.
    """
    wrong: dict[str, str] = {}
    # No source's key holds what no store can hold; so it finds nothing, as any unknown one.
    source = storable(asked["source"]) if "source" in asked else None
    section, text, language = asked.get("section"), asked.get("q"), asked.get("language")
    if section is not None and newsroom.section(section) is None:
        there = ", ".join(known.slug for known in newsroom.sections)
        wrong["section"] = f"there is no section {section!r}; there are {there}"
    tag = None if language is None else language_tag(language)
    if language is not None and tag is None:
        wrong["language"] = f"must be a language tag such as en or zh-Hans, not {language!r}"
    words = query(text) if text else ()
    if text and not words:
        wrong["q"] = f"has no word or number in it that could be looked for: {text!r}"
    if wrong:
        raise InvalidError(wrong)
    return StoryFilter(section=section, source=source, language=tag, words=words)


def page_size(asked: Mapping[str, str]) -> int:
    """Return how many stories a page is to hold.

    Raises:
        InvalidError: It is not a number that we allow.
    """
    text = asked.get("limit", str(PAGE))
    if not _is_number(text) or not 1 <= int(text) <= LARGEST_PAGE:
        raise InvalidError(
            {"limit": f"must be a whole number from 1 to {LARGEST_PAGE}, not {text!r}"}
        )
    return int(text)


def cursor(asked: Mapping[str, str]) -> StoryId | None:
    """Return where the page begins.

    Raises:
        InvalidError: It is not a cursor that we gave.
    """
    text = asked.get("cursor")
    if text is None:
        return None
    if not _is_number(text):
        raise InvalidError({"cursor": f"must be the 'next' of the page before, not {text!r}"})
    return StoryId(int(text))


def _is_number(text: str) -> bool:
    longest = 15  # digits, which any database takes
    return text.isascii() and text.isdigit() and len(text) <= longest
