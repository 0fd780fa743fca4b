"""What goes between the poller and its parser processes: frames of a length and MessagePack."""

import struct
from typing import BinaryIO

import msgspec

from feedserver.poll.prepare import Prepared

LENGTH = struct.Struct(">I")

LARGEST_ANSWER = 32 << 20
"""Bytes. A document within the default size limit (5 MiB) reads to about three times its size."""


class Document(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A document to read.

    Attributes:
        cpu: Seconds of processor time that it may take.
    """

    document: bytes
    url: str
    headers: dict[str, str]
    cpu: float


class Markup(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """HTML to be made harmless.

    Attributes:
        cpu: Seconds of processor time that it may take.
    """

    html: str
    cpu: float


Task = Document | Markup


class Read(msgspec.Struct, frozen=True, tag=True):
    """It could be read."""

    feed: Prepared


class Cleaned(msgspec.Struct, frozen=True, tag=True):
    """It is harmless now."""

    html: str


class Refused(msgspec.Struct, frozen=True, tag=True):
    """It could not, and why."""

    reason: str


Answer = Read | Cleaned | Refused

OUT_OF_MEMORY = 3
"""Exit status of a process that reached its limit of memory."""

READY = b"ready"
"""The first frame of a process, when it has imported what it needs."""


def frame(payload: bytes) -> bytes:
    """Return the payload with its length before it."""
    return LENGTH.pack(len(payload)) + payload


def read_frame(stream: BinaryIO) -> bytes | None:
    """Return the next payload, or ``None`` when the other side has gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    payload = stream.read(length)
    return payload if len(payload) == length else None
