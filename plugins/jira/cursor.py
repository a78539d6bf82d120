"""How far a project was read. The rest of Tierkeeper keeps it as opaque text."""

import msgspec

from tierkeeper.plugins.errors import TrackerError
from tierkeeper.plugins.tracker import Cursor


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """An issue that was handed on: its fingerprint, and the id of the newest entry of its changelog."""

    mark: str
    newest: int = 0


class Progress(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far the search by `updated` was read.

    The next one asks for what was updated since `since` (milliseconds since 1970). `seen` holds, by id, what it will
    show again. `project` is the project's id.
    """

    project: str = ""
    since: int | None = None
    seen: dict[str, Seen] = {}


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
