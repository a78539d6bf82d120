"""Reads a feed that is sorted by `updated`, by that key and not by page numbers.

Paging by number misses what is touched meanwhile: it moves to the end, and all behind it move up one place. So the
next page is the first page since the last `updated` that was seen; what comes twice is dropped. Only where more than
a page bears one `updated` is the Link followed, within that second.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

import msgspec

from tierkeeper.plugins.github.access import Access
from tierkeeper.plugins.github.cursor import KeysetMark, fingerprint
from tierkeeper.plugins.transport.answer import Answer, NotModified
from tierkeeper.plugins.transport.paths import utc_stamp

T = TypeVar("T")

OVERLAP = timedelta(seconds=60)
"""How late GitHub may show something, by the `updated` that it bears."""

SMALL = 50
"""Up to so many rows are read again rather than asked for under another URL, whose ETag is not known yet."""

_SECOND = timedelta(seconds=1)
_WINDOW = OVERLAP + _SECOND


class Row(NamedTuple, Generic[T]):
    """One row of a feed; `item` is None for what is not ours, which moves the cursor all the same."""

    id: str
    updated: datetime
    item: T | None


class Step(NamedTuple, Generic[T]):
    """What a page brought, and the mark behind it."""

    items: list[T]
    mark: KeysetMark


class _Page(NamedTuple, Generic[T]):
    rows: list[Row[T]]
    answer: Answer


class Keyset(Generic[T]):
    """One feed. `path` ends in a query; `read` turns a page into rows, whose items are `T`."""

    def __init__(self, access: Access, path: str, read: Callable[[Answer], list[Row[T]]]) -> None:
        self._access = access
        self._path = path
        self._read = read

    def steps(self, mark: KeysetMark, *, conditional: bool = True) -> Iterator[Step[T]]:
        """Read on from `mark`, page by page. The last step's mark asks for as little as is safe."""
        first = self._if_changed(mark) if conditional else self.fetch(mark.since)
        return iter(()) if first is None else _Pass(self, mark).steps(first)

    def _if_changed(self, mark: KeysetMark) -> _Page[T] | None:
        """Read the first page; None where nothing is new.

        That takes more than a 304. The page must have been the only one, or it hides those behind it, and what came
        with it must have been stored: `mark.page` says both. Else it is read again.
        """
        found = self._access.transport.get_if_changed(self._url(mark.since), newest=_note)
        if not isinstance(found, NotModified):
            return self.page(found)
        return None if found.newest == mark.page and found.last_page else self.fetch(mark.since)

    def fetch(self, since: datetime | None) -> _Page[T]:
        """Read the first page since then."""
        return self.page(self._access.transport.get(self._url(since)))

    def page(self, answer: Answer) -> _Page[T]:
        """Read a page."""
        return _Page(self._read(answer), answer)

    def following(self, answer: Answer) -> Iterator[Answer]:
        """Read the pages after this one by their Links."""
        return self._access.transport.following(answer)

    def server_time(self, answer: Answer) -> datetime:
        """The server's time when it answered."""
        return answer.date or self._access.wall.now()

    def _url(self, since: datetime | None) -> str:
        return self._path if since is None else f"{self._path}&since={utc_stamp(since)}"


class _Pass(Generic[T]):
    """One reading of a feed, from a mark to its end."""

    def __init__(self, feed: Keyset[T], mark: KeysetMark) -> None:
        self._feed = feed
        self._mark = mark
        self._position = mark.since
        self._links: Iterator[Answer] | None = None
        self._known = dict(mark.seen)
        self._met: dict[str, tuple[datetime, str]] = {}
        self._pages = 0

    def steps(self, page: _Page[T]) -> Iterator[Step[T]]:
        while True:
            self._pages += 1
            items = self._new(page.rows)
            if "next" not in page.answer.links() or not page.rows:
                yield Step(items, self._final(page))
                return
            last = page.rows[-1].updated
            mark = self._on_the_way(last, page.answer)
            yield Step(items, mark)
            page = self.after(last) or self._within_the_second(page.answer)

    def after(self, last: datetime) -> _Page[T] | None:
        """Read the page behind `last`; None where it would be the same one again."""
        # a second earlier: whether `since` includes its own second is not documented
        onward = last - _SECOND
        if self._position is not None and onward <= self._position:
            return None
        self._position, self._links = onward, None
        return self._feed.fetch(onward)

    def _within_the_second(self, answer: Answer) -> _Page[T]:
        if self._links is None:
            self._links = self._feed.following(answer)
        return self._feed.page(next(self._links))

    def _new(self, rows: list[Row[T]]) -> list[T]:
        found: list[T] = []
        for row in rows:
            if row.item is None:
                continue
            mark = fingerprint(msgspec.json.encode(row.item))
            before = self._met[row.id][1] if row.id in self._met else self._known.pop(row.id, None)
            if before != mark:
                found.append(row.item)
            self._met[row.id] = (row.updated, mark)
        return found

    def _on_the_way(self, last: datetime, answer: Answer) -> KeysetMark:
        """The mark behind a page that is not the last one."""
        since = self._settled(last - _SECOND, answer)
        self._met = {key: met for key, met in self._met.items() if met[0] >= last - _WINDOW}
        # what was seen in the last reading may come on a later page
        return KeysetMark(since, self._known | self._seen_since(since))

    def _final(self, page: _Page[T]) -> KeysetMark:
        rows, mark = page.rows, self._mark
        if self._pages == 1 and self._position == mark.since and len(rows) <= SMALL:
            return KeysetMark(mark.since, self._seen_since(None), _note(page.answer))
        last = rows[-1].updated + _SECOND if rows else self._position
        since = self._settled(last, page.answer)
        kept = self._known if since == mark.since else {}
        return KeysetMark(since, kept | self._seen_since(since))

    def _seen_since(self, since: datetime | None) -> dict[str, str]:
        return {key: mark for key, (updated, mark) in self._met.items() if since is None or updated >= since}

    def _settled(self, last: datetime | None, answer: Answer) -> datetime | None:
        """From when on to ask next: nothing that bears an earlier `updated` can still turn up."""
        if last is None:
            return self._mark.since
        shown = self._feed.server_time(answer).replace(microsecond=0) - OVERLAP
        settled = max(min(last, shown), last - _WINDOW)
        return settled if self._mark.since is None else max(settled, self._mark.since)


def _note(answer: Answer) -> str:
    return fingerprint(answer.body)
