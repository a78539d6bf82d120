"""What a look at the mirrors came to."""

from collections.abc import Iterator

import msgspec

from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.mirror import Link
from tierkeeper.sync.mirror.pairs import Pair
from tierkeeper.sync.mirror.works import Work


class Found(msgspec.Struct, kw_only=True):
    """What there is to do; what is in step; and links that only have to be kept as they are now.

    `waiting` are looked at again in the next cycle; `left_out` is what those say that nobody wants carried over;
    `flagged` bear the label that says that they were put aside. `doubts` name a twin that nobody knows: they are put
    aside. `unseen` are to be looked at directly: another issue seems to be what became of them. `notices` and
    `problems` are for the operator.
    """

    works: list[tuple[Pair, Work]] = []
    in_step: list[Ref] = []
    links: list[Link] = []
    waiting: list[Ref] = []
    left_out: dict[Ref, str] = {}
    flagged: list[Ref] = []
    doubts: list[tuple[Ref, str]] = []
    unseen: list[tuple[Ref, Ref]] = []
    notices: list[str] = []
    problems: list[str] = []

    def busy(self) -> Iterator[Ref]:
        """Those that are not done with, whatever another mirror says of them."""
        yield from (*self.waiting, *self.left_out, *(ref for ref, _ in self.doubts))
        for _, work in self.works:
            yield work.link.source
            if work.link.target is not None:
                yield work.link.target
