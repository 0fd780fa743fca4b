"""The API's articles: the CMS puts, reads and retracts them by its own names."""

import re
from http import HTTPStatus
from typing import Final

from aiohttp import web

from feedserver.errors import InvalidError, ParseError, PreconditionError
from feedserver.formats.fields import Fields, read_object, text
from feedserver.formats.text import storable
from feedserver.model.article import Article
from feedserver.publish.submission import LONGEST_HTML, LONGEST_TEXT, described, submission_of
from feedserver.service import Service
from feedserver.web.api_stories import check_json, json_response
from feedserver.web.keys import ACTOR, SERVICE
from feedserver.web.queries import parameters

_VERSION: Final = re.compile(r'"([0-9]{1,15})"')
_QUICK: Final = 2_000
"""Characters of HTML that cost milliseconds however they are nested."""

_NOT_YET: Final = 0
"""The version that stands for an article that is not there."""


async def put_article(request: web.Request) -> web.Response:
    """Save what the CMS says that an article is."""
    service = request.app[SERVICE]
    parameters(request, ())
    check_json(request)
    external_id = request.match_info["external_id"]
    fields = await _cleaned(read_object(await request.read()), service)
    submission = submission_of(external_id, fields, newsroom=service.newsroom)
    saved = await service.articles.put(
        submission, actor=request[ACTOR], if_match=await _precondition(request, service)
    )
    status = HTTPStatus.CREATED if saved.created else HTTPStatus.OK
    return _shown(saved.article, service, status=status)


async def show_article(request: web.Request) -> web.Response:
    """Send an article as it is stored."""
    service = request.app[SERVICE]
    parameters(request, ())
    article = await service.articles.find(_named(request))
    return _shown(article, service)


async def retract_article(request: web.Request) -> web.Response:
    """Put a note in place of an article's text, for all who have it."""
    service = request.app[SERVICE]
    asked = parameters(request, ("note",))
    note = asked.get("note") or await _note(request)
    article = await service.articles.retract(_named(request), note=note, actor=request[ACTOR])
    return _shown(article, service)


async def _cleaned(fields: Fields, service: Service) -> Fields:
    """Return the fields with harmless HTML, made so in a process that can be killed.

    Elements that are left open take time, some take memory too, by the square of their number; no
    reader of a feed is to wait for that. What comes back is cleaned again as everything is, at
    little cost: it is not nested deeply.

    Raises:
        InvalidError: It takes too long, or too much memory.
    """
    html = fields.values.get("html")
    if not isinstance(html, str) or not _QUICK < len(html) <= LONGEST_HTML:
        return fields
    try:
        cleaned = await service.parsers.clean(html)
    except ParseError as error:
        advice = "close its elements, and nest fewer of them in one another"
        raise InvalidError({"html": f"{error}; {advice}"}) from error
    return Fields(values={**fields.values, "html": cleaned})


def _named(request: web.Request) -> str:
    """Return the name of the article that is looked for; one that no store can hold finds none."""
    return storable(request.match_info["external_id"])


async def _note(request: web.Request) -> str:
    body = await request.read()
    if not body:
        raise InvalidError(
            {"note": 'is missing; say why the article is retracted, as {"note": "…"} or ?note=…'}
        )
    check_json(request)
    fields = read_object(body)
    note = fields.need("note", lambda value: text(value, longest=LONGEST_TEXT), "")
    fields.end()
    fields.check()
    return note


async def _precondition(request: web.Request, service: Service) -> int | None:
    """Return the version that the request is meant for, where it names one (RFC 9110, 13.1).

    Raises:
        PreconditionError: It names one that cannot be stored.
        NotFoundError: It is meant for any version, and there is none.
    """
    if request.headers.get("If-None-Match", "").strip() == "*":
        return _NOT_YET
    wanted = request.headers.get("If-Match")
    if wanted is None:
        return None
    if wanted.strip() == "*":
        return (await service.articles.find(_named(request))).version
    match = _VERSION.fullmatch(wanted.strip())
    if match is None:
        raise PreconditionError(
            f'If-Match must be "*" or the ETag of a version, as "3", not {wanted[:40]}'
        )
    return int(match[1])


def _shown(article: Article, service: Service, *, status: int = HTTPStatus.OK) -> web.Response:
    shape = {**described(article), "page": f"{service.base_url}/articles/{article.id}"}
    return json_response(shape, status=status, headers={"ETag": f'"{article.version}"'})
