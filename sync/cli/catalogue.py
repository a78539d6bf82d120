"""`tierkeeper catalogue`: the page for users: what the desk helps with, who to turn to, what happens then."""

from typing import Annotated

import typer

from tierkeeper.sync.cli.commands import Out
from tierkeeper.sync.cli.options import DEFAULT_POLICY, Json, PolicyFile


def catalogue(
    *,
    policy: PolicyFile = DEFAULT_POLICY,
    html: Annotated[bool, typer.Option("--html", help="Make an HTML page instead of Markdown.")] = False,
    out: Out = None,
    json: Json = False,
) -> None:
    """Print the page for users: services, instances, key users, how to report, what happens then."""
    from tierkeeper.sync.cli import cataloguing  # noqa: PLC0415  # heavy: not for --help

    cataloguing.catalogue(cataloguing.Ask(policy=policy, out=out, json=json, html=html))
