"""Files that cross: which, what is copied, what is only named, and what goes with its original. Without a request."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec

from tierkeeper.plugins.markup.context import content_of, kind_of
from tierkeeper.plugins.markup.links import harmless
from tierkeeper.plugins.markup.text import markdown
from tierkeeper.plugins.model.attachment import Attachment
from tierkeeper.plugins.model.change import Detach
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Comment
from tierkeeper.plugins.model.mirror import Copied, Files
from tierkeeper.rules.mirroring.render import Words
from tierkeeper.sync.mirror.side import Side
from tierkeeper.sync.plan import Step

_MOST_NAMED = 50
_BEFORE_ITS_COMMENT = timedelta(minutes=5)
_MEDIA = frozenset({"media", "mediaInline"})
_CARRIED = "carried over"
_UNITS = ((1_000_000, "MB"), (1_000, "kB"))


class Difference(msgspec.Struct, frozen=True):
    """What is to be copied, what is remembered of what was, whose copies go, and how that is shown."""

    new: tuple[Attachment, ...] = ()
    kept: tuple[Copied, ...] = ()
    gone: tuple[Detach, ...] = ()
    steps: tuple[Step, ...] = ()


class Luggage(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a source, for its twin."""

    source: Side
    target: Side

    @property
    def way(self) -> Files:
        """What becomes of them; where the target's tracker has no files, links take the place of copies."""
        way = self.source.mirror.attachments
        return "links" if way == "copy" and not self.target.files else way

    def begins(self, history: History, comments: Sequence[Comment]) -> tuple[Step, ...]:
        """How a plan shows the files that a new twin is given."""
        return self.difference(history, history, comments, ()).steps

    def difference(
        self, history: History, target: History, comments: Sequence[Comment], known: Sequence[Copied]
    ) -> Difference:
        """What was added since, and what went; `comments` are those that cross."""
        crossing = self._crossing(history, comments) if self.way == "copy" else []
        there = {one.id for one in crossing}
        kept = tuple(one for one in known if one.original in there and one.known)
        done = {one.original for one in kept}
        new = tuple(one for one in crossing if one.id not in done)
        used = {one.twin for one in kept}
        theirs = {one.id for one in target.issue.attachments if one.by.casefold() != target.own.casefold()}
        gone = [one for one in known if one.twin and one.twin not in {*used, *theirs} and one.original not in there]
        said = [*(f"+ {self._name(one.name)}" for one in new), *(f"- {one.name}" for one in gone)]
        return Difference(
            new=new,
            kept=kept,
            gone=tuple(Detach(one) for one in dict.fromkeys(each.twin for each in gone)),
            steps=(Step(subject="twin files", what=", ".join(said), reason=_CARRIED),) if said else (),
        )

    def listed(self, history: History, known: Sequence[Copied] = ()) -> str:
        """What the twin's text says of files that are not on the twin; empty where there are none."""
        if self.way == "copy":
            left = {one.original: one.left for one in known if one.left and one.name}
            here = [one for one in _all_of(history) if one.id in left]
            return _list("Not copied:", [f"{self._shown(one, history)}: {left[one.id]}" for one in here])
        here = self._crossing(history, ()) if self.source.files and self.way != "none" else []
        if self.way == "count" and here:
            return f"*{len(here):,} file{'s are' if len(here) > 1 else ' is'} with the original.*"
        return _list("Files of the original:", [self._shown(one, history) for one in here])

    def met(self, history: History, target: History, comments: Sequence[Comment]) -> tuple[Copied, ...]:
        """The copies that stand on a twin already, by name and size."""
        free, found = list(target.issue.attachments), list[Copied]()
        for one in self._crossing(history, comments) if self.way == "copy" else ():
            name = self._name(one.name)
            same = (it for it in free if name in {it.name, it.name.rpartition(".")[0]} and one.size in {None, it.size})
            if (twin := next(same, None)) is not None:
                free.remove(twin)
                found.append(Copied(original=one.id, name=twin.name, twin=twin.id, size=twin.size or 0))
        return tuple(found)

    def _crossing(self, history: History, comments: Sequence[Comment]) -> list[Attachment]:
        """The files that may cross: none that came with what is internal, where that does not."""
        if history.issue.restricted and self.target.is_public():
            return []
        shown = [*history.issue.attachments, *(file for one in comments for file in one.attachments)]
        every: dict[str, Attachment] = {}
        for one in shown:
            every.setdefault(one.id, one)
        if self.source.mirror.comments == "all" and not self.target.is_public():
            return list(every.values())
        return [one for one in every.values() if not _is_internal(one, history)]

    def _name(self, name: str) -> str:
        return self.source.words.redaction(name)

    def _shown(self, file: Attachment, history: History) -> str:
        words: Words = self.source.words_of(history.issue)
        name = harmless(markdown(self._name(file.name), most=100))
        url = file.url if words.redaction(file.url) == file.url else ""
        size = f" ({_size(file.size)})" if file.size is not None else ""
        return (f"[{name}]({url})" if url else name) + size


def _all_of(history: History) -> Iterator[Attachment]:
    yield from history.issue.attachments
    for comment in history.comments:
        yield from comment.attachments


def _list(head: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    more = [f"and {len(lines) - _MOST_NAMED:,} more"] if len(lines) > _MOST_NAMED else []
    return "\n".join([head, "", *(f"- {line}" for line in (*lines[:_MOST_NAMED], *more))])


def _size(size: int) -> str:
    unit, sign = next((one for one in _UNITS if size >= one[0]), (1, "B"))
    return f"{size / unit:.0f} {sign}"


def _is_internal(file: Attachment, history: History) -> bool:
    """Whether a file came with an internal comment: trackers do not tell with which it came.

    An internal one shows it; or its author wrote one within minutes, and nothing that all may read shows it.
    """
    internal = [one for one in history.comments if one.internal]
    if any(file.name in _shown_in(one.document) for one in internal):
        return True
    near = (
        one.author is not None
        and one.author.id == file.by
        and file.created <= one.at <= file.created + _BEFORE_ITS_COMMENT
        for one in internal
    )
    open_ = (history.issue.document, *(one.document for one in history.comments if not one.internal))
    return any(near) and not any(file.name in _shown_in(one) for one in open_)


def _shown_in(document: str) -> frozenset[str]:
    """The names of the files that a document shows."""
    if '"media' not in document:
        return frozenset()
    found, waiting = set[str](), [msgspec.json.decode(document)]
    while waiting:
        node = waiting.pop()
        if kind_of(node) in _MEDIA and isinstance(node.get("attrs"), dict):
            found.add(str(node["attrs"].get("alt", "")))
        waiting += content_of(node)
    return frozenset(found)
