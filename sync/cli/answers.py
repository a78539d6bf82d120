"""What each command answers: the shapes that `--json` prints and that the screen is made of.

They are stable: a key is added, but none is renamed or removed while `format` stays the same. Times are ISO 8601, UTC.
"""

from datetime import datetime

import msgspec

FORMAT = 1


class Finding(msgspec.Struct, kw_only=True):
    """Something wrong or odd about the policy or a tracker, with its place where it has one."""

    message: str
    place: str = ""
    key: str = ""
    hint: str = ""
    fatal: bool = True


class TierAnswer(msgspec.Struct, kw_only=True):
    """A tier: its name, and who acts for it, in words."""

    name: str
    role: str
    lead: str = ""


class QueueAnswer(msgspec.Struct, kw_only=True):
    """A queue: its name, tracker and place there."""

    name: str
    tracker: str
    place: str
    labels: list[str] = []


class RuleAnswer(msgspec.Struct, kw_only=True):
    """A rule that is installed. `line` is where the policy names it; `plugin` is where it comes from."""

    code: str
    mode: str
    group: str
    message: str
    plugin: str = ""
    line: str = ""


class CheckAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper check`: the desk as it was read, and what is wrong. `live`: the trackers were asked too."""

    format: int = FORMAT
    command: str = "check"
    desk: str = ""
    file: str = ""
    time_zone: str = ""
    mode: str = ""
    enforce_from: datetime | None = None
    tiers: list[TierAnswer] = []
    queues: list[QueueAnswer] = []
    rules: list[RuleAnswer] = []
    live: bool = False
    accounts: dict[str, str] = {}
    created_labels: dict[str, list[str]] = {}
    findings: list[Finding] = []
    plugin_failures: list[str] = []
    exit_code: int = 0


class StepAnswer(msgspec.Struct, kw_only=True):
    """One thing that is done, or would be. `line` is where the policy names the rule; `evidence` are event ids."""

    subject: str
    what: str
    rule: str = ""
    mode: str = ""
    reason: str = ""
    line: str = ""
    facet: str = ""
    before: str | None = None
    after: str | None = None
    evidence: list[str] = []


class IssueAnswer(msgspec.Struct, kw_only=True):
    """One issue with something to show. `writes` counts what is written to it in the tracker."""

    issue: str
    queue: str
    id: str
    key: str
    title: str
    writes: int = 0
    steps: list[StepAnswer] = []


class CycleAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper plan` and `tierkeeper run`: what was looked at, what is done (or would be), what failed.

    `guarded` counts the facets put back, set or carried out, which `max_changes` limits; `over` is how many too many.
    `requests` are those sent, by kind.
    """

    format: int = FORMAT
    command: str
    desk: str
    judged_as_of: datetime
    offline: bool = False
    queues: int = 0
    changed: int = 0
    woken: int = 0
    judged: int = 0
    waiting: int = 0
    to_write: int = 0
    written: int = 0
    in_shadow: int = 0
    guarded: int = 0
    max_changes: int = 0
    over: int = 0
    requests: dict[str, int] = {}
    issues: list[IssueAnswer] = []
    problems: list[str] = []
    notices: list[str] = []
    exit_code: int = 0
