"""GitHub by another hand: Enterprise Server's prefix, small pages, links by the repository's number, hollow events."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from odd_server import Asked, OddServer, Said

REPO = ("repos", "Example", "Web.App")
PAGE = 30


class OddGitHub(OddServer):
    """One repository. People act by `labels`, `opens`, `says`; we, through the API."""

    prefix = "/api/v3"

    def __init__(self, own: str = "tierkeeper") -> None:
        super().__init__()
        self.own = own
        self.ids = itertools.count(9_007_199_254_740_993)  # more than a float holds exactly
        self.labels: list[str] = []
        self.oldest_first = self.says_nothing = False
        self.issues: dict[int, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.comments: dict[int, dict[str, Any]] = {}

    # What people do

    def opens(self, who: str | None, title: str, *labels: str, body: str | None = None) -> int:
        number = len(self.issues) + 1
        self.issues[number] = {
            "id": next(self.ids),
            "number": number,
            "title": title,
            "body": body,
            "state": "open",
            "state_reason": None,
            "user": user(who),
            "labels": [],
            "assignee": None,
            "assignees": [],
            "milestone": None,
            "comments": 0,
            "locked": False,
            "created_at": self.stamp(),
            "updated_at": self.stamp(),
            "closed_at": None,
            "author_association": "NONE",
            "type": {"id": 1, "name": "Bug", "description": None},
            "sub_issues_summary": {"total": 0, "completed": 0, "percent_completed": 0},
            "html_url": f"{self.site}/Example/Web.App/issues/{number}",
            "repository_url": f"{self.url}/repos/Example/Web.App",
            "nobody_asked_for": {"this": [1, 2, 3]},
        }
        for kind in ("mentioned", "sub_issue_added", "a_kind_of_next_year"):
            self._event(number, None, kind)
        for label in labels:
            self.labelled(who, number, label)
        return number

    def labelled(self, who: str | None, number: int, label: str, *, off: bool = False) -> None:
        issue = self.issues[number]
        issue["labels"] = [one for one in issue["labels"] if one["name"] != label] + ([] if off else [tag(label)])
        self._event(number, who, "unlabeled" if off else "labeled", label={"name": label, "color": "ededed"})
        self._touch(number)

    def says(self, who: str | None, number: int, body: str) -> dict[str, Any]:
        made: dict[str, Any] = {
            "id": next(self.ids),
            "body": body,
            "user": user(who),
            "created_at": self.stamp(),
            "updated_at": self.stamp(),
            "issue_url": f"{self.url}/repos/Example/Web.App/issues/{number}",
            "html_url": f"{self.site}/Example/Web.App/issues/{number}#issuecomment-1",
            "author_association": "FIRST_TIMER",
            "minimized": None,
        }
        self.comments[made["id"]] = made
        self.issues[number]["comments"] += 1
        self._touch(number)
        return made

    def names(self, number: int) -> set[str]:
        return {one["name"] for one in self.issues[number]["labels"]}

    def said_by_us(self, number: int) -> list[str]:
        ours = [one for one in self.comments.values() if one["user"] == user(self.own)]
        return [one["body"] for one in ours if one["issue_url"].endswith(f"/{number}")]

    def stamp(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _touch(self, number: int) -> None:
        self.issues[number]["updated_at"] = self.stamp()

    def _event(self, number: int, who: str | None, kind: str, **more: Any) -> None:
        given = {"id": next(self.ids), "event": kind, "actor": user(who), "created_at": self.stamp(), "issue": number}
        self.events.append(given | more)

    # What the API says

    def answer(self, asked: Asked) -> Said:
        path = asked.path
        if path[:2] == ("repositories", "77"):
            path = (*REPO, *path[2:])
        if tuple(part.casefold() for part in path[:3]) == tuple(part.casefold() for part in REPO):
            path = (*REPO, *path[3:])  # names have no case
        if path == ("user",):
            return Said(body={"login": self.own, "id": 1, "type": "User", "name": "Tier Keeper \u2713"})
        if path == REPO:
            return Said(body={"id": 77, "full_name": "Example/Web.App", "has_issues": True, "private": True})
        if path[:3] != REPO:
            return Said(404, {"message": "Not Found"})
        return self._repository(asked, path[3:])

    def _repository(self, asked: Asked, rest: tuple[str, ...]) -> Said:
        lists: dict[tuple[str, ...], Callable[[], list[Any]]] = {
            ("labels",): lambda: [tag(one) for one in self.labels],
            ("issues",): lambda: self._listed(asked, list(self.issues.values())),
            ("issues", "comments"): lambda: self._listed(asked, list(self.comments.values())),
            ("issues", "events"): lambda: [
                {**one, "issue": self.issues[one["issue"]]}
                for one in (self.events if self.oldest_first else reversed(self.events))
            ],
        }
        if asked.method == "GET" and rest in lists:
            return self._page(asked, rest, lists[rest]())
        match asked.method, rest:
            case "POST", ("labels",):
                self.labels.append(asked.body["name"])
                return Said(201, tag(asked.body["name"]))
            case _, ("issues", "comments", number):
                return self._comment(asked, int(number))
            case _, ("issues", number, *below) if int(number) in self.issues:
                return self._issue(asked, int(number), tuple(below))
        return Said(404, {"message": "Not Found"})

    def _comment(self, asked: Asked, number: int) -> Said:
        if asked.method == "DELETE":
            del self.comments[number]
            return Said(204)
        self.comments[number] |= {"body": asked.body["body"], "updated_at": self.stamp()}
        return Said(body=self.comments[number])

    def _issue(self, asked: Asked, number: int, below: tuple[str, ...]) -> Said:
        issue = self.issues[number]
        if asked.method == "GET" and below:
            return self._page(asked, ("issues", str(number), *below), self._below(number, below[0]))
        status = 200
        match asked.method, below:
            case "POST", ("comments",):
                return Said(201, self.says(self.own, number, asked.body["body"].replace("\n", "\r\n")))
            case "POST", ("labels",):
                status = 201
                for label in asked.body["labels"]:
                    self.labelled(self.own, number, label)
            case "DELETE", ("labels", label):
                self.labelled(self.own, number, label, off=True)
            case "PATCH", ():
                issue |= {key: value for key, value in asked.body.items() if key in issue}
                self._touch(number)
        if below and self.says_nothing:
            return Said(204)
        return Said(status, issue["labels"] if below else issue)

    def _below(self, number: int, what: str) -> list[Any]:
        if what == "comments":
            return [one for one in self.comments.values() if one["issue_url"].endswith(f"/{number}")]
        if what == "labels":
            return list(self.issues[number]["labels"])
        return [{key: one[key] for key in one if key != "issue"} for one in self.events if one["issue"] == number]

    def _listed(self, asked: Asked, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        since = asked.query.get("since")
        key = f"{asked.query.get('sort', 'created')}_at"
        border = datetime.fromisoformat(since) if since else datetime.min.replace(tzinfo=UTC)
        found = [one for one in rows if datetime.fromisoformat(one["updated_at"]) >= border]
        if asked.query.get("state", "all") != "all":
            found = [one for one in found if one["state"] == asked.query["state"]]
        return sorted(found, key=lambda one: (one[key], one["id"]), reverse=asked.query.get("direction") != "asc")

    def _page(self, asked: Asked, path: tuple[str, ...], rows: list[Any]) -> Said:
        """At most thirty, whatever was asked for; the link names the last page first, and the repository by number."""
        page = int(asked.query.get("page", "1"))
        headers: tuple[tuple[str, str], ...] = ()
        if len(rows) > page * PAGE:
            there = f"{self.url}/repositories/77/{'/'.join(path)}"
            query = {**asked.query, "after": "Y3Vyc29yOnYyOpHOAA==", "page": page + 1}
            last = urlencode({**query, "page": -(-len(rows) // PAGE)})
            links = f'<{there}?{last}>; rel="last", <{there}?{urlencode(query)}>; title="more; of it, all"; rel="next"'
            headers = (("link", links),)
        return Said(body=rows[(page - 1) * PAGE : page * PAGE], headers=headers)


def user(login: str | None) -> dict[str, Any] | None:
    """An account as small as it may be; none for one that is gone."""
    return None if login is None else {"login": login, "id": len(login), "type": "User", "site_admin": False}


def tag(name: str) -> dict[str, Any]:
    return {"id": sum(name.encode()), "name": name, "color": "ededed", "default": False, "description": None}
