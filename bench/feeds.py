"""Feeds to poll: as many as wanted, all different, and every byte of them invented."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from itertools import product
from random import Random

ENTRIES = 20
NEW_IN_EDITION = 2
"""Entries that each edition of a feed has new, as many old ones dropping out."""

_BEGINNING = datetime(2025, 3, 1, tzinfo=UTC)
_SYLLABLES = ("ba", "den", "fo", "gri", "ha", "kel", "lo", "mun", "pra", "ris", "sto", "tu", "ve")
_WORDS = sorted(map("".join, product(_SYLLABLES, repeat=3)), key=lambda word: word[::-1])


@cache
def feed(source: int, edition: int) -> bytes:
    """Return an RSS document of about 20 KB, in one of its editions, which count from 0."""
    oldest = edition * NEW_IN_EDITION
    items = "".join(_item(source, number) for number in reversed(range(oldest, oldest + ENTRIES)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">'
        f"<channel><title>Outlet {source}</title><link>https://s{source}.test/</link>"
        f"<description>News of outlet {source}</description><language>en</language>"
        f"{items}</channel></rss>\n"
    ).encode()


def last_modified(edition: int) -> str:
    """Return when an edition came out, as HTTP writes it."""
    return format_datetime(_BEGINNING + timedelta(hours=edition), usegmt=True)


def said(random: Random, length: int) -> str:
    """Return that many words; few of them are common and most are rare, as in a language."""
    return " ".join(_WORDS[int(len(_WORDS) * random.random() ** 3)] for _ in range(length))


def _item(source: int, number: int) -> str:
    random = Random(f"{source}/{number}")  # noqa: S311 - text, and the same in each run
    link = f"https://s{source}.test/{number}"
    text = said(random, 75)
    return (
        f"<item><title>{said(random, 9).capitalize()}</title><link>{link}</link>"
        f'<guid isPermaLink="true">{link}</guid>'
        f"<pubDate>{format_datetime(_BEGINNING + timedelta(minutes=number))}</pubDate>"
        f"<dc:creator>{said(random, 2).title()}</dc:creator>"
        f"<category>{random.choice(_WORDS)}</category><category>News</category>"
        f'<media:content url="{link}.jpg" medium="image" type="image/jpeg"'
        ' width="1200" height="800"/>'
        f"<description><![CDATA[<p>{text}, <em>said</em> "
        f'<a href="{link}#more">the outlet</a>.</p>]]></description></item>'
    )
