"""Plugins: found, loaded one by one, and named when they fail. P1: one plugin's exception must not lose the others."""

from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from tierkeeper.plugins import Ask, Case, Command, Desk, DeskCommand, Rule, RuleOptions, hookimpl, hookspecs
from tierkeeper.plugins.host import Host, load_plugins, rule_faults
from tierkeeper.plugins.notifier import Delivery, Message, Notifier, NotifierPlugin


class GoodRule(Rule):
    """Something is good."""

    code = "XX01"
    group = "test"


class SameCode(Rule):
    """Something else."""

    code = "XX01"
    group = "test"


def plugin(answer: object) -> SimpleNamespace:
    @hookimpl
    def tierkeeper_rules() -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return SimpleNamespace(tierkeeper_rules=tierkeeper_rules)


def test_p1_a_plugin_that_raises_is_named_and_the_others_are_heard_all_the_same() -> None:
    host = Host()
    host.register(plugin(RuntimeError("no luck")), "bad")
    host.register(plugin([GoodRule]), "good")
    assert list(host.rules) == ["XX01"]
    assert [(failure.plugin, str(failure)) for failure in host.failures] == [
        ("bad", "plugin 'bad' failed in tierkeeper_rules: RuntimeError: no luck")
    ]


def test_a_plugin_that_cannot_be_imported_is_named_and_the_others_are_loaded() -> None:
    points = [
        EntryPoint("broken", "no.such.module", hookspecs.PROJECT),
        EntryPoint("rules", "tierkeeper.rules.bundled.plugin", hookspecs.PROJECT),
    ]
    host = load_plugins(points)
    assert "TR01" in host.rules
    assert [failure.plugin for failure in host.failures] == ["broken"]


def test_a_second_rule_of_one_code_is_refused_and_the_first_is_kept() -> None:
    host = Host()
    host.register(plugin([GoodRule]), "first")
    host.register(plugin([SameCode]), "second")
    assert host.rules["XX01"] is GoodRule
    assert "XX01" in str(host.failures[0])
    assert "first" in str(host.failures[0])


@pytest.mark.parametrize("answer", [["no rule"], None, [object]])
def test_what_is_no_rule_is_a_failure_of_its_plugin(answer: object) -> None:
    host = Host()
    host.register(plugin(answer), "odd")
    assert not host.rules
    assert [failure.plugin for failure in host.failures] == ["odd"]


def test_an_unknown_hook_is_a_failure_of_its_plugin() -> None:
    @hookimpl
    def tierkeeper_nonsense() -> None: ...

    host = Host()
    host.register(SimpleNamespace(tierkeeper_nonsense=tierkeeper_nonsense), "odd")
    assert [failure.plugin for failure in host.failures] == ["odd"]


def test_a_rule_without_a_manual_or_a_code_is_refused_with_the_reason() -> None:
    bare = type("Bare", (Rule,), {"code": "XX02", "group": "test", "__doc__": ""})
    assert "docstring" in rule_faults(bare)
    assert "code" in rule_faults(type("NoCode", (Rule,), {"group": "test", "__doc__": "Text."}))


def test_bundled_rules_and_trackers_come_through_the_front_door() -> None:
    host = load_plugins()
    assert {"TR01", "TR02"} <= set(host.rules)
    assert "github" in host.trackers
    assert host.failures == []
    assert host.origins["TR01"].startswith("tierkeeper")


def test_every_hook_has_a_docstring_with_an_example_and_a_plugin_that_uses_it() -> None:
    hooks = [name for name in vars(hookspecs) if name.startswith("tierkeeper_")]
    assert hooks
    for name in hooks:
        assert "Example::" in (vars(hookspecs)[name].__doc__ or ""), name


class SetWorkaround(DeskCommand):
    """Notes a workaround."""

    name = "workaround"
    usage = "/workaround TEXT"

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:  # noqa: ARG002 - the hook's signature
        return Ask(value=command.rest)


class Unnamed(SetWorkaround):
    """Has a name that nobody can write."""

    name = "Work around"


def commands(*answer: type[DeskCommand]) -> SimpleNamespace:
    @hookimpl
    def tierkeeper_commands() -> object:
        return answer

    return SimpleNamespace(tierkeeper_commands=tierkeeper_commands)


def test_commands_come_in_by_their_hook_and_one_that_nobody_can_write_is_named() -> None:
    host = Host()
    host.register(commands(SetWorkaround, Unnamed), "ours")
    host.register(commands(SetWorkaround), "theirs")
    assert list(host.commands) == ["workaround"]
    assert [str(failure) for failure in host.failures] == [
        (
            "plugin 'ours' brings a command that cannot be used: Unnamed: its 'name' is not in small letters, such as "
            "estimate"
        ),
        "plugin 'theirs' brings a second command /workaround; the one of ours is kept",
    ]


def notifiers(*names: str) -> SimpleNamespace:
    @hookimpl
    def tierkeeper_notifiers() -> object:
        return [NotifierPlugin(name=name, options=RuleOptions, make=lambda *_: Deaf()) for name in names]

    return SimpleNamespace(tierkeeper_notifiers=tierkeeper_notifiers)


class Deaf:
    def send(self, message: Message) -> Delivery:
        del message
        return Delivery("sent")


def test_notifiers_come_in_by_name_and_the_first_of_two_is_kept() -> None:
    host = Host()
    host.register(notifiers("pager", "chat"), "first")
    host.register(notifiers("chat"), "second")
    assert sorted(host.notifiers) == ["chat", "pager"]
    assert isinstance(host.notifiers["chat"].make("chat", RuleOptions(), lambda _: None), Notifier)
    assert [str(failure) for failure in host.failures] == [
        "plugin 'second' brings a second notifier called 'chat'; the first one is kept"
    ]
