"""A newsroom to measure: one site, one section."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from feedserver.model.site import Newsroom, Section, Site
from feedserver.model.source import Kind, SourceWish

SECTION = "world"

NEWSROOM = Newsroom(
    site=Site(
        title="The Measured Post",
        description="News of a newsroom that is measured",
        link="https://measured.example/",
        languages=("en",),
        time_zone=ZoneInfo("UTC"),
        rights="© The Measured Post",
        contact="desk@measured.example",
        contact_name="News desk",
        authority="measured.example,2025",
    ),
    sections=(Section(slug=SECTION, title="World", description="News", language="en", length=50),),
)


def wishes(number: int, port: int) -> tuple[SourceWish, ...]:
    """Return that many sources, each on a host of its own."""
    return tuple(
        SourceWish(
            key=f"s{source}",
            title=f"Outlet {source}",
            url=f"http://s{source}.test:{port}/{source}/feed.xml",
            owner=f"Owner {source}",
            country="US",
            language="en",
            kind=Kind.NATIONAL,
            section=SECTION,
            interval=timedelta(minutes=30),
        )
        for source in range(number)
    )
