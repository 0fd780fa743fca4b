"""What a curator sends to pick a story, as JSON or as a form."""

from functools import partial
from typing import Final

from feedserver.errors import InvalidError
from feedserver.formats.fields import Fields, flag, text, whole_number
from feedserver.model.article import Pick
from feedserver.model.entry import EntryId
from feedserver.model.site import Newsroom
from feedserver.publish.revise import check_sections
from feedserver.web.forms import FIELD, Form

LONGEST_LINE: Final = 500
LONGEST_SUMMARY: Final = 5_000
MOST: Final = 50
"""Sections or tags."""

LARGEST_NUMBER: Final = 2**53 - 1
"""Beyond it JSON's numbers are not whole everywhere (RFC 8259, section 6)."""


def read_pick(fields: Fields, newsroom: Newsroom) -> Pick:
    """Read a pick.

    Raises:
        InvalidError: With every mistake by its path.
    """
    line = partial(text, longest=LONGEST_LINE)
    lead = fields.take("lead", partial(whole_number, least=1, most=LARGEST_NUMBER), None)
    pick = Pick(
        sections=fields.each("sections", line, most=MOST),
        headline=fields.take("headline", line, None),
        summary=fields.take("summary", partial(text, longest=LONGEST_SUMMARY), None),
        credit=fields.take("credit", line, None),
        lead=None if lead is None else EntryId(lead),
        also=fields.take("also", flag, default=True),
        tags=fields.each("tags", line, most=MOST),
    )
    _check_sections(fields, pick, newsroom)
    fields.end()
    fields.check()
    return pick


def form_fields(form: Form) -> Fields:
    """Return a pick's form as the fields that JSON would have; an empty one is left out."""
    values: dict[str, object] = {
        name: value.strip()
        for name, value in form.items()
        if name not in {FIELD, "sections", "tags", "lead", "also"} and value.strip()
    }
    values["sections"] = form.getall("sections", [])
    values["tags"] = [tag.strip() for tag in form.get("tags", "").split(",") if tag.strip()]
    values["also"] = "also" in form
    lead = form.get("lead", "")
    if lead:
        values["lead"] = int(lead) if lead.isascii() and lead.isdigit() else lead
    return Fields(values=values)


def _check_sections(fields: Fields, pick: Pick, newsroom: Newsroom) -> None:
    if any(path.startswith("sections") for path in fields.problems):
        return
    try:
        check_sections(pick.sections, newsroom)
    except InvalidError as error:
        fields.problems.update(error.problems)
