from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedserver.model.article import ArticleId, ArticleState, Listed
from feedserver.model.site import Section
from feedserver.publish.select import RETRACTED_STAYS, WINDOW, select
from tests.publish.samples import NOW

CHINA = Section(slug="china", title="China", description="", language="en", length=3)
HOME = replace(CHINA, slug="home", everything=True)


def listed(
    number: int,
    *,
    hours: float,
    sections: tuple[str, ...] = ("china",),
    state: ArticleState = ArticleState.PUBLISHED,
    changed_hours: float | None = None,
) -> Listed:
    """Return an article published so many hours ago."""
    return Listed(
        id=ArticleId(number),
        external_id=f"cms-{number}",
        version=1,
        published_at=NOW - timedelta(hours=hours),
        updated_at=NOW - timedelta(hours=hours if changed_hours is None else changed_hours),
        sections=sections,
        state=state,
    )


def test_the_newest_published_stands_first_and_other_sections_stay_out() -> None:
    articles = [
        listed(1, hours=3),
        listed(2, hours=1),
        listed(3, hours=0, sections=("world",)),
        listed(4, hours=2),
    ]
    assert select(articles, CHINA, now=NOW) == (2, 4, 1)


def test_articles_published_at_the_same_moment_have_a_fixed_order() -> None:
    articles = [listed(1, hours=1), listed(2, hours=1)]
    assert select(articles, CHINA, now=NOW) == select(articles[::-1], CHINA, now=NOW) == (2, 1)


def test_a_feed_holds_its_length_when_little_is_new() -> None:
    articles = [listed(n, hours=n * 100) for n in range(1, 9)]
    assert select(articles, CHINA, now=NOW) == (1, 2, 3)


def test_a_feed_holds_all_of_the_last_two_days_when_much_is_new() -> None:
    articles = [listed(n, hours=n * 10) for n in range(1, 9)]
    assert select(articles, CHINA, now=NOW) == (1, 2, 3, 4)


def test_the_site_holds_everything_of_every_section() -> None:
    articles = [listed(n, hours=n * 100, sections=("world",)) for n in range(1, 60)]
    assert select(articles, None, now=NOW) == tuple(range(1, 51))


def test_pins_stand_first_in_their_order_by_number_or_external_id() -> None:
    articles = [listed(n, hours=n * 100) for n in range(1, 9)]
    pinned = replace(CHINA, pins=("cms-7", "5", "cms-7", "nothing"))
    assert select(articles, pinned, now=NOW) == (7, 5, 1)


def test_a_retracted_article_is_not_pinned() -> None:
    articles = [listed(1, hours=1), listed(2, hours=2, state=ArticleState.RETRACTED)]
    assert select(articles, replace(CHINA, pins=("2",)), now=NOW) == (1, 2)


def test_home_holds_what_was_placed_there_and_is_filled_with_the_newest_of_all() -> None:
    articles = [
        listed(1, hours=300, sections=("world", "home")),
        listed(2, hours=400, sections=("home",)),
        listed(3, hours=100, sections=("world",)),
        listed(4, hours=200, sections=("china",)),
    ]
    assert select(articles, HOME, now=NOW) == (3, 1, 2)


def test_home_holds_all_of_the_last_two_days_of_every_section() -> None:
    articles = [listed(n, hours=n, sections=("world",)) for n in range(1, 9)]
    assert select(articles, HOME, now=NOW) == tuple(range(1, 9))


def test_home_may_pin_what_stands_in_another_section() -> None:
    articles = [listed(1, hours=1), listed(2, hours=900, sections=("world",))]
    assert select(articles, replace(HOME, pins=("cms-2",)), now=NOW) == (2, 1)


def test_no_article_stands_twice() -> None:
    article = listed(1, hours=1, sections=("home", "china"))
    assert select([article, article], replace(HOME, pins=("1", "cms-1")), now=NOW) == (1,)


def test_nothing_is_shown_before_its_time() -> None:
    early = listed(1, hours=-1)
    pinned = replace(CHINA, pins=("1",))
    assert select([early], pinned, now=NOW) == ()
    assert select([early], pinned, now=NOW + timedelta(hours=1)) == (1,)


def test_a_retraction_stays_for_a_week_however_old_the_article_and_then_leaves() -> None:
    newer = [listed(n, hours=n) for n in range(2, 9)]
    gone = listed(1, hours=999, state=ArticleState.RETRACTED, changed_hours=0)
    almost = NOW + RETRACTED_STAYS - timedelta(seconds=1)
    assert select([gone, *newer], CHINA, now=NOW)[-1] == 1
    assert 1 in select([gone, *newer], CHINA, now=almost)
    assert 1 not in select([gone, *newer], CHINA, now=NOW + RETRACTED_STAYS)


def test_a_correction_of_an_old_article_is_held_for_two_days() -> None:
    newer = [listed(n, hours=n) for n in range(2, 9)]
    corrected = listed(1, hours=999, state=ArticleState.CORRECTED, changed_hours=0)
    assert 1 in select([corrected, *newer], CHINA, now=NOW)
    assert 1 not in select([corrected, *newer], CHINA, now=NOW + WINDOW)


articles_of_all_kinds = st.lists(
    st.builds(
        listed,
        st.integers(1, 40),
        hours=st.floats(-100, 500),
        sections=st.sampled_from([("china",), ("home",), ("china", "home"), ("world",)]),
        state=st.sampled_from(ArticleState),
    ),
    unique_by=lambda article: article.id,
)


@given(articles_of_all_kinds, st.sampled_from([None, CHINA, HOME]))
def test_nothing_of_the_last_two_days_is_missing_and_nothing_doubled(
    articles: list[Listed], section: Section | None
) -> None:
    chosen = select(articles, section, now=NOW)
    recent = {
        article.id
        for article in articles
        if NOW - WINDOW < article.published_at <= NOW
        and (section is None or section.everything or section.slug in article.sections)
    }
    assert recent <= set(chosen)
    assert len(chosen) == len(set(chosen))
    assert chosen == select(articles[::-1], section, now=NOW)
