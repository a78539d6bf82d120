"""`tierkeeper run`: one cycle. What cron calls."""

from typing import Annotated

import typer

from tierkeeper.sync.cli.options import DEFAULT_POLICY, Json, LedgerFile, Log, Metrics, Now, PolicyFile, Quiet


def run(  # noqa: PLR0913  # one for each option
    *,
    policy: PolicyFile = DEFAULT_POLICY,
    ledger: LedgerFile = None,
    max_changes: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="How many facets may be put back or set in this run, instead of the policy's max_changes. "
            "Over it nothing is written.",
            show_default=False,
        ),
    ] = None,
    now: Now = "",
    json: Json = False,
    quiet: Quiet = False,
    metrics: Metrics = None,
    log_format: Log = None,
) -> None:
    """Run one cycle: read what is new, judge it, write what follows. A second run right after finds nothing to do."""
    from tierkeeper.sync.cli import cycling  # noqa: PLC0415  # heavy: not for --help

    ask = cycling.Ask(
        policy=policy, ledger=ledger, now=now, max_changes=max_changes, metrics=metrics, log_format=log_format
    )
    raise typer.Exit(cycling.run(ask, json=json, quiet=quiet))
