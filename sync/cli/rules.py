"""`tierkeeper rules`: the rules that are installed, one rule's manual, a new rule package."""

from pathlib import Path
from typing import Annotated

import typer

from tierkeeper.sync.cli.options import DEFAULT_POLICY, Json, PolicyFile

rules = typer.Typer(help="List and explain rules.", invoke_without_command=True)


@rules.callback()
def show_all(context: typer.Context, *, policy: PolicyFile = DEFAULT_POLICY, json: Json = False) -> None:
    """List and explain the rules that are installed; without a subcommand: list."""
    if context.invoked_subcommand is None:
        list_rules(policy=policy, json=json)


@rules.command("list")
def list_rules(*, policy: PolicyFile = DEFAULT_POLICY, json: Json = False) -> None:
    """List every rule that is installed, with its mode in the policy."""
    from tierkeeper.sync.cli import rulebook  # noqa: PLC0415  # heavy: not for --help

    raise typer.Exit(rulebook.list_rules(policy, json=json))


@rules.command("explain")
def explain_rule(
    code: Annotated[str, typer.Argument(help="The rule's code, such as TR01.")],
    *,
    policy: PolicyFile = DEFAULT_POLICY,
    json: Json = False,
) -> None:
    """Show a rule's manual, its options, and its mode in the policy."""
    from tierkeeper.sync.cli import rulebook  # noqa: PLC0415  # heavy: not for --help

    rulebook.explain_rule(code, policy, json=json)


@rules.command("new")
def new_rule(
    name: Annotated[str, typer.Argument(help="What it finds, in a few words, such as weekend-handover.")],
    folder: Annotated[
        Path | None,
        typer.Argument(help="Where to make it.  \\[default: a folder of that name here]", show_default=False),
    ] = None,
    *,
    code: Annotated[
        str, typer.Option(help="The rule's code.  \\[default: two letters of the name, the first free number]")
    ] = "",
) -> None:
    """Make a rule package of your own, with its tests: a rule that works, to change into yours."""
    from tierkeeper.sync.cli import rule_package  # noqa: PLC0415  # heavy: not for --help

    rule_package.make(rule_package.Ask(name=name, folder=folder, code=code))
