"""How twins name each other, and what shows that they no longer belong together."""

import re

import msgspec

from tierkeeper.plugins.markup.keys import keys_in
from tierkeeper.plugins.markup.text import digest
from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.change import Change, EditComment, LinkTo, PostComment, Unlink
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Comment, Issue
from tierkeeper.plugins.model.mirror import Carried, Link, Twin
from tierkeeper.rules.status_comment import twin_status
from tierkeeper.sync.mirror.side import Side
from tierkeeper.sync.planning.comments import STATUS, says_the_same
from tierkeeper.sync.twins import link_key, shown_ref

_ADDRESS = re.compile(r"^Twin in [^\n]*\]\(([^)\s]+)\)(?:; no longer linked: ([^\n]+))?$", re.MULTILINE)
_NAMED = re.compile(r"^Twin in [^\n]*: \[[^\n]*\]\([^)\s]+\)$", re.MULTILINE)


class Sign(msgspec.Struct, frozen=True):
    """Our status comment on a twin: what is to be written, and what is remembered of it."""

    changes: tuple[Change, ...]
    status: Carried | None


class Namer(msgspec.Struct, frozen=True, kw_only=True):
    """Names the one side on the other. `open`: the twin's readers may go to the source."""

    source: Side
    target: Side
    open: bool

    @property
    def _desk(self) -> str:
        return self.source.court.desk.name

    def links(self, link: Link, target: Issue) -> list[Change]:
        """The source's link to its twin; written once."""
        key = link_key(self._desk, link.mirror, target.ref)
        return [] if link.named else [LinkTo(target.url, shown_ref(target.ref, self.target.queue), key)]

    def unlink(self, link: Link) -> list[Change]:
        """Take the source's link back."""
        return [Unlink(link_key(self._desk, link.mirror, link.target))] if link.target is not None else []

    def sign(self, case: Case, link: Link, source: Issue, target: History) -> Sign:
        """Our comment on the twin: where its source is, and how that stands."""
        shown = Twin(
            where="",
            shown=shown_ref(source.ref, self.source.queue) if self.open else "",
            url=source.url if self.open else "",
            key="" if link.ended else link_key(self._desk, link.mirror, source.ref),
            ended=link.ended,
        )
        body = twin_status(case, self.source.court.desk, shown)
        there = {one.id: one for one in status_comments(target)}
        said = Carried(STATUS, "", digest(body))
        if link.status is not None and link.status.twin in there:
            said = msgspec.structs.replace(said, twin=link.status.twin)
            same = link.status.digest == said.digest
        elif there:
            first = next(iter(there.values()))
            said = msgspec.structs.replace(said, twin=first.id)
            same = says_the_same(first, body)
        else:
            return Sign((PostComment(body, STATUS),), said) if not link.ended else Sign((), None)
        return Sign(() if same else (EditComment(said.twin, body, STATUS),), said)


def status_comments(history: History) -> list[Comment]:
    """Our status comments on an issue, oldest first."""
    own = history.own.casefold()
    return [
        one
        for one in history.comments
        if one.marker == STATUS and one.author is not None and one.author.id.casefold() == own
    ]


def names(history: History, other: Issue, key: str) -> bool:
    """Whether our status comment on an issue names another one: by its key, or by its address where no key is kept."""
    return any(
        key in keys_in(one.body) or (bool(other.url) and f"]({other.url})" in one.body)
        for one in status_comments(history)
    )


def claims(history: History, desk: str) -> bool:
    """Whether our status comment on an issue names a twin, whichever that is."""
    return any(
        any(key.startswith(f"{digest(desk)}:") for key in keys_in(one.body)) or bool(_NAMED.search(one.body))
        for one in status_comments(history)
    )


def parted(history: History) -> str:
    """Why the twin that our status comment names is no longer linked; empty where it is, or none is named."""
    said = [_ADDRESS.search(one.body) for one in status_comments(history)]
    return next((one[2].replace("\\", "") for one in said if one is not None and one[2]), "")


def addresses_in(text: str) -> list[str]:
    """The addresses that the lines lead to in which a twin is named, linked or not."""
    return [found[1] for found in _ADDRESS.finditer(text)]
