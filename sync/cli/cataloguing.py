"""What `catalogue` and `commands` do: read the policy, make the page, print it or write it to a file."""

import sys
from pathlib import Path

import msgspec

from tierkeeper.plugins.errors import UsageError
from tierkeeper.sync.cli.catalogue_answer import CatalogueAnswer, CommandsAnswer
from tierkeeper.sync.cli.catalogue_page import catalogue_of, catalogue_page
from tierkeeper.sync.cli.command_list import command_list, commands_page
from tierkeeper.sync.cli.desks import load
from tierkeeper.sync.cli.leaflet import Format, Leaflet
from tierkeeper.sync.cli.screen import Screen
from tierkeeper.sync.cli.vault import redacted


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    policy: Path
    out: Path | None = None
    json: bool = False
    html: bool = False


def catalogue(ask: Ask) -> None:
    """Make the page for users."""
    answer = catalogue_of(load(ask.policy))
    _give(answer, catalogue_page(answer), ask)


def commands(ask: Ask) -> None:
    """Make the page on commands."""
    answer = command_list(load(ask.policy))
    _give(answer, commands_page(answer), ask)


def _give(answer: CatalogueAnswer | CommandsAnswer, page: Leaflet, ask: Ask) -> None:
    if ask.json:
        if ask.out is not None:
            raise UsageError("--json goes to standard output; leave --out away, or --json")
        Screen().answer(answer)
        return
    text = redacted(page.shown(Format.HTML if ask.html else Format.MARKDOWN))
    if ask.out is None:
        sys.stdout.write(text)
        return
    try:
        ask.out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{ask.out} cannot be written: {error.strerror}") from error
    Screen().say(f"Written to {ask.out}.")
