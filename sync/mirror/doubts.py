"""What may have crossed already between two that were found again: it is looked for before it is sent."""

from datetime import timedelta

import msgspec

from tierkeeper.plugins.model.mirror import Link
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.mirror.comments import intended
from tierkeeper.sync.mirror.pairs import Pair
from tierkeeper.sync.mirror.scout import histories

_LAG = timedelta(hours=1)
"""How far what a search shows of an issue may be behind, and our clock off."""


def with_doubts(ledger: Ledger, pair: Pair, before: Link, after: Link) -> Link:
    """The link as it was `before`, with the comments that are new `after` and may have crossed before it was met."""
    fresh = {one.original for one in (*after.comments, *after.answers) if not one.twin}
    if before.met is None or before.target is None or not fresh:
        return before
    sides = ((pair.source, before.source), (pair.target, before.target))
    said = (one for side, ref in sides for known in histories(ledger, side, [ref]) for one in known.comments)
    if not any(one.id in fresh and one.at <= before.met + _LAG for one in said):
        return before
    return msgspec.structs.replace(
        before,
        comments=intended(before.comments, after.comments),
        answers=intended(before.answers, after.answers),
    )
