"""Poll sources: decide when, fetch, parse, store."""
