"""Finds the family of an issue in the ledger: the rules that ask for it are pure and cannot look themselves."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property

from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.family import Family, Relative
from tierkeeper.plugins.model.issue import Issue, Ref
from tierkeeper.rules.commands import comment_event, read_commands
from tierkeeper.rules.kinship import DUPLICATE, named_issue, relative_of
from tierkeeper.rules.reading import Reader, read_case
from tierkeeper.sync.ledger.kin import Kin
from tierkeeper.sync.ledger.ledger import Ledger

_Likeness = tuple[str | None, str | None]


class Families:
    """The families of one queue at `now` (UTC). `window`: how far two reports that are alike may lie apart."""

    def __init__(self, ledger: Ledger, queue: Queue, *, reader: Reader, now: datetime, window: timedelta) -> None:
        self._ledger, self._kin, self._queue, self._reader = ledger, Kin(ledger), queue, reader
        self._now, self._window = now, window

    def of(self, history: History) -> Family:
        """The family of the issue with this history."""
        ref = history.issue.ref
        related = self._kin.has_any(ref)
        parent = self._kin.parent(ref) if related else None
        children = self._kin.children(ref) if related else ()
        return Family(
            parent=self._full(parent) if parent is not None else None,
            children=tuple(self._bare(issue, joined=ref.key) for issue in children),
            alike=() if parent is not None else self._alike(history.issue),
            named=dict(self._named(history)),
        )

    def _bare(self, issue: Issue, *, joined: str = "") -> Relative:
        """An issue as it shows itself, without a look at its history."""
        history = History(issue=issue, own=self._reader.own)
        return relative_of(read_case(history, self._reader, self._now), self._reader.desk, joined=joined)

    def _full(self, ref: Ref) -> Relative | None:
        """An issue with what its history tells: how it was answered, and when it was closed."""
        known = self._ledger.history(ref.queue, ref.id, own=self._reader.own)
        if known is None:
            return None
        top = self._kin.parent(ref)
        case = read_case(known.history, self._reader, self._now)
        return relative_of(case, self._reader.desk, joined=top.key if top is not None else "")

    def _alike(self, issue: Issue) -> tuple[Relative, ...]:
        """The other reports of these days about the same service and component; only a new report has any."""
        if not issue.open or issue.created + self._window <= self._now:
            return ()
        mine = self._bare(issue)
        group = self._recent.get(_about(mine), ()) if any(_about(mine)) else ()
        return tuple(one for one in group if one.ref != mine.ref)

    @cached_property
    def _recent(self) -> Mapping[_Likeness, list[Relative]]:
        """What may be compared, by what it is about: read once a cycle, and only if there is a new report."""
        self._kin.prepare()
        found: dict[_Likeness, list[Relative]] = {}
        since = self._now - 2 * self._window
        for issue in self._kin.recent(self._queue.name, since):
            if issue.created > since:
                one = self._bare(issue)
                found.setdefault(_about(one), []).append(one)
        return found

    def _named(self, history: History) -> Iterator[tuple[str, Relative | str]]:
        """What new commands name."""
        judged = {verdict.event for verdict in history.verdicts}
        for comment in history.comments:
            if f"/{DUPLICATE}" not in comment.body:
                continue
            for place, (name, rest) in enumerate(read_commands(comment.body)):
                if name == DUPLICATE and rest and comment_event(comment.id, place) not in judged:
                    word = rest.split(maxsplit=1)[0]
                    yield word, self._meant(word)

    def _meant(self, word: str) -> Relative | str:
        named, place = named_issue(word), self._queue.place
        if named is None:
            return f'"{word[:50]}" names no issue'
        if named.place and named.place.casefold() != place.casefold():
            return f"{word[:100]} is not in {place}; reports are joined within one queue"
        ref = self._kin.known(self._queue.name, named.key)
        found = self._full(ref) if ref is not None else None
        return found or f"There is no issue {word[:50]} in {place}"


def _about(one: Relative) -> _Likeness:
    return one.facets.get("service"), one.facets.get("component")
