"""The route table: what is answered, who may ask, how long the answer may be kept."""

from typing import Final

from feedserver.web.api_articles import put_article, retract_article, show_article
from feedserver.web.api_stories import list_stories, pick_story, show_story
from feedserver.web.articles import article_page
from feedserver.web.desk import inbox, pick, story
from feedserver.web.feeds import directory, directory_opml, document, feed_page, front_page
from feedserver.web.files import static_file
from feedserver.web.health import healthz, metrics, readyz
from feedserver.web.login import login, login_page, logout
from feedserver.web.policy import Cache, May, Route

_NUMBER: Final = r"{number:[0-9]{1,15}}"
_FEED: Final = r"{name:[a-z0-9-]+}.{form:rss|atom|json}"
_ARTICLE: Final = "/api/v1/articles/{external_id}"
_STORY: Final = f"/api/v1/stories/{_NUMBER}"
_DESK_STORY: Final = f"/desk/stories/{_NUMBER}"

ROUTES: Final = (
    Route(method="GET", path="/", handler=front_page, cache=Cache.PAGE),
    Route(method="GET", path="/feeds", handler=directory, cache=Cache.PAGE),
    Route(method="GET", path="/feeds.opml", handler=directory_opml, cache=Cache.PAGE),
    Route(method="GET", path=f"/feeds/{_FEED}", handler=document, cache=Cache.FEED),
    Route(method="GET", path="/feeds/{name:[a-z0-9-]+}", handler=feed_page, cache=Cache.PAGE),
    Route(method="GET", path=f"/articles/{_NUMBER}", handler=article_page, cache=Cache.PAGE),
    Route(
        method="GET",
        path="/static/{version}/{path:.+}",
        handler=static_file,
        cache=Cache.FOREVER,
    ),
    Route(method="GET", path="/api/v1/stories", handler=list_stories, may=May.DESK_TOKEN),
    Route(method="GET", path=_STORY, handler=show_story, may=May.DESK_TOKEN),
    Route(method="POST", path=f"{_STORY}/pick", handler=pick_story, may=May.DESK_TOKEN),
    Route(method="GET", path=_ARTICLE, handler=show_article, may=May.ARTICLES_TOKEN),
    Route(method="PUT", path=_ARTICLE, handler=put_article, may=May.ARTICLES_TOKEN),
    Route(method="DELETE", path=_ARTICLE, handler=retract_article, may=May.ARTICLES_TOKEN),
    Route(method="GET", path="/desk", handler=inbox, may=May.CURATOR),
    Route(method="GET", path=_DESK_STORY, handler=story, may=May.CURATOR),
    Route(method="POST", path=f"{_DESK_STORY}/pick", handler=pick, may=May.CURATOR),
    Route(method="GET", path="/desk/login", handler=login_page),
    Route(method="POST", path="/desk/login", handler=login),
    Route(method="POST", path="/desk/logout", handler=logout),
    Route(method="GET", path="/healthz", handler=healthz, any_host=True),
    Route(method="GET", path="/readyz", handler=readyz, any_host=True),
    Route(method="GET", path="/metrics", handler=metrics, may=May.OPERATOR, any_host=True),
)
