"""What the `mirror` commands answer. As stable as the shapes in `answers`."""

from datetime import datetime

import msgspec

from tierkeeper.sync.cli.answers import FORMAT, HeldAnswer, MirrorStatus


class PairAnswer(msgspec.Struct, kw_only=True):
    """Two twins, and the mirror that they are twins by."""

    mirror: str
    source: str
    twin: str


class MirrorListAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper mirror list`. `dropped` are the issues that nothing is carried over of until they change.

    `pairs` are named if they were asked for.
    """

    format: int = FORMAT
    command: str = "mirror list"
    desk: str
    as_of: datetime
    mirrors: list[MirrorStatus] = []
    pairs: list[PairAnswer] = []
    put_aside: list[HeldAnswer] = []
    dropped: list[str] = []


class MirrorDoneAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper mirror retry` and `drop`: the issues that it was done to."""

    format: int = FORMAT
    command: str
    issues: list[str] = []


class AdoptedAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper mirror adopt`: the two, and the facets on which they differ."""

    format: int = FORMAT
    command: str = "mirror adopt"
    mirror: str
    source: str
    twin: str
    differing: list[str] = []


class ReleasedAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper mirror release`: the pairs that were let go."""

    format: int = FORMAT
    command: str = "mirror release"
    pairs: list[PairAnswer] = []
