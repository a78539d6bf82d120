"""`tierkeeper commands`: which commands people may write in comments, and who may."""

from pathlib import Path
from typing import Annotated

import typer

from tierkeeper.sync.cli.options import DEFAULT_POLICY, Json, PolicyFile

Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="Write it to this file.", metavar="FILE", show_default=False)
]


def commands(*, policy: PolicyFile = DEFAULT_POLICY, out: Out = None, json: Json = False) -> None:
    """Print the page on commands for the desk's people: who may write what in a comment. In Markdown."""
    from tierkeeper.sync.cli import cataloguing  # noqa: PLC0415  # heavy: not for --help

    cataloguing.commands(cataloguing.Ask(policy=policy, out=out, json=json))
