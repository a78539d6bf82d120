"""A real incident log through the whole path: `python -m tests.bench.real_log [--platform jira] [INCIDENTS]`.

The log is loaded into a sandbox in the order of time; each week's end, a cycle in flag mode reads it over HTTP.
What the ledger's cases hold must equal what a few lines count straight from the file.
"""

import argparse
import csv
import io
import os
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import NamedTuple

from tierkeeper.plugins.host import load_plugins
from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.tracker import Ports, Tracker
from tierkeeper.plugins.transport.ports import ManualWall, MemoryBudget
from tierkeeper.rules.policy import Policy, load_policy
from tierkeeper.rules.reading import Reader, read_case
from tierkeeper.sync.cli.sites import Site, open_site
from tierkeeper.sync.cycle import Cycle
from tierkeeper.sync.eventlog.changes import Week, read_log
from tierkeeper.sync.eventlog.loading import Loader
from tierkeeper.sync.eventlog.logmap import LogMap, read_map
from tierkeeper.sync.eventlog.platforms import PLATFORMS
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.act import Act
from tierkeeper.sync.report import Report

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "incident-log"
FILES = {"github": ("map.yaml", "desk.yaml"), "jira": ("jira-map.yaml", "jira-desk.yaml")}
"""The example's map and policy for each platform; the policy's tracker has the platform's name."""
LOG = "uci_incident_event_log_full_stripped.zip"
CLOSED = {"Resolved", "Closed"}


class Counts(NamedTuple):
    """How often something happened, and to how many incidents."""

    group_changes: tuple[int, int]
    group_returns: tuple[int, int]
    handovers: tuple[int, int]
    reopenings: tuple[int, int]


PUBLISHED = Counts((19_087, 9_575), (4_973, 2_628), (10_824, 6_524), (331, 275))
"""The whole log's; the reopenings are those of the log's own counter, `reopen_count`."""


FLAGGED = {"TR02": 1, "TR10": 11, "TR12": 31, "TR13": 296, "TR15": 1, "TR17": 0, "PO01": 0, "PO04": 2}
"""How many of the first thousand incidents each rule flags, a cycle a week; `docs/real-log.md` has them."""


class Outcome(NamedTuple):
    """What came of a run. `flags`: how many incidents each rule ever flagged."""

    counts: Counts
    flags: dict[str, int]
    reports: list[Report]
    issues: int
    incomplete: int
    requests: int
    loading: float
    cycles: float

    @property
    def problems(self) -> list[str]:
        """What went wrong, each once."""
        return list(dict.fromkeys(problem for report in self.reports for problem in report.problems))


def data_folder() -> Path:
    """Where the log is looked for."""
    return Path(os.environ.get("TIERKEEPER_DATA") or ROOT.parent / "shared" / "data")


def log_file() -> Path | None:
    """The log; None where it is not there."""
    found = data_folder() / LOG
    return found if found.is_file() else None


# Counted straight from the file


def count_rows(path: Path, incidents: int | None = None) -> Counts:
    """Rows in the order of the file; a group "?" tells nothing, and before the first group there is no tier."""
    tally = _Tally()
    for number, rows in enumerate(_by_incident(path)):
        if number == incidents:
            break
        groups = [row["assignment_group"] for row in rows if row["assignment_group"] != "?"]
        states = [row["ident_state"] in CLOSED for row in rows]
        tally.add(_runs(groups), _runs(_tiers(rows)), sum(was and not now for was, now in pairwise(states)))
    return tally.counts()


def _tiers(rows: list[dict[str, str]]) -> Iterator[str]:
    """Development while there is a problem or a change record, else by the last group told; none before the first."""
    group = "?"
    for row in rows:
        group = row["assignment_group"] if row["assignment_group"] != "?" else group
        if row["problem_id"] != "?" or row["rfc"] != "?":
            yield "development"
        elif group != "?":
            yield "help-desk" if group == "70" else "support"


def _by_incident(path: Path) -> Iterator[list[dict[str, str]]]:
    """The rows of each incident: they stand together in the file."""
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".csv"))
        with archive.open(name) as inside:
            rows = csv.DictReader(io.TextIOWrapper(inside, encoding="utf-8-sig", newline=""))
            for _, found in groupby(rows, key=lambda row: row["number"]):
                yield list(found)


def _runs(values: Iterable[str]) -> list[str]:
    """Each value once for as long as it held."""
    return [value for value, _ in groupby(values)]


class _Tally:
    def __init__(self) -> None:
        self._times: Counter[str] = Counter()
        self._incidents: Counter[str] = Counter()

    def add(self, groups: list[str], tiers: list[str], reopenings: int) -> None:
        returns = sum(group in groups[:place] for place, group in enumerate(groups))
        happened = {
            "group_changes": max(0, len(groups) - 1),
            "group_returns": returns,
            "handovers": max(0, len(tiers) - 1),
            "reopenings": reopenings,
        }
        self._times.update(happened)
        self._incidents.update(what for what, times in happened.items() if times)

    def counts(self) -> Counts:
        return Counts(*((self._times[what], self._incidents[what]) for what in Counts._fields))


# Counted from the ledger's cases


def count_cases(cases: Iterable[Case]) -> Counts:
    """The same of what was read from the tracker."""
    tally = _Tally()
    for case in cases:
        moves = [change for change in case.changes["group"] if change.before is not None]
        groups = [str(change.before) for change in moves[:1]] + [str(change.after) for change in moves]
        handed = case.handovers
        tiers = [str(change.before) for change in handed[:1]] + [str(change.after) for change in handed]
        tally.add(groups, tiers, case.reopenings)
    return tally.counts()


def count_flags(acts: Iterable[Act], policy: Policy) -> dict[str, int]:
    """How many incidents each rule of the policy flagged, in the policy's order."""
    flagged = {(act.rule, act.issue) for act in acts if act.what == f"label + {policy.flag_prefix}{act.rule}"}
    times = Counter(rule for rule, _ in flagged)
    return {active.code: times[active.code] for active in policy.rules}


# The run


def replay(path: Path, folder: Path, *, incidents: int | None = None, platform: str = "github") -> Outcome:
    """Load the log week by week, with a cycle after each; the ledger is made in `folder`."""
    logmap = read_map(EXAMPLE / FILES[platform][0])
    began = time.perf_counter()
    log = read_log(path, logmap, incidents=incidents)
    site = open_site(logmap.platform, now=log.changes[0].at)
    with site.box:
        policy = desk_at(site.box.url, platform)
        loader = Loader(site.target(logmap))
        loading = time.perf_counter() - began
        with Ledger.open(folder / "desk.sqlite", desk=policy.desk.name) as ledger:
            run = _Run(site, ledger, policy, logmap)
            for week in log.weeks():
                began = time.perf_counter()
                loader.apply(week)
                loading += time.perf_counter() - began
                run.cycle(week)
            return run.outcome(loader.issues, loading)


def desk_at(url: str, platform: str = "github") -> Policy:
    """The example's desk, with the sandbox's address."""
    name = FILES[platform][1]
    text = (EXAMPLE / name).read_text().replace("http://127.0.0.1:8080", url)
    return load_policy(text, file=name, host=load_plugins())


class _Run:
    def __init__(self, site: Site, ledger: Ledger, policy: Policy, logmap: LogMap) -> None:
        self._box, self._ledger, self._policy, self._map = site.box, ledger, policy, logmap
        self._name = logmap.platform.name
        own = next(user for user in site.users if user.login == logmap.raw.account)
        self._secrets = {"GITHUB_TOKEN": own.token, "JIRA_TOKEN": own.token, "JIRA_EMAIL": own.email}
        self.wall = ManualWall(self._box.now)
        self.reports: list[Report] = []
        self.seconds = 0.0

    def cycle(self, week: Week) -> None:
        self._box.set_now(week.end)
        self.wall.advance(week.end - self.wall.now())
        began = time.perf_counter()
        cycle = Cycle(
            policy=self._policy,
            ledger=self._ledger,
            trackers={self._name: self._tracker()},
            now=week.end,
            wall=self.wall,
            write=True,
            max_changes=1_000_000,
        )
        self.reports.append(cycle.run())
        self.seconds += time.perf_counter() - began

    def _tracker(self) -> Tracker:
        """A tracker of its own for each cycle, as cron would have it; an hour of a week's budget never ends."""
        ports = Ports(
            budget=MemoryBudget(creates_a_minute=1_000_000, creates_an_hour=1_000_000),
            etags=self._ledger.etags,
            kept=self._ledger.kept,
            wall=self.wall,
            secret=self._secrets.get,
        )
        entry = self._policy.trackers[self._name]
        return entry.plugin.make(self._name, entry.options, ports)

    def outcome(self, issues: Iterable[str], loading: float) -> Outcome:
        refs = [Ref("incidents", issue, issue) for issue in issues]
        own = self._map.raw.account
        reader = Reader(desk=self._policy.desk, tracker=self._name, own=own, since=self._ledger.began)
        known = self._ledger.histories("incidents", refs, own=own)
        counts = count_cases(read_case(one.history, reader, self.wall.now()) for one in known)
        return Outcome(
            counts=counts,
            flags=count_flags(self._ledger.acts(), self._policy),
            reports=self.reports,
            issues=len(known),
            incomplete=sum(not one.history.complete for one in known),
            requests=sum(sum(report.requests.values()) for report in self.reports),
            loading=loading,
            cycles=self.seconds,
        )


def lines_of(outcome: Outcome, expected: Counts, wall: float) -> Iterator[str]:
    """The figures, a line each."""
    written = sum(report.written for report in outcome.reports)
    yield f"real log: {outcome.issues:,} incidents, {len(outcome.reports)} cycles, {wall:.1f} s in all"
    yield f"  loading {outcome.loading:.1f} s, cycles {outcome.cycles:.1f} s"
    each = outcome.requests / outcome.issues
    yield f"  {outcome.requests:,} requests, {each:.3f} an issue; {written} issues written"
    for what, counted, held in zip(Counts._fields, expected, outcome.counts, strict=True):
        verdict = "equal" if counted == held else "DIFFERS"
        in_file, in_ledger = (f"{times:,} in {incidents:,}" for times, incidents in (counted, held))
        yield f"  {what}: {in_file} in the file, {in_ledger} in the ledger: {verdict}"
    for rule, flagged in outcome.flags.items():
        yield f"  {rule}: {flagged:,} incidents flagged, {flagged / outcome.issues:.1%}"
    yield from (f"  problem: {problem}" for problem in outcome.problems)


def main() -> int:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.real_log", description="A real log, a cycle a week.")
    parser.add_argument("--platform", choices=[platform.name for platform in PLATFORMS], default=PLATFORMS[0].name)
    parser.add_argument("incidents", nargs="?", type=int, metavar="INCIDENTS", help="only the first so many")
    asked = parser.parse_args()
    path = log_file()
    if path is None:
        sys.stderr.write(f"{LOG} is not in {data_folder()}; TIERKEEPER_DATA names another folder\n")
        return 2
    expected = count_rows(path, asked.incidents)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        outcome = replay(path, Path(folder), incidents=asked.incidents, platform=asked.platform)
    for line in lines_of(outcome, expected, time.perf_counter() - began):
        sys.stdout.write(f"{line}\n")
    return 0 if outcome.counts == expected and not outcome.problems else 1


if __name__ == "__main__":
    sys.exit(main())
