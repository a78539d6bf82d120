"""`tierkeeper check`: whether the policy is right and, with `--live`, the trackers are as it needs them."""

from typing import Annotated

import typer

from tierkeeper.sync.cli.options import DEFAULT_POLICY, Json, PolicyFile, Quiet


def check(
    *,
    policy: PolicyFile = DEFAULT_POLICY,
    live: Annotated[
        bool, typer.Option("--live", help="Ask the trackers too: account, permissions, labels, fields, roles.")
    ] = False,
    create_labels: Annotated[
        bool, typer.Option("--create-labels", help="Make the labels that are missing; implies --live.")
    ] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the policy's JSON Schema, for editors.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read the policy and say what is wrong with it; with --live, ask the trackers too. Writes nothing but labels."""
    from tierkeeper.sync.cli import checking  # noqa: PLC0415  # heavy: not for --help

    if schema:
        checking.print_schema()
        return
    ask = checking.Ask(policy=policy, live=live or create_labels, create_labels=create_labels)
    raise typer.Exit(checking.check(ask, json=json, quiet=quiet))
