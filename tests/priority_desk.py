"""What scenarios on priority need on either tracker: priorities as people set them, and reactions to a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_world import OWN, REPO
from jira_desk import JiraDesk

if TYPE_CHECKING:
    from desk_world import World

VALUES = ("Highest", "High", "Medium", "Low")


def with_priorities(desk: World, *rules: str) -> None:
    """Give the desk its priorities (a native field on Jira, labels on GitHub), and these rules besides."""
    place = "jira: {field: priority}" if isinstance(desk, JiraDesk) else 'github: {label: "priority:"}'
    desk.extra = f"facets: {{priority: {{values: [{', '.join(VALUES)}], {place}}}}}\n"
    desk.rules = list(rules)
    if not isinstance(desk, JiraDesk):
        for value in VALUES:
            desk.box.store.add_label(REPO, f"priority:{value}")


def gives(desk: World, who: str, number: int, value: str) -> None:
    """Somebody gives the issue another priority, by hand."""
    if isinstance(desk, JiraDesk):
        desk.call(who, "PUT", f"/issue/{desk.project}-{number}", {"fields": {"priority": {"name": value}}})
        return
    old = priority(desk, number)
    desk.labels_issue(who, number, f"priority:{value}")
    if old is not None:
        desk.unlabels(who, number, f"priority:{old}")


def priority(desk: World, number: int) -> str | None:
    """The issue's priority."""
    if isinstance(desk, JiraDesk):
        shown = desk.call(OWN, "GET", f"/issue/{desk.project}-{number}?fields=priority")["fields"]["priority"]
        return str(shown["name"]) if shown else None
    found = [label.removeprefix("priority:") for label in desk.labels(number) if label.startswith("priority:")]
    return found[0] if len(found) == 1 else None


def with_tier(desk: World, *way: tuple[str, str]) -> int:
    """An issue of priority Medium that went this way (who, to which tier), each step judged and let pass."""
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    gives(desk, "key-user-1", number, "Medium")
    desk.later()
    desk.run_quiet()
    for who, tier in way:
        desk.hands(who, number, tier)
        desk.later()
        desk.run_quiet()
    assert desk.tier(number) == {way[-1][1]}
    return number


def reactions(desk: World, comment: int) -> list[tuple[str, str]]:
    """Who reacted to a comment with what; Jira has no such thing."""
    if isinstance(desk, JiraDesk):
        return []
    found = desk.call(OWN, "GET", f"/issues/comments/{comment}/reactions")
    return [(one["user"]["login"], one["content"]) for one in found]
