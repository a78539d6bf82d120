"""What is to be done for a pair: its twin made, what changed carried over, a move followed."""

import msgspec

from tierkeeper.plugins.model.attachment import Attachment
from tierkeeper.plugins.model.change import Change, Draft, PostComment, Relate, Unrelate
from tierkeeper.plugins.model.event import Verdict
from tierkeeper.plugins.model.mirror import Link
from tierkeeper.sync.plan import IssuePlan


class Making(msgspec.Struct, frozen=True, kw_only=True):
    """A twin that is to be made. `creates`: with its comments. `notices` are for the operator."""

    plan: IssuePlan
    draft: Draft
    link: Link
    creates: int = 1
    notices: tuple[str, ...] = ()


class Carrying(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written to both sides, and how the link is after that.

    `verdicts` are kept before the write. `looks`: a person's act on the twin is put back, or its text written anew, of
    which no history tells: it is looked at again first. `files` are to be copied. `held`: who may do what is not known
    yet. `turned` are the facets that the twin changes on its source.
    """

    plan: IssuePlan
    to_source: tuple[Change, ...]
    to_target: tuple[Change, ...]
    link: Link
    verdicts: tuple[Verdict, ...] = ()
    notices: tuple[str, ...] = ()
    looks: bool = False
    files: tuple[Attachment, ...] = ()
    relating: tuple[Relate | Unrelate, ...] = ()
    held: bool = False
    turned: frozenset[str] = frozenset()

    @property
    def creates(self) -> int:
        """How many comments and files are to be made."""
        return len(self.files) + sum(isinstance(change, PostComment) for change in (*self.to_source, *self.to_target))

    @property
    def changes(self) -> bool:
        """Whether anything is to be written or kept."""
        return bool(self.to_source or self.to_target or self.verdicts or self.files or self.relating)


class Following(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of which people moved one issue, or both: how its link is from now on, and how it `was`."""

    plan: IssuePlan
    link: Link
    was: Link
    to_source: tuple[Change, ...]
    creates: int = 0


Work = Making | Carrying | Following
