"""Facets: what is tracked about an issue, and where each tracker keeps it."""

from collections.abc import Iterable, Mapping
from typing import get_args

from tierkeeper.plugins.model.desk import Facet, FacetMap
from tierkeeper.plugins.model.promise import DUE, SLA, Standing
from tierkeeper.rules.places import PLACES
from tierkeeper.rules.policy.page import Page
from tierkeeper.rules.policy.policy import TrackerEntry
from tierkeeper.rules.policy.problems import did_you_mean, nearly_same
from tierkeeper.rules.policy.raw import RawFacet, RawMap
from tierkeeper.rules.policy.yaml_text import Path

PREFIXES = {
    "tier": "tier:",
    "kind": "kind:",
    "severity": "severity:",
    "priority": "priority:",
    "estimate": "estimate:",
    "service": "service:",
    "instance": "instance:",
    "entry_point": "entry-point:",
    "component": "component:",
    "waiting": "waiting:",
}
"""The labels that keep a facet where the policy does not say otherwise."""

OURS = {SLA: "sla:"}
"""The labels that tell how things stand, where something is promised; ours alone."""

NATIVE = {"owner": FacetMap("assignee"), "state": FacetMap("state")}
"""Facets that every tracker keeps in one way only."""

KNOWN = (*PREFIXES, *NATIVE, "server", SLA, DUE)
"""The facets that have a meaning of their own. A policy may add others."""


def read_facets(page: Page, trackers: Mapping[str, TrackerEntry], used: Iterable[str]) -> dict[str, Facet]:
    """Every facet, mapped on the trackers that are in use."""
    plugins = {name: trackers[name] for name in used if name in trackers}
    promised = page.raw.promises.targets or page.raw.promises.tiers
    names = dict.fromkeys((*PREFIXES, *NATIVE, *(OURS if promised else ()), *page.raw.facets))
    found = {name: _facet(page, name, trackers, plugins) for name in names}
    for name in page.raw.facets:
        path: Path = ("facets", name)
        near = "" if name in KNOWN else nearly_same(name, KNOWN)
        if near:
            page.findings.warn(path, f'"{name}" is a facet of this policy only', f'did you mean "{near}"?')
        if plugins and not found[name].maps and not (page.raw.facets[name].__pydantic_extra__ or {}):
            place = f'{{{next(iter(plugins))}: {{label: "{name}:"}}}}'
            page.findings.add(path, "no tracker keeps this facet", f"say where, such as {place}", on_key=True)
    return found


def _facet(page: Page, name: str, trackers: Mapping[str, TrackerEntry], used: Mapping[str, TrackerEntry]) -> Facet:
    raw = page.raw.facets.get(name) or RawFacet.model_validate({})
    extra: Mapping[str, RawMap] = raw.__pydantic_extra__ or {}
    maps: dict[str, FacetMap] = {}
    if name in NATIVE:
        maps = {tracker: _native(name, entry) for tracker, entry in used.items()}
    elif name in PREFIXES or name in OURS:
        maps = {tracker: FacetMap("label", {**PREFIXES, **OURS}[name]) for tracker in used}
    for tracker, raw_map in extra.items():
        path: Path = ("facets", name, tracker)
        if name in NATIVE:
            message = f"the {name} is always the issue's {NATIVE[name].kind}"
            page.findings.add(path, message, "leave this out", on_key=True)
        elif page.refers_on_key(path, ("tracker", "trackers")):
            known = _map(page, path, raw_map, trackers.get(tracker))
            maps |= {tracker: known} if known else {}
    values = _values(page, name, raw)
    _check_statuses(page, name, values, maps)
    if raw.headings and name not in PLACES:
        message = f"reports answer for {' and '.join(PLACES)} only"
        page.findings.add(("facets", name, "headings"), message, "leave this out", on_key=True)
    return Facet(name, values, maps, tuple(raw.headings), "ours" if name in {SLA, DUE} else "people")


def _native(name: str, entry: TrackerEntry) -> FacetMap:
    kept = NATIVE[name]
    return FacetMap(kept.kind, most=entry.plugin.assignees) if kept.kind == "assignee" else kept


def _map(page: Page, path: Path, raw: RawMap, entry: TrackerEntry | None) -> FacetMap | None:
    """Where one tracker keeps the facet; None after reporting that it cannot."""
    kinds = [kind for kind in ("label", "field", "status") if getattr(raw, kind) is not None]
    if len(kinds) != 1:
        said = " and ".join(kinds) or "none"
        page.findings.add(path, f"expected one of label, field and status, got {said}", on_key=True)
        return None
    kind = kinds[0]
    if entry is not None and kind not in entry.plugin.map_kinds:
        offered = [known for known in entry.plugin.map_kinds if known in RawMap.model_fields]
        message = f"{path[-1]} cannot keep a facet in a {kind}"
        page.findings.add((*path, kind), message, did_you_mean(kind, "it has", offered), on_key=True)
        return None
    silent = entry is not None and kind in entry.plugin.silent_kinds
    if raw.label is not None:
        return FacetMap("label", raw.label)
    if raw.field is not None:
        return FacetMap("field", raw.field, silent=silent)
    return FacetMap("status", "", raw.status or {}, silent=silent)


def _values(page: Page, name: str, raw: RawFacet) -> tuple[str, ...]:
    """The facet's values, each once; a tier's are the tiers, and likewise for what else the policy lists."""
    if raw.values is None:
        if name == "tier":
            return tuple(tier.name for _, tier in page.tiers())
        if name == SLA:
            return tuple(page.raw.promises.names.get(standing, standing) for standing in get_args(Standing))
        if name == "instance":
            return tuple(page.raw.instances)
        if name == "entry_point":
            return tuple(page.raw.entry_points)
        return tuple(page.raw.services) if name == "service" else ()
    first: dict[str, int] = {}
    for position, value in enumerate(raw.values):
        path: Path = ("facets", name, "values", position)
        if first.setdefault(value.casefold(), position) != position:
            page.findings.add(path, f'"{value}" stands here twice', "values differ in more than capitals")
        if name == "tier":
            page.refers(path, value, ("tier", "tiers"))
    return tuple(raw.values)


def _check_statuses(page: Page, name: str, values: tuple[str, ...], maps: Mapping[str, FacetMap]) -> None:
    """Report a value without a status, a status for no value, and a status that would mean two values."""
    for tracker, kept in maps.items():
        if kept.kind != "status":
            continue
        path: Path = ("facets", name, tracker, "status")
        missing = [value for value in values if value not in kept.statuses]
        if missing:
            page.findings.add(path, f"no status for {', '.join(missing)}", "give each value a status", on_key=True)
        first: dict[str, str] = {}
        for value, status in kept.statuses.items():
            if values and value not in values:
                hint = did_you_mean(value, "values", values)
                page.findings.add((*path, value), f'unknown value "{value}"', hint, on_key=True)
            other = first.setdefault(status.casefold(), value)
            if other != value:
                page.findings.add(
                    (*path, value), f'the status "{status}" means "{other}" already', "one value a status"
                )
