"""What must hold between the tables of a newsroom's folder. Pure: tables in, mistakes out."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import timedelta
from ipaddress import ip_address

from yarl import URL

from feedserver.config.readers import did_you_mean, quoted
from feedserver.config.tables import Table

SHORTEST_INTERVAL = timedelta(minutes=5)
LONGEST_INTERVAL = timedelta(days=7)


def mistakes_between(
    sections: Sequence[Table], sources: Sequence[Table], rules: Sequence[Table]
) -> Iterator[str]:
    """Yield a line for each mistake that only shows when tables are seen together."""
    yield from _repeated(sections, "slug")
    yield from _moves(sections)
    yield from _homes(sections)
    yield from _repeated(sources, "key")
    yield from _repeated(sources, "url", _same_address)
    yield from _offers(sources, sections)
    yield from _intervals(sources)
    yield from _repeated(rules, "name")
    yield from _offers(rules, sections)
    yield from _subjects(rules, sources)


def _repeated(
    tables: Sequence[Table], key: str, form: Callable[[str], Hashable] = str
) -> Iterator[str]:
    """Each table needs a value of its own, compared in that form."""
    first = dict[Hashable, tuple[int, Table]]()
    for place, table in enumerate(tables, start=1):
        if key not in table.values:
            continue
        value = table.values[key]
        earlier_place, earlier = first.setdefault(form(value), (place, table))
        if earlier is table:
            continue
        same_name = earlier.name == table.name
        other = f"number {earlier_place} and number {place}" if same_name else earlier.name
        advice = "give each its own" if same_name else "leave one of them out"
        yield f"{table.where}: {key} {quoted(value)} is also that of {other}; {advice}"


def _same_address(url: str) -> str:
    """Host and scheme without case, no default port, no fragment (RFC 3986, section 6.2)."""
    return str(URL(url).with_fragment(None))


def _moves(sections: Sequence[Table]) -> Iterator[str]:
    """A section that moved leads to one that is still published."""
    target = {table.values.get("slug"): table.values.get("moved_to") for table in sections}
    retired = {table.values.get("slug") for table in sections if table.values.get("retired")}
    for table in sections:
        slug, to = table.values.get("slug"), table.values.get("moved_to")
        if to is None:
            continue
        if slug in retired:
            yield f"{table.where}: is retired and moved_to {quoted(to)}; keep one of the two"
        if to == slug:
            yield f"{table.where}: moved_to {quoted(to)} is the section itself; name another one"
        elif to not in target:
            yield f"{table.where}: moved_to {quoted(to)} {_no_section(to, sections)}"
        elif to in retired:
            yield f"{table.where}: moved_to {quoted(to)} is retired; name one that is published"
        elif _comes_back(slug, target):
            yield (
                f"{table.where}: moved_to {quoted(to)} leads back to {quoted(slug)}; "
                "one of them must stay"
            )


def _comes_back(slug: str | None, target: dict[str | None, str | None]) -> bool:
    """Tell whether following the moves from a section leads to it again."""
    step, seen = target.get(slug), set[str | None]()
    while step is not None and step not in seen:
        if step == slug:
            return True
        seen.add(step)
        step = target.get(step)
    return False


def _homes(sections: Sequence[Table]) -> Iterator[str]:
    """One section at most is filled up from all the others."""
    homes = [table for table in sections if table.values.get("everything")]
    for table in homes[1:]:
        yield (
            f"{table.where}: everything = true is also said of {homes[0].name}; "
            "one section at most is made of all others"
        )


def _offers(tables: Sequence[Table], sections: Sequence[Table]) -> Iterator[str]:
    """Stories are offered to sections that are published."""
    by_slug = {table.values.get("slug"): table for table in sections}
    for table in tables:
        slug = table.values.get("section")
        if slug is None:
            continue
        section = by_slug.get(slug)
        if section is None:
            yield f"{table.where}: section {quoted(slug)} {_no_section(slug, sections)}"
        elif section.values.get("retired"):
            yield f"{table.where}: section {quoted(slug)} is retired; name one that is published"
        elif to := section.values.get("moved_to"):
            yield f"{table.where}: section {quoted(slug)} has moved; write {quoted(to)}"


def _no_section(slug: str, sections: Sequence[Table]) -> str:
    known = [table.values["slug"] for table in sections if "slug" in table.values]
    otherwise = f"there are {', '.join(known)}" if known else "sections.toml has none"
    return f"is not a section; {did_you_mean(slug, known, otherwise=otherwise)}"


def _subjects(rules: Sequence[Table], sources: Sequence[Table]) -> Iterator[str]:
    """A rule is about a source that there is, or a category, or both."""
    known = [table.values["key"] for table in sources if "key" in table.values]
    for table in rules:
        if not table.written.keys() & {"source", "category"}:
            yield f"{table.where}: names neither a source nor a category; say what it is about"
        source = table.values.get("source")
        if source is not None and source not in known:
            advice = did_you_mean(source, known, otherwise="see the keys in sources.toml")
            yield f"{table.where}: source {quoted(source)} is not a source; {advice}"


def _intervals(sources: Sequence[Table]) -> Iterator[str]:
    """Strangers' servers are not asked more often than is decent, and none is forgotten."""
    for table in sources:
        interval, url = table.values.get("interval"), table.values.get("url")
        if interval is None or url is None:
            continue
        if interval > LONGEST_INTERVAL or (interval < SHORTEST_INTERVAL and not is_ours(url)):
            written = quoted(table.written["interval"])
            yield f'{table.where}: interval {written} is out of range; write "5m" to "7d"'


def is_ours(url: str) -> bool:
    """Tell whether an address is on this machine or in the domain kept for tests (RFC 2606)."""
    host = URL(url).host or ""
    if host in {"localhost", "test"} or host.endswith((".localhost", ".test")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
