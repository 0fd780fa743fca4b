from http import HTTPStatus

import msgspec

from feedserver.formats.problem import encode, invalid, problem


def test_a_problem_says_status_and_what_would_be_right() -> None:
    body = encode(problem(HTTPStatus.NOT_FOUND, "there is no story 7; see /api/v1/stories"))
    assert msgspec.json.decode(body) == {
        "title": "Not Found",
        "status": 404,
        "detail": "there is no story 7; see /api/v1/stories",
    }


def test_wrong_fields_are_named_by_their_paths() -> None:
    body = encode(invalid({"title": "must not be empty", "images[0].url": "must be http\ud800"}))
    assert msgspec.json.decode(body) == {
        "title": "Some fields are wrong",
        "status": 422,
        "detail": "2 of the fields sent must be set right; see errors",
        "errors": [
            {"field": "title", "problem": "must not be empty"},
            {"field": "images[0].url", "problem": "must be http"},
        ],
    }
