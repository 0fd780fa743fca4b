"""Articles to publish: of 120 words in three paragraphs, with a picture, all invented."""

from datetime import datetime, timedelta
from random import Random

from bench.feeds import said
from bench.newsroom import SECTION
from feedserver.model.article import Author, Content, Submission
from feedserver.model.entry import Image

PARAGRAPHS = 3
LENGTH = 50
"""Items of the feeds that are measured."""

BETWEEN = timedelta(hours=2)
"""From one article to the next. A feed holds all of the last days, if they are more than 50."""


def submission(number: int, moment: datetime) -> Submission:
    """Return what the CMS sends of an article that was published at a moment."""
    random = Random(number)  # noqa: S311 - text, and the same in each run
    link = f"https://measured.example/{number}"
    paragraphs = [said(random, 40).capitalize() for _ in range(PARAGRAPHS)]
    return Submission(
        external_id=f"cms-{number}",
        content=Content(
            title=said(random, 9).capitalize(),
            summary=said(random, 25).capitalize(),
            html="".join(f"<p>{paragraph}.</p>" for paragraph in paragraphs),
            link=link,
            language="en",
            authors=(Author(name=said(random, 2).title()),),
            tags=("News",),
            images=(
                Image(
                    url=f"{link}.jpg",
                    type="image/jpeg",
                    width=1200,
                    height=800,
                    caption=said(random, 8).capitalize(),
                    credit="Somebody/The Measured Post",
                    alt="A picture",
                ),
            ),
        ),
        sections=(SECTION,),
        published_at=moment,
        updated_at=moment,
    )


def backlog(now: datetime) -> list[Submission]:
    """Return the articles that fill a feed, the oldest first."""
    return [submission(number, now - (LENGTH - number) * BETWEEN) for number in range(LENGTH)]
