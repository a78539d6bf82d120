"""Who acted for which tier, and the `roles:` of a desk.yaml written from it; the rest of the file stays as it is."""

import re
import textwrap
from collections.abc import Collection, Mapping, Sequence

from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from tierkeeper.plugins.errors import UsageError
from tierkeeper.rules.policy.yaml_text import read_yaml
from tierkeeper.sync.eventlog.changes import EventLog
from tierkeeper.sync.eventlog.logmap import LogMap

_HEAD = "roles: # written by `tierkeeper sandbox load --desk`: who left an issue with the tier at least {} times"
_WIDTH = 116


def roles_of(log: EventLog, logmap: LogMap) -> dict[str, tuple[str, ...]]:
    """The people of each tier: those who often enough left an incident with it, or had one that was."""
    raw = logmap.raw
    found: dict[str, list[str]] = {rule.name: [] for rule in raw.tiers.first}
    for (tier, account), count in log.acted.items():
        if tier and count >= raw.roles.at_least and account not in raw.bots:
            found[tier].append(account)
    return {tier: tuple(sorted(people, key=_natural)) for tier, people in sorted(found.items())}


def with_roles(text: str, roles: Mapping[str, Collection[str]], *, file: str, at_least: int) -> str:
    """The text of a desk.yaml with these roles. Raises PolicyError where it is not YAML, UsageError without roles."""
    root, _ = read_yaml(text, file)
    lines = text.splitlines(keepends=True)
    for key, value in root.value if isinstance(root, MappingNode) else ():
        if key.value == "roles":
            start, end = key.start_mark.line, _last_line(value) + 1
            return "".join([*lines[:start], *_block(roles, at_least), *lines[end:]])
    raise UsageError(f"{file} has no roles: to be written; add an empty one (roles: {{}})")


def _block(roles: Mapping[str, Collection[str]], at_least: int) -> Sequence[str]:
    found = [_HEAD.format(at_least) + "\n"]
    for name, people in roles.items():
        names = textwrap.fill(
            ", ".join(people),
            _WIDTH,
            initial_indent=" " * 6,
            subsequent_indent=" " * 6,
            break_on_hyphens=False,
            break_long_words=False,
        )
        found.append(f"  {name}:\n    people: [\n{names}\n    ]\n")
    return found


def _last_line(node: Node) -> int:
    """The line where a value ends: a block's own end mark stands where the next thing begins."""
    if isinstance(node, MappingNode | SequenceNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.line)


def _natural(name: str) -> list[str]:
    """Sort key: agent-2 before agent-10."""
    return [part.zfill(12) if part.isdigit() else part for part in re.split(r"(\d+)", name)]
