"""Creates an issue: one raw POST with our property and label in it, sent once."""

from typing import Any

import msgspec

from tierkeeper.plugins.errors import WriteRefused
from tierkeeper.plugins.jira.access import Access
from tierkeeper.plugins.jira.convert import LINK, to_issue
from tierkeeper.plugins.jira.fields import written_value
from tierkeeper.plugins.jira.reading import get_issue, link_value
from tierkeeper.plugins.jira.texts import document, title
from tierkeeper.plugins.model.change import Created, Draft, Marker, Unknown
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.transport.answer import Unknown as NoAnswer

MIRROR_LABEL = "tierkeeper-mirror"


class _RawMade(msgspec.Struct):
    id: str
    key: str


def create_issue(access: Access, queue: Queue, draft: Draft, marker: Marker) -> Created | Unknown:
    """Create the issue, and look at it: Jira's answer to a create shows no more than its key."""
    if len(draft.assignees) > 1:
        raise WriteRefused(f"an issue in Jira has one assignee, not {len(draft.assignees)}: nothing was created")
    fields = _fields(access, queue, draft)
    body = {"fields": fields, "properties": [{"key": LINK, "value": link_value(marker)}]}
    answer = access.transport.create("/issue", body)
    if isinstance(answer, NoAnswer):
        return Unknown(f"{queue.place}: {answer.reason}")
    made = answer.decode(_RawMade)
    raw, shown = get_issue(access, made.id)
    access.here.add(made.id)
    issue = to_issue(raw, shown, queue.name, custom=access.custom(), site=access.site)
    missing = [label for label in fields["labels"] if label not in issue.labels]
    if missing:
        raise WriteRefused(f"{made.key} was created without {', '.join(map(repr, missing))}")
    if draft.assignees and [account.id for account in issue.assignees] != list(draft.assignees):
        raise WriteRefused(f"{made.key} was created, but {draft.assignees[0]} was not assigned")
    return Created(issue)


def _fields(access: Access, queue: Queue, draft: Draft) -> dict[str, Any]:
    project = access.project(queue.place)
    fields: dict[str, Any] = {
        "project": {"id": project.id},
        "summary": title(draft.title),
        "description": document(draft.body),
        "labels": list(dict.fromkeys([*draft.labels, MIRROR_LABEL])),
    }
    for name, value in draft.fields.items():
        fields |= written_value(access.field(name), value)
    if "issuetype" not in fields:
        fields["issuetype"] = {"id": access.default_type(project)}
    if draft.assignees:
        fields["assignee"] = {"accountId": draft.assignees[0]}
    return fields
