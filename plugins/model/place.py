"""Where people report from, what they report on, and what handing on takes."""

import msgspec


class Instance(msgspec.Struct, frozen=True):
    """One installation that people report from. `reporters` is the role of those who do."""

    name: str
    server: str = ""
    entry_point: str = ""
    key_users: tuple[str, ...] = ()
    reporters: str = ""


class EntryPoint(msgspec.Struct, frozen=True):
    """One way into the service. `reporters` is the role of those who come that way."""

    name: str
    key_users: tuple[str, ...] = ()
    reporters: str = ""


class Service(msgspec.Struct, frozen=True):
    """What the desk helps with: its entry points, and the person who answers for it."""

    name: str
    description: str = ""
    entry_points: tuple[str, ...] = ()
    owner: str = ""


class Server(msgspec.Struct, frozen=True):
    """One server, with its IANA time zone."""

    name: str
    time_zone: str = "UTC"


class HandoverTerms(msgspec.Struct, frozen=True):
    """What a handover between two tiers needs."""

    source: str
    to: str
    needs: tuple[str, ...] = ()


def among(person: str, people: tuple[str, ...]) -> bool:
    """Whether somebody is one of these people; capitals do not count."""
    key = person.casefold()
    return person in people or any(key == other.casefold() for other in people)
