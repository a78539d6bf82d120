"""What is to be written to a tracker, in native terms; and what a tracker answers."""

from datetime import datetime

import msgspec

from tierkeeper.plugins.model.issue import Account, Issue


class AddLabel(msgspec.Struct, frozen=True, tag=True):
    """Put this label on the issue."""

    name: str


class RemoveLabel(msgspec.Struct, frozen=True, tag=True):
    """Take this label off the issue."""

    name: str


class SetField(msgspec.Struct, frozen=True, tag=True):
    """Give a native field this value (None: clear it)."""

    name: str
    value: str | None


class SetText(msgspec.Struct, frozen=True, tag=True):
    """Give the issue this text, in Markdown."""

    body: str


class SetState(msgspec.Struct, frozen=True, tag=True):
    """Open or close the issue, with a reason where the tracker has one; or, with `status`, move it to that status."""

    open: bool
    reason: str = ""
    status: str = ""


class Assign(msgspec.Struct, frozen=True, tag=True):
    """Add this account to those assigned (where only one fits: put it in place)."""

    account: str


class Unassign(msgspec.Struct, frozen=True, tag=True):
    """Take this account off the issue."""

    account: str


class PostComment(msgspec.Struct, frozen=True, tag=True):
    """A new comment in Markdown. `marker` makes it recognisable as ours and as this one; sent once."""

    body: str
    marker: str
    internal: bool = True


class EditComment(msgspec.Struct, frozen=True, tag=True):
    """Our comment `id` gets this body."""

    id: str
    body: str
    marker: str


class DeleteComment(msgspec.Struct, frozen=True, tag=True):
    """Our comment `id` goes."""

    id: str


class Detach(msgspec.Struct, frozen=True, tag=True):
    """Our file `id` goes; one that is not there is as good."""

    id: str


class Acknowledge(msgspec.Struct, frozen=True, tag=True):
    """Show that somebody's comment `id` was taken note of, without a word; again is the same as once."""

    id: str


class LinkTo(msgspec.Struct, frozen=True, tag=True):
    """Show on the issue that it belongs to a thing elsewhere, at `url`; again with the same `key` is the same as once.

    A tracker without such links writes nothing for it.
    """

    url: str
    title: str
    key: str


class Relate(msgspec.Struct, frozen=True, tag=True):
    """Let another issue of the place, `other` (`Ref.id`), be this to the issue: its parent, a blocker; as Relation."""

    kind: str
    other: str


class Unrelate(msgspec.Struct, frozen=True, tag=True):
    """Let the other issue be that no longer; where it is not, that is as good."""

    kind: str
    other: str


class Unlink(msgspec.Struct, frozen=True, tag=True):
    """Take back the link with this `key`; one that is not there is as good."""

    key: str


Change = (
    AddLabel
    | RemoveLabel
    | SetField
    | SetText
    | SetState
    | Assign
    | Unassign
    | PostComment
    | EditComment
    | DeleteComment
    | Detach
    | Acknowledge
    | LinkTo
    | Relate
    | Unrelate
    | Unlink
)


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """All was written and the answers say so.

    `updated` is the issue's own time (UTC) after the writes where an answer gave it; `labels` are all labels that the
    issue bears now, None where no answer listed them; `comments` maps markers to the ids of new comments.
    """

    updated: datetime | None = None
    labels: tuple[str, ...] | None = None
    comments: dict[str, str] = {}
    requests: int = 0


class Unknown(msgspec.Struct, frozen=True):
    """Whether the write was done is not known; the issue is looked at again before anything is sent."""

    reason: str


class Marker(msgspec.Struct, frozen=True):
    """What makes a created thing recognisable: `desk` and `key` stand in it, and nowhere else."""

    desk: str
    key: str

    @property
    def text(self) -> str:
        """Both, as an issue shows them that was read."""
        return f"{self.desk}:{self.key}"


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An issue to be created. `body` is Markdown."""

    title: str
    body: str
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    fields: dict[str, str] = {}


class Created(msgspec.Struct, frozen=True):
    """The new issue, as its answer shows it."""

    issue: Issue


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """Where to look for a thing whose creation had no answer: made by `account`, not before `since` (UTC)."""

    since: datetime
    account: Account


class NotThere(msgspec.Struct, frozen=True):
    """A consistent look shows that it was not created."""


class Unclear(msgspec.Struct, frozen=True):
    """It cannot be ruled out that it was created; nothing may be sent again."""

    reason: str


class UnknownMembers(msgspec.Struct, frozen=True):
    """Who is in a role cannot be read now."""

    reason: str
