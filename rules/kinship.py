"""Which report belongs to which: what a command names, what was joined, and how alike two titles are."""

import re
from collections.abc import Iterable

import msgspec

from tierkeeper.plugins.errors import MembershipUnknown
from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.event import Verdict
from tierkeeper.plugins.model.family import Relative

DUPLICATE = "duplicate"
"""The command that joins a report."""

NOTHING = "none"
"""What it is given to take a report out again."""

_HERE = re.compile(r"#?(\d{1,18})")
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_]*)-(\d{1,18})")
_THERE = re.compile(r"([\w.-]+/[\w.-]+)#(\d{1,18})")
_PAGES = (
    re.compile(r".*/([\w.-]+/[\w.-]+)/issues/(\d{1,18})/?"),
    re.compile(r".*/browse/([A-Za-z][A-Za-z0-9_]*)-(\d{1,18})/?"),
)
_WORD = re.compile(r"\w{3,}")


class Named(msgspec.Struct, frozen=True):
    """An issue as somebody wrote it: its place (a repository, a project; empty: the same) and its number or key."""

    place: str
    key: str


def named_issue(word: str) -> Named | None:
    """What ``#12``, ``HELP-12``, ``owner/repository#12`` or an address means; None: it names no issue."""
    if "://" in word:
        path = re.split(r"[?#]", word, maxsplit=1)[0]
        for number, page in enumerate(_PAGES):
            if found := page.fullmatch(path):
                place, key = found.group(1), found.group(2)
                return Named(place, f"{place.upper()}-{key}" if number else key)
        return None
    if found := _HERE.fullmatch(word):
        return Named("", found.group(1))
    if found := _KEY.fullmatch(word):
        return Named(found.group(1), word.upper())
    if found := _THERE.fullmatch(word):
        return Named(found.group(1), found.group(2))
    return None


def joined_to(verdicts: Iterable[Verdict]) -> str:
    """The key of the issue that a report was joined under last; empty: none."""
    keys = [one.after or "" for one in verdicts if one.facet == f"/{DUPLICATE}" and one.outcome == "allowed"]
    return keys[-1] if keys and keys[-1] != NOTHING else ""


def likeness(one: str, other: str) -> float:
    """How much of the shorter title's words the other one has too: 0 to 1. Words of one or two letters do not count."""
    first, second = (set(_WORD.findall(title.casefold())) for title in (one, other))
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0


def relative_of(case: Case, desk: Desk, *, joined: str = "") -> Relative:
    """The case as its relatives see it. An answer by somebody of whom it is not known whether they may is none yet."""
    try:
        answers = desk.answers(case)
    except MembershipUnknown:
        answers = ()
    closing = case.closing
    return Relative(
        ref=case.ref,
        title=case.title,
        url=case.url,
        open=case.open,
        reporter=case.reporter,
        created=case.created,
        facets=case.facets,
        answered=answers[-1].at if answers else None,
        answer=answers[-1].words if answers else "",
        closed=closing.at if closing else None,
        joined=joined,
    )
