"""What comes out of a judgement: decisions merged, each with its rule and mode; verdicts; what could not be judged."""

from collections.abc import Mapping
from datetime import datetime
from string import Formatter

import msgspec

from tierkeeper.plugins.errors import PluginError
from tierkeeper.plugins.model.case import Case, FacetChange
from tierkeeper.plugins.model.desk import Mode
from tierkeeper.plugins.model.event import Verdict

STRENGTH: Mapping[str, int] = {"off": 0, "shadow": 1, "flag": 2, "enforce": 3}
"""The modes, weakest first."""


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """One decision of one rule, in words. `facet` and `value` say what it wants; `events` are its evidence.

    `public`: customers may read it.
    """

    rule: str
    mode: Mode
    said: str
    facet: str = ""
    value: str | tuple[str, ...] | None = None
    remedy: str = ""
    public: bool = False
    events: tuple[str, ...] = ()
    facts: Mapping[str, str] = {}


class PutBack(msgspec.Struct, frozen=True):
    """A human's change that is to be undone, and why. `value` is what the facet goes back to."""

    change: FacetChange
    ruling: Ruling
    value: str | None


class Carried(msgspec.Struct, frozen=True):
    """A command that is carried out for its author."""

    change: FacetChange
    facet: str
    value: str | None


class Telling(msgspec.Struct, frozen=True):
    """Somebody is told something, once for this key. `public`: customers may read it."""

    to: tuple[str, ...]
    text: str
    key: str
    rule: str
    mode: Mode
    public: bool = False


class Judgement(msgspec.Struct, kw_only=True):
    """All that one look at a case came to.

    `waits_until`: nothing is decided before. `lost`: wants that a rule named earlier overruled. `shadows`: what rules
    in shadow would have done. `noted`: comments with a command that leaves nothing to see. `unknown`: memberships that
    are not known, so that nobody was judged by them; `unknowable`: those that never will be, by the facets that a rule
    would have judged by them; `given_up`: which acts are not judged for that, for the operator.
    `unexplained`: facets whose change cannot be judged, for what we hold of the issue contradicts itself.
    `settled`: the case as it will be, where the rules were heard on it too. `more`: a command waits for another one.
    """

    waits_until: datetime | None = None
    unexplained: list[str] = []
    verdicts: list[Verdict] = []
    put_backs: list[PutBack] = []
    wants: dict[str, Ruling] = {}
    lost: list[Ruling] = []
    flags: dict[str, Ruling] = {}
    shadows: list[Ruling] = []
    tellings: list[Telling] = []
    carried: list[Carried] = []
    noted: list[str] = []
    wakes: list[datetime] = []
    failures: list[PluginError] = []
    unknown: list[str] = []
    unknowable: dict[str, list[str]] = {}
    given_up: list[str] = []
    settled: Case | None = None
    more: bool = False


class _Words(Formatter):
    """Fills what is known and leaves the rest readable: a message must never fail."""

    def get_value(self, key: int | str, args: object, kwargs: Mapping[str, object]) -> object:  # noqa: ARG002 - signature
        return kwargs.get(str(key), f"({key})")


def words(template: str, facts: Mapping[str, object]) -> str:
    """The message of a rule with its facts filled in."""
    if "{" not in template and "}" not in template:
        return template
    return _Words().vformat(template, (), {name: str(value) for name, value in facts.items()})
