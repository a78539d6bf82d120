"""`tierkeeper rules`: the rules that are installed, one rule's manual, a new rule package."""

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
