"""Reads a file that a text on GitHub leads to; none can be added."""

import mimetypes
from typing import BinaryIO
from urllib.parse import urlsplit

from tierkeeper.plugins.errors import (
    AuthenticationFailed,
    Moved,
    NotFound,
    PermissionDenied,
    TrackerError,
    Unreachable,
)
from tierkeeper.plugins.github.access import Access
from tierkeeper.plugins.model.attachment import Attachment, File, Withheld
from tierkeeper.plugins.transport.files import Download

_REFUSED = "GitHub does not give it to our account"


def fetch_file(access: Access, attachment: Attachment, into: BinaryIO, most: int) -> File | Withheld:
    """Read a file. Those of private repositories GitHub gives to browsers, and to classic tokens at the most."""
    download = Download(into, most)
    try:
        answer = access.transport.get(attachment.id, into=download)
    except (NotFound, PermissionDenied, AuthenticationFailed, Moved):
        return Withheld(_REFUSED)
    except Unreachable as error:  # a store of files is not the tracker: nothing else is held up
        raise TrackerError(f"the file is tried again later: {error}", status=error.status) from None
    if urlsplit(answer.url).path.startswith("/login"):  # a page, and no file
        return Withheld(_REFUSED)
    if download.too_large:
        return Withheld(f"it has more than {most:,} bytes")
    mime = answer.headers.get("content-type", "").partition(";")[0].strip()
    ending = "" if "." in attachment.name else mimetypes.guess_extension(mime) or ""
    return File(name=attachment.name + ending, mime=mime, size=download.size, digest=download.digest, content=into)
