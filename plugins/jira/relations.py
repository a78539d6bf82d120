"""Parents and links between issues, which Jira shows with each issue."""

from collections.abc import Callable

import msgspec

from tierkeeper.plugins.errors import NotFound, WriteRefused
from tierkeeper.plugins.jira.access import Access, issue_path
from tierkeeper.plugins.jira.convert import RawIssue
from tierkeeper.plugins.jira.ties import TIES, RawKind, RawTies
from tierkeeper.plugins.model.change import Relate, Unrelate
from tierkeeper.plugins.model.relation import PARENT, Relation
from tierkeeper.plugins.transport.answer import Answer
from tierkeeper.plugins.transport.paths import quote_segment

Send = Callable[[str, str, object], Answer]


class _RawKinds(msgspec.Struct, rename="camel"):
    """The site's types of links."""

    issue_link_types: list[RawKind] = []


def link_kinds(access: Access) -> frozenset[str]:
    """The names of the site's types of links; none where links are switched off."""
    try:
        found = access.transport.get("/issueLinkType").decode(_RawKinds)
    except NotFound:
        return frozenset()
    return frozenset(one.name for one in found.issue_link_types)


class Relator:
    """Relates one issue to others of its site, by `send`."""

    def __init__(self, access: Access, issue: str, send: Send) -> None:
        self._access, self._issue, self._send = access, issue, send

    def relate(self, change: Relate) -> str:
        """Make it so, and say what was written. Raises WriteRefused."""
        wanted = Relation(change.kind, change.other)
        if wanted not in self._shown():
            if change.kind == PARENT:
                self._set_parent({"id": change.other})
            else:
                ends = {"inwardIssue": {"id": change.other}, "outwardIssue": {"id": self._issue}}
                self._send("POST", "/issueLink", {"type": {"name": change.kind}, **ends})
            if wanted not in self._shown():
                raise WriteRefused(f"Jira took the request but does not show {change.kind} {change.other}")
        return f"{change.kind} {change.other}"

    def unrelate(self, change: Unrelate) -> str:
        """Take it back, and say so. What is not there is as good. Raises WriteRefused."""
        fields = self._look()
        if Relation(change.kind, change.other) in fields.relations:
            if change.kind == PARENT:
                self._set_parent(None)
            for link in fields.issuelinks or () if change.kind != PARENT else ():
                if link.inward is not None and (link.type.name, link.inward.id) == (change.kind, change.other):
                    self._take_back(link.id)
            if Relation(change.kind, change.other) in self._shown():
                raise WriteRefused(f"Jira took the request but still shows {change.kind} {change.other}")
        return f"no longer {change.kind} {change.other}"

    def _set_parent(self, parent: dict[str, str] | None) -> None:
        notify = "" if self._access.options.notify else "?notifyUsers=false"
        self._send("PUT", f"{issue_path(self._issue)}{notify}", {"fields": {"parent": parent}})

    def _take_back(self, link: str) -> None:
        try:
            self._send("DELETE", f"/issueLink/{quote_segment(link)}", None)
        except NotFound:
            self._look()  # somebody was faster, unless it is the issue that is gone

    def _shown(self) -> tuple[Relation, ...]:
        return self._look().relations

    def _look(self) -> RawTies:
        raw = self._access.transport.get(f"{issue_path(self._issue)}?fields={','.join(TIES)}").decode(RawIssue)
        return msgspec.json.decode(raw.fields, type=RawTies)
