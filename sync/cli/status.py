"""`tierkeeper status`: the desk at a glance."""

import typer

from tierkeeper.sync.cli.options import DEFAULT_POLICY, AsOf, Json, LedgerFile, PolicyFile


def status(
    *,
    policy: PolicyFile = DEFAULT_POLICY,
    ledger: LedgerFile = None,
    now: AsOf = "",
    json: Json = False,
) -> None:
    """Show queues, open issues by tier, what keeps failing, what is under way, and the last runs."""
    from tierkeeper.sync.cli import standing  # noqa: PLC0415  # heavy: not for --help

    raise typer.Exit(standing.status(standing.Ask(policy=policy, ledger=ledger, now=now), json=json))
