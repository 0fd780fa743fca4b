"""Numbers for Prometheus: what was asked, and where sources, stories and feeds stand."""

from collections import Counter as Tally

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0

from feedserver.service import Service
from feedserver.store import feeds, sources, stories

UNKNOWN = "none"
"""The route of a request that fits none: its path is not repeated, as there is no end of paths."""


class Metrics:
    """The numbers of one application; two in one process do not share them."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "feedserver_requests",
            "Requests answered",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._sources = self._gauge("feedserver_sources", "Sources by state", "state")
        self._stories = self._gauge("feedserver_stories", "Stories in the inbox")
        self._feeds = self._gauge("feedserver_feed_version", "Version that a feed shows", "feed")

    def count(self, request: web.Request, status: int) -> None:
        """Count a request that is being answered."""
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else UNKNOWN
        method = request.method if route != UNKNOWN else UNKNOWN
        self._requests.labels(method=method, route=route, status=status).inc()

    async def text(self, service: Service) -> tuple[bytes, str]:
        """Return all numbers as they stand now, and their media type.

        Raises:
            StoreError: The database cannot be used.
        """
        async with service.database.read() as tx:
            states = Tally(source.state for source in await sources.everyone(tx))
            number = await stories.count(tx)
            versions = await feeds.versions(tx)
        for state, count in states.items():
            self._sources.labels(state=state).set(count)
        self._stories.set(number)
        for name, version in versions.items():
            self._feeds.labels(feed=name).set(version.shown)
        return generate_latest(self._registry), CONTENT_TYPE_PLAIN_1_0_0

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(name, meaning, labels, registry=self._registry)
