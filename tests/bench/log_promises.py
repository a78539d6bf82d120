"""A real log's missed promises under its own targets: `python -m tests.bench.log_promises`. The table is in docs/.

The log says of each incident whether its promise was kept (`made_sla`), not what was promised. Where enough were kept
and enough missed, the target is read off that: the whole number of hours from opening to closing that tells them apart
best. Our clocks then judge every incident by these targets.
"""

import csv
import io
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
from bench.real_log import log_file

from tierkeeper.plugins.model.case import Case, FacetChange
from tierkeeper.plugins.model.desk import Desk, Tier
from tierkeeper.plugins.model.duration import Duration
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.promise import Goal, Promises
from tierkeeper.rules.calendars import always
from tierkeeper.rules.clocks import clocks_of

ENOUGH = 20
"""How many have to be kept, and how many missed, before a target is read off them."""

HOUR = timedelta(hours=1)
NAMES = {"1": "1 critical", "2": "2 high", "3": "3 moderate", "4": "4 low"}


class Incident(NamedTuple):
    """What the log says of one incident in its last row."""

    number: str
    priority: str
    opened: datetime
    closed: datetime
    kept: bool


class Line(NamedTuple):
    """One priority: what the log's flag says, the target read off it in hours (0: none), and what our clocks say."""

    priority: str
    incidents: int
    missed: int
    target: int
    ours: int
    agreed: int


def incidents(path: Path) -> Iterator[Incident]:
    """Every incident as it ended."""
    last: dict[str, dict[str, str]] = {}
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".csv"))
        with archive.open(name) as stream:
            for row in csv.DictReader(io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")):
                last[row["number"]] = row
    for number, row in last.items():
        opened, closed = (datetime.strptime(row[at], "%d/%m/%Y %H:%M").replace(tzinfo=UTC) for at in TIMES)
        yield Incident(number, row["priority"], opened, closed, row["made_sla"] == "true")


TIMES = ("opened_at", "closed_at")


def target_of(found: Sequence[Incident]) -> int:
    """The hours that tell kept and missed incidents apart best, the least of them; 0 where there are too few."""
    kept = sum(one.kept for one in found)
    if min(kept, len(found) - kept) < ENOUGH:
        return 0
    scores: defaultdict[int, int] = defaultdict(int)
    for one in found:
        hours = -((one.opened - one.closed) // HOUR)  # the first whole number of hours that it fits in
        scores[max(hours, 1)] += 1 if one.kept else -1
    best, target, score = 0, 0, 0
    for hours in sorted(scores):
        score += scores[hours]
        if score > best:
            best, target = score, hours
    return target


def missed_by_clock(one: Incident, desk: Desk) -> bool:
    """What our resolution clock says of it."""
    closing = FacetChange(facet="state", before="open", after="closed", at=one.closed, event="1")
    case = Case(
        ref=Ref("log", one.number, one.number),
        tracker="log",
        title="",
        body="",
        url="",
        created=one.opened,
        now=one.closed,
        open=False,
        reporter="",
        reporter_kind="unknown",
        lowest_tier=desk.lowest_tier,
        facets={"state": "closed", "priority": one.priority},
        changes={"state": (closing,)},
    )
    return any(clock.state == "missed" for clock in clocks_of(case, desk))


def lines(path: Path) -> Iterator[Line]:
    """One line a priority."""
    groups: defaultdict[str, list[Incident]] = defaultdict(list)
    for one in incidents(path):
        groups[one.priority].append(one)
    targets = {priority: target_of(found) for priority, found in groups.items()}
    desk = desk_with(targets)
    for priority, found in sorted(groups.items()):
        judged = [missed_by_clock(one, desk) for one in found] if targets[priority] else []
        yield Line(
            priority=priority,
            incidents=len(found),
            missed=sum(not one.kept for one in found),
            target=targets[priority],
            ours=sum(judged),
            agreed=sum(late != one.kept for late, one in zip(judged, found, strict=False)),
        )


def desk_with(targets: Mapping[str, int]) -> Desk:
    """A desk that promises a resolution within these hours, by priority, around the clock."""
    goals = [
        Goal(name=name, place="", when={"priority": (name,)}, targets={"resolution": Duration(f"{hours}h")})
        for name, hours in targets.items()
        if hours
    ]
    desk = Desk(name="log", tiers=(Tier("support"),), calendars={"24x7": always("24x7", "UTC")})
    return msgspec.structs.replace(desk, promises=Promises(goals=tuple(goals)))


def table(found: Sequence[Line]) -> str:
    """The table of the page in docs/."""
    head = "| priority | incidents | missed, by the log's flag | target read off it | missed, by our clocks | agree |"
    rows = [head, "|---|--:|--:|--:|--:|--:|"]
    for line in found:
        share = f"{line.missed:,} ({line.missed / line.incidents:.1%})"
        ours = f"{line.ours:,} ({line.ours / line.incidents:.1%})" if line.target else ""
        target = f"{line.target} h ({line.target / 24:.1f} d)" if line.target else "too few of one kind"
        agree = f"{line.agreed / line.incidents:.1%}" if line.target else ""
        rows.append(f"| {NAMES[line.priority]} | {line.incidents:,} | {share} | {target} | {ours} | {agree} |")
    count, missed = sum(line.incidents for line in found), sum(line.missed for line in found)
    rows.append(f"| all | {count:,} | {missed:,} ({missed / count:.1%}) | | | |")
    return "\n".join(rows)


def main() -> int:
    """Print the table; the exit code."""
    path = log_file()
    if path is None:
        sys.stderr.write("the log is not there; TIERKEEPER_DATA names its folder\n")
        return 1
    sys.stdout.write(f"{table(list(lines(path)))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
