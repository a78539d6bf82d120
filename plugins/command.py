"""What somebody subclasses who adds a command: what a line such as ``/estimate 4h`` in a comment asks for."""

import inspect
from typing import ClassVar, Literal

import msgspec

from tierkeeper.plugins.errors import TierkeeperError
from tierkeeper.plugins.model.case import Case, Command
from tierkeeper.plugins.model.decision import Tell
from tierkeeper.plugins.model.desk import Desk

Who = Literal["anyone", "reporter", "key users", "staff", "holder", "owner", "lead", "priority owner"]
"""Who may give a command: anyone; the reporter; the issue's key users; members of any tier above the lowest; of the
tier that holds the issue; its owner; a tier's lead, the desk's leader or whom they answer to; a
person who orders a tier's work."""


class CommandRefused(TierkeeperError):
    """A command asks for what cannot be. The message is one short sentence; `remedy` says what to write instead."""

    def __init__(self, said: str, remedy: str = "") -> None:
        super().__init__(said)
        self.said, self.remedy = said, remedy


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a command comes to.

    `facet` should become `value`, judged by the rules as its author's change; for the owner, `value` is the person who
    comes, and None: its author goes. Without a `facet` nothing is set: that it was said is kept with `value`, and rules
    see it in `Case.commands`. `final`: it is a decision that no rule refuses. `tells`: who hears of it.
    """

    facet: str = ""
    value: str | None = None
    note: str = ""
    final: bool = False
    tells: tuple[Tell, ...] = ()


class DeskCommand:
    """Reads one command. No I/O, no clock, nothing kept between comments.

    `name` is what stands after the slash, `usage` the whole line, `who` may give it unless the policy says otherwise
    (any of them). `facet` is what it sets, if anything: where the issue's tracker keeps no such facet, it is refused.
    The docstring's first line says what it does, for the page that the desk's users read; an example follows.
    """

    name: ClassVar[str]
    usage: ClassVar[str]
    who: ClassVar[tuple[Who, ...]] = ("anyone",)
    facet: ClassVar[str] = ""

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:
        """What this command asks for. Raises CommandRefused where it cannot be read."""
        raise NotImplementedError

    @classmethod
    def manual(cls) -> str:
        """The docstring, cleaned."""
        return inspect.cleandoc(cls.__doc__ or "")
