"""Comments that cross: which, in which words, and what became of those that crossed before."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.plugins.markup.text import digest
from tierkeeper.plugins.model.change import Change, DeleteComment, EditComment, PostComment
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Comment, Ref
from tierkeeper.plugins.model.mirror import Carried, Crossing
from tierkeeper.rules.mirroring.text import mark, said_by

TWIN = "twin:"
"""How the markers of comments begin that were carried over."""


class Post(msgspec.Struct, frozen=True):
    """What the other side has to be told, and what is remembered once it is."""

    changes: tuple[Change, ...] = ()
    carried: tuple[Carried, ...] = ()


def marker_of(ref: Ref, comment: str) -> str:
    """What a carried comment is found by: of this issue, this comment."""
    return TWIN + digest(f"{ref.queue}\n{ref.id}\n{comment}")


class Crosser(msgspec.Struct, frozen=True, kw_only=True):
    """Carries the comments of one issue to its twin. `internal`: they are not for the twin's customers."""

    crossing: Crossing
    zone: str
    internal: bool

    def post(self, history: History, known: Sequence[Carried]) -> Post:
        """What is new, changed or gone since."""
        ref, changes = history.issue.ref, list[Change]()
        before = {one.original: one for one in known}
        kept: list[Carried] = []
        for comment in self._crossing(history):
            one, now = before.pop(comment.id, None), mark(comment.body)
            if one is None or not one.twin:
                changes.append(PostComment(self._words(comment), marker_of(ref, comment.id), self.internal))
                kept.append(Carried(comment.id, "", now))
            elif one.digest != now:
                changes.append(EditComment(one.twin, self._words(comment), marker_of(ref, comment.id)))
                kept.append(Carried(comment.id, one.twin, now))
            else:
                kept.append(one)
        changes += [DeleteComment(one.twin) for one in before.values() if one.twin]
        return Post(tuple(changes), tuple(kept))

    def _crossing(self, history: History) -> Iterator[Comment]:
        own = history.own.casefold()
        for comment in history.comments if self.crossing != "none" else ():
            ours = comment.author is not None and comment.author.id.casefold() == own
            if not ours and (self.crossing == "all" or not comment.internal):
                yield comment

    def _words(self, comment: Comment) -> str:
        name = comment.author.shown if comment.author is not None else ""
        return said_by(name, comment.at.astimezone(ZoneInfo(self.zone)), comment.body)


def with_twins(carried: Sequence[Carried], ref: Ref, made: dict[str, str]) -> tuple[Carried, ...]:
    """The same, with the ids of the comments that were just made, by their markers."""
    return tuple(msgspec.structs.replace(one, twin=made.get(marker_of(ref, one.original), one.twin)) for one in carried)
