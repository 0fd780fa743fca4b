"""A process that reads documents until its parent goes. It may be killed at any moment.

It is given its limits by the parent and sets them on itself; the kernel holds them, whatever the
parser does. Run as ``python -m feedserver.poll.child BYTES``, where BYTES is the most memory that
it may have.
"""

import resource
import signal
import sys
from typing import BinaryIO

import msgspec

from feedserver.errors import ParseError
from feedserver.formats.sanitize import harmless
from feedserver.poll.prepare import prepare
from feedserver.poll.wire import (
    LARGEST_ANSWER,
    OUT_OF_MEMORY,
    READY,
    Answer,
    Cleaned,
    Document,
    Markup,
    Read,
    Refused,
    Task,
    frame,
    read_frame,
)

_SIMPLEST = b"<rss version='2.0'><channel><item><title>&lt;b&gt;</title></item></channel></rss>"

_TASK: msgspec.msgpack.Decoder[Task] = msgspec.msgpack.Decoder(Task)
_ANSWER = msgspec.msgpack.Encoder()


def main(memory: int) -> int:
    """Answer each task on standard input with a frame on standard output."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    answers = sys.stdout.buffer
    # Whatever else prints must not come between the frames.
    sys.stdout = sys.stderr
    try:
        # So that nothing is imported later, when memory may be short.
        prepare(_SIMPLEST, url="https://example.org/", headers={})
        _send(answers, READY)
        while (payload := read_frame(sys.stdin.buffer)) is not None:
            _send(answers, _answer(_TASK.decode(payload)))
    except MemoryError:
        return OUT_OF_MEMORY
    except BrokenPipeError:
        return 0
    return 0


def _answer(task: Task) -> bytes:
    # Counts the time that this process runs, and ends it unless it is disarmed in time. RLIMIT_CPU
    # would do the same by whole seconds only, counted since the process began.
    signal.setitimer(signal.ITIMER_PROF, task.cpu)
    encoded = _ANSWER.encode(_read(task))
    signal.setitimer(signal.ITIMER_PROF, 0)
    if len(encoded) > LARGEST_ANSWER:
        return _ANSWER.encode(
            Refused(f"the document reads to {len(encoded)} bytes, more than {LARGEST_ANSWER}")
        )
    return encoded


def _read(task: Task) -> Answer:
    match task:
        case Markup(html=html):
            return Cleaned(harmless(html))
        case Document(document=document, url=url, headers=headers):
            try:
                return Read(prepare(document, url=url, headers=headers))
            except ParseError as error:
                return Refused(str(error))


def _send(answers: BinaryIO, payload: bytes) -> None:
    answers.write(frame(payload))
    answers.flush()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
