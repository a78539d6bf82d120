"""Mirrors: pairs of queues, what flows between twins, and what the two of them last agreed on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from tierkeeper.plugins.model.issue import Ref

Side = Literal["source", "target"]
Way = Literal["both", "forward", "follow"]
"""``forward``: only from the source to its twin; what the twin's people set there stays until the source changes.
``follow``: the twin always shows what the source does."""

Crossing = Literal["none", "public", "all"]
"""Which comments cross."""

Audience = Literal["private", "public"]

Files = Literal["none", "count", "links", "copy"]
"""What becomes of files: nothing, how many there are, links to them, or copies where the twin's tracker takes files."""

TITLE, TEXT, STATE, LABELS = "title", "text", "state", "labels"
"""What flows besides the desk's own facets."""

LINKS = "links"
"""Links between issues, which flow beside parents (`PARENT`)."""

OWNER, MILESTONE = "owner", "milestone"
"""Who is assigned: people, one a line; and for which release an issue is meant."""


class Stood(msgspec.Struct, frozen=True):
    """How an issue stands: open or closed, why it was closed, in which status; what is empty is not said."""

    open: bool
    reason: str = ""
    status: str = ""

    def __str__(self) -> str:
        shown = "open" if self.open else "closed"
        shown += f" as {self.reason}" if self.reason else ""
        return shown + (f" ({self.status})" if self.status else "")


class StateRow(msgspec.Struct, frozen=True):
    """What a state of the source is called on the twin; `way`: in both directions, or in one of them only."""

    source: Stood
    target: Stood
    way: Literal["both", "forward", "back"] = "both"


PUT_ASIDE = "mirror"
"""How the label of an issue that could not be carried over ends, after the prefix of flags."""


class Flow(msgspec.Struct, frozen=True):
    """Which way a facet flows, and whose word counts where both sides changed it."""

    facet: str
    way: Way = "both"
    owner: Side = "source"


class Mirror(msgspec.Struct, frozen=True, kw_only=True):
    """A pair: issues of the queue `source` have twins in the queue `target`.

    `when`: the values that facets have to have for a twin to be made. `by_component` names another queue for the twins
    of some components. `values` translates a facet's values, from the source's to the twin's; `labels` does it for
    labels, and no other label crosses. `relations` are `PARENT` and `LINKS`, as far as they flow. `states` is what a
    state is called on the other side, `attachments` what becomes of files. `audience` is who is meant to read the
    target; `redact` are patterns of what never crosses, beside the default ones (`redact_defaults`).
    """

    name: str
    source: str
    target: str
    when: Mapping[str, tuple[str, ...]] = {}
    by_component: Mapping[str, str] = {}
    flows: tuple[Flow, ...] = ()
    values: Mapping[str, Mapping[str, str]] = {}
    labels: Mapping[str, str] = {}
    relations: frozenset[str] = frozenset()
    states: tuple[StateRow, ...] = ()
    comments: Crossing = "public"
    attachments: Files = "copy"
    audience: Audience = "private"
    redact: tuple[str, ...] = ()
    redact_defaults: bool = True

    def targets(self) -> tuple[str, ...]:
        """Every queue that twins are made in."""
        return tuple(dict.fromkeys((self.target, *self.by_component.values())))


class Twin(msgspec.Struct, frozen=True, kw_only=True):
    """What an issue shows of its twin. `where` is what people call the place that it is in.

    `shown` names it and `url` leads there; both empty: there is none yet. `key` is what the two find each other by;
    `ended`: the link has ended, and why.
    """

    where: str
    shown: str = ""
    url: str = ""
    key: str = ""
    ended: str = ""


class Carried(msgspec.Struct, frozen=True, omit_defaults=True):
    """A comment and its twin: `digest` is that of the original's text when it was last written.

    Without a `twin` it was about to be sent, and nobody knows yet what came of it.
    """

    original: str
    twin: str
    digest: str


class Copied(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file and its copy, called `name`: `size` and `digest` (SHA-256) of what is in both.

    Without a `twin` it was about to be sent, and nobody knows yet what came of it; or it was `left`, for that reason.
    Without a `name` nobody is told of it.
    """

    original: str
    name: str
    twin: str = ""
    digest: str = ""
    size: int = 0
    left: str = ""

    @property
    def known(self) -> bool:
        """Whether it is known what came of it."""
        return bool(self.twin or self.left)


class Tie(msgspec.Struct, frozen=True):
    """A relation of the source to `other` (`Ref.id`), and how it stands on the twin.

    ``awaits``: the other one has no twin there yet; ``sent``: it was about to be made, and nobody knows yet what came
    of it; ``made`` by us; ``theirs``: it was there; ``refused``: it cannot.
    """

    kind: str
    other: str
    how: Literal["awaits", "sent", "made", "theirs", "refused"]


class Wrote(msgspec.Struct, frozen=True):
    """A value that we wrote or were about to write on one side, over one that was read there.

    `known` is how many changes of the facet we knew on that side: those behind them tell what came of it.
    """

    side: Side
    over: str | None
    value: str | None
    known: int


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of twins. `base` is what both last agreed on, by facet, in the source's words; None: no value.

    Without a `target` its create was about to be sent at `sent` (UTC), to the queue `place`, and nobody knows yet what
    came of it. `region` is the digest of our part of the twin's text as it reads there; empty: it was written, and not
    seen since; `stood` likewise, how the source and the twin stood. `comments` went from the source to the twin,
    `answers` the other way; `files` are the copies on the twin. `apart` holds what each side said of a facet on which
    they differ and never agreed. `status` is our status comment on the twin. `named`: both sides name each other.
    `told` is what the operator was told of the pair and still holds. `wrote` are our last writes by facet, until the
    tracker's history shows them; `refusing` are the acts that the last of them put back on the twin, by facet.
    `hidden`: the twin says nothing, since not all who read it may read the source. `heard_as` is by what name a
    comment was heard before its twin was moved, by the name that it has now. `ties` are the source's relations.
    `met` (UTC) is when a pair was found that nobody knew: what was said by then may have crossed already.
    `ended` says why the two go their own ways: nothing is carried over any more.
    """

    mirror: str
    source: Ref
    place: str
    sent: datetime
    target: Ref | None = None
    base: Mapping[str, str | None] = {}
    region: str = ""
    stood: tuple[str, str] = ("", "")
    comments: tuple[Carried, ...] = ()
    answers: tuple[Carried, ...] = ()
    files: tuple[Copied, ...] = ()
    apart: Mapping[str, tuple[str | None, str | None]] = {}
    status: Carried | None = None
    named: bool = False
    told: tuple[str, ...] = ()
    wrote: Mapping[str, Wrote] = {}
    refusing: Mapping[str, str] = {}
    hidden: bool = False
    heard_as: Mapping[str, str] = {}
    ties: tuple[Tie, ...] = ()
    met: datetime | None = None
    ended: str = ""

    @property
    def intends(self) -> bool:
        """Whether something was about to be sent, and nobody knows yet what came of it."""
        sent = (*self.comments, *self.answers, *((self.status,) if self.status is not None else ()))
        known = all(one.twin for one in sent) and all(one.known for one in self.files)
        return not self.ended and (self.target is None or not known)


class Clash(msgspec.Struct, frozen=True):
    """Both sides changed a facet: `kept` won over `lost`, which stood on `side`."""

    facet: str
    kept: str | None
    lost: str | None
    side: Side
