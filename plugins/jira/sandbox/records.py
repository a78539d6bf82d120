"""What the sandbox remembers, as plain records. Times are milliseconds since 1970, people are account ids."""

from typing import Any

import msgspec

Json = dict[str, Any]


class User(msgspec.Struct, kw_only=True):
    """An account; `kind` is Jira's accountType. `handle` is what tests call it."""

    account_id: str
    handle: str
    name: str
    email: str
    kind: str = "atlassian"
    time_zone: str = "Etc/UTC"
    active: bool = True


class Token(msgspec.Struct, kw_only=True):
    """A credential: whose it is, until when, and for a scoped one what it may do."""

    account_id: str
    scopes: list[str] | None = None
    expires: int | None = None


class Group(msgspec.Struct, kw_only=True):
    """A group and its members."""

    id: str
    name: str
    members: list[str] = []


class Role(msgspec.Struct, kw_only=True):
    """A project role; who has it is the project's business."""

    id: int
    name: str


class Status(msgspec.Struct, kw_only=True):
    """A status; `category` is new, indeterminate or done."""

    id: str
    name: str
    category: str


class Transition(msgspec.Struct, kw_only=True):
    """A way in a workflow; no `sources` means from anywhere.

    `fields` are on its screen, and those that are `required` must be filled.
    """

    id: str
    name: str
    sources: list[str] | None
    target: str
    required: list[str] = []
    fields: list[str] = []


class Workflow(msgspec.Struct, kw_only=True):
    """Statuses, the first of them an issue's first, and the ways between them.

    `resolves` sets the resolution on the way into a done status, and clears it on the way out.
    """

    name: str
    statuses: list[str]
    transitions: list[Transition]
    resolves: bool = True


class Named(msgspec.Struct, kw_only=True):
    """A priority, an option, a resolution, a component: an id and a name."""

    id: str
    name: str


class IssueType(msgspec.Struct, kw_only=True):
    """A type of issue."""

    id: str
    name: str
    subtask: bool = False


class Field(msgspec.Struct, kw_only=True):
    """A field: what kind of value it holds and, for a custom one, its options."""

    id: str
    name: str
    kind: str
    custom: bool = False
    options: list[Named] = []


class Project(msgspec.Struct, kw_only=True):
    """A project: kind, people, workflow, what its screens show and its schemes allow."""

    id: int
    key: str
    name: str
    kind: str
    lead: str | None = None
    old_keys: list[str] = []
    issue_types: list[str] = []
    priorities: list[str] = []
    components: list[Named] = []
    versions: list[Named] = []
    component_leads: dict[str, str] = {}
    workflow: str = ""
    roles: dict[int, list[str]] = {}
    permissions: dict[str, list[str]] = {}
    create_screen: list[str] | None = None
    edit_screen: list[str] | None = None
    required: list[str] = []
    last_number: int = 0


class Item(msgspec.Struct, omit_defaults=True):
    """One field's change in a history entry."""

    field: str
    kind: str
    field_id: str
    before: str | None = None
    before_text: str | None = None
    after: str | None = None
    after_text: str | None = None


class History(msgspec.Struct):
    """One entry of a changelog."""

    id: int
    issue: int
    author: str
    at: int
    items: list[Item]


class Comment(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A comment; `visibility` is (group or role, its name)."""

    id: int
    issue: int
    author: str
    editor: str
    body: Json
    created: int
    updated: int
    visibility: tuple[str, str] | None = None
    properties: Json = {}


class File(msgspec.Struct, kw_only=True):
    """A file on an issue."""

    id: int
    issue: int
    author: str
    name: str
    mime: str
    created: int
    content: bytes


class Worklog(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Time spent."""

    id: int
    issue: int
    author: str
    seconds: int
    started: int
    created: int
    comment: Json | None = None


class IssueLink(msgspec.Struct, kw_only=True):
    """A link between two issues: `outward` is what `inward` does to it."""

    id: int
    type: str
    inward: int
    outward: int


class Issue(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An issue; `values` holds its fields by id, in the sandbox's own form. `updates` are all times it was touched."""

    id: int
    project: int
    number: int
    creator: str
    created: int
    updated: int
    values: Json
    updates: list[int] = []
    properties: Json = {}
    comments: list[int] = []
    histories: list[int] = []
    worklogs: list[int] = []
    files: list[int] = []
    links: list[int] = []
    children: list[int] = []
    remote_links: dict[int, Json] = {}


class Data(msgspec.Struct, kw_only=True):
    """Everything, as it is kept on disk."""

    serial: int = 10_000
    now: int | None = None
    cloud_id: str = "11223344-a1b2-3b33-c444-def123456789"
    users: dict[str, User] = {}
    handles: dict[str, str] = {}
    tokens: dict[str, Token] = {}
    groups: dict[str, Group] = {}
    roles: dict[int, Role] = {}
    global_permissions: dict[str, list[str]] = {}
    statuses: dict[str, Status] = {}
    workflows: dict[str, Workflow] = {}
    issue_types: dict[str, IssueType] = {}
    priorities: dict[str, Named] = {}
    resolutions: dict[str, Named] = {}
    fields: dict[str, Field] = {}
    projects: dict[int, Project] = {}
    issues: dict[int, Issue] = {}
    histories: dict[int, History] = {}
    comments: dict[int, Comment] = {}
    worklogs: dict[int, Worklog] = {}
    files: dict[int, File] = {}
    links: dict[int, IssueLink] = {}
    moved: dict[str, int] = {}
