"""Amounts of work in commands: ``/estimate 4h for the export``."""

from tierkeeper.plugins import Command, CommandRefused, Desk, Effort
from tierkeeper.plugins.model.duration import split_amount

LONGEST_DAYS = 500
"""More than this is hardly meant: two years of one person's work."""


def read_amount(command: Command, desk: Desk) -> tuple[Effort, str]:
    """The amount that the line begins with, in whole minutes, and what follows it. Raises CommandRefused."""
    amount, note = split_amount(command.rest)
    if not amount:
        said = f'"{command.rest[:30]}" is no amount of work' if command.rest else f"/{command.name} needs an amount"
        raise CommandRefused(said, f"Write a number with its unit (m, h, d): `/{command.name} 4h` or `1d 30m`.")
    effort = Effort(amount, day_minutes=desk.effort_day)
    if not 1 <= effort.minutes <= LONGEST_DAYS * desk.effort_day:
        said = f"/{command.name} takes from 1m up to {LONGEST_DAYS}d of work"
        raise CommandRefused(said, f"Write for instance `/{command.name} 4h`.")
    return effort, note
