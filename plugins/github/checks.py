"""What `check --live` finds out, and the labels that it makes."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from tierkeeper.plugins.errors import TrackerError, Unreachable, WriteRefused
from tierkeeper.plugins.github.access import UNPROCESSABLE, Access, Repository, root
from tierkeeper.plugins.github.convert import decode_label_names
from tierkeeper.plugins.github.fields import CHOICE, CHOICES, DATE, NATIVE, TEXT, Field
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.problem import Problem
from tierkeeper.plugins.tracker import FieldSpec, LabelSpec
from tierkeeper.plugins.transport.answer import Answer, Unknown

EXPIRY_NOTICE = timedelta(days=30)
LONGEST_DESCRIPTION = 100
_EXPIRY = "github-authentication-token-expiration"


def check_queue(
    access: Access, queue: Queue, labels: Sequence[LabelSpec], fields: Sequence[FieldSpec]
) -> Iterator[Problem]:
    """What is wrong with the account, the repository, its labels and its organisation's issue fields."""
    key = f"{access.name}: {queue.place}"
    try:
        own = access.account()
        repository = access.repository(queue.place, fresh=True)
        pages = list(access.transport.pages(f"{root(queue.place)}/labels?per_page=100"))
    except TrackerError as error:
        yield Problem(key=key, message=str(error))
        return
    for message, hint in _faults(repository, own.id):
        yield Problem(key=key, message=message, hint=hint)
    wanted = [spec for spec in fields if spec.name.casefold() not in NATIVE]
    if wanted:
        for message, hint in _field_faults(access, repository, own.id, wanted):
            yield Problem(key=key, message=message, hint=hint)
    yield from _expiry(access, pages[0])
    missing = _missing(labels, pages)
    if missing:
        yield Problem(
            key=key,
            message=f"labels are missing: {', '.join(spec.name for spec in missing)}",
            hint="make them with `tierkeeper check --live --create-labels`",
            fatal=False,
        )


def _faults(repository: Repository, own: str) -> Iterator[tuple[str, str]]:
    if repository.archived:
        yield "the repository is archived: nothing can be written", "unarchive it, or take the queue out"
    if not repository.has_issues:
        yield "issues are switched off", "switch them on in the repository's settings, or take the queue out"
    rights = repository.permissions
    if rights and not any(rights.get(name) for name in ("triage", "push", "maintain", "admin")):
        yield f"{own} may not set labels here", f"give {own} at least the triage role on {repository.full_name}"


def _field_faults(
    access: Access, repository: Repository, own: str, wanted: Sequence[FieldSpec]
) -> Iterator[tuple[str, str]]:
    """Fields that are not there or of another type, and the right to write them."""
    owner = repository.full_name.partition("/")[0]
    try:
        known = access.organisation_fields(owner, fresh=True)
    except TrackerError as error:
        yield str(error), ""
        return
    by_name = {field.name.casefold(): field for field in known}
    for spec in wanted:
        field = by_name.get(spec.name.casefold())
        if field is None:
            there = ", ".join(one.name for one in known) or "none"
            hint = f"make it in the organisation's settings, or keep the {spec.facet} in a label"
            yield f"{owner} has no issue field {spec.name!r}; it has: {there}", hint
        else:
            yield from _misfits(spec, field)
    rights = repository.permissions
    if rights and not any(rights.get(name) for name in ("push", "maintain", "admin")):
        hint = f"give {own} the write role on {repository.full_name}: triage is not enough for issue fields"
        yield f"{own} may not set issue fields here", hint


def _misfits(spec: FieldSpec, field: Field) -> Iterator[tuple[str, str]]:
    """Why a field cannot hold what it has to."""
    said = f"the issue field {field.name!r} is of the type {field.data_type}"
    if spec.time and field.data_type not in {DATE, TEXT}:
        yield f"{said}, and the {spec.facet} is a day", f"keep it in a field of the type {DATE}, or in a label"
    elif field.data_type in {CHOICE, CHOICES}:
        choices = {choice.casefold() for choice in field.choices}
        missing = [value for value in spec.values if value.casefold() not in choices]
        if missing:
            hint = f"add them in the organisation's settings, or let `values:` be what it has: {field.shown_choices}"
            yield f"the issue field {field.name!r} has no choice {', '.join(missing)}", hint
    elif spec.values and field.data_type != TEXT:
        yield f"{said}, and the {spec.facet} is one of {', '.join(spec.values)}", f"use a field of the type {CHOICE}"


def _expiry(access: Access, answer: Answer) -> Iterator[Problem]:
    """The end of the token's life, which GitHub sends with every answer."""
    text = answer.headers.get(_EXPIRY, "")
    ends = _moment(text)
    if ends is None:
        return
    left = ends - (answer.date or access.wall.now())
    if left < EXPIRY_NOTICE:
        yield Problem(
            key=access.name,
            message=f"the token expires in {max(left.days, 0)} days, on {ends:%Y-%m-%d}",
            hint="make a new one and put it where the old one is kept",
            fatal=False,
        )


def _moment(text: str) -> datetime | None:
    # "2026-12-01 10:00:00 UTC", sometimes "2026-12-01 10:00:00 +0200"
    spelt = text.strip().replace(" UTC", "+00:00").replace(" +", "+").replace(" -", "-")
    try:
        moment = datetime.fromisoformat(spelt)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _missing(labels: Sequence[LabelSpec], pages: Sequence[Answer]) -> list[LabelSpec]:
    there = {name.casefold() for page in pages for name in decode_label_names(page)}
    return [spec for spec in labels if spec.name.casefold() not in there]


def create_missing(access: Access, queue: Queue, labels: Sequence[LabelSpec]) -> tuple[str, ...]:
    """Make the labels that are missing; their names."""
    path = f"{root(queue.place)}/labels"
    made = []
    for spec in _missing(labels, list(access.transport.pages(f"{path}?per_page=100"))):
        wanted = {"name": spec.name, "color": spec.color, "description": spec.description[:LONGEST_DESCRIPTION]}
        try:
            answer = access.transport.write("POST", path, wanted)
        except WriteRefused as error:
            if error.status == UNPROCESSABLE and "already_exists" in str(error):
                continue  # somebody was faster
            raise
        if isinstance(answer, Unknown):
            raise Unreachable(f"label {spec.name!r} may or may not have been made: {answer.reason}; run it again")
        made.append(spec.name)
    return tuple(made)
