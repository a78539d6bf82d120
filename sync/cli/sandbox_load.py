"""`tierkeeper sandbox load`: a real incident log as a sandbox to try rules on."""

from pathlib import Path
from typing import Annotated

import typer

from tierkeeper.sync.cli.options import Json


def load(
    log: Annotated[Path, typer.Argument(help="An incident event log: a CSV file, or a zip with one.", metavar="LOG")],
    *,
    columns: Annotated[Path, typer.Option("--map", help="What the log's columns mean (YAML).", metavar="FILE")],
    state: Annotated[
        Path, typer.Option(help="The state file to write, for `sandbox serve --state`.", metavar="FILE")
    ] = Path("sandbox.json"),
    desk: Annotated[
        Path | None, typer.Option(help="Write who acted for which tier as the roles of this desk.", metavar="POLICY")
    ] = None,
    incidents: Annotated[
        int | None, typer.Option(min=1, help="Only the log's first incidents, so many.", metavar="N")
    ] = None,
    json: Json = False,
) -> None:
    """Put an incident event log into a sandbox, GitHub or Jira as its map says: issues with true history."""
    from tierkeeper.sync.cli import loading  # noqa: PLC0415  # heavy: not for --help

    ask = loading.Ask(log=log, columns=columns, state=state, desk=desk, incidents=incidents)
    loading.load(ask, json=json)
