"""Tells programs how a cycle went, whatever happened: a line in the log, and the file of figures."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tierkeeper.plugins.errors import LeaseHeld
from tierkeeper.sync.cli import logs, metrics
from tierkeeper.sync.cli.failure import exit_code
from tierkeeper.sync.cli.metrics import Figures

_COUNTS = ("queues", "changed", "woken", "judged", "waiting", "written")


@contextmanager
def told(desk: str, command: str, *, file: Path | None, quiet: bool) -> Iterator[Figures]:
    """Have the figures filled in, and tell them at the end. Another run's figures are left alone while it runs."""
    began = datetime.now(UTC)
    figures = Figures(desk=desk, command=command, began=began, ended=began, exit_code=1)
    try:
        yield figures
    except BaseException as error:
        figures.exit_code, figures.report = exit_code(error), None
        if isinstance(error, LeaseHeld):
            file = None
        raise
    finally:
        figures.ended = datetime.now(UTC)
        if logs.wanted(quiet=quiet):
            _log(figures)
        if file is not None:
            metrics.write(file, figures)


def _log(figures: Figures) -> None:
    counts: dict[str, int] = {}
    if report := figures.report:
        counts = {name: getattr(report, name) for name in _COUNTS}
        counts |= {"left": sum(one.issues or 0 for one in report.left), "problems": len(report.problems)}
        counts |= {f"requests_{kind}": count for kind, count in report.requests.items()}
    logs.line(
        figures.command,
        logs.Level.error if figures.exit_code else logs.Level.info,
        desk=figures.desk,
        exit_code=figures.exit_code,
        seconds=round((figures.ended - figures.began).total_seconds(), 3),
        **counts,
    )
