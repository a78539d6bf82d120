"""What is taken from a twin whose source not all of its readers may read, what a source may not learn, and drafts."""

import msgspec

from tierkeeper.plugins.model.change import Change, DeleteComment, Detach, Draft, SetField, SetState, SetText
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Issue
from tierkeeper.plugins.model.mirror import STATE, TITLE, Link
from tierkeeper.rules.mirroring.redact import Redaction
from tierkeeper.rules.mirroring.render import markdown_of
from tierkeeper.rules.mirroring.text import joined, withdrawn
from tierkeeper.sync.mirror.comments import TWIN
from tierkeeper.sync.mirror.side import Said, Side, Values

HIDDEN = "No longer shown"
"""The title of such a twin."""


def taken_away(link: Link, source: History, target: History) -> tuple[Change, ...]:
    """What makes a twin say nothing: our comments and files deleted, title and our text emptied, closed."""
    twin = target.issue
    ours = {one.twin for one in (*link.comments, *((link.status,) if link.status is not None else ())) if one.twin}
    ours |= {one.id for one in target.comments if one.marker.startswith(TWIN)}
    text = joined(withdrawn(str(source.issue.ref)), markdown_of(twin.body, twin.document))
    return (
        SetField("title", HIDDEN),
        SetText(text),
        SetState(open=False),
        *(DeleteComment(one) for one in sorted(ours)),
        *(Detach(one) for one in sorted({one.twin for one in link.files if one.twin})),
    )


def still_there(source: History, target: History) -> str:
    """What the operator has to know: trackers keep what was."""
    return (
        f"{source.issue.ref} is restricted now: its twin {target.issue.url or target.issue.ref} is closed and says "
        "nothing any more, but its history still shows what it said: have it deleted by somebody who may"
    )


def learnt(source: Side, twin: Issue, theirs: Values, base: Said) -> Values:
    """What a source learns of what its twin says: of a restricted one, where anybody reads, only whether it is open."""
    if not (twin.restricted and source.is_public()):
        return theirs
    return {facet: value if facet == STATE else base.get(facet, value) for facet, value in theirs.items()}


def in_full(source: Side, twin: Issue, values: Said, theirs: Said) -> Said:
    """What is to be written to a source: where not everybody reads, a title as it stands on the twin, not redacted."""
    from_there = TITLE in values and values[TITLE] == theirs[TITLE]
    return {**values, TITLE: twin.title} if from_there and not source.is_public() else values


def clean(draft: Draft, redaction: Redaction) -> Draft:
    """A draft as it may be sent, whoever had a hand in it."""
    return msgspec.structs.replace(
        draft,
        title=redaction(draft.title),
        body=redaction(draft.body),
        labels=tuple(label for label in draft.labels if not redaction.finds([label])),
        fields={name: value for name, value in draft.fields.items() if not redaction.finds([value])},
    )
