"""What the sandbox remembers, as plain records. Times are whole seconds since 1970, people are logins."""

from typing import Literal

import msgspec

LEVELS = ("none", "read", "triage", "write", "maintain", "admin")
"""Permissions on a repository, the weakest first."""


class Person(msgspec.Struct, kw_only=True):
    """An account: a user, or a bot."""

    id: int
    login: str
    name: str | None = None
    kind: str = "User"
    created: int = 0


class Token(msgspec.Struct, kw_only=True):
    """A credential: whose it is, the app it acts through, and how many requests an hour it is good for."""

    login: str
    app: str | None = None
    limit: int = 5000
    search_limit: int = 30


class App(msgspec.Struct, kw_only=True):
    """A GitHub App."""

    id: int
    slug: str
    owner: str
    created: int


class Option(msgspec.Struct, kw_only=True):
    """What a field with choices may hold, or a type of issue."""

    id: int
    name: str
    color: str = "gray"


class Field(msgspec.Struct, kw_only=True):
    """An organization's issue field."""

    id: int
    name: str
    data_type: str = "single_select"
    options: list[Option] = []


class Organization(msgspec.Struct, kw_only=True):
    """An organization, its members' roles by login, its types of issues and issue fields."""

    id: int
    login: str
    members: dict[str, str] = {}
    types: list[Option] = []
    fields: dict[int, Field] = {}
    created: int = 0


class Team(msgspec.Struct, kw_only=True):
    """A team; its members' roles by login."""

    id: int
    organization: str
    slug: str
    name: str
    parent: str | None = None
    members: dict[str, str] = {}
    created: int = 0


class Label(msgspec.Struct, kw_only=True):
    """A label of a repository."""

    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


class Milestone(msgspec.Struct, kw_only=True):
    """A milestone of a repository."""

    id: int
    number: int
    title: str
    creator: str
    description: str | None = None
    state: str = "open"
    created: int
    updated: int
    due: int | None = None


class Repository(msgspec.Struct, kw_only=True):
    """A repository: who may do what in it, and its labels."""

    id: int
    owner: str
    name: str
    private: bool = False
    default_permission: str = "read"
    permissions: dict[str, str] = {}
    teams: dict[str, str] = {}
    labels: dict[int, Label] = {}
    label_ids: dict[str, int] = {}
    milestones: dict[int, Milestone] = {}
    last_number: int = 0
    has_issues: bool = True
    archived: bool = False
    actor_is_assignee: bool = False
    description: str | None = None
    created: int = 0
    updated: int = 0

    @property
    def full_name(self) -> str:
        """Owner and name, as GitHub writes them."""
        return f"{self.owner}/{self.name}"


class Event(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One thing that happened to an issue; only the fields of its kind are filled."""

    id: int
    at: int
    kind: str
    actor: str
    repository: int
    issue: int
    app: str | None = None
    label: str | None = None
    color: str | None = None
    assignee: str | None = None
    assigner: str | None = None
    before: str | None = None
    after: str | None = None
    reason: str | None = None


class Comment(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A comment on an issue."""

    id: int
    repository: int
    issue: int
    author: str
    body: str
    created: int
    updated: int
    app: str | None = None
    reactions: list[int] = []


Given = Literal["tokens", "browsers", "signed in"]
"""To whom a site gives a file: good tokens, too; browsers only, others find none; or it sends them to sign in."""


class File(msgspec.Struct, kw_only=True):
    """A file that somebody put into a text, and to whom the site gives it."""

    repository: int
    mime: str
    content: bytes
    given: Given = "tokens"


class Reaction(msgspec.Struct, kw_only=True):
    """A reaction to an issue or a comment."""

    id: int
    author: str
    content: str
    created: int


class Issue(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An issue, or a pull request, which GitHub lists among them."""

    id: int
    repository: int
    number: int
    title: str
    body: str | None
    author: str
    created: int
    updated: int
    state: str = "open"
    state_reason: str | None = None
    closed: int | None = None
    closed_by: str | None = None
    labels: list[int] = []
    assignees: list[str] = []
    comments: list[int] = []
    events: list[int] = []
    reactions: list[int] = []
    milestone: int | None = None
    locked: bool = False
    lock_reason: str | None = None
    pull_request: bool = False
    app: str | None = None
    parent: int | None = None
    children: list[int] = []
    blocked_by: list[int] = []
    blocking: list[int] = []
    type: str | None = None
    fields: dict[int, str | float | list[str]] = {}


class Data(msgspec.Struct, kw_only=True):
    """Everything, as it is kept on disk."""

    serial: int = 3_000_000_000
    now: int | None = None
    people: dict[str, Person] = {}
    tokens: dict[str, Token] = {}
    apps: dict[str, App] = {}
    organizations: dict[str, Organization] = {}
    teams: dict[str, Team] = {}
    repositories: dict[int, Repository] = {}
    names: dict[str, int] = {}
    issues: dict[int, Issue] = {}
    comments: dict[int, Comment] = {}
    files: dict[str, File] = {}
    events: dict[int, Event] = {}
    reactions: dict[int, Reaction] = {}
    moved: dict[str, int] = {}
    deleted: set[str] = set()
