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


class PairAnswer(msgspec.Struct, kw_only=True):
    """A mirror: from which queue to which ones, and the values by which issues have twins."""

    name: str
    source: str
    targets: list[str]
    when: dict[str, tuple[str, ...]]


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
    mirrors: list[PairAnswer] = []
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


class LeftAnswer(msgspec.Struct, kw_only=True):
    """What one queue was left with. `issues` is null where it was not read to its end. Times are wall times."""

    queue: str
    issues: int | None = None
    why: str = ""
    goes_on: datetime | None = None
    done_by: datetime | None = None


class CycleAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper plan` and `tierkeeper run`: what was looked at, what is done (or would be), what failed.

    `first`: no run was before this one, and nothing that people did before it is ever put back.
    `to_carry` counts the pairs of twins that a run would make or bring in step, `carried` those that it did; `written`
    counts these and the issues that rules wrote to.
    `guarded` counts the facets put back, set or carried out, which `max_changes` limits; `over` is how many too many.
    `requests` are those sent, by kind. `left`: what was not looked at or written, and when it goes on.
    """

    format: int = FORMAT
    command: str
    desk: str
    judged_as_of: datetime
    offline: bool = False
    first: bool = False
    queues: int = 0
    changed: int = 0
    woken: int = 0
    judged: int = 0
    waiting: int = 0
    to_write: int = 0
    to_carry: int = 0
    written: int = 0
    carried: int = 0
    in_shadow: int = 0
    guarded: int = 0
    max_changes: int = 0
    over: int = 0
    requests: dict[str, int] = {}
    issues: list[IssueAnswer] = []
    left: list[LeftAnswer] = []
    problems: list[str] = []
    notices: list[str] = []
    exit_code: int = 0


class QueueStatus(msgspec.Struct, kw_only=True):
    """A queue: how many issues it has, how many are open in each tier, and when something new was last read."""

    name: str
    tracker: str
    place: str
    issues: int = 0
    due: int = 0
    open_by_tier: dict[str, int] = {}
    last_news: datetime | None = None


class FailedAnswer(msgspec.Struct, kw_only=True):
    """An issue that keeps failing: why, how often in a row, and when it is tried again."""

    issue: str
    reason: str
    attempts: int
    retry_at: datetime


class IntentAnswer(msgspec.Struct, kw_only=True):
    """A write whose outcome is not known yet."""

    issue: str
    kind: str
    opened: datetime


class WakingAnswer(msgspec.Struct, kw_only=True):
    """An issue that is looked at again then."""

    issue: str
    at: datetime


class RunAnswer(msgspec.Struct, kw_only=True):
    """A run. Without `ended` it goes on, or was killed."""

    id: int
    command: str
    judged_as_of: datetime
    began: datetime
    ended: datetime | None = None
    exit_code: int | None = None
    counts: dict[str, int] = {}


class HeldAnswer(msgspec.Struct, kw_only=True):
    """An issue that could not be carried over. Without `retry_at` it is tried with the next run."""

    issue: str
    queue: str
    id: str
    twin: str = ""
    reason: str
    attempts: int
    since: datetime
    retry_at: datetime | None = None


class MirrorStatus(msgspec.Struct, kw_only=True):
    """A mirror: its queues, how many pairs it has, and of how many nobody knows yet whether the twin was made."""

    mirror: str
    source: str
    targets: list[str] = []
    pairs: int = 0
    unknown: int = 0


class StatusAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper status`. `waiting` counts the issues to be woken later; `next_woken` are the first of them."""

    format: int = FORMAT
    command: str = "status"
    desk: str
    as_of: datetime
    queues: list[QueueStatus] = []
    quarantine: list[FailedAnswer] = []
    mirrors: list[MirrorStatus] = []
    put_aside: list[HeldAnswer] = []
    open_intents: list[IntentAnswer] = []
    waiting: int = 0
    next_woken: list[WakingAnswer] = []
    runs: list[RunAnswer] = []


class OptionAnswer(msgspec.Struct, kw_only=True):
    """An option of a rule: its default, and its value in the policy where the rule is on."""

    name: str
    default: str
    value: str | None = None


class RulesAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper rules`: every rule that is installed. Mode ``off``: the policy does not name it."""

    format: int = FORMAT
    command: str = "rules"
    file: str = ""
    rules: list[RuleAnswer] = []
    plugin_failures: list[str] = []


class RuleManual(msgspec.Struct, kw_only=True):
    """`tierkeeper rules explain`: one rule, with its manual in Markdown."""

    format: int = FORMAT
    command: str = "rules explain"
    rule: RuleAnswer
    manual: str
    guards: list[str] = []
    wants: list[str] = []
    options: list[OptionAnswer] = []


class SandboxUser(msgspec.Struct, kw_only=True):
    """An account in a sandbox, and its token there; `email` is Jira's, which its tokens go with."""

    login: str
    token: str
    email: str = ""


class SandboxAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper sandbox`: which platform, where, its repositories (GitHub) or projects (Jira), and who is in it."""

    format: int = FORMAT
    command: str = "sandbox"
    platform: str
    url: str
    state: str = ""
    now: datetime
    repositories: list[str] = []
    projects: list[str] = []
    users: list[SandboxUser] = []


class LoadAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper sandbox load`: what was read from a log, and what the sandbox holds now.

    `events` counts what happened to issues, `people` the accounts that came up; `roles` how many act for each tier.
    `now` is where the sandbox's clock stands: at the end of the log's last week.
    """

    format: int = FORMAT
    command: str = "sandbox load"
    state: str
    platform: str
    repository: str = ""
    project: str = ""
    token: str
    desk: str = ""
    first: datetime
    last: datetime
    now: datetime
    incidents: int
    rows: int
    events: int
    people: int
    roles: dict[str, int] = {}
