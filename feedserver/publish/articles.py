"""Save articles: from the CMS, or made of a story by a curator. One owner each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedserver.clock import Clock
from feedserver.errors import InvalidError, NotFoundError
from feedserver.formats.characters import scrub
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
from feedserver.model.site import Newsroom
from feedserver.publish.names import feeds_of
from feedserver.publish.revise import check_age, check_order, check_sections, check_version, revised
from feedserver.publish.select import RETRACTED_STAYS
from feedserver.store import acts, articles, feeds
from feedserver.store.database import Database, Transaction


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
        check_sections(submission.sections, self.newsroom)
        now = self.clock.now()
        async with self.database.write() as tx:
            old = await articles.by_external_id(tx, submission.external_id)
            number = old.id if old else await articles.next_id(tx)
            # Two who put it for the first time at once: one waited for its number, and looks again.
            old = old or await articles.by_external_id(tx, submission.external_id)
            check_version(old, if_match)
            if old is None:
                first = self._first(number, submission, now)
                return Saved(article=await self._issue(tx, first, actor, now), created=True)
            new = revised(old, submission, now=now)
            if new is None:
                return Saved(article=old, changed=False)
            check_age(old, submission)
            if if_match is None:
                check_order(old, submission, earlier=await articles.had(tx, new))
            return Saved(article=await self._change(tx, old, new, actor, now))

    async def retract(self, external_id: str, *, note: str, actor: str) -> Article:
        """Replace an article's text by a note that says why, for all who have it.

        Raises:
            InvalidError: There is no note: readers must be told why.
            NotFoundError: There is no such article.
        """
        note = scrub(note).strip()
        if not note:
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
                updated_at=max(now, old.updated_at + timedelta(microseconds=1)),
                note=note,
            )
            await articles.await_moment(tx, old.id, retracted.updated_at + RETRACTED_STAYS)
            return await self._change(tx, old, retracted, actor, now)

    async def issue_pick(self, tx: Transaction, picked: Picked, *, actor: str) -> Article:
        """Make an article of a story, within the curator's transaction.

        Raises:
            InvalidError: A section does not exist.
        """
        check_sections(picked.sections, self.newsroom)
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

    async def find(self, external_id: str) -> Article:
        """Return the article that the CMS calls so.

        Raises:
            NotFoundError: There is none of that name.
        """
        async with self.database.read() as tx:
            article = await articles.called(tx, external_id)
        if article is None:
            raise NotFoundError(f"there is no article {external_id!r}")
        return article

    async def newest(self, *, limit: int) -> Sequence[Article]:
        """Return the articles that changed last, the latest first."""
        async with self.database.read() as tx:
            return await articles.newest(tx, limit=limit)

    def _first(self, number: ArticleId, sent: Submission, now: datetime) -> Article:
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

    async def _change(
        self, tx: Transaction, old: Article, new: Article, actor: str, now: datetime
    ) -> Article:
        changed = replace(new, seq=await articles.next_seq(tx))
        await articles.change(tx, changed, now=now)
        if changed.published_at > now:
            await articles.await_moment(tx, changed.id, changed.published_at)
        await self._announce(tx, changed, {*old.sections, *changed.sections}, actor, now)
        return changed

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
