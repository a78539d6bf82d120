"""From a judgement to a plan: the difference between how an issue is and how it should be. Pure."""

from tierkeeper.sync.planning.issue import plan_issue

__all__ = ["plan_issue"]
