"""The curators' desk: the inbox, a story, the pick."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web
from yarl import URL

from feedserver.errors import ConflictError, FeedServerError, InvalidError
from feedserver.model.entry import StoryId
from feedserver.model.story import Story, StoryFilter
from feedserver.web.failures import status_of
from feedserver.web.forms import Form, desk_secret, form_token, keep_visit, read_form, visit
from feedserver.web.keys import ACTOR, SERVICE
from feedserver.web.pages import page
from feedserver.web.picking import form_fields, read_pick
from feedserver.web.queries import FILTERS, PAGE, cursor, story_filter
from feedserver.web.shapes import told_by

Context = Mapping[str, Any]


async def inbox(request: web.Request) -> web.StreamResponse:
    """Show the newest stories that fit what was asked for."""
    service = request.app[SERVICE]
    asked = {name: value for name, value in request.query.items() if value}
    wanted, before, mistakes = StoryFilter(), None, dict[str, str]()
    try:
        wanted, before = story_filter(asked, service.newsroom), cursor(asked)
    except InvalidError as error:
        mistakes = error.problems
    found = await service.inbox.page(wanted, before=before, limit=PAGE)
    context = {
        "asked": {name: asked.get(name, "") for name in FILTERS},
        "mistakes": mistakes,
        "rows": [(story, told_by(story, found.outlets)) for story in found.stories],
        "older": None if found.next is None else _older(asked, found.next),
        "later": before is not None,
        "sources": sorted(service.newsroom.sources, key=lambda wish: wish.title.casefold()),
        "languages": sorted({wish.language for wish in service.newsroom.sources}),
    }
    return desk_page(request, "inbox.html", context)


async def story(request: web.Request) -> web.StreamResponse:
    """Show a story with its entries, why they are together, and the form to pick it."""
    service = request.app[SERVICE]
    shown = await service.inbox.story(_number(request))
    if shown.merged_into is not None:
        raise web.HTTPPermanentRedirect(f"/desk/stories/{shown.merged_into}")
    picked = request.query.get("picked", "")
    message = {slug for slug, number in shown.picks.items() if str(number) == picked}
    return await _story_page(request, shown, {"picked": message})


async def pick(request: web.Request) -> web.StreamResponse:
    """Pick a story as the form says; show the form again where that cannot be."""
    service = request.app[SERVICE]
    form = await read_form(request)
    number = _number(request)
    try:
        wanted = read_pick(form_fields(form), service.newsroom)
        article = await service.picker.pick(number, wanted, actor=request[ACTOR])
    except (InvalidError, ConflictError) as error:
        return await _again(request, number, form, error)
    where = article.story or number
    raise web.HTTPSeeOther(f"/desk/stories/{where}?picked={article.id}")


def desk_page(
    request: web.Request, template: str, context: Context, *, status: int = HTTPStatus.OK
) -> web.Response:
    """Return a page of the desk, whose forms are bound to this visit."""
    number = visit(request)
    shared = {
        "actor": request.get(ACTOR, ""),
        "logged_in": desk_secret(request) is not None,
        "form_token": form_token(request, number),
    }
    response = page(request, template, {**shared, **context}, status=status)
    keep_visit(request, response, number)
    return response


async def _again(
    request: web.Request, number: StoryId, form: Form, error: FeedServerError
) -> web.Response:
    shown = await request.app[SERVICE].inbox.story(number)
    mistakes = error.problems if isinstance(error, InvalidError) else {"story": str(error)}
    context = {"mistakes": mistakes, "form": form}
    return await _story_page(request, shown, context, status=status_of(error))


async def _story_page(
    request: web.Request, shown: Story, context: Context, *, status: int = HTTPStatus.OK
) -> web.Response:
    service = request.app[SERVICE]
    outlets = await service.inbox.outlets(shown)
    lead = next((entry for entry in shown.entries if entry.id == shown.lead), shown.entries[0])
    whole = {
        "story": shown,
        "lead": lead,
        "outlets": outlets,
        "tellers": told_by(shown, outlets),
        "revisions": await service.inbox.revisions(shown),
        "by_id": {entry.id: entry for entry in shown.entries},
        "picked": set[str](),
        "mistakes": dict[str, str](),
        "form": None,
    }
    return desk_page(request, "story.html", {**whole, **context}, status=status)


def _older(asked: Mapping[str, str], following: StoryId) -> str:
    kept = {name: value for name, value in asked.items() if name in FILTERS}
    return str(URL("/desk").with_query({**kept, "cursor": str(following)}))


def _number(request: web.Request) -> StoryId:
    return StoryId(int(request.match_info["number"]))
