"""Values of fields: what a request's JSON means.

A value is kept in the sandbox's own form: an id for what has one, text, a list of labels, a number, a document.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from tierkeeper.plugins.jira.sandbox import adf
from tierkeeper.plugins.jira.sandbox.catalog import LISTS, SYSTEM_FIELDS
from tierkeeper.plugins.jira.sandbox.clock import from_iso
from tierkeeper.plugins.jira.sandbox.issues import Issues
from tierkeeper.plugins.jira.sandbox.records import Field, Json, Named, Project

MAX_TEXT = 32_767
MAX_SUMMARY = 255
MAX_LABEL = 255
TOO_LONG = f"The entered text is too long. It exceeds the allowed limit of {MAX_TEXT:,} characters."
NOT_ON_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."


class BadValue(Exception):
    """A value that a field does not take; the text is Jira's."""


class Reader:
    """Reads a request's values for the fields of one project."""

    def __init__(self, store: Issues, project: Project) -> None:
        self._store = store
        self._project = project

    def read(self, field: Field, given: Any) -> Any:
        """Return a value in the sandbox's own form; BadValue if the field does not take it."""
        if given is None:
            if field.id in ("summary", "issuetype"):
                raise BadValue(f"{field.name} is required.")
            return [] if field.kind in LISTS else None
        reader: Callable[[Field, Any], Any] = getattr(self, f"_read_{field.kind}", self._refuse)
        return reader(field, given)

    @staticmethod
    def _refuse(field: Field, given: Any) -> Any:
        del given
        raise BadValue(NOT_ON_SCREEN.format(field.id))

    @staticmethod
    def _read_string(field: Field, given: Any) -> str:
        if not isinstance(given, str):
            raise BadValue("Operation value must be a string")
        if field.id == "summary":
            if not given.strip():
                raise BadValue("You must specify a summary of the issue.")
            if "\n" in given:
                raise BadValue("The summary is invalid because it contains newline characters.")
            if len(given) > MAX_SUMMARY:
                raise BadValue(f"Summary can't exceed {MAX_SUMMARY} characters.")
        elif len(given) > MAX_TEXT:
            raise BadValue(TOO_LONG)
        return given

    @staticmethod
    def _read_text(field: Field, given: Any) -> Any:
        del field
        return read_document(given)

    @staticmethod
    def _read_labels(field: Field, given: Any) -> list[str]:
        del field
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            raise BadValue("Operation value must be an array of strings")
        for label in given:
            check_label(label)
        return list(dict.fromkeys(given))

    @staticmethod
    def _read_number(field: Field, given: Any) -> float:
        del field
        if isinstance(given, bool) or not isinstance(given, int | float):
            raise BadValue("Operation value must be a number")
        return float(given)

    @staticmethod
    def _read_date(field: Field, given: Any) -> str:
        del field
        try:
            return date.fromisoformat(given).isoformat()
        except (TypeError, ValueError):
            raise BadValue(f"Error parsing date string: {given}") from None

    @staticmethod
    def _read_datetime(field: Field, given: Any) -> int:
        del field
        try:
            return from_iso(given)
        except (TypeError, ValueError):
            raise BadValue("Operation value must be a date time such as 2026-11-23T10:00:00.000+0000") from None

    def _read_user(self, field: Field, given: Any) -> str:
        account_id = account_of(given)
        user = self._store.data.users.get(account_id)
        if user is None:
            raise BadValue(f"Specify a valid value for {field.id}")
        if field.id == "assignee" and not (
            user.active and self._store.may(account_id, "ASSIGNABLE_USER", self._project)
        ):
            raise BadValue(f"User '{account_id}' cannot be assigned issues.")
        return account_id

    def _read_priority(self, field: Field, given: Any) -> str:
        del field
        chosen = self._choose(given, list(self._store.data.priorities.values()))
        if chosen not in self._project.priorities:
            raise BadValue("The priority selected is invalid.")
        return chosen

    def _read_issuetype(self, field: Field, given: Any) -> str:
        del field
        types = [Named(id=one.id, name=one.name) for one in self._store.data.issue_types.values()]
        chosen = self._choose(given, types)
        if chosen not in self._project.issue_types:
            raise BadValue("The issue type selected is invalid.")
        return chosen

    def _read_resolution(self, field: Field, given: Any) -> str:
        del field
        return self._choose(given, list(self._store.data.resolutions.values()))

    def _read_option(self, field: Field, given: Any) -> str:
        if isinstance(given, dict) and "value" in given:
            given = {**given, "name": given["value"]}
        return self._choose(given, field.options, "Option {} is not valid")

    def _read_components(self, field: Field, given: Any) -> list[str]:
        del field
        if not isinstance(given, list):
            raise BadValue("data was not an array")
        return [self._choose(one, self._project.components) for one in given]

    def _read_versions(self, field: Field, given: Any) -> list[str]:
        del field
        if not isinstance(given, list):
            raise BadValue("data was not an array")
        return [self._choose(one, self._project.versions) for one in given]

    def _read_parent(self, field: Field, given: Any) -> int:
        del field
        wanted = given.get("key") or str(given.get("id", "")) if isinstance(given, dict) else ""
        parent = self._store.find_issue(wanted)
        if parent is not None:
            return parent.id
        raise BadValue("Could not find valid 'id' or 'parent' value.")

    @staticmethod
    def _choose(given: Any, among: list[Named], message: str = "Specify a valid 'id' or 'name'") -> str:
        if isinstance(given, dict):
            for one in among:
                if str(given.get("id", "")) == one.id or ("id" not in given and given.get("name") == one.name):
                    return one.id
        named = given.get("name") or given.get("id") if isinstance(given, dict) else given
        raise BadValue(message.format(f"'{named}'"))


def read_document(given: Any) -> Any:
    """Return a document as it is; BadValue if it is none, or too long."""
    if not adf.is_document(given):
        raise BadValue("Operation value must be an Atlassian Document (see the Atlassian Document Format)")
    if len(adf.plain(given)) > MAX_TEXT:
        raise BadValue(TOO_LONG)
    return given


def check_label(label: str) -> None:
    """Refuse a label that Jira would not take."""
    if not label or any(character.isspace() for character in label):
        raise BadValue(f"The label '{label}' contains spaces which is invalid.")
    if len(label) > MAX_LABEL:
        raise BadValue(f"The label '{label[:20]}...' exceeds the maximum length of {MAX_LABEL} characters.")


def read_properties(given: Any) -> Json:
    """Return properties from a request's list of keys and values; BadValue if it is none."""
    if not isinstance(given, list) or not all(
        isinstance(one, dict) and isinstance(one.get("key"), str) and "value" in one for one in given
    ):
        raise BadValue("Each property must have a key and a value.")
    return {one["key"]: one["value"] for one in given}


def account_of(given: Any) -> str:
    """Return the account id from a request's user; BadValue where it names somebody in another way."""
    if isinstance(given, dict) and isinstance(given.get("accountId", given.get("id")), str):
        return str(given.get("accountId", given.get("id")))
    raise BadValue("'accountId' must be the only user identifying query parameter in GDPR strict mode.")


def is_settable(field_id: str) -> bool:
    """Whether a request may set a field at all: not what Jira keeps itself, nor what only a transition changes."""
    field = SYSTEM_FIELDS.get(field_id)
    kept = ("status", "statusCategory", "time", "seconds", "project", "subtasks")
    return field is None or (field.kind not in kept and field_id != "creator")
