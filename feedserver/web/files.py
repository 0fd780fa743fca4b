"""Style sheets, icons and fonts, sent from memory."""

from aiohttp import web

from feedserver.web.keys import STATICS
from feedserver.web.policy import Cache


async def static_file(request: web.Request) -> web.StreamResponse:
    """Send a file; that of another version, asked for by an older page, is not to be kept."""
    statics = request.app[STATICS]
    path = request.match_info["path"]
    if path not in statics.files:
        raise web.HTTPNotFound
    media_type, body = statics.files[path]
    headers = {"Content-Type": media_type, "Cross-Origin-Resource-Policy": "same-origin"}
    if request.match_info["version"] != statics.version:
        headers["Cache-Control"] = Cache.NEVER
    return web.Response(body=body, headers=headers)
