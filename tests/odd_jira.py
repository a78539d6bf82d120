"""Jira by another hand: no bulk look-ups, no totals, fifty a page, hollow accounts, names out of order."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from odd_server import Asked, OddServer, Said

from tierkeeper.plugins.jira.checks import PERMISSIONS

PAGE = 50
STATUSES = {
    "1": {"id": "1", "name": "Offen", "statusCategory": {"id": 2, "key": "new", "name": "Zu erledigen"}},
    "3": {"id": "3", "name": "Fertig", "statusCategory": {"id": 3, "key": "done", "name": "Fertig"}},
}
READS = {("search", "jql"), ("changelog", "bulkfetch"), ("issue", "bulkfetch"), ("comment", "list")}


class OddJira(OddServer):
    """One project, HELP. People act by `opens`, `labelled`, `says`; we, through the API."""

    prefix = "/rest/api/3"

    def __init__(self, own: str = "557058:tierkeeper") -> None:
        super().__init__()
        self.own = own
        self.ids = itertools.count(10_001)
        self.issues: dict[str, dict[str, Any]] = {}
        self.histories: dict[str, list[dict[str, Any]]] = {}
        self.said: dict[str, list[dict[str, Any]]] = {}
        self.properties: dict[str, Any] = {}
        self.permits = False

    # What people do

    def opens(self, who: str | None, title: str, *labels: str, body: Any = None) -> str:
        made = str(next(self.ids))
        self.issues[made] = {
            "summary": title,
            "description": body,
            "labels": list(labels) or None,
            "status": STATUSES["1"],
            "priority": None,
            "issuetype": {"id": "10001", "name": "Störung \u2713", "subtask": False},
            "resolution": None,
            "assignee": None,
            "reporter": user(who),
            "creator": user(who),
            "created": self.stamp(),
            "updated": self.stamp(),
            "project": {"id": "10000", "key": "HELP", "name": "Hilfe", "projectTypeKey": "software"},
            "fixVersions": None,
            "security": None,
            "customfield_10019": "0|i00007:",
        }
        self.histories[made], self.said[made] = [], []
        return made

    def labelled(self, who: str | None, issue: str, *labels: str) -> None:
        before, self.issues[issue]["labels"] = self.issues[issue]["labels"] or [], list(labels)
        item = {"field": "labels", "fieldtype": "jira", "from": None, "fromString": " ".join(before), "to": None}
        item["toString"] = " ".join(labels)
        self._entry(who, issue, {"field": "Rank", "fieldtype": "custom", "toString": "Ranked higher"}, item)

    def says(self, who: str | None, issue: str, body: Any, properties: Any = None) -> dict[str, Any]:
        made = {"id": str(next(self.ids)), "body": body, "created": self.stamp(), "updated": self.stamp()}
        made |= {"properties": properties or []} | ({"author": user(who)} if who else {})
        self.said[issue].append(made)
        self.issues[issue]["updated"] = self.stamp()
        return made

    def ours(self, issue: str) -> list[Any]:
        return [one["body"] for one in self.said[issue] if one.get("author") == user(self.own)]

    def stamp(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%S+0000")

    def _entry(self, who: str | None, issue: str, *items: dict[str, Any]) -> None:
        entry = {"id": str(next(self.ids)), "created": self.stamp(), "items": list(items)}
        self.histories[issue].append(entry | ({"author": user(who)} if who else {}))
        self.issues[issue]["updated"] = self.stamp()

    # What the API says

    def reads_by_post(self, asked: Asked) -> bool:
        return asked.path in READS

    def answer(self, asked: Asked) -> Said:
        path = asked.path
        plain: dict[tuple[str, ...], Callable[[], Any]] = {
            ("myself",): lambda: {**(user(self.own) or {}), "timeZone": None, "emailAddress": None},
            ("project", "HELP"): self._project,
            ("project", "10000"): self._project,
            ("status",): lambda: list(STATUSES.values()),
            ("field",): lambda: [{"id": "labels", "name": "Stichw\u00f6rter"}, {"id": "priority", "name": "Rang"}],
            ("search", "jql"): lambda: self._search(asked),
        }
        if path == ("issue",):
            return self._made(asked.body)
        if path in plain or path[-1] == "issuetypes":
            return Said(body=plain.get(path, self._types)())
        if path[0] == "issue" and len(path) > 1 and path not in READS:
            found = next((one for one in self.issues if path[1] in {one, self.key(one)}), None)
            if found is not None:
                return self._issue(asked, found, path[2:])
        if path[0] in {"mypermissions", "priority", "group"}:
            return self._permitted(path) if self.permits else Said(403, {"errorMessages": ["Zugriff verweigert"]})
        return Said(405 if asked.method == "POST" else 404, b"")

    def _made(self, given: Any) -> Said:
        fields = given["fields"]
        made = self.opens(self.own, fields["summary"], *fields["labels"], body=_reshaped(fields["description"]))
        self.properties[made] = {one["key"]: one["value"] for one in given["properties"]}
        return Said(201, {"id": made, "key": self.key(made), "self": "nowhere"})

    @staticmethod
    def _types() -> Any:
        return {"issueTypes": [{"id": "10001", "name": "St\u00f6rung", "subtask": False}]}

    @staticmethod
    def _permitted(path: tuple[str, ...]) -> Said:
        held = {name: {"havePermission": True} for name in PERMISSIONS}
        return Said(body={"values": [{"id": "1"}]} if path[0] == "priority" else {"permissions": held})

    def key(self, issue: str) -> str:
        return f"HELP-{int(issue) - 10_000}"

    def _project(self) -> Any:
        return {"id": "10000", "key": "HELP", "name": "Hilfe", "projectTypeKey": "software", "style": "next-gen"}

    def _search(self, asked: Asked) -> Any:
        jql = asked.body["jql"]
        rows = sorted(self.issues, key=lambda one: (self.issues[one]["updated"], int(one)))
        if since := re.search(r"updated >= (\d+)", jql):
            border = datetime.fromtimestamp(int(since[1]) / 1000, UTC)
            rows = [one for one in rows if datetime.fromisoformat(self.issues[one]["updated"]) >= border]
        if until := re.search(r"created <= (\d+)", jql):
            border = datetime.fromtimestamp(int(until[1]) / 1000, UTC)
            rows = [one for one in rows if datetime.fromisoformat(self.issues[one]["created"]) <= border]
        if "ORDER BY created DESC" in jql:
            rows = sorted(rows, key=int, reverse=True)
        start = int(asked.body.get("nextPageToken", "0"))
        most = min(PAGE, asked.body.get("maxResults", PAGE))
        page = {"issues": [self._shown(one) for one in rows[start : start + most]], "isLast": start + most >= len(rows)}
        return page if page["isLast"] else {**page, "nextPageToken": str(start + most)}

    def _shown(self, issue: str) -> Any:
        said = self.said[issue]
        listed = [{name: one[name] for name in one if name != "properties"} for one in said[:PAGE]]
        comment = {"comments": listed, "maxResults": PAGE, "startAt": 0}
        fields = self.issues[issue] | {"comment": comment}
        shown = {"id": issue, "key": self.key(issue), "fields": fields, "self": "nowhere"}
        return shown | {"properties": self.properties.get(issue, {})}

    def _issue(self, asked: Asked, issue: str, below: tuple[str, ...]) -> Said:
        fields = self.issues[issue]
        start = int(asked.query.get("startAt", "0"))
        said = Said(204)
        match asked.method, below:
            case "GET", ():
                said = Said(body=self._shown(issue))
            case "GET", ("editmeta",):
                said = Said(body={"fields": {"labels": {"required": False}}})
            case "GET", ("changelog",):
                page = self.histories[issue][start : start + PAGE]
                said = Said(body={"values": page, "isLast": start + PAGE >= len(self.histories[issue])})
            case "GET", ("comment",):
                said = Said(body={"comments": self.said[issue][start : start + PAGE]})
            case "POST", ("comment",):
                said = Said(201, self.says(self.own, issue, _reshaped(asked.body["body"]), asked.body["properties"]))
            case "PUT", ("comment", number):
                one = next(one for one in self.said[issue] if one["id"] == number)
                one |= {"body": _reshaped(asked.body["body"]), "updated": self.stamp()}
                said = Said(body=one)
            case "POST", ("remotelink",):
                said = Said(201, {"id": 1, "self": "nowhere"})
            case "PUT", ():
                changes = asked.body.get("update", {}).get("labels", [])
                gone = {one["remove"] for one in changes if "remove" in one}
                now = [one for one in fields["labels"] or [] if one not in gone]
                fields |= asked.body.get("fields", {})
                self.labelled(self.own, issue, *now, *(one["add"] for one in changes if "add" in one))
        return said


def _reshaped(node: Any) -> Any:
    """A document as an editor gives it back: with ids of its own."""
    if isinstance(node, list):
        return [_reshaped(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {name: _reshaped(value) for name, value in node.items()}
    if node.get("type") in {"paragraph", "table"}:
        made["attrs"] = {**made.get("attrs", {}), "localId": "f3c1"}
    return made


def user(account: str | None) -> dict[str, Any] | None:
    """An account as small as it may be; none for one that is gone."""
    return None if account is None else {"accountId": account, "displayName": f"{account} \u6c0f", "active": True}
