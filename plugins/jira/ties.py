"""What Jira shows of an issue's relations: its parent, and links with other issues. Pure."""

import msgspec

from tierkeeper.plugins.model.relation import PARENT, Relation

TIES = ("parent", "issuelinks")
"""The fields that are asked for."""


class RawOther(msgspec.Struct):
    """Another issue."""

    id: str = ""


class RawKind(msgspec.Struct):
    """A kind of link."""

    name: str = ""


class RawLink(msgspec.Struct):
    """A link between two issues, as one of them shows it: `inward` is the one that it comes from."""

    id: str
    type: RawKind
    inward: RawOther | None = msgspec.field(name="inwardIssue", default=None)


class RawTies(msgspec.Struct):
    """The fields of an issue that tell of others."""

    parent: RawOther | None = None
    issuelinks: list[RawLink] | None = None

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The parent, and the issues that links come from."""
        found = [Relation(PARENT, self.parent.id)] if self.parent is not None else []
        links = self.issuelinks or ()
        return tuple(sorted([*found, *(Relation(one.type.name, one.inward.id) for one in links if one.inward)]))
