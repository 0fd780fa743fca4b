"""Languages as feeds declare them."""

import pytest

from feedserver.formats.languages import language_tag


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("en", "en"),
        (" EN_gb ", "en-GB"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("sr-latn", "sr-Latn"),
        ("es-419", "es-419"),
        ("English", None),
        ("en, fr", None),
        ("", None),
    ],
)
def test_a_language_is_written_as_its_tag_or_not_at_all(declared: str, tag: str | None) -> None:
    assert language_tag(declared) == tag
