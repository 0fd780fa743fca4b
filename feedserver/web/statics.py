"""Style sheets, icons and fonts: read once, sent from memory under addresses that never change.

The address has the version of all files together in its path, so that a style sheet's relative
addresses lead to the fonts of the same version.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Self

_MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
    "txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statics:
    """All static files.

    Attributes:
        files: By path, each with its media type and its bytes.
        version: Another for each change of any of them.
    """

    files: Mapping[str, tuple[str, bytes]]
    version: str

    @classmethod
    def load(cls) -> Self:
        """Read the files that belong to the program."""
        found = dict(sorted(_found(files("feedserver.web") / "static", "")))
        whole = hashlib.sha256()
        for path, (_, body) in found.items():
            whole.update(f"{path}\n{len(body)}\n".encode() + body)
        return cls(files=found, version=whole.hexdigest()[:12])

    def url(self, path: str) -> str:
        """Return the address of a file.

        Raises:
            KeyError: There is no such file.
        """
        if path not in self.files:
            raise KeyError(path)
        return f"/static/{self.version}/{path}"


def _found(folder: Traversable, path: str) -> Iterator[tuple[str, tuple[str, bytes]]]:
    for child in folder.iterdir():
        if child.is_dir():
            yield from _found(child, f"{path}{child.name}/")
        else:
            media_type = _MEDIA_TYPES[child.name.rpartition(".")[2]]
            yield path + child.name, (media_type, child.read_bytes())
