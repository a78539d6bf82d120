"""The commands that people may write in comments, and who may."""

from typing import get_args

from tierkeeper.plugins.command import DeskCommand, Who
from tierkeeper.rules.policy.page import Page
from tierkeeper.rules.policy.people import Crew
from tierkeeper.rules.policy.problems import did_you_mean
from tierkeeper.rules.policy.raw import NOBODY
from tierkeeper.rules.policy.trackers import failed_plugins


def read_offered(page: Page) -> dict[str, DeskCommand]:
    """The commands that the installation brings, without those that are off."""
    known = page.host.commands
    for name in page.raw.commands:
        if name not in known:
            hint = did_you_mean(name, "commands", sorted(known)) + failed_plugins(page)
            page.findings.add(("commands", name), f'unknown command "{name}"', hint, on_key=True)
    off = {name for name, raw in page.raw.commands.items() if NOBODY in raw.who}
    return {name: command for name, command in known.items() if name not in off}


def read_permissions(page: Page, crew: Crew) -> dict[str, tuple[str, ...]]:
    """Who may give a command, where the policy says so: words, roles and people."""
    words = {NOBODY, *get_args(Who), *page.raw.roles}
    return {
        name: tuple(
            word if word in words else crew.name(("commands", name, "who", place), word)
            for place, word in enumerate(raw.who)
        )
        for name, raw in page.raw.commands.items()
    }
