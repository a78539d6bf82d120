"""One account's access to one Jira site: the transport, what is kept for a day, and errors that say where."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import msgspec

from tierkeeper.plugins.errors import AuthenticationFailed, Moved, NotFound, TrackerError
from tierkeeper.plugins.jira.convert import RawProject, RawStatus, RawUser, to_account
from tierkeeper.plugins.jira.fields import Field, RawField, find_field, to_field
from tierkeeper.plugins.jira.history import Words
from tierkeeper.plugins.jira.options import JiraOptions
from tierkeeper.plugins.jira.transport import JiraTransport
from tierkeeper.plugins.model.issue import Account
from tierkeeper.plugins.transport.paths import quote_segment
from tierkeeper.plugins.transport.ports import Kept, Wall

T = TypeVar("T")

KEPT_FOR = timedelta(days=1)
SERVICE = "service_desk"
KINDS = frozenset({"software", "business", SERVICE, "product_discovery"})
"""The kinds of project that are known. In one of another kind nobody can tell who reads a comment."""


class Me(msgspec.Struct, frozen=True):
    """Our own account, and the time zone of its profile."""

    account: Account
    zone: str = ""


class Project(msgspec.Struct, frozen=True):
    """A project as Jira shows it to our account."""

    id: str
    key: str
    kind: str
    name: str = ""


class _RawMe(RawUser, rename="camel"):
    time_zone: str | None = None


class _RawTypes(msgspec.Struct, rename="camel"):
    issue_types: list["_RawType"] = []


class _RawType(msgspec.Struct):
    id: str
    name: str
    subtask: bool = False


class _RawVersion(msgspec.Struct):
    name: str
    archived: bool = False


class Access:
    """What every part of the tracker works with. `name` is the tracker's in the policy.

    `here` are the issues that were seen in their project since this was made, which is once a run.
    """

    def __init__(self, name: str, transport: JiraTransport, *, kept: Kept, wall: Wall, options: JiraOptions) -> None:
        self.name = name
        self.transport = transport
        self.wall = wall
        self.options = options
        self.site = options.url.rstrip("/")
        self.here: set[str] = set()
        self.reads_many = True  # until the site says that it has no look-ups of many at once
        self._kept = kept
        self._me: Me | None = None
        self._custom: dict[str, Field] | None = None

    def account(self) -> Account:
        """Our own account, looked up once a day."""
        return self.me().account

    def me(self, *, fresh: bool = False) -> Me:
        """Our own account and its time zone."""
        if self._me is None or fresh:
            with self.telling("our account"):
                self._me = self.daily("myself", Me, self._ask_me, fresh=fresh)
        return self._me

    def _ask_me(self) -> Me:
        found = self.transport.get("/myself").decode(_RawMe)
        account = to_account(found)
        if account is None:
            raise TrackerError("Jira did not say whose token this is: make a new one")
        return Me(account, found.time_zone or "")

    def project(self, place: str, *, fresh: bool = False) -> Project:
        """The project of that key, looked up once a day. Raises Moved if it has another key now."""
        return self.daily(f"project {place.casefold()}", Project, lambda: self._ask_project(place), fresh=fresh)

    def _ask_project(self, place: str) -> Project:
        found = self.transport.get(project_path(place)).decode(RawProject)
        if found.key.casefold() != place.casefold():
            raise Moved(
                f"{place} was moved to {found.key}; nothing was read or written under the old key: change desk.yaml",
                location=found.key,
            )
        return Project(found.id, found.key, found.project_type_key, found.name)

    def done(self, *, fresh: bool = False) -> Mapping[str, bool]:
        """Which statuses mean that an issue is closed, by id."""
        return self.daily("statuses", dict[str, bool], self._ask_statuses, fresh=fresh)

    def _ask_statuses(self) -> dict[str, bool]:
        return {one.id: one.done for one in self.transport.get("/status").decode(list[RawStatus])}

    def fields(self, *, fresh: bool = False) -> list[Field]:
        """The fields of the site, looked up once a day."""
        return self.daily("fields", list[Field], self._ask_fields, fresh=fresh)

    def _ask_fields(self) -> list[Field]:
        return [to_field(raw) for raw in self.transport.get("/field").decode(list[RawField])]

    def field(self, name: str) -> Field:
        """The field of that id or name. Raises NotFound."""
        try:
            return find_field(name, self.fields())
        except NotFound:
            return find_field(name, self.fields(fresh=True))  # it may have been made today

    def custom(self) -> dict[str, Field]:
        """The custom fields that the policy keeps facets in, by its names for them."""
        if self._custom is None:
            self._custom = {name: self.field(name) for name in self.options.fields}
        return self._custom

    def words(self, *, fresh: bool = False) -> Words:
        """What a changelog's ids mean."""
        return Words({field.id: (name, field) for name, field in self.custom().items()}, self.done(fresh=fresh))

    def default_type(self, project: Project) -> str:
        """The id of the type of an issue that is created without one: a task, else the first."""

        def ask() -> str:
            path = f"/issue/createmeta/{quote_segment(project.id)}/issuetypes?maxResults=50"
            types = [one for one in self.transport.get(path).decode(_RawTypes).issue_types if not one.subtask]
            if not types:
                raise TrackerError(f"our account may not create issues in {project.key}: give it that permission")
            return next((one.id for one in types if one.name.casefold() == "task"), types[0].id)

        return self.daily(f"type {project.id}", str, ask)

    def milestones(self, place: str) -> frozenset[str]:
        """The names of the versions of a project that are not archived, looked up once a day."""

        def ask() -> list[str]:
            found = self.transport.get(f"{project_path(place)}/versions").decode(list[_RawVersion])
            return [one.name for one in found if not one.archived]

        return frozenset(self.daily(f"versions {place.casefold()}", list[str], ask))

    def daily(self, what: str, kind: type[T], ask: Callable[[], T], *, fresh: bool = False) -> T:
        """What `ask` finds, kept for a day under `what`."""
        key = f"jira {what} {self.transport.base_url} {self.transport.credential}"
        known = None if fresh else self._kept.get(key, self.wall.now())
        if known:
            return msgspec.json.decode(known, type=kind)
        found = ask()
        self._kept.put(key, msgspec.json.encode(found).decode(), self.wall.now() + KEPT_FOR)
        return found

    @contextmanager
    def telling(self, where: str) -> Iterator[None]:
        """Let every tracker error say which tracker and where, and what to do about a token."""
        try:
            yield
        except TrackerError as error:
            prefix = f"{self.name}: {where}: "
            message = str(error)
            if not message.startswith(prefix):
                error.args = (f"{prefix}{message}{self._remedy(error)}", *error.args[1:])
            raise

    def _remedy(self, error: TrackerError) -> str:
        if not isinstance(error, AuthenticationFailed) or error.status is None:
            return ""
        if self.options.cloud_id:
            return (
                "; behind the gateway a token needs the scopes read:jira-work, write:jira-work and read:jira-user, "
                "and `cloud_id` must be its site's"
            )
        return (
            "; API tokens end after a year at most. One with scopes works through the gateway only: give `cloud_id`; "
            "and `email` must be the address of the token's account"
        )


def project_path(place: str) -> str:
    """The path of a project."""
    return f"/project/{quote_segment(place)}"


def issue_path(issue: str) -> str:
    """The path of an issue, by its id: never by an answer's self link, which is wrong behind the gateway."""
    return f"/issue/{quote_segment(issue)}"
