"""``python -m feedserver``, and the command ``feedserver``."""

from feedserver.cli.app import app


def main() -> None:
    """Do what the command line says."""
    app(prog_name="feedserver")


if __name__ == "__main__":
    main()
