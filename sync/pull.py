"""Pulls: what a tracker yields is stored some pages at a time, since each transaction has its price."""

from collections.abc import Iterable, Iterator, Sequence

from tierkeeper.plugins.errors import TrackerError
from tierkeeper.plugins.tracker import Batch

ENOUGH = 1000
"""How many issues, events and comments are stored at once; what was not stored is read again after a kill."""


def gathered(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The same in larger batches. What came before an error is given before it is raised."""
    held: list[Batch] = []
    rows = 0
    try:
        for batch in batches:
            held.append(batch)
            rows += len(batch.issues) + len(batch.events) + len(batch.comments)
            if rows >= ENOUGH or batch.gone:  # what is gone in one batch may be back in the next
                yield _joined(held)
                held, rows = [], 0
    except TrackerError:
        if held:
            yield _joined(held)
        raise
    if held:
        yield _joined(held)


def _joined(batches: Sequence[Batch]) -> Batch:
    """One batch that brings what these bring, in their order, up to the last one's cursor."""
    if len(batches) == 1:
        return batches[0]
    return Batch(
        cursor=batches[-1].cursor,
        issues=tuple([item for batch in batches for item in batch.issues]),
        events=tuple([item for batch in batches for item in batch.events]),
        comments=tuple([item for batch in batches for item in batch.comments]),
        gone=tuple([ref for batch in batches for ref in batch.gone]),
        incomplete=tuple([id_ for batch in batches for id_ in batch.incomplete]),
    )
