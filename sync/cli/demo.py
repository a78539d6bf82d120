"""`tierkeeper demo`: a help desk's week on a loopback tracker, start to end."""

from pathlib import Path
from typing import Annotated

import typer


def demo(
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the sandboxes up at the end, until Ctrl-C.")] = False,
    folder: Annotated[
        Path | None, typer.Option(help="Where desk.yaml and the ledger go; else a temporary folder.", metavar="FOLDER")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The GitHub sandbox's port; 0: any that is free.")] = 0,
) -> None:
    """Let a four-level desk work for a week in two sandboxes, and tell what was done, put back, and why."""
    from tierkeeper.plugins.errors import UsageError  # noqa: PLC0415  # heavy: not for --help

    try:
        from tierkeeper.sync.demo import stand  # noqa: PLC0415  # heavy, and the extra may be missing
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the demo needs the extra `sandbox` ({error.name} is missing): pip install 'tierkeeper[sandbox]'"
        ) from error
    stand.perform(folder=folder, port=port, keep=keep)
