"""The rules that are on: known, with their options, in a mode that is allowed."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from pydantic import BaseModel

from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.duration import Effort
from tierkeeper.plugins.model.promise import DUE, SLA
from tierkeeper.plugins.rule import OptionFault, Rule, RuleOptions
from tierkeeper.rules.policy.page import Page
from tierkeeper.rules.policy.policy import ActiveRule
from tierkeeper.rules.policy.problems import did_you_mean, listed
from tierkeeper.rules.policy.trackers import failed_plugins, read_options
from tierkeeper.rules.policy.yaml_text import Path


def read_rules(page: Page, desk: Desk) -> tuple[ActiveRule, ...]:
    """The rules in order of precedence, without those that are off."""
    found: list[ActiveRule] = []
    for code, raw in page.raw.rules.items():
        path: Path = ("rules", code)
        kind = page.host.rules.get(code)
        if kind is None:
            hint = did_you_mean(code, "rules", sorted(page.host.rules)) + failed_plugins(page)
            page.findings.add(path, f'unknown rule "{code}"', hint, on_key=True)
            continue
        options = read_options(page, path, kind.Options, raw.__pydantic_extra__ or {})
        mode = raw.mode or page.raw.mode
        if options is None or mode == "off":
            continue
        rule = _made(page, path, kind, resolved(options, desk.effort_day))
        if rule is not None:
            _check_facets(page, path, rule, desk)
            _check_options(page, path, rule.check, desk)
            found.append(ActiveRule(rule, mode))
    for active in found:
        others = {other.code: other.rule for other in found if other is not active}
        _check_options(page, ("rules", active.code), partial(active.rule.check_beside, others), desk)
    _check_enforcing(page)
    _check_silent(page, found, desk)
    return tuple(found)


def _made(page: Page, path: Path, kind: type[Rule], options: Any) -> Rule | None:
    assert isinstance(options, RuleOptions)
    try:
        return kind(options)
    except Exception as failure:  # noqa: BLE001 - isolation: a plugin's constructor may raise anything
        page.findings.add(path, f"the rule failed to start: {type(failure).__name__}: {failure}", on_key=True)
        return None


def resolved(value: Any, day_minutes: float) -> Any:
    """The same value with the team's day in every effort in it."""
    if isinstance(value, Effort):
        return value.resolved(day_minutes)
    if isinstance(value, BaseModel):
        fields = {name: resolved(getattr(value, name), day_minutes) for name in type(value).model_fields}
        return value.model_copy(update=fields)
    if isinstance(value, dict):
        return {key: resolved(inner, day_minutes) for key, inner in value.items()}
    if type(value) in {list, tuple, set, frozenset}:
        return type(value)(resolved(inner, day_minutes) for inner in value)
    return value


def _check_options(page: Page, path: Path, check: Callable[[Desk], Iterable[OptionFault]], desk: Desk) -> None:
    """Report what the rule finds wrong with its options for this desk, or beside the other rules."""
    try:
        faults = list(check(desk))
    except Exception as failure:  # noqa: BLE001 - isolation: a plugin's check may raise anything
        page.findings.add(path, f"the rule failed to start: {type(failure).__name__}: {failure}", on_key=True)
        return
    for fault in faults:
        page.findings.add((*path, *fault.option), fault.message, fault.hint)


def _check_facets(page: Page, path: Path, rule: Rule, desk: Desk) -> None:
    """Report a facet that the rule guards or sets, and that no tracker keeps."""
    kept = sorted(name for name, facet in desk.facets.items() if facet.maps)
    for name in sorted((rule.guards | rule.wants) - {DUE}) if kept else ():  # the due time is kept only if asked for
        if name == SLA and not desk.promises.made:
            page.findings.add(path, "nothing is promised", "say what, under promises: targets:", on_key=True)
        elif name not in kept:
            message = f'it works on the facet "{name}", and no tracker keeps that'
            page.findings.add(path, message, f"{listed('facets', kept)}; say there where {name} is kept", on_key=True)


def _check_silent(page: Page, rules: Sequence[ActiveRule], desk: Desk) -> None:
    """Warn of facets that rules judge or set, and that are kept where no history tells who changed them."""
    for name in sorted({facet for active in rules for facet in active.rule.guards | active.rule.wants} - desk.ours):
        kept = desk.facets[name].maps.items() if name in desk.facets else ()
        for tracker in (tracker for tracker, place in kept if place.silent):
            codes = listed("rules", [active.code for active in rules if name in active.rule.guards | active.rule.wants])
            message = f"{tracker} does not tell who changed the {name} there: no change is judged or written over"
            page.findings.warn(("facets", name, tracker), message, f"keep it in a label; it matters to {codes}")


def _check_enforcing(page: Page) -> None:
    """Report the first key that enforces, where nobody said from when on."""
    if page.raw.enforce_from is not None or page.document.value(("enforce_from",)) is not None:
        return
    own = [("rules", code, "mode") for code, raw in page.raw.rules.items() if raw.mode == "enforce"]
    enforcing: list[Path] = [("mode",)] if page.raw.mode == "enforce" else []
    for path in [*enforcing, *own][:1]:
        message = "to enforce, the policy has to say from when on"
        page.findings.add(path, message, "add enforce_from: with date, time and offset, such as 2026-12-01T00:00:00Z")
