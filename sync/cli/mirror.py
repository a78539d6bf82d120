"""`tierkeeper mirror`: what the mirrors hold, what they put aside, and what is to become of it."""

from typing import Annotated

import typer

from tierkeeper.sync.cli.options import DEFAULT_POLICY, AsOf, Json, LedgerFile, PolicyFile

mirror = typer.Typer(help="Show the mirrors; see to issues that could not be mirrored.", no_args_is_help=True)

_Issue = Annotated[str, typer.Argument(help="Which issue: HELP-7, 31, or webapp#31.", metavar="ISSUE")]
_Some = Annotated[
    list[str] | None,
    typer.Argument(
        help="Which issues: HELP-7, 31, or webapp#31.  \\[default: all that were put aside]", metavar="ISSUE"
    ),
]


@mirror.command("list")
def list_mirrors(
    *,
    pairs: Annotated[bool, typer.Option("--pairs", help="Name each pair, too.")] = False,
    policy: PolicyFile = DEFAULT_POLICY,
    ledger: LedgerFile = None,
    now: AsOf = "",
    json: Json = False,
) -> None:
    """List the mirrors and how many pairs each has, what they put aside and why, and when it is tried again."""
    from tierkeeper.sync.cli import mirroring  # noqa: PLC0415  # heavy: not for --help

    raise typer.Exit(mirroring.listed(mirroring.Ask(policy=policy, ledger=ledger, now=now), pairs=pairs, json=json))


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
    """Leave an issue alone that was put aside, until somebody changes it or its twin. Neither is touched."""
    from tierkeeper.sync.cli import mirroring  # noqa: PLC0415  # heavy: not for --help

    raise typer.Exit(mirroring.drop(mirroring.Ask(policy=policy, ledger=ledger), issue, json=json))


@mirror.command("adopt")
def adopt_twin(
    source: Annotated[str, typer.Argument(help="The source: HELP-7, 31, or webapp#31.", metavar="SOURCE")],
    twin: Annotated[str, typer.Argument(help="The issue that is to be its twin.", metavar="TWIN")],
    *,
    name: Annotated[str, typer.Option("--mirror", help="Which mirror, where more than one leads there.")] = "",
    policy: PolicyFile = DEFAULT_POLICY,
    ledger: LedgerFile = None,
    json: Json = False,
) -> None:
    """Make two issues twins that people made by hand. What differs is shown and left as it is.

    The next run names each on the other, and carries over what changes from now on.
    """
    from tierkeeper.sync.cli import mirroring, pairing  # noqa: PLC0415  # heavy: not for --help

    raise typer.Exit(pairing.adopt(mirroring.Ask(policy=policy, ledger=ledger), (source, twin), name, json=json))


@mirror.command("release")
def release_twins(
    issues: Annotated[
        list[str], typer.Argument(help="Which issues, or their twins: HELP-7, 31, or webapp#31.", metavar="ISSUE")
    ],
    *,
    policy: PolicyFile = DEFAULT_POLICY,
    ledger: LedgerFile = None,
    json: Json = False,
) -> None:
    """Let pairs of twins go: all stay as they are, and nothing is carried over any more.

    The next run says so on both. Where one of them cannot be let go, none is.
    """
    from tierkeeper.sync.cli import mirroring, pairing  # noqa: PLC0415  # heavy: not for --help

    raise typer.Exit(pairing.release(mirroring.Ask(policy=policy, ledger=ledger), issues, json=json))
