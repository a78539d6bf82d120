"""What a rule wants. A rule yields these and does nothing itself."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from tierkeeper.plugins.model.case import FacetChange

Fact = object
"""Anything that `str()` turns into words for people: an effort, a duration, a tier, a person."""


class Refuse(msgspec.Struct, frozen=True):
    """This change should not stand. `facts` fill the rule's message; `remedy` is one sentence on what to do instead.

    `public`: the message names nobody and may be shown to customers.
    """

    change: FacetChange
    facts: Mapping[str, Fact] = {}
    remedy: str = ""
    text: str = ""
    public: bool = False


class Want(msgspec.Struct, frozen=True):
    """This facet should have this value (None: none; several: for the owner). `text` replaces the rule's message.

    `evidence` is what shows it, where that is no change: a promise and its moment.
    """

    facet: str
    value: str | tuple[str, ...] | None
    facts: Mapping[str, Fact] = {}
    remedy: str = ""
    text: str = ""
    evidence: tuple[str, ...] = ()


class Tell(msgspec.Struct, frozen=True):
    """Tell these persons, in a one-line comment of its own or through a notifier, once for this `key`.

    `public`: customers may read it, where the policy lets us write to them at all.
    """

    to: tuple[str, ...]
    text: str
    key: str
    public: bool = False


class Flag(msgspec.Struct, frozen=True):
    """A red flag for the desk to see. `facts` fill the rule's message."""

    facts: Mapping[str, Fact] = {}
    remedy: str = ""
    text: str = ""


class Wake(msgspec.Struct, frozen=True):
    """Judge this issue again at `at` (UTC) even if nothing changes; and `change`, if one is given, not before."""

    at: datetime
    change: FacetChange | None = None


Decision = Refuse | Want | Tell | Flag | Wake
