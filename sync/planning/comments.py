"""Our comments: the one status comment, and one line of its own for each telling."""

from tierkeeper.plugins.markup.text import digest
from tierkeeper.plugins.model.change import Acknowledge, DeleteComment, EditComment, PostComment
from tierkeeper.plugins.model.issue import Comment
from tierkeeper.rules.commands import comment_event
from tierkeeper.rules.status_comment import notices, public_status, status_comment
from tierkeeper.sync.plan import Step
from tierkeeper.sync.planning.sheet import Sheet

STATUS = "status"
"""The marker of the one status comment."""

PUBLIC = "status-public"
"""The marker of the one that customers see."""


def acknowledge(sheet: Sheet) -> None:
    """Show who gave a command that leaves nothing to see that it was taken note of, once a comment."""
    here = {comment.id for comment in sheet.history.comments}  # what was written on the twin is not
    for comment in (one for one in dict.fromkeys(sheet.judgement.noted) if one in here):
        sheet.plan.changes.append(Acknowledge(comment))
        sheet.plan.steps.append(Step(subject="command", what="taken note of", evidence=(comment_event(comment),)))


def show_status(sheet: Sheet) -> None:
    """Make the status comment where there is something to say, and keep the one that is there true.

    Where customers read too, theirs is a second one, and the first is internal.
    """
    twin = sheet.case.twin is not None and bool(sheet.case.twin.shown)  # it is named here, whatever the rules do
    if not twin and not sheet.bench.writing:
        return
    ours = our_comments(sheet)
    verdicts = sheet.verdicts
    flags = list(sheet.judgement.flags.values())
    told = sheet.desk.promises.announce == "always" and bool(sheet.case.clocks)
    there = any(comment.marker in {STATUS, PUBLIC} for comment in ours)
    if not notices(verdicts) and not flags and not there and not told and not twin:
        return
    case = sheet.case_after
    _keep_one(
        sheet,
        [one for one in ours if one.marker == STATUS],
        PostComment(status_comment(case, verdicts, sheet.desk, flags), STATUS),
    )
    if sheet.bench.public:
        body = public_status(case, verdicts, sheet.desk)
        _keep_one(sheet, [one for one in ours if one.marker == PUBLIC], PostComment(body, PUBLIC, internal=False))


def _keep_one(sheet: Sheet, there: list[Comment], wanted: PostComment) -> None:
    """Post the comment, edit the one that is there, and remove any further one."""
    name = "status comment" if wanted.internal else "public status comment"
    if not there:
        sheet.plan.changes.append(wanted)
        sheet.plan.steps.append(Step(subject="comment", what=f"{name} made"))
    elif not says_the_same(there[0], wanted.body):
        sheet.plan.changes.append(EditComment(there[0].id, wanted.body, wanted.marker))
        sheet.plan.steps.append(Step(subject="comment", what=f"{name} edited"))
    for second in there[1:]:
        sheet.plan.changes.append(DeleteComment(second.id))
        sheet.plan.steps.append(Step(subject="comment", what=f"second {name} removed"))


def our_comments(sheet: Sheet) -> list[Comment]:
    """The comments that we wrote and marked."""
    own = sheet.history.own.casefold()
    return [
        comment
        for comment in sheet.history.comments
        if comment.marker and comment.author is not None and comment.author.id.casefold() == own
    ]


def says_the_same(shown: Comment, ours: str) -> bool:
    """Whether a comment says what we would say: line ends, trailing space and the marker's line do not count."""
    if shown.source:
        return shown.source == digest(ours)
    lines = [line.rstrip() for line in shown.body.replace("\r\n", "\n").split("\n")]
    kept = [line for line in lines if not (line.startswith("<!-- tierkeeper:") and line.endswith("-->"))]
    return "\n".join(kept).strip() == "\n".join(line.rstrip() for line in ours.split("\n")).strip()
