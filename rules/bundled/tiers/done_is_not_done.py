"""TR12: development's work was closed before anybody verified it and told the reporter."""

import re
from collections.abc import Iterator
from datetime import datetime

from pydantic import Field

from tierkeeper.plugins import (
    Case,
    Decision,
    Desk,
    Duration,
    FacetChange,
    Flag,
    OptionFault,
    Refuse,
    Rule,
    RuleOptions,
    Want,
    headed,
)

_LINK = re.compile(r"https?://\S+|\]\([^)\s]+\)|\[\[\S.*\]\]")
_NEEDS = {"verifying": "verified", "what was learnt": "learnt", "a review": "reviewed"}
"""What closing needs, each with the heading or name that it is written under."""


class DoneIsNotDone(Rule):
    """Development's work was closed without {missing}.

    **Why.** What development closes is built, not yet solved: nobody looked whether it helps, the reporter was not
    told, and the next one who asks finds nothing in the handbook.

    **Wants.** When somebody closes an issue that is with the top tier, it comes back open, once, to the tier that
    answers to the reporter, which verifies it.

    **Refuses.** That tier closes it without having written `Verified: …`, without a public comment to the reporter, or
    without `Learnt: …` with a link to the handbook or "nothing new"; all since development was done.

    **Lets pass.** The reporter closes it. It is closed as a duplicate. An automation closes it: that is flagged, and
    left as it is. An issue that development gave back unclosed (TR11 asks for the reason).

    **Options.** `answers`: the tier that answers to the reporter (default: the one that handed it to the top tier, else
    the next below it); `review_features`: a new feature comes to the tier below the top instead, which also writes
    `Reviewed: …`, so that the know-how arrives with it (default false); `grace`: how long after closing a comment
    still counts (default 1m); `duplicates`: the reasons and resolutions that mean a duplicate (default: duplicate).

    **When not to use it.** Where development itself talks to whoever reported.
    """

    code = "TR12"
    group = "tiers"
    guards = frozenset({"state"})
    wants = frozenset({"state", "tier"})

    class Options(RuleOptions):
        """Where development's work comes back to, and what closing takes there."""

        answers: str = ""
        review_features: bool = False
        grace: Duration = Duration("1m")
        duplicates: list[str] = Field(default_factory=lambda: ["duplicate"])

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Report a tier that the desk does not have, and the top one."""
        to = self.options.answers
        below = desk.tier_names[:-1]
        if not below:
            yield OptionFault((), "there is no tier below the top one that could verify", "leave this rule out")
        if to and to not in below:
            what = "is the top tier itself" if to == desk.top_tier else "is no tier"
            yield OptionFault(("answers",), f'"{to}" {what}', f"the tiers below are {', '.join(below)}")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Bring back what development closed; refuse to close it while something is missing."""
        closing = case.closing
        if closing is None or not case.complete or closing.kind in {"ours", "unknown"} or self._passes(case, closing):
            return
        done = _done(case, desk)
        if done is None or not case.is_judged(done):
            return
        if done is closing:
            yield from self._back(case, desk, done)
        elif "state" in case.pending and (missing := self._missing(case, desk, done.at, closing.at)):
            lines = [f"`{_NEEDS[need].capitalize()}: …`" for need in missing if need in _NEEDS]
            yield Refuse(
                case.pending["state"],
                facts={"missing": _listed(missing), "lines": ", ".join(lines)},
                remedy="Write it in a comment that the reporter can read, {lines}, then close it again."
                if lines
                else "Tell them in a comment, then close it again.",
            )

    def _passes(self, case: Case, closing: FacetChange) -> bool:
        reason = closing.resolution.casefold().replace("_", " ")
        return closing.by == case.reporter or reason in {one.casefold() for one in self.options.duplicates}

    def _back(self, case: Case, desk: Desk, done: FacetChange) -> Iterator[Decision]:
        to = self._answering(case, desk)
        facts = {"top": desk.shown_tier(desk.top_tier), "tier": desk.shown_tier(to)}
        if done.kind == "automation":
            yield Flag(facts=facts, text="An automation closed it in {top}; nobody verified it and told the reporter.")
            return
        facts["first"] = "reviews and verifies" if self._is_reviewed(case) else "verifies"
        text = "Done in {top}: {tier} {first} it, tells the reporter and notes what was learnt, then closes it."
        yield Want("state", "open", facts=facts, text=text)
        if case.tier == desk.top_tier:
            yield Want("tier", to, facts=facts, text=text)

    def _is_reviewed(self, case: Case) -> bool:
        return self.options.review_features and case.kind == "feature"

    def _answering(self, case: Case, desk: Desk) -> str:
        below = desk.tier_names[-2]
        if self._is_reviewed(case):
            return below
        came = [change.before for change in case.stood if change.after == desk.top_tier]
        return self.options.answers or (came[-1] if came and came[-1] in desk.tier_names else None) or below

    def _missing(self, case: Case, desk: Desk, since: datetime, closed: datetime) -> list[str]:
        until = closed + self.options.grace.elapsed
        said = [reply.body for reply in case.replies if reply.kind == "human" and since <= reply.at <= until]
        found = [one for body in said for one in headed(body)]
        written = {name for name, text in found if name != "learnt" or _is_lesson(text)}
        needs = {need: name for need, name in _NEEDS.items() if need != "a review" or self._is_reviewed(case)}
        missing = [need for need, name in needs.items() if name not in written]
        told = desk.answers(case, since=since, until=until)
        return missing if told else [*missing, "a word to the reporter"]


def _done(case: Case, desk: Desk) -> FacetChange | None:
    """How the top tier closed its work the last time, since the issue came to it."""
    arrived = [change.at for change in case.stood if change.after == desk.top_tier]
    closed = [
        change
        for change in case.changes.get("state", ())
        if change.after == "closed" and change.kind != "ours" and case.value_at("tier", change.at) == desk.top_tier
    ]
    return closed[-1] if closed and (not arrived or closed[-1].at >= arrived[-1]) else None


def _is_lesson(text: str) -> bool:
    return bool(_LINK.search(text)) or "nothing new" in text.casefold()


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
