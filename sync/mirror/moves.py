"""Issues that people moved: a pair stays one where a mirror leads from where its source is to where its twin is."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from tierkeeper.plugins.markup.keys import keys_in
from tierkeeper.plugins.markup.text import digest
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Account, Comment, Ref
from tierkeeper.plugins.model.mirror import Carried, Link, Mirror
from tierkeeper.rules.kinship import named_issue
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.planning.comments import STATUS

_MOVED = "moved to "
_HOPS = 5


class Routes(msgspec.Struct, frozen=True, kw_only=True):
    """Where every mirror of the policy leads, whether or not its queues could be read in this cycle."""

    desk: str
    mirrors: Sequence[Mirror]
    queues: Mapping[str, Queue]
    ledger: Ledger

    def of(self, link: Link) -> Link | None:
        """The link as it is now that one of its issues was moved, or both; None if no mirror leads there."""
        if link.target is None:
            return None
        for mirror in sorted(self.mirrors, key=lambda one: one.name != link.mirror):  # its own one first
            source = next((ref for ref in self._now(link.source) if ref.queue == mirror.source), None)
            target = next((ref for ref in self._now(link.target) if ref.queue in mirror.targets()), None)
            if source is not None and target is not None:
                return msgspec.structs.replace(
                    link, mirror=mirror.name, source=source, target=target, place=target.queue, named=False
                )
        return None

    def _now(self, ref: Ref) -> list[Ref]:
        """Where an issue is now: in each queue that reads the place; none if it left the desk, or is gone."""
        here = [ref]
        for _ in range(_HOPS):
            why = [known.gone for one in here if (known := self.ledger.history(one.queue, one.id)) is not None]
            if not any(why):
                return here
            here = list(self._moved(here[0], next(one for one in why if one)))
        return []

    def _moved(self, ref: Ref, why: str) -> Iterator[Ref]:
        named = named_issue(why.removeprefix(_MOVED)) if why.startswith(_MOVED) else None
        if named is None or ref.queue not in self.queues:
            return
        for queue in self.queues.values():
            same_tracker = queue.tracker == self.queues[ref.queue].tracker
            if same_tracker and queue.name != ref.queue and queue.place.casefold() == named.place.casefold():
                # where keys are numbers a moved issue is another one; elsewhere it keeps its id
                yield Ref(queue.name, named.key if named.key.isdigit() else ref.id, named.key)


class Traces(msgspec.Struct, frozen=True, kw_only=True):
    """Tells an issue that was moved here from a new one, before anybody has looked at where it was.

    In Jira it keeps its id; elsewhere what our account wrote on it, and nobody else can, names the pair.
    """

    links: Links
    queues: Mapping[str, Queue]
    desk: str

    def is_twin(self, history: History) -> bool:
        """Whether a create of ours made it as a twin, wherever."""
        return bool(history.issue.marker) and _is_own(history.issue.author, history)

    def before(self, history: History) -> Ref | None:
        """What it was called where a pair still has it; None if no pair does."""
        ref = history.issue.ref
        for link in self.links.of([*self._same_ids(ref), *self._named(history)]):
            was = link.target if self.is_twin(history) else link.source
            if not link.ended and was is not None and self._is_near(was.queue, ref):
                return was
        return None

    def _is_near(self, name: str, ref: Ref) -> bool:
        """Whether that queue is another place on the same tracker; two queues may read one place."""
        there, here = self.queues.get(name), self.queues[ref.queue]
        return there is not None and there.tracker == here.tracker and there.place != here.place

    def _same_ids(self, ref: Ref) -> Iterator[Ref]:
        for name in self.queues if not ref.key.isdigit() else ():
            if self._is_near(name, ref):
                yield Ref(name, ref.id, ref.key)

    def _named(self, history: History) -> Iterator[Ref]:
        """The source that its marker names, or the twin that our status comment on it does."""
        names = [history.issue.marker] if self.is_twin(history) else []
        own = f"{digest(self.desk)}:"
        for comment in history.comments:
            if comment.marker == STATUS and _is_own(comment.author, history):
                names += [key for key in keys_in(comment.body) if key.startswith(own)]
        for name in names:
            queue, _, id_ = name.rpartition(":")
            yield Ref(queue.rpartition(":")[2], id_, id_)


def _is_own(author: Account | None, history: History) -> bool:
    return author is not None and author.id.casefold() == history.own.casefold()


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What one side of a pair was called before it was moved, by what it is called now. Empty: it was not moved."""

    comments: Mapping[str, str] = {}

    def carried(self, sent: Sequence[Carried], twins: "Moved") -> tuple[Carried, ...]:
        """The same comments of this side, by their ids of today; `twins` is the side that they were carried to."""
        return tuple(
            Carried(self.comments.get(one.original, one.original), twins.comments.get(one.twin, one.twin), one.digest)
            for one in sent
        )


def compared(before: History, now: Sequence[Comment]) -> Moved:
    """Find the comments of an issue again after it was moved, which may have given them other ids."""
    there = {one.id for one in now}
    lost = [one for one in before.comments if one.id not in there]
    known = {one.id for one in before.comments}
    new = {(one.at, one.author, one.marker): one.id for one in now if one.id not in known}
    return Moved(comments={one.id: new[said] for one in lost if (said := (one.at, one.author, one.marker)) in new})


def heard_as(link: Link, was: Ref, before: History, moved: Moved) -> dict[str, str]:
    """By what names the comments of a moved twin were heard before: what was said there is said once."""
    assert link.target is not None
    names = dict(link.heard_as)
    for one in before.comments:
        old = f"{was.queue}:{one.id}"
        names[f"{link.target.queue}:{moved.comments.get(one.id, one.id)}"] = names.pop(old, old)
    return names
