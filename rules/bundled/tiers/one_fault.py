"""TR14: several reports are of one fault."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from textwrap import shorten

from pydantic import Field

from tierkeeper.plugins import (
    Case,
    Decision,
    Desk,
    Duration,
    Family,
    Flag,
    OptionFault,
    Relative,
    Rule,
    RuleOptions,
    Tell,
    Wake,
    Want,
)
from tierkeeper.rules.kinship import DUPLICATE, NOTHING, joined_to, likeness

LONGEST_ANSWER = 300
"""Characters of an answer that are passed on; the address leads to all of it."""


class OneFault(Rule):
    """It reads like {other} ({title}), reported on {at}.

    **Why.** A fault in one place hits many, and each of them reports it. Looked at one by one, it is looked for many
    times, and those who reported later hear nothing. Joined, it is found once, and everybody is told.

    **Flags.** A report whose words, service and component agree with an earlier one's: joining it is suggested, never
    done. A major incident, as soon as there are many reports of one fault or its severity says so; its leader and its
    owner are told once. A report whose parent is gone.

    **Wants.** An owner for a major incident that nobody was assigned to yet. Where `close` is on, what was joined is
    closed with its parent.

    **Lets pass.** A report that a person joined with `/duplicate #12`: its reporter is told in one line when the parent
    is answered and when it is closed. Reports that differ in service or component, of which neither is known, or that
    lie further apart than `within`.

    **Options.** `within`: how far two reports may lie apart to be of one fault (default 1d). `words`: how much of the
    shorter title has to agree (default 0.6). `reports`: how many of them, the parent among them, make a major incident
    (default 5). `severities`: those that make one at once (default: none). `owner`: who is assigned to it (default: the
    lead of the tier that has it). `close`: whether what was joined is closed with its parent (default false).

    **When not to use it.** Where each report is a case of its own, such as requests for access.
    """

    code = "TR14"
    group = "tiers"
    wants = frozenset({"owner", "state"})

    class Options(RuleOptions):
        """What makes one fault of several reports, and what follows."""

        within: Duration = Duration("1d")
        words: float = Field(default=0.6, gt=0, le=1)
        reports: int = Field(default=5, ge=2)
        severities: list[str] = Field(default_factory=list)
        owner: str = ""
        close: bool = False

    options: Options

    @property
    def kin(self) -> timedelta:
        """As far as two reports may lie apart."""
        return self.options.within.elapsed

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Elapsed time, and severities that the desk has."""
        if self.options.within.business or self.options.within.elapsed <= timedelta():
            yield OptionFault(("within",), f"expected elapsed time, got {self.options.within}", "such as 1d")
        known = desk.facets["severity"].values
        for place, severity in enumerate(self.options.severities):
            if known and severity not in known:
                yield OptionFault(("severities", place), f'unknown severity "{severity}"', ", ".join(known))

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Tell those whose report was joined; declare a major incident; suggest what to join."""
        family = case.family
        if family is None or not case.open:
            return
        said = [command for command in case.commands if command.name == DUPLICATE and command.counts]
        if family.parent is not None:
            if not said or (said[-1].outcome and said[-1].first.casefold() != NOTHING):
                yield from self._joined(family.parent, case, desk)
            return
        lost = joined_to(case.verdicts)
        if lost:
            text = "It was joined under {lost}, which is not there any more, or was joined under another one itself."
            yield Flag(facts={"lost": lost}, text=text, remedy="Join it again, or write `/duplicate none`.")
        if len(family.children) + 1 >= self.options.reports or case.severity in self.options.severities:
            yield from self._major(family, case, desk)
        elif not said and not family.children:
            yield from self._suggestion(family, case, desk)

    def _joined(self, parent: Relative, case: Case, desk: Desk) -> Iterator[Decision]:
        """What the parent's reporter hears, the others hear too."""
        about = f"{parent.name} ({parent.title}), under which this report was joined, was"
        answer = shorten(parent.answer, LONGEST_ANSWER, placeholder=" …")
        rest = f"{': ' + answer if answer else '.'} {parent.url}".rstrip()
        to = (case.reporter,) if case.reporter else ()
        if parent.closed is not None:
            text = f"{about} closed on {desk.shown_time(parent.closed)}{rest}"
            yield Tell(to, text, f"closed {parent.ref.key} {parent.closed.isoformat()}", public=True)
            reopened = case.reopening is not None and case.reopening.at >= parent.closed
            if self.options.close and not reopened:
                facts = {"parent": parent.name}
                yield Want("state", "closed", facts=facts, text="Closed with {parent}, under which it was joined.")
        elif parent.answered is not None:
            text = f"{about} answered on {desk.shown_time(parent.answered)}{rest}"
            yield Tell(to, text, f"answered {parent.ref.key} {parent.answered.isoformat()}", public=True)

    def _major(self, family: Family, case: Case, desk: Desk) -> Iterator[Decision]:
        tier = desk.tier(case.tier)
        wanted = self.options.owner or (tier.lead if tier else "") or desk.leader
        owners = case.owners or ((wanted,) if wanted else ())
        count = len(family.children) + 1
        facts = {
            "what": f"{count} reports of one fault" if count > 1 else f"severity {case.severity}",
            "owner": " and ".join(case.name_of(owner) for owner in owners) or "nobody",
            "tier": desk.shown_tier(case.tier),
        }
        if wanted and not case.owners and not case.changes.get("owner"):
            yield Want("owner", (wanted,), facts=facts, text="A major incident has an owner: {owner}.")
        yield Flag(facts=facts, text="Major incident: {what}. It is with {tier}, and {owner} owns it.")
        to = tuple(dict.fromkeys(one for one in (desk.leader, *desk.ladder(case.tier)[:1], *owners) if one))
        if to:
            text = f"Major incident: {facts['what']} ({case.title}), with {facts['tier']}, owner {facts['owner']}."
            yield Tell(to, text, "major incident")

    def _suggestion(self, family: Family, case: Case, desk: Desk) -> Iterator[Decision]:
        until = case.created + self.options.within.elapsed
        if case.now >= until:
            return
        found = [
            (likeness(case.title, other.title), other)
            for other in family.alike
            if _order(other) < _order(case) and case.created - other.created <= self.options.within.elapsed
        ]
        near = [one for one in found if one[0] >= self.options.words]
        if near:
            other = max(near, key=lambda one: (one[0], one[1].created))[1]
            facts = {"other": other.name, "title": other.title, "at": desk.shown_time(other.created)}
            yield Flag(facts=facts, remedy=f"If it is the same fault, write `/duplicate {other.name}`.")
            yield Wake(until)


def _order(one: Case | Relative) -> tuple[datetime, int, str]:
    """Which report was first: ids are numbers written out."""
    return (one.created, len(one.ref.id), one.ref.id)
