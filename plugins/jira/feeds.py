"""Pulls a project: one search by `updated`, then the changelogs of what is new. Idle, it costs one request.

Jira shows a change in its search seconds to minutes late. So each reading begins five minutes before the last one, and
what was handed on already is dropped by its content. Times are asked for in milliseconds: a date would be read in the
time zone of our account's profile, by the minute.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import NamedTuple

import msgspec

from tierkeeper.plugins.errors import Moved, UnexpectedAnswer
from tierkeeper.plugins.jira.access import Access, Project
from tierkeeper.plugins.jira.changelogs import read_changelogs, read_comments, read_marks
from tierkeeper.plugins.jira.convert import (
    LINK,
    NO_MARK,
    READ_FIELDS,
    RawComment,
    RawFields,
    RawIssue,
    RawPage,
    decode_fields,
    fingerprint,
    milliseconds,
    moment,
    to_account,
    to_comment,
    to_issue,
)
from tierkeeper.plugins.jira.cursor import Progress, Seen, decode_cursor, encode_cursor
from tierkeeper.plugins.jira.history import RawHistory, Words, events_of
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.event import Event
from tierkeeper.plugins.model.issue import Comment, Issue
from tierkeeper.plugins.tracker import Batch, Cursor
from tierkeeper.plugins.transport.answer import Answer

OVERLAP = timedelta(minutes=5)
"""How late Jira's search may show a change."""

PAGE = 100


class _New(NamedTuple):
    """An issue that was not handed on as it is now."""

    raw: RawIssue
    fields: RawFields
    mark: str


class Pull:
    """One pull of one queue."""

    def __init__(self, access: Access, queue: Queue) -> None:
        self._access = access
        self._queue = queue

    def batches(self, cursor: Cursor) -> Iterator[Batch]:
        """What is new since `cursor`, oldest first."""
        with self._access.telling(self._queue.place):
            progress = decode_cursor(cursor)
            project = self._same_project(progress)
            reading = _Reading(self._access, self._queue, project, progress)
            for behind, batch in reading.steps():
                if behind == progress and not batch.issues:
                    continue
                progress = behind
                yield msgspec.structs.replace(batch, cursor=encode_cursor(progress))

    def _same_project(self, progress: Progress) -> Project:
        project = self._access.project(self._queue.place)
        if progress.project not in {"", project.id}:
            raise Moved(
                f"another project bears the key {self._queue.place} now; nothing was read: put the right one into "
                "desk.yaml, or give this one a queue of its own",
                location=self._queue.place,
            )
        return project


class _Reading:
    """One search, page by page. `since` of the marks never passes what may still turn up late."""

    def __init__(self, access: Access, queue: Queue, project: Project, progress: Progress) -> None:
        self._access = access
        self._queue = queue
        self._project = project
        self._start = progress
        self._known = dict(progress.seen)
        self._met: dict[str, tuple[int, Seen]] = {}
        self._border = 0

    def steps(self) -> Iterator[tuple[Progress, Batch]]:
        last: int | None = None
        for answer, page in self._pages():
            self._border = self._border or milliseconds((answer.date or self._access.wall.now()) - OVERLAP)
            decoded = [(raw, decode_fields(raw)) for raw in page.issues]
            self._same_place(decoded)
            batch = self._batch(decoded)
            last = max((milliseconds(moment(fields.updated)) for _, fields in decoded), default=last)
            yield (self._on_the_way(last) if page.next_page_token else self._final(last)), batch

    def _pages(self) -> Iterator[tuple[Answer, RawPage]]:
        """The pages of the search. A short page need not be the last; only the missing token says so."""
        since = f" AND updated >= {self._start.since}" if self._start.since is not None else ""
        body = {
            "jql": f'project = "{self._project.key}"{since} ORDER BY updated ASC, key ASC',
            "maxResults": PAGE,
            "fields": [*READ_FIELDS, *(field.id for field in self._access.custom().values())],
            "properties": [LINK],
        }
        met: set[str] = set()
        token = ""
        while True:
            answer = self._access.transport.ask("/search/jql", body | ({"nextPageToken": token} if token else {}))
            page = answer.decode(RawPage)
            if page.is_last:
                page.next_page_token = None
            yield answer, page
            token = page.next_page_token or ""
            if not token:
                return
            if token in met:
                raise UnexpectedAnswer(
                    "Jira's search names a page as the next one that came before; it was not read on"
                )
            met.add(token)

    def _same_place(self, decoded: Sequence[tuple[RawIssue, RawFields]]) -> None:
        """Old keys of a project still find it: an issue that shows another one tells that it was renamed."""
        for _, fields in decoded:
            if fields.project is not None and fields.project.key != self._project.key:
                self._access.project(self._queue.place, fresh=True)  # says what the new key is
                raise Moved(
                    f"a search in {self._project.key} gave an issue of {fields.project.key}: change desk.yaml",
                    location=fields.project.key,
                )
        self._access.here.update(raw.id for raw, _ in decoded)

    def _batch(self, decoded: Sequence[tuple[RawIssue, RawFields]]) -> Batch:
        new = list(self._new(decoded))
        if not new:
            return Batch(cursor="")
        histories = read_changelogs(self._access, [one.raw.id for one in new])
        words = self._words(new)
        comments = {one.raw.id: self._comments(one) for one in new}
        marks = read_marks(self._access, comments)
        issues: list[Issue] = []
        events: list[Event] = []
        for one in new:
            changelog = histories.get(one.raw.id, [])
            issue = to_issue(
                one.raw, one.fields, self._queue.name, custom=self._access.custom(), site=self._access.site
            )
            issues.append(issue)
            events += self._new_events(one, issue, changelog, words)
            newest = max((int(history.id) for history in changelog), default=0)
            self._met[one.raw.id] = milliseconds(issue.updated), Seen(one.mark, newest)
            self._known.pop(one.raw.id, None)
        events.sort(key=attrgetter("at"))
        said: list[Comment] = [
            to_comment(raw, issue, mark=marks.get(raw.id, NO_MARK))
            for issue, listed in comments.items()
            for raw in listed
        ]
        said.sort(key=attrgetter("at"))
        return Batch(cursor="", issues=tuple(issues), events=tuple(events), comments=tuple(said))

    def _new(self, decoded: Sequence[tuple[RawIssue, RawFields]]) -> Iterator[_New]:
        for raw, fields in decoded:
            mark = fingerprint(raw)
            seen = self._seen(raw.id)
            if seen is not None and seen.mark == mark:
                self._met[raw.id] = milliseconds(moment(fields.updated)), seen
                self._known.pop(raw.id, None)
            else:
                yield _New(raw, fields, mark)

    def _seen(self, issue: str) -> Seen | None:
        return self._met[issue][1] if issue in self._met else self._known.get(issue)

    def _new_events(self, one: _New, issue: Issue, changelog: Sequence[RawHistory], words: Words) -> list[Event]:
        """The events that were not handed on; all of them for an issue that was out of sight for a while."""
        events = events_of(issue, to_account(one.fields.creator), changelog, words)
        seen = self._start.seen.get(issue.ref.id)
        if seen is None:
            return events
        fresh = {history.id for history in changelog if int(history.id) > seen.newest}
        return [event for event in events if event.id.partition(":")[0] in fresh]

    def _words(self, new: Sequence[_New]) -> Words:
        words = self._access.words()
        unknown = [one for one in new if one.fields.status is not None and one.fields.status.id not in words.done]
        return self._access.words(fresh=True) if unknown else words

    def _comments(self, one: _New) -> Sequence[RawComment]:
        shown = one.fields.comment
        if shown is None or not shown.number:
            return ()
        whole = shown.total is not None and len(shown.comments) >= shown.total
        return shown.comments if whole else read_comments(self._access, one.raw.id)

    def _on_the_way(self, last: int | None) -> Progress:
        """The mark behind a page that is not the last one."""
        since = self._settled(last)
        if since is not None:
            self._met = {key: met for key, met in self._met.items() if met[0] >= since}
        # what was seen in the last reading may come on a later page
        return self._mark(since, dict(self._known))

    def _final(self, last: int | None) -> Progress:
        return self._mark(self._settled(last + 1 if last is not None else None), {})

    def _mark(self, since: int | None, kept: dict[str, Seen]) -> Progress:
        seen = {key: seen for key, (updated, seen) in self._met.items() if since is None or updated >= since}
        return Progress(self._project.id, since, kept | seen)

    def _settled(self, last: int | None) -> int | None:
        """From when on to ask next: nothing that bears an earlier `updated` can still turn up."""
        if last is None:
            return self._start.since
        since = min(last, self._border)
        return since if self._start.since is None else max(since, self._start.since)
