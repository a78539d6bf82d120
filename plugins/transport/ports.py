"""What a tracker is handed: a clock, a budget, ETags, look-ups. Each comes with one that lives in memory.

The ones that outlive a process are the ledger's.
"""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

import msgspec

from tierkeeper.plugins.errors import OutOfBudget, UsageError
from tierkeeper.plugins.transport import account as accounts
from tierkeeper.plugins.transport.account import Account
from tierkeeper.plugins.transport.answer import Answer
from tierkeeper.plugins.transport.limits import quota, rate_limit, remaining, reset_after

Kind = Literal["read", "write", "create"]
KINDS: tuple[Kind, ...] = ("read", "write", "create")

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_SPANS = {_MINUTE: "a minute", _HOUR: "an hour"}
_SERVER_TROUBLE = 500


class Wall(Protocol):
    """Wall time: it drives budgets and back-off, never a judgement."""

    def now(self) -> datetime:
        """Give the time in UTC."""
        ...

    def monotonic(self) -> float:
        """Give seconds that never run backwards."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemWall:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Give the machine's time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Give the machine's monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for real."""
        time.sleep(seconds)


class ManualWall:
    """A clock for tests: it stands still, and sleeping moves it. `slept` lists the sleeps."""

    def __init__(self, now: datetime) -> None:
        if now.utcoffset() is None:
            raise UsageError(f"{now.isoformat()} has no time zone")
        self._now = now.astimezone(UTC)
        self._passed = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Give the time that it was set to, and what was slept since."""
        return self._now

    def monotonic(self) -> float:
        """Give the seconds slept and advanced so far."""
        return self._passed

    def sleep(self, seconds: float) -> None:
        """Note the sleep and move on by it."""
        self.slept.append(seconds)
        self.advance(timedelta(seconds=seconds))

    def advance(self, by: timedelta) -> None:
        """Let time pass without a sleep."""
        self._now += by
        self._passed += by.total_seconds()


class Budget(Protocol):
    """How much a credential may still ask. Shared by all that use the credential."""

    def before(self, credential: str, kind: Kind, wall_now: datetime) -> None:
        """Note a request that is about to be sent, or raise `OutOfBudget` saying until when."""
        ...

    def answered(self, credential: str, kind: Kind, answer: Answer, wall_now: datetime) -> None:
        """Learn from an answer's headers."""
        ...


class EtagKey(msgspec.Struct, frozen=True):
    """What a validator belongs to. Another token, URL or Accept is another answer."""

    token_hash: str
    url: str
    accept: str


class Validator(msgspec.Struct, frozen=True):
    """What is kept of a page: its ETag, whether a next page followed, and the caller's note on its newest item."""

    etag: str
    last_page: bool
    newest: str


class Etags(Protocol):
    """Where validators are kept; never an answer's body.

    `put` is called when an answer was read, not when it was stored. One that outlives the process must make a
    validator durable together with what was read, or a crash in between hides that page for ever.
    """

    def get(self, key: EtagKey) -> Validator | None:
        """Give what was kept."""
        ...

    def put(self, key: EtagKey, validator: Validator) -> None:
        """Keep it in place of what was there."""
        ...


class MemoryEtags:
    """Validators for as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[EtagKey, Validator] = {}

    def get(self, key: EtagKey) -> Validator | None:
        """Give what was kept."""
        return self._kept.get(key)

    def put(self, key: EtagKey, validator: Validator) -> None:
        """Keep it in place of what was there."""
        self._kept[key] = validator


class Kept(Protocol):
    """Look-ups that hold for a while: our own identity, field lists, repository ids, kinds of project."""

    def get(self, key: str, wall_now: datetime) -> str | None:
        """Give what was kept, unless its time is over."""
        ...

    def put(self, key: str, value: str, until: datetime) -> None:
        """Keep it until then, in place of what was there."""
        ...


class MemoryKept:
    """Look-ups for as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, datetime]] = {}

    def get(self, key: str, wall_now: datetime) -> str | None:
        """Give what was kept, unless its time is over."""
        value, until = self._kept.get(key, (None, wall_now))
        return value if wall_now < until else None

    def put(self, key: str, value: str, until: datetime) -> None:
        """Keep it until then, in place of what was there."""
        self._kept[key] = (value, until)


class MemoryBudget:
    """Budgets for as long as the process lives; may be shared by threads.

    Three things stop a request: a wait that the server asked for; a quota down to `reserve` (people may use the same
    account); and our own count of creates, since no header tells how near GitHub's limit on content is. Writes stop
    at twice the reserve, so that a write whose outcome is unknown can still be looked up.
    """

    def __init__(self, *, creates_a_minute: int = 80, creates_an_hour: int = 500, reserve: int = 20) -> None:
        self._create_limits = ((_MINUTE, creates_a_minute), (_HOUR, creates_an_hour))
        self._reserve = reserve
        self._accounts: dict[str, Account] = {}
        self._lock = threading.Lock()

    def before(self, credential: str, kind: Kind, wall_now: datetime) -> None:
        """Note a request that is about to be sent, or raise `OutOfBudget` saying until when."""
        with self._lock:
            account = self._accounts.setdefault(credential, Account())
            try:
                self._check(account, kind, wall_now)
            except OutOfBudget as out:
                out.credential = credential
                raise
            if kind == "create":
                account.creates.append(wall_now)
            if account.left is not None:
                account.left -= 1  # should no answer come, the request may have counted all the same

    def _check(self, account: Account, kind: Kind, wall_now: datetime) -> None:
        if account.blocked_until is not None and account.blocked_until > wall_now:
            raise out_of_budget("the server asked to wait", account.blocked_until)
        self._check_quota(account, kind, wall_now)
        if kind == "create":
            self._check_creates(account, wall_now)

    def _check_quota(self, account: Account, kind: Kind, wall_now: datetime) -> None:
        if account.left is None or account.reset_at is None:
            return
        if account.reset_at <= wall_now:
            account.left = account.reset_at = None
            return
        reserve = min(self._reserve, account.quota // 20) * (1 if kind == "read" else 2)
        if account.left <= reserve:
            raise out_of_budget(f"{max(account.left, 0)} of {account.quota} requests are left", account.reset_at)

    def _check_creates(self, account: Account, wall_now: datetime) -> None:
        if account.creates and account.creates[0] <= wall_now - _HOUR:
            account.creates = [moment for moment in account.creates if moment > wall_now - _HOUR]
        for span, limit in self._create_limits:
            recent = [moment for moment in account.creates if moment > wall_now - span]
            if len(recent) >= limit:
                until = recent[-limit] + span if limit else wall_now + span
                raise out_of_budget(f"{len(recent)} issues and comments were created within {_SPANS[span]}", until)

    def answered(self, credential: str, kind: Kind, answer: Answer, wall_now: datetime) -> None:  # noqa: ARG002  # a ledger's budget counts by kind
        """Learn from an answer's headers."""
        limit = rate_limit(answer, wall_now)
        with self._lock:
            account = self._accounts.setdefault(credential, Account())
            self._learn_quota(account, answer, wall_now)
            if limit is None:
                account.strikes = account.strikes if answer.status >= _SERVER_TROUBLE else 0
            elif not limit.one_issue:
                account.strikes += 1
                until = wall_now + limit.wait_after(account.strikes)
                account.blocked_until = max(until, account.blocked_until or until)

    @staticmethod
    def _learn_quota(account: Account, answer: Answer, wall_now: datetime) -> None:
        left, reset = remaining(answer), reset_after(answer, wall_now)
        # search and GraphQL have quotas of their own, sent under the same names
        if left is None or reset is None or answer.headers.get("x-ratelimit-resource", "core") != "core":
            return
        account.left, account.quota, account.reset_at = left, quota(answer) or 0, wall_now + reset

    def state(self, credential: str, wall_now: datetime) -> str:
        """What is known about a credential, as text for `restore`. The credential is not in it."""
        with self._lock:
            return accounts.written(self._accounts.setdefault(credential, Account()), wall_now)

    def restore(self, credential: str, state: str, wall_now: datetime) -> None:
        """Go on from what `state` gave, perhaps in another process; the next answer corrects it."""
        with self._lock:
            self._accounts[credential] = accounts.read(state, wall_now)

    def caught_up(self, credential: str, creates: int, start: datetime, every: timedelta) -> datetime:
        """About when so many more creates will be through, if a run comes `every` so often from `start`."""
        with self._lock:
            account = self._accounts.setdefault(credential, Account())
            return accounts.caught_up(account, self._create_limits, creates, start=start, every=every)


def out_of_budget(why: str, until: datetime, *, status: int | None = None) -> OutOfBudget:
    """Make the error that says why nothing more is asked for now, and until when."""
    out = OutOfBudget(
        f"the rate budget is used up until {until:%Y-%m-%d %H:%M:%S} UTC: {why}; "
        "what was not looked at is looked at in a later run",
        until=until,
        status=status,
    )
    out.reason = why
    return out
