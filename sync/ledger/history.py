"""Histories as they are stored, read back in chunks: the hot path of every judgement, review and backtest."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import BindParameter, Connection, Select, bindparam, select

from tierkeeper.plugins.model.event import Event, History, Verdict
from tierkeeper.plugins.model.issue import Comment, Issue, Ref
from tierkeeper.sync.ledger.act import Act
from tierkeeper.sync.ledger.base import Store
from tierkeeper.sync.ledger.intake import chunks
from tierkeeper.sync.ledger.rows import Known, to_time_or_none
from tierkeeper.sync.ledger.schema import act, comment, event, incomplete, issue, snapshot, verdict

T = TypeVar("T")

_to_issue = msgspec.msgpack.Decoder(Issue).decode
_to_event = msgspec.msgpack.Decoder(Event).decode
_to_comment = msgspec.msgpack.Decoder(Comment).decode
_to_verdict = msgspec.msgpack.Decoder(Verdict).decode
_to_act = msgspec.msgpack.Decoder(Act).decode
_to_facets = msgspec.json.Decoder(dict[str, str | None]).decode

_QUEUE: BindParameter[str] = bindparam("queue")
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ISSUES = (
    select(
        issue.c.id,
        snapshot.c.blob,
        issue.c.dirty,
        issue.c.attempts,
        issue.c.wake_at,
        issue.c.fingerprint,
        issue.c.gone_why,
        issue.c.facets,
        incomplete.c.id,
    )
    .join(snapshot, (snapshot.c.queue == issue.c.queue) & (snapshot.c.id == issue.c.id))
    .outerjoin(incomplete, (incomplete.c.queue == issue.c.queue) & (incomplete.c.id == issue.c.id))
    .where(issue.c.queue == _QUEUE, issue.c.id.in_(_IDS))
)
_EVENTS = select(event.c.issue, event.c.blob).where(event.c.queue == _QUEUE, event.c.issue.in_(_IDS))
_COMMENTS = select(comment.c.issue, comment.c.blob).where(comment.c.queue == _QUEUE, comment.c.issue.in_(_IDS))
_VERDICTS = select(verdict.c.issue, verdict.c.blob).where(verdict.c.queue == _QUEUE, verdict.c.issue.in_(_IDS))
_DEEDS = (
    select(act.c.issue, act.c.blob)
    .where(act.c.queue == _QUEUE, act.c.issue.in_(_IDS), act.c.for_person == 1)
    .order_by(act.c.number)
)


class Histories(Store):
    """The part of the ledger that gives back what is known of issues."""

    def histories(self, queue: str, refs: Sequence[Ref], *, own: str) -> list[Known]:
        """What is known of these issues, in their order; those never stored are left out. `own` is our account's id.

        Events are ordered by time, then by id; comments by time. Five queries for 500 issues, whatever they hold.
        """
        found: list[Known] = []
        with self._reading() as connection:
            for chunk in chunks([ref.id for ref in refs]):
                found += _read(connection, queue, chunk, own)
        return found

    def history(self, queue: str, ref_id_or_key: str, *, own: str = "") -> Known | None:
        """What is known of one issue, named by its id or, as people do, by its key."""
        with self._reading() as connection:
            found = _read(connection, queue, (ref_id_or_key,), own)
            if not found:
                by_key = select(issue.c.id).where(
                    issue.c.queue == queue, issue.c.key == ref_id_or_key, issue.c.key != issue.c.id
                )
                found = _read(connection, queue, tuple(connection.scalars(by_key)), own)
        return found[0] if found else None


def _read(connection: Connection, queue: str, ids: Sequence[str], own: str) -> list[Known]:
    if not ids:
        return []
    asked = {"queue": queue, "ids": ids}
    events = _grouped(connection, _EVENTS, asked, _to_event)
    comments = _grouped(connection, _COMMENTS, asked, _to_comment)
    verdicts = _grouped(connection, _VERDICTS, asked, _to_verdict)
    acts = _grouped(connection, _DEEDS, asked, _to_act)
    known: dict[str, Known] = {}
    for id_, blob, dirty, attempts, wake_at, fingerprint, gone, facets, missing in connection.execute(
        _ISSUES, asked
    ).all():
        history = History(
            issue=_to_issue(blob),
            events=tuple(sorted(events.get(id_, ()), key=_by_time_and_id)),
            comments=tuple(sorted(comments.get(id_, ()), key=_by_time_and_id)),
            verdicts=tuple(sorted(verdicts.get(id_, ()), key=lambda one: one.at)),
            deeds=tuple(deed for deed in (one.deed() for one in acts.get(id_, ())) if deed is not None),
            own=own,
            complete=missing is None,
        )
        known[id_] = Known(
            history=history,
            dirty=dirty == 1,
            attempts=attempts,
            wake_at=to_time_or_none(wake_at),
            fingerprint=fingerprint,
            gone=gone,
            facets=_to_facets(facets),
        )
    return [known[id_] for id_ in ids if id_ in known]


def _grouped(
    connection: Connection, asked: Select[Any], values: dict[str, Any], decode: Callable[[bytes], T]
) -> dict[str, list[T]]:
    """Rows of (issue, struct), by issue."""
    groups: dict[str, list[T]] = {}
    for id_, blob in connection.execute(asked, values).all():
        group = groups.get(id_)
        if group is None:
            groups[id_] = [decode(blob)]
        else:
            group.append(decode(blob))
    return groups


def _by_time_and_id(one: Event | Comment) -> tuple[object, int, str]:
    """Ids are numbers written out: of the same time, the shorter one is the older, then the one that sorts first."""
    return (one.at, len(one.id), one.id)
