"""`tierkeeper promises`: what is due next, across queues."""

from typing import Annotated

import typer

from tierkeeper.sync.cli.options import DEFAULT_POLICY, Json, LedgerFile, PolicyFile


def promises(  # noqa: PLR0913  # one for each option
    *,
    policy: PolicyFile = DEFAULT_POLICY,
    ledger: LedgerFile = None,
    at: Annotated[
        str,
        typer.Option(
            help="As of this moment (ISO 8601 with its offset).  \\[default: the present, or the last run's --now]",
            metavar="TIME",
            show_default=False,
        ),
    ] = "",
    most: Annotated[int, typer.Option(min=1, help="How many to show.")] = 50,
    experience: Annotated[
        bool,
        typer.Option("--experience", help="Instead: what reporters got in the last weeks, beside what is promised."),
    ] = False,
    weeks: Annotated[int, typer.Option(min=1, help="With --experience: how many weeks.")] = 8,
    json: Json = False,
) -> None:
    """List the promises on open issues, what is due first at the top. Only reads the ledger."""
    if experience:
        from tierkeeper.sync.cli import experience as got  # noqa: PLC0415  # heavy: not for --help

        got.experience(got.Ask(policy=policy, ledger=ledger, at=at, weeks=weeks), json=json)
        return
    from tierkeeper.sync.cli import promising  # noqa: PLC0415  # heavy: not for --help

    promising.promises(promising.Ask(policy=policy, ledger=ledger, at=at, most=most), json=json)
