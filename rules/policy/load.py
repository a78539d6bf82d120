"""desk.yaml's text → Policy."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tierkeeper.plugins.host import Host
from tierkeeper.plugins.model.desk import Desk, Facet
from tierkeeper.rules.calendars import BusinessCalendar
from tierkeeper.rules.policy.amounts import check_amounts
from tierkeeper.rules.policy.calendars import Beside, nothing_beside, read_calendars
from tierkeeper.rules.policy.commands import read_offered, read_permissions
from tierkeeper.rules.policy.components import read_components
from tierkeeper.rules.policy.facets import read_facets
from tierkeeper.rules.policy.fingerprint import fingerprint
from tierkeeper.rules.policy.labels import check_labels
from tierkeeper.rules.policy.mirrors import read_mirrors, with_relations
from tierkeeper.rules.policy.nodes import read_document
from tierkeeper.rules.policy.notifiers import read_notifiers
from tierkeeper.rules.policy.page import Page, read_page
from tierkeeper.rules.policy.people import Crew, read_places, read_roles
from tierkeeper.rules.policy.policy import Policy, TrackerEntry
from tierkeeper.rules.policy.problems import Findings
from tierkeeper.rules.policy.promises import read_promises
from tierkeeper.rules.policy.rules import read_rules
from tierkeeper.rules.policy.tiers import read_handovers, read_tiers
from tierkeeper.rules.policy.trackers import read_queues, read_trackers
from tierkeeper.rules.policy.yaml_text import Document, key_of

_DAY_MINUTES = 24 * 60


def load_policy(text: str, *, file: str, host: Host, beside: Beside = nothing_beside) -> Policy:
    """Read a policy. `file` is its name, for messages; `host` knows the rules and trackers; `beside` reads other files.

    Raises PolicyError with everything that is wrong, in the order of the file.
    """
    document, problems = read_document(text, file)
    findings = Findings(document)
    findings.take(problems)
    page = read_page(document, findings, host)
    trackers = read_trackers(page)
    queues = read_queues(page, trackers)
    used = dict.fromkeys(queue.tracker for queue in queues.values()) or dict.fromkeys(trackers)
    facets = read_facets(page, trackers, used)
    check_labels(page, facets)
    check_amounts(page, facets)
    calendars = read_calendars(page, beside)
    desk = _desk(page, trackers, facets, calendars=calendars, beside=beside)
    rules = read_rules(page, desk)
    commands = read_offered(page)
    mirrors = read_mirrors(page, desk, queues)
    queues = with_relations(queues, mirrors)
    notifiers = read_notifiers(page, desk)
    findings.refuse()
    trackers = {name: _told_fields(entry, facets) for name, entry in trackers.items()}
    raw = page.raw
    return Policy(
        file=file,
        desk=desk,
        mode=raw.mode,
        enforce_from=raw.enforce_from,
        max_changes=raw.max_changes,
        wait=timedelta(seconds=raw.wait_seconds),
        trackers=trackers,
        queues=queues,
        rules=rules,
        commands=commands,
        mirrors=mirrors,
        notifiers=notifiers,
        flag_prefix=raw.flag_prefix,
        places=_places(document),
        fingerprint=fingerprint(desk, rules, (raw.flag_prefix, raw.wait_seconds, *commands)),
        warnings=findings.warnings,
    )


def _told_fields(entry: TrackerEntry, facets: Mapping[str, Facet]) -> TrackerEntry:
    """A tracker whose options have `fields` is told the native fields that facets live in."""
    known = getattr(entry.options, "fields", None)
    if not isinstance(known, tuple):
        return entry
    kept = [facet.maps[entry.name] for facet in facets.values() if entry.name in facet.maps]
    names = dict.fromkeys((*known, *(one.name for one in kept if one.kind == "field")))
    return TrackerEntry(entry.name, entry.plugin, entry.options.model_copy(update={"fields": tuple(names)}))


def _desk(
    page: Page,
    trackers: Mapping[str, TrackerEntry],
    facets: Mapping[str, Facet],
    *,
    calendars: Mapping[str, BusinessCalendar],
    beside: Beside,
) -> Desk:
    raw = page.raw
    crew = Crew(page)
    places: dict[str, Any] = read_places(page, crew)
    roles = read_roles(page, crew, trackers)
    return Desk(
        name=raw.desk,
        time_zone=raw.time_zone,
        leader=crew.name(("leader",), raw.leader) if raw.leader else "",
        tiers=read_tiers(page, crew),
        roles=roles,
        components=read_components(page, crew, roles, beside),
        people=crew.people,
        handovers=read_handovers(page),
        facets=facets,
        commands=read_permissions(page, crew),
        promises=read_promises(page, facets),
        bots=frozenset(account.casefold() for account in raw.bots),
        fallback=crew.names(("fallback", "key_users"), raw.fallback.key_users if raw.fallback else ()),
        opt_out=raw.opt_out.label if raw.opt_out is not None else "",
        effort_day=_effort_day(page),
        calendars=calendars,
        own_calendar=raw.calendar,
        enforce_from=raw.enforce_from,
        **places,
    )


def _effort_day(page: Page) -> float:
    """The team's working day in minutes."""
    span = page.raw.effort_day
    minutes = span.elapsed.total_seconds() / 60
    if span.business:
        page.findings.add(("effort_day",), f"expected elapsed time (m, h, d), got {span}", "such as 8h")
    elif not 0 < minutes <= _DAY_MINUTES:
        page.findings.add(("effort_day",), f"expected more than 0 and at most 24h, got {span}", "such as 8h")
    return minutes


def _places(document: Document) -> dict[str, tuple[int, int]]:
    """Line and column of every key path, for evidence."""
    paths = [*document.keys, *(path for path in document.values if path)]
    marks = ((path, document.mark(path)) for path in paths)
    return {key_of(path): (mark.line, mark.column) for path, mark in marks}
