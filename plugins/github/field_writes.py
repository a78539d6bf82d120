"""Writes to issue fields: beside what others set there, and only what GitHub shows afterwards is believed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tierkeeper.plugins.errors import NotFound, WriteRefused
from tierkeeper.plugins.github.access import Access
from tierkeeper.plugins.github.fields import Field, Fields, RawValue, same_value, shown_values, written_value
from tierkeeper.plugins.model.change import SetField
from tierkeeper.plugins.transport.answer import Answer

Send = Callable[[str, str, object | None], Answer]


class FieldEdit:
    """What is to be written to the issue fields of one issue. Raises WriteRefused, before anything is written."""

    def __init__(self, fields: Fields, wanted: Mapping[str, str | None]) -> None:
        unknown = [name for name in wanted if name not in fields]
        if unknown:
            raise WriteRefused(f"GitHub issues have no field {', '.join(map(repr, unknown))} that can be written here")
        self._fields = fields
        self._given = {name: value for name, value in wanted.items() if value}
        self._cleared = [fields[name] for name in wanted if name not in self._given]
        self.values: list[dict[str, Any]] = [
            {"field_id": fields[name].id, "value": written_value(fields[name], value)}
            for name, value in self._given.items()
        ]
        """What is given, as GitHub takes it."""

    def write(self, access: Access, path: str, send: Send) -> list[str]:
        """Write it to the issue at `path`; what was written, in words."""
        if self.values:
            # POST leaves the other fields as they are; PUT would empty them
            answer = send("POST", f"{path}/issue-field-values", {"issue_field_values": self.values})
            self.demand(answer.decode(list[RawValue]))
        for field in self._cleared:
            self._clear(field, access, path, send)
        return [*self._given, *(f"{field.name} emptied" for field in self._cleared)]

    @staticmethod
    def _clear(field: Field, access: Access, path: str, send: Send) -> None:
        try:
            send("DELETE", f"{path}/issue-field-values/{field.id}", None)
        except NotFound:
            # empty already, which is what was wanted; unless it is the issue that is gone
            access.transport.get(path)

    def demand(self, values: Sequence[RawValue] | None) -> None:
        """Raise WriteRefused unless an answer shows all that was given."""
        shown = shown_values(values, self._fields)
        wrong = [
            name for name, value in self._given.items() if not same_value(self._fields[name], value, shown.get(name))
        ]
        if wrong:
            raise WriteRefused(
                f"GitHub took the request but {' and '.join(wrong)} do not hold what was asked for: issue fields take "
                "the write role, triage is not enough"
            )


def edit_of(access: Access, place: str, changes: Sequence[SetField]) -> FieldEdit | None:
    """What these changes come to; None for none of them."""
    if not changes:
        return None
    return FieldEdit(access.fields(place), {change.name: change.value for change in changes})
