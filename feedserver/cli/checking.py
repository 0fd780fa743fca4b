"""Check the settings and the newsroom's folder, and say what they amount to."""

import os

from feedserver.cli.opening import all_read
from feedserver.cli.screen import amount, show, show_json
from feedserver.config.settings import described


async def check_config(*, as_json: bool) -> None:
    """Print what was found in the folder and the environment.

    Raises:
        ConfigError: With one line for each mistake in either.
    """
    settings, newsroom = all_read()
    values = dict(described(os.environ))
    sections = {section.slug: section.title for section in newsroom.sections}
    if as_json:
        show_json(
            {
                "site": newsroom.site.title,
                "sections": sections,
                "sources": len(newsroom.sources),
                "rules": len(newsroom.rules),
                "settings": {setting.name: value for setting, value in values.items()},
            }
        )
        return
    show(f"{newsroom.site.title}, {newsroom.site.link} ({settings.feeds})")
    show(f"{amount(len(sections), 'section')}: {', '.join(sections)}", indent=2)
    show(amount(len(newsroom.sources), "source"), indent=2)
    show(amount(len(newsroom.rules), "rule"), indent=2)
    changed = [
        f"{setting.name}={value}" for setting, value in values.items() if value != setting.default
    ]
    show("settings that are not the default:" if changed else "all settings have their defaults")
    for line in changed:
        show(line, indent=2)
