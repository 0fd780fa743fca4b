"""Articles as JSON: what the CMS sends is read, what we keep is written. Pure.

Nothing that is wrong is passed over, and nothing is guessed: a body is taken whole or not at all.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import msgspec

from feedserver.errors import InvalidError
from feedserver.formats.dates import EARLIEST, LATEST
from feedserver.formats.fields import Fields, read_object, text, whole_number
from feedserver.formats.languages import language_tag
from feedserver.formats.sanitize import harmless, safe_url
from feedserver.formats.text import one_line, plain
from feedserver.model.article import Article, Author, Content, Submission
from feedserver.model.entry import Image
from feedserver.model.site import Newsroom
from feedserver.publish.revise import check_sections

LONGEST_NAME: Final = 200
LONGEST_LINE: Final = 500
LONGEST_TEXT: Final = 10_000
LONGEST_HTML: Final = 2_000_000
LONGEST_ID: Final = 1_000
MOST_PIXELS: Final = 100_000
MOST_BYTES: Final = 2**40
MOST: Final = 100
"""Elements in any list."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]\\]+@[^\s@<>(),;:\"\[\]\\]+\.[^\s@<>(),;:\"\[\]\\]+")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_IMAGE_TYPE = re.compile(r"image/[a-z0-9][a-z0-9.+-]*")


def read_submission(
    external_id: str, data: bytes, *, newsroom: Newsroom | None = None
) -> Submission:
    """Read what the CMS says of an article.

    Texts are cleaned as those of outside feeds are: the title becomes one plain line, HTML loses
    what could do harm.

    Args:
        external_id: The CMS's name for the article.
        data: A JSON object, as ``docs/reference/api.md`` describes it.
        newsroom: Whose sections the article must name, where they are to be checked here.

    Raises:
        InvalidError: With every mistake by its path.
    """
    return submission_of(external_id, read_object(data), newsroom=newsroom)


def submission_of(
    external_id: str, fields: Fields, *, newsroom: Newsroom | None = None
) -> Submission:
    """Return what the fields of such an object say, as :func:`read_submission` does.

    Raises:
        InvalidError: With every mistake by its path.
    """
    _check_id(external_id, fields)
    submission = Submission(
        external_id=external_id,
        content=_content(fields),
        sections=_sections(fields, newsroom),
        published_at=fields.take("published", _moment, None),
        updated_at=fields.take("updated", _moment, None),
        guid=fields.take("guid", _verbatim, None),
        atom_id=fields.take("atom_id", _iri, None),
    )
    fields.end()
    fields.check()
    return submission


def _content(fields: Fields) -> Content:
    return Content(
        title=fields.need("title", _title, ""),
        summary=fields.take("summary", _plain, ""),
        html=fields.take("html", _html, ""),
        link=fields.take("link", _url, None),
        language=fields.take("language", _language, None),
        authors=tuple(_authors(fields)),
        tags=tuple(dict.fromkeys(filter(None, fields.each("tags", _line, most=MOST)))),
        images=tuple(_images(fields)),
        rights=fields.take("rights", _line, ""),
        credit=fields.take("credit", _line, ""),
    )


def _authors(fields: Fields) -> Iterator[Author]:
    for author in fields.objects("authors", most=MOST, bare="name"):
        yield Author(
            name=author.need("name", _name, ""),
            url=author.take("url", _url, None),
            email=author.take("email", _email, None),
        )
        author.end()


def _images(fields: Fields) -> Iterator[Image]:
    pixels = partial(whole_number, least=0, most=MOST_PIXELS)
    for image in fields.objects("images", most=MOST):
        yield Image(
            url=image.need("url", _url, ""),
            type=image.take("type", _image_type, None),
            width=image.take("width", pixels, 0),
            height=image.take("height", pixels, 0),
            bytes=image.take("bytes", partial(whole_number, least=0, most=MOST_BYTES), 0),
            caption=image.take("caption", _plain, ""),
            credit=image.take("credit", _line, ""),
            alt=image.take("alt", _plain, ""),
            rights=image.take("rights", _line, ""),
        )
        image.end()


def _sections(fields: Fields, newsroom: Newsroom | None) -> tuple[str, ...]:
    slugs = fields.each("sections", partial(text, longest=LONGEST_NAME), most=MOST)
    if not any(path.startswith("sections") for path in fields.problems):
        try:
            check_sections(slugs, newsroom) if newsroom else _some(slugs)
        except InvalidError as error:
            fields.problems.update(error.problems)
    return tuple(dict.fromkeys(slugs))


def _some(slugs: tuple[str, ...]) -> None:
    if not slugs:
        raise InvalidError({"sections": "name at least one"})


def _check_id(external_id: str, fields: Fields) -> None:
    if not external_id.strip() or _CONTROLS.search(external_id) or len(external_id) > LONGEST_NAME:
        fields.problems["external_id"] = (
            f"must be 1 to {LONGEST_NAME} characters without controls, not {external_id[:40]!r}"
        )


def _line(value: object) -> str:
    return one_line(text(value, longest=LONGEST_LINE))


def _title(value: object) -> str:
    title = _line(value)
    if not title:
        raise ValueError("has no text in it that can be read; write a headline")
    return title


def _name(value: object) -> str:
    name = one_line(text(value, longest=LONGEST_NAME))
    if not name:
        raise ValueError("must be a name; leave the author out where there is none")
    return name


def _plain(value: object) -> str:
    return plain(text(value, longest=LONGEST_TEXT))


def _html(value: object) -> str:
    return harmless(text(value, longest=LONGEST_HTML))


def _url(value: object) -> str:
    address = text(value, longest=LONGEST_TEXT)
    safe = safe_url(address)
    if safe is None:
        raise ValueError(
            f"must be an absolute http or https address without credentials, not {address[:80]!r}"
        )
    return safe


def _language(value: object) -> str:
    written = text(value, longest=LONGEST_LINE)
    tag = language_tag(written)
    if tag is None:
        raise ValueError(f"must be a language tag such as en or zh-Hans, not {written[:40]!r}")
    return tag


def _email(value: object) -> str:
    address = text(value, longest=LONGEST_LINE)
    if not _EMAIL.fullmatch(address) or _CONTROLS.search(address):
        raise ValueError(f"must be an address such as name@example.org, not {address[:80]!r}")
    return address


def _image_type(value: object) -> str:
    media_type = text(value, longest=LONGEST_LINE).lower()
    if not _IMAGE_TYPE.fullmatch(media_type):
        raise ValueError(f"must be an image's media type such as image/jpeg, not {media_type!r}")
    return media_type


def _verbatim(value: object) -> str:
    """Read an id that is kept as it is, since clients compare it by its characters."""
    written = text(value, longest=LONGEST_ID)
    if not written or written != written.strip() or _CONTROLS.search(written):
        raise ValueError("must have no white space at its ends and no controls, and not be empty")
    return written


def _iri(value: object) -> str:
    written = _verbatim(value)
    if not _IRI.fullmatch(written):
        raise ValueError(
            f"must be a URI with its scheme, as tag:example.org,2026:7, not {written[:80]!r}"
        )
    return written


def _moment(value: object) -> datetime:
    """Read RFC 3339 with its zone: a time on some unnamed clock orders no two versions."""
    written = text(value, longest=LONGEST_LINE)
    try:
        found = msgspec.convert(written, datetime)
    except (msgspec.ValidationError, OverflowError):
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError(
            "must be a date and time with its zone, as 2026-05-01T12:00:00Z (RFC 3339), "
            f"not {written[:40]!r}"
        )
    if not EARLIEST <= found < LATEST:
        raise ValueError(f"must be between {EARLIEST:%Y} and {LATEST:%Y}, not {written!r}")
    return found.astimezone(UTC)


def described(article: Article) -> dict[str, Any]:
    """Return an article as JSON shows it, under the names that a submission uses.

    What a submission may hold stands first and can be sent back as it is.
    """
    content = article.content
    return {
        "title": content.title,
        "summary": content.summary,
        "html": content.html,
        "link": content.link,
        "language": content.language,
        "authors": [asdict(author) for author in content.authors],
        "tags": list(content.tags),
        "images": [asdict(image) for image in content.images],
        "rights": content.rights,
        "credit": content.credit,
        "sections": list(article.sections),
        "published": article.published_at,
        "updated": article.updated_at,
        "guid": article.guid,
        "atom_id": article.atom_id,
        "id": article.id,
        "external_id": article.external_id,
        "owner": article.owner,
        "state": article.state,
        "version": article.version,
        "note": article.note,
        "story": article.story,
        "source": None if content.source is None else asdict(content.source),
        "also": [asdict(also) for also in content.also],
    }
