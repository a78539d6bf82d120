"""One account's access to one GitHub: the transport, what is kept for a day, and errors that say where."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import msgspec

from tierkeeper.plugins.errors import Moved, NotFound, PermissionDenied, TrackerError
from tierkeeper.plugins.github.convert import RawMilestone, RawUser, to_account
from tierkeeper.plugins.github.fields import NATIVE, Field, Fields, lacking, named
from tierkeeper.plugins.github.options import GitHubOptions
from tierkeeper.plugins.model.issue import Account
from tierkeeper.plugins.transport.answer import Answer
from tierkeeper.plugins.transport.paths import path_within, quote_segment
from tierkeeper.plugins.transport.policy import Transport
from tierkeeper.plugins.transport.ports import Kept, Wall

KEPT_FOR = timedelta(days=1)
UNPROCESSABLE = 422


class Repository(msgspec.Struct, frozen=True):
    """A repository as GitHub shows it to our account."""

    id: int
    full_name: str
    has_issues: bool = True
    archived: bool = False
    private: bool = False
    permissions: dict[str, bool] = {}


class _App(msgspec.Struct, frozen=True):
    slug: str


class Access:
    """What every part of the tracker works with. `name` is the tracker's in the policy; `options` are its options."""

    def __init__(self, name: str, transport: Transport, *, kept: Kept, wall: Wall, options: GitHubOptions) -> None:
        self.name = name
        self.transport = transport
        self.wall = wall
        self._kept = kept
        self._app_slug = options.app_slug
        self.field_names = tuple(name for name in options.fields if name.casefold() not in NATIVE)
        self._own: Account | None = None
        self._fields: dict[str, Fields] = {}

    def account(self) -> Account:
        """Our own account, looked up once a day."""
        if self._own is None:
            key = f"github account {self.transport.base_url} {self.transport.credential}"
            known = self._kept.get(key, self.wall.now())
            self._own = msgspec.json.decode(known, type=Account) if known else self._ask_account()
            if not known:
                self._keep(key, self._own)
        return self._own

    def _ask_account(self) -> Account:
        if self._app_slug:
            return Account(f"{self._app_slug}[bot]", kind="bot")
        with self.telling("our account"):
            try:
                own = to_account(self.transport.get("/user").decode(RawUser))
            except (PermissionDenied, NotFound):
                own = self._ask_app()  # an App's installation is no user
            if own is None:
                raise TrackerError("GitHub did not say whose token this is: make a new one")
            return own

    def _ask_app(self) -> Account:
        try:
            slug = self.transport.get("/app").decode(_App).slug
        except TrackerError as error:
            raise PermissionDenied(
                "GitHub does not tell an App's installation who it is: give the App's name in URLs as `app_slug`",
                status=error.status,
            ) from error
        return Account(f"{slug}[bot]", kind="bot")

    def repository(self, place: str, *, fresh: bool = False) -> Repository:
        """The repository of that name, looked up once a day. Raises Moved if it has another name now."""
        key = f"github repository {self.transport.base_url} {self.transport.credential} {place.casefold()}"
        known = None if fresh else self._kept.get(key, self.wall.now())
        if known:
            return msgspec.json.decode(known, type=Repository)
        try:
            found = self.transport.get(root(place)).decode(Repository)
        except Moved as moved:
            raise self._renamed(place, moved) from moved
        if found.full_name.casefold() != place.casefold():
            raise _renamed_to(place, found.full_name, location=self.transport.base_url + root(found.full_name))
        self._keep(key, found)
        return found

    def milestones(self, place: str) -> dict[str, int]:
        """The numbers of a repository's milestones by title, looked up once a day."""
        key = f"github milestones {self.transport.base_url} {self.transport.credential} {place.casefold()}"
        known = self._kept.get(key, self.wall.now())
        if known:
            return msgspec.json.decode(known, type=dict[str, int])
        found: dict[str, int] = {}
        for answer in self.transport.pages(f"{root(place)}/milestones?state=all&per_page=100"):
            found |= {one.title: one.number for one in answer.decode(list[RawMilestone])}
        self._keep(key, found)
        return found

    def fields(self, place: str) -> Fields:
        """The issue fields that the policy keeps facets in, by its names for them; looked up once a day."""
        owner = place.partition("/")[0]
        if not self.field_names:
            return {}
        if owner not in self._fields:
            known = self.organisation_fields(owner)
            if lacking(self.field_names, known):  # it may have been made today
                known = self.organisation_fields(owner, fresh=True)
            self._fields[owner] = named(self.field_names, known, owner)
        return self._fields[owner]

    def organisation_fields(self, owner: str, *, fresh: bool = False) -> list[Field]:
        """All issue fields of an organisation that our account may see."""
        key = f"github issue fields {self.transport.base_url} {self.transport.credential} {owner.casefold()}"
        known = None if fresh else self._kept.get(key, self.wall.now())
        if known:
            return msgspec.json.decode(known, type=list[Field])
        path = f"/orgs/{quote_segment(owner)}/issue-fields"
        try:
            shown = self.transport.get(path).decode(list[Field | None])
        except (NotFound, PermissionDenied) as error:
            raise PermissionDenied(
                f"{owner} shows no issue fields: they are an organisation's, and our account has to be a member of it "
                "(an App: with the permission to read issue fields); or keep the facet in a label",
                status=error.status,
            ) from error
        found = [field for field in shown if field is not None]
        self._keep(key, found)
        return found

    def _renamed(self, place: str, moved: Moved) -> Moved:
        """Say what the new name is, where GitHub tells."""
        try:
            seen_at = self.transport.base_url + root(place)
            path = path_within(self.transport.base_url, moved.location, seen_at=seen_at)
            name = self.transport.get(path).decode(Repository).full_name
        except TrackerError:
            name = ""
        return _renamed_to(place, name, location=moved.location, status=moved.status)

    def _keep(self, key: str, value: object) -> None:
        self._kept.put(key, msgspec.json.encode(value).decode(), self.wall.now() + KEPT_FOR)

    @contextmanager
    def telling(self, where: str) -> Iterator[None]:
        """Let every tracker error say which tracker and where."""
        try:
            yield
        except TrackerError as error:
            prefix = f"{self.name}: {where}: "
            message = str(error)
            if not message.startswith(prefix):
                error.args = (f"{prefix}{message}", *error.args[1:])
            raise

    def next_page(self, answer: Answer) -> str:
        """The path of the page after this one; empty if it is the last."""
        link = answer.links().get("next")
        return path_within(self.transport.base_url, link, seen_at=answer.url) if link else ""


def root(place: str) -> str:
    """The path of a repository. By name, not by id: a renamed one answers 301 or 307, and is noticed at once."""
    owner, _, name = place.partition("/")
    return f"/repos/{quote_segment(owner)}/{quote_segment(name)}"


def issue_path(place: str, number: str) -> str:
    """The path of an issue."""
    return f"{root(place)}/issues/{quote_segment(number)}"


def _renamed_to(place: str, name: str, *, location: str, status: int | None = None) -> Moved:
    where = f"renamed to {name}" if name else f"moved to {location or 'a place that is not named'}"
    return Moved(
        f"{place} was {where}; nothing was read or written under the old name: change `repository` in desk.yaml",
        location=location,
        status=status,
    )
