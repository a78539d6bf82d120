"""`tierkeeper plan`: one cycle without writing to a tracker."""

from typing import Annotated

import typer

from tierkeeper.sync.cli.options import DEFAULT_POLICY, Json, LedgerFile, Now, PolicyFile, Quiet


def plan(
    *,
    policy: PolicyFile = DEFAULT_POLICY,
    ledger: LedgerFile = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Only read the ledger: no tracker is asked, no lease is taken.")
    ] = False,
    now: Now = "",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show what a run would change, and why. Reads what is new into the ledger, and writes to no tracker."""
    from tierkeeper.sync.cli import cycling  # noqa: PLC0415  # heavy: not for --help

    ask = cycling.Ask(policy=policy, ledger=ledger, now=now)
    answer = cycling.offline if offline else cycling.plan
    raise typer.Exit(answer(ask, json=json, quiet=quiet))
