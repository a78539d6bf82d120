"""A small incident log and its map."""

from pathlib import Path

from tierkeeper.sync.eventlog.changes import EventLog, Update, read_log
from tierkeeper.sync.eventlog.logmap import parse_map

MAP = """\
repository: example/incidents
dates: "%d/%m/%Y %H:%M"
time_zone: Europe/Berlin
incident: number
updated: updated
opened: opened
body: [category, category#2]
reporter: {column: caller, account: "caller-{}"}
actor: {column: by, account: "agent-{}"}
assignee: {column: assigned, account: "resolver-{}"}
state: {column: state, closed: [Closed]}
tiers:
  column: group
  first:
    - {name: development, any_set: [problem]}
    - {name: help-desk, groups: ["70"]}
    - {name: support}
labels:
  group: {column: group, label: "group:"}
  priority: {column: priority, label: "priority:", values: {"1": high}}
roles: {at_least: 2}
bots: [agent-9]
"""
JIRA_MAP = MAP.replace("repository: example/incidents", "project: INC").replace(
    """  priority: {column: priority, label: "priority:", values: {"1": high}}
""",
    """priority: {column: priority, values: {"1": High, "2": Low}}
""",
)
HEADER = "number,updated,by,assigned,state,group,problem,opened,caller,priority,category,category"


def log_text(*rows: str) -> str:
    """A log of these rows, each given up to its ``problem``; they were opened at eight by caller 7."""
    return "\n".join([HEADER, *(f"{row},1/3/2016 08:00,7,1,Phone,Mail" for row in rows)]) + "\n"


def log_of(folder: Path, *rows: str, incidents: int | None = None, columns: str = MAP) -> EventLog:
    """Read a log of these rows."""
    path = folder / "log.csv"
    path.write_text(log_text(*rows))
    return read_log(path, parse_map(columns, "map.yaml"), incidents=incidents)


def updates(log: EventLog) -> list[Update]:
    """What changed after the issues were opened."""
    return [change for change in log.changes if isinstance(change, Update)]
