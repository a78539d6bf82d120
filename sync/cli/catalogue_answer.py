"""What `catalogue` and `commands` answer: the shapes that `--json` prints and that the pages are made of."""

import msgspec

from tierkeeper.sync.cli.answers import FORMAT


class ContactAnswer(msgspec.Struct, kw_only=True):
    """Somebody whom users turn to."""

    name: str
    mail: str = ""


class ServiceAnswer(msgspec.Struct, kw_only=True):
    """A service, its ways in, and who answers for it."""

    name: str
    description: str = ""
    entry_points: list[str] = []
    owner: ContactAnswer | None = None


class PlaceAnswer(msgspec.Struct, kw_only=True):
    """An instance or an entry point, and its key users: its own, or those who stand in."""

    name: str
    service: str = ""
    entry_point: str = ""
    server: str = ""
    time_zone: str = ""
    key_users: list[ContactAnswer] = []


class DeskQueueAnswer(msgspec.Struct, kw_only=True):
    """Where users report: the kind of place (project, repository) on a tracker, and its name."""

    tracker: str
    kind: str
    place: str
    labels: list[str] = []


class HandoverAnswer(msgspec.Struct, kw_only=True):
    """Where a tier hands an issue to, and what that needs."""

    to: str
    needs: list[str] = []


class StepAnswer(msgspec.Struct, kw_only=True):
    """A tier on an issue's way, who acts for it, and where it hands on to."""

    tier: str
    who: str
    lead: str = ""
    hands_to: list[HandoverAnswer] = []


class CommandAnswer(msgspec.Struct, kw_only=True):
    """A command: its line, what it does, and who may write it. `state`: on, off, or refused; `why`, where it is not on.

    `line` is where the policy names it; `plugin` is where it comes from.
    """

    name: str
    usage: str
    does: str
    example: str = ""
    who: list[str] = []
    state: str = "on"
    why: str = ""
    line: str = ""
    plugin: str = ""


class CatalogueAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper catalogue`: what the desk helps with, who to turn to, and what happens then."""

    format: int = FORMAT
    command: str = "catalogue"
    desk: str
    services: list[ServiceAnswer] = []
    entry_points: list[PlaceAnswer] = []
    instances: list[PlaceAnswer] = []
    fallback: list[ContactAnswer] = []
    report_in: list[DeskQueueAnswer] = []
    steps: list[StepAnswer] = []
    commands: list[CommandAnswer] = []


class CommandsAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper commands`: every command that is installed. `carried_out`: whether any is, as the policy stands."""

    format: int = FORMAT
    command: str = "commands"
    desk: str
    carried_out: bool = True
    commands: list[CommandAnswer] = []
