"""Notifiers as they are written."""

from pydantic import Field

from tierkeeper.rules.policy.raw_base import Raw, Text


class RawNotifier(Raw, extra="allow"):
    """One way to tell people elsewhere than on the tracker. Besides these, its keys are the plugin's own options."""

    plugin: Text = Field(description="The name of the notifier plugin: apprise.")
    rules: list[Text] = Field(default=[], description="What it is for: codes of rules, or commands such as /appeal.")
    people: list[Text] = Field(default=[], description="Whom it reaches. Empty: everybody.")
