"""Shortens a story that breaks a law, act by act and trouble by trouble, to one that a person can read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from soak.acts import RUNS, Act
from soak.play import play

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Story = tuple[Act, ...]


def shrunk(tracker: str, story: Story, findings: Sequence[str], *, most: int) -> tuple[Story, Sequence[str]]:
    """The shortest story found within `most` plays that still breaks one of the same laws, and what it breaks."""
    laws = {_law(finding) for finding in findings}
    left = most
    shorter = True
    while shorter and left > 0:
        shorter = False
        for candidate in _shorter(story):
            if left <= 0:
                break
            left -= 1
            found = play(tracker, candidate).findings
            if laws & {_law(finding) for finding in found}:
                story, findings, shorter = candidate, found, True
                break
    return story, findings


def _shorter(story: Story) -> Iterator[Story]:
    """The story without some of its acts, many at first, then without single troubles and oddities."""
    size = len(story) // 2
    while size >= 1:
        for start in range(0, len(story), size):
            yield story[:start] + story[start + size :]
        size //= 2
    for index, act in enumerate(story):
        for simpler in _simpler(act):
            yield (*story[:index], simpler, *story[index + 1 :])


def _simpler(act: Act) -> Iterator[Act]:
    for index in range(len(act.troubles)):
        rest = act.troubles[:index] + act.troubles[index + 1 :]
        yield msgspec.structs.replace(act, troubles=rest)
    if act.verb in RUNS and act.amount:
        yield msgspec.structs.replace(act, amount=0.0)


def _law(finding: str) -> str:
    """A finding without its numbers and names: which law it is."""
    return re.sub(r"\d+", "", re.sub(r"^issue \d+:? ", "", finding)).split(":")[0].strip()[:40]


def _numbered(story: Story) -> Iterator[Act]:
    """The acts with the issues that they were about."""
    there = 0
    for act in story:
        there += act.verb == "report"
        troubles = tuple(
            msgspec.structs.replace(trouble, act=msgspec.structs.replace(trouble.act, issue=trouble.act.issue % there))
            if trouble.act is not None and there
            else trouble
            for trouble in act.troubles
        )
        yield msgspec.structs.replace(act, issue=act.issue % there if there else act.issue, troubles=troubles)


def told(story: Story, findings: Sequence[str]) -> str:
    """The story in plain words, and how it ends."""
    lines = [f"  {number}. {act}" for number, act in enumerate(_numbered(story), 1)]
    return "\n".join([*lines, "  then, when all is quiet:", *(f"  !  {finding}" for finding in findings)])
