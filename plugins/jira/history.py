"""From an issue's changelog to events, pure.

A changelog names a field's value before and after; what an issue was given when it was created is in no entry. So the
first values are walked back from the earliest entry of each field, or from today's, and told as events of the creation.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from tierkeeper.plugins.jira.convert import RawUser, app_of, moment_of, to_account
from tierkeeper.plugins.jira.fields import ESTIMATE, SYSTEM, Field, in_utc
from tierkeeper.plugins.model.event import Event, EventKind
from tierkeeper.plugins.model.issue import Account, Issue

_NO_CLAIM = frozenset({"status", "resolution"})
_BY_VALUE = frozenset({ESTIMATE, "duedate"})


class RawItem(msgspec.Struct, rename="camel"):
    """One field's change; `before` and `after` are ids, the texts are what people see."""

    field: str = ""
    field_id: str = ""
    before: str | None = msgspec.field(name="from", default=None)
    before_text: str | None = msgspec.field(name="fromString", default=None)
    after: str | None = msgspec.field(name="to", default=None)
    after_text: str | None = msgspec.field(name="toString", default=None)


class RawHistory(msgspec.Struct):
    """One entry of a changelog: all that somebody changed at once."""

    id: str
    created: int | float | str
    author: RawUser | None = None
    items: list[RawItem] = []

    def __post_init__(self) -> None:
        # found out here, an error still knows the answer that holds it
        if not self.id.isdigit():
            raise ValueError(f"entry {self.id!r} of a changelog has no number for an id")
        moment_of(self.created)


class RawChangelog(msgspec.Struct, rename="camel"):
    """The entries of one issue."""

    issue_id: str
    change_histories: list[RawHistory] = []


class RawChangelogs(msgspec.Struct, rename="camel"):
    """A page of `changelog/bulkfetch`."""

    issue_change_logs: list[RawChangelog] = []
    next_page_token: str | None = None


class Words(msgspec.Struct, frozen=True):
    """What a changelog's ids mean: custom fields by id with the model's name for them, and which statuses are done."""

    custom: Mapping[str, tuple[str, Field]]
    done: Mapping[str, bool]


def events_of(issue: Issue, creator: Account | None, histories: Sequence[RawHistory], words: Words) -> list[Event]:
    """All events of an issue, oldest first."""
    ordered = sorted(histories, key=lambda one: (moment_of(one.created), int(one.id)))
    made = [event for history in ordered for event in _History(history, issue.ref.id, words).events()]
    return [*_creation(issue, creator, made), *made]


class _History:
    """One entry."""

    def __init__(self, raw: RawHistory, issue: str, words: Words) -> None:
        self._raw = raw
        self._issue = issue
        self._words = words
        self._at = moment_of(raw.created)
        self._actor = to_account(raw.author)
        self._app = app_of(raw.author)

    def events(self) -> Iterator[Event]:
        for number, item in enumerate(self._raw.items):
            key = f"{self._raw.id}:{number}"
            match item.field_id or item.field:
                case "labels":
                    yield from self._labels(key, item)
                case "assignee":
                    yield self._event(key, "assignee", "", item.before or None, item.after or None)
                case "summary":
                    yield self._event(key, "title", "", item.before_text, item.after_text)
                case "status":
                    yield from self._status(key, item)
                case field:
                    yield from self._field(key, field, item)

    def _event(self, key: str, kind: EventKind, name: str, before: str | None, after: str | None) -> Event:  # noqa: PLR0917  # an event's own parts
        return Event(
            id=key,
            issue=self._issue,
            at=self._at,
            kind=kind,
            name=name,
            before=before,
            after=after,
            actor=self._actor,
            app=self._app,
        )

    def _labels(self, key: str, item: RawItem) -> Iterator[Event]:
        before, after = (dict.fromkeys((text or "").split()) for text in (item.before_text, item.after_text))
        gone = [(label, label, None) for label in before if label not in after]
        come = [(label, None, label) for label in after if label not in before]
        for number, (label, was, became) in enumerate([*gone, *come]):
            yield self._event(f"{key}.{number}", "label", label, was, became)

    def _status(self, key: str, item: RawItem) -> Iterator[Event]:
        yield self._event(key, "field", "status", item.before_text, item.after_text)
        was, became = (self._words.done.get(one or "", False) for one in (item.before, item.after))
        if was is not became:
            reason = next((one.after_text for one in self._raw.items if one.field_id == "resolution"), None)
            name = reason or item.after_text or ""
            states = ("closed", "open") if was else ("open", "closed")
            yield self._event(f"{key}.state", "state", name, *states)

    def _field(self, key: str, field: str, item: RawItem) -> Iterator[Event]:
        if field in SYSTEM:
            yield self._event(key, "field", field, *_values(field in _BY_VALUE, item))
        elif field in self._words.custom:
            name, known = self._words.custom[field]
            if known.kind in {"datetime", "date"}:
                before, after = (in_utc(one) if one else None for one in _values(True, item))  # by value
            else:
                before, after = _values(known.kind == "user", item)
            yield self._event(key, "field", name, before, after)


def _values(by_value: bool, item: RawItem) -> tuple[str | None, str | None]:  # private, two callers
    if by_value:
        return item.before or item.before_text or None, item.after or item.after_text or None
    return item.before_text or None, item.after_text or None


def _creation(issue: Issue, creator: Account | None, made: Sequence[Event]) -> Iterator[Event]:
    """What the issue was given when it was created, by whoever created it."""
    labels = list(issue.labels)
    first: dict[tuple[EventKind, str], str | None] = {("assignee", ""): next((a.id for a in issue.assignees), None)}
    first |= {("field", name): value for name, value in issue.fields.items() if name not in _NO_CLAIM}
    for event in reversed(made):
        if event.kind == "label":
            labels = [label for label in labels if label != event.name]
            labels += [event.before] if event.before is not None else []
        elif event.kind in {"assignee", "field"} and event.name not in _NO_CLAIM:
            first[event.kind, event.name] = event.before
    given: list[tuple[EventKind, str, str]] = [("label", label, label) for label in labels]
    given += [(kind, name, value) for (kind, name), value in first.items() if value is not None]
    for kind, name, value in given:
        yield _created(issue.ref.id, creator, issue.created, (kind, name, value))


def _created(issue: str, creator: Account | None, at: datetime, given: tuple[EventKind, str, str]) -> Event:
    kind, name, value = given
    return Event(
        id=f"created:{issue}:{kind}:{name}",
        issue=issue,
        at=at,
        kind=kind,
        name=name,
        after=value,
        actor=creator,
        app=creator.name if creator is not None and creator.kind == "app" else "",
    )
