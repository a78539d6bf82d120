"""What one edit of an issue sends, and whether the issue shows it afterwards. Pure but for the look at rare fields."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from tierkeeper.plugins.errors import WriteRefused
from tierkeeper.plugins.jira.access import Access, issue_path
from tierkeeper.plugins.jira.convert import RawFields, RawIssue, native_values
from tierkeeper.plugins.jira.fields import Field, same_value, shown_value, written_value
from tierkeeper.plugins.jira.texts import document, renewed, same_text, title
from tierkeeper.plugins.jira.transitions import target_of
from tierkeeper.plugins.model.change import AddLabel, Assign, Change, RemoveLabel, SetField, SetState, SetText, Unassign

C = TypeVar("C")


def of_kind(kind: type[C], changes: Sequence[Change]) -> list[C]:
    """The changes of one kind, in their order."""
    return [change for change in changes if isinstance(change, kind)]


class Edit:
    """The body of one PUT: labels as operations, so that nobody's are replaced; fields and assignee as values."""

    def __init__(self, access: Access, now: RawFields) -> None:
        self._access = access
        self._now = now
        self._said: list[str] = []
        self.body: dict[str, Any] = {}

    @property
    def said(self) -> str:
        """What it writes, for a message."""
        return ", ".join(self._said)

    def of(self, changes: Sequence[Change]) -> "Edit":
        """Gather what differs from how the issue is."""
        operations = self._label_operations(changes)
        fields: dict[str, Any] = {}
        for change in of_kind(SetField, changes):
            fields |= written_value(self._field(change), _for_jira(change))
            self._said.append(change.name)
        for text in of_kind(SetText, changes):
            fields["description"] = renewed(text.body, msgspec.json.decode(self._now.description))
            self._said.append("text")
        fields |= self._assignee(changes)
        self.body = {
            key: value
            for key, value in (("update", {"labels": operations} if operations else {}), ("fields", fields))
            if value
        }
        return self

    def _label_operations(self, changes: Sequence[Change]) -> list[dict[str, str]]:
        # Jira tells labels apart by their capitals, we do not
        here = {label.casefold() for label in self._now.labels}
        added = [one.name for one in of_kind(AddLabel, changes) if one.name.casefold() not in here]
        gone = {one.name.casefold() for one in of_kind(RemoveLabel, changes)}
        removed = [label for label in self._now.labels if label.casefold() in gone]
        self._said += [f"label {label}" for label in added] + [f"label {label} taken off" for label in removed]
        return [{"add": label} for label in added] + [{"remove": label} for label in removed]

    def _field(self, change: SetField) -> Field:
        if change.name.casefold() == "status":
            raise WriteRefused("a status is changed by a transition, not by an edit: map the facet to `status`")
        return self._access.field(change.name)

    def _assignee(self, changes: Sequence[Change]) -> dict[str, Any]:
        now = self._now.assignee.account_id if self._now.assignee is not None else None
        wanted = assignee_after(now, changes)
        if wanted == now:
            return {}
        self._said.append(f"assignee {wanted or 'nobody'}")
        return {"assignee": {"accountId": wanted} if wanted is not None else None}


def assignee_after(now: str | None, changes: Sequence[Change]) -> str | None:
    """Who should be assigned: the last one named; nobody, if the one who is was taken off."""
    assigned = [one.account for one in of_kind(Assign, changes)]
    if assigned:
        return assigned[-1]
    return None if now in {one.account for one in of_kind(Unassign, changes)} else now


def _for_jira(change: SetField) -> str | None:
    return title(change.value or "") if change.name.casefold() in {"title", "summary"} else change.value


class Comparison:
    """What was asked for against how the issue is."""

    def __init__(self, access: Access, raw: RawIssue, fields: RawFields) -> None:
        self._access = access
        self._raw = raw
        self._fields = fields

    def differences(self, changes: Sequence[Change]) -> list[str]:
        """What is not as it was asked for."""
        labels = {label.casefold() for label in self._fields.labels}
        wrong = [
            f"label {one.name!r} is missing" for one in of_kind(AddLabel, changes) if one.name.casefold() not in labels
        ]
        wrong += [
            f"label {one.name!r} is still there"
            for one in of_kind(RemoveLabel, changes)
            if one.name.casefold() in labels
        ]
        assignee = self._fields.assignee.account_id if self._fields.assignee is not None else None
        if assignee_after(assignee, changes) != assignee:
            wrong.append(f"the assignee is {assignee or 'nobody'}")
        status = self._fields.status
        wrong += [
            f"the status is {status.name if status else 'unknown'}"
            for one in of_kind(SetState, changes)
            if status is None or not target_of(one).is_met(status)
        ]
        shown = msgspec.json.decode(self._fields.description)
        wrong += [
            "the text is another one" for one in of_kind(SetText, changes) if not same_text(shown, document(one.body))
        ]
        return [*wrong, *self._fields_that_differ(of_kind(SetField, changes))]

    def _fields_that_differ(self, changes: Sequence[SetField]) -> list[str]:
        asked = {change.name: self._access.field(change.name) for change in changes}
        shown = self._values(asked)
        wanted = {change.name: _for_jira(change) for change in changes}
        return [
            f"{name} is {shown[name] or 'empty'}"
            for name, field in asked.items()
            if not same_value(field, wanted[name], shown[name])
        ]

    def _values(self, asked: dict[str, Field]) -> dict[str, str | None]:
        """The values of fields, some of which an issue does not always show."""
        system = native_values(self._raw, self._fields, {})
        values: dict[str, Any] = msgspec.json.decode(self._raw.fields, type=dict[str, Any])
        missing = [field.id for field in asked.values() if field.id not in values]
        if missing:
            path = f"{issue_path(self._raw.id)}?fields={','.join(missing)}"
            values |= msgspec.json.decode(self._access.transport.get(path).decode(RawIssue).fields, type=dict[str, Any])
        return {
            name: system[field.id] if field.id in system else shown_value(field, values.get(field.id))
            for name, field in asked.items()
        }
