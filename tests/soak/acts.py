"""What happens in a story: people's acts, time, runs with their troubles. All of it is data, told in plain words."""

from __future__ import annotations

from typing import Any

import msgspec

TIERS = ("key-users", "help-desk", "support", "development")


RUNS = ("cycle", "plan", "rebuild")


class Trouble(msgspec.Struct, frozen=True):
    """One thing that goes wrong in a run, at the `at`-th request (or statement of the ledger), counted from 0.

    `kind` is a fault of the sandbox, or `kill-before`, `kill-after` (a request), `kill-statement`, `overlap`, `meddle`;
    `dry` (no request is left after so many), `few-creates` (so many issues and comments a minute).
    """

    kind: str
    at: int = 0
    options: dict[str, Any] = {}
    act: Act | None = None

    def __str__(self) -> str:
        if self.kind in _OURS:
            return _OURS[self.kind].format(at=self.at, place=self.at + 1, act=self.act)
        rest = " ".join(f"{name}={value}" for name, value in self.options.items())
        return f"{self.kind} {rest}".strip() + (f" after {self.at} such requests" if self.at else "")


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happens. `issue` counts the issues from 0, modulo how many there are by then."""

    verb: str
    who: str = ""
    issue: int = 0
    what: str = ""
    amount: float = 0.0
    troubles: tuple[Trouble, ...] = ()

    def __str__(self) -> str:
        words = _WORDS[self.verb].format(who=self.who, what=self.what, issue=self.issue + 1, amount=self.amount)
        return f"{words}: {'; '.join(map(str, self.troubles))}" if self.troubles else words


_OURS = {
    "meddle": "before its request {place}, {act}",
    "overlap": "a second run begins before its request {place}",
    "kill-statement": "killed at the ledger's statement {place}",
    "kill-before": "killed before its request {place}",
    "kill-after": "killed after its request {place}",
    "dry": "no request is left after {at}",
    "few-creates": "{at} creates a minute",
}
_WORDS = {
    "report": "{who} reports an issue ({what})",
    "hand": "{who} hands issue {issue} to {what}",
    "right": "somebody who may hands issue {issue} to {what}",
    "add": "{who} adds tier:{what} to issue {issue}",
    "drop": "{who} takes the tier labels off issue {issue}",
    "two": "{who} puts two tier labels on issue {issue}, {what} last",
    "command": "{who} comments /handover {what} on issue {issue}",
    "right-command": "somebody who may comments /handover {what} on issue {issue}",
    "odd-command": "{who} comments on issue {issue}: {what}",
    "late-command": "{who} edits a comment on issue {issue} into /handover {what}",
    "say": "{who} comments on issue {issue}",
    "forge": "{who} copies our marker into a comment on issue {issue}",
    "edit": "{who} edits the title of issue {issue}",
    "close": "{who} closes or reopens issue {issue}",
    "wipe": "somebody deletes our comments on issue {issue}",
    "unflag": "{who} takes our flags off issue {issue}",
    "opt-out": "{who} sets or takes off the opt-out label of issue {issue}",
    "assign": "{who} assigns {what} to issue {issue}",
    "unassign": "{who} assigns nobody to issue {issue}",
    "team": "{who} joins or leaves the developers",
    "crowd": "{who} sets a hundred labels on an issue of its own, and takes them off",
    "rules": "the desk's policy is {what}",
    "to-tier": "{who} hands issue {issue} of that side to {what}",
    "order": "{who} comments /priority {what} on issue {issue} of that side",
    "rename": "{who} gives issue {issue} of that side the title {what}",
    "rewrite": "{who} writes {what} into the text of issue {issue} of that side",
    "reword": "{who} edits a comment into {what}",
    "unsay": "{who} deletes a comment",
    "shut": "{who} closes or reopens issue {issue} of that side",
    "rank": "{who} gives issue {issue} of that side the priority {what}",
    "settle": "runs until both sides are in step",
    "tie": "{who} ties issue {issue} of that side to another, or parts them ({what})",
    "attach": "{who} adds a file to issue {issue} of that side ({what})",
    "detach": "{who} deletes a file of issue {issue} of that side",
    "tag": "{who} puts a label on issue {issue} of that side, or takes it off",
    "delete": "somebody deletes issue {issue}",
    "move": "{who} moves issue {issue} to another place",
    "return": "{who} moves an issue back that was moved away",
    "rename-label": "the label {what} is renamed, or gets its name back",
    "rename-place": "the project or repository is renamed",
    "follow": "the policy names the project or repository as it is called now",
    "policy": "the policy says {what}",
    "wait": "{amount:g} s pass",
    "cycle": "a run, its clock {amount:+g} s off",
    "plan": "a plan, its clock {amount:+g} s off",
    "rebuild": "the ledger is made anew, its clock {amount:+g} s off",
}
