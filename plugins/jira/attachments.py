"""Files on issues: what Jira says of them, how large one may be, reading and adding one."""

from typing import BinaryIO

import msgspec

from tierkeeper.plugins.errors import NotFound, PermissionDenied, TrackerError, UnexpectedAnswer, WriteRefused
from tierkeeper.plugins.jira.access import Access, issue_path
from tierkeeper.plugins.jira.attached import RawAttachment, to_attachments
from tierkeeper.plugins.jira.reading import issue_here
from tierkeeper.plugins.model.attachment import Attachment, File, Withheld
from tierkeeper.plugins.model.change import Unknown
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.transport.answer import Unknown as NoAnswer
from tierkeeper.plugins.transport.files import Download, Upload
from tierkeeper.plugins.transport.paths import quote_segment

_TOO_LARGE = 413
_UNSAID = 10_485_760
"""How large a file may be where Jira does not tell."""


class _RawSettings(msgspec.Struct, rename="camel"):
    enabled: bool = True
    upload_limit: int = _UNSAID


def largest_file(access: Access) -> int:
    """How many bytes a file may have on this site; 0 where files are switched off."""

    def ask() -> int:
        found = access.transport.get("/attachment/meta").decode(_RawSettings)
        return found.upload_limit if found.enabled else 0

    return access.daily("largest file", int, ask)


def fetch_file(access: Access, attachment: Attachment, into: BinaryIO, most: int) -> File | Withheld:
    """Read a file. Jira is told to give it itself: a redirect would lead to another server."""
    download = Download(into, most)
    path = f"/attachment/content/{quote_segment(attachment.id)}?redirect=false"
    try:
        access.transport.get(path, into=download)
    except (NotFound, PermissionDenied):
        return Withheld("Jira does not give it to our account", secret=True)
    if download.too_large:
        return Withheld(f"it has more than {most:,} bytes")
    if attachment.size not in {None, download.size}:
        raise UnexpectedAnswer(f"Jira gave {download.size:,} bytes of {attachment.size:,}: it is tried again later")
    return File(name=attachment.name, mime=attachment.mime, size=download.size, digest=download.digest, content=into)


def attach_file(access: Access, queue: Queue, issue: str, file: File) -> Attachment | Withheld | Unknown:
    """Add a file to an issue; sent once."""
    if issue not in access.here:
        issue_here(access, queue, issue)
    try:
        answer = access.transport.create(f"{issue_path(issue)}/attachments", Upload(file))
    except PermissionDenied:
        return Withheld("our account may not add files there")
    except WriteRefused as error:
        large = "takes no more files on that issue, or none of this size"
        return Withheld(f"Jira {large if error.status == _TOO_LARGE else 'refused it'}")
    if isinstance(answer, NoAnswer):
        return Unknown(answer.reason)
    made = to_attachments(answer.decode(list[RawAttachment]), access.site)
    if len(made) != 1:
        raise TrackerError(f"Jira took the file {file.name!r} but shows {len(made)} files")
    return made[0]
