"""From the command line to a desk: the policy and the plugins, where the ledger is, the trackers, our own accounts."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.plugins.errors import PluginError, TierkeeperError, TrackerError, UsageError
from tierkeeper.plugins.host import Host, load_plugins
from tierkeeper.plugins.model.issue import Account
from tierkeeper.plugins.notifier import Notifier
from tierkeeper.plugins.tracker import Ports, Tracker
from tierkeeper.plugins.transport.answer import shown
from tierkeeper.plugins.transport.ports import Budget, MemoryBudget, MemoryEtags, MemoryKept, SystemWall
from tierkeeper.rules.policy import Policy, TrackerEntry, load_policy
from tierkeeper.rules.policy.policy import NotifierEntry
from tierkeeper.sync.budget import LedgerBudget
from tierkeeper.sync.cli.vault import given
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.post import Post
from tierkeeper.sync.post import Unmade as UnmadeNotifier
from tierkeeper.sync.settings import Settings

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

_KNOWN_FOR = timedelta(days=3650)
_OWN_TIME = timedelta(minutes=5)


class Loaded(msgspec.Struct, frozen=True):
    """A policy, and the plugins that it was read with."""

    policy: Policy
    host: Host
    path: Path

    @property
    def zone(self) -> ZoneInfo:
        """The desk's time zone."""
        return ZoneInfo(self.policy.desk.time_zone)

    def ledger(self, named: Path | None) -> Path:
        """The ledger's file: as named, else beside the policy."""
        return named or Settings(ledger=None).ledger_beside(self.path)


def load(path: Path) -> Loaded:
    """Read the policy. Raises PolicyError, or UsageError where there is none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UsageError(f"there is no policy {path}; name one with --policy or TIERKEEPER_POLICY") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the policy {path} is not UTF-8 text ({error.reason} at byte {error.start})") from error
    except OSError as error:
        raise UsageError(f"the policy {path} cannot be read: {error.strerror}") from error
    host = load_plugins()
    policy = load_policy(text, file=str(path), host=host, beside=lambda name: _text(path.parent / name))
    return Loaded(policy, host, path)


def _text(path: Path) -> str:
    """A file that the policy names. Raises ValueError where there is none, or no text in it."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 text ({error.reason} at byte {error.start})") from error
    except OSError as error:
        raise ValueError(error.strerror or "it cannot be read") from error


def moment(text: str) -> datetime:
    """A moment given on the command line, in UTC."""
    expected = "expected a date, a time and an offset, such as 2026-11-23T10:06:00+01:00, or Z for UTC"
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--now {text!r} is no time; {expected}") from error
    if at.utcoffset() is None:
        raise UsageError(f"--now {text} has no offset; {expected}")
    return at.astimezone(UTC)


def as_of(text: str, ledger: Ledger) -> datetime:
    """The moment asked for, else the present; of a desk that was last judged by a time of its own, that time."""
    if text:
        return moment(text)
    present = datetime.now(UTC)
    last = next(iter(ledger.last_runs(1)), None)
    return last.now if last is not None and abs(last.now - last.began) > _OWN_TIME else present


def used_trackers(policy: Policy) -> dict[str, TrackerEntry]:
    """The trackers that some queue lives on."""
    names = dict.fromkeys(queue.tracker for queue in policy.queues.values())
    return {name: policy.trackers[name] for name in names}


def require_loopback(policy: Policy) -> None:
    """Raise UsageError unless every tracker is on this machine: a false time must not reach a real one."""
    for name, entry in used_trackers(policy).items():
        url = str(getattr(entry.options, "url", ""))
        if urlsplit(url).hostname not in LOOPBACK:
            place = shown(url) or "no address"
            raise UsageError(f"--now works only against a sandbox on this machine; tracker {name!r} is at {place}")


def make_trackers(policy: Policy, ledger: Ledger | None, budget: Budget | None = None) -> dict[str, Tracker]:
    """The trackers that the queues live on. One that cannot be made says why as soon as it is asked anything."""
    ports = Ports(
        budget=budget or (LedgerBudget(ledger.budgets) if ledger is not None else MemoryBudget()),
        etags=ledger.etags if ledger is not None else MemoryEtags(),
        kept=ledger.kept if ledger is not None else MemoryKept(),
        wall=SystemWall(),
        secret=given,
    )
    return {name: _make(entry, ports) for name, entry in used_trackers(policy).items()}


def make_post(policy: Policy) -> Post:
    """The notifiers of a run. What one that cannot be made should send is written on the tracker."""
    return Post({entry.name: _make_notifier(entry) for entry in policy.notifiers})


def unmade_notifiers(policy: Policy) -> Iterator[tuple[str, str]]:
    """The notifiers that cannot be made, each with the reason."""
    for entry in policy.notifiers:
        made = _make_notifier(entry)
        if isinstance(made, UnmadeNotifier):
            yield entry.name, made.reason


def _make_notifier(entry: NotifierEntry) -> Notifier:
    try:
        return entry.plugin.make(entry.name, entry.options, given)
    except TierkeeperError as error:
        return UnmadeNotifier(str(error))
    except Exception as error:  # noqa: BLE001 - isolation: one plugin's failure is its own
        return UnmadeNotifier(f"plugin {entry.plugin.name!r} could not make it: {type(error).__name__}: {error}")


def _make(entry: TrackerEntry, ports: Ports) -> Tracker:
    try:
        return entry.plugin.make(entry.name, entry.options, ports)
    except TrackerError as error:
        return Unmade(error)
    except TierkeeperError:
        raise
    except Exception as error:
        message = f"plugin {entry.plugin.name!r} could not make tracker {entry.name!r}: {type(error).__name__}: {error}"
        raise PluginError(message, plugin=entry.plugin.name) from error


class Unmade:
    """Stands for a tracker that could not be made, so that the others are looked at all the same."""

    def __init__(self, error: TrackerError) -> None:
        self._error = error

    def _refuse(self, *_asked: object, **_named: object) -> NoReturn:
        raise self._error

    account = pull = read = apply = create = find = members = public_status = check = create_labels = _refuse
    census = label_names = audience = milestones = link_kinds = check_making = check_files = _refuse
    largest_file = fetch = attach = _refuse

    def requests(self) -> Mapping[str, int]:
        """None were sent."""
        return {}


def remember_accounts(ledger: Ledger, trackers: Mapping[str, Tracker], wall: datetime) -> None:
    """Keep who we are on each tracker, for the commands that only read the ledger."""
    for name, tracker in trackers.items():
        try:
            own = tracker.account()
        except TrackerError:
            continue
        ledger.kept.put(_own_key(name), msgspec.json.encode(own).decode(), wall + _KNOWN_FOR)


def remembered_account(ledger: Ledger, tracker: str) -> str | None:
    """Our own account's id on a tracker, as a run or a plan last saw it."""
    found = ledger.kept.get(_own_key(tracker), datetime.now(UTC))
    return msgspec.json.decode(found, type=Account).id if found else None


def _own_key(tracker: str) -> str:
    return f"our own account on {tracker}"
