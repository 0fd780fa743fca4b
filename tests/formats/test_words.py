"""The tokeniser of full-text search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedserver.formats.words import LONGEST_WORD, MOST_WORDS, query, words


def found(asked: str, text: str) -> bool:
    return set(query(asked)) <= set(words(text).split())


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("zurich", "Bahnhof Zürich"),
        ("ZÜRICH", "zurich"),
        ("Straße", "STRASSE"),
        ("Ｎｅｗｓ", "news"),
        ("北京", "我爱北京大学"),
        ("大学", "我爱北京大学"),
        ("学", "我爱北京大学"),
        ("我", "我"),
        ("5G手机", "新的5G手机上市"),
        ("ガス", "ｶﾞｽ代"),
        ("삼성전자", "삼성전자가 발표했다"),
        ("กรุงเทพ", "ข่าวจากกรุงเทพมหานคร"),
        ("हिन्दी", "आज की हिन्दी ख़बर"),
        ("3.5%", "up 3.5 %"),
        ("don't", "they don't know"),
    ],
)
def test_a_query_finds_its_text(asked: str, text: str) -> None:
    assert found(asked, text)


@pytest.mark.parametrize(
    ("asked", "text"),
    [("京北", "北京大学"), ("rain", "train"), ("東", "北京"), ("trains", "train")],
)
def test_a_query_finds_no_other_text(asked: str, text: str) -> None:
    assert not found(asked, text)


def test_a_query_of_signs_asks_nothing() -> None:
    assert query(" -- “…” ") == ()


def test_the_index_gets_pairs_and_each_character_once() -> None:
    assert words("北京北京 ok").split() == ["北京", "京北", "北京", "ok", "北", "京"]


def test_long_words_and_long_texts_are_bounded() -> None:
    assert words("a" * 1_000) == "a" * LONGEST_WORD
    assert len(words("国a " * MOST_WORDS).split()) == MOST_WORDS


@given(st.text())
def test_tokens_are_letters_and_digits_only(text: str) -> None:
    assert all(token.isalnum() for token in words(text).split())
    assert all(token.isalnum() for token in query(text))


@given(st.text())
def test_every_text_is_found_by_itself(text: str) -> None:
    assert found(text, text)
