"""Issues, events and comments to fill a ledger with."""

from datetime import UTC, datetime, timedelta

from tierkeeper.plugins.model.event import Event, Verdict
from tierkeeper.plugins.model.issue import Account, Comment, Issue, Ref
from tierkeeper.plugins.tracker import Batch

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
QUEUE = "webapp"
MARA = Account("mara", "Mara")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def ref(number: int) -> Ref:
    return Ref(QUEUE, str(number), str(number))


def an_issue(number: int = 1, *, updated: int = 0, title: str = "No login", is_open: bool = True) -> Issue:
    return Issue(
        ref=ref(number),
        title=title,
        created=NOW,
        updated=NOW + minutes(updated),
        open=is_open,
        author=MARA,
        body="Help",
    )


def an_event(id_: str, issue: int = 1, *, at: float = 0, after: str = "tier:support") -> Event:
    return Event(id=id_, issue=str(issue), at=NOW + minutes(at), kind="label", name=after, after=after, actor=MARA)


def a_comment(id_: str, issue: int = 1, *, at: float = 0, updated: float | None = None, body: str = "Hi") -> Comment:
    edited = at if updated is None else updated
    return Comment(
        id=id_, issue=str(issue), at=NOW + minutes(at), updated=NOW + minutes(edited), body=body, author=MARA
    )


def a_batch(*items: Issue | Event | Comment, cursor: str = "1") -> Batch:
    return Batch(
        cursor=cursor,
        issues=tuple(item for item in items if isinstance(item, Issue)),
        events=tuple(item for item in items if isinstance(item, Event)),
        comments=tuple(item for item in items if isinstance(item, Comment)),
    )


def a_verdict_of(parent: str, event: str = "1") -> Verdict:
    """That a report was joined under another one."""
    return Verdict(facet="/duplicate", event=f"comment:{event}", outcome="allowed", at=NOW, after=parent, by="mara")
