"""`tierkeeper sandbox`: a loopback tracker to try things on."""

from pathlib import Path
from typing import Annotated

import typer

from tierkeeper.sync.cli.options import Json
from tierkeeper.sync.cli.sandbox_load import load

sandbox = typer.Typer(help="Loopback trackers to try things on.", invoke_without_command=True)
sandbox.command()(load)

Platform = Annotated[
    str,
    typer.Option(
        help="github or jira; left out: the one that the state file or the desk is of, else github.", metavar="NAME"
    ),
]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port on 127.0.0.1; 0: any that is free.")]
State = Annotated[
    Path | None,
    typer.Option(help="Read everything from this file at the start, and write it back at the end.", metavar="FILE"),
]
Clock = Annotated[
    str, typer.Option("--now", help="Stop the sandbox's clock at this moment (ISO 8601 with offset).", metavar="TIME")
]
Like = Annotated[
    Path | None,
    typer.Option(help="Put this desk's people, groups and places into it, each person with a token.", metavar="POLICY"),
]


@sandbox.callback()
def serve_by_default(  # noqa: PLR0913  # one for each option of `serve`, and typer's own
    context: typer.Context,
    *,
    platform: Platform = "",
    port: Port = 0,
    state: State = None,
    now: Clock = "",
    like: Like = None,
    json: Json = False,
) -> None:
    """Serve a GitHub or a Jira of your own on 127.0.0.1 until Ctrl-C; without a subcommand: serve."""
    if context.invoked_subcommand is None:
        serve(platform=platform, port=port, state=state, now=now, like=like, json=json)


@sandbox.command()
def serve(
    *,
    platform: Platform = "",
    port: Port = 0,
    state: State = None,
    now: Clock = "",
    like: Like = None,
    json: Json = False,
) -> None:
    """Serve it in the foreground, until Ctrl-C or SIGTERM."""
    from tierkeeper.sync.cli import serving  # noqa: PLC0415  # heavy: not for --help

    serving.serve(serving.Ask(platform=platform, port=port, state=state, now=now, like=like), json=json)
