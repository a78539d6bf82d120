"""Mirrors as they are written."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from tierkeeper.plugins.model.mirror import Audience, Crossing, Files, Way
from tierkeeper.rules.policy.raw_base import Raw, Text, wrong
from tierkeeper.rules.policy.raw_promises import Values


def _some(value: dict[str, list[str]]) -> dict[str, list[str]]:
    if not value:
        raise wrong("expected which issues have a twin", "such as {tier: development}")
    return value


class RawFlow(Raw):
    """How one facet flows between twins."""

    way: Way | Literal["none"] = Field(
        default="both", description="both, forward (to the twin only), follow (the twin always shows it) or none."
    )
    owner: Literal["source", "target"] = Field(
        default="source", description="Whose word counts where both sides changed it."
    )


class RawStood(Raw):
    """How an issue stands on one side."""

    state: Literal["open", "closed"] | None = Field(
        default=None, description="Whether it is open; a reason alone says closed."
    )
    reason: Text = Field(default="", description="Why it was closed: GitHub's reason, Jira's resolution.")
    status: Text = Field(default="", description="Its status, where the tracker has one.")

    @model_validator(mode="after")
    def _is_told(self) -> "RawStood":
        if self.state is None and not self.reason:
            raise wrong("expected whether that is open or closed", "give it a `state`")
        if self.state == "open" and self.reason:
            raise wrong("an open issue has no reason", "leave the `reason` out")
        return self


class RawStateRow(Raw):
    """What a state of the source is called on the twin."""

    source: RawStood = Field(description="The state of the source.")
    target: RawStood = Field(description="The state of its twin.")
    way: Literal["both", "forward", "back"] = Field(
        default="both", description="both; forward: to the twin only; back: from the twin only."
    )


class RawRedact(Raw):
    """What never crosses, and is shown as ``[redacted]``."""

    defaults: bool = Field(
        default=True,
        description="Mail addresses, tokens, passwords in addresses, private keys, machines inside by name or address.",
    )
    patterns: list[Text] = Field(default=[], description="What else: regular expressions as RE2 reads them.")


class RawMirror(Raw):
    """A pair of queues: issues of the one have twins in the other."""

    source: Text = Field(alias="from", description="The queue whose issues have twins.")
    target: Text = Field(alias="to", description="The queue that the twins are made in.")
    by_component: dict[Text, Text] = Field(
        default={}, description="Another queue for the twins of a component: you build it, you support it."
    )
    when: Annotated[dict[Text, Values], AfterValidator(_some)] = Field(
        description="The values that facets have to have, such as {tier: development}; of `labels` and components one."
    )
    flows: dict[Text, RawFlow] = Field(
        default={}, description="How title, text, state, labels, facets, parent and links flow, where not as is usual."
    )
    values: dict[Text, dict[Text, Text]] = Field(
        default={},
        description="A facet's values on the twin, where they have other names: {priority: {urgent: Highest}}.",
    )
    labels: dict[Text, Text] = Field(
        default={}, description="The labels that cross, and what they are called on the twin. No other label does."
    )
    states: list[RawStateRow] = Field(
        default=[],
        description="What a state is called on the twin, by reason and status. Others: open is open, closed is closed.",
    )
    comments: Crossing = Field(default="public", description="Which comments cross: none, public or all.")
    attachments: Files | None = Field(
        default=None,
        description="What becomes of files: none; count (how many there are); links; copy (links where the target's "
        "tracker takes no files). If nothing is said: copy, and count for `audience: public`.",
    )
    audience: Audience = Field(default="private", description="Who is meant to read the target: private or public.")
    redact: RawRedact = Field(default=RawRedact(), description="What never crosses.")
