"""The API's stories: list, show, pick."""

from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web
from yarl import URL

from feedserver.formats.fields import read_object
from feedserver.model.entry import StoryId
from feedserver.publish.submission import described
from feedserver.web.keys import ACTOR, SERVICE
from feedserver.web.picking import read_pick
from feedserver.web.queries import FILTERS, cursor, page_size, parameters, story_filter
from feedserver.web.shapes import PageShape, story_shape, whole_story_shape


async def list_stories(request: web.Request) -> web.Response:
    """Send a page of stories, the newest first."""
    service = request.app[SERVICE]
    asked = parameters(request, (*FILTERS, "limit", "cursor"))
    page = await service.inbox.page(
        story_filter(asked, service.newsroom), before=cursor(asked), limit=page_size(asked)
    )
    shape = PageShape(
        stories=[story_shape(story, page.outlets, service.base_url) for story in page.stories],
        next=None if page.next is None else str(page.next),
    )
    headers = {}
    if page.next is not None:
        following = URL(f"{service.base_url}/api/v1/stories").with_query(
            {**asked, "cursor": str(page.next)}
        )
        headers["Link"] = f'<{following}>; rel="next"'
    return json_response(shape, headers=headers)


async def show_story(request: web.Request) -> web.Response:
    """Send a story with everything that belongs to it, or lead to where it went."""
    service = request.app[SERVICE]
    parameters(request, ())
    story = await service.inbox.story(_number(request))
    if story.merged_into is not None:
        raise web.HTTPPermanentRedirect(f"{service.base_url}/api/v1/stories/{story.merged_into}")
    outlets = await service.inbox.outlets(story)
    revisions = await service.inbox.revisions(story)
    return json_response(whole_story_shape(story, outlets, revisions, service.base_url))


async def pick_story(request: web.Request) -> web.Response:
    """Make an article of a story."""
    service = request.app[SERVICE]
    parameters(request, ())
    check_json(request)
    pick = read_pick(read_object(await request.read()), service.newsroom)
    article = await service.picker.pick(_number(request), pick, actor=request[ACTOR])
    page = f"{service.base_url}/articles/{article.id}"
    return json_response(
        {**described(article), "page": page},
        status=HTTPStatus.CREATED,
        headers={"Location": page},
    )


def json_response(
    value: Any,  # noqa: ANN401 - whatever JSON can say
    *,
    status: int = HTTPStatus.OK,
    headers: dict[str, str] | None = None,
) -> web.Response:
    """Return a value as JSON."""
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        headers=headers,
        content_type="application/json",
    )


def check_json(request: web.Request) -> None:
    """Refuse a body that says it is something else.

    Raises:
        HTTPUnsupportedMediaType: It is not JSON by its own word.
    """
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(
            text=f"send the body as application/json, not {request.content_type}"
        )


def _number(request: web.Request) -> StoryId:
    return StoryId(int(request.match_info["number"]))
