"""A newsroom's syndication desk: poll outside feeds, file stories, publish sections."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("feedserver")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0"
