"""What labels and values are called on a twin: names that its tracker takes, and that can be told apart there."""

from collections.abc import Iterable, Iterator, Mapping

from tierkeeper.plugins.model.desk import Facet, Queue
from tierkeeper.plugins.model.mirror import Mirror
from tierkeeper.rules.policy.labels import LONGEST_LABEL
from tierkeeper.rules.policy.page import Page
from tierkeeper.rules.policy.problems import did_you_mean


def check_names(page: Page, mirror: Mirror, queues: Mapping[str, Queue], facets: Mapping[str, Facet]) -> None:
    """Report names on the twin that cannot be, and two that would be one."""
    path = ("mirrors", mirror.name)
    for label, name in mirror.labels.items():
        if why := _unusable(page, name, (queues[one] for one in mirror.targets() if one in queues)):
            page.findings.add((*path, "labels", label), why, "give it another name on the twin")
    for first, second in _doubles(mirror.labels):
        message = f'"{first}" has this name on the twin too: what comes back could be either'
        page.findings.add((*path, "labels", second), message, "two labels need two names")
    ways = {flow.facet: flow.way for flow in mirror.flows}
    for facet, names in mirror.values.items():
        if facet not in ways:
            page.findings.add((*path, "values", facet), f'"{facet}" does not flow', "leave it out", on_key=True)
        known = facets[facet].values if facet in facets else ()
        for value in (one for one in names if known and one not in known):
            message = f'the facet "{facet}" has no value "{value}"'
            page.findings.add(
                (*path, "values", facet, value), message, did_you_mean(value, "values", known), on_key=True
            )
        every = {value: value for value in known if value not in names} | dict(names)  # the others keep their names
        for first, second in _doubles(every) if ways.get(facet) == "both" else ():
            message = f'"{first}" has this name on the twin too: what comes back could be either'
            hint = f"give it another name, or let it go one way: flows: {{{facet}: {{way: forward}}}}"
            page.findings.add((*path, "values", facet, second), message, hint)


def _doubles(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    seen: dict[str, str] = {}
    for here, there in names.items():
        first = seen.setdefault(there.casefold(), here)
        if first != here:
            yield first, here


def _unusable(page: Page, name: str, targets: Iterable[Queue]) -> str:
    """Why a tracker takes no label of this name; empty if each does."""
    if not name.isprintable():
        return "line breaks and control characters do not belong in a label"
    if len(name) > LONGEST_LABEL:
        return f"{len(name)} characters; a label has at most {LONGEST_LABEL}"
    for queue in targets:
        entry = page.raw.trackers.get(queue.tracker)
        plugin = page.host.trackers.get(entry.plugin) if entry is not None else None
        if plugin is not None and not plugin.label_spaces and any(mark.isspace() for mark in name):
            return f'the tracker of "{queue.name}" takes no label with a space'
    return ""
