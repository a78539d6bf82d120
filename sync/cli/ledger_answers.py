"""What the `ledger` commands answer. As stable as the shapes in `answers`."""

from datetime import datetime

import msgspec

from tierkeeper.sync.cli.answers import FORMAT, FailedAnswer, IntentAnswer


class HoldingAnswer(msgspec.Struct, kw_only=True):
    """What is stored of one queue. `in_policy`: whether the policy still has it; `age` is in seconds since `read`."""

    queue: str
    in_policy: bool
    issues: int
    open: int
    gone: int
    incomplete: int
    events: int
    comments: int
    verdicts: int
    acts: int
    read: datetime | None = None
    age: float | None = None


class LedgerAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper ledger show`. `began`: before that nobody is judged; `bytes` counts the file with its log."""

    format: int = FORMAT
    command: str = "ledger show"
    file: str
    desk: str
    version: int
    bytes: int
    began: datetime | None = None
    queues: list[HoldingAnswer] = []
    open_intents: list[IntentAnswer] = []
    quarantine: list[FailedAnswer] = []


class MigratedAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper ledger migrate`: the versions before and after, and the desk's name before and after."""

    format: int = FORMAT
    command: str = "ledger migrate"
    file: str
    version_before: int
    version: int
    desk_before: str
    desk: str


class RebuiltAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper ledger rebuild`. `old`: where the old file is now. `lost`: what it held that no tracker tells.

    `pairs`: how many twins were found again; `differing` says which of them differ and in what, `half` which issues
    name one that does not name them.
    """

    format: int = FORMAT
    command: str = "ledger rebuild"
    file: str
    old: str = ""
    began: datetime | None = None
    lost: dict[str, int] | None = None
    queues: list[HoldingAnswer] = []
    requests: dict[str, int] = {}
    pairs: int = 0
    differing: list[str] = []
    half: list[str] = []
    problems: list[str] = []
    exit_code: int = 0
