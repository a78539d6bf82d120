"""`tierkeeper plan`: one cycle without writing to a tracker."""

from typing import Annotated

import typer

from tierkeeper.sync.cli.options import DEFAULT_POLICY, Json, LedgerFile, Log, Metrics, Now, PolicyFile, Quiet


def plan(  # noqa: PLR0913  # one for each option
    *,
    policy: PolicyFile = DEFAULT_POLICY,
    ledger: LedgerFile = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Only read the ledger: no tracker is asked, no lease is taken.")
    ] = False,
    now: Now = "",
    json: Json = False,
    quiet: Quiet = False,
    metrics: Metrics = None,
    log_format: Log = None,
) -> None:
    """Show what a run would change, and why. Reads what is new into the ledger, and writes to no tracker."""
    from tierkeeper.sync.cli import cycling  # noqa: PLC0415  # heavy: not for --help

    ask = cycling.Ask(policy=policy, ledger=ledger, now=now, metrics=metrics, log_format=log_format)
    answer = cycling.offline if offline else cycling.plan
    raise typer.Exit(answer(ask, json=json, quiet=quiet))
