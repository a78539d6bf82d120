"""`tierkeeper explain ISSUE`: why an issue is as it is."""

from typing import Annotated

import typer

from tierkeeper.sync.cli.options import DEFAULT_POLICY, AsOf, Json, LedgerFile, PolicyFile


def explain(
    issue: Annotated[str, typer.Argument(help="HELP-7, webapp#31, or 31 where only one queue has it.")],
    *,
    policy: PolicyFile = DEFAULT_POLICY,
    ledger: LedgerFile = None,
    now: AsOf = "",
    json: Json = False,
) -> None:
    """Say why an issue is as it is: facets, verdicts, acts, and what the rules say now. Only reads the ledger."""
    from tierkeeper.sync.cli import explaining  # noqa: PLC0415  # heavy: not for --help

    explaining.explain(explaining.Ask(issue=issue, policy=policy, ledger=ledger, now=now), json=json)
