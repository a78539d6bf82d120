"""A component, and who built it."""

import msgspec


class Component(msgspec.Struct, frozen=True):
    """One part of what the desk supports. The team that built it: the people of these roles, and these people."""

    name: str
    roles: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
