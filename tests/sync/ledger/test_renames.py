"""Renames by id: chains, swaps, and an old name that another label bears today."""

from datetime import UTC, datetime, timedelta

import pytest

from tierkeeper.plugins.model.event import Event
from tierkeeper.sync.ledger.renames import current_event, current_labels, find_renames

LAST = datetime(2026, 11, 22, 9, tzinfo=UTC)
NOW = LAST + timedelta(days=1)
HOUR = timedelta(hours=1)


def later(name: str, before: dict[str, str], now: dict[str, str], *, seen: datetime) -> str:
    """What a label's name of that time is today."""
    (found,) = current_labels((name,), seen, find_renames(before, now, last=LAST, at=NOW))
    return found


@pytest.mark.parametrize("seen", [LAST - HOUR, LAST + HOUR])
def test_an_old_name_is_the_new_one(seen: datetime) -> None:
    assert later("Tier:Support", {"1": "tier:support"}, {"1": "tier:2nd"}, seen=seen) == "tier:2nd"


def test_what_comes_after_the_census_is_as_it_says() -> None:
    assert later("tier:support", {"1": "tier:support"}, {"1": "tier:2nd"}, seen=NOW + HOUR) == "tier:support"


def test_an_old_name_that_another_label_bears_today_counts_up_to_the_last_look() -> None:
    before, now = {"1": "tier:support"}, {"1": "tier:2nd", "2": "tier:support"}
    assert later("tier:support", before, now, seen=LAST - HOUR) == "tier:2nd"
    assert later("tier:support", before, now, seen=LAST + HOUR) == "tier:support"


def test_two_labels_may_change_their_names() -> None:
    before, now = {"1": "a", "2": "b"}, {"1": "b", "2": "a"}
    assert [later(name, before, now, seen=LAST - HOUR) for name in "ab"] == ["b", "a"]


def test_a_name_may_pass_from_one_label_to_the_next() -> None:
    before, now = {"1": "a", "2": "b"}, {"1": "b", "2": "c"}
    assert [later(name, before, now, seen=LAST - HOUR) for name in "ab"] == ["b", "c"]


def test_a_label_that_is_gone_or_new_was_not_renamed() -> None:
    assert find_renames({"1": "a", "2": "b"}, {"2": "b", "3": "c"}, last=LAST, at=NOW) == ()


def test_an_event_bears_the_new_name_throughout() -> None:
    renames = find_renames({"1": "a"}, {"1": "b"}, last=LAST, at=NOW)
    off = Event(id="7", issue="1", at=LAST, kind="label", name="a", before="a")
    told = current_event(off, renames)
    assert (told.name, told.before, told.after) == ("b", "b", None)
    title = Event(id="8", issue="1", at=LAST, kind="title", before="a", after="x")
    assert current_event(title, renames) is title
