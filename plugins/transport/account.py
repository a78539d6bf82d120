"""What is known about one credential's budget, as text that outlives the process, and how long so many creates take."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

Limits = tuple[tuple[timedelta, int], ...]
"""How many creates there may be within a span: each span with its count."""

_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FURTHEST = 5_000  # runs that are thought ahead; who has more left is told at least that


@dataclass
class Account:
    """What is known about one credential. Times are this side's wall time, in UTC."""

    left: int | None = None
    quota: int = 0
    reset_at: datetime | None = None
    blocked_until: datetime | None = None
    strikes: int = 0
    creates: list[datetime] = field(default_factory=list)


class _State(msgspec.Struct, omit_defaults=True):
    """An account as text; times are milliseconds since 1970."""

    saved: int
    left: int | None = None
    quota: int = 0
    reset_at: int | None = None
    blocked_until: int | None = None
    strikes: int = 0
    creates: list[int] = []


def written(account: Account, wall_now: datetime) -> str:
    """The account as text."""
    state = _State(
        saved=_to_number(wall_now),
        left=account.left,
        quota=account.quota,
        reset_at=_to_number(account.reset_at) if account.reset_at else None,
        blocked_until=_to_number(account.blocked_until) if account.blocked_until else None,
        strikes=account.strikes,
        creates=[_to_number(moment) for moment in account.creates],
    )
    return msgspec.json.encode(state).decode()


def read(text: str, wall_now: datetime) -> Account:
    """The account from its text; a new one where there is none, or where nothing can be made of it.

    If this side's clock was set back since, all times are moved with it: a wait gets no longer by that.
    """
    try:
        state = msgspec.json.decode(text or "{}", type=_State)
        back = min(wall_now - _to_time(state.saved), timedelta())
        return Account(
            left=state.left,
            quota=state.quota,
            reset_at=_to_time(state.reset_at) + back if state.reset_at else None,
            blocked_until=_to_time(state.blocked_until) + back if state.blocked_until else None,
            strikes=state.strikes,
            creates=[_to_time(moment) + back for moment in state.creates],
        )
    except (msgspec.MsgspecError, OverflowError):
        return Account()


def free_at(creates: Iterable[datetime], limits: Limits, at: datetime) -> tuple[datetime, int]:
    """When something may be created, not before `at`, and how many at once then."""
    made = sorted(creates)
    while True:
        room, until = _room(made, limits, at)
        if room or until <= at:
            return at, room
        at = until


def _room(made: list[datetime], limits: Limits, at: datetime) -> tuple[int, datetime]:
    rooms, until = [], at
    for span, limit in limits:
        recent = [moment for moment in made if at - span < moment]
        rooms.append(max(0, limit - len(recent)))
        if limit and len(recent) >= limit:
            until = max(until, recent[-limit] + span)
    return min(rooms, default=0), until


def caught_up(account: Account, limits: Limits, creates: int, *, start: datetime, every: timedelta) -> datetime:
    """About when so many creates will have been let through, if a run comes `every` so often from `start`."""
    at, made = start, list(account.creates)
    longest = max((span for span, _ in limits), default=timedelta())
    for _ in range(_FURTHEST):
        at, room = free_at(made, limits, at)
        creates -= room
        if creates <= 0 or not room:
            break
        made = [moment for moment in made if at - longest < moment] + [at] * room
        at += every
    return at


def _to_number(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


def _to_time(number: int) -> datetime:
    return _EPOCH + number * _MILLISECOND
