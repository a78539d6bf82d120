"""What `check` does: reads the policy, asks the trackers, sums the desk up."""

import json as json_text
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from tierkeeper.plugins.errors import PolicyError, TrackerError
from tierkeeper.plugins.host import Host, load_plugins
from tierkeeper.plugins.model.change import UnknownMembers
from tierkeeper.plugins.model.desk import Desk, Role, RoleSource, Tier
from tierkeeper.plugins.model.issue import Account
from tierkeeper.plugins.model.mirror import PUT_ASIDE
from tierkeeper.plugins.model.problem import Problem
from tierkeeper.plugins.model.promise import DUE
from tierkeeper.plugins.tracker import FieldSpec, LabelSpec, Tracker
from tierkeeper.rules.policy import Policy, json_schema
from tierkeeper.rules.rulings import STRENGTH
from tierkeeper.sync.cli.answers import CheckAnswer, Finding, PairAnswer, QueueAnswer, RuleAnswer, TierAnswer
from tierkeeper.sync.cli.cycle_page import counted, shown
from tierkeeper.sync.cli.desks import Loaded, load, make_trackers, unmade_notifiers
from tierkeeper.sync.cli.mirror_checks import FACET_COLOR, check_mirrors, twin_labels
from tierkeeper.sync.cli.screen import Screen

FLAG_COLOR, OPT_OUT_COLOR = "d93f0b", "c5def5"


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    policy: Path
    live: bool
    create_labels: bool


def print_schema() -> None:
    """Print the JSON Schema of desk.yaml, with the rules and trackers that are installed."""
    sys.stdout.write(json_text.dumps(json_schema(load_plugins()), indent=2) + "\n")


def check(ask: Ask, *, json: bool, quiet: bool) -> int:
    """Check the policy, and the trackers if asked; the exit code."""
    screen = Screen(quiet=quiet)
    try:
        desk = load(ask.policy)
    except PolicyError as error:
        if json:
            found = [finding_of(problem) for problem in error.problems]
            screen.answer(CheckAnswer(file=str(ask.policy), findings=found, exit_code=2))
        raise
    answer = _summed_up(desk)
    problems = list(desk.policy.warnings)
    if ask.live:
        with screen.progress() as progress:
            problems += _ask_trackers(desk.policy, answer, progress, create_labels=ask.create_labels)
    answer.live = ask.live
    answer.findings = [finding_of(problem) for problem in problems]
    answer.exit_code = int(any(problem.fatal for problem in problems) or bool(answer.plugin_failures))
    if json:
        screen.answer(answer)
    else:
        _show(answer, desk, screen)
    for failure in answer.plugin_failures:
        screen.complain(f"problem: {failure}")
    for problem in problems:
        screen.complain(f"{'problem' if problem.fatal else 'warning'}: {problem}")
    return answer.exit_code


def finding_of(problem: Problem) -> Finding:
    """A problem as `--json` shows it."""
    return Finding(
        message=problem.message, place=problem.place, key=problem.key, hint=problem.hint, fatal=problem.fatal
    )


# The desk


def _summed_up(loaded: Loaded) -> CheckAnswer:
    policy, host = loaded.policy, loaded.host
    return CheckAnswer(
        desk=policy.desk.name,
        file=policy.file,
        time_zone=policy.desk.time_zone,
        mode=policy.mode,
        enforce_from=policy.enforce_from,
        tiers=[TierAnswer(name=tier.name, role=_who(tier, policy.desk), lead=tier.lead) for tier in policy.desk.tiers],
        queues=[
            QueueAnswer(name=queue.name, tracker=queue.tracker, place=queue.place, labels=list(queue.labels))
            for queue in policy.queues.values()
        ],
        mirrors=[
            PairAnswer(name=one.name, source=one.source, targets=list(one.targets()), when=dict(one.when))
            for one in policy.mirrors
        ],
        rules=active_rules(policy, host),
        plugin_failures=[str(failure) for failure in host.failures],
    )


def active_rules(policy: Policy, host: Host) -> list[RuleAnswer]:
    """The rules that are on, in order of precedence."""
    return [
        RuleAnswer(
            code=active.code,
            mode=active.mode,
            group=active.rule.group,
            message=active.rule.message(),
            plugin=host.origins.get(active.code, ""),
            line=policy.line_of(f"rules.{active.code}"),
        )
        for active in policy.rules
    ]


def _who(tier: Tier, desk: Desk) -> str:
    if not tier.role:
        places = f"{counted(len(desk.instances), 'instance')}, {counted(len(desk.entry_points), 'entry point')}"
        return f"the key users of the issue's instance ({counted(len(desk.all_key_users), 'key user')}, {places})"
    return described_role(desk.roles.get(tier.role))


def described_role(role: Role | None) -> str:
    """Who is in a role: people by name, and where the others are read."""
    parts = [*role.people, *(str(source) for source in role.sources)] if role else []
    return ", ".join(parts) or "nobody"


def _show(answer: CheckAnswer, loaded: Loaded, screen: Screen) -> None:
    began = f" from {shown(answer.enforce_from, loaded.zone)}" if answer.enforce_from else ""
    screen.title(f"desk {answer.desk}", f"{answer.file} · {answer.time_zone} · mode {answer.mode}{began}")
    screen.say()
    screen.say("tiers, lowest first")
    screen.rows([(tier.name, tier.role + (f" · lead {tier.lead}" if tier.lead else "")) for tier in answer.tiers])
    screen.say("queues")
    screen.rows(
        [
            (
                queue.name,
                f"{queue.tracker} {queue.place}" + (f" · only {', '.join(queue.labels)}" if queue.labels else ""),
            )
            for queue in answer.queues
        ]
    )
    if answer.mirrors:
        screen.say("mirrors")
        screen.rows(
            [(one.name, f"{one.source} → {', '.join(one.targets)} · {_said(one.when)}") for one in answer.mirrors]
        )
    screen.say("rules, in order of precedence")
    screen.rows([(f"{rule.code} {rule.mode}", readable(rule.message)) for rule in answer.rules] or [("none",)])
    for tracker, account in answer.accounts.items():
        screen.say(f"our account on {tracker}: {account}")
    for queue, labels in answer.created_labels.items():
        screen.say(
            f"queue {queue}: made the labels {', '.join(labels)}" if labels else f"queue {queue}: no label was missing"
        )
    screen.say()
    wrong = sum(finding.fatal for finding in answer.findings) + len(answer.plugin_failures)
    warned = len(answer.findings) - sum(finding.fatal for finding in answer.findings)
    asked = "policy and trackers" if answer.live else "policy"
    screen.say(f"{asked} checked · {counted(wrong, 'problem')} · {counted(warned, 'warning')}")


def _said(when: Mapping[str, Sequence[str]]) -> str:
    return ", ".join(f"{facet} {' or '.join(values)}" for facet, values in when.items())


def readable(message: str) -> str:
    """A rule's message, with its places as words."""
    return message.replace("{", "(").replace("}", ")")


# The trackers


def needed_labels(policy: Policy, tracker: str) -> list[LabelSpec]:
    """The labels that the desk needs on a tracker: of facets with known values, of flags, the opt-out."""
    specs: list[LabelSpec] = []
    for facet in policy.desk.facets.values():
        place = facet.maps.get(tracker)
        if place is not None and place.kind == "label":
            specs += [LabelSpec(place.name + value, f"{facet.name}: {value}", FACET_COLOR) for value in facet.values]
    for active in policy.rules:
        if STRENGTH[active.mode] >= STRENGTH["flag"]:
            specs.append(LabelSpec(policy.flag_prefix + active.code, "flagged by Tierkeeper", FLAG_COLOR))
    if any(policy.queues[one.source].tracker == tracker for one in policy.mirrors):
        specs.append(LabelSpec(policy.flag_prefix + PUT_ASIDE, "Tierkeeper could not mirror it", FLAG_COLOR))
    if policy.desk.opt_out:
        specs.append(LabelSpec(policy.desk.opt_out, "Tierkeeper leaves this issue alone", OPT_OUT_COLOR))
    return specs


def needed_fields(policy: Policy, tracker: str) -> list[FieldSpec]:
    """The native fields that the desk keeps facets in on a tracker."""
    return [
        FieldSpec(place.name, facet.name, facet.values, time=facet.name == DUE)
        for facet in policy.desk.facets.values()
        if (place := facet.maps.get(tracker)) is not None and place.kind == "field"
    ]


def _ask_trackers(
    policy: Policy, answer: CheckAnswer, progress: Callable[[str], None], *, create_labels: bool
) -> Iterator[Problem]:
    trackers = make_trackers(policy, None)
    for name, tracker in trackers.items():
        progress(f"asking {name}")
        try:
            account = tracker.account()
        except TrackerError as error:
            yield Problem(message=str(error), key=f"tracker {name}")
            continue
        answer.accounts[name] = account.id
        yield from _check_roles(policy.desk, name, tracker, account)
        for queue in policy.queues.values():
            if queue.tracker == name:
                progress(f"asking {name} about {queue.place}")
                yield from _check_queue(policy, answer, tracker, queue.name, create_labels=create_labels)
    yield from check_mirrors(policy, trackers)
    for name, reason in unmade_notifiers(policy):
        yield Problem(message=reason, key=f"notifier {name}")


def _check_queue(
    policy: Policy, answer: CheckAnswer, tracker: Tracker, name: str, *, create_labels: bool
) -> Iterator[Problem]:
    queue = policy.queues[name]
    labels = needed_labels(policy, queue.tracker)
    known = {spec.name.casefold() for spec in labels}
    labels += {
        one.name.casefold(): one for one in twin_labels(policy, name) if one.name.casefold() not in known
    }.values()
    try:
        if create_labels:
            answer.created_labels[name] = list(tracker.create_labels(queue, labels))
        yield from tracker.check(queue, labels, needed_fields(policy, queue.tracker))
    except TrackerError as error:
        yield Problem(message=str(error), key=f"queue {name}")


def _check_roles(desk: Desk, name: str, tracker: Tracker, account: Account) -> Iterator[Problem]:
    """Every role can be read, and our own account is in none: what it writes would be a member's act."""
    own = account.id.casefold()
    seen: dict[RoleSource, frozenset[str] | str] = {}
    for role in desk.roles.values():
        if any(desk.account_of(person, name).casefold() == own for person in role.people):
            yield _own_in_role(role, account, "by name")
        for source in role.sources:
            if source.tracker != name:
                continue
            if source not in seen:
                seen[source] = _members(tracker, source)
            found = seen[source]
            if isinstance(found, str):
                yield Problem(message=f"who is in {source} cannot be read: {found}", key=f"roles.{role.name}")
            elif own in found:
                yield _own_in_role(role, account, f"through {source}")


def _members(tracker: Tracker, source: RoleSource) -> frozenset[str] | str:
    try:
        found = tracker.members(source)
    except TrackerError as error:
        return str(error)
    return found.reason if isinstance(found, UnknownMembers) else frozenset(one.id.casefold() for one in found)


def _own_in_role(role: Role, account: Account, how: str) -> Problem:
    return Problem(
        message=f"our own account {account.id} is in this role, {how}",
        key=f"roles.{role.name}",
        hint="give Tierkeeper an account of its own, which is in no role",
    )
