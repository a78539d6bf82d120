"""Whether people changed anything of what nobody wants carried over."""

from collections.abc import Iterator

import msgspec

from tierkeeper.plugins.markup.text import digest
from tierkeeper.plugins.model.event import History
from tierkeeper.rules.mirroring.text import mark
from tierkeeper.sync.planning.sheet import same


def state_of(*said: History, flag: str) -> str:
    """What tells whether people changed anything of an issue, or of two twins: not what we said or flagged there."""
    return digest("\n".join(part for history in said for part in _parts(history, flag)))


def _parts(history: History, flag: str) -> Iterator[str]:
    issue = history.issue
    labels = sorted(label for label in issue.labels if not same(label, flag))
    plain = msgspec.structs.replace(issue, updated=issue.created, comments=0, labels=tuple(labels))
    yield msgspec.json.encode(plain).decode()
    for comment in history.comments:
        if comment.author is None or comment.author.id.casefold() != history.own.casefold():
            yield f"{comment.id} {mark(comment.body)}"
