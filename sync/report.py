"""What a cycle did, for people and programs."""

import msgspec

from tierkeeper.sync.plan import IssuePlan
from tierkeeper.sync.turns import Left


class Report(msgspec.Struct, kw_only=True):
    """One cycle. `plans` are the issues with something to show; `problems` what failed or was not looked at.

    `first`: nobody was judged before. `carried` counts the pairs of twins that were made or brought in step, and
    `to_carry` those that a plan would.
    `left` is what the rate budget or a tracker's trouble left for the next run, by queue. `requests` are counted by
    kind, `asked` by tracker and kind; `census` and `visibility` say how many of them the daily
    census took, and finding out who reads the queues of mirrors.
    """

    desk: str
    command: str
    first: bool = False
    queues: int = 0
    changed: int = 0
    woken: int = 0
    judged: int = 0
    waiting: int = 0
    guarded: int = 0
    written: int = 0
    carried: int = 0
    to_carry: int = 0
    shadowed: int = 0
    over: int = 0
    plans: list[IssuePlan] = []
    problems: list[str] = []
    notices: list[str] = []
    left: list[Left] = []
    requests: dict[str, int] = {}
    asked: dict[str, dict[str, int]] = {}
    census: int = 0
    visibility: int = 0

    @property
    def exit_code(self) -> int:
        """0: done; 1: something failed, was not looked at, or was over ``max_changes``."""
        return 1 if self.problems or self.over else 0

    def counts(self) -> dict[str, int]:
        """The figures, as the ledger keeps them."""
        names = ("queues", "changed", "judged", "waiting", "guarded", "written", "carried", "shadowed", "over")
        found = {name: int(getattr(self, name)) for name in names}
        found |= {"census requests": self.census, "visibility requests": self.visibility}
        return {**found, "problems": len(self.problems), **{f"requests {k}": v for k, v in self.requests.items()}}
