"""How a plan and a run are shown."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tierkeeper.sync.cli.answers import CycleAnswer, StepAnswer
from tierkeeper.sync.cli.screen import Screen


def show(answer: CycleAnswer, zone: ZoneInfo, screen: Screen, *, json: bool) -> None:
    """Print the answer; what is wrong goes to standard error as well."""
    if json:
        screen.answer(answer)
    else:
        screen.say(_header(answer, zone))
        if answer.first:
            screen.say("the first run: nothing that people did before it is ever put back")
        for issue in answer.issues:
            screen.say()
            screen.title(issue.issue, issue.title)
            screen.rows([step_row(step) for step in issue.steps])
        screen.say()
        screen.say(" · ".join(_footer(answer)))
    for notice in answer.notices:
        screen.complain(f"notice: {notice}")
    for problem in answer.problems:
        screen.complain(f"problem: {problem}")
    if answer.over and answer.command == "run":
        many = counted(answer.guarded, "change")
        screen.complain(
            f"problem: {many} of what people set, and max_changes is {answer.max_changes}; nothing was written. "
            f"If they are right, `tierkeeper run --max-changes {answer.guarded}` writes them once."
        )


def step_row(step: StepAnswer) -> Sequence[str]:
    """A step in columns: what it touches, what it does, by which rule, and why."""
    return (step.subject, step.what, f"{step.rule} {step.mode}" if step.rule else "", step.reason)


def counted(number: int, noun: str) -> str:
    """``1 issue``, ``2 issues``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shown(moment: datetime, zone: ZoneInfo) -> str:
    """A moment in the desk's zone, to the minute."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def _header(answer: CycleAnswer, zone: ZoneInfo) -> str:
    again = answer.judged - answer.changed - answer.woken
    looked = [f"{counted(answer.changed, 'issue')} changed", f"{answer.woken:,} woken"]
    looked += [f"{again:,} judged again"] if again > 0 else []
    if answer.offline:
        looked = [f"{counted(answer.judged, 'issue')} due, from the ledger alone"]
    parts = [f"desk {answer.desk}", counted(answer.queues, "queue"), ", ".join(looked)]
    return " · ".join([*parts, f"judged as of {shown(answer.judged_as_of, zone)}"])


def _footer(answer: CycleAnswer) -> Iterator[str]:
    requests = {kind: count for kind, count in answer.requests.items() if count}
    if answer.command == "plan" or answer.over:
        writes = sum(issue.writes for issue in answer.issues)
        yield f"{counted(answer.to_write, 'issue')} to write ({counted(writes, 'change')})"
        yield from _pairs(answer.to_carry, "to bring in step")
    else:
        yield f"{counted(sum(bool(issue.writes) for issue in answer.issues), 'issue')} written"
        yield from _pairs(answer.carried, "brought in step")
    if requests:
        yield f"{counted(sum(requests.values()), 'request')} sent ({', '.join(_kinds(requests))})"
    yield f"{answer.in_shadow:,} in shadow"
    if answer.waiting:
        yield f"{answer.waiting:,} waiting until people are done"
    yield f"{answer.over:,} over max_changes"
    if answer.problems:
        yield counted(len(answer.problems), "problem")
    if answer.command == "plan":
        yield "nothing written: this was a plan"
    elif answer.over:
        yield "nothing written: too much for one run"


def _pairs(number: int, done: str) -> Iterator[str]:
    if number:
        yield f"{counted(number, 'pair')} of twins {done}"


def _kinds(requests: dict[str, int]) -> Iterator[str]:
    for kind, count in requests.items():
        yield f"{count:,} {kind}"
