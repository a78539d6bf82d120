"""What people said of an issue's work: how much they think it needs, and how much they did."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from tierkeeper.plugins.model.case import Case, Command, read_effort
from tierkeeper.plugins.model.duration import Effort, split_amount


class Work(msgspec.Struct, frozen=True):
    """`effort`, as `by` estimated or recorded it at `at` (UTC)."""

    by: str
    at: datetime
    effort: Effort


def estimates_of(case: Case, until: datetime) -> tuple[Work, ...]:
    """Each person's newest estimate up to `until` (UTC), the newest last: in its facet, and with `/estimate`."""
    newest: dict[str, Work] = {}
    for by, at, effort in sorted((*_set(case), *_said(case)), key=lambda word: word[1]):
        if at <= until:
            newest.pop(by, None)
            if effort is not None:
                newest[by] = Work(by, at, effort)
    return tuple(newest.values())


def _set(case: Case) -> Iterator[tuple[str, datetime, Effort | None]]:
    for change in case.changes.get("estimate", ()):
        if change.kind == "human" and change.by:
            yield change.by, change.asked or change.at, read_effort(change.after, case.effort_day)


def _said(case: Case) -> Iterator[tuple[str, datetime, Effort | None]]:
    """What was asked for with a command and was so already: whoever writes it agrees."""
    for command in case.commands:
        if command.name == "estimate" and command.outcome == "allowed":
            yield command.reply.by, command.reply.at, _amount(command, case)


def work_of(case: Case) -> tuple[Work, ...]:
    """The work that people recorded, the newest last: what the facet `spent` grew by, and with `/spent`."""
    found: list[Work] = []
    for change in case.changes.get("spent", ()):
        after, before = (read_effort(value, case.effort_day) for value in (change.after, change.before))
        minutes = (after.minutes if after else 0) - (before.minutes if before else 0)
        if change.kind == "human" and change.by and minutes > 0:
            found.append(Work(change.by, change.at, Effort.of_minutes(minutes, day_minutes=case.effort_day)))
    for command in case.commands:
        effort = _amount(command, case) if command.name == "spent" and command.counts else None
        if effort is not None:
            found.append(Work(command.reply.by, command.reply.at, effort))
    return tuple(sorted(found, key=lambda work: work.at))


def _amount(command: Command, case: Case) -> Effort | None:
    return read_effort(split_amount(command.rest)[0], case.effort_day)
