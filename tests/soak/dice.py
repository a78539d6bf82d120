"""Stories by seed: the same number always gives the same story."""

from __future__ import annotations

from random import Random
from typing import Any

from soak.acts import RUNS, TIERS, Act, Trouble

ACTORS = ("key-user-1", "key-user-2", "user-2", "help-desk-1", "support-1", "support-lead", "dev-1", "dev-2")
BOTS = ("release-bot", "ci-bot")
WAITS = (0, 1, 3, 5, 20, 59, 61, 61, 61, 90, 300, 700, 3600, 25_000, 100_000, 1_000_000)
SKEWS = (0, 0, 0, 0, 0, 0, -1, -20, -70, -300, 2, 45, 120)
ODD = ("/handover", "/handover nowhere", "/handover support\n\n/handover help-desk", "> /handover support")

ACTS = {
    "report": 3,
    "hand": 8,
    "right": 7,
    "add": 3,
    "drop": 2,
    "two": 2,
    "command": 3,
    "right-command": 4,
    "odd-command": 1,
    "late-command": 1,
    "say": 1,
    "forge": 1,
    "edit": 1,
    "close": 2,
    "wipe": 1,
    "unflag": 2,
    "opt-out": 1,
    "assign": 1,
    "unassign": 1,
    "team": 2,
    "crowd": 0.3,
    "delete": 0.4,
    "move": 0.6,
    "return": 1.5,
    "rename-label": 0.6,
    "rename-place": 0.4,
    "follow": 1,
    "policy": 1.2,
    "rebuild": 0.6,
    "wait": 11,
    "cycle": 13,
    "plan": 1,
}
COMMON = ("latency", "rate-limit", "server-error", "cut-before-write", "cut-after-write", "search-lag")
FAULTS = {
    "github": (*COMMON, "deep-page-422", "drop-labels"),
    "jira": (*COMMON, "near-limit", "repeat-token", "short-page", "per-issue"),
}
NOT_ON = {"jira": ("rename-label",)}
"""What a tracker has no way of."""

LABELS = ("instance:berlin-01", "flag:TR01", "flag:TR03")
EDITS = ("{mode: off}", "{mode: shadow}", "{mode: flag}", "{mode: enforce}", "")
OTHER_EDITS = {"TR01": (*EDITS, "{assign: false}"), "filter": ("instance:berlin-01", "")}
KILLS = ("kill-before", "kill-after", "kill-statement")
WRITES = r"^(POST|PUT|PATCH|DELETE) /(?!.*(search/jql|bulkfetch|comment/list))"
SPOTS = (
    None,
    WRITES,
    WRITES,
    WRITES,
    r"^POST .*/comment",
    r"^(POST|PUT) .*(labels|HELP|/issue/)",
    r"^GET ",
    r"/events",
)


class Dice:
    """Makes the story of one seed for one tracker."""

    def __init__(self, seed: int, tracker: str) -> None:
        self.random = Random(f"{tracker} {seed}")
        self.tracker = tracker

    def story(self) -> tuple[Act, ...]:
        """A first report and a run, then whatever comes."""
        acts = [self._act("report"), Act(verb="wait", amount=61), Act(verb="cycle")]
        shared = {verb: weight for verb, weight in ACTS.items() if verb not in NOT_ON.get(self.tracker, ())}
        verbs, weights = list(shared), list(shared.values())
        acts += [self._act(self.random.choices(verbs, weights)[0]) for _ in range(self.random.randint(12, 40))]
        return tuple(acts)

    def _act(self, verb: str) -> Act:
        pick = self.random.choice
        if verb == "wait":
            return Act(verb=verb, amount=pick(WAITS))
        if verb in RUNS:
            return Act(verb=verb, amount=pick(SKEWS), troubles=self._troubles())
        bots = (*BOTS, "ci-app") if self.tracker == "github" else BOTS
        who = pick(bots if self.random.random() < 0.12 else ACTORS)  # a bot now and then
        what = pick(TIERS)
        if verb == "report":
            who = pick(("key-user-1", "key-user-1", "key-user-3", "user-1", "user-2", "support-1", "ci-bot"))
            what = pick(("plain", "plain", "berlin", "berlin", "pune", "claim"))
        elif verb == "odd-command":
            what = pick(ODD)
        elif verb == "opt-out":
            who = pick(("support-lead", "desk-leader", "user-2"))
        elif verb == "team":
            who = pick(("dev-1", "user-2"))
        elif verb in {"move", "return"}:
            who = pick(("support-lead", "desk-leader"))
        elif verb == "policy":
            rule = pick(("TR01", "TR02", "TR03", "filter"))
            what = f"{rule} {pick(OTHER_EDITS.get(rule, EDITS))}"
        elif verb == "rename-label":
            what = pick(LABELS)
        elif verb == "assign":
            what = pick(("dev-1", "support-1"))
        return Act(verb=verb, who=who, issue=pick((0, 0, 0, 1, 2, 3)), what=what)

    def _troubles(self) -> tuple[Trouble, ...]:
        count = self.random.choices((0, 1, 2, 3), (25, 40, 25, 10))[0]
        return tuple(self._trouble() for _ in range(count))

    def _trouble(self) -> Trouble:
        dice = self.random.random()
        if dice < 0.22:
            kind = self.random.choice(KILLS)
            return Trouble(kind, at=self.random.randrange(90 if kind == "kill-statement" else 11))
        if dice < 0.30:
            verb = self.random.choice(("hand", "right", "add", "drop", "say", "command", "delete", "move"))
            act = Act(verb=verb, who=self.random.choice(ACTORS), issue=self.random.randrange(3))
            act = Act(verb=verb, who=act.who, issue=act.issue, what=self.random.choice(TIERS))
            return Trouble("meddle", at=self.random.randrange(10), act=act)
        if dice < 0.34:
            return Trouble("overlap", at=self.random.randrange(6))
        if dice < 0.40:
            kind = self.random.choice(("dry", "few-creates"))
            return Trouble(kind, at=self.random.randrange(12 if kind == "dry" else 2))
        kind = self.random.choice(FAULTS[self.tracker])
        return Trouble(kind, at=self.random.choice((0, 0, 0, 0, 1, 1, 2, 4)), options=self._options(kind))

    def _options(self, kind: str) -> dict[str, Any]:
        pick = self.random.choice
        spot: dict[str, Any] = {"times": pick((1, 1, 1, 2, 5)), "match": pick(SPOTS)}
        own: dict[str, dict[str, Any]] = {
            "rate-limit": {"status": pick((429, 429, 403 if self.tracker == "github" else 429))},
            "server-error": {"status": pick((500, 502, 503)), "written": pick((True, False))},
            "deep-page-422": {"pages": 1, "times": None, "match": "/events"},
            "drop-labels": {"match": "^POST .*/labels"},
            "search-lag": {"seconds": pick((5, 30, 90, 240)), "times": None, "match": "/search"},
            "repeat-token": {"match": "/search/jql"},
            "short-page": {"match": "/search/jql", "times": None, "size": pick((1, 2))},
            "per-issue": {"match": WRITES, "status": 429},
        }
        options = spot | own.get(kind, {})
        wait = pick((None, 0, 1, 30, 3600))
        if kind in {"rate-limit", "per-issue"} and wait is not None:
            options["retry_after"] = wait
        return options
