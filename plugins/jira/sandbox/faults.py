"""Faults on request: what goes wrong between a client and Jira."""

from tierkeeper.plugins.sandbox import faults

KINDS = (*faults.COMMON_KINDS, "near-limit", "search-lag", "repeat-token", "short-page", "rename")
REASONS = (
    "jira-burst-based",
    "jira-per-issue-on-write",
    "jira-quota-tenant-based",
    "jira-quota-global-based",
)
"""What `RateLimit-Reason` may say."""


class Fault(faults.Fault, kw_only=True, forbid_unknown_fields=True):
    """One fault, with what Jira's own kinds need.

    `reason` is a rate limit's; `issue` narrows a fault to writes on one issue, by key or id. `stale` lets a lagging
    search also show issues as they were then. `size` is how many issues a short page holds. `project` is renamed `to`.
    """

    reason: str = "jira-burst-based"
    issue: str = ""
    stale: bool = True
    size: int = 1
    project: str = ""
    to: str = ""


class Faults(faults.Faults[Fault]):
    """The faults that are on."""

    def __init__(self) -> None:
        super().__init__(KINDS, Fault)
