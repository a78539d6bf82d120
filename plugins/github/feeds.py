"""Pulls a repository: issues, then events, then comments, each with the cursor behind it."""

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec

from tierkeeper.plugins.errors import Moved
from tierkeeper.plugins.github.access import Access, root
from tierkeeper.plugins.github.convert import decode_comments, decode_issues, to_comment, to_issue
from tierkeeper.plugins.github.cursor import Progress, decode_cursor, encode_cursor
from tierkeeper.plugins.github.history import EventFeed
from tierkeeper.plugins.github.keyset import Keyset, Row
from tierkeeper.plugins.github.relations import with_blockers
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.issue import Comment, Issue
from tierkeeper.plugins.tracker import Batch, Cursor
from tierkeeper.plugins.transport.answer import Answer

_SORTED = "sort=updated&direction=asc&per_page=100"


class Pull:
    """One pull of one queue. Idle, it costs one conditional request a feed."""

    def __init__(self, access: Access, queue: Queue) -> None:
        self._access = access
        self._queue = queue
        home = root(queue.place)
        rows = partial(_issue_rows, queue=queue.name, access=access, place=queue.place)
        self._issues = Keyset[Issue](access, f"{home}/issues?state=all&{_SORTED}", rows)
        self._comments = Keyset[Comment](access, f"{home}/issues/comments?{_SORTED}", _comment_rows)

    def batches(self, cursor: Cursor) -> Iterator[Batch]:
        """What is new since `cursor`."""
        with self._access.telling(self._queue.place):
            try:
                yield from self._batches(decode_cursor(cursor))
            except Moved:
                self._access.repository(self._queue.place, fresh=True)  # says what the new name is
                raise

    def _batches(self, progress: Progress) -> Iterator[Batch]:
        progress = self._same_repository(progress)
        for part in (self._issue_batches, self._event_batches, self._comment_batches):
            for behind, batch in part(progress):
                if behind == progress and not (batch.issues or batch.events or batch.comments or batch.incomplete):
                    continue
                progress = behind
                yield msgspec.structs.replace(batch, cursor=encode_cursor(progress))

    def _same_repository(self, progress: Progress) -> Progress:
        found = self._access.repository(self._queue.place)
        if progress.repository not in (0, found.id):
            raise Moved(
                f"another repository bears the name {self._queue.place} now; nothing was read: put the right one into "
                "desk.yaml, or give this one a queue of its own",
                location=self._queue.place,
            )
        return msgspec.structs.replace(progress, repository=found.id)

    def _issue_batches(self, progress: Progress) -> Iterator[tuple[Progress, Batch]]:
        border = self._queue.history_since
        for step in self._issues.steps(progress.issues):
            older = tuple(issue.ref.id for issue in step.items if border is not None and issue.created < border)
            progress = msgspec.structs.replace(progress, issues=step.mark)
            yield progress, Batch(cursor="", issues=self._whole(step.items), incomplete=older)

    def _whole(self, issues: Sequence[Issue]) -> tuple[Issue, ...]:
        return tuple([with_blockers(self._access, self._queue, issue) for issue in issues])

    def _event_batches(self, progress: Progress) -> Iterator[tuple[Progress, Batch]]:
        feed = EventFeed(self._access, self._queue.place, history_since=self._queue.history_since, issues=self._issues)
        for step in feed.steps(progress.events):
            progress = msgspec.structs.replace(progress, events=step.mark)
            yield progress, Batch(cursor="", events=step.events, incomplete=step.incomplete)

    def _comment_batches(self, progress: Progress) -> Iterator[tuple[Progress, Batch]]:
        for step in self._comments.steps(progress.comments):
            progress = msgspec.structs.replace(progress, comments=step.mark)
            yield progress, Batch(cursor="", comments=tuple(step.items))


def _issue_rows(answer: Answer, *, queue: str, access: Access, place: str) -> list[Row[Issue]]:
    fields = access.fields(place)
    return [
        # a pull request is no issue, but it moves the cursor like one
        Row(str(raw.number), raw.updated_at, to_issue(raw, queue, fields) if raw.pull_request is None else None)
        for raw in decode_issues(answer)
    ]


def _comment_rows(answer: Answer) -> list[Row[Comment]]:
    return [Row(str(raw.id), raw.updated_at, to_comment(raw)) for raw in decode_comments(answer)]
