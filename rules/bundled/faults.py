"""What may be wrong with the options of a rule: names that the desk does not have."""

from collections.abc import Iterator, Mapping, Sequence

from tierkeeper.plugins import Desk, OptionFault


def tier_faults(desk: Desk, tiers: Mapping[str, str]) -> Iterator[OptionFault]:
    """Report each option that names a tier, and the desk has none of that name; empty ones are left to the default."""
    for option, name in tiers.items():
        if name and desk.tier(name) is None:
            yield OptionFault((option,), f'unknown tier "{name}"', f"the tiers are {', '.join(desk.tier_names)}")


def value_faults(desk: Desk, facet: str, option: str, values: Sequence[str]) -> Iterator[OptionFault]:
    """Report each value of an option that the facet cannot have, where the policy says which it can have."""
    known = desk.facets[facet].values if facet in desk.facets else ()
    for place, value in enumerate(values if known else ()):
        if value not in known:
            hint = f"it has {', '.join(known)}: say under {option} which of these are meant"
            yield OptionFault((option, place), f'the {facet} has no value "{value}"', hint)
