"""`tierkeeper ledger`: what our own store holds, bringing it up to date, making it anew."""

from typing import Annotated

import typer

from tierkeeper.sync.cli.options import DEFAULT_POLICY, Json, LedgerFile, Now, PolicyFile, Quiet

ledger = typer.Typer(help="Show, migrate or rebuild the ledger.", no_args_is_help=True)


@ledger.command("show")
def show_ledger(*, policy: PolicyFile = DEFAULT_POLICY, file: LedgerFile = None, json: Json = False) -> None:
    """Show what the ledger holds: version, size, counts by queue, how old its readings are, what is unsettled."""
    from tierkeeper.sync.cli import keeping  # noqa: PLC0415  # heavy: not for --help

    raise typer.Exit(keeping.show(keeping.Ask(policy=policy, ledger=file), json=json))


@ledger.command("migrate")
def migrate_ledger(
    *,
    policy: PolicyFile = DEFAULT_POLICY,
    file: LedgerFile = None,
    rename: Annotated[bool, typer.Option("--rename", help="Hand it to the desk's new name, too.")] = False,
    json: Json = False,
) -> None:
    """Bring a ledger of an older version up to date. Every run does so too."""
    from tierkeeper.sync.cli import keeping  # noqa: PLC0415  # heavy: not for --help

    raise typer.Exit(keeping.migrate(keeping.Ask(policy=policy, ledger=file), rename=rename, json=json))


@ledger.command("rebuild")
def rebuild_ledger(
    *,
    policy: PolicyFile = DEFAULT_POLICY,
    file: LedgerFile = None,
    now: Now = "",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make the ledger anew from the trackers, and keep the old file beside it.

    Nothing that lies before this moment is put back, told or run as a command afterwards. What is lost is the record of
    acts and verdicts, which no tracker tells. Twins are found again where both name each other; what differs between
    them is shown and left as it is.
    """
    from tierkeeper.sync.cli import keeping  # noqa: PLC0415  # heavy: not for --help

    raise typer.Exit(keeping.rebuild(keeping.Ask(policy=policy, ledger=file, now=now), json=json, quiet=quiet))
