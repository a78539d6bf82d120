"""The mirrors' turn in a cycle."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

import msgspec

from tierkeeper.plugins.errors import PluginError, TierkeeperError
from tierkeeper.plugins.model.change import AddLabel, RemoveLabel, Unknown
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.event import Gone
from tierkeeper.plugins.model.issue import Account, Ref
from tierkeeper.plugins.model.mirror import PUT_ASIDE, Link, Mirror
from tierkeeper.plugins.tracker import Tracker
from tierkeeper.plugins.transport.ports import Wall
from tierkeeper.rules.mirroring.redact import Redaction
from tierkeeper.rules.mirroring.render import Form, Words
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.answers import keep_issue, native
from tierkeeper.sync.judging import Court
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.mirror.carrier import Carrier
from tierkeeper.sync.mirror.claims import spot_of
from tierkeeper.sync.mirror.found import Found
from tierkeeper.sync.mirror.hooks import Hooks
from tierkeeper.sync.mirror.moves import Routes
from tierkeeper.sync.mirror.pairs import Pair
from tierkeeper.sync.mirror.readers import Readers
from tierkeeper.sync.mirror.rota import Rota, Stopped
from tierkeeper.sync.mirror.scout import Scout, histories
from tierkeeper.sync.mirror.side import Side
from tierkeeper.sync.mirror.strays import strays
from tierkeeper.sync.mirror.works import Making, Work
from tierkeeper.sync.plan import IssuePlan
from tierkeeper.sync.planning.sheet import same
from tierkeeper.sync.twins import twins_among

_ALLOWED = "what mirrors were allowed to create and close, and could not yet"
_ALLOWED_FOR = timedelta(days=7)


class MirrorTurn(msgspec.Struct, kw_only=True, dict=True):
    """What the mirrors work with: the trackers, our accounts there, and what each queue is judged by.

    `woken`: sources are to be judged once more, since what they show of their twins changed in this turn. `expected`:
    what rules write to in this cycle, by queue and id, until it is known what came of it. `wrote`: rules wrote to
    sources, and more than words to those `rewritten`. `changed` are the sources that twins changed. `left` could not be
    written. `latest` looked last.
    """

    policy: Policy
    ledger: Ledger
    trackers: Mapping[str, Tracker]
    accounts: Mapping[str, Account]
    court: Callable[[Queue], Court]
    now: datetime
    wall: Wall
    progress: Callable[[str], None]
    hooks: Hooks = Hooks()
    woken: bool = False
    latest: Scout | None = None
    expected: frozenset[tuple[str, str]] = frozenset()
    wrote: bool = False
    changed: set[Ref] = set()
    rewritten: set[Ref] = set()
    left: list[Work] = []

    def mark(self, queue: Queue) -> None:
        """What changed in this queue is to be carried over, if it is part of a mirror."""
        if any(queue.name in {mirror.source, *mirror.targets()} for mirror in self.policy.mirrors):
            Links(self.ledger).mark_changed(queue.name)
            Links(self.ledger).wake_sources(queue.name, now=self.now)

    def expect(self, refs: Sequence[Ref]) -> None:
        """Rules are about to write to these: that comes back as no news, and yet it is to be carried over."""
        sources = {mirror.source for mirror in self.policy.mirrors}
        here = [ref for ref in refs if ref.queue in sources]
        Links(self.ledger).mark_written(here)
        self.expected |= {(ref.queue, ref.id) for ref in here}

    def written(self, ref: Ref, plan: IssuePlan | None) -> None:
        """A rule's plan was written to this issue: it is known again, so that this run carries over what came of it.

        Without a plan the issue turned out to be gone.
        """
        if (ref.queue, ref.id) not in self.expected:
            return
        self.wrote = True
        if plan is not None and native(plan.changes):
            self.rewritten.add(ref)
            if not plan.guarded and not self._known_again(ref):  # what is guarded was read again by its writer
                return
        self.expected -= {(ref.queue, ref.id)}

    def _known_again(self, ref: Ref) -> bool:
        """Read a source that rules wrote to, if it has a twin or is to have one; whether it is known as it is now."""
        assert self.latest is not None
        return not self.latest.concerns(ref) or self._read(ref)

    def twins(self, queue: Queue, ids: list[str]) -> frozenset[str]:
        """Which of these issues are twins: they are never judged alone."""
        return twins_among(self.policy, self.ledger, queue.name, ids)

    def look(self, readable: frozenset[str]) -> Found:
        """What there is to carry over between the queues that could be read."""
        mirrors, problems = list[Mirror](), list(strays(Links(self.ledger), self.policy.mirrors))
        for one in self.policy.mirrors:
            if {one.source, *one.targets()} <= readable:
                try:
                    mirrors.append(self.hooks.mapped(one, self.policy.desk))
                except PluginError as error:
                    problems.append(f"mirror {one.name}: {error}; it was left alone")
        self.latest = self.scout
        found = self.latest.look(mirrors)
        found.problems += problems
        return found

    @property
    def scout(self) -> Scout:
        """One that looks at these mirrors as they are now."""
        routes = Routes(
            desk=self.policy.desk.name, mirrors=self.policy.mirrors, queues=self.policy.queues, ledger=self.ledger
        )
        return Scout(self.ledger, self.now, self._side, self.flag, hooks=self.hooks, routes=routes)

    def look_again(self, found: Found, readable: frozenset[str]) -> Found:
        """The same once rules have written: what came of that is carried over by this run."""
        if not self.wrote:
            return found
        self.wrote = False
        self.rewritten.clear()
        return self.look(readable)

    def look_back(self) -> Found:
        """What is left to say to the twins whose sources they changed, now that these were judged again."""
        late: list[Link] = []
        if self.latest is None or self.left:
            return Found()
        for link in Links(self.ledger).of([*self.changed, *self.rewritten]):
            ours = link.source in self.rewritten or (link.source in self.changed and self.latest.is_late(link))
            if ours and link.target is not None and self._read(link.target):
                late.append(link)
        self.changed.clear()
        self.rewritten.clear()
        return self.latest.look_at(late)

    def _read(self, ref: Ref) -> bool:
        """Look at an issue as it is after our writes; whether it is there."""
        queue = self.policy.queues[ref.queue]
        try:
            snapshot = self.trackers[queue.tracker].read(ref, queue)
        except TierkeeperError:  # the next run looks at it
            return False
        if not isinstance(snapshot, Gone):
            self.ledger.store_snapshot(queue.name, snapshot, now=self.now)
        return not isinstance(snapshot, Gone)

    def count(self, found: Found, room: float = math.inf) -> int:
        """How many issues would be created or closed, but for those that were counted or allowed to an earlier run.

        Where there is no `room` for them they are left out, and stay due.
        """
        fresh = [work for _, work in found.works if work.plan.guarded and _act_of(work) not in self._allowed]
        total = sum(work.plan.guarded for work in fresh)
        if total > room:
            found.works = [(pair, work) for pair, work in found.works if work not in fresh]
            return 0
        self._allowed.update(_act_of(work) for work in fresh)
        return total

    @cached_property
    def _allowed(self) -> set[str]:
        """What is counted already, or was allowed to an earlier run."""
        kept = self.ledger.kept.get(_ALLOWED, self.wall.now())
        return set(msgspec.json.decode(kept, type=list[str])) if kept else set[str]()

    def _remember_allowed(self) -> None:
        now = self.wall.now()
        names = [_act_of(work) for work in self.left if work.plan.guarded]
        if names or self.ledger.kept.get(_ALLOWED, now):
            self.ledger.kept.put(_ALLOWED, msgspec.json.encode(names).decode(), now + _ALLOWED_FOR)

    def checked(self, found: Found) -> tuple[list[tuple[Pair, Work]], list[str]]:
        """What may be carried over, now that the readers of each target are known, and why the rest may not."""
        return self._readers.checked(found.works)

    def write(self, found: Found, show: Callable[[IssuePlan], None]) -> tuple[list[str], list[Stopped]]:
        """Carry it over. What failed alone, and the mirrors that a tracker's trouble stopped."""
        carrier = Carrier(self.ledger, self.now, self.policy.desk.name, self.expected)
        unseen = self._look_at_unseen(found)
        carrier.settle(found)
        works, unsafe = self.checked(found)
        rota = Rota(works=works, asked=lambda: carrier.asked, clock=self.wall.now, progress=self.progress)

        def carry(pair: Pair, work: Work) -> None:
            show(carrier.write(pair, work))
            if isinstance(work, Making):
                self._tell_made(pair, work)

        stopped = rota.go(carry)
        stopped += msgspec.structs.replace(rota, works=self._tied_anew(works, carrier, found)).go(carry)
        self.left += rota.left
        self._remember_allowed()
        self.woken = carrier.woken
        self.changed.update(carrier.changed)
        found.notices += carrier.notices
        doubts = (why for _, why in found.doubts)
        return [*found.problems, *unseen, *unsafe, *doubts, *rota.problems, *self._flag(found)], stopped

    def _tied_anew(self, works: Sequence[tuple[Pair, Work]], carrier: Carrier, found: Found) -> list[tuple[Pair, Work]]:
        """Pairs that belong to issues whose twins were just made, or found gone: the next run finds nothing to do."""
        made: dict[str, list[str]] = {}
        for _, work in works:
            if isinstance(work, Making):
                made.setdefault(work.link.source.queue, []).append(work.link.source.id)
        waiting = [one for queue, ids in made.items() for one in Links(self.ledger).awaiting(queue, frozenset(ids))]
        waiting += Links(self.ledger).of(carrier.parted)
        if not waiting or self.latest is None:
            return []
        late = self.latest.look_at(waiting)
        carrier.settle(late)
        found.notices += late.notices
        return self._readers.checked(late.works)[0]

    def _look_at_unseen(self, found: Found) -> list[str]:
        """Look where an issue was that seems to have been moved; the next run follows it. What was found otherwise."""
        problems = []
        for here, was in found.unseen:
            queue = self.policy.queues[was.queue]
            try:
                snapshot = self.trackers[queue.tracker].read(was, queue)
            except TierkeeperError as error:
                problems.append(f"{here}: it seems to be {was}, which could not be looked at: {error}")
                continue
            if isinstance(snapshot, Gone):
                self.ledger.mark_gone(was, snapshot)
            else:
                why = f"{here} bears what was written on {was}, which is still there, so that it gets no twin"
                found.doubts.append((here, f"{why}: delete our comment on it if it is an issue of its own"))
        return problems

    def _tell_made(self, pair: Pair, work: Making) -> None:
        """Let plugins know of a new twin. Raises PluginError."""
        source = next(histories(self.ledger, pair.source, [work.link.source]), None)
        for link in Links(self.ledger).of([work.link.source]):
            if link.mirror == pair.mirror.name and link.target is not None and source is not None:
                for twin in histories(self.ledger, pair.target, [link.target]):
                    self.hooks.tell(pair.mirror, pair.source.case(source), twin.issue)

    @property
    def flag(self) -> str:
        """The label of issues that were put aside."""
        return self.policy.flag_prefix + PUT_ASIDE

    def _flag(self, found: Found) -> list[str]:
        """Label what is put aside, and take the label off what no longer is; what that came to."""
        if self.policy.mode in {"off", "shadow"}:
            return []
        held = [one.ref for one in Links(self.ledger).held()]
        there = {spot_of(ref, self.policy.queues) for ref in held}
        wanted: list[tuple[Ref, AddLabel | RemoveLabel]] = [(ref, AddLabel(self.flag)) for ref in held]
        over = [ref for ref in dict.fromkeys(found.flagged) if spot_of(ref, self.policy.queues) not in there]
        wanted += [(ref, RemoveLabel(self.flag)) for ref in over]
        problems = []
        for ref, change in wanted:
            try:
                self._put_label(ref, change)
            except TierkeeperError as error:
                problems.append(f"{ref}: the label {self.flag} could not be written: {error}")
        return problems

    def _put_label(self, ref: Ref, change: AddLabel | RemoveLabel) -> None:
        queue = self.policy.queues.get(ref.queue)
        if queue is None or queue.tracker not in self.accounts:
            return
        own = self.accounts[queue.tracker].id
        for known in self.ledger.histories(queue.name, [ref], own=own):
            issue = known.history.issue
            there = [label for label in issue.labels if same(label, self.flag)]
            if known.gone or bool(there) == isinstance(change, AddLabel):
                return
            applied = self.trackers[queue.tracker].apply(ref, queue, [change])
            if isinstance(applied, Unknown):
                continue  # a label is looked for in the next cycle, and may be asked for twice
            labels = tuple(label for label in issue.labels if label not in there)
            labels += () if there else (self.flag,)
            stored = msgspec.structs.replace(issue, labels=applied.labels or labels)
            keep_issue(self.ledger, stored, now=self.now)

    @cached_property
    def _readers(self) -> Readers:
        return Readers(self.trackers)

    @property
    def visibility(self) -> int:
        """How many requests it took to find out who reads the queues."""
        return self._readers.requests

    def _words(self, mirror: Mirror, queue: Queue) -> Words:
        """How texts of this queue are written for the other side: what never crosses, names, addresses of keys."""
        name = queue.tracker
        people = self.policy.desk.people.values()
        return Words(
            redaction=Redaction(mirror.redact, defaults=mirror.redact_defaults),
            people={one.accounts[name].casefold(): one.name for one in people if name in one.accounts},
            projects=self._projects(name),
        )

    def _projects(self, tracker: str) -> dict[str, str]:
        """What is put before a key to make its address, by project; a tracker's own projects before all others."""
        found: dict[str, str] = {}
        for queue in sorted(self.policy.queues.values(), key=lambda one: one.tracker == tracker):
            entry = self.policy.trackers[queue.tracker]
            site = getattr(entry.options, "url", "")
            if entry.plugin.place == "project" and site:
                found[queue.place] = f"{site.rstrip('/')}/browse/"
        return found

    def _side(self, mirror: Mirror, name: str) -> Side:
        queue = self.policy.queues[name]
        plugin = self.policy.trackers[queue.tracker].plugin
        longest = min(
            self.policy.trackers[self.policy.queues[one].tracker].plugin.longest_title
            for one in (mirror.source, *mirror.targets())
        )
        is_source = name == mirror.source
        return Side(
            mirror=mirror,
            queue=queue,
            tracker=self.trackers[queue.tracker],
            account=self.accounts[queue.tracker],
            court=self.court(queue),
            is_source=is_source,
            longest=longest,
            words=self._words(mirror, queue),
            form=Form(plugin.longest_text, plugin.documents),
            milestone=plugin.milestone,
            files=plugin.files,
            relations=frozenset(plugin.relations),
            is_public=lambda: self._readers.is_public(queue) if is_source else mirror.audience == "public",
        )


def _act_of(work: Work) -> str:
    """What would be created or closed, by name."""
    steps = (f"{step.subject} {step.what}" for step in work.plan.steps if step.guarded)
    return "\n".join((work.link.mirror, work.link.source.queue, work.link.source.id, *steps))
