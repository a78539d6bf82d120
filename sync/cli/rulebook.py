"""What `rules` shows: every rule that is installed, and one rule's manual."""

from pathlib import Path

from pydantic import BaseModel

from tierkeeper.plugins.errors import PolicyError, UsageError
from tierkeeper.plugins.host import Host, load_plugins
from tierkeeper.plugins.rule import Rule
from tierkeeper.rules.policy import ActiveRule, Policy
from tierkeeper.rules.policy.problems import did_you_mean
from tierkeeper.sync.cli.answers import OptionAnswer, RuleAnswer, RuleManual, RulesAnswer
from tierkeeper.sync.cli.checking import active_rules, readable
from tierkeeper.sync.cli.cycle_page import counted
from tierkeeper.sync.cli.desks import load
from tierkeeper.sync.cli.options import DEFAULT_POLICY
from tierkeeper.sync.cli.screen import Screen


def list_rules(path: Path, *, json: bool) -> int:
    """List every rule: those of the policy in their order, then those that are off; the exit code."""
    screen = Screen()
    policy, host = _read(path, screen)
    on = active_rules(policy, host) if policy is not None else []
    off = [_off(rule, host) for code, rule in sorted(host.rules.items()) if code not in {one.code for one in on}]
    failures = [str(failure) for failure in host.failures]
    answer = RulesAnswer(file=policy.file if policy is not None else "", rules=on + off, plugin_failures=failures)
    if json:
        screen.answer(answer)
    else:
        screen.rows([(rule.code, rule.mode, rule.group, readable(rule.message)) for rule in answer.rules], indent=0)
    for failure in failures:
        screen.complain(f"problem: {failure}")
    return int(bool(failures))


def explain_rule(code: str, path: Path, *, json: bool) -> None:
    """Show one rule's manual. Raises UsageError, with the nearest code, for one that is not installed."""
    screen = Screen()
    policy, host = _read(path, screen)
    rule = host.rules.get(code) or host.rules.get(code.upper())
    if rule is None:
        failed = "".join(f"; {failure}" for failure in host.failures)
        raise UsageError(f'no rule "{code}" is installed; {did_you_mean(code, "rules", sorted(host.rules))}{failed}')
    active = next((one for one in policy.rules if one.code == rule.code), None) if policy is not None else None
    found = active_rules(policy, host) if policy is not None else []
    answer = RuleManual(
        rule=next((one for one in found if one.code == rule.code), _off(rule, host)),
        manual=rule.manual(),
        guards=sorted(rule.guards),
        wants=sorted(rule.wants),
        options=_options(rule, active),
    )
    if json:
        screen.answer(answer)
    else:
        _show(answer, policy, screen)


def _read(path: Path, screen: Screen) -> tuple[Policy | None, Host]:
    """The policy, if there is one and it can be read: a rule's manual is most needed while it cannot."""
    if path == DEFAULT_POLICY and not path.exists():
        return None, load_plugins()
    try:
        loaded = load(path)
    except PolicyError as error:
        found = counted(len(error.problems), "problem")
        screen.complain(f"warning: {path} has {found}, see `tierkeeper check`; no rule's mode is known")
        return None, load_plugins()
    return loaded.policy, loaded.host


def _off(rule: type[Rule], host: Host) -> RuleAnswer:
    return RuleAnswer(
        code=rule.code, mode="off", group=rule.group, message=rule.message(), plugin=host.origins.get(rule.code, "")
    )


def _options(rule: type[Rule], active: ActiveRule | None) -> list[OptionAnswer]:
    return [
        OptionAnswer(
            name=name,
            default="needed" if field.is_required() else _shown(field.get_default(call_default_factory=True)),
            value=_shown(getattr(active.rule.options, name)) if active is not None else None,
        )
        for name, field in rule.Options.model_fields.items()
    ]


def _shown(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "none"}[value]
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    if isinstance(value, list | tuple | set | frozenset):
        return f"[{', '.join(_shown(item) for item in value)}]"
    return str(value)


def _show(answer: RuleManual, policy: Policy | None, screen: Screen) -> None:
    rule = answer.rule
    where = f"{rule.mode} in {rule.line}" if rule.line else ("off" if policy is None else f"off in {policy.file}")
    screen.title(rule.code, f"{where} · group {rule.group} · from {rule.plugin}")
    screen.say()
    screen.prose(answer.manual)
    screen.say()
    facets = [("guards", ", ".join(answer.guards)), ("wants", ", ".join(answer.wants))]
    screen.rows([row for row in facets if row[1]], indent=0)
    if answer.options:
        screen.say()
        screen.say("options", "bold")
        screen.rows(
            [
                (
                    one.name,
                    f"default {one.default}",
                    f"here {one.value}" if one.value not in {None, one.default} else "",
                )
                for one in answer.options
            ]
        )
