"""What a pair of twins needs: worked out from both histories and what they last agreed on, without a request."""

from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.change import EditComment
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Comment, Issue
from tierkeeper.plugins.model.mirror import OWNER, TEXT, TITLE, Copied, Link, Mirror
from tierkeeper.rules.mirroring.merge import Merged, merge
from tierkeeper.rules.mirroring.render import markdown_of, render
from tierkeeper.rules.mirroring.text import Parts, mark, parts, region, withdrawn
from tierkeeper.sync.mirror.acts import Bar, Judged, clash_verdicts
from tierkeeper.sync.mirror.attachments import Luggage
from tierkeeper.sync.mirror.comments import HEAD, Crosser, Post, found_there
from tierkeeper.sync.mirror.hiding import HIDDEN, in_full, learnt, still_there, taken_away
from tierkeeper.sync.mirror.leftovers import leftovers, tidying
from tierkeeper.sync.mirror.naming import Namer, Sign
from tierkeeper.sync.mirror.relations import Binder, Tying, parting
from tierkeeper.sync.mirror.settling import Word, settle, stood_after
from tierkeeper.sync.mirror.side import Side, between_ours
from tierkeeper.sync.mirror.steps import carried_steps, comment_steps, making_steps, text_change
from tierkeeper.sync.mirror.unseen import End, as_made, given_back, heard, noted
from tierkeeper.sync.mirror.works import Carrying, Following, Making
from tierkeeper.sync.plan import IssuePlan, Step
from tierkeeper.sync.planning.comments import STATUS
from tierkeeper.sync.planning.sheet import same
from tierkeeper.sync.twins import shown_ref

_MOVED = "somebody moved it"


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """The two sides of one mirror; `target` is the one with this issue's twin, `twins` gives other sources' there."""

    mirror: Mirror
    source: Side
    target: Side
    twins: Callable[[Sequence[str]], Mapping[str, str]]

    @property
    def zone(self) -> str:
        """The desk's time zone, in which people read times."""
        return self.source.court.desk.time_zone

    def qualifies(self, history: History) -> bool:
        """Whether the issue is to have a twin: open, in its queue, and nothing of it waits to be judged."""
        case = self.source.case(history)
        ready = self.source.court.holds(history) and not self.waits(history) and not self.hides(history)
        return case.open and case.complete and ready and self.fits(history)

    def fits(self, history: History) -> bool:
        """Whether the issue is one of those that the mirror takes."""
        return all(self._fitting(history, facet) for facet in self.mirror.when)

    def hides(self, history: History) -> bool:
        """Whether nobody who reads the twin may learn anything of this issue."""
        return history.issue.restricted and self.target.is_public()

    def waits(self, history: History) -> bool:
        """Whether a person's change of a guarded facet is still to be judged."""
        case = self.source.case(history)
        return not self.source.court.bench.guarded.keys().isdisjoint(case.pending)

    def moves(self, history: History) -> bool:
        """Whether somebody may still be clicking on the twin."""
        return self._bar.moves(self.target.case(history))

    @property
    def _bar(self) -> Bar:
        return Bar(source=self.source, target=self.target, public=self.mirror.audience == "public")

    @property
    def _luggage(self) -> Luggage:
        return Luggage(source=self.source, target=self.target)

    def _crossing(self, source: History) -> list[Comment]:
        return list(self._crosser(source.issue, self.source, self.target, internal=False).those_crossing(source))

    @property
    def _namer(self) -> Namer:
        return Namer(source=self.source, target=self.target, open=self.mirror.audience != "public")

    def making(self, history: History) -> Making:
        """The twin of this issue."""
        issue = history.issue
        values = self.source.values(self.source.case(history), issue, listed=self._luggage.listed(history))
        body = self._region(history)
        if self.hides(history):  # it may have been made already, and is looked for
            values, body = {TITLE: HIDDEN}, withdrawn(str(issue.ref))
        draft = self.target.draft(values, body)
        told = tuple(self.source.left_out(issue)) if OWNER in values else ()
        link = Link(
            mirror=self.mirror.name,
            source=issue.ref,
            place=self.target.queue.name,
            sent=self.source.court.now,
            told=told,
        )
        crosser = self._crosser(issue, self.source, self.target, internal=False)
        comments = 0 if self.hides(history) else len(list(crosser.those_crossing(history)))
        step = Step(subject="twin", what=f"+ {self.target.queue.name}", reason=self._why(history), guarded=True)
        files = () if self.hides(history) else self._luggage.begins(history, self._crossing(history))
        steps = [step, *making_steps(self.target, values, body, comments), *files]
        return Making(plan=self._plan(history, steps), draft=draft, link=link, notices=told, creates=2 + comments)

    def agreed(self, link: Link, made: History, source: History, *, sought: bool) -> Link:
        """The link once its twin is there: what is equal is agreed on, for the rest the twin's word is from before.

        One that had to be `sought` was made of a text that may have been another one: it is written anew.
        """
        ours = self.source.values(self.source.case(source), source.issue, listed=self._luggage.listed(source))
        twin = self.target.case(made)
        theirs = self.target.values(twin, made.issue, base=ours)
        base = {**as_made(End(self.target, twin, made), theirs), **({TEXT: ""} if sought else {})}
        stood = stood_after(("", ""), Merged(base=base), (source.issue, ours), (made.issue, theirs))
        return msgspec.structs.replace(link, target=made.issue.ref, base=base, region=self._seen(made), stood=stood)

    def met(self, link: Link, source: History, target: History) -> Link:
        """The link of two that nobody knows how they came to be: what is equal is agreed on, and nothing else.

        The text is taken to be in step, since it reads otherwise on each tracker: its next change is carried over.
        """
        ours = self.source.values(self.source.case(source), source.issue, listed=self._luggage.listed(source))
        theirs = self.target.values(self.target.case(target), target.issue, base={TEXT: ours[TEXT]})
        merged = merge({}, ours, {**theirs, TEXT: ours[TEXT]}, self.mirror.flows)
        down, up = self._comments(source, target, link)
        return msgspec.structs.replace(
            link,
            target=target.issue.ref,
            met=self.source.court.now,
            base=merged.base,
            apart=merged.apart,
            region=self._seen(target),
            comments=found_there(down, source, target),
            answers=found_there(up, target, source),
            files=self._luggage.met(source, target, self._crossing(source)),
        )

    def carrying(self, link: Link, source: History, target: History) -> Carrying:
        """What changed on either side, merged, as writes to both."""
        if self.hides(source):
            return self._withdrawing(link, source, target)
        link = self._shown_again(link, target) if link.hidden else link
        case, twin = self.source.case(source), self.target.case(target)
        ends = {"source": End(self.source, case, source), "target": End(self.target, twin, target)}
        link, overruns = heard(link, ends)
        at_source, at_target = link.stood
        files = self._luggage.difference(source, target, self._crossing(source), link.files)
        listed = self._luggage.listed(source, files.kept)
        ours = self.source.values(case, source.issue, base=link.base, stood=at_source, listed=listed)
        there = self.target.values(twin, target.issue, region=link.region, base=link.base, stood=at_target)
        theirs = learnt(self.source, target.issue, there, link.base)
        told = settle(link.base, Word(self.source, source, ours), Word(self.target, target, theirs))
        merged = merge(link.base, ours, theirs, self.mirror.flows, link.apart)
        given_back(merged, overruns, self.mirror.flows, self.source.court.bench.guarded)
        judged = self._bar.judge((case, twin), source, link, merged)
        down, up = self._comments(source, target, link)
        sign = self._namer.sign(case, link, source.issue, target)
        text = self._region(source, target.issue, files.kept) if TEXT in merged.to_target else ""
        to_target = self.target.changes(merged.to_target, target.issue, said=theirs, text=text)
        full = in_full(self.source, target.issue, merged.to_source, theirs)
        to_source = self.source.changes(full, source.issue, said=ours)
        tying = self.tying(link, source, target)
        lines = [one for one in judged.lines if all(one.marker != there.marker for there in target.comments)]
        left_there = leftovers(self.target, twin, target.issue, there, but=merged.to_target)
        left_here = leftovers(self.source, case, source.issue, ours, but=merged.to_source)
        after = msgspec.structs.replace(
            link,
            base=merged.base,
            apart=merged.apart,
            region="" if TEXT in merged.to_target else self._seen(target),
            stood=stood_after(link.stood, merged, (source.issue, ours), (target.issue, theirs)),
            told=told,
            wrote=noted(link, merged, (ours, theirs), ends),
            refusing=judged.put_back,
            comments=down.carried,
            answers=up.carried,
            ties=tying.ties,
            files=files.kept,
            status=sign.status,
            named=True,
        )
        shown = text_change(between_ours(target.issue) or "", text) if text else ""
        sides = {"source": (self.source, ours), "target": (self.target, theirs)}
        steps = [*carried_steps(merged, judged, **sides, text=shown), *comment_steps([*down.changes, *sign.changes])]
        steps += [*comment_steps(up.changes, "source"), *files.steps, *tying.steps(), *tidying(left_there, left_here)]
        return Carrying(
            plan=self._plan(source, steps),
            to_source=(*to_source, *left_here, *self._namer.links(link, target.issue), *up.changes),
            to_target=(*to_target, *left_there, *down.changes, *lines, *sign.changes, *files.gone),
            files=files.new,
            relating=tying.changes,
            link=after,
            verdicts=(*judged.verdicts, *clash_verdicts(merged.clashes, source, case)),
            notices=(*judged.notices, *(one for one in told if one not in link.told), *tying.told),
            looks=bool(judged.put_back) or TEXT in merged.to_target,
            held=judged.held,
            turned=_turned(merged, judged, case),
        )

    def is_late(self, link: Link, source: History, target: History) -> bool:
        """Whether the twin no longer says how its source stands."""
        return bool(self._namer.sign(self.source.case(source), link, source.issue, target).changes)

    def tying(self, link: Link, source: History, target: History) -> Tying:
        """What the twin has to be given of how its source belongs to other issues."""
        others = {one.other for one in source.issue.relations} | {one.other for one in link.ties}
        twins = self.twins(sorted(others)) if others else {}
        return Binder(mirror=self.mirror, kinds=self.target.relations).tying(link, source, target, twins)

    def _withdrawing(self, link: Link, source: History, target: History) -> Carrying:
        """What takes away all that the twin says; nothing where that was done."""
        if link.hidden:
            return Carrying(plan=self._plan(source, []), to_source=(), to_target=(), link=link)
        reason = "the source is restricted now"
        step = Step(subject="twin text", what="title, text and comments taken away", reason=reason)
        return Carrying(
            plan=self._plan(source, [step]),
            to_source=(),
            to_target=taken_away(link, source, target),
            relating=parting(link, self.twins),
            link=msgspec.structs.replace(link, hidden=True, comments=(), files=(), ties=(), status=None),
            notices=(still_there(source, target),),
        )

    def _shown_again(self, link: Link, target: History) -> Link:
        """The link of a twin that may speak again: what it says now is what the source is compared with."""
        there = self.target.values(self.target.case(target), target.issue)
        return msgspec.structs.replace(link, hidden=False, base={**there, TEXT: None}, region="", stood=("", ""))

    def ending(self, link: Link, source: History | None, target: History | None) -> Carrying:
        """What shows that the two no longer belong together, where they are still there."""
        sign = Sign((), None)
        if source is not None and target is not None:
            sign = self._namer.sign(self.source.case(source), link, source.issue, target)
        elif target is not None and link.status is not None and link.status.twin:
            body = f"Was a twin: {link.ended}"
            sign = Sign((EditComment(link.status.twin, body, STATUS),), None)
        shown = f"{link.target or link.place}: {link.ended}"
        step = Step(subject="twin", what=f"no longer linked to {shown}", reason="the two go their own ways")
        ref = link.source
        title = source.issue.title if source is not None else target.issue.title if target is not None else ""
        return Carrying(
            plan=IssuePlan(ref=ref, title=title, steps=[step]),
            to_source=tuple(self._namer.unlink(link)) if source is not None else (),
            to_target=sign.changes,
            link=msgspec.structs.replace(link, named=True, status=sign.status),
        )

    def following(self, link: Link, was: Link, title: str) -> Following:
        """What keeps a pair one whose issues were moved to this mirror's queues."""
        moved = [
            (before, now) for before, now in ((was.source, link.source), (was.target, link.target)) if now != before
        ]
        steps = [
            Step(subject="twin" if now == link.target else "source", what=f"is {now} now, not {before}", reason=_MOVED)
            for before, now in moved
        ]
        plan = IssuePlan(ref=link.source, title=title, steps=steps)
        return Following(plan=plan, link=link, was=was, to_source=tuple(self._namer.unlink(was)))

    def _comments(self, source: History, target: History, link: Link) -> tuple[Post, Post]:
        down = self._crosser(source.issue, self.source, self.target, internal=False)
        up = self._crosser(target.issue, self.target, self.source, internal=True)
        return down.post(source, link.comments), up.post(target, link.answers)

    def _crosser(self, issue: Issue, here: Side, there: Side, *, internal: bool) -> Crosser:
        return Crosser(
            crossing=self.mirror.comments,
            zone=self.zone,
            internal=internal,
            words=here.words_of(issue),
            form=there.form,
            is_public=there.is_public,
        )

    def _region(self, history: History, twin: Issue | None = None, copied: tuple[Copied, ...] = ()) -> str:
        """Our part of the twin's text, as long as what people wrote around it leaves room for."""
        issue, words = history.issue, self.source.words_of(history.issue)
        around = parts(markdown_of(twin.body, twin.document)) if twin is not None else Parts("", None, "")
        listed = self._luggage.listed(history, copied)
        room = self.target.form.longest - HEAD - len(around.above) - len(around.below) - len(listed)
        form = msgspec.structs.replace(self.target.form, longest=max(room, HEAD))
        return region(
            "\n\n".join([render(issue.body, issue.document, words, form).with_losses(words.original), listed]),
            key=shown_ref(issue.ref, self.source.queue),
            url=words.original,
            reporter=words.redaction(issue.author.shown if issue.author is not None else ""),
            at=issue.created.astimezone(ZoneInfo(self.zone)),
        )

    def _seen(self, target: History) -> str:
        ours = between_ours(target.issue)
        return mark(ours) if ours is not None else ""

    def _why(self, history: History) -> str:
        return ", ".join(f"{facet} is {' and '.join(self._fitting(history, facet))}" for facet in self.mirror.when)

    def _fitting(self, history: History, facet: str) -> list[str]:
        """What of the issue is wanted of those that have twins."""
        wanted = self.mirror.when[facet]
        return [one for one in self.source.said(history, facet) if any(same(one, value) for value in wanted)]

    def _plan(self, history: History, steps: list[Step]) -> IssuePlan:
        issue = history.issue
        return IssuePlan(ref=issue.ref, title=issue.title, steps=steps, guarded=sum(step.guarded for step in steps))


def _turned(merged: Merged, judged: Judged, case: Case) -> frozenset[str]:
    """The facets that the twin changes on its source; the tier, too, where it was handed on with what they are now."""
    handed = case.changes.get("tier", ())
    late = bool(handed) and any(act.at <= handed[-1].at for act in judged.to_source.values())
    return frozenset([*merged.to_source, *(["tier"] if late else [])])
