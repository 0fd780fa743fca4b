"""Errors as answers: problem details for programs, a plain page for people, never a trace."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import web

from feedserver.errors import (
    ConflictError,
    FeedServerError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PreconditionError,
    StoreError,
)
from feedserver.formats import problem
from feedserver.web.pages import page
from feedserver.web.policy import Handler

STATUS: Final[Mapping[type[FeedServerError], HTTPStatus]] = {
    InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFoundError: HTTPStatus.NOT_FOUND,
    PreconditionError: HTTPStatus.PRECONDITION_FAILED,
    ConflictError: HTTPStatus.CONFLICT,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The status of each error; the first that fits, so a special one stands before its base."""

RETRY_AFTER: Final = "5"
"""Seconds after which a database that could not be used may be asked again."""

_ADVICE: Final = {
    HTTPStatus.NOT_FOUND: "there is nothing at this address; /feeds lists what we publish",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the body is longer than the 5 MiB that we take",
    HTTPStatus.BAD_REQUEST: "the request cannot be read as HTTP says it must be written",
}

log = structlog.get_logger(__name__)


@web.middleware
async def tell_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what a handler raised."""
    try:
        return await handler(request)
    except FeedServerError as error:
        return _told(request, error)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return failure(request, error.status, _detail(request, error), headers=_kept(error))
    except Exception:
        log.exception("request failed", method=request.method, path=request.path)
        return failure(
            request, HTTPStatus.INTERNAL_SERVER_ERROR, "the fault is ours, and it was written down"
        )


def failure(
    request: web.Request,
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Return the answer to a request that came to nothing."""
    if request.path.startswith("/api/"):
        known = problem.Problem(title=_title(status), status=status, detail=detail)
        return _problem(known, headers)
    context = {
        "status": status,
        "title": _title(status),
        "detail": detail,
        "at_desk": request.path.startswith("/desk/"),
    }
    return page(request, "error.html", context, status=status, headers=headers)


def status_of(error: FeedServerError) -> HTTPStatus:
    """Return the status that an error is answered with."""
    fits = (status for kind, status in STATUS.items() if isinstance(error, kind))
    return next(fits, HTTPStatus.INTERNAL_SERVER_ERROR)


def _told(request: web.Request, error: FeedServerError) -> web.Response:
    status = status_of(error)
    if isinstance(error, InvalidError) and request.path.startswith("/api/"):
        return _problem(problem.invalid(error.problems), None)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return failure(request, status, str(error))
    # What the database said is for the operator: it may name hosts and files.
    log.warning("request refused", path=request.path, error=str(error))
    detail = "the store cannot be used at the moment; try again soon"
    return failure(request, status, detail, headers={"Retry-After": RETRY_AFTER})


def _problem(told: problem.Problem, headers: Mapping[str, str] | None) -> web.Response:
    return web.Response(
        body=problem.encode(told),
        status=told.status,
        content_type=problem.MEDIA_TYPE,
        headers=headers,
    )


def _title(status: int) -> str:
    return HTTPStatus(status).phrase


def _detail(request: web.Request, error: web.HTTPException) -> str:
    said = error.text or ""
    their_words = isinstance(error, web.HTTPRequestEntityTooLarge)
    if said and said != f"{error.status}: {error.reason}" and not their_words:
        return said
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        return f"{request.method} is not possible here; possible is {allowed}"
    return _ADVICE.get(HTTPStatus(error.status), HTTPStatus(error.status).description)


def _kept(error: web.HTTPException) -> Mapping[str, str]:
    return {
        name: value
        for name, value in error.headers.items()
        if name.lower() not in {"content-type", "content-length"}
    }
