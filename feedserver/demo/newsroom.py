"""The newsroom of the demo: the folder's own, but following the outlets that we play."""

from dataclasses import replace
from datetime import timedelta

from feedserver.demo.edition import Stage
from feedserver.demo.pictures import HEIGHT, WIDTH, draw
from feedserver.demo.script import Outlet, OwnArticle, Picture, Script
from feedserver.errors import ConfigError
from feedserver.model.article import Content, Submission
from feedserver.model.entry import Image
from feedserver.model.site import Newsroom
from feedserver.model.source import SourceWish

LIVE_INTERVAL = timedelta(seconds=15)
"""How often the outlets are polled: news is to arrive while somebody watches."""


def demo_newsroom(newsroom: Newsroom, script: Script, port: int) -> Newsroom:
    """Return the newsroom with the outlets as its sources.

    Site and sections stay. Rules about sources that are not followed now are left out, and those
    that the script needs are added.

    Raises:
        ConfigError: The newsroom lacks a section that the script fills.
    """
    missing = sorted(_sections(script) - {section.slug for section in newsroom.sections})
    if missing:
        raise ConfigError(
            f"sections.toml: the demo's script needs sections that are not there: "
            f"{', '.join(missing)}; run it on a folder that has them"
        )
    keys = {outlet.key for outlet in script.outlets}
    rules = tuple(rule for rule in newsroom.rules if rule.source is None or rule.source in keys)
    return replace(
        newsroom,
        sources=tuple(_wish(outlet, port) for outlet in script.outlets),
        rules=rules + script.rules,
    )


def submissions(script: Script, stage: Stage) -> tuple[Submission, ...]:
    """Return what our CMS puts, in that order, each at its ``updated_at``."""
    first: dict[str, timedelta] = {}
    puts = sorted(script.articles, key=lambda article: article.at)
    for article in puts:
        first.setdefault(article.external_id, article.at)
    return tuple(
        Submission(
            external_id=article.external_id,
            content=_content(article, stage),
            sections=article.sections,
            published_at=stage.start + first[article.external_id],
            updated_at=stage.start + article.at,
        )
        for article in puts
    )


def _sections(script: Script) -> set[str]:
    return {
        *(outlet.section for outlet in script.outlets if outlet.section is not None),
        *(rule.section for rule in script.rules),
        *(slug for article in script.articles for slug in article.sections),
        *(slug for planned in script.picks for slug in planned.pick.sections),
    }


def _wish(outlet: Outlet, port: int) -> SourceWish:
    return SourceWish(
        key=outlet.key,
        title=outlet.title,
        url=f"http://{outlet.host}:{port}/feed.xml",
        owner=outlet.owner,
        country=outlet.country,
        language=outlet.language,
        kind=outlet.kind,
        rights=outlet.rights,
        section=outlet.section,
        interval=LIVE_INTERVAL,
        verified=True,
    )


def _content(article: OwnArticle, stage: Stage) -> Content:
    return Content(
        title=article.title,
        summary=article.summary,
        html=article.html,
        language=article.language,
        authors=article.authors,
        tags=article.tags,
        images=tuple(_image(picture, stage) for picture in article.pictures),
        rights=article.rights,
    )


def _image(picture: Picture, stage: Stage) -> Image:
    return Image(
        url=stage.picture_url(picture.name),
        type="image/png",
        width=WIDTH,
        height=HEIGHT,
        bytes=len(draw(picture.name)),
        caption=picture.caption,
        credit=picture.credit,
        alt=picture.alt,
        rights=picture.rights,
    )
