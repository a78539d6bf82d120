"""An issue as a tracker shows it now: who, what, and the native values that facets are read from."""

from datetime import datetime
from typing import Literal

import msgspec

from tierkeeper.plugins.model.attachment import Attachment
from tierkeeper.plugins.model.relation import Relation

AccountKind = Literal["human", "bot", "app", "deleted"]


class Ref(msgspec.Struct, frozen=True, order=True, gc=False):
    """Which issue. `id` never changes in its queue (GitHub: the number; Jira: the numeric id); `key` is for people."""

    queue: str
    id: str
    key: str

    def __str__(self) -> str:
        """``HELP-7`` where the key says its project, else ``webapp#31``."""
        return f"{self.queue}#{self.key}" if self.key.isdigit() else self.key


class Account(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """An account on a tracker. `id` is what the policy names: GitHub's login, Jira's accountId."""

    id: str
    name: str = ""
    kind: AccountKind = "human"

    @property
    def human(self) -> bool:
        """Whether a person acts through it, as far as the tracker says."""
        return self.kind == "human"

    @property
    def shown(self) -> str:
        """The name that people know."""
        return self.name or self.id


class Comment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One comment. `issue` is the `Ref.id` it stands on; times are UTC; `body` is Markdown or plain text.

    `marker` makes it one of ours; `source` is the digest of the Markdown that we wrote, where the tracker keeps another
    format and `body` is read back from that. `document` is what people wrote there, as the tracker keeps it (JSON).
    `internal`: not all who read the issue read it. `attachments` are files that its text leads to, where the
    tracker keeps them in texts and not on the issue.
    """

    id: str
    issue: str
    at: datetime
    updated: datetime
    body: str
    author: Account | None = None
    internal: bool = False
    app: str = ""
    marker: str = ""
    source: str = ""
    document: str = ""
    attachments: tuple[Attachment, ...] = ()

    @property
    def edited(self) -> bool:
        """Whether it was changed after it was written; trackers do not say by whom."""
        return self.updated > self.at


class Issue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A snapshot. Times are UTC; `fields` holds native fields by name; `reason` is why it was closed.

    `marker` is what a create of ours left on it (`Marker.text`); it counts only where our account is the author.
    `document` is the text as the tracker keeps it (JSON), where that is no Markdown and `body` is read from it.
    `restricted`: not all who read the queue read it. `attachments` are its files, or those that its text leads to.
    `relations` are the other issues that it belongs to.
    """

    ref: Ref
    title: str
    created: datetime
    updated: datetime
    open: bool
    body: str = ""
    reason: str = ""
    author: Account | None = None
    labels: tuple[str, ...] = ()
    assignees: tuple[Account, ...] = ()
    fields: dict[str, str] = {}
    comments: int = 0
    locked: bool = False
    url: str = ""
    marker: str = ""
    document: str = ""
    restricted: bool = False
    attachments: tuple[Attachment, ...] = ()
    relations: tuple[Relation, ...] = ()
