"""What `commands` does: makes the page on the commands that the desk's people may write in comments."""

import re
from collections.abc import Iterator, Sequence

from tierkeeper.plugins.command import DeskCommand
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.rules.carry import MOST_COMMANDS
from tierkeeper.rules.policy import Policy
from tierkeeper.rules.policy.raw import NOBODY
from tierkeeper.rules.rulings import STRENGTH
from tierkeeper.sync.cli.catalogue_answer import CommandAnswer, CommandsAnswer
from tierkeeper.sync.cli.desks import Loaded, used_trackers
from tierkeeper.sync.cli.leaflet import Block, Code, Heading, Items, Leaflet, Table, Text, Words, pieces

_EXAMPLE = re.compile(r"`(/[^`]+)`")
_REFUSED = (
    "A command stands at the start of a line of a new comment; in a quote, a list, code or an HTML comment it is text.",
    "One that somebody may not write, or that asks for what cannot be, is refused, and nothing is touched.",
    "One short sentence in the status comment says why, and what to write instead.",
    "An edited comment runs none, since trackers do not say who edited it: write a new one.",
    f"A comment with more than {MOST_COMMANDS} commands runs none of them; of two with the same name neither counts.",
    "What a command sets is judged by the desk's rules as the same change by hand would be.",
)


def command_list(loaded: Loaded) -> CommandsAnswer:
    """Every command that is installed, by name, as this desk has it."""
    policy = loaded.policy
    origins = loaded.host.origins
    return CommandsAnswer(
        desk=policy.desk.name,
        carried_out=any(STRENGTH[active.mode] >= STRENGTH["flag"] for active in policy.rules),
        commands=[
            _command(command, policy, origins.get(f"/{name}", ""))
            for name, command in sorted(loaded.host.commands.items())
        ],
    )


def _command(command: DeskCommand, policy: Policy, plugin: str) -> CommandAnswer:
    desk, key = policy.desk, f"commands.{command.name}"
    does, _, rest = command.manual().partition("\n")
    example = _EXAMPLE.search(rest)
    state, why = _state(command, policy)
    who = desk.commands.get(command.name) or command.who
    return CommandAnswer(
        name=command.name,
        usage=command.usage,
        does=does,
        example=example.group(1) if example else "",
        who=[who_may(one, desk) for one in who] if state != "off" else [],
        state=state,
        why=why,
        line=policy.line_of(key) if key in policy.places else "",
        plugin=plugin,
    )


def _state(command: DeskCommand, policy: Policy) -> tuple[str, str]:
    """Whether a command can be given, and why not."""
    if command.name not in policy.commands:
        return "off", "the policy turned it off"
    facet = policy.desk.facets.get(command.facet)
    kept = facet.maps if facet is not None else {}
    without = [name for name in used_trackers(policy) if name not in kept] if command.facet else []
    shown = command.facet.replace("_", " ")
    if without and not kept:
        return "refused", f"no tracker keeps the {shown}"
    return "on", f"not on {' and '.join(without)}, which keeps no {shown}" if without else ""


def who_may(who: str, desk: Desk) -> str:
    """Who may give a command, in words for a page that is about no issue."""
    staff = [desk.shown_tier(tier.name) for tier in desk.tiers[1:]]
    owners = [tier.priority_owner for tier in desk.tiers if tier.priority_owner]
    words = {
        "anyone": "anyone",
        "reporter": "the reporter",
        "key users": "the key users of where it was reported from",
        "staff": _listed(staff) or "the desk's staff",
        "holder": "the tier that holds the issue",
        "owner": "the issue's owner",
        "lead": "a tier's lead, or the leader",
        "priority owner": f"who orders a tier's work ({_listed(owners)})" if owners else "who orders a tier's work",
        NOBODY: "nobody",
    }
    if who in words:
        return words[who]
    return f"the role {who}" if who in desk.roles else who


def _listed(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def commands_page(answer: CommandsAnswer) -> Leaflet:
    """The page for the desk's people."""
    return Leaflet(f"Commands in comments: {answer.desk}", list(_blocks(answer)))


def _blocks(answer: CommandsAnswer) -> Iterator[Block]:
    if not answer.carried_out:
        yield Words(["No command is carried out: no rule of the policy is in the mode flag or enforce."])
    on = [one for one in answer.commands if one.state == "on"]
    if on:
        yield Words(["Write one at the start of a line of a comment. That it worked shows in the issue itself."])
        yield command_table(on)
    rest = [one for one in answer.commands if one.state != "on"]
    if rest:
        yield Heading("Not to be used here")
        yield Items([[Code(f"/{one.name}"), f": {one.state}, {one.why}"] for one in rest])
    yield Heading("What is refused")
    yield Items([pieces(line) for line in _REFUSED])


def command_table(commands: Sequence[CommandAnswer]) -> Table:
    """What each command does, and who may write it."""
    rows = [[[Code(one.usage)], _does(one), ["; ".join(one.who)], _example(one)] for one in commands]
    return Table(["command", "what it does", "who may", "example"], rows)


def _does(command: CommandAnswer) -> Text:
    return [*pieces(command.does), f" ({command.why})" if command.why else ""]


def _example(command: CommandAnswer) -> Text:
    return [Code(command.example)] if command.example else []
