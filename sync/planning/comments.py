"""Our comments: the one status comment, and one line of its own for each telling."""

import hashlib

from tierkeeper.plugins.markup.text import digest, markdown
from tierkeeper.plugins.model.change import DeleteComment, EditComment, PostComment
from tierkeeper.plugins.model.event import Verdict
from tierkeeper.plugins.model.issue import Comment
from tierkeeper.rules.rulings import STRENGTH, Telling
from tierkeeper.rules.status_comment import notices, status_comment
from tierkeeper.sync.plan import Step
from tierkeeper.sync.planning.sheet import Sheet

STATUS = "status"
"""The marker of the one status comment."""


def tell(sheet: Sheet) -> None:
    """Tell somebody; at most one an issue a cycle, the others wait for the next."""
    tellings = sheet.judgement.tellings
    if not tellings:
        return
    told = {verdict.event for verdict in sheet.history.verdicts} | {comment.marker for comment in _ours(sheet)}
    new = [telling for telling in tellings if not told & {_marker(telling), _event(telling)}]
    for telling in new[:1]:
        _tell_one(sheet, telling)
    if new[1:]:
        sheet.plan.wake_at = sheet.case.now


def _tell_one(sheet: Sheet, telling: Telling) -> None:
    accounts = [sheet.desk.account_of(person, sheet.case.tracker) for person in telling.to]
    mentions = " ".join(f"@{account}" for account in accounts if account)
    sheet.plan.changes.append(PostComment(f"{mentions} {markdown(telling.text)}".strip(), _marker(telling)))
    sheet.plan.verdicts.append(
        Verdict(facet="", event=_event(telling), outcome="set", at=sheet.case.now, rule=telling.rule)
    )
    sheet.plan.steps.append(
        Step(
            subject="comment",
            what=f"tells {', '.join(telling.to)}",
            rule=telling.rule,
            mode=telling.mode,
            reason=telling.text,
        )
    )


def show_status(sheet: Sheet) -> None:
    """Make the status comment where there is something to say, and keep the one that is there true."""
    verdicts = sheet.verdicts
    ours = [comment for comment in _ours(sheet) if comment.marker == STATUS]
    if not ours and not notices(verdicts):
        return
    if not any(STRENGTH[rule.mode] >= STRENGTH["flag"] for rule in sheet.bench.rules):
        return
    body = status_comment(sheet.case_after, verdicts, sheet.desk)
    if not ours:
        sheet.plan.changes.append(PostComment(body, STATUS))
        sheet.plan.steps.append(Step(subject="comment", what="status comment made"))
    elif not _says_the_same(ours[0], body):
        sheet.plan.changes.append(EditComment(ours[0].id, body, STATUS))
        sheet.plan.steps.append(Step(subject="comment", what="status comment edited"))
    for second in ours[1:]:
        sheet.plan.changes.append(DeleteComment(second.id))
        sheet.plan.steps.append(Step(subject="comment", what="second status comment removed"))


def _ours(sheet: Sheet) -> list[Comment]:
    """The comments that we wrote and marked."""
    own = sheet.history.own.casefold()
    return [
        comment
        for comment in sheet.history.comments
        if comment.marker and comment.author is not None and comment.author.id.casefold() == own
    ]


def _event(telling: Telling) -> str:
    return f"tell:{telling.key}"


def _marker(telling: Telling) -> str:
    return f"tell:{hashlib.sha256(telling.key.encode()).hexdigest()[:16]}"


def _says_the_same(shown: Comment, ours: str) -> bool:
    """Whether a comment says what we would say: line ends, trailing space and the marker's line do not count."""
    if shown.source:
        return shown.source == digest(ours)
    lines = [line.rstrip() for line in shown.body.replace("\r\n", "\n").split("\n")]
    kept = [line for line in lines if not (line.startswith("<!-- tierkeeper:") and line.endswith("-->"))]
    return "\n".join(kept).strip() == "\n".join(line.rstrip() for line in ours.split("\n")).strip()
