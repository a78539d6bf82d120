"""Every extension point. Hooks return values; they never change what they are given.

A plugin is a module (or object) registered under the entry point group ``tierkeeper``, with functions marked
``@hookimpl`` and named as below. Each implementation is called alone: one that raises is named and left out, and the
others are heard all the same.
"""

from collections.abc import Iterable

import pluggy

from tierkeeper.plugins.command import DeskCommand
from tierkeeper.plugins.rule import Rule
from tierkeeper.plugins.tracker import TrackerPlugin

PROJECT = "tierkeeper"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def tierkeeper_rules() -> Iterable[type[Rule]]:
    """Hand in rules. They are off until the policy names their codes.

    Example::

        @hookimpl
        def tierkeeper_rules():
            return [WeekendHandover]
    """
    raise NotImplementedError  # a specification is never called


@hookspec
def tierkeeper_commands() -> Iterable[type[DeskCommand]]:
    """Hand in commands that people write in comments. They are on unless the policy says ``off``.

    Example::

        @hookimpl
        def tierkeeper_commands():
            return [SetWorkaround]
    """
    raise NotImplementedError  # a specification is never called


@hookspec
def tierkeeper_trackers() -> Iterable[TrackerPlugin]:
    """Hand in trackers. The policy picks one by ``plugin:`` under ``trackers:``.

    Example::

        @hookimpl
        def tierkeeper_trackers():
            return [
                TrackerPlugin(
                    name="github",
                    options=GitHubOptions,
                    make=make_github,
                    place="repository",
                    role_kinds=("team",),
                    map_kinds=("label", "assignee", "state"),
                )
            ]
    """
    raise NotImplementedError  # a specification is never called
