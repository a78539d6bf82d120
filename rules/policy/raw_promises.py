"""The service catalogue as it is written."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from tierkeeper.plugins.model.duration import Duration
from tierkeeper.plugins.model.promise import Announce, OnChange, Reopening, Revisit, Standing
from tierkeeper.rules.policy.raw_base import Raw, Text, wrong


def listed(value: object) -> object:
    """One value in short for a list of one."""
    return [value] if isinstance(value, str) else value


Values = Annotated[
    list[Text],
    BeforeValidator(listed),
    WithJsonSchema({"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]}),
]


def _risk(value: object) -> object:
    """``75%`` as a share; anything else is a time that is left."""
    if not isinstance(value, str) or not value.endswith("%"):
        return value
    number = value[:-1].strip()
    if not number.isdigit() or not 0 < int(number) < 100:  # noqa: PLR2004 - per cent
        raise wrong(f'expected more than 0% and less than 100%, got "{value}"', "such as 75%, or what is left: 1bh")
    return int(number) / 100


class RawGoal(Raw):
    """Targets for some issues. The first goal that fits counts."""

    name: Text | None = Field(default=None, description="What people call it.")
    when: dict[Text, Values] = Field(
        default={}, description="The values that facets may have, such as {priority: urgent}. Absent: any issue."
    )
    promise: Literal["none"] | None = Field(default=None, description="`none`: nothing is promised, and that is shown.")
    first_response: Duration | None = Field(default=None, description="Until the first public answer.")
    next_update: Duration | None = Field(default=None, description="From a word of the reporter to the next answer.")
    resolution: Duration | None = Field(default=None, description="Until it is closed.")
    time_to_own: Duration | None = Field(default=None, description="Until somebody owns it. Never paused.")
    keep_in_the_loop: Duration | None = Field(default=None, description="From one answer to the next.")
    calendar: Text | None = Field(default=None, description="The calendar of its targets. Absent: the desk's.")


class RawTierGoal(Raw):
    """What one tier promises the others."""

    own: Duration | None = Field(default=None, description="Until a member of the tier takes it or answers.")
    hold: Duration | None = Field(default=None, description="How long the tier may have it.")
    calendar: Text | None = Field(default=None, description="The calendar of its targets. Absent: the desk's.")


class RawPromises(Raw):
    """The service catalogue: what is promised to whom, and how its clocks run."""

    targets: list[RawGoal] = Field(default=[], description="The goals, in order; the first that fits counts.")
    tiers: dict[Text, RawTierGoal] = Field(default={}, description="What tiers promise each other.")
    pause_on: list[Text] = Field(
        default=["reporter", "vendor", "release"], description="What an issue waits for while its clocks are paused."
    )
    at_risk: Annotated[float | Duration, BeforeValidator(_risk)] = Field(
        default=0.75, description="From when on a promise is at risk: a share, 75%, or what is left, 1bh."
    )
    on_change: OnChange = Field(default="carry_elapsed", description="What becomes of a clock whose goal changes.")
    reopening: Reopening = Field(default="continue", description="What becomes of the resolution clock then.")
    revisit: Revisit = Field(default="continue", description="What becomes of a tier's clocks on a second visit.")
    names: dict[Standing, Text] = Field(
        default={}, description="What the label `sla:` calls ok, at-risk, breached and paused, where not so."
    )
    announce: Announce = Field(
        default="in_passing", description="always: a status comment tells every reporter what is promised, at once."
    )
    answer_by: list[Text] = Field(default=[], description="The roles whose words are answers. Empty: the desk's staff.")
