"""Every error that Tierkeeper raises on purpose, in one tree.

::

    TierkeeperError
    ├── UsageError                the command line or the environment asks for what cannot be done
    ├── PolicyError               desk.yaml is wrong; carries its problems, each with file, line and key
    ├── LeaseHeld                 another run works on this ledger
    ├── LedgerError               the ledger cannot be used: locked, read-only, cut short, newer, on a network disk
    ├── PluginError               a plugin did not load, or raised in a hook; names the plugin
    │   └── RuleFailed            a rule raised while it judged a case; names the rule and the issue
    ├── CommandRefused            a command in a comment asks for what cannot be; it is told to its author
    ├── NeverOpen                 a calendar is asked for business time, and none comes any more
    ├── MembershipUnknown         whether somebody was in a role at a moment is not known; nobody is judged by it
    └── TrackerError              a tracker's answer; names tracker, queue and issue where they are known
        ├── AuthenticationFailed  the token is missing, wrong or expired
        ├── PermissionDenied      the account may not do this
        ├── NotFound              no such repository, project or issue, or the account may not see it
        ├── Moved                 renamed or transferred: what was asked is somewhere else now
        ├── WriteRefused          the tracker refused a write, or wrote something else than was asked
        ├── FeatureOff            this server does not have the feature
        ├── OutOfBudget           the rate budget is used up until a moment
        ├── Unreachable           no answer after all retries
        └── UnexpectedAnswer      an answer that its platform's contract does not know
"""

from collections.abc import Sequence
from datetime import datetime

from tierkeeper.plugins.model.problem import Problem


class TierkeeperError(Exception):
    """Anything that a person can understand and act on. `str()` of it is the message."""


class UsageError(TierkeeperError):
    """The command line or the environment asks for what cannot be done."""


class PolicyError(TierkeeperError):
    """The policy is wrong. `problems` holds each finding with its place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class LeaseHeld(TierkeeperError):
    """Another run holds the ledger's lease; the message names it."""


class LedgerError(TierkeeperError):
    """The ledger cannot be used; the message says why and what to do."""


class PluginError(TierkeeperError):
    """A plugin did not load or raised in a hook. `plugin` is its name."""

    def __init__(self, message: str, *, plugin: str) -> None:
        super().__init__(message)
        self.plugin = plugin


class RuleFailed(PluginError):
    """A rule raised while it judged. `rule` is its code, `issue` what it looked at."""

    def __init__(self, message: str, *, plugin: str, rule: str, issue: str) -> None:
        super().__init__(message, plugin=plugin)
        self.rule = rule
        self.issue = issue


class NeverOpen(TierkeeperError):
    """A calendar is asked for business time, and none comes any more; the message names it."""


class MembershipUnknown(TierkeeperError):
    """Whether `person` was in `role` at `at` (UTC) is not known; `final`: nor will it be, whatever is read later."""

    def __init__(self, person: str, role: str, at: datetime, *, final: bool = False) -> None:
        super().__init__(f"it is not known whether {person} was in {role} at {at:%Y-%m-%d %H:%M:%S} UTC")
        self.person = person
        self.role = role
        self.at = at
        self.final = final


class TrackerError(TierkeeperError):
    """A tracker could not or would not. `status` is the HTTP status where there was one."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class AuthenticationFailed(TrackerError):
    """The token is missing, wrong or expired."""


class PermissionDenied(TrackerError):
    """The account may not do this."""


class NotFound(TrackerError):
    """No such thing, or the account may not see it; trackers do not say which."""


class Moved(TrackerError):
    """Renamed or transferred. `location` is where the tracker points to."""

    def __init__(self, message: str, *, location: str, status: int | None = None) -> None:
        super().__init__(message, status=status)
        self.location = location


class WriteRefused(TrackerError):
    """The tracker refused a write, or its answer differs from what was asked."""


class FeatureOff(TrackerError):
    """The server does not have this feature (404, 405 or 501 on its endpoint)."""


class OutOfBudget(TrackerError):
    """The rate budget is used up. `until` (UTC) is when there is some again, if that is known.

    `reason` is why, in short; `credential` names whose budget it is, without being it; `one_issue`: the server slows
    down one issue, and nothing else.
    """

    def __init__(self, message: str, *, until: datetime | None, status: int | None = None) -> None:
        super().__init__(message, status=status)
        self.until = until
        self.reason = message
        self.credential = ""
        self.one_issue = False


class Unreachable(TrackerError):
    """No answer after all retries: network, time-out or server trouble."""


class UnexpectedAnswer(TrackerError):
    """An answer that the platform's contract does not know."""
