"""Save articles: from the CMS, or made of a story by a curator. One owner each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedserver.clock import Clock
from feedserver.errors import ConflictError, InvalidError, NotFoundError, PreconditionError
from feedserver.model.access import Act
from feedserver.model.article import (
    Article,
    ArticleId,
    ArticleState,
    Content,
    Owner,
    Submission,
)
from feedserver.model.entry import EntryId, StoryId
from feedserver.model.feed import ALL, FeedName
from feedserver.model.site import Newsroom
from feedserver.publish.select import RETRACTED_STAYS
from feedserver.store import acts, articles, feeds
from feedserver.store.database import Database, Transaction

ENDED = frozenset({ArticleState.RETRACTED, ArticleState.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of a submission."""

    article: Article
    created: bool = False
    changed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """What a curator's pick makes an article of."""

    content: Content
    sections: tuple[str, ...]
    story: StoryId
    lead: EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Articles:
    """The site's articles."""

    database: Database
    clock: Clock
    newsroom: Newsroom

    async def put(
        self, submission: Submission, *, actor: str, if_match: int | None = None
    ) -> Saved:
        """Save what the CMS says that an article is. Saying it again changes nothing.

        Args:
            if_match: The version that this is meant to replace, where the CMS names one.

        Raises:
            InvalidError: A section does not exist.
            PreconditionError: ``if_match`` is not the version that is stored.
            ConflictError: It is older than what is stored, the article was retracted, or one of
                its ids is another article's.
        """
        self._check_sections(submission.sections)
        now = self.clock.now()
        async with self.database.write() as tx:
            old = await articles.by_external_id(tx, submission.external_id)
            _check_version(old, if_match)
            if old is None:
                new = await self._first(tx, submission, now)
                return Saved(article=await self._issue(tx, new, actor, now), created=True)
            revised = _revised(old, submission, now)
            if revised is None:
                return Saved(article=old, changed=False)
            await _check_order(tx, old, submission, revised, if_match)
            seq = await articles.next_seq(tx)
            revised = replace(revised, seq=seq)
            await articles.change(tx, revised, now=now)
            await self._announce(tx, revised, {*old.sections, *revised.sections}, actor, now)
            return Saved(article=revised)

    async def retract(self, external_id: str, *, note: str, actor: str) -> Article:
        """Replace an article's text by a note that says why, for all who have it.

        Raises:
            InvalidError: There is no note: readers must be told why.
            NotFoundError: There is no such article.
        """
        if not note.strip():
            raise InvalidError({"note": "say in a sentence why; it stands in place of the text"})
        now = self.clock.now()
        async with self.database.write() as tx:
            old = await articles.by_external_id(tx, external_id)
            if old is None:
                raise NotFoundError(f"there is no article {external_id!r}")
            if old.state is ArticleState.RETRACTED and old.note == note:
                return old
            retracted = replace(
                old,
                state=ArticleState.RETRACTED,
                version=old.version + 1,
                seq=await articles.next_seq(tx),
                updated_at=max(now, old.updated_at + timedelta(microseconds=1)),
                note=note,
            )
            await articles.change(tx, retracted, now=now)
            await articles.await_moment(tx, old.id, retracted.updated_at + RETRACTED_STAYS)
            await self._announce(tx, retracted, set(old.sections), actor, now)
            return retracted

    async def issue_pick(self, tx: Transaction, picked: Picked, *, actor: str) -> Article:
        """Make an article of a story, within the curator's transaction.

        Raises:
            InvalidError: A section does not exist.
        """
        self._check_sections(picked.sections)
        now = self.clock.now()
        number = await articles.next_id(tx)
        permanent = self._permanent_id(number)
        article = Article(
            id=number,
            owner=Owner.DESK,
            external_id=None,
            guid=permanent,
            atom_id=permanent,
            state=ArticleState.PUBLISHED,
            version=1,
            seq=0,
            published_at=now,
            updated_at=now,
            content=picked.content,
            sections=picked.sections,
            story=picked.story,
            lead=picked.lead,
        )
        return await self._issue(tx, article, actor, now)

    async def get(self, number: ArticleId) -> Article:
        """Return an article.

        Raises:
            NotFoundError: There is none of that number.
        """
        async with self.database.read() as tx:
            article = await articles.by_id(tx, number)
        if article is None:
            raise NotFoundError(f"there is no article {number}")
        return article

    async def newest(self, *, limit: int) -> Sequence[Article]:
        """Return the articles that changed last, the latest first."""
        async with self.database.read() as tx:
            return await articles.newest(tx, limit=limit)

    async def _first(self, tx: Transaction, sent: Submission, now: datetime) -> Article:
        number = await articles.next_id(tx)
        permanent = self._permanent_id(number)
        published = sent.published_at or sent.updated_at or now
        return Article(
            id=number,
            owner=Owner.CMS,
            external_id=sent.external_id,
            guid=sent.guid or permanent,
            atom_id=sent.atom_id or permanent,
            state=ArticleState.PUBLISHED,
            version=1,
            seq=0,
            published_at=published,
            updated_at=sent.updated_at or published,
            content=sent.content,
            sections=sent.sections,
        )

    async def _issue(self, tx: Transaction, article: Article, actor: str, now: datetime) -> Article:
        issued = replace(article, seq=await articles.next_seq(tx))
        await articles.add(tx, issued)
        if issued.published_at > now:
            await articles.await_moment(tx, issued.id, issued.published_at)
        await self._announce(tx, issued, set(issued.sections), actor, now)
        return issued

    async def _announce(
        self, tx: Transaction, article: Article, sections: set[str], actor: str, now: datetime
    ) -> None:
        await feeds.touch(tx, feeds_of(self.newsroom, sections))
        action = "publish" if article.version == 1 else article.state.value
        await acts.add(
            tx,
            Act(
                at=now,
                actor=actor,
                action=action,
                subject=f"article:{article.id}",
                revision=article.version,
            ),
        )

    def _permanent_id(self, number: ArticleId) -> str:
        return f"tag:{self.newsroom.site.authority}:article/{number}"

    def _check_sections(self, slugs: Sequence[str]) -> None:
        there = {section.slug for section in self.newsroom.sections if not section.retired}
        wrong: Mapping[str, str] = {
            f"sections[{place}]": f"there is no section {slug!r}; there are {', '.join(sorted(there))}"
            for place, slug in enumerate(slugs)
            if slug not in there
        }
        if wrong:
            raise InvalidError(wrong)
        if not slugs:
            raise InvalidError({"sections": f"name at least one of {', '.join(sorted(there))}"})


def feeds_of(newsroom: Newsroom, sections: set[str]) -> set[FeedName]:
    """Return the feeds that may hold an article of these sections."""
    home = {section.slug for section in newsroom.sections if section.everything}
    return {ALL, *map(FeedName, sections | home)}


def _check_version(old: Article | None, if_match: int | None) -> None:
    if if_match is None:
        return
    stored = 0 if old is None else old.version
    if stored != if_match:
        raise PreconditionError(f"the stored version is {stored}, not {if_match}; read it again")


def _revised(old: Article, sent: Submission, now: datetime) -> Article | None:
    """Return the next version of an article, or ``None`` where nothing is new."""
    same = old.content == sent.content and old.sections == sent.sections
    published = sent.published_at or old.published_at
    if same and published == old.published_at and old.state not in ENDED:
        return None
    updated = sent.updated_at or max(now, old.updated_at + timedelta(microseconds=1))
    return replace(
        old,
        state=ArticleState.UPDATED,
        version=old.version + 1,
        published_at=published,
        updated_at=updated,
        content=sent.content,
        sections=sent.sections,
        note="",
    )


async def _check_order(
    tx: Transaction, old: Article, sent: Submission, revised: Article, if_match: int | None
) -> None:
    """Refuse what would bring back an older text, as a repeated request does."""
    if if_match is not None:
        return
    if sent.updated_at is not None:
        if sent.updated_at < old.updated_at:
            raise ConflictError(
                f"updated {sent.updated_at.isoformat()} is older than what is stored, "
                f"{old.updated_at.isoformat()} (version {old.version})"
            )
        if old.state not in ENDED or sent.updated_at > old.updated_at:
            return
    if old.state in ENDED:
        raise ConflictError(
            f"the article was {old.state}; to publish it again send a later 'updated', "
            f'or If-Match: "{old.version}"'
        )
    earlier = await articles.had(tx, revised)
    if earlier is not None:
        raise ConflictError(
            f"this is version {earlier}, which version {old.version} replaced; to go back to it "
            f"send a later 'updated', or If-Match: \"{old.version}\""
        )
