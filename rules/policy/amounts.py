"""Facets that hold amounts of work: values that are none must not stand in the policy."""

from collections.abc import Mapping

from tierkeeper.plugins.model.case import read_effort
from tierkeeper.plugins.model.desk import Facet
from tierkeeper.rules.policy.page import Page

_AMOUNTS = ("estimate", "spent")
_ANY_DAY = 480.0


def check_amounts(page: Page, facets: Mapping[str, Facet]) -> None:
    """Report amounts of work that are none: rules that go by them would never speak."""
    for name in _AMOUNTS:
        values = facets[name].values if name in facets else ()
        for position, value in enumerate(values):
            if read_effort(value, _ANY_DAY) is None:
                message = f'"{value}" is no amount of work, and rules go by that'
                page.findings.add(("facets", name, "values", position), message, "such as 4h, or leave the values out")
