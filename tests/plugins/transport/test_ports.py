"""Budget, validators and clocks that live in memory."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tierkeeper.plugins.errors import OutOfBudget, UsageError
from tierkeeper.plugins.transport.answer import Answer
from tierkeeper.plugins.transport.ports import (
    EtagKey,
    ManualWall,
    MemoryBudget,
    MemoryEtags,
    MemoryKept,
    SystemWall,
    Validator,
)

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def answer(status: int = 200, *, left: int | None = None, quota: int = 5000, resource: str = "core") -> Answer:
    headers = {"date": format_datetime(NOW, usegmt=True)}
    if left is not None:
        headers |= {
            "x-ratelimit-remaining": str(left),
            "x-ratelimit-limit": str(quota),
            "x-ratelimit-reset": str(int((NOW + 30 * MINUTE).timestamp())),
            "x-ratelimit-resource": resource,
        }
    return Answer(status, headers, b"", "https://t.example/x")


def test_eighty_creates_a_minute_and_five_hundred_an_hour() -> None:
    budget = MemoryBudget()
    now = NOW
    for in_this_minute in (80, 80, 80, 80, 80, 80, 20):
        for _ in range(in_this_minute):
            budget.before("c", "create", now)
        with pytest.raises(OutOfBudget) as caught:
            budget.before("c", "create", now)
        now = caught.value.until or now
    now = NOW + 6 * MINUTE
    with pytest.raises(OutOfBudget) as caught:
        budget.before("c", "create", now)
    assert caught.value.until == NOW + 60 * MINUTE
    budget.before("c", "read", now)
    budget.before("other", "create", now)
    budget.before("c", "create", NOW + 60 * MINUTE)


def test_a_limit_of_no_creates_allows_none() -> None:
    with pytest.raises(OutOfBudget):
        MemoryBudget(creates_a_minute=0).before("c", "create", NOW)


def test_a_reserve_is_left_and_writes_stop_first() -> None:
    budget = MemoryBudget(reserve=10)
    budget.answered("c", "read", answer(left=15), NOW)
    with pytest.raises(OutOfBudget, match="15 of 5000"):
        budget.before("c", "write", NOW)
    for _ in range(5):
        budget.before("c", "read", NOW)
    with pytest.raises(OutOfBudget) as caught:
        budget.before("c", "read", NOW)
    assert caught.value.until == NOW + 30 * MINUTE
    budget.before("c", "read", NOW + 30 * MINUTE)


def test_the_quota_of_search_is_not_taken_for_the_main_one() -> None:
    budget = MemoryBudget()
    budget.answered("c", "read", answer(left=0, quota=30, resource="search"), NOW)
    budget.before("c", "read", NOW)


def test_refusals_in_a_row_that_name_no_wait_double_it() -> None:
    budget = MemoryBudget()
    now = NOW
    for minutes in (1, 2, 4):
        budget.answered("c", "read", answer(429), now)
        with pytest.raises(OutOfBudget) as caught:
            budget.before("c", "read", now)
        assert caught.value.until == now + minutes * MINUTE
        now += minutes * MINUTE
        budget.before("c", "read", now)
    budget.answered("c", "read", answer(200), now)
    budget.answered("c", "read", answer(429), now)
    with pytest.raises(OutOfBudget) as caught:
        budget.before("c", "read", now)
    assert caught.value.until == now + MINUTE


def test_validators_are_kept_by_token_url_and_accept() -> None:
    etags = MemoryEtags()
    key, kept = EtagKey("t", "https://t.example/x", ""), Validator('"a"', last_page=True, newest="")
    etags.put(key, kept)
    assert etags.get(EtagKey("t", "https://t.example/x", "")) == kept
    assert etags.get(EtagKey("u", "https://t.example/x", "")) is None


def test_a_look_up_is_kept_until_its_time_is_over() -> None:
    kept = MemoryKept()
    kept.put("me", "7", NOW + MINUTE)
    assert kept.get("me", NOW) == "7"
    assert kept.get("me", NOW + MINUTE) is None
    assert kept.get("you", NOW) is None


def test_clocks_agree_on_what_they_are() -> None:
    system, manual = SystemWall(), ManualWall(NOW)
    assert system.now().utcoffset() == timedelta()
    assert system.monotonic() <= system.monotonic()
    system.sleep(0)
    manual.sleep(30)
    assert (manual.now(), manual.monotonic(), manual.slept) == (NOW + timedelta(seconds=30), 30, [30])
    with pytest.raises(UsageError, match="time zone"):
        ManualWall(datetime(2026, 1, 1))  # noqa: DTZ001  # a naive one is the point
