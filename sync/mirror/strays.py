"""Pairs that no mirror of the policy sees to: the mirror that made them was taken out, or has another name now."""

from collections.abc import Iterator, Sequence

from tierkeeper.plugins.model.mirror import Mirror
from tierkeeper.sync.ledger.links import Links


def strays(links: Links, mirrors: Sequence[Mirror]) -> Iterator[str]:
    """What the operator is told of them, a line for each mirror that is missing."""
    known = {(mirror.name, mirror.source) for mirror in mirrors}
    for name, queue in sorted(links.led().keys() - known):
        left = sorted(link.source for link in links.made_by(name, queue) if not link.ended)
        if left:
            pairs = f"{len(left):,} pairs, of {left[0]} and others," if len(left) > 1 else f"the pair of {left[0]}"
            yield (
                f"mirror {name}: the policy has none of that name from {queue}, and {pairs} "
                f"{'were' if len(left) > 1 else 'was'} made by it; nothing of that is carried over: give the mirror "
                "its name back, or let pairs go with `tierkeeper mirror release`"
            )
