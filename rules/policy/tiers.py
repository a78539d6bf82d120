"""Tiers in their order, and the handovers between them."""

from tierkeeper.plugins.model.desk import Tier
from tierkeeper.plugins.model.place import HandoverTerms
from tierkeeper.rules.policy.page import Page
from tierkeeper.rules.policy.people import Crew
from tierkeeper.rules.policy.raw import ByInstance, ByTier
from tierkeeper.rules.policy.yaml_text import Path

_WORD = ("tier", "tiers")


def read_tiers(page: Page, crew: Crew) -> tuple[Tier, ...]:
    """The tiers, lowest first, no two of one name."""
    found: list[Tier] = []
    first: dict[str, int] = {}
    for position, raw in page.tiers():
        path: Path = ("tiers", position)
        before = first.setdefault(raw.name.casefold(), position)
        if before != position:
            line = page.document.mark(("tiers", before, "name")).line
            page.findings.add((*path, "name"), f'a tier "{raw.name}" stands in line {line} already', "rename one")
        found.append(
            Tier(
                raw.name,
                _role(page, path, raw.role),
                lead=crew.name((*path, "lead"), raw.lead) if raw.lead else "",
                priority_owner=_priority_owner(crew, path, raw.priority_owner),
                orders_itself=isinstance(raw.priority_owner, ByTier),
            )
        )
    if not page.document.value(("tiers",)):
        page.findings.add(
            ("tiers",), "no tiers; expected a list, lowest first", "such as - {name: support, role: support}"
        )
    return tuple(found)


def _priority_owner(crew: Crew, path: Path, owner: str | ByTier | None) -> str:
    return crew.known((*path, "priority_owner"), owner) if isinstance(owner, str) else ""


def _role(page: Page, path: Path, role: str | ByInstance) -> str:
    """The role's name; empty where key users act for the tier."""
    if isinstance(role, str):
        page.refers((*path, "role"), role, ("role", "roles"))
        return role
    if not page.document.names("instances") and not page.document.names("entry_points"):
        message = "by instance, and there are no instances and no entry points"
        page.findings.add((*path, "role"), message, "list them with their key users, or name a role")
    return ""


def read_handovers(page: Page) -> tuple[HandoverTerms, ...]:
    """The handovers between two tiers, each pair once."""
    found: list[HandoverTerms] = []
    first: dict[tuple[str, str], int] = {}
    tiers = page.document.value(("tiers",))
    all_named = isinstance(tiers, list) and len(page.document.names("tiers")) == len(tiers)
    for position, raw in page.handovers():
        path: Path = ("handovers", position)
        if all_named:
            page.refers((*path, "from"), raw.source, _WORD)
            page.refers((*path, "to"), raw.to, _WORD)
        if raw.source == raw.to:
            page.findings.add((*path, "to"), f'"{raw.to}" hands over to itself', "a handover joins two tiers")
        before = first.setdefault((raw.source, raw.to), position)
        if before != position:
            line = page.document.mark(("handovers", before)).line
            message = f'the handover from "{raw.source}" to "{raw.to}" stands in line {line} already'
            page.findings.add(path, message, "put their needs into one")
        found.append(HandoverTerms(raw.source, raw.to, tuple(dict.fromkeys(raw.needs))))
    return tuple(found)
