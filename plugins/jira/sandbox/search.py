"""What a query finds: conditions as functions, candidates from an index, pages from where the last one ended."""

import operator as op
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from tierkeeper.plugins.jira.sandbox import adf, jql
from tierkeeper.plugins.jira.sandbox.clock import from_iso
from tierkeeper.plugins.jira.sandbox.jql import Condition, JqlError, Query
from tierkeeper.plugins.jira.sandbox.records import Field, Issue, Item, User
from tierkeeper.plugins.jira.sandbox.store import Store

Test = Callable[[Issue], bool]
Place = list[Any]
_CATEGORIES = {"to do": "new", "in progress": "indeterminate"}
"""Categories of statuses by what people call them, where that is not their key."""
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {">": op.gt, ">=": op.ge, "<": op.lt, "<=": op.le, "=": op.eq}


class Tests:
    """Turns conditions into functions of an issue."""

    def __init__(self, store: Store, viewer: User) -> None:
        self._store = store
        self._viewer = viewer

    def test(self, condition: Condition) -> Test:
        """Return the function that says whether an issue fulfils a condition."""
        name = condition.name
        if name in jql.TIMES:
            return self._time_test(condition)
        if name == "summary":
            words = condition.values[0].lower().split()
            wanted = condition.operator == "~"
            return lambda issue: all(word in issue.values["summary"].lower() for word in words) is wanted
        if name in ("key", "id") and condition.operator in _COMPARE and condition.operator != "=":
            return self._key_test(condition)
        return self._choice_test(condition)

    def _time_test(self, condition: Condition) -> Test:
        name, operator = condition.name, condition.operator
        if name == "resolved":
            value: Callable[[Issue], int | None] = lambda issue: issue.values.get("resolutiondate")  # noqa: E731 - one of three
        elif name == "updated":
            value = lambda issue: issue.updated  # noqa: E731 - likewise
        else:
            value = lambda issue: issue.created  # noqa: E731 - likewise
        if operator in ("is", "is not"):
            return lambda issue: (value(issue) is None) is (operator == "is")
        start, end = jql.moment(condition.values[0], name, self._viewer.time_zone)
        if operator in ("=", "!="):
            return lambda issue: (start <= (value(issue) or 0) <= end) is (operator == "=")
        compare = _COMPARE[operator]
        return lambda issue: (found := value(issue)) is not None and compare(found, start)

    def _key_test(self, condition: Condition) -> Test:
        edge, compare = self._issue(condition.values[0]), _COMPARE[condition.operator]
        return lambda issue: issue.project == edge.project and compare(issue.number, edge.number)

    def _issue(self, text: str) -> Issue:
        issue = self._store.find_issue(text)
        project = None if issue is None else self._store.data.projects[issue.project]
        if (
            issue is None
            or project is None
            or not self._store.may(self._viewer.account_id, "BROWSE_PROJECTS", project, issue)
        ):
            raise JqlError(f"An issue with key '{text}' does not exist for field 'key'.")
        return issue

    def _choice_test(self, condition: Condition) -> Test:
        """Return the function for =, in, their opposites, and EMPTY."""
        value, name = self._values(condition.name), condition.name
        if condition.operator in ("is", "is not"):
            return lambda issue: (not value(issue)) is (condition.operator == "is")
        wanted = {self._meant(name, text) for text in condition.values}
        if condition.operator in ("=", "in"):
            return lambda issue: not wanted.isdisjoint(value(issue))
        return lambda issue: bool(value(issue)) and wanted.isdisjoint(value(issue))

    def _values(self, name: str) -> Callable[[Issue], Iterable[Any]]:
        """Return the function that reads the values of a field from an issue: none, one, or many."""
        if name == "project":
            return lambda issue: (issue.project,)
        if name in ("key", "id"):
            return lambda issue: (issue.id,)
        if name == "statuscategory":
            statuses = self._store.data.statuses
            return lambda issue: (statuses[issue.values["status"]].category,)
        if name == "creator":
            return lambda issue: (issue.creator,)

        def values(issue: Issue) -> Iterable[Any]:
            found = issue.values.get(name)
            if found is None:
                return ()
            return found if isinstance(found, list) else (found,)

        return values

    def _meant(self, name: str, text: str) -> Any:
        """Return the sandbox's own form of a value in a query."""
        data = self._store.data
        if name == "project":
            return self._project(text)
        if name in ("key", "id", "parent"):
            return self._issue(text).id
        if name in ("creator", "reporter", "assignee"):
            return self._viewer.account_id if text == jql.CURRENT_USER else text
        if name == "statuscategory":
            return _CATEGORIES.get(text.lower(), text.lower())
        tables: dict[str, dict[str, Any]] = {
            "status": data.statuses,
            "issuetype": data.issue_types,
            "priority": data.priorities,
            "resolution": data.resolutions,
        }
        if name in data.fields and data.fields[name].kind == "option":
            tables[name] = {one.id: one for one in data.fields[name].options}
        if name not in tables:
            return text
        for key, one in tables[name].items():
            if text == key or text.lower() == one.name.lower():
                return key
        raise JqlError(f"The value '{text}' does not exist for the field '{name}'.")

    def _project(self, text: str) -> int:
        by_name = {one.name.lower(): one.id for one in self._store.data.projects.values()}
        try:
            found = self._store.project(text).id
        except LookupError:
            found = by_name.get(text.lower(), 0)
        if not found or not self._browsable(found):
            raise JqlError(f"The value '{text}' does not exist for the field 'project'.")
        return found

    def _browsable(self, project: int) -> bool:
        place = self._store.data.projects[project]
        if self._viewer.kind == "customer":
            return place.kind == "service_desk"
        return self._store.may(self._viewer.account_id, "BROWSE_PROJECTS", place)


class Search:
    """One query over the store, for one viewer; `seen_until` is how far a lagging index has come."""

    def __init__(self, store: Store, viewer: User, query: Query, *, seen_until: int | None = None) -> None:
        self._store = store
        self._query = query
        self._viewer = viewer
        self._seen_until = seen_until
        self._fresh = set[int]()
        maker = Tests(store, viewer)
        self._tests = [maker.test(one) for one in query.conditions]
        self._allowed = {
            key: store.may(viewer.account_id, "BROWSE_PROJECTS", project)
            for key, project in store.data.projects.items()
        }
        by_key = sorted(store.data.projects.values(), key=lambda project: project.key)
        self._ranks = {project.id: rank for rank, project in enumerate(by_key)}
        self._order = query.order or (("created", True),)

    def reconcile(self, issues: Iterable[int]) -> None:
        """Look at these issues as they are, not as the index has them."""
        self._fresh.update(issues)

    def _sees(self, issue: Issue) -> bool:
        if self._viewer.kind != "customer":
            return self._allowed[issue.project]
        place = self._store.data.projects[issue.project]
        return self._store.may(self._viewer.account_id, "BROWSE_PROJECTS", place, issue)

    def _found(self, issue: Issue) -> bool:
        return self._sees(issue) and all(test(issue) for test in self._tests)

    def after(self, place: Place | None) -> Iterator[tuple[Issue, Place]]:
        """Yield what is found behind a place, each with its own place; what moved behind it meanwhile is seen again."""
        name, down = self._order[0]
        if len(self._order) == 1 and name in ("updated", "created") and self._seen_until is None:
            yield from self._by_index(name, place, down=down)
            return
        entries = [(self._place(issue), issue) for issue in self._views() if self._found(issue)]
        entries.sort(key=lambda entry: entry[0])
        start = 0 if place is None else bisect_right(entries, place, key=lambda entry: entry[0])
        for position, issue in entries[start:]:
            yield issue, position

    def _by_index(self, name: str, place: Place | None, *, down: bool) -> Iterator[tuple[Issue, Place]]:
        """Walk an index from where it must be looked at, without looking at the rest."""
        shelf = self._shelf()
        keys = (shelf.updated if name == "updated" else shelf.created).keys()
        low, high = self._bounds(name)
        first, last = bisect_left(keys, (low, 0)), bisect_left(keys, (high, 0))
        if place is not None and down:
            last = min(last, bisect_left(keys, (-place[0], -place[1])))
        elif place is not None:
            first = max(first, bisect_right(keys, (place[0], place[1])))
        issues, sign = self._store.data.issues, -1 if down else 1
        for at, key in keys[first:last][::sign]:
            if self._found(issues[key]):
                yield issues[key], [sign * at, sign * key]

    def _shelf(self) -> Any:
        """The smallest shelf that has all that can be found."""
        for one in self._query.conditions:
            if one.name == "project" and one.operator in ("=", "in") and len(one.values) == 1:
                return self._store.shelf(Tests(self._store, self._viewer)._project(one.values[0]))  # noqa: SLF001 - its sister
        return self._store.site

    def _bounds(self, name: str) -> tuple[int, int]:
        """The times between which everything lies."""
        low, high = 0, 1 << 62
        for one in self._query.conditions:
            if one.name == name and one.operator in (">", ">="):
                low = max(low, jql.moment(one.values[0], name, self._viewer.time_zone)[0])
            elif one.name == name and one.operator in ("<", "<="):
                high = min(high, jql.moment(one.values[0], name, self._viewer.time_zone)[0] + 1)
        return low, high

    def _place(self, issue: Issue) -> Place:
        place: Place = []
        for name, down in self._order:
            for value in self._sorted_by(name, issue):
                place.append(-value if down else value)
        return [*place, -issue.id if self._order[-1][1] else issue.id]

    def _sorted_by(self, name: str, issue: Issue) -> tuple[int, ...]:
        data = self._store.data
        if name == "key":
            return (self._ranks[issue.project], issue.number)
        if name in ("priority", "status"):
            table: dict[str, Any] = data.priorities if name == "priority" else data.statuses
            return (list(table).index(issue.values[name]) if issue.values.get(name) else -1,)
        return ({"updated": issue.updated, "created": issue.created}.get(name, issue.id),)

    def _views(self) -> Iterator[Issue]:
        """Every issue, as the index has it."""
        for issue in self._store.data.issues.values():
            if self._seen_until is None or issue.id in self._fresh or issue.updated <= self._seen_until:
                yield issue
            elif issue.created <= self._seen_until:
                yield as_of(self._store, issue, self._seen_until)


def as_of(store: Store, issue: Issue, at: int) -> Issue:
    """Return an issue as it was: what its history says since is undone."""
    then = msgspec.structs.replace(issue, values=dict(issue.values))
    then.updates = [one for one in issue.updates if one <= at]
    then.updated = then.updates[-1]
    then.comments = [key for key in issue.comments if store.data.comments[key].created <= at]
    then.histories = [key for key in issue.histories if store.data.histories[key].at <= at]
    for key in reversed(issue.histories):
        history = store.data.histories[key]
        for item in history.items if history.at > at else ():
            _undo(then, store.every_field().get(item.field_id), item)
    return then


def _undo(issue: Issue, field: Field | None, item: Item) -> None:
    """Give a field the value that a history entry says it had; components, versions and links stay as they are."""
    if field is None or field.kind in ("project", "components", "versions", "issuelinks"):
        return
    before, text = item.before, item.before_text
    value: Any = before
    if field.kind == "labels":
        value = (text or "").split()
    elif field.kind in ("string", "date"):
        value = text
    elif field.kind == "text":
        value = adf.document(text) if text else None
    elif field.kind in ("seconds", "parent"):
        value = None if before is None else int(before)
    elif field.kind == "datetime":
        value = None if before is None else from_iso(before)
    elif field.kind == "number":
        value = None if text is None else float(text)
    issue.values[field.id] = value
