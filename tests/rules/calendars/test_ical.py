"""The whole days of an iCal file."""

from datetime import date

import pytest

from tierkeeper.rules.calendars.ical import closed_days


def ical(*events: str) -> str:
    made = "\n".join(f"BEGIN:VEVENT\nUID:{place}\n{event}\nEND:VEVENT" for place, event in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{made}\nEND:VCALENDAR\n"


def days(text: str, year: int = 2026) -> list[str]:
    return [f"{day:%m-%d}" for day in sorted(closed_days(text, year))]


@pytest.mark.parametrize(
    ("event", "closed"),
    [
        ("DTSTART;VALUE=DATE:20260601", ["06-01"]),
        ("DTSTART;VALUE=DATE:20260601\nDTEND;VALUE=DATE:20260602", ["06-01"]),
        ("DTSTART;VALUE=DATE:20260601\nDTEND;VALUE=DATE:20260604", ["06-01", "06-02", "06-03"]),
        ("DTSTART;VALUE=DATE:20260601\nDURATION:P2D", ["06-01", "06-02"]),
        ("DTSTART;VALUE=DATE:20251230\nDTEND;VALUE=DATE:20260103", ["01-01", "01-02"]),
        ("DTSTART;VALUE=DATE:20261230\nDTEND;VALUE=DATE:20270103", ["12-30", "12-31"]),
        ("DTSTART;VALUE=DATE:20200229\nRRULE:FREQ=YEARLY", []),
        ("DTSTART;VALUE=DATE:20200601\nRRULE:FREQ=YEARLY", ["06-01"]),
        ("DTSTART;VALUE=DATE:20200601\nRRULE:FREQ=YEARLY;UNTIL=20251231", []),
        ("DTSTART;VALUE=DATE:20200601\nRRULE:FREQ=YEARLY;UNTIL=20260601T000000Z", ["06-01"]),
        ("DTSTART;VALUE=DATE:20251231\nDURATION:P2D\nRRULE:FREQ=YEARLY", ["01-01", "12-31"]),
        ("DTSTART;VALUE=DATE:20260601\nRRULE:FREQ=WEEKLY;COUNT=3", ["06-01", "06-08", "06-15"]),
        ("DTSTART;VALUE=DATE:20260601\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20260608", ["06-01", "06-15"]),
        ("DTSTART;VALUE=DATE:20260601\nRDATE;VALUE=DATE:20260701,20260801", ["06-01", "07-01", "08-01"]),
        ("DTSTART;VALUE=DATE:20250101\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;BYMONTH=11", ["11-27"]),
        ("DTSTART;VALUE=DATE:20260601\nSTATUS:CANCELLED", []),
        ("DTSTART;VALUE=DATE:20260601\nTRANSP:TRANSPARENT", ["06-01"]),
        ("DTSTART:20260601T080000Z\nDTEND:20260601T120000Z", []),
        ("SUMMARY:no start", []),
    ],
)
def test_an_entry_closes_its_whole_days(event: str, closed: list[str]) -> None:
    assert days(ical(event)) == closed


def test_one_day_of_a_repetition_may_be_moved_or_cancelled() -> None:
    series = "DTSTART;VALUE=DATE:20260601\nRRULE:FREQ=WEEKLY;COUNT=3"
    moved = "UID:0\nRECURRENCE-ID;VALUE=DATE:20260608\nDTSTART;VALUE=DATE:20260609"
    cancelled = "UID:0\nRECURRENCE-ID;VALUE=DATE:20260615\nDTSTART;VALUE=DATE:20260615\nSTATUS:CANCELLED"
    text = ical(series, moved, cancelled).replace("UID:1\n", "").replace("UID:2\n", "")
    assert days(text) == ["06-01", "06-09"]


def test_several_calendars_and_folded_lines_are_read() -> None:
    first = ical("DTSTART;VALUE=DATE:20260601").replace("VALUE=DATE:20260601", "VALUE=DA\n TE:20260601")
    assert days(first + ical("DTSTART;VALUE=DATE:20260602")) == ["06-01", "06-02"]


def test_a_day_is_one_of_its_own_year() -> None:
    text = ical("DTSTART;VALUE=DATE:20251230\nDTEND;VALUE=DATE:20260103")
    assert closed_days(text, 2025) == {date(2025, 12, 30), date(2025, 12, 31)}
    assert closed_days(text, 2027) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "closed on Mondays",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260601",
        ical("DTSTART;VALUE=DATE:20261301"),
        ical("DTSTART;VALUE=DATE:20260601\nRRULE:FREQ=HOURLY"),
        ical("DTSTART;VALUE=DATE:20260601\nRRULE:FREQ=NEVER"),
        ical("DTSTART;VALUE=DATE:20260601\nRRULE:FREQ=YEARLY;BYMONTH=x"),
    ],
)
def test_what_is_no_ical_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        closed_days(text, 2026)
