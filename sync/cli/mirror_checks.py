"""What `check --live` finds out about mirrors, besides what is wrong with their queues."""

from collections.abc import Iterator, Mapping

from tierkeeper.plugins.errors import TrackerError
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.mirror import LINKS, Mirror
from tierkeeper.plugins.model.problem import Problem
from tierkeeper.plugins.model.relation import ANY_LINK
from tierkeeper.plugins.tracker import LabelSpec, Tracker
from tierkeeper.rules.policy import Policy

FACET_COLOR = "bfd4f2"


def check_mirrors(policy: Policy, trackers: Mapping[str, Tracker]) -> Iterator[Problem]:
    """Whether twins can be made and given files, who would read them, and who cannot be assigned on both sides."""
    for mirror in policy.mirrors:
        key = f"mirrors.{mirror.name}"
        for name in mirror.targets():
            queue = policy.queues[name]
            try:
                yield from trackers[queue.tracker].check_making(queue, _fields(policy, mirror, queue.tracker))
                if mirror.attachments == "copy" and policy.trackers[queue.tracker].plugin.files:
                    yield from trackers[queue.tracker].check_files(queue)
                yield from _kinds(policy, mirror, queue, trackers)
                public = trackers[queue.tracker].audience(queue) == "public"
            except TrackerError as error:
                yield Problem(key=key, message=str(error))
                continue
            if public and mirror.audience == "private":
                yield Problem(
                    key=key,
                    message=f"{queue.place} is public, and the mirror is for a private one: nothing is mirrored",
                    hint="say `audience: public` if that is meant, and see what crosses (docs/mirrors.md)",
                )
        yield from _strangers(policy, mirror, key)


def _fields(policy: Policy, mirror: Mirror, tracker: str) -> list[str]:
    """The native fields that a new twin is given."""
    facets = policy.desk.facets
    places = [facets[flow.facet].maps.get(tracker) for flow in mirror.flows if flow.facet in facets]
    return [place.name for place in places if place is not None and place.kind == "field"]


def _kinds(policy: Policy, mirror: Mirror, queue: Queue, trackers: Mapping[str, Tracker]) -> Iterator[Problem]:
    """Kinds of links that its target could have, since its people make them up, and has not."""
    source = policy.queues[mirror.source]
    if LINKS not in mirror.relations or ANY_LINK not in policy.trackers[queue.tracker].plugin.relations:
        return
    there = {kind.casefold() for kind in trackers[queue.tracker].link_kinds(queue)}
    lacking = [kind for kind in sorted(trackers[source.tracker].link_kinds(source)) if kind.casefold() not in there]
    if lacking:
        yield Problem(
            key=f"mirrors.{mirror.name}",
            message=f"{queue.place} has no links of the kind {', '.join(lacking)}: twins are not linked so",
            hint="let an administrator add it by that name, or say `flows: {links: {way: none}}`",
            fatal=False,
        )


def twin_labels(policy: Policy, name: str) -> Iterator[LabelSpec]:
    """The labels that mirrors give to issues of this queue: those that cross, and values by their names on the twin."""
    facets, tracker = policy.desk.facets, policy.queues[name].tracker
    for mirror in policy.mirrors:
        if name == mirror.source:
            yield from (LabelSpec(label, "crosses to the twin", FACET_COLOR) for label in mirror.labels)
        if name in mirror.targets():
            yield from (LabelSpec(label, "crosses from the source", FACET_COLOR) for label in mirror.labels.values())
            for facet, names in mirror.values.items():
                place = facets[facet].maps.get(tracker) if facet in facets else None
                if place is not None and place.kind == "label":
                    yield from (LabelSpec(place.name + one, f"{facet}: {one}", FACET_COLOR) for one in names.values())


def _strangers(policy: Policy, mirror: Mirror, key: str) -> Iterator[Problem]:
    """People who have an account on one of a mirror's trackers only."""
    if not any(flow.facet == "owner" for flow in mirror.flows):
        return
    trackers = {policy.queues[name].tracker for name in (mirror.source, *mirror.targets())}
    for tracker in sorted(trackers):
        lacking = [
            person
            for person in policy.desk.people
            if not policy.desk.account_of(person, tracker)
            and any(policy.desk.account_of(person, other) for other in trackers)
        ]
        if lacking:
            yield Problem(
                key=key,
                message=f"{', '.join(sorted(lacking))}: no account on {tracker}; they are not assigned there",
                hint="give them one under `people:`",
                fatal=False,
            )
