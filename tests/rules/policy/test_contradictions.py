"""Commands that overlap, and gates that nothing could pass, are found with their line."""

from collections.abc import Iterable

import pytest

from tierkeeper.plugins import Ask, Case, Command, Desk, DeskCommand, hookimpl
from tierkeeper.plugins.errors import PolicyError
from tierkeeper.plugins.host import Host, load_plugins
from tierkeeper.rules.policy import load_policy

DESK = """\
desk: Web application
roles:
  help-desk: {people: [anna-berg]}
  developers: {people: [ben-holm]}
tiers:
  - {name: help-desk, role: help-desk}
  - {name: development, role: developers}
"""


class SetWorkaround(DeskCommand):
    """Says what helps in the meantime."""

    name = "workaround"
    usage = "/workaround TEXT"

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:
        """Keep it."""
        del case, desk
        return Ask(value=command.rest)


class Brings:
    """A plugin with that command."""

    @hookimpl
    def tierkeeper_commands(self) -> Iterable[type[DeskCommand]]:
        return [SetWorkaround]


def said(text: str, host: Host) -> str:
    with pytest.raises(PolicyError) as caught:
        load_policy(text, file="desk.yaml", host=host)
    return str(caught.value)


def test_a_command_that_two_plugins_bring_is_found_where_the_policy_names_it() -> None:
    host = Host()
    host.register(Brings(), "ours")
    host.register(Brings(), "theirs")
    found = said(f"{DESK}commands: {{workaround: {{who: [help-desk]}}}}\n", host)
    assert "desk.yaml:8:12" in found
    assert "/workaround overlaps: ours brings it, and so does theirs" in found
    assert load_policy(DESK, file="desk.yaml", host=host).commands


def test_a_gate_that_nothing_could_pass_is_found() -> None:
    rules = "commands: {spent: off}\nrules:\n  TR04: {findings: []}\n"
    found = said(DESK + rules, load_plugins())
    assert "desk.yaml:10:20" in found
    assert "rules.TR04.findings: nothing could ever be handed on: no work can be recorded" in found
    for passable in ("rules:\n  TR04: {findings: []}\n", "commands: {spent: off}\nrules:\n  TR04:\n"):
        assert load_policy(DESK + passable, file="desk.yaml", host=load_plugins()).rules
