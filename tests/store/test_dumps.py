"""What is pure about dumps; the rest is tested through the command."""

import pytest

from feedserver.store.dumps import without_password


@pytest.mark.parametrize(
    ("url", "bare", "password"),
    [
        ("postgresql://ada:s%40fe@db:5432/news", "postgresql://ada@db:5432/news", "s@fe"),
        ("postgresql://ada@db/news", "postgresql://ada@db/news", None),
        (
            "postgresql:///news?host=/run/sockets&user=ada&password=s",
            "postgresql:///news?host=%2Frun%2Fsockets&user=ada",
            "s",
        ),
    ],
)
def test_other_users_do_not_see_the_password(url: str, bare: str, password: str | None) -> None:
    assert without_password(url) == (bare, password)
