"""Pictures on public pages: they come from where the article says, so the policy allows it."""

from aiohttp import web

from feedserver.web.headers import content_security_policy
from feedserver.web.keys import SERVICE


def with_pictures(request: web.Request, response: web.Response) -> web.Response:
    """Allow pictures of other sites on a page; without TLS only where we have none either."""
    schemes = "https:" if request.app[SERVICE].base_url.startswith("https:") else "https: http:"
    response.headers["Content-Security-Policy"] = content_security_policy(pictures=schemes)
    return response
