"""How Jira spells the values that it lets people choose from: a policy's ``high`` is its ``High``."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tierkeeper.plugins.jira.access import Access, issue_path
from tierkeeper.plugins.jira.convert import RawFields
from tierkeeper.plugins.model.change import Change, SetField

_CHOSEN = frozenset({"priority", "issuetype", "resolution", "option"})
"""The types of fields whose values are chosen from a list."""


class _RawScreenField(msgspec.Struct, rename="camel"):
    allowed_values: list[Any] = []


class _RawScreen(msgspec.Struct):
    fields: dict[str, _RawScreenField] = {}


def spelt(access: Access, issue: str, now: RawFields, changes: Sequence[Change]) -> list[Change]:
    """The same changes, with each chosen value as Jira spells it on this issue; one that it does not list stays."""
    return [_spelt(access, issue, now, change) if isinstance(change, SetField) else change for change in changes]


def _spelt(access: Access, issue: str, now: RawFields, change: SetField) -> SetField:
    if not change.value or change.name.casefold() == "status":
        return change
    field = access.field(change.name)
    if field.kind not in _CHOSEN:
        return change
    return SetField(change.name, _spelling(change.value, _listed(access, issue, now).get(field.id, [])))


def _spelling(value: str, listed: Sequence[str]) -> str:
    same = [one for one in listed if one.casefold() == value.casefold()]
    return value if value in same or not same else same[0]


def _listed(access: Access, issue: str, now: RawFields) -> Mapping[str, list[str]]:
    """What each field offers on issues of this project and type, looked up once a day."""
    place = now.project.id if now.project is not None else issue
    kind = now.issuetype.id if now.issuetype is not None else ""

    def ask() -> dict[str, list[str]]:
        screen = access.transport.get(f"{issue_path(issue)}/editmeta").decode(_RawScreen)
        return {id_: _names(field.allowed_values) for id_, field in screen.fields.items() if field.allowed_values}

    return access.daily(f"choices {place} {kind}", dict[str, list[str]], ask)


def _names(values: Sequence[Any]) -> list[str]:
    named = [one.get("value") or one.get("name") for one in values if isinstance(one, dict)]
    return [name for name in named if isinstance(name, str)]
