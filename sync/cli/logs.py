"""What a log reads on standard error: one line a run with its counts, and, as JSON, each problem and notice too."""

import sys
from enum import StrEnum
from typing import Any

from tierkeeper.plugins.markup.text import plain
from tierkeeper.sync.cli.log_format import LogFormat
from tierkeeper.sync.cli.vault import redacted

_chosen: LogFormat | None = None


class Level(StrEnum):
    """How bad it is."""

    info = "info"
    warning = "warning"
    error = "error"


def choose(form: LogFormat | None) -> None:
    """Log like this from now on; None: as it suits where standard error goes."""
    global _chosen  # noqa: PLW0603  # like standard error itself, there is one a process
    _chosen = form


def is_json() -> bool:
    """Whether all that goes to standard error is to be JSON."""
    return _chosen is LogFormat.json


def wanted(*, quiet: bool) -> bool:
    """Whether a line a run is to be written: if asked for, or if nobody sits before it."""
    return _chosen is not LogFormat.off and (_chosen is not None or not (quiet or sys.stderr.isatty()))


def complain(text: str) -> None:
    """A problem or a notice, as a line of JSON."""
    kind, _, rest = text.partition(": ")
    if kind not in {"problem", "notice"}:
        kind, rest = "problem", text
    line(kind, Level.warning if kind == "notice" else Level.error, message=rest)


def line(event: str, level: Level = Level.info, **fields: object) -> None:
    """One line, with its time (UTC)."""
    import structlog  # noqa: PLC0415  # slow to import, and rarely needed

    form: Any = structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False)
    if is_json():
        form = structlog.processors.JSONRenderer()
    logger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[structlog.processors.TimeStamper(fmt="iso", utc=True), _safe, form, _clean],
    )
    logger.info(event, level=level.value, **fields)


def _safe(_logger: object, _name: str, entry: Any) -> Any:
    return {key: redacted(plain(value)) if isinstance(value, str) else value for key, value in entry.items()}


def _clean(_logger: object, _name: str, rendered: Any) -> Any:
    return redacted(rendered)
