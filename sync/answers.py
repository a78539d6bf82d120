"""What the answers to our own writes tell of an issue: kept at once, so that the same run can go by it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tierkeeper.plugins.model.change import (
    Acknowledge,
    Applied,
    Change,
    DeleteComment,
    EditComment,
    LinkTo,
    PostComment,
    Unlink,
)
from tierkeeper.plugins.model.issue import Account, Comment, Issue, Ref
from tierkeeper.plugins.tracker import Batch
from tierkeeper.sync.ledger.ledger import Ledger

_APART = PostComment | EditComment | DeleteComment | Acknowledge | LinkTo | Unlink


def native(changes: Sequence[Change]) -> list[Change]:
    """Those that change the issue itself: not what is said of it, nor where it leads to."""
    return [change for change in changes if not isinstance(change, _APART)]


def keep_issue(ledger: Ledger, issue: Issue, *, now: datetime) -> None:
    """Keep an issue as an answer showed it."""
    ledger.store(issue.ref.queue, Batch(cursor=ledger.cursor(issue.ref.queue), issues=(issue,)), now=now)


def keep_comments(
    ledger: Ledger, ref: Ref, changes: Sequence[Change], applied: Applied, *, account: Account, now: datetime
) -> None:
    """Keep our new comments, counted with the issue's: a feed that lags must not make us write them again."""
    at = applied.updated or now
    comments = tuple(
        Comment(
            id=applied.comments[change.marker],
            issue=ref.id,
            at=at,
            updated=at,
            body=change.body,
            author=account,
            marker=change.marker,
        )
        for change in changes
        if isinstance(change, PostComment) and change.marker in applied.comments
    )
    if not comments:
        return
    counted = tuple(
        msgspec.structs.replace(known.history.issue, comments=known.history.issue.comments + len(comments))
        for known in ledger.histories(ref.queue, [ref], own=account.id)
        if not known.gone
    )
    cursor = ledger.cursor(ref.queue)
    ledger.store(ref.queue, Batch(cursor=cursor, issues=counted, comments=comments), now=now)
