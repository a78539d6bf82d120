"""Jira's way in: the hook, and what it hands over. Nothing heavy is imported before a tracker is made."""

from typing import TYPE_CHECKING

from pydantic import BaseModel

from tierkeeper.plugins.hookspecs import hookimpl
from tierkeeper.plugins.jira.options import JiraOptions
from tierkeeper.plugins.model.relation import ANY_LINK, PARENT
from tierkeeper.plugins.tracker import Ports, Tracker, TrackerPlugin

if TYPE_CHECKING:
    from collections.abc import Iterable


def make_jira(name: str, options: BaseModel, ports: Ports) -> Tracker:
    """Make the tracker that the policy calls `name`."""
    from tierkeeper.plugins.jira.making import make  # noqa: PLC0415  # imports the jira package: over a third of a second

    return make(name, options, ports)


@hookimpl
def tierkeeper_trackers() -> "Iterable[TrackerPlugin]":
    """Hand in Jira Cloud."""
    return [
        TrackerPlugin(
            name="jira",
            options=JiraOptions,
            make=make_jira,
            place="project",
            role_kinds=("group", "project_role", "component_lead"),
            map_kinds=("label", "field", "status", "assignee", "state"),
            assignees=1,
            milestone="fixVersions",
            relations=(PARENT, ANY_LINK),
            label_spaces=False,
            longest_text=32_767,
            documents=True,
            files=True,
            secrets={
                "JIRA_TOKEN": "an API token of the account that Tierkeeper acts with",
                "JIRA_EMAIL": "that account's e-mail address, where the policy does not give it; "
                "without one the token is sent as a bearer token, as service accounts do",
            },
        )
    ]
