"""Articles of an invented newsroom, for the tests of what it publishes."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from feedserver.model.article import (
    AlsoCovered,
    Article,
    ArticleId,
    ArticleState,
    Attribution,
    Author,
    Content,
    Owner,
)
from feedserver.model.entry import Image
from feedserver.model.site import Section, Site
from feedserver.publish.items import Place

NOW = datetime(2025, 11, 3, 12, 0, tzinfo=UTC)

SITE = Site(
    title="The Harbour Post",
    description="News from the harbour and the world",
    link="https://harbour.example/",
    languages=("en", "zh-Hans"),
    time_zone=ZoneInfo("UTC"),
    rights="© 2025 The Harbour Post",
    contact="desk@harbour.example",
    contact_name="News desk",
    authority="harbour.example,2025",
    logo="https://harbour.example/logo.png",
)

CHINA = Section(slug="china", title="China", description="News from China", language="en")
HOME = Section(
    slug="home", title="Home", description="What matters", language="en", everything=True
)
PLACE = Place(site=SITE, sections=(HOME, CHINA), base_url="https://feeds.harbour.example")

PICTURE = Image(
    url="https://harbour.example/images/ferry.jpg?w=1200",
    width=1200,
    height=800,
    bytes=240_000,
    caption="The ferry <Ida> at berth",
    credit="Lin Mei/Harbour Post",
    alt="A white ferry",
    rights="© 2025 Lin Mei",
)

OWN = Article(
    id=ArticleId(7),
    owner=Owner.CMS,
    external_id="cms-7",
    guid="urn:uuid:0b9f7a8e-7d07-4c0e-9d43-1c3a5d0c1a07",
    atom_id="tag:harbour.example,2025:article/7",
    state=ArticleState.PUBLISHED,
    version=1,
    seq=1,
    published_at=datetime(2025, 11, 3, 9, 30, tzinfo=UTC),
    updated_at=datetime(2025, 11, 3, 9, 30, tzinfo=UTC),
    content=Content(
        title="Ferries & trams < 2 hours late",
        summary="Fog held up the morning's ferries.",
        html="<p>Fog held up the morning's ferries, the port said.</p>",
        link="https://harbour.example/2025/ferries",
        language="en",
        authors=(Author(name="Ana Duarte", url="https://harbour.example/by/ana"),),
        tags=("Fog", "Transport"),
        images=(PICTURE,),
        rights="© 2025 The Harbour Post",
    ),
    sections=("china", "home"),
)

PICKED = replace(
    OWN,
    id=ArticleId(8),
    owner=Owner.DESK,
    external_id=None,
    guid="tag:harbour.example,2025:article/8",
    atom_id="tag:harbour.example,2025:article/8",
    published_at=datetime(2025, 11, 3, 10, 0, tzinfo=UTC),
    updated_at=datetime(2025, 11, 3, 10, 0, 0, 250, tzinfo=UTC),
    content=Content(
        title="雾锁港口",
        summary="渡轮停航两小时。",
        link="https://outlet.example/zh/fog",
        language="zh-Hans",
        credit="《海湾日报》报道",
        source=Attribution(
            key="bay-daily",
            title="Bay Daily",
            feed_url="https://outlet.example/rss",
            link="https://outlet.example/zh/fog",
            updated_at=datetime(2025, 11, 3, 9, 55, tzinfo=UTC),
            language="zh-Hans",
            rights="© Bay Daily",
        ),
        also=(
            AlsoCovered(
                outlet="Pier Wire", title="Fog shuts port", link="https://pier.example/1?a=1&b=2"
            ),
        ),
    ),
)


def in_state(article: Article, state: ArticleState, note: str = "") -> Article:
    """Return the article as it stands an hour after it was published."""
    later = datetime(2025, 11, 3, 11, 0, tzinfo=UTC)
    return replace(article, state=state, note=note, version=2, updated_at=later)
