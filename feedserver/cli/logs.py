"""Log lines: text for a person at a terminal, one JSON object a line for everything else."""

import logging
import logging.config
import sys

import structlog
from structlog.typing import EventDict, Processor

from feedserver.config.settings import LogStyle

NOISY = {"apscheduler": "WARNING", "aiohttp.access": "WARNING", "asyncio": "WARNING"}
"""Loggers that speak at every beat or request; what goes wrong there is still told."""


def set_up(style: LogStyle, *, least: str = "INFO") -> None:
    """Send our own log lines and those of the libraries to stderr, in one form.

    Args:
        least: The level from which on they are written.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_nothing,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        # Known before a line is made: a line for each request, made to be dropped, is not free.
        wrapper_class=structlog.make_filtering_bound_logger(least),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                renderer(style),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=least, force=True)
    for name, level in NOISY.items():
        logging.getLogger(name).setLevel(level)


def is_text(style: LogStyle) -> bool:
    """Tell whether log lines are for a person."""
    return style is LogStyle.TEXT or (style is LogStyle.AUTO and sys.stderr.isatty())


def renderer(style: LogStyle) -> Processor:
    """Return what makes a line of an event."""
    if is_text(style):
        return structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The fancy one would print every variable on the way, secrets too.
            exception_formatter=structlog.dev.plain_traceback,
        )
    return structlog.processors.JSONRenderer(ensure_ascii=True)


def _without_nothing(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {name: value for name, value in event.items() if value is not None}
