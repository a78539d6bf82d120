"""desk.yaml as it is written: every key, its kind, and a line on what it means."""

from typing import Annotated, Literal, get_origin

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from tierkeeper.plugins.model.business import Boundary, DayTarget
from tierkeeper.plugins.model.desk import Mode
from tierkeeper.plugins.model.duration import Duration
from tierkeeper.rules.policy.raw_base import Moment, Raw, Text, wrong
from tierkeeper.rules.policy.raw_mirrors import RawMirror
from tierkeeper.rules.policy.raw_notifiers import RawNotifier
from tierkeeper.rules.policy.raw_promises import RawPromises

NOBODY = "nobody"
"""Who may give a command that is off."""

ALWAYS = "24x7"
CLOSED = "closed"


def _rule(value: object) -> object:
    if isinstance(value, str):
        raise wrong("expected a mapping of the rule's options", f"write {{mode: {value}}}")
    return value


class OptOut(Raw):
    """How people take one issue out of Tierkeeper's hands."""

    label: Text = Field(description="The label that does it; it counts if a tier's lead set it.")


class RawTracker(Raw, extra="allow"):
    """One tracker. Besides `plugin`, its keys are the plugin's own options."""

    plugin: Text = Field(description="The name of the tracker plugin: github, jira.")


class Filter(Raw):
    """A choice among the issues of one place."""

    labels: list[Text] = Field(default=[], description="Any of these labels. Empty: every issue.")


class RawQueue(Raw, extra="allow"):
    """One place where issues live."""

    __pydantic_extra__: dict[str, Text]
    tracker: Text = Field(description="The name of one of the trackers.")
    filter: Filter = Field(default=Filter(), description="Which issues of the place belong to the queue.")
    history_since: Moment | None = Field(default=None, description="Older history is not read. A time with its offset.")


class RawPerson(Raw, extra="allow"):
    """One person, with an account on each tracker: ``github: support-lead``."""

    __pydantic_extra__: dict[str, Text]
    mail: Text | None = Field(default=None, description="Where mail reaches this person.")
    leader: Text | None = Field(default=None, description="The person whom they answer to.")


class RawRole(Raw, extra="allow"):
    """Who may act for a tier: people, and for each tracker a group, project role or team."""

    __pydantic_extra__: dict[str, dict[str, Text]]
    people: list[Text] = Field(
        default=[], description="People by name, or by account where `people` does not list them."
    )


class RawMap(Raw):
    """Where a tracker keeps a facet: exactly one of label, field and status."""

    label: str | None = Field(default=None, description="The prefix of its labels, such as `priority:`.")
    field: Text | None = Field(default=None, description="The name of a native field.")
    status: dict[Text, Text] | None = Field(default=None, description="The tracker's status for each value.")


class RawFacet(Raw, extra="allow"):
    """One thing tracked about an issue, and where each tracker keeps it."""

    __pydantic_extra__: dict[str, RawMap]
    values: list[Text] | None = Field(default=None, description="The values it may have, in order. Absent: any.")
    headings: list[Text] = Field(
        default=[], description="Of instance and entry_point: what reports call it in a heading, besides its name."
    )


class RawEntryPoint(Raw):
    """One way into the service."""

    key_users: list[Text] = Field(default=[], description="Who reports for it where an instance names nobody.")
    reporters: Text | None = Field(
        default=None, description="The role of those who come this way: by it, their place is known."
    )


class RawServer(Raw):
    """One server."""

    time_zone: Text = Field(default="UTC", description="Its IANA time zone, such as Asia/Kolkata.")


class RawInstance(Raw):
    """One installation that people report from."""

    server: Text | None = Field(default=None, description="The name of one of the servers.")
    entry_point: Text | None = Field(default=None, description="The name of one of the entry points.")
    key_users: list[Text] = Field(default=[], description="Who reports for it. Empty: those of its entry point.")
    reporters: Text | None = Field(
        default=None, description="The role of those who report from it: by it, their place is known."
    )


class RawService(Raw):
    """What the desk helps with, for the page that `tierkeeper catalogue` makes."""

    description: Text | None = Field(default=None, description="What it is, in a line for its users.")
    entry_points: list[Text] = Field(default=[], description="The ways into it. Each belongs to one service.")
    owner: Text | None = Field(default=None, description="The person who answers for it.")


class RawFallback(Raw):
    """Who takes what nobody else is there for."""

    key_users: list[Text] = Field(
        default=[], description="Who takes an issue whose key users nobody knows. Empty: every key user."
    )


class ByInstance(Raw):
    """The key users of an issue's instance act for the tier."""

    by: Literal["instance"] = Field(description="The key users of an issue's instance.")


RoleName = Annotated[
    Annotated[Text, Tag("<name>")] | Annotated[ByInstance, Tag("<by>")],
    Discriminator(lambda value: "<by>" if isinstance(value, dict | ByInstance) else "<name>"),
]


class ByTier(Raw):
    """Every member of the tier decides."""

    by: Literal["tier"] = Field(description="The tier orders its work itself.")


OwnerName = Annotated[
    Annotated[Text, Tag("<name>")] | Annotated[ByTier, Tag("<by>")],
    Discriminator(lambda value: "<by>" if isinstance(value, dict | ByTier) else "<name>"),
]


class RawComponent(Raw):
    """One part of what is supported, and the team that built it: exactly one of role, people and paths."""

    role: Text | None = Field(default=None, description="The role of those who built it.")
    people: list[Text] = Field(default=[], description="The people who built it.")
    paths: list[Text] = Field(default=[], description="Where its code is: the `codeowners` file says whose that is.")


class RawTier(Raw):
    """One level of support."""

    name: Text = Field(description="The tier's name, such as help-desk.")
    role: RoleName = Field(description="Who may act for it: the name of a role, or {by: instance}.")
    lead: Text | None = Field(default=None, description="The person who leads it.")
    priority_owner: OwnerName | None = Field(
        default=None, description="Who orders its work: a person, or {by: tier} where its members do."
    )


class RawHandover(Raw):
    """A handover between two tiers, and what it needs."""

    source: Text = Field(alias="from", description="The tier that hands over.")
    to: Text = Field(description="The tier that takes over.")
    needs: list[Text] = Field(default=[], description="What has to be there: facets, or parts of the report.")


class RawRule(Raw, extra="allow"):
    """A rule's mode and options. Besides `mode`, its keys are the rule's own."""

    mode: Mode | None = Field(default=None, description="The rule's own mode. Absent: the desk's.")


def _command(value: object) -> object:
    """``off`` in short: nobody may give it."""
    return {"who": [NOBODY]} if value == "off" else value


def _somebody(value: list[str]) -> list[str]:
    if not value:
        raise wrong("expected somebody who may give the command", "write off where nobody may")
    return value


class RawCommand(Raw):
    """Who may write a command in a comment; ``off``: nobody."""

    who: Annotated[list[Text], AfterValidator(_somebody)] = Field(
        description="Roles, people, or anyone, reporter, key users, staff, holder (the tier with it), owner, lead, "
        "priority owner, nobody.",
    )


def _spans(value: object) -> object:
    """``closed`` is a day without spans."""
    if isinstance(value, str) and value != CLOSED:
        raise wrong(f'expected {CLOSED} or a list of spans, got "{value}"', f'write {CLOSED}, or ["08:00-12:00"]')
    return [] if value == CLOSED else value


def _calendar(value: object) -> object:
    """``24x7`` in short: open all day, every day."""
    if isinstance(value, str) and value != ALWAYS:
        raise wrong(f'expected a calendar\'s keys or {ALWAYS}, got "{value}"')
    return {"hours": {"mon-sun": ["00:00-24:00"]}} if value == ALWAYS else value


Spans = Annotated[
    list[Text],
    BeforeValidator(_spans),
    WithJsonSchema({"anyOf": [{"type": "array", "items": {"type": "string"}}, {"const": CLOSED}]}),
]


class RawHolidays(Raw):
    """Whose public holidays are kept."""

    country: Text = Field(description="The country's ISO code, such as DE.")
    region: Text | None = Field(default=None, description="The region's code, such as BE; it may have more holidays.")


class RawCalendar(Raw):
    """The hours that somebody is at work, or ``24x7``."""

    zone: Text | None = Field(default=None, description="Its IANA time zone. Absent: the desk's.")
    hours: dict[Text, Spans] = Field(default={}, description='When it is open: `mon-fri: ["08:00-18:00"]`.')
    dates: dict[str, Spans] = Field(default={}, description="Dates with spans of their own; they beat all else.")
    holidays: RawHolidays | None = Field(default=None, description="Closed on the public holidays of a country.")
    ical: Text | None = Field(default=None, description="An iCal file beside the policy; its whole days are closed.")
    union: list[Text] = Field(default=[], description="Open when one of these calendars is, instead of own hours.")
    boundary: Boundary = Field(default="close_of_day", description="Where time ends that is used up just at closing.")
    day_target: DayTarget = Field(default="same_time", description="Where a target in business days ends.")


class Settings(Raw):
    """What stands at the top of a policy, apart from its sections."""

    desk: Text = Field(description="The desk's name, as people read it.")
    time_zone: Text = Field(default="UTC", description="The desk's IANA time zone, such as Europe/Berlin.")
    mode: Mode = Field(default="flag", description="off, shadow, flag or enforce; a rule may differ.")
    enforce_from: Moment | None = Field(
        default=None, description="What happened before is never put back. Needed as soon as anything enforces."
    )
    max_changes: int = Field(default=50, ge=0, description="A run that would change more facets than this writes none.")
    wait_seconds: int = Field(default=60, ge=0, le=3600, description="How long an issue rests after a person's change.")
    leader: Text | None = Field(default=None, description="The person who leads the desk.")
    fallback: RawFallback | None = Field(default=None, description="Who takes what nobody else is there for.")
    opt_out: OptOut | None = Field(default=None, description="How people take an issue out of Tierkeeper's hands.")
    calendar: Text = Field(default=ALWAYS, description="The desk's own calendar: one of `calendars`, or 24x7.")
    effort_day: Duration = Field(default=Duration("8h"), description="The team's working day: what `1d` of work means.")
    codeowners: Text | None = Field(default=None, description="A CODEOWNERS file beside the policy, for components.")
    flag_prefix: str = Field(default="flag:", description="The prefix of the labels that only Tierkeeper sets.")
    bots: list[Text] = Field(default=[], description="Accounts that look human and are not.")


class RawPolicy(Settings):
    """The policy of one desk: who does what for an issue, and in which order."""

    trackers: dict[Text, RawTracker] = Field(default={}, description="The trackers, by a name of your choice.")
    queues: dict[Text, RawQueue] = Field(default={}, description="Where issues live, by a name of your choice.")
    people: dict[Text, RawPerson] = Field(default={}, description="One person, every account.")
    roles: dict[Text, RawRole] = Field(default={}, description="Who may act for a tier.")
    facets: dict[Text, RawFacet] = Field(default={}, description="What is tracked about an issue, and where.")
    services: dict[Text, RawService] = Field(default={}, description="What the desk helps with.")
    entry_points: dict[Text, RawEntryPoint] = Field(default={}, description="The ways into the service.")
    servers: dict[Text, RawServer] = Field(default={}, description="The servers, with their time zones.")
    instances: dict[Text, RawInstance] = Field(default={}, description="The installations that people report from.")
    calendars: dict[Text, Annotated[RawCalendar, BeforeValidator(_calendar)]] = Field(
        default={}, description="The hours that people are at work, by a name of your choice."
    )
    tiers: list[RawTier] = Field(default=[], description="The levels of support, lowest first.")
    components: dict[Text, RawComponent] = Field(default={}, description="What was built by whom, by component.")
    handovers: list[RawHandover] = Field(default=[], description="Which tier hands over to which, and what that needs.")
    rules: dict[Text, Annotated[RawRule, BeforeValidator(_rule)]] = Field(
        default={}, description="The rules that are on, in order of precedence. What is not named is off."
    )
    commands: dict[Text, Annotated[RawCommand, BeforeValidator(_command)]] = Field(
        default={}, description="Commands in comments that are off, or that somebody else may give."
    )
    mirrors: dict[Text, RawMirror] = Field(default={}, description="Which issues have twins, and where.")
    promises: RawPromises = Field(default=RawPromises(), description="The service catalogue: what is promised to whom.")
    notifiers: dict[Text, RawNotifier] = Field(
        default={}, description="Ways to tell people elsewhere than on the tracker; the first that fits is taken."
    )


NAMED = tuple(name for name, field in RawPolicy.model_fields.items() if get_origin(field.annotation) is dict)
LISTED = ("tiers", "handovers")
