"""What a rule author subclasses."""

import inspect
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import ClassVar

import msgspec
from pydantic import BaseModel, ConfigDict

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.decision import Decision
from tierkeeper.plugins.model.desk import Desk


class RuleOptions(BaseModel):
    """The options of a rule, as they stand under ``rules:`` in the policy. Unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class OptionFault(msgspec.Struct, frozen=True):
    """What is wrong with an option, and what was expected. `option` is its path: ``("roles", "severity")``."""

    option: tuple[str | int, ...]
    message: str
    hint: str = ""


class Rule:
    """Looks at a case and yields decisions. No I/O, no clock, nothing kept between cases.

    The docstring of a subclass is its manual. Its first line is what people are told when the rule speaks; the facts of
    a decision fill its ``{places}``. Then come the parts **Why.**, **Refuses.** or **Flags.** or **Wants.** (an
    example), **Lets pass.** (an example), **Options.**, and **When not to use it.**

    `code` names it in the policy; `group` is its folder; `guards` are the facets whose changes it may refuse; `wants`
    the facets that it may set; where these follow from the options, `__init__` sets them. A decision outside of these
    is an error of the rule.
    """

    code: ClassVar[str]
    group: ClassVar[str]
    guards: frozenset[str] = frozenset()
    wants: frozenset[str] = frozenset()

    class Options(RuleOptions):
        """No options of its own."""

    def __init__(self, options: RuleOptions | None = None) -> None:
        self.options = options if options is not None else self.Options()

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Yield what should be, for this case as it stands. Nothing, if all is well."""
        raise NotImplementedError

    @property
    def kin(self) -> timedelta | None:
        """How far apart reports may lie that it takes for alike, if it looks at `Case.family`; None: it does not."""
        return None

    def check(self, desk: Desk) -> Iterator[OptionFault]:  # noqa: ARG002 - for those who override it
        """Yield what is wrong with the options for this desk, such as a tier that it does not have."""
        yield from ()

    def check_beside(self, others: Mapping[str, "Rule"], desk: Desk) -> Iterator[OptionFault]:  # noqa: ARG002 - for those who override it
        """Yield what in the options contradicts another rule that is on. `others` are those, by code."""
        yield from ()

    @classmethod
    def manual(cls) -> str:
        """The rule's docstring, cleaned."""
        return inspect.cleandoc(cls.__doc__ or "")

    @classmethod
    @cache
    def message(cls) -> str:
        """The first line of the manual."""
        return cls.manual().split("\n", 1)[0]
