"""TR16: an issue was closed without an answer to the reporter."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import Field

from tierkeeper.plugins import Case, Decision, Desk, Duration, FacetChange, OptionFault, Refuse, Rule, RuleOptions


class ClosedUnanswered(Rule):
    """{who} closed it without {missing}.

    **Why.** To whoever reported it, an issue that goes away without a word is not solved. They report it again, or they
    give up.

    **Refuses.** Somebody closes an issue, and no key user and nobody of the desk's staff wrote a comment that the
    reporter can read, since it was reported or opened again. It is opened again, once.

    **Lets pass.** An answer, before closing or with it. The reporter closes it. It is closed as a duplicate, or marked
    with `/duplicate OF`: the answer comes with the other issue.

    **Options.** `grace`: how long after closing an answer still counts (default 1m); `reasons`: the reasons (GitHub) or
    resolutions (Jira; where it sets none, the status's name) that may be given (default: any, and none);
    `unanswered`: those that need no answer (default: `duplicate`); `tiers`: whose closing is judged (default: every
    tier's; leave the top one out where TR12 brings back what it closes).

    **When not to use it.** Where the reporter is answered elsewhere, by mail or telephone.
    """

    code = "TR16"
    group = "tiers"
    guards = frozenset({"state"})

    class Options(RuleOptions):
        """What closing takes."""

        grace: Duration = Duration("1m")
        reasons: list[str] = Field(default_factory=list)
        unanswered: list[str] = Field(default_factory=lambda: ["duplicate"])
        tiers: list[str] = Field(default_factory=list)

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Report a tier that the desk does not have."""
        for index, tier in enumerate(self.options.tiers):
            if tier not in desk.tier_names:
                yield OptionFault(("tiers", index), f'unknown tier "{tier}"', f"tiers: {', '.join(desk.tier_names)}")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a closing that leaves the reporter without an answer, or gives no reason that counts."""
        closing = case.pending.get("state")
        if closing is None or closing.after != "closed" or closing.kind in {"ours", "unknown"}:
            return
        if closing.by == case.reporter or (self.options.tiers and case.tier not in self.options.tiers):
            return
        reason = _plain(closing.resolution)
        if reason in map(_plain, self.options.unanswered) or _is_duplicate(case, closing):
            return
        missing = []
        if not self._is_answered(case, desk, closing):
            missing.append("an answer to the reporter")
        if self.options.reasons and reason not in map(_plain, self.options.reasons):
            missing.append(f"one of the reasons {', '.join(self.options.reasons)}")
        if missing:
            answer = "Answer in a comment that the reporter can read, then close it again."
            yield Refuse(
                closing,
                facts={"who": case.name_of(closing.by), "missing": " and ".join(missing)},
                remedy=answer if missing[0].startswith("an answer") else "Close it with one of them.",
            )

    def _is_answered(self, case: Case, desk: Desk, closing: FacetChange) -> bool:
        since, until = _last_reopened(case), closing.at + self.options.grace.elapsed
        return bool(desk.answers(case, since=since, until=until))


def _last_reopened(case: Case) -> datetime:
    """When people opened it again the last time, else when it was reported."""
    opened = [change.at for change in case.changes["state"] if change.after == "open" and change.kind != "ours"]
    return opened[-1] if opened else case.created


def _is_duplicate(case: Case, closing: FacetChange) -> bool:
    return any(one.name == "duplicate" and one.counts and one.reply.at <= closing.at for one in case.commands)


def _plain(reason: str) -> str:
    return reason.casefold().replace("_", " ").strip()
