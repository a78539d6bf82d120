"""The contract: what rule authors and tracker authors build on.

``from tierkeeper.plugins import Case, Decision, Desk, Refuse, Rule, RuleOptions, hookimpl`` is all that a rule needs.
"""

from tierkeeper.plugins.command import Ask, CommandRefused, DeskCommand
from tierkeeper.plugins.hookspecs import hookimpl
from tierkeeper.plugins.model.case import Case, Command, FacetChange, Reply
from tierkeeper.plugins.model.component import Component
from tierkeeper.plugins.model.decision import Decision, Flag, Refuse, Tell, Wake, Want
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.duration import Duration, Effort
from tierkeeper.plugins.model.family import Family, Relative
from tierkeeper.plugins.model.headed import headed
from tierkeeper.plugins.model.spell import Spell
from tierkeeper.plugins.model.team import components_of, is_in_team, team_of
from tierkeeper.plugins.model.wait import Wait
from tierkeeper.plugins.rule import OptionFault, Rule, RuleOptions

__all__ = [
    "Ask",
    "Case",
    "Command",
    "CommandRefused",
    "Component",
    "Decision",
    "Desk",
    "DeskCommand",
    "Duration",
    "Effort",
    "FacetChange",
    "Family",
    "Flag",
    "OptionFault",
    "Refuse",
    "Relative",
    "Reply",
    "Rule",
    "RuleOptions",
    "Spell",
    "Tell",
    "Wait",
    "Wake",
    "Want",
    "components_of",
    "headed",
    "hookimpl",
    "is_in_team",
    "team_of",
]
