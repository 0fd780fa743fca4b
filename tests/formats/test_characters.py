from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feedserver.formats.characters import scrub, scrubbed
from feedserver.model.article import ArticleState
from tests.publish.samples import OWN, in_state


@given(st.text(st.characters()))
def test_scrubbed_text_can_stand_in_any_document(text: str) -> None:
    element = etree.Element("x")
    element.text = scrub(text)
    assert etree.fromstring(etree.tostring(element)).text == (scrub(text) or None)


def test_letters_of_every_script_and_line_breaks_stay() -> None:
    assert scrub("雾\u200dé🜁\tа\r\nb\rc") == "雾\u200dé🜁\tа\nb\nc"


def test_a_value_is_scrubbed_however_deep_and_stays_of_its_type() -> None:
    article = in_state(OWN, ArticleState.RETRACTED, "a\x00b")
    clean = scrubbed(article)
    assert clean.note == "ab"
    assert clean.state is ArticleState.RETRACTED
    assert clean.content == article.content
