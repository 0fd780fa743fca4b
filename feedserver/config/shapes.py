"""What the newsroom's four files hold: each key, how it is read and what it means.

The reference page ``docs/reference/newsroom.md`` is checked against what stands here.
"""

from feedserver.config.keys import Key, Shape, flag, number, text, texts
from feedserver.config.places import (
    authority,
    country,
    email,
    language,
    section_slug,
    slug,
    time_zone,
)
from feedserver.config.readers import duration, line, one_of, web_address
from feedserver.model.site import Rule, Section, Site
from feedserver.model.source import Kind, RightsClass, SourceWish

SITE = Shape(
    file="site.toml",
    purpose="the site as a whole: title, link, languages, time zone, rights, contact",
    model=Site,
    keys={
        "title": text(line, "Name of the news site, as feed readers show it."),
        "description": text(line, "What the site is, in a sentence."),
        "link": text(web_address, "The site's home page."),
        "languages": texts(
            language, "Languages that it publishes in, the main one first, as `en` or `zh-Hans`."
        ),
        "time_zone": text(time_zone, "Where the newsroom's day begins, as `America/New_York`."),
        "rights": text(line, "Copyright line of every feed."),
        "contact": text(
            email, "Address for readers and for the servers that we poll (in the User-Agent)."
        ),
        "contact_name": text(line, "Who reads what is sent there."),
        "authority": text(
            authority,
            "A host and a date on which it was yours, as `example.org,2026`: every permanent id "
            "begins with it (RFC 4151). Never change it.",
        ),
        "logo": text(web_address, "Picture that stands for the site."),
    },
)

SECTIONS = Shape(
    file="sections.toml",
    purpose="the site's sections as [[section]] tables, at least one",
    table="section",
    known_by="slug",
    model=Section,
    keys={
        "slug": text(
            section_slug, "Lasting short name, part of its feeds' addresses: `/feeds/us.rss`."
        ),
        "title": text(line, "Name of the section, as feed readers show it."),
        "description": text(line, "What the section holds, in a sentence."),
        "language": text(language, "Language of its texts."),
        "length": number(1, 500, "Fewest items that its feeds hold, where there are so many."),
        "pins": texts(line, "External ids or numbers of articles that stand first, in that order."),
        "everything": flag(
            "Whether the newest of all sections fill it up, below what editors put there; "
            "for one section at most."
        ),
        "retired": flag("Whether it is no longer published: its feeds answer 410 Gone."),
        "moved_to": text(slug, "Slug of the section to which its feeds redirect."),
    },
)

SOURCES = Shape(
    file="sources.toml",
    purpose="the outside feeds to follow as [[source]] tables, and may be empty",
    table="source",
    known_by="key",
    model=SourceWish,
    keys={
        "key": text(slug, "Lasting short name of the source."),
        "title": text(line, "Name of the outlet, as attribution shows it."),
        "url": text(web_address, "Address of the feed, without user and password."),
        "owner": text(line, "Who owns the outlet; copies by one owner count once."),
        "country": text(country, "Where the outlet is: ISO 3166-1, as `US`."),
        "language": text(language, "Language of its texts, as `en` or `zh-Hans`."),
        "kind": text(one_of(Kind), "What it is: `wire`, `national`, `local`, `blog` or `own`."),
        "rights": text(
            one_of(RightsClass),
            "How much of its text we may publish: `headline`, `excerpt` or `full`.",
        ),
        "section": text(slug, "Slug of the section that its stories are offered to."),
        "interval": Key(
            read=duration,
            meaning="How long to wait between polls when all goes well, from `5m` to `7d`; "
            "shorter only for this machine's own hosts and those under `.test`.",
        ),
        "verified": flag("Whether somebody saw that the address answers with this feed."),
    },
)

RULES = Shape(
    file="rules.toml",
    purpose="the rules that offer stories to sections as [[rule]] tables, and may be empty",
    table="rule",
    known_by="name",
    model=Rule,
    keys={
        "name": text(line, "Name of the rule, shown wherever it acted."),
        "section": text(slug, "Slug of the section to which it offers stories."),
        "source": text(slug, "Key of the source that it is about; all when left out."),
        "category": text(
            line, "Category that it is about, compared without case; all when left out."
        ),
    },
)

SHAPES = (SITE, SECTIONS, SOURCES, RULES)
