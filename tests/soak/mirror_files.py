"""Files in stories of twins: people add and delete them on either side."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from mirror_world import OWN, GitHubEnd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mirror_world import Shown
    from soak.acts import Act
    from soak.mirror_laws import Look

CONTENTS = ("red", "blue", "green")
"""Few, so that one content comes more than once."""


class Files:
    """The part of a stage that has them. `unwanted`: the contents of copies that people deleted, by twin; `theirs`.

    `theirs` are files that people put on twins.
    """

    desk: Any

    def __init__(self) -> None:
        self.unwanted: set[tuple[str, str]] = set()
        self.theirs: set[tuple[str, str]] = set()

    def on_attach(self, act: Act, name: str, shown: Shown) -> bool:
        """Add a file; what people write into a twin's text on GitHub is no file of the issue's."""
        end, (label, content) = getattr(self.desk, name), act.what.split()
        if name == "dev" and isinstance(end, GitHubEnd):
            return False
        end.attach(act.who, shown.id, f"{label}txt", content.encode())
        if name == "dev":
            self.theirs.add((shown.id, f"{label}txt"))
        return True

    def on_detach(self, act: Act, name: str, shown: Shown) -> bool:
        """Delete one, whoever put it there."""
        end = getattr(self.desk, name)
        there = end.files(shown.id) if name == "desk" or not isinstance(end, GitHubEnd) else []
        if not there:
            return False
        file = there[act.issue % len(there)]
        end.detach(act.who, shown.id, file.id)
        if name == "dev" and file.by == OWN:
            self.unwanted.add((shown.id, file.digest))
        self.theirs.discard((shown.id, file.name))
        return True


def files_cross_once(look: Look) -> Iterator[str]:
    """A file of the source is on the twin once, by what is in it; on GitHub it is named once. None stays that went."""
    end, here = look.stage.desk.dev, look.stage.desk.desk.files(look.source.id)
    yield from (f"{one.name} came to the source" for one in here if one.by == OWN)
    if isinstance(end, GitHubEnd):
        named = look.target.text.count("/attachment/content/")
        wanted = (
            [] if isinstance(look.stage.desk.desk, GitHubEnd) else [f"/attachment/content/{one.id}) " for one in here]
        )
        if named != len(wanted) or any(look.target.text.count(one) != 1 for one in wanted):
            yield f"{len(wanted)} files, {named} named on the twin: {look.target.text!r}"
        return
    there = end.files(look.target.id)
    digests = {one.digest for one in here}
    copies = Counter(one.digest for one in there if one.by == OWN)
    for digest in sorted(digests | {*copies}):
        count, shown = copies[digest], _shown(digest)
        if count > 1 or (count and digest not in digests):
            there_too = "" if digest in digests else ", and not on the source"
            yield f"the file that says {shown} is on the twin {count} times{there_too}"
        if not count and (look.target.id, digest) not in look.stage.unwanted:
            yield f"the file that says {shown} is not on the twin"
    left = {one.name for one in there if one.by != OWN}
    lost = {name for twin, name in look.stage.theirs if twin == look.target.id} - left
    yield from (f"the file {name} that people put on the twin is gone" for name in sorted(lost))


def copied_twice(look: Look) -> Iterator[str]:
    """What is on the twin twice, and was put there by us; a copy whose original went with the ledger is nobody's."""
    desk = look.stage.desk
    there = [] if isinstance(desk.dev, GitHubEnd) else desk.dev.files(look.target.id)
    names = {one.name for one in desk.desk.files(look.source.id)}
    copies = Counter(one.digest for one in there if one.by == OWN and one.name in names)
    yield from (f"the file that says {_shown(digest)}" for digest, count in copies.items() if count > 1)


def _shown(digest: str) -> str:
    return next(one for one in CONTENTS if sha256(one.encode()).hexdigest() == digest)
