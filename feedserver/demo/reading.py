"""Read the script from the files that ship with the program."""

import tomllib
from dataclasses import fields, replace
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from feedserver.demo.script import Event, Script, Telling
from feedserver.errors import ConfigError


def read_script(folder: Traversable | None = None) -> Script:
    """Return the script that the folder's ``*.toml`` files make together, taken by name.

    Raises:
        ConfigError: A file is not what a script is made of; names the file and the key.
    """
    folder = folder or files("feedserver.demo") / "script"
    parts = [
        _read(file)
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    ]
    whole = Script(
        **{
            field.name: tuple(one for part in parts for one in getattr(part, field.name))
            for field in fields(Script)
        }
    )
    return replace(whole, events=tuple(map(_complete, whole.events)))


def _read(file: Traversable) -> Script:
    try:
        return msgspec.convert(tomllib.loads(file.read_text("utf-8")), type=Script)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigError(f"{file.name}: {error}") from error


def _complete(event: Event) -> Event:
    """Give each telling the event's key, and each reprint the text that it repeats."""
    named = [replace(telling, event=event.key) for telling in event.tellings]
    originals = {telling.outlet: telling for telling in named}
    return replace(event, tellings=tuple(_with_text(telling, originals) for telling in named))


def _with_text(telling: Telling, originals: dict[str, Telling]) -> Telling:
    if telling.reprints is None:
        return telling
    try:
        # An outlet reprints what the wire says at that moment, later edits excluded.
        original = originals[telling.reprints].as_of(telling.at)
    except KeyError:
        raise ConfigError(
            f"{telling.name} reprints {telling.reprints!r}, which does not tell this event; "
            f"these do: {', '.join(originals)}"
        ) from None
    return replace(
        telling,
        slug=telling.slug or original.slug,
        headline=original.headline,
        summary=original.summary,
        body=original.body,
        byline=original.byline,
        categories=telling.categories or original.categories,
    )
