"""Comments that cross: which, in which words, and what became of those that crossed before."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.plugins.markup.text import digest
from tierkeeper.plugins.model.change import Change, DeleteComment, EditComment, PostComment
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Comment, Ref
from tierkeeper.plugins.model.mirror import Carried, Crossing
from tierkeeper.rules.mirroring.render import Form, Words, render
from tierkeeper.rules.mirroring.text import mark, said_by
from tierkeeper.sync.planning.comments import STATUS

TWIN = "twin:"
"""How the markers of comments begin that were carried over."""
HEAD = 2_000
"""Characters that are left for what we say around a text: whose it is, and what it lost."""


class Post(msgspec.Struct, frozen=True):
    """What the other side has to be told, and what is remembered once it is."""

    changes: tuple[Change, ...] = ()
    carried: tuple[Carried, ...] = ()


def marker_of(ref: Ref, comment: str) -> str:
    """What a carried comment is found by: of this issue, this comment."""
    return TWIN + digest(f"{ref.queue}\n{ref.id}\n{comment}")


class Crosser(msgspec.Struct, frozen=True, kw_only=True):
    """Carries the comments of one issue to the other one of its pair.

    `internal`: they come from the twin; they are not for the source's customers, and redacted only where anybody reads.
    `words` is how they are written, in the `form` that the other side takes; `is_public` tells whether anybody may read
    there.
    """

    crossing: Crossing
    zone: str
    internal: bool
    words: Words
    form: Form
    is_public: Callable[[], bool]

    def post(self, history: History, known: Sequence[Carried]) -> Post:
        """What is new, changed or gone since."""
        ref, changes = history.issue.ref, list[Change]()
        before = {one.original: one for one in known}
        kept: list[Carried] = []
        for comment in self.those_crossing(history):
            one, now = before.pop(comment.id, None), mark(comment.document or comment.body)
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

    def those_crossing(self, history: History) -> Iterator[Comment]:
        """Those that may cross: of a restricted issue none to where anybody reads, nor what is internal."""
        own = history.own.casefold()
        if self.crossing == "none" or (history.issue.restricted and self.is_public()):
            return
        for comment in history.comments:
            ours = comment.author is not None and comment.author.id.casefold() == own
            if not ours and (not comment.internal or (self.crossing == "all" and not self.is_public())):
                yield comment

    def _words(self, comment: Comment) -> str:
        words = self.words.in_full() if self.internal and not self.is_public() else self.words
        name = words.redaction(comment.author.shown if comment.author is not None else "")
        form = msgspec.structs.replace(self.form, longest=self.form.longest - HEAD)
        text = render(comment.body, comment.document, words, form).with_losses(words.original)
        return said_by(name, comment.at.astimezone(ZoneInfo(self.zone)), text)


def intended(before: Sequence[Carried], after: Sequence[Carried]) -> tuple[Carried, ...]:
    """What is remembered before anything is sent: what is about to be posted, and all else as it was."""
    known = {one.original for one in before}
    return (*before, *(one for one in after if not one.twin and one.original not in known))


def found_there(post: Post, of: History, there: History) -> tuple[Carried, ...]:
    """The comments that crossed before, found on the other side by their markers.

    Those that are not found may be there all the same, where a search lags: they are looked for before they are sent.
    """
    own = there.own.casefold()
    made = {
        one.marker: one.id
        for one in there.comments
        if one.marker and one.author is not None and one.author.id.casefold() == own
    }
    return with_twins(post.carried, of.issue.ref, made)


def with_twins(carried: Sequence[Carried], ref: Ref, made: dict[str, str]) -> tuple[Carried, ...]:
    """The same, with the ids of the comments that were just made, by their markers."""
    return tuple(msgspec.structs.replace(one, twin=made.get(marker_of(ref, one.original), one.twin)) for one in carried)


def with_id(status: Carried | None, made: Mapping[str, str]) -> Carried | None:
    """Our status comment, with its id where it was just made."""
    return msgspec.structs.replace(status, twin=made[STATUS]) if status is not None and STATUS in made else status
