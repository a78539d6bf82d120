"""Reads one issue, and looks for one that may have been created."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta

import msgspec

from tierkeeper.plugins.errors import FeatureOff, Moved, NotFound, TrackerError
from tierkeeper.plugins.jira.access import Access, Project, issue_path
from tierkeeper.plugins.jira.changelogs import read_changelogs, read_comments
from tierkeeper.plugins.jira.convert import (
    LINK,
    NO_MARK,
    READ_FIELDS,
    RawComment,
    RawFields,
    RawIssue,
    RawPage,
    decode_fields,
    mark_in,
    milliseconds,
    moment_of,
    to_account,
    to_comment,
    to_issue,
)
from tierkeeper.plugins.jira.history import events_of
from tierkeeper.plugins.model.change import Created, Hint, Marker, NotThere, Unclear
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.event import Gone, Snapshot
from tierkeeper.plugins.model.issue import Comment, Issue, Ref

CLOCKS_APART = timedelta(minutes=5)
LONGEST_WAIT = timedelta(seconds=60)
_SAME_TIME = timedelta(seconds=1)  # an entry may bear a time some milliseconds after its issue's
_ROUNDS = 3
_KEYS = 100
_MOST_PAGES = 20


class _RawFound(msgspec.Struct):
    issues: list[RawIssue] = []


def asked_fields(access: Access) -> list[str]:
    """The fields of an issue that are read; comments are read by themselves."""
    named = [name for name in READ_FIELDS if name != "comment"]
    return [*named, *(field.id for field in access.custom().values())]


def get_issue(access: Access, issue: str) -> tuple[RawIssue, RawFields]:
    """One issue now."""
    asked = f"fields={','.join(asked_fields(access))}&properties={LINK}"
    raw = access.transport.get(f"{issue_path(issue)}?{asked}").decode(RawIssue)
    return raw, decode_fields(raw)


def issue_here(access: Access, queue: Queue, issue: str) -> tuple[RawIssue, RawFields]:
    """One issue now. Raises Moved where it left its project: others may read there what is written to it."""
    raw, fields = get_issue(access, issue)
    if elsewhere(fields, access.project(queue.place)):
        raise Moved(
            f"the issue was moved: it is {raw.key} now; nothing is written to it for this queue", location=raw.key
        )
    access.here.add(issue)
    return raw, fields


def elsewhere(fields: RawFields, project: Project) -> bool:
    """Whether an issue is in another project than it should be."""
    return fields.project is not None and fields.project.id != project.id


def read_issue(access: Access, queue: Queue, ref: Ref) -> Snapshot | Gone:
    """Read one issue with its history.

    The issue is read first, its changelog and comments after it. Should the changelog be newer than the issue shows,
    all is read again, so that labels are never older than the events that explain them.
    """
    access.custom()  # a field that is not there is an error, not a missing issue
    try:
        for last in range(_ROUNDS):
            found = _read_once(access, queue, ref, give_up=last == _ROUNDS - 1)
            if found is not None:
                return found
    except NotFound:
        access.project(queue.place, fresh=True)  # a project that is not to be seen is an error, not a missing issue
    return Gone("not found")


def _read_once(access: Access, queue: Queue, ref: Ref, *, give_up: bool) -> Snapshot | Gone | None:
    """Read it; None if it was changed meanwhile."""
    raw, fields = get_issue(access, ref.id)
    project = access.project(queue.place)
    if elsewhere(fields, project):
        access.project(queue.place, fresh=True)
        return Gone("moved", raw.key)
    access.here.add(ref.id)
    histories = read_changelogs(access, [raw.id])[raw.id]
    comments = read_comments(access, raw.id)
    issue = to_issue(raw, fields, queue.name, custom=access.custom(), site=access.site)
    known = [one for one in histories if moment_of(one.created) <= issue.updated + _SAME_TIME]
    if len(known) < len(histories) and not give_up:
        return None
    said = [_comment(access, one, raw.id) for one in comments]
    return Snapshot(
        issue=msgspec.structs.replace(issue, comments=len(said)),
        events=tuple(events_of(issue, to_account(fields.creator), known, access.words())),
        comments=tuple(sorted(said, key=lambda one: (one.at, int(one.id)))),
    )


def _comment(access: Access, raw: RawComment, issue: str) -> Comment:
    ours = raw.author is not None and raw.author.account_id == access.account().id
    return to_comment(raw, issue, mark=mark_in(raw.properties) if ours else NO_MARK)


def find_issue(access: Access, queue: Queue, marker: Marker, hint: Hint) -> Created | NotThere | Unclear:
    """Look for our property on the keys that came after the highest one known when the create was sent.

    Search cannot tell: it may be minutes behind. It only gives a key from before that moment, where to begin.
    """
    try:
        project = access.project(queue.place)
        first = _highest_before(access, project, hint)
        found = _look(access, queue, project, (first, marker, hint))
        if isinstance(found, NotThere) and (left := _too_early(access, hint)) > timedelta():
            if left > LONGEST_WAIT:
                return Unclear(f"the create may still be on its way: look again in {left.total_seconds():.0f} s")
            access.wall.sleep(left.total_seconds())
            found = _look(access, queue, project, (first, marker, hint))
    except TrackerError as error:
        return Unclear(str(error))
    return found


def _too_early(access: Access, hint: Hint) -> timedelta:
    """How long a create that was sent then may still be carried out."""
    return hint.since + timedelta(seconds=access.options.timeout) - access.wall.now()


def _highest_before(access: Access, project: Project, hint: Hint) -> int:
    """The number of the newest key that search knows from before the create was sent; zero if there is none."""
    before = milliseconds(hint.since - CLOCKS_APART)
    body = {
        "jql": f'project = "{project.key}" AND created <= {before} ORDER BY created DESC, key DESC',
        "maxResults": 1,
        "fields": ["created"],
    }
    page = access.transport.ask("/search/jql", body).decode(RawPage)
    return max((_number(raw.key) for raw in page.issues), default=0)


def _look(
    access: Access, queue: Queue, project: Project, wanted: tuple[int, Marker, Hint]
) -> Created | NotThere | Unclear:
    first, marker, hint = wanted
    value = link_value(marker)
    for raws in _pages_of_keys(access, project, first):
        if raws is None:
            return Unclear(
                f"more than {_MOST_PAGES * _KEYS} issues came to {project.key} since the create was sent: "
                "search for the issue by hand"
            )
        for raw in raws:
            fields = decode_fields(raw)
            creator = to_account(fields.creator)
            if raw.properties.get(LINK) == value and creator is not None and creator.id == hint.account.id:
                return Created(_issue(access, queue, raw, fields))
    return NotThere()


def _pages_of_keys(access: Access, project: Project, first: int) -> Iterator[list[RawIssue] | None]:
    """The issues at the keys above `first`, a hundred keys at a time, as far as there are any; None: too many."""
    for page in range(_MOST_PAGES):
        start = first + page * _KEYS
        keys = [f"{project.key}-{start + number}" for number in range(1, _KEYS + 1)]
        raws = _at_keys(access, keys)
        yield raws
        if max((_number(raw.key) for raw in raws), default=0) < start + _KEYS // 2:
            return
    yield None


def _at_keys(access: Access, keys: Sequence[str]) -> list[RawIssue]:
    """The issues at these keys; one by one where the site has no look-up of many."""
    if access.reads_many:
        body = {"issueIdsOrKeys": keys, "fields": asked_fields(access), "properties": [LINK]}
        try:
            answer = access.transport.ask("/issue/bulkfetch", body, feature="look-ups of many issues at once")
            return answer.decode(_RawFound).issues
        except FeatureOff:
            access.reads_many = False
    found: list[RawIssue] = []
    for key in keys:
        with suppress(NotFound):
            found.append(get_issue(access, key)[0])
    return found


def _issue(access: Access, queue: Queue, raw: RawIssue, fields: RawFields) -> Issue:
    return to_issue(raw, fields, queue.name, custom=access.custom(), site=access.site)


def link_value(marker: Marker) -> dict[str, str]:
    """What a created issue bears in its property."""
    return {"desk": marker.desk, "key": marker.key}


def _number(key: str) -> int:
    number = key.rpartition("-")[2]
    return int(number) if number.isdigit() else 0
