"""What `check --live` finds out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from urllib.parse import urlencode

import msgspec

from tierkeeper.plugins.errors import TrackerError
from tierkeeper.plugins.jira.access import KINDS, Access, Project, issue_path
from tierkeeper.plugins.jira.attachments import largest_file
from tierkeeper.plugins.jira.changelogs import read_changelogs
from tierkeeper.plugins.jira.convert import RawPage
from tierkeeper.plugins.jira.fields import Field
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.problem import Problem
from tierkeeper.plugins.tracker import FieldSpec
from tierkeeper.plugins.transport.paths import quote_segment

PERMISSIONS: Mapping[str, str] = {
    "BROWSE_PROJECTS": "see issues",
    "EDIT_ISSUES": "set labels and fields",
    "TRANSITION_ISSUES": "change a status",
    "ADD_COMMENTS": "comment",
    "EDIT_OWN_COMMENTS": "keep the status comment up to date",
    "DELETE_OWN_COMMENTS": "remove a second status comment",
    "ASSIGN_ISSUES": "assign people",
}
"""The permissions that the account needs, and what for."""

FILE_PERMISSIONS: Mapping[str, str] = {
    "CREATE_ATTACHMENTS": "copy files to twins",
    "DELETE_OWN_ATTACHMENTS": "delete a copy whose original is gone",
}
"""Those that a mirror needs besides, where it copies files."""

_TIMES = frozenset({"date", "datetime", "string"})
"""The types of fields that a time, or its day, can be written to."""


class _RawPermission(msgspec.Struct, rename="camel"):
    have_permission: bool = False


class _RawPermissions(msgspec.Struct):
    permissions: dict[str, _RawPermission] = {}


class _RawMeta(msgspec.Struct):
    fields: dict[str, object] = {}


class _RawCreateField(msgspec.Struct, rename="camel"):
    field_id: str
    name: str = ""
    required: bool = False
    has_default_value: bool = False


class _RawCreating(msgspec.Struct):
    fields: list[_RawCreateField] = []


class _RawPriorities(msgspec.Struct):
    values: list[dict[str, object]] = []


def check_queue(access: Access, queue: Queue, fields: Sequence[FieldSpec] = ()) -> Iterator[Problem]:
    """What is wrong with the account, the project and its fields. Labels need no making in Jira."""
    key = f"{access.name}: {queue.place}"
    try:
        own = access.me(fresh=True).account
        project = access.project(queue.place, fresh=True)
        missing = _missing_permissions(access, project)
    except TrackerError as error:
        yield Problem(key=key, message=str(error))
        return
    if project.kind not in KINDS:
        yield Problem(
            key=key,
            message=f"the project is of an unknown kind ({project.kind or 'none'}): no comment is posted in it",
            hint="nobody can tell who would read it; use a software, business or service project",
        )
    for permission in missing:
        yield Problem(
            key=key,
            message=f"{own.shown} lacks {permission}, needed to {PERMISSIONS[permission]}",
            hint=f"give it that permission in the permission scheme of {project.key}",
        )
    yield from _field_problems(access, project, key)
    yield from _misfits(access, fields, key)
    yield from _token_advice(access)


def _missing_permissions(access: Access, project: Project, wanted: Mapping[str, str] = PERMISSIONS) -> list[str]:
    query = urlencode({"projectId": project.id, "permissions": ",".join(wanted)}, safe=",")
    held = access.transport.get(f"/mypermissions?{query}").decode(_RawPermissions).permissions
    return [name for name in wanted if not (name in held and held[name].have_permission)]


def _field_problems(access: Access, project: Project, key: str) -> Iterator[Problem]:
    """Fields that are not there, that no screen shows, and a priority scheme without priorities."""
    found: list[Field] = []
    try:
        access.fields(fresh=True)
        for name in access.options.fields:
            try:
                found.append(access.field(name))
            except TrackerError as error:
                yield Problem(key=key, message=str(error))
        newest = _newest(access, project)
        on_screen = _on_screen(access, newest)
        yield from _one_by_one(access, newest, key)
        if not _priorities(access, project):
            yield Problem(
                key=key,
                message="the project's priority scheme has no priorities",
                hint="keep the priority in a label, or give the project a priority scheme",
                fatal=False,
            )
    except TrackerError as error:
        yield Problem(key=key, message=str(error))
        return
    for field in found:
        if on_screen is not None and field.id not in on_screen:
            yield Problem(
                key=key,
                message=f"the field {field.name!r} is not on the edit screen: it can be read, not written",
                hint=f"add it to the edit screen of {project.key}",
            )


def _misfits(access: Access, fields: Sequence[FieldSpec], key: str) -> Iterator[Problem]:
    """Fields that hold no time and are to be given one; those that are not there were told before."""
    for spec in fields:
        with suppress(TrackerError):
            field = access.field(spec.name)
            if spec.time and field.kind not in _TIMES:
                yield Problem(
                    key=key,
                    message=f"the field {field.name!r} is of the type {field.kind}, and the {spec.facet} is a time",
                    hint="keep it in a field for a date, or for a date and time",
                )


def check_making(access: Access, queue: Queue, fields: Sequence[str]) -> Iterator[Problem]:
    """Whether our account may create issues in the project, with these fields, and whether others are demanded."""
    key = f"{access.name}: {queue.place}"
    given = {"project", "summary", "description", "labels", "assignee", "issuetype"}
    try:
        project = access.project(queue.place)
        given |= {access.field(name).id for name in fields}
        kind = access.default_type(project)
        path = f"/issue/createmeta/{quote_segment(project.id)}/issuetypes/{quote_segment(kind)}?maxResults=200"
        screen = access.transport.get(path).decode(_RawCreating).fields
    except TrackerError as error:
        yield Problem(key=key, message=str(error))
        return
    known = {field.field_id for field in screen}
    for field in screen:
        if field.required and not field.has_default_value and field.field_id not in given:
            yield Problem(
                key=key,
                message=f"an issue cannot be made without the field {field.name!r}, and no mirror fills it",
                hint=f"give it a default value in {project.key}, or map a facet to it",
            )
    for name in fields:
        if access.field(name).id not in known:
            yield Problem(
                key=key,
                message=f"the field {name!r} is not on the screen for new issues: twins cannot be given it",
                hint=f"add it to the create screen of {project.key}",
            )


def check_files(access: Access, queue: Queue) -> Iterator[Problem]:
    """Whether files are switched on, and whether our account may add them and delete its own."""
    key = f"{access.name}: {queue.place}"
    try:
        project, own = access.project(queue.place), access.account()
        missing = _missing_permissions(access, project, FILE_PERMISSIONS)
        largest = largest_file(access)
    except TrackerError as error:
        yield Problem(key=key, message=str(error))
        return
    for permission in missing:
        yield Problem(
            key=key,
            message=f"{own.shown} lacks {permission}, needed to {FILE_PERMISSIONS[permission]}",
            hint=f"give it that permission in {project.key}, or let the mirror say `attachments: links`",
            fatal=False,
        )
    if not largest:
        yield Problem(
            key=key,
            message="files are switched off on this site: twins name them, with a link",
            hint="let an administrator switch them on, or let the mirror say `attachments: links`",
            fatal=False,
        )


def _newest(access: Access, project: Project) -> str:
    """The id of the newest issue, which shows what others cannot tell; empty where there is none."""
    body = {"jql": f'project = "{project.key}" ORDER BY created DESC', "maxResults": 1, "fields": ["id"]}
    issues = access.transport.ask("/search/jql", body).decode(RawPage).issues
    return issues[0].id if issues else ""


def _on_screen(access: Access, issue: str) -> frozenset[str] | None:
    """The fields on the edit screen, as an issue shows it; None where there is no issue to ask."""
    if not issue:
        return None
    return frozenset(access.transport.get(f"{issue_path(issue)}/editmeta").decode(_RawMeta).fields)


def _one_by_one(access: Access, issue: str, key: str) -> Iterator[Problem]:
    """Whether the histories of many issues can be had at once."""
    if issue:
        read_changelogs(access, [issue])
    if not access.reads_many:
        yield Problem(
            key=key,
            message="the site gives no histories of many issues at once: issues are read one by one",
            hint="expect one request more for each issue that changed",
            fatal=False,
        )


def _priorities(access: Access, project: Project) -> list[str]:
    query = urlencode({"projectId": project.id, "maxResults": 50})
    listed = access.transport.get(f"/priority/search?{query}").decode(_RawPriorities)
    return [str(one.get("name", "")) for one in listed.values]


def _token_advice(access: Access) -> Iterator[Problem]:
    if not access.site.startswith("http://"):
        yield Problem(
            key=access.name,
            message="API tokens end after a year at most, and Jira does not say when",
            hint="note the day in a calendar that more than one person reads",
            fatal=False,
        )
