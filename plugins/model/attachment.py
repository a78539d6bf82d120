"""Files: those that an issue has, and one on its way from one tracker to another."""

from datetime import datetime
from typing import BinaryIO

import msgspec


class Attachment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file on an issue, or one that a text leads to.

    `id` is what the tracker knows it by, `by` the account that put it there, `created` when (UTC); `size` in bytes,
    None where the tracker does not tell. `url` is where people find it.
    """

    id: str
    name: str
    created: datetime
    size: int | None = None
    mime: str = ""
    by: str = ""
    url: str = ""


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file on its way: `content` holds `size` bytes from its beginning, with the SHA-256 `digest`."""

    name: str
    mime: str
    size: int
    digest: str
    content: BinaryIO


class Withheld(msgspec.Struct, frozen=True):
    """A file that cannot be had, or is not taken, today or tomorrow; `reason` is for the people of the twin.

    `secret`: our own account may not have it, so that others may not even know of it.
    """

    reason: str
    secret: bool = False
