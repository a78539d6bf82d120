"""How far a repository was read, feed by feed. The rest of Tierkeeper keeps it as opaque text."""

import hashlib
from datetime import datetime

import msgspec

from tierkeeper.plugins.errors import TrackerError
from tierkeeper.plugins.tracker import Cursor


class KeysetMark(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a feed that is sorted by `updated` was read.

    The next reading asks for what was updated since `since`. `seen` holds what it will show again, by id with a
    fingerprint. `page` is the fingerprint of the first page as it was stored, if it was the only one: a 304 is believed
    for that page and no other.
    """

    since: datetime | None = None
    seen: dict[str, str] = {}
    page: str = ""


class Walk(msgspec.Struct, frozen=True, omit_defaults=True):
    """A walk back through the event feed that is not over: down to `floor`, now at the page `next`.

    `oldest` is how far it came; `settled`, `seen` and `page` are what the mark will hold when it is over.
    """

    next: str
    floor: datetime | None = None
    settled: datetime | None = None
    oldest: datetime | None = None
    seen: list[int] = []
    page: str = ""


class Hole(msgspec.Struct, frozen=True, omit_defaults=True):
    """What GitHub cut off the event feed: open issues made until `before` are read one by one.

    `mark` is how far the list of issues was read for it, `done` which of the next page are filled already.
    """

    before: datetime
    mark: KeysetMark = KeysetMark()
    done: list[str] = []


class EventMark(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far the event feed was read.

    Nothing from before `settled` can still turn up; `seen` are the ids from then on that were handed on. `walk` and
    `hole` are what is not over yet.
    """

    settled: datetime | None = None
    seen: list[int] = []
    page: str = ""
    walk: Walk | None = None
    hole: Hole | None = None


class Progress(msgspec.Struct, frozen=True, omit_defaults=True):
    """All feeds of one repository; `repository` is its id."""

    repository: int = 0
    issues: KeysetMark = KeysetMark()
    events: EventMark = EventMark()
    comments: KeysetMark = KeysetMark()


def encode_cursor(progress: Progress) -> Cursor:
    """Write a cursor."""
    return msgspec.json.encode(progress).decode()


def decode_cursor(cursor: Cursor) -> Progress:
    """Read a cursor; an empty one is the beginning."""
    if not cursor:
        return Progress()
    try:
        return msgspec.json.decode(cursor, type=Progress)
    except msgspec.MsgspecError as error:
        raise TrackerError(
            f"the stored cursor cannot be read ({error}); a newer version may have written it: "
            "update Tierkeeper, or rebuild the ledger"
        ) from error


def fingerprint(content: bytes) -> str:
    """What changes when the content does."""
    return hashlib.blake2b(content, digest_size=8).hexdigest()
