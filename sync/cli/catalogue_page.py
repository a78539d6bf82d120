"""The page for users, made from the policy: what the desk helps with, who to turn to, what happens then."""

from collections.abc import Iterable, Iterator, Sequence

from tierkeeper.plugins.model.desk import Desk, Tier
from tierkeeper.sync.cli.catalogue_answer import (
    CatalogueAnswer,
    ContactAnswer,
    DeskQueueAnswer,
    HandoverAnswer,
    PlaceAnswer,
    ServiceAnswer,
    StepAnswer,
)
from tierkeeper.sync.cli.command_list import command_list, command_table
from tierkeeper.sync.cli.desks import Loaded
from tierkeeper.sync.cli.leaflet import Block, Code, Heading, Items, Leaflet, Table, Text, Words

_USERS = frozenset({"anyone", "reporter", "key users"})

# From the policy to the answer


def catalogue_of(loaded: Loaded) -> CatalogueAnswer:
    """What users may know of the desk."""
    policy, desk = loaded.policy, loaded.policy.desk
    commands = command_list(loaded)
    return CatalogueAnswer(
        desk=desk.name,
        services=[
            ServiceAnswer(
                name=one.name,
                description=one.description,
                entry_points=list(one.entry_points),
                owner=_contact(one.owner, desk) if one.owner else None,
            )
            for one in desk.services.values()
        ],
        entry_points=[_entry_point(name, desk) for name in desk.entry_points],
        instances=[_instance(name, desk) for name in desk.instances],
        fallback=[_contact(name, desk) for name in desk.fallback],
        report_in=[
            DeskQueueAnswer(
                tracker=queue.tracker,
                kind=policy.trackers[queue.tracker].plugin.place,
                place=queue.place,
                labels=list(queue.labels),
            )
            for queue in policy.queues.values()
        ],
        steps=[_step(tier, desk) for tier in desk.tiers],
        commands=[
            one
            for one in commands.commands
            if commands.carried_out and one.state == "on" and _for_users(one.name, loaded)
        ],
    )


def _for_users(command: str, loaded: Loaded) -> bool:
    """Whether somebody who only reports, or reports for others, may write a command."""
    who = loaded.policy.desk.commands.get(command) or loaded.host.commands[command].who
    return not _USERS.isdisjoint(who)


def _contact(name: str, desk: Desk) -> ContactAnswer:
    person = desk.people.get(name)
    return ContactAnswer(name=name, mail=person.mail if person else "")


def _service(entry_point: str, desk: Desk) -> str:
    return next((one.name for one in desk.services.values() if entry_point in one.entry_points), "")


def _entry_point(name: str, desk: Desk) -> PlaceAnswer:
    users = desk.entry_points[name].key_users or desk.fallback
    return PlaceAnswer(name=name, service=_service(name, desk), key_users=[_contact(one, desk) for one in users])


def _instance(name: str, desk: Desk) -> PlaceAnswer:
    known = desk.instances[name]
    entry, server = desk.entry_points.get(known.entry_point), desk.servers.get(known.server)
    users = known.key_users or (entry.key_users if entry is not None else ()) or desk.fallback
    return PlaceAnswer(
        name=name,
        service=_service(known.entry_point, desk),
        entry_point=known.entry_point,
        server=known.server,
        time_zone=server.time_zone if server is not None else "",
        key_users=[_contact(one, desk) for one in users],
    )


def _step(tier: Tier, desk: Desk) -> StepAnswer:
    handed = [terms for terms in desk.handovers if terms.source == tier.name]
    return StepAnswer(
        tier=desk.shown_tier(tier.name),
        who=f"the role {tier.role}" if tier.role else "the key users of where it was reported from",
        lead=tier.lead,
        hands_to=[
            HandoverAnswer(to=desk.shown_tier(terms.to), needs=[need.replace("_", " ") for need in terms.needs])
            for terms in handed
        ],
    )


# From the answer to the page


def catalogue_page(answer: CatalogueAnswer) -> Leaflet:
    """The page for users."""
    return Leaflet(f"{answer.desk}: whom to ask, and what happens then", list(_blocks(answer)))


def _blocks(answer: CatalogueAnswer) -> Iterator[Block]:
    yield from _services(answer.services)
    yield from _places(answer)
    yield from _reporting(answer)
    yield Heading("What happens then")
    yield Items([_told(step, first=at == 0) for at, step in enumerate(answer.steps)], ordered=True)
    rows = [
        [[step.tier], [one.to], [", ".join(one.needs) or "nothing more"]]
        for step in answer.steps
        for one in step.hands_to
    ]
    if rows:
        yield Words(["What each tier needs before it takes an issue over:"])
        yield Table(["from", "to", "needs"], rows)
    if answer.commands:
        yield Heading("What you may write in a comment")
        yield command_table(answer.commands)


def _services(services: Sequence[ServiceAnswer]) -> Iterator[Block]:
    if services:
        yield Heading("Services")
        rows: list[list[Text]] = [
            [[one.name], [one.description], [", ".join(one.entry_points)], [_named([one.owner])]] for one in services
        ]
        yield _without_empty(Table(["service", "what it is", "entry points", "who answers for it"], rows))


def _without_empty(table: Table) -> Table:
    """The table without columns that say nothing."""
    kept = [at for at in range(len(table.heads)) if any("".join(row[at]) for row in table.rows)]
    return Table([table.heads[at] for at in kept], [[row[at] for at in kept] for row in table.rows])


def _places(answer: CatalogueAnswer) -> Iterator[Block]:
    if answer.entry_points:
        yield Heading("Entry points and their key users")
        rows: list[list[Text]] = [[[one.name], [one.service], [_named(one.key_users)]] for one in answer.entry_points]
        yield _without_empty(Table(["entry point", "service", "key users"], rows))
    if answer.instances:
        yield Heading("Instances and their key users")
        instances: list[list[Text]] = [
            [[one.name], [one.entry_point], [one.server], [one.time_zone], [_named(one.key_users)]]
            for one in answer.instances
        ]
        yield _without_empty(Table(["instance", "entry point", "server", "time zone", "key users"], instances))


def _reporting(answer: CatalogueAnswer) -> Iterator[Block]:
    yield Heading("How to report")
    steps: list[Text] = []
    if answer.instances or answer.entry_points:
        steps.append(["Ask a key user of where you work; they know it best."])
    for queue in answer.report_in:
        labels = f", with one of the labels {', '.join(queue.labels)}" if queue.labels else ""
        steps.append([f"Report it in the {queue.kind} ", Code(queue.place), f" on {queue.tracker}{labels}."])
    if answer.instances:
        line = Code(f"Instance: {answer.instances[0].name}")
        steps.append(["Say where: set the instance or the entry point, or write a line such as ", line, "."])
    first = next(iter(answer.steps), None)
    needs = [one.needs for one in first.hands_to if one.needs] if first is not None else []
    if needs:
        asked = dict.fromkeys(need for group in needs for need in group)
        steps.append([f"Say what will be asked for: {', '.join(asked)}."])
    if answer.fallback:
        steps.append([f"Where nobody knows whose it is, it goes to {_named(answer.fallback)}."])
    yield Items(steps)


def _told(step: StepAnswer, *, first: bool) -> Text:
    to = " or ".join(one.to for one in step.hands_to)
    lead = f", led by {step.lead}" if step.lead else ""
    begins = " It begins here." if first else ""
    onward = f" They answer, or hand it to {to}." if to else " They answer."
    return [f"{step.tier.capitalize()} ({step.who}{lead}).{begins}{onward}"]


def _named(people: Iterable[ContactAnswer | None]) -> str:
    known = [one for one in people if one is not None]
    return ", ".join(f"{one.name} ({one.mail})" if one.mail else one.name for one in known)
