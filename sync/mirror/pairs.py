"""What a pair of twins needs: worked out from both histories and what they last agreed on, without a request."""

from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.plugins.model.change import Change, Draft, PostComment
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.mirror import LABELS, STATE, TEXT, Clash, Link, Mirror
from tierkeeper.rules.mirroring.merge import Merged, merge
from tierkeeper.rules.mirroring.text import mark, parts, region
from tierkeeper.sync.mirror.comments import Crosser, Post
from tierkeeper.sync.mirror.side import Side, Values
from tierkeeper.sync.plan import IssuePlan, Step


class Making(msgspec.Struct, frozen=True, kw_only=True):
    """A twin that is to be made. `creates`: with its comments."""

    plan: IssuePlan
    draft: Draft
    link: Link
    creates: int = 1


class Carrying(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written to both sides, and how the link is after that."""

    plan: IssuePlan
    to_source: tuple[Change, ...]
    to_target: tuple[Change, ...]
    link: Link

    @property
    def creates(self) -> int:
        """How many comments are to be made."""
        return sum(isinstance(change, PostComment) for change in (*self.to_source, *self.to_target))

    @property
    def changes(self) -> bool:
        """Whether anything is to be written."""
        return bool(self.to_source or self.to_target)


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """The two sides of one mirror; `target` is the side that this issue's twin is on."""

    mirror: Mirror
    source: Side
    target: Side

    @property
    def zone(self) -> str:
        """The desk's time zone, in which people read times."""
        return self.source.court.desk.time_zone

    def qualifies(self, history: History) -> bool:
        """Whether the issue is to have a twin: open, in its queue, and nothing of it waits to be judged."""
        case = self.source.case(history)
        fits = all(_value(case, facet) in values for facet, values in self.mirror.when.items())
        return case.open and case.complete and fits and self.source.court.holds(history) and not self.waits(history)

    def waits(self, history: History) -> bool:
        """Whether a person's change of a guarded facet is still to be judged."""
        case = self.source.case(history)
        return not self.source.court.bench.guarded.keys().isdisjoint(case.pending)

    def making(self, history: History) -> Making:
        """The twin of this issue."""
        issue = history.issue
        values = self.source.values(self.source.case(history), issue)
        draft = self.target.draft(values, self._region(history))
        link = Link(mirror=self.mirror.name, source=issue.ref, place=self.target.queue.name, sent=self.source.court.now)
        step = Step(subject="twin", what=f"+ {self.target.queue.name}", reason=self._why(history), guarded=True)
        return Making(plan=self._plan(history, [step]), draft=draft, link=link)

    def agreed(self, link: Link, made: History, source: History) -> Link:
        """The link once its twin is there: what is equal is agreed on, for the rest the twin's word is from before."""
        ours = self.source.values(self.source.case(source), source.issue)
        theirs = self.target.values(self.target.case(made), made.issue, text=ours[TEXT])
        return msgspec.structs.replace(link, target=made.issue.ref, base=theirs, region=self._seen(made))

    def carrying(self, link: Link, source: History, target: History) -> Carrying:
        """What changed on either side, merged, as writes to both."""
        case, twin = self.source.case(source), self.target.case(target)
        ours = self.source.values(case, source.issue)
        theirs = self.target.values(twin, target.issue, region=link.region, text=link.base.get(TEXT))
        merged = merge(link.base, ours, theirs, self.mirror.flows)
        down, up = self._comments(source, target, link)
        reason = self.mirror.reasons.get(source.issue.reason, "") if STATE in merged.to_target else ""
        to_target = self.target.changes(merged.to_target, target.issue, text=self._region(source), reason=reason)
        to_source = self.source.changes(merged.to_source, source.issue)
        after = msgspec.structs.replace(
            link,
            base=merged.base,
            region="" if TEXT in merged.to_target else self._seen(target),
            comments=down.carried,
            answers=up.carried,
        )
        steps = [*self._steps(merged, ours, theirs), *_told(down, "twin"), *_told(up, "source")]
        return Carrying(
            plan=self._plan(source, steps),
            to_source=(*to_source, *up.changes),
            to_target=(*to_target, *down.changes),
            link=after,
        )

    def _comments(self, source: History, target: History, link: Link) -> tuple[Post, Post]:
        down = Crosser(crossing=self.mirror.comments, zone=self.zone, internal=False)
        up = Crosser(crossing=self.mirror.comments, zone=self.zone, internal=True)
        return down.post(source, link.comments), up.post(target, link.answers)

    def _region(self, history: History) -> str:
        issue = history.issue
        author = issue.author.shown if issue.author is not None else ""
        at = issue.created.astimezone(ZoneInfo(self.zone))
        return region(issue.body, key=str(issue.ref), url=issue.url, reporter=author, at=at)

    def _seen(self, target: History) -> str:
        ours = parts(target.issue.body).ours
        return mark(ours) if ours is not None else ""

    def _why(self, history: History) -> str:
        case = self.source.case(history)
        return ", ".join(f"{facet} is {_value(case, facet)}" for facet in self.mirror.when)

    def _steps(self, merged: Merged, ours: Values, theirs: Values) -> list[Step]:
        steps = [_step(facet, theirs.get(facet), value, "twin") for facet, value in merged.to_target.items()]
        steps += [_step(facet, ours.get(facet), value, "source") for facet, value in merged.to_source.items()]
        steps += [_lost(clash) for clash in merged.clashes]
        return steps

    def _plan(self, history: History, steps: list[Step]) -> IssuePlan:
        issue = history.issue
        return IssuePlan(ref=issue.ref, title=issue.title, steps=steps, guarded=sum(step.guarded for step in steps))


def _value(case: object, facet: str) -> str | None:
    tier = getattr(case, "tier", None)
    return tier if facet == "tier" else getattr(case, "facets", {}).get(facet)


def _step(facet: str, before: str | None, after: str | None, where: str) -> Step:
    what = f"{before or 'none'} → {after or 'none'}"
    if facet == TEXT:
        what = "renewed"
    elif facet == LABELS:
        what = f"{(before or 'none').replace(chr(10), ', ')} → {(after or 'none').replace(chr(10), ', ')}"
    return Step(
        subject=f"{where} {facet}", what=what, reason="carried over", guarded=facet == STATE and after == "closed"
    )


def _lost(clash: Clash) -> Step:
    where = "twin" if clash.side == "target" else "source"
    lost, kept = clash.lost or "none", clash.kept or "none"
    if clash.facet == TEXT:
        return Step(subject="clash", what="text: both sides changed it", reason=f"the {where}'s was not kept")
    return Step(subject="clash", what=f"{clash.facet}: {kept} counts, not {lost}", reason=f"the {where} had set {lost}")


def _told(post: Post, where: str) -> list[Step]:
    names = [type(change).__name__ for change in post.changes]
    words = {"PostComment": "+", "EditComment": "edited", "DeleteComment": "-"}
    return [
        Step(subject="comment", what=f"{words[name]} {names.count(name)} on the {where}", reason="carried over")
        for name in dict.fromkeys(names)
    ]
