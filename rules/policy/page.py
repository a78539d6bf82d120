"""The policy as one page: its text, its raw models, the plugins, and what was found wrong so far."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from pydantic import ValidationError

from tierkeeper.plugins.host import Host
from tierkeeper.rules.policy.problems import Findings, unknown, unknown_key
from tierkeeper.rules.policy.raw import LISTED, NAMED, RawHandover, RawPolicy, RawTier
from tierkeeper.rules.policy.wording import report
from tierkeeper.rules.policy.yaml_text import Document, Path

_UNNAMED = "?"


class Page(msgspec.Struct, frozen=True):
    """What the steps from raw to resolved share. `positions` are where the items of a list stand in the text."""

    document: Document
    raw: RawPolicy
    findings: Findings
    host: Host
    positions: Mapping[str, tuple[int, ...]]

    def tiers(self) -> Iterator[tuple[int, RawTier]]:
        """Each tier that could be read, with its position in the text."""
        return zip(self.positions["tiers"], self.raw.tiers, strict=True)

    def handovers(self) -> Iterator[tuple[int, RawHandover]]:
        """Each handover that could be read, with its position in the text."""
        return zip(self.positions["handovers"], self.raw.handovers, strict=True)

    def refers(self, path: Path, word: str, what: tuple[str, str]) -> bool:
        """Whether `word`, found at `path`, names something in a section; reported if not."""
        names = self.document.names(what[1].replace(" ", "_"))
        if word in names:
            return True
        unknown(self.findings, path, what, names)
        return False

    def refers_on_key(self, path: Path, what: tuple[str, str]) -> bool:
        """Whether the key at the end of `path` names something in a section; reported if not."""
        names = self.document.names(what[1])
        if path[-1] in names:
            return True
        unknown_key(self.findings, path, what, names)
        return False


def read_page(document: Document, findings: Findings, host: Host) -> Page:
    """Validate the text as raw models. An item that is wrong is reported and left out, the others go on."""
    data: dict[str, Any] = _tidy(document.data)
    positions = {name: tuple(range(len(data[name]))) if isinstance(data.get(name), list) else () for name in LISTED}
    try:
        return Page(document, RawPolicy.model_validate(data), findings, host, positions)
    except ValidationError as error:
        report(findings, (), error, RawPolicy)
        broken = {_item(detail["loc"]) for detail in error.errors(include_url=False)}
    for name in LISTED:
        if isinstance(data.get(name), list):
            positions[name] = tuple(at for at in positions[name] if (name, at) not in broken)
            data[name] = [data[name][at] for at in positions[name]]
    for section, *item in broken:
        if not item:
            data.pop(str(section), None)
        elif section in NAMED:
            data[str(section)].pop(item[0], None)
    data.setdefault("desk", _UNNAMED)
    positions = {name: positions[name] if isinstance(data.get(name), list) else () for name in LISTED}
    return Page(document, RawPolicy.model_validate(data), findings, host, positions)


def _item(place: tuple[int | str, ...]) -> Path:
    """What has to be left out for an error: one item of a section, or a key at the top."""
    return place[:2] if place[0] in (*NAMED, *LISTED) else place[:1]


def _tidy(data: Mapping[str, object]) -> dict[str, Any]:
    """The data without keys that have no value. A name with nothing under it names something empty."""
    found: dict[str, Any] = {}
    for section, items in data.items():
        if section in NAMED and isinstance(items, dict):
            found[section] = {name: {} if item is None else _without_nulls(item) for name, item in items.items()}
        elif items is not None:
            found[section] = _without_nulls(items)
    return found


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
