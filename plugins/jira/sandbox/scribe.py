"""What a changelog says of a change: ids and texts, before and after."""

from typing import Any

from tierkeeper.plugins.jira.sandbox import adf
from tierkeeper.plugins.jira.sandbox.clock import iso
from tierkeeper.plugins.jira.sandbox.projects import Projects
from tierkeeper.plugins.jira.sandbox.records import Field, Issue, Item

LEVEL = "10100"
"""The id of every security level: here one is told from another by its name."""


class Scribe:
    """Writes what a changelog says of a change."""

    def __init__(self, store: Projects) -> None:
        self._store = store

    def item(self, field: Field, issue: Issue, before: Any, after: Any) -> Item:
        """Return what a changelog says when a field of an issue goes from one value to another."""
        kind = "custom" if field.custom else "jira"
        name = field.name if field.custom else field.id
        return Item(name, kind, field.id, *self._words(field, issue, before), *self._words(field, issue, after))

    def _words(self, field: Field, issue: Issue, value: Any) -> tuple[str | None, str | None]:
        """Return a value's id and text."""
        if field.kind == "labels":
            return "" if not field.custom else None, " ".join(value or [])
        if value is None:
            return None, None
        if field.kind in ("components", "versions"):
            project = self._store.data.projects[issue.project]
            names = {one.id: one.name for one in (*project.components, *project.versions)}
            return ", ".join(value) or None, ", ".join(names.get(one, one) for one in value) or None
        if field.kind in ("string", "date"):
            return (value, value) if field.kind == "date" else (None, value)
        if field.kind == "text":
            return None, adf.plain(value)
        return self._reference(field, value)

    def _reference(self, field: Field, value: Any) -> tuple[str | None, str | None]:
        data = self._store.data
        if field.kind == "user":
            return value, data.users[value].name
        if field.kind == "datetime":
            return iso(value), iso(value)
        if field.kind == "number":
            return None, f"{value:g}"
        if field.kind in ("seconds", "parent"):
            return str(value), str(value)
        if field.kind == "securitylevel":
            return LEVEL, value
        tables: dict[str, dict[str, Any]] = {
            "status": data.statuses,
            "priority": data.priorities,
            "resolution": data.resolutions,
            "issuetype": data.issue_types,
            "option": {one.id: one for one in field.options},
        }
        return value, tables[field.kind][value].name
