"""The commands that people may write in comments, and who may."""

from collections.abc import Mapping, Sequence
from typing import get_args

from tierkeeper.plugins.command import DeskCommand, Who
from tierkeeper.rules.policy.page import Page
from tierkeeper.rules.policy.people import Crew
from tierkeeper.rules.policy.problems import did_you_mean
from tierkeeper.rules.policy.raw import NOBODY
from tierkeeper.rules.policy.trackers import failed_plugins
from tierkeeper.rules.policy.yaml_text import Path

_ALONE = (NOBODY, "anyone")
_MEANT: Mapping[str, str] = {
    "anyone": "everybody",
    "reporter": "who reported the issue",
    "key users": "the key users of its place",
    "staff": "all tiers above the lowest",
    "holder": "the tier with it",
    "owner": "whom it is assigned to",
    "lead": "a tier's lead",
    "priority owner": "who orders a tier's work",
}


def read_offered(page: Page) -> dict[str, DeskCommand]:
    """The commands that the installation brings, without those that are off."""
    known = page.host.commands
    for name in page.raw.commands:
        if name not in known:
            hint = did_you_mean(name, "commands", sorted(known)) + failed_plugins(page)
            page.findings.add(("commands", name), f'unknown command "{name}"', hint, on_key=True)
        elif name in page.host.overlaps:
            used, others = page.host.origins[f"/{name}"], ", ".join(page.host.overlaps[name])
            message = f"/{name} overlaps: {used} brings it, and so does {others}"
            page.findings.add(("commands", name), message, "leave one of them out of the installation", on_key=True)
    off = {name for name, raw in page.raw.commands.items() if NOBODY in raw.who}
    return {name: command for name, command in known.items() if name not in off}


def read_permissions(page: Page, crew: Crew) -> dict[str, tuple[str, ...]]:
    """Who may give a command, where the policy says so: words, roles and people."""
    words = {NOBODY, *get_args(Who), *page.raw.roles}
    for name, raw in page.raw.commands.items():
        _check_who(page, name, raw.who)
    return {
        name: tuple(
            word if word in words else crew.name(("commands", name, "who", place), word)
            for place, word in enumerate(raw.who)
        )
        for name, raw in page.raw.commands.items()
    }


def _check_who(page: Page, command: str, who: Sequence[str]) -> None:
    """Report words that contradict each other, and roles that one could take for such a word."""
    for position, word in enumerate(who):
        path: Path = ("commands", command, "who", position)
        if word in page.raw.roles and word in get_args(Who):
            message = f'"{word}" is a role of this policy, and a word for {_MEANT[word]}'
            page.findings.add(path, message, "give the role another name")
        elif word in _ALONE and len(who) > 1:
            others = ", ".join(other for other in who if other != word)
            message = f"{word} and {others} contradict each other" if word == NOBODY else f"{word} includes {others}"
            page.findings.add(path, message, f"leave out {word}, or the others")
