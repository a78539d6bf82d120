"""Reports of one fault: the issue that they are joined under, those joined under it, and those that read alike."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from tierkeeper.plugins.model.issue import Ref


class Relative(msgspec.Struct, frozen=True, kw_only=True):
    """Another issue, as far as a rule needs it. Times are UTC; people are named as in the policy.

    `answered` is when the desk answered its reporter last, with `answer`; `closed` is when it was closed, if it is.
    `joined` is the key of the issue that it is joined under itself.
    """

    ref: Ref
    title: str
    url: str
    open: bool
    reporter: str
    created: datetime
    facets: Mapping[str, str | None] = {}
    answered: datetime | None = None
    answer: str = ""
    closed: datetime | None = None
    joined: str = ""

    @property
    def name(self) -> str:
        """How people call it where it lives: ``HELP-12`` or ``#12``."""
        return f"#{self.ref.key}" if self.ref.key.isdigit() else self.ref.key


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """The reports that belong to an issue. All of them live in its queue.

    `alike` are open reports of these days about the same service and component, which nobody joined. `named` are the
    issues that new commands name, by their word; a text says why there is none.
    """

    parent: Relative | None = None
    children: tuple[Relative, ...] = ()
    alike: tuple[Relative, ...] = ()
    named: Mapping[str, Relative | str] = {}
