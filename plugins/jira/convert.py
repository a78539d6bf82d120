"""From Jira's JSON to the model, pure: bytes are decoded straight into small structs, then converted.

Jira's times have an offset without a colon, which no RFC knows, and in `changelog/bulkfetch` they are numbers. An
issue's fields are kept as bytes first: they are compared as they came, and decoded only if they are new.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from tierkeeper.plugins.errors import UnexpectedAnswer
from tierkeeper.plugins.jira.attached import RawAttachment, to_attachments
from tierkeeper.plugins.jira.fields import ESTIMATE, SYSTEM, VERSIONS, Field, shown_value
from tierkeeper.plugins.jira.ties import TIES, RawTies
from tierkeeper.plugins.markup.adf_text import to_markdown
from tierkeeper.plugins.model.change import Marker
from tierkeeper.plugins.model.issue import Account, AccountKind, Comment, Issue, Ref
from tierkeeper.plugins.transport.answer import UNREADABLE

MARKER = "tierkeeper.marker"
LINK = "tierkeeper.link"
INTERNAL = "sd.public.comment"
READ_FIELDS = (
    *SYSTEM,
    "summary",
    "description",
    "labels",
    "assignee",
    "reporter",
    "creator",
    "created",
    "updated",
    "project",
    "security",
    "attachment",
    *TIES,
    VERSIONS,
    "comment",
)
"""The fields that are asked for; search gives none but the id by itself."""

_SECONDS_BELOW = 100_000_000_000  # a smaller number of milliseconds would be before 1973
_TOO_DEEP = "[a text nested too deeply to be read]"


class RawUser(msgspec.Struct, rename="camel"):
    """An account."""

    account_id: str | None = None
    display_name: str | None = None
    account_type: str | None = None
    active: bool = True


class RawNamed(msgspec.Struct):
    """A priority, a type, a resolution."""

    name: str = ""
    id: str = ""


class RawCategory(msgspec.Struct, frozen=True):
    """What a status means: new, indeterminate, done."""

    key: str = ""


class RawStatus(msgspec.Struct, rename="camel"):
    """A status."""

    id: str = ""
    name: str = ""
    status_category: RawCategory = RawCategory()

    @property
    def done(self) -> bool:
        """Whether an issue that has it is closed."""
        return self.status_category.key == "done"


class RawProject(msgspec.Struct, rename="camel"):
    """A project."""

    id: str
    key: str
    name: str = ""
    project_type_key: str = ""


class RawProperty(msgspec.Struct):
    """Something that a program keeps with a comment."""

    key: str
    value: Any = None


class RawLevel(msgspec.Struct):
    """A security level: nobody but a few may see an issue that has one."""

    id: str = ""


class RawComment(msgspec.Struct, rename="camel"):
    """A comment; `jsd_public` is there in service projects only."""

    id: str
    created: str
    updated: str
    body: msgspec.Raw = msgspec.Raw(b"null")
    author: RawUser | None = None
    jsd_public: bool | None = None
    visibility: dict[str, Any] | None = None
    properties: list[RawProperty] = []

    def __post_init__(self) -> None:
        # found out here, an error still knows the answer that holds it
        if not self.id.isdigit():
            raise ValueError(f"comment {self.id!r} has no number for an id")
        moment(self.created)
        moment(self.updated)


class RawComments(msgspec.Struct):
    """The comments that come with an issue: the first of `total`, where Jira gives that."""

    comments: list[RawComment] = []
    total: int | None = None

    @property
    def number(self) -> int:
        """How many there are, as far as can be told."""
        return len(self.comments) if self.total is None else self.total


class RawFields(RawTies):
    """The fields of an issue that are always read."""

    summary: str = ""
    description: msgspec.Raw = msgspec.Raw(b"null")
    borne: list[str] | None = msgspec.field(name="labels", default=None)
    status: RawStatus | None = None
    priority: RawNamed | None = None
    issuetype: RawNamed | None = None
    resolution: RawNamed | None = None
    timeoriginalestimate: int | None = None
    duedate: str | None = None
    assignee: RawUser | None = None
    reporter: RawUser | None = None
    creator: RawUser | None = None
    created: str = ""
    updated: str = ""
    project: RawProject | None = None
    security: RawLevel | None = None
    attachment: list[RawAttachment] | None = None
    fix_versions: list[RawNamed] | None = msgspec.field(name=VERSIONS, default=None)
    comment: RawComments | None = None

    @property
    def labels(self) -> list[str]:
        """The labels; none where the field is hidden, which Jira may show as null."""
        return self.borne or []


class RawIssue(msgspec.Struct):
    """An issue, its fields not decoded yet."""

    id: str
    key: str = ""
    fields: msgspec.Raw = msgspec.Raw(b"{}")
    properties: dict[str, Any] = {}


class RawPage(msgspec.Struct, rename="camel"):
    """A page of a search."""

    issues: list[RawIssue] = []
    next_page_token: str | None = None
    is_last: bool | None = None


_FIELDS = msgspec.json.Decoder(RawFields)


def decode_fields(raw: RawIssue) -> RawFields:
    """Give an issue's fields."""
    try:
        found = _FIELDS.decode(raw.fields)
        moment(found.created)
        moment(found.updated)
    except (*UNREADABLE, ValueError) as error:
        raise UnexpectedAnswer(f"{raw.key or raw.id} does not read as an issue: {error}") from error
    return found


def fingerprint(raw: RawIssue) -> str:
    """What changes when an issue does, as it came."""
    return hashlib.blake2b(bytes(raw.fields) + raw.key.encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=65536)
def moment(text: str) -> datetime:
    """Read a time of Jira's, in UTC. Raises ValueError."""
    read = datetime.fromisoformat(text)
    try:
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text} is no time that can be reckoned with") from error


def moment_of(number: float | str) -> datetime:
    """Read a changelog's time: text, or since 1970 in milliseconds or seconds. Raises ValueError."""
    if isinstance(number, str):
        return moment(number)
    try:
        return datetime.fromtimestamp(number if number < _SECONDS_BELOW else number / 1000, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(f"{number} is no time that can be reckoned with") from error


def milliseconds(at: datetime) -> int:
    """A time as JQL takes it in every zone."""
    return round(at.timestamp() * 1000)


@lru_cache(maxsize=8192)
def _account(account: str, name: str, kind: str) -> Account:
    return Account(account, name, _kind(kind))


def _kind(kind: str) -> AccountKind:
    return "app" if kind == "app" else "human"


def to_account(user: RawUser | None) -> Account | None:
    """Give the account; None where Jira shows none, which means that it was erased, or that nobody did it."""
    if user is None or not user.account_id or user.account_id == "unknown":
        return None
    return _account(user.account_id, user.display_name or "", user.account_type or "")


def app_of(user: RawUser | None) -> str:
    """The app that something was done by; empty for people."""
    return (user.display_name or user.account_id or "") if user is not None and user.account_type == "app" else ""


def to_issue(raw: RawIssue, fields: RawFields, queue: str, *, custom: Mapping[str, Field], site: str = "") -> Issue:
    """Give the issue. `custom` are the custom fields to read, by the name that the model has them under."""
    status = fields.status
    closed = status is not None and status.done
    reason = (fields.resolution.name if fields.resolution else status.name if status else "") if closed else ""
    assignee = to_account(fields.assignee)
    return Issue(
        ref=Ref(queue, raw.id, raw.key),
        title=fields.summary,
        created=moment(fields.created),
        updated=moment(fields.updated),
        open=not closed,
        body=text_of(fields.description),
        reason=reason,
        author=to_account(fields.reporter) or to_account(fields.creator),
        labels=tuple(fields.labels),
        assignees=(assignee,) if assignee is not None else (),
        fields=native_values(raw, fields, custom),
        comments=fields.comment.number if fields.comment else 0,
        url=f"{site}/browse/{raw.key}" if site else "",
        marker=_marker_of(raw.properties.get(LINK)),
        document=_kept(fields.description),
        restricted=fields.security is not None,
        attachments=to_attachments(fields.attachment, site),
        relations=fields.relations,
    )


def _marker_of(value: Any) -> str:
    """What a create of ours left in the issue's property (`Marker.text`); empty if there is nothing."""
    known = value if isinstance(value, dict) else {}
    desk, key = known.get("desk"), known.get("key")
    return Marker(str(desk), str(key)).text if desk and key else ""


def native_values(raw: RawIssue, fields: RawFields, custom: Mapping[str, Field]) -> dict[str, str]:
    """Today's native values, as the changelog spells them."""
    found: dict[str, str | None] = {
        name: value.name or None if (value := getattr(fields, name)) is not None else None
        for name in ("status", "priority", "issuetype", "resolution")
    }
    seconds = fields.timeoriginalestimate
    found |= {ESTIMATE: str(seconds) if seconds is not None else None, "duedate": fields.duedate}
    found[VERSIONS] = "\n".join([one.name for one in fields.fix_versions or ()]) or None
    if custom:
        shown = msgspec.json.decode(raw.fields, type=dict[str, msgspec.Raw])
        for name, field in custom.items():
            value = shown.get(field.id)
            found[name] = shown_value(field, msgspec.json.decode(value)) if value is not None else None
    return {name: value for name, value in found.items() if value is not None}


def _kept(document: msgspec.Raw) -> str:
    """A document as it came, for whoever needs more than its words."""
    shown = bytes(document).decode(errors="replace")
    return "" if shown == "null" else shown


def text_of(document: msgspec.Raw) -> str:
    """The text of a document that is not decoded yet."""
    if bytes(document) == b"null":
        return ""
    try:
        return to_markdown(msgspec.json.decode(document))
    except UNREADABLE:
        return _TOO_DEEP


class Mark(NamedTuple):
    """What makes a comment one of ours: its marker, and the digest of the Markdown that it was made of."""

    key: str = ""
    source: str = ""


NO_MARK = Mark()


def to_comment(raw: RawComment, issue: str, *, mark: Mark = NO_MARK) -> Comment:
    """Give the comment. `mark` is ours, for a comment that we made."""
    return Comment(
        id=raw.id,
        issue=issue,
        at=moment(raw.created),
        updated=moment(raw.updated),
        body=text_of(raw.body),
        author=to_account(raw.author),
        internal=raw.jsd_public is False or raw.visibility is not None,
        app=app_of(raw.author),
        marker=mark.key,
        source=mark.source,
        document="" if mark.key else _kept(raw.body),
    )


def mark_in(properties: Sequence[RawProperty]) -> Mark:
    """Our mark among a comment's properties; empty if there is none."""
    for one in properties:
        if one.key == MARKER and isinstance(one.value, dict):
            return Mark(str(one.value.get("key") or ""), str(one.value.get("source") or ""))
    return NO_MARK
