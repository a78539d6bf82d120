"""What Jira says of the files on an issue, pure."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from tierkeeper.plugins.model.attachment import Attachment


class RawOwner(msgspec.Struct, rename="camel"):
    """Who put a file there."""

    account_id: str | None = None


class RawAttachment(msgspec.Struct, rename="camel"):
    """A file."""

    id: str | int = ""
    created: str = ""
    filename: str = ""
    mime_type: str = ""
    size: int | None = None
    author: RawOwner | None = None

    def __post_init__(self) -> None:
        # found out here, an error still knows the answer that holds it
        if self.created:
            datetime.fromisoformat(self.created)


def to_attachments(raw: Sequence[RawAttachment] | None, site: str) -> tuple[Attachment, ...]:
    """Give the files, oldest first; none where the field is hidden, nor one without an id or a time."""
    found = [to_attachment(one, site) for one in raw or () if one.id and one.created]
    return tuple(sorted(found, key=lambda one: (one.created, one.id)))


def to_attachment(raw: RawAttachment, site: str) -> Attachment:
    """Give the file; its address is made of the site's, since behind the gateway an answer's leads to the gateway."""
    read = datetime.fromisoformat(raw.created)
    return Attachment(
        id=str(raw.id),
        name=raw.filename,
        created=read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC),
        size=raw.size,
        mime=raw.mime_type,
        by=(raw.author.account_id if raw.author is not None else None) or "",
        url=f"{site}/rest/api/3/attachment/content/{raw.id}" if site else "",
    )
