"""The page about the interface names every address, parameter and field."""

import re
from pathlib import Path

import pytest

from feedserver.web.queries import FILTERS
from feedserver.web.routes import ROUTES
from tests.publish.test_submission import WHOLE

PAGE = (Path(__file__).parents[2] / "docs/reference/api.md").read_text("utf-8")


def written(path: str) -> str:
    """Return a route's path as the page writes it."""
    path = path.replace("{name:[a-z0-9-]+}.{form:rss|atom|json}", "{name}.rss")
    path = path.replace("{external_id}", "{external-id}")
    return re.sub(r"\{(\w+):[^}]*\}\}?", r"{\1}", path)


@pytest.mark.parametrize("path", sorted({route.path for route in ROUTES}))
def test_every_address_is_on_the_page(path: str) -> None:
    if not path.startswith("/static/"):
        assert re.search(rf"(?:GET |PUT |POST |DELETE |`){re.escape(written(path))}`", PAGE)


@pytest.mark.parametrize("name", [*FILTERS, "limit", "cursor"])
def test_every_parameter_is_on_the_page(name: str) -> None:
    assert f"| `{name}` |" in PAGE


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_every_field_of_an_article_is_on_the_page(name: str) -> None:
    assert re.search(rf"^\| (?:`\w+`, )*`{name}`(?:, `\w+`)* \|", PAGE, re.MULTILINE)
