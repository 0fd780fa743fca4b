"""Options that several commands have."""

from typing import Annotated

import typer

AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON, one object a line, instead of text.")
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at the most.")]
