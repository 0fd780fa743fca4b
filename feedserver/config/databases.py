"""Where everything is kept: the reader of a database's address."""

import re

from feedserver.config.readers import quoted


def database(value: str) -> str:
    """Read where the data is kept, and return it as ``sqlite:///PATH`` or ``postgresql://…``."""
    scheme, there_is, rest = value.partition("://")
    if not there_is:
        scheme, rest = "sqlite", f"/{value}"
    if scheme in {"postgresql", "postgres"} and rest:
        return f"postgresql://{rest}"
    if scheme != "sqlite" or not rest.startswith("/") or rest in {"/", "/:memory:"}:
        raise ValueError(
            f"{quoted(without_password(value))} is not a database that we can keep; write the path "
            'of a file, as "feedserver.db" or "sqlite:////var/lib/feedserver.db", '
            'or "postgresql://user@host/name"'
        )
    return f"sqlite://{rest}"


def without_password(address: str) -> str:
    """Return a database's address as it may be shown."""
    hidden = re.sub(r"(://[^:/@]*):.*@", r"\1:…@", address)
    return re.sub(r"(password=)[^&]*", r"\1…", hidden)
