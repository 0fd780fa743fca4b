"""Whether a submission is the next version of an article, and which. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feedserver.errors import ConflictError, InvalidError, PreconditionError
from feedserver.model.article import Article, ArticleState, Submission
from feedserver.model.site import Newsroom

ENDED = frozenset({ArticleState.RETRACTED, ArticleState.WITHDRAWN})


def check_sections(slugs: Sequence[str], newsroom: Newsroom) -> None:
    """Refuse sections that are not there.

    Raises:
        InvalidError: One is unknown, retired or moved, or none is named.
    """
    there = [section.slug for section in newsroom.published]
    choice = ", ".join(there)
    if not slugs:
        raise InvalidError({"sections": f"name at least one of {choice}"})
    wrong = {
        f"sections[{place}]": f"there is no section {slug!r}; there are {choice}"
        for place, slug in enumerate(slugs)
        if slug not in there
    }
    if wrong:
        raise InvalidError(wrong)


def check_version(old: Article | None, if_match: int | None) -> None:
    """Refuse to replace another version than the one that was meant.

    Raises:
        PreconditionError: ``if_match`` names a version that is not the stored one.
    """
    stored = 0 if old is None else old.version
    if if_match is not None and stored != if_match:
        raise PreconditionError(f"the stored version is {stored}, not {if_match}; read it again")


def revised(old: Article, sent: Submission, *, now: datetime) -> Article | None:
    """Return the next version of an article, or ``None`` where nothing is new."""
    published = sent.published_at or old.published_at
    same = old.content == sent.content and old.sections == sent.sections
    if same and published == old.published_at and old.state not in ENDED:
        return None
    return replace(
        old,
        state=ArticleState.UPDATED,
        version=old.version + 1,
        published_at=published,
        updated_at=sent.updated_at or max(now, old.updated_at + timedelta(microseconds=1)),
        content=sent.content,
        sections=sent.sections,
        note="",
    )


def check_age(old: Article, sent: Submission) -> None:
    """Refuse a date of change that goes back: readers take the later one for the better text.

    Raises:
        ConflictError: It is older than what is stored.
    """
    if sent.updated_at is not None and sent.updated_at < old.updated_at:
        raise ConflictError(
            f"updated {sent.updated_at.isoformat()} is older than what is stored, "
            f"{old.updated_at.isoformat()} (version {old.version})"
        )


def check_order(old: Article, sent: Submission, *, earlier: int | None) -> None:
    """Refuse what would bring back an older text, as a repeated request does.

    Args:
        earlier: The version that had just this content before, if one had.

    Raises:
        ConflictError: It is an earlier text, or the article was retracted.
    """
    if sent.updated_at is not None and sent.updated_at > old.updated_at:
        return
    back = f'send a later "updated", or If-Match: "{old.version}"'
    if old.state in ENDED:
        raise ConflictError(f"the article was {old.state}; to publish it again {back}")
    if earlier is not None:
        raise ConflictError(
            f"this is version {earlier}, which version {old.version} replaced; "
            f"to go back to it {back}"
        )
