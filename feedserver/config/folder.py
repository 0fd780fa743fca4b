"""The newsroom's folder: four files, read and checked as a whole."""

from pathlib import Path

from feedserver.config.checks import mistakes_between
from feedserver.config.shapes import RULES, SECTIONS, SHAPES, SITE, SOURCES
from feedserver.config.tables import built, read_file
from feedserver.errors import ConfigError
from feedserver.model.site import Newsroom


def read_newsroom(folder: Path) -> Newsroom:
    """Read ``site.toml``, ``sections.toml``, ``sources.toml`` and ``rules.toml``.

    Raises:
        ConfigError: With one line for each mistake: file, table, key, and what would be right.
    """
    if not folder.is_dir():
        files = ", ".join(shape.file for shape in SHAPES)
        raise ConfigError(
            f"{folder} is not a folder; FEEDSERVER_FEEDS must name the one that holds {files}"
        )
    mistakes = list[str]()
    site = read_file(SITE, folder / SITE.file, mistakes)
    sections = read_file(SECTIONS, folder / SECTIONS.file, mistakes)
    sources = read_file(SOURCES, folder / SOURCES.file, mistakes)
    rules = read_file(RULES, folder / RULES.file, mistakes)
    if sections == []:
        mistakes.append(f"{folder / SECTIONS.file} holds no [[section]]; a site needs at least one")
    if sections and sources is not None and rules is not None:
        mistakes.extend(mistakes_between(sections, sources, rules))
    if mistakes or not (site and sections and sources is not None and rules is not None):
        raise ConfigError("\n".join(mistakes))
    return Newsroom(
        site=built(SITE, site)[0],
        sections=built(SECTIONS, sections),
        sources=built(SOURCES, sources),
        rules=built(RULES, rules),
    )
