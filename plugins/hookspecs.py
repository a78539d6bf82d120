"""Every extension point. Hooks return values; they never change what they are given.

A plugin is a module (or object) registered under the entry point group ``tierkeeper``, with functions marked
``@hookimpl`` and named as below. Each implementation is called alone: one that raises is named and left out, and the
others are heard all the same.
"""

from collections.abc import Iterable

import pluggy

from tierkeeper.plugins.command import DeskCommand
from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.change import Draft
from tierkeeper.plugins.model.issue import Issue
from tierkeeper.plugins.model.mirror import Mirror
from tierkeeper.plugins.notifier import NotifierPlugin
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


@hookspec
def tierkeeper_notifiers() -> Iterable[NotifierPlugin]:
    """Hand in ways to tell people elsewhere than on the tracker. The policy names them under ``notifiers:``.

    Example::

        @hookimpl
        def tierkeeper_notifiers():
            return [NotifierPlugin(name="pager", options=PagerOptions, make=make_pager)]
    """
    raise NotImplementedError  # a specification is never called


@hookspec
def tierkeeper_mirror_choose(mirror: Mirror, case: Case) -> bool | None:
    """Say whether an issue that a mirror's ``when:`` fits is to have a twin.

    None leaves it to others; one False keeps it out. It is asked only for issues without a twin, whenever they change.

    Example::

        @hookimpl
        def tierkeeper_mirror_choose(mirror, case):
            return False if case.title.startswith("Draft:") else None
    """
    raise NotImplementedError  # a specification is never called


@hookspec
def tierkeeper_mirror_map(mirror: Mirror, facet: str, value: str) -> str | None:
    """Give a facet's value its name on the twin.

    None leaves it to others; what ``values:`` of the policy says goes before. It is asked once a cycle for each value
    that the policy lists, so that a twin's value can be told at the source: two values may not have the same name.

    Example::

        @hookimpl
        def tierkeeper_mirror_map(mirror, facet, value):
            return value.title() if facet == "priority" else None
    """
    raise NotImplementedError  # a specification is never called


@hookspec
def tierkeeper_mirror_hold(mirror: Mirror, case: Case) -> str | None:
    """Hold an issue back, with a reason that the operator is shown: while there is one, nothing of it is carried over.

    It is asked each cycle, before a twin is made and before anything is carried over in either direction.

    Example::

        @hookimpl
        def tierkeeper_mirror_hold(mirror, case):
            return "no severity yet" if case.facets.get("severity") is None else None
    """
    raise NotImplementedError  # a specification is never called


@hookspec
def tierkeeper_mirror_draft(mirror: Mirror, case: Case, draft: Draft) -> Draft | None:
    """Enrich a twin before it is made. What one gives back is what the next is given; None changes nothing.

    Add labels, fields, assignees, or text above and below what is mirrored. What stays in step with the source (the
    title, the text between our marks, the labels and fields that are there) may not be changed. What it
    adds is not redacted.

    Example::

        @hookimpl
        def tierkeeper_mirror_draft(mirror, case, draft):
            return msgspec.structs.replace(draft, labels=(*draft.labels, "from-support"))
    """
    raise NotImplementedError  # a specification is never called


@hookspec
def tierkeeper_mirror_made(mirror: Mirror, case: Case, twin: Issue) -> None:
    """Take notice of a twin that was made, to tell a chat room about it or to count it. At most once a twin.

    Example::

        @hookimpl
        def tierkeeper_mirror_made(mirror, case, twin):
            print(case.ref, "has the twin", twin.url)
    """
    raise NotImplementedError  # a specification is never called
