"""A run's figures as a Prometheus text file. What each name means stands in docs/metrics.md."""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from tierkeeper.plugins.errors import TierkeeperError, UsageError
from tierkeeper.sync.report import Report

HELP: Mapping[str, str] = {
    "tierkeeper_last_run_timestamp_seconds": "When the last run ended, in seconds since 1970.",
    "tierkeeper_last_run_duration_seconds": "How long the last run took.",
    "tierkeeper_last_run_exit_code": "0 done; 1 something failed or was not looked at; 130 stopped.",
    "tierkeeper_last_run_issues": "Issues of the last run, by what became of them.",
    "tierkeeper_last_run_put_back": "Changes that the last run put back.",
    "tierkeeper_last_run_carried": "Pairs of twins that the last run made or brought in step.",
    "tierkeeper_last_run_problems": "What failed or was not looked at in the last run.",
    "tierkeeper_last_run_left_issues": "Issues that the last run left for the next one, by queue.",
    "tierkeeper_last_run_requests": "Requests that the last run sent, by tracker and kind.",
    "tierkeeper_quarantined_issues": "Issues that keep failing.",
    "tierkeeper_mirror_links": "Pairs of twins, by mirror.",
    "tierkeeper_mirror_put_aside": "Issues that could not be mirrored, and wait to be tried again.",
    "tierkeeper_open_issues": "Open issues, by queue and tier.",
}
"""Every name, with what it tells."""

_OUTCOMES = ("changed", "woken", "judged", "waiting", "written", "shadowed")


class Figures(msgspec.Struct, kw_only=True):
    """What is told of one run. `report` is None where it broke off; then the ledger's figures are left out too."""

    desk: str
    command: str
    began: datetime
    ended: datetime
    exit_code: int
    report: Report | None = None
    quarantined: int = 0
    links: Mapping[str, int] = {}
    put_aside: int = 0
    open_issues: Mapping[str, Mapping[str, int]] = {}

    def text(self) -> str:
        """The figures in Prometheus' text format."""
        lines, last = [], ""
        for name, value, labels in self._samples():
            if name != last:
                lines += [f"# HELP {name} {HELP[name]}", f"# TYPE {name} gauge"]
                last = name
            pairs = {"desk": self.desk, **labels}
            shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in pairs.items())
            lines.append(f"{name}{{{shown}}} {value}")
        return "\n".join(lines) + "\n"

    def _samples(self) -> Iterator[tuple[str, float, Mapping[str, str]]]:
        last = "tierkeeper_last_run_"
        which = {"command": self.command}
        yield f"{last}timestamp_seconds", self.ended.timestamp(), which
        yield f"{last}duration_seconds", (self.ended - self.began).total_seconds(), which
        yield f"{last}exit_code", self.exit_code, which
        report = self.report
        if report is None:
            return
        for outcome in _OUTCOMES:
            yield f"{last}issues", getattr(report, outcome), {**which, "outcome": outcome}
        yield f"{last}put_back", _put_back(report), which
        yield f"{last}carried", report.carried, which
        yield f"{last}problems", len(report.problems), which
        for left in report.left:
            if left.issues is not None:
                yield f"{last}left_issues", left.issues, {**which, "queue": left.queue}
        for tracker, kinds in report.asked.items():
            for kind, count in kinds.items():
                yield f"{last}requests", count, {**which, "tracker": tracker, "kind": kind}
        yield "tierkeeper_quarantined_issues", self.quarantined, {}
        for mirror, count in self.links.items():
            yield "tierkeeper_mirror_links", count, {"mirror": mirror}
        yield "tierkeeper_mirror_put_aside", self.put_aside, {}
        for queue, tiers in self.open_issues.items():
            for tier, count in tiers.items():
                yield "tierkeeper_open_issues", count, {"queue": queue, "tier": tier}


def check_place(path: Path | None) -> None:
    """Raise UsageError, before anything is done, where no figures could be written."""
    if path is not None and (path.is_dir() or not os.access(path.absolute().parent, os.W_OK | os.X_OK)):
        raise UsageError(f"--metrics {path}: no file can be written there; name a file in a folder that can be written")


def write(path: Path, figures: Figures) -> None:
    """Write the file whole or not at all: who reads it meanwhile sees the last one."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        fresh.write_text(figures.text(), encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise TierkeeperError(f"the figures could not be written to {path}: {error.strerror}") from error


def _put_back(report: Report) -> int:
    if report.command != "run" or report.over:
        return 0
    return sum(verdict.outcome == "put back" for plan in report.plans for verdict in plan.verdicts)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
