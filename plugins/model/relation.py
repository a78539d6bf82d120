"""How issues of one place belong together: the one that an issue is part of, and links between two."""

import msgspec

PARENT = "parent"
"""The kind of a relation to the issue that another one is part of."""

BLOCKS = "Blocks"
"""The link by which an issue waits for another one, as trackers call it that have kinds of links."""

ANY_LINK = "*"
"""Stands for every kind of link, where a tracker's own people make up the kinds."""


class Relation(msgspec.Struct, frozen=True, order=True):
    """What another issue is to this one: its parent, or that which the link `kind` comes from (a blocker).

    `other` is its `Ref.id`. Of the two ends of a link the one that it leads to holds it.
    """

    kind: str
    other: str
