"""A facet's value in a command: ``/severity blocker nobody can log in``."""

from difflib import get_close_matches

from tierkeeper.plugins import Command, CommandRefused, Desk


def read_choice(command: Command, desk: Desk, facet: str) -> tuple[str, str]:
    """The value of `facet` that the line begins with, and what follows it. Raises CommandRefused."""
    known = desk.facets.get(facet)
    values = known.values if known else ()
    if not values:
        raise CommandRefused(f"This desk names no {facet} to choose from", "Set it where the tracker shows it.")
    listed = f"Its values are {', '.join(values)}."
    if not command.rest:
        raise CommandRefused(f"/{command.name} needs a value", listed)
    said = " ".join(command.rest.split())
    for value in sorted(values, key=len, reverse=True):
        begun, rest = said[: len(value)], said[len(value) :]
        if begun.casefold() == value.casefold() and rest[:1] in {"", " "}:
            return value, rest.strip()
    near = get_close_matches(command.first.casefold(), {one.casefold(): one for one in values}, n=1)
    meant = next((one for one in values if near and one.casefold() == near[0]), "")
    hint = f' Did you mean "{meant}"?' if meant else ""
    raise CommandRefused(f'The {facet} cannot be "{command.first[:50]}"', f"{listed}{hint}")
