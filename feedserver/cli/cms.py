"""Articles at the command line, as a CMS puts them over the API."""

import sys
from pathlib import Path

import typer

from feedserver.cli.newsdesk import base_url
from feedserver.cli.opening import actor, all_read, store_opened
from feedserver.cli.running import tell
from feedserver.cli.screen import amount, moment, show, show_json, show_table
from feedserver.clock import SystemClock
from feedserver.errors import InvalidError, NotFoundError
from feedserver.model.article import Article
from feedserver.publish.articles import Articles, Saved
from feedserver.publish.submission import described, read_submission

STDIN = "-"


async def put_article(file: str, external_id: str | None, *, as_json: bool) -> None:
    """Save what a file says that an article is; saying it again changes nothing.

    Args:
        file: A JSON object as the API takes it; ``-`` is stdin.
        external_id: The CMS's name for the article; the file's name where it is not said.

    Raises:
        InvalidError: With every mistake in the file by its path.
        ConflictError: It is older than what is stored, or the article was retracted.
    """
    name = external_id or _name_of(file)
    data = _read(file)
    settings, newsroom = all_read()
    try:
        submission = read_submission(name, data, newsroom=newsroom)
    except InvalidError as error:
        raise InvalidError(
            {f"{file}: {path}": text for path, text in error.problems.items()}
        ) from error
    async with store_opened(settings) as database:
        articles = Articles(database=database, clock=SystemClock(), newsroom=newsroom)
        saved = await articles.put(submission, actor=actor())
    if as_json:
        show_json(described(saved.article))
        return
    article = saved.article
    show(f"{_what_became(saved)}: {article.external_id}, version {article.version}")
    show(f"  {base_url(settings)}/articles/{article.id}")


async def list_articles(*, limit: int, as_json: bool) -> None:
    """Print the articles that changed last."""
    settings, newsroom = all_read()
    async with store_opened(settings) as database:
        articles = Articles(database=database, clock=SystemClock(), newsroom=newsroom)
        found = await articles.newest(limit=limit)
    if as_json:
        for article in found:
            show_json(described(article))
        return
    rows = [
        (
            str(article.id),
            article.external_id or f"(story {article.story})",
            article.state.value,
            moment(article.updated_at),
            ", ".join(article.sections),
            article.content.title,
        )
        for article in found
    ]
    show_table(("ID", "EXTERNAL ID", "STATE", "UPDATED", "SECTIONS", "HEADLINE"), rows)
    tell(amount(len(rows), "article"))


async def retract_article(external_id: str, note: str, *, as_json: bool) -> None:
    """Put a note in place of an article's text, for all who have it.

    Raises:
        InvalidError: The note is empty: readers must be told why.
        NotFoundError: There is no such article.
    """
    settings, newsroom = all_read()
    async with store_opened(settings) as database:
        articles = Articles(database=database, clock=SystemClock(), newsroom=newsroom)
        article: Article = await articles.retract(external_id, note=note, actor=actor())
    if as_json:
        show_json(described(article))
        return
    show(f"retracted: {external_id}, version {article.version}; its feeds say why from now on")


def _what_became(saved: Saved) -> str:
    if saved.created:
        return "published"
    return "changed" if saved.changed else "nothing new"


def _name_of(file: str) -> str:
    if file == STDIN:
        raise typer.BadParameter("stdin has no name; say which article it is", param_hint="--id")
    return Path(file).stem


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    except OSError as error:
        raise NotFoundError(f"{file} cannot be read: {error.strerror}") from error
