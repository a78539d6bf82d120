"""Copies files to a twin, each once, known by what is in it. In pieces: memory never holds a file."""

from collections.abc import Callable, Sequence
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

import msgspec

from tierkeeper.plugins.errors import TrackerError, WriteRefused
from tierkeeper.plugins.model.attachment import Attachment, File, Withheld
from tierkeeper.plugins.model.change import Unknown
from tierkeeper.plugins.model.event import Snapshot
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.mirror import Copied, Link
from tierkeeper.plugins.tracker import Tracker
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.mirror.pairs import Pair
from tierkeeper.sync.mirror.side import Side
from tierkeeper.sync.plan import Step
from tierkeeper.sync.turns import STOPPING

LARGEST = 100_000_000
"""A larger file is not copied, whatever the tracker takes: a run must not fill the disk."""

_IN_MEMORY = 1_000_000


class Copier:
    """Copies files of one pair. `asking` gives a side's tracker, `record` keeps what is done to the twin.

    `trouble` is why a file could not be read now; the others are copied all the same.
    """

    def __init__(
        self, pair: Pair, links: Links, asking: Callable[[Side], Tracker], record: Callable[[Step, Ref], None]
    ) -> None:
        self.pair, self.links, self.asking, self.record = pair, links, asking, record
        self.trouble: TrackerError | None = None

    def copy(self, link: Link, files: Sequence[Attachment]) -> Link:
        """Copy these; what cannot be is noted with its reason. Raises WriteRefused if one may have been written."""
        room = min(self.asking(self.pair.target).largest_file(self.pair.target.queue), LARGEST)
        for one in files:
            if not room or (one.size is not None and one.size > room):
                why = f"files of up to {room:,} bytes are copied" if room else "files are switched off here"
                link = self._noted(link, Copied(original=one.id, name=one.name, left=why))
                continue
            with SpooledTemporaryFile(_IN_MEMORY) as store:
                file = self._fetched(one, cast("BinaryIO", store), room)
                link = self._carried(link, one, file) if file is not None else link
        return link

    def _fetched(self, one: Attachment, into: BinaryIO, room: int) -> File | Withheld | None:
        try:
            return self.asking(self.pair.source).fetch(one, into, most=room)
        except STOPPING:
            raise
        except TrackerError as error:
            self.trouble = self.trouble or error
            return None

    def _carried(self, link: Link, one: Attachment, file: File | Withheld) -> Link:
        if isinstance(file, Withheld):
            return self._noted(link, Copied(original=one.id, name="" if file.secret else one.name, left=file.reason))
        name = self.pair.source.words.redaction(file.name)
        copied = Copied(original=one.id, name=name, digest=file.digest, size=file.size)
        same = self._same_as(file, link)
        if same is not None:
            return self._noted(link, msgspec.structs.replace(copied, twin=same.twin))
        link = self._noted(link, copied)
        assert link.target is not None
        self.record(Step(subject="twin files", what=f"+ {name}", reason="carried over"), link.target)
        side = self.pair.target
        made = self.asking(side).attach(link.target, side.queue, msgspec.structs.replace(file, name=name))
        if isinstance(made, Unknown):
            raise WriteRefused(f"{link.source}: a file may have been copied ({made.reason}); it is looked for first")
        if isinstance(made, Withheld):
            return self._noted(link, msgspec.structs.replace(copied, left=made.reason))
        # one that came out otherwise is not found by its content: it is told, and never sent again by itself
        same_size = made.size in {None, file.size}
        left = "" if same_size else f"what arrived has {made.size:,} bytes and not {file.size:,}"
        return self._noted(link, msgspec.structs.replace(copied, twin=made.id, left=left))

    def _same_as(self, file: File, link: Link) -> Copied | None:
        """The copy that holds the same. What is in one that was found again after a lost ledger has to be read."""
        for one in link.files:
            if one.twin and one.digest == file.digest:
                return one
            if one.twin and not one.digest and one.size == file.size:
                there = Attachment(id=one.twin, name=one.name, size=one.size, created=link.sent)
                if self._digest(there) == file.digest:
                    return one
        return None

    def _noted(self, link: Link, copied: Copied) -> Link:
        others = (one for one in link.files if one.original != copied.original)
        link = msgspec.structs.replace(link, files=(*others, copied))
        self.links.put(link)
        return link

    def settled(self, link: Link, twin: Snapshot) -> tuple[Copied, ...]:
        """What became of copies that an earlier run left open: those that are not on the twin are to be sent."""
        side = self.pair.target
        known = {one.twin for one in link.files}
        found = list[Copied]()
        for one in link.files:
            if one.known:
                found.append(one)
                continue
            for there in twin.issue.attachments:
                ours = there.by.casefold() == side.account.id.casefold() and there.id not in known
                if ours and there.size == one.size and self._digest(there) == one.digest:
                    known.add(there.id)
                    found.append(msgspec.structs.replace(one, twin=there.id))
                    break
        return tuple(found)

    def _digest(self, there: Attachment) -> str:
        with SpooledTemporaryFile(_IN_MEMORY) as store:
            file = self.asking(self.pair.target).fetch(there, cast("BinaryIO", store), most=LARGEST)
        return file.digest if isinstance(file, File) else ""


def tried_again(link: Link) -> Link:
    """The link without what could not be copied, so that it is copied as soon as it can be."""
    return msgspec.structs.replace(link, files=tuple(one for one in link.files if one.twin or not one.left))
