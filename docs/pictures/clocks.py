"""Draws docs/pictures/clocks.svg: the clocks of one issue, as they really are evaluated. `--check` writes nothing."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from tierkeeper.plugins.model.case import Case, FacetChange, Reply
from tierkeeper.plugins.model.desk import Desk, Role, Tier
from tierkeeper.plugins.model.duration import Duration
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.promise import Clock, ClockKind, Goal, Promises, TierGoal
from tierkeeper.rules.calendars import always
from tierkeeper.rules.clocks import clocks_of

DAY = datetime(2026, 11, 23, tzinfo=UTC)
FIRST, LAST = 9.0, 19.5
LEFT, RIGHT, TOP, LANE = 250, 930, 150, 46
FONT = "ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"
INK, FAINT, RUN, LATE, WAIT = "#1f2328", "#d0d7de", "#2f6f9f", "#b3402a", "#b9a16b"

HAPPENED = [
    (9.0, "reported"),
    (9.5, "help-desk-1 takes it"),
    (10.0, "and answers"),
    (10.5, "asks: waits for the reporter"),
    (11.75, "the reporter answers"),
    (13.0, "handed to support"),
    (13.75, "support-1 takes it"),
    (14.5, "waits for a vendor"),
    (16.0, "goes on"),
    (16.5, "the reporter asks"),
    (17.25, "support-1 answers"),
    (17.75, "closed"),
]


def at(hour: float) -> datetime:
    """A moment of the day."""
    return DAY + timedelta(hours=hour)


def change(facet: str, hour: float, before: str | None, after: str | None, *, by: str = "support-1") -> FacetChange:
    """Somebody changes a facet."""
    return FacetChange(facet=facet, before=before, after=after, at=at(hour), event=f"{facet}{hour}", by=by)


def says(hour: float, by: str) -> Reply:
    """Somebody writes in public."""
    return Reply(at=at(hour), by=by, kind="human", body="…", comment=f"{hour}")


def story() -> Case:
    """The issue of the picture, at the end of the day."""
    return Case(
        ref=Ref("desk", "1", "HELP-7"),
        tracker="story",
        title="Export fails",
        body="",
        url="",
        created=at(9),
        now=at(LAST),
        open=False,
        reporter="reporter",
        reporter_kind="human",
        lowest_tier="key-users",
        facets={"state": "closed", "tier": "support"},
        changes={
            "owner": (change("owner", 9.5, None, "help-desk-1"), change("owner", 13.75, None, "support-1")),
            "waiting": (
                change("waiting", 10.5, None, "reporter"),
                change("waiting", 11.75, "reporter", None),
                change("waiting", 14.5, None, "vendor"),
                change("waiting", 16.0, "vendor", None),
            ),
            "tier": (
                change("tier", 9.0, None, "help-desk", by="reporter"),
                change("tier", 13.0, "help-desk", "support", by="help-desk-1"),
            ),
            "state": (change("state", 17.75, "open", "closed"),),
        },
        replies=(
            says(10.0, "help-desk-1"),
            says(10.5, "help-desk-1"),
            says(11.75, "reporter"),
            says(13.0, "help-desk-1"),
            says(16.5, "reporter"),
            says(17.25, "support-1"),
        ),
    )


def desk() -> Desk:
    """What is promised in the picture, around the clock."""
    targets: dict[ClockKind, Duration] = {
        "first response": Duration("2h"),
        "next update": Duration("45m"),
        "resolution": Duration("6h30m"),
        "time to own": Duration("1h"),
        "keep in the loop": Duration("2h"),
    }
    own: dict[ClockKind, Duration] = {"own": Duration("30m"), "hold": Duration("4h")}
    people = {"help-desk": ("help-desk-1",), "support": ("support-1",)}
    return Desk(
        name="picture",
        tiers=(Tier("key-users"), Tier("help-desk", role="help-desk"), Tier("support", role="support")),
        roles={name: Role(name, people=who) for name, who in people.items()},
        calendars={"24x7": always("24x7", "UTC")},
        promises=Promises(
            goals=(Goal(name="", place="", targets=targets),),
            tiers=(TierGoal(tier="support", place="", targets=own),),
            pause_on=frozenset({"reporter", "vendor"}),
        ),
    )


def x(moment: datetime) -> float:
    """Where a moment lies."""
    hour = (moment - DAY) / timedelta(hours=1)
    return round(LEFT + (hour - FIRST) / (LAST - FIRST) * (RIGHT - LEFT), 1)


def lane(clock: Clock, place: int) -> Iterator[str]:
    """One clock: its running time and pauses, its due time, and how it ended."""
    y = TOP + place * LANE
    end = clock.stopped or at(LAST)
    color = LATE if clock.state == "missed" else RUN
    name, limit = escape(clock.kind), escape(f"{clock.target}, {clock.state}")
    tier = f" ({escape(clock.tier)})" if clock.tier else ""
    yield text(16, y + 12, f"{name}{tier}", size=14, weight=600)
    yield text(16, y + 28, limit, size=12, fill=color)
    yield bar(clock.start, end, y, color)
    for pause in clock.pauses:
        yield bar(pause.start, pause.end or end, y, "url(#waits)")
    if clock.due is not None:
        where = x(clock.due)
        yield f'<path d="M{where} {y - 5}v28" stroke="{INK}" stroke-width="1.5" stroke-dasharray="3 2"/>'
        yield text(where, y + 34, f"due {clock.due:%H:%M}", size=11, anchor="middle")


def bar(start: datetime, end: datetime, y: float, fill: str) -> str:
    """A part of a lane."""
    return f'<rect x="{x(start)}" y="{y}" width="{round(x(end) - x(start), 1)}" height="18" rx="2" fill="{fill}"/>'


def text(where: float, y: float, words: str, **how: object) -> str:
    """Words."""
    names = {"size": "font-size", "weight": "font-weight", "anchor": "text-anchor", "fill": "fill"}
    attributes = "".join(f' {names.get(key, key)}="{value}"' for key, value in {"fill": INK, **how}.items())
    return f'<text x="{where}" y="{y}"{attributes}>{words}</text>'


def frame(count: int) -> Iterator[str]:
    """The hours, and what happened."""
    bottom = TOP + count * LANE
    for hour in range(int(FIRST), int(LAST) + 1):
        where = x(at(hour))
        yield f'<path d="M{where} {TOP - 14}V{bottom}" stroke="{FAINT}" stroke-width="1"/>'
        yield text(where, bottom + 16, f"{hour}:00", size=11, anchor="middle")
    for hour, words in HAPPENED:
        where = x(at(hour))
        yield f'<circle cx="{where}" cy="{TOP - 18}" r="3" fill="{INK}"/>'
        turned = f"rotate(-38 {where} {TOP - 26})"
        yield text(where + 2, TOP - 26, escape(words), size=11, transform=turned)


def legend(y: float) -> Iterator[str]:
    """What the colours mean."""
    for place, (fill, words) in enumerate(((RUN, "kept"), (LATE, "missed"), ("url(#waits)", "stands still"))):
        yield f'<rect x="{LEFT + place * 130}" y="{y}" width="26" height="12" rx="2" fill="{fill}"/>'
        yield text(LEFT + place * 130 + 34, y + 11, words, size=12)


def picture(clocks: Sequence[Clock]) -> str:
    """The whole picture, without any external asset."""
    height = TOP + len(clocks) * LANE + 60
    hatch = (
        '<pattern id="waits" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="6" height="6" fill="#fff"/><rect width="3" height="6" fill="{WAIT}"/></pattern>'
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1010 {height}" font-family="{FONT}" role="img">',
        "<title>The clocks of one issue over a day</title>",
        f'<defs>{hatch}</defs><rect width="1010" height="{height}" fill="#fff"/>',
        *frame(len(clocks)),
        *(part for place, clock in enumerate(clocks) for part in lane(clock, place)),
        *legend(height - 28),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    """Draw it, or with `--check` compare it; the exit code."""
    target = Path(__file__).with_name("clocks.svg")
    drawn = picture([clock for clock in clocks_of(story(), desk()) if clock.target])
    if "--check" in arguments:
        return int(not target.exists() or target.read_text(encoding="utf-8") != drawn)
    target.write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
