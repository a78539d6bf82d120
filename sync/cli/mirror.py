"""`tierkeeper mirror`: what the mirrors hold, what they put aside, and what is to become of it."""

from typing import Annotated

import typer

from tierkeeper.sync.cli.options import DEFAULT_POLICY, AsOf, Json, LedgerFile, PolicyFile

mirror = typer.Typer(help="Show the mirrors; see to issues that could not be mirrored.", no_args_is_help=True)

_Issue = Annotated[str, typer.Argument(help="Which issue: HELP-7, 31, or webapp#31.", metavar="ISSUE")]
_Some = Annotated[
    list[str] | None,
    typer.Argument(help="Which issues: HELP-7, 31, or webapp#31.  [default: all that were put aside]", metavar="ISSUE"),
]


@mirror.command("list")
def list_mirrors(
    *, policy: PolicyFile = DEFAULT_POLICY, ledger: LedgerFile = None, now: AsOf = "", json: Json = False
) -> None:
    """List the mirrors with their pairs, what they put aside with the reason, and when it is tried again."""
    from tierkeeper.sync.cli import mirroring  # noqa: PLC0415  # heavy: not for --help

    raise typer.Exit(mirroring.listed(mirroring.Ask(policy=policy, ledger=ledger, now=now), json=json))


@mirror.command("retry")
def retry_issues(
    issues: _Some = None, *, policy: PolicyFile = DEFAULT_POLICY, ledger: LedgerFile = None, json: Json = False
) -> None:
    """Have issues that were put aside, or dropped, tried again by the next run."""
    from tierkeeper.sync.cli import mirroring  # noqa: PLC0415  # heavy: not for --help

    ask = mirroring.Ask(policy=policy, ledger=ledger)
    raise typer.Exit(mirroring.retry(ask, issues or [], json=json))


@mirror.command("drop")
def drop_issue(
    issue: _Issue, *, policy: PolicyFile = DEFAULT_POLICY, ledger: LedgerFile = None, json: Json = False
) -> None:
    """Carry nothing of an issue over until somebody changes it, or its twin. Neither is touched."""
    from tierkeeper.sync.cli import mirroring  # noqa: PLC0415  # heavy: not for --help

    raise typer.Exit(mirroring.drop(mirroring.Ask(policy=policy, ledger=ledger), issue, json=json))
