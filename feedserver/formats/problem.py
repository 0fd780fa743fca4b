"""Problem details: how our API says what went wrong (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec

from feedserver.formats.characters import scrub

MEDIA_TYPE = "application/problem+json"


class FieldProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field, by its path (``images[0].url``)."""

    field: str
    problem: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong with a request.

    Attributes:
        type: A URI that names the kind of problem; ``about:blank`` says no more than the status.
        title: The same for every problem of its kind.
        detail: What was wrong this time, and what would be right.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: tuple[FieldProblem, ...] = ()


def problem(status: HTTPStatus, detail: str) -> Problem:
    """Return the problem that a status and a sentence make (RFC 9457, section 4.2.1)."""
    return Problem(title=status.phrase, status=status.value, detail=scrub(detail))


def invalid(problems: Mapping[str, str]) -> Problem:
    """Return the problem of a body whose fields are wrong, each by its path (422)."""
    return Problem(
        title="Some fields are wrong",
        status=HTTPStatus.UNPROCESSABLE_ENTITY.value,
        detail=f"{len(problems)} of the fields sent must be set right; see errors",
        errors=tuple(
            FieldProblem(field=scrub(path), problem=scrub(text)) for path, text in problems.items()
        ),
    )


def encode(problem: Problem) -> bytes:
    """Return the problem as a JSON document, to be sent as :data:`MEDIA_TYPE`."""
    return msgspec.json.encode(problem)
