"""GitHub's way in: the hook, and what it hands over. Nothing heavy is imported before a tracker is made."""

from typing import TYPE_CHECKING

from pydantic import BaseModel

from tierkeeper.plugins.github.options import GitHubOptions
from tierkeeper.plugins.hookspecs import hookimpl
from tierkeeper.plugins.model.relation import BLOCKS, PARENT
from tierkeeper.plugins.tracker import Ports, Tracker, TrackerPlugin

if TYPE_CHECKING:
    from collections.abc import Iterable


def make_github(name: str, options: BaseModel, ports: Ports) -> Tracker:
    """Make the tracker that the policy calls `name`."""
    from tierkeeper.plugins.github.making import make  # noqa: PLC0415  # imports PyGithub: over half a second

    return make(name, options, ports)


@hookimpl
def tierkeeper_trackers() -> "Iterable[TrackerPlugin]":
    """Hand in GitHub Issues."""
    return [
        TrackerPlugin(
            name="github",
            options=GitHubOptions,
            make=make_github,
            place="repository",
            role_kinds=("team",),
            map_kinds=("label", "field", "assignee", "state"),
            silent_kinds=("field",),
            longest_title=1024,
            milestone="milestone",
            relations=(PARENT, BLOCKS),
            longest_text=65_536,
            secrets={
                "GITHUB_TOKEN": "a token of the account that Tierkeeper acts with: issues read and write, members read",
                "GITHUB_PRIVATE_KEY": "the PEM key of a GitHub App, only where the policy gives app_id",
            },
        )
    ]
