"""Calendars as a policy has them, case by case. A new case is a line in cases.yml."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tierkeeper.plugins.host import Host
from tierkeeper.plugins.model.business import Calendar, due
from tierkeeper.plugins.model.duration import Duration
from tierkeeper.rules.policy import load_policy
from tierkeeper.rules.policy.nodes import read_document

FILE = Path(__file__).parent / "cases.yml"
ASKED = {"due", "until", "open", "opens", "closes"}


@cache
def written() -> Mapping[str, Any]:
    document, problems = read_document(FILE.read_text("utf-8"), FILE.name)
    assert problems == []
    return document.data


def cases() -> list[Any]:
    found: Any = written()["cases"]
    for case in found:
        assert set(case) - {"it", "calendar", "at"} <= ASKED, case
        assert set(case) & ASKED, case
    return [pytest.param(case, id=case["it"]) for case in found]


@cache
def calendars() -> Mapping[str, Calendar]:
    role = {"roles": {"support": {"people": ["anna-berg"]}}, "tiers": [{"name": "support", "role": "support"}]}
    policy = {"desk": "Cases", "time_zone": written()["zone"], "calendars": written()["calendars"], **role}
    return load_policy(json.dumps(policy), file="cases.yml", host=Host()).desk.calendars


def moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    assert at.utcoffset() is not None, text
    return at


@pytest.mark.parametrize("case", cases())
def test_a_calendar_counts(case: Any) -> None:
    calendar, at = calendars()[case["calendar"]], moment(case["at"])
    if "due" in case:
        target, end = case["due"]
        assert due(at, Duration(target), calendar) == moment(end)
    if "until" in case:
        end, worked = case["until"]
        assert calendar.between(at, moment(end)) == Duration(worked).elapsed
    if "open" in case:
        assert calendar.is_open(at) is case["open"]
    edges = {"opens": calendar.next_opening, "closes": calendar.next_closing}
    for key, asked in edges.items():
        if key in case:
            assert asked(at) == (None if case[key] == "never" else moment(case[key]))


def test_every_calendar_is_asked_and_no_two_cases_are_the_same() -> None:
    said = [param.values[0] for param in cases()]
    members = {name for raw in written()["calendars"].values() if "union" in raw for name in raw["union"]}
    asked = {case["calendar"] for case in said}
    assert set(calendars()) == asked | members
    assert len({case["it"] for case in said}) == len(said) >= 50
