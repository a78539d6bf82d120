"""What happened to an issue, in one shape for every tracker, and what is known of it altogether."""

from datetime import datetime
from typing import Literal

import msgspec

from tierkeeper.plugins.model.issue import Account, Comment, Issue
from tierkeeper.plugins.model.mirror import Twin
from tierkeeper.plugins.model.promise import Clock

Outcome = Literal["allowed", "put back", "stands", "not judged", "refused", "set"]
EventKind = Literal["label", "assignee", "state", "field", "title", "moved"]


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One native value changed, at `at` (UTC), from `before` to `after` (None: absent).

    `name` is the label's or the field's name; for an assignee `before` or `after` is the account's id; for the state
    they are ``open`` and ``closed`` and `name` is the reason. The kind ``moved`` is an issue's arrival from another
    place, where it may have lost labels without a word. `actor` is who did it, None where the tracker does not
    say; `app` names the app that it was performed through. `issue` is the `Ref.id` that it happened to.
    """

    id: str
    issue: str
    at: datetime
    kind: EventKind
    name: str = ""
    before: str | None = None
    after: str | None = None
    actor: Account | None = None
    app: str = ""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One issue now, read directly: with its events and comments, read-after-write consistent."""

    issue: Issue
    events: tuple[Event, ...]
    comments: tuple[Comment, ...]


class Gone(msgspec.Struct, frozen=True):
    """A direct look found no issue there. `location` is where it went, if it moved."""

    reason: Literal["deleted", "moved", "not found"]
    location: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """How a change of a guarded facet, or a command, was judged; kept for good.

    `event` is the id of the event or of the comment that held the command. Every outcome but ``put back`` and
    ``refused`` counts as allowed. ``set`` is no verdict on anybody: it keeps why we set a facet for a rule. `said` is
    what the people were told, `others` the rules that refused it too; `mode` is the rule's at
    that time; `public`: customers may read what was said. `clock` is how a clock stood as it stopped, by the policy
    with the fingerprint `policy`.
    """

    facet: str
    event: str
    outcome: Outcome
    at: datetime
    rule: str = ""
    mode: str = ""
    said: str = ""
    remedy: str = ""
    public: bool = False
    before: str | None = None
    after: str | None = None
    by: str = ""
    others: tuple[str, ...] = ()
    clock: Clock | None = None
    policy: str = ""


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """What we wrote: `facet` set to `after`, as of `at` (UTC), the time of the run that decided it.

    For a person, `event` is that person's event or comment, made at `asked` (UTC); `note` the reason they gave.
    """

    facet: str
    after: str | None
    at: datetime
    asked: datetime
    person: str = ""
    event: str = ""
    note: str = ""


class Heard(msgspec.Struct, frozen=True):
    """A comment that somebody wrote on the issue's twin: `id` names it where comments are, `tracker` is the twin's.

    `internal`: the reporter cannot read it.
    """

    id: str
    comment: Comment
    tracker: str
    internal: bool


class History(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of an issue. `own` is our account's id; `complete` is False where old events are missing.

    `heard` is what people said on its twin, and `twin` what the issue shows of that.
    """

    issue: Issue
    events: tuple[Event, ...] = ()
    comments: tuple[Comment, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    deeds: tuple[Deed, ...] = ()
    own: str = ""
    complete: bool = True
    heard: tuple[Heard, ...] = ()
    twin: Twin | None = None
