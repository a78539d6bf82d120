"""What a create, an edit or a transition may change, and how it is said."""

from collections.abc import Iterable
from typing import Any

from tierkeeper.plugins.jira.sandbox.catalog import LISTS
from tierkeeper.plugins.jira.sandbox.clock import to_length
from tierkeeper.plugins.jira.sandbox.messages import Refusal, Request
from tierkeeper.plugins.jira.sandbox.records import Field, Issue, Json, Project
from tierkeeper.plugins.jira.sandbox.values import (
    NOT_ON_SCREEN,
    BadValue,
    Reader,
    check_label,
    is_settable,
    read_document,
    read_properties,
)

_BY_OPERATION = ("comment", "worklog", "issuelinks")


class Editor:
    """Reads `fields` and `update` of one request; nothing is changed before `refuse` found nothing to refuse.

    `issue` is None while one is created. `screen` is what may be changed; a transition brings its own.
    """

    def __init__(
        self, request: Request, project: Project, issue: Issue | None = None, *, screen: Iterable[str] | None = None
    ) -> None:
        self._request = request
        self._project = project
        self._issue = issue
        creating = issue is None
        chosen = request.store.screen(project, creating=creating) if screen is None else screen
        self._screen = {*chosen, *(("project", "issuetype", "summary") if creating else ())}
        self._reader = Reader(request.store, project)
        self._errors: dict[str, str] = {}
        self.estimates: Json = {}
        self._comments: list[Json] = []
        self._links: list[Json] = []

    def read(self, fields: Any, update: Any) -> Json:
        """Return the values to set; what cannot be set is noted for `refuse`."""
        if not isinstance(fields, dict) or not isinstance(update, dict):
            raise Refusal(400, "Can not deserialize the request body.")
        values: Json = {}
        for name, given in fields.items():
            if name in update:
                self._errors[name] = f"Field '{name}' cannot be both in 'fields' and in 'update'."
            elif name in _BY_OPERATION:
                self._errors[name] = NOT_ON_SCREEN.format(name)
            else:
                self._read_field(name, given, values)
        for name, operations in update.items():
            self._read_operations(name, operations, values)
        if self._issue is None:
            self._check_required(values)
        return values

    def _read_field(self, name: str, given: Any, values: Json) -> None:
        if name == "project" and self._issue is None:
            return
        field = self._field(name)
        if field is None:
            return
        if name == "timetracking":
            self._read_estimates(given)
            return
        if name == "reporter" and not self._request.may("MODIFY_REPORTER", self._project):
            self._errors[name] = NOT_ON_SCREEN.format(name)
            return
        try:
            values[name] = self._reader.read(field, given)
        except BadValue as error:
            self._errors[name] = str(error)

    def _field(self, name: str) -> Field | None:
        """Return a field that may be changed here; another one is noted for `refuse`."""
        field = self._request.store.every_field().get(name)
        if field is None or name not in self._screen or not is_settable(name):
            self._errors[name] = NOT_ON_SCREEN.format(name)
            return None
        return field

    def _read_operations(self, name: str, operations: Any, values: Json) -> None:
        if not isinstance(operations, list) or not all(isinstance(one, dict) and len(one) == 1 for one in operations):
            self._errors[name] = "Operations must be a list of objects of one operation each."
            return
        field = self._field(name)
        if field is None:
            return
        for operation in operations:
            ((word, given),) = operation.items()
            try:
                self._operate(field, word, given, values)
            except BadValue as error:
                self._errors[name] = str(error)

    def _operate(self, field: Field, word: str, given: Any, values: Json) -> None:
        if field.kind == "comment" and word == "add":
            if self._issue is None:
                raise BadValue(NOT_ON_SCREEN.format("comment"))
            said = given if isinstance(given, dict) else {}
            properties = read_properties(said.get("properties") or [])
            self._comments.append({"body": read_document(said.get("body")), "properties": properties})
        elif field.kind == "issuelinks" and word == "add" and isinstance(given, dict):
            self._links.append(given)
        elif field.kind in LISTS and word in ("add", "remove"):
            values[field.id] = self._changed_list(field, word, given, values)
        elif word in ("set", "edit") and field.kind == "timetracking":
            self._read_estimates(given)
        elif word == "set":
            self._read_field(field.id, given, values)
        else:
            raise BadValue(f"The operation '{word}' is not supported for the field '{field.id}'.")

    def _changed_list(self, field: Field, word: str, given: Any, values: Json) -> list[str]:
        before = self._issue.values.get(field.id) if self._issue is not None else None
        held: list[str] = values.get(field.id, before) or []
        if field.kind == "labels":
            if not isinstance(given, str):
                raise BadValue("Operation value must be a string")
            if word == "add":
                check_label(given)
            chosen = given
        else:
            (chosen,) = self._reader.read(field, [given])
        rest = [one for one in held if one != chosen]
        return [*held, *([chosen] if chosen not in held else [])] if word == "add" else rest

    def _read_estimates(self, given: Any) -> None:
        names = {"originalEstimate": "timeoriginalestimate", "remainingEstimate": "timeestimate"}
        if not isinstance(given, dict) or set(given) - set(names):
            self._errors["timetracking"] = "data was not an object of originalEstimate and remainingEstimate"
            return
        for name, text in given.items():
            try:
                self.estimates[names[name]] = to_length(str(text)) if text is not None else None
            except ValueError:
                self._errors[f"timetracking_{name.lower()}"] = f"'{text}' is not a valid duration."
        fresh = self._issue is None or not self._issue.values.get("timespent")
        if "timeoriginalestimate" in self.estimates and "timeestimate" not in self.estimates and fresh:
            self.estimates["timeestimate"] = self.estimates["timeoriginalestimate"]

    def _check_required(self, values: Json) -> None:
        for name in ("summary", "issuetype", *self._project.required):
            if values.get(name) in (None, []) and name not in self._errors:
                named = self._request.store.field(name).name
                message = "You must specify a summary of the issue." if name == "summary" else f"{named} is required."
                self._errors[name] = message

    def require(self, names: Iterable[str], values: Json) -> None:
        """Note which of the required fields are neither given nor filled already."""
        for name in names:
            held = self._issue.values.get(name) if self._issue is not None else None
            given = self._comments if name == "comment" else values.get(name, held)
            if given in (None, [], "") and name not in self._errors:
                self._errors[name] = f"{self._request.store.field(name).name} is required."

    def properties(self, body: Json) -> Json:
        """Return the properties that a body sets."""
        try:
            return read_properties(body.get("properties") or [])
        except BadValue as error:
            raise Refusal(400, str(error)) from None

    def refuse(self) -> None:
        """Refuse, if there was anything to refuse."""
        links = self._request.store.find_issue
        for one in self._links:
            ends = [one.get(end, {}).get("key") for end in ("inwardIssue", "outwardIssue") if end in one]
            if any(end is None or links(str(end)) is None for end in ends):
                self._errors["issuelinks"] = "The issue to link to does not exist."
        if self._errors:
            raise Refusal(400, errors=self._errors)

    def link(self, issue: Issue) -> None:
        """Make the links that were asked for."""
        store, me = self._request.store, self._request.me
        for one in self._links:
            kind = str(one.get("type", {}).get("name", "Relates"))
            if "inwardIssue" in one:
                store.link(kind, store.issue(one["inwardIssue"]["key"]), issue, me)
            else:
                store.link(kind, issue, store.issue(one["outwardIssue"]["key"]), me)

    def say(self, issue: Issue) -> None:
        """Make the comments that were asked for."""
        for one in self._comments:
            self._request.store.comment(str(issue.id), self._request.me, one["body"], properties=one["properties"])
