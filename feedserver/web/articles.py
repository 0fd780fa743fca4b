"""The page of an article."""

from http import HTTPStatus

from aiohttp import web

from feedserver.errors import NotFoundError
from feedserver.model.article import ArticleId, ArticleState
from feedserver.publish.items import GONE
from feedserver.web.keys import SERVICE
from feedserver.web.pages import page
from feedserver.web.pictures import with_pictures


async def article_page(request: web.Request) -> web.StreamResponse:
    """Show an article, or the notice that stands in its place (410)."""
    service = request.app[SERVICE]
    article = await service.articles.get(ArticleId(int(request.match_info["number"])))
    if article.published_at > service.clock.now():
        raise NotFoundError(f"there is no article {article.id}")
    published = {section.slug: section for section in service.newsroom.published}
    context = {
        "article": article,
        "placed": [published[slug] for slug in article.sections if slug in published],
        "corrected": article.state is ArticleState.CORRECTED,
        "retracted": article.state is ArticleState.RETRACTED,
    }
    if article.state in GONE:
        return page(request, "gone.html", context, status=HTTPStatus.GONE)
    return with_pictures(request, page(request, "article.html", context))
