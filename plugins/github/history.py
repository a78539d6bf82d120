"""Reads a repository's events: newest first, back to what is known.

The feed has no `since`, so it is walked back page by page. A walk may be interrupted anywhere: the mark says where
it stands, and the newest time known moves only when the walk is over. Where GitHub cuts the feed, open issues are
read one by one, and the closed ones are reported as incomplete.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from tierkeeper.plugins.errors import Moved, NotFound, TrackerError
from tierkeeper.plugins.github.access import UNPROCESSABLE, Access, issue_path, root
from tierkeeper.plugins.github.convert import RawEvent, decode_events, to_event
from tierkeeper.plugins.github.cursor import EventMark, Hole, KeysetMark, Walk, fingerprint
from tierkeeper.plugins.github.keyset import OVERLAP, Keyset
from tierkeeper.plugins.model.event import Event
from tierkeeper.plugins.model.issue import Issue
from tierkeeper.plugins.transport.answer import Answer, NotModified


class EventStep(NamedTuple):
    """What a page brought: events, oldest first, issues whose history cannot be had, and the mark behind it."""

    events: tuple[Event, ...]
    incomplete: tuple[str, ...]
    mark: EventMark


class EventFeed:
    """The events of one repository. `issues` lists its issues, for what GitHub cuts off the feed."""

    def __init__(self, access: Access, place: str, *, history_since: datetime | None, issues: Keyset[Issue]) -> None:
        self._access = access
        self._place = place
        self._history_since = history_since
        self._issues = issues

    def steps(self, mark: EventMark) -> Iterator[EventStep]:
        """Read on from `mark`: first what an interrupted reading left, then what is new."""
        for unfinished in (self._walk, self._fill):
            for step in unfinished(mark):
                mark = step.mark
                yield step
        for step in self._newest(mark):
            mark = step.mark
            yield step
        for unfinished in (self._walk, self._fill):
            for step in unfinished(mark):
                mark = step.mark
                yield step

    def _newest(self, mark: EventMark) -> Iterator[EventStep]:
        """Look at the first page; it begins a walk where it does not reach what is known."""
        path = f"{root(self._place)}/issues/events?per_page=100"
        found = self._access.transport.get_if_changed(path, newest=_note)
        if isinstance(found, NotModified):
            if found.newest == mark.page:
                return
            found = self._access.transport.get(path)  # its validator outlived what was read with it
        walk = Walk(
            next="",
            floor=mark.settled or self._history_since,
            settled=self._settled(mark, found),
            # a first page that begins with the oldest says nothing of what is new behind it
            page=_note(found) if "next" not in found.links() or _runs_back(decode_events(found)) else "",
        )
        yield self._page(mark, walk, found)

    def _settled(self, mark: EventMark, answer: Answer) -> datetime | None:
        """From when on new events may turn up after this answer; GitHub may show one a little late."""
        newest = max((row.created_at for row in decode_events(answer)), default=None)
        if newest is None:
            return mark.settled
        shown = (answer.date or self._access.wall.now()).replace(microsecond=0) - OVERLAP
        settled = max(min(newest + timedelta(seconds=1), shown), newest - OVERLAP)
        return max(settled, mark.settled or settled)

    def _walk(self, mark: EventMark) -> Iterator[EventStep]:
        while mark.walk is not None:
            walk = mark.walk
            try:
                answer = self._access.transport.get(walk.next)
            except TrackerError as error:
                if error.status != UNPROCESSABLE or walk.oldest is None:
                    raise
                hole = Hole(walk.oldest, KeysetMark(walk.floor))
                step = EventStep((), (), _walked(walk, hole))
            else:
                step = self._page(mark, walk, answer)
            mark = step.mark
            yield step

    def _page(self, mark: EventMark, walk: Walk, answer: Answer) -> EventStep:
        rows = decode_events(answer)
        known = {*mark.seen, *walk.seen}
        fresh = [row for row in rows if row.id not in known and (walk.floor is None or row.created_at >= walk.floor)]
        events = [event for row in reversed(fresh) if (event := to_event(row)) is not None]
        for number in _arrivals(fresh) if mark.settled is not None else ():
            events = [*self._events_of(number), *events]  # they lie where the feed was read long ago
        walk = _further(walk, rows, self._access.next_page(answer))
        is_over = not walk.next or (
            walk.floor is not None and bool(rows) and rows[-1].created_at < walk.floor and _runs_back(rows)
        )
        behind = _walked(walk, mark.hole) if is_over else msgspec.structs.replace(mark, walk=walk)
        return EventStep(tuple(events), (), behind)

    def _fill(self, mark: EventMark) -> Iterator[EventStep]:
        """Read open issues one by one whose older events were cut off; name the closed ones."""
        if mark.hole is None:
            return
        before, done = mark.hole.before, set(mark.hole.done)
        so_far = mark.hole.mark
        for page in self._issues.steps(so_far, conditional=False):
            older = [issue for issue in page.items if issue.created < before]
            for issue in older:
                if issue.open and issue.ref.id not in done:
                    done.add(issue.ref.id)
                    mark = msgspec.structs.replace(mark, hole=Hole(before, so_far, sorted(done)))
                    events = self._events_of(issue.ref.id)
                    yield EventStep(tuple(event for event in events if event.at <= before), (), mark)
            so_far, done = page.mark, set()
            mark = msgspec.structs.replace(mark, hole=Hole(before, so_far))
            yield EventStep((), tuple(issue.ref.id for issue in older if not issue.open), mark)
        yield EventStep((), (), msgspec.structs.replace(mark, hole=None))

    def _events_of(self, number: str) -> list[Event]:
        try:
            return read_issue_events(self._access, self._place, number)
        except (Moved, NotFound):  # gone meanwhile: the census will tell
            return []


def read_issue_events(access: Access, place: str, number: str) -> list[Event]:
    """All events of one issue, oldest first."""
    found: list[Event] = []
    for answer in access.transport.pages(f"{issue_path(place, number)}/events?per_page=100"):
        found += [event for row in decode_events(answer) if (event := to_event(row, int(number))) is not None]
    return sorted(found, key=lambda event: (event.at, int(event.id)))


def _arrivals(rows: list[RawEvent]) -> list[str]:
    """The issues that came from another repository, and brought what had happened to them there."""
    came = [row.issue for row in rows if row.event == "transferred" and row.issue is not None]
    return list(dict.fromkeys(str(issue.number) for issue in came if issue.pull_request is None))


def _further(walk: Walk, rows: list[RawEvent], following: str) -> Walk:
    """The walk after a page."""
    times = [row.created_at for row in rows]
    near = [row.id for row in rows if walk.settled is None or row.created_at >= walk.settled]
    oldest = min([*times, *([walk.oldest] if walk.oldest else [])], default=None)
    seen = list(dict.fromkeys([*walk.seen, *near]))
    return msgspec.structs.replace(walk, next=following, oldest=oldest, seen=seen)


def _walked(walk: Walk, hole: Hole | None) -> EventMark:
    """The mark when a walk is over."""
    return EventMark(settled=walk.settled, seen=walk.seen, page=walk.page, hole=hole)


def _runs_back(rows: list[RawEvent]) -> bool:
    """Whether a page runs back in time, as GitHub's do; its documentation does not promise it."""
    return bool(rows) and rows[0].created_at > rows[-1].created_at


def _note(answer: Answer) -> str:
    return fingerprint(answer.body)
