"""Mirrors: pairs that can be, each issue in one of them, and no circle."""

from collections.abc import Mapping, Sequence

import msgspec

from tierkeeper.plugins.model.desk import Desk, Queue
from tierkeeper.plugins.model.mirror import (
    LABELS,
    LINKS,
    MILESTONE,
    STATE,
    TEXT,
    TITLE,
    Flow,
    Mirror,
    StateRow,
    Stood,
    Way,
)
from tierkeeper.plugins.model.promise import DUE, SLA
from tierkeeper.plugins.model.relation import PARENT
from tierkeeper.rules.mirroring.redact import compiled
from tierkeeper.rules.mirroring.states import doubles
from tierkeeper.rules.policy.mirror_names import check_names
from tierkeeper.rules.policy.page import Page
from tierkeeper.rules.policy.problems import did_you_mean
from tierkeeper.rules.policy.promises import check_values
from tierkeeper.rules.policy.raw_mirrors import RawFlow, RawMirror, RawStood
from tierkeeper.rules.policy.yaml_text import Path

_BESIDE = (TITLE, TEXT, STATE, LABELS)
_NEVER = frozenset({"waiting", "server"})
"""Facets of the desk alone: they say how the source stands."""

_DEFAULT_WAYS: Mapping[str, Way] = {TEXT: "forward", SLA: "follow", DUE: "follow"}
"""How what is not named flows, where not both ways: promises are made, and kept, on the source."""


def read_mirrors(page: Page, desk: Desk, queues: Mapping[str, Queue]) -> tuple[Mirror, ...]:
    """The mirrors, in the order of the policy."""
    found = [_mirror(page, name, raw, desk, queues) for name, raw in page.raw.mirrors.items()]
    _check_circles(page, found)
    _check_claims(page, found)
    return tuple(found)


def _mirror(page: Page, name: str, raw: RawMirror, desk: Desk, queues: Mapping[str, Queue]) -> Mirror:  # noqa: PLR0917 - what a mirror is made of
    path: Path = ("mirrors", name)
    page.refers((*path, "from"), raw.source, ("queue", "queues"))
    page.refers((*path, "to"), raw.target, ("queue", "queues"))
    for component, queue in raw.by_component.items():
        page.refers((*path, "by_component", component), queue, ("queue", "queues"))
    mirror = Mirror(
        name=name,
        source=raw.source,
        target=raw.target,
        when={facet: tuple(values) for facet, values in raw.when.items()},
        by_component=raw.by_component,
        flows=_flows(page, path, raw, desk, queues),
        values=raw.values,
        labels=raw.labels,
        states=_states(page, path, raw, queues),
        relations=_relations(page, path, raw, desk),
        comments=raw.comments,
        attachments=raw.attachments or ("copy" if raw.audience == "private" else "count"),
        audience=raw.audience,
        redact=tuple(raw.redact.patterns),
        redact_defaults=raw.redact.defaults,
    )
    for facet, values in raw.when.items():
        if facet != LABELS:
            _check_facet(page, (*path, "when", facet), facet, desk)
        check_values(page, (*path, "when", facet), values, desk.facets.get(facet))
    if raw.attachments == "copy" and raw.audience == "public":
        message = "files are not copied to where anybody reads: nothing looks into them for what never crosses"
        page.findings.add((*path, "attachments"), message, "use links or count")
    for place, pattern in enumerate(raw.redact.patterns):
        try:
            compiled(pattern)
        except ValueError as error:
            where = (*path, "redact", "patterns", place)
            page.findings.add(where, f"no pattern that RE2 reads: {error}", "escape what is meant as it is")
    places: dict[Path, str] = {("to",): raw.target}
    places |= {("by_component", component): queue for component, queue in raw.by_component.items()}
    for below, queue in places.items():
        if _place(queue, queues) == _place(raw.source, queues):
            page.findings.add((*path, *below), f'"{queue}" would mirror into itself', "a mirror joins two places")
    check_names(page, mirror, queues, desk.facets)
    return mirror


def _place(name: str, queues: Mapping[str, Queue]) -> tuple[str, str]:
    queue = queues.get(name)
    return (queue.tracker, queue.place.casefold()) if queue is not None else ("", name)


def _check_facet(page: Page, path: Path, facet: str, desk: Desk) -> None:
    if facet not in desk.facets:
        page.findings.add(
            path, f'unknown facet "{facet}"', did_you_mean(facet, "facets", sorted(desk.facets)), on_key=True
        )


def _flows(page: Page, path: Path, raw: RawMirror, desk: Desk, queues: Mapping[str, Queue]) -> tuple[Flow, ...]:  # noqa: PLR0917 - what flows depends on
    """What flows: title, text, state and labels, and the facets that both trackers keep."""
    trackers = {queues[name].tracker for name in (raw.source, raw.target, *raw.by_component.values()) if name in queues}
    kept = [
        name for name, facet in desk.facets.items() if name not in {*_NEVER, STATE} and trackers <= facet.maps.keys()
    ]
    if MILESTONE not in desk.facets and all(_has(page, name, "milestone") for name in trackers):
        kept.append(MILESTONE)
    for facet, flow in raw.flows.items():
        if facet in {PARENT, LINKS} and facet not in desk.facets:
            continue
        if facet == TEXT and flow.way == "both":
            message = "the text flows to the twin only: what crosses is not what was written"
            page.findings.add((*path, "flows", facet), message, "use forward; people write below it, or comment")
        if facet in _BESIDE or (facet in kept and flow.way != "none"):
            continue
        if facet not in kept:
            choices = sorted({*_BESIDE, *kept})
            message = f'"{facet}" does not flow: not both trackers keep it'
            page.findings.add((*path, "flows", facet), message, did_you_mean(facet, "facets", choices), on_key=True)
    said = {
        name: raw.flows.get(name, RawFlow.model_validate({"way": _DEFAULT_WAYS.get(name, "both")}))
        for name in (*_BESIDE, *kept)
    }
    return tuple(Flow(name, flow.way, flow.owner) for name, flow in said.items() if flow.way != "none")


def _relations(page: Page, path: Path, raw: RawMirror, desk: Desk) -> frozenset[str]:
    """Whether parents and links flow. They do so to the twin only: what its team makes of it is theirs."""
    said = {name: raw.flows[name] for name in (PARENT, LINKS) if name in raw.flows and name not in desk.facets}
    for name, flow in said.items():
        if flow.way not in {"forward", "none"}:
            message = f"{name} flow to the twin only" if name == LINKS else f"a {name} flows to the twin only"
            page.findings.add((*path, "flows", name), message, "use forward, or none")
    return frozenset(name for name in (PARENT, LINKS) if name not in said or said[name].way != "none")


def with_relations(queues: Mapping[str, Queue], mirrors: Sequence[Mirror]) -> dict[str, Queue]:
    """The queues, those marked whose issues' links are carried over."""
    asked = {name for one in mirrors if LINKS in one.relations for name in (one.source, *one.targets())}
    return {name: msgspec.structs.replace(queue, relations=name in asked) for name, queue in queues.items()}


def _states(page: Page, path: Path, raw: RawMirror, queues: Mapping[str, Queue]) -> tuple[StateRow, ...]:
    """The table of states, each row with one meaning in each direction."""
    rows = tuple(StateRow(_stood(row.source), _stood(row.target), row.way) for row in raw.states)
    for place, earlier, side in doubles(rows):
        stood = rows[place].source if side == "source" else rows[place].target
        message = f'"{stood}" of the {side} stands in row {earlier + 1} already'
        hint = f"let one of the two go one way only: {'way: back' if side == 'source' else 'way: forward'}"
        page.findings.add((*path, "states", place, side), message, hint, on_key=True)
    ends = {"source": (raw.source,), "target": (raw.target, *raw.by_component.values())}
    for place, row in enumerate(raw.states):
        for side, end in (("source", row.source), ("target", row.target)):
            for queue in ends[side] if end.status else ():
                if queue in queues and not _has(page, queues[queue].tracker, "status"):
                    message = f'the tracker of "{queue}" has no statuses'
                    page.findings.add((*path, "states", place, side, "status"), message, "say its state and reason")
    return rows


def _stood(raw: RawStood) -> Stood:
    return Stood(open=raw.state == "open", reason=raw.reason, status=raw.status)


def _has(page: Page, tracker: str, what: str) -> bool:
    """Whether issues have a status, or a milestone, on that tracker; on one that is not known they may."""
    entry = page.raw.trackers.get(tracker)
    plugin = page.host.trackers.get(entry.plugin) if entry is not None else None
    return plugin is None or (what in plugin.map_kinds if what == "status" else bool(plugin.milestone))


def _check_circles(page: Page, mirrors: list[Mirror]) -> None:
    """Report mirrors that would make twins of twins."""
    sources = {mirror.source: mirror.name for mirror in mirrors}
    for mirror in mirrors:
        for queue in mirror.targets():
            if queue in sources and queue != mirror.source:
                message = f'"{queue}" is where "{sources[queue]}" begins: twins would get twins'
                page.findings.add(("mirrors", mirror.name, "to"), message, "a queue is a source or a target, not both")


def _check_claims(page: Page, mirrors: list[Mirror]) -> None:
    """Report two mirrors of one queue that one issue could fit."""
    for place, mirror in enumerate(mirrors):
        for before in mirrors[:place]:
            apart = any(
                not set(values) & set(before.when[facet])
                for facet, values in mirror.when.items()
                if facet in before.when
            )
            if before.source == mirror.source and not apart:
                message = f'an issue of "{mirror.source}" could fit "{before.name}" too'
                page.findings.add(("mirrors", mirror.name, "when"), message, "let a facet tell them apart")
