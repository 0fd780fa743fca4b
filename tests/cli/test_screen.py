"""What reaches the terminal."""

from datetime import UTC, datetime, timedelta
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from feedserver.cli.screen import distance, fitted, json_line, safe, show_table, size

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.text(st.characters()))
def test_no_text_moves_the_cursor_or_turns_the_writing(text: str) -> None:
    line = safe(text)
    assert not {"Cc", "Cs"} & set(map(category, line))
    assert not set("\n\r\t\x1b\x9b\x07\u2028\u202e\u2066\u200f\ufeff") & set(line)
    line.encode()


@given(st.text(st.characters(codec="utf-8")))
def test_json_is_one_line_of_ascii(text: str) -> None:
    line = json_line({"title": text})
    assert line.isascii()
    assert line.isprintable()


@given(st.text(st.characters(codec="utf-8")), st.integers(min_value=4, max_value=40))
def test_a_line_fits_whatever_the_script(text: str, columns: int) -> None:
    assert cell_len(fitted(text, columns)) <= columns


def test_chinese_takes_two_columns_each() -> None:
    assert fitted("河水淹没小镇", 8) == "河水淹…"
    assert fitted("河水淹没小镇", 12) == "河水淹没小镇"


def test_a_table_stands_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("KEY", "TITLE"), [("a", "River floods town"), ("北京", "[bold]x")])
    assert capsys.readouterr().out == "KEY   TITLE\na     River floods town\n北京  [bold]x\n"


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(0), "now"),
        (timedelta(seconds=45), "in 45 s"),
        (timedelta(minutes=-90), "90 min ago"),
        (timedelta(hours=47), "in 47 h"),
        (timedelta(days=-3), "3 d ago"),
    ],
)
def test_a_distance_is_said_in_its_largest_unit(away: timedelta, words: str) -> None:
    assert distance(NOW + away, NOW) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1 bytes"), (2048, "2.0 KiB"), (5 << 20, "5.0 MiB"), (3 << 30, "3.0 GiB")],
)
def test_a_size_is_said_in_its_largest_unit(number: int, words: str) -> None:
    assert size(number) == words
