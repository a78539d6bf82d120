"""The service catalogue: goals that make sense, and that something can match."""

from collections.abc import Mapping, Sequence
from typing import get_args

from tierkeeper.plugins.model.desk import Facet
from tierkeeper.plugins.model.duration import Duration
from tierkeeper.plugins.model.promise import DUE, SLA, ClockKind, Goal, Promises, Standing, TierGoal
from tierkeeper.rules.policy.facets import KNOWN
from tierkeeper.rules.policy.page import Page
from tierkeeper.rules.policy.problems import did_you_mean
from tierkeeper.rules.policy.raw_promises import RawGoal, RawTierGoal
from tierkeeper.rules.policy.yaml_text import Path, key_of

_KINDS: Mapping[str, ClockKind] = {kind.replace(" ", "_"): kind for kind in get_args(ClockKind)}

_ROOT = "promises"


def read_promises(page: Page, facets: Mapping[str, Facet]) -> Promises:
    """The catalogue, in its order."""
    raw = page.raw.promises
    goals: list[Goal] = []
    for position, one in enumerate(raw.targets):
        goal = _goal(page, (_ROOT, "targets", position), one, facets)
        _check_reachable(page, (_ROOT, "targets", position), goal, goals)
        goals.append(goal)
    if "pause_on" in raw.model_fields_set:
        check_values(page, (_ROOT, "pause_on"), raw.pause_on, facets.get("waiting"))
    for position, role in enumerate(raw.answer_by):
        page.refers((_ROOT, "answer_by", position), role, ("role", "roles"))
    called: dict[str, Standing] = {}
    for standing in get_args(Standing):
        other = called.setdefault(raw.names.get(standing, standing).casefold(), standing)
        if other != standing:
            message = f'"{raw.names.get(standing, standing)}" is what {other} is called already'
            page.findings.add((_ROOT, "names", standing), message, "one name for each")
    if isinstance(raw.at_risk, Duration) and raw.at_risk.in_days:
        message = f"what is left is counted in time, and {raw.at_risk} are days"
        page.findings.add((_ROOT, "at_risk"), message, "write bh, h or m, or a share such as 75%")
    return Promises(
        goals=tuple(goals),
        tiers=tuple(_tier_goal(page, name, one) for name, one in raw.tiers.items()),
        pause_on=frozenset(raw.pause_on),
        at_risk=raw.at_risk,
        on_change=raw.on_change,
        reopening=raw.reopening,
        revisit=raw.revisit,
        answer_by=tuple(raw.answer_by),
        names=raw.names,
        announce=raw.announce,
    )


def _targets(raw: RawGoal | RawTierGoal) -> dict[ClockKind, Duration]:
    named = {kind: getattr(raw, key, None) for key, kind in _KINDS.items()}
    return {kind: target for kind, target in named.items() if target is not None}


def _goal(page: Page, path: Path, raw: RawGoal, facets: Mapping[str, Facet]) -> Goal:
    targets = _targets(raw)
    if raw.promise is not None and targets:
        page.findings.add((*path, "promise"), "none, and there are targets", "leave one of them out")
    if raw.promise is None and not targets:
        page.findings.add(path, "no target", "such as first_response: 2bh, or promise: none")
    for name, values in raw.when.items():
        known = {*facets, *KNOWN} - {SLA, DUE}  # a promise cannot hang on how it stands
        if name not in known:
            hint = did_you_mean(name, "facets", sorted(known))
            page.findings.add((*path, "when", name), f'unknown facet "{name}"', hint, on_key=True)
        elif name == "tier":
            _check_tiers(page, (*path, "when", name), values)
        else:
            check_values(page, (*path, "when", name), values, facets.get(name))
    return Goal(
        name=raw.name or "",
        place=key_of(path),
        when={name: tuple(values) for name, values in raw.when.items()},
        targets=targets,
        calendar=_calendar(page, path, raw.calendar),
    )


def _tier_goal(page: Page, name: str, raw: RawTierGoal) -> TierGoal:
    path: Path = (_ROOT, "tiers", name)
    _check_tiers(page, path, [name], on_key=True)
    targets = _targets(raw)
    if not targets:
        page.findings.add(path, "no target", "such as own: 1bh or hold: 2bd", on_key=True)
    return TierGoal(tier=name, place=key_of(path), targets=targets, calendar=_calendar(page, path, raw.calendar))


def _check_tiers(page: Page, path: Path, names: Sequence[str], *, on_key: bool = False) -> None:
    known = page.document.names("tiers")
    for name in names:
        if name not in known:
            page.findings.add(path, f'unknown tier "{name}"', did_you_mean(name, "tiers", known), on_key=on_key)


def check_values(page: Page, path: Path, values: Sequence[str], facet: Facet | None) -> None:
    """Report values that a facet does not have."""
    known = facet.values if facet is not None else ()
    for value in values if known else ():
        if value not in known:
            assert facet is not None
            message = f'the facet "{facet.name}" has no value "{value}"'
            page.findings.add(path, message, did_you_mean(value, "values", known))


def _calendar(page: Page, path: Path, name: str | None) -> str:
    if name is None or name == "24x7":
        return name or ""
    page.refers((*path, "calendar"), name, ("calendar", "calendars"))
    return name


def _check_reachable(page: Page, path: Path, goal: Goal, earlier: Sequence[Goal]) -> None:
    """Report a goal that no issue comes to, for an earlier one takes all of its issues."""
    for before in earlier:
        if all(
            set(goal.when.get(facet, ())) <= set(values) and facet in goal.when for facet, values in before.when.items()
        ):
            line = page.document.mark((_ROOT, "targets", earlier.index(before))).line
            message = f"no issue comes to this goal: the one in line {line} takes them all"
            page.findings.add(path, message, "put the narrower goal first")
            return
