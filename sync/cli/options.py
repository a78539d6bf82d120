"""The options that commands share. Light: it is imported for every --help."""

from pathlib import Path
from typing import Annotated

import typer

from tierkeeper.sync.cli.log_format import LogFormat

PolicyFile = Annotated[
    Path,
    typer.Option("--policy", "-p", envvar="TIERKEEPER_POLICY", help="The desk's policy.", metavar="FILE"),
]
LedgerFile = Annotated[
    Path | None,
    typer.Option(
        "--ledger",
        envvar="TIERKEEPER_LEDGER",
        help="The desk's ledger.  \\[default: FILE.sqlite beside the policy FILE.yaml]",
        metavar="FILE",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else, on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but what is wrong.")]
Now = Annotated[
    str,
    typer.Option(
        help="Judge as of this moment (ISO 8601 with its offset) instead of the present; only against a sandbox.",
        metavar="TIME",
    ),
]
AsOf = Annotated[
    str,
    typer.Option(
        "--now",
        help="As of this moment (ISO 8601 with its offset).  \\[default: the present, or the last run's --now]",
        metavar="TIME",
    ),
]

Metrics = Annotated[
    Path | None,
    typer.Option(
        "--metrics",
        help="Write the run's figures to this file, for Prometheus; see docs/metrics.md.",
        metavar="FILE",
        show_default=False,
    ),
]
Log = Annotated[
    LogFormat | None,
    typer.Option(
        "--log-format",
        envvar="TIERKEEPER_LOG_FORMAT",
        help="How to log to standard error: one line a run, as text or JSON; as JSON, also what is wrong.  "
        "\\[default: a line of text, unless --quiet or on a terminal]",
        show_default=False,
    ),
]

DEFAULT_POLICY = Path("desk.yaml")
