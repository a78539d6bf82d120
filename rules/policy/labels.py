"""Labels: every prefix is readable back, and no label is too long."""

from collections.abc import Iterator, Mapping

from tierkeeper.plugins.model.desk import Facet
from tierkeeper.rules.policy.page import Page
from tierkeeper.rules.policy.yaml_text import Path

LONGEST_LABEL = 50
_SECTIONS = {
    "instance": "instances",
    "entry_point": "entry_points",
    "server": "servers",
    "service": "services",
    "tier": "tiers",
}


def check_labels(page: Page, facets: Mapping[str, Facet]) -> None:
    """Report prefixes that clash or cannot be used, and labels that no tracker takes."""
    flag = page.raw.flag_prefix
    _check_prefix(page, ("flag_prefix",), flag)
    for facet in facets.values():
        for tracker, kept in facet.maps.items():
            if kept.kind == "label" and _check_prefix(page, _place(facet.name, tracker), kept.name):
                _check_values(page, facet, kept.name)
    for tracker in dict.fromkeys(tracker for facet in facets.values() for tracker in facet.maps):
        here = {
            facet.name: facet.maps[tracker].name
            for facet in facets.values()
            if tracker in facet.maps and facet.maps[tracker].kind == "label" and facet.maps[tracker].name
        }
        _check_clashes(page, tracker, here)
        _check_own_labels(page, here)


def _place(facet: str, tracker: str) -> Path:
    return ("facets", facet, tracker, "label")


def _check_prefix(page: Page, path: Path, prefix: str) -> bool:
    why = _unusable(prefix)
    if not prefix:
        why = "an empty prefix would claim every label"
    if why:
        page.findings.add(path, why, "write a short word and a colon, such as tier:")
    return not why


def _unusable(text: str) -> str:
    """Why text cannot be part of a label; empty if it can."""
    for letter, name in (("/", "a slash"), (",", "a comma")):
        if letter in text:
            return f'{name} in a label is not safe on every tracker: "{text}"'
    if text != text.strip() or not text.isprintable():
        return "line breaks, control characters and spaces at the ends do not belong in a label"
    return ""


def _check_values(page: Page, facet: Facet, prefix: str) -> None:
    for path, value in _written_values(page, facet):
        why = _unusable(value)
        label = f"{prefix}{value}"
        if why:
            page.findings.add(path, why, "use a dash instead", on_key=path[0] in _SECTIONS.values())
        elif len(label) > LONGEST_LABEL:
            message = f'the label "{label}" has {len(label)} characters; {LONGEST_LABEL} is the most'
            page.findings.add(path, message, "shorten the name or the prefix", on_key=path[0] in _SECTIONS.values())


def _written_values(page: Page, facet: Facet) -> Iterator[tuple[Path, str]]:
    """The values that could be written as labels, with their places."""
    section = _SECTIONS.get(facet.name, "")
    if section == "tiers":
        yield from ((("tiers", position, "name"), tier.name) for position, tier in page.tiers())
        return
    if section:
        yield from (((section, name), name) for name in page.document.names(section))
    if page.document.value(("facets", facet.name, "values")) is not None:
        yield from ((("facets", facet.name, "values", at), value) for at, value in enumerate(facet.values))


def _check_clashes(page: Page, tracker: str, prefixes: Mapping[str, str]) -> None:
    """Report two facets whose labels could be taken for each other's."""
    asked = [name for name in prefixes if page.document.value(_place(name, tracker)) is not None]
    for position, name in enumerate(asked):
        for other, theirs in prefixes.items():
            if other == name or other in asked[position + 1 :]:  # reported once, at the later one
                continue
            mine, their = prefixes[name].casefold(), theirs.casefold()
            if mine.startswith(their) or their.startswith(mine):
                message = f'labels of {name} ("{prefixes[name]}") could be taken for those of {other} ("{theirs}")'
                page.findings.add(_place(name, tracker), message, "no prefix may begin with another one")


def _check_own_labels(page: Page, prefixes: Mapping[str, str]) -> None:
    """Report a flag prefix or an opt-out label that reads as a facet."""
    flag = page.raw.flag_prefix.casefold()
    out = page.raw.opt_out.label if page.raw.opt_out is not None else ""
    for name, prefix in prefixes.items():
        theirs = prefix.casefold()
        if flag and (theirs.startswith(flag) or flag.startswith(theirs)):
            message = f'flags ("{page.raw.flag_prefix}") could be taken for labels of {name} ("{prefix}")'
            page.findings.add(("flag_prefix",), message, "no prefix may begin with another one")
        if out.casefold().startswith(theirs):
            message = f'the label "{out}" reads as the {name} "{out[len(prefix) :]}"'
            page.findings.add(("opt_out", "label"), message, "choose another label")
