"""Writes to one issue with the fewest requests, and believes only what a look afterwards shows.

The order: one PUT of labels, fields and assignee; transitions; a look at the issue; comments. What Jira's own limit on
writes to one issue refuses is that issue's error, and nobody else's.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from tierkeeper.plugins.errors import NotFound, OutOfBudget, TrackerError, UnexpectedAnswer, WriteRefused
from tierkeeper.plugins.jira.access import KINDS, SERVICE, Access, issue_path
from tierkeeper.plugins.jira.choices import spelt
from tierkeeper.plugins.jira.convert import RawComment, RawFields, RawIssue, RawStatus, decode_fields, moment
from tierkeeper.plugins.jira.edits import Comparison, Edit, of_kind
from tierkeeper.plugins.jira.reading import issue_here
from tierkeeper.plugins.jira.relations import Relator
from tierkeeper.plugins.jira.texts import comment_body, remote_link, same_text
from tierkeeper.plugins.jira.transitions import Atlas, Target, fill, find_way, target_of, ways_out
from tierkeeper.plugins.model.change import (
    Acknowledge,
    Applied,
    Change,
    DeleteComment,
    Detach,
    EditComment,
    LinkTo,
    PostComment,
    Relate,
    SetState,
    Unknown,
    Unlink,
    Unrelate,
)
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.transport.answer import UNREADABLE, Answer
from tierkeeper.plugins.transport.answer import Unknown as NoAnswer
from tierkeeper.plugins.transport.paths import quote_segment

_WITH_ISSUE = 200
_APART = (PostComment, EditComment, DeleteComment, Detach, Acknowledge, LinkTo, Unlink, Relate, Unrelate)
"""What is no part of the issue itself. Nothing is written to acknowledge a comment: Jira has no sign for that."""
_SAID = (PostComment, EditComment)


class _Unsure(Exception):  # ends the writes of one issue; the caller gets it as Unknown
    """Whether the last write was done is not known."""


class IssueWriter:
    """All that is written to one issue in one go."""

    def __init__(self, access: Access, queue: Queue, issue: str) -> None:
        self._access = access
        self._queue = queue
        self._issue = issue
        self._path = issue_path(issue)
        self._labels: tuple[str, ...] | None = None
        self._updated: datetime | None = None
        self._comments: dict[str, str] = {}
        self._written: list[str] = []

    def apply(self, changes: Sequence[Change]) -> Applied | Unknown:
        """Write the changes. An error names what was written before it."""
        before = sum(self._access.transport.requests.values())
        try:
            self._write(changes)
        except _Unsure as unsure:
            return Unknown(f"{self._queue.place}, issue {self._issue}: {unsure}{self._so_far()}")
        except TrackerError as error:
            slow = isinstance(error, OutOfBudget) and error.one_issue
            why = "Jira slows writes to this issue, and to no other: " if slow else ""
            error.args = (f"{why}{error}{self._so_far()}", *error.args[1:])
            raise
        return Applied(
            updated=self._updated,
            labels=self._labels,
            comments=self._comments,
            requests=sum(self._access.transport.requests.values()) - before,
        )

    def _so_far(self) -> str:
        return f" (written before that: {', '.join(self._written)})" if self._written else ""

    def _write(self, changes: Sequence[Change]) -> None:
        for post in of_kind(PostComment, changes):
            self._check_audience(post)  # before anything is written
        native = [change for change in changes if not isinstance(change, _APART)]
        if native:
            self._write_native(native)
        elif self._issue not in self._access.here and any(isinstance(change, _SAID) for change in changes):
            self._look()
        for link in of_kind(LinkTo, changes):
            self._send("POST", f"{self._path}/remotelink", remote_link(link))  # Jira keeps one link a key
            self._written.append(f"a link to {link.title}")
        for ended in of_kind(Unlink, changes):
            self._let_go(f"remotelink?globalId={quote_segment(ended.key)}", "a link taken back")
        for post in of_kind(PostComment, changes):
            self._post(post)
        for edit in of_kind(EditComment, changes):
            self._edit(edit)
        for gone in of_kind(DeleteComment, changes):
            self._let_go(f"comment/{quote_segment(gone.id)}", f"comment {gone.id} deleted")
        for file in of_kind(Detach, changes):
            self._let_go(f"/attachment/{quote_segment(file.id)}", f"file {file.id} deleted")
        relator = Relator(self._access, self._issue, self._send)
        for parted in of_kind(Unrelate, changes):
            self._written.append(relator.unrelate(parted))
        for related in of_kind(Relate, changes):
            self._written.append(relator.relate(related))

    # Labels, fields, people, status

    def _write_native(self, changes: Sequence[Change]) -> None:
        raw, fields = self._look()
        changes = spelt(self._access, self._issue, fields, changes)
        edit, shown = Edit(self._access, fields).of(changes), None
        if edit.body:
            notify = "" if self._access.options.notify else "&notifyUsers=false"
            shown = _shown(self._send("PUT", f"{self._path}?returnIssue=true{notify}", edit.body))
            self._written.append(edit.said)
        moved = False
        for state in of_kind(SetState, changes):
            moved |= self._move(fields, target_of(state))
        if moved or (edit.body and shown is None):
            raw, fields = self._look()
        elif shown is not None:
            raw, fields = shown, decode_fields(shown)
        self._demand(raw, fields, changes)
        self._labels, self._updated = tuple(fields.labels), moment(fields.updated)

    def _look(self) -> tuple[RawIssue, RawFields]:
        return issue_here(self._access, self._queue, self._issue)

    def _move(self, fields: RawFields, target: Target) -> bool:
        """Bring the issue to a status, hop by hop; whether it was moved at all. One that gets stuck is put back."""
        start = fields.status
        if start is None or fields.issuetype is None:
            raise WriteRefused("Jira does not show the issue's status, so that it cannot be changed")
        atlas = Atlas(self._access, self._access.project(self._queue.place), fields.issuetype.id)
        visited = [start]
        try:
            self._walk(visited, target, atlas)
        except WriteRefused:
            if len(visited) > 1:
                with suppress(WriteRefused):
                    self._walk([visited[-1]], Target(open=not start.done, status=start.name), atlas)
            raise
        return len(visited) > 1

    def _walk(self, visited: list[RawStatus], target: Target, atlas: Atlas) -> None:
        """Go on from the last status that was visited."""
        while not target.is_met(here := visited[-1]):
            atlas.learn(here, ways_out(self._access, self._issue))
            way = find_way(here, target, atlas)[0]
            if way.to.id in {status.id for status in visited}:
                raise WriteRefused(f"the workflow leads back to {way.to.name!r}: no way to {target} was found")
            body: dict[str, Any] = {"transition": {"id": way.id}}
            if filled := fill(way, self._filled, target.reason):
                body["fields"] = filled
            self._send("POST", f"{self._path}/transitions", body)
            visited.append(way.to)
            self._written.append(f"status {way.to.name}")

    def _filled(self, names: Sequence[str]) -> frozenset[str]:
        """Which of these fields the issue has a value for."""
        answer = self._access.transport.get(f"{self._path}?fields={','.join(names)}").decode(RawIssue)
        values = msgspec.json.decode(answer.fields, type=dict[str, Any])
        return frozenset(name for name in names if values.get(name) not in (None, "", []))

    def _demand(self, raw: RawIssue, fields: RawFields, changes: Sequence[Change]) -> None:
        """Raise unless the issue shows all that was asked for."""
        wrong = list(Comparison(self._access, raw, fields).differences(changes))
        if wrong:
            raise WriteRefused(
                f"Jira took the request but the issue does not show it: {'; '.join(wrong)}: "
                "an automation may have changed it back, or our account may not do this"
            )

    # Comments

    def _check_audience(self, post: PostComment) -> None:
        project = self._access.project(self._queue.place)
        if project.kind not in KINDS:
            raise WriteRefused(
                f"{project.key} is a project of an unknown kind ({project.kind or 'none'}): nobody can tell who would "
                "read a comment there, so that none is posted"
            )
        if not post.internal and project.kind == SERVICE and not self._access.options.public_status:
            raise WriteRefused("a comment that customers see was refused: desk.yaml does not set `public_status: true`")

    def _post(self, change: PostComment) -> None:
        body = comment_body(change.body, change.marker, internal=change.internal)
        answer = self._sure(self._access.transport.create(f"{self._path}/comment", body))
        comment = answer.decode(RawComment)
        if change.internal and comment.jsd_public:
            self._send("DELETE", f"{self._path}/comment/{quote_segment(comment.id)}")
            raise WriteRefused("Jira made our internal comment public; it was deleted at once")
        self._demand_text(comment, body)
        self._comments[change.marker] = comment.id
        self._written.append("a comment")

    def _edit(self, change: EditComment) -> None:
        path = f"{self._path}/comment/{quote_segment(change.id)}"
        body = comment_body(change.body, change.marker, internal=self._is_internal(path))
        comment = self._send("PUT", path, body).decode(RawComment)
        self._demand_text(comment, body)
        self._written.append(f"comment {change.id}")

    def _is_internal(self, path: str) -> bool:
        """Whether a comment of ours is to stay internal; only where the policy allows public ones it is looked at."""
        if not self._access.options.public_status:
            return True
        return not self._access.transport.get(path).decode(RawComment).jsd_public

    def _let_go(self, path: str, said: str) -> None:
        """Delete a thing of the issue; one that is gone already is as good, unless it is the issue that is gone."""
        try:
            self._send("DELETE", path if path.startswith("/") else f"{self._path}/{path}")
        except NotFound:
            self._access.transport.get(f"{self._path}?fields=updated")
        self._written.append(said)

    def _demand_text(self, comment: RawComment, body: dict[str, Any]) -> None:
        if not same_text(msgspec.json.decode(comment.body), body["body"]):
            raise WriteRefused(f"comment {comment.id} does not hold what was written")
        updated = moment(comment.updated)
        self._updated = max(updated, self._updated or updated)

    def _send(self, method: str, path: str, body: object | None = None) -> Answer:
        return self._sure(self._access.transport.write(method, path, body))

    @staticmethod
    def _sure(answer: Answer | NoAnswer) -> Answer:
        if isinstance(answer, NoAnswer):
            raise _Unsure(answer.reason)
        return answer


def _shown(answer: Answer) -> RawIssue | None:
    """The whole issue in the answer to an edit; None where Jira shows none, or only what was edited."""
    if answer.status != _WITH_ISSUE:
        return None
    try:
        raw = answer.decode(RawIssue)
        shown = msgspec.json.decode(raw.fields, type=dict[str, msgspec.Raw])
    except (UnexpectedAnswer, *UNREADABLE):  # the edit was done all the same: a look will show it
        return None
    return raw if {"updated", "labels", "status", "issuetype"} <= shown.keys() else None
